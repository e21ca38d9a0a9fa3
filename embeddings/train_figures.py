"""Fit the forests that choose a figure's subject, metric and period (qa/data/figure_forests.npz).

    python embeddings/train_figures.py LABELS.jsonl --documents FOLDER [--folds 5] [--write]

Needs lightgbm, which running does not. LABELS are those of `benchmarks/figure_labels.py`. Every candidate
of every labelled figure is a row; its target says how well it names what a label accepts: 1 equal, 0.8
close, 0 neither. The measures of the figures before are candidates too (同比增长), so two rounds are
fitted: the first on what is accepted there, the second on what the first, fitted to other documents, chose.
Reported are the shares of figures whose best candidate is right, on documents that a fold left out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from qa.chinese.fold import fold
from qa.documents.load import load
from qa.figures import choose as choosing
from qa.figures.candidates import Candidate, story
from qa.figures.draft import Draft, Text, read
from qa.figures.forest import PATH
from qa.figures.metric_candidates import metrics
from qa.figures.period_candidates import periods
from qa.figures.subject_candidates import subjects
from qa.prepare import prepare
from qa.schema import Passage

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
from figure_labels import COUNT, Label, close, pairs, plain, read_labels

FIELDS = ("subject", "period", "metric")
SETTINGS = {
    "objective": "lambdarank",
    "lambdarank_truncation_level": 5,
    "label_gain": [0, 1, 2, 3, 4, 6],
    "num_leaves": 15,
    "max_depth": 6,
    "learning_rate": 0.08,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 2.0,
    "verbose": -1,
    "num_threads": 1,
    "seed": 7,
    "deterministic": True,
}
ROUNDS = {"subject": 120, "metric": 120, "period": 80}
Choice = Callable[[str, Sequence[Candidate], str, Sequence[float]], Candidate]


@dataclass(frozen=True, slots=True)
class Group:
    """The candidates of one field of one labelled figure: features, how right each is, and the rule's own."""

    doc: str
    field: str
    rows: Any
    gains: Any
    rule: float
    texts: tuple[str, ...]
    quote: str
    weight: float = 1.0


def gain(said: str, accepted: Sequence[str]) -> float:
    """How well a text names one of the accepted: 1 equal, 0.8 close, 0 neither."""
    if any(plain(said) == plain(text) for text in accepted):
        return 1.0
    return 0.8 if any(close(said, text) for text in accepted) else 0.0


def metric_gain(candidate: Candidate, accepted: Sequence[str]) -> float:
    """As the benchmark holds them: with or without what it belongs to, 数 and 数量."""
    accepted = [*accepted, *(COUNT.sub("", text) for text in accepted)]
    whole = gain(candidate.of + candidate.text, accepted)
    return max(whole, 0.7 * gain(candidate.text, accepted)) if candidate.of else whole


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document's passages, and for its figures what each field may be."""

    name: str
    passages: tuple[Passage, ...]
    labels: tuple[Label, ...]
    until: int
    text: str


def documents(labels: Path, folder: Path) -> list[Labelled]:
    found, until = read_labels(labels)
    out = []
    for name in sorted(found):
        (document,) = load([folder / name]).documents
        out.append(
            Labelled(
                name,
                prepare(document),
                tuple(found[name]),
                until.get(name, len(document.text)),
                document.text,
            )
        )
    return out


def groups_of(held: Labelled, choice: Choice) -> list[Group]:
    """Every labelled figure's candidates, the measures before chosen as `choice` says."""
    out: list[Group] = []
    drafts = {p.id: read(p, held.text) for p in held.passages}
    figures = [d.figure for _, found in drafts.values() for d in found if d.figure.start < held.until]
    paired = {id(f): label for label, f in pairs(held.labels, figures)[0]}
    for _, article in groupby(held.passages, key=lambda p: p.article):
        _article(held.name, [drafts[p.id] for p in article], paired, choice, out)
    return out


def _article(
    name: str,
    readings: Sequence[tuple[Text, Sequence[Draft]]],
    paired: dict[int, Label],
    choice: Choice,
    out: list[Group],
) -> None:
    scenes = [choosing.scene_of(text, found) for text, found in readings]
    told = story(scenes)
    each = [(scene, draft) for scene, (_, found) in zip(scenes, readings, strict=True) for draft in found]
    whose: list[str] = []
    for field in FIELDS:
        held = []
        if field == "subject":
            held = [subjects(scene, draft, told) for scene, draft in each]
        elif field == "period":
            held = [
                c for scene, (_, found) in zip(scenes, readings, strict=True) for c in periods(scene, found)
            ]
        for i, (scene, draft) in enumerate(each):
            label = paired.get(id(draft.figure))
            candidates = held[i] if held else metrics(scene, draft, told, whose[i])
            gains = _grouped(name, field, draft, label, candidates, out) if label else []
            chosen = choice(field, candidates, name, gains)
            if field == "subject":
                whose.append(chosen.text)
            elif field == "metric":
                told.metrics.append((fold(chosen.of), fold(chosen.text)))


def _grouped(
    name: str,
    field: str,
    draft: Draft,
    label: Label,
    candidates: Sequence[Candidate],
    out: list[Group],
) -> list[float]:
    accepted = label.texts[field]
    measure = metric_gain if field == "metric" else (lambda c, a: gain(c.text, a))
    gains = [measure(c, accepted) for c in candidates]
    rule = Candidate(getattr(draft.figure, field), (), draft.figure.of if field == "metric" else "")
    rows = np.asarray([c.features for c in candidates], dtype=np.float32)
    texts = tuple(c.of + "|" + c.text for c in candidates)
    out.append(Group(name, field, rows, np.asarray(gains), measure(rule, accepted), texts, label.quote))
    return gains


def accepted_choice(
    field: str, candidates: Sequence[Candidate], name: str, gains: Sequence[float]
) -> Candidate:
    """What a label accepts; the rule's reading where there is no label."""
    if len(gains) and max(gains) > 0:
        return candidates[int(np.argmax(gains))]
    return max(candidates, key=lambda c: c.features[2])


def fit(groups: Sequence[Group], field: str) -> Any:
    """A ranker of the candidates of one field; figures without a right candidate teach nothing."""
    mine = [g for g in groups if g.field == field and g.gains.max() > 0]
    rows, gains = np.concatenate([g.rows for g in mine]), np.concatenate([g.gains for g in mine])
    weights = np.concatenate([np.full(len(g.rows), g.weight) for g in mine])
    data = lightgbm.Dataset(
        rows, np.round(gains * 5).astype(int), group=[len(g.rows) for g in mine], weight=weights
    )
    return lightgbm.train(SETTINGS, data, ROUNDS[field])


def folded(groups: Sequence[Group], fields: Sequence[str], folds: int) -> dict[tuple[str, str], Any]:
    """For each document and field the model of the fold that left it out."""
    names = sorted({g.doc for g in groups})
    models = {}
    for k in range(folds):
        out = set(names[k::folds])
        for field in fields:
            model = fit([g for g in groups if g.doc not in out], field)
            models.update({(name, field): model for name in out})
    return models


def report(groups: Sequence[Group], models: dict[tuple[str, str], Any]) -> None:
    for field in sorted({field for _, field in models}):
        mine = [g for g in groups if g.field == field]
        chosen = np.array([g.gains[int(models[g.doc, field].predict(g.rows).argmax())] for g in mine])
        possible = np.array([g.gains.max() for g in mine])
        rule, size = np.mean([g.rule > 0 for g in mine]), sum(len(g.rows) for g in mine) / len(mine)
        print(
            f"  {field:8} {size:.0f} candidates; right: rule {rule:.3f}, chosen {np.mean(chosen > 0):.3f}",
            f"(equal {np.mean(chosen == 1):.3f}), best possible {np.mean(possible > 0):.3f}",
            f"(equal {np.mean(possible == 1):.3f})",
            flush=True,
        )


def arrays(model: Any) -> dict[str, Any]:
    """A fitted model as the arrays of `qa.figures.forest`."""
    trees = model.dump_model()["tree_info"]
    nodes = [_nodes(tree["tree_structure"]) for tree in trees]
    size = max(map(len, nodes))
    out = {
        "feature": np.zeros((len(nodes), size), np.int16),
        "threshold": np.zeros((len(nodes), size), np.float32),
        "left": np.zeros((len(nodes), size), np.int16),
        "right": np.zeros((len(nodes), size), np.int16),
        "value": np.zeros((len(nodes), size), np.float32),
    }
    for i, tree in enumerate(nodes):
        for j, node in enumerate(tree):
            for part, held in zip(out, node[:5], strict=True):
                out[part][i, j] = held
    return out | {"depth": np.asarray(max(node[5] for tree in nodes for node in tree))}


def _nodes(root: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Nodes of one tree as (feature, threshold, left, right, value, depth), the root first."""
    found: list[Any] = []

    def add(node: dict[str, Any], depth: int) -> int:
        at = len(found)
        found.append(None)
        if "leaf_value" in node:
            found[at] = (0, 0.0, at, at, node["leaf_value"], depth)
        else:
            left, right = add(node["left_child"], depth + 1), add(node["right_child"], depth + 1)
            # The next smaller 32-bit number: rows are compared in 32 bits, thresholds were chosen in 64.
            found[at] = (node["split_feature"], np.float32(node["threshold"]), left, right, 0.0, depth)
        return at

    add(root, 0)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("--documents", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="fit to everything and write the forests")
    options = parser.parse_args()
    held = documents(options.labels, options.documents)
    first = [g for doc in held for g in groups_of(doc, accepted_choice)]
    models = folded(first, FIELDS, options.folds)
    report(first, models)

    def predicted(
        field: str, candidates: Sequence[Candidate], name: str, gains: Sequence[float]
    ) -> Candidate:
        rows = np.asarray([c.features for c in candidates], dtype=np.float32)
        return candidates[int(models[name, field].predict(rows).argmax())]

    second = [g for doc in held for g in groups_of(doc, predicted)]
    report(second, folded(second, FIELDS, options.folds))
    if options.write:
        parts = {f"{field}.{part}": a for field in FIELDS for part, a in arrays(fit(second, field)).items()}
        np.savez_compressed(PATH, **parts)
        print(f"wrote {PATH} ({PATH.stat().st_size:,} bytes)")


if __name__ == "__main__":
    main()
