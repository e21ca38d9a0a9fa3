"""Scripted evaluation: ask every question of a file, score the answers, keep the run.

>>> from qa.evaluation.measure import evaluate
>>> asked = [{"id": "1", "question": "总投资多少？", "answers": ["3.2亿元"]}]
>>> run = evaluate(lambda question: "3.2亿元", asked, metrics=["correct", "em"])
>>> run.metrics["correct"].value
1.0
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa.errors import InputError
from qa.evaluation import fingerprints
from qa.evaluation import folder as runs
from qa.evaluation.checks import QuestionFileError, misplaced
from qa.evaluation.estimates import METRICS, Custom, Estimate, check_names, columns_of, estimates
from qa.evaluation.metrics import judge
from qa.evaluation.questions import Question, QuestionSet, threads
from qa.evaluation.ranking import cutoff, is_ranking, ranking_scores
from qa.evaluation.reading import parse_lines, read_questions
from qa.evaluation.run import Evaluation
from qa.evaluation.systems import Row, System, run_thread, system_of, texts_of
from qa.schema import Progress

VOLATILE = {"folder", "roots", "generation", "bytes", "forced", "skipped", "sources"}
"""What an index says about itself that changes no answer (and its sources, which get a fingerprint)."""


def question_set(questions: str | Path | QuestionSet | Iterable[Question | Mapping[str, Any]]) -> QuestionSet:
    """Checked questions of a file, of records, or of JSON objects. Raises QuestionFileError."""
    if isinstance(questions, str | Path):
        return read_questions(questions)
    if isinstance(questions, QuestionSet):
        return questions
    records = [runs.question_json(q) if isinstance(q, Question) else q for q in questions]
    return parse_lines(runs.as_lines(records), "questions")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to compute: metrics by name, the user's own metrics, fields to split by, and the seed."""

    names: tuple[str, ...]
    custom: Mapping[str, Custom]
    by: tuple[str, ...]
    seed: int

    @property
    def rankings(self) -> list[str]:
        return [name for name in self.names if is_ranking(name)]

    @property
    def k(self) -> int:
        """How many hits to rank; 0 for none."""
        return cutoff(self.rankings) if self.rankings else 0

    @property
    def asks(self) -> bool:
        """Whether answers are needed, or rankings alone."""
        return bool(self.custom) or len(self.names) > len(self.rankings)


def plan(metrics: Sequence[str | Custom] | None, by: Sequence[str] = ("type",), seed: int = 0) -> Plan:
    """A checked plan; all metrics by default. Raises InputError."""
    given = METRICS if metrics is None else metrics
    custom = {getattr(m, "__name__", "metric"): m for m in given if not isinstance(m, str)}
    return Plan(check_names([m for m in given if isinstance(m, str)]), custom, tuple(by), seed)


def evaluate(
    measured: Any,
    questions: str | Path | QuestionSet | Iterable[Question | Mapping[str, Any]],
    metrics: Sequence[str | Custom] | None = None,
    *,
    by: Sequence[str] = ("type",),
    documents: Mapping[str, str] | None = None,
    out: str | Path | None = None,
    fresh: bool = False,
    seed: int = 0,
    progress: Progress | None = None,
) -> Evaluation:
    """Ask all questions and score the answers.

    `measured` is a knowledge base, or any callable that answers or searches (see `systems`).
    `metrics` are names or functions (question, answer) -> number or None; all by default. `by`
    names fields to split by. `documents` are the originals that citations point into, where
    `measured` is no knowledge base. With `out` the run is kept in that folder and goes on where
    it stopped; `fresh` starts it over. Raises QuestionFileError before anything is asked.
    """
    asked, system, wanted = question_set(questions), system_of(measured), plan(metrics, by, seed)
    texts = _originals(measured, asked, documents)
    settings = settings_of(asked, measured, wanted)
    folder = Path(out) if out is not None else None
    if folder is not None:
        runs.start_run(folder, settings, fresh)
    rows = _collect(system, asked, wanted, folder, progress)
    cited = {c["document"] for row in rows for c in (*row["citations"], *row.get("hits", ()))}
    texts |= texts_of(measured, cited - texts.keys())
    done = score_run(asked, rows, wanted, texts, settings, folder)
    if folder is not None:
        runs.write_run(done)
    return done


def _originals(measured: Any, asked: QuestionSet, documents: Mapping[str, str] | None) -> dict[str, str]:
    """The documents that evidence points into. Raises QuestionFileError where they do not hold it."""
    texts = dict(documents or asked.documents)
    if not texts:
        texts = texts_of(measured, {e.document for q in asked for e in q.evidence})
    if (texts or hasattr(measured, "document")) and (wrong := misplaced(asked, texts)):
        raise QuestionFileError(asked.name, wrong)
    return texts


def settings_of(asked: QuestionSet, measured: Any, wanted: Plan) -> dict[str, Any]:
    """What is measured (a run goes on only with the same), and how."""
    info = measured.info() if callable(getattr(measured, "info", None)) else {}
    what = {
        "questions": asked.fingerprint,
        "system": system_of(measured).name,
        "index": {key: value for key, value in info.items() if key not in VOLATILE},
        "corpus": fingerprints.digest(info["sources"]) if "sources" in info else None,
        "models": fingerprints.model_fingerprint() if info else None,
        "code": fingerprints.code_fingerprint(),
        "libraries": fingerprints.versions(),
        "answers": wanted.asks,
        "hits": wanted.k,
    }
    return {
        "measured": what,
        "questions": {"name": asked.name, "n": len(asked)},
        "metrics": [*wanted.names, *wanted.custom],
        "seed": wanted.seed,
    }


def _collect(
    system: System, asked: QuestionSet, wanted: Plan, folder: Path | None, progress: Progress | None
) -> list[Row]:
    """The rows of all questions, in order of thread; those that a stopped run left are not asked again."""
    order = threads(asked)
    rows = runs.recover_rows(folder, order) if folder is not None else []
    done = 0
    with runs.journal(folder) if folder is not None else nullcontext() as append:
        for thread in order:
            done += len(thread)
            if done <= len(rows):
                continue
            new = run_thread(system, thread, wanted.asks, wanted.k)
            if append is not None:
                append(new)
            rows += new
            if progress is not None:
                progress("evaluate", done, len(asked))
    return rows


def score_run(
    asked: QuestionSet,
    rows: Sequence[Row],
    wanted: Plan,
    texts: Mapping[str, str],
    settings: Mapping[str, Any],
    folder: Path | None = None,
) -> Evaluation:
    """The evaluation of rows that are there already, in order of thread."""
    questions = tuple(q for thread in threads(asked) for q in thread)
    ranked = runs.rankings_of(questions, rows, texts)
    ranking = ranking_scores(*ranked, wanted.rankings) if wanted.rankings else {}
    scores = []
    for q, row in zip(questions, rows, strict=True):
        own = {name: metric(q, row) for name, metric in wanted.custom.items()}
        cost = {"ms": row["ms"], "rss_mib": row["rss_mib"]}
        scores.append(asdict(judge(q, row, texts)) | ranking.get(q.id, {}) | own | cost)
    every = (*wanted.names, *wanted.custom)
    total = estimates(columns_of(scores, every), every, wanted.seed)
    split = {field: split_by(questions, scores, field, every, wanted.seed) for field in wanted.by}
    return Evaluation(
        asked.name, settings, questions, tuple(rows), tuple(scores), total, split, texts, folder
    )


def split_by(
    questions: Sequence[Question], scores: Sequence[Row], field: str, names: Sequence[str], seed: int
) -> dict[str, dict[str, Estimate]]:
    """The metrics of every value of a field, in order of value. Raises InputError on an unknown field."""
    groups: dict[str, list[Row]] = {}
    for q, score in zip(questions, scores, strict=True):
        value = q.type if field == "type" else q.fields.get(field)
        for one in value if isinstance(value, list) else [value]:
            if one not in (None, ""):
                groups.setdefault(str(one), []).append(score)
    if not groups and field != "type":
        there = sorted({name for q in questions for name in q.fields})
        raise InputError(f"No question has a field {field!r}. There are: type, {', '.join(there)}.")
    return {value: estimates(columns_of(groups[value], names), names, seed) for value in sorted(groups)}
