"""A digest changes with what a measurement rests on, and with nothing else."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

from qa.evaluation import fingerprints
from qa.evaluation.fingerprints import code_fingerprint, digest, model_fingerprint, versions


def test_a_digest_is_of_the_value_not_of_the_order_of_its_keys():
    assert digest({"a": 1, "b": [2, 3]}) == digest({"b": [2, 3], "a": 1})
    assert digest({"a": 1, "b": [2, 3]}) != digest({"a": 1, "b": [3, 2]})


def test_code_and_data_count_and_everything_else_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    wing = tmp_path / "qa" / "evaluation"
    wing.mkdir(parents=True)
    (tmp_path / "qa" / "data").mkdir()
    monkeypatch.setattr(fingerprints, "__file__", str(wing / "fingerprints.py"))
    seen = [code_fingerprint()]
    for name, text in (("evaluation/a.py", "x = 1"), ("data/words.txt", "词"), ("data/words.txt", "字")):
        (tmp_path / "qa" / name).write_text(text, "utf-8")
        seen.append(code_fingerprint())
    assert len(set(seen)) == 4
    (wing / "notes.txt").write_text("nothing", "utf-8")
    assert code_fingerprint() == seen[-1]


def test_the_bundled_models_have_a_fingerprint():
    """Of nothing it would be the digest of no bytes: the networks were found."""
    assert re.fullmatch("[0-9a-f]{64}", model_fingerprint())
    assert model_fingerprint() != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_versions_are_those_installed_and_a_missing_library_is_left_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fingerprints, "LIBRARIES", ("numpy", "no-such-library"))
    assert versions() == {"numpy": metadata.version("numpy")}
