"""Run folders: an evaluation as files that can be resumed, diffed, and read by TREC tools.

answers.jsonl grows line by line while a run goes on; everything else is written when it ends:
questions.jsonl, scores.jsonl, metrics.json, run.trec, qrels.trec, report.html. settings.json
comes first and says what is measured.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qa.errors import InputError
from qa.evaluation.estimates import Estimate
from qa.evaluation.fingerprints import digest
from qa.evaluation.questions import Question, QuestionSet
from qa.evaluation.ranking import Qrels, Run, run_and_qrels
from qa.evaluation.reading import read_questions
from qa.evaluation.run import Evaluation
from qa.evaluation.systems import Row
from qa.writing import write_whole

ANSWERS, SETTINGS, REPORT = "answers.jsonl", "settings.json", "report.html"
QUESTIONS, SCORES, METRICS = "questions.jsonl", "scores.jsonl", "metrics.json"
RUN, QRELS = "run.trec", "qrels.trec"
FILES = (ANSWERS, SETTINGS, REPORT, QUESTIONS, SCORES, METRICS, RUN, QRELS)
SYNC_S = 1.0


def as_lines(rows: Iterable[Mapping[str, Any]]) -> str:
    """JSON Lines in which Chinese stays readable."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def start_run(folder: Path, settings: Mapping[str, Any], fresh: bool) -> None:
    """Make a run folder, or go on with one of the same settings.

    Raises InputError where the folder holds another run, or something that is no run.
    """
    path = folder / SETTINGS
    if fresh and path.exists():
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
    if path.exists():
        old, new = read_json(path)["measured"], json.loads(json.dumps(settings["measured"], default=str))
        if differing := sorted(k for k in old.keys() | new.keys() if old.get(k) != new.get(k)):
            what = ", ".join(differing)
            raise InputError(
                f"{folder} holds a run of another {what}. Name another folder, or start it afresh."
            )
        return
    if folder.exists() and any(p.suffix != ".part" for p in folder.iterdir()):
        raise InputError(f"{folder} is not empty and no run. Name another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(settings, ensure_ascii=False, indent=2, default=str) + "\n")


def recover_rows(folder: Path, threads: Sequence[Sequence[Question]]) -> list[Row]:
    """The rows that a stopped run left, cut back to the last whole conversation; the file is cut too."""
    path = folder / ANSWERS
    if not path.exists():
        return []
    data = path.read_bytes()
    rows: list[Row] = []
    ends = [0]
    for line in data.split(b"\n")[:-1]:  # what follows the last line end is a torn line
        try:
            rows.append(json.loads(line))
        except ValueError:
            break
        ends.append(ends[-1] + len(line) + 1)
    whole = 0
    for thread in threads:
        if [row.get("id") for row in rows[whole : whole + len(thread)]] != [q.id for q in thread]:
            break
        whole += len(thread)
    if ends[whole] < len(data):
        os.truncate(path, ends[whole])
    return rows[:whole]


@contextmanager
def journal(folder: Path) -> Iterator[Callable[[Sequence[Row]], None]]:
    """A function that adds the rows of one conversation to a run.

    They outlive a killed process when it returns, and a power cut within SYNC_S seconds (to wait
    for the disk at every question takes 15 ms each).
    """
    with (folder / ANSWERS).open("ab") as file:
        last = time.monotonic()

        def append(rows: Sequence[Row]) -> None:
            nonlocal last
            file.write(as_lines(rows).encode())
            file.flush()
            if time.monotonic() - last > SYNC_S:
                os.fsync(file.fileno())
                last = time.monotonic()

        yield append
        file.flush()
        os.fsync(file.fileno())


def question_json(question: Question) -> dict[str, Any]:
    """A question as a line that reads back as itself."""
    q = question
    row: dict[str, Any] = {"id": q.id, "question": q.question, "answerable": q.answerable}
    row |= {"answers": list(q.answers), "type": q.type}
    evidence = [{k: getattr(e, k) for k in ("document", "quote", "start", "end")} for e in q.evidence]
    others = {
        "value": q.value,
        "items": [list(forms) for forms in q.items],
        "evidence": [{k: v for k, v in e.items() if v is not None} for e in evidence],
        "conversation": q.conversation,
        "turn": q.turn if q.conversation is not None else None,
        "relevant": dict(q.relevant),
    }
    return row | {k: v for k, v in others.items() if v not in (None, [], {})} | dict(q.fields)


def trec_run(runs: Mapping[str, Run], tag: str) -> str:
    """A TREC run file: `topic Q0 passage rank score tag`. White space in ids becomes %20."""
    lines = (
        f"{_word(query)} Q0 {_word(name)} {rank} {score!r} {_word(tag)}\n"
        for query, run in runs.items()
        for rank, (name, score) in enumerate(run.items(), 1)
    )
    return "".join(lines)


def trec_qrels(qrels: Mapping[str, Qrels]) -> str:
    """A TREC qrels file: `topic 0 passage grade`."""
    rows = ((query, name, grade) for query, row in qrels.items() for name, grade in row.items())
    return "".join(f"{_word(query)} 0 {_word(name)} {grade}\n" for query, name, grade in rows)


def _word(text: str) -> str:
    return "%20".join(text.split()) or "-"


def read_json(path: Path) -> Any:
    """A JSON file of a run. Raises InputError."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        what = f"No run in '{path.parent}' ({path.name} not found)"
        raise InputError(f"{what}. Make one: qa evaluate FILE") from None
    except ValueError as error:
        raise InputError(f"{path} is damaged ({error}). Run the evaluation again.") from error


def read_lines(path: Path) -> list[Row]:
    """A JSON Lines file of a run. Raises InputError."""
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    except OSError:
        what = f"The run in '{path.parent}' is not finished ({path.name} not found)"
        raise InputError(f"{what}. Run it again.") from None
    except ValueError as error:
        raise InputError(f"{path} is damaged ({error}). Run the evaluation again.") from error


def default_folder(questions: QuestionSet, measured: Mapping[str, Any]) -> Path:
    """runs/NAME-FINGERPRINT: the same questions to the same system share a folder, so that runs resume."""
    return Path("runs") / f"{Path(questions.name).stem}-{digest(measured)[:8]}"


def rankings_of(
    questions: Sequence[Question], rows: Sequence[Row], texts: Mapping[str, str]
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, int]]]:
    """The run and the qrels of every question that has hits and judgements."""
    run, qrels = {}, {}
    for q, row in zip(questions, rows, strict=True):
        pair = run_and_qrels(q, row["hits"], texts) if "hits" in row else None
        if pair is not None:
            run[q.id], qrels[q.id] = pair
    return run, qrels


def write_run(run: Evaluation) -> None:
    """Write the files of a finished run; answers and settings are there already."""
    from qa.evaluation.report import report

    assert run.folder is not None
    trec, qrels = rankings_of(run.questions, run.rows, run.texts)
    files = {
        QUESTIONS: as_lines(map(question_json, run.questions)),
        SCORES: as_lines(run.scores),
        RUN: trec_run(trec, str(run.settings["measured"]["system"])),
        QRELS: trec_qrels(qrels),
        REPORT: report(run),
        METRICS: json.dumps(run.to_json(), ensure_ascii=False, indent=2) + "\n",
    }
    for name, text in files.items():
        write_whole(run.folder / name, text)


def load_run(folder: str | Path) -> Evaluation:
    """A finished run, as it was kept (without the originals). Raises InputError."""
    folder = Path(folder)
    settings = read_json(folder / SETTINGS)
    kept = read_json(folder / METRICS)
    questions = read_questions(folder / QUESTIONS)
    by = {f: {v: _estimates(group) for v, group in groups.items()} for f, groups in kept["by"].items()}
    return Evaluation(
        name=settings["questions"]["name"],
        settings=settings,
        questions=questions.questions,
        rows=tuple(read_lines(folder / ANSWERS)),
        scores=tuple(read_lines(folder / SCORES)),
        metrics=_estimates(kept["metrics"]),
        by=by,
        texts={},
        folder=folder,
    )


def _estimates(group: Mapping[str, Any]) -> dict[str, Estimate]:
    return {name: Estimate(**estimate) for name, estimate in group.items()}
