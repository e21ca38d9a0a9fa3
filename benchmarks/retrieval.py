"""Measure retrieval on the reading-comprehension passages: each side alone, and both fused.

    python benchmarks/retrieval.py --data ../shared/dev [--sample 800] [--vectors FOLDER] [--unfolded]

In:  `development/cmrc2018` (Simplified) and `development/drcd` (Traditional) of the data folder. All passages
     of a set are searched with every question (or about `--sample` of them, evenly spread); the gold passage
     is the one the question was written about. `--vectors` keeps vectors between runs, since making them
     takes minutes; `--unfolded` also encodes the texts as they are written, which takes as long again.
Out: a table of recall@1, recall@10 and mrr@10, by ir-measures. The last line, "fused", is what
     `qa.search.retrieve` does; the lines above are its parts, baselines, and itself with one thing changed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import ir_measures
import numpy as np
from ir_measures import RR, R
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from qa.chinese.fold import fold  # noqa: E402
from qa.chinese.words import words  # noqa: E402
from qa.models.encoder import Encoder, load_encoder  # noqa: E402
from qa.search import lexical  # noqa: E402
from qa.search.lexical import figure_terms, gram_terms, query_tokens, tokens  # noqa: E402
from qa.search.retrieve import DENSE_WEIGHT, DEPTH, to_unit_scale, top_rows  # noqa: E402

SETS = {"CMRC 2018": "cmrc2018", "DRCD": "drcd"}
MEASURES = {"recall@1": R @ 1, "recall@10": R @ 10, "mrr@10": RR @ 10}
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Collection:
    """Passages, questions, and the row of every question's gold passage."""

    ids: list[str]
    passages: list[str]
    questions: list[str]
    gold: list[int]


def read(folder: Path, sample: int) -> Collection:
    rows = [json.loads(line) for line in (folder / "passages.jsonl").open(encoding="utf-8")]
    number = {row["id"]: i for i, row in enumerate(rows)}
    asked = [json.loads(line) for line in (folder / "questions.jsonl").open(encoding="utf-8")]
    asked = asked[:: max(1, len(asked) // sample)] if sample else asked
    gold = [number[question["gold"][0]] for question in asked]
    texts = [row["text"] for row in rows]
    return Collection([row["id"] for row in rows], texts, [question["question"] for question in asked], gold)


def dense(data: Collection, encoder: Encoder, kept: Path | None, change: Callable[[str], str]) -> Scores:
    """Cosines (shape: questions, passages) of the texts after `change`."""
    passages = vectors(list(map(change, data.passages)), encoder.encode_passages, encoder, kept)
    questions = vectors(list(map(change, data.questions)), encoder.encode_queries, encoder, kept)
    return questions.astype(np.float64) @ passages.astype(np.float64).T


def vectors(
    texts: list[str], encode: Callable[[list[str]], NDArray[np.float32]], encoder: Encoder, kept: Path | None
) -> NDArray[np.float32]:
    """Vectors of texts, from the folder of kept ones where they are there."""
    if kept is None:
        return encode(texts)
    key = json.dumps([encoder.fingerprint, encode.__name__, texts])
    path = kept / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.npy"
    if not path.exists():
        kept.mkdir(parents=True, exist_ok=True)
        np.save(path, encode(texts))
    return np.load(path)  # type: ignore[no-any-return]


Terms = Callable[[str], list[str]]


def bm25(data: Collection, of_passage: Terms, of_query: Terms) -> Scores:
    vocabulary, postings = lexical.weigh(data.passages, of_passage)
    queries = ([vocabulary[t] for t in of_query(question) if t in vocabulary] for question in data.questions)
    return np.array([postings.scores(terms) for terms in queries])


def fuse(left: Scores, right: Scores, weight: float, depth: int, scale: Callable[[Scores], Scores]) -> Scores:
    """As `retrieve.candidates` does it, for every question; passages outside both pools get -1."""
    fused = np.full(left.shape, -1.0)
    for i, (a, b) in enumerate(zip(left, right, strict=True)):
        rows = np.union1d(top_rows(a, depth), top_rows(b, depth))
        fused[i, rows] = weight * scale(a[rows]) + (1 - weight) * scale(b[rows])
    return fused


def reciprocal(left: Scores, right: Scores, k: int = 60) -> Scores:
    """Reciprocal rank fusion (Cormack, Clarke & Büttcher, SIGIR 2009)."""
    ranks = (np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1) + 1 for scores in (left, right))
    fused = np.zeros(left.shape)
    for rank in ranks:
        fused += 1 / (k + rank)
    return fused


def standard(scores: Scores) -> Scores:
    return (scores - scores.mean()) / (scores.std() or 1.0)


def measure(data: Collection, scores: Scores) -> list[float]:
    """The measures of a run: the ten best of every question, equal scores by passage id."""
    run, qrels = {}, {}
    for i, row in enumerate(np.round(scores, 6)):
        best = sorted(np.argpartition(-row, 30)[:30], key=lambda j: (-row[j], data.ids[j]))[:10]
        # ir-measures breaks ties its own way; ranks as scores leave it none.
        run[str(i)] = {data.ids[j]: float(-rank) for rank, j in enumerate(best)}
        qrels[str(i)] = {data.ids[data.gold[i]]: 1}
    found = ir_measures.calc_aggregate(MEASURES.values(), qrels, run)
    return [found[measure] for measure in MEASURES.values()]


def everything(text: str) -> list[str]:
    folded = fold(text)
    return gram_terms(folded) + figure_terms(folded) + words(folded)


def grams(text: str) -> list[str]:
    return gram_terms(fold(text))



def systems(
    data: Collection, encoder: Encoder, kept: Path | None, unfolded: bool
) -> Iterable[tuple[str, Scores]]:
    """Every line of the table: its name and its scores (shape: questions, passages)."""
    yield "BM25: jieba's words", bm25(data, lambda text: words(fold(text)), lambda text: words(fold(text)))
    yield "BM25: unigrams and bigrams", bm25(data, grams, grams)
    yield "BM25: these, figures and all words", bm25(data, everything, everything)
    yield "BM25: our terms, question words kept", bm25(data, tokens, tokens)
    if unfolded:
        yield "dense: as written", dense(data, encoder, kept, str)
    ours, near = bm25(data, tokens, query_tokens), dense(data, encoder, kept, fold)
    yield "dense alone (folded)", near
    yield "BM25 alone", ours
    yield "reciprocal rank fusion", reciprocal(near, ours)
    yield "fused by z-scores", fuse(near, ours, DENSE_WEIGHT, DEPTH, standard)
    for weight in (0.2, 0.3, 0.5, 0.6):
        yield f"fused, dense weight {weight}", fuse(near, ours, weight, DEPTH, to_unit_scale)
    for depth in (10, 50, 300):
        yield f"fused, depth {depth}", fuse(near, ours, DENSE_WEIGHT, depth, to_unit_scale)
    yield "fused", fuse(near, ours, DENSE_WEIGHT, DEPTH, to_unit_scale)


def main(arguments: Sequence[str] | None = None) -> None:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/dev")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--unfolded", action="store_true")
    parser.add_argument("--model")
    options = parser.parse_args(arguments)
    encoder = load_encoder(options.model)
    sets = {
        name: read(options.data / "development" / folder, options.sample) for name, folder in SETS.items()
    }
    print(" " * 38 + "".join(f"{f'{name} ({len(data.questions)})':30}" for name, data in sets.items()))
    print(" " * 38 + "".join(f"{name:10}" for name in MEASURES) * len(SETS))
    lines = (systems(data, encoder, options.vectors, options.unfolded) for data in sets.values())
    for line in zip(*lines, strict=True):
        measured = (measure(data, scores) for data, (_, scores) in zip(sets.values(), line, strict=True))
        print(
            f"{line[0][0]:38}" + "".join(f"{n:<10.4f}" for numbers in measured for n in numbers), flush=True
        )


if __name__ == "__main__":
    main()
