"""The page that is written on: its width in cells, its styles, and where Chinese lines may be folded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

Marks = Sequence[tuple[int, int]]
BOLD, DIM, _MARK, _OFF = "\x1b[1m", "\x1b[2m", "\x1b[1;4m", "\x1b[0m"
_LINE_END = re.compile(r"(?<![^\S\r\n])[^\S\r\n]*+[\r\n]\s*+")
_NEVER_FIRST = "，。、；：？！）】》〉」』”’…—％%,.;:?!)]}·"
_NEVER_LAST = "（【《〈「『“‘([{￥$#"
_WHOLE = re.compile(r"[0-9][0-9.,]*(?:[%％]|[百千万亿]*[^\W\d_])?|[A-Za-z]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """What the output can show: its width in cells, and whether it takes styles.

    `width` None means that it is no terminal: nothing is folded, joined or styled.
    """

    width: int | None = None
    styled: bool = False

    def style(self, code: str, text: str) -> str:
        return f"{code}{text}{_OFF}" if self.styled and text else text


def indent(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" if line else "" for line in lines]


def join_lines(quote: str, marks: Marks) -> tuple[str, list[tuple[int, int]]]:
    """The quote with its line ends joined, and the marks moved along.

    Only two Latin letters get a space between them: Chinese is wrapped without one.

    >>> join_lines("总投\\n  资3亿\\n\\n元", [(6, 11)])
    ('总投资3亿元', [(3, 6)])
    """
    text, moved, last = "", [0] * (len(quote) + 1), 0
    for gap in [*_LINE_END.finditer(quote), None]:
        end = gap.start() if gap else len(quote)
        for at in range(last, end):
            moved[at] = len(text) + at - last
        text += quote[last:end]
        if gap:
            sides = text[-1:] + quote[gap.end() : gap.end() + 1]
            for at in range(gap.start(), gap.end()):
                moved[at] = len(text)
            text += " " if len(sides) == 2 and sides.isascii() and sides.isalpha() else ""
            last = gap.end()
    moved[len(quote)] = len(text)
    return text, [(moved[start], moved[end]) for start, end in marks]


def wrap(text: str, marks: Marks, page: Page, code: str = "") -> list[str]:
    """Lines of at most `page.width` cells; marked characters are highlighted.

    Numbers stay with their units, Latin words whole, and no line begins with a closing mark.
    """
    inside = bytearray(len(text))
    for start, end in marks:
        inside[start:end] = b"\1" * (end - start)
    lines = _lines(text, page.width) if page.width else [(0, len(text))]
    return ["".join(_runs(text, start, end, inside, page, code)) for start, end in lines]


def _runs(text: str, start: int, end: int, inside: bytearray, page: Page, code: str) -> Iterator[str]:
    for marked, run in groupby(range(start, end), key=inside.__getitem__):
        part = "".join(text[at] for at in run)
        yield page.style(_MARK, part) if marked else page.style(code, part) if code else part


def _lines(text: str, width: int) -> list[tuple[int, int]]:
    """Ranges of `text`, each at most `width` cells wide (a longer unbreakable word is cut)."""
    from rich.cells import cell_len

    lines, start, used = [], 0, 0
    for begin, end in _words(text, max(width, 4), cell_len):
        cells = cell_len(text[begin:end])
        if used and used + cells > width:
            lines.append((start, begin))
            start, used = begin, 0
        used += cells
    return [*lines, (start, len(text))]


def _words(text: str, width: int, cells: Callable[[str], int]) -> Iterator[tuple[int, int]]:
    """Ranges that no line end may cut: a character or number with the punctuation that clings to it."""
    begin, end = 0, 0
    for match in _WHOLE.finditer(text):
        clings = end > begin and (match[0][0] in _NEVER_FIRST or text[end - 1] in _NEVER_LAST)
        if end > begin and not (clings and cells(text[begin : match.end()]) <= width // 2):
            yield begin, end
            begin = end
        end = match.end()
        while cells(text[begin:end]) > width:
            yield begin, begin + width // 2
            begin += width // 2
    if end > begin:
        yield begin, end
