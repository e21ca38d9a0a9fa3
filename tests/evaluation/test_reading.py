"""Question files are told by their content; a full line reads back as itself."""

from __future__ import annotations

from pathlib import Path

from question_files import ask, lines

from qa.evaluation.folder import question_json
from qa.evaluation.questions import Evidence, Question
from qa.evaluation.reading import parse_lines, read_questions


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
