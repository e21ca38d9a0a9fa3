"""A conversation at a terminal: Ctrl-C, a window that changes its size, bytes that are no text."""

from __future__ import annotations

import os
import re
import select
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import qa
from qa.answer.chat import Chat
from qa.cli.page import Page
from qa.cli.repl import Talk, talk
from qa.schema import Answer

pty = pytest.importorskip("pty")

SCRIPT = """
import sys, time
from qa.cli.repl import Talk, talk
from qa.cli.page import Page
from qa.cli.terminal import put
from qa.answer.chat import Chat
from qa.schema import Answer

import qa
kb = qa.from_texts({"a.txt": "东湖区完成税收3亿元。"})

def ask(question, sense, *how):
    print("asked", flush=True)
    time.sleep(60 if "slow" in question else 0)
    return Answer(question, sense.resolved, "answered", f"<{question}>", None, None, 0.5, ())

talk(Chat(ask, lambda: kb._sources), sys.stdin, put, Talk(Page, interactive=True))
print("left")
"""


class Terminal:
    """A process with a terminal of its own."""

    def __init__(self, script: str) -> None:
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a suite in the background hands it on ignored
            root = str(Path(__file__).parents[2])
            settings = {"PYTHONPATH": root, "LC_ALL": "C.UTF-8", "TERM": "xterm", "PYTHONWARNINGS": "ignore"}
            os.execve(sys.executable, [sys.executable, "-c", script], os.environ | settings)
        self.said = b""

    def type(self, data: bytes) -> None:
        os.write(self.file, data)

    def expect(self, what: str, within: float = 30) -> str:
        """Everything said up to `what`, which is taken out of what is yet to be expected."""
        end = time.monotonic() + within
        while what.encode() not in self.said and time.monotonic() < end:
            if select.select([self.file], [], [], 0.2)[0]:
                try:
                    self.said += os.read(self.file, 4096)
                except OSError:  # the process is gone
                    break
        before, found, self.said = self.said.partition(what.encode())
        assert found, before.decode("utf-8", "replace")
        return before.decode("utf-8", "replace")


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal(SCRIPT)
    terminal.expect("问> ")
    yield terminal
    os.close(terminal.file)
    os.waitpid(terminal.pid, 0)


def test_ctrl_c_during_an_answer_ends_the_answer_not_the_chat(terminal: Terminal) -> None:
    terminal.type(b"slow\n")
    terminal.expect("asked")
    terminal.type(b"\x03")
    terminal.expect("（已中断）", within=10)
    terminal.expect("问> ")
    terminal.type("快问\n".encode())
    terminal.expect("<快问>")
    terminal.expect("问> ")
    terminal.type(b"/history\n")
    history = terminal.expect("问> ")
    assert "快问" in history and "slow" not in history.replace("/history", "")
    terminal.type(b"half a line\x03")
    terminal.expect("问> ")
    terminal.type(b"\x04")
    terminal.expect("left")


def test_bytes_that_are_no_text_are_one_line_and_the_chat_goes_on(terminal: Terminal) -> None:
    terminal.type("总投资多少？".encode("gb18030") + b"\n")
    said = terminal.expect("问> ")
    assert "UTF-8" in said and "asked" not in said
    terminal.type(b"next\n")
    terminal.expect("<next>")
    terminal.expect("问> ")
    terminal.type(b"\x04")
    terminal.expect("left")


def test_the_width_is_asked_for_every_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = iter(["一" * 30, "二" * 30, "/quit"])
    widths, shown = iter([20, 40]), []
    monkeypatch.setattr("builtins.input", lambda _: next(lines))

    def ask(question: str, resolved: str, *how: object) -> Answer:
        return Answer(question, question, "answered", question, None, None, 0.5, ())

    kb = qa.from_texts({"a.txt": "东湖区完成税收3亿元。"})
    how = Talk(lambda: Page(next(widths)), interactive=True)
    talk(Chat(ask, lambda: kb._sources), sys.stdin, shown.append, how)
    assert [len(re.findall("[一二]+", text)[0]) for text in shown] == [10, 20]
