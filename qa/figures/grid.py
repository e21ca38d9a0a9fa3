"""Tables whose cells stand between bars (Markdown): every cell with the names of its row and its columns.

A table is two lines or more of a passage that begin and end with "|". What stands above its first row
with a figure are its headers, in one row or several; a passage that goes on with a table takes those of
the one before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from qa.chinese.fold import fold
from qa.chinese.numerals import Quantity, quantities
from qa.chinese.periods import read_period
from qa.chinese.units import base

_ROW = re.compile(r"^[ \t]*\|(.*)\|[ \t]*$", re.M)
_UNIT = re.compile(
    r"[(（]\s?(?:(?:计量)?单位\s?[:：]\s?)?([^()（）]{1,10})[)）]$|[/／,，]([^()（）/／,，]{1,6})$|([%％‰])$"
)
_REACH = 24
"""Characters at the end of a name in which its unit stands."""
_CAPTION_UNIT = re.compile(r"单位\s*+[:：]\s*+([^\s）)；;。|]{1,20})")
_NO_VALUE = re.compile(r"[-—–/…·*]{0,3}|无|不适用|[nN]/?[aA]|\.{2,3}")
_INDEX = re.compile(r"序号|编号|行次|次序|排名|No\.?|#", re.I)
_UNITS = re.compile(r"(?:计量|计算)?单位")
_LEAD = re.compile(
    r"(?:其\s?中\s*+[:：]?|[(（][一二三四五六七八九十\d]{1,2}[)）]|[一二三四五六七八九十\d]{1,2}[、.．](?!\d))\s*+"
)
TOTAL = re.compile(r"(?:全[省市县区国]|各\S{1,3})?(?:[合总小共]\s*计|总\s*和|平均)数?|总数")
"""What names a row or a column over all others."""
_RATE = re.compile(r"[率比]$|比重|占比|增[速长幅]|涨幅|降幅|同比|环比|±|[%％‰]")
_IN_BRACKETS = re.compile(r"[(（]((?:19|20)\d\d年[^()（）]{0,8})[)）]")
_DATED = re.compile(
    r"^((?:19|20)\d\d年(?:[上下]半年|前?[一二三四]季度|\d{1,2}(?:[-—至~]\d{1,2})?月|末|底)?)(?=[^\d\s年月度以])"
)
_MOST_HEADERS = 4
_MOST_LABELS = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """Text of a cell and its clean range."""

    text: str
    start: int
    end: int


Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Head:
    """What stands above the rows of a table: for each column its headers from top to bottom, and the text.

    `labels` are the columns that name a row, `units` the column that holds its unit, if there is one.
    """

    columns: tuple[tuple[str, ...], ...]
    labels: tuple[int, ...]
    units: int | None
    above: str


@dataclass(frozen=True)
class Entry:
    """A cell with what names it: `labels` its row (`group` what that is a part of), `headers` its column."""

    cell: Cell
    row: Row
    labels: tuple[str, ...]
    headers: tuple[str, ...]
    group: str
    unit: str
    head: Head = field(repr=False)
    counts: bool = False
    """Whether the column holds numbers, so that 2010 is one, too."""

    @cached_property
    def quantity(self) -> Quantity | None:
        """The number that the cell is; None where it says anything else."""
        return quantity(self.cell, self.counts)

    @property
    def is_total(self) -> bool:
        """Whether the row is one over all others."""
        return bool(self.labels) and TOTAL.fullmatch(fold(self.labels[0])) is not None


def rows(text: str) -> list[Row]:
    """The lines of a text that are rows of a table, each as its cells; a line of rules is none."""
    found = []
    for line in _ROW.finditer(text):
        cells, at = [], line.start(1)
        for part in line[1].split("|"):
            said, end = part.strip(), at + len(part)
            start = end - len(part.lstrip()) if said else at
            cells.append(Cell(said, start, start + len(said)))
            at = end + 1
        if any(re.sub(r"[-:\s]", "", c.text) for c in cells):
            found.append(tuple(cells))
    return found


def inside(start: int, end: int, lines: Sequence[Row]) -> bool:
    """Whether a clean range stands in one of the rows."""
    return any(row[0].start <= start and end <= row[-1].end for row in lines)


def quantity(cell: Cell, counts: bool = False) -> Quantity | None:
    """The quantity that a cell is as a whole; None where it says anything else, unless it `counts` a year."""
    folded = fold(cell.text)
    if not folded or (read_period(folded) and not (counts and folded.isdecimal())):
        return None
    only = list(quantities(folded))
    whole = len(only) == 1 and only[0].hedge_start <= 0 and only[0].end == len(folded)
    return only[0] if whole and only[0].written == "arabic" else None


def _says_value(cell: Cell) -> bool:
    return bool(cell.text) and (_NO_VALUE.fullmatch(cell.text) is not None or quantity(cell) is not None)


def entries(text: str, carried: Head | None = None, section: str = "") -> tuple[list[Entry], Head | None]:
    """The cells of the tables of a passage, and the head that the next passage may go on with.

    `carried` is the head of the passage before, `section` what the passage stands under.
    """
    found: list[Entry] = []
    head = carried
    for above, block in _blocks(text):
        if above.strip() or head is None or len(block[0]) != len(head.columns) or not _valued(block[0]):
            head, block = _headed(block, " ".join(filter(None, (section, above.strip()))))
        if head:
            found += _below(head, block)
    ends_in_table = bool(found) and not text[found[-1].row[-1].end :].strip(" \t\n|")
    return found, head if ends_in_table else None


def _blocks(text: str) -> Iterator[tuple[str, list[Row]]]:
    """Runs of rows of one width, each with the text above it."""
    block: list[Row] = []
    above, last = "", 0
    for row in rows(text):
        between = text[last : row[0].start].strip(" \t\n|-:")
        if block and (between or len(row) != len(block[0])):
            yield above, block
            block, above = [], ""
        above += between if not block else ""
        block.append(row)
        last = row[-1].end
    if block:
        yield above, block


def _valued(row: Row) -> bool:
    return any(map(_says_value, row[1:]))


def _alone(row: Row) -> bool:
    """Whether a row says one thing in its first cell, and nothing in two others or more."""
    return len(row) > 2 and row[0].text != "" and not any(cell.text for cell in row[1:])


def _is_body(row: Row) -> bool:
    """Whether a row without figures is no header all the same: it says one thing, or holds but digits."""
    return _alone(row) or all(cell.text[-1:].isdecimal() for cell in row)


def _headed(block: list[Row], above: str) -> tuple[Head | None, list[Row]]:
    """The head of a block of rows, and the rows below it; None where there are no rows or no two columns."""
    while len(block) > 1 and _alone(block[0]):  # a title in a merged cell
        above, block = f"{above} {block[0][0].text}", block[1:]
    first = next((n for n, row in enumerate(block) if _valued(row) or (n and _is_body(row))), 1)
    depth = max(1, min(first, _MOST_HEADERS)) if first else 0
    body = block[depth:]
    if not depth or not body or len(block[0]) < 2:
        return None, block
    columns = _columns(block[:depth])
    units = next((n for n, c in enumerate(columns) if c and _UNITS.fullmatch(c[-1])), None)
    return Head(columns, _labels(columns, body, units), units, above), body


def _columns(headers: Sequence[Row]) -> tuple[tuple[str, ...], ...]:
    """For each column its headers; an empty one above others goes on from its left (it was merged)."""
    filled = []
    for n, row in enumerate(headers):
        texts = [cell.text for cell in row]
        if n < len(headers) - 1:
            for at in range(2, len(texts)):
                texts[at] = texts[at] or texts[at - 1]
        filled.append(texts)
    return tuple(
        tuple(dict.fromkeys(part for text in column for part in _parts(text)))
        for column in zip(*filled, strict=True)
    )


def _parts(header: str) -> list[str]:
    """The names that a header puts together, a period among them by itself.

    >>> _parts("2019年上半年税收（亿元）"), _parts("国税（2019年）")
    (['2019年上半年', '税收（亿元）'], ['国税', '2019年'])
    """
    return _DATED.sub(r"\1 ", _IN_BRACKETS.sub(r" \1", header)).split()


def _labels(
    columns: Sequence[tuple[str, ...]], body: Sequence[Row], units: int | None
) -> tuple[int, ...]:
    """The columns that name a row: the first of text, and more where those before name several alike."""
    found: list[int] = []
    for at, headers in enumerate(columns):
        if (not at and headers and _INDEX.fullmatch(headers[-1])) or at == units:
            continue
        if any(quantity(row[at]) for row in body):
            break
        found.append(at)
        said = [tuple(row[n].text for n in found) for row in body]
        if len(set(said)) == len(said) or len(found) == _MOST_LABELS:
            break
    return tuple(found)


def _below(head: Head, body: Sequence[Row]) -> Iterator[Entry]:
    """The cells of the rows below a head; a row that says one thing alone is what the next are a part of."""
    group = whole = ""
    counts = [any(map(quantity, column)) for column in zip(*body, strict=True)]
    for row in body:
        if _alone(row):
            group = named(row[0].text)[0]
            continue
        labels = tuple(row[n].text for n in head.labels if row[n].text)
        part = bool(labels) and fold(labels[0]).startswith("其中")
        unit = row[head.units].text if head.units is not None else ""
        for at, cell in enumerate(row):
            if at not in head.labels and at != head.units and not (at == 0 and 0 not in head.labels):
                over = whole if part else group
                yield Entry(cell, row, labels, head.columns[at], over, unit, head, counts[at])
        if labels and not part:
            whole = named(labels[0])[0]


def named(said: str) -> tuple[str, str]:
    """A name and the unit beside it, bare of enumerators.

    >>> named("固定资产投资（亿元）"), named("其中：工业 / 万元"), named("（一）占比%")
    (('固定资产投资', '亿元'), ('工业', '万元'), ('占比', '%'))
    """
    bare = said[m.end() :] if (m := _LEAD.match(said)) and m.end() < len(said) else said
    bare = bare.strip()
    found = _UNIT.search(bare[-_REACH:])
    unit = next(filter(None, found.groups()), "").strip() if found else ""
    name = bare[: found.start() + max(0, len(bare) - _REACH)].strip() if found else ""
    return (name, unit) if name and base(fold(unit))[2] is not None else (bare, "")


def caption_unit(above: str, name: str) -> str:
    """The unit that the text above a table gives a column; that of rates for one that is a rate.

    >>> caption_unit("表1 单位：亿元、%", "增长率"), caption_unit("单位：万元", "税收")
    ('%', '万元')
    """
    said = _CAPTION_UNIT.search(above)
    parts = re.split(r"[、,，/和]", said[1]) if said else []
    units = [part for part in parts if base(fold(part))[2] is not None]
    rates = [unit for unit in units if _RATE.search(unit)]
    plain = [unit for unit in units if unit not in rates]
    return next(iter(rates if _RATE.search(name) else plain), "")
