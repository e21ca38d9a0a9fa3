"""How well a place in a passage answers to the words of a question.

The weight of a question term is its inverse document frequency in the corpus;
a term counts in full where it stands in the clause looked at, and less with
distance: the carried head of an earlier clause counts more than what follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from qa.chinese.fold import fold
from qa.question.terms import (
    Weigh,
    idiom_weight,
    paraphrase_table,
    paraphrases,
    says_word,
    strangers,
    weighted,
    without_idioms,
)
from qa.schema import Passage

SAME, BEFORE, AFTER, SENTENCE, PREVIOUS, PASSAGE, FRAME = 1.0, 0.75, 0.5, 0.5, 0.5, 0.25, 0.6
NEAR = 12
_STOP = re.compile(r"[;；。!！?？]")
_CLAUSE = re.compile(r"[^,，;；:：。！？!?…]+[,，;；:：。！？!?…”’）)」』》]*|.", re.S)


@dataclass(frozen=True)
class View:
    """A passage as evidence reads it: folded text, clauses, sentences (clean ranges)."""

    passage: Passage
    row: int
    score: float

    @cached_property
    def folded(self) -> str:
        return fold(self.passage.text)

    @cached_property
    def frame(self) -> str:
        """What stands round the passage: headline, section, subject, document name."""
        p = self.passage
        said = [p.headline, p.section, p.subject, p.date.said if p.date else "", *(m[2] for m in p.mentions)]
        return fold(" ".join(said))

    @cached_property
    def clauses(self) -> tuple[tuple[int, int], ...]:
        text = self.folded
        return tuple(
            (s + m.start(), s + m.end())
            for s, e in self.passage.sentences
            for m in _CLAUSE.finditer(text[s:e])
        )

    @cached_property
    def named(self) -> tuple[tuple[int, int, str], ...]:
        """Companies, parks and what stand-ins stand for: (start, end, folded name), in order."""
        own = [
            (s, e, self.folded[s:e]) for s, e, kind, _ in self.passage.names if kind not in ("zone", "place")
        ]
        return tuple(sorted(own + [(s, e, fold(said)) for s, e, said in self.passage.mentions]))

    def name_before(self, at: int, floor: int) -> str | None:
        """The last company or park named (or stood in for) in [floor, at), None where there is none."""
        about = fold(self.passage.subject)
        found = [said for s, e, said in self.named if floor <= s and e <= at and said != about]
        return found[-1] if found else None

    def sentence_at(self, at: int) -> tuple[int, int]:
        """Range of the sentence that holds clean offset `at`."""
        return next((r for r in self.passage.sentences if r[0] <= at < r[1]), self.passage.sentences[-1])

    def clause_at(self, at: int) -> tuple[int, int]:
        """Range of the clause that holds clean offset `at`."""
        return next((r for r in self.clauses if r[0] <= at < r[1]), self.sentence_at(at))


@dataclass(frozen=True)
class Matcher:
    """Question terms with their weights; terms that a named subject accounts for are left out.

    `strangers` are what look like names and stand nowhere in the corpus, `said` is the
    question with other words for what it says.
    """

    terms: tuple[str, ...]
    weights: tuple[float, ...]
    strangers: tuple[str, ...] = ()
    nouns: tuple[bool, ...] = ()
    said: str = ""

    @classmethod
    def of(cls, content: str, weigh: Weigh, known: Iterable[str] = (), said: str = "") -> Matcher:
        for name in known:
            content = content.replace(name, " " * len(name))
        content, spoken = without_idioms(content)
        found = weighted(content, weigh)
        for phrase in spoken:
            found[phrase] = idiom_weight(phrase, weigh), True
        weights = tuple(weight for weight, _ in found.values())
        nouns = tuple(noun for _, noun in found.values())
        whole = said or content
        wide = (
            w for word, others in paraphrase_table().items() if says_word(word, whole, found) for w in others
        )
        wider = " ".join((whole, *wide))
        return cls(tuple(found), weights, strangers(content, weigh), nouns, wider)

    @property
    def total(self) -> float:
        return sum(self.weights) or 1.0

    def places(self, text: str) -> list[list[int]]:
        """For every term, the offsets where it stands in folded text."""
        return [
            [m.start() for m in re.finditer("|".join(map(re.escape, (t, *paraphrases(t)))), text)]
            for t in self.terms
        ]

    def cover(self, text: str) -> float:
        """Share of the weight whose terms stand anywhere in folded text, 0 to 1."""
        return sum(w for t, w in zip(self.terms, self.weights, strict=True) if t in text) / self.total

    def near(self, view: View, start: int, end: int) -> float:
        """Share of the weight within NEAR characters of clean range [start, end), up to a stop."""
        before, after = view.folded[max(0, start - NEAR) : start], view.folded[end : end + NEAR]
        return self.cover(_STOP.split(before)[-1] + " " + _STOP.split(after)[0])

    def lacking(self, view: View, start: int, end: int) -> float:
        """Share of the nouns' weight that clean range [start, end) and the frame lack; half if the passage has it."""  # noqa: E501
        part, total = 0.0, 0.0
        near = view.folded[start:end] + " " + view.frame
        for term, weight, noun in zip(self.terms, self.weights, self.nouns, strict=True):
            if noun:
                total += weight
                if any(t in near for t in (term, *paraphrases(term))):
                    continue
                part += weight * (0.5 if term in view.folded else 1.0)
        return part / total if total else 0.0

    def at(self, view: View, start: int, end: int) -> float:
        """Share of the weight found round clean range [start, end) of a view, damped by distance."""
        sentence = view.sentence_at(start)
        got = 0.0
        for i, (term, weight) in enumerate(zip(self.terms, self.weights, strict=True)):
            best = FRAME if term in view.frame else 0.0
            for p in view_places(view, self)[i]:
                best = max(best, _near(view, p, start, end, sentence))
            got += weight * best
        return got / self.total


def view_places(view: View, matcher: Matcher) -> list[list[int]]:
    """Term offsets of `matcher` in `view`, computed once for a pair."""
    cache: dict[tuple[str, ...], list[list[int]]] = view.__dict__.setdefault("_places", {})
    if matcher.terms not in cache:
        cache[matcher.terms] = matcher.places(view.folded)
    return cache[matcher.terms]


def _near(view: View, p: int, start: int, end: int, sentence: tuple[int, int]) -> float:
    if start <= p < end:
        return SAME
    if not sentence[0] <= p < sentence[1]:
        return PREVIOUS if p < sentence[0] and sentence[0] - p < 60 else PASSAGE
    between = view.folded[p:start] if p < start else view.folded[end:p]
    steps = len(re.findall(r"[,，:：]", between)) + 3 * len(re.findall("[;；]", between)) + 1
    return max(SENTENCE * 0.7, (BEFORE if p < start else AFTER) * 0.85 ** (steps - 1))
