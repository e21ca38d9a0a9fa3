"""Figures as a plot: a metric over time, or subjects as bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.chinese.fold import fold
from qa.chinese.units import base
from qa.errors import InputError
from qa.schema import Figure
from qa.visible import visible

_FONTS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Microsoft YaHei", "SimHei", "PingFang SC", "Heiti SC", "STHeiti",
    "Arial Unicode MS", "Noto Sans CJK JP", "Noto Serif CJK SC",
)  # fmt: skip
# Fonts that draw a box for every character, so that a text never goes unseen.
_BOXES = ("lastresort", "fallback", "notdef", "adobeblank")


@dataclass(frozen=True, slots=True)
class _Plot:
    """What is drawn: a value and its label each, all in one unit; `over_time` as a line, else as bars."""

    labels: list[str]
    values: list[float]
    unit: str
    title: str
    over_time: bool


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
    if not Path(path).parent.is_dir():
        text = f"The plot cannot be written to '{path}': there is no such folder."
        raise InputError(f"{text} Choose another file.")
    matplotlib = _matplotlib()
    drawn = _arrange(figures)
    font = _font("".join((*drawn.labels, drawn.unit, drawn.title)))
    settings: dict[Any, Any] = {"font.family": [font, "DejaVu Sans"], "axes.unicode_minus": False}
    with matplotlib.rc_context(settings | {"text.parse_math": False}):
        canvas = _draw(drawn, font)
        try:
            canvas.savefig(Path(path), dpi=150)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0]
            text = f"The plot cannot be written to '{path}': {reason}. Choose another file."
            raise InputError(text) from None


def _matplotlib() -> Any:
    try:
        import matplotlib
    except ImportError:
        text = "--plot needs matplotlib, which is not installed. Try: pip install matplotlib"
        raise InputError(text) from None
    matplotlib.use("Agg")
    return matplotlib


def _arrange(figures: Sequence[Figure]) -> _Plot:
    one_metric = len({(f.of, f.metric) for f in figures}) == 1
    over_time = one_metric and len({f.subject for f in figures}) == 1 and len({f.period for f in figures}) > 1
    labels = [visible(f.period if over_time else _label(f, figures)) for f in figures]
    title = f"{figures[0].of}{figures[0].metric}" if one_metric else ""
    title = f"{figures[0].subject} {title}".strip() if over_time else title
    unit, values = _in_one_unit(figures)
    return _Plot(labels, values, unit, visible(title), over_time)


def _draw(drawn: _Plot, font: str) -> Any:
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(8, max(3.0, 0.4 * len(drawn.labels) + 1.2)), layout="constrained")
    axes, places = canvas.subplots(), range(len(drawn.labels))
    if drawn.over_time:
        axes.plot(places, drawn.values, marker="o")
        axes.set_xticks(places, drawn.labels, rotation=30, ha="right", fontfamily=font)
        axes.set_ylabel(drawn.unit, fontfamily=font)
    else:
        axes.barh(places, drawn.values)
        axes.set_yticks(places, drawn.labels, fontfamily=font)
        axes.invert_yaxis()
        axes.set_xlabel(drawn.unit, fontfamily=font)
    axes.set_title(drawn.title, fontfamily=font)
    return canvas


def _label(f: Figure, figures: Sequence[Figure]) -> str:
    parts = [f.subject] if len({g.subject for g in figures}) > 1 else []
    if len({(g.of, g.metric) for g in figures}) > 1:
        parts.append(f.of + f.metric)
    if len({g.period for g in figures}) > 1:
        parts.append(f.period)
    return " ".join(p for p in parts if p) or f.text


def _in_one_unit(figures: Sequence[Figure]) -> tuple[str, list[float]]:
    """The unit that most of the figures are written in, and every value in it."""
    spelt = [f.value.unit for f in figures]
    unit = max(sorted(set(spelt)), key=spelt.count)
    factor = base(fold(unit))[1]
    return unit, [float(f.number / factor) for f in figures]


def _font(text: str) -> str:
    """A font that holds every character of `text`; Chinese faces first."""
    from matplotlib import font_manager, ft2font

    known = {
        entry.name: entry.fname for entry in font_manager.fontManager.ttflist if _draws_characters(entry)
    }
    wanted = {ord(c) for c in text if not c.isspace()}
    for name in (*_FONTS, "DejaVu Sans", *sorted(known)):
        if name in known and wanted <= set(ft2font.FT2Font(known[name]).get_charmap()):
            return name
    raise InputError(
        "No installed font has the Chinese characters of this plot. Install one, e.g. Noto Sans CJK SC."
    )


def _draws_characters(entry: Any) -> bool:
    """Whether a font draws what it maps (by its name and its file's, which may differ)."""
    said = f"{entry.name} {Path(entry.fname).stem}".lower()
    return not any(box in "".join(filter(str.isalnum, said)) for box in _BOXES)
