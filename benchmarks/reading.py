"""Measure the reader: exact match and F1 with the passage given, ranking before and after it, speed.

    python benchmarks/reading.py --data ../shared/dev [--sample 400] [--depth 8] [--reader FOLDER]

In:  `development/cmrc2018` and `development/drcd` of the data folder (never trained on).
Out: a table. EM and F1 as CMRC 2018's own script computes them; recall@1 of the fused retrieval over all
passages of a set, and after the `depth` best are read, for several weights of the relevance. `--sample` takes
every n-th question instead of all, so that the same ones are asked each time.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from qa import lexical  # noqa: E402
from qa.cmrc import exact_match, span_f1  # noqa: E402
from qa.encode import Encoder, load_encoder  # noqa: E402
from qa.fold import fold  # noqa: E402
from qa.read import Reader, Reading, load_reader  # noqa: E402
from qa.retrieve import DENSE_WEIGHT, DEPTH, scaled, top  # noqa: E402
from qa.tokens import query_tokens, tokens  # noqa: E402

SETS = {"CMRC 2018": "cmrc2018", "DRCD": "drcd"}
TARGETS = {"CMRC 2018": (62, 82, 0.985), "DRCD": (75, 84, 0.96)}
PUBLISHED = "published, CMRC 2018 dev: MiniRBT-H288 58.8/80.5, BERT-base 65.5/84.5"
WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)


@dataclass(frozen=True, slots=True)
class Question:
    """A development question, its accepted answers and the row of its passage."""

    text: str
    answers: tuple[str, ...]
    gold: int


def read_set(folder: Path, sample: int) -> tuple[list[str], list[Question]]:
    """The passages and about `sample` of the questions, evenly spread (0: all)."""
    rows = [json.loads(line) for line in (folder / "passages.jsonl").open(encoding="utf-8")]
    number = {row["id"]: i for i, row in enumerate(rows)}
    asked = [json.loads(line) for line in (folder / "questions.jsonl").open(encoding="utf-8")]
    step = max(1, len(asked) // sample) if sample else 1
    questions = [Question(q["question"], tuple(q["answers"]), number[q["gold"][0]]) for q in asked[::step]]
    return [row["text"] for row in rows], questions


def reading(reader: Reader, passages: Sequence[str], questions: Sequence[Question]) -> dict[str, float]:
    """EM and F1 (percent) with the right passage given, and how often the reader thinks that it answers."""
    scores = []
    for q in questions:
        found = reader.read(q.text, [passages[q.gold]])[0]
        said = passages[q.gold][found.start : found.end]
        best = max(span_f1(passages[q.gold][s.start : s.end], q.answers) for s in found.alternatives)
        row = (exact_match(said, q.answers), span_f1(said, q.answers), best, found.answerable > 0.5)
        scores.append(row)
    em, f1, best5, answerable = (100 * statistics.fmean(column) for column in zip(*scores, strict=True))
    return {"em": em, "f1": f1, "f1 of best of 5": best5, "answerable": answerable}


class Ranking:
    """Fused retrieval over the passages of one set, as `qa.retrieve` does it over a store."""

    def __init__(self, passages: Sequence[str], encoder: Encoder) -> None:
        self.encoder = encoder
        self.vectors = encoder.encode_passages([fold(text) for text in passages]).astype(np.float64)
        self.vocabulary, self.postings = lexical.weigh(passages, tokens)

    def best(self, question: str, k: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Rows and fused scores of the k best passages."""
        dense = self.vectors @ self.encoder.encode_queries([fold(question)])[0].astype(np.float64)
        terms = [self.vocabulary[t] for t in query_tokens(question) if t in self.vocabulary]
        bm25 = self.postings.scores(terms)
        rows = np.union1d(top(dense, DEPTH), top(bm25, DEPTH))
        fused = DENSE_WEIGHT * scaled(dense[rows]) + (1 - DENSE_WEIGHT) * scaled(bm25[rows])
        order = np.argsort(-fused, kind="stable")[:k]
        return rows[order], fused[order]


def blended(fused: NDArray[np.float64], readings: Sequence[Reading], weight: float) -> NDArray[np.float64]:
    """Fused score and probability of an answer, added; weight 0 leaves the order as it was."""
    return (1 - weight) * fused + weight * np.array([r.answerable for r in readings])


def ranking(
    reader: Reader, passages: Sequence[str], questions: Sequence[Question], depth: int
) -> dict[str, float]:
    """recall@1 for every weight of the reader's relevance, and recall@depth before it."""
    ranks, hits, within = Ranking(passages, load_encoder()), dict.fromkeys(WEIGHTS, 0), 0
    for q in questions:
        rows, fused = ranks.best(q.text, depth)
        readings = reader.read(q.text, [passages[row] for row in rows])
        within += q.gold in rows
        for weight in WEIGHTS:
            hits[weight] += rows[int(np.argmax(blended(fused, readings, weight)))] == q.gold
    found = {f"recall@1, weight {weight}": hit / len(questions) for weight, hit in hits.items()}
    return found | {f"recall@{depth}": within / len(questions)}


def latency(reader: Reader, passages: Sequence[str], questions: Sequence[Question]) -> dict[str, float]:
    """Milliseconds to read 8 passages of 250 characters: the median and the best of 20 questions."""
    times = []
    for i, q in enumerate(questions[:20]):
        batch = [text[:250] for text in passages[i : i + 8]]
        began = time.perf_counter()
        reader.read(q.text, batch)
        times.append(1000 * (time.perf_counter() - began))
    return {"ms, median": statistics.median(times), "ms, best": min(times)}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sample", type=int, default=0, help="about this many questions a set (0: all)")
    parser.add_argument("--rank-sample", type=int, default=200, help="questions to rank passages for")
    parser.add_argument("--depth", type=int, default=8)
    parser.add_argument("--reader", type=Path, help="a reader's folder other than the bundled one")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    reader = Reader(options.reader) if options.reader else load_reader()
    if reader is None:
        sys.exit("No reader is bundled. Train one: python embeddings/train_reader.py --help")
    results: dict[str, Any] = {}
    for title, name in SETS.items():
        passages, questions = read_set(options.data / "development" / name, options.sample)
        em, f1, recall = TARGETS[title]
        found = reading(reader, passages, questions) | {"questions": len(questions)}
        if options.rank_sample:
            step = max(1, len(questions) // options.rank_sample)
            found |= ranking(reader, passages, questions[::step], options.depth)
        found |= latency(reader, passages, questions)
        results[title] = found
        print(f"{title} (aims: EM {em}, F1 {f1}, recall@1 {recall})")
        for key, value in found.items():
            print(f"  {key:24} {value:10.3f}")
    print(PUBLISHED)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
