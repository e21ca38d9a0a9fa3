"""Figures are chosen by what they hold."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from made_figures import EAST, LAND, WEST

from qa.errors import InputError
from qa.figures.table import conflicts, filtered, select
from qa.schema import Figure


@pytest.mark.parametrize(
    "asked, expected",
    [
        ({}, [EAST, WEST, LAND]),
        ({"query": "東城 總投資"}, [EAST]),
        ({"query": "5000万元"}, [WEST]),
        ({"subject": "高新区"}, [WEST]),
        ({"metric": "占地"}, [LAND]),
        ({"period": "2021年"}, [EAST]),
        ({"unit": "万元"}, [EAST, WEST]),
        ({"unit": "亩"}, [LAND]),
        ({"least": "1亿元"}, [EAST]),
        ({"most": "１亿元"}, [WEST]),
        ({"least": "6000", "unit": "万元"}, [EAST]),
        ({"least": "0.3亿元", "most": "6000万元"}, [WEST]),
        ({"least": "100", "most": "200"}, [LAND]),
        ({"least": "0.1亿"}, [EAST, WEST]),
        ({"document": "b.txt"}, []),
        ({"sort": "-number"}, [EAST, WEST, LAND]),
        ({"sort": "subject"}, [EAST, LAND, WEST]),
    ],
    ids=str,
)
def test_figures_are_chosen_by_what_they_hold(asked: dict[str, str], expected: list[Figure]):
    least, most, sort = (asked.get(name) for name in ("least", "most", "sort"))
    texts = {name: text for name, text in asked.items() if name not in ("least", "most", "sort")}
    wanted, column = filtered(least, most, texts), (sort or "").removeprefix("-")
    assert select([EAST, WEST, LAND], wanted, column, (sort or "").startswith("-")) == expected


def test_a_wrong_bound_is_named():
    with pytest.raises(InputError, match="许多"):
        filtered("许多", None, {})
    with pytest.raises(InputError, match="万元"):
        filtered("3亩", None, {"unit": "万元"})


def test_a_conflict_is_of_one_time_however_it_is_written():
    said = replace(EAST, number=Decimal(400_000_000))
    this_year = replace(said, period="今年", year=2021, document="b.txt")
    assert conflicts([EAST, said]) == [[EAST, said]]
    assert conflicts([EAST, this_year]) == [[EAST, this_year]]
    assert conflicts([EAST, replace(this_year, year=2020)]) == []
    undated = replace(EAST, period="今年", year=None)
    assert conflicts([undated, replace(said, period="今年", year=None)]) != []
    assert conflicts([undated, replace(this_year, year=None)]) == []
    about = replace(said, number=Decimal(330_000_000), qualifier=("约",))
    assert conflicts([EAST, about, WEST, LAND]) == []


def test_a_wrong_column_is_named_in_one_line():
    with pytest.raises(InputError, match=r"^Figures cannot be sorted by '日\\n\\u2066长'\. Choose one"):
        select([EAST], filtered(None, None, {}), "日\n\u2066长")
