"""What the benchmarks share: samples that stay the same, arithmetic by hand, tables in a file, floors."""

from __future__ import annotations

import doctest
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))
from answering import nearest_number, reading  # noqa: E402

from benchmarks import floors, metamorphic, quality, written  # noqa: E402
from benchmarks import reading as reading_benchmark  # noqa: E402
from qa.evaluation.estimates import Estimate  # noqa: E402
from qa.evaluation.gate import read_gate  # noqa: E402
from qa.evaluation.measure import evaluate, question_set  # noqa: E402


@pytest.mark.parametrize("module", [metamorphic, quality, reading_benchmark, written, floors])
def test_examples_in_docstrings(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def asked(n: int) -> list[dict[str, object]]:
    """Single questions, and one conversation of three turns in the middle."""
    rows: list[dict[str, object]] = [
        {"id": f"q{i}", "question": f"问{i}", "answers": ["3亿元"]} for i in range(n)
    ]
    for turn, row in enumerate(rows[2:5], 1):
        row |= {"conversation": "c", "turn": turn}
    return rows


def test_a_sample_is_spread_evenly_and_keeps_conversations_whole() -> None:
    whole = question_set(asked(9))  # seven threads
    assert [q.id for q in written.sampled(whole, 3)] == ["q0", "q2", "q3", "q4", "q6", "q8"]
    assert written.sampled(whole, 0).questions == whole.questions
    assert len(written.sampled(whole, 99)) == 9


def test_a_table_by_type_with_intervals_and_a_line_over_all() -> None:
    rows = [r | {"type": "figure" if i % 2 else "own"} for i, r in enumerate(asked(4)[:2])]
    rows.append({"id": "n", "question": "无", "answerable": False, "type": "unanswerable"})
    metrics = ("grounded", "correct", "cited", "citation_precision", "refusal_f1", "ece")
    run = evaluate(lambda q: None if q == "无" else "3亿元", rows, metrics)
    lines = written.table(run).splitlines()
    assert lines[0] == "| type | n | grounded | correct | cited | citation_precision |"
    assert [line.split(" | ")[0] for line in lines[2:]] == [
        "| figure",
        "| unanswerable",
        "| own",
        "| **all**",
    ]
    assert lines[2] == "| figure | 1 |  | 100.0 ±0.0 |  |  |"
    assert written.over_all(run) == "refusal f1 1.000; ece 0.000."
    assert written.cell(None) == ""
    assert written.said("latency_p50_ms", Estimate(12.6, 1, 20, 3)) == "latency p50 13 ms"


def test_a_table_goes_between_its_marks_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text("a\n<!-- written -->\nold\n<!-- /written -->\nb\n", encoding="utf-8")
    quality.into_readme(page, "new \\1", "written")
    assert page.read_text("utf-8") == "a\n<!-- written -->\nnew \\1\n<!-- /written -->\nb\n"
    with pytest.raises(SystemExit, match="<!-- reading -->"):
        quality.into_readme(page, "x", "reading")


def test_reading_with_the_passage_given_by_hand() -> None:
    passages = ["税收3亿元，投资9亿元。", "无。"]
    questions = [
        reading_benchmark.Question("税收", ("3亿元",), 0),
        reading_benchmark.Question("几", ("3",), 1),
    ]
    found = reading_benchmark.reading(nearest_number, passages, questions)
    assert (found["em"], found["f1"], found["answerable"]) == (50.0, 50.0, 0.0)


def test_a_reader_that_tells_what_answers_has_an_area_of_one(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    text = "东湖高新区完成税收3亿元。\n\n西山开发区引进企业9家。\n"
    (tmp_path / "docs" / "a.txt").write_text(text, encoding="utf-8")
    place = {"doc": "a.txt", "start": text.index("完成"), "end": text.index("。")}
    rows = [
        {"id": "1", "type": "figure", "question": "完成税收多少", "answerable": True, "evidence": [place]},
        {"id": "2", "type": "unanswerable", "question": "绿化率", "answerable": False, "evidence": [place]},
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "questions_dev.jsonl").write_text(lines, encoding="utf-8")
    found = reading_benchmark.answerability(nearest_number, tmp_path)
    assert found == {"area": 1.0, "answerable": 0.5, "questions": 2}
    same = reading_benchmark.answerability(lambda q, texts, heads: [reading(texts[0])], tmp_path)
    assert same["area"] == 0.5


def test_a_follow_up_is_read_behind_the_first_turn() -> None:
    turns = [{"id": str(n), "conversation": "k", "type": t, "question": q} for n, (t, q) in enumerate(
        [("figure", "税收多少"), ("followup", "增速呢"), ("followup", "全年呢"), ("fact", "书记是谁")]
    )]  # fmt: skip
    assert reading_benchmark.in_context(turns) == [
        "税收多少",
        "税收多少；增速呢",
        "税收多少；全年呢",
        "书记是谁",
    ]


def test_the_floors_stand_on_the_sample_that_is_in_the_repository() -> None:
    fingerprint, bounds = read_gate(floors.FLOORS)
    assert floors.sample().fingerprint == fingerprint
    assert set(bounds) == {"exact", *floors.FLOORED} and bounds["exact"] == 1.0
    assert all(0.3 < bound <= 1 for bound in bounds.values())
