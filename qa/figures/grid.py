"""Figures of tables whose cells stand between bars (Markdown): row and column say of what each number is.

A table is two lines or more of a passage that begin and end with "|"; its first line names the columns. A
passage that goes on with a table takes the columns of the one before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.chinese.fold import fold
from qa.chinese.numerals import Quantity, quantities
from qa.chinese.periods import read_period, stated_year
from qa.chinese.units import base
from qa.figures.nounphrase import ends_in_measure
from qa.schema import Figure, Passage, Value, original_range

_ROW = re.compile(r"^[ \t]*\|.*\|[ \t]*$", re.M)
_CELL = re.compile(r"[^|]+")
_UNIT = re.compile(r"^(.*?)(?<!\s)\s*+[(（]\s*(?:单位\s*[:：]\s*)?([^()（）]{1,8})[)）]\s*$")


@dataclass(frozen=True, slots=True)
class Cell:
    """Text of a cell and its clean range."""

    text: str
    start: int
    end: int


Row = tuple[Cell, ...]


def rows(text: str) -> list[Row]:
    """The lines of a text that are rows of a table, each as its cells."""
    found = []
    for line in _ROW.finditer(text):
        cells = [
            Cell(m[0].strip(), m.end() - len(m[0].lstrip()), m.start() + len(m[0].rstrip()))
            for m in _CELL.finditer(text, line.start(), line.end())
        ]
        if cells:  # a line of nothing but bars has none
            found.append(tuple(cells))
    return found


def table_figures(passage: Passage, original: str, header: Row = ()) -> tuple[list[Figure], Row]:
    """Figures of the tables of a passage, and the columns that the next passage may go on with.

    `original` is what the passage's offsets point into; `header` are the columns carried on.
    """
    found: list[Figure] = []
    lines = rows(passage.text)
    if not lines or not passage.text.lstrip().startswith("|"):
        header = ()
    last = 0
    for row in lines:
        if passage.text[last : row[0].start].strip(" \t\n|"):
            header = ()  # other text ends a table
        last = row[-1].end
        if header and len(row) == len(header) and any(_number(cell) for cell in row[1:]):
            found += _row(passage, original, header, row)
        elif not any(_number(cell) for cell in row[1:]):
            header = row
    return found, header


def _number(cell: Cell) -> Quantity | None:
    """The quantity that a cell is as a whole; None where it says anything else."""
    folded = fold(cell.text)
    only = list(quantities(folded))
    if read_period(folded):
        return None
    whole = len(only) == 1 and only[0].start == 0 and only[0].end == len(folded)
    return only[0] if whole and only[0].written == "arabic" else None


def _named(said: str) -> tuple[str, str]:
    """A column or row name and the unit in its brackets: 固定资产投资（亿元）."""
    m = _UNIT.match(said)
    return (m[1], m[2]) if m and base(fold(m[2]))[2] is not None else (said, "")


def _row(passage: Passage, original: str, header: Row, row: Row) -> Iterator[Figure]:
    label, own = _named(row[0].text)
    for column, cell in zip(header[1:], row[1:], strict=True):
        q = _number(cell)
        if q is None:
            continue
        name, unit = _named(column.text)
        unit = q.value.unit or unit or own
        period = (
            name if read_period(fold(name)) and not re.sub(r"[\d年月季度上下半前至—\-全]", "", name) else ""
        )
        if period:
            subject, metric = passage.subject, label
        elif ends_in_measure(fold(label)) and not ends_in_measure(fold(name)):
            subject, metric = name, label
        else:
            subject, metric = label, name
        yield _figure(passage, original, row, cell, q, (subject, metric, unit, period))


def _figure(
    passage: Passage, original: str, row: Row, cell: Cell, q: Quantity, said: tuple[str, str, str, str]
) -> Figure:
    subject, metric, unit, period = said
    name, factor, _ = base(fold(unit))
    whole = passage.start, passage.end
    start, end = original_range(passage.origin, cell.start, cell.end) or whole
    clause_start, clause_end = original_range(passage.origin, row[0].start, row[-1].end) or whole
    number = q.number if q.value.unit else q.value.number * factor
    return Figure(
        passage=passage.id,
        document=passage.document,
        subject=subject,
        metric=metric,
        value=Value(q.value.number, unit),
        number=number,
        unit=q.unit if q.value.unit else name,
        quote=original[start:end],
        text=cell.text,
        start=start,
        end=end,
        clean_start=cell.start,
        clean_end=cell.end,
        clause_start=clause_start,
        clause_end=clause_end,
        period=period,
        year=stated_year(fold(period), None) if period else None,
    )


def inside(figure: Figure, lines: Sequence[Row]) -> bool:
    """Whether a figure stands in one of the rows."""
    return any(row[0].start <= figure.clean_start and figure.clean_end <= row[-1].end for row in lines)
