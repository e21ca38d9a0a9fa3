"""Confidence and its threshold, fitted to questions whose answers are known.

Every question is asked as it is, and once more with the passages that hold its evidence
taken away, where any answer is wrong. `fitting` makes a scale and a threshold of what came out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa.answer.chat import Chat
from qa.answer.confidence import FILE, Calibration, to_text
from qa.answer.passages import Sources
from qa.answer.ranker import bundled
from qa.answer.reply import answer, consider, reply
from qa.errors import InputError
from qa.evaluation.checks import QuestionFileError, misplaced
from qa.evaluation.fitting import Outcome, calibrated, quality, weighed
from qa.evaluation.measure import question_set
from qa.evaluation.metrics import judge
from qa.evaluation.questions import Question, QuestionSet, threads
from qa.evaluation.systems import answer_row, texts_of
from qa.question.turns import Sense, complete
from qa.schema import Answer, Hit, Progress
from qa.search.folder import put_beside, read_meta

Asked = str | Path | QuestionSet | Iterable[Question | Mapping[str, Any]]
LEAST = 10
"""Questions below which nothing is fitted."""
SPARE = 20
"""Passages searched beyond those that are read, so that enough are left when evidence is hidden."""


def outcomes(
    sources: Sources, questions: Sequence[Question], progress: Progress | None = None
) -> list[Outcome]:
    """Ask every question with and without its evidence; turns in the light of those before them.

    Questions that have no key (TREC topics) are passed over.
    """
    originals = {e.document: "" for q in questions for e in q.evidence}
    originals = {id: sources.document(id).text for id in originals}
    found: list[Outcome] = []
    done = 0
    for thread in threads(questions):
        chat = Chat(lambda question, sense, *_: _said(question, sense, sources), lambda: sources)
        for q in thread:
            sense = chat.understand(q.question) if q.conversation is not None else complete(q.question)
            if q.keyed or not q.answerable:
                found += _asked_twice(q, sense, sources, originals)
            if q.conversation is not None:
                chat.ask(q.question)
            done += 1
            if progress is not None:
                progress("calibrate", done, len(questions))
    return weighed(found)


def _said(question: str, sense: Sense, sources: Sources) -> Answer:
    return answer(question, sense, sources, 3, sources.rank.scale.threshold)


def _asked_twice(
    q: Question, sense: Sense, sources: Sources, originals: Mapping[str, str]
) -> Iterable[Outcome]:
    gold = [(e.document, *r) for e in q.evidence for r in e.ranges(originals[e.document])]
    for hidden in (False, True) if q.answerable and gold else (False,):
        seen = replace(sources, search=_without(sources.search, gold)) if hidden else sources
        judged = consider(sense, seen)
        said = answer_row(reply(q.question, sense.resolved, judged, seen, 3, 0.0), q)
        score = judge(q, said, originals)
        good = score.correct if score.grounded is None else score.grounded
        yield Outcome(
            q.conversation or q.id,
            hidden,
            hidden or not q.answerable,
            judged.scores[0] if judged.scores else None,
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


def calibrate(
    sources: Sources, questions: Asked, progress: Progress | None = None
) -> Calibration:
    """The bundled scale and threshold, drawn to what these questions show.

    Raises QuestionFileError, and InputError where the questions are too few or show nothing.
    """
    asked = question_set(questions)
    texts = texts_of(sources, {e.document for q in asked for e in q.evidence})
    if wrong := misplaced(asked, texts):
        raise QuestionFileError(asked.name, wrong)
    n = sum(q.keyed or not q.answerable for q in asked)
    if n < LEAST:
        raise InputError(f"{asked.name}: {n} questions have a key to judge by; calibrating needs {LEAST}.")
    found = outcomes(sources, asked.questions, progress)
    said = {o.right for o in found if o.score is not None}
    if len(said) < 2:
        what = "right" if said == {True} else "wrong"
        text = f"{asked.name}: every answer is {what}, so there is nothing to tell apart."
        raise InputError(f"{text} Add questions, easy and hard ones, and some without an answer.")
    scale = bundled().scale
    p = [o.confidence(scale) for o in found]
    before = quality(found, p, scale.threshold, [scale.threshold] * len(p))
    fitted, after = calibrated(found, scale)
    return Calibration(fitted.slope, fitted.shift, fitted.threshold, bundled().fingerprint, n, before, after)


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
