"""What speaks for a candidate: each number by hand, and finite for whatever is read."""

from __future__ import annotations

import math

import pytest
from answering import passage, query, read, reading
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answer.field import Field, said
from qa.answer.passages import Read
from qa.answer.propose import propose
from qa.answer.shape import SORTS
from qa.answer.signals import SIGNALS, signals_of
from qa.chinese.units import units
from qa.models.reader import FIRST, ITEM, SECOND, Reading, Span, Tagged
from qa.question.kinds import ASKS
from qa.question.query import Query, read_query

A = "东湖高新区1至9月完成税收7亿元，引进甲厂、乙厂。"
B = "西山开发区2021年预计完成税收6亿元。"
ONE = reading(
    A, ("7亿元", 6.0), ("完成税收7亿元", 4.0), ("甲厂", 1.0), tags={"甲厂": ITEM, "乙厂": ITEM}, list=0.2
)
TWO = reading(B, ("6亿元", 3.0), relevance=-1.0)
QUESTION = "东湖高新区1至9月完成税收多少亿元？"
READS = (read(passage(A, "a.txt#1"), ONE), read(passage(B, "b.txt#1"), TWO, rank=2, score=0.6))


def asked(
    question: str = QUESTION, reads: tuple[Read, ...] = READS, **more: object
) -> dict[str, dict[str, float]]:
    """The signals of every candidate by its text (the first of each)."""
    q = query(question, **more)
    candidates = propose(q, reads)
    found: dict[str, dict[str, float]] = {}
    for c, row in zip(candidates, signals_of(q, reads, candidates), strict=True):
        found.setdefault(c.text, dict(row))
    return found


def test_every_signal_says_what_it_means_and_none_twice() -> None:
    docs = [function.__doc__ or "" for function in SIGNALS.values()]
    assert all(doc.strip().endswith(".") for doc in docs) and len(set(docs)) == len(docs)
    assert all(name == function.__name__ for name, function in SIGNALS.items())
    assert {f"asks_{kind}" for kind in ASKS} <= set(SIGNALS)


EXPECTED = {
    "span_score": 6.0,
    "span_lead": 0.0,
    "relevance": 2.0,
    "relevance_lead": 3.0,
    "relevance_elsewhere": -1.0,
    "sort_probability": 0.8,
    "span_probability": 0.8,
    "tag_inside": 0.0,
    "tag_outside": 0.9,
    "operand_count": 0.0,
    "operand_probability": 1.0,
    "lead": 6.0 + 1.0 - (3.0 - 0.5),
    "agreement": -20.0,
    "longer": -2.0,
    "shorter": -20.0,
    "fused": 1.0,
    "fused_lead": 0.0,
    "dense": 0.8,
    "rank": 1.0,
    "years_missing": 0.0,
    "digits": 1.0,
    "length": 3.0,
    "count": 0.0,
    "unit_fit": 1.0,
    "is_figure": 1.0,
    "period_clash": 0.0,
    "unreal": 0.0,
    "cut_words": 0.0,
}


@pytest.mark.parametrize("name", [name for name in EXPECTED if name in SIGNALS])
def test_by_hand(name: str) -> None:
    assert asked()["7亿元"][name] == pytest.approx(EXPECTED[name])


def of(name: str, text: str, question: str = QUESTION, **more: object) -> float:
    if name not in SIGNALS:
        pytest.skip(f"there is no {name} any more")
    return asked(question, **more)[text][name]


def test_a_rival_in_another_document_is_held_against_it() -> None:
    assert of("relevance_lead", "6亿元") == -3.0 and of("relevance_elsewhere", "6亿元") == 2.0
    assert of("fused_lead", "6亿元") == pytest.approx(-0.4)
    assert of("lead", "6亿元") == pytest.approx(2.5 - 7.0)


def test_the_same_answer_elsewhere_agrees() -> None:
    again = "东湖高新区税收7亿元。"
    reads = (READS[0], read(passage(again, "c.txt#1"), reading(again, ("7亿元", 2.0), relevance=4.0), rank=2))
    assert of("agreement", "7亿元", reads=reads) == 2.0 + 4.0 / 2


def test_periods_and_modes_that_do_not_fit() -> None:
    assert of("period_clash", "6亿元", "西山开发区2021年税收多少？") == 0.0
    assert of("period_clash", "6亿元", "西山开发区2020年税收多少？") == 1.0
    assert of("period_clash", "7亿元", "东湖高新区1至6月税收多少？") == 1.0
    assert of("period_clash", "甲厂", "东湖高新区1至6月引进了谁？") == 0.5  # by its sentence alone
    assert (of("unreal", "6亿元"), of("unreal", "7亿元"), of("unreal", "甲厂")) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("question", "fit"),
    [("多少亿元", 1.0), ("多少万元", 1.0), ("多少", 0.5), ("多少家", 0.0), ("多少平方米", 0.0)],
)
def test_units_that_fit(question: str, fit: float) -> None:
    assert of("unit_fit", "7亿元", question) == fit


def test_counts_of_other_classifiers_nearly_fit_and_a_name_hardly() -> None:
    text = "引进项目12个。"
    reads = (read(passage(text), reading(text, ("12个", 1.0))),)
    assert of("unit_fit", "12个", "引进几家", reads=reads) == 0.75
    assert of("unit_fit", "甲厂", "引进几家") == 0.25


def test_words_count_by_their_weight() -> None:
    q = Query("", "", ("税收", "湘乡", "东湖"), (3.0, 1.0, 4.0), ("湘乡",))
    (row, *_) = signals_of(q, READS, propose(q, READS))
    covers = {"cover_passage": 7 / 8, "cover_sentence": 7 / 8, "cover_best": 7 / 8}
    expected = {name: v for name, v in (covers | {"missing": 1.0, "unseen": 1 / 3}).items() if name in row}
    assert {name: row[name] for name in expected} == pytest.approx(expected)


def test_what_the_question_says_and_the_passage_lacks() -> None:
    assert of("years_missing", "7亿元", "东湖高新区2019年和2020年税收") == 2.0
    assert of("numbers_missing", "7亿元", "第9届gdp是7吗") == pytest.approx(1 / 3)
    gazetteer = {"西山开发区": ("zone", "西山"), "东湖高新区": ("zone", "东湖")}
    q = read_query("东湖高新区和西山开发区的税收", gazetteer, lambda terms: {}, 1)
    (row, *_) = signals_of(q, READS, propose(q, READS))
    assert row.get("names_missing", 0.5) == 0.5 and row.get("names_unknown", 0.0) == 0.0


def test_an_amount_is_known_in_whatever_writing() -> None:
    text = "总投资7亿元的项目建成，共12个。"
    reads = (read(passage(text), reading(text, ("12个", 1.0))),)
    assert of("amounts_missing", "12个", "总投资70000万元的项目几个", reads=reads) == 0.0
    assert of("amounts_missing", "12个", "总投资8亿元、占地5亩的项目几个", reads=reads) == 1.0


def test_answers_are_told_apart_by_what_they_say() -> None:
    text = "“7 亿元”"
    (one, two, *_) = propose(query("多少"), [read(text, reading(text, ("7 亿元", 1.0), (text, 0.5)))])
    assert said(one) == said(two) == "7亿元"


def test_edges_inside_words() -> None:
    text = "完成固定资产投资"
    reads = (read(passage(text), reading(text, ("固定资产投资", 2.0), ("定资产投", 1.0))),)
    assert (of("cut_words", "固定资产投资", reads=reads), of("cut_words", "定资产投", reads=reads)) == (
        0.0,
        2.0,
    )


def test_operands_have_signals_of_their_own() -> None:
    text = "收到58个，办结41个，转办5个。"
    tags = {"58": FIRST, "41": SECOND, "5个": SECOND}
    reads = (read(passage(text), reading(text, ("58个", 1.0), tags=tags, difference=0.7)),)
    names = ("operand_count", "operand_passages", "operand_probability", "sort_probability", "sort")
    expected = dict(zip(names, (2.0, 1.0, 0.9, 0.7, float(SORTS.index("computed"))), strict=True))
    found = asked("还有几个", reads)["17个"]
    assert {n: found[n] for n in expected if n in found} == {n: v for n, v in expected.items() if n in found}


def ranges(size: int) -> st.SearchStrategy[tuple[int, int]]:
    """Ranges of at most 9 characters in a text of this size."""
    return st.tuples(st.integers(0, size - 1), st.integers(1, 9)).map(lambda p: (p[0], min(size, sum(p))))


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Query, list[Read]]:
    """Any question over any passages, read in any way."""
    kinds = st.sampled_from([(1.0, *[0.0] * 7), (0.0, 0.3, 0.2, 0.2, 0.1, 0.1, 0.05, 0.05)])
    known = ["7亿元", "2021年", "、", "东湖高新区", "增长5%", *list(units())[:9]]
    words = st.one_of(st.text(max_size=12), st.sampled_from(known))
    reads = []
    for n in range(draw(st.integers(1, 3))):
        text = "".join(draw(st.lists(words, min_size=1, max_size=6))) or "空"
        place = ranges(len(text))
        spans = [Span(*p, draw(st.floats(-30, 30))) for p in draw(st.lists(place, max_size=4))]
        tags = [Tagged(*p, draw(st.integers(1, 3)), 0.7) for p in draw(st.lists(place, max_size=4))]
        spans.sort(key=lambda s: -s.score)
        relevance = draw(st.floats(-20, 20))
        made = Reading(relevance, 0.5, tuple(spans), draw(kinds), tuple(sorted(tags, key=lambda t: t.start)))
        reads.append(read(passage(text, f"{n}.txt#1"), made, rank=n + 1, score=draw(st.floats(0, 1))))
    return query("".join(draw(st.lists(words, max_size=4)))), reads


@settings(max_examples=60, deadline=None)
@given(scenes())
def test_every_signal_is_finite_on_any_text(scene: tuple[Query, list[Read]]) -> None:
    q, reads = scene
    candidates = propose(q, reads)
    rows = signals_of(q, reads, candidates)
    assert len(rows) == len(candidates)
    for row in rows:
        assert list(row) == list(SIGNALS)
        assert all(math.isfinite(value) for value in row.values()), row


def test_a_field_keeps_what_is_the_same_for_all() -> None:
    q = Query("", "", ("税收", "湘乡"), (3.0, 1.0))
    held = Field(q, READS, propose(q, READS))
    assert held.relevances == [2.0, -1.0] and held.fused == [1.0, 0.6]
    assert [held.cover(text) for text in ("", "税收", "湘乡的税收")] == [0.0, 0.75, 1.0]
    assert {0, len(A)} <= held.bounds(READS[0]) and held.bounds(READS[0]) is held.bounds(READS[0])
