"""Evaluations, comparisons and gates as tables for a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from measured import park
from rich.console import Console

from qa.cli.tables import comparison_view, evaluation_view, gate_view
from qa.evaluation.compare import compare
from qa.evaluation.gate import check_gate, update_gate
from qa.evaluation.run import Evaluation


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
