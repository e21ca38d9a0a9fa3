"""What a figure is in relation to another, by the words before it and the figures before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tiny import FIGURE

from qa.chinese.numerals import Quantity, quantities
from qa.figures.binding import Words
from qa.figures.relations import goal_of, growth, of_goal, own_words, ranked, related, shared, without_pronoun
from qa.figures.scope import Scope
from qa.schema import Passage


def quantity(text: str) -> Quantity:
    return next(quantities(text))


@pytest.fixture
def scope() -> Scope:
    """What is known after a sentence about 固定资产投资."""
    scope = Scope(Passage("a#1", "a", "", (), 0, 0, 1, 1, "paragraph", ()), None)
    scope.last = replace(FIGURE, metric="固定资产投资", of="", unit="元")
    scope.recent = ["固定资产投资"]
    return scope


@pytest.mark.parametrize(
    ("pre", "number", "grew"),
    [
        ("同比增长", "12%", "同比增长"),
        ("投资", "12%", ""),
        ("比去年高于全市", "3个百分点", "高于全市"),
        ("完成投资增加", "3亿元", ""),
        ("增加", "3亿元", "增加"),
        ("完成投资净增", "3亿元", "净增"),
        ("增长", "3年", ""),
    ],
)
def test_words_of_growth_right_before_a_number(pre: str, number: str, grew: str) -> None:
    assert growth(pre, quantity(number)) == grew


def test_the_words_of_a_metric_are_those_before_its_growth() -> None:
    assert own_words("税收预计同比增长", "同比增长") == "税收"
    assert own_words("税收预计", "") == "税收预计"
    assert without_pronoun("这一数字为") == "为"


def test_a_growth_a_share_and_a_degree_are_of_the_last_level(scope: Scope) -> None:
    share, own = quantity("60%"), ("税收", "")
    assert related(scope, share, Words(), "", "同比增长了", own) == ("同比增长", "固定资产投资")
    assert related(scope, share, Words(noun="税收"), "", "同比增长", own) == ("同比增长", "税收")
    assert related(scope, share, Words(), "工业占全区的比重为", "", own) == ("占全区", "工业")
    assert related(scope, share, Words(), "完成年度任务的", "", own) == ("完成年度任务", "")
    assert related(scope, quantity("3亿元"), Words(), "工业占全区的比重为", "", own) == own


def test_a_goal_and_the_share_of_it(scope: Scope) -> None:
    amount, share = quantity("3亿元"), quantity("60%")
    goal = goal_of("占全年目标", "的60%", amount)
    assert (goal, goal_of("占全年目标", ",", amount)) == ("全年目标", "")
    assert of_goal(scope, amount, "占全年目标", goal, ("", "")) == ("全年目标", "固定资产投资")
    scope.last = replace(FIGURE, metric="全年目标", of="固定资产投资")
    assert of_goal(scope, share, "的", "", ("", "")) == ("占全年目标", "固定资产投资")
    assert of_goal(scope, share, "", "", ("税收", "")) == ("税收", "")


def test_a_rank_is_of_the_last_metric_unless_it_names_its_own(scope: Scope) -> None:
    assert ranked(scope, "", "全市") == ("全市排名", "固定资产投资")
    assert ranked(scope, "增速", "全市") == ("增速全市排名", "固定资产投资")
    assert ranked(scope, "税收", "全市") == ("税收全市排名", "")


def test_what_is_handed_out(scope: Scope) -> None:
    assert shared(scope, ("甲县", "税收"), "全市", "", "") == ("甲县", "税收", "")
    assert shared(scope, ("", "固定资产投资"), "全市", "占比", "") == ("全市", "占比", "固定资产投资")
    assert shared(scope, ("甲县", ""), "全市", "", "") == ("甲县", "固定资产投资", "")
    scope.growth = "同比增长"
    assert shared(scope, ("", "税收"), "全市", "税收", "") == ("全市", "同比增长", "税收")
