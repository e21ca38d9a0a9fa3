"""Figures as a table, as CSV, as JSON lines, or as a picture: subjects as bars, one metric over time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from qa.chinese.fold import fold
from qa.chinese.units import base
from qa.cli.page import Page
from qa.errors import InputError
from qa.figures.table import Figures, conflicts, row, to_csv
from qa.interface import dump, number
from qa.schema import Figure
from qa.visible import visible


def as_json(figures: Sequence[Figure], page: Page) -> str:
    """One object a line: a flat row, numbers as a reader would write them."""
    return "\n".join(dump({name: _plain(value) for name, value in row(f).items()}) for f in figures)


def _plain(value: object) -> object:
    return number(value) if isinstance(value, Decimal) else value


def conflicting(figures: Sequence[Figure]) -> Figures:
    """The figures that are said differently, those of one subject, metric and period together."""
    return Figures(f for group in conflicts(figures) for f in group)


def as_csv(figures: Sequence[Figure], page: Page) -> str:
    return visible(to_csv(figures).removesuffix("\n"), "\n\t")


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


_FONTS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Microsoft YaHei", "SimHei", "PingFang SC", "Heiti SC", "STHeiti",
    "Arial Unicode MS", "Noto Sans CJK JP", "Noto Serif CJK SC",
)  # fmt: skip
# Fonts that draw a box for every character, so that a text never goes unseen.
_BOXES = ("lastresort", "fallback", "notdef", "adobeblank")


def plot(figures: Sequence[Figure], path: str | Path) -> None:
    """Draw figures of one unit to `path` (png, svg, pdf): a metric over time, or subjects as bars.

    One subject and metric with several periods is drawn over time, all else as
    bars. Raises InputError for no figures, mixed units, a missing matplotlib, a
    file name it cannot write, or no font with the characters.
    """
    if not figures:
        raise InputError("There are no figures to plot. Loosen the filter.")
    units = sorted({f.unit for f in figures})
    if len(units) > 1:
        raise InputError(f"Figures in different units cannot share a plot: {', '.join(units)}. Add --unit.")
    try:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib.figure import Figure as Canvas
    except ImportError:
        raise InputError(
            "--plot needs matplotlib, which is not installed. Try: pip install matplotlib"
        ) from None
    if not Path(path).parent.is_dir():
        text = f"The plot cannot be written to '{path}': there is no such folder."
        raise InputError(f"{text} Choose another file.")
    series = len({(f.subject, f.of, f.metric) for f in figures}) == 1 and len({f.period for f in figures}) > 1
    labels = [visible(f.period if series else _label(f, figures)) for f in figures]
    scale, values = _scaled(figures)
    title = f"{figures[0].of}{figures[0].metric}" if len({(f.of, f.metric) for f in figures}) == 1 else ""
    title = visible(f"{figures[0].subject} {title}".strip() if series else title)
    font = _font("".join((*labels, scale, title)))
    canvas = Canvas(figsize=(8, max(3.0, 0.4 * len(labels) + 1.2)), layout="constrained")
    axes = canvas.subplots()
    settings: dict[Any, Any] = {"font.family": [font, "DejaVu Sans"], "axes.unicode_minus": False}
    with matplotlib.rc_context(settings | {"text.parse_math": False}):
        _draw(axes, labels, values, scale, title, series, font)
        try:
            canvas.savefig(Path(path), dpi=150)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise InputError(
                f"The plot cannot be written to '{path}': {reason}. Choose another file."
            ) from None


def _draw(
    axes: Any, labels: list[str], values: list[float], unit: str, title: str, series: bool, font: str
) -> None:
    places = range(len(labels))
    if series:
        axes.plot(places, values, marker="o")
        axes.set_xticks(places, labels, rotation=30, ha="right", fontfamily=font)
        axes.set_ylabel(unit, fontfamily=font)
    else:
        axes.barh(places, values)
        axes.set_yticks(places, labels, fontfamily=font)
        axes.invert_yaxis()
        axes.set_xlabel(unit, fontfamily=font)
    axes.set_title(title, fontfamily=font)


def _label(f: Figure, figures: Sequence[Figure]) -> str:
    parts = [f.subject] if len({g.subject for g in figures}) > 1 else []
    if len({(g.of, g.metric) for g in figures}) > 1:
        parts.append(f.of + f.metric)
    if len({g.period for g in figures}) > 1:
        parts.append(f.period)
    return " ".join(p for p in parts if p) or f.text


def _scaled(figures: Sequence[Figure]) -> tuple[str, list[float]]:
    """The unit that most of the figures are written in, and every value in it."""
    spelt = [f.value.unit for f in figures]
    unit = max(sorted(set(spelt)), key=spelt.count)
    factor = base(fold(unit))[1]
    return unit, [float(f.number / factor) for f in figures]


def _font(text: str) -> str:
    """A font that holds every character of `text`; Chinese faces first."""
    from matplotlib import font_manager, ft2font

    known = {entry.name: entry.fname for entry in font_manager.fontManager.ttflist if _draws(entry)}
    wanted = {ord(c) for c in text if not c.isspace()}
    for name in (*_FONTS, "DejaVu Sans", *sorted(known)):
        if name in known and wanted <= set(ft2font.FT2Font(known[name]).get_charmap()):
            return name
    raise InputError(
        "No installed font has the Chinese characters of this plot. Install one, e.g. Noto Sans CJK SC."
    )


def _draws(entry: Any) -> bool:
    """Whether a font draws what it maps (by its name and its file's, which may differ)."""
    said = f"{entry.name} {Path(entry.fname).stem}".lower()
    return not any(box in "".join(filter(str.isalnum, said)) for box in _BOXES)
