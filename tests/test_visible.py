"""What would steer a terminal is spelt out, character by character, in everything that a command writes."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import qa
from hypothesis import given
from hypothesis import strategies as st

from qa import pipeline
from qa.cli import app, evaluation, options
from qa.cli.page import Page
from qa.evaluation.report import script_json
from qa.interface import dump
from qa.knowledge import KnowledgeBase
from qa.visible import STEERING, escaped, visible, visible_within

EVIL = (
    "\x1b]0;title\x07\x1b]8;;http://x\x1b\\\x1b]52;c;aGk=\x07"  # window title, link, clipboard
    "\x1b[2J\x1b[8m\x1b[1A\x9b31m\x9d0;x\x9c\x85\x7f\x0e"  # wipe, conceal, go up; the same in C1
    "\u202e\u2066\u200f\u061c\u2028"
)
STYLE = re.compile(r"\x1b\[(?:0|1|2|3|1;4|1;2|2;3|31|32|36|35)m")
TEXT = f"""{EVIL}东城经开区跳动的音符{EVIL}

东城经开区{EVIL}一期工程总投资3.2{EVIL}亿元，占地150亩。{EVIL}项目于2021年5月开工。
西城高新区二期工程总投资5亿元\u202e，占地80亩。
"""
QUESTION = f"东城经开区一期工程{EVIL}总投资多少？"
NAME = f"报{EVIL.replace('/', '')}\n告.txt"
BAD = f"bad{EVIL.replace('/', '')}.jsonl"


def steers(text: str, styled: bool = False) -> list[str]:
    """What in a page would steer a terminal, its own styles left out where it has any."""
    bare = STYLE.sub("", text) if styled else text
    return [char for char in STEERING.findall(bare) if char not in "\n\t"]


@given(st.text())
def test_nothing_that_steers_is_left_and_all_else_stays(text: str) -> None:
    shown = visible(text)
    assert not STEERING.search(shown)
    assert visible(shown) == shown
    bare = text.replace("\\", "")
    spelt = re.compile(r"\\(?:[tnr]|x[0-9a-f]{2}|u[0-9a-f]{4})")
    assert spelt.sub("", visible(bare)) == STEERING.sub("", bare)


@given(st.text(), st.integers(0, 20))
def test_where_the_visible_beginning_ends_the_rest_begins(text: str, at: int) -> None:
    assert visible(text[:at]) + visible(text[at:]) == visible(text)


@given(st.text())
def test_controls_and_marks_of_direction_are_among_what_steers(text: str) -> None:
    for char in text:
        control = unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")
        turns = unicodedata.bidirectional(char) in {
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
            "FSI",
            "PDI",
        }
        assert not (control or turns) or STEERING.fullmatch(char)


def test_line_ends_are_kept_where_that_is_asked_for() -> None:
    assert visible("a\r\nb\nc\rd\te", "\n\t") == "a\r\nb\nc\\rd\te"
    assert visible("a\r\nb") == "a\\r\\nb"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_is_the_same_value_and_steers_nothing(text: str) -> None:
    line = dump({text: [text]})
    assert json.loads(line) == {text: [text]}
    assert not STEERING.search(line)


def test_json_holds_halves_of_pairs_and_bytes_of_names() -> None:
    assert escaped(json.dumps("\ud800\udcb1", ensure_ascii=False)) == '"\\ud800\\udcb1"'
    assert dump("\udcb1") == '"\\udcb1"'


def test_a_report_shows_what_steers() -> None:
    held = json.loads(script_json({"quote": f"一\n{EVIL}"}))
    assert held == {"quote": f"一\n{visible(EVIL)}"} == visible_within({"quote": f"一\n{EVIL}"}, "\n")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A document whose name and text are full of what steers, and files that give none."""
    home = tmp_path_factory.mktemp("evil")
    (home / "docs").mkdir()
    (home / "docs" / NAME).write_text(TEXT, "utf-8", newline="")
    (home / "docs" / f"x{NAME}").write_bytes(b"\x00\x01" * 50)
    (home / "docs" / f"y.p{EVIL.replace('/', '')}df").write_bytes(b"%PDF")
    rows = [{"id": EVIL, "question": QUESTION, "answers": [f"3.2亿元{EVIL}"], "type": EVIL, "evidence": []}]
    rows.append(
        {"id": "2", "question": "西城高新区二期工程占地多少亩？", "answers": ["80亩"], "type": "[/x]"}
    )
    (home / "q.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    (home / BAD).write_text(json.dumps({"question": EVIL, "answers": 3}), "utf-8")
    assert qa("index", str(home / "docs"), "--index", str(home / "idx")).exit_code == 1
    return home


@pytest.fixture(autouse=True)
def opened(home: Path, base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is opened once; what is none is opened by the command itself."""
    opens = options.open_index
    for place in (app, evaluation):
        monkeypatch.setattr(place, "open_index", lambda at: base if at == home / "idx" else opens(at))


@pytest.fixture(scope="module")
def base(home: Path) -> Iterator[KnowledgeBase]:
    with pipeline.open(home / "idx") as base:
        yield base


NOWHERE = f"{{home}}/none{EVIL}\n"
COMMANDS = {
    "index": ["index", "{home}/docs", "INDEX"],
    "info": ["info", "INDEX"],
    "verify": ["verify", "INDEX"],
    "ask": ["ask", QUESTION, "--explain", "INDEX"],
    "no answer": ["ask", f"南城{EVIL}的进出口总额？", "INDEX"],
    "batch": ["ask", "--input", "{home}/q.jsonl", "INDEX"],
    "search": ["search", f"总投资{EVIL}", "INDEX"],
    "figures": ["figures", "INDEX"],
    "evaluate": ["evaluate", "{home}/q.jsonl", "--out", "{home}/run", "INDEX"],
    "compare": ["compare", "{home}/run", "{home}/run"],
    "bad questions": ["evaluate", f"{{home}}/{BAD}", "INDEX"],
    "no index": ["ask", "总投资", "--index", NOWHERE],
    "no path": ["index", NOWHERE, "INDEX"],
    "no command": [f"what{EVIL}\n"],
    "no option": ["ask", f"--what{EVIL}"],
    "no argument": ["ask", "一", f"二{EVIL}"],
    "no number": ["ask", "总投资", "-k", EVIL],
    "no encoding": ["index", "{home}/docs", "--encoding", f"x{EVIL}", "INDEX"],
    "remove": ["remove", NOWHERE, "INDEX"],
}


def words_of(command: str, home: Path) -> list[str]:
    words = [word.replace("{home}", str(home)) for word in COMMANDS[command]]
    return [*words[:-1], "--index", str(home / "idx")] if words[-1] == "INDEX" else words


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_lets_a_document_or_a_name_steer(
    home: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    words = words_of(command, home)
    for form in ([], ["--json"], ["--csv"] if command == "figures" else []):
        done = qa(*words, *form)
        assert done.stdout or done.stderr
        assert steers(done.stdout) == steers(done.stderr) == [], form
    monkeypatch.setattr(app, "page", lambda: Page(60, styled=True))
    done = qa(*words)
    assert steers(done.stdout, styled=True) == steers(done.stderr, styled=True) == []


def test_a_chat_lets_nothing_steer(home: Path) -> None:
    lines = [QUESTION, f"/{EVIL}", "/sources", "/history", "/why", f"那西城{EVIL}高新区呢？"]
    given = "\n".join(line.replace("\u2028", "") for line in lines).encode() + b"\n\xb1\xa8\n"
    for form in ([], ["--json"]):
        done = qa("chat", *form, "--index", str(home / "idx"), given=given)
        assert done.stdout.count("3.2") and steers(done.stdout) == steers(done.stderr) == []


def test_quotes_stay_exact_in_json(home: Path) -> None:
    answer = json.loads(qa("ask", QUESTION, "--json", "--index", str(home / "idx")).stdout)
    assert answer["question"] == QUESTION
    for citation in answer["citations"]:
        assert citation["document"] == NAME
        assert citation["quote"] == TEXT[citation["start"] : citation["end"]]


def test_a_report_is_safe(home: Path) -> None:
    qa("evaluate", str(home / "q.jsonl"), "--out", str(home / "run"), "--index", str(home / "idx"))
    (page,) = (home / "run").glob("*.html")
    assert steers(page.read_text("utf-8")) == []


def test_csv_is_read_back_with_what_steers_spelt_out(home: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(qa("figures", "--csv", "--index", str(home / "idx")).stdout)))
    assert {row["document"] for row in rows} == {visible(NAME, "\n")}


def test_marks_stay_on_their_characters_behind_what_is_spelt_out(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "page", lambda: Page(200, styled=True))
    shown = qa("ask", "西城高新区二期工程占地多少亩？", "-k", "1", "--index", str(home / "idx")).stdout
    marked = "".join(re.findall(r"\x1b\[1;4m(.*?)\x1b\[0m", shown))
    assert "80亩" in marked and "\\u202e" in marked
