"""What an index is made of: documents cleaned, cut into passages, read for figures, and encoded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from qa.chinese.fold import fold
from qa.chinese.names import names
from qa.documents.articles import articles
from qa.documents.clean import clean
from qa.documents.parts import moved, parts
from qa.documents.split import search_text, split
from qa.figures.extract import extract_all
from qa.models.encoder import Encoder
from qa.schema import Article, Document, Figure, Passage, Progress, Root, Skipped
from qa.search.index import Contents
from qa.search.store import Store

SPLITTER = "6"
"""Raised when readers of formats, cleaning, splitting or figures change: an update makes passages anew."""


def prepare(document: Document) -> tuple[Passage, ...]:
    """Clean a document, find its articles, and split them into passages."""
    passages = split(document, (_articles(document, start, end) for start, end in parts(document.text)))
    leads: dict[int, Passage] = {}
    for passage in passages:
        leads.setdefault(passage.article, passage)
    openings = {n: " ".join(lead.text[:OPENING].split()) for n, lead in leads.items()}
    return tuple(
        replace(p, names=_names(p.text), opening="" if p is leads[p.article] else openings[p.article])
        for p in passages
    )


OPENING = 48
"""Characters of an article's beginning that its other passages carry."""


def _articles(document: Document, start: int, end: int) -> Sequence[Article]:
    """The articles of a part of a document."""
    return articles([moved(block, start) for block in clean(document.text[start:end])], document.id)


def _names(text: str) -> tuple[tuple[int, int, str, str], ...]:
    return tuple((name.start, name.end, name.kind, name.key) for name in names(text))


def contents(
    documents: Sequence[Document],
    encoder: Encoder,
    old: Store | None,
    roots: Sequence[Root] = (),
    skipped: Sequence[Skipped] = (),
    progress: Progress | None = None,
) -> tuple[Contents, int]:
    """Everything an index holds, and how many documents were taken from the old one."""
    known = old.sources() if old else {}
    passages: list[Passage] = []
    figures: list[Figure] = []
    kept: dict[int, int] = {}
    reused = 0
    for n, document in enumerate(documents, 1):
        if old and known.get(document.id) == (document.sha256, document.encoding):
            rows = old.rows_of(document.id)
            kept.update({len(passages) + i: row for i, row in enumerate(rows)})
            passages += old.passages(rows)
            figures += old.figures(document=document.id)
            reused += 1
        else:
            fresh = prepare(document)
            passages += fresh
            figures += extract_all(fresh, document.text)
        if progress:
            progress("read", n, len(documents))
    texts = [search_text(passage) for passage in passages]
    vectors = _vectors(texts, encoder, old, kept, progress)
    return Contents(documents, passages, texts, vectors, figures, roots, skipped, SPLITTER), reused


def _vectors(
    texts: Sequence[str],
    encoder: Encoder,
    old: Store | None,
    kept: Mapping[int, int],
    progress: Progress | None,
) -> Any:
    """One vector a text (shape: texts, dimension), taken from the old index where it has it."""
    vectors = np.zeros((len(texts), encoder.dimension), dtype=np.float32)
    new = [i for i in range(len(texts)) if i not in kept]
    if old and kept:
        vectors[list(kept)] = old.vectors(list(kept.values()))
    if new:
        vectors[new] = encoder.encode_passages([fold(texts[i]) for i in new], progress)
    return vectors
