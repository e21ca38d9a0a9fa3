"""Fit the bundled weights and threshold of `qa.answer.confidence` and print how well they are calibrated.

    python benchmarks/calibration.py [DOCS:QUESTIONS ...] [--write] [--penalty 1.0]

By default on the sample corpus, tests/cases/zones and tests/cases/news (the half that is not
held out), pooled. Every question is asked twice, as it is and with its evidence hidden, see
`qa.evaluation.calibrate`. Figures are cross-validated by question, so that none is judged by weights or a
threshold that saw it; --write keeps those fitted on all.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import qa  # noqa: E402
from qa.answer.confidence import BUNDLED, Quality, bundled, bundled_threshold  # noqa: E402
from qa.evaluation.calibrate import outcomes  # noqa: E402
from qa.evaluation.fitting import Outcome, afresh, calibrated, cross_validated, quality, weighed  # noqa: E402
from qa.evaluation.reading import read_questions  # noqa: E402

ZONES, NEWS = ROOT / "tests/cases/zones", ROOT / "tests/cases/news"
PAIRS = (
    f"{ROOT / 'seeds'}:{ROOT / '../shared/dev/seeds_dev.jsonl'}",
    f"{ZONES / 'docs'}:{ZONES / 'questions.jsonl'}",
    f"{NEWS / 'docs'}:{NEWS / 'questions.jsonl'}",
)
STEPS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)


def asked(pair: str) -> list[Outcome]:
    """What becomes of the questions of DOCS:QUESTIONS, with the time it took on stderr."""
    docs, _, questions = pair.rpartition(":")
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with qa.build([docs], index=folder + "/index") as kb:
            built = time.perf_counter()
            found = outcomes(kb._sources, kb._said, read_questions(questions).questions)
    done = time.perf_counter()
    n = sum(not o.hidden for o in found)
    each = (done - built) / len(found) * 1000
    took = f"{done - built:.0f} s ({each:.0f} ms each), index {built - began:.0f} s"
    print(f"{questions}: {n} questions, asked {len(found)} times in {took}", file=sys.stderr)
    return found


def line(name: str, q: Quality) -> str:
    """One row of the report."""
    return (
        f"{name.ljust(24)} threshold {q.threshold:.2f}  ece {q.ece:.3f}"
        f"  grounded {q.grounded:.3f}  refusal recall {q.refusal_recall:.3f}"
    )


def report(found: list[Outcome], after: Quality, penalty: float) -> str:
    """The bundled confidence, the fitted one, and the fitted one at other thresholds."""
    n, least = len(found), bundled_threshold()
    before = quality(found, [o.confidence(bundled()) for o in found], least, [least] * n)
    p = cross_validated(found, lambda some: afresh(some, penalty))
    lines = [line("bundled now", before), line("fitted (cross-validated)", after)]
    return "\n".join(lines + [line("  at", quality(found, p, t, [t] * n)) for t in STEPS])


def main() -> None:
    """Ask, fit, print, and keep weights and threshold with --write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("pairs", nargs="*", metavar="DOCS:QUESTIONS", default=list(PAIRS))
    parser.add_argument("--penalty", type=float, default=1.0)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    parts = [asked(pair) for pair in args.pairs]
    found = weighed([o for part in parts for o in part])
    weights, after = calibrated(found, lambda some: afresh(some, args.penalty))
    print(report(found, after, args.penalty))
    for pair, part in zip(args.pairs, parts, strict=True):
        own = weighed(part)
        by_all = quality(
            own, [o.confidence(weights) for o in own], after.threshold, [after.threshold] * len(own)
        )
        print(line(Path(pair.rpartition(":")[2]).parent.name + " (not held out)", by_all))
    print(json.dumps(weights | {"threshold": after.threshold}))
    if args.write:
        kept = weights | {"threshold": after.threshold}
        BUNDLED.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
