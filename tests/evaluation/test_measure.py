"""Evaluation runs: what they write, that they resume, and that their figures are an independent script's."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from measured import ASKED, TEXTS, Park, same_results

from qa.errors import InputError, QAError
from qa.evaluation.checks import QuestionFileError
from qa.evaluation.estimates import METRICS, Estimate
from qa.evaluation.folder import load_run
from qa.evaluation.measure import evaluate
from qa.schema import Answer, Citation, Hit, Passage


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("runs") / "park"
    return evaluate(Park(), ASKED, documents=TEXTS, by=("type", "zone"), out=folder)


# The figures


def flat(text: str) -> str:
    kept = (c for c in unicodedata.normalize("NFKC", text).lower() if not c.isspace())
    return "".join(c for c in kept if unicodedata.category(c)[0] != "P")


def independent(asked: list[dict[str, Any]], rows: dict[str, Any]) -> dict[str, float]:
    """The interface's scores from the files alone, in the plainest way."""
    correct, cited, grounded, precision, exact = [], [], [], [], []
    refused = {q["id"] for q in asked if rows[q["id"]]["status"] == "no_answer"}
    due = {q["id"] for q in asked if not q.get("answerable", True)}
    for q in asked:
        row = rows[q["id"]]
        cites = row["citations"]
        if cites:
            exact.append(
                sum(TEXTS[c["document"]][c["start"] : c["end"]] == c["quote"] for c in cites) / len(cites)
            )
        if q["id"] in due:
            grounded.append(q["id"] in refused)
            continue
        said = flat(row["answer"] or "")
        ok = any(flat(a) in said and len(said) <= len(flat(a)) + 12 for a in q["answers"])
        correct.append(ok and q["id"] not in refused)
        all_covered, touching = True, []
        for e in q["evidence"]:
            at = TEXTS[e["document"]].index(e["quote"])
            gold = {i for i in range(at, at + len(e["quote"])) if not TEXTS[e["document"]][i].isspace()}
            seen = {
                i for c in cites[:3] if c["document"] == e["document"] for i in range(c["start"], c["end"])
            }
            all_covered &= len(gold & seen) * 2 >= len(gold)
            touching = [bool(gold & set(range(c["start"], c["end"]))) for c in cites[:3]]
        cited.append(all_covered and q["id"] not in refused)
        grounded.append(correct[-1] and cited[-1])
        if q["id"] not in refused:
            precision.append(sum(touching) / len(touching) if touching else 0)
    parts = {"correct": correct, "cited": cited, "grounded": grounded, "exact": exact}
    means = {
        name: sum(part) / len(part) for name, part in (parts | {"citation_precision": precision}).items()
    }
    hit = len(refused & due)
    refusals = {"refusal_precision": hit / len(refused), "refusal_recall": hit / len(due)}
    return means | refusals | {"refusal_f1": 2 * hit / (len(refused) + len(due))}


def test_the_figures_are_those_of_an_independent_script(run):
    expected = independent(ASKED, {row["id"]: row for row in run.rows})
    assert {name: run.metrics[name].value for name in expected} == pytest.approx(expected, abs=1e-15)
    assert 0 < expected["grounded"] < expected["correct"] < 1, "a set on which the scores differ"


def test_every_metric_is_there_with_an_interval_that_holds_it(run):
    assert set(run.metrics) == set(METRICS) - {"item_recall", "item_precision"}
    for name, e in run.metrics.items():
        assert e.low <= e.value <= e.high, name
        assert 0 < e.n <= 60


def test_groups_add_up_to_the_whole(run):
    for field in ("type", "zone"):
        groups = run.by[field].values()
        n = sum(group["grounded"].n for group in groups)
        assert n == run.metrics["grounded"].n
        total = sum(group["grounded"].value * group["grounded"].n for group in groups)
        assert total / n == pytest.approx(run.metrics["grounded"].value)
    assert list(run.by["type"]) == ["fact", "figure", "unanswerable"]
    assert "correct" not in run.by["type"]["unanswerable"]


# The folder


def test_settings_say_what_was_measured(run):
    settings = json.loads((run.folder / "settings.json").read_text(encoding="utf-8"))
    measured = settings["measured"]
    assert (measured["system"], measured["answers"], measured["hits"]) == ("Park", True, 10)
    assert len(measured["questions"]) == len(measured["code"]) == 64
    assert settings["questions"] == {"name": "questions", "n": 60}
    assert "numpy" in measured["libraries"]


def test_answers_are_the_interface_s_json(run):
    rows = [
        json.loads(line) for line in (run.folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    needed = {"id", "question", "resolved", "status", "answer", "items", "value", "confidence", "citations"}
    assert all(needed <= set(row) for row in rows)
    assert [row["id"] for row in rows][:4] == ["q0", "q1", "q2", "q3"]


# What can be measured


def test_any_callable_that_answers():
    asked = [
        {"id": "1", "question": "甲？", "answers": ["1亿元"]},
        {"id": "2", "question": "乙？", "answerable": False},
    ]
    for answer in (
        "1亿元",
        {"answer": "1亿元"},
        {"answer": "1亿元", "status": "answered", "confidence": 0.7},
    ):
        found = evaluate(
            lambda q, answer=answer: answer if q == "甲？" else None, asked, ["grounded", "correct"]
        )
        assert found.metrics["correct"] == Estimate(1.0, 1.0, 1.0, 1)
        assert found.metrics["grounded"].value == 1.0, "an unanswerable question needs no citation"


def test_any_callable_that_searches():
    asked = [{"id": "1", "question": "甲？", "gold": ["d2"]}]
    passage = Passage("d2#0", "d2", "x", (0,), 0, 1, 1, 1, "paragraph", ((0, 1),))
    other = Passage("d1#0", "d1", "x", (0,), 0, 1, 1, 1, "paragraph", ((0, 1),))
    rankings: list[list[Any]] = [
        ["d1", "d2"],
        [("d1", 0.9), ("d2", 0.1)],
        [{"document": "d1", "score": 2}, {"document": "d2", "score": 1}],
        [Hit(other, 0.9, 1), Hit(passage, 0.8, 2)],
    ]
    for ranking in rankings:
        found = evaluate(lambda q, ranking=ranking: ranking, asked, ["recall@1", "recall@5", "mrr@10"])
        assert [found.metrics[n].value for n in ("recall@1", "recall@5", "mrr@10")] == [0.0, 1.0, 0.5]


def test_an_answer_record_is_scored_as_its_json():
    citation = Citation("001.txt", 0, 23, 1, 2, TEXTS["001.txt"][:23], 1.0, 1)
    answer = Answer("x", "x", "answered", "1.5亿元", None, None, 0.8, (citation,))
    evidence = [{"document": "001.txt", "quote": "总投资1.5亿元"}]
    asked = [{"id": "1", "question": "x", "answers": ["1.5亿元"], "evidence": evidence}]
    found = evaluate(lambda q: answer, asked, ["grounded", "exact"], documents=TEXTS)
    assert (found.metrics["grounded"].value, found.metrics["exact"].value) == (1.0, 1.0)


def test_a_conversation_is_asked_in_one_chat():
    class Talk:
        def __init__(self) -> None:
            self.said: list[str] = []

        def ask(self, question: str) -> str:
            self.said.append(question)
            return "".join(self.said)

    class System:
        def ask(self, question: str) -> str:
            return f"single {question}"

        def chat(self) -> Talk:
            return Talk()

    def q(id: str, **more: Any) -> dict[str, Any]:
        return {"id": id, "question": id, "answers": ["x"]} | more

    asked = [
        q("b", conversation="1", turn=2),
        q("s"),
        q("a", conversation="1", turn=1),
        q("c", conversation="2", turn=1),
    ]
    rows = {row["id"]: row["answer"] for row in evaluate(System(), asked, ["correct"]).rows}
    assert rows == {"a": "a", "b": "ab", "s": "single s", "c": "c"}


def test_own_metrics_and_a_table_for_notebooks():
    def short(question: Any, row: Any) -> float:
        return float(len(row["answer"]) < 3)

    found = evaluate(
        lambda q: "<b>", [{"id": "1", "question": "甲？", "answers": ["乙"]}], ["correct", short]
    )
    assert found.metrics["short"].value == 0.0
    page = found._repr_html_()
    assert "<td>correct</td><td><b>0.000</b></td><td>0.000 – 0.000</td><td>1</td>" in page
    assert page.startswith("<table><caption>questions: 1 questions</caption>")


def test_progress_is_told_after_every_conversation():
    told: list[tuple[str, int, int]] = []
    evaluate(Park(), ASKED[:10], documents=TEXTS, progress=lambda *now: told.append(now))
    assert told == [("evaluate", n, 10) for n in (1, 2, 3, 4, 5, 6, 7, 10)]


# What goes wrong


def test_bad_questions_are_told_before_anything_is_asked():
    def never(question: str) -> str:
        raise AssertionError("was asked")

    with pytest.raises(QuestionFileError, match='questions:2: "answers" must be a list'):
        evaluate(never, [ASKED[1], {"id": "x", "question": "甲？", "answers": "乙"}])
    misplaced = ASKED[1] | {"evidence": [{"document": "001.txt", "quote": "不在"}]}
    with pytest.raises(QuestionFileError, match=r"quote does not stand in '001\.txt'"):
        evaluate(never, [misplaced], documents=TEXTS)


def test_a_failing_system_names_the_question_and_the_run_goes_on_later(tmp_path: Path):
    class Failing(Park):
        broken = True

        def ask(self, question: str) -> Any:
            if self.broken and "（15）" in question:
                raise ZeroDivisionError("by zero")
            return super().ask(question)

    with pytest.raises(QAError, match=r"Failing failed at question q15 \(ZeroDivisionError: by zero\)"):
        evaluate(Failing(), ASKED, documents=TEXTS, out=tmp_path / "run")
    with pytest.raises(InputError, match=r"No run in .*metrics\.json not found"):
        load_run(tmp_path / "run")
    Failing.broken = False
    resumed = evaluate(Failing(), ASKED, documents=TEXTS, out=tmp_path / "run")
    assert same_results(resumed, evaluate(Park(), ASKED, documents=TEXTS))


def test_unknown_metrics_fields_and_systems():
    with pytest.raises(InputError, match="No metric is called 'grounds'"):
        evaluate(Park(), ASKED, ["grounds"], documents=TEXTS)
    with pytest.raises(InputError, match=r"No question has a field 'zones'\. There are: type, zone"):
        evaluate(Park(), ASKED, documents=TEXTS, by=("zones",))
    with pytest.raises(InputError, match="Cannot ask int"):
        evaluate(3, ASKED)
    with pytest.raises(InputError, match="q1: cannot read an answer of type int"):
        evaluate(lambda q: 3, ASKED[1:2], documents=TEXTS)
