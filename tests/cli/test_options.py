"""What the commands share: how an error ends one, and which index is opened."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from qa.cli.options import fail, open_index
from qa.errors import StoreError


def test_an_error_is_a_line_on_stderr_and_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as exit:
        fail("  no \x1b[31mindex\n", "second")
    out, err = capsys.readouterr()
    assert (exit.value.exit_code, out) == (1, "")
    assert err.splitlines()[0].startswith("qa: no ") and "\x1b" not in err
    assert err.splitlines()[1] == "second"


def test_an_index_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="No index in"):
        open_index(tmp_path / "none")
