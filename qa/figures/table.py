"""Figures as a table: filter, sort, find what is said differently.

Pure functions over `Figure` records; where the figures lie in SQLite, `where`
gives the same filter as a clause. `spreadsheet` writes the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qa.chinese.fold import fold
from qa.chinese.periods import read_period
from qa.chinese.units import SCALES, base
from qa.errors import InputError
from qa.schema import Figure
from qa.visible import visible

if TYPE_CHECKING:
    import pandas

COLUMNS = (
    "subject", "of", "metric", "number", "upper", "unit", "qualifier", "mode", "period", "year", "quote",
    "document", "start", "end", "base_number", "base_unit", "line", "sentence",
)  # fmt: skip
"""`number` and `upper` are as the document scales them, `base_number` is in the base unit (元, not 亿元)."""
NUMBERS = ("number", "upper", "base_number")
WHOLE = ("year", "start", "end", "line")
SORTABLE = ("number", "subject", "metric", "period", "year", "document", "unit")
_SAID = " OR ".join(f"instr({column}, ?)" for column in ("subject", '"of"', "metric", "period", "text"))
_BOUND = re.compile(r"([-+]?\d[\d,]*(?:\.\d+)?)\s*(.*)")
Bound = str | float | Decimal


Located = Callable[[Sequence[Figure]], Sequence[tuple[int, str]]]
"""Figures to the line of each (from 1) and the sentence it stands in."""


class Figures(list[Figure]):
    """A list of figures that turns into rows and a pandas table.

    `located` says where they stand; without it, lines are None and sentences empty.
    """

    def __init__(self, figures: Iterable[Figure] = (), located: Located | None = None) -> None:
        super().__init__(figures)
        self.located = located

    def rows(self) -> list[dict[str, Any]]:
        """The figures as flat rows of `COLUMNS`; numbers are exact Decimals."""
        places: Sequence[tuple[int | None, str]] = [(None, "")] * len(self)
        if self.located is not None:
            places = self.located(self)
        return [row(f, *place) for f, place in zip(self, places, strict=True)]

    def to_pandas(self) -> pandas.DataFrame:
        """A DataFrame with the columns of `COLUMNS`; those of numbers are numeric, without a value NaN or NA.

        Raises InputError where pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            raise InputError(
                "to_pandas() needs pandas, which is not installed. Try: pip install pandas"
            ) from None
        table = pandas.DataFrame(self.rows(), columns=list(COLUMNS))
        kinds = dict.fromkeys(NUMBERS, "float64") | dict.fromkeys(WHOLE, "Int64")
        return table.astype(kinds)


def row(f: Figure, line: int | None = None, sentence: str = "") -> dict[str, Any]:
    """One figure as a flat row of `COLUMNS`."""
    record = asdict(f)
    record |= {"base_number": f.number, "base_unit": f.unit, "line": line, "sentence": sentence}
    record["number"], record["unit"] = f.value.number, f.value.unit
    if f.upper is not None:
        record["upper"] = f.upper / base(fold(f.value.unit))[1]
    record["qualifier"] = " ".join(f.qualifier)
    return {name: record[name] for name in COLUMNS}


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


def filtered(low: Bound | None, high: Bound | None, texts: Mapping[str, str | None]) -> Filter:
    """A filter of texts by field, and bounds that are numbers or carry a unit ("10亿元").

    A bound's unit chooses figures of that unit in any scale; without one it is in the unit
    of `texts`. Raises InputError for a bound that is no number, or units that do not compare.
    """
    given = {name: text for name, text in texts.items() if text}
    bounds = [None if bound is None else _bound(str(bound)) for bound in (low, high)]
    unit = given.get("unit") or next((bound[1] for bound in bounds if bound and bound[1]), "")
    least, most = (None if bound is None else _in_unit(*bound, unit) for bound in bounds)
    return Filter(**given | {"unit": unit}, low=least, high=most)


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
        text = f"Figures cannot be sorted by '{visible(sort)}'."
        raise InputError(f"{text} Choose one of: {', '.join(SORTABLE)}")
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
    said = fold(" ".join((f.subject, f.of, f.metric, f.period, f.text))) if words else ""
    return all(word in said for word in words)


def _key(f: Figure, sort: str) -> tuple[Any, ...]:
    value = getattr(f, sort)
    return (value is None, value if value is not None else 0)


def where(wanted: Filter) -> tuple[str, list[str | float]]:
    """The filter as an SQL condition and its parameters; "1" for an empty one.

    For the tables of an index (`rows.SCHEMA`), where the words of a figure are
    folded, with a function `fold`. A superset of `select`: reals are rounded, so
    bounds are widened by 1e-9 and `select` decides.
    """
    unit, low, high = _bounds(wanted)
    words = fold(wanted.query).split()
    tests = [
        ("instr(subject, ?)", fold(wanted.subject)),
        ("instr(\"of\" || metric, ?)", fold(wanted.metric)),
        ("instr(period, ?)", fold(wanted.period)),
        ("document IN (SELECT id FROM documents WHERE instr(fold(id), ?))", fold(wanted.document)),
        ("unit = ?", fold(unit)),
        *((f"({_SAID})", word) for word in words),
    ]
    parts = [test for test, value in tests if value]
    values: list[str | float] = [value for test, value in tests if value for _ in range(test.count("?"))]
    for bound, sign in ((low, ">="), (high, "<=")):
        if bound is not None:
            parts.append(f"number {sign} ?")
            values.append(float(bound) + (abs(float(bound)) * 1e-9 * (-1 if sign == ">=" else 1)))
    return " AND ".join(parts) or "1", values


def conflicts(figures: Iterable[Figure]) -> list[Figures]:
    """Figures of one subject, metric, period, mode and unit that say different numbers, group by group.

    Only what names its subject and metric is held against each other, and 今年 of a text without a
    date with the same document alone; ranges and approximate numbers differ where they cannot both
    be true (about: by more than a twentieth).
    """
    groups: dict[tuple[object, ...], Figures] = {}
    for f in figures:
        if f.subject and f.metric:
            key = (fold(f.subject), fold(f.of + f.metric), _when(f), f.mode, f.unit)
            groups.setdefault(key, Figures()).append(f)
    return [group for group in groups.values() if any(_differ(group[0], f) for f in group[1:])]


def _when(f: Figure) -> tuple[object, ...]:
    """The time that a figure is of, the same however it is written: 2019年1—11月, and 今年1至11月 of 2019."""
    period = read_period(fold(f.period))
    if not period:
        return (fold(f.period),)
    year = period.year or f.year
    months = (period.first, period.last, period.day)
    return (year, *months) if year else (period.relative, *months, f.document)


def _differ(one: Figure, other: Figure) -> bool:
    low, high = max(one.number, other.number), min(one.upper or one.number, other.upper or other.number)
    about = Decimal(1) / 20 if one.qualifier or other.qualifier else Decimal(0)
    return low - high > about * max(abs(low), abs(high))
