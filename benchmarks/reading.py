"""Measure the reader: exact match and F1 with the passage given, answerability, ranking, speed.

    python benchmarks/reading.py --data ../shared/dev [--sample 400] [--first N] [--parity odd|even]
                                 [--depth 8] [--reader FOLDER] [--json FILE] [--readme FILE]

In:  `development/cmrc2018`, `development/drcd` and `written/questions_dev.jsonl` of the data folder (never
     trained on). The published models are fine-tuned on each set; the like here is to be told its style:
     CMRC 2018 is read for clauses.
Out: a table. EM and F1 as CMRC 2018's own script computes them, with the standard errors of the means;
     recall@1 of the fused retrieval over all passages of a set, and after the `depth` best are read, for
     several weights of the relevance. Of the written questions, each with one passage as the system cuts it,
     the one that holds its evidence or, where nothing answers, the one that tempts: how well relevance tells
     them apart (the area under the ROC curve). `--first` keeps the first N questions of a file, `--parity`
     those at odd or even places in it (counted from 0); `--sample` then takes every n-th, so that the same
     ones are asked each time. `--json` keeps the results, `--readme` writes EM, F1 and the area between the
     marks `<!-- reading -->` and `<!-- /reading -->` of that file.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.quality import into_readme, rows_of  # noqa: E402
from qa.chinese.fold import fold  # noqa: E402
from qa.documents.decode import decode  # noqa: E402
from qa.evaluation.cmrc import exact_match, span_f1  # noqa: E402
from qa.models.encoder import Encoder, load_encoder  # noqa: E402
from qa.models.reader import Reader, Reading, headed, load_reader  # noqa: E402
from qa.prepare import prepare  # noqa: E402
from qa.question.turns import TURN  # noqa: E402
from qa.schema import Document, Passage  # noqa: E402
from qa.search import lexical  # noqa: E402
from qa.search.lexical import query_tokens, tokens  # noqa: E402
from qa.search.retrieve import (  # noqa: E402
    DENSE_WEIGHT,
    DEPTH,
    blend,
    to_unit_scale,
    top_rows,
)

SETS = {"CMRC 2018": ("cmrc2018", True), "DRCD": ("drcd", False)}
"""Folder of each set, and whether its answers are clauses rather than names, dates and terms."""
PARITIES = {"even": 0, "odd": 1}
TARGETS = {"CMRC 2018": (66, 85, 0.985), "DRCD": (72, 84, 0.96)}
AREA = 0.88
PUBLISHED = "published, CMRC 2018 dev: MiniRBT-H288 58.8/80.5, BERT-base 65.5/84.5"
T = TypeVar("T")
Read = Callable[..., Sequence[Reading]]
"""Question, passages and what stands before each, in order."""
WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)


@dataclass(frozen=True, slots=True)
class Question:
    """A development question, its accepted answers and the row of its passage."""

    text: str
    answers: tuple[str, ...]
    gold: int


def chosen(asked: Sequence[T], sample: int = 0, first: int = 0, parity: str = "") -> Sequence[T]:
    """About `sample` of the first questions of a parity, evenly spread; 0 and "" leave nothing out.

    >>> list(chosen(range(100), sample=3, first=12, parity="odd"))
    [1, 5, 9]
    """
    kept = asked[: first or None][PARITIES.get(parity, 0) :: 2 if parity else 1]
    return kept[:: max(1, len(kept) // sample)] if sample else kept


def read_set(folder: Path) -> tuple[list[str], list[Question]]:
    """The passages and the questions of a set."""
    rows = list(rows_of(folder / "passages.jsonl"))
    number = {row["id"]: i for i, row in enumerate(rows)}
    asked = rows_of(folder / "questions.jsonl")
    questions = [Question(q["question"], tuple(q["answers"]), number[q["gold"][0]]) for q in asked]
    return [row["text"] for row in rows], questions


def reading(read: Read, passages: Sequence[str], questions: Sequence[Question]) -> dict[str, float]:
    """EM and F1 (percent) with the right passage given, and how often the reader thinks that it answers."""
    scores = []
    for q in questions:
        found = read(q.text, [passages[q.gold]])[0]
        ranges = [passages[q.gold][s.start : s.end] for s in found.spans] or [""]
        said, best = ranges[0], max(span_f1(text, q.answers) for text in ranges)
        row = (exact_match(said, q.answers), span_f1(said, q.answers), best, found.answerable > 0.5)
        scores.append(row)
    em, f1, best5, answerable = ([100 * float(v) for v in column] for column in zip(*scores, strict=True))
    means = {"em": em, "f1": f1, "f1 of best of 5": best5, "answerable": answerable}
    errors = {"em, standard error": error(em), "f1, standard error": error(f1)}
    return {name: statistics.fmean(column) for name, column in means.items()} | errors


def error(values: Sequence[float]) -> float:
    """The standard error of a mean; nan for a single value, of which it is not known.

    >>> error([0.0, 20.0])
    10.0
    """
    return statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else float("nan")


def answerability(read: Read, folder: Path, sample: int = 0) -> dict[str, float]:
    """How well relevance tells written questions that their passage answers from those that it tempts."""
    rows = list(rows_of(folder / "questions_dev.jsonl"))
    asked = list(zip(rows, in_context(rows), strict=True))
    found: dict[bool, list[float]] = {True: [], False: []}
    for row, question in chosen(asked, sample):
        p = held(folder / "docs", row["evidence"])
        (reading,) = read(question, [p.text], [headed(p)])
        found[row["answerable"]].append(reading.relevance)
    n = sum(map(len, found.values()))
    return {"area": area(found[True], found[False]), "answerable": len(found[True]) / n, "questions": n}


def in_context(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each question; a follow-up behind the first turn of its conversation, as a chat would ask it."""
    first: dict[str, str] = {}
    asked = []
    for row in rows:
        opening = first.setdefault(str(row.get("conversation") or row["id"]), row["question"])
        follows = row["type"] == "followup" and opening != row["question"]
        asked.append(f"{opening}{TURN}{row['question']}" if follows else row["question"])
    return asked


def held(docs: Path, evidence: Sequence[Mapping[str, Any]]) -> Passage:
    """The passage, as the system cuts it, that holds most of the evidence."""

    def shared(p: Passage) -> int:
        return sum(
            max(0, min(p.end, e["end"]) - max(p.start, e["start"]))
            for e in evidence
            if e["doc"] == p.document
        )

    return max((p for e in evidence for p in passages_of(docs / e["doc"])), key=shared)


@cache
def passages_of(path: Path) -> tuple[Passage, ...]:
    raw = path.read_bytes()
    text, encoding = decode(raw)
    return tuple(prepare(Document(path.name, text, sha256(raw).hexdigest(), encoding)))


def area(right: Sequence[float], wrong: Sequence[float]) -> float:
    """The area under the ROC curve: how often a right one scores above a wrong one, ties by half.

    Source: Hanley and McNeil, 1982. nan where there is no pair.

    >>> area([3.0, 1.0], [2.0, 1.0])
    0.625
    """
    if not right or not wrong:
        return float("nan")
    gaps = np.subtract.outer(np.array(right), np.array(wrong))
    return float((gaps > 0).mean() + (gaps == 0).mean() / 2)


def line(results: Mapping[str, Mapping[str, float]]) -> str:
    """EM and F1 of every set with their standard errors, and the area of the written one, in one line."""
    said = (
        f"{title} {found['em']:.1f} ±{found['em, standard error']:.1f} / "
        f"{found['f1']:.1f} ±{found['f1, standard error']:.1f} ({found['questions']} questions)"
        for title, found in results.items()
        if "em" in found
    )
    text = "Exact match / F1 and their standard errors, the right passage given: " + "; ".join(said)
    w = results.get("written")
    told = (
        f"; area under the ROC curve, written {w['area']:.3f} ({w['questions']:.0f} questions)" if w else ""
    )
    return f"{text}{told}."


class Ranking:
    """Fused retrieval over the passages of one set, as `qa.search.retrieve` does it over a store."""

    def __init__(self, passages: Sequence[str], encoder: Encoder) -> None:
        self.encoder = encoder
        self.vectors = encoder.encode_passages([fold(text) for text in passages]).astype(np.float64)
        self.vocabulary, self.postings = lexical.weigh(passages, tokens)

    def best(self, question: str, k: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Rows and fused scores of the k best passages."""
        dense = self.vectors @ self.encoder.encode_queries([fold(question)])[0].astype(np.float64)
        terms = [self.vocabulary[t] for t in query_tokens(question) if t in self.vocabulary]
        bm25 = self.postings.scores(terms)
        rows = np.union1d(top_rows(dense, DEPTH), top_rows(bm25, DEPTH))
        fused = DENSE_WEIGHT * to_unit_scale(dense[rows]) + (1 - DENSE_WEIGHT) * to_unit_scale(bm25[rows])
        order = np.argsort(-fused, kind="stable")[:k]
        return rows[order], fused[order]


def ranking(
    read: Read, passages: Sequence[str], questions: Sequence[Question], depth: int
) -> dict[str, float]:
    """recall@1 for every weight of the reader's relevance, and recall@depth before it."""
    ranks, hits, within = Ranking(passages, load_encoder()), dict.fromkeys(WEIGHTS, 0), 0
    for q in questions:
        rows, fused = ranks.best(q.text, depth)
        readings = read(q.text, [passages[row] for row in rows])
        within += q.gold in rows
        for weight in WEIGHTS:
            scores = [blend(f, r.answerable, weight) for f, r in zip(fused, readings, strict=True)]
            hits[weight] += rows[int(np.argmax(scores))] == q.gold
    found = {f"recall@1, weight {weight}": hit / len(questions) for weight, hit in hits.items()}
    return found | {f"recall@{depth}": within / len(questions)}


def latency(read: Read, passages: Sequence[str], questions: Sequence[Question]) -> dict[str, float]:
    """Milliseconds to read 8 passages of 250 characters: the median and the best of 20 questions."""
    times = []
    for i, q in enumerate(questions[:20]):
        batch = [text[:250] for text in passages[i : i + 8]]
        began = time.perf_counter()
        read(q.text, batch)
        times.append(1000 * (time.perf_counter() - began))
    return {"ms, median": statistics.median(times), "ms, best": min(times)}


def measured(read: Read, folder: Path, options: argparse.Namespace) -> dict[str, float]:
    """All measurements of one set."""
    passages, every = read_set(folder)
    questions = chosen(every, options.sample, options.first, options.parity)
    found = reading(read, passages, questions) | {"questions": len(questions)}
    if options.rank_sample:
        found |= ranking(read, passages, chosen(questions, options.rank_sample), options.depth)
    return found | latency(read, passages, questions)


def main() -> None:
    """Read both sets, print and keep what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sample", type=int, default=0, help="about this many questions a set (0: all)")
    parser.add_argument("--first", type=int, default=0, help="only the first N questions of a set (0: all)")
    parser.add_argument("--parity", choices=tuple(PARITIES), default="", help="only these places, from 0")
    parser.add_argument("--rank-sample", type=int, default=200, help="questions to rank passages for")
    parser.add_argument("--depth", type=int, default=8)
    parser.add_argument("--reader", type=Path, help="a reader's folder other than the bundled one")
    parser.add_argument("--json", type=Path, help="keep the results here")
    parser.add_argument("--readme", type=Path, help="write EM and F1 into this file")
    options = parser.parse_args()
    reader = Reader(options.reader) if options.reader else load_reader()
    results: dict[str, dict[str, float]] = {}
    for title, (name, clause) in SETS.items():
        read = partial(reader.read, clause=clause)
        results[title] = measured(read, options.data / "development" / name, options)
        em, f1, recall = TARGETS[title]
        print(f"{title} (aims: EM {em}, F1 {f1}, recall@1 {recall})")
        for key, value in results[title].items():
            print(f"  {key:24} {value:10.3f}")
    print(PUBLISHED)
    told = answerability(reader.read, options.data / "written", options.sample)
    print(f"written (aim: area {AREA})")
    for key, value in told.items():
        print(f"  {key:24} {value:10.3f}")
    results["written"] = told
    if options.json:
        options.json.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if options.readme:
        into_readme(options.readme, line(results), "reading")


if __name__ == "__main__":
    main()
