"""A passage as words, noun phrases and clauses: where the candidates for a figure's words stand.

Offsets are those of the passage's text, which folding leaves as they are. Words are jieba's: whatever is
chosen begins and ends where a word does.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from qa.chinese.names import places
from qa.chinese.periods import Timex
from qa.chinese.tags import in_table, part_of_speech
from qa.chinese.words import tokenizer
from qa.schema import Passage

CLAUSE = re.compile(r"[,;:。!?\n…]+|——+")
_NOMINAL = frozenset("nxbjsg")
_OPENING, _CLOSING = "“‘《「『", "”’》」』"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of folded text with its part of speech ("x" where it is unknown, "w" a mark)."""

    start: int
    end: int
    text: str
    tag: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: its words, and whether it opens its sentence or its clause."""

    words: tuple[Word, ...]
    opens_sentence: bool
    opens_clause: bool
    left: Word | None
    right: Word | None

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end


@dataclass(slots=True)
class Scene:
    """A passage prepared: `work` is its folded text with times as "|"; `stops` the ranges of its figures."""

    passage: Passage
    folded: str
    work: str
    times: Sequence[Timex]
    stops: Sequence[tuple[int, int]]
    sentences: Sequence[tuple[int, int]]
    _words: dict[int, tuple[Word, ...]] = field(default_factory=dict)
    _phrases: dict[int, tuple[Phrase, ...]] = field(default_factory=dict)

    def sentence_at(self, offset: int) -> int:
        """The number of the sentence that holds `offset`."""
        return max(0, bisect_right(self.sentences, (offset, len(self.work) + 1)) - 1)

    def words(self, sentence: int) -> tuple[Word, ...]:
        if sentence not in self._words:
            start, end = self.sentences[sentence]
            self._words[sentence] = cut(self.work[start:end], start)
        return self._words[sentence]

    def cuts_words(self, phrase: str, sentence: int) -> bool:
        """Whether a folded phrase stands in a sentence, but nowhere begins and ends where a word does."""
        start, end = self.sentences[sentence]
        at = self.work.find(phrase, start, end) if phrase else -1
        if at < 0:
            return False
        begins = {w.start for w in self.words(sentence)}
        ends = {w.end for w in self.words(sentence)}
        while at >= 0:
            if at in begins and at + len(phrase) in ends:
                return False
            at = self.work.find(phrase, at + 1, end)
        return True

    def phrases(self, sentence: int) -> tuple[Phrase, ...]:
        if sentence not in self._phrases:
            self._phrases[sentence] = tuple(_phrases(self.words(sentence), self.stops))
        return self._phrases[sentence]


@lru_cache(maxsize=4096)
def _cut(text: str) -> tuple[tuple[int, int, str, str], ...]:
    out, at = [], 0
    for word in _merged(list(tokenizer().cut(text, HMM=False))):
        out.append((at, at + len(word), word, _tag(word)))
        at += len(word)
    return tuple(out)


def _merged(words: list[str]) -> list[str]:
    """Neighbours that make a word of our own table, which knows terms that jieba cuts (营|收)."""
    out: list[str] = []
    for word in words:
        if out and len(out[-1]) + len(word) <= 4 and in_table(out[-1] + word):
            out[-1] += word
        else:
            out.append(word)
    return out


def cut(text: str, by: int = 0) -> tuple[Word, ...]:
    """The words of folded text, their offsets moved by `by`."""
    return tuple(Word(start + by, end + by, word, tag) for start, end, word, tag in _cut(text))


_DIGITS = re.compile(r"[\d.,%]+")


@lru_cache(maxsize=65536)
def _tag(word: str) -> str:
    if not word[0].isalnum() and word[0] not in "\x01":
        return "w"
    if _DIGITS.fullmatch(word):
        return "m"
    if word in places():
        return "ns"
    return part_of_speech(word)


def is_nominal(word: Word) -> bool:
    return word.tag[0] in _NOMINAL or word.tag == "vn"


def noun_phrases(words: Sequence[Word]) -> list[Phrase]:
    """The noun phrases of a text without figures."""
    return _phrases(words, ())


def _phrases(words: Sequence[Word], stops: Sequence[tuple[int, int]]) -> list[Phrase]:
    """Runs of nominal words, brackets of titles and the numbers inside them included."""
    found: list[Phrase] = []
    inside = _inside(words, stops)
    i, fresh, first = 0, True, True
    while i < len(words):
        word = words[i]
        if word.tag == "w" and CLAUSE.match(word.text):
            fresh, i = True, i + 1
            continue
        j = _run(words, i, inside)
        if j > i:
            found.append(
                Phrase(
                    tuple(words[i:j]),
                    first,
                    fresh,
                    words[i - 1] if i else None,
                    words[j] if j < len(words) else None,
                )
            )
            first = fresh = False
            i = j
        else:
            fresh = fresh and word.text in '|“" '
            i += 1
    return found


def _inside(words: Sequence[Word], stops: Sequence[tuple[int, int]]) -> set[int]:
    """Positions of the words that are part of a figure."""
    held: set[int] = set()
    for start, end in stops:
        held.update(i for i, w in enumerate(words) if w.start < end and start < w.end)
    return held


def _run(words: Sequence[Word], i: int, inside: set[int]) -> int:
    """The end of the noun phrase that begins at word `i`; `i` where none does."""
    j, last, depth = i, i, 0
    while j < len(words) and j not in inside:
        word = words[j]
        if word.text in _OPENING and (j == i or is_nominal(words[j - 1]) or words[j - 1].tag == "w"):
            close = next(
                (k for k in range(j + 1, min(j + 14, len(words))) if words[k].text in _CLOSING), None
            )
            if close is None or any(k in inside for k in range(j, close)):
                break
            j = last = close + 1
            continue
        if word.text == "(" and j > i and (close := _short_bracket(words, j)):
            j = close
            continue
        if is_nominal(word) or (word.tag == "m" and (j > i or _followed(words, j))):
            j += 1
            last = j if is_nominal(word) or j - 1 > i else last
            continue
        if word.text in ("·", "•", "-", "+", "&") and j > i and depth == 0:
            j += 1
            continue
        break
    return last


def _short_bracket(words: Sequence[Word], j: int) -> int:
    """The end of a bracket inside a name, 迪脉(上海)企业管理有限公司; 0 where it is none."""
    for k in range(j + 1, min(j + 4, len(words) - 1)):
        if words[k].text == ")":
            return k + 1 if is_nominal(words[k + 1]) else 0
        if not is_nominal(words[k]):
            return 0
    return 0


def _followed(words: Sequence[Word], j: int) -> bool:
    return j + 1 < len(words) and is_nominal(words[j + 1])
