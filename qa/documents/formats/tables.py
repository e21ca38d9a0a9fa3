"""A grid of cells to Markdown: titles, headers of several rows made one, and said again in long tables.

A merged cell counts in each of its places, so that every cell has its row and its column. A table is
cut into parts short enough for one passage, each under the title and the headers of the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa.documents.formats.source import Draft
from qa.documents.split import LONG

_GAP = re.compile(r"\s+")
_NUMBER = re.compile(r"[-+(（]?\s*+[¥$￥]?\s*+[\d０-９][\d０-９,，.．]*+\s*+[%％‰)）]?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NOTE = re.compile(r"\s*+[*※（(]?\s*+(?:注|说明|备注|(?:资料|数据)?来源)|.*。$")
"""What stands below a table."""
_HEADERS = 4
"""Rows of headers that are looked for at most."""
_CELL = 200
"""Characters of a cell on average from which a table only lays out what is text: more than a sentence."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged cell: its first row and column, and how many of each it covers."""

    row: int
    column: int
    height: int
    width: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of equal length, merged cells in each of their places; `places` name each row's first cell."""

    rows: tuple[tuple[str, ...], ...]
    spans: tuple[Merged, ...] = ()
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A grid that is understood: what stands above it, one row of headers, its rows, what stands below."""

    title: tuple[str, ...]
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    place: str = ""
    places: tuple[str, ...] = ()


def cell(text: str) -> str:
    """The text of a cell in one line, its bars taken for what they are not: the edge of a cell.

    >>> cell(" 总投资\\n（亿元） | 计划")
    '总投资（亿元） ｜ 计划'
    """
    lines = [_GAP.sub(" ", line).strip() for line in text.split("\n")]
    out = ""
    for line in filter(None, lines):
        out += (" " if out and out[-1].isascii() and line[0].isascii() else "") + line
    return out.replace("|", "｜")


def grid(rows: Sequence[Sequence[str]], spans: Sequence[Merged] = (), places: Sequence[str] = ()) -> Grid:
    """A grid of cells as a format has them, merged ones filled in, without what is empty at its edges."""
    width = max(map(len, rows), default=0)
    cells = [[cell(text) for text in row] + [""] * (width - len(row)) for row in rows]
    for span in spans:
        for row in cells[span.row : span.row + span.height]:
            row[span.column : span.column + span.width] = [cells[span.row][span.column]] * len(
                row[span.column : span.column + span.width]
            )
    return Grid(tuple(map(tuple, cells)), tuple(spans), tuple(places))


def understood(whole: Grid) -> Table | None:
    """What of a grid is title, header, row, note; None where it has no two columns and rows, or is text."""
    held = [n for n, row in enumerate(whole.rows) if any(row)]
    said = [len(text) for row in whole.rows for text in row if text]
    if not said or sum(said) / len(said) > _CELL:
        return None
    first = next((n for n in held if not _aside(whole.rows[n])), None)
    if first is None:
        return None
    last = max(n for n in held if not (_aside(whole.rows[n]) and _NOTE.match(_said(whole.rows[n]))))
    depth = _depth(whole, first)
    body = [n for n in held if first + depth <= n <= last]
    if not body:
        return None
    headers = _headers(whole.rows[first : first + depth])
    return Table(
        tuple(_said(whole.rows[n]) for n in held if n < first),
        headers,
        tuple(whole.rows[n] for n in body),
        tuple(_said(whole.rows[n]) for n in held if n > last),
        _place(whole, first),
        tuple(_place(whole, n) for n in body),
    )


def _place(whole: Grid, row: int) -> str:
    return whole.places[row] if whole.places else ""


def _said(row: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(filter(None, row)))


def _aside(row: Sequence[str]) -> bool:
    """Whether a row is about the table: it says one thing, or "编制单位：甲" here and "单位：万元" there."""
    said = set(filter(None, row))
    alone = len(said) == 1 and not any(map(numeric, said)) and (row[0] != "" or len(row) > 2)
    return alone or (not all(row) and all("：" in text or ":" in text for text in said))


def numeric(text: str) -> bool:
    """Whether a cell holds a figure, and not a year.

    >>> [numeric(text) for text in ("1,234.5", "12.5%", "2020", "上海", "-")]
    [True, True, False, False, False]
    """
    return _NUMBER.fullmatch(text) is not None and _YEAR.fullmatch(text) is None


def _depth(whole: Grid, first: int) -> int:
    """How many rows of headers there are: as deep as merged cells reach, and those below a wide one."""
    end, width = first + 1, len(whole.rows[0])
    while True:
        deep = end
        for span in whole.spans:
            if first <= span.row < end and span.width < width:
                deep = max(deep, span.row + span.height + (span.width > 1))
        deep = min(deep, first + _HEADERS, len(whole.rows) - 1)
        while deep > end and any(map(numeric, whole.rows[deep - 1])):
            deep -= 1
        if deep <= end:
            return end - first
        end = deep


def _headers(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """One header a column: what stands above it from top to bottom, each said once."""
    return tuple(" ".join(dict.fromkeys(filter(None, column))) for column in zip(*rows, strict=True))


def goes_on(table: Table, whole: Grid) -> Table | None:
    """The rows of a grid as those of the table before it: its headers said again, or none of its own."""
    held = [n for n, row in enumerate(whole.rows) if any(row)]
    if not held or len(whole.rows[0]) != len(table.headers):
        return None
    rows = [whole.rows[n] for n in held]
    depths = range(min(_HEADERS, len(rows) - 1), 0, -1)
    depth = next((n for n in depths if _headers(rows[:n]) == table.headers), 0)
    figures = any(map(numeric, rows[0])) and any(numeric(text) for row in table.rows for text in row)
    if not depth and not figures:
        return None
    places = tuple(_place(whole, n) for n in held[depth:])
    return replace(table, rows=tuple(rows[depth:]), notes=(), places=places)


def write(draft: Draft, table: Table, heading: str = "", sheet: str = "") -> None:
    """Put a table into a text, in parts of a passage each, every part under its title and headers."""
    title = " ".join(dict.fromkeys(filter(None, (heading, *draft.captions(), *table.title))))
    for rows, places in _parts(table, LONG - len(title) - 10):
        draft.gap()
        if sheet:
            draft.place(sheet)
        if title:
            draft.write(f"## {title}\n\n")
        _row(draft, table.headers, table.place)
        draft.write(_line(["---"] * len(table.headers)))
        for row, place in zip(rows, places, strict=True):
            _row(draft, row, place)
        draft.write("\n")
    for note in table.notes:
        draft.paragraph(note)


def _parts(table: Table, room: int) -> Iterator[tuple[list[tuple[str, ...]], list[str]]]:
    """The rows, as many at a time as there is room for beside the headers, in characters; at least one."""
    rows: list[tuple[str, ...]] = []
    places: list[str] = []
    head = len(_line(table.headers)) + len(_line(["---"] * len(table.headers)))
    size = head
    for row, place in zip(table.rows, table.places, strict=True):
        more = len(_line(row))
        if rows and size + more > room:
            yield rows, places
            rows, places, size = [], [], head
        rows, places, size = [*rows, row], [*places, place], size + more
    yield rows, places


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _row(draft: Draft, cells: Sequence[str], place: str) -> None:
    if place:
        draft.place(place)
    draft.write(_line(cells))
