"""One line of a text: where it stands, how wide it is, how it ends. All widths are in Han characters."""

from __future__ import annotations

import re
from dataclasses import dataclass

HAN_CHAR = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WIDE = re.compile(
    r"[\u1100-\u115f\u2014\u2018-\u201d\u2026\u2460-\u24ff\u2500-\u257f\u25a0-\u25ff\u2e80-\ua4cf\uac00-\ud7a3"
    r"\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\U00020000-\U0003ffff]"
)
_SENTENCE = re.compile(
    r"(?:[。！？!?…｡]"
    r"|(?:(?<=[A-Za-z)\"%])|(?<=[a-z] \d)|(?<=[a-z] \d\d)|(?<=[a-z] \d{3})|(?<=[a-z] \d{4}))\.)"
    r"[”’」』）)》〉】\]\"'＂]*$"
)
_PAIRS = ("“”", "‘’", "「」", "『』", "（）", "()", "《》", "〈〉", "【】", "[]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank: its stripped range in the text and what the layout shows.

    `gap` counts the blank lines before it, `indent` and `width` are in Han
    characters. `alone` means that it is a block whatever its neighbours are,
    `opens` that a block starts with it.
    """

    start: int
    end: int
    gap: int
    indent: float
    width: float
    alone: bool = False
    opens: bool = False


def width(text: str) -> float:
    """Width in Han characters; spaces beside Han characters are justification and count nothing.

    Of a line over 500 characters, which no column holds, the length.
    """
    if len(text) > 500:
        return float(len(text))
    wide = len(_WIDE.findall(text))
    narrow = len(text) - wide
    spaces = text.count(" ")
    return wide + (narrow - (spaces if wide else 0)) / 2


def ends_sentence(text: str) -> bool:
    """Whether a text ends in a sentence mark, closing quotes and brackets aside."""
    return _SENTENCE.search(text, max(0, len(text) - 12)) is not None


def is_unbalanced(text: str) -> bool:
    """Whether a quotation or bracket is left open, or closed without having been opened."""
    return any(text.count(pair[0]) != text.count(pair[1]) for pair in _PAIRS)
