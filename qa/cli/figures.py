"""Figures as a table, as CSV, as JSON lines, or as a picture: subjects as bars, one metric over time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal

from qa.cli.page import Page
from qa.figures.spreadsheet import BOM, to_csv
from qa.figures.table import Figures, conflicts
from qa.interface import dump, number
from qa.schema import Figure
from qa.visible import visible


def as_json(figures: Sequence[Figure], page: Page) -> str:
    """One object a line: a flat row, numbers as a reader would write them."""
    rows = Figures(figures, getattr(figures, "located", None)).rows()
    return "\n".join(dump({name: _plain(value) for name, value in row.items()}) for row in rows)


def _plain(value: object) -> object:
    return number(value) if isinstance(value, Decimal) else value


def conflicting(figures: Figures) -> Figures:
    """The figures that are said differently, those of one subject, metric and period together."""
    return Figures((f for group in conflicts(figures) for f in group), figures.located)


def as_csv(figures: Sequence[Figure], page: Page) -> str:
    """CSV; behind the mark that Excel knows UTF-8 by, but on a terminal."""
    return ("" if page.width else BOM) + to_csv(figures).removesuffix("\n")


def as_table(figures: Sequence[Figure], page: Page) -> str:
    """Columns that fit the terminal; without one, tab-separated columns of any width."""
    rows = [_cells(figure) for figure in figures]
    if page.width is None:
        return "\n".join("\t".join(cells) for cells in rows)
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = io.StringIO()
    table = Table("subject", "metric", "period", "figure", "document", box=None, pad_edge=False)
    for column, style in zip(table.columns, ("", "", "", "bold", "dim"), strict=True):
        column.style, column.overflow = style if page.styled else "", "fold"
    table.columns[3].justify = "right"
    for cells in rows:
        table.add_row(*map(Text, cells))
    Console(file=out, width=page.width, force_terminal=page.styled, highlight=False).print(table)
    return out.getvalue().removesuffix("\n")


def _cells(f: Figure) -> tuple[str, ...]:
    """Subject, metric with what it belongs to, period, the figure as written, document."""
    mode = {"actual": "", "planned": "（计划）", "expected": "（预计）", "possible": "（可能）"}[f.mode]
    metric = f"{f.of} {f.metric}".strip()
    return tuple(map(visible, (f.subject, metric, f.period, "".join(f.text.split()) + mode, f.document)))
