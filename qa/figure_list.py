"""Choose among figures, and hand them on as a list that knows how to become a data frame."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from qa.errors import InputError
from qa.fold import fold
from qa.schema import Figure
from qa.units import SCALES, base

_BOUND = re.compile(r"([-+]?\d[\d,]*(?:\.\d+)?)\s*(.*)")
_KEYS: dict[str, Callable[[Figure], Any]] = {
    "document": lambda f: (f.document, f.start),
    "subject": lambda f: fold(f.subject),
    "metric": lambda f: fold(f.metric),
    "period": lambda f: (f.year or 0, fold(f.period)),
    "unit": lambda f: fold(f.unit),
    "number": lambda f: f.number,
    "value": lambda f: f.number,
}


class Figures(list[Figure]):
    """A list of figures that a notebook can turn into a table."""

    def to_pandas(self) -> Any:
        """A data frame, one row a figure; numbers stay exact decimals. Raises InputError without pandas."""
        try:
            import pandas
        except ImportError:
            raise InputError("This needs pandas. Install it: pip install 'yinju[pandas]'") from None
        rows = [asdict(f) | {"number": f.value.number, "unit": f.value.unit, "base": f.number} for f in self]
        hidden = ("value", "clean_start", "clean_end", "clause_start", "clause_end")
        return pandas.DataFrame(rows).drop(columns=list(hidden), errors="ignore")


def choose(
    figures: Iterable[Figure],
    query: str | None = None,
    *,
    subject: str | None = None,
    metric: str | None = None,
    period: str | None = None,
    unit: str | None = None,
    minimum: str | Decimal | int | float | None = None,
    maximum: str | Decimal | int | float | None = None,
    document: str | None = None,
    sort: str = "document",
) -> Figures:
    """The figures that hold every word given, folded, within the bounds, in order of a field.

    `query` words may stand in subject, metric, period or figure. `unit` chooses
    all scales of it (亿元 finds 万元). A bound with a unit ("10亿元") compares
    in that unit's base; a bare number compares with the number as written.
    `sort` is a field, with "-" before it downwards; ties stay in document order.
    Raises InputError for an unknown field or a bound that is no number.
    """
    key, down = _KEYS.get(sort.removeprefix("-")), sort.startswith("-")
    if key is None:
        raise InputError(f"Figures cannot be sorted by {sort!r}. Choose one of: {', '.join(_KEYS)}.")
    parts = {"subject": subject, "metric": metric, "period": period, "document": document}
    wanted = {name: fold(text).strip() for name, text in parts.items() if text}
    words = fold(query or "").split()
    of_unit = base(fold(unit).strip())[0] if unit else None
    within = [_bound(minimum, 1), _bound(maximum, -1)]
    found = [
        f
        for f in figures
        if all(text in fold(getattr(f, name)) for name, text in wanted.items())
        and (of_unit is None or base(fold(f.unit))[0] == of_unit)
        and all(test(f) for test in within)
        and _holds(f, words)
    ]
    return Figures(sorted(sorted(found, key=_KEYS["document"]), key=key, reverse=down))


def _holds(f: Figure, words: list[str]) -> bool:
    text = fold(f"{f.subject} {f.metric} {f.period} {f.quote}") if words else ""
    return all(word in text for word in words)


def _bound(given: str | Decimal | int | float | None, sign: int) -> Callable[[Figure], bool]:
    """A test of one bound: at least it for sign 1, at most it for sign -1."""
    if given is None:
        return lambda f: True
    match = _BOUND.fullmatch(fold(str(given)).strip())
    if match is None:
        raise InputError(f"{given!r} is no bound. Write a number, with or without a unit: 10亿元.")
    number, unit = Decimal(match[1].replace(",", "")), match[2].strip()
    if not unit:
        return lambda f: sign * f.value.number >= sign * number
    if unit in SCALES:
        limit = number * SCALES[unit]
        return lambda f: sign * f.number >= sign * limit
    name, factor, _ = base(unit)
    return lambda f: base(fold(f.unit))[0] == name and sign * f.number >= sign * number * factor
