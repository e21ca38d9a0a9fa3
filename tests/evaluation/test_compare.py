"""Comparing runs and gating builds: tests of significance against written values, floors that stay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from measured import TEXTS, Park, questions
from rich.console import Console

from qa.cli.tables import comparison_view, evaluation_view, gate_view
from qa.errors import InputError
from qa.evaluation.compare import compare, compare_runs, mcnemar, permutation
from qa.evaluation.gate import check_gate, metric_of, read_gate, update_gate
from qa.evaluation.measure import evaluate
from qa.evaluation.run import Evaluation

ASKED = questions(60)
NAMES = ("grounded", "correct", "cited", "f1", "refusal_f1", "recall@3", "aurc")


def park(skill: float, asked: Any = None, out: Path | None = None) -> Evaluation:
    return evaluate(Park(skill), asked or ASKED, NAMES, documents=TEXTS, out=out)


@pytest.fixture(scope="module")
def poor() -> Evaluation:
    return park(0.3)


@pytest.fixture(scope="module")
def good() -> Evaluation:
    return park(0.8)


def shown(view: Any) -> str:
    console = Console(width=120, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    with console.file:
        console.print(view)
    return console.export_text()


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


# Gates


def test_a_gate_made_from_a_run_lets_it_pass_and_stops_a_worse_one(
    tmp_path: Path, poor: Evaluation, good: Evaluation
):
    path = tmp_path / "gate.json"
    names = ["grounded", "refusal_f1", "aurc", "grounded[type=figure]"]
    assert update_gate(good, path, names).passed
    questions_, floors = read_gate(path)
    assert questions_ == good.settings["measured"]["questions"]
    assert floors["grounded"] == pytest.approx(good.metrics["grounded"].value, abs=1e-4)
    assert floors["grounded"] <= good.metrics["grounded"].value
    assert floors["aurc"] >= good.metrics["aurc"].value
    verdict = check_gate(poor, path)
    assert not verdict.passed
    assert [floor.name for floor in verdict.failed] == ["grounded", "aurc", "grounded[type=figure]"]


def test_floors_are_raised_freely_and_lowered_only_when_told(
    tmp_path: Path, poor: Evaluation, good: Evaluation
):
    path = tmp_path / "gate.json"
    update_gate(poor, path, ["grounded", "aurc"])
    low = read_gate(path)[1]
    update_gate(good, path)
    high = read_gate(path)[1]
    assert high["grounded"] > low["grounded"]
    assert high["aurc"] < low["aurc"]
    with pytest.raises(
        InputError, match=r"would be loosened \(grounded 0.*aurc 0.*\). Say so with --allow-lower"
    ):
        update_gate(poor, path)
    with pytest.raises(InputError, match="would be loosened"):
        update_gate(good, path, ["grounded"], margin=0.01)
    assert read_gate(path)[1] == high, "a refusal changes nothing"
    update_gate(poor, path, allow_lower=True)
    assert read_gate(path)[1] == low


def test_a_metric_added_leaves_the_other_floors(tmp_path: Path, good: Evaluation):
    path = tmp_path / "gate.json"
    update_gate(good, path, ["grounded"])
    update_gate(good, path, ["cited"], margin=0.05)
    assert list(read_gate(path)[1]) == ["grounded", "cited"]
    assert read_gate(path)[1]["cited"] == pytest.approx(good.metrics["cited"].value - 0.05, abs=1e-4)


def test_other_questions_do_not_pass(tmp_path: Path, good: Evaluation):
    path = tmp_path / "gate.json"
    update_gate(good, path, ["refusal_f1"])
    other = park(0.8, ASKED[:30])
    verdict = check_gate(other, path)
    assert (verdict.passed, verdict.same_questions) == (False, False)
    with pytest.raises(InputError, match="another set of questions"):
        update_gate(other, path)


def test_a_metric_that_the_run_lacks_fails(tmp_path: Path, good: Evaluation):
    path = tmp_path / "gate.json"
    floors = {"em": 0.1, "grounded[type=nothing]": 0.1, "grounded": 0.1}
    path.write_text(
        json.dumps({"questions": good.settings["measured"]["questions"], "floors": floors}), encoding="utf-8"
    )
    assert [floor.name for floor in check_gate(good, path).failed] == ["em", "grounded[type=nothing]"]
    with pytest.raises(InputError, match="The run has no 'em'"):
        update_gate(good, path)


@pytest.mark.parametrize(
    "text, told",
    [
        ("{", "is no gate file"),
        ("[]", "is no gate file"),
        ('{"floors": {}}', "is no gate file"),
        ('{"questions": "x", "floors": []}', "must be a string and `floors` an object"),
        ('{"questions": "x", "floors": {"speed": 1}}', "'speed' is no metric"),
        ('{"questions": "x", "floors": {"grounded": "1"}}', "must be a number"),
    ],
)
def test_damaged_gates_are_told(tmp_path: Path, good: Evaluation, text: str, told: str):
    path = tmp_path / "gate.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        check_gate(good, path)


def test_a_missing_gate_is_told(tmp_path: Path, good: Evaluation):
    with pytest.raises(InputError, match="No gate in"):
        check_gate(good, tmp_path / "none.json")
    assert metric_of("recall@3[zone=东城]") == "recall@3"


# On a terminal


def test_views(tmp_path: Path, poor: Evaluation, good: Evaluation):
    page = shown(evaluation_view(good))
    assert "questions: 60 questions" in page
    assert "unanswerable   6" in page
    assert "aurc ↓" in page
    page = shown(comparison_view(compare(poor, good, names=("old", "new")), limit=2))
    assert "new against old: 60 questions" in page
    assert "… and" in page
    assert ".6亿元" in page
    path = tmp_path / "gate.json"
    assert "The gate holds: 1 floors." in shown(gate_view(update_gate(good, path, ["grounded"])))
    assert "Below the gate" in shown(gate_view(check_gate(poor, path)))
