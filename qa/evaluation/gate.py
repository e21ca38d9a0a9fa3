"""The gate of a build: a floor for every metric that must not drop, on one set of questions.

The file is JSON: `questions` (the fingerprint of the set), `floors` (metric -> bound). A bound
of a metric of which less is better (ece, aurc, latency) is a ceiling. A metric of one group is
written `grounded[type=figure]`; any field that the run was split by will do.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.errors import InputError
from qa.evaluation.estimates import METRICS, better_direction
from qa.evaluation.ranking import is_ranking
from qa.evaluation.run import Evaluation
from qa.writing import write_whole

GATED = ("grounded", "correct", "cited", "citation_precision", "exact", "refusal_f1", "recall@10", "mrr@10")
_GROUP = re.compile(r"([^\[\]]+)\[([^=\]]+)=(.+)\]")
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Floor:
    """One bound and what the run has; `value` is None where the run lacks the metric."""

    name: str
    bound: float
    value: float | None

    @property
    def held(self) -> bool:
        """Whether the run is on the right side (rounding of the last written digit is forgiven)."""
        if self.value is None:
            return False
        slack = 0.5 / 10**DIGITS
        sign = 1 if better_direction(metric_of(self.name)) == "higher" else -1
        return bool(sign * (self.value - self.bound) >= -slack)


@dataclass(frozen=True, slots=True)
class Gate:
    """The verdict on a run: all floors, and whether the questions are those the floors were set on."""

    floors: tuple[Floor, ...]
    same_questions: bool

    @property
    def passed(self) -> bool:
        return self.same_questions and all(floor.held for floor in self.floors)

    @property
    def failed(self) -> tuple[Floor, ...]:
        return tuple(floor for floor in self.floors if not floor.held)


def metric_of(name: str) -> str:
    """The metric of a floor, without its group.

    >>> metric_of("grounded[type=figure]")
    'grounded'
    """
    match = _GROUP.fullmatch(name)
    return match[1] if match else name


def value_of(run: Evaluation, name: str) -> float | None:
    """What a run has for a floor's metric; None where it has none."""
    match = _GROUP.fullmatch(name)
    group = run.by.get(match[2], {}).get(match[3], {}) if match else run.metrics
    estimate = group.get(metric_of(name))
    return estimate.value if estimate else None


def read_gate(path: str | Path) -> tuple[str, dict[str, float]]:
    """The fingerprint and the floors of a gate file. Raises InputError."""
    try:
        record = json.loads(Path(path).read_text(encoding="utf-8"))
        questions, floors = record["questions"], record["floors"]
    except OSError:
        raise InputError(f"No gate in '{path}'. Make one from a run: qa gate RUN {path}") from None
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"{path} is no gate file ({error!r}). It needs `questions` and `floors`.") from error
    if not isinstance(questions, str) or not isinstance(floors, dict):
        raise InputError(f"{path}: `questions` must be a string and `floors` an object.")
    for name, bound in floors.items():
        metric = metric_of(name)
        if metric not in METRICS and not is_ranking(metric):
            raise InputError(f"{path}: {name!r} is no metric.")
        if isinstance(bound, bool) or not isinstance(bound, int | float):
            raise InputError(f"{path}: the floor of {name!r} must be a number.")
    return questions, {name: float(bound) for name, bound in floors.items()}


def check_gate(run: Evaluation, path: str | Path) -> Gate:
    """`qa evaluate --gate FILE`: the floors of a file against a run. Raises InputError."""
    questions, floors = read_gate(path)
    held = tuple(Floor(name, bound, value_of(run, name)) for name, bound in floors.items())
    return Gate(held, questions == run.settings["measured"]["questions"])


def update_gate(
    run: Evaluation,
    path: str | Path,
    metrics: Sequence[str] | None = None,
    margin: float = 0.0,
    allow_lower: bool = False,
) -> Gate:
    """Set the floors of a file to what a run reached, less `margin`; the file need not exist.

    Without `metrics` the floors that are there are moved (GATED for a new file); floors not named
    stay. Refuses, without `allow_lower`, to loosen any floor, to drop the set of questions for
    another, or to pass over a metric that the run lacks. Raises InputError naming all of these.
    """
    exists = Path(path).exists()
    questions, floors = read_gate(path) if exists else ("", {})
    names = list(metrics) if metrics is not None else list(floors) or [n for n in GATED if n in run.metrics]
    moved = {name: _floor_of(run, name, margin) for name in names}
    refused = [
        f"{name} {floors[name]:g} -> {new:g}"
        for name, new in moved.items()
        if name in floors and _is_looser(name, new, floors[name])
    ]
    fingerprint = run.settings["measured"]["questions"]
    if exists and questions != fingerprint:
        refused.append("another set of questions")
    if refused and not allow_lower:
        raise InputError(f"{path} would be loosened ({'; '.join(refused)}). Say so with --allow-lower.")
    record = {"questions": fingerprint, "floors": floors | moved}
    write_whole(Path(path), json.dumps(record, ensure_ascii=False, indent=2) + "\n")
    return check_gate(run, path)


def _floor_of(run: Evaluation, name: str, margin: float) -> float:
    """The bound that a run reaches, less a margin. Raises InputError where it lacks the metric."""
    value = value_of(run, name)
    if value is None:
        raise InputError(f"The run has no {name!r}. Choose metrics that it has.")
    higher = better_direction(metric_of(name)) == "higher"
    return _round_loosely(value - margin if higher else value + margin, higher)


def _is_looser(name: str, new: float, old: float) -> bool:
    return new < old if better_direction(metric_of(name)) == "higher" else new > old


def _round_loosely(value: float, higher: bool) -> float:
    """DIGITS decimals, towards the loose side, so that the run itself passes."""
    step = float(10**DIGITS)
    # One part in 10^9 keeps 0.9 from becoming 0.8999 by the way floats are stored.
    return math.floor(value * step + 1e-9) / step if higher else math.ceil(value * step - 1e-9) / step
