"""PDF files: the text layer page by page in reading order, tables as tables, without running heads.

What the layer lacks is said, never guessed: pages that are pictures, characters without a meaning,
numbers that are not there. Text that stands across the page (watermarks, margins) is left out.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from statistics import median
from typing import Any

from qa.documents.formats.layout import Char, Piece, Row, loose_table, ordered, pieces, rows_of
from qa.documents.formats.rules import Line, Ruled, grids
from qa.documents.formats.source import Draft, Source, drawn_by
from qa.documents.formats.tables import Grid, Table, goes_on, grid, numeric, understood, write
from qa.errors import LoadError

_EDGE = 0.12
"""Share of a page's height, above and below, in which running heads and page numbers stand."""
_HEADING = 1.15
"""Size of a heading at least, beside the text's."""
_LONGEST = 60
"""Characters of a heading at most."""
_SLACK = 1.0
"""Points by which a rule may lean or be thick."""
_PAGE = re.compile(
    r"[\s\-–—·•~～|/]*+(?:第\s*+)?(?:\d{1,4}|[ivxlcIVXLC]{1,6})\s*+页?(?:\s*+[/／,，共]*+\s*+\d{1,4}\s*+页?)?[\s\-–—·•~～|]*+"
)
_WITHOUT = re.compile(
    r"(?<![\d０-９一二三四五六七八九十])年(?=\s*月\s*日)|(?:增长|下降|提高|占比?|达到?)\s*[%％]|(?:为|达|完成|实现)[亿万]元"
)
_BLANK = (0xA0, 0xAD, 0x3000, 0xFEFF, 0xFFFE)
"""Spaces and signs that show nothing; how far apart characters stand says more."""
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
_PRIVATE_POINT = re.compile("(?<=\\d)[\ue000-\uf8ff\ufffd](?=\\d)")


@dataclass(slots=True)
class _Page:
    """What stands on a page: stretches of text outside tables, the tables, and whether there are pictures."""

    height: float
    pieces: list[Piece] = field(default_factory=list)
    tables: list[Grid] = field(default_factory=list)
    pictures: bool = False
    unread: int = 0


def read(data: bytes, encoding: str | None) -> Source:
    """The text of a PDF file. Raises LoadError where it is locked, damaged, or pictures only."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise LoadError("is locked with a password. Save it without one.") from error
        raise LoadError("is damaged, or no PDF file. Open and save it anew, or leave it out.") from error
    try:
        found = [_page(pdf, number) for number in range(len(pdf))]
    finally:
        pdf.close()
    if not any(page.pieces or page.tables for page in found):
        if any(page.pictures for page in found):
            scan = f"is a scan: {len(found)} pages of pictures without text."
            raise LoadError(f"{scan} Run text recognition (OCR) over it first.")
        raise LoadError("holds no text.")
    _without_heads(found)
    draft = Draft()
    _write(draft, found)
    draft.notes += _doubts(found, "".join(draft.parts))
    return draft.source(drawn_by("pypdfium2", "pdf"))


def _page(pdf: Any, number: int) -> _Page:
    import pypdfium2
    import pypdfium2.raw as raw

    try:
        page = pdf[number]
    except pypdfium2.PdfiumError:
        return _Page(1.0, unread=1)
    layer = page.get_textpage()
    chars, unread = _upright(list(_chars(layer.raw, layer.count_chars(), raw)))
    across, down, pictures = _drawn(page, raw)
    ruled = grids(across, down)
    cells: list[dict[tuple[int, int], list[Char]]] = [{} for _ in ruled]
    outside = []
    for char in chars:
        for table, held in zip(ruled, cells, strict=True):
            place = table.cell(*char.middle)
            if place is not None:
                held.setdefault(place, []).append(char)
                break
        else:
            outside.append(char)
    out = _Page(page.get_height(), pieces(outside), pictures=pictures, unread=unread)
    for table, held in zip(ruled, cells, strict=True):
        if held:
            _add(out, table, held)
    page.close()
    return out


def _add(page: _Page, table: Ruled, held: dict[tuple[int, int], list[Char]]) -> None:
    """Put a ruled table onto its page; one that is only a frame around text is text."""
    rows = [["" for _ in table.columns[1:]] for _ in table.rows[1:]]
    for (row, column), chars in held.items():
        rows[row][column] = "\n".join(line.text for line in rows_of(pieces(chars)))
    whole = grid(rows, table.spans)
    if understood(whole) is None and not _bare(whole):
        page.pieces += [piece for chars in held.values() for piece in pieces(chars)]
        return
    left, bottom, right, top = table.box
    page.pieces.append(Piece("", left, bottom, right, top, 0.0, len(page.tables)))
    page.tables.append(whole)


def _bare(whole: Grid) -> bool:
    """Whether a grid may be the last row of a table on the page before."""
    return sum(any(row) for row in whole.rows) == 1 and any(
        numeric(text) for row in whole.rows for text in row
    )


def _chars(layer: Any, count: int, raw: Any) -> Iterator[tuple[Char, int]]:
    """The characters of a page that can be seen, with their direction in degrees."""
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    for n in range(count):
        code = raw.FPDFText_GetUnicode(layer, n)
        if code <= 0x20 or code in _BLANK or raw.FPDFText_IsGenerated(layer, n) == 1:
            continue
        raw.FPDFText_GetLooseCharBox(layer, n, box)
        raw.FPDFText_GetMatrix(layer, n, matrix)
        raw.FPDFText_GetCharOrigin(layer, n, x, y)
        size = raw.FPDFText_GetFontSize(layer, n) * math.hypot(matrix.c, matrix.d)
        turned = round(math.degrees(math.atan2(matrix.b, matrix.a))) % 360
        values = (box.left, box.bottom, box.right, box.top, y.value, size)
        if size > 0 and all(map(math.isfinite, (*values, x.value))):
            foot = y.value if turned in (0, 180) else x.value
            yield Char(chr(code), *values[:4], foot, size), turned


def _upright(found: Sequence[tuple[Char, int]]) -> tuple[list[Char], int]:
    """The characters of the page's main direction, turned upright, each once; and how many mean nothing."""
    if not found:
        return [], 0
    main = Counter(turned for _, turned in found).most_common(1)[0][0]
    seen: set[tuple[str, int, int]] = set()
    out = []
    for char in (_turn(char, main) for char, turned in found if turned == main):
        step = max(1.0, char.size / 4)
        place = char.text, round(char.left / step), round(char.foot / step)
        if place not in seen:
            seen.add(place)
            out.append(char)
    return out, sum(_PRIVATE.match(char.text) is not None for char in out)


def _turn(char: Char, turned: int) -> Char:
    left, bottom, right, top = char.left, char.bottom, char.right, char.top
    if turned == 90:
        return replace(char, left=bottom, right=top, bottom=-right, top=-left, foot=-char.foot)
    if turned == 270:
        return replace(char, left=-top, right=-bottom, bottom=left, top=right)
    if turned == 180:
        return replace(char, left=-right, right=-left, bottom=-top, top=-bottom, foot=-char.foot)
    return char


def _drawn(page: Any, raw: Any) -> tuple[list[Line], list[Line], bool]:
    """Horizontal and vertical lines of a page, and whether it bears pictures."""
    across: list[Line] = []
    down: list[Line] = []
    pictures = False
    for drawn in page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE)):
        if drawn.type == raw.FPDF_PAGEOBJ_IMAGE:
            pictures = True
            continue
        for (x, y), (to_x, to_y) in _strokes(drawn, raw):
            if abs(y - to_y) <= _SLACK < abs(x - to_x):
                across.append(((y + to_y) / 2, min(x, to_x), max(x, to_x)))
            elif abs(x - to_x) <= _SLACK < abs(y - to_y):
                down.append(((x + to_x) / 2, min(y, to_y), max(y, to_y)))
    return across, down, pictures


def _strokes(drawn: Any, raw: Any) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The straight strokes of a path, in points of the page."""
    matrix = drawn.get_matrix()
    if drawn.container is not None:
        matrix = matrix.multiply(drawn.container.get_matrix())
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for n in range(max(raw.FPDFPath_CountSegments(drawn.raw), 0)):
        segment = raw.FPDFPath_GetPathSegment(drawn.raw, n)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = matrix.on_point(x.value, y.value)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield last, point
        last = point
        if raw.FPDFPathSegment_GetClose(segment):
            yield last, start


def _without_heads(found: Sequence[_Page]) -> None:
    """Take running heads and page numbers off the pages: lines at the edge that come again, digits aside."""
    edges = [_edge_rows(page) for page in found]
    seen = Counter(key for rows in edges for key in {key for key, _ in rows})
    for page, rows in zip(found, edges, strict=True):
        gone = {id(p) for key, row in rows if seen[key] > 1 or _PAGE.fullmatch(row.text) for p in row.pieces}
        page.pieces = [piece for piece in page.pieces if id(piece) not in gone]


def _edge_rows(page: _Page) -> list[tuple[tuple[str, int], Row]]:
    """The first and last rows of a page at its edges, each with what of it comes again."""
    rows = rows_of(page.pieces)
    out = []
    for row in dict.fromkeys(map(id, [*rows[:2], *rows[-2:]])):
        held = next(r for r in rows if id(r) == row)
        low, high = page.height * _EDGE, page.height * (1 - _EDGE)
        if held.pieces[0].table < 0 and (held.bottom >= high or held.top <= low):
            out.append(((re.sub(r"\d+|\s", "", held.text), round(held.bottom / 4)), held))
    return out


def _write(draft: Draft, found: Sequence[_Page]) -> None:
    sizes = Counter[float]()
    for page in found:
        for piece in page.pieces:
            sizes[round(piece.size * 2) / 2] += len(piece.text)
    body = sizes.most_common(1)[0][0] if sizes else 1.0
    last: Table | None = None
    for page in found:
        draft.page()
        for block in ordered(page.pieces):
            last = _block(draft, block, page, body, last)


def _block(draft: Draft, block: Sequence[Row], page: _Page, body: float, last: Table | None) -> Table | None:
    """A block of rows: tables with rules and without, headings, lines. Gives the table that it ends with."""
    pitch = median([above.bottom - row.bottom for above, row in pairwise(block)] or [0.0])
    before: Row | None = None
    for kind, rows in _runs(block, body):
        if kind in ("ruled", "loose"):
            ruled = kind == "ruled"
            whole = page.tables[rows[0].pieces[0].table] if ruled else grid(loose_table(rows) or [])
            last = _table(draft, whole, last)
        elif kind == "heading":
            text = "".join(row.text for row in rows)
            level = "#" if rows[0].size >= 1.5 * body else "##"
            draft.paragraph(f"{level} {text}")
            last = None
        else:
            for row in rows:
                if before is not None and before.bottom - row.bottom > 1.5 * pitch:
                    draft.write("\n")
                _line(draft, row)
                last = None
                before = row
        before = rows[-1]
    draft.gap()
    return last


def _line(draft: Draft, row: Row) -> None:
    if all(draft.is_caption(piece.text) for piece in row.pieces):
        draft.held += [piece.text for piece in row.pieces]
        return
    draft.settle()
    draft.write(("\u3000\u3000" if row.pieces[0].indent >= 1.5 else "") + row.text + "\n")


def _runs(block: Sequence[Row], body: float) -> Iterator[tuple[str, list[Row]]]:
    """Rows of one kind that follow one another."""

    def kind(row: Row) -> str:
        if row.pieces[0].table >= 0:
            return f"ruled{row.pieces[0].table}"
        if len(row.pieces) > 1:
            return "loose"
        heading = row.size >= _HEADING * body and len(row.text) <= _LONGEST
        return f"heading{row.size:.1f}" if heading else "text"

    for said, run in groupby(block, key=kind):
        rows = list(run)
        if said == "loose" and not _is_table(rows):
            said = "text"
        yield said.rstrip("0123456789."), rows


def _is_table(rows: Sequence[Row]) -> bool:
    """Whether rows of several pieces are a table without rules: three or more, figures in most."""
    figures = sum(any(numeric(piece.text) for piece in row.pieces) for row in rows)
    return len(rows) >= 3 and figures * 2 >= len(rows) - 1 and loose_table(rows) is not None


def _table(draft: Draft, whole: Grid, last: Table | None) -> Table | None:
    """A table, or the rest of the one before it."""
    table = goes_on(last, whole) if last else None
    if table is None:
        table = understood(whole)
        if table is not None:
            table = replace(table, title=(*draft.captions(), *table.title))
    if table is None:
        for row in whole.rows:
            draft.paragraph(" ".join(dict.fromkeys(filter(None, row))))
        return last
    write(draft, table)
    return table


def _doubts(found: Sequence[_Page], text: str) -> Iterator[str]:
    """What a reader should know about the text layer, one line each."""
    bare = [n for n, page in enumerate(found, 1) if page.pictures and not page.pieces and not page.tables]
    if bare:
        yield f"{_pages(bare)}: pictures without text, not read. Run text recognition (OCR) over them first."
    odd = [n for n, page in enumerate(found, 1) if page.unread]
    if odd:
        points = len(_PRIVATE_POINT.findall(text))
        more = f", {points} of them between digits, perhaps a decimal point" if points else ""
        said = f"{sum(page.unread for page in found)} characters without a meaning{more}"
        yield f"{_pages(odd)}: {said}. Check figures there."
    if len(_WITHOUT.findall(text)) >= 3:
        yield "The text layer seems to lack digits (年月日, 增长% without any). Check figures on the pages."


def _pages(numbers: Sequence[int]) -> str:
    """Page numbers in words, not more than ten of them.

    >>> _pages([1, 2, 7])
    'Pages 1, 2, 7'
    """
    more = f" and {len(numbers) - 10} more" if len(numbers) > 10 else ""
    return f"Page{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers[:10]))}{more}"
