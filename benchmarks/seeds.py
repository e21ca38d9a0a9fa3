"""Score the answers on the sample corpus, by type: the table that development looks at.

    python benchmarks/seeds.py [QUESTIONS] [--docs seeds] [--failures] [--type T] [--answers OUT.jsonl]

Builds an index of the documents in a temporary folder; `qa evaluate` does the same with
everything else (intervals, reports, resuming). Runs on a question file of the same form.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from qa.evaluation.metrics import MEANS, Score, judge, mean  # noqa: E402
from qa.evaluation.questions import Question, threads  # noqa: E402
from qa.evaluation.reading import read_questions  # noqa: E402

COLUMNS = (
    "grounded",
    "correct",
    "cited",
    "citation_precision",
    "exact",
    "item_recall",
    "refusal_recall",
    "em",
    "f1",
)


def refusal(scores: Sequence[Score]) -> dict[str, float | None]:
    """Precision, recall and F1 of `no_answer` against unanswerable questions; None where undefined."""
    hit = sum(s.refused and not s.answerable for s in scores)
    refused, due = sum(s.refused for s in scores), sum(not s.answerable for s in scores)
    return {
        "refusal_precision": hit / refused if refused else None,
        "refusal_recall": hit / due if due else None,
        "refusal_f1": 2 * hit / (refused + due) if refused + due else None,
    }


def summarise(scores: Sequence[Score]) -> dict[str, float | None]:
    """Every mean over the questions it applies to, and refusal; keys as the reports spell them."""
    return {name: mean([getattr(s, name) for s in scores]) for name in MEANS} | refusal(scores)


def as_json(answer: Any) -> dict[str, Any]:
    """The interface's JSON object of an `Answer` record."""
    row = dataclasses.asdict(answer)
    row["answer"] = row.pop("text")
    plain: dict[str, Any] = json.loads(
        json.dumps(row, default=lambda o: float(o) if isinstance(o, Decimal) else str(o))
    )
    return plain


def ask_all(kb: Any, questions: tuple[Question, ...]) -> dict[str, dict[str, Any]]:
    """Every question answered, conversations in order of turn; keyed by id."""
    answers = {}
    for thread in threads(questions):
        ask = kb.chat().ask if thread[0].conversation is not None else kb.ask
        for q in thread:
            began = time.perf_counter()
            answers[q.id] = as_json(ask(q.question)) | {"id": q.id}
            answers[q.id]["ms"] = (time.perf_counter() - began) * 1000
    return answers


def table(questions: tuple[Question, ...], scores: list[Score]) -> str:
    """Means by type, and overall."""
    kinds = sorted({q.type for q in questions})
    groups = {k: [s for q, s in zip(questions, scores, strict=True) if q.type == k] for k in kinds}
    lines = ["type".ljust(14) + "n".rjust(5) + "".join(c[:9].rjust(10) for c in COLUMNS)]
    for name, group in (*groups.items(), ("ALL", scores)):
        means = summarise(group)
        cells = ("-" if means[c] is None else f"{means[c]:.3f}" for c in COLUMNS)
        lines.append(name.ljust(14) + str(len(group)).rjust(5) + "".join(c.rjust(10) for c in cells))
    total = summarise(scores)
    refused = {k: f"{v:.3f}" for k, v in total.items() if k.startswith("refusal") and v is not None}
    return "\n".join([*lines, f"refusal: {refused}"])


def failure(q: Question, score: Score, answer: dict[str, Any]) -> str:
    """What was asked, wanted, answered and cited, in a few lines."""
    wanted = " | ".join(q.answers) if q.answerable else "(no answer in the documents)"
    flags = f"correct={score.correct} cited={score.cited}"
    lines = [f"✗ {q.id} [{q.type}] {q.question}", f"    wanted  {wanted}"]
    if q.conversation is not None:
        lines.append(f"    read as {answer['resolved']}")
    said = answer["answer"] if answer["status"] == "answered" else "— refused"
    lines.append(f"    said    {said}  {answer['items'] or ''}  p={answer['confidence']:.2f}  {flags}")
    lines += [f"    gold    {e.document[:3]} {(e.quote or '')!r:.90}" for e in q.evidence]
    for c in answer["citations"][:3]:
        quote = f"{c['quote']!r:.90}"
        lines.append(f"    cited   {c['document'][:3]} {c['start']}-{c['end']} {c['score']:.3f} {quote}")
    return "\n".join(lines)


def main() -> None:
    """Build, ask, score, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("questions", nargs="?", default=str(ROOT / "../shared/dev/seeds_dev.jsonl"))
    parser.add_argument("--docs", default=str(ROOT / "seeds"))
    parser.add_argument("--index", help="keep and reuse the index here")
    parser.add_argument("--failures", action="store_true", help="print every question that is not grounded")
    parser.add_argument("--type", help="only questions of this type")
    parser.add_argument("--answers", help="write the answers here as JSON Lines")
    args = parser.parse_args()
    import qa

    chosen = [q for q in read_questions(args.questions) if args.type in (None, q.type)]
    questions = tuple(sorted(chosen, key=lambda q: q.type))
    folder = Path(args.docs)
    with contextlib.ExitStack() as stack:
        index = args.index or stack.enter_context(tempfile.TemporaryDirectory()) + "/index"
        answers = ask_all(qa.build([str(folder)], index=index), questions)
    originals = {p.relative_to(folder).as_posix(): read(p) for p in folder.rglob("*") if p.is_file()}
    scores = [judge(q, answers[q.id], originals) for q in questions]
    if args.answers:
        rows = (json.dumps(answers[q.id], ensure_ascii=False) + "\n" for q in questions)
        Path(args.answers).write_text("".join(rows), encoding="utf-8")
    if args.failures:
        for q, s in zip(questions, scores, strict=True):
            if s.grounded != 1.0:
                print(failure(q, s, answers[q.id]), end="\n\n")
    print(table(questions, scores))
    times = sorted(a["ms"] for a in answers.values())
    print(f"latency: median {times[len(times) // 2]:.0f} ms, slowest {times[-1]:.0f} ms")


def read(path: Path) -> str:
    """The text of a UTF-8 source as citations count it: no newline translation, no byte-order mark."""
    return path.read_bytes().decode("utf-8-sig")


if __name__ == "__main__":
    main()
