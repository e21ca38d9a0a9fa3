"""The commands of scripted evaluation: evaluate, calibrate, compare, gate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qa.cli.options import INDEX, Index, Json, open_index
from qa.cli.terminal import progress, put, put_view

Gated = Annotated[Path | None, typer.Option("--gate", metavar="FILE", help="Floors; exit 1 below one.")]


def evaluate(
    questions: Annotated[str, typer.Argument(metavar="FILE", help="JSON Lines, SQuAD JSON or TREC topics.")],
    index: Index = INDEX,
    metric: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this metric.")] = None,
    by: Annotated[list[str] | None, typer.Option(metavar="FIELD", help="Split by; default type.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Run folder; default in runs/.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over; else a run goes on.")] = False,
    gate: Gated = None,
    as_json: Json = False,
) -> None:
    """Score answers and retrieval on a question file."""
    from qa.cli.tables import evaluation_view, gate_view
    from qa.evaluation import measure
    from qa.evaluation.folder import default_folder
    from qa.evaluation.gate import check_gate
    from qa.evaluation.reading import read_questions
    from qa.interface import dump

    asked, fields = read_questions(questions), tuple(by or ["type"])
    kb = open_index(index)
    settings = measure.settings_of(asked, kb, measure.plan(metric or None, fields))
    folder = out or default_folder(asked, settings["measured"])
    with progress() as report:
        run = measure.evaluate(
            kb, asked, metric or None, by=fields, out=folder, fresh=fresh, progress=report
        )
    put(dump(run.to_json()), as_json) if as_json else put_view(evaluation_view(run))
    if gate is not None:
        verdict = check_gate(run, gate)
        put_view(gate_view(verdict), err=as_json)
        raise typer.Exit(0 if verdict.passed else 1)


def calibrate(
    questions: Annotated[
        str | None, typer.Argument(metavar="QUESTIONS", help="Questions with answers, as for evaluate.")
    ] = None,
    index: Index = INDEX,
    reset: Annotated[bool, typer.Option("--reset", help="Back to the bundled confidence.")] = False,
    as_json: Json = False,
) -> None:
    """Fit confidence and refusals to your own questions."""
    from qa.cli.tables import calibration_view
    from qa.evaluation.calibrate import drop
    from qa.interface import dump

    if (questions is None) is not reset:
        raise typer.BadParameter("Give either QUESTIONS or --reset.")
    if questions is None:
        done = "is back at" if drop(index) else "had no calibration; it has"
        typer.echo(f"{index} {done} the bundled confidence.", err=True)
        return
    with progress() as report:
        found = open_index(index).calibrate(questions, report)
    put(dump(found.to_json()), as_json) if as_json else put_view(calibration_view(found, str(index)))


def compare(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Run folders, the baseline first.")],
    on: Annotated[str | None, typer.Option(metavar="METRIC", help="What decides won and lost.")] = None,
    limit: Annotated[int, typer.Option(min=0, metavar="N", help="Questions shown of each kind.")] = 20,
    as_json: Json = False,
) -> None:
    """Say what changed between runs, question by question."""
    from qa.cli.tables import comparison_view
    from qa.evaluation.compare import compare_runs
    from qa.interface import dump

    for comparison in compare_runs(runs, on):
        put(dump(comparison.to_json()), as_json) if as_json else put_view(comparison_view(comparison, limit))


def gate(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder of qa evaluate.")],
    floors: Annotated[Path, typer.Argument(metavar="FILE", help="The file of floors.")],
    update: Annotated[bool, typer.Option("--update", help="Set the floors to what the run has.")] = False,
    metric: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this floor.")] = None,
    margin: Annotated[float, typer.Option(min=0, metavar="X", help="Floors this much looser.")] = 0.0,
    allow_lower: Annotated[bool, typer.Option("--allow-lower", help="Let a floor be lowered.")] = False,
) -> None:
    """Check a run against floors, or set the floors."""
    from qa.cli.tables import gate_view
    from qa.evaluation.folder import load_run
    from qa.evaluation.gate import check_gate, update_gate

    done = load_run(run)
    verdict = update_gate(done, floors, metric, margin, allow_lower) if update else check_gate(done, floors)
    put_view(gate_view(verdict))
    raise typer.Exit(0 if verdict.passed else 1)
