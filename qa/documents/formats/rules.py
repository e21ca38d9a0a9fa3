"""Ruled lines on a page to the grids of tables: rows, columns, merged cells. Lengths in points."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.documents.formats.tables import Merged

_NEAR = 3.0
"""Lines closer than this are one: the two edges of a thick rule."""
_MOST = 4000
"""Lines of a page that are looked at; more make a drawing or a map."""
Line = tuple[float, float, float]
"""Where a line stands across its direction, and its two ends."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """The grid of a table: edges of columns from left to right, of rows from top to bottom, merged cells."""

    columns: tuple[float, ...]
    rows: tuple[float, ...]
    spans: tuple[Merged, ...]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, bottom, right, top."""
        return self.columns[0], self.rows[-1], self.columns[-1], self.rows[0]

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column of a point, those of the merged cell's first where it lies in one; None outside."""
        left, bottom, right, top = self.box
        if not (left <= x <= right and bottom <= y <= top):
            return None
        column = min(bisect_right(self.columns, x), len(self.columns) - 1) - 1
        row = next((n for n, edge in enumerate(self.rows[1:]) if y >= edge), len(self.rows) - 2)
        for s in self.spans:
            if s.row <= row < s.row + s.height and s.column <= column < s.column + s.width:
                return s.row, s.column
        return row, column


def grids(across: Sequence[Line], down: Sequence[Line]) -> list[Ruled]:
    """The tables that horizontal and vertical lines make, from top to bottom; boxes of one cell are none."""
    if not across or not down or len(across) + len(down) > _MOST:
        return []
    found = [grid for group in _connected(across, down) if (grid := _grid(*group)) is not None]
    return sorted(found, key=lambda grid: -grid.box[3])


def _connected(across: Sequence[Line], down: Sequence[Line]) -> Iterable[tuple[list[Line], list[Line]]]:
    """Lines that meet, directly or by others."""
    parent = list(range(len(across) + len(down)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    for i, (y, left, right) in enumerate(across):
        for j, (x, bottom, top) in enumerate(down):
            if left - _NEAR <= x <= right + _NEAR and bottom - _NEAR <= y <= top + _NEAR:
                parent[root(i)] = root(len(across) + j)
    groups: dict[int, tuple[list[Line], list[Line]]] = defaultdict(lambda: ([], []))
    for n in range(len(parent)):
        which = n >= len(across)
        groups[root(n)][which].append(down[n - len(across)] if which else across[n])
    return groups.values()


def _grid(across: list[Line], down: list[Line]) -> Ruled | None:
    columns, rows = _places(line[0] for line in down), _places(line[0] for line in across)[::-1]
    if len(columns) < 3 or len(rows) < 3:
        return None
    height, width = len(rows) - 1, len(columns) - 1
    group = {(r, c): (r, c) for r in range(height) for c in range(width)}

    def join(first: tuple[int, int], second: tuple[int, int]) -> None:
        old, new = group[second], group[first]
        for place, held in group.items():
            if held == old:
                group[place] = new

    for r in range(height):
        for c in range(width):
            x, y = (columns[c] + columns[c + 1]) / 2, (rows[r] + rows[r + 1]) / 2
            if c + 1 < width and not _covers(down, columns[c + 1], y):
                join((r, c), (r, c + 1))
            if r + 1 < height and not _covers(across, rows[r + 1], x):
                join((r, c), (r + 1, c))
    return Ruled(tuple(columns), tuple(rows), tuple(_spans(group)))


def _spans(group: dict[tuple[int, int], tuple[int, int]]) -> Iterable[Merged]:
    """Cells that are one, as far as they make a rectangle."""
    members: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for place, held in group.items():
        members[held].append(place)
    for places in members.values():
        top, left = min(r for r, _ in places), min(c for _, c in places)
        height, width = max(r for r, _ in places) - top + 1, max(c for _, c in places) - left + 1
        if len(places) > 1 and height * width == len(places):
            yield Merged(top, left, height, width)


def _places(values: Iterable[float]) -> list[float]:
    """Values in order, those near one another taken for one."""
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > _NEAR:
            out.append(value)
    return out


def _covers(lines: Iterable[Line], at: float, along: float) -> bool:
    return any(abs(line[0] - at) <= _NEAR + 1 and line[1] - 1 <= along <= line[2] + 1 for line in lines)
