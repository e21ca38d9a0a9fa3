"""A conversation kept as a file: readable, inert, and never over another."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from qa.cli.transcript import keep, to_jsonl, to_markdown
from qa.errors import InputError
from qa.schema import Answer, Citation

CITED = Citation("a_b.txt", 0, 9, 1, 3, "总投资\n```\n![](x)", 0.9, 1, headline="<b>标题</b>")
ANSWER = Answer("问*？", "东湖区问*？", "answered", "3_000_元", None, None, 0.9, (CITED,), "1 + 2 = 3")
REFUSED = replace(ANSWER, question="再问？", resolved="再问？", status="no_answer", text=None, note="")


def test_markdown_reads_as_the_conversation_went() -> None:
    turns = [(1, ANSWER), (2, REFUSED), (2, replace(REFUSED, citations=()))]
    assert to_markdown(turns, [CITED], lambda c: 1) == (
        "# 对话\n\n"
        "## 1. 问\\*？\n\n（东湖区问\\*？）\n\n**3\\_000\\_元**（把握 90%） [1]\n\n1 + 2 = 3\n\n"
        "---\n\n"
        "## 2. 再问？\n\n**文档中没有答案** 最接近的段落，不足以回答：[1]\n\n"
        "## 3. 再问？\n\n**文档中没有答案** \n\n"
        "## 引文\n\n"
        "**[1]** a\\_b.txt:1-3 \\<b\\>标题\\</b\\>\n\n````text\n总投资\n```\n![](x)\n````\n"
    )


def test_a_line_of_json_has_its_turn_and_the_numbers_of_its_citations() -> None:
    rows = [
        json.loads(line)
        for line in to_jsonl([(1, ANSWER), (1, REFUSED), (2, ANSWER)], lambda c: 7).splitlines()
    ]
    assert [(r["conversation"], r["turn"], r["answer"]) for r in rows] == [
        (1, 1, "3_000_元"), (1, 2, None), (2, 1, "3_000_元"),
    ]  # fmt: skip
    assert rows[0]["citations"][0]["number"] == 7 and rows[0]["citations"][0]["quote"] == CITED.quote


def test_what_is_there_stays_unless_told_otherwise(tmp_path: Path) -> None:
    name = str(tmp_path / "a.md")
    assert keep(name, "一", False, "/save").read_text("utf-8") == "一"
    with pytest.raises(InputError, match=r"exists and was left as it is\. To overwrite it: /save --force "):
        keep(name, "二", False, "/save")
    assert Path(name).read_text("utf-8") == "一"
    assert keep(name, "二", True, "/save").read_text("utf-8") == "二"
    with pytest.raises(InputError, match="is no file"):
        keep("/dev/null", "三", True, "/save")
