"""All that was proposed for a question, as what each candidate is held against."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from qa.answer.passages import Read
from qa.answer.propose import Candidate
from qa.chinese.fold import fold
from qa.chinese.tags import segment
from qa.question.query import Query


@dataclass(frozen=True)
class Field:
    """All candidates of a question, and what they are held against."""

    query: Query
    reads: Sequence[Read]
    candidates: Sequence[Candidate]
    _words: dict[int, frozenset[int]] = field(default_factory=dict)

    @cached_property
    def relevances(self) -> list[float]:
        """The reader's logits for the passages, best first."""
        return sorted((r.reading.relevance for r in self.reads), reverse=True)

    @cached_property
    def strengths(self) -> dict[str, float]:
        """For each folded answer, the best of span score and half the relevance over its places."""
        best: dict[str, float] = {}
        for c in self.candidates:
            text = said(c)
            best[text] = max(best.get(text, -99.0), strength(c))
        return best

    @cached_property
    def fused(self) -> list[float]:
        return sorted((r.hit.score for r in self.reads), reverse=True)

    def cover(self, text: str) -> float:
        """Share of the question's words, by weight, that stand in folded text, 0 to 1."""
        q = self.query
        total = sum(q.weights) or 1.0
        return sum(w for t, w in zip(q.terms, q.weights, strict=True) if t in text) / total

    def bounds(self, read: Read) -> frozenset[int]:
        """The offsets of a passage where a word begins or ends."""
        key = id(read)
        if key not in self._words:
            at, cuts = 0, {0}
            for word, _ in segment(read.folded):
                at += len(word)
                cuts.add(at)
            self._words[key] = frozenset(cuts)
        return self._words[key]


def said(c: Candidate) -> str:
    """A candidate's answer, folded and bare of spaces and quotes, to tell equal ones."""
    return re.sub(r"[\s“”\"《》「」]", "", fold(c.text))


def strength(c: Candidate) -> float:
    return c.score + c.read.reading.relevance / 2


Signal = Callable[[Query, Candidate, Field], float]
"""What speaks for or against a candidate, as a number; its first line says what it means."""


def registered(table: dict[str, Signal]) -> Callable[[Signal], Signal]:
    """A decorator that enters signals in a table by their names."""

    def signal(function: Signal) -> Signal:
        table[function.__name__] = function
        return function

    return signal
