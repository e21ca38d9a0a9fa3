"""Fit what chooses and what refuses: the sorts of questions, the ranker's trees, the scale of its confidence.

    python embeddings/train_ranker.py --data ../shared/dev --index runs/written.index --run runs/ranker

In:  the written training questions. Those on documents that the reader was not trained on
     (`reader_data.held_out`) are asked of an index of all written documents, each as it is and once more
     with the passages that hold its evidence taken away, then again of corpora of a few documents; every
     candidate is judged as evaluations judge.
Out: `qa/data/question_kinds.npz`, `qa/data/ranker.npz`, and in RUN the table of signals (kept: with
     --again the trees are fitted anew without asking). What is printed is cross-validated by document.

Sources: Ke et al., LightGBM, 2017 (scikit-learn's histogram trees); Platt, Probabilistic outputs, 1999.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]
from reader_data import (  # noqa: E402
    ASKING,
    DIFFERENCE,
    MORE,
    RATIO,
    SUM,
    held_out,
    in_context,
    lines,
)

import qa  # noqa: E402
from qa.answer import ranker as ranker_module  # noqa: E402
from qa.answer.compute import plain  # noqa: E402
from qa.answer.passages import DEPTH, Read, Sources, read_hits  # noqa: E402
from qa.answer.propose import Candidate, propose  # noqa: E402
from qa.answer.shape import SORTS  # noqa: E402
from qa.answer.signals import SIGNALS, signals_of  # noqa: E402
from qa.chinese.fold import fold  # noqa: E402
from qa.evaluation.metrics import is_correct  # noqa: E402
from qa.evaluation.questions import Evidence, Question  # noqa: E402
from qa.evaluation.reading import read_questions  # noqa: E402
from qa.interface import value_json  # noqa: E402
from qa.knowledge import KnowledgeBase  # noqa: E402
from qa.models.reader import Reader, load_reader  # noqa: E402
from qa.question import kinds  # noqa: E402
from qa.question.query import read_query  # noqa: E402
from qa.schema import Figure  # noqa: E402

FOLDS = 5
SPARE = 2
"""Passages read beyond those that answering reads, so that enough are left when evidence is hidden."""
GROUP, SMALL, COMPARED = 5, 1000, 160
"""Documents of a small corpus, passages below which one is small, questions made of two figures."""
HIDDEN = 0.5
"""What a question with its evidence hidden counts, beside one as it is."""
TREES = {"max_iter": 160, "learning_rate": 0.06, "max_leaf_nodes": 12, "min_samples_leaf": 40,
         "l2_regularization": 20.0, "max_features": 0.4, "random_state": 0}  # fmt: skip
Floats = NDArray[np.float64]
NONE = ranker_module.Ranker(
    ranker_module.Trees((), *[np.zeros(0, np.int32)] * 4, np.zeros(0), np.zeros(0), 0.0),  # type: ignore[arg-type]
    ranker_module.Scale(1.0, 0.0, 0.5),
)
"""Stands where a ranker is asked for before there is one."""


@dataclass(frozen=True)
class Table:
    """Signals of all candidates (rows, signals); which asking each belongs to; whether it is right.

    Of every asking: its document, the type of its question, whether its evidence is hidden, whether a
    refusal is due, whether the corpus is small.
    """

    signals: Floats
    asking: NDArray[np.int64]
    right: NDArray[np.bool_]
    document: NDArray[np.str_]
    type: NDArray[np.str_]
    hidden: NDArray[np.bool_]
    due: NDArray[np.bool_]
    small: NDArray[np.bool_]

    def save(self, path: Path) -> None:
        np.savez_compressed(path, **vars(self), names=np.array(list(SIGNALS)))


def load(path: Path) -> Table:
    with np.load(path) as stored:
        assert list(stored["names"]) == list(SIGNALS), "other signals than now: run without --again"
        return Table(*(stored[name] for name in Table.__dataclass_fields__))


def fit_kinds(rows: Sequence[Mapping[str, Any]]) -> None:
    """The linear model of what questions ask for, from all written training questions."""
    asked = [
        (fold(r["question"]), r.get("asks", r["type"]) if r["type"] == "followup" else r["type"])
        for r in rows
    ]
    known = [(text, kinds.ASKS.index(kind)) for text, kind in asked if kind in kinds.ASKS]
    columns = [kinds.rows_of(text) for text, _ in known]
    values = [[1 / max(1, len(c)) ** 0.5] * len(c) for c in columns]
    flat = np.concatenate(columns), np.cumsum([0, *map(len, columns)])
    x = csr_matrix((np.concatenate(values), flat[0], flat[1]), shape=(len(known), kinds.SIZE))
    y = np.array([kind for _, kind in known])
    model = LogisticRegression(C=30.0, max_iter=400).fit(x, y)
    arrays = {"weights": model.coef_.T.astype(np.float16), "bias": model.intercept_.astype(np.float32)}
    np.savez_compressed(kinds.FILE, **arrays)
    kinds._model.cache_clear()


def gather(
    corpora: Iterable[tuple[KnowledgeBase, Sequence[Question]]], reader: Reader, asked: Mapping[str, str]
) -> Table:
    """Ask every question of its corpus twice, and judge every candidate."""
    signals, asking, right, about = [], [], [], []
    began = time.monotonic()
    for kb, questions in corpora:
        sources = kb._sources_with(reader.read, NONE)
        originals = {e.document: kb.document(e.document).text for q in questions for e in q.evidence}
        for q in questions:
            for hidden, query, reads in askings(q, asked.get(q.id, q.question), sources, originals):
                candidates = propose(query, reads)
                due = hidden or not q.answerable
                for row, c in zip(signals_of(query, reads, candidates), candidates, strict=True):
                    signals.append([row[name] for name in SIGNALS])
                    asking.append(len(about))
                    right.append(not due and is_right(c, q, originals))
                about.append((q.evidence[0].document, q.type, hidden, due, len(kb) < SMALL))
            if len(about) % 100 < 2:
                print(f"{len(about)} askings, {time.monotonic() - began:.0f} s", flush=True)
    document, types, hid, dues, small = zip(*about, strict=True)
    return Table(
        np.array(signals),
        np.array(asking),
        np.array(right),
        np.array(document),
        np.array(types),
        np.array(hid),
        np.array(dues),
        np.array(small),
    )


def corpora(
    index: Path, docs: Path, questions: Sequence[Question], compared: int
) -> Iterator[tuple[KnowledgeBase, Sequence[Question]]]:
    """All written documents with all questions, then a few documents at a time with theirs, for half of them.

    In a small corpus words and vectors tell less apart. With the last `compared` of them come questions
    made of two figures that measure the same, since written ones keep to one document.
    """
    yield qa.open(index), questions
    names = sorted({e.document for q in questions for e in q.evidence})
    order = np.random.default_rng(1).permutation(len(names))
    for at in range(0, len(names), 2 * GROUP):
        group = [names[i] for i in order[at : at + GROUP]]
        own = [q for q in questions if {e.document for e in q.evidence} <= set(group)]
        kb = qa.from_texts({name: (docs / name).read_bytes().decode("utf-8") for name in group})
        yield kb, own
    kb = qa.from_texts({name: (docs / name).read_bytes().decode("utf-8") for name in names})
    yield kb, list(itertools.islice(made(kb), compared))


def made(kb: KnowledgeBase) -> Iterator[Question]:
    """Questions over two figures of one metric and their answers, as the reader's made ones are asked."""
    rng = random.Random(3)
    groups: dict[tuple[str, str], list[Figure]] = {}
    for f in kb.figures():
        if f.upper is None and f.unit and 2 <= len(f.subject) <= 16 and 2 <= len(f.of + f.metric) <= 12:
            groups.setdefault((fold(f.of + f.metric), f.value.unit), []).append(f)
    keys = [key for key, row in sorted(groups.items()) if len({f.subject for f in row}) > 1]
    for n, (metric, unit) in enumerate(itertools.cycle(keys)):
        one, other = rng.sample(groups[metric, unit], 2)
        kind, form = rng.choice(ASKING)
        if one.subject in other.subject or other.subject in one.subject or one.value == other.value:
            continue
        more = rng.choice(MORE)
        text = form.format(a=one.subject, b=other.subject, m=metric, p="", more=more)
        a, b = one.value.number, other.value.number
        greater, less = (one, other) if a > b else (other, one)
        unit = "个百分点" if unit == "%" and kind == DIFFERENCE else unit
        said = {DIFFERENCE: f"{plain(abs(a - b))}{unit}", SUM: f"{plain(a + b)}{unit}"}
        said |= {RATIO: f"{plain((a / (b or 1)).quantize(Decimal('0.01')))}倍"}
        answer = said.get(kind, (less if more == "少" else greater).subject)
        evidence = tuple(Evidence(f.document, start=f.start, end=f.end) for f in (one, other))
        yield Question(f"made-{n}", text, answers=(answer,), evidence=evidence, type="made")


def askings(
    q: Question, text: str, sources: Sources, originals: Mapping[str, str]
) -> Iterator[tuple[bool, Any, list[Read]]]:
    """The question as it is, and with its evidence hidden; passages are read once for both."""
    query = read_query(text, sources.gazetteer, sources.frequency, sources.n_passages)
    hits = sources.search(text, DEPTH + SPARE)
    reads: list[Read] = []
    for at in range(0, len(hits), DEPTH):
        reads += read_hits(text, hits[at : at + DEPTH], sources)
    gold = [(e.document, *r) for e in q.evidence for r in e.ranges(originals[e.document])]

    def holds(read: Read) -> bool:
        p = read.passage
        return any(p.document == d and p.start < b and a < p.end for d, a, b in gold)

    yield False, query, reads[:DEPTH]
    if q.answerable:
        yield True, query, [r for r in reads if not holds(r)][:DEPTH]


def is_right(c: Candidate, q: Question, originals: Mapping[str, str]) -> bool:
    """Whether a candidate answers as the key does, from a passage that holds evidence."""
    said = {"status": "answered", "answer": c.text.strip("，,。；; "), "items": list(c.items) or None,
            "value": value_json(c.value)}  # fmt: skip
    if not is_correct(said, q):
        return False
    places = [c.read.passage, *(o.read.passage for o in c.operands)]
    return any(
        p.document == e.document and p.start < b and a < p.end
        for p in places for e in q.evidence for a, b in e.ranges(originals[e.document])
    )  # fmt: skip


def tightened(table: Table) -> Table:
    """The table where of several right ranges only those with the fewest commas and stops are right.

    An answer that holds the accepted one and a neighbour besides is scored as right; it is not to be learnt.
    """
    column = list(SIGNALS)
    breaks, sort = (table.signals[:, column.index(name)] for name in ("breaks", "sort"))
    ranges = table.right & (sort == SORTS.index("span")) & (table.type[table.asking] != "list")
    least = np.full(len(table.due), np.inf)
    np.minimum.at(least, table.asking[ranges], breaks[ranges])
    return replace(table, right=table.right & ~(ranges & (breaks > least[table.asking])))


def fit_trees(table: Table, rows: NDArray[np.bool_]) -> HistGradientBoostingClassifier:
    weight = np.where(table.hidden[table.asking], HIDDEN, 1.0)
    # Every asking counts alike, however many candidates it has.
    size = np.bincount(table.asking)[table.asking]
    weight = weight * size.mean() / size
    model = HistGradientBoostingClassifier(**TREES)
    return model.fit(table.signals[rows], table.right[rows], sample_weight=weight[rows])


def cross_validated(table: Table) -> Floats:
    """Log-odds of every candidate by trees that saw no question on its document."""
    names = np.unique(table.document)
    order = np.random.default_rng(0).permutation(len(names))
    fold_of = dict(zip(names[order], np.arange(len(names)) % FOLDS, strict=True))
    fold = np.array([fold_of[d] for d in table.document])[table.asking]
    scores = np.zeros(len(table.asking))
    for n in range(FOLDS):
        scores[fold == n] = fit_trees(table, fold != n).decision_function(table.signals[fold == n])
    return scores


def best_of(table: Table, scores: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """The score of the best candidate of every asking, and whether it is right."""
    n = len(table.due)
    best, right = np.full(n, -20.0), np.zeros(n, bool)
    order = np.argsort(scores, kind="stable")
    best[table.asking[order]] = scores[order]
    right[table.asking[order]] = table.right[order]
    return best, right


def scale_of(table: Table, scores: Floats) -> tuple[float, float, float]:
    """Slope and shift that make the best candidates' probabilities true, and the threshold of refusal."""
    best, right = best_of(table, scores)
    weight = np.where(table.hidden, HIDDEN * 0.5, 1.0)
    model = LogisticRegression(C=1e6).fit(best[:, None], right, sample_weight=weight)
    slope, shift = float(model.coef_[0, 0]), float(model.intercept_[0])
    p = 1 / (1 + np.exp(-(slope * best + shift)))
    steps = np.arange(5, 96) / 100
    good = np.array([(np.where(p < t, table.due, right) * weight).sum() for t in steps]) / weight.sum()
    near = steps[good >= good.max() - 0.005]
    # A wrong answer costs more trust than a refusal: the upper end of what is as good.
    return slope, shift, float(near[-1])


def report(table: Table, scores: Floats, scale: tuple[float, float, float]) -> None:
    best, right = best_of(table, scores)
    p = 1 / (1 + np.exp(-(scale[0] * best + scale[1])))
    refused = p < scale[2]
    possible = np.zeros(len(table.due), bool)
    np.logical_or.at(possible, table.asking, table.right)
    asked = ~table.hidden
    groups = [("as asked", asked), ("hidden", table.hidden)]
    groups += [("small corpora", asked & table.small)]
    groups += [(name, asked & (table.type == name)) for name in np.unique(table.type)]
    for name, rows in groups:
        due = table.due[rows]
        print(
            f"{name}: {rows.sum()} askings, grounded {np.where(refused, table.due, right)[rows].mean():.3f}, "
            f"right among answerable {right[rows][~due].mean() if (~due).any() else 0:.3f} "
            f"(possible {possible[rows][~due].mean() if (~due).any() else 0:.3f}), "
            f"refused of due {refused[rows][due].mean() if due.any() else 0:.3f}, "
            f"refused of answerable {refused[rows][~due].mean() if (~due).any() else 0:.3f}"
        )
    bins = np.minimum((p * 10).astype(int), 9)
    gap = [abs((right[asked] - p[asked])[bins[asked] == b].sum()) for b in range(10)]
    print(f"ece as asked {sum(gap) / asked.sum():.3f}, threshold {scale[2]:.2f}")


def write(table: Table, model: HistGradientBoostingClassifier, scale: tuple[float, float, float]) -> None:
    """The trees as flat arrays (`qa.answer.ranker.Trees`)."""
    parts: dict[str, list[Any]] = {name: [] for name in ("left", "right", "feature", "bound", "value")}
    roots = []
    for (predictor,) in model._predictors:
        at = len(parts["left"])
        roots.append(at)
        for node in predictor.nodes:
            leaf = bool(node["is_leaf"])
            parts["left"].append(0 if leaf else at + int(node["left"]))
            parts["right"].append(0 if leaf else at + int(node["right"]))
            parts["feature"].append(-1 if leaf else int(node["feature_idx"]))
            parts["bound"].append(0.0 if leaf else float(node["num_threshold"]))
            parts["value"].append(float(node["value"]))
    arrays = {
        name: np.array(values, np.int32) for name, values in parts.items() if name not in ("bound", "value")
    }
    arrays |= {
        name: np.array(parts[name], np.float32 if name == "value" else np.float64)
        for name in ("bound", "value")
    }
    start = float(np.ravel(model._baseline_prediction)[0])
    np.savez_compressed(
        ranker_module.FILE, names=np.array(list(SIGNALS)), roots=np.array(roots, np.int32),
        start=np.array(start), scale=np.array(scale), **arrays,
    )  # fmt: skip
    ranker_module.bundled.cache_clear()
    mine = ranker_module.bundled().trees.scores(table.signals[:500])
    assert np.allclose(mine, model.decision_function(table.signals[:500]), atol=1e-4)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with written/")
    parser.add_argument("--index", type=Path, required=True, help="index of written/docs")
    parser.add_argument(
        "--run", type=Path, default=Path("runs/ranker"), help="folder for the table of signals"
    )
    parser.add_argument("--reader", type=Path, help="another reader's folder than the bundled one")
    parser.add_argument("--again", action="store_true", help="fit to the table that is there")
    parser.add_argument("--first", type=int, help="ask only so many questions")
    options = parser.parse_args()
    options.run.mkdir(parents=True, exist_ok=True)
    stored = options.run / "signals.npz"
    if not options.again:
        path = options.data / "written" / "questions_train.jsonl"
        rows = list(lines(path))
        fit_kinds(rows)
        asked = dict(zip([r["id"] for r in rows], in_context(rows), strict=True))
        held = {r["id"] for r in rows if held_out(r["evidence"][0]["doc"])}
        questions = [q for q in read_questions(path).questions if q.id in held][: options.first]
        reader = Reader(options.reader) if options.reader else load_reader()
        found = corpora(options.index, options.data / "written" / "docs", questions, COMPARED)
        gather(found, reader, asked).save(stored)
    table = tightened(load(stored))
    scores = cross_validated(table)
    scale = scale_of(table, scores)
    report(table, scores, scale)
    write(table, fit_trees(table, np.ones(len(table.asking), bool)), scale)


if __name__ == "__main__":
    main()
