"""What sort of answer a question asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.chinese.fold import fold
from qa.question.kinds import ASKS, LONGEST, SIZE, kinds_of, rows_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("滨海新区今年完成税收多少亿元？", "figure"),
        ("苏州工业园区有多少家上市公司？", "figure"),
        ("是哪家企业中标的？", "which"),
        ("项目为什么停工？", "fact"),
        ("园区有哪些主导产业？", "list"),
        ("项目已经开工了吗？", "yesno"),
        ("东湖高新区的出口比进口多多少亿元？", "compare"),
    ],
)
def test_plain_questions(text: str, kind: str) -> None:
    found = kinds_of(fold(text))
    assert max(found, key=lambda name: found[name]) == kind


def test_an_end_of_a_question_and_blanks_change_nothing() -> None:
    assert kinds_of("税收多少") == kinds_of("税收多少?") == kinds_of("税收多少? ")


@given(st.text(max_size=200))
def test_probabilities_of_any_text(text: str) -> None:
    found = kinds_of(fold(text))
    assert tuple(found) == ASKS
    assert all(0 <= p <= 1 for p in found.values())
    assert sum(found.values()) == pytest.approx(1, abs=1e-5)


@given(st.text(max_size=60))
def test_each_row_once_in_order_and_inside_the_model(text: str) -> None:
    rows = rows_of(text)
    assert rows == sorted(set(rows)) and all(0 <= row < SIZE for row in rows)


def test_only_the_end_of_a_long_question_counts() -> None:
    end = "那么这个项目的总投资是多少" * 12
    assert rows_of("前言" * 50 + end) == rows_of(end) or len(end) < LONGEST
    assert len(end) > LONGEST
