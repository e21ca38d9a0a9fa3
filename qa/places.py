"""Where in its file a range of a document stands: under which heading, on which sheet, in which cells."""

from __future__ import annotations

import re
from bisect import bisect_right

from qa.schema import Document

_CELL = re.compile(r"(?P<sheet>.*!)?(?P<column>[A-Z]{1,3})(?P<row>[1-9]\d*)", re.S)


def letters(column: int) -> str:
    """The name of a column, from 0.

    >>> [letters(n) for n in (0, 25, 26, 702)]
    ['A', 'Z', 'AA', 'AAA']
    """
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def page_of(document: Document, start: int) -> int | None:
    """The page, slide or sheet that a position is on, from 1; None where the format has none."""
    return bisect_right(document.pages, start) or None


def place(document: Document, start: int, end: int) -> str:
    """The name of what a range stands in, of a table's rows its cells; "" where nothing has a name.

    >>> rows = "| 区 | 产值 |\\n| --- | --- |\\n| 甲区 | 1.5 |"
    >>> held = Document("x", rows, "", "", places=((0, "表!B3"), (25, "表!B4")))
    >>> place(held, 0, 10), place(held, 32, 35), rows[32:35]
    ('表!B3:C3', '表!C4', '1.5')
    """
    starts = [at for at, _ in document.places]
    first, last = bisect_right(starts, start) - 1, bisect_right(starts, max(start, end - 1)) - 1
    cells = [n for n in range(max(first, 0), last + 1) if _is_row(document, n)]
    if not cells:
        return document.places[first][1] if first >= 0 else ""
    at = start if cells[0] == first else starts[cells[0]]
    return _cells(_cell(document, cells[0], at), _cell(document, cells[-1], end - 1))


def _is_row(document: Document, n: int) -> bool:
    at, name = document.places[n]
    return document.text.startswith("|", at) and _CELL.fullmatch(name) is not None


def _cell(document: Document, n: int, at: int) -> str:
    """The cell of a row that a position is in: as many columns on as bars stand before it."""
    start, name = document.places[n]
    found = _CELL.fullmatch(name)
    assert found is not None
    end = document.text.find("\n", start)
    line = document.text[start : end if end >= 0 else len(document.text)]
    column = min(max(line.count("|", 0, at - start + 1) - 1, 0), line.count("|") - 2)
    return f"{found['sheet'] or ''}{letters(_number(found['column']) + column)}{found['row']}"


def _number(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _cells(first: str, last: str) -> str:
    return first if first == last else f"{first}:{last.rpartition('!')[2]}"
