"""The probability that an answer is right, from the signals of the candidate that gave it.

Logistic regression over a few signals, and the probability below which a question is
refused. Both are fitted by `calibrate`: `benchmarks/calibration.py` makes those that come
with the package (`data/calibration.json`), `qa calibrate` those of an index, which lie in
its folder and outlive its generations.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from qa.errors import StoreError
from qa.search.sealed import digest, read_regular, seal, unseal

FEATURES = (
    "score", "cover", "lacking", "metric", "reader", "answerable", "margin", "subject", "period", "given",
    "meant", "sort", "bare", "foreign", "figure", "list", "sentence",
)  # fmt: skip
DEFAULTS = {"metric": 0.5, "reader": 0.3, "answerable": 0.5} | dict.fromkeys(
    ("period", "given", "meant", "sort"), 1.0
)
Weights = Mapping[str, float]
BUNDLED = Path(__file__).parent.with_name("data") / "calibration.json"
FILE = "calibration.json"
"""The calibration of an index, beside its meta.json."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How good confidence and refusals are on a set of questions, each 0 to 1.

    `ece` is the expected calibration error over ten bins of confidence (lower is better),
    `grounded` as in evaluations, `refusal_recall` the share that is refused of the questions
    without an answer: those asked, and the others with their evidence hidden.
    """

    threshold: float
    ece: float
    grounded: float
    refusal_recall: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights ("bias" among them) and threshold fitted to a user's questions.

    `before` is the bundled confidence on these questions, `after` the new one, cross-validated.
    """

    weights: dict[str, float]
    threshold: float
    questions: int
    before: Quality
    after: Quality

    def to_json(self) -> dict[str, Any]:
        """Everything, as plain values."""
        return asdict(self)

    def summary(self) -> dict[str, Any]:
        """What `info` says; the fingerprint tells two calibrations apart."""
        ece = {"ece_before": self.before.ece, "ece_after": self.after.ece}
        told = {"questions": self.questions, "threshold": self.threshold} | ece
        return told | {"fingerprint": digest(self.to_json())[:12]}


def features(signals: Mapping[str, float], score: float, margin: float, sort: str) -> dict[str, float]:
    """The signals of a candidate as the model reads them; `sort` is figure, list, span or sentence.

    `bare` grows as less than 0.4 of the question stands round the answer; `foreign` marks a figure
    whose sentence lacks much of what the question names.
    """
    found = {name: signals.get(name, DEFAULTS.get(name, 0.0)) for name in FEATURES}
    found |= {"score": score, "margin": margin}
    found |= {name: float(name == sort) for name in ("figure", "list", "sentence")}
    found["bare"] = max(0.0, 1 - found["cover"] / 0.4)
    found["foreign"] = float(sort == "figure" and found["lacking"] >= 0.4)
    return found


@cache
def _bundled() -> Mapping[str, float]:
    loaded: dict[str, float] = json.loads(BUNDLED.read_text("utf-8"))
    return loaded


@cache
def bundled() -> Weights:
    """The weights that come with the package, with "bias" among them."""
    return {name: value for name, value in _bundled().items() if name != "threshold"}


def bundled_threshold() -> float:
    """The least confidence of an answer where neither the caller nor the index says another."""
    return _bundled()["threshold"]


def probability(found: Mapping[str, float], weights: Weights) -> float:
    """Chance that the answer is right, 0 to 1.

    >>> probability({"score": 0.5}, {"bias": -1.0, "score": 2.0})
    0.5
    """
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds(found, weights)))))


def log_odds(found: Mapping[str, float], weights: Weights) -> float:
    """The weighted sum of the signals, and the bias."""
    return weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in found.items())


def confidence(found: Mapping[str, float], weights: Weights) -> float:
    """The probability, lowered where a bar (another subject, another period) all but rules the answer out."""
    bars = min(1.0, 2.0 * found.get("bars", 1.0))
    return probability(found, weights) * bars**2


def to_text(calibration: Calibration) -> str:
    """The file of a calibration, with a hash over the rest so that damage shows."""
    return seal(calibration.to_json())


def load_calibration(folder: Path) -> Calibration | None:
    """The calibration of an index folder, None where there is none.

    Raises StoreError for a damaged one, and for one that was fitted to other signals than
    this version has: answering otherwise than the user set it up would be worse than an error.
    """
    path = folder / FILE
    out = f"To go back to the bundled confidence: qa calibrate --reset --index {folder}"
    try:
        record = unseal(read_regular(path))
        quality = {name: Quality(**record[name]) for name in ("before", "after")}
        found = Calibration(**record | quality)
        numbers = (*found.weights.values(), found.threshold, found.questions)
        if not all(math.isfinite(number) for number in numbers) or not 0 <= found.threshold <= 1:
            raise ValueError("a number out of its bounds")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"'{path}' cannot be read ({error.strerror}). {out}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{FILE} in '{folder}' is damaged. {out}") from error
    if set(found.weights) != {"bias", *FEATURES}:
        text = f"The calibration of '{folder}' is of another version of qa. Drop it, then calibrate again:"
        raise StoreError(f"{text} qa calibrate --reset --index {folder}")
    return found
