"""The gate of a build: answers on a fixed sample of questions must not fall below their floors.

    python benchmarks/floors.py [--update [--margin 0.03] [--allow-lower]]

In:  `tests/cases/zones` and `tests/cases/news`, documents and questions by other hands than the library's;
     every second question or conversation of both is asked of all their documents. Nothing outside the
     repository is needed; half a minute on two cores.
Out: nothing where all floors of `benchmarks/floors.json` are held, else what fell below, and exit status 1.
     `--update` sets the floors to what was reached, less a margin (citations are exact, without one), and
     refuses to lower any without `--allow-lower`.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.written import COLUMNS, over_all, table  # noqa: E402
from qa.cli.tables import gate_view  # noqa: E402
from qa.cli.terminal import put_view  # noqa: E402
from qa.documents.load import load  # noqa: E402
from qa.errors import QAError  # noqa: E402
from qa.evaluation.gate import Gate, check_gate, update_gate  # noqa: E402
from qa.evaluation.measure import evaluate  # noqa: E402
from qa.evaluation.questions import QuestionSet, threads  # noqa: E402
from qa.evaluation.reading import read_questions  # noqa: E402
from qa.evaluation.run import Evaluation  # noqa: E402
from qa.pipeline import from_texts  # noqa: E402

FLOORS = ROOT / "benchmarks/floors.json"
FOLDERS = [ROOT / "tests/cases" / name for name in ("zones", "news")]
FLOORED = (
    "grounded",
    "correct",
    "cited",
    "refusal_f1",
    "grounded[type=figure]",
    "grounded[type=unanswerable]",
)
EVERY = 2


def sample() -> QuestionSet:
    """Every second question or conversation of both sets, always the same."""
    sets = [read_questions(folder / "questions.jsonl") for folder in FOLDERS]
    kept = [q for asked in sets for thread in threads(asked)[::EVERY] for q in thread]
    return replace(sets[0], name="sample", questions=tuple(kept))


def measured() -> Evaluation:
    """The sample, asked."""
    documents = load([folder / "docs" for folder in FOLDERS]).documents
    kb = from_texts({d.id: d.text for d in documents})
    return evaluate(kb, sample(), (*COLUMNS, "refusal_f1", "ece", "exact", "latency_p50_ms"))


def updated(run: Evaluation, margin: float, allow_lower: bool) -> Gate:
    update_gate(run, FLOORS, ("exact",), 0.0, allow_lower)
    return update_gate(run, FLOORS, FLOORED, margin, allow_lower)


def main() -> int:
    """Ask, print, hold against the floors; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--update", action="store_true", help="set the floors to what was reached")
    parser.add_argument("--margin", type=float, default=0.03, help="how much looser than what was reached")
    parser.add_argument("--allow-lower", action="store_true", help="let a floor be lowered")
    options = parser.parse_args()
    try:
        run = measured()
        print(f"{table(run)}\n\n{len(run.questions)} questions; {over_all(run)}")
        gate = (
            updated(run, options.margin, options.allow_lower) if options.update else check_gate(run, FLOORS)
        )
    except QAError as error:
        print(error, file=sys.stderr)
        return 1
    put_view(gate_view(gate))
    return 0 if gate.passed else 1


if __name__ == "__main__":
    sys.exit(main())
