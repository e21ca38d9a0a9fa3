"""Transformations that change question and document alike: sound by hand, and held to by the library."""

from __future__ import annotations

import json
import random
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))
from benchmarks import metamorphic as m  # noqa: E402
from benchmarks.metamorphic import TRANSFORMATIONS, Case, Tally, case_of, holds, tally, tried  # noqa: E402

SAMPLE = json.loads((ROOT / "tests/cases/metamorphic.json").read_text(encoding="utf-8"))
CASES = [case_of(record, SAMPLE["documents"][record["document"]]) for record in SAMPLE["questions"]]
BY_QUESTION = {case.question.question: case for case in CASES}
INVESTED, PEOPLE, TOURISM = CASES[0], CASES[3], CASES[-1]


def changed(name: str, case: Case, seed: int = 0) -> Case:
    found = TRANSFORMATIONS[name](case, random.Random(seed))
    assert found is not None
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.question.question)
def test_the_sample_is_whole(case: Case) -> None:
    q = case.question
    (evidence,) = q.evidence
    assert case.text.count(evidence.quote or "?") == 1
    assert all(answer in (evidence.quote or "") for answer in q.answers)
    assert q.answerable is (q.type != "unanswerable")


@pytest.mark.parametrize("seed", range(4))
def test_a_name_is_replaced_everywhere_by_one_of_its_length(seed: int) -> None:
    found = changed("rename", INVESTED, seed)
    assert "东湖" not in found.text + found.question.question
    assert len(found.text) == len(INVESTED.text) and found.question.answers == INVESTED.question.answers
    new = re.search("(..)高新区2021年", found.question.question)
    assert new and found.text.count(new[1]) == INVESTED.text.count("东湖")
    assert m.rename(replace(INVESTED, documents={"a.txt": "西湖很大。"}), random.Random(0)) is None


def test_a_number_that_stands_once_gets_other_digits_in_text_and_key() -> None:
    found = changed("number", INVESTED)
    ((answer,), old) = (found.question.answers, "63.5")
    new = answer.removesuffix("亿元")
    assert new != old and new[1:] == old[1:] and new[0] != "0"
    assert found.text == INVESTED.text.replace(old, new)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("东湖高新区投资63.5亿元，其中工业投资63.5亿元。", "投资多少亿元？"),  # twice
        ("东湖高新区投资63.5亿元。", "投资63.5亿元的是哪个区，投资多少？"),  # the question says it
        ("东湖高新区投资163.5亿元。", "投资多少亿元？"),  # not whole
    ],
)
def test_a_number_that_is_not_sure_is_left_alone(text: str, question: str) -> None:
    q = replace(INVESTED.question, question=question)
    for name in ("number", "unit"):
        assert TRANSFORMATIONS[name](Case(q, {"a.txt": text}), random.Random(0)) is None


def test_dates_and_ordinals_are_no_amounts() -> None:
    text = "2021年6月3日18时，第5届会议，2021-07-03，通过3项，投资2.5亿元，H7车型，1,205家"
    assert [n[0] for n in m.numbers(text)] == ["3", "2.5", "1,205"]


def test_a_unit_changes_with_the_question_that_asks_for_it() -> None:
    found = changed("unit", INVESTED)
    assert found.question.answers == ("63.5亿欧元",) and "投资63.5亿欧元，" in found.text
    assert found.question.question.endswith("多少亿欧元？")
    assert found.text.replace("欧元", "元") == INVESTED.text
    built = BY_QUESTION["东湖高新区2021年上半年新引进企业多少家？"]
    assert m.unit(built, random.Random(0)) is None  # a classifier is no measure
    other = replace(INVESTED.question, question="投资上亿元的东湖高新区投资多少亿元？")
    assert m.unit(Case(other, INVESTED.documents), random.Random(0)) is None


def test_all_years_move_by_as_many() -> None:
    text = INVESTED.text + "2019年为58亿元。"
    found = changed("year", Case(INVESTED.question, {"a.txt": text}))
    (asked,) = m.YEAR.findall(found.question.question)
    told = [int(y) for y in m.YEAR.findall(found.text)]
    assert told == [int(asked), int(asked) - 2] and int(asked) < 2021
    for doubtful in ("另有2000家企业。", "二〇二一年。", "2021.07发布。"):
        case = Case(INVESTED.question, {"a.txt": INVESTED.text + doubtful})
        assert m.year(case, random.Random(0)) is None
    assert m.year(PEOPLE, random.Random(0)) is None  # no year in the question


def test_a_frame_leaves_the_question_whole() -> None:
    for seed in range(8):
        found = changed("rephrase", PEOPLE, seed)
        assert PEOPLE.question.question in found.question.question != PEOPLE.question.question
        assert found.documents is PEOPLE.documents


def test_a_distractor_tells_the_same_of_another_with_other_numbers() -> None:
    found = changed("distractor", INVESTED)
    own, other = found.documents.values()
    assert own == INVESTED.text and found.question == INVESTED.question
    assert len(other) == len(own) and "东湖" not in other and "63.5亿元" not in other
    assert m.YEAR.findall(other) == m.YEAR.findall(own)  # periods stay: only the name tells them apart


def test_the_evidence_goes_with_its_sentence_and_a_refusal_is_due() -> None:
    found = changed("delete", PEOPLE)
    assert not found.question.answerable and "林海涛" not in found.text
    assert (
        found.text + "在日前召开的推进会上，东湖高新区党工委书记林海涛表示，全区将集中力量发展光电子产业。"
        != ""
    )
    assert len(found.text) == len(PEOPLE.text) - len(
        "在日前召开的推进会上，东湖高新区党工委书记林海涛表示，全区将集中力量发展光电子产业。"
    )
    again = Case(PEOPLE.question, {"a.txt": PEOPLE.text + "林海涛致辞。"})
    assert m.delete(again, random.Random(0)) is None  # the rest says it, too
    assert m.delete(TOURISM, random.Random(0)) is None


def test_what_holds_is_right_where_there_is_an_answer_and_refused_where_there_is_none() -> None:
    gone = changed("delete", PEOPLE)
    assert (holds(PEOPLE, "right"), holds(PEOPLE, "refused"), holds(PEOPLE, "wrong")) == (True, False, False)
    assert (holds(gone, "right"), holds(gone, "refused"), holds(gone, "wrong")) == (False, True, False)
    total = sum((tally(PEOPLE, "right"), tally(PEOPLE, "refused"), tally(gone, "wrong")), Tally())
    assert total == Tally(3, 1, 1, 1) and total.share == pytest.approx(1 / 3)
    assert Tally(100, 50).half == pytest.approx(0.0961, abs=1e-3) and Tally().share == 0.0


def test_the_table_has_a_row_for_each_and_for_all() -> None:
    lines = m.table({"rename": Tally(4, 3, 1, 0), "delete": Tally(4, 4, 0, 0)}).splitlines()
    assert lines[2].startswith("| rename | 4 | 75.0 ±") and lines[-1].startswith("| **all** | 8 | 87.5 ±")


@pytest.mark.slow
def test_the_library_holds_on_the_sample() -> None:
    """The floor that a release must not fall below; `benchmarks/metamorphic.py` measures many more."""
    found = tried(CASES, list(TRANSFORMATIONS), len(CASES))
    total = sum(found.values(), Tally())
    assert total.n >= 30, found  # most of the sample is answered right untouched
    assert total.share >= 0.85, found
