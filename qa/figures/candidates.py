"""What the fields of a figure may be: readings with their features, and what an article says as a whole.

The rules (`draft`) give one reading of a figure; `subject_candidates`, `metric_candidates` and
`period_candidates` propose others that the language allows. A forest (`choose`) weighs them by their
features: numbers in the order of each module's list of names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from qa.chinese.fold import fold
from qa.chinese.numerals import Quantity
from qa.chinese.tags import is_entity, word_class
from qa.figures.nounphrase import ends_in_measure, is_measure
from qa.figures.scene import Scene, Word, cut, is_nominal

KINDS = ("money", "rate", "measure", "time", "ratio", "score", "count", "rank", "")
TAGS = ["x", "ns", "n", "vn", "b", "j", "m", "v", "d", "p", "c", "u", "r", "f", "w"]
LIGHT = word_class("light")
GENERIC = word_class("generic") | word_class("referring") | word_class("nobody")
NAME_KINDS = ("zone", "park", "place", "company", "other")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a field: `text` folded, for a metric that of `of` and `metric` apart."""

    text: str
    features: tuple[float, ...]
    of: str = ""


@dataclass(slots=True)
class Story:
    """What an article says as a whole: its folded text, the noun phrases of its lead, those that open its
    sentences, and the measures chosen for its figures so far."""

    whole: str = ""
    lead: list[str] = field(default_factory=list)
    openers: Counter[str] = field(default_factory=Counter)
    metrics: list[tuple[str, str]] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    counted: dict[str, tuple[int, int]] = field(default_factory=dict)

    def count(self, text: str) -> tuple[int, int]:
        """How often the article says a phrase, and in which tenth of it first; (0, 10) for never."""
        if text not in self.counted:
            first = self.whole.find(text) if text else -1
            tenth = 10 if first < 0 else first * 10 // max(1, len(self.whole))
            self.counted[text] = (self.whole.count(text) if text else 0, tenth)
        return self.counted[text]

    @property
    def known(self) -> list[str]:
        """Phrases that any figure of the article may be of: those of the lead and the commonest openers."""
        common = [text for text, n in self.openers.most_common(6) if n > 1]
        named = sorted(self.names, key=lambda text: (-self.count(text)[0], self.whole.find(text)))
        return [*self.lead[:10], *common, *named[:5]]


def story(scenes: Sequence[Scene]) -> Story:
    """The story of an article in passages; its first sentences and those with figures are read for names."""
    headline = scenes[0].passage.headline if scenes else ""
    told = Story(fold("\n".join([headline, *(s.passage.text for s in scenes)])))
    for scene in scenes:
        for start, end, kind, _ in scene.passage.names:
            told.names[scene.folded[start:end]] = 1 + NAME_KINDS.index(kind) if kind in NAME_KINDS else 9
        numbers = {scene.sentence_at(start) for start, _ in scene.stops}
        for k in range(len(scene.sentences)):
            first = scene is scenes[0] and k < 2
            if not first and k not in numbers:
                continue
            found = [text_of(p.words) for p in scene.phrases(k)[: 4 if first else 1]]
            found += [text_of(p.words[: entity_end(p.words)]) for p in scene.phrases(k)[: 4 if first else 1]]
            found = [text for text in dict.fromkeys(found) if 1 < len(text) <= 24 and text not in GENERIC]
            told.lead += [text for text in found if first and text not in told.lead]
            told.openers.update(found[:2] if not first else found[:1])
    return told


def kind_of(q: Quantity) -> int:
    return KINDS.index(q.kind) if q.kind in KINDS else len(KINDS)


def tag_of(word: Word | None) -> int:
    if word is None:
        return -1
    for i, tag in enumerate(TAGS):
        if word.tag == tag or (len(tag) == 1 and word.tag[0] == tag):
            return i
    return len(TAGS)


def text_of(phrase: Sequence[Word]) -> str:
    return "".join(word.text for word in phrase)


def entity_end(phrase: Sequence[Word]) -> int:
    """How many words of a phrase its longest beginning has that ends like an entity; all where none does."""
    for end in range(len(phrase), 0, -1):
        if phrase[end - 1].tag in ("ns", "nt", "nz") or is_entity(text_of(phrase[:end])):
            return end
    return len(phrase)


@lru_cache(maxsize=65536)
def phrase_shape(text: str) -> tuple[float, ...]:
    """Features of a phrase by itself."""
    tokens = cut(text)
    return (
        is_entity(text),
        tag_of(tokens[-1]) if tokens else -1,
        tag_of(tokens[0]) if tokens else -1,
        len(text),
        text in word_class("realms") or text[:2] in word_class("realms"),
        text in word_class("nobody") or text in word_class("generic"),
        is_measure(text),
        ends_in_measure(text),
        "的" in text,
        "、" in text or "和" in text,
        any(t.tag == "x" for t in tokens),
        any(t.tag == "ns" for t in tokens),
        any(c.isdigit() for c in text),
    )


@lru_cache(maxsize=65536)
def nameness(text: str) -> float:
    """The share of a phrase's characters in words that are names, unknown or quoted."""
    if "“" in text or "《" in text:
        return 1.0
    tokens = cut(text)
    named = sum(len(t.text) for t in tokens if t.tag in ("x", "ns", "nr", "nz", "nt") or t.text.isascii())
    return named / len(text) if text else 0.0


@lru_cache(maxsize=65536)
def metric_shape(text: str) -> tuple[float, ...]:
    """Features of a measure by itself."""
    tokens = cut(text)
    return (
        sum(t.tag == "v" for t in tokens),
        "的" in text,
        is_measure(text),
        ends_in_measure(text),
        is_entity(text),
        tag_of(tokens[0]) if tokens else -1,
        tag_of(tokens[-1]) if tokens else -1,
        len(tokens),
        any(t.tag == "x" for t in tokens),
        any(t.tag == "ns" for t in tokens),
        sum(is_nominal(t) for t in tokens),
        bool(tokens) and tokens[0].tag == "v",
    )
