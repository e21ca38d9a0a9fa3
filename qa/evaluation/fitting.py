"""The scale of the confidence, from outcomes: questions asked, answers judged.

The ranker's log-odds are stretched and shifted until they are probabilities on a user's questions, drawn to
the bundled scale as far as these are few, and the threshold with the best grounded accuracy is found. What
is reported is cross-validated: no answer is judged by a scale or a threshold that saw its question.
Source: Platt, Probabilistic outputs for support vector machines, 1999.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qa.answer.confidence import Quality
from qa.answer.ranker import Scale

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PENALTY = 5.0
"""How firmly slope and shift are held to the bundled ones: a prior of about as many questions."""
FOLDS = 10
UNANSWERABLE = 0.2
"""The least share of questions that the documents do not answer, among those of a real user."""
NEAR = 0.015
"""Thresholds whose grounded accuracy differs by no more than this are equally good."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question asked once: the log-odds of its answer (None where nothing was found), and whether right.

    `thread` is its conversation or itself; `due` whether a refusal is right; `weight` is how much it
    counts (see `weighed`).
    """

    thread: str
    hidden: bool
    due: bool
    score: float | None
    right: bool
    weight: float = 1.0

    def confidence(self, scale: Scale) -> float:
        return 0.0 if self.score is None else scale.probability(self.score)


def weighed(found: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes, where those that a refusal is due for count as much as such questions are asked.

    That is their share of the questions as they are asked, at least `UNANSWERABLE`; hidden evidence
    stands in for them.
    """
    open_, due = (sum(o.due is due for o in found) for due in (False, True))
    asked = [o.due for o in found if not o.hidden]
    if not open_ or not due:
        return [replace(o, weight=1.0) for o in found]
    share = max(UNANSWERABLE, sum(asked) / len(asked))
    heavy = share / (1.0 - share) * open_ / due
    return [replace(o, weight=heavy if o.due else 1.0) for o in found]


def rescaled(found: Sequence[Outcome], scale: Scale) -> Scale:
    """The scale that makes the outcomes likeliest, held to `scale` by PENALTY; its threshold stays."""
    import numpy as np
    from scipy.optimize import minimize

    rows = [o for o in found if o.score is not None]
    if len({o.right for o in rows}) < 2:
        return scale
    z = np.array([o.score for o in rows], float)
    y = np.where([o.right for o in rows], 1.0, -1.0)
    count = np.array([o.weight for o in rows])
    home = np.array([scale.slope, scale.shift])

    def loss(by: NDArray[np.float64]) -> float:
        away = by - home
        return float(count @ np.logaddexp(0.0, -y * (by[0] * z + by[1])) + 0.5 * PENALTY * away @ away)

    slope, shift = minimize(loss, home, method="L-BFGS-B", bounds=[(0.05, None), (None, None)]).x
    return Scale(round(float(slope), 4), round(float(shift), 4), scale.threshold)


def folds_of(found: Sequence[Outcome]) -> list[int]:
    """The fold of every outcome; a conversation and both askings of a question stay together."""
    import numpy as np

    threads = sorted({o.thread for o in found})
    order: list[str] = np.random.default_rng(0).permutation(threads).tolist()
    fold = {thread: i % FOLDS for i, thread in enumerate(order)}
    return [fold[o.thread] for o in found]


def cross_validated(found: Sequence[Outcome], scale: Scale) -> list[float]:
    """Each outcome's confidence by a scale fitted without its question."""
    fold = folds_of(found)
    fitted = {n: rescaled([o for o, f in zip(found, fold, strict=True) if f != n], scale) for n in set(fold)}
    return [o.confidence(fitted[f]) for o, f in zip(found, fold, strict=True)]


def quality(found: Sequence[Outcome], p: Sequence[float], threshold: float, at: Sequence[float]) -> Quality:
    """How good the confidences `p` are; each outcome is refused below its own threshold in `at`."""
    import numpy as np

    weight = np.array([o.weight for o in found])
    right, due = (np.array([getattr(o, name) for o in found], float) for name in ("right", "due"))
    answered = np.array([o.score is not None for o in found])
    refused = ~answered | (np.array(p) < np.array(at))
    bins = np.minimum((np.array(p) * 10).astype(int), 9)
    gap = weight * (right - np.array(p)) * answered
    ece = sum(abs(gap[bins == b].sum()) for b in range(10)) / max(float(weight @ answered), 1e-9)
    grounded = np.average(np.where(refused, due, right), weights=weight)
    recall = refused[due > 0].mean() if due.any() else 1.0
    return Quality(threshold, *(round(float(v), 4) for v in (ece, grounded, recall)))


def best_threshold(found: Sequence[Outcome], p: Sequence[float], near: float) -> float:
    """The threshold nearest to `near` among those with the best grounded accuracy.

    Those are where accuracy is lower than the best by no more than `NEAR` or one standard error of the
    difference. Where there are no outcomes it is `near`.
    """
    import numpy as np

    if not found:
        return near
    steps = np.arange(5, 96) / 100
    weight = np.array([o.weight for o in found])
    right, due = (np.array([getattr(o, name) for o in found], float) for name in ("right", "due"))
    refused = (np.array(p)[None, :] < steps[:, None]) | np.array([o.score is None for o in found])
    good = np.where(refused, due, right)
    total = good @ weight / weight.sum()
    best = int(total.argmax())
    error = np.sqrt(((good - good[best]) ** 2) @ weight**2) / weight.sum()
    worse = np.flatnonzero(total[best] - total > np.maximum(NEAR, error))
    low = max((int(i) for i in worse if i < best), default=-1) + 1
    high = min((int(i) for i in worse if i > best), default=len(steps)) - 1
    return float(np.clip(near, steps[low], steps[high]))


def thresholds(found: Sequence[Outcome], p: Sequence[float], near: float) -> list[float]:
    """For each outcome the best threshold of the questions in other folds."""
    fold = folds_of(found)
    best = {}
    for n in set(fold):
        others = [i for i, f in enumerate(fold) if f != n]
        best[n] = best_threshold([found[i] for i in others], [p[i] for i in others], near)
    return [best[f] for f in fold]


def calibrated(found: Sequence[Outcome], scale: Scale) -> tuple[Scale, Quality]:
    """The scale fitted to all outcomes, with its threshold, and what cross-validation says of it."""
    p = cross_validated(found, scale)
    best = best_threshold(found, p, scale.threshold)
    fitted = replace(rescaled(found, scale), threshold=best)
    return fitted, quality(found, p, best, thresholds(found, p, scale.threshold))
