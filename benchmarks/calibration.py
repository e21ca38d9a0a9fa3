"""Fit the weights of `qa.calibration` on development questions and print how well they are calibrated.

    python benchmarks/calibration.py [QUESTIONS] [--docs seeds] [--write] [--penalty 1.0]

Every answerable question is asked twice: as it is, and with the passages that hold its
evidence taken away, where any answer is wrong. Figures are from ten-fold cross-validation
by question, so that none is judged by weights that saw it; --write keeps the weights
fitted on all.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import qa  # noqa: E402
from qa.answer import answer, judge  # noqa: E402
from qa.calibration import fit, probability  # noqa: E402
from qa.metrics import judge as score  # noqa: E402
from qa.pipeline import KnowledgeBase  # noqa: E402
from qa.query import read_query  # noqa: E402
from qa.questions import Question, read_questions  # noqa: E402
from seeds import as_json  # noqa: E402

WEIGHTS = ROOT / "qa" / "data" / "calibration.json"
Row = tuple[str, bool, dict[str, float], bool]
"""Question id, whether an answer would be right to refuse, features, whether the answer was right."""


def rows(kb: KnowledgeBase, questions: tuple[Question, ...]) -> list[Row]:
    """What the answers to the questions look like, with and without their passages."""
    originals = {id: kb.document(id).text for id in {p.document for p in kb.passages()}}
    out: list[Row] = []
    for q in questions:
        asked = str(q.fields.get("resolved") or q.question)
        if read_query(asked).kind == "compare":
            continue
        for hidden in (False, True) if q.answerable else (False,):
            sources = kb._sources
            if hidden:
                sources = replace(sources, search=_without(kb, q, originals))
            query = read_query(asked)
            verdict = judge(query, _views(sources, asked), sources)
            if verdict.best is None:
                continue
            said = as_json(answer(q.question, asked, sources, 3, 0.0)) | {"id": q.id}
            good = q.answerable and bool(score(q, said, originals).grounded)
            out.append((q.id, hidden or not q.answerable, verdict.features, good))
    return out


def _views(sources: Any, asked: str) -> Any:
    from qa.answer import DEPTH, _views

    return _views(sources.search(asked, DEPTH))


def _without(kb: KnowledgeBase, q: Question, originals: dict[str, str]) -> Callable[[str, int], list[Any]]:
    """Search that does not find the passages that hold the question's evidence."""
    gold = [(e.document, r) for e in q.evidence for r in e.ranges(originals[e.document])]

    def search(query: str, k: int) -> list[Any]:
        hits = kb.search(query, k + 10)
        kept = [
            h
            for h in hits
            if not any(
                h.passage.document == d and h.passage.start < r[1] and r[0] < h.passage.end for d, r in gold
            )
        ]
        return kept[:k]

    return search


def cross_validated(found: list[Row], penalty: float, folds: int = 10) -> list[float]:
    """Each row's probability by weights fitted without its question."""
    ids = sorted({r[0] for r in found})
    fold_of = {id: i % folds for i, id in enumerate(np.random.default_rng(0).permutation(ids).tolist())}
    out = [0.0] * len(found)
    for fold in range(folds):
        train = [r for r in found if fold_of[r[0]] != fold]
        weights = fit_open(train, penalty)
        for i, r in enumerate(found):
            if fold_of[r[0]] == fold:
                out[i] = probability(r[2], weights) * min(1.0, 2.0 * r[2]["bars"]) ** 2
    return out


def fit_open(found: list[Row], penalty: float) -> dict[str, float]:
    """Weights fitted on the rows that no bar (another subject, another period) has ruled out."""
    open_rows = [r for r in found if r[2]["bars"] >= 0.5]
    return fit([r[2] for r in open_rows], [r[3] for r in open_rows], penalty)


def report(found: list[Row], p: list[float]) -> str:
    """Expected calibration error, and grounded accuracy by threshold on the questions as asked."""
    right = np.array([r[3] for r in found], float)
    prob = np.array(p)
    bins = np.minimum((prob * 10).astype(int), 9)
    ece = sum(abs(right[bins == b].sum() - prob[bins == b].sum()) for b in range(10)) / len(prob)
    lines = [f"rows {len(found)}  right {right.mean():.3f}  ece {ece:.3f}"]
    for least in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6):
        good = np.where(prob >= least, right, [float(r[1]) for r in found])
        refused = prob < least
        hard = np.array([r[1] for r in found])
        lines.append(
            f"threshold {least:.2f}: grounded {good.mean():.3f}"
            f"  refusal recall {refused[hard].mean():.3f}  answered of answerable {1 - refused[~hard].mean():.3f}"  # noqa: E501
        )
    return "\n".join(lines)


def main() -> None:
    """Ask, fit, print, and keep the weights with --write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("questions", nargs="?", default=str(ROOT / "../shared/dev/seeds_dev.jsonl"))
    parser.add_argument("--docs", default=str(ROOT / "seeds"))
    parser.add_argument("--penalty", type=float, default=1.0)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kb = qa.build([args.docs], index=folder + "/index")
        found = rows(kb, tuple(read_questions(args.questions)))
    print(report(found, cross_validated(found, args.penalty)))
    weights = fit_open(found, args.penalty)
    print(json.dumps(weights))
    if args.write:
        WEIGHTS.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
