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
from qa.chinese.units import base
from qa.question.query import Query
from qa.schema import Figure, Value

PERCENT = ("%", "％", "百分点", "个百分点")


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

    A difference is of the first operand and all others, whichever is greater; a ratio of the first to the
    second: their quotient, or what the first was before it grew by the second, a percentage.
    """
    if len(operands) < 2:
        return None
    first, *others = operands
    if operation in ("difference", "sum"):
        return _added(operation, first, others, query)
    if len(others) != 1:
        return None
    found = _quotient(first, others[0], query) if operation == "ratio" else _product(first, others[0])
    return found


def _added(operation: str, first: Operand, others: Sequence[Operand], query: Query) -> Computed | None:
    if any(not alike(first, other) for other in others):
        return None
    scale, unit = _scale(first, query)
    rest = sum((other.number for other in others), Decimal(0))
    turned = operation == "difference" and rest > first.number and len(others) == 1
    gap = first.number + rest if operation == "sum" else abs(first.number - rest)
    sign = " + " if operation == "sum" else " − "
    number = gap / scale
    unit = "个百分点" if unit in ("%", "％") and operation == "difference" else unit
    text = f"{plain(number)}{unit}"
    order = [*others, first] if turned else [first, *others]
    formula = f"{sign.join(o.text for o in order)} = {text}"
    return Computed(text, Value(number, unit), formula, warning(order))


def _scale(first: Operand, query: Query) -> tuple[Decimal, str]:
    """What the base unit is divided by to be said in the unit asked for, or else in the operand's own."""
    asked = query.unit
    if asked and base(asked)[0] == first.unit and first.unit not in PERCENT:
        return base(asked)[1], asked
    return base(fold(first.value.unit))[1], first.value.unit


def _quotient(first: Operand, second: Operand, query: Query) -> Computed | None:
    if second.unit == "%" and first.unit != "%":
        return _before(first, second)
    if second.number == 0:
        return None
    ratio = first.number / second.number
    if alike(first, second):
        number, unit = (ratio * 100, "%") if query.share else (ratio, "倍")
    else:
        scale, unit = _scale(first, query)
        number = ratio / scale
    number, text = _rounded(number, unit)
    return Computed(text, Value(number, unit), f"{first.text} ÷ {second.text} = {text}", "")


def _before(now: Operand, rate: Operand) -> Computed | None:
    """A whole from its part and share, or last year's figure from this year's and its growth."""
    share = rate.number if rate.number < 20 and rate.value.unit not in PERCENT else rate.value.number / 100
    by = share if not rate.growth else 1 + rate.growth * share
    if by <= 0:
        return None
    scale, unit = base(fold(now.value.unit))[1], now.value.unit
    number, text = _rounded(now.number / by / scale, unit)
    how = f"(1 {'+' if rate.growth > 0 else '−'} {rate.text})" if rate.growth else rate.text
    return Computed(f"约{text}", Value(number, unit), f"{now.text} ÷ {how} = {text}", "")


def _product(first: Operand, second: Operand) -> Computed | None:
    if "%" in (first.unit, second.unit):
        amount, rate = (second, first) if first.unit == "%" else (first, second)
        if amount.unit == "%":
            return None
        scale, unit = base(fold(amount.value.unit))[1], amount.value.unit
        number, text = _rounded(amount.number / scale * rate.value.number / 100, unit)
    else:
        paid = next((o for o in (first, second) if base(o.unit)[2] in ("money", "rate")), first)
        unit = paid.value.unit.split("/")[0]
        number, text = _rounded(first.number * second.number / base(fold(unit))[1], unit)
    return Computed(text, Value(number, unit), f"{first.text} × {second.text} = {text}", "")


def _rounded(number: Decimal, unit: str) -> tuple[Decimal, str]:
    """Four significant digits, at most two places; what is exact in two places stays."""
    places = max(0, min(2, 3 - number.adjusted()))
    exact = number.quantize(Decimal("0.01"), ROUND_HALF_UP)
    done = exact if exact == number else number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return done, f"{plain(done)}{unit}"


def alike(one: Operand, other: Operand) -> bool:
    """Whether two figures can be added: one base unit, or both counts."""
    kinds = {base(one.unit)[2], base(other.unit)[2]}
    return one.unit == other.unit or kinds <= {"count", None} or {one.unit, other.unit} <= set(PERCENT)


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
