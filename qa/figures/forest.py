"""Boosted trees as arrays, run by numpy: many candidates through all trees at once.

The trees are fitted by `embeddings/train_figures.py`; `data/figure_forests.npz` holds a forest a field.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

PATH = Path(__file__).parent.parent / "data" / "figure_forests.npz"


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees of one field: arrays of shape (trees, nodes); a leaf points to itself."""

    feature: Any
    threshold: Any
    left: Any
    right: Any
    value: Any
    depth: int

    def score(self, rows: Any) -> Any:
        """Sum of the trees for each row of features (shape: rows, features): log odds."""
        x = np.asarray(rows, dtype=np.float32)
        trees = np.arange(len(self.feature))
        node = np.zeros((len(x), len(trees)), dtype=np.intp)
        lines = np.arange(len(x))[:, None]
        for _ in range(self.depth):
            held = x[lines, self.feature[trees, node]]
            node = np.where(
                held <= self.threshold[trees, node], self.left[trees, node], self.right[trees, node]
            )
        return self.value[trees, node].sum(axis=1)


@cache
def forests() -> dict[str, Forest]:
    """The bundled forests by the name of their field."""
    parts = ("feature", "threshold", "left", "right", "value")
    with np.load(PATH) as held:
        fields = sorted({name.partition(".")[0] for name in held.files})
        return {
            field: Forest(
                **{part: held[f"{field}.{part}"] for part in parts}, depth=int(held[f"{field}.depth"])
            )
            for field in fields
        }
