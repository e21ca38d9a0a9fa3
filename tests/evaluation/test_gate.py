"""Gates of builds: floors that hold, and are lowered only when told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from measured import ASKED, park

from qa.errors import InputError
from qa.evaluation.gate import check_gate, metric_of, read_gate, update_gate
from qa.evaluation.run import Evaluation


@pytest.fixture(scope="module")
def poor() -> Evaluation:
    return park(0.3)


@pytest.fixture(scope="module")
def good() -> Evaluation:
    return park(0.8)


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
