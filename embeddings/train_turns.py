"""Fit what tells a follow-up from a question of its own, and arithmetic on the last answers from the rest.

    python embeddings/train_turns.py --data ../shared/dev --index runs/written.index

In:  the written training questions and an index of their documents. Follow-ups stand behind the question
     before them; complete questions behind one of the same document and behind one of another.
Out: `qa/data/turns.npz`. What is printed is cross-validated by document.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]
from reader_data import ARITHMETIC, lines  # noqa: E402

import qa  # noqa: E402
from qa.answer.chat import around  # noqa: E402
from qa.chinese.fold import fold  # noqa: E402
from qa.question import carry  # noqa: E402
from qa.question.turns import behind  # noqa: E402

Row = Mapping[str, Any]
COMPLETE = 1500
"""Complete questions that are put behind another."""


def grams(texts: Sequence[str]) -> csr_matrix:
    columns = [carry.rows_of(text) for text in texts]
    values = np.concatenate([np.full(len(c), 1 / len(c) ** 0.5) for c in columns])
    ends = np.cumsum([0, *map(len, columns)])
    return csr_matrix((values, np.concatenate(columns), ends), shape=(len(texts), carry.SIZE))


def fit_operations(rows: Sequence[Row]) -> dict[str, NDArray[Any]]:
    """From the asking stretch of a question to the arithmetic that its note gives."""
    texts, kinds = [], []
    for row in rows:
        kind = operation_of(row)
        stretch = carry.asking_stretch(row["question"])
        if kind in carry.OPERATIONS and stretch:
            texts.append(stretch)
            kinds.append(carry.OPERATIONS.index(kind))
    model = LogisticRegression(C=10.0, class_weight="balanced", max_iter=500).fit(grams(texts), kinds)
    return {
        "operation_weights": model.coef_.T.astype(np.float16),
        "operation_bias": model.intercept_.astype(np.float32),
    }


def operation_of(row: Row) -> str:
    """The operation of a written comparison, "" of another question; "other" is not learnt from."""
    if row["type"] != "compare":
        return ""
    note = fold(row.get("note") or "").split("=")[0].replace(" ", "")
    names = ("difference", "sum", "ratio", "other")
    return next((n for n, (_, form) in zip(names, ARITHMETIC, strict=True) if form.fullmatch(note)), "other")


def pairs(rows: Sequence[Row], rng: random.Random) -> list[tuple[str, str, str, bool]]:
    """(question before, its document, turn, whether the turn goes on from it)."""
    before = {(r["conversation"], r["turn"]): r for r in rows if r.get("conversation")}
    found = []
    for r in rows:
        first = before.get((r.get("conversation"), 1))
        if r["type"] == "followup" and first:
            found.append((first["question"], first["evidence"][0]["doc"], r["question"], True))
    own = [r for r in rows if r["type"] != "followup" and (r.get("turn") or 1) == 1]
    by_document: dict[str, list[Row]] = {}
    for r in own:
        by_document.setdefault(r["evidence"][0]["doc"], []).append(r)
    for r in rng.sample(own, COMPLETE):
        document = r["evidence"][0]["doc"]
        near = [o for o in by_document[document] if o is not r]
        other = rng.choice(near if near and rng.random() < 0.4 else own)
        found.append((other["question"], other["evidence"][0]["doc"], r["question"], False))
    return found


def fit_carry(rows: Sequence[Row], sources: Any) -> dict[str, NDArray[Any]]:
    asked = pairs(rows, random.Random(0))
    texts = [fold(turn.strip("?？。 ")) for *_, turn, _ in asked]
    measured = np.array(
        [carry.measurements(t, measured_around(t, b, d, sources)) for b, d, t, _ in asked], np.float32
    )
    goes_on = np.array([y for *_, y in asked])
    table = hstack([grams(texts), csr_matrix(measured)]).tocsr()
    model = LogisticRegression(C=3.0, class_weight="balanced", max_iter=1000)
    groups = np.unique([d for _, d, _, _ in asked], return_inverse=True)[1]
    p = cross_val_predict(model, table, goes_on, groups=groups, cv=GroupKFold(5), method="predict_proba")[
        :, 1
    ]
    print(f"follow-ups carried {(p[goes_on] >= 0.5).mean():.3f} of {goes_on.sum()}, "
          f"complete questions {(p[~goes_on] >= 0.5).mean():.3f} of {(~goes_on).sum()}")  # fmt: skip
    model.fit(table, goes_on)
    weights = model.coef_[0]
    return {
        "carry_weights": weights[: carry.SIZE].astype(np.float16),
        "carry_measured": weights[carry.SIZE :].astype(np.float32),
        "carry_bias": np.float32(model.intercept_[0]),
    }


def measured_around(turn: str, before: str, document: str, sources: Any) -> carry.Around:
    hits = sources.search(turn, 3), sources.search(behind(turn, before), 3)
    return around(turn, *hits, (document,), sources)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with written/")
    parser.add_argument("--index", type=Path, required=True, help="index of written/docs")
    options = parser.parse_args()
    rows = list(lines(options.data / "written" / "questions_train.jsonl"))
    carry.save(fit_operations(rows) | fit_carry(rows, qa.open(options.index)._sources))


if __name__ == "__main__":
    main()
