"""Figures on the terminal: what the options of `qa figures` ask for, and how the answer is laid out."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from decimal import Decimal

from qa.errors import InputError
from qa.fold import fold
from qa.schema import Figure
from qa.show import Page, dump, number
from qa.table import Figures, Filter, row, select, to_csv
from qa.units import SCALES, base

_BOUND = re.compile(r"([-+]?\d[\d,]*(?:\.\d+)?)\s*(.*)")


def chosen(
    figures: Sequence[Figure], texts: dict[str, str | None], least: str | None, most: str | None, sort: str
) -> Figures:
    """The figures that the options ask for, sorted by a field ("-field": downwards).

    A bound may carry a unit (10亿元), which then chooses figures of that unit in any
    scale. Raises InputError for a bound that is no number or an unknown field.
    """
    given = {name: text for name, text in texts.items() if text}
    bounds = [None if text is None else _bound(text) for text in (least, most)]
    unit = given.get("unit") or next((bound[1] for bound in bounds if bound and bound[1]), "")
    low, high = (None if bound is None else _in_unit(*bound, unit) for bound in bounds)
    wanted = Filter(**given | {"unit": unit}, low=low, high=high)
    return select(figures, wanted, sort.removeprefix("-"), sort.startswith("-"))


def _bound(text: str) -> tuple[Decimal, str]:
    """Number and unit of a bound; 亿 without a unit is a part of the number."""
    match = _BOUND.fullmatch(fold(text).strip())
    if match is None:
        raise InputError(f"{text!r} is no bound. Write a number, with or without a unit: 10亿元.")
    value, unit = Decimal(match[1].replace(",", "")), match[2].strip()
    return (value * SCALES[unit], "") if unit in SCALES else (value, unit)


def _in_unit(value: Decimal, unit: str, wanted: str) -> Decimal:
    """A bound in another unit of the same base."""
    if not unit or unit == fold(wanted):
        return value
    (name, factor, _), (other, per, _) = base(unit), base(fold(wanted))
    if name != other:
        raise InputError(f"Bounds in {unit} and {wanted} cannot be compared. Give both in one unit.")
    return value * factor / per


def as_json(figures: Sequence[Figure], page: Page) -> str:
    """One object a line: a flat row, numbers as a reader would write them."""
    return "\n".join(dump({name: _plain(value) for name, value in row(f).items()}) for f in figures)


def _plain(value: object) -> object:
    return number(value) if isinstance(value, Decimal) else value


def as_csv(figures: Sequence[Figure], page: Page) -> str:
    return to_csv(figures).removesuffix("\n")


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


def _cells(f: Figure) -> tuple[str, str, str, str, str]:
    """Subject, metric with what it belongs to, period, the figure as written, document."""
    mode = {"actual": "", "planned": "（计划）", "expected": "（预计）"}[f.mode]
    metric = f"{f.of} {f.metric}".strip()
    return f.subject, metric, f.period, "".join(f.quote.split()) + mode, f.document
