"""A sample of what `benchmarks/fuzz.py` tries for as long as one likes, and that it would notice a loss."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="names of any bytes, pipes and terminals")
if sys.platform != "win32":
    from benchmarks import fuzz
    from benchmarks.attempts import attempts
ATTEMPTS = {
    "names": 8,
    "courses": 3,
    "documents": 40,
    "questions": 3,
    "lines": 4,
    "escapes": 2,
    "terminals": 1,
}


@pytest.mark.parametrize("kind", ATTEMPTS)
def test_nothing_is_lost(kind: str) -> None:
    found = attempts(fuzz.KINDS[kind], seconds=120, seed=1000, most=ATTEMPTS[kind])
    assert (found.lost, found.tried >= ATTEMPTS[kind]) == ([], True)


def test_every_kind_has_its_sample() -> None:
    assert set(ATTEMPTS) == set(fuzz.KINDS)


def test_a_loss_is_noticed(tmp_path: Path) -> None:
    assert fuzz.loss(lambda: "gone") == "gone"
    assert fuzz.loss(lambda: str(1 / 0)).startswith("ZeroDivisionError")
    assert fuzz.loss(lambda: (_ for _ in ()).throw(ValueError("one\ntwo")), ValueError).startswith("said ")
    assert fuzz.steers("a\x1b[2J\n") == "\\x1b"
    assert fuzz.steers("\x1b[1m一\x1b[0m\u202e", styled=True) == "\\u202e"
    with fuzz.tiny_encoder():
        (tmp_path / "docs").mkdir()
        (tmp_path / "docs" / "a.txt").write_text("甲区总投资3亿元。", "utf-8")
        made = {b"a.txt": "甲区总投资3亿元。".encode(), b"b.txt": b"x"}
        assert fuzz._accounted(tmp_path / "docs", tmp_path / "idx", made) == "b'b.txt' vanished"


def test_what_is_written_at_random_is_what_steers_as_often_as_not() -> None:
    texts = [fuzz.written(Random(seed)) for seed in range(50)]
    assert sum(bool(fuzz.steers(text)) for text in texts) > 25
