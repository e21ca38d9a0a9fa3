"""Answers on documents that nobody tuned for: the written development questions, all documents competing.

    python benchmarks/written.py [--data ../shared/dev] [--index runs/written.index] [--sample 200]
                                 [--out RUN] [--json FILE] [--readme README.md]

In:  `written/docs` of the data folder, indexed whole (built or brought up to date first), and
     `written/questions_dev.jsonl`, on documents that nothing was trained on. `--sample` asks about so many
     conversations and single questions, evenly spread, so that the same ones are asked each time.
Out: by type, and over all: grounded accuracy and what it is made of, with 95% bootstrap intervals; refusals,
     calibration error, exactness of citations, milliseconds a question. `--out` keeps the run (see `qa
     evaluate`; it goes on where it stopped, and two runs can be compared), `--json` the numbers, `--readme`
     the table between the marks `<!-- written -->` and `<!-- /written -->` of that file.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.quality import into_readme, markdown  # noqa: E402
from qa.evaluation.estimates import Estimate  # noqa: E402
from qa.evaluation.measure import evaluate  # noqa: E402
from qa.evaluation.questions import QuestionSet, threads  # noqa: E402
from qa.evaluation.reading import read_questions  # noqa: E402
from qa.evaluation.run import Evaluation  # noqa: E402
from qa.pipeline import build  # noqa: E402

COLUMNS = ("grounded", "correct", "cited", "citation_precision")
WHOLE = (
    "refusal_f1",
    "refusal_precision",
    "refusal_recall",
    "ece",
    "exact",
    "latency_p50_ms",
    "latency_p95_ms",
)
FIRST = "figure", "which", "fact", "list", "yesno", "compare", "followup", "unanswerable"
"""Types in the order in which they are shown; others follow."""


def sampled(asked: QuestionSet, n: int) -> QuestionSet:
    """About n conversations and single questions, evenly spread over the file; 0 leaves none out."""
    every = threads(asked)
    kept = every[:: max(1, len(every) // n)] if n else every
    return replace(asked, questions=tuple(q for thread in kept for q in thread))


def table(run: Evaluation) -> str:
    """A row for every type, and for all questions, as Markdown."""
    groups = run.by["type"]
    order = [name for name in FIRST if name in groups] + sorted(set(groups) - set(FIRST))
    rows = [row(name, groups[name]) for name in order]
    return markdown(("type", "n", *COLUMNS), [*rows, row("**all**", run.metrics)])


def row(name: str, metrics: Mapping[str, Estimate]) -> tuple[str, ...]:
    n = max((e.n for e in metrics.values()), default=0)
    return (name, str(n), *(cell(metrics.get(column)) for column in COLUMNS))


def cell(e: Estimate | None) -> str:
    """A share in per cent with half the width of its interval; "" where it does not apply.

    >>> cell(Estimate(0.8125, 0.75, 0.875, 64))
    '81.2 ±6.2'
    """
    return f"{100 * e.value:.1f} ±{50 * (e.high - e.low):.1f}" if e else ""


def over_all(run: Evaluation) -> str:
    """What only the whole set has, in a line."""
    return "; ".join(said(name, run.metrics[name]) for name in WHOLE if name in run.metrics) + "."


def said(name: str, e: Estimate) -> str:
    title = name.replace("_", " ").removesuffix(" ms")
    return f"{title} {e.value:.0f} ms" if name.endswith("_ms") else f"{title} {e.value:.3f}"


def main() -> None:
    """Index, ask, print, keep."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/dev", help="folder with written/")
    parser.add_argument(
        "--index", type=Path, default=ROOT / "runs/written.index", help="index of all documents"
    )
    parser.add_argument("--sample", type=int, default=0, help="about so many conversations (0: all)")
    parser.add_argument("--out", type=Path, help="keep the run in this folder, or go on with it")
    parser.add_argument("--json", type=Path, help="keep the numbers here")
    parser.add_argument("--readme", type=Path, help="write the table into this file")
    options = parser.parse_args()
    asked = sampled(read_questions(options.data / "written/questions_dev.jsonl"), options.sample)
    options.index.parent.mkdir(parents=True, exist_ok=True)
    kb = build(options.data / "written/docs", index=options.index, progress=progress)
    kb.ask("总投资多少？")  # loads what is loaded late, so that latency is that of asking
    run = evaluate(kb, asked, (*COLUMNS, *WHOLE), out=options.out, progress=progress)
    text = f"{table(run)}\n\n{len(asked)} questions, {len(kb)} passages; {over_all(run)}"
    print(text)
    if options.json:
        options.json.write_text(
            json.dumps(run.to_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    if options.readme:
        into_readme(options.readme, text, "written")


def progress(stage: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{stage} {done}/{total} ", end="\n" if done == total else "", file=sys.stderr)


if __name__ == "__main__":
    main()
