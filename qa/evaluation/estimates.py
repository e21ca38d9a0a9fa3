"""Metrics over a set of questions, with bootstrap confidence intervals.

Every metric is a function of *weights*, how often each question counts. Weights of one give
its value; weights drawn from a multinomial give its bootstrap distribution (Efron 1979): one
code path for both. Columns are float arrays, one entry a question, NaN where it does not apply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from qa.errors import InputError
from qa.evaluation.metrics import MEANS
from qa.evaluation.ranking import RANKINGS, is_ranking

Array = NDArray[np.float64]
Columns = Mapping[str, Array]
REFUSALS = ("refusal_precision", "refusal_recall", "refusal_f1")
CONFIDENCE = ("ece", "aurc")
COSTS = ("latency_p50_ms", "latency_p95_ms", "memory_mib")
METRICS = (*MEANS, *REFUSALS, *CONFIDENCE, *RANKINGS, *COSTS)
LOWER = frozenset({*CONFIDENCE, *COSTS})
"""Metrics of which less is better."""
N_BINS = 10
N_SAMPLES = 1000
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A metric, the bounds of its 95% bootstrap interval, and the number of questions it rests on."""

    value: float
    low: float
    high: float
    n: int


def better_direction(name: str) -> Literal["higher", "lower"]:
    """Which way a metric should go."""
    return "lower" if name in LOWER else "higher"


def _ratio(over: Array, under: Array) -> Array:
    return np.divide(over, under, out=np.full_like(over, np.nan), where=under > 0)


def weighted_mean(column: Array, weights: Array) -> Array:
    """Mean of what is not NaN, one for each row of weights (samples, questions)."""
    known = ~np.isnan(column)
    return _ratio(weights @ np.where(known, column, 0.0), weights @ known.astype(float))


def refusal(name: str, columns: Columns, weights: Array) -> Array:
    """Precision, recall or F1 of refusing against being unanswerable."""
    refused, due = columns["refused"], 1.0 - columns["answerable"]
    hit, n_refused, n_due = weights @ (refused * due), weights @ refused, weights @ due
    if name == "refusal_precision":
        return _ratio(hit, n_refused)
    return _ratio(hit, n_due) if name == "refusal_recall" else _ratio(2 * hit, n_refused + n_due)


def calibration_error(columns: Columns, weights: Array) -> Array:
    """Expected calibration error of the answered questions, in ten bins of equal width.

    The sum over the bins of |right - confidence|, over the answers. Source: Guo et al., ICML 2017.
    """
    known = ~np.isnan(columns["right"])
    gap = np.where(known, columns["right"] - columns["confidence"], 0.0)
    place = bin_of(columns["confidence"])
    total = sum(np.abs(weights @ np.where(place == b, gap, 0.0)) for b in range(N_BINS))
    return _ratio(np.asarray(total, dtype=float), weights @ known.astype(float))


def bin_of(confidence: Array) -> NDArray[np.int64]:
    """The bin of a confidence; 1.0 belongs to the last."""
    return np.clip((confidence * N_BINS).astype(np.int64), 0, N_BINS - 1)


def risk_coverage(right: Array, confidence: Array, weights: Array) -> tuple[Array, Array]:
    """Risk and share of answers at every distinct confidence, from the surest down.

    Answers of one confidence come in together, so their order does not matter.
    Shapes: (samples, levels) each; the shares of a row sum to 1.
    """
    known = ~np.isnan(right)
    order = np.argsort(-confidence[known], kind="stable")
    sure, wrong = confidence[known][order], 1.0 - right[known][order]
    ends = np.flatnonzero(np.append(np.diff(sure) != 0, True)) if len(sure) else np.array([], dtype=int)
    sampled = weights[:, known][:, order]
    n = np.cumsum(sampled, axis=1)[:, ends]
    errors = np.cumsum(sampled * wrong, axis=1)[:, ends]
    share = np.diff(n, axis=1, prepend=0.0)
    total = n[:, -1:] if n.shape[1] else np.ones((len(weights), 1))
    return np.divide(errors, n, out=np.zeros_like(n), where=n > 0), _ratio(
        share, np.broadcast_to(total, n.shape)
    )


def area_under_risk_coverage(columns: Columns, weights: Array) -> Array:
    """Mean risk over all coverages of the answered questions. Source: Geifman & El-Yaniv, ICLR 2019."""
    risk, share = risk_coverage(columns["right"], columns["confidence"], weights)
    area: Array = np.sum(risk * share, axis=1)
    return area if risk.shape[1] else np.full(len(weights), np.nan)


def quantile(column: Array, weights: Array, q: float) -> Array:
    """The smallest value that at least the share q of the questions does not exceed."""
    known = ~np.isnan(column)
    if not known.any():
        return np.full(len(weights), np.nan)
    order = np.argsort(column[known], kind="stable")
    values, counts = column[known][order], np.cumsum(weights[:, known][:, order], axis=1)
    place = np.argmax(counts >= q * counts[:, -1:], axis=1)
    return np.where(counts[:, -1] > 0, values[place], np.nan)


def statistic(name: str, columns: Columns, weights: Array) -> Array:
    """One metric for each row of weights; NaN where it is not defined."""
    if name in REFUSALS:
        return refusal(name, columns, weights)
    if name == "ece":
        return calibration_error(columns, weights)
    if name == "aurc":
        return area_under_risk_coverage(columns, weights)
    if name.startswith("latency_p"):
        return quantile(columns["ms"], weights, int(name[9:11]) / 100)
    if name == "memory_mib":
        return quantile(columns["rss_mib"], weights, 1.0)
    return weighted_mean(columns[name], weights)


def question_count(name: str, columns: Columns) -> int:
    """The number of questions a metric rests on."""
    column = {"ece": "right", "aurc": "right", "memory_mib": "rss_mib"}.get(name, name)
    column = "refused" if name in REFUSALS else "ms" if name.startswith("latency_p") else column
    return int(np.sum(~np.isnan(columns[column])))


def bootstrap_weights(n: int, seed: int = 0, n_samples: int = N_SAMPLES) -> Array:
    """Bootstrap weights (samples, questions): each row counts n questions drawn with replacement."""
    generator = np.random.default_rng(seed)
    return generator.multinomial(n, np.full(n, 1 / n), size=n_samples).astype(float)


def estimates(columns: Columns, names: Sequence[str], seed: int = 0) -> dict[str, Estimate]:
    """Every metric that is defined for these questions, with its interval; the same seed, the same bounds."""
    n = len(columns["refused"])
    if not n:
        return {}
    weights, once = bootstrap_weights(n, seed), np.ones((1, n))
    found = {}
    for name in names:
        value = float(statistic(name, columns, once)[0])
        if np.isnan(value):
            continue
        sampled = statistic(name, columns, weights)
        tail = (1 - LEVEL) / 2
        low, high = np.nanquantile(sampled, [tail, 1 - tail])
        found[name] = Estimate(value, float(low), float(high), question_count(name, columns))
    return found


def columns_of(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, Array]:
    """Float columns of per-question rows: the named metrics and what the others are made of."""
    needed = {"refused", "answerable", "right", "confidence", "ms", "rss_mib"}
    needed |= {name for name in names if name not in REFUSALS + CONFIDENCE + COSTS}
    return {
        name: np.array([np.nan if row.get(name) is None else float(row[name]) for row in rows], dtype=float)
        for name in needed
    }


def check_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names, if all are metrics. Raises InputError."""
    for name in names:
        if name not in METRICS and not is_ranking(name):
            raise InputError(
                f"No metric is called {name!r}. There are: {', '.join(METRICS)}, and any recall@k."
            )
    return tuple(names)


Custom = Callable[..., float | None]
"""A user's own metric: (question, answer as JSON) -> a number, or None where it does not apply."""
