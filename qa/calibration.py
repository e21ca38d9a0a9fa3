"""The probability that an answer is right, from the signals of the candidate that gave it.

Logistic regression over a few signals, fitted on development questions (and on
the same questions with their passages taken away) by `benchmarks/calibration.py`;
the weights lie in `data/calibration.json`. `qa calibrate` fits them to a user's own.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

FEATURES = (
    "score", "cover", "lacking", "metric", "reader", "answerable", "margin", "subject", "period", "given",
    "meant", "figure", "list", "sentence",
)  # fmt: skip
DEFAULTS = {"metric": 0.5, "reader": 0.3, "answerable": 0.5, "period": 1.0, "given": 1.0, "meant": 1.0}
Weights = Mapping[str, float]
WEIGHTS = Path(__file__).with_name("data") / "calibration.json"


def features(signals: Mapping[str, float], score: float, margin: float, sort: str) -> dict[str, float]:
    """The signals of a candidate as the model reads them; `sort` is figure, list, span or sentence."""
    found = {name: signals.get(name, DEFAULTS.get(name, 0.0)) for name in FEATURES}
    found |= {"score": score, "margin": margin}
    found |= {name: float(name == sort) for name in ("figure", "list", "sentence")}
    return found


@cache
def bundled() -> Weights:
    """The weights that come with the package, with "bias" among them."""
    loaded: dict[str, float] = json.loads(WEIGHTS.read_text("utf-8"))
    return loaded


def probability(found: Mapping[str, float], weights: Weights) -> float:
    """Chance that the answer is right, 0 to 1.

    >>> probability({"score": 0.5}, {"bias": -1.0, "score": 2.0})
    0.5
    """
    total = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in found.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def fit(rows: Sequence[Mapping[str, float]], right: Sequence[bool], penalty: float = 1.0) -> dict[str, float]:
    """Weights that make the rows' outcomes likeliest, with an L2 penalty on all but the bias.

    Raises ValueError where all outcomes are the same.
    """
    import numpy as np
    from scipy.optimize import minimize

    if len(set(right)) < 2:
        raise ValueError("both right and wrong answers are needed")
    x = np.array([[1.0, *(row[name] for name in FEATURES)] for row in rows])
    y = np.where(right, 1.0, -1.0)

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        z = y * (x @ w)
        slope = -y / (1.0 + np.exp(np.clip(z, -30, 30)))
        ridge = np.concatenate([[0.0], w[1:]])
        value = float(np.logaddexp(0.0, -z).sum() + 0.5 * penalty * ridge @ ridge)
        return value, x.T @ slope + penalty * ridge

    found = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x
    return dict(zip(("bias", *FEATURES), (round(float(v), 4) for v in found), strict=True))
