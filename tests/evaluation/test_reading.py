"""Question files: three forms read, and every mistake of a bad one listed with line and field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa.errors import InputError
from qa.evaluation.checks import Mistake, QuestionFileError, misplaced
from qa.evaluation.folder import question_json
from qa.evaluation.questions import Evidence, Question, threads
from qa.evaluation.reading import parse_lines, read_questions


def lines(*records: Any) -> str:
    return "".join((r if isinstance(r, str) else json.dumps(r, ensure_ascii=False)) + "\n" for r in records)


def ask(id: str = "q", **fields: Any) -> dict[str, Any]:
    return {"id": id, "question": "总投资多少？", "answers": ["1亿元"]} | fields


def mistakes(path: Path, text: str | bytes, **options: Any) -> list[tuple[int, str, str]]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(QuestionFileError) as caught:
        read_questions(path, **options)
    return [(m.line, m.field, m.message) for m in caught.value.mistakes]


def places(path: Path, text: str | bytes, **options: Any) -> list[tuple[int, str]]:
    return [(line, field) for line, field, _ in mistakes(path, text, **options)]


# What is read


def test_a_full_line(tmp_path: Path):
    record = ask(
        "q-01", type="list", value={"number": 1, "unit": "亿元"}, items=[["甲", "甲方"], ["乙"]],
        evidence=[{"doc": "a.txt", "quote": "总投资1亿元"}, {"document": "b/c.txt", "start": 3, "end": 9}],
        zone="东城", conversation="c1", turn=2, resolved="东城总投资多少？",
    )  # fmt: skip
    path = tmp_path / "q.jsonl"
    path.write_text("\ufeff" + lines(record).replace("\n", "\r\n") + "\r\n", encoding="utf-8")
    asked = read_questions(path)
    assert asked.questions == (
        Question(
            id="q-01",
            question="总投资多少？",
            answers=("1亿元",),
            value={"number": 1, "unit": "亿元"},
            items=(("甲", "甲方"), ("乙",)),
            evidence=(Evidence("a.txt", "总投资1亿元"), Evidence("b/c.txt", None, 3, 9)),
            type="list",
            conversation="c1",
            turn=2,
            fields={"zone": "东城", "resolved": "东城总投资多少？"},
            line=1,
        ),
    )


def test_a_question_written_reads_back_as_itself():
    record = ask(
        "q", evidence=[{"document": "a", "quote": "x"}], gold=["d"], zone="东城", conversation="c", turn=1
    )
    (question,) = parse_lines(lines(record), "q")
    assert parse_lines(lines(question_json(question)), "q").questions == (question,)


def test_lines_without_an_id_are_named_by_line():
    first, second = parse_lines(
        '{"question": "甲？", "answers": ["1"]}\n\n{"question": "乙？", "gold": ["d"]}', "q"
    )
    assert (first.id, second.id, second.relevant) == ("line-1", "line-3", {"d": 1})


def test_conversations_are_asked_in_order_of_turn():
    talk = {"conversation": "c"}
    asked = parse_lines(lines(ask("a", **talk, turn=2), ask("b"), ask("c", **talk, turn=1)), "q")
    assert [[q.id for q in thread] for thread in threads(asked)] == [["c", "a"], ["b"]]


def test_the_fingerprint_is_of_what_is_asked_and_right():
    one = parse_lines(lines(ask("a"), ask("b", zone="x")), "one")
    assert one.fingerprint == parse_lines("\n" + lines(ask("b"), ask("a")), "two").fingerprint
    assert one.fingerprint != parse_lines(lines(ask("a"), ask("b", answers=["2亿元"])), "one").fingerprint


SQUAD = {
    "version": "v1",
    "data": [
        {
            "title": "甲",
            "paragraphs": [
                {
                    "id": "DEV_0",
                    "context": "由光荣和KOEI开发，光荣发行。",
                    "qas": [
                        {
                            "id": "1",
                            "question": "由谁发行？",
                            "answers": [{"text": "光荣", "answer_start": 11}],
                        },
                        {
                            "id": "2",
                            "question": "由谁开发？",
                            "answers": [
                                {"text": "光荣", "answer_start": 7},
                                {"text": "光荣和KOEI", "answer_start": 1},
                            ],
                        },
                        {"id": "3", "question": "多少钱？", "answers": [], "is_impossible": True},
                    ],
                }
            ],
        }
    ],
}


@pytest.mark.parametrize("indent", [None, 1])
def test_squad_style(tmp_path: Path, indent: int | None):
    path = tmp_path / "dev.json"
    path.write_text(json.dumps(SQUAD, ensure_ascii=False, indent=indent), encoding="utf-8")
    asked = read_questions(path)
    assert asked.documents == {"DEV_0": "由光荣和KOEI开发，光荣发行。"}
    first, second, third = asked
    assert first.evidence == (Evidence("DEV_0", "光荣", 11, 13),)
    assert second.answers == ("光荣", "光荣和KOEI")
    assert second.evidence == (Evidence("DEV_0", "光荣"),), "a wrong offset is not believed"
    assert (third.answerable, third.answers, third.type) == (False, (), "unanswerable")


def test_cmrc_2018_own_form(tmp_path: Path):
    entry = {"query_id": "Q0", "query_text": "由谁？", "answers": ["光荣", "光荣"]}
    path = tmp_path / "dev.json"
    path.write_text(
        json.dumps([{"context_id": "T0", "context_text": "由光荣开发", "qas": [entry]}]), encoding="utf-8"
    )
    (question,) = read_questions(path)
    assert (question.id, question.answers, question.evidence) == ("Q0", ("光荣",), (Evidence("T0", "光荣"),))


TOPICS = """<top>
<num> Number: 301
<title> 开发区
 投资
<desc> …
</top>
<top>
<num>302</num><title>税收</title>
</top>
"""


def test_trec_topics_and_qrels(tmp_path: Path):
    topics, qrels = tmp_path / "topics.txt", tmp_path / "qrels.txt"
    qrels.write_text("301 0 a.txt 2\n301 0 b.txt 0\n302 0 c.txt 0\n", encoding="utf-8")
    for text in (TOPICS, "301\t开发区 投资\n302\t税收\n"):
        topics.write_text(text, encoding="utf-8")
        (question,) = read_questions(topics, qrels)
        assert (question.id, question.question) == ("301", "开发区 投资")
        assert question.relevant == {"a.txt": 2, "b.txt": 0}


# Bad files: ten kinds and more


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
    assert [q.id for q in parse_lines(lines(nothing), "q", scored=False)] == ["b"]


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


def test_10_squad_files(tmp_path: Path):
    bad = json.loads(json.dumps(SQUAD))
    qas = bad["data"][0]["paragraphs"][0]["qas"]
    qas[0]["answers"] = [{"text": "不在"}]
    qas[1]["question"] = 5
    qas[2].pop("is_impossible")
    bad["data"] += [{"paragraphs": 1}, {"paragraphs": [{"context": 3, "qas": []}, {"context": "x"}]}, 7]
    text = json.dumps(bad, ensure_ascii=False, indent=1)
    found = mistakes(tmp_path / "dev.json", text)
    at = dict(enumerate(text.split("\n"), 1))
    assert [(field, message.split(":")[0]) for _, field, message in found] == [
        ("data", "data[3] must be an object, found a number."),
        ("answers", "data[0].paragraphs[0].qas[0]"),
        ("question", "data[0].paragraphs[0].qas[1]"),
        ("answers", "data[0].paragraphs[0].qas[2]"),
        ("paragraphs", "data[1]"),
        ("context", "data[2].paragraphs[0]"),
        ("qas", "data[2].paragraphs[1]"),
    ]
    assert all(at[line].strip() == "{" for line, _, _ in found[1:]), "the line on which the object begins"
    assert places(tmp_path / "dev.json", '{"version": "1",\n "data": [}') == [(2, "")]
    assert places(tmp_path / "dev.json", '{"data": 3}') == [(1, "data")]
    assert mistakes(tmp_path / "dev.json", '{"data": []}') == [(0, "", "holds no question.")]


def test_11_trec_files(tmp_path: Path):
    topics, qrels = tmp_path / "topics.txt", tmp_path / "qrels.txt"
    assert places(topics, TOPICS) == [(0, "qrels")]
    qrels.write_text("301 0 a.txt 1\n301 0 a.txt 0\n301 a.txt 1\n301 0 b.txt x\n", encoding="utf-8")
    assert places(topics, TOPICS, qrels=qrels) == [(2, ""), (3, ""), (4, "")]
    qrels.write_text("301 0 a.txt 1\n999 0 a.txt 1\n", encoding="utf-8")
    assert places(topics, TOPICS, qrels=qrels) == [(0, "qrels")]
    bad = "<top>\n<num>301\n</top>\n<top>\n<title>税收\n</top>\n"
    assert places(topics, bad, qrels=qrels) == [(1, "title"), (4, "num")]
    assert places(topics, "301\t甲\n302 乙\n301\t丙\n", qrels=qrels) == [(2, ""), (3, "id")]


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
