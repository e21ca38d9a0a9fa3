"""The reader: ranges of the passage given, what it says of it, the same whatever is read beside it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from answering import passage
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import ModelError
from qa.models.reader import (
    FIRST,
    ITEM,
    KINDS,
    NOTHING,
    Reader,
    Span,
    _best_pairs,
    _distinct,
    _runs,
    _trimmed,
    headed,
    load_reader,
    softmax,
    tidy,
)
from qa.schema import When

CASES = json.loads((Path(__file__).parent.parent / "cases" / "read.json").read_text(encoding="utf-8"))


bundled = cache(load_reader)


@pytest.fixture
def reader() -> Reader:
    return bundled()


# What is done with the model's numbers.


@pytest.mark.parametrize("case", CASES["tidy"], ids=lambda case: case["cut"])
def test_a_range_is_made_tidy(case: dict[str, str]) -> None:
    start = case["text"].index(case["cut"])
    start, end = tidy(case["text"], start, start + len(case["cut"]))
    assert case["text"][start:end] == case["tidy"]


@given(st.text("总投资27.8,亿元《》()。、 ", max_size=30), st.data())
def test_a_tidy_range_stays_in_the_text_and_behind_its_head(text: str, data: st.DataObject) -> None:
    low = data.draw(st.integers(0, len(text)))
    start = data.draw(st.integers(low, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first, last = tidy(text, start, end, low)
    assert low <= first <= last <= len(text)


def test_pairs_come_best_first_and_never_backwards() -> None:
    logits = np.array([[0.0, 9.0], [5.0, 0.0], [1.0, 4.0]], np.float32)
    offsets = [(0, 2), (2, 4), (4, 6)]
    assert _best_pairs(logits, offsets, 80, 3) == [(0, 0, 9.0), (1, 2, 9.0), (1, 1, 5.0)]
    assert _best_pairs(logits, offsets, 2, 9) == [(0, 0, 9.0), (1, 1, 5.0), (2, 2, 5.0)]
    assert _best_pairs(np.full((2, 2), -np.inf, np.float32), [(0, 1), (1, 2)], 80, 3) == []


def test_trimming_never_leaves_the_tokens() -> None:
    trim = np.zeros((2, 8), np.float32)
    assert _trimmed([(0, 2), (2, 4)], trim, 0, 1) == (0, 4)
    trim[0, 1] = trim[1, 5] = 1
    assert _trimmed([(0, 2), (2, 4)], trim, 0, 1) == (1, 3)
    trim[0, 3] = trim[1, 7] = 2
    assert _trimmed([(0, 2), (2, 4)], trim, 0, 1) == (1, 3)
    assert _trimmed([(0, 1), (1, 2)], trim, 0, 0) == (0, 1)


def test_each_range_stands_once_with_its_best_score() -> None:
    spans = [Span(0, 2, 1.0), Span(3, 4, 2.0), Span(0, 2, 3.0), Span(5, 5, 9.0)]
    assert _distinct(spans) == [Span(0, 2, 3.0), Span(3, 4, 2.0)]


def test_runs_of_one_tag_become_ranges_behind_the_head() -> None:
    text, offsets = "头\n甲厂、乙厂12亿", [(0, 1), (1, 2), (2, 4), (4, 5), (5, 7), (7, 9), (9, 10)]
    nothing, item, first = (1.0, 0, 0, 0), (0.2, 0.7, 0.1, 0), (0.4, 0, 0.6, 0)
    tags = np.array([item, nothing, item, nothing, item, first, first], np.float32)
    found = [(t.start, t.end, t.tag, round(t.probability, 4)) for t in _runs(tags, offsets, text, 2)]
    assert found == [(0, 2, ITEM, 0.8), (3, 5, ITEM, 0.8), (5, 8, FIRST, 0.6)]
    unsure = np.array([(0.5, 0.5, 0, 0)] * 7, np.float32)
    assert list(_runs(unsure, offsets, text, 2)) == []


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=9))
def test_softmax_is_a_distribution_in_the_order_of_the_logits(logits: list[int]) -> None:
    shares = softmax(np.array(logits, np.float32))
    assert float(shares.sum()) == pytest.approx(1, abs=1e-5)
    assert shares.argmax() == np.array(logits, np.float32).argmax()


def test_a_head_says_what_the_passage_does_not() -> None:
    when = When("2019-07-03", 0, 10, 2019, 7, 3)
    whole = passage(
        "甲区完成税收3亿元。", headline="甲区经济 再提速", subject="甲区", section="税收", date=when
    )
    assert headed(whole) == "2019-07-03；甲区经济 再提速\n"  # 税收 and 甲区 stand in the text
    assert headed(replace(whole, text="完成3亿元。")) == "2019-07-03；甲区经济 再提速；税收\n"
    assert headed(replace(whole, headline="", opening="今年以来，" * 20)).startswith("2019-07-03；今年以来，")
    assert len(headed(passage("文", headline="题" * 99, section="节" * 99))) == 48 + 1 + 32 + 1
    assert headed(passage("甲区完成税收3亿元。", subject="甲区")) == ""


def test_a_folder_without_its_model_or_its_tokenizer_says_so(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match="Reinstall the package"):
        Reader(tmp_path)


# What the bundled model says.


@pytest.mark.parametrize("case", CASES["read"], ids=lambda case: case["question"])
def test_the_right_passage_is_known_and_its_answer_found(reader: Reader, case: dict[str, str]) -> None:
    passages = [case["passage"], *map(str, CASES["strangers"])]
    readings = reader.read(case["question"], passages)
    assert max(range(len(passages)), key=lambda i: readings[i].relevance) == 0
    best = readings[0].spans[0]
    assert passages[0][best.start : best.end] == case["answer"]
    assert max(zip(readings[0].kinds, KINDS, strict=True))[1] == "span"
    assert all(r.answerable < 0.5 for r in readings[1:])


def test_a_reading_never_depends_on_its_neighbours(reader: Reader) -> None:
    passages = [case["passage"] for case in CASES["read"]]
    question = CASES["read"][0]["question"]
    together = reader.read(question, passages)
    assert together == [reader.read(question, [passage])[0] for passage in passages]
    assert together == reader.read(question, passages[::-1])[::-1]


def test_a_head_is_read_and_holds_no_answer(reader: Reader) -> None:
    case = CASES["read"][0]
    bare, headed = reader.read(case["question"], [case["passage"]] * 2, ["", "沈从文小传；湘西凤凰\n"])
    assert bare != headed
    assert case["passage"][headed.spans[0].start : headed.spans[0].end] == case["answer"]
    with pytest.raises(ValueError, match="zip"):
        reader.read(case["question"], [case["passage"]] * 2, ["one"])


def test_clauses_and_terms_are_told_apart(reader: Reader) -> None:
    case = CASES["read"][0]
    (term,) = reader.read(case["question"], [case["passage"]])
    (clause,) = reader.read(case["question"], [case["passage"]], clause=True)
    assert term != clause


@pytest.mark.parametrize("text", ["", " \n\u3000"])
@pytest.mark.parametrize("head", ["", "头\n"])
def test_a_passage_without_text_answers_nothing(reader: Reader, text: str, head: str) -> None:
    assert reader.read("谁？", [text], [head]) == [NOTHING]
    assert reader.read("谁？", []) == []


def test_any_question_is_read(reader: Reader) -> None:
    text = CASES["read"][0]["passage"]
    for question in ("", "\ud800谁", "谁" * 9999):
        (reading,) = reader.read(question, [text])
        assert math.isfinite(reading.relevance)


@settings(max_examples=15, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
    st.text(max_size=20),
    st.text("总投资、3亿\n", max_size=12),
    st.integers(1, 20),
)
def test_what_is_said_lies_in_the_passage(passage: str, question: str, head: str, longest: int) -> None:
    (said,) = bundled().read(question, [passage], [head], max_answer=longest)
    assert math.isfinite(said.relevance) and 0 <= said.answerable <= 1
    assert len(said.spans) <= 5 and all(0 <= s.start < s.end <= len(passage) for s in said.spans)
    assert [s.score for s in said.spans] == sorted((s.score for s in said.spans), reverse=True)
    assert sum(said.kinds) == pytest.approx(1, abs=1e-4) and len(said.kinds) == len(KINDS)
    assert all(0 <= t.start < t.end <= len(passage) and 0 < t.probability <= 1 for t in said.tagged)
    assert list(said.tagged) == sorted(said.tagged, key=lambda t: (t.start, t.end))


def test_a_long_passage_is_read_to_its_end(reader: Reader) -> None:
    case = CASES["read"][0]
    long = "".join(CASES["strangers"]) * 8 + case["passage"]
    (reading,) = reader.read(case["question"], [long])
    assert case["answer"] in [long[s.start : s.end] for s in reading.spans[:2]]
    assert reading.spans[0].start > len(long) - len(case["passage"]) - 1
