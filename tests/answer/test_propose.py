"""Candidates of every sort: what they say, where they stand, and that nothing is cut."""

from __future__ import annotations

from typing import Any

import pytest
from answering import Scored, passage, query, read, reading
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.passages import Read
from qa.answer.propose import (
    Candidate,
    calculations,
    extremes,
    lists,
    propose,
    spans,
    split,
    tag_support,
    verdicts,
    whole_figure,
)
from qa.chinese.fold import fold
from qa.models.reader import FIRST, ITEM, SECOND, Reading, Span, Tagged, tidy

TEXT = (
    "东湖高新区新签约项目12个，总投资约30亿元；新开工项目18个，总投资96亿元，"
    "引进甲厂、乙厂（丙、丁）以及戊厂。"
)


def held(text: str, *said: Scored, **more: Any) -> Read:
    return read(passage(text), reading(text, *said, **more))


def texts(found: list[Candidate]) -> list[str]:
    return [c.text for c in found]


# Ranges.


def test_a_range_that_cuts_a_figure_is_widened_to_number_and_unit() -> None:
    found = list(
        spans(
            held(TEXT, ("30", 5.0), ("总投资约30", 4.0), ("12个，总投资约", 3.0), ("0亿", 2.0), ("甲厂", 1.0))
        )
    )
    assert texts(found) == ["30亿元", "总投资约30亿元", "12个，总投资约", "甲厂"]
    assert [c.figure.quote if c.figure else None for c in found] == ["30亿元", "30亿元", None, None]
    assert [c.value.unit if c.value else None for c in found] == ["亿元", "亿元", None, None]
    assert [c.score for c in found] == [5.0, 4.0, 3.0, 1.0]


def test_a_range_over_two_figures_cuts_neither() -> None:
    start, end = TEXT.index("2个"), TEXT.index("0亿元") + 1
    first, last, figure = whole_figure(held(TEXT), start, end)
    assert (TEXT[first:last], figure) == ("12个，总投资约30亿元", None)


@pytest.mark.parametrize(
    ("words", "alone"),
    [("96亿元", True), ("总投资96亿元", True), ("18个，总投资96亿元", False), ("新开工项目18个", False)],
)
def test_a_range_that_is_no_more_than_a_figure_has_its_value(words: str, alone: bool) -> None:
    (found,) = spans(held(TEXT, (words, 1.0)))
    assert (found.text, found.figure is not None, found.value is not None) == (words, alone, alone)


# Lists.


def test_items_that_are_tagged_make_a_list() -> None:
    (found,) = lists(
        held("参加的有甲厂、以及来自外省的乙厂。", ("甲厂", 2.0), tags={"甲厂": ITEM, "乙厂": ITEM})
    )
    assert (found.items, found.text, found.score) == (("甲厂", "乙厂"), "甲厂、以及来自外省的乙厂", 2.0)
    assert texts([found]) == [found.read.passage.text[slice(*found.ranges[0])]]
    assert [found.read.passage.text[a:b] for a, b in found.ranges[1:]] == ["甲厂", "乙厂"]


def test_the_best_range_with_commas_is_taken_apart_outside_brackets() -> None:
    (found,) = lists(held(TEXT, ("甲厂", 3.0), ("甲厂、乙厂（丙、丁）以及戊厂", 2.0)))
    assert found.items == ("甲厂", "乙厂（丙、丁）", "戊厂")
    assert (found.text, found.sort) == ("甲厂、乙厂（丙、丁）以及戊厂", "list")


def test_items_inside_the_best_range_are_a_list_of_their_own() -> None:
    tags = dict.fromkeys(("12个", "甲厂", "戊厂"), ITEM)
    found = [c.items for c in lists(held(TEXT, ("甲厂、乙厂（丙、丁）以及戊厂", 2.0), tags=tags))]
    assert found == [("12个", "甲厂", "戊厂"), ("甲厂", "乙厂（丙、丁）", "戊厂"), ("甲厂", "戊厂")]


def test_one_item_or_a_number_with_commas_is_no_list() -> None:
    assert list(lists(held(TEXT, ("甲厂", 1.0), tags={"甲厂": ITEM}))) == []
    assert list(lists(held("共有企业1,205家。", ("1,205家", 1.0)))) == []


def test_items_are_said_once_and_a_list_too_long_for_one_breath_by_its_items() -> None:
    text = "甲厂（" + "很" * 120 + "）、乙厂、甲厂。"
    (found,) = lists(held(text, tags={"甲厂（" + "很" * 120 + "）": ITEM, "乙厂": ITEM}))
    assert found.text == "、".join(found.items)
    (found,) = lists(held("甲厂、乙厂、甲厂。", ("甲厂、乙厂、甲厂", 1.0)))
    assert found.items == ("甲厂", "乙厂")


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("甲、乙，丙；丁以及戊", ["甲", "乙", "丙", "丁", "戊"]),
        ("《甲、乙》、“丙，丁”", ["《甲、乙》", "“丙，丁”"]),
        ("甲（乙（丙、丁）、戊）、己", ["甲（乙（丙、丁）、戊）", "己"]),
        ("甲）、乙", ["甲）", "乙"]),
        ("甲、、乙、", ["甲", "乙"]),
        ("1,205家、3.5万户，2,000人", ["1,205家", "3.5万户", "2,000人"]),
        ("甲", ["甲"]),
        ("、，", []),
    ],
)
def test_an_enumeration_is_split_at_commas_outside_brackets(text: str, members: list[str]) -> None:
    folded = fold(text)
    assert [text[a:b] for a, b in split(folded, 0, len(text))] == members


@given(st.text("甲乙12、，；,以及（）《》“”\n。", max_size=40), st.data())
def test_members_stand_in_order_inside_the_range(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    start, end = tidy(fold(text), start, end)
    at = start
    for a, b in split(fold(text), start, end):
        assert at <= a < b <= end
        at = b


# Yes, no, and what is worked out.


def test_yes_and_no_are_proposed_where_the_reader_or_the_question_thinks_of_them() -> None:
    said = held(TEXT, ("18个", 4.0), ("12个", 1.0), yes=0.7)
    plain, asked = query("新开工项目几个", kinds={}), query("开工了吗", kinds={"yesno": 0.9})
    assert [(c.sort, c.text, TEXT[c.start : c.end], c.score) for c in verdicts(plain, said)] == [
        ("yes", "是", "18个", 4.0)
    ]
    assert [c.text for c in verdicts(asked, said)] == ["是", "否"]
    assert list(verdicts(plain, held(TEXT, ("18个", 4.0)))) == []
    assert list(verdicts(asked, held(TEXT))) == []  # nothing that would decide


def computed(question: str, *reads: Read, **kinds: float) -> list[tuple[str, str]]:
    found = list(calculations(query(question, kinds=kinds), reads))
    assert all(c.sort == "computed" and c.computed and c.computed.text == c.text for c in found)
    return [(c.operation, c.computed.formula) for c in found if c.computed]


def test_operands_are_the_tagged_figures() -> None:
    one = held(TEXT, tags={"12": FIRST, "18": SECOND}, difference=0.9)
    assert computed("多几个", one) == [("difference", "18个 − 12个 = 6个")]
    both = held(TEXT, tags={"30": FIRST, "96亿元": FIRST}, sum=0.9)
    assert computed("一共多少", both) == [("sum", "30亿元 + 96亿元 = 126亿元")]


def test_an_operation_is_proposed_where_the_reader_or_the_question_thinks_of_it() -> None:
    said = {"tags": {"12": FIRST, "18": SECOND}}
    assert computed("多几个", held(TEXT, **said)) == []
    found = computed("多几个", held(TEXT, **said), compare=0.8)
    assert found == [
        ("difference", "18个 − 12个 = 6个"),
        ("sum", "12个 + 18个 = 30个"),
        ("ratio", "12个 ÷ 18个 = 0.67倍"),
        ("product", "12个 × 18个 = 216个"),
    ]


def test_figures_of_two_passages_go_together() -> None:
    one = read(
        passage("甲区税收5亿元。", "a.txt#1"),
        reading("甲区税收5亿元。", tags={"5亿元": FIRST}, difference=0.9),
    )
    text = "乙区税收3亿元。"
    two = read(passage(text, "b.txt#1"), reading(text, tags={"3亿元": FIRST}, difference=0.9), rank=2)
    found = [c for c in calculations(query("差？"), [one, two]) if c.read is one]
    (said,) = {(c.text, tuple(o.read.passage.id for o in c.operands)) for c in found}
    assert said == ("2亿元", ("a.txt#1", "b.txt#1"))
    assert {c.ranges for c in found} == {((4, 7),)}  # those in the candidate's own passage alone


def test_one_figure_tagged_twice_is_not_reckoned_with_itself() -> None:
    assert computed("差？", held(TEXT, tags={"30": FIRST, "亿元；": SECOND}, difference=0.9)) == []


# Whose figure is the greatest.

ALIKE = (
    "2021年，甲县完成税收12亿元。2021年，乙县完成税收30亿元。2020年，甲县完成税收99亿元。"
    "2021年，丙县预计完成税收50亿元。"
)


def greatest(question: str, *texts: str) -> list[tuple[str, str]]:
    reads = [read(passage(text, f"{n}.txt#1"), rank=n + 1) for n, text in enumerate(texts)]
    found = list(extremes(query(question), reads))
    assert all(c.sort == "computed" and c.operation == "most" and len(c.operands) > 1 for c in found)
    return [(c.text, c.computed.formula) for c in found if c.computed]


def test_whose_figure_of_one_metric_is_the_greatest_or_the_least() -> None:
    assert greatest("2021年哪个县税收最多？", ALIKE) == [("乙县", "乙县（30亿元） > 甲县（12亿元）")]
    assert greatest("2021年哪个县税收最少？", ALIKE) == [("甲县", "甲县（12亿元） < 乙县（30亿元）")]
    assert greatest("2021年甲县和乙县哪个税收更高？", ALIKE) == [("乙县", "乙县（30亿元） > 甲县（12亿元）")]


def test_figures_of_two_documents_are_compared() -> None:
    first, second = "2021年，甲县完成税收12亿元。", "2021年，乙县完成税收30亿元。"
    assert greatest("哪个县税收最多？", first, second) == [("乙县", "乙县（30亿元） > 甲县（12亿元）")]


def test_a_question_that_asks_for_no_extreme_and_a_single_figure_compare_nothing() -> None:
    assert greatest("甲县税收多少？", ALIKE) == []
    assert greatest("哪个县税收最多？", "2021年，甲县完成税收12亿元。") == []


def test_the_first_few_in_order() -> None:
    more = ALIKE + "2021年，丁县完成税收20亿元。"
    ((text, formula),) = greatest("2021年税收最多的前三个县是哪些？", more)
    assert (text, formula) == ("乙县、丁县、甲县", "乙县（30亿元） > 丁县（20亿元） > 甲县（12亿元）")
    (found,) = extremes(query("2021年税收最多的前三个县是哪些？"), [read(more)])
    assert found.items == ("乙县", "丁县", "甲县")
    assert greatest("2021年税收最多的前九个县是哪些？", more) == []


# All together.


@st.composite
def readings(draw: st.DrawFn) -> Read:
    parts = [
        "总投资",
        "约",
        "30亿元",
        "12个",
        "1,205家",
        "，",
        "、",
        "。",
        "（",
        "）",
        "同比增长8.5%",
        "甲厂",
        "\n",
        "5—8亩",
    ]
    text = "".join(draw(st.lists(st.sampled_from(parts), min_size=1, max_size=14)))
    places = st.tuples(st.integers(0, len(text) - 1), st.integers(1, 12)).map(
        lambda p: (p[0], min(len(text), p[0] + p[1]))
    )
    found = [Span(a, b, float(n)) for n, (a, b) in enumerate(draw(st.lists(places, max_size=4)), -4)]
    tagged = [
        Tagged(a, b, draw(st.integers(1, 3)), 0.8) for a, b in sorted(draw(st.lists(places, max_size=4)))
    ]
    kinds = draw(st.sampled_from([(1.0, *[0.0] * 7), (0.125,) * 8]))
    said = Reading(1.0, 0.7, tuple(sorted(found, key=lambda s: -s.score)), kinds, tuple(tagged))
    return read(passage(text), said)


@given(readings(), st.sampled_from(["多多少？", "总投资多少亿元", "有哪些", "开工了吗"]))
def test_every_candidate_stands_where_it_says(said: Read, question: str) -> None:
    text = said.passage.text
    for c in propose(query(question), [said]):
        assert c.ranges and all(0 <= a < b <= len(text) for a, b in c.ranges) and c.text
        if c.sort == "span":
            assert c.text == text[c.start : c.end]
            for f in said.figures:
                assert not (c.start < f.clean_start < c.end < f.clean_end)
                assert not (f.clean_start < c.start < f.clean_end)
        if c.sort == "list":
            assert len(c.items) >= 1 and all(item in text for item in c.items)
            assert [text[a:b] for a, b in c.ranges[1:]] == [*c.items] or len(set(c.items)) < len(c.ranges) - 1
        if c.sort == "computed":
            assert all(o.text in text and o.text in c.computed.formula for o in c.operands)  # type: ignore[union-attr]


def test_how_much_of_a_range_is_tagged() -> None:
    tagged = (Tagged(0, 4, ITEM, 0.8), Tagged(6, 8, ITEM, 0.5), Tagged(8, 9, FIRST, 1.0))
    assert tag_support(tagged, 2, 8) == pytest.approx((0.8 * 2 + 0.5 * 2) / 6)
    assert tag_support(tagged, 4, 6) == tag_support((), 0, 3) == tag_support(tagged, 8, 9) == 0
