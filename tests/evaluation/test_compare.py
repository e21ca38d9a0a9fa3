"""Comparing runs: tests of significance against written values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from measured import ASKED, TEXTS, park

from qa.errors import InputError
from qa.evaluation.compare import compare, compare_runs, mcnemar, permutation
from qa.evaluation.run import Evaluation


@pytest.fixture(scope="module")
def poor() -> Evaluation:
    return park(0.3)


@pytest.fixture(scope="module")
def good() -> Evaluation:
    return park(0.8)


def pair(only_a: int, only_b: int, both: int) -> tuple[Any, Any]:
    a = np.array([1.0] * only_a + [0.0] * only_b + [1.0] * both)
    return a, np.array([0.0] * only_a + [1.0] * only_b + [1.0] * both)


# Tests of significance


@pytest.mark.parametrize(
    "only_a, only_b, p",
    [(0, 5, 2 / 32), (1, 5, 2 * 7 / 64), (3, 3, 1.0), (0, 0, 1.0), (10, 0, 2 / 1024)],
)
def test_mcnemar_is_the_exact_binomial(only_a: int, only_b: int, p: float):
    assert mcnemar(*pair(only_a, only_b, 7)) == pytest.approx(p)


def test_permutation_of_signs_is_exact_for_few_pairs():
    a = np.array([0.1, 0.2, 0.3, 0.4])
    assert permutation(a, a + np.array([0.1, 0.2, 0.3, 0.4])) == pytest.approx(2 / 16)
    assert permutation(a, a) == 1.0


def test_a_better_system_is_better_and_the_same_one_the_same(poor: Evaluation, good: Evaluation):
    found = {d.metric: d for d in compare(poor, good).differences}
    gain = sum(s["correct"] for s in good.scores if s["correct"] is not None)
    gain -= sum(s["correct"] for s in poor.scores if s["correct"] is not None)
    assert found["correct"].difference == pytest.approx(gain / 54)
    assert (found["correct"].verdict, found["correct"].test) == ("better", "mcnemar")
    assert found["correct"].low > 0
    assert (found["f1"].test, found["refusal_f1"].test) == ("permutation", "bootstrap")
    assert (found["refusal_f1"].p, found["refusal_f1"].verdict) == (1.0, "same")
    assert {d.metric: d.verdict for d in compare(good, poor).differences}["correct"] == "worse"
    same = compare(good, good)
    assert {d.p for d in same.differences} == {1.0}
    assert same.changes == ()


def test_less_is_better_for_some_metrics(poor: Evaluation, good: Evaluation):
    risk = {d.metric: d for d in compare(poor, good).differences}["aurc"]
    assert (risk.difference < 0, risk.verdict) == (True, "better")


def test_changes_hold_both_answers_and_citations(poor: Evaluation, good: Evaluation):
    comparison = compare(poor, good, on="correct")
    assert comparison.lost == ()
    before = {s["id"]: s["correct"] for s in poor.scores}
    after = {s["id"]: s["correct"] for s in good.scores}
    assert [c.question.id for c in comparison.won] == [
        q.id for q in good.questions if (before[q.id], after[q.id]) == (0.0, 1.0)
    ]
    change = comparison.won[0]
    assert (change.a["answer"][-4:], change.b["answer"][-4:]) == (".6亿元", ".5亿元")
    assert change.b["citations"][0]["document"] == f"{change.b['answer'].split('.')[0]:0>3}.txt"


def test_only_questions_of_both_count(good: Evaluation):
    part = park(0.8, [*ASKED[:20], ASKED[20] | {"question": "第1经开区总投资多少？（别的）"}])
    comparison = compare(good, part)
    assert (comparison.n, comparison.left_out) == (20, 41)
    with pytest.raises(InputError, match="have no question in common"):
        compare(good, park(0.8, [ASKED[1] | {"id": "other"}]))
    with pytest.raises(InputError, match="no scores for 'zone'"):
        compare(good, part, on="zone")


def test_runs_are_compared_from_their_folders(tmp_path: Path):
    for name, skill in (("one", 0.3), ("two", 0.8), ("three", 0.3)):
        park(skill, out=tmp_path / name)
    two, three = compare_runs([tmp_path / name for name in ("one", "two", "three")])
    assert (two.a, two.b, three.b, three.changes) == ("one", "two", "three", ())
    record = json.loads(json.dumps(two.to_json(), ensure_ascii=False))
    assert record["differences"][0]["metric"] == "grounded"
    assert (
        record["changes"][0]["b"]["citations"][0]["quote"]
        in TEXTS[record["changes"][0]["b"]["citations"][0]["document"]]
    )
    assert "<td>correct</td>" in two._repr_html_()
    with pytest.raises(InputError, match="takes two runs or more"):
        compare_runs([tmp_path / "one"])
    with pytest.raises(InputError, match=r"No run in .*settings\.json not found"):
        compare_runs([tmp_path / "one", tmp_path / "none"])
