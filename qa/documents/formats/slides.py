"""PowerPoint files (.pptx): every slide a page, its title a heading, with tables, charts' figures, notes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from qa.documents.formats.packed import check
from qa.documents.formats.source import Draft, Source, drawn_by
from qa.documents.formats.tables import Merged, Table, grid, understood, write


def read(data: bytes, encoding: str | None) -> Source:
    """The text of a presentation, slide by slide, hidden ones too. Raises LoadError."""
    import pptx

    check(data, "PowerPoint")
    draft = Draft()
    for slide in pptx.Presentation(io.BytesIO(data)).slides:
        draft.page()
        _slide(draft, slide)
    return draft.source(drawn_by("python-pptx", "pptx"))


def _slide(draft: Draft, slide: Any) -> None:
    title = slide.shapes.title
    said = " ".join(title.text_frame.text.split()) if title is not None and title.has_text_frame else ""
    if said:
        draft.place(said)
        draft.paragraph(f"## {said}")
    for shape in sorted(_shapes(slide.shapes), key=_corner):
        if title is not None and shape.shape_id == title.shape_id:
            continue
        if getattr(shape, "has_table", False):
            _table(draft, shape.table)
        elif getattr(shape, "has_chart", False):
            _chart(draft, shape.chart)
        elif getattr(shape, "has_text_frame", False):
            for paragraph in shape.text_frame.paragraphs:
                draft.paragraph(paragraph.text.replace("\v", "\n"))
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        draft.paragraph(slide.notes_slide.notes_text_frame.text)


def _shapes(shapes: Any) -> Iterator[Any]:
    """The shapes of a slide, those in groups too."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        else:
            yield shape


def _corner(shape: Any) -> tuple[int, int]:
    """Where a shape is read: from top to bottom, then from left to right."""
    return shape.top or 0, shape.left or 0


def _table(draft: Draft, table: Any) -> None:
    rows, spans = [], []
    for n, row in enumerate(table.rows):
        rows.append(["" if cell.is_spanned else cell.text for cell in row.cells])
        for m, cell in enumerate(row.cells):
            if cell.is_merge_origin:
                spans.append(Merged(n, m, cell.span_height, cell.span_width))
    found = understood(grid(rows, spans))
    if found is not None:
        write(draft, found)
        return
    for texts in rows:
        draft.paragraph(" ".join(filter(None, texts)))


def _chart(draft: Draft, chart: Any) -> None:
    """The figures that a chart shows: a row a category, a column a series."""
    if chart.has_title and chart.chart_title.has_text_frame:
        draft.paragraph(chart.chart_title.text_frame.text)
    for plot in chart.plots:
        series = list(plot.series)
        values = [list(one.values) for one in series]
        rows = []
        for n, category in enumerate(plot.categories):
            held = [column[n] if n < len(column) else None for column in values]
            rows.append((str(category), *("" if value is None else f"{value:.15g}" for value in held)))
        if rows:
            headers = ("", *(one.name or "" for one in series))
            write(draft, Table((), headers, tuple(rows), places=("",) * len(rows)))
