"""The reader: ranges of the passage given, the same whatever is read beside it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import ModelError
from qa.models.reader import (
    Reader,
    Span,
    _best_pairs,
    _distinct,
    _shortest_first,
    _tidy,
    _trimmed,
    load_reader,
)

CASES = json.loads((Path(__file__).parent.parent / "cases" / "read.json").read_text(encoding="utf-8"))
BUNDLED = load_reader()
needs_reader = pytest.mark.skipif(BUNDLED is None, reason="no reader is bundled")


@pytest.fixture(scope="module")
def reader() -> Reader:
    assert BUNDLED is not None
    return BUNDLED


@pytest.mark.parametrize("case", CASES["tidy"], ids=lambda case: case["cut"])
def test_a_range_is_made_tidy(case: dict[str, str]) -> None:
    start = case["text"].index(case["cut"])
    start, end = _tidy(case["text"], start, start + len(case["cut"]))
    assert case["text"][start:end] == case["tidy"]


@given(st.text("总投资27.8,亿元《》()。、 ", max_size=30), st.data())
def test_a_tidy_range_stays_in_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first, last = _tidy(text, start, end)
    assert 0 <= first <= last <= len(text)


def test_pairs_come_best_first_and_never_backwards() -> None:
    logits = np.array([[0.0, 9.0], [5.0, 0.0], [1.0, 4.0]], np.float32)
    offsets = [(0, 2), (2, 4), (4, 6)]
    assert _best_pairs(logits, offsets, 80, 3) == [(0, 0, 9.0), (1, 2, 9.0), (1, 1, 5.0)]
    assert _best_pairs(logits, offsets, 2, 9) == [(0, 0, 9.0), (1, 1, 5.0), (2, 2, 5.0)]


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


def test_a_range_inside_the_best_is_preferred_when_it_scores_almost_as_high() -> None:
    long, short, shorter, other = Span(0, 9, 5.0), Span(2, 6, 4.5), Span(2, 4, 4.2), Span(9, 12, 4.9)
    assert _shortest_first([long, other, short, shorter]) == [shorter, long, other, short]
    assert _shortest_first([long, other, Span(2, 4, 3.9)]) == [long, other, Span(2, 4, 3.9)]
    assert _shortest_first([]) == []


def test_a_damaged_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match="Reinstall the package"):
        Reader(tmp_path)


@needs_reader
@pytest.mark.parametrize("case", CASES["read"], ids=lambda case: case["question"])
def test_the_right_passage_is_known_and_its_answer_found(reader: Reader, case: dict[str, object]) -> None:
    passages = [str(case["passage"]), *map(str, CASES["strangers"])]
    readings = reader.read(str(case["question"]), passages)
    assert max(range(len(passages)), key=lambda i: readings[i].relevance) == 0
    assert passages[0][readings[0].start : readings[0].end] == case["answer"]


@needs_reader
def test_a_reading_never_depends_on_its_neighbours(reader: Reader) -> None:
    passages = [case["passage"] for case in CASES["read"]]
    question = CASES["read"][0]["question"]
    together = reader.read(question, passages)
    assert together == [reader.read(question, [passage])[0] for passage in passages]
    assert together == reader.read(question, passages[::-1])[::-1]


@needs_reader
@pytest.mark.parametrize("passage", ["", " \n\u3000"])
def test_a_passage_without_text_answers_nothing(reader: Reader, passage: str) -> None:
    (reading,) = reader.read("谁？", [passage])
    assert (reading.answerable, reading.start, reading.end, reading.alternatives) == (0.0, 0, 0, ())


@needs_reader
@settings(max_examples=15, deadline=None)
@given(st.text(min_size=1, max_size=60), st.text(max_size=20), st.integers(1, 20))
def test_ranges_lie_in_the_passage(passage: str, question: str, longest: int) -> None:
    assert BUNDLED is not None
    (reading,) = BUNDLED.read(question, [passage], max_answer=longest)
    assert 0 <= reading.start <= reading.end <= len(passage)
    assert math.isfinite(reading.relevance)
    assert 0 <= reading.answerable <= 1
    assert all(0 <= span.start < span.end <= len(passage) for span in reading.alternatives)


@needs_reader
def test_a_long_passage_is_read_to_its_end(reader: Reader) -> None:
    case = CASES["read"][0]
    long = "".join(CASES["strangers"]) * 8 + case["passage"]
    (reading,) = reader.read(case["question"], [long])
    assert long[reading.start : reading.end] == case["answer"]
    assert reading.start > len(long) - len(case["passage"]) - 1
