"""A knowledge base used wrongly: one clear line, whatever is handed to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from commands import EAST, one_line
from commands import qa as command

import qa
from qa.errors import InputError, QAError, StoreError
from qa.knowledge import KnowledgeBase

HALF = "\ud800"


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return qa.from_texts({"a.txt": EAST})


@pytest.mark.parametrize(
    "use, said",
    [
        (lambda kb: kb.ask(None), "The question must be a string, found NoneType."),
        (lambda kb: kb.ask(3), "The question must be a string, found int."),
        (lambda kb: kb.ask("总投资", k="3"), "k must be a whole number, found str."),
        (lambda kb: kb.ask("总投资", k=True), "k must be a whole number, found bool."),
        (lambda kb: kb.ask("总投资", min_confidence="1"), "min_confidence must be a number, found str."),
        (lambda kb: kb.ask("总投资", min_confidence=float("nan")), "must lie between 0 and 1, not nan."),
        (lambda kb: kb.search(b"x"), "The question must be a string, found bytes."),
        (lambda kb: kb.search("总投资", k=2.5), "k must be a whole number, found float."),
        (lambda kb: kb.chat().ask(None), "The question must be a string, found NoneType."),
        (lambda kb: kb.chat().why(), "Nothing has been asked yet. Ask first, then why."),
        (lambda kb: kb.figures(3), "query must be a string, found int."),
        (lambda kb: kb.figures(sort=3), "sort must be a string, found int."),
        (lambda kb: kb.figures(low=[]), "'[]' is no bound."),
        (lambda kb: qa.from_texts(None), "Texts come by name"),
        (lambda kb: qa.from_texts({"a": None}), "The text of 'a' must be a string, found NoneType."),
        (lambda kb: qa.from_texts({3: "园区"}), "The name of a text must be a string, found int."),
        (lambda kb: qa.from_texts({HALF: "园区"}), "The name '\\ud800' cannot be written."),
        (lambda kb: qa.open(None), "None names no folder for the index."),
        (lambda kb: qa.open("a\0b"), "names no folder for the index."),
        (lambda kb: qa.open(HALF), "names no folder for the index."),
        (lambda kb: qa.build(None), "None is no path."),
        (lambda kb: qa.build([]), "No files or folders given."),
        (lambda kb: qa.remove(3), "3 is no path."),
    ],
)
def test_wrong_use_is_one_line(kb: KnowledgeBase, use: Callable[[KnowledgeBase], object], said: str) -> None:
    with pytest.raises(QAError) as caught:
        use(kb)
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_halves_of_pairs_are_characters_like_any_other(kb: KnowledgeBase) -> None:
    question = f"东城经开区{HALF}一期工程总投资多少？"
    answer = kb.ask(question)
    assert (answer.question, answer.text) == (question, "3.2亿元")
    assert kb.search(question)[0].passage.document == "a.txt"
    assert kb.figures(HALF) == kb.figures(document=HALF) == []
    with pytest.raises(KeyError):
        kb.document(HALF)
    text = f"东城经开区总投资{HALF}3.2亿元，占地{HALF}150亩。"
    other = qa.from_texts({"a.txt": text})
    (citation,) = other.ask("东城经开区占地多少亩？", k=1).citations
    assert text[citation.start : citation.end] == citation.quote
    assert other.verify() == []


def test_the_passages_around_a_citation_and_their_figures() -> None:
    text = "\n\n".join(f"{n}号园区情况\n\n{n}号园区总投资{n}亿元。" for n in range(1, 6))
    with qa.from_texts({"a.txt": text, "b.txt": "东湖区完成税收3亿元。"}) as kb:
        (cited,) = kb.ask("3号园区总投资多少？", k=1).citations
        passages = [p for p in kb.passages() if p.document == "a.txt"]
        at = next(i for i, p in enumerate(passages) if p.start == cited.start)
        assert kb.around(cited, 0) == [passages[at]]
        assert kb.around(cited) == passages[max(0, at - 1) : at + 2]
        assert kb.around(cited, 99) == passages
        held = [f for f in kb.figures() if f.passage == passages[at].id]
        assert kb.figures_in(kb.around(cited, 0)) == held and "3亿元" in [f.text for f in held]
        with pytest.raises(InputError, match=r"^c\.txt is not in this index\. Ask again\.$"):
            kb.around(replace(cited, document="c.txt"))


@pytest.mark.parametrize(
    "use",
    [
        lambda kb: kb.ask("总投资多少？"),
        lambda kb: kb.search("总投资"),
        lambda kb: kb.figures(),
        lambda kb: kb.info(),
        lambda kb: kb.verify(),
        lambda kb: kb.document("a.txt"),
        lambda kb: list(kb.passages()),
        lambda kb: kb.chat().ask("总投资多少？"),
    ],
)
def test_use_after_closing_is_one_line(use: Callable[[KnowledgeBase], object]) -> None:
    with qa.from_texts({"a.txt": EAST}) as kb:
        kb.ask("总投资多少？")
    with pytest.raises(StoreError, match=r"^The index is closed\. Open it again: qa\.open$"):
        use(kb)
    kb.close()


@pytest.mark.parametrize("number", ["1" * 5000, "1e999", "-1e999", "1" * 400, "NaN", "[" * 5000])
def test_numbers_beyond_measure_in_a_question_file_are_one_line_or_count(tmp_path: Path, number: str) -> None:
    (tmp_path / "a.txt").write_text(EAST, "utf-8")
    index = ["--index", str(tmp_path / "idx")]
    assert command("index", str(tmp_path / "a.txt"), *index).exit_code == 0
    row = f'{{"id": "1", "question": "总投资多少？", "value": {{"number": {number}, "unit": "亿元"}}}}\n'
    (tmp_path / "q.jsonl").write_text(row, "utf-8")
    done = command("evaluate", str(tmp_path / "q.jsonl"), "--out", str(tmp_path / "run"), "--json", *index)
    assert done.exit_code == 0 or done.stderr.startswith("qa: q.jsonl:1: "), done.stderr
    if done.exit_code == 0:
        json.loads(done.stdout, parse_constant=pytest.fail)


def test_the_rest_of_a_batch_goes_on_after_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(EAST, "utf-8")
    index = ["--index", str(tmp_path / "idx")]
    command("index", str(tmp_path / "a.txt"), *index)
    rows: list[dict[str, Any]] = [
        {"id": 1, "question": ""},
        {"id": 2, "question": f"{HALF}东城经开区一期工程总投资多少？"},
        {"id": 3, "question": " ", "conversation": "c", "turn": 1},
        {"id": 4, "question": "东城经开区一期工程占地多少亩？", "conversation": "c", "turn": 2},
    ]
    given = "\n".join(map(json.dumps, rows)).encode()
    done = command("ask", "--input", "-", "--json", *index, given=given)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 1
    assert [(row["id"], row.get("answer"), "error" in row) for row in told] == [
        (1, None, True),
        (2, "3.2亿元", False),
        (3, None, True),
        (4, "150亩", False),
    ]


def test_a_stream_without_line_ends_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(EAST, "utf-8")
    said = one_line(command("ask", "--input", "/dev/zero", "--index", str(tmp_path / "idx")))
    assert said == "/dev/zero:1: the line is longer than 16 MB. Cut it up."
