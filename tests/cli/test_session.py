"""A session over a pipe: questions, numbered citations, commands, errors, the end."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import qa
from qa.cli import session as module
from qa.cli.page import Page
from qa.cli.repl import offers, piped, talk
from qa.cli.session import COMMANDS, Session

EAST = (
    "东湖区经济运行情况\n\n今年一季度开局良好。\n\n2020年，东湖区完成税收3.5亿元；完成固定资产投资60亿元。\n\n"
    "全年形势稳定向好。\n"
)
WEST = "西山区经济运行情况\n\n2020年，西山区完成税收2亿元，现有企业120家。\n"
ASKED = "东湖区2020年税收多少？"


@pytest.fixture(scope="module")
def kb() -> Iterator[qa.KnowledgeBase]:
    with qa.from_texts({"east.txt": EAST, "west.txt": WEST}) as kb:
        yield kb


@pytest.fixture
def session(kb: qa.KnowledgeBase) -> Session:
    return Session(kb, kb.chat())


def broken(question: str) -> None:
    raise qa.QAError("It broke.")


def said(session: Session, text: str | bytes) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    out: list[str] = []
    talk(session, piped(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")), out.append)
    return out


def test_a_follow_up_is_shown_as_understood_with_its_first_citation(session: Session) -> None:
    first, second = said(session, f"{ASKED}\n西山区呢？\n")
    assert first.startswith("3.5亿元") and "[1] east.txt:3-7" in first
    assert second.startswith("（西山区2020年税收多少？）\n2亿元") and "[2] west.txt:3" in second


def test_citations_are_numbered_across_the_session_and_a_passage_keeps_its_number(session: Session) -> None:
    out = said(session, f"{ASKED}\n西山区呢？\n/new\n{ASKED}\n西山区有多少家企业？\n")
    numbers = [part.split("\n[")[1][:1] for part in (out[0], out[1], out[3], out[4])]
    assert numbers == ["1", "2", "1", "2"]
    assert [c.document for c in session.cited] == ["east.txt", "west.txt"]


def test_a_quote_is_short_and_its_context_comes_on_demand(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.cli.show.SHORT", 40)
    short, whole, all_ = said(session, f"{ASKED}\n/sources 1\n/sources\n")
    assert "    …2020年，东湖区完成税收3.5亿元；完成固定资产投资60亿元。…" in short
    lines = whole.splitlines()
    assert "  > 2020年，东湖区完成税收3.5亿元；完成固定资产投资60亿元。" in lines
    assert "    东湖区经济运行情况" in lines and "  > 全年形势稳定向好。" in lines
    assert "    今年一季度开局良好。" in all_ and "…" not in all_


def test_commands_before_the_first_question_say_so(session: Session) -> None:
    out = said(session, "/sources\n/figures\n/why\n/history\n/sources 1\n/open x\n/compare\n")
    assert out[:4] == ["还没有问过。"] * 4
    assert out[4:6] == ["There is no citation '1' (none yet).", "There is no citation 'x' (none yet)."]
    assert out[6] == "要有两个同类的数作答案才能比。\n"


def test_commands_go_by_the_turns_so_far(session: Session) -> None:
    out = said(session, f"{ASKED}\n/history\n/new\n/history\n/help\n/nothing\n")
    assert out[1] == f"  1  {ASKED}  3.5亿元\n"
    assert out[2:4] == ["重新开始。\n", "还没有问过。"]
    assert [line.split()[0] for line in out[4].splitlines()[1:]] == list(COMMANDS)
    assert out[5] == "没有 /nothing 这个命令，/help 列出全部。"


def test_why_tells_how_the_last_answer_came_about(session: Session) -> None:
    assert "候选" in said(session, f"{ASKED}\n/why\n")[1]


def test_open_marks_the_lines_of_the_original(session: Session) -> None:
    out = said(session, f"{ASKED}\n/open 1\n/open 2\n")
    assert out[1].splitlines()[:2] == ["east.txt:3-7", "  1  东湖区经济运行情况"]
    assert [line for line in out[1].splitlines() if line.startswith(">")][-1] == "> 7  全年形势稳定向好。"
    assert out[2] == "There is no citation '2' (1–1)."


def test_open_goes_to_the_pager_at_the_line_on_a_terminal(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[str, int]] = []
    monkeypatch.setattr(module, "paged", lambda text, line: shown.append((text, line)) or True)
    session.interactive = True
    out = said(session, f"{ASKED}\n/open 1\n")
    ((text, line),) = shown
    assert text.splitlines()[line - 1].startswith("> ") and not text.splitlines()[line - 2].startswith("> ")
    assert out[1].startswith("east.txt:") and out[1].count("\n") == 1


def test_figures_are_those_of_the_passages_cited_or_those_that_words_name(session: Session) -> None:
    near, named, none = said(session, f"{ASKED}\n/figures\n/figures 企业\n/figures 铁路\n")[1:]
    assert [row.split("\t")[3] for row in near.splitlines() if row] == ["3.5亿元", "60亿元"]
    assert [row.split("\t")[3] for row in named.splitlines() if row] == ["120家"]
    assert none == "没有这样的数。\n"


def test_a_scope_holds_for_answers_and_figures(session: Session) -> None:
    out = said(
        session, "/scope --in west.txt\n/figures 税收\n/scope all\n/figures 税收\n/scope --in no.txt\n"
    )
    assert out[0] == "范围：west.txt\n" and out[2] == "范围：全部文档\n"
    amounts = [[row.split("\t")[3] for row in text.splitlines() if row] for text in (out[1], out[3])]
    assert amounts == [["2亿元"], ["3.5亿元", "2亿元"]]
    assert "no.txt" in out[4]


def test_many_figures_are_cut_and_counted(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROWS", 1)
    assert "另有 1 个" in said(session, f"{ASKED}\n/figures\n")[1]


def test_answers_of_a_kind_are_compared_with_the_first(session: Session) -> None:
    out = said(session, f"{ASKED}\n西山区呢？\n西山区有多少家企业？\n/new\n{ASKED}\n西山区呢？\n/compare\n")
    compared = [ASKED, "3.5亿元", "西山区2020年税收多少？", "2亿元  （少 1.5亿元，是第一个的 0.57 倍）"]
    assert out[6].splitlines() == compared


def test_what_can_be_asked_next_is_offered_where_somebody_types(session: Session) -> None:
    assert "还可以问" not in said(session, f"{ASKED}\n")[0]
    session.interactive = True
    text = said(session, f"{ASKED}\n")[0]
    assert session.offered == ("东湖区2020年固定资产投资多少？",)
    assert text.endswith("还可以问：\n    东湖区2020年固定资产投资多少？\n")
    assert said(session, f"{session.offered[0]}\n")[0].startswith("60亿元")


def test_what_completes_a_line(session: Session) -> None:
    session.interactive = True
    found = offers(session)
    assert [text for text, _ in found("/s")] == ["/sources", "/scope", "/save"]
    assert list(found("/open ")) == list(found("")) == []
    said(session, f"{ASKED}\n")
    assert list(found("/open ")) == [("/open 1", "east.txt")]
    assert [text for text, _ in found("东")] == ["东湖区2020年固定资产投资多少？"]
    assert list(found("西")) == list(found("/save ")) == []


@pytest.mark.parametrize("end", ["/quit", "/exit", "/q"])
def test_nothing_is_read_after_the_end(session: Session, end: str) -> None:
    assert len(said(session, f"/help\n\n{end}\n/help\n")) == 1


def test_an_error_ends_a_question_and_not_the_conversation(session: Session) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session.chat, "understand", broken)
        assert said(session, f"{ASKED}\n") == ["It broke."]
    assert said(session, f"{ASKED}\n")[0].startswith("3.5亿元")
    session.as_json = True
    bad, good = said(session, "总\n".encode("gb18030") + f"{ASKED}\n".encode())
    assert json.loads(bad)["question"] is None and "stdin:1: not UTF-8" in json.loads(bad)["error"]
    assert json.loads(good)["answer"] == "3.5亿元"


def test_as_json_every_line_is_an_object(session: Session) -> None:
    session.as_json = True
    lines = [json.loads(line) for line in said(session, f"{ASKED}\n/history\n/why\n/sources 9\n")]
    assert lines[1] == {"command": "/history", "said": f"  1  {ASKED}  3.5亿元"}
    assert lines[2]["answer"] == "3.5亿元" and lines[2]["explanation"]["candidates"]
    assert lines[3] == {"question": "/sources 9", "error": "There is no citation '9' (1–1)."}


def test_a_conversation_is_kept_as_files_that_are_not_overwritten_unasked(
    session: Session, tmp_path: Path
) -> None:
    md, jsonl = tmp_path / "对 话.md", tmp_path / "a.jsonl"
    out = said(session, f"{ASKED}\n西山区呢？\n/save {md}\n/save {md}\n/export {jsonl}\n/new\n{ASKED}\n")
    assert out[2] == f"已写入 {md}\n"
    assert out[3] == f"{md} exists and was left as it is. To overwrite it: /save --force {md}"
    first = md.read_text("utf-8")
    assert (
        first.count("\n## ") == 3 and "（西山区2020年税收多少？）" in first and "**[2]** west.txt:3" in first
    )
    assert [json.loads(line)["answer"] for line in jsonl.read_text("utf-8").splitlines()] == [
        "3.5亿元",
        "2亿元",
    ]
    said(session, f"/save --force {md}\n/export --force {jsonl}\n")
    assert md.read_text("utf-8").startswith(first.partition("## 引文")[0])
    turns = [(r["conversation"], r["turn"]) for r in map(json.loads, jsonl.read_text("utf-8").splitlines())]
    assert turns == [(1, 1), (1, 2), (2, 1)]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/save", "Name a file: /save FILE.md"),
        ("/export --force ", "Name a file: /export FILE.jsonl"),
        ("/save {tmp}", "{tmp} is no file. Name another."),
        ("/save {tmp}/no/a.md", "{tmp}/no/a.md cannot be written (no such file or directory). Name another."),
    ],
)
def test_what_cannot_be_written_is_a_line(session: Session, tmp_path: Path, typed: str, told: str) -> None:
    assert said(session, typed.format(tmp=tmp_path) + "\n") == [told.format(tmp=tmp_path)]


def test_the_width_is_asked_for_every_answer(kb: qa.KnowledgeBase) -> None:
    widths = iter([Page(30), Page(60)])
    session = Session(kb, kb.chat(), lambda: next(widths))
    first, second = said(session, f"{ASKED}\n{ASKED}\n")
    assert max(map(len, second.splitlines())) > max(map(len, first.splitlines()))


def test_nothing_of_a_document_steers_a_terminal() -> None:
    evil = "\x1b]0;x\x07\u202e"
    name = f"a{evil}.txt"
    with qa.from_texts(
        {name: f"东湖区{evil}情况\n\n2020年，东湖区完成税收3.5亿元{evil}，固定资产投资60亿元。\n"}
    ) as kb:
        session = Session(kb, kb.chat(), interactive=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "paged", lambda text, line: False)
            out = said(session, f"{ASKED}\n/sources 1\n/sources\n/open 1\n/figures\n/compare\n/history\n")
    assert out[3].startswith("a\\x1b")
    assert not any(sign in "".join(out) for sign in "\x1b\x07\u202e")
