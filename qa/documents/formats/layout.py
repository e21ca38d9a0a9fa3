"""Characters on a page to lines in reading order: columns told from tables, raised marks from digits.

Lengths are in points, y grows upwards.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from qa.documents.formats.marks import raised

_GAP = 1.2
"""A gap inside a line that parts columns or cells, in sizes of its characters; justified text stays below."""
_SPACE = 0.2
"""A gap that stands for a space between letters, likewise."""
_COLUMN = 8
"""Characters of a column's usual line at least: narrower ones are cells."""
_SMALL = 0.78
"""Size of a raised mark at most, beside its line's."""
_WORD = re.compile(r"[A-Za-z0-9,.;:!?)%'\"]")


@dataclass(frozen=True, slots=True)
class Char:
    """One character with its box, the foot of its line, and its size."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    foot: float
    size: float

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2


@dataclass(slots=True)
class Piece:
    """A stretch of a line without a wide gap, or a table that stands in the text (`table` is its number)."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    table: int = -1
    indent: float = 0.0


@dataclass(slots=True)
class Row:
    """Pieces side by side."""

    pieces: list[Piece] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(piece.text for piece in self.pieces)

    @property
    def size(self) -> float:
        return max(piece.size for piece in self.pieces)

    @property
    def top(self) -> float:
        return max(piece.top for piece in self.pieces)

    @property
    def bottom(self) -> float:
        return min(piece.bottom for piece in self.pieces)


def pieces(chars: Sequence[Char]) -> list[Piece]:
    """The characters of a page as stretches of lines, from top to bottom and left to right."""
    if not chars:
        return []
    usual = median(char.size for char in chars)
    lines = _lines([char for char in chars if char.size >= _SMALL * usual])
    small = [char for char in chars if char.size < _SMALL * usual]
    lines += _lines([char for char in small if not _beside(char, lines)])
    out = []
    for line in sorted(lines, key=lambda line: -line[0].foot):
        out += _stretches(sorted(line, key=lambda char: char.left))
    return out


def _lines(chars: Iterable[Char]) -> list[list[Char]]:
    """Characters with one foot, allowing for what faces of different fonts differ."""
    lines: list[list[Char]] = []
    for char in sorted(chars, key=lambda char: -char.foot):
        if lines and lines[-1][0].foot - char.foot < 0.35 * max(char.size, lines[-1][0].size):
            lines[-1].append(char)
        else:
            lines.append([char])
    return lines


def _beside(char: Char, lines: list[list[Char]]) -> bool:
    """Put a small character into the line that it is raised in, if there is one."""
    _, up = char.middle
    for line in lines:
        foot = line[0].foot
        if not foot - 0.2 * line[0].size <= up <= foot + line[0].size:
            continue
        if any(0 <= char.left - other.right + 0.3 * other.size < other.size for other in line):
            line.append(char)
            return True
    return False


def _stretches(line: list[Char]) -> list[Piece]:
    found: list[list[Char]] = []
    for char in line:
        if found and char.left - found[-1][-1].right < _GAP * min(char.size, found[-1][-1].size) + 2:
            found[-1].append(char)
        else:
            found.append([char])
    return [_piece(part) for part in found]


def _piece(chars: list[Char]) -> Piece:
    size = median(char.size for char in chars)
    text, mark = "", ""
    before: Char | None = None
    foot = median(char.foot for char in chars)
    for char in chars:
        up = char.size < _SMALL * size and char.foot > foot + 0.15 * size
        if mark and not up:
            text, mark = text + raised(mark, text), ""
        gap = char.left - before.right if before else 0.0
        if (
            before
            and not up
            and gap > _SPACE * char.size
            and _WORD.match(before.text)
            and _WORD.match(char.text)
        ):
            text += " "
        if up:
            mark += char.text
        else:
            text += char.text
        before = char
    text += raised(mark, text) if mark else ""
    return Piece(
        text,
        min(c.left for c in chars),
        min(c.bottom for c in chars),
        max(c.right for c in chars),
        max(c.top for c in chars),
        size,
    )


def ordered(found: Sequence[Piece]) -> list[list[Row]]:
    """Pieces as blocks of rows in reading order: what spans the columns first, then column after column."""
    cut = _gutter(found)
    if cut is None:
        return [rows_of(found)] if found else []
    blocks: list[list[Row]] = []
    left: list[Piece] = []
    right: list[Piece] = []
    for piece in sorted(found, key=lambda piece: -piece.top):
        if piece.right <= cut:
            left.append(piece)
        elif piece.left >= cut:
            right.append(piece)
        else:
            blocks += [*ordered(left), *ordered(right), rows_of([piece])]
            left, right = [], []
    return [*blocks, *ordered(left), *ordered(right)]


def _gutter(found: Sequence[Piece]) -> float | None:
    """Where a page falls into two columns of text, if it does."""
    best: tuple[int, float] | None = None
    for x in {piece.left for piece in found}:
        cut = x - 1.0
        left = [piece for piece in found if piece.right <= cut]
        right = [piece for piece in found if piece.left >= cut]
        across = len(found) - len(left) - len(right)
        weak = min(len(left), len(right))
        if weak >= 3 and across * 4 <= weak and _is_text(left) and _is_text(right):
            best = max(best or (0, 0.0), (weak - 4 * across, cut))
    return best[1] if best else None


def _is_text(found: Sequence[Piece]) -> bool:
    """Whether pieces are lines of text and no cells."""
    return median((piece.right - piece.left) / max(piece.size, 1) for piece in found) >= _COLUMN


def rows_of(found: Iterable[Piece]) -> list[Row]:
    """Pieces side by side as rows, each with its indent in its block."""
    rows: list[Row] = []
    for piece in sorted(found, key=lambda piece: -piece.top):
        last = rows[-1] if rows else None
        middle = (piece.top + piece.bottom) / 2
        if last and piece.table < 0 and last.pieces[-1].table < 0 and last.bottom < middle < last.top:
            last.pieces.append(piece)
        else:
            rows.append(Row([piece]))
    for row in rows:
        row.pieces.sort(key=lambda piece: piece.left)
    edges = Counter(round(row.pieces[0].left) for row in rows)
    edge = min((x for x, n in edges.items() if n * 4 >= max(edges.values())), default=0)
    for row in rows:
        row.pieces[0].indent = max(0.0, (row.pieces[0].left - edge) / max(row.pieces[0].size, 1))
    return rows


def loose_table(rows: Sequence[Row]) -> list[list[str]] | None:
    """Rows of cells without rules, on the columns that their pieces share; None where they share none."""
    taken: list[list[float]] = []
    for row in rows:
        for piece in row.pieces:
            taken.append([piece.left, piece.right])
    merged: list[list[float]] = []
    for left, right in sorted(taken):
        if merged and left <= merged[-1][1] + 1:
            merged[-1][1] = max(merged[-1][1], right)
        else:
            merged.append([left, right])
    if len(merged) < 2 or any(len(row.pieces) > len(merged) for row in rows):
        return None
    starts = [left for left, _ in merged]
    out = []
    for row in rows:
        cells = [""] * len(merged)
        for piece in row.pieces:
            at = bisect_right(starts, piece.left) - 1
            cells[at] = f"{cells[at]} {piece.text}".strip()
        out.append(cells)
    return out
