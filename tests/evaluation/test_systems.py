"""Whatever answers or searches becomes one plain row a question."""

from __future__ import annotations

from typing import Any

import pytest

from qa.errors import InputError, QAError
from qa.evaluation.questions import Question
from qa.evaluation.systems import answer_row, hit_rows, memory_mib, run_thread, system_of, texts_of
from qa.schema import Document, Hit, Passage

ASKED = Question("q", "总投资多少？")


def _hit(name: str, score: float) -> Hit:
    return Hit(Passage(name, "a.txt", "文", (0,), 3, 4, 1, 1, "paragraph", ((0, 1),)), score, 1)


class Base:
    """Answers, searches and talks."""

    def ask(self, question: str) -> str:
        return f"答{question}"

    def search(self, query: str, k: int) -> list[Hit]:
        return [_hit("p1", 0.5), _hit("p0", 0.25)]

    def chat(self) -> Base:
        return Talk()

    def document(self, id: str) -> Document:
        if id != "a.txt":
            raise KeyError(id)
        return Document(id, "文字", "", "utf-8")


class Talk(Base):
    turns = 0

    def ask(self, question: str) -> str:
        self.turns += 1
        return f"{self.turns}"


@pytest.mark.parametrize(
    ("answer", "row"),
    [
        ("3亿元", {"answer": "3亿元", "status": "answered", "confidence": 1.0, "citations": []}),
        (None, {"answer": None, "status": "no_answer", "confidence": 1.0, "citations": []}),
        ({"answer": "3亿元", "confidence": 0.5}, {"status": "answered", "confidence": 0.5}),
        ({"answer": None, "items": ["甲"]}, {"status": "answered", "items": ["甲"]}),
        ({"answer": None}, {"status": "no_answer", "note": "", "value": None}),
    ],
)
def test_any_answer_is_a_row(answer: object, row: dict[str, Any]):
    found = answer_row(answer, ASKED)
    assert {name: found[name] for name in row} == row
    assert (found["id"], found["question"], found["resolved"]) == ("q", ASKED.question, ASKED.question)


def test_an_answer_of_no_known_kind_is_refused():
    with pytest.raises(InputError, match="q: cannot read an answer of type int"):
        answer_row(3, ASKED)


def test_any_ranking_is_rows():
    plain = {"passage": "a", "document": "a", "start": 0, "end": 0}
    assert hit_rows(["a", "b"], 1) == [plain | {"score": -1.0}]
    assert hit_rows([("a", 0.5)], 5) == [plain | {"score": 0.5}]
    assert hit_rows([{"document": "a", "start": 2, "end": 4, "score": 1}], 5) == [
        {"passage": "a:2-4", "document": "a", "start": 2, "end": 4, "score": 1.0}
    ]
    (row,) = hit_rows([_hit("p", 1 / 3)], 1)
    assert row == {"passage": "p", "document": "a.txt", "start": 3, "end": 4, "score": 0.333333}


def test_a_base_is_asked_and_searched_and_a_conversation_gets_its_own_chat():
    system = system_of(Base())
    (single,) = run_thread(system, [ASKED], True, 1)
    assert (single["answer"], [hit["passage"] for hit in single["hits"]]) == (f"答{ASKED.question}", ["p1"])
    turns = [Question(str(n), "问？", conversation="c", turn=n) for n in (1, 2)]
    assert [row["answer"] for row in run_thread(system, turns, True, 0)] == ["1", "2"]
    assert single["ms"] >= 0 and (single["rss_mib"] is None or single["rss_mib"] > 1)


def test_a_callable_that_searches_gives_hits_and_no_answer():
    (row,) = run_thread(system_of(lambda query: ["a", "b"]), [ASKED], True, 0)
    assert (row["status"], [hit["passage"] for hit in row["hits"]]) == ("no_answer", ["a", "b"])


def test_what_cannot_be_asked_and_what_fails_is_told():
    with pytest.raises(InputError, match="Cannot ask int"):
        system_of(3)

    def broken(question: str) -> str:
        raise ZeroDivisionError("nothing")

    with pytest.raises(QAError, match=r"broken failed at question q \(ZeroDivisionError: nothing\)"):
        run_thread(system_of(broken), [ASKED], True, 0)


def test_texts_are_those_at_hand():
    assert texts_of(Base(), ["a.txt", "b.txt"]) == {"a.txt": "文字"}
    assert texts_of(len, ["a.txt"]) == {}


def test_memory_is_known_on_linux_or_none():
    held = memory_mib()
    assert held is None or 1 < held < 100_000
