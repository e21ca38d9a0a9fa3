"""Spaces that typesetting left inside Chinese text, and those that separate.

A space between Han characters, or between Han and a digit or a full-width mark, is a
trace of a justified line. What stays: the space between names in a byline, between the
halves of a headline or couplet, between cells, and after half-width marks.
"""

from __future__ import annotations

import re

_SPACE = re.compile(r"[ \t\n\r\v\f\x1c-\x1f\x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WIDE = re.compile(
    r"[\u2014\u2018-\u201d\u2026\u25a0-\u25ff\u3001-\u3003\u3007-\u9fff\uf900-\ufaff\uff01-\uff60\uffe0-\uffe6"
    r"\U00020000-\U0003ffff]"
)
_NAMES = re.compile(
    r"[（(][^（）()\n]{0,80}(?:记者|記者|通讯员|通訊員|摄|攝|供图|供圖|实习生|實習生)"
    r"[^（）()\n]{0,80}[）)]"
)
_QUOTED = re.compile(r"[“「『《](?:[\u3400-\u9fff]{4,20}\s+)+[\u3400-\u9fff]{4,20}[”」』》]")
Edit = tuple[int, int, str]


def collapse(text: str) -> list[Edit]:
    """Edits that make one plain space of every run of spaces."""
    return [(m.start(), m.end(), " ") for m in _SPACE.finditer(text) if m[0] != " "]


def close_up(text: str) -> list[Edit]:
    """Edits that take justification spaces out of running text. Linear in the text."""
    kept = _separators(text)
    edits = []
    for match in _SPACE.finditer(text):
        start, end = match.span()
        left, right = text[start - 1 : start], text[end : end + 1]
        if start in kept or not _dropped(text, start, end, left, right):
            if match[0] != " ":
                edits.append((start, end, " "))
        else:
            edits.append((start, end, ""))
    return edits


def _dropped(text: str, start: int, end: int, left: str, right: str) -> bool:
    if not left or not right or "\n" in text[start:end]:
        return True
    wide_left, wide_right = _WIDE.match(left) is not None, _WIDE.match(right) is not None
    if wide_left and wide_right:
        return True
    if left.isdecimal() and right.isdecimal():
        return False
    if (wide_left and right.isdecimal()) or (wide_right and (left.isdecimal() or left in "%‰")):
        return not re.search(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}$|\d:\d\d$", text[max(0, start - 12) : start])
    if (left in ".．" and right.isdecimal()) or (right in ".．" and left.isdecimal()):
        return _broken_decimal(text, start, end)
    if right in "%‰％" and left.isdecimal():
        return True
    if left in ",;:?!" and _HAN.match(right):
        return text[start:end] != " "  # ", " is a convention of its own; a no-break space there is not
    return False


def _broken_decimal(text: str, start: int, end: int) -> bool:
    """A space on one side of a decimal point between digits: 63. 5, 63 .5."""
    around = text[max(0, start - 2) : start] + text[end : end + 2]
    return (
        re.search(r"\d[.．]\d", around) is not None
        and re.match(r"[\d.．]\d?", text[end : end + 2]) is not None
    )


def _separators(text: str) -> set[int]:
    """Starts of the spaces between Han characters that separate names, halves or items."""
    kept: set[int] = set()
    for match in _NAMES.finditer(text):
        kept.update(match.start() + m.start() for m in _SPACE.finditer(match[0]) if _parted(match[0], m))
    for match in _QUOTED.finditer(text):
        pieces = _SPACE.split(match[0][1:-1])
        if len(pieces) > 1 and len(pieces[0]) >= 4 and len(set(map(len, pieces))) == 1:
            kept.update(match.start() + m.start() for m in _SPACE.finditer(match[0]))
    return kept


def _parted(text: str, match: re.Match[str]) -> bool:
    """Whether a space stands between two words, not after or before a mark."""
    return bool(_HAN.match(text[match.start() - 1]) and _HAN.match(text[match.end() : match.end() + 1]))
