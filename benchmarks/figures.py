"""Speed and accuracy of figure extraction.

    python benchmarks/figures.py [NEWS.jsonl] [--limit N]

Speed: characters a second on one core over the texts of a JSON Lines file with
a "text" field (the golden sentences, repeated, without one). Accuracy: the golden
sentences of tests/cases/figures.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

from qa.figures.extract import extract

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from golden_figures import GOLDEN, compare, passage


def accuracy() -> None:
    counts: Counter[str] = Counter()
    for case in json.loads(GOLDEN.read_text("utf-8")):
        rows, extra = compare(case)
        counts["unexpected"] += len(extra)
        for _, fields in rows:
            counts["figures"] += 1
            counts["value, unit and qualifier"] += "value" not in fields
            counts["subject, metric and period"] += not fields & {"subject", "metric", "period"}
            counts["everything"] += not fields
    for name, n in counts.items():
        print(f"{name:28} {n:5} {n / counts['figures']:.3f}")


def speed(texts: list[str]) -> None:
    passages = [passage(t) for t in texts]
    extract(passage("预热3亿元。"))
    start = time.process_time()
    found = sum(len(extract(p)) for p in passages)
    seconds = time.process_time() - start
    characters = sum(map(len, texts))
    print(
        f"{characters:,} characters, {found:,} figures, {characters / seconds:,.0f} characters/s of one core"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("texts", nargs="?", type=Path)
    parser.add_argument("--limit", type=int, default=3000)
    options = parser.parse_args()
    accuracy()
    if options.texts:
        lines = options.texts.read_text("utf-8").splitlines()[: options.limit]
        speed([json.loads(line)["text"] for line in lines])
    else:
        speed([str(c["text"]) for c in json.loads(GOLDEN.read_text("utf-8"))] * 10)


if __name__ == "__main__":
    main()
