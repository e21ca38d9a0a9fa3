"""Figures as a table, as CSV, as JSON, and as a picture."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from qa.errors import InputError
from qa.schema import Figure
from qa.show import Page, dump, number, value_json

FIELDS = ("subject", "metric", "number", "unit", "upper", "qualifier", "mode", "period", "year",
          "quote", "document", "start", "end")  # fmt: skip


_FACES = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans", "PingFang", "Microsoft YaHei")


def figure_json(figure: Figure) -> dict[str, object]:
    """A figure with its value as written, the same in base units, and where it stands."""
    return {
        "subject": figure.subject,
        "metric": figure.metric,
        "value": value_json(figure.value),
        "upper": None if figure.upper is None else number(figure.upper),
        "number": number(figure.number),
        "unit": figure.unit,
        "qualifier": list(figure.qualifier),
        "mode": figure.mode,
        "period": figure.period,
        "year": figure.year,
        "quote": figure.quote,
        "document": figure.document,
        "start": figure.start,
        "end": figure.end,
        "passage": figure.passage,
    }


def as_json(figures: Sequence[Figure], page: Page) -> str:
    return "\n".join(dump(figure_json(figure)) for figure in figures)


def as_csv(figures: Sequence[Figure], page: Page) -> str:
    """A header and one row a figure; number, unit and upper as the document scales them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FIELDS)
    for f in figures:
        upper = "" if f.upper is None else plain(f.upper)
        row = (f.subject, f.metric, plain(f.value.number), f.value.unit, upper, " ".join(f.qualifier), f.mode)
        writer.writerow((*row, f.period, f.year or "", f.quote, f.document, f.start, f.end))
    return out.getvalue().removesuffix("\n")


def plain(value: Decimal) -> str:
    """A decimal in digits, without exponent or needless zeros.

    >>> plain(Decimal("2E+3")), plain(Decimal("146.650")), plain(Decimal("0"))
    ('2000', '146.65', '0')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_table(figures: Sequence[Figure], page: Page) -> str:
    """Columns that fit the terminal; without one, tab-separated columns of any width."""
    rows = [_row(figure) for figure in figures]
    if page.width is None:
        return "\n".join("\t".join(row) for row in rows)
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = io.StringIO()
    table = Table("subject", "metric", "period", "figure", "document", box=None, pad_edge=False)
    for column, style in zip(table.columns, ("", "", "", "bold", "dim"), strict=True):
        column.style, column.overflow = style if page.styled else "", "fold"
    table.columns[3].justify = "right"
    for row in rows:
        table.add_row(*map(Text, row))
    Console(file=out, width=page.width, force_terminal=page.styled, highlight=False).print(table)
    return out.getvalue().removesuffix("\n")


def _row(figure: Figure) -> tuple[str, str, str, str, str]:
    said = "".join(figure.quote.split())
    mode = {"actual": "", "planned": "（计划）", "expected": "（预计）"}[figure.mode]
    return figure.subject, figure.metric, figure.period, said + mode, figure.document


def plot(figures: Sequence[Figure], path: Path) -> None:
    """Draw figures of one unit: a line over the years where one subject has several, else bars.

    Writes `path` in the format of its ending. Raises InputError where matplotlib
    is missing, the units do not agree, nothing is left to draw, or no installed
    font has Chinese characters.
    """
    _same_unit(figures)
    pyplot = _pyplot(path)
    years = {f.year for f in figures if f.year is not None}
    over_time = len({f.subject for f in figures}) == 1 and len(years) > 1
    drawn = sorted((f for f in figures if f.year), key=lambda f: f.year or 0) if over_time else list(figures)
    labels = _labels(drawn, over_time)
    shown, unit = _scaled(drawn)
    size = (8, 4.5) if over_time else (8, 1.2 + 0.36 * len(drawn))
    picture, axes = pyplot.subplots(figsize=size, layout="constrained")
    if over_time:
        axes.plot(labels, shown, marker="o")
        axes.set_ylabel(unit)
    else:
        axes.bar_label(axes.barh(labels[::-1], shown[::-1]), padding=3, fmt="{:g}")
        axes.set_xlabel(unit)
        axes.margins(x=0.12)
    axes.set_title(_title(drawn, over_time))
    axes.spines[["top", "right"]].set_visible(False)
    try:
        picture.savefig(path, dpi=150)
    except ValueError as error:
        raise InputError(f"{path}: {error}") from None
    finally:
        pyplot.close(picture)


def _same_unit(figures: Sequence[Figure]) -> None:
    units = Counter(f.unit for f in figures)
    if not units:
        raise InputError("No figures to draw. Loosen the filters.")
    if len(units) > 1:
        found = ", ".join(f"{unit or 'none'} ({n})" for unit, n in units.most_common(4))
        raise InputError(f"Figures of different units share no axis: {found}. Choose one with --unit.")


def _labels(figures: Sequence[Figure], over_time: bool) -> list[str]:
    """What tells the bars apart, made unique: bars of one label would be drawn over each other."""
    if over_time:
        return [str(f.year) for f in figures]
    several = len({f.metric for f in figures}) > 1
    seen: Counter[str] = Counter()
    labels = []
    for f in figures:
        parts = (f.subject, f.metric if several else "", f.period)
        label = " ".join(part for part in parts if part) or f.quote
        seen[label] += 1
        labels.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return labels


def _scaled(figures: Sequence[Figure]) -> tuple[list[float], str]:
    """Heights and their unit: the documents' own scale where they agree on one, else the base unit."""
    scales = {f.value.unit for f in figures}
    if len(scales) == 1:
        return [float(f.value.number) for f in figures], scales.pop()
    common = Counter(f.value.unit for f in figures).most_common(1)[0][0]
    one = next(f for f in figures if f.value.unit == common and f.value.number)
    factor = one.number / one.value.number
    return [float(f.number / factor) for f in figures], common


def _title(figures: Sequence[Figure], over_time: bool) -> str:
    metrics = Counter(f.metric for f in figures)
    metric = next(iter(metrics)) if len(metrics) == 1 else ""
    return f"{figures[0].subject} {metric}".strip() if over_time else metric


def _pyplot(path: Path) -> Any:
    """matplotlib's pyplot, set to draw to files with a font that has Han characters."""
    try:
        import matplotlib
        from matplotlib import font_manager, ft2font
    except ImportError:
        raise InputError("Drawing needs matplotlib. Install it: pip install 'yinju[plot]'") from None
    matplotlib.use("agg")
    fonts = sorted(font_manager.fontManager.ttflist, key=lambda font: (_taste(font.name), font.weight != 400))
    for font in fonts:
        if font.name.startswith("Last Resort"):  # matplotlib's own; it has a box for every character
            continue
        if all(ord(c) in ft2font.FT2Font(font.fname).get_charmap() for c in "总亿項"):
            matplotlib.rcParams["font.family"] = [font.name, "DejaVu Sans"]
            matplotlib.rcParams["axes.unicode_minus"] = False
            from matplotlib import pyplot

            return pyplot
    raise InputError(f"{path}: no installed font has Chinese characters. Install one, e.g. Noto Sans CJK SC.")


def _taste(name: str) -> int:
    """Sans-serif faces for Simplified Chinese first."""
    return next((n for n, start in enumerate(_FACES) if name.startswith(start)), len(_FACES))
