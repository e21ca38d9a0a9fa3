"""The calibration of an index: how a user's own questions stretch and shift the ranker's log-odds.

`qa calibrate` fits it (see `qa.evaluation.calibrate`); it lies in the index folder and outlives its
generations. Without one the scale that comes with the ranker serves.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from qa.answer.ranker import Ranker, Scale, bundled
from qa.errors import StoreError
from qa.search.sealed import digest, read_regular, seal, unseal

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
    """Slope, shift and threshold fitted to a user's questions, for the ranker named by `ranker`.

    `before` is the bundled confidence on these questions, `after` the new one, cross-validated.
    """

    slope: float
    shift: float
    threshold: float
    ranker: str
    questions: int
    before: Quality
    after: Quality

    @property
    def scale(self) -> Scale:
        return Scale(self.slope, self.shift, self.threshold)

    def to_json(self) -> dict[str, Any]:
        """Everything, as plain values."""
        return asdict(self)

    def summary(self) -> dict[str, Any]:
        """What `info` says; the fingerprint tells two calibrations apart."""
        ece = {"ece_before": self.before.ece, "ece_after": self.after.ece}
        told = {"questions": self.questions, "threshold": self.threshold} | ece
        return told | {"fingerprint": digest(self.to_json())[:12]}


def ranker_with(calibration: Calibration | None) -> Ranker:
    """The bundled ranker, with an index's own calibration where it has one."""
    return replace(bundled(), scale=calibration.scale) if calibration else bundled()


def to_text(calibration: Calibration) -> str:
    """The file of a calibration, with a hash over the rest so that damage shows."""
    return seal(calibration.to_json())


def load_calibration(folder: Path) -> Calibration | None:
    """The calibration of an index folder, None where there is none.

    Raises StoreError for a damaged one, and for one that was fitted to another ranker than
    this version has: answering otherwise than the user set it up would be worse than an error.
    """
    path = folder / FILE
    out = f"To go back to the bundled confidence: qa calibrate --reset --index {folder}"
    try:
        record = unseal(read_regular(path))
        quality = {name: Quality(**record[name]) for name in ("before", "after")}
        if set(record) != set(Calibration.__dataclass_fields__):
            raise StoreError(_other(folder))
        found = Calibration(**record | quality)
        numbers = (found.slope, found.shift, found.threshold, found.questions)
        if not all(math.isfinite(number) for number in numbers) or not 0 <= found.threshold <= 1:
            raise ValueError("a number out of its bounds")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"'{path}' cannot be read ({error.strerror}). {out}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{FILE} in '{folder}' is damaged. {out}") from error
    if found.ranker != bundled().fingerprint:
        raise StoreError(_other(folder))
    return found


def _other(folder: Path) -> str:
    text = f"The calibration of '{folder}' is of another version of qa. Drop it, then calibrate again:"
    return f"{text} qa calibrate --reset --index {folder}"
