"""Figures are chosen by what they hold."""

from __future__ import annotations

import pytest
from made_figures import EAST, LAND, WEST

from qa.errors import InputError
from qa.figures.table import filtered, select
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
