"""Runs side by side: differences with paired tests, and the questions that were won and lost."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qa.errors import InputError
from qa.evaluation.estimates import LEVEL, Array, better_direction, bootstrap_weights, columns_of, statistic
from qa.evaluation.folder import load_run
from qa.evaluation.questions import Question
from qa.evaluation.run import Evaluation
from qa.evaluation.systems import Row

N_PERMUTATIONS = 9999
METRICS = ("grounded", "correct", "cited", "em", "f1", "recall@10", "mrr@10", "ndcg@10")
"""The per-question metrics that can say who won a question, the foremost first."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A metric in two runs: `b - a`, its 95% paired bootstrap interval, and a two-sided p-value.

    `test` names where p comes from: "mcnemar" (exact, for right or wrong), "permutation" (of
    signs, for other per-question scores) or "bootstrap" (for what exists only over the whole set).
    """

    metric: str
    a: float
    b: float
    difference: float
    low: float
    high: float
    p: float
    test: str
    n: int

    @property
    def verdict(self) -> str:
        """ "better", "worse" or "same" for b, at p < 0.05."""
        if self.p >= 1 - LEVEL or self.difference == 0:
            return "same"
        return "better" if (self.difference > 0) == (better_direction(self.metric) == "higher") else "worse"


@dataclass(frozen=True, slots=True)
class Change:
    """One question that b won or lost against a, with both rows (answer and citations) and scores."""

    question: Question
    a: Row
    b: Row
    score_a: float
    score_b: float

    @property
    def won(self) -> bool:
        return self.score_b > self.score_a


@dataclass(frozen=True, slots=True)
class Comparison:
    """Run b against run a on the questions that both asked. `on` is the metric that decides a question."""

    a: str
    b: str
    on: str
    n: int
    left_out: int
    differences: tuple[Difference, ...]
    changes: tuple[Change, ...]

    @property
    def won(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.won)

    @property
    def lost(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if not change.won)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON: the differences, and ids, answers and citations of what changed."""
        head = {"a": self.a, "b": self.b, "on": self.on, "n": self.n, "left_out": self.left_out}
        changes = [
            {
                "id": c.question.id,
                "question": c.question.question,
                "won": c.won,
                "accepted": list(c.question.answers),
                "a": {"score": c.score_a, "answer": c.a["answer"], "citations": c.a["citations"]},
                "b": {"score": c.score_b, "answer": c.b["answer"], "citations": c.b["citations"]},
            }
            for c in self.changes
        ]
        differences = [asdict(d) | {"verdict": d.verdict} for d in self.differences]
        return head | {"differences": differences, "changes": changes}

    def _repr_html_(self) -> str:
        cells = (
            (d.metric, f"{d.a:.3f}", f"{d.b:.3f}", f"{d.difference:+.3f}", f"{d.low:+.3f} – {d.high:+.3f}",
             f"{d.p:.3g}", d.verdict)
            for d in self.differences
        )  # fmt: skip
        rows = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in cells)
        names = ("metric", self.a, self.b, "difference", "95% interval", "p", self.b)
        head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
        counts = f"{len(self.won)} questions won, {len(self.lost)} lost, by {html.escape(self.on)}"
        return (
            f"<table><caption>{counts}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )


def mcnemar(a: Array, b: Array) -> float:
    """Exact two-sided p that b is right as often as a where they differ. Source: McNemar 1947."""
    from scipy.stats import binomtest

    only_a, only_b = int(((a == 1) & (b == 0)).sum()), int(((a == 0) & (b == 1)).sum())
    if not only_a + only_b:
        return 1.0
    return float(binomtest(only_b, only_a + only_b, 0.5).pvalue)


def permutation(a: Array, b: Array, seed: int = 0) -> float:
    """Two-sided p of the mean difference when the sign of every paired difference is a coin's.

    Exact for few pairs, else from N_PERMUTATIONS draws. Source: Fisher 1935.
    """
    from scipy.stats import permutation_test

    if (a == b).all():
        return 1.0
    test = permutation_test(
        (b - a,),
        lambda d, axis: np.mean(d, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=N_PERMUTATIONS,
        rng=np.random.default_rng(seed),
    )
    return float(test.pvalue)


def _from_bootstrap(sampled: Array) -> float:
    """Two-sided p that a bootstrapped difference is zero; never below what the draws can show."""
    known = sampled[~np.isnan(sampled)]
    if not len(known) or (known == 0).all():
        return 1.0
    tail = min(float((known <= 0).mean()), float((known >= 0).mean()))
    return min(1.0, max(2 * tail, 2 / (len(known) + 1)))


def difference(
    name: str, a: Mapping[str, Array], b: Mapping[str, Array], weights: Array, seed: int = 0
) -> Difference | None:
    """One metric in two runs of the same questions; None where either has none."""
    once = np.ones((1, weights.shape[1]))
    value_a, value_b = (float(statistic(name, columns, once)[0]) for columns in (a, b))
    if np.isnan(value_a) or np.isnan(value_b):
        return None
    sampled = statistic(name, b, weights) - statistic(name, a, weights)
    low, high = (float(v) for v in np.nanquantile(sampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    if name in a:
        both = ~np.isnan(a[name]) & ~np.isnan(b[name])
        left, right = a[name][both], b[name][both]
        binary = bool(np.isin(left, (0, 1)).all() and np.isin(right, (0, 1)).all())
        p, test = (
            (mcnemar(left, right), "mcnemar") if binary else (permutation(left, right, seed), "permutation")
        )
        n = int(both.sum())
    else:
        p, test, n = _from_bootstrap(sampled), "bootstrap", weights.shape[1]
    return Difference(name, value_a, value_b, value_b - value_a, low, high, p, test, n)


def compare(
    a: Evaluation, b: Evaluation, on: str | None = None, names: tuple[str, str] = ("a", "b"), seed: int = 0
) -> Comparison:
    """Run b against run a, question by question.

    Only questions with the same id and wording in both count. `on` names the per-question metric
    that says who won; by default the first of METRICS that both have. Raises InputError.
    """
    there = {q.id: n for n, q in enumerate(a.questions)}
    pairs = [
        (there[q.id], n)
        for n, q in enumerate(b.questions)
        if q.id in there and a.questions[there[q.id]].question == q.question
    ]
    if not pairs:
        raise InputError(f"{names[0]} and {names[1]} have no question in common. Compare runs of one file.")
    shared = [name for name in a.metrics if name in b.metrics]
    columns = [
        columns_of([run.scores[pair[side]] for pair in pairs], shared) for side, run in enumerate((a, b))
    ]
    weights = bootstrap_weights(len(pairs), seed)
    found = (difference(name, columns[0], columns[1], weights, seed) for name in shared)
    decisive = _decisive(on, a, b)
    changes = tuple(_changes(a, b, pairs, decisive))
    left_out = len(a.questions) + len(b.questions) - 2 * len(pairs)
    return Comparison(*names, decisive, len(pairs), left_out, tuple(d for d in found if d), changes)


def _decisive(on: str | None, a: Evaluation, b: Evaluation) -> str:
    def has(run: Evaluation, name: str) -> bool:
        return any(score.get(name) is not None for score in run.scores)

    wanted: Iterable[str] = (on,) if on is not None else METRICS
    for name in wanted:
        if has(a, name) and has(b, name):
            return name
    what = f"no scores for {on!r}" if on is not None else "no per-question scores in common"
    raise InputError(f"The runs have {what}. Choose another metric with --on.")


def _changes(a: Evaluation, b: Evaluation, pairs: Sequence[tuple[int, int]], on: str) -> Iterator[Change]:
    for i, j in pairs:
        before, after = a.scores[i].get(on), b.scores[j].get(on)
        if before is not None and after is not None and before != after:
            yield Change(b.questions[j], a.rows[i], b.rows[j], before, after)


def compare_runs(
    folders: Sequence[str | Path], on: str | None = None, seed: int = 0
) -> tuple[Comparison, ...]:
    """`qa compare RUN_A RUN_B…`: every run against the first. Raises InputError."""
    if len(folders) < 2:
        raise InputError("Comparing takes two runs or more. Give their folders, the baseline first.")
    loaded = [load_run(folder) for folder in folders]
    names = [Path(folder).resolve().name for folder in folders]
    return tuple(
        compare(loaded[0], run, on, (names[0], name), seed)
        for run, name in zip(loaded[1:], names[1:], strict=True)
    )
