"""Follow-ups asked as conversations: how many are grounded, and what a turn costs beside a complete question.

    python benchmarks/conversations.py QUESTIONS.jsonl --index DIR [--full FULL.jsonl] [--first N]

FULL.jsonl holds {"id", "question"}: the follow-ups written out in full, asked directly, as the ceiling.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import qa  # noqa: E402
from qa.evaluation.metrics import judge  # noqa: E402
from qa.evaluation.questions import Question, threads  # noqa: E402
from qa.evaluation.reading import read_questions  # noqa: E402
from qa.evaluation.systems import answer_row, texts_of  # noqa: E402
from qa.question.turns import TURN  # noqa: E402


def grounded(q: Question, answer: qa.Answer, texts: dict[str, str]) -> bool:
    score = judge(q, answer_row(answer, q), texts)
    return bool(score.correct if score.grounded is None else score.grounded)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--full", type=Path, help="the follow-ups written out in full")
    parser.add_argument("--first", type=int, help="only so many conversations")
    options = parser.parse_args()
    kb = qa.open(options.index)
    asked = [t for t in threads(read_questions(options.questions).questions) if t[0].conversation is not None]
    full = {}
    if options.full:
        full = {r["id"]: r["question"] for r in map(json.loads, options.full.read_text("utf-8").splitlines())}
    texts = texts_of(kb, {e.document for t in asked for q in t for e in q.evidence})
    good, ceiling, behind, first = list[bool](), list[bool](), list[bool](), list[bool]()
    turn_ms, direct_ms = list[float](), list[float]()
    for thread in asked[: options.first]:
        chat = kb.chat()
        for q in thread:
            began = time.perf_counter()
            answer = chat.ask(q.question)
            took = (time.perf_counter() - began) * 1000
            if q.type != "followup" or not chat.turns[:-1]:
                first.append(grounded(q, answer, texts))
                direct_ms.append(took)
                continue
            turn_ms.append(took)
            good.append(grounded(q, answer, texts))
            behind.append(TURN in answer.resolved)
            if q.id in full:
                ceiling.append(grounded(q, kb.ask(full[q.id]), texts))
    for name, rows in (
        ("other turns", first),
        ("follow-ups", good),
        ("written out", ceiling),
        ("left behind", behind),
    ):
        if rows:
            print(f"{name:12} {sum(rows) / len(rows):.3f} of {len(rows)}")
    print(f"ms a turn {median(turn_ms):.0f}, a question {median(direct_ms):.0f}")


if __name__ == "__main__":
    main()
