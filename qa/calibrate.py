"""Confidence and its threshold, fitted to questions whose answers are known.

Every question is asked as it is, and once more with the passages that hold its evidence
taken away, where any answer is wrong. A logistic regression over the signals of the
answers is drawn towards given weights (the bundled ones, for a user's few questions), and
the threshold is the one with the best grounded accuracy. What is reported is
cross-validated: no answer is judged by weights or a threshold that saw its question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.answer import Sources, consider, reply
from qa.calibration import (
    FEATURES,
    FILE,
    Calibration,
    Quality,
    Weights,
    bundled,
    bundled_threshold,
    confidence,
    to_text,
)
from qa.chat import focus, resolve
from qa.errors import InputError
from qa.evaluation import Progress, question_set
from qa.index import put_beside, read_meta
from qa.metrics import judge
from qa.question_checks import QuestionFileError, misplaced
from qa.questions import Question, QuestionSet, threads
from qa.schema import Hit
from qa.systems import answer_row, texts_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Asked = str | Path | QuestionSet | Iterable[Question | Mapping[str, Any]]
LEAST = 10
"""Questions below which nothing is fitted."""
PENALTY = 1.0
FOLDS = 10
SPARE = 20
"""Passages searched beyond those that are read, so that enough are left when evidence is hidden."""
UNANSWERABLE = 0.2
"""The least share of questions that the documents do not answer, among those of a real user."""
NEAR = 0.005
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


def outcomes(
    sources: Sources,
    names: Callable[[str], Iterable[str]],
    questions: Sequence[Question],
    progress: Progress | None = None,
) -> list[Outcome]:
    """Ask every question with and without its evidence; turns in the light of those before them.

    Questions that have no key (TREC topics) are passed over. `names` gives the known names in a text.
    """
    originals = {e.document: "" for q in questions for e in q.evidence}
    originals = {id: sources.document(id).text for id in originals}
    found: list[Outcome] = []
    done = 0
    for thread in threads(questions):
        last = None
        for q in thread:
            resolved = resolve(q.question, last, names) if q.conversation is not None else q.question
            last = focus(resolved, names) if q.conversation is not None else None
            if q.keyed or not q.answerable:
                found += _asked_twice(q, resolved, sources, originals)
            done += 1
            if progress is not None:
                progress("calibrate", done, len(questions))
    return weighed(found)


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


def _asked_twice(
    q: Question, resolved: str, sources: Sources, originals: Mapping[str, str]
) -> Iterable[Outcome]:
    gold = [(e.document, *r) for e in q.evidence for r in e.ranges(originals[e.document])]
    for hidden in (False, True) if q.answerable and gold else (False,):
        seen = replace(sources, search=_without(sources.search, gold)) if hidden else sources
        judged = consider(resolved, seen)
        said = answer_row(reply(q.question, resolved, judged, seen, 3, 0.0), q)
        score = judge(q, said, originals)
        good = score.correct if score.grounded is None else score.grounded
        yield Outcome(
            q.conversation or q.id,
            hidden,
            hidden or not q.answerable,
            judged.verdict.features,
            judged.verdict.confidence,
            q.answerable and not hidden and bool(good),
        )


def _without(
    search: Callable[[str, int], list[Hit]], gold: Sequence[tuple[str, int, int]]
) -> Callable[[str, int], list[Hit]]:
    """Search that does not find passages that hold any of the ranges (document, start, end)."""

    def holds(hit: Hit) -> bool:
        p = hit.passage
        return any(p.document == d and p.start < end and start < p.end for d, start, end in gold)

    return lambda query, k: [hit for hit in search(query, k + SPARE) if not holds(hit)][:k]


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


def fitted(found: Sequence[Outcome], penalty: float, towards: Weights | None) -> dict[str, float]:
    """Weights fitted on the outcomes that no bar has ruled out; `towards` where these tell nothing."""
    rows = [o for o in found if o.fits]
    if towards is not None and len({o.right for o in rows}) < 2:
        return dict(towards)
    counts = [o.weight for o in rows]
    return fit([o.signals for o in rows], [o.right for o in rows], penalty, towards, counts)


def folds_of(found: Sequence[Outcome]) -> list[int]:
    """The fold of every outcome; a conversation and both askings of a question stay together."""
    import numpy as np

    threads = sorted({o.thread for o in found})
    order: list[str] = np.random.default_rng(0).permutation(threads).tolist()
    fold = {thread: i % FOLDS for i, thread in enumerate(order)}
    return [fold[o.thread] for o in found]


def cross_validated(found: Sequence[Outcome], penalty: float, towards: Weights | None) -> list[float]:
    """Each outcome's confidence by weights fitted without its question."""
    fold = folds_of(found)
    weights = {
        n: fitted([o for o, f in zip(found, fold, strict=True) if f != n], penalty, towards)
        for n in set(fold)
    }
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
    the difference, the middle is taken, or what is nearest to `near`.
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
    return float(steps[(low + high) // 2])


def thresholds(found: Sequence[Outcome], p: Sequence[float], near: float | None) -> list[float]:
    """For each outcome the best threshold of the questions in other folds."""
    fold = folds_of(found)
    best = {}
    for n in set(fold):
        others = [i for i, f in enumerate(fold) if f != n]
        best[n] = best_threshold([found[i] for i in others], [p[i] for i in others], near)
    return [best[f] for f in fold]


def calibrated(
    found: Sequence[Outcome], penalty: float, towards: Weights | None = None, near: float | None = None
) -> tuple[dict[str, float], Quality]:
    """Weights fitted on all outcomes, and what cross-validation says of them, with the threshold."""
    p = cross_validated(found, penalty, towards)
    best = best_threshold(found, p, near)
    return fitted(found, penalty, towards), quality(found, p, best, thresholds(found, p, near))


def calibrate(
    sources: Sources,
    names: Callable[[str], Iterable[str]],
    questions: Asked,
    progress: Progress | None = None,
) -> Calibration:
    """The bundled weights and threshold, drawn to what these questions show.

    Raises QuestionFileError, and InputError where the questions are too few or show nothing.
    """
    asked = question_set(questions)
    texts = texts_of(sources, {e.document for q in asked for e in q.evidence})
    if wrong := misplaced(asked, texts):
        raise QuestionFileError(asked.name, wrong)
    n = sum(q.keyed or not q.answerable for q in asked)
    if n < LEAST:
        raise InputError(f"{asked.name}: {n} questions have a key to judge by; calibrating needs {LEAST}.")
    found = outcomes(sources, names, asked.questions, progress)
    said = {o.right for o in found if o.fits}
    if len(said) < 2:
        what = "right" if said == {True} else "wrong"
        text = f"{asked.name}: every answer is {what}, so there is nothing to tell apart."
        raise InputError(f"{text} Add questions, easy and hard ones, and some without an answer.")
    least = bundled_threshold()
    p = [o.confidence(bundled()) for o in found]
    before = quality(found, p, least, [least] * len(p))
    weights, after = calibrated(found, PENALTY, bundled(), least)
    return Calibration(weights, after.threshold, n, before, after)


def keep(folder: Path, calibration: Calibration) -> None:
    """Store a calibration with an index. Raises StoreError."""
    put_beside(folder, FILE, to_text(calibration))


def drop(folder: Path) -> bool:
    """Take an index back to the bundled confidence; whether it had another. Raises StoreError."""
    if not (folder / FILE).exists():
        read_meta(folder)
        return False
    put_beside(folder, FILE, None)
    return True
