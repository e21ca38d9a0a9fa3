"""Metrics against written fractions: the interface's scores, CMRC's EM and F1, rankings, calibration."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyed import DOCS, TEXT, answer, asked, cite

from qa.evaluation.metrics import (
    accepts,
    comparable,
    in_base_unit,
    item_scores,
    judge,
    mean,
    same_value,
)
from qa.evaluation.questions import Evidence

# Folding and comparing


@pytest.mark.parametrize(
    "text, folded",
    [
        ("１７．６８億元", "1768亿元"),
        ("「龍虎榜」、 點將台", "龙虎榜点将台"),
        ("ＰＩ膜\u00a0（A-1）", "pi膜a1"),
        ("34.89%", "3489"),
        ("淥口", "渌口"),
        ("…！？", ""),
    ],
)
def test_fold(text: str, folded: str):
    assert comparable(text) == folded


@given(st.text())
def test_folding_leaves_no_space_and_no_punctuation(text: str):
    assert not [c for c in comparable(text) if c.isspace() or unicodedata.category(c).startswith("P")]


@pytest.mark.parametrize(
    "said, accepted, right",
    [
        ("1.25亿元", ["1.25亿元"], True),
        ("完成税收1.25 億元。", ["3亿", "1.25亿元"], True),
        ("一" * 12 + "甲", ["甲"], True),
        ("一" * 13 + "甲", ["甲"], False),
        ("1.25亿", ["1.25亿元"], False),
        ("", ["甲"], False),
        (None, ["甲"], False),
        ("甲", ["。"], False),
    ],
)
def test_says(said: str | None, accepted: list[str], right: bool):
    assert accepts(said, accepted) is right


@pytest.mark.parametrize(
    "a, b, same",
    [
        ((1.25, "亿元"), (12500, "万元"), True),
        ((17.68, "亿元"), (1768000000, "元"), True),
        ((0.1, "亿元"), (1000, "万元"), True),
        ((1.25, "亿元"), (1.25, "万元"), False),
        ((20, "个"), (20, "家"), True),
        ((2, "万户"), (20000, "户"), True),
        ((20, "个"), (20, ""), True),
        ((8, "%"), (8, "个百分点"), False),
        ((8, "%"), (0.08, ""), True),
        ((1, "平方公里"), (100, "公顷"), True),
        ((3, "亩"), (2000, "平方米"), True),
        ((1, "亿元"), (1, "亿美元"), False),
        ((1000, "MW"), (1, "GW"), True),
        ((20, "年"), (20, "个"), False),
        (("无", "元"), (1, "元"), False),
    ],
)
def test_values_are_the_same_on_one_scale(a: tuple[Any, str], b: tuple[Any, str], same: bool):
    found, gold = ({"number": n, "unit": unit} for n, unit in (a, b))
    assert same_value(found, gold) is same
    assert same_value(gold, found) is same


def test_no_value_is_the_same_as_no_value():
    assert not same_value(None, None)
    assert in_base_unit("1/0", "元") is None


def test_items_are_found_in_the_answer_or_the_items():
    items = [["日日播"], ["周周比", "週週比"], ["龙虎榜"], ["点将台"]]
    assert item_scores(answer("日日播、周周比"), items) == (2 / 4, 0.0)
    assert item_scores(answer("x", items=["日日播", "龍虎榜", "别的"]), items) == (2 / 4, 2 / 3)
    assert item_scores(answer("点将台", items=["“日日播”", "周周比", "龙虎榜"]), items) == (1.0, 1.0)


# One answer


def test_a_right_and_cited_answer_is_grounded():
    score = judge(asked(), answer("1.25亿元", cite("东城经开区完成税收1.25亿元")), DOCS)
    assert (score.correct, score.cited, score.grounded, score.exact, score.right) == (1, 1, 1, 1, 1)
    assert (score.em, score.f1, score.citation_precision, score.item_recall) == (1, 1, 1, None)


def test_a_value_makes_an_answer_right_in_other_words():
    said = answer("约一亿两千五百万", value={"number": 12500, "unit": "万元"})
    assert judge(asked(), said, DOCS).correct == 1.0
    assert judge(asked(), said | {"status": "no_answer"}, DOCS).correct == 0.0


def test_half_of_the_non_space_characters_is_enough():
    evidence = Evidence("a.txt", "完成税收\n3.2亿元")  # ten characters that are no space: 4 + 6
    question = asked(None, evidence=(evidence,))
    assert judge(question, answer("x", cite("收\n3.2亿")), DOCS).cited == 1.0  # 收3.2亿: 5 of 10
    assert judge(question, answer("x", cite("\n3.2亿")), DOCS).cited == 0.0  # 4 of 10
    assert judge(question, answer("x", cite("完成"), cite("2亿元")), DOCS).cited == 0.0  # first place of 完成


def test_citations_count_together_and_only_the_first_three():
    question = asked("东城经开区完成税收1.25亿元")
    rest = [cite("占地"), cite("150亩"), cite("增长")]
    whole = cite("东城经开区完成税收1.25亿元")
    assert judge(question, answer("x", cite("东城经开"), *rest[:1], cite("1.25亿元")), DOCS).cited == 1.0
    assert judge(question, answer("x", *rest[:2], whole), DOCS).cited == 1.0
    late = judge(question, answer("x", *rest, whole), DOCS)
    assert (late.cited, late.citation_precision) == (0.0, 0.0)


def test_a_comparison_may_cite_three_for_every_operand():
    both = (Evidence("a.txt", "1.25亿元"), Evidence("a.txt", "3.2亿元"))
    filler = [cite("占地"), cite("150亩")]
    said = answer("x", cite("1.25亿元"), *filler, cite("3.2亿元"))
    assert judge(asked(None, evidence=both, type="compare"), said, DOCS).cited == 1.0
    assert judge(asked(None, evidence=both, type="list"), said, DOCS).cited == 0.0
    assert judge(asked(None, evidence=both, type="compare"), said, DOCS).citation_precision == 1 / 3


def test_every_evidence_must_be_cited():
    both = (Evidence("a.txt", "1.25亿元"), Evidence("a.txt", "3.2亿元"))
    assert judge(asked(None, evidence=both), answer("x", cite("1.25亿元")), DOCS).cited == 0.0


def test_a_quote_that_stands_twice_may_be_cited_at_either_place():
    first = TEXT.index("经开区完成税收")
    second = TEXT.index("经开区完成税收", first + 1)
    for start in (first, second):
        place = cite("经开区完成税收", start=start, end=start + 7)
        assert judge(asked("经开区完成税收"), answer("x", place), DOCS).cited == 1.0


def test_evidence_may_be_a_range():
    start = TEXT.index("1.25")
    evidence = Evidence("a.txt", start=start, end=start + 6)
    assert judge(asked(None, evidence=(evidence,)), answer("x", cite("1.25亿元")), DOCS).cited == 1.0


def test_a_quote_that_is_not_the_original_is_not_exact():
    good, shifted = cite("占地"), cite("占地", start=0, end=2)
    elsewhere = cite("占地", document="b.txt")
    assert judge(asked(), answer("x", good, shifted, elsewhere), DOCS).exact == 1 / 3


def test_what_a_refusal_cites_supports_nothing_but_must_be_exact():
    score = judge(asked(), answer(None, cite("税收1.25亿元")), DOCS)
    assert (score.correct, score.cited, score.grounded, score.citation_precision) == (0, 0, 0, None)
    assert (score.exact, score.right, score.f1) == (1.0, None, 0.0)


def test_an_unanswerable_question_is_grounded_by_refusing():
    question = asked(None, answerable=False, answers=(), value=None)
    assert judge(question, answer(None), DOCS).grounded == 1.0
    wrong = judge(question, answer("1.25亿元", cite("1.25亿元")), DOCS)
    assert (wrong.grounded, wrong.right, wrong.correct, wrong.cited) == (0.0, 0.0, None, None)


def test_without_originals_nothing_is_said_about_citations():
    score = judge(asked(), answer("1.25亿元", cite("1.25亿元")), {})
    assert (score.correct, score.cited, score.exact, score.grounded) == (1.0, None, None, None)


def test_what_does_not_apply_is_in_no_mean():
    assert (mean([1.0, None, 0.5]), mean([None]), mean([])) == (0.75, None, None)
