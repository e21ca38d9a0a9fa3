"""SQuAD-style files: what is read, and every mistake with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from question_files import mistakes, places

from qa.evaluation.questions import Evidence
from qa.evaluation.reading import read_questions
from qa.evaluation.squad import looks_like_squad

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


@pytest.mark.parametrize(
    ("text", "squad"),
    [
        ('{"version": "1", "data": []}', True),
        ("[{}]", True),
        ("{\n", True),
        ('{"question": "问", "data": 1}', False),
        ('{"question": "问"}\n{"question": "答"}', False),
        ("[" * 20_000, True),
        ("", False),
    ],
)
def test_one_json_value_is_told_from_one_a_line(text: str, squad: bool):
    assert looks_like_squad(text) is squad
