"""The calibration of an index: kept whole, known again, refused where it is of another ranker."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from qa.answer.confidence import FILE, Calibration, Quality, load_calibration, ranker_with, to_text
from qa.answer.ranker import Scale, bundled
from qa.errors import StoreError

MADE = Calibration(
    1.25, -0.5, 0.4, bundled().fingerprint, 12, Quality(0.5, 0.2, 0.6, 0.7), Quality(0.4, 0.1, 0.7, 0.8)
)


def kept(folder: Path, calibration: Calibration = MADE) -> Path:
    (folder / FILE).write_text(to_text(calibration), encoding="utf-8")
    return folder


def test_what_is_kept_is_what_is_read(tmp_path: Path) -> None:
    assert load_calibration(tmp_path) is None
    assert load_calibration(kept(tmp_path)) == MADE
    assert json.loads((tmp_path / FILE).read_text("utf-8")).keys() == MADE.to_json().keys() | {"sha256"}


def test_its_scale_takes_the_place_of_the_bundled_one() -> None:
    assert MADE.scale == Scale(1.25, -0.5, 0.4)
    mine = ranker_with(MADE)
    assert (mine.trees, mine.fingerprint, mine.scale) == (bundled().trees, bundled().fingerprint, MADE.scale)
    assert ranker_with(None) is bundled()


def test_a_summary_says_enough_to_tell_two_apart() -> None:
    said = MADE.summary()
    told = {"questions": 12, "threshold": 0.4, "ece_before": 0.2, "ece_after": 0.1}
    assert said == told | {"fingerprint": said["fingerprint"]} and len(said["fingerprint"]) == 12
    assert replace(MADE, slope=1.26).summary()["fingerprint"] != said["fingerprint"]
    assert replace(MADE).summary() == said


def refused(folder: Path) -> str:
    """The one line of a calibration that cannot be used."""
    with pytest.raises(StoreError) as caught:
        load_calibration(folder)
    (line,) = str(caught.value).splitlines()
    assert line.endswith(f"qa calibrate --reset --index {folder}")
    return line


def test_one_that_was_fitted_to_another_ranker_is_one_clear_line(tmp_path: Path) -> None:
    said = refused(kept(tmp_path, replace(MADE, ranker="0" * 12)))
    assert said.startswith(f"The calibration of '{tmp_path}' is of another version of qa.")


def test_one_of_an_older_version_is_one_clear_line(tmp_path: Path) -> None:
    """Until 0.1 a calibration held weights by signal."""
    quality = {"threshold": 0.5, "ece": 0.1, "grounded": 0.8, "refusal_recall": 0.5}
    old = {"weights": {"bias": -1.0, "cover": 2.0}, "threshold": 0.5, "questions": 12}
    old |= {"before": quality, "after": quality}
    digest = sha256(json.dumps(old, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    (tmp_path / FILE).write_text(json.dumps(old | {"sha256": digest}), encoding="utf-8")
    assert "of another version of qa" in refused(tmp_path)


@pytest.mark.parametrize(
    "damage", [b"", b"[]", b"{", b"null", b'{"sha256": ""}', b'{"threshold": NaN}', b"\xff"]
)
def test_a_damaged_one_is_one_clear_line(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / FILE).write_bytes(damage)
    assert f"{FILE} in '{tmp_path}' is damaged" in refused(tmp_path)


@pytest.mark.parametrize("name", ["slope", "shift", "threshold", "ranker", "questions"])
def test_a_changed_value_is_noticed(tmp_path: Path, name: str) -> None:
    record = json.loads((kept(tmp_path) / FILE).read_text("utf-8"))
    record[name] = "other" if name == "ranker" else record[name] + 1
    (tmp_path / FILE).write_text(json.dumps(record), encoding="utf-8")
    assert "is damaged" in refused(tmp_path)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_none_are_damage(tmp_path: Path, value: float) -> None:
    assert "is damaged" in refused(kept(tmp_path, replace(MADE, slope=value)))


def test_a_folder_in_its_place_is_damage(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    assert "is damaged" in refused(tmp_path)
