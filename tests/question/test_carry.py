"""Whether a turn goes on from the question before it, and which arithmetic it asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.question.carry import OPERATIONS, Around, asking_stretch, carries, operation, rows_of

COMPLETE = Around(alone=0.95, behind=0.93, stays=True, unseen=0.0, named=True)
LACKING = Around(alone=0.80, behind=0.93, stays=False, unseen=0.0, named=False)


def test_a_complete_question_leaves_out_nothing_and_a_fragment_does() -> None:
    complete = carries("东湖高新区2021年的固定资产投资是多少？", COMPLETE)
    assert complete < 0.5 < carries("那去年呢？", LACKING)


@pytest.mark.parametrize(
    ("turn", "asked"),
    [("两者差多少？", "difference"), ("一共多少？", "sum"), ("东湖高新区的税收是多少？", "")],
)
def test_arithmetic_is_asked_for_where_nothing_is_named(turn: str, asked: str) -> None:
    assert operation(turn) == asked


@given(st.text(max_size=30))
def test_any_turn_is_weighed(turn: str) -> None:
    assert 0.0 <= carries(turn, LACKING) <= 1.0
    assert operation(turn) in OPERATIONS
    assert isinstance(asking_stretch(turn), str)
    assert rows_of(turn) == sorted(set(rows_of(turn)))
