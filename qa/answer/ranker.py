"""The one model that chooses an answer and says how likely it is right.

Gradient-boosted trees over the table of signals (`data/ranker.npz`, fitted by `embeddings/train_ranker.py` to
questions as asked and with their evidence hidden), run by numpy. Their log-odds, stretched and shifted by a
calibration, are the confidence; below the calibration's threshold a question is refused.
Sources: Friedman, Greedy function approximation, 2001; Platt, Probabilistic outputs, 1999; for the shares of
the signals in a score Saabas, Interpreting random forests, 2014.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).parent.with_name("data") / "ranker.npz"
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scale:
    """Log-odds to probability: `slope` times the trees' score plus `shift`; refused below `threshold`."""

    slope: float
    shift: float
    threshold: float

    def probability(self, score: float) -> float:
        """Chance that the answer is right, 0 to 1.

        >>> Scale(1.0, 0.0, 0.5).probability(0.0)
        0.5
        """
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, self.slope * score + self.shift))))


@dataclass(frozen=True)
class Trees:
    """Boosted trees as flat arrays over all nodes: children, the signal asked and its bound, the value.

    `feature` is -1 at a leaf; a value up to `bound` goes left. `roots` are the trees' first nodes.
    """

    names: tuple[str, ...]
    roots: NDArray[np.int32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    feature: NDArray[np.int32]
    bound: Floats
    value: Floats
    start: float

    def scores(self, table: Floats) -> Floats:
        """The sum of the trees for every row (shape: rows, signals), as log-odds."""
        total = np.full(len(table), self.start)
        rows = np.arange(len(table))
        at = np.tile(self.roots[:, None], (1, len(table)))
        while True:
            asked = self.feature[at]
            inner = asked >= 0
            if not inner.any():
                total += self.value[at].sum(0)
                return total
            goes_left = table[rows[None, :], np.maximum(asked, 0)] <= self.bound[at]
            at = np.where(inner, np.where(goes_left, self.left[at], self.right[at]), at)

    def shares(self, row: Floats) -> dict[str, float]:
        """What each signal adds to the score of one row: in all the score less `start` and the roots."""
        found = dict.fromkeys(self.names, 0.0)
        for at in self.roots.tolist():
            while self.feature[at] >= 0:
                asked = int(self.feature[at])
                after = int(self.left[at] if row[asked] <= self.bound[at] else self.right[at])
                found[self.names[asked]] += float(self.value[after] - self.value[at])
                at = after
        return found


@dataclass(frozen=True)
class Ranker:
    """The trees with the calibration in use; `fingerprint` tells two sets of trees apart."""

    trees: Trees
    scale: Scale
    fingerprint: str = ""

    def scores(self, rows: Sequence[Mapping[str, float]]) -> list[float]:
        """Log-odds of every candidate, rounded so that another machine's last bits change no order."""
        return [round(float(s), 6) for s in self.trees.scores(self.table(rows))] if rows else []

    def table(self, rows: Sequence[Mapping[str, float]]) -> Floats:
        """Signals as the trees take them (shape: rows, signals)."""
        return np.array([[row[name] for name in self.trees.names] for row in rows], np.float64)


@cache
def bundled() -> Ranker:
    """The ranker that comes with the package."""
    with np.load(FILE) as stored:
        arrays = {name: stored[name] for name in stored.files}
    fingerprint = sha256(b"".join(arrays[name].tobytes() for name in sorted(arrays))).hexdigest()[:12]
    parts = {name: arrays[name] for name in ("roots", "left", "right", "feature")}
    parts |= {name: arrays[name].astype(np.float64) for name in ("bound", "value")}
    names = tuple(str(name) for name in arrays["names"])
    trees = Trees(names, start=float(arrays["start"]), **parts)
    return Ranker(trees, Scale(*(float(v) for v in arrays["scale"])), fingerprint)
