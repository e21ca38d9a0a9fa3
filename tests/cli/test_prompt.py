"""Lines typed: what keys make of them, without a terminal of their own (see test_repl for one)."""

from __future__ import annotations

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from qa.cli.prompt import WELCOME, typed
from qa.errors import InputError


def lines(keys: str) -> list[str | InputError]:
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(keys + "\x04")
        return list(typed(lambda before: [("/open 1", "a.txt")] if before == "/o" else []))


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ("  总投资多少？ \r", ["总投资多少？"]),
        ("\r   \r", []),
        ("dropped\x03一问\r", ["一问"]),
        ("\x1b[200~一问\r\n\n二问\n\x1b[201~\r", ["一问", "二问"]),
    ],
)
def test_what_is_typed(keys: str, found: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(keys) == found
    shown = capsys.readouterr()
    assert shown.err == f"{WELCOME}\n" and ("问> 二问\n" in shown.out) == (found[-1:] == ["二问"])
