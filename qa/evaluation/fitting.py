"""Weights and threshold of the confidence, from outcomes: questions asked, answers judged.

A logistic regression over the signals of the answers, fitted afresh or drawn from given
weights, and the threshold with the best grounded accuracy. What is reported is
cross-validated: no answer is judged by weights or a threshold that saw its question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qa.answer.confidence import FEATURES, Quality, Weights, confidence, log_odds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RESCALING, PENALTY = 5.0, 30.0
"""How firmly a user's weights are held to the bundled ones: in scale and bias, then each (see `adjusted`)."""
FOLDS = 10
UNANSWERABLE = 0.2
"""The least share of questions that the documents do not answer, among those of a real user."""
NEAR = 0.015
"""Thresholds whose grounded accuracy differs by no more than this are equally good."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question asked once: the signals of its answer, and whether that was right.

    `thread` is its conversation or itself; `due` whether a refusal is right. An answer
    without signals (a computed one) has the `fixed` confidence, nothing found that of 0.
    `weight` is how much it counts (see `weighed`).
    """

    thread: str
    hidden: bool
    due: bool
    signals: Mapping[str, float]
    fixed: float
    right: bool
    weight: float = 1.0

    @property
    def answered(self) -> bool:
        return bool(self.signals) or self.fixed > 0.0

    @property
    def fits(self) -> bool:
        """Whether the weights are to explain it: no bar (another subject, another period) ruled it out."""
        return bool(self.signals) and self.signals["bars"] >= 0.5

    def confidence(self, weights: Weights) -> float:
        return confidence(self.signals, weights) if self.signals else self.fixed


Fitter = Callable[[Sequence[Outcome]], dict[str, float]]
"""Weights from outcomes."""


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


def fit(
    rows: Sequence[Mapping[str, float]],
    right: Sequence[bool],
    penalty: float = 1.0,
    towards: Weights | None = None,
    counts: Sequence[float] | None = None,
) -> dict[str, float]:
    """Weights that make the outcomes likeliest, with an L2 penalty on their distance from `towards`.

    Without `towards` they are drawn to zero, the bias to nothing. `counts` says how much each row
    counts. Raises ValueError where all outcomes are the same.
    """
    import numpy as np
    from scipy.optimize import minimize

    if len(set(right)) < 2:
        raise ValueError("both right and wrong answers are needed")
    names = ("bias", *FEATURES)
    x = np.array([[1.0, *(row[name] for name in FEATURES)] for row in rows])
    y = np.where(right, 1.0, -1.0)
    c = np.ones(len(y)) if counts is None else np.array(counts)
    home = np.array([(towards or {}).get(name, 0.0) for name in names])
    pull = np.array([0.0 if towards is None and name == "bias" else penalty for name in names])

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = y * (x @ w)
        slope = -c * y / (1.0 + np.exp(np.clip(z, -30, 30)))
        away = pull * (w - home)
        value = float(c @ np.logaddexp(0.0, -z) + 0.5 * away @ (w - home))
        return value, x.T @ slope + away

    found = minimize(loss, home, jac=True, method="L-BFGS-B").x
    return dict(zip(names, (round(float(v), 4) for v in found), strict=True))


def rescaled(found: Sequence[Outcome], weights: Weights, penalty: float) -> dict[str, float]:
    """The weights, all of them stretched and the bias moved so that confidence suits the outcomes as weighed.

    Two numbers are fitted to the log odds; the penalty is on changing them. The order of confidences
    stays. Source: Platt, Probabilistic outputs for support vector machines, 1999.
    """
    import numpy as np
    from scipy.optimize import minimize

    rows = [o for o in found if o.fits]
    z = np.array([log_odds(o.signals, weights) for o in rows])
    y = np.where([o.right for o in rows], 1.0, -1.0)
    count = np.array([o.weight for o in rows])

    def loss(by: NDArray[np.float64]) -> float:
        away = by - np.array([1.0, 0.0])
        return float(count @ np.logaddexp(0.0, -y * (by[0] * z + by[1])) + 0.5 * penalty * away @ away)

    stretch, shift = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B").x
    moved = {name: stretch * value for name, value in weights.items()}
    moved["bias"] += shift
    return {name: round(float(value), 4) for name, value in moved.items()}


def afresh(found: Sequence[Outcome], penalty: float) -> dict[str, float]:
    """Weights fitted from nothing: on all outcomes alike, which tells right from wrong best, then rescaled.

    263 development questions, cross-validated: grounded .763 and ece .084, against .734 and .046 if fitted
    as weighed at once, and .766 and .124 if not rescaled.
    """
    rows = [o for o in found if o.fits]
    return rescaled(found, fit([o.signals for o in rows], [o.right for o in rows], penalty), 1.0)


def adjusted(found: Sequence[Outcome], weights: Weights) -> dict[str, float]:
    """Weights rescaled to a few questions, then drawn a little further; as they were if these tell nothing.

    Penalties: trained on one of two development sets and adjusted to 20 or 80 questions of the other, log
    loss on its rest went from .67, .68, .40 and .41 to .61, .65, .37 and .39, ece from .17 to .13 on average.
    """
    rows = [o for o in found if o.fits]
    if len({o.right for o in rows}) < 2:
        return dict(weights)
    counts = [o.weight for o in rows]
    near = rescaled(found, weights, RESCALING)
    return fit([o.signals for o in rows], [o.right for o in rows], PENALTY, near, counts)


def folds_of(found: Sequence[Outcome]) -> list[int]:
    """The fold of every outcome; a conversation and both askings of a question stay together."""
    import numpy as np

    threads = sorted({o.thread for o in found})
    order: list[str] = np.random.default_rng(0).permutation(threads).tolist()
    fold = {thread: i % FOLDS for i, thread in enumerate(order)}
    return [fold[o.thread] for o in found]


def cross_validated(found: Sequence[Outcome], fitted: Fitter) -> list[float]:
    """Each outcome's confidence by weights fitted without its question."""
    fold = folds_of(found)
    weights = {n: fitted([o for o, f in zip(found, fold, strict=True) if f != n]) for n in set(fold)}
    return [o.confidence(weights[f]) for o, f in zip(found, fold, strict=True)]


def quality(found: Sequence[Outcome], p: Sequence[float], threshold: float, at: Sequence[float]) -> Quality:
    """How good the confidences `p` are; each outcome is refused below its own threshold in `at`."""
    import numpy as np

    weight = np.array([o.weight for o in found])
    right, due = (np.array([getattr(o, name) for o in found], float) for name in ("right", "due"))
    answered = np.array([o.answered for o in found])
    refused = ~answered | (np.array(p) < np.array(at))
    bins = np.minimum((np.array(p) * 10).astype(int), 9)
    gap = weight * (right - np.array(p)) * answered
    ece = sum(abs(gap[bins == b].sum()) for b in range(10)) / max(float(weight @ answered), 1e-9)
    grounded = np.average(np.where(refused, due, right), weights=weight)
    recall = refused[due > 0].mean() if due.any() else 1.0
    return Quality(threshold, *(round(float(v), 4) for v in (ece, grounded, recall)))


def best_threshold(found: Sequence[Outcome], p: Sequence[float], near: float | None = None) -> float:
    """The threshold with the best grounded accuracy.

    Of the stretch around it where accuracy is lower by no more than `NEAR` or one standard error of
    the difference, the upper end is taken (a wrong answer costs more trust than a refusal), or what is
    nearest to `near`.
    """
    import numpy as np

    steps = np.arange(5, 96) / 100
    weight = np.array([o.weight for o in found])
    right, due = (np.array([getattr(o, name) for o in found], float) for name in ("right", "due"))
    refused = (np.array(p)[None, :] < steps[:, None]) | ~np.array([o.answered for o in found])
    good = np.where(refused, due, right)
    total = good @ weight / weight.sum()
    best = int(total.argmax())
    error = np.sqrt(((good - good[best]) ** 2) @ weight**2) / weight.sum()
    worse = np.flatnonzero(total[best] - total > np.maximum(NEAR, error))
    low = max((int(i) for i in worse if i < best), default=-1) + 1
    high = min((int(i) for i in worse if i > best), default=len(steps)) - 1
    if near is not None:
        return float(np.clip(near, steps[low], steps[high]))
    return float(steps[high])


def thresholds(found: Sequence[Outcome], p: Sequence[float], near: float | None) -> list[float]:
    """For each outcome the best threshold of the questions in other folds."""
    fold = folds_of(found)
    best = {}
    for n in set(fold):
        others = [i for i, f in enumerate(fold) if f != n]
        best[n] = best_threshold([found[i] for i in others], [p[i] for i in others], near)
    return [best[f] for f in fold]


def calibrated(
    found: Sequence[Outcome], fitted: Fitter, near: float | None = None
) -> tuple[dict[str, float], Quality]:
    """Weights fitted on all outcomes, and what cross-validation says of them, with the threshold."""
    p = cross_validated(found, fitted)
    best = best_threshold(found, p, near)
    return fitted(found), quality(found, p, best, thresholds(found, p, near))
