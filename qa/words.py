"""How common characters are, and which two of them make a word.

`data/words.txt` is cut from jieba's dictionary (MIT): the 6,000 commonest characters in
order, then, without separators, the words of two characters with a count of 100 or
more, both folded.
"""

from __future__ import annotations

from functools import cache, lru_cache
from math import log
from pathlib import Path

from .fold import fold

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
    return (Path(__file__).with_name("data") / "words.txt").read_text("utf-8").splitlines()


@cache
def _ranks() -> dict[str, int]:
    return {char: rank for rank, char in enumerate(_lines()[0])}


@cache
def _words() -> frozenset[str]:
    pairs = _lines()[1]
    return frozenset(pairs[i : i + 2] for i in range(0, len(pairs), 2))
