"""Scopes as users set them: at the command line, in a chat, from Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import one_line
from commands import qa as command

import qa
from qa.cli.scopes import text, told
from qa.errors import InputError
from qa.search.scope import read_scope

EARLY = "东城经开区动态\n\n发布时间：2019-07-03\n\n东城经开区今年一期工程总投资3.2亿元，占地150亩。\n"
LATE = "东城经开区动态\n\n发布时间：2021-05-06\n\n东城经开区今年一期工程总投资5.6亿元，占地230亩。\n"
WEST = "西城高新区概况\n\n西城高新区今年二期工程总投资7.1亿元，占地90亩，即将竣工投产。\n"
ASKED = "东城经开区一期工程总投资多少？"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("scopes")
    for name, said in {"2019/a.txt": EARLY, "2021/a.txt": LATE, "west.txt": WEST}.items():
        (home / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (home / "docs" / name).write_text(said, "utf-8")
    assert command("index", str(home / "docs"), "--index", str(home / "idx")).exit_code == 0
    return home / "idx"


@pytest.fixture(scope="module")
def kb(index: Path) -> Iterator[qa.KnowledgeBase]:
    with qa.open(index) as opened:
        yield opened


@pytest.mark.parametrize(
    ("scope", "answer"),
    [
        (["--in", "2019"], "3.2亿元"),
        (["--in", "2021/a.txt"], "5.6亿元"),
        (["--until", "2019"], "3.2亿元"),
        (["--since", "2020-01", "--subject", "东城"], "5.6亿元"),
    ],
)
def test_the_answer_is_that_of_the_scope(index: Path, scope: list[str], answer: str) -> None:
    done = command("ask", ASKED, *scope, "--json", "--index", str(index))
    assert (done.exit_code, json.loads(done.stdout)["answer"]) == (0, answer)


def test_what_lies_outside_is_refused_and_its_name_is_a_stranger(index: Path, kb: qa.KnowledgeBase) -> None:
    asked = "西城高新区二期工程总投资多少？"
    assert kb.ask(asked).text == "7.1亿元"
    done = command("ask", asked, "--in", "2019", "--explain", "--json", "--index", str(index))
    told_of = json.loads(done.stdout)
    assert done.exit_code == 3
    assert "西城高新区" in told_of["explanation"]["understood"]["unknown"]
    assert {c["document"] for c in told_of["citations"]} == {"2019/a.txt"}


def test_search_figures_and_batches_have_the_scope_too(index: Path, kb: qa.KnowledgeBase) -> None:
    found = command("search", "总投资", "--in", "2019", "--in", "west.txt", "--json", "--index", str(index))
    assert {json.loads(line)["document"] for line in found.stdout.splitlines()} == {"2019/a.txt", "west.txt"}
    figures = command("figures", "总投资", "--since", "2020", "--json", "--index", str(index))
    assert [json.loads(line)["number"] for line in figures.stdout.splitlines()] == [5.6]
    rows = "\n".join(json.dumps({"question": q, "conversation": 1}) for q in (ASKED, "占地多少亩？"))
    batch = command("ask", "--input", "-", "--json", "--until", "2019", "--index", str(index), given=rows)
    assert [json.loads(line)["answer"] for line in batch.stdout.splitlines()] == ["3.2亿元", "150亩"]
    assert [f.value.number for f in kb.figures(metric="占地", in_="west.txt")] == [90]
    assert {hit.passage.document for hit in kb.search("总投资", since=2021)} == {"2021/a.txt"}


@pytest.mark.parametrize("words", [["ask", ASKED], ["search", ASKED], ["figures"], ["chat"]])
def test_a_scope_that_holds_nothing_is_one_line(index: Path, words: list[str]) -> None:
    said = one_line(command(*words, "--in", "2020", "--index", str(index)))
    assert said == "The index holds nothing under '2020'. It holds: 2019/, 2021/, west.txt."
    said = one_line(command(*words, "--since", "昨天", "--index", str(index)))
    assert said.startswith("'昨天' is no date. Write a year, a month or a day")


def test_a_batch_in_a_scope_that_holds_nothing_is_one_line(index: Path) -> None:
    row = json.dumps({"question": ASKED})
    done = command("ask", "--input", "-", "--subject", "南城", "--index", str(index), given=f"{row}\n{row}\n")
    assert one_line(done).startswith("No passage is about '南城'. It knows: ")


def test_a_chat_goes_on_in_another_scope(kb: qa.KnowledgeBase) -> None:
    chat = kb.chat(in_="2019")
    assert chat.ask(ASKED).text == "3.2亿元"
    assert told(chat, "/scope --in 2021 --since 2021") == "范围：2021；20210101起\n"
    assert chat.ask(ASKED).text == "5.6亿元"
    wrong = {"/scope --in 2020": "nothing under '2020'", "/scope '": "quotation", "/scope x": "Write"}
    for line, said in wrong.items():
        with pytest.raises(InputError, match=said):
            told(chat, line)
    again = kb.chat(chat.to_json())
    assert text(again.scope) == "2021；20210101起" and again.ask("占地多少亩？").text == "230亩"
    assert told(again, "/scope all") == told(again, "/scope") == "范围：全部文档\n"
    assert again.ask("西城高新区二期工程总投资多少？").text == "7.1亿元"
    assert text(read_scope(subject="\u202e")) == "关于\\u202e"


def test_a_state_of_a_chat_with_a_scope_that_is_none_is_one_line(kb: qa.KnowledgeBase) -> None:
    state = {"conversation": 1, "topic": "", "turns": []}
    for scope in ({"paths": 3}, {"unknown": 1}, []):
        with pytest.raises(InputError, match="This is no state of a conversation"):
            kb.chat({**state, "scope": scope})
