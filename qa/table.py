"""Figures as a table: filter, sort, CSV, JSON rows, pandas, and a plot.

Pure functions over `Figure` records; where the figures lie in SQLite, `where`
gives the same filter as a clause.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import InputError
from .fold import fold
from .schema import Figure
from .units import base

if TYPE_CHECKING:
    import pandas

COLUMNS = (
    "subject", "of", "metric", "number", "upper", "unit", "qualifier", "mode", "period", "year", "quote", "document", "start", "end"  # noqa: E501
)  # fmt: skip
SORTABLE = ("number", "subject", "metric", "period", "year", "document", "unit")
_FONTS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",  # noqa: E501
    "Microsoft YaHei", "SimHei", "PingFang SC", "Heiti SC", "STHeiti", "Arial Unicode MS", "Noto Sans CJK JP", "Noto Serif CJK SC",  # noqa: E501
)  # fmt: skip


class Figures(list[Figure]):
    """A list of figures that turns into a pandas table."""

    def to_pandas(self) -> pandas.DataFrame:
        """A DataFrame with the columns of `COLUMNS`; numbers stay exact Decimals.

        Raises InputError where pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            raise InputError(
                "to_pandas() needs pandas, which is not installed. Try: pip install pandas"
            ) from None
        return pandas.DataFrame([row(f) for f in self], columns=list(COLUMNS))


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions on figures; an empty one holds for all.

    Texts match as parts, folded (Traditional finds Simplified). `unit` is any
    spelling of the same base unit (亿元 finds 万元); `low` and `high` are inclusive,
    in `unit` where it is given, else in the base unit.
    """

    query: str = ""
    subject: str = ""
    metric: str = ""
    period: str = ""
    unit: str = ""
    document: str = ""
    low: Decimal | None = None
    high: Decimal | None = None


def _bounds(wanted: Filter) -> tuple[str, Decimal | None, Decimal | None]:
    if not wanted.unit:
        return "", wanted.low, wanted.high
    name, factor, _ = base(fold(wanted.unit))
    low = None if wanted.low is None else wanted.low * factor
    return name, low, None if wanted.high is None else wanted.high * factor


def select(figures: Iterable[Figure], wanted: Filter, sort: str = "", descending: bool = False) -> Figures:
    """Figures that meet every condition, sorted by a column of `SORTABLE` ("" keeps their order).

    Raises InputError for another column. Equal rows keep the order of documents.
    """
    if sort and sort not in SORTABLE:
        raise InputError(f"Figures cannot be sorted by '{sort}'. Choose one of: {', '.join(SORTABLE)}")
    unit, low, high = _bounds(wanted)
    texts = [(name, fold(getattr(wanted, name))) for name in ("subject", "metric", "period", "document")]
    texts = [(name, text) for name, text in texts if text]
    found = Figures(f for f in figures if _meets(f, fold(wanted.query), texts, unit, low, high))
    if sort:
        found.sort(key=lambda f: _key(f, sort), reverse=descending)
    return found


def _meets(
    f: Figure,
    query: str,
    texts: Sequence[tuple[str, str]],
    unit: str,
    low: Decimal | None,
    high: Decimal | None,
) -> bool:
    if (
        (unit and f.unit != unit)
        or (low is not None and f.number < low)
        or (high is not None and f.number > high)
    ):
        return False
    for name, text in texts:
        held = f.of + f.metric if name == "metric" else str(getattr(f, name))
        if text not in fold(held):
            return False
    words = query.split()
    said = fold(" ".join((f.subject, f.of, f.metric, f.period, f.quote))) if words else ""
    return all(word in said for word in words)


def _key(f: Figure, sort: str) -> tuple[Any, ...]:
    value = getattr(f, sort)
    return (value is None, value if value is not None else 0)


def where(wanted: Filter) -> tuple[str, list[str | float]]:
    """The filter as an SQL condition and its parameters; "1" for an empty one.

    For a table with the columns subject, metric, "of", period, unit, document
    (folded text) and number (REAL). A superset of `select`: reals are rounded, so
    bounds are widened by 1e-9 and `select` decides.
    """
    unit, low, high = _bounds(wanted)
    parts: list[str] = []
    values: list[str | float] = []
    for column, text in (
        ("subject", wanted.subject),
        ("period", wanted.period),
        ("document", wanted.document),
    ):
        if text:
            parts.append(f"instr({column}, ?)")
            values.append(fold(text))
    if wanted.metric:
        parts.append('instr("of" || metric, ?)')
        values.append(fold(wanted.metric))
    if unit:
        parts.append("unit = ?")
        values.append(unit)
    for bound, sign in ((low, ">="), (high, "<=")):
        if bound is not None:
            parts.append(f"number {sign} ?")
            values.append(float(bound) + (abs(float(bound)) * 1e-9 * (-1 if sign == ">=" else 1)))
    return " AND ".join(parts) or "1", values


def row(f: Figure) -> dict[str, Any]:
    """One figure as a flat row of `COLUMNS`."""
    record = asdict(f)
    record["number"], record["unit"] = f.value.number, f.value.unit
    if f.upper is not None:
        record["upper"] = f.upper / base(fold(f.value.unit))[1]
    record["qualifier"] = " ".join(f.qualifier)
    return {name: record[name] for name in COLUMNS}


def to_json(f: Figure) -> dict[str, Any]:
    """One figure as an object for JSON: numbers as floats, as the interface has them."""
    out = row(f)
    out["qualifier"] = list(f.qualifier)
    for name in ("number", "upper"):
        out[name] = None if out[name] is None else float(out[name])
    return out


def to_csv(figures: Iterable[Figure]) -> str:
    """A CSV text with a header; numbers exactly as the document scales them."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for f in figures:
        writer.writerow({k: "" if v is None else v for k, v in row(f).items()})
    return out.getvalue()


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
    series = len({(f.subject, f.of, f.metric) for f in figures}) == 1 and len({f.period for f in figures}) > 1
    labels = [f.period if series else _label(f, figures) for f in figures]
    scale, values = _scaled(figures)
    title = f"{figures[0].of}{figures[0].metric}" if len({(f.of, f.metric) for f in figures}) == 1 else ""
    title = f"{figures[0].subject} {title}".strip() if series else title
    font = _font("".join((*labels, scale, title)))
    canvas = Canvas(figsize=(8, max(3.0, 0.4 * len(labels) + 1.2)), layout="constrained")
    axes = canvas.subplots()
    with matplotlib.rc_context({"font.family": [font, "DejaVu Sans"], "axes.unicode_minus": False}):
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
    return " ".join(p for p in parts if p) or f.quote


def _scaled(figures: Sequence[Figure]) -> tuple[str, list[float]]:
    """The unit that most of the figures are written in, and every value in it."""
    spelt = [f.value.unit for f in figures]
    unit = max(sorted(set(spelt)), key=spelt.count)
    factor = base(fold(unit))[1]
    return unit, [float(f.number / factor) for f in figures]


def _font(text: str) -> str:
    """A font that holds every character of `text`; Chinese faces first."""
    from matplotlib import font_manager, ft2font

    known = {entry.name: entry.fname for entry in font_manager.fontManager.ttflist}
    wanted = {ord(c) for c in text if not c.isspace()}
    for name in (*[n for n in _FONTS if n in known], "DejaVu Sans", *sorted(known)):
        if (
            "LastResort" not in name.replace(" ", "")
            and name in known
            and wanted <= set(ft2font.FT2Font(known[name]).get_charmap())
        ):
            return name
    raise InputError(
        "No installed font has the Chinese characters of this plot. Install one, e.g. Noto Sans CJK SC."
    )
