"""Tables that a text sets with gaps, tabs or single bars, with a bar on each side of every cell.

What follows then reads them as it reads Markdown. Lines count as a table where several in a row have
equally many cells, the first says no figure, and in all others at least half of the cells behind the
first are figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.documents.repair import Edit, apply_edits
from qa.schema import Clean

_LINE = re.compile(r"[^\r\n]+")
_GAP, _BAR = re.compile(r"[ \t\u3000]++"), re.compile(r"\|")
_FIGURE = re.compile(
    r"[-+−(（¥￥$]{0,2}\d[\d,，.．]*+\s?[^\s\d]{0,4}|[-—–/]{1,2}|[.…]{1,3}"
)
"""A number with a short unit, or the mark of none."""
_FEWEST = 3
"""Lines, or cells of a line, of which two of the other are enough."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A line as cells: their ranges, and whether bars stand between them."""

    cells: tuple[tuple[int, int], ...]
    bars: bool
    figures: int


def with_bars(source: Clean) -> Clean:
    """The same text; in what is a table, bars that stand nowhere in the original set cells apart.

    Nothing else changes: a gap becomes one space and a bar. Linear in the text.

    >>> from qa.documents.repair import identity
    >>> with_bars(identity("县  税收\\n甲  3.5\\n乙  4")).text.splitlines()
    ['| 县 | 税收 |', '| 甲 | 3.5 |', '| 乙 | 4 |']
    """
    if not any(mark in source.text for mark in ("  ", "\t", "\u3000", "|")):
        return source
    return apply_edits(source, (edit for table in _tables(source.text) for edit in _edits(table)))


def _tables(text: str) -> Iterator[list[_Row]]:
    """Runs of lines that make a table."""
    run: list[_Row] = []
    last = -1
    for line in _LINE.finditer(text):
        row = _row(text, line.start(), line.end())
        joins = (
            row is not None
            and run != []
            and text.count("\n", last, line.start()) <= 1
            and (len(row.cells), row.bars) == (len(run[0].cells), run[0].bars)
            and row.figures * 2 >= len(row.cells) - 1
        )
        if not joins:
            if _is_table(run):
                yield run
            run = []
        if row and (joins or not row.figures):
            run.append(row)
        last = line.end()
    if _is_table(run):
        yield run


def _is_table(run: list[_Row]) -> bool:
    return len(run) > 1 and max(len(run), len(run[0].cells)) >= _FEWEST


def _row(text: str, start: int, end: int) -> _Row | None:
    """A line as a row of two cells or more; None where it is anything else, or has its bars already."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    bars = text.find("|", start, end) >= 0
    if start == end or "|" in (text[start], text[end - 1]):
        return None
    cells, at = [], start
    for gap in (_BAR if bars else _GAP).finditer(text, start, end):
        if bars or "\t" in gap[0] or len(gap[0]) + gap[0].count("\u3000") > 1:
            cells.append((at, gap.start()))
            at = gap.end()
    cells.append((at, end))
    figures = sum(_FIGURE.fullmatch(text[a:b].strip()) is not None for a, b in cells[1:])
    return _Row(tuple(cells), bars, figures) if len(cells) > 1 else None


def _edits(table: list[_Row]) -> Iterator[Edit]:
    for row in table:
        yield row.cells[0][0], row.cells[0][0], "| "
        if not row.bars:
            for (_, end), (start, _) in zip(row.cells, row.cells[1:], strict=False):
                yield end, end + 1, " "
                yield end + 1, start, ""
                yield start, start, "| "
        yield row.cells[-1][1], row.cells[-1][1], " |"
