"""What sort of answer a question asks for, learnt from the sorts of many written questions.

A linear model over character n-grams of the folded question, with its edges marked, hashed into
`SIZE` rows: `data/question_kinds.npz`, made by `embeddings/train_ranker.py`.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ASKS = ("figure", "which", "fact", "list", "yesno", "compare")
"""A figure, whose or which it is, another fact, several things, yes or no, arithmetic or comparison."""
SIZE = 1 << 13
LONGEST = 120
"""Characters of a question that count, from its end."""
FILE = Path(__file__).parent.with_name("data") / "question_kinds.npz"


def rows_of(folded: str) -> list[int]:
    """The rows of the model that a folded question calls for, one for each of its n-grams (1 to 4)."""
    text = f"^{folded[-LONGEST:].rstrip('?。 ')}$"
    grams = {text[i : i + n] for n in (1, 2, 3, 4) for i in range(len(text) - n + 1)}
    return sorted({zlib.crc32(gram.encode("utf-8", "replace")) % SIZE for gram in grams})


@cache
def _model() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    with np.load(FILE) as stored:
        return stored["weights"].astype(np.float32), stored["bias"].astype(np.float32)


def kinds_of(folded: str) -> Mapping[str, float]:
    """A probability for each of ASKS."""
    weights, bias = _model()
    rows = rows_of(folded)
    logits = bias + weights[rows].sum(0) / max(1, len(rows)) ** 0.5
    raised = np.exp(logits - logits.max())
    return dict(zip(ASKS, (raised / raised.sum()).tolist(), strict=True))
