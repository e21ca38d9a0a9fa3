"""Shifted GBK pairs: one byte of a text was lost and the bytes after it were paired anew.

動力。”淥口 is A1A3 A1B1 9C4F …; without its first byte it reads A3A1 B19C 4F, that is
！睖O, and a portal then wrote "!睖O". The shift ends where a byte below 80, a letter to
the eye, was the second half of a character. A repair is accepted by proof only: one byte
put back in front must decode to plausible text, and since what was taken in is the same
bytes, dropping that byte again gives the damaged text to the letter.
"""

from __future__ import annotations

import re
from functools import cache

from .words import is_word, log_share

_HAN = r"\u3400-\u9fff\uf900-\ufaff"
_MARKS = {"!": "！", "?": "？", ",": "，", ";": "；", ":": "：", "(": "（", ")": "）", ".": "．"}
# The end of a shift: a letter between Han characters whose byte can be a second half.
_ANCHOR = re.compile(rf"(?<=[{_HAN}])[@-~](?=[{_HAN}，。、；：！？”“,.;:!?]|$)")
_REACH = 24
_LOST_QUOTE = re.compile(rf"(?<=[{_HAN}])[!！] (?=[{_HAN}])")


def shifted_pairs(text: str) -> list[tuple[int, int, str]]:
    """Edits that mend proved shifts, and likely ones in a text that has a proved one."""
    proved = []
    done = 0
    for anchor in _ANCHOR.finditer(text):
        edit = _proof(text, anchor.start(), done) if _suspicious(text[anchor.start() - 1]) else None
        if edit is not None:
            proved.append(edit)
            done = edit[1]
    return sorted(proved + _likely(text)) if proved else []


def _suspicious(char: str) -> bool:
    """Whether a character stands outside GB 2312: a shifted pair whose second byte is a first."""
    try:
        return len(char.encode("gb2312")) != 2
    except UnicodeEncodeError:
        return True


def _proof(text: str, anchor: int, floor: int) -> tuple[int, int, str] | None:
    """The best repair of a shift that ends with the letter at `anchor`, or None.

    Every start within reach and every lost byte is tried. What counts is how much
    likelier the repaired characters are in Chinese than the damaged ones.
    """
    best: tuple[float, int, str] | None = None
    for start in range(anchor - 1, max(floor, anchor - _REACH) - 1, -1):
        damaged = text[start : anchor + 1]
        data = _bytes(damaged)
        if data is None:
            break
        new = _decoded(data, text[start - 1 : start])
        if len(new) != len(damaged):
            continue
        gain = _plausibility(text, start, new, anchor + 1) - _plausibility(text, start, damaged, anchor + 1)
        if best is None or gain > best[0]:
            best = (gain, start, new)
    # 6 nats over the damage is far from what sound text ever gains.
    if best is None or best[0] < 6.0:
        return None
    _, start, new = best
    return start, anchor + 1, new


def _bytes(damaged: str) -> bytes | None:
    """The bytes of a damaged range: half-width marks stand for the full-width ones they were."""
    try:
        head = "".join(_MARKS.get(char, char) for char in damaged[:-1]).encode("gbk")
    except UnicodeEncodeError:
        return None
    return head + damaged[-1].encode("ascii") if len(head) == 2 * len(damaged) - 2 else None


def _decoded(data: bytes, left: str) -> str:
    """What the bytes read with the likeliest byte in front: it decides the first character alone."""
    try:
        rest = data[1:].decode("gbk")
    except UnicodeDecodeError:
        return ""
    return max(_firsts(data[0]), key=lambda first: _fit(left, first, rest[0]), default="") + rest


@cache
def _firsts(second: int) -> tuple[str, ...]:
    """The characters that end in a byte."""
    firsts = (bytes((lead, second)).decode("gbk", "ignore") for lead in range(0x81, 0xFF))
    return tuple(first for first in firsts if len(first) == 1 and ord(first) > 0x7F)


def _fit(left: str, first: str, right: str) -> float:
    """How well a character stands between two others."""
    if right == "”":
        return log_share(first) + (4.0 if first in "。！？…" else -2.0)
    return log_share(first) + 2.5 * (is_word(left + first) + is_word(first + right))


def _plausibility(text: str, start: int, middle: str, end: int) -> float:
    """Sum of log shares of the characters, plus what known words and closed quotations add."""
    window = text[max(0, start - 2) : start] + middle + text[end : end + 2]
    score = sum(map(log_share, middle))
    score += sum(2.5 for i in range(len(window) - 1) if is_word(window[i : i + 2]))
    opened = text.rfind("“", max(0, start - 400), start) > text.rfind("”", max(0, start - 400), start)
    for i, char in enumerate(middle):
        if char == "”":
            before = middle[i - 1] if i else text[start - 1 : start]
            score += (1.0 if opened else -8.0) + (4.0 if before in "。！？…" else -2.0)
    return score


def _likely(text: str) -> list[tuple[int, int, str]]:
    """！ and a space inside a quotation that nothing closes: what is left of 。”.

    The lost byte's neighbour went too, so it cannot be proved; in a text with proved
    shifts the open quotation mark decides.
    """
    edits = []
    for match in _LOST_QUOTE.finditer(text):
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        before, after = text[start : match.start()], text[match.end() : end if end >= 0 else None]
        opened = before.count("“") > before.count("”")
        if opened and after.count("”") <= after.count("“"):
            edits.append((match.start(), match.end(), "。”"))
    return edits
