"""jieba's search-mode segmentation without the second that loading its dictionary costs.

jieba asks its dictionary only two things: is this a beginning of a word, and how frequent is
this word. Both, and the part of speech, are answered by bisection in `data/dictionary.txt`, a
sorted copy of the dictionary (5 MB, folded as the text is) that is mapped into memory, not read: a
query costs 2 ms instead of 2.4 s, and 1 MB instead of 130. `python -m qa.chinese.words` writes it anew.

Beside it: how common characters are, and which two of them make a word. `data/words.txt`
is cut from jieba's dictionary (MIT): the 6,000 commonest characters in order, then, without
separators, the words of two characters with a count of 100 or more, both folded.
"""

from __future__ import annotations

import logging
import mmap
import sys
from bisect import bisect_left
from collections import Counter
from functools import cache, lru_cache
from math import log
from pathlib import Path
from typing import Any

from qa.chinese.fold import fold

DICTIONARY = Path(__file__).parent.with_name("data") / "dictionary.txt"
BULK = 50_000
"""Questions answered by bisection (25 µs each) before the whole dictionary is worth loading (2 s, 130 MB)."""


def _import_jieba() -> Any:
    """jieba without pkg_resources: importing that is slow and warns of its own end."""
    absent = object()
    before = sys.modules.get("pkg_resources", absent)
    sys.modules["pkg_resources"] = None  # type: ignore[assignment]
    try:
        import jieba
    finally:
        if before is absent:
            del sys.modules["pkg_resources"]
        else:
            sys.modules["pkg_resources"] = before  # type: ignore[assignment]
    jieba.setLogLevel(logging.WARNING)
    return jieba


def sorted_dictionary(lines: list[str]) -> bytes:
    """Lines "word frequency part-of-speech" as sorted lines of the same form, of folded words.

    The first line holds the sum of all frequencies; words that fold together add theirs and
    keep the part of speech of the first.

    >>> sorted_dictionary(["著 2 v", "着 1 u", "一 5 m"]).decode().splitlines()
    ['8', '一 5 m', '着 3 v']
    """
    counts: Counter[str] = Counter()
    tags: dict[str, str] = {}
    for line in lines:
        word, frequency, tag = line.split()[:3]
        counts[fold(word)] += int(frequency)
        tags.setdefault(fold(word), tag)
    body = sorted(f"{word} {frequency} {tags[word]}".encode() for word, frequency in counts.items())
    return b"\n".join([b"%d" % counts.total(), *body, b""])


def jieba_lines() -> list[str]:
    """The lines of jieba's own dictionary."""
    source = Path(_import_jieba().__file__).with_name("dict.txt")
    return source.read_text("utf-8").splitlines()


def _dictionary() -> mmap.mmap:
    with DICTIONARY.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


class Frequencies:
    """A read-only stand-in for jieba's prefix dictionary: word -> frequency, beginning of one -> 0."""

    def __init__(self, dictionary: bytes | mmap.mmap) -> None:
        self._text = dictionary
        self._memo: dict[str, int | None] = {}
        self._complete = False
        self._body = dictionary.find(b"\n") + 1
        self.total = int(dictionary[: self._body])

    def tag(self, word: str) -> str:
        """The part of speech of a folded word, "" where the dictionary lacks it."""
        found = self._entry(word)
        return found[1] if found else ""

    def _line_at(self, position: int) -> bytes:
        start = self._text.rfind(b"\n", 0, position) + 1
        return self._text[start : self._text.find(b"\n", position)]

    def _look_up(self, word: str) -> int | None:
        found = self._entry(word, True)
        return found[0] if found else None

    def _entry(self, word: str, beginning: bool = False) -> tuple[int, str] | None:
        """Frequency and part of speech; a mere beginning of words has none of both, if it is asked for."""
        key = word.encode("utf-8", "surrogatepass")
        # Lines are "word frequency"; a space sorts before every character of a longer word.
        position = bisect_left(range(len(self._text) - 1), key + b" ", self._body, key=self._line_at)
        line = self._line_at(position)
        if not line.startswith(key):
            return None
        if line[len(key) : len(key) + 1] == b" ":
            frequency, tag = line[len(key) + 1 :].split(b" ")
            return int(frequency), tag.decode()
        return (0, "") if beginning else None

    def _load_all(self) -> None:
        entries: dict[str, int | None] = {}
        for line in self._text[:].decode("utf-8").split("\n")[1:-1]:
            word, frequency, _ = line.split(" ")
            entries[word] = int(frequency)
            for end in range(1, len(word)):
                entries.setdefault(word[:end], 0)
        self._memo, self._complete = entries, True

    def get(self, word: str, default: int | None = None) -> int | None:
        """The frequency, 0 for a mere beginning of words, `default` for neither."""
        try:
            found = self._memo[word]
        except KeyError:
            if self._complete:
                return default
            found = self._memo[word] = self._look_up(word)
            if len(self._memo) > BULK:
                self._load_all()
        return default if found is None else found

    def __contains__(self, word: str) -> bool:
        return self.get(word) is not None

    def __getitem__(self, word: str) -> int:
        found = self.get(word)
        if found is None:
            raise KeyError(word)
        return found


@cache
def tokenizer() -> Any:
    """jieba's own tokenizer with the mapped dictionary, `tokenizer().FREQ`; for folded text."""
    found = _import_jieba().Tokenizer()
    found.FREQ = Frequencies(_dictionary())
    found.total, found.initialized = found.FREQ.total, True
    return found


def words(text: str) -> list[str]:
    """jieba's words of folded text in search mode: long words and the shorter ones in them.

    Without its model for unknown words, whose guesses change with the sentence around.

    >>> words("安置小区总投资")
    ['安置', '小区', '总', '投资']
    """
    return list(tokenizer().cut_for_search(text, HMM=False))


_MARKS = "，。、；：！？“”（）《》…—,.;:!?()"


@lru_cache(maxsize=1 << 16)
def is_word(pair: str) -> bool:
    """Whether two characters make a common word, in either script.

    >>> is_word("產業"), is_word("业项")
    (True, False)
    """
    return fold(pair) in _words()


@lru_cache(maxsize=1 << 14)
def log_share(char: str) -> float:
    """Natural logarithm of a character's share of Chinese text, from its rank (±0.5)."""
    if char in _MARKS:
        return -5.0
    rank = _ranks().get(fold(char), 8000)
    return -4.5 - 0.4 * log(1 + rank) - 0.001 * rank


@cache
def _lines() -> list[str]:
    return (Path(__file__).parent.with_name("data") / "words.txt").read_text("utf-8").splitlines()


@cache
def _ranks() -> dict[str, int]:
    return {char: rank for rank, char in enumerate(_lines()[0])}


@cache
def _words() -> frozenset[str]:
    pairs = _lines()[1]
    return frozenset(pairs[i : i + 2] for i in range(0, len(pairs), 2))


if __name__ == "__main__":
    DICTIONARY.write_bytes(sorted_dictionary(jieba_lines()))
