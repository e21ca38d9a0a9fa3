"""The commands of scripted evaluation: what they print, where they write, when they fail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import EAST, one_line, qa

ASKED = {"id": "1", "question": "东城经开区一期工程总投资多少？", "answers": ["3.2亿元"], "type": "figure"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index, a question file, and a finished run."""
    home = tmp_path_factory.mktemp("evaluation")
    (home / "east.txt").write_text(EAST, "utf-8")
    assert qa("index", str(home / "east.txt"), "--index", str(home / "idx")).exit_code == 0
    evidence = [{"document": "east.txt", "quote": "总投资3.2亿元"}]
    (home / "q.jsonl").write_text(json.dumps(ASKED | {"evidence": evidence}) + "\n", "utf-8")
    words = ("evaluate", str(home / "q.jsonl"), "--index", str(home / "idx"), "--out", str(home / "run"))
    assert qa(*words).exit_code == 0
    return home


def test_metrics_as_json_and_a_run_that_goes_on(home: Path) -> None:
    words = ("evaluate", str(home / "q.jsonl"), "--index", str(home / "idx"), "--out", str(home / "run"))
    done = qa(*words, "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["metrics"]["grounded"]["value"] == 1.0
    assert len((home / "run" / "answers.jsonl").read_text("utf-8").splitlines()) == 1


def test_a_gate_is_set_holds_and_fails(home: Path) -> None:
    gate = str(home / "gate.json")
    assert qa("gate", str(home / "run"), gate, "--update", "--metric", "grounded").exit_code == 0
    assert qa("gate", str(home / "run"), gate).exit_code == 0
    record = json.loads(Path(gate).read_text("utf-8"))
    Path(gate).write_text(json.dumps(record | {"floors": {"grounded": 1.5}}), "utf-8")
    done = qa("gate", str(home / "run"), gate)
    assert (done.exit_code, "Below the gate" in done.stdout) == (1, True)


def test_a_run_against_itself_is_the_same(home: Path) -> None:
    done = qa("compare", str(home / "run"), str(home / "run"), "--json")
    found = json.loads(done.stdout)
    assert (found["n"], found["changes"]) == (1, [])
    assert {difference["verdict"] for difference in found["differences"]} == {"same"}


def test_mistakes_are_told_before_anything_is_asked(home: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"question": 3}\n', "utf-8")
    done = qa("evaluate", str(tmp_path / "bad.jsonl"), "--index", str(home / "idx"))
    assert (done.exit_code, done.stdout) == (1, "")
    assert 'bad.jsonl:1: "question" must be a string' in done.stderr
    assert one_line(qa("compare", str(home / "run"))).startswith("Comparing takes two runs")


def test_calibrating_needs_questions_or_a_reset(home: Path) -> None:
    assert qa("calibrate", "--index", str(home / "idx")).exit_code == 2
    done = qa("calibrate", "--reset", "--index", str(home / "idx"))
    assert (done.exit_code, done.stdout) == (0, "")
    assert "had no calibration" in done.stderr
