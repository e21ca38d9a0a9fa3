"""The one table of units: every row reads back, alone and with a scale before it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qa.chinese.fold import fold
from qa.chinese.numerals import quantities
from qa.chinese.units import SCALES, Unit, base, units

KINDS = {"money", "rate", "measure", "time", "ratio", "score", "count"}


def _rows() -> list[object]:
    wrong = pytest.mark.xfail(strict=True, reason="百 is taken for a scale: 3百分 and a 点")
    return [pytest.param(u, id=u.name, marks=[wrong] if u.name == "百分点" else []) for u in units().values()]


@pytest.mark.parametrize("unit", _rows())
def test_a_row_is_read_after_a_number(unit: Unit):
    (q,) = quantities(f"3{unit.name}")
    assert (q.value.unit, q.number, q.unit, q.kind) == (unit.name, 3 * unit.factor, unit.base, unit.kind)


def test_rows_are_folded_and_of_known_kinds():
    assert {unit.kind for unit in units().values()} <= KINDS
    assert [name for name in units() if fold(name) != name] == []
    assert all(unit.factor > 0 for unit in units().values())


def test_units_of_one_base_are_of_one_kind():
    kinds: dict[str, set[str]] = {}
    for unit in units().values():
        kinds.setdefault(unit.base, set()).add(unit.kind)
    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}


@pytest.mark.parametrize("scale", SCALES)
def test_a_scale_multiplies(scale: str):
    assert base(f"{scale}元") == ("元", SCALES[scale], "money")


def test_an_unknown_unit_is_its_own_base():
    assert base("万箩") == ("箩", Decimal(10**4), None)
    assert base("") == ("", Decimal(1), None)
