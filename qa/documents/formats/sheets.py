"""Excel workbooks (.xlsx, .xlsm) and CSV: every sheet a page, every row under its headers, every cell named.

Cells are written as the sheet shows them: dates as 2024-03-01, 12.5%, 1,234.50, the decimals of
their format. Several tables on one sheet are told apart by empty rows or columns between them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from qa.documents.decode import decode
from qa.documents.formats.packed import check
from qa.documents.formats.source import Draft, Source, drawn_by
from qa.documents.formats.tables import Grid, Merged, goes_on, grid, understood, write
from qa.errors import LoadError
from qa.places import letters

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_DELIMITERS = ",\t;|"
_SAMPLE = 1 << 16
_PRECISION = 15
"""Digits of a binary number that Excel keeps; what comes after is noise."""
_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;])*')
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_BRACKETS = re.compile(r"\[[^\]]*\]|_.|\*.")
_DECIMALS = re.compile(r"[0#?]\.([0?]+)(?!\w)")
_UNSTORED = re.compile(rb"</f>\s*+(?:<v\s*+/>|<v></v>)?\s*+</c>|<f\s[^<>]*/>\s*</c>")
CELLS = 3_000_000
"""Cells of a workbook that are read: each takes about 200 bytes in memory."""

Area = tuple[int, int, int, int]
"""First row, first column, and the row and column behind the last, from 0."""


def read_workbook(data: bytes, encoding: str | None) -> Source:
    """A workbook: its sheets in order, hidden ones too. Raises LoadError."""
    import openpyxl

    parts = check(data, "Excel")
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    draft = Draft()
    for sheet in book.worksheets:
        draft.page()
        draft.place(sheet.title)
        whole, rows, columns = _grid(sheet)
        _tables(draft, whole, rows, columns, sheet.title, len(book.worksheets) > 1)
    unstored = sum(len(_UNSTORED.findall(part)) for part in parts.sheets())
    if unstored:
        empty = f"{unstored} formulas have no stored value and are read as empty."
        draft.notes.append(f"{empty} Open the file in Excel and save it.")
    return draft.source(drawn_by("openpyxl", "xlsx"))


def _grid(sheet: Worksheet) -> tuple[Grid, list[int], list[int]]:
    """The cells of a sheet, and the numbers of its rows and columns from 0; of empty ones, one stays."""
    held = {(row, column): text for (row, column), c in sheet._cells.items() if (text := _shown(c))}
    rows, columns = (_with_gaps({place[axis] for place in held}) for axis in (0, 1))
    if len(rows) * len(columns) > CELLS:
        raise LoadError(f"has a sheet of more than {CELLS:,} cells. Cut it up, or save it as CSV.")
    spans = []
    for merged in sheet.merged_cells.ranges:
        down = [n for n, row in enumerate(rows) if merged.min_row <= row + 1 <= merged.max_row]
        across = [n for n, column in enumerate(columns) if merged.min_col <= column + 1 <= merged.max_col]
        if down and across:
            spans.append(Merged(down[0], across[0], len(down), len(across)))
    shown = [[held.get((row + 1, column + 1), "") for column in columns] for row in rows]
    return grid(shown, spans), rows, columns


def _with_gaps(used: set[int]) -> list[int]:
    """Numbers from 1 as numbers from 0, with one more wherever some are left out between two."""
    out: list[int] = []
    for number in sorted(used):
        if out and number - 1 > out[-1] + 1:
            out.append(out[-1] + 1)
        out.append(number - 1)
    return out


def _tables(
    draft: Draft, whole: Grid, rows: Sequence[int], columns: Sequence[int], sheet: str, named: bool
) -> None:
    """The tables of a sheet, and between them what is no table."""
    heading, last = sheet if named else "", None
    for area in _areas(whole):
        part = _part(whole, area, rows, columns, f"{sheet}!" if sheet else "")
        table = (goes_on(last, part) if last else None) or understood(part)
        if table is None:
            for row, place in zip(part.rows, part.places, strict=True):
                if any(row):
                    draft.place(place)
                    draft.paragraph(" ".join(filter(None, row)))
        else:
            write(draft, table, heading, sheet)
            last = table


def _areas(whole: Grid) -> Iterator[Area]:
    """The parts of a sheet that empty rows or columns set apart, from top to bottom and left to right."""
    todo = [((0, 0, len(whole.rows), max(map(len, whole.rows), default=0)), False)]
    while todo:
        area, settled = todo.pop()
        pieces = [down for across in _cut(whole, area, True) for down in _cut(whole, across, False)]
        if settled or pieces == [area]:
            yield from pieces
        else:
            todo += [(piece, len(pieces) == 1) for piece in reversed(pieces)]


def _cut(whole: Grid, area: Area, by_rows: bool) -> list[Area]:
    """An area cut at its empty rows, or its empty columns."""
    top, left, bottom, right = area
    rows = [row[left:right] for row in whole.rows[top:bottom]]
    held = [any(line) for line in (rows if by_rows else zip(*rows, strict=True))]
    start = top if by_rows else left
    runs = [m.span() for m in re.finditer("1+", "".join("01"[one] for one in held))]
    if by_rows:
        return [(start + a, left, start + b, right) for a, b in runs]
    return [(top, start + a, bottom, start + b) for a, b in runs]


def _part(whole: Grid, area: Area, numbers: Sequence[int], columns: Sequence[int], sheet: str) -> Grid:
    """An area as a grid of its own, its rows named by their first cells."""
    top, left, bottom, right = area
    rows = tuple(row[left:right] for row in whole.rows[top:bottom])
    spans = tuple(
        Merged(s.row - top, s.column - left, s.height, s.width)
        for s in whole.spans
        if top <= s.row < bottom and left <= s.column < right
    )
    first = letters(columns[left])
    return Grid(rows, spans, tuple(f"{sheet}{first}{numbers[n] + 1}" for n in range(top, bottom)))


def _shown(held: Any) -> str:
    """A cell as the sheet shows it."""
    value = held.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        return shown_number(value, held.number_format)
    return str(value)


def shown_number(value: float, pattern: str) -> str:
    """A number in a number format of Excel: its percent sign, decimals, thousands and words.

    >>> shown_number(0.1254, "0.0%"), shown_number(12345.678, '#,##0.00"亿元"'), shown_number(0.1 + 0.2, "")
    ('12.5%', '12,345.68亿元', '0.3')
    """
    section = _SECTION.match(pattern)
    plain = _BRACKETS.sub("", section[0] if section else "")
    words = ["".join(found) for found in _LITERAL.findall(plain)]
    before = plain.find('"') if '"' in plain else len(plain)
    digits = _LITERAL.sub("", plain)
    number = Decimal(f"{value:.{_PRECISION}g}") if value == value and abs(value) != float("inf") else None
    if number is None or "E" in digits or "/" in digits:
        return f"{value:.{_PRECISION}g}"
    percent = "%" in digits
    number = number * 100 if percent else number
    decimals = _DECIMALS.search(digits)
    if decimals or (re.search("[0#]", digits) and "." not in digits):
        places = len(decimals[1]) if decimals else 0
        number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{number:,f}" if re.search("[0#],[0#]", digits) else f"{number:f}"
    said = "".join(words)
    front = before < min((plain.find(c) for c in "0#" if c in plain), default=before)
    return (said if front else "") + text + ("%" if percent else "") + ("" if front else said)


def read_csv(data: bytes, encoding: str | None) -> Source:
    """A CSV or TSV file as one sheet without a name: its cells are A1, B1 … Raises LoadError."""
    text, found = decode(data, encoding)
    # The limit is the whole process's: it is only ever raised.
    csv.field_size_limit(max(len(text), csv.field_size_limit()))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False))
    except csv.Error as error:
        raise LoadError(f"is no CSV file that can be read ({error}).") from error
    if sum(map(len, rows)) > CELLS:
        raise LoadError(f"has more than {CELLS:,} cells. Cut it up.")
    draft = Draft()
    whole = grid(rows)
    _tables(draft, whole, range(len(rows)), range(max(map(len, rows), default=0)), "", False)
    return draft.source(found)


def _delimiter(text: str) -> str:
    """The character that cuts most lines of a beginning into equally many cells."""
    lines = [line for line in text[:_SAMPLE].splitlines() if line.strip()][:200]

    def fit(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in lines if mark in line]
        usual = max(set(counts), key=counts.count) if counts else 0
        return counts.count(usual) if usual else 0, usual

    return max(_DELIMITERS, key=fit)
