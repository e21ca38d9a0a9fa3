"""Networks are run without a word to anybody: see also test_nothing_sent, which runs whole commands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qa.models.runtimes import SILENT, open_session

MODEL = next((Path(__file__).parents[2] / "embeddings").glob("*/*.onnx"))


def test_the_environment_is_silent_before_the_first_session(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SILENT:
        monkeypatch.setenv(name, "0")
    session = open_session(MODEL, basic=True)
    assert {name: os.environ[name] for name in SILENT} == SILENT
    assert session.get_providers() == ["CPUExecutionProvider"]


def test_a_file_that_is_no_network_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(b"no network")
    with pytest.raises(Exception, match=r"x\.onnx"):
        open_session(tmp_path / "x.onnx")
