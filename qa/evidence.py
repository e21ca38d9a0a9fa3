"""How well a place in a passage answers to the words of a question.

The weight of a question term is its inverse document frequency in the corpus;
a term counts in full where it stands in the clause looked at, and less with
distance: the carried head of an earlier clause counts more than what follows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from qa.fold import fold
from qa.query import STOP
from qa.schema import Passage
from qa.wordclass import segment

Weigh = Callable[[str], tuple[float, bool]]
SAME, BEFORE, AFTER, SENTENCE, PREVIOUS, PASSAGE, FRAME = 1.0, 0.75, 0.5, 0.5, 0.5, 0.25, 0.6
NEAR = 12
_STOP = re.compile(r"[;；。!！?？]")
_RUN = re.compile(r"[a-z0-9.%×+]+|[一-龥]+")
_CLAUSE = re.compile(r"[^,，;；:：。！？!?…]+[,，;；:：。！？!?…”’）)」』》]*|.", re.S)


def idf(n_passages: int, df: Callable[[str], int]) -> Weigh:
    """Inverse document frequency of a term, and whether the corpus has it; unseen weighs as seen once."""

    def weigh(term: str) -> tuple[float, bool]:
        seen = df(term)
        return math.log(1 + (n_passages + 0.5) / (max(1, seen) + 0.5)), seen > 0

    return weigh


UNSEEN = {
    "v": 0.4,
    "vn": 0.6,
    "d": 0.1,
    "c": 0.0,
    "p": 0.0,
    "r": 0.0,
    "a": 0.3,
    "n": 1.2,
    "x": 1.3,
    "nz": 1.3,
    "ns": 1.3,
}
"""What a word that the corpus lacks counts for, by part of speech: a verb is soon said
otherwise (花了 for 投资), a noun (利润) or a name seldom."""
WHOLE = frozenset({"全国", "全省", "全市", "全县", "全区", "全镇", "全州", "全园", "全球", "全线", "全村"})
"""Words for the whole of what a text is about, which it seldom repeats with each figure."""
CROSSING, LONE, FOREIGN = 0.5, 0.3, 0.4
NOUNS = ("n", "x", "nz", "ns", "vn", "j", "s", "f")


def weighted(content: str, weigh: Weigh) -> dict[str, tuple[float, bool]]:
    """Terms of a question's content (bigrams within and across words, Latin and digit runs).

    Each with its weight, and whether it is part of a noun or name.
    """
    out: dict[str, tuple[float, bool]] = {}
    for run in _RUN.findall(STOP.sub(" ", content)):
        if run[0].isascii():
            weight, seen = weigh(run)
            out[run] = weight * (1.0 if seen else FOREIGN), True
            continue
        before = ""
        for word, tag in _joined(segment(run)):
            if before:
                _add(out, before[-1] + word[0], CROSSING, 0.3, False, weigh)
            if len(word) == 1:
                _add(out, word, LONE, 0.3, False, weigh)
            if word in WHOLE:
                _add(out, word, LONE, 0.3, False, weigh)
                before = word
                continue
            for i in range(len(word) - 1):
                _add(out, word[i : i + 2], 1.0, UNSEEN.get(tag, 0.6), tag in NOUNS, weigh)
            before = word
    return out


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    """Every word of `data/paraphrases.txt` with the others of its groups."""
    out: dict[str, tuple[str, ...]] = {}
    for line in Path(__file__).with_name("data").joinpath("paraphrases.txt").read_text("utf-8").splitlines():
        group = line.split() if line and line[0] != "#" else []
        for word in group:
            out[word] = tuple(dict.fromkeys((*out.get(word, ()), *(w for w in group if w != word))))
    return out


def paraphrases(term: str) -> tuple[str, ...]:
    """Other words for a term, none for most.

    >>> "开工" in paraphrases("动工")
    True
    """
    return _groups().get(term, ())


_SAID = re.compile(r"[一二三四五六七八九十两几半每][天年月日周个]|[没完了]|^[前后]")
"""What no name has: a stretch of time, a verb's particle."""


def strangers(content: str, weigh: Weigh) -> tuple[str, ...]:
    """Stretches of three or more characters that are no words and of which the corpus has no two together."""
    return tuple(
        word
        for word in unknown_words(content)
        if len(word) > 2
        and word[0] not in "一二三四五六七八九十百千万亿两几近"
        and not _SAID.search(word)
        and not any(weigh(word[i : i + 2])[1] for i in range(len(word) - 1))
    )


def unknown_words(content: str) -> list[str]:
    """Stretches of folded text that are no words of the dictionary: mostly names."""
    return [
        word
        for run in _RUN.findall(STOP.sub(" ", content))
        if not run[0].isascii()
        for word, tag in _joined(segment(run))
        if tag in ("x", "nz", "ns")
    ]


def _add(
    out: dict[str, tuple[float, bool]], term: str, share: float, unseen: float, noun: bool, weigh: Weigh
) -> None:
    weight, seen = weigh(term)
    if not seen and (others := [w for t in paraphrases(term) if len(t) == 2 and (w := weigh(t))[1]]):
        weight, seen = min(others)
    old = out.get(term, (0.0, False))
    out[term] = max(old[0], weight * share * (1.0 if seen else unseen)), old[1] or noun


def _known_as(phrase: str, weigh: Weigh) -> float:
    """What an idiom weighs: as the commonest way of the corpus to say it, little where it has none."""
    ways = [[weigh(w[i : i + 2]) for i in range(len(w) - 1)] for w in (phrase, *paraphrases(phrase))]
    known = [sum(w for w, _ in way) / len(way) for way in ways if way and all(seen for _, seen in way)]
    return min(known, default=1.0)


@cache
def _lost(word: str) -> bool:
    """Whether a word of the table would fall apart as terms: it holds a stop character, or is no word."""
    return bool(STOP.search(word)) or (len(word) > 2 and any(tag == "x" for _, tag in segment(word)))


def _says(word: str, said: str, found: Collection[str]) -> bool:
    """Whether a question says a word of the table: a lone character must be a word of its own."""
    return word in said if len(word) > 1 else word in found


def _spoken(content: str) -> tuple[str, list[str]]:
    """Content without the idioms of speech in it that the table of paraphrases has (卖到国外), and these."""
    said = [w for w in sorted(_groups(), key=len, reverse=True) if len(w) > 1 and w in content and _lost(w)]
    for word in said:
        content = content.replace(word, " " * len(word))
    return content, said


def _joined(tokens: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Neighbouring characters of unknown kind as one word: they are a name."""
    out: list[tuple[str, str]] = []
    for word, tag in tokens:
        if tag == "x" and out and out[-1][1] == "x":
            out[-1] = (out[-1][0] + word, "x")
        else:
            out.append((word, tag))
    return out


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
        content, spoken = _spoken(content)
        found = weighted(content, weigh)
        for phrase in spoken:
            found[phrase] = _known_as(phrase, weigh), True
        weights = tuple(weight for weight, _ in found.values())
        nouns = tuple(noun for _, noun in found.values())
        whole = said or content
        wide = (w for word, others in _groups().items() if _says(word, whole, found) for w in others)
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
