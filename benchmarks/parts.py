"""What each part of answering is worth: the same questions with parts switched on one after another.

    python benchmarks/parts.py [DOCS:QUESTIONS ...] [--by type] [--sample N] [--reader FOLDER] [--readme FILE]

By default on the sample corpus, tests/cases/zones and both halves of tests/cases/news. The parts,
each with those before it:

1. retrieval alone: the clause with most of the question's terms, out of the sentence with most of them in
   the first passage found; never refused. (The whole sentence is mostly too long to count as an answer:
   grounded 6.3% on zones and 11.8% on news, where the clause has 16.5% and 16.9%.)
2. figures and rules: typed figures, spans by rule; refused only where nothing at all is proposed
3. reader: it reads the best windows and proposes spans; refused as before
4. calibration: confidence with its threshold, the library as it ships

and the library with one part taken away. Without figures, a question for a number finds no candidate and is
refused. Confidence and threshold are in no row fitted anew.

`gain` is grounded accuracy against the row before (against the library for what is taken away) with the 95%
interval of the paired bootstrap. Results are kept in benchmarks/results/parts.json; with `--sample`, which
asks about N questions of each set, they are only shown. `--kept` asks nothing and shows what was kept.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import qa  # noqa: E402
from benchmarks.quality import cell, into_readme, markdown  # noqa: E402
from qa.answer.candidates import Candidate  # noqa: E402
from qa.answer.evidence import Matcher, View  # noqa: E402
from qa.answer.reply import Considered, Sources, Verdict, answer, reply  # noqa: E402
from qa.evaluation.compare import compare  # noqa: E402
from qa.evaluation.estimates import Estimate  # noqa: E402
from qa.evaluation.fingerprints import versions  # noqa: E402
from qa.evaluation.measure import evaluate  # noqa: E402
from qa.evaluation.questions import QuestionSet, threads  # noqa: E402
from qa.evaluation.reading import read_questions  # noqa: E402
from qa.evaluation.run import Evaluation  # noqa: E402
from qa.knowledge import KnowledgeBase  # noqa: E402
from qa.models.reader import Reader  # noqa: E402
from qa.question.chat import Chat  # noqa: E402
from qa.question.query import read_query  # noqa: E402
from qa.question.terms import idf  # noqa: E402
from qa.schema import Answer, Document  # noqa: E402
from qa.search.retrieve import LONGEST  # noqa: E402
from qa.writing import write_whole  # noqa: E402

RESULTS = ROOT / "benchmarks/results/parts.json"
CASES = ROOT / "tests/cases"
PAIRS = (
    f"{ROOT / 'seeds'}:{ROOT / '../shared/dev/seeds_dev.jsonl'}",
    f"{CASES / 'zones/docs'}:{CASES / 'zones/questions.jsonl'}",
    f"{CASES / 'news/docs'}:{CASES / 'news/questions.jsonl'}",
    f"{CASES / 'news/docs'}:{CASES / 'news/held_out.jsonl'}",
)
METRICS = ("grounded", "correct", "cited", "refusal_recall", "latency_p50_ms")
COLUMNS = ("grounded", "gain", *METRICS[1:])
Answering = Callable[[str, str, Sources, int, float], Answer]
"""Question, complete question, sources, number of citations, least confidence: as `answer`."""
Json = dict[str, Any]


def retrieved(question: str, resolved: str, sources: Sources, k: int, _least: float) -> Answer:
    """What retrieval alone answers: a clause of the first passage, and the first k passages cited."""
    query = read_query(resolved[:LONGEST])
    views = [View(hit.passage, i, hit.score) for i, hit in enumerate(sources.search(resolved, k))]
    matcher = Matcher.of(query.content, idf(sources.n_passages, sources.df))
    found = tuple(best_clause(view, matcher) for view in views)
    verdict = Verdict(next(iter(found), None), None, 1.0, found[1:])
    return reply(question, resolved, Considered(query, views, verdict), sources, k, 0.0)


def best_clause(view: View, matcher: Matcher) -> Candidate:
    """The clause with most of the question's terms (by weight) in the sentence with most, else the first."""

    def cover(place: tuple[int, int]) -> float:
        return matcher.cover(view.folded[slice(*place)])

    sentence = max(view.passage.sentences, key=cover)
    inside = [c for c in view.clauses if sentence[0] <= c[0] < sentence[1]] or [sentence]
    return Candidate(view, *max(inside, key=cover), sentence, 1.0)


def whole(sources: Sources) -> Sources:
    """Everything that the library answers from."""
    return sources


def without_reader(sources: Sources) -> Sources:
    """The same without the reader: nothing is read, spans come by rule."""
    return replace(sources, read=None)


def without_figures(sources: Sources) -> Sources:
    """The same as if the documents held no typed figures."""
    return replace(sources, figures=lambda passage: ())


@dataclass(frozen=True, slots=True)
class Part:
    """A row of the table: how to answer, and the row it is measured against ("" for none).

    `least` is the confidence below which a question is refused; None takes the library's threshold.
    """

    name: str
    against: str = ""
    change: Callable[[Sources], Sources] = whole
    answering: Answering = answer
    least: float | None = None


LIBRARY = "+ calibration: the library"
PARTS = (
    Part("retrieval alone", answering=retrieved, least=0.0),
    Part("+ figures and rules", "retrieval alone", without_reader, least=0.0),
    Part("+ reader", "+ figures and rules", least=0.0),
    Part(LIBRARY, "+ reader"),
    Part("library without reader", LIBRARY, without_reader),
    Part("library without figures", LIBRARY, without_figures),
)


@dataclass(frozen=True, slots=True)
class Partial:
    """A knowledge base that answers with some of its parts, as something to evaluate."""

    kb: KnowledgeBase
    part: Part

    def ask(self, question: str) -> Answer:
        return self._ask(question, question, 3)

    def chat(self) -> Chat:
        return Chat(self._ask, self.kb._said)

    def document(self, name: str) -> Document:
        return self.kb.document(name)

    def _ask(
        self, question: str, resolved: str, k: int, least: float | None = None, explain: bool = False
    ) -> Answer:
        """Answer as the part does; `least` and `explain` are there because a chat hands them on."""
        given = self.kb._threshold if self.part.least is None else self.part.least
        return self.part.answering(question, resolved, self.part.change(self.kb._sources), k, given)


def measured(name: str, kb: KnowledgeBase, asked: QuestionSet, by: Sequence[str]) -> Json:
    """Metrics of every part on one question set, with gains, and grounded accuracy split by fields."""
    kb.ask("总投资多少？")  # loads what is loaded late, so that latency is that of asking
    runs: dict[str, Evaluation] = {}
    systems: dict[str, Json] = {}
    for part in PARTS:
        forget()
        runs[part.name] = run = evaluate(
            Partial(kb, part), asked, METRICS, by=by, progress=progress(name, part.name)
        )
        systems[part.name] = {metric: asdict(e) for metric, e in run.metrics.items()}
        if part.against:
            systems[part.name]["gain"] = gain(runs[part.against], run)
    split = {field: {p: grounded(r.by[field]) for p, r in runs.items()} for field in by}
    return {"n": len(asked), "questions": asked.fingerprint, "systems": systems, "by": split}


def forget() -> None:
    """Empty what the library remembers of texts it saw, so that no part is quicker for coming later."""
    for name, module in list(sys.modules.items()):
        for found in vars(module).values() if name.startswith("qa.") else ():
            if hasattr(found, "cache_info") and (found.cache_info().maxsize or 0) > 1:
                found.cache_clear()


def grounded(groups: Mapping[str, Mapping[str, Estimate]]) -> Json:
    """Grounded accuracy of every group that has it."""
    return {value: asdict(found["grounded"]) for value, found in groups.items() if "grounded" in found}


def progress(name: str, part: str) -> Callable[[str, int, int], None]:
    """One line on stderr, written over as questions are answered."""

    def show(_: str, done: int, total: int) -> None:
        end = "\n" if done == total else ""
        print(f"\r{name}: {part} {done}/{total}", end=end, file=sys.stderr, flush=True)

    return show


def gain(before: Evaluation, after: Evaluation) -> Json:
    """Grounded accuracy of `after` less that of `before`, with its paired interval and p (McNemar)."""
    found = next(d for d in compare(before, after).differences if d.metric == "grounded")
    return {"value": found.difference, "low": found.low, "high": found.high, "p": found.p, "n": found.n}


def sampled(asked: QuestionSet, n: int) -> QuestionSet:
    """About n questions, evenly spread and with their whole conversations; all for 0."""
    every = threads(asked)
    step = max(1, round(len(asked) / n)) if n else 1
    return replace(asked, questions=tuple(q for thread in every[::step] for q in thread))


def set_name(docs: Path) -> str:
    """What a folder of documents is called: its own name, or its parent's where that is `docs`."""
    return docs.parent.name if docs.name == "docs" else docs.name


def shown(column: str, metrics: Mapping[str, Any], best: float) -> str:
    """A cell of the table: a share, a signed gain, or whole milliseconds; the best grounded accuracy bold."""
    found = metrics.get(column)
    if found is None:
        return ""
    if column.endswith("_ms"):
        return f"{found['value']:.0f}"
    text = cell(found, best if column == "grounded" else None)
    return f"+{text}" if column == "gain" and found["value"] > 0 else text


def table(results: Mapping[str, Any]) -> str:
    """All sets and parts as a Markdown table."""
    rows = []
    for name, entry in results["benchmarks"].items():
        best = max(metrics["grounded"]["value"] for metrics in entry["systems"].values())
        for part, metrics in entry["systems"].items():
            rows.append((f"{name} ({entry['n']})", part, *(shown(c, metrics, best) for c in COLUMNS)))
    titles = (c.replace("_p50_ms", ", ms").replace("_", " ") for c in COLUMNS)
    return markdown(("set", "parts", *titles), rows)


def split_tables(results: Mapping[str, Any]) -> Iterable[str]:
    """Grounded accuracy by the values of a field, one Markdown table for every set that has it."""
    for name, entry in results["benchmarks"].items():
        for field, parts in entry["by"].items():
            sizes = {value: found["n"] for value, found in next(iter(parts.values())).items()}
            head = (f"{name}, by {field}", "n", *parts)
            cells = {value: [cell(parts[p].get(value), None) for p in parts] for value in sizes}
            yield markdown(head, ((value, str(n), *cells[value]) for value, n in sizes.items()))


def run(pair: str, options: argparse.Namespace) -> tuple[str, Json]:
    """Build an index of DOCS:QUESTIONS, ask, and give the set's name with its results."""
    docs, _, questions = pair.rpartition(":")
    name = set_name(Path(docs)) + ("" if Path(questions).stem != "held_out" else ", held out")
    asked = sampled(read_questions(questions), options.sample)
    with tempfile.TemporaryDirectory() as folder, qa.build([docs], index=folder + "/index") as kb:
        if options.reader:
            kb._reader = Reader(options.reader)
        return name, measured(name, kb, asked, options.by) | {"libraries": versions()}


def main() -> None:
    """Ask what is asked for, keep the results, show the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("pairs", nargs="*", metavar="DOCS:QUESTIONS", default=list(PAIRS))
    parser.add_argument("--by", nargs=1, default=(), help="also split grounded accuracy by this field: type")
    parser.add_argument("--sample", type=int, default=0, help="ask about this many of each set, keep nothing")
    parser.add_argument("--reader", type=Path, help="a reader's folder other than the bundled one")
    parser.add_argument("--kept", action="store_true", help="ask nothing, show what was kept")
    parser.add_argument(
        "--readme", type=Path, help="write the table between this file's <!-- parts --> marks"
    )
    options = parser.parse_args()
    keeping = options.kept or not options.sample
    old = RESULTS.exists() and keeping
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if old else {"benchmarks": {}}
    for pair in () if options.kept else options.pairs:
        name, entry = run(pair, options)
        results["benchmarks"][name] = entry
        if keeping:
            write_whole(RESULTS, json.dumps(results, ensure_ascii=False, indent=1) + "\n")
    print("\n\n".join([table(results), *split_tables(results)]))
    if options.readme:
        into_readme(options.readme, table(results), "parts")


if __name__ == "__main__":
    main()
