"""A conversation at a terminal: history, pasted lines, completion, Ctrl-C, bytes that are no text."""

from __future__ import annotations

import os
import re
import select
import signal
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

fcntl, pty, termios = (pytest.importorskip(name) for name in ("fcntl", "pty", "termios"))

SCRIPT = """
import sys, time
from qa.cli.prompt import typed
from qa.cli.repl import offers, talk
from qa.cli.session import Session
from qa.cli.terminal import put
from qa.answer.chat import Chat
from qa.schema import Answer

import qa
kb = qa.from_texts({"a.txt": "东湖区完成税收3亿元。"})

def ask(question, sense, *how):
    print("asked", flush=True)
    time.sleep(60 if "slow" in question else 0)
    return Answer(question, sense.resolved, "answered", f"<{question}>", None, None, 0.5, ())

session = Session(kb, Chat(ask, lambda: kb._sources), interactive=True)
talk(session, typed(offers(session)), put)
print("left")
"""
_STYLE = re.compile(rb"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07)")


def resize(terminal: int, columns: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


class Terminal:
    """A process with a terminal of its own."""

    def __init__(self, script: str) -> None:
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a suite in the background hands it on ignored
            root = str(Path(__file__).parents[2])
            resize(0, 80)
            settings = {
                "PYTHONPATH": root,
                "LC_ALL": "C.UTF-8",
                "TERM": "xterm",
                "PROMPT_TOOLKIT_NO_CPR": "1",
                "PYTHONWARNINGS": "ignore",
            }
            os.execve(sys.executable, [sys.executable, "-c", script], os.environ | settings)
        self.said = b""

    def type(self, data: str | bytes) -> None:
        os.write(self.file, data.encode() if isinstance(data, str) else data)

    def expect(self, what: str, within: float = 20) -> str:
        """All that was said up to `what`, without styles; it is taken out of what is yet to be expected."""
        end = time.monotonic() + within
        while what.encode() not in self.said and time.monotonic() < end:
            if select.select([self.file], [], [], 0.2)[0]:
                try:
                    self.said = _STYLE.sub(b"", self.said + os.read(self.file, 4096))
                except OSError:  # the process is gone
                    break
        before, found, self.said = self.said.partition(what.encode())
        assert found, before.decode("utf-8", "replace")
        return before.decode("utf-8", "replace")


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal(SCRIPT)
    terminal.expect("问>")
    yield terminal
    os.close(terminal.file)
    os.waitpid(terminal.pid, 0)


def test_ctrl_c_during_an_answer_ends_the_answer_not_the_chat(terminal: Terminal) -> None:
    terminal.type("slow\r")
    terminal.expect("asked")
    terminal.type(b"\x03")
    terminal.expect("（已中断）", within=10)
    terminal.expect("问>")
    terminal.type("快问\r")
    terminal.expect("<快问>")
    terminal.expect("问>")
    terminal.type("/history\r")
    terminal.expect("快问  <快问>")
    terminal.expect("问>")
    terminal.type(b"half a line\x03")
    terminal.expect("问>")
    terminal.type(b"\x04")
    assert "asked" not in terminal.expect("left")


def test_bytes_that_are_no_text_are_one_line_and_the_chat_goes_on(terminal: Terminal) -> None:
    terminal.type("总投资多少？".encode("gb18030") + b"\r")
    assert "asked" not in terminal.expect("UTF-8")
    terminal.expect("问>")
    terminal.type("next\r")
    terminal.expect("<next>")


def test_several_pasted_lines_wait_for_return_and_are_answered_one_by_one(terminal: Terminal) -> None:
    terminal.type("\x1b[200~一问？\n二问？\x1b[201~")
    terminal.expect("二问？")
    time.sleep(0.3)
    terminal.type("\r")
    assert "asked" in terminal.expect("<一问？>")
    terminal.expect("问> 二问？")
    terminal.expect("<二问？>")


def test_up_brings_a_line_back_and_tab_completes_a_command(terminal: Terminal) -> None:
    terminal.type("一问？\r")
    terminal.expect("<一问？>")
    terminal.expect("问>")
    terminal.type("\x1b[A")
    terminal.expect("一问？")
    terminal.type("\r")
    terminal.expect("<一问？>")
    terminal.expect("问>")
    terminal.type("/hist")
    terminal.expect("/history")  # what is offered as one types
    terminal.type("\t")
    time.sleep(0.5)
    terminal.type("\r")
    terminal.expect("  2  一问？")


def test_a_window_that_changes_its_size_is_no_harm(terminal: Terminal) -> None:
    for columns in (20, 200):
        terminal.type("总投资")
        resize(terminal.file, columns)
        os.kill(terminal.pid, signal.SIGWINCH)
        time.sleep(0.3)
        terminal.type("多少？\r")
        terminal.expect("<总投资多少？>")
        terminal.expect("问>")
