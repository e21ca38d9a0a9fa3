"""Every mistake of a bad question file is listed, with line and field."""

from __future__ import annotations

from pathlib import Path

import pytest
from question_files import ask, lines, mistakes, places

from qa.errors import InputError
from qa.evaluation.checks import Mistake, QuestionFileError, json_object, misplaced
from qa.evaluation.reading import parse_lines, read_questions


def test_1_lines_that_are_no_json(tmp_path: Path):
    text = lines(ask("a"), "{'id': 1}", '{"id": "b", "question": "x"', "[1]", '"x"')
    found = mistakes(tmp_path / "q.jsonl", text)
    assert [(line, field) for line, field, _ in found] == [(2, ""), (3, ""), (4, ""), (5, "")]
    assert found[0][2] == "is not JSON (column 2: Expecting property name enclosed in double quotes)."
    assert found[2][2] == "must be an object, found a list."


def test_2_every_field_of_the_wrong_kind_at_once(tmp_path: Path):
    bad = ask(
        answers="1亿元",
        value=1,
        items=["甲"],
        evidence={"doc": "a"},
        type=3,
        conversation=7,
        turn="1",
        answerable="no",
    )
    found = mistakes(tmp_path / "q.jsonl", lines(ask("a"), bad))
    assert found == [
        (2, "answerable", '"answerable" must be true or false, found a string.'),
        (2, "answers", '"answers" must be a list, found a string.'),
        (2, "conversation", '"conversation" must be a string, found a number.'),
        (2, "evidence", '"evidence" must be a list, found an object.'),
        (2, "items", '"items" item 1 must be a list, found a string.'),
        (2, "turn", '"turn" must be a whole number, found a string.'),
        (2, "type", '"type" must be a string, found a number.'),
        (2, "value", '"value" must be an object with number and unit, found a number.'),
    ]


def test_3_missing_and_empty_questions(tmp_path: Path):
    text = lines({"id": "a"}, ask("b", question=" "), ask("c", question=None), ask("d", question=["x"]))
    assert places(tmp_path / "q.jsonl", text) == [(n, "question") for n in (1, 2, 3, 4)]


def test_4_ids_that_stand_twice_or_are_none(tmp_path: Path):
    found = mistakes(tmp_path / "q.jsonl", lines(ask("a"), ask(5), ask("a"), ask("b"), ask("a")))
    assert found == [
        (2, "id", '"id" must be a string that is not empty, found a number.'),
        (3, "id", '"id" "a" stands already on line 1.'),
        (5, "id", '"id" "a" stands already on line 1.'),
    ]


def test_5_evidence_that_is_none(tmp_path: Path):
    bad = [
        {"quote": "x"}, {"doc": "a"}, {"doc": "a", "start": 3}, {"doc": "a", "start": 5, "end": 5},
        {"doc": "a", "start": -1, "end": 5}, {"doc": "a", "quote": ""}, {"doc": 1, "quote": "x"}, "a",
        {"doc": "a", "start": 1.5, "end": 3},
    ]  # fmt: skip
    text = lines(*(ask(str(n), evidence=[{"doc": "a", "quote": "x"}, entry]) for n, entry in enumerate(bad)))
    found = mistakes(tmp_path / "q.jsonl", text)
    assert [(line, field) for line, field, _ in found] == [(n, "evidence") for n in range(1, 10)]
    assert found[3][2] == '"evidence" entry 2: "start" and "end" must be whole numbers with 0 <= start < end.'


def test_6_values_and_lists_that_hold_the_wrong_things(tmp_path: Path):
    text = lines(
        ask("a", value={"number": "17", "unit": "亿元"}), ask("b", value={"number": 17, "unit": 3}),
        ask("c", value={"number": True}), ask("d", answers=["甲", 3]), ask("e", answers=[""]),
        ask("f", items=[[]]), ask("g", items=[["甲", None]]),
    )  # fmt: skip
    fields = ["value", "value", "value", "answers", "answers", "items", "items"]
    assert places(tmp_path / "q.jsonl", text) == list(enumerate(fields, 1))


def test_7_keys_that_contradict_each_other(tmp_path: Path):
    nothing = {"id": "b", "question": "甲？"}
    text = lines(ask("a", answerable=False, value={"number": 1}), nothing, ask("c"))
    found = mistakes(tmp_path / "q.jsonl", text)
    assert found == [
        (1, "answers", '"answers" must be empty where "answerable" is false.'),
        (1, "value", '"value" must be empty where "answerable" is false.'),
        (2, "answers", '"answers" is missing: nothing to score by (or set "answerable" to false).'),
    ]


def test_8_turns_that_are_missing_or_stand_twice(tmp_path: Path):
    talk = {"conversation": "c"}
    text = lines(
        ask("a", **talk, turn=1),
        ask("b", **talk),
        ask("d", **talk, turn=1),
        ask("e", conversation="k", turn=1),
    )
    assert places(tmp_path / "q.jsonl", text) == [(2, "turn"), (3, "turn")]


def test_9_files_that_are_no_utf8_or_not_there_or_empty(tmp_path: Path):
    text = lines(ask("a"), ask("b")).encode() + '{"question": "总'.encode("gb18030")
    assert mistakes(tmp_path / "q.jsonl", text) == [
        (3, "", "is not UTF-8 (byte 0xd7). Save the file as UTF-8.")
    ]
    assert mistakes(tmp_path / "e.jsonl", "\n \n") == [(0, "", "holds no question.")]
    with pytest.raises(InputError, match=r"none.jsonl: cannot be read \(No such file or directory\)"):
        read_questions(tmp_path / "none.jsonl")


def test_12_evidence_that_the_documents_do_not_hold():
    entries = [{"doc": "b", "quote": "x"}, {"doc": "a", "quote": "y"}, {"doc": "a", "start": 0, "end": 9}]
    asked = parse_lines(
        lines(ask("q", evidence=entries), ask("r", evidence=[{"doc": "a", "quote": "x"}])), "q"
    )
    assert misplaced(asked, {"a": "xx"}) == [
        Mistake(1, "evidence", "\"evidence\" entry 1: document 'b' is not in the index."),
        Mistake(1, "evidence", "\"evidence\" entry 2: quote does not stand in 'a'."),
        Mistake(1, "evidence", "\"evidence\" entry 3: range ends at 9, 'a' has 2 characters."),
    ]


def test_the_message_lists_all_mistakes_and_says_that_nothing_was_run():
    with pytest.raises(QuestionFileError) as caught:
        parse_lines(lines(ask("a", answers="x"), "{"), "q.jsonl")
    assert str(caught.value).split("\n") == [
        'q.jsonl:1: "answers" must be a list, found a string.',
        "q.jsonl:2: is not JSON (column 2: Expecting property name enclosed in double quotes).",
        "2 mistakes in q.jsonl; nothing was run.",
    ]


@pytest.mark.parametrize("line", ["[" * 20_000, '{"question": ' + "1" * 5000 + "}"])
def test_lines_beyond_what_json_is_read_for(line: str):
    assert json_object(line, 3) == Mistake(3, "", "is beyond what JSON is read for.")


def test_a_line_is_an_object_or_a_mistake():
    assert json_object('\ufeff{"question": "问"}', 1) == {"question": "问"}
    assert json_object("[1]", 2) == Mistake(2, "", "must be an object, found a list.")
