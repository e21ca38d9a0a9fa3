"""Where the stages meet: documents in, a knowledge base out that answers with citations."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from qa import verify as checks
from qa.answer import Sources, answer
from qa.articles import articles
from qa.chat import Chat
from qa.clean import clean
from qa.encode import Encoder, load_encoder
from qa.errors import InputError
from qa.figures import extract
from qa.fold import fold
from qa.index import Contents, check_model, in_memory, lock, open_store, previous, write
from qa.linking import link
from qa.load import Loaded, load
from qa.names import names
from qa.read import Reader, load_reader
from qa.retrieve import search
from qa.schema import Answer, Document, Figure, Hit, Passage
from qa.split import search_text, split
from qa.store import Store

SPLITTER = "1"
"""Raised when cleaning, splitting or figures change, so that an update makes passages anew."""
MIN_CONFIDENCE = 0.5
PathLike = str | os.PathLike[str]
Progress = Callable[[str, int, int], None]


class KnowledgeBase:
    """An open index: ask it, search it, talk to it, list its figures.

    Made by `open`, `build` or `from_texts`. The encoder is loaded at the first
    question. Use it in a `with`, or call `close`, where many are opened.
    """

    def __init__(
        self, store: Store, model: str | None = None, skipped: Sequence[tuple[str, str]] = (), reused: int = 0
    ) -> None:
        self._store, self._model, self._skipped, self._reused = store, model, tuple(skipped), reused

    def __enter__(self) -> KnowledgeBase:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files of the index."""
        self._store.close()

    def __len__(self) -> int:
        """Number of passages."""
        return len(self._store)

    def ask(self, question: str, k: int = 3, min_confidence: float | None = None) -> Answer:
        """Answer one question with at most k citations (a computed answer cites every operand).

        `min_confidence` (0 to 1) is the least probability of being right; below
        it the status is "no_answer". Raises InputError for an empty question or
        values out of range.
        """
        return self._ask(question, question, k, min_confidence)

    def search(self, query: str, k: int = 10) -> list[Hit]:
        """The k best passages, best first. Raises InputError for an empty query or a k below 1."""
        return search(self._store, self._encoder, query, k)

    def chat(self) -> Chat:
        """A conversation: each question is read in the light of those before it."""
        return Chat(lambda question, resolved, k, least: self._ask(question, resolved, k, least), self._said)

    def document(self, id: str) -> Document:
        """A document with its original text. Raises KeyError for an unknown id."""
        return self._store.document(id)

    def passages(self) -> Iterable[Passage]:
        """All passages, document by document."""
        return self._store.all_passages()

    def info(self) -> dict[str, Any]:
        """What is inside and what made it, as plain values."""
        return checks.info(self._store) | self._store.meta.counts | {"skipped": [list(s) for s in self._skipped], "reused": self._reused}

    def verify(self) -> list[str]:
        """What is damaged or has changed since the index was built, one line each; empty when all is well."""
        return checks.verify(self._store)

    def _said(self, folded: str) -> list[str]:
        return [name.text for name in link(folded, self._store.names)]

    @cached_property
    def _encoder(self) -> Encoder:
        encoder = load_encoder(self._model or self._store.meta.model)
        check_model(self._store, encoder.name, encoder.fingerprint, encoder.dimension)
        return encoder

    def _ask(self, question: str, resolved: str, k: int, min_confidence: float | None) -> Answer:
        if not question.strip():
            raise InputError("The question is empty. Ask something, for example: qa ask 总投资多少？")
        if k < 1:
            raise InputError(f"k must be at least 1, not {k}.")
        least = MIN_CONFIDENCE if min_confidence is None else min_confidence
        if not 0 <= least <= 1:
            raise InputError(f"min_confidence must lie between 0 and 1, not {least}.")
        return answer(question, resolved, self._sources, k, least)

    @cached_property
    def _reader(self) -> Reader | None:
        return load_reader()

    @cached_property
    def _sources(self) -> Sources:
        store = self._store
        return Sources(
            search=lambda query, k: search(store, self._encoder, query, k),
            document=store.document,
            figures=lambda passage: store.figures(passages=[passage]),
            df=lambda term: store.frequency([term]).get(term, 0),
            n_passages=len(store),
            gazetteer=store.names,
            read=self._reader.read if self._reader else None,
        )


def prepare(document: Document) -> tuple[Passage, ...]:
    """Clean a document, find its articles, and split them into passages."""
    passages = split(document, articles(clean(document.text), document.id))
    return tuple(replace(p, names=tuple((n.start, n.end, n.kind, n.key) for n in names(p.text))) for p in passages)


def build(
    paths: PathLike | Iterable[PathLike],
    index: PathLike = ".qa",
    model: str | None = None,
    encoding: str | None = None,
    progress: Progress | None = None,
) -> KnowledgeBase:
    """Build the index of files and folders, or update it, and return it open.

    Documents that have not changed keep their passages and vectors; documents
    that are gone leave the index. `progress(stage, done, total)` is called as
    work goes on. Raises LoadError, ModelError or StoreError with one line; an
    index that was there stays as it was unless all went well.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    loaded = load(given, encoding)
    encoder = load_encoder(model)
    folder = Path(index)
    with lock(folder):
        old = previous(folder, encoder.fingerprint, SPLITTER)
        contents, reused = _contents(loaded, encoder, old, given, encoding, progress)
        if old is not None:
            old.close()
        write(folder, contents, encoder.name, encoder.fingerprint)
    return KnowledgeBase(open_store(folder), model, loaded.skipped, reused)


def _contents(
    loaded: Loaded,
    encoder: Encoder,
    old: Store | None,
    roots: Sequence[PathLike] = (),
    forced: str | None = None,
    progress: Progress | None = None,
) -> tuple[Contents, int]:
    """Everything an index holds, and how many documents were taken from the old one."""
    known = old.sources() if old else {}
    passages: list[Passage] = []
    figures: list[Figure] = []
    kept: dict[int, int] = {}
    reused = 0
    for n, document in enumerate(loaded.documents, 1):
        if old and known.get(document.id) == (document.sha256, document.encoding):
            rows = old.rows_of(document.id)
            kept.update({len(passages) + i: row for i, row in enumerate(rows)})
            passages += old.passages(rows)
            figures += old.figures(document=document.id)
            reused += 1
        else:
            fresh = prepare(document)
            passages += fresh
            figures += [figure for passage in fresh for figure in extract(passage)]
        if progress:
            progress("read", n, len(loaded.documents))
    texts = [search_text(passage) for passage in passages]
    vectors = _vectors(texts, encoder, old, kept, progress)
    return Contents(
        loaded.documents, passages, texts, vectors, figures, [os.fspath(r) for r in roots], forced, SPLITTER
    ), reused


def _vectors(
    texts: Sequence[str], encoder: Encoder, old: Store | None, kept: Mapping[int, int], progress: Progress | None
) -> Any:
    """One vector a text (shape: texts, dimension), taken from the old index where it has it."""
    vectors = np.zeros((len(texts), encoder.dimension), dtype=np.float32)
    new = [i for i in range(len(texts)) if i not in kept]
    if old and kept:
        vectors[list(kept)] = old.vectors(list(kept.values()))
    if new:
        report = (lambda done, total: progress("encode", done, total)) if progress else None
        vectors[new] = encoder.encode_passages([fold(texts[i]) for i in new], report)
    return vectors


def open(index: PathLike = ".qa", model: str | None = None) -> KnowledgeBase:
    """Open an index folder. Raises StoreError where there is none or it is damaged.

    A model that is not the one the index was built with is a ModelError at the
    first question.
    """
    return KnowledgeBase(open_store(Path(index)), model)


def from_texts(texts: Mapping[str, str], model: str | None = None) -> KnowledgeBase:
    """A knowledge base in memory of named texts; nothing is written.

    Raises InputError where there is no text at all.

    >>> kb = from_texts({"a.txt": "东湖区今年新建公园12个，总面积300亩。"})
    >>> kb.ask("东湖区新建了几个公园？").text
    '12个'
    """
    documents = tuple(
        Document(name, text, sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), "utf-8")
        for name, text in sorted(texts.items())
        if text.strip()
    )
    if not documents:
        raise InputError("There is no text. Give at least one: qa.from_texts({'a.txt': '…'})")
    encoder = load_encoder(model)
    contents, _ = _contents(Loaded(documents, ()), encoder, None)
    return KnowledgeBase(in_memory(contents, encoder.name, encoder.fingerprint), model)
