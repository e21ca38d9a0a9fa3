"""Which cell of a table a question asks for: the one whose row and whose column the question names.

Nothing is guessed: where the question names no row or no column of a table, or several, the table is
left to the reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from qa.answer.passages import Read
from qa.chinese.fold import fold
from qa.chinese.periods import clash, read_period
from qa.chinese.units import base
from qa.figures.cells import GENERIC, is_time
from qa.figures.grid import TOTAL, entries, named, rows
from qa.figures.nounphrase import ends_in_measure
from qa.question.query import Query

Range = tuple[int, int]
_SHORTEST = 2
"""Characters of the shortest name of a row or column that is looked for in a question."""
_PERIOD = -1
"""Stands, among positions in a question, for its period."""
_UNIT = -2
"""Likewise for the unit that it asks for."""


@dataclass(frozen=True, slots=True)
class Named:
    """A cell: its clean range, and the names of its row and of its column."""

    cell: Range
    row: Range
    labels: tuple[str, ...]
    headers: tuple[str, ...]
    above: str

    @property
    def is_dated(self) -> bool:
        """Whether its row or its column says when, whatever the title says."""
        return any(map(is_time, (*self.labels, *self.headers)))


@dataclass(frozen=True, slots=True)
class Decided:
    """A table of which a question names a row, a column, or both.

    `rows` are the ranges of its rows, `cells` those of the cells that the question may mean; `one` says
    that both are named: there is one cell then, or none where it is empty.
    """

    rows: tuple[Range, ...]
    cells: tuple[Range, ...]
    one: bool


def decided(query: Query, read: Read) -> list[Decided]:
    """The tables of a passage of which the question names a row or a column."""
    found = []
    for table in _tables(read):
        cells = [cell for cell in table if cell.is_dated or not _clashes(query, cell.above)]
        columns = {cell.headers for cell in cells}
        column, said = _named(query, columns, frozenset(), alone=len(columns) == 1)
        row, _ = _named(query, {cell.labels for cell in cells}, said if column else frozenset())
        if row is None and column is None:
            continue
        meant = [c for c in cells if row in (None, c.labels) and column in (None, c.headers)]
        one = None not in (row, column) and len(meant) == 1
        ranges = tuple(dict.fromkeys(cell.row for cell in table))
        found.append(Decided(ranges, tuple(c.cell for c in meant if c.cell[0] < c.cell[1]), one))
    return found


def _tables(read: Read) -> Iterator[list[Named]]:
    """The tables of a passage, cell by cell; one whose headers stand in a passage before by its figures."""
    text = read.passage.text
    if "|" not in text:
        return
    found, _ = entries(text, None, " ".join(filter(None, (read.passage.headline, read.passage.section))))
    for _, table in groupby(found, key=lambda entry: id(entry.head)):
        yield [
            Named(
                (e.cell.start, e.cell.end),
                (e.row[0].start, e.row[-1].end),
                (*e.labels, *filter(None, [e.group])),
                e.headers,
                e.head.above,
            )
            for e in table
        ]
    if not found:
        lines = [(row[0].start, row[-1].end) for row in rows(text)]
        yield [
            Named((f.clean_start, f.clean_end), line, (f.subject or f.of,), (f.period, f.metric), "")
            for f in read.figures
            for line in lines
            if line[0] <= f.clean_start and f.clean_end <= line[1]
        ]


def _clashes(query: Query, text: str) -> bool:
    return clash(query.period, read_period(fold(text))) == 1.0


def _named(
    query: Query, choices: set[tuple[str, ...]], taken: frozenset[int], alone: bool = False
) -> tuple[tuple[str, ...] | None, frozenset[int]]:
    """The one choice that says all that any of them says of the question, and where; None for several.

    `taken` are positions that say something else. A choice that is `alone` need not be named where it
    names no metric of its own.
    """
    fit = [c for c in choices if not any(_clashes(query, part) for part in c if is_time(part))]
    said = {choice: _said(query, choice) - taken for choice in fit}
    union = frozenset[int]().union(*said.values())
    full = sorted((c for c, where in said.items() if where == union), key=lambda c: (_rest(query, c), c))
    if not full or (len(full) > 1 and _rest(query, full[0]) == _rest(query, full[1])):
        return None, union
    best = full[0]
    names = [part for part in _parts(best) if not is_time(part)]
    if any(part in _bare(query.folded) for part in names if len(part) >= _SHORTEST):
        return best, union
    untold = all(GENERIC.fullmatch(part) or not ends_in_measure(part) for part in names)
    surely = _UNIT in union and len(full) == 1
    return (best if surely or (union and not names) or (alone and untold) else None), union


def _bare(text: str) -> str:
    return "".join(fold(text).split())


def _parts(choice: Sequence[str]) -> list[str]:
    return [bare for part in choice if (bare := _bare(named(part)[0]))]


def _said(query: Query, choice: Sequence[str]) -> frozenset[int]:
    """The positions of the bare question that the parts of a name cover."""
    question, found = _bare(query.folded), set[int]()
    units = [base(fold(unit))[0] for part in choice if (unit := named(part)[1])]
    if query.unit and base(query.unit)[0] in units:
        found.add(_UNIT)
    for part in _parts(choice):
        if is_time(part):
            found |= {_PERIOD} if _same_time(query, part) else set()
        at = question.find(part) if len(part) >= _SHORTEST else -1
        while at >= 0 and not is_time(part):
            found |= set(range(at, at + len(part)))
            at = question.find(part, at + 1)
    return frozenset(found)


def _same_time(query: Query, part: str) -> bool:
    own = read_period(part)
    return bool(query.period) and bool(own) and clash(query.period, own) == 0.0


def _rest(query: Query, choice: Sequence[str]) -> int:
    """How many characters of a name the question leaves out; a total adds nothing to its parts."""
    question = _bare(query.folded)
    return sum(
        len(part)
        for part in _parts(choice)
        if part not in question and not is_time(part) and not TOTAL.fullmatch(part)
    )
