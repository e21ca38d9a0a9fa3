"""Whether a figure is actual, planned, expected or merely possible, by the words before it."""

from __future__ import annotations

import pytest

from qa.chinese.numerals import quantities
from qa.figures.modes import loose_hedge, mode_of


@pytest.mark.parametrize(
    ("lead", "mode", "moods"),
    [
        ("计划完成", "planned", ("计划",)),
        ("力争", "planned", ("力争",)),
        ("预计", "expected", ("预计",)),
        ("已完成", "actual", ()),
        ("可能达", "possible", ()),
    ],
)
def test_the_words_before_a_number_give_its_mode(lead: str, mode: str, moods: tuple[str, ...]) -> None:
    q = next(quantities("3亿元"))
    assert mode_of(lead, f"{lead}3亿元", False, "税收", q) == (mode, moods)


def test_a_hedge_with_a_verb_behind_it() -> None:
    assert [loose_hedge(lead) for lead in ("大概需要", "约占", "完成")] == [("大概",), ("约",), ()]
