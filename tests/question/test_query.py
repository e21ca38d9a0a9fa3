"""A question read once: its words and their weights, its names, period and amounts, what it asks for."""

from __future__ import annotations

import math

import pytest
from answering import query
from hypothesis import given
from hypothesis import strategies as st

from qa.question.kinds import ASKS
from qa.question.query import asked_period, asked_unit, read_query


@pytest.mark.parametrize(
    ("text", "unit", "share"),
    [
        ("滨海新区今年完成税收多少亿元？", "亿元", False),
        ("苏州工业园区有几家上市公司？", "家", False),
        ("新開工項目多少個", "个", False),
        ("两厂相差多少？", "", False),
        ("投了多少亿？", "亿", False),
        ("多少家企业，占地多少亩？", "亩", False),
        ("税收占财政收入的百分之几？", "", True),
        ("合肥高新區規上工業增加值增速是多少？", "", True),
        ("谁主持了会议？", "", False),
    ],
)
def test_the_unit_asked_for_and_whether_it_is_a_share(text: str, unit: str, share: bool) -> None:
    found = query(text)
    assert (found.unit, found.share) == (unit, share)


@pytest.mark.parametrize(
    ("text", "year", "first", "last", "relative"),
    [
        ("2017年1—11月税收多少？", 2017, 1, 11, ""),
        ("今年前三季度引进多少项目？", None, 1, 9, "今年"),
        ("税收多少？", None, None, None, ""),
        # A question that goes on: the last period said, in the year that was said before it.
        ("2017年1—11月税收多少？；全年呢？", 2017, 1, 12, ""),
        ("2017年税收多少？；2018年呢？", 2018, None, None, ""),
        ("2017年税收多少？；去年呢？", None, None, None, "去年"),
        ("2017年税收多少？；增速呢？", 2017, None, None, ""),
    ],
)
def test_the_period_asked_for(
    text: str, year: int | None, first: int | None, last: int | None, relative: str
) -> None:
    p = query(text).period
    assert (p.year, p.first, p.last, p.relative) == (year, first, last, relative)
    assert asked_period("") == asked_period("税收多少")


def test_the_amounts_that_a_question_gives_itself() -> None:
    found = query("投资超过1.5亿元、占地200亩的项目有3个，2021年5月开工，编号7的是哪个？").amounts
    assert [(str(q.number), q.unit) for q in found] == [("150000000.0", "元"), ("200", "亩"), ("3", "个")]


def test_words_weigh_by_how_few_passages_have_them() -> None:
    frequency = {"税收": 9, "湘乡": 1}
    found = read_query(
        "湘乡税收多少", {}, lambda terms: {t: frequency[t] for t in terms if t in frequency}, 10
    )
    weights = dict(zip(found.terms, found.weights, strict=True))
    most = math.log(1 + 10.5 / 0.5)
    assert weights["湘乡"] == pytest.approx(math.log(1 + 10.5 / 1.5) / most)
    assert weights["税收"] == pytest.approx(math.log(1 + 10.5 / 9.5) / most)
    assert not {"湘乡", "税收"} & set(found.unseen)
    assert all(weights[term] == pytest.approx(1.0) for term in found.unseen)


def test_no_single_character_is_a_term() -> None:
    assert all(len(term) > 1 for term in query("湘乡的税收有多少").terms)


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    found = query(text)
    assert len(found.folded) == len(text) == len(found.text)
    assert len(found.terms) == len(found.weights) and all(w > 0 for w in found.weights)
    assert set(found.unseen) <= set(found.terms)
    assert set(found.kinds) == set(ASKS) and sum(found.kinds.values()) == pytest.approx(1, abs=1e-5)


def test_the_last_unit_asked_for_counts() -> None:
    assert [asked_unit(text) for text in ("多少亿元", "几个月", "多少多少", "")] == ["亿元", "个月", "", ""]
