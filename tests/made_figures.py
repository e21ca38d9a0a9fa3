"""Figures for tests of tables and plots."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from qa.schema import Figure, Value


def figure(subject: str, number: str, unit: str, base: str, year: int | None = None) -> Figure:
    value = Value(Decimal(number), unit)
    base_unit = "元" if unit.endswith("元") else unit
    where = ("p1", "a.txt", subject, "总投资", value, Decimal(base), base_unit, *[f"{number}{unit}"] * 2)
    return Figure(*where, 3, 8, 3, 8, 0, 8, period=f"{year}年" if year else "", year=year)


EAST = figure("东城经开区", "3.20", "亿元", "320000000", 2021)


WEST = replace(figure("西城高新区", "5000", "万元", "50000000"), mode="planned")


LAND = replace(figure("东城经开区", "150", "亩", "150"), metric="占地")
