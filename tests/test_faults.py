"""A sample of what `benchmarks/faults.py` tries for as long as one likes, and that it would notice a loss."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
if hasattr(os, "fork"):
    from benchmarks import faults
    from benchmarks.attempts import attempts
ATTEMPTS = {"damage": 30, "kills": 6, "errors": 10, "opens": 1, "others": 12}


@pytest.mark.parametrize("kind", ATTEMPTS)
def test_nothing_is_lost(kind: str) -> None:
    found = attempts(faults.KINDS[kind], seconds=60, seed=1000, most=ATTEMPTS[kind])
    assert (found.lost, found.tried >= ATTEMPTS[kind]) == ([], True)


def test_every_kind_has_its_sample() -> None:
    assert set(ATTEMPTS) == set(faults.KINDS)


def test_a_loss_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an index with other content, and of one that ends in a traceback."""
    other = {"a.txt": "丁区"}
    faults.put(tmp_path / "index", other)
    assert faults.used(tmp_path / "index", [other]) == ""
    assert faults.used(tmp_path / "index", [faults.SMALL]) == "other content than was written"
    monkeypatch.setattr(faults, "open_store", lambda folder: 1 / 0)
    assert faults.used(tmp_path / "index", [other]).startswith("ZeroDivisionError: ")


def test_attempts_are_counted_and_name_their_seeds() -> None:
    def kind(random: Random, home: Path) -> Iterator[str]:
        yield ""
        yield "gone" if random.random() == Random(7).random() else ""

    found = attempts(kind, seconds=60, seed=5, most=4)
    assert (found.tried, found.lost) == (8, ["seed 7: gone"])
