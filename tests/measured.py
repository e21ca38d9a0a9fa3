"""A system to measure that needs no model: it answers from a fixed rule, and can be slow or fail.

Run as a script it evaluates a question file into a folder, so that a test can kill it.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qa.evaluation.estimates import COSTS, Estimate
from qa.evaluation.measure import evaluate
from qa.evaluation.run import Evaluation
from qa.evaluation.systems import Row

N_PARKS = 40
TEXTS = {
    f"{n:03}.txt": f"第{n}经开区总投资{n}.5亿元，\n占地{n * 10}亩，共有{n}家企业。\n其他内容。\n"
    for n in range(1, N_PARKS + 1)
}


def luck(text: str) -> float:
    """A number from 0 to 1 that depends on the text alone."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 16**8


class Park:
    """Answers right, wrong, without a citation, or not at all, as the wording of the question decides."""

    def __init__(self, skill: float = 0.7) -> None:
        self.skill = skill

    def ask(self, question: str) -> dict[str, Any] | None:
        n = int(question.split("第")[1].split("经")[0])
        name = f"{n:03}.txt"
        chance = luck(question)
        if name not in TEXTS or chance > 0.95:
            return None if chance > 0.1 else {"answer": "不知道", "confidence": 0.2}
        text = TEXTS[name]
        start = 0 if chance < 0.9 else text.index("其他")
        end = text.index("。") + 1 if chance < 0.9 else len(text)
        citation = {
            "document": name,
            "start": start,
            "end": end,
            "quote": text[start:end],
            "score": 1.0,
            "rank": 1,
        }
        citation |= {"line_start": 1, "line_end": 2, "marks": [[start, start + 3]]}
        right = chance < self.skill
        answer = f"{n}.5亿元" if right else f"{n}.6亿元"
        return {"answer": answer, "confidence": 0.5 + luck(answer) / 2, "citations": [citation], "note": "注"}

    def search(self, query: str, k: int) -> list[dict[str, Any]]:
        n = int(query.split("第")[1].split("经")[0])
        order = sorted(TEXTS, key=lambda name: (luck(query + name), name))[: k - 1]
        order.insert(min(int(luck(query) * 8), len(order)), f"{n:03}.txt")
        return [
            {"document": name, "start": 0, "end": len(TEXTS[name]), "score": 1 - i / 100}
            for i, name in enumerate(dict.fromkeys(order))
            if name in TEXTS
        ]

    def chat(self) -> Park:
        return self


def questions(count: int) -> list[dict[str, Any]]:
    """So many questions; every tenth has no answer, every 7th to 9th of ten are a conversation."""
    made = []
    for i in range(count):
        n = N_PARKS + 1 if i % 10 == 0 else i % N_PARKS + 1
        row: dict[str, Any] = {
            "id": f"q{i}",
            "question": f"第{n}经开区总投资多少？（{i}）",
            "zone": f"区{n % 3}",
        }
        row["type"] = "unanswerable" if i % 10 == 0 else "figure" if i % 2 else "fact"
        if i % 10 == 0:
            row["answerable"] = False
        else:
            row["answers"] = [f"{n}.5亿元"]
            row["evidence"] = [{"document": f"{n:03}.txt", "quote": f"总投资{n}.5亿元"}]
        if i % 10 in (7, 8, 9):
            row |= {"conversation": f"c{i // 10}", "turn": i % 10}
        made.append(row)
    return made


ASKED = questions(60)
NAMES = ("grounded", "correct", "cited", "f1", "refusal_f1", "recall@3", "aurc")


def park(skill: float, asked: Any = None, out: Path | None = None) -> Evaluation:
    """A run of a `Park` of some skill, by default on the same 60 questions."""
    return evaluate(Park(skill), asked or ASKED, NAMES, documents=TEXTS, out=out)


def same_results(a: Evaluation, b: Evaluation) -> bool:
    """Whether two runs gave the same answers and scores; time and memory are not compared."""

    def bare(rows: Sequence[Row]) -> list[Row]:
        return [{k: v for k, v in row.items() if k not in ("ms", "rss_mib")} for row in rows]

    def steady(metrics: Mapping[str, Estimate]) -> dict[str, Estimate]:
        return {k: v for k, v in metrics.items() if k not in COSTS}

    rows = bare(a.rows) == bare(b.rows) and bare(a.scores) == bare(b.scores)
    return rows and steady(a.metrics) == steady(b.metrics)


if __name__ == "__main__":
    evaluate(Park(), sys.argv[1], documents=TEXTS, out=sys.argv[2])
