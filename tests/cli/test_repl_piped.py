"""A conversation over a pipe: questions, commands, errors, the end."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from qa.cli.page import Page
from qa.cli.repl import HELP, Talk, talk
from qa.errors import QAError
from qa.schema import Answer, Citation

CITED = Citation("a.txt", 0, 3, 1, 1, "总投资", 0.9, 1)
ANSWER = Answer(
    "问？", "问？", "answered", "3亿元", None, None, 0.9, (CITED, replace(CITED, document="b.txt"))
)


@dataclass
class Scripted:
    """A chat that answers every question alike, and completes 它."""

    turns: list[Answer] = field(default_factory=list)

    def ask(self, question: str) -> Answer:
        if question == "坏":
            raise QAError("It broke.")
        self.turns.append(replace(ANSWER, question=question, resolved=question.replace("它", "东湖区")))
        return self.turns[-1]

    def why(self) -> Answer:
        return self.turns[-1]

    def clear(self) -> None:
        self.turns.clear()


def _said(text: str | bytes, **how: Any) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    out: list[str] = []
    chat: Any = Scripted()
    talk(chat, io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"), out.append, Talk(Page, **how))
    return out


def test_a_follow_up_is_shown_as_understood_with_its_first_citation() -> None:
    first, second = _said("问？\n它呢？\n")
    assert first.startswith("3亿元") and "a.txt:1" in first and "b.txt" not in first
    assert "另有 1 处引文：/sources" in first
    assert second.startswith("（东湖区呢？）\n3亿元")


def test_commands_go_by_the_turns_so_far() -> None:
    out = _said("/sources\n问？\n/sources\n/history\n/new\n/why\n/help\n/nothing\n")
    assert out[0] == out[5] == "还没有问过。\n"
    assert "[1] a.txt:1" in out[2] and "[2] b.txt:1" in out[2]
    assert out[3] == "  1  问？  3亿元\n"
    assert (out[4], out[6]) == ("重新开始。\n", HELP + "\n")
    assert out[7] == "没有 /nothing 这个命令，/help 列出全部。\n"


@pytest.mark.parametrize("end", ["/quit", "/exit", "/q"])
def test_nothing_is_read_after_the_end(end: str) -> None:
    assert len(_said(f"问？\n\n{end}\n再问？\n")) == 1


def test_an_error_ends_a_question_and_not_the_conversation() -> None:
    assert _said("坏\n问？\n")[0] == "It broke."
    bad, good = _said("总\n".encode("gb18030") + "问？\n".encode(), as_json=True)
    assert json.loads(bad)["question"] is None and "stdin:1: not UTF-8" in json.loads(bad)["error"]
    assert json.loads(good)["answer"] == "3亿元"
