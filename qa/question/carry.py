"""Whether a turn goes on from the question before it, and whether it asks for arithmetic on the last answers.

Two linear models over character n-grams and a few measurements (`data/turns.npz`, made by
`embeddings/train_turns.py` from written conversations and from complete questions put beside them).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.chinese.fold import fold
from qa.chinese.periods import time_expressions
from qa.chinese.tags import segment
from qa.question.turns import ASKS, CONTENT, PRONOUN, content, core

FILE = Path(__file__).parent.with_name("data") / "turns.npz"
SIZE = 1 << 12
OPERATIONS = ("", "difference", "sum", "ratio")
"""Arithmetic that a turn may ask for; "" for none."""
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Around:
    """What the documents say of a turn: the best cosine without and with the question before it, whether the
    document of the last answer leads without it, and the share of its words that no passage has.
    """

    alone: float
    behind: float
    stays: bool
    unseen: float
    named: bool


def measurements(turn: str, around: Around) -> list[float]:
    """The numbers beside the n-grams, each within a few units of 0."""
    said = core(turn)
    return [
        float(around.named),
        float(bool(PRONOUN.search(fold(said)))),
        min(len(content(said)), 6) / 3,
        min(len(said), 30) / 15,
        float(bool(ASKS.search(fold(said)))),
        (around.alone - 0.85) * 20,
        (around.behind - around.alone) * 20,
        float(around.stays),
        around.unseen,
    ]


def rows_of(folded: str) -> list[int]:
    """The rows of a model that a text calls for: its n-grams (1 to 3), edges marked."""
    text = f"^{folded[-40:]}$"
    grams = {text[i : i + n] for n in (1, 2, 3) for i in range(len(text) - n + 1)}
    return sorted({zlib.crc32(gram.encode("utf-8", "replace")) % SIZE for gram in grams})


@cache
def _model() -> Mapping[str, Floats]:
    with np.load(FILE) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


def _linear(rows: Sequence[int], weights: Floats) -> Floats:
    found: Floats = weights[list(rows)].sum(0) / max(1, len(rows)) ** 0.5
    return found


def carries(turn: str, around: Around) -> float:
    """Probability that a turn leaves out something that the question before it said."""
    model = _model()
    text = float(_linear(rows_of(fold(turn.strip("?？。 "))), model["carry_weights"]))
    score = (
        text + float(np.dot(measurements(turn, around), model["carry_measured"])) + float(model["carry_bias"])
    )
    return float(1 / (1 + np.exp(-score)))


def asking_stretch(turn: str) -> str:
    """The words around the asking word up to the nouns beside it: what is wanted of whatever it is.

    >>> asking_stretch("两者差多少？"), asking_stretch("一共呢？")
    ('差多少', '一共多少')
    """
    text = PRONOUN.sub("", fold(core(turn)))
    for time in sorted(time_expressions(text, text), key=lambda t: -t.start):
        text = f"{text[: time.start]},{text[time.end :]}"
    cut = "".join(word if tag not in CONTENT or word in ADVERBS else "," for word, tag in segment(text))
    parts = [part for part in cut.replace("，", ",").split(",") if part]
    asking = next((part for part in parts if ASKS.search(part)), "")
    return asking or f"{parts[-1]}多少" if parts else ""


ADVERBS = ("一共", "总共")
"""What the dictionary of words takes for nouns."""


def operation(turn: str) -> str:
    """The arithmetic that a turn asks for which names nothing to look up; "" for none (see OPERATIONS)."""
    if [word for word in content(core(turn)) if word not in ADVERBS]:
        return ""
    model = _model()
    scores = _linear(rows_of(asking_stretch(turn)), model["operation_weights"]) + model["operation_bias"]
    return OPERATIONS[int(np.argmax(scores))]


def save(arrays: Mapping[str, Iterable[float]]) -> None:
    np.savez_compressed(FILE, **arrays)  # type: ignore[arg-type]
    _model.cache_clear()
