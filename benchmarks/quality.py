"""Every quality benchmark of the project, against its baselines, in one command.

    python benchmarks/quality.py [--data ../shared/dev] [--only seeds,cmrc2018,drcd] [--n 500] [--readme FILE]

Each question set is ranked by BM25 alone, by vectors alone, by both fused and by the search of the
library, and answered by the library from end to end. Results go to benchmarks/results/quality.json
(values with 95% bootstrap intervals); `--readme` writes the newest of them between the marks
`<!-- quality -->` and `<!-- /quality -->` of that file, and runs nothing with `--n 0`.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from qa.chinese.fold import fold  # noqa: E402
from qa.evaluation.estimates import Estimate  # noqa: E402
from qa.evaluation.fingerprints import versions  # noqa: E402
from qa.evaluation.folder import question_json  # noqa: E402
from qa.evaluation.measure import evaluate  # noqa: E402
from qa.evaluation.questions import Question, QuestionSet  # noqa: E402
from qa.evaluation.reading import read_questions  # noqa: E402
from qa.knowledge import KnowledgeBase  # noqa: E402
from qa.pipeline import from_texts  # noqa: E402
from qa.search.lexical import query_tokens  # noqa: E402
from qa.search.retrieve import candidates, top_rows  # noqa: E402
from qa.writing import write_whole  # noqa: E402

RESULTS = ROOT / "benchmarks/results/quality.json"
RANKING = ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10")
ANSWERS = (
    "grounded",
    "correct",
    "cited",
    "citation_precision",
    "exact",
    "refusal_f1",
    "em",
    "f1",
    "ece",
    "aurc",
)
COLUMNS = ("recall@1", "recall@10", "mrr@10", "grounded", "correct", "cited", "refusal_f1", "f1")
Rank = Callable[[KnowledgeBase, str, int], Sequence[tuple[int, float]]]


def by_bm25(kb: KnowledgeBase, query: str, k: int) -> list[tuple[int, float]]:
    """Rows and scores of the words alone."""
    scores = kb._store.bm25(query_tokens(query))
    return [(int(row), float(scores[row])) for row in top_rows(scores, k)]


def by_vectors(kb: KnowledgeBase, query: str, k: int) -> list[tuple[int, float]]:
    """Rows and cosines of the vectors alone."""
    rows, cosines = kb._store.nearest(kb._encoder.encode_queries([fold(query)])[0], k)
    return list(zip(rows.tolist(), cosines.tolist(), strict=True))


def by_both(kb: KnowledgeBase, query: str, k: int) -> list[tuple[int, float]]:
    """Rows and fused scores, before anything that may follow in the library's own search."""
    found = candidates(kb._store, kb._encoder, query)
    return list(zip(found.rows[:k].tolist(), found.fused[:k].tolist(), strict=True))


@dataclass(frozen=True)
class Ranker:
    """A way of ranking the passages of a knowledge base, as something to measure."""

    kb: KnowledgeBase
    rank: Rank

    def search(self, query: str, k: int) -> list[dict[str, Any]]:
        found = self.rank(self.kb, query, k)
        passages = self.kb._store.passages([row for row, _ in found])
        return [
            {"passage": p.id, "document": p.document, "start": p.start, "end": p.end, "score": score}
            for p, (_, score) in zip(passages, found, strict=True)
        ]

    def document(self, name: str) -> Any:
        return self.kb.document(name)


BASELINES: dict[str, Rank] = {"BM25": by_bm25, "vectors": by_vectors, "fused": by_both}


@dataclass(frozen=True)
class Benchmark:
    """A question set and the documents it asks about."""

    name: str
    texts: Mapping[str, str]
    asked: QuestionSet


def seeds(data: Path) -> Benchmark:
    """The questions on the sample corpus."""
    texts = {p.name: p.read_bytes().decode("utf-8-sig") for p in sorted((ROOT / "seeds").iterdir())}
    return Benchmark("seeds", texts, read_questions(data / "seeds_dev.jsonl"))


def spans(data: Path, name: str, n: int) -> Benchmark:
    """n questions (drawn with a fixed seed) on all passages of a span reading set, each passage a document.

    The evidence is the first place of the first accepted answer that stands in the question's passage.
    """
    folder = data / "development" / name
    texts = {row["id"]: row["text"] for row in rows_of(folder / "passages.jsonl")}
    rows = list(rows_of(folder / "questions.jsonl"))
    chosen = random.Random(0).sample(rows, min(n, len(rows)))
    records = []
    for row in chosen:
        (home,) = row["gold"][:1]
        answer = next((a for a in row["answers"] if a in texts[home]), None)
        if answer:
            start = texts[home].index(answer)
            place = {"document": home, "start": start, "end": start + len(answer)}
            records.append(
                {k: v for k, v in row.items() if k != "gold"} | {"evidence": [place], "type": "span"}
            )
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    from qa.evaluation.reading import parse_lines

    return Benchmark(name, texts, parse_lines(lines, f"{name}.jsonl"))


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def alone(asked: QuestionSet) -> list[dict[str, Any]]:
    """The questions that stand without a conversation and have evidence: what can be ranked fairly."""
    kept: Iterator[Question] = (q for q in asked if q.conversation is None and q.evidence)
    return [question_json(q) for q in kept]


def measured(benchmark: Benchmark) -> dict[str, dict[str, Estimate]]:
    """The metrics of every system on a benchmark."""
    kb = from_texts(benchmark.texts)
    kb.ask("总投资多少？")  # loads what is loaded late, so that latency is that of asking
    questions = alone(benchmark.asked)
    found = {}
    for name, rank in BASELINES.items():
        found[name] = dict(evaluate(Ranker(kb, rank), questions, RANKING, by=()).metrics)
        print(f"{benchmark.name}: {name} done", file=sys.stderr)
    search = dict(evaluate(System(kb), questions, RANKING, by=()).metrics)
    answers = evaluate(
        kb, benchmark.asked, (*ANSWERS, "latency_p50_ms", "latency_p95_ms", "memory_mib"), by=()
    )
    print(f"{benchmark.name}: library done", file=sys.stderr)
    return found | {"library": search | dict(answers.metrics)}


@dataclass(frozen=True)
class System:
    """The library's own search, without its answers."""

    kb: KnowledgeBase

    def search(self, query: str, k: int) -> Any:
        return self.kb.search(query, k=k)

    def document(self, name: str) -> Any:
        return self.kb.document(name)


def table(results: Mapping[str, Any]) -> str:
    """The results as a Markdown table; the best of a column of each benchmark is bold."""
    rows = []
    for name, entry in results["benchmarks"].items():
        systems = entry["systems"]
        best = {c: max((s[c]["value"] for s in systems.values() if c in s), default=None) for c in COLUMNS}
        for system, metrics in systems.items():
            cells = (cell(metrics.get(column), best[column]) for column in COLUMNS)
            rows.append((f"{name} ({entry['n']})", system, *cells))
    return markdown(("set", "system", *COLUMNS), rows)


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table: two columns of names, the others of numbers."""
    lines = [f"| {' | '.join(row)} |" for row in (head, *rows)]
    return "\n".join([lines[0], "|" + " --- |" * 2 + " ---: |" * (len(head) - 2), *lines[1:]])


def cell(estimate: Mapping[str, float] | None, best: float | None) -> str:
    """A share in percent with half the width of its interval."""
    if estimate is None:
        return ""
    half = (estimate["high"] - estimate["low"]) / 2
    text = f"{100 * estimate['value']:.1f} ±{100 * half:.1f}"
    return f"**{text}**" if estimate["value"] == best else text


def into_readme(path: Path, text: str, mark: str = "quality") -> None:
    """Put a text between the marks `<!-- mark -->` and `<!-- /mark -->` of a file. Exits where they lack."""
    begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    page = path.read_text(encoding="utf-8")
    if begin not in page or end not in page:
        raise SystemExit(f"{path} has no {begin} … {end}. Put the marks where the text belongs.")
    between = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.S)
    path.write_text(between.sub(lambda _: f"{begin}\n{text}\n{end}", page), encoding="utf-8")


def main() -> None:
    """Run what is asked for, keep the results, show the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/dev", help="development sets")
    parser.add_argument("--only", default="seeds,cmrc2018,drcd", help="benchmarks, by comma")
    parser.add_argument("--n", type=int, default=500, help="questions of a span reading set; 0 runs nothing")
    parser.add_argument("--readme", type=Path, help="write the table into this file")
    args = parser.parse_args()
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {"benchmarks": {}}
    for name in args.only.split(",") if args.n else ():
        benchmark = seeds(args.data) if name == "seeds" else spans(args.data, name, args.n)
        systems = {s: {m: asdict(e) for m, e in found.items()} for s, found in measured(benchmark).items()}
        entry = {"n": len(benchmark.asked), "questions": benchmark.asked.fingerprint, "systems": systems}
        results["benchmarks"][name] = entry | {"libraries": versions()}
        RESULTS.parent.mkdir(exist_ok=True)
        write_whole(RESULTS, json.dumps(results, ensure_ascii=False, indent=1) + "\n")
    print(table(results))
    if args.readme:
        into_readme(args.readme, table(results))


if __name__ == "__main__":
    main()
