"""Answers that are worked out: exact decimal arithmetic over figures that the documents give.

The reader says which operation and which figures; here they become numbers of one unit, and the result is
said with its formula. Quotients are rounded to four significant digits and at most two places.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from qa.answer.passages import Read
from qa.chinese.fold import fold
from qa.chinese.numerals import quantities
from qa.chinese.periods import clash, read_period
from qa.chinese.units import SCALES, base, unscaled
from qa.question.query import Query
from qa.schema import Figure, Value

RATES = frozenset({"%", "百分点"})
"""Base units of rates and of what they differ by."""
COUNTED: frozenset[str | None] = frozenset({"count", None})
"""Kinds of units that count: of classifiers, and of none."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A figure to reckon with: where it stands (clean range in `read`), its number in the base unit."""

    read: Read
    start: int
    end: int
    number: Decimal
    unit: str
    value: Value
    probability: float
    figure: Figure | None = None

    @property
    def text(self) -> str:
        return self.read.passage.text[self.start : self.end]

    @property
    def growth(self) -> int:
        """1 for a rise (同比增长5%), -1 for a fall, 0 for a share or an amount."""
        around = self.read.folded[max(0, self.start - 8) : self.end + 2]
        if self.unit != "%" or not _CHANGES.search(around):
            return 0
        return -1 if _FALLS.search(around) else 1


_FALLS = re.compile(r"下降|减少|降低|回落|下滑|跌|降|减")
_CHANGES = re.compile(rf"增|涨|升|提高|扩大|翻|{_FALLS.pattern}")


@dataclass(frozen=True, slots=True)
class Computed:
    """A result: what is said, its value, the formula with its operands as written, and a warning."""

    text: str
    value: Value | None
    formula: str
    note: str


def operand(read: Read, start: int, end: int, probability: float) -> Operand | None:
    """The figure at a clean range of a passage: its record where there is one, else what the text says."""
    for f in read.figures:
        if f.clean_start < end and start < f.clean_end and f.upper is None:
            return Operand(read, f.clean_start, f.clean_end, f.number, f.unit, f.value, probability, f)
    low, high = max(0, start - 2), end + 8
    for q in quantities(read.folded[low:high]):
        if q.start + low < end and start < q.end + low and q.upper is None:
            place = q.start + low, q.end + low
            return Operand(read, *place, q.number, q.unit, q.value, probability)
    return None


def compute(operation: str, operands: Sequence[Operand], query: Query) -> Computed | None:
    """`operation` is one of the reader's: difference, sum, ratio, product. None where units do not allow it.

    A difference is of two operands, whichever is greater, or what is left of the first; a ratio of the
    first to the second: their quotient, or what the first was before it grew by the second, a percentage.
    """
    if len({(o.read.passage.id, o.start) for o in operands}) < max(2, len(operands)):
        return None  # a figure is not reckoned with itself
    first, *others = operands
    if operation in ("difference", "sum"):
        return _added(operation, first, others, query)
    if len(others) != 1:
        return None
    work = _quotient if operation == "ratio" else _product
    return work(first, others[0], query)


def _added(operation: str, first: Operand, others: Sequence[Operand], query: Query) -> Computed | None:
    if any(not alike(first, other) for other in others):
        return None
    rest = sum((other.number for other in others), Decimal(0))
    turned = operation == "difference" and rest > first.number
    if turned and len(others) > 1:
        return None  # more is taken away than there is
    sign = " + " if operation == "sum" else " − "
    scale, unit = _shared(operation, [first, *others], query)
    number = (first.number + rest if operation == "sum" else abs(first.number - rest)) / scale
    text = f"{plain(number)}{unit}"
    order = [*others, first] if turned else [first, *others]
    formula = f"{sign.join(o.text for o in order)} = {text}"
    return Computed(text, Value(number, unit), formula, warning(operands=order))


def _shared(operation: str, operands: Sequence[Operand], query: Query) -> tuple[Decimal, str]:
    """Scale and unit of a sum or difference: rates differ by points, a rate and points make a rate."""
    first, units = operands[0], {o.unit for o in operands}
    if len(units) > 1 and units <= RATES:
        return Decimal(1), "%"
    scale, unit = _scale(first, query)
    return scale, "个百分点" if unit in ("%", "％") and operation == "difference" else unit


def _scale(first: Operand, query: Query) -> tuple[Decimal, str]:
    """What the base unit is divided by, and the unit said: the one asked for, or the operand's own."""
    asked = _asked(first, query)
    unit = asked or first.value.unit
    return base(fold(unit))[1], unit


def _asked(first: Operand, query: Query) -> str:
    """The unit asked for, where it measures the same and another scale or step (多少公里 of 800米); else "".

    多少个 asks for 3.1万个 as well, so a unit without a scale changes nothing where the step is the same.
    """
    asked = query.unit
    if not asked or base(asked)[0] != first.unit or first.unit in RATES:
        return ""
    same = base(unscaled(asked))[1] == base(unscaled(fold(first.value.unit)))[1]
    return "" if same and unscaled(asked) == asked else asked


def _fitting(number: Decimal, first: Operand, query: Query) -> tuple[Decimal, str]:
    """A number of the first operand's base unit, in the unit asked for, or in the scale that suits it."""
    if asked := _asked(first, query):
        return number / base(asked)[1], asked
    unit = unscaled(fold(first.value.unit)).split("/")[0]
    number /= base(unit)[1]
    step = next((s for s in ("亿", "万") if abs(number) >= SCALES[s]), "")
    return number / SCALES.get(step, Decimal(1)), step + unit


def _quotient(first: Operand, second: Operand, query: Query) -> Computed | None:
    if second.unit == "%" and first.unit != "%":
        return _before(first, second)
    if second.number == 0:
        return None
    ratio = first.number / second.number
    if alike(first, second) and query.share:
        number, unit = ratio * 100, "%"
    elif alike(first, second) and (first.unit == second.unit or query.unit == "倍"):
        number, unit = ratio, "倍"
    else:
        number, unit = _fitting(ratio * base(unscaled(fold(second.value.unit)))[1], first, query)
    return _told(number, unit, f"{first.text} ÷ {second.text}")


def _before(now: Operand, rate: Operand) -> Computed | None:
    """A whole from its part and share, or last year's figure from this year's and its growth."""
    share = rate.number / 100
    by = share if not rate.growth else 1 + rate.growth * share
    if by <= 0:
        return None
    unit = now.value.unit
    how = f"(1 {'+' if rate.growth > 0 else '−'} {rate.text})" if rate.growth else rate.text
    return _told(now.number / by / base(fold(unit))[1], unit, f"{now.text} ÷ {how}", "约")


def _product(first: Operand, second: Operand, query: Query) -> Computed | None:
    """A share of an amount, or a price and the like times how many; None where their units do not meet."""
    if "%" in (first.unit, second.unit):
        amount, rate = (second, first) if first.unit == "%" else (first, second)
        if amount.unit == "%":
            return None
        unit = amount.value.unit
        number = amount.number / base(fold(unit))[1] * rate.number / 100
    else:
        one, times = (second, first) if _priced(second) and not _priced(first) else (first, second)
        per = fold(one.value.unit).partition("/")[2] or unscaled(fold(times.value.unit))
        kinds = {base(per)[2], base(times.unit)[2]}
        if base(per)[0] != base(times.unit)[0] and not kinds <= COUNTED:
            return None
        if one.unit == times.unit and not kinds <= COUNTED:
            return None
        number, unit = _fitting(one.number * times.number / base(per)[1], one, query)
    return _told(number, unit, f"{first.text} × {second.text}")


def _priced(o: Operand) -> bool:
    return base(o.unit)[2] in ("money", "rate")


def _told(number: Decimal, unit: str, left: str, about: str = "") -> Computed:
    number = rounded(number)
    text = f"{plain(number)}{unit}"
    return Computed(about + text, Value(number, unit), f"{left} = {text}", "")


def rounded(number: Decimal) -> Decimal:
    """Four significant digits, at most two places, below 0.1 two digits; what two places hold stays.

    >>> [str(rounded(Decimal(n))) for n in ("542.279", "40.5", "1.6692", "0.00123")]
    ['542.3', '40.50', '1.67', '0.0012']
    """
    exact = number.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if exact == number:
        return exact
    size = number.adjusted()
    places = max(0, min(2, 3 - size)) if size > -2 else 1 - size
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def alike(one: Operand, other: Operand) -> bool:
    """Whether two figures can be added: one base unit, both counts, or a rate and points."""
    kinds = {base(one.unit)[2], base(other.unit)[2]}
    return one.unit == other.unit or kinds <= COUNTED or {one.unit, other.unit} <= RATES


def plain(number: Decimal) -> str:
    """A decimal as one writes it: no exponent, no trailing zeros.

    >>> plain(Decimal("61.10")), plain(Decimal("1E+3"))
    ('61.1', '1000')
    """
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


MODES = {"actual": "实际数", "planned": "计划数", "expected": "预计数", "possible": "可能数"}


def warning(operands: Sequence[Operand]) -> str:
    """What keeps figures from being added without more: periods and modes that differ."""
    figures = [o.figure for o in operands if o.figure]
    said = []
    for a, b in pairwise(figures):
        one, other = read_period(fold(a.period)), read_period(fold(b.period))
        if clash(one, other) == 1.0:
            said.append(f"时期不同：{a.period}与{b.period}")
    modes = list(dict.fromkeys(f.mode for f in figures))
    if len(modes) > 1:
        said.append("与".join(MODES.get(m, m) for m in modes) + "不同")
    return "；".join(dict.fromkeys(said))
