"""A file over the limit is told, and the limit that help names is the one that holds."""

from __future__ import annotations

from pathlib import Path

from commands import one_line, qa

from qa.limits import LARGEST, MEGABYTE
from qa.schema import Root


def test_the_limit_that_help_names_is_the_one_that_holds(tmp_path: Path) -> None:
    assert Root("/a").largest == LARGEST
    assert f"{LARGEST // MEGABYTE}" in qa("index", "--help").stdout
    (tmp_path / "a.txt").write_text("投资" * MEGABYTE, "utf-8")
    done = qa("index", str(tmp_path / "a.txt"), "--index", str(tmp_path / "idx"), "--max-size", "1")
    assert "a.txt" in one_line(done)
