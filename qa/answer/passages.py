"""Passages under question: what was found, read by the reader, with the figures that stand in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from qa.answer.ranker import Ranker
from qa.chinese.fold import fold
from qa.models.reader import Reading, headed
from qa.schema import Document, Figure, Hit, Passage

DEPTH = 6
"""Passages read for an answer: the evidence of 0.983 of the written training questions is among them."""


class Reads(Protocol):
    """The reader's `read`: a question, passages and the head of each to a reading each."""

    def __call__(
        self, question: str, passages: Sequence[str], heads: Sequence[str] = ..., *, n_best: int = ...
    ) -> list[Reading]: ...


@dataclass(frozen=True)
class Sources:
    """What answering needs of a knowledge base, as functions, so that it is tested without one.

    `rank` is the ranker with its calibration.
    """

    search: Callable[[str, int], list[Hit]]
    document: Callable[[str], Document]
    figures: Callable[[Sequence[str]], Sequence[Figure]]
    frequency: Callable[[Sequence[str]], Mapping[str, int]]
    n_passages: int
    gazetteer: Mapping[str, tuple[str, str]]
    read: Reads
    rank: Ranker


@dataclass(frozen=True, slots=True)
class Read:
    """A passage that was found and read. `folded` is its text, `head` what the reader got before it, both
    folded; `figures` are in order of their place.
    """

    hit: Hit
    head: str
    folded: str
    reading: Reading
    figures: tuple[Figure, ...]

    @property
    def passage(self) -> Passage:
        return self.hit.passage

    def sentence(self, at: int) -> tuple[int, int]:
        """Clean range of the sentence that holds clean offset `at`."""
        ranges = self.passage.sentences
        return next((r for r in ranges if r[0] <= at < r[1]), ranges[-1])


def read_hits(question: str, hits: Sequence[Hit], sources: Sources) -> list[Read]:
    """The first `DEPTH` hits, read for the question in one go, in their order."""
    hits = hits[:DEPTH]
    passages = [hit.passage for hit in hits]
    heads = [headed(p) for p in passages]
    readings = sources.read(question, [p.text for p in passages], heads, n_best=SPANS)
    figures: dict[str, list[Figure]] = {p.id: [] for p in passages}
    for figure in sources.figures(list(figures)):
        figures[figure.passage].append(figure)
    return [
        Read(hit, fold(head), fold(hit.passage.text), reading, tuple(figures[hit.passage.id]))
        for hit, head, reading in zip(hits, heads, readings, strict=True)
    ]


SPANS = 6
"""Ranges that the reader proposes in each passage."""
