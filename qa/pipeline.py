"""Where the stages meet: documents in, a knowledge base out that answers with citations."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.answer import Sources, answer
from qa.calibration import Calibration, bundled, bundled_threshold, load_calibration
from qa.chat import Chat
from qa.encode import Encoder, load_encoder
from qa.errors import InputError
from qa.index import check_model, in_memory, lock, open_store, previous, write
from qa.linking import link
from qa.read import Reader, load_reader
from qa.rerank import DEPTH as READ
from qa.rerank import reranked
from qa.retrieve import search
from qa.schema import Answer, Document, Hit, Passage
from qa.store import Store
from qa.table import Bound, Figures, filtered, select, where

if TYPE_CHECKING:
    from qa.calibrate import Asked
    from qa.prepare import Progress

PathLike = str | os.PathLike[str]


class KnowledgeBase:
    """An open index: ask it, search it, talk to it, list its figures.

    Made by `open`, `build` or `from_texts`. The encoder is loaded at the first
    question. Use it in a `with`, or call `close`, where many are opened.
    """

    def __init__(
        self,
        store: Store,
        model: str | None = None,
        skipped: Sequence[tuple[str, str]] = (),
        reused: int = 0,
        calibration: Calibration | None = None,
    ) -> None:
        self._store, self._model, self._skipped, self._reused = store, model, tuple(skipped), reused
        self._calibration = calibration

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

    def ask(
        self, question: str, k: int = 3, min_confidence: float | None = None, explain: bool = False
    ) -> Answer:
        """Answer one question with at most k citations (a computed answer cites every operand).

        `min_confidence` (0 to 1) is the least probability of being right; below it the
        status is "no_answer". None takes the index's own (see `calibrate`), or the bundled
        one. With `explain`, `Answer.explanation` says how the question was read, holds every
        candidate with its signals, and what ruled the losers out. Raises InputError for an
        empty question or values out of range.
        """
        return self._ask(question, question, k, min_confidence, explain)

    def search(self, query: str, k: int = 10) -> list[Hit]:
        """The k best passages, best first: fused retrieval, the first few read and weighed again.

        Raises InputError for an empty query or a k below 1.
        """
        found = search(self._store, self._encoder, query, k if k < 1 else max(k, READ))
        return reranked(query, found, self._reader.read if self._reader else None)[:k]

    def chat(self) -> Chat:
        """A conversation: each question is read in the light of those before it."""
        return Chat(self._ask, self._said)

    def figures(
        self,
        query: str | None = None,
        *,
        subject: str | None = None,
        metric: str | None = None,
        period: str | None = None,
        unit: str | None = None,
        document: str | None = None,
        low: Bound | None = None,
        high: Bound | None = None,
        sort: str = "",
    ) -> Figures:
        """The figures that meet every condition, as a list with `to_pandas()`; all without any.

        Texts match as parts, and each word of `query` somewhere in the figure. `low` and
        `high` are inclusive, numbers or with a unit ("10亿元"). `sort` names a column,
        "-number" sorts downwards. Raises InputError for a bound or column it cannot read.
        """
        texts = {"query": query, "subject": subject, "metric": metric, "period": period}
        wanted = filtered(low, high, texts | {"unit": unit, "document": document})
        found = self._store.figures_where(*where(wanted))
        return select(found, wanted, sort.removeprefix("-"), sort.startswith("-"))

    def document(self, id: str) -> Document:
        """A document with its original text. Raises KeyError for an unknown id."""
        return self._store.document(id)

    def passages(self) -> Iterable[Passage]:
        """All passages, document by document."""
        return self._store.all_passages()

    def calibrate(self, questions: Asked, progress: Progress | None = None) -> Calibration:
        """Fit confidence and the refusal threshold to questions with known answers, and use them from now on.

        `questions` are a file of `qa evaluate` or its records. An index folder keeps the result,
        also when it is updated. Raises QuestionFileError, and InputError for too few questions.
        """
        from qa.calibrate import calibrate, keep

        found = calibrate(self._sources, self._said, questions, progress)
        if self._store.folder:
            keep(self._store.folder, found)
        self._calibration = found
        return found

    def info(self) -> dict[str, Any]:
        """What is inside and what made it, as plain values."""
        from qa.verify import info

        made = {"skipped": [list(skipped) for skipped in self._skipped], "reused": self._reused}
        fitted = {"calibration": self._calibration.summary() if self._calibration else None}
        return info(self._store) | self._store.meta.counts | made | fitted

    def verify(self) -> list[str]:
        """What is damaged or has changed since the index was built, one line each; empty when all is well."""
        from qa.verify import verify

        return verify(self._store)

    def _said(self, folded: str) -> list[str]:
        return [name.text for name in link(folded, self._store.names)]

    @cached_property
    def _encoder(self) -> Encoder:
        encoder = load_encoder(self._model or self._store.meta.model)
        check_model(self._store, encoder.name, encoder.fingerprint, encoder.dimension)
        return encoder

    def _ask(
        self, question: str, resolved: str, k: int, min_confidence: float | None, explain: bool
    ) -> Answer:
        if not question.strip():
            raise InputError("The question is empty. Ask something, for example: qa ask 总投资多少？")
        if k < 1:
            raise InputError(f"k must be at least 1, not {k}.")
        least = self._threshold if min_confidence is None else min_confidence
        if not 0 <= least <= 1:
            raise InputError(f"min_confidence must lie between 0 and 1, not {least}.")
        if not explain:
            return answer(question, resolved, self._sources, k, least)
        from qa.explain import answer_explained

        return answer_explained(question, resolved, self._sources, k, least)

    @cached_property
    def _reader(self) -> Reader | None:
        return load_reader()

    @property
    def _threshold(self) -> float:
        return self._calibration.threshold if self._calibration else bundled_threshold()

    @property
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
            weights=self._calibration.weights if self._calibration else bundled(),
        )


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
    # Cleaning and binding compile patterns for 0.2 s that asking need not pay.
    from qa.load import load
    from qa.prepare import SPLITTER, contents

    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    loaded = load(given, encoding)
    encoder = load_encoder(model)
    folder = Path(index)
    calibration = load_calibration(folder)
    with lock(folder):
        old = previous(folder, encoder.fingerprint, SPLITTER)
        made, reused = contents(loaded, encoder, old, given, encoding, progress)
        if old is not None:
            old.close()
        write(folder, made, encoder.name, encoder.fingerprint)
    return KnowledgeBase(open_store(folder), model, loaded.skipped, reused, calibration)


def open(index: PathLike = ".qa", model: str | None = None) -> KnowledgeBase:
    """Open an index folder. Raises StoreError where there is none or it is damaged.

    A model that is not the one the index was built with is a ModelError at the
    first question.
    """
    calibration = load_calibration(Path(index))
    return KnowledgeBase(open_store(Path(index)), model, calibration=calibration)


def from_texts(texts: Mapping[str, str], model: str | None = None) -> KnowledgeBase:
    """A knowledge base in memory of named texts; nothing is written.

    Raises InputError where there is no text at all.

    >>> kb = from_texts({"a.txt": "东湖区今年新建公园12个，总面积300亩。"})
    >>> kb.ask("东湖区新建了几个公园？").text
    '12个'
    """
    from qa.load import Loaded
    from qa.prepare import contents

    documents = tuple(
        Document(name, text, sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), "utf-8")
        for name, text in sorted(texts.items())
        if text.strip()
    )
    if not documents:
        raise InputError("There is no text. Give at least one: qa.from_texts({'a.txt': '…'})")
    encoder = load_encoder(model)
    made, _ = contents(Loaded(documents, ()), encoder, None)
    return KnowledgeBase(in_memory(made, encoder.name, encoder.fingerprint), model)
