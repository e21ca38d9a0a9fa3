"""Retrieval metrics of ranked hits: recall@k, mrr@k, ndcg@k and map, computed by ir-measures.

Judgements are ranges of the originals, so a new splitter does not invalidate them: a hit is
relevant to an evidence range where it holds at least half of the non-space characters of the
range, or lies within it by half. From that an ordinary TREC run and ordinary qrels are made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qa.errors import InputError
from qa.evaluation.metrics import covered_share
from qa.evaluation.questions import Evidence, Question

Json = Mapping[str, Any]
Run = dict[str, float]
Qrels = dict[str, int]
RANKINGS = ("recall@1", "recall@3", "recall@5", "recall@10", "mrr@10", "ndcg@10", "map")
_SPELT = {"recall": "R", "mrr": "RR", "ndcg": "nDCG", "map": "AP"}
_NAME = re.compile(r"(recall|mrr|ndcg|map)(?:@([1-9]\d*))?")


def is_ranking(name: str) -> bool:
    """Whether a metric is one of a ranking: recall@k, mrr[@k], ndcg[@k], map[@k]."""
    match = _NAME.fullmatch(name)
    return bool(match) and (match[1] != "recall" or match[2] is not None)  # type: ignore[index]


def cutoff(names: Iterable[str], default: int = 10) -> int:
    """The number of hits that the metrics need: the largest k, and `default` at least."""
    depths = [int(match[2]) for name in names if (match := _NAME.fullmatch(name)) and match[2]]
    return max([default, *depths])


def holds_evidence(hit: Json, evidence: Evidence, original: str) -> bool:
    """Whether a hit and an evidence range share at least half of the shorter one."""
    if hit["document"] != evidence.document:
        return False
    here = [(hit["start"], hit["end"])]
    return any(
        covered_share(here, start, end, original) >= 0.5
        or covered_share([(start, end)], hit["start"], hit["end"], original) >= 0.5
        for start, end in evidence.ranges(original)
    )


def run_and_qrels(
    question: Question, hits: Sequence[Json], originals: Mapping[str, str]
) -> tuple[Run, Qrels] | None:
    """The run and qrels of one question; None where it has no judgements.

    Evidence that is found is represented by the first hit that holds it (two ranges in one hit
    count once), evidence that is not found by its own range, so that recall misses it. Where
    the question grades documents by id, the first hit of each document stands for it.
    """
    if question.relevant:
        names = [h["passage"] if h["passage"] in question.relevant else h["document"] for h in hits]
        return _strictly_falling(names, hits), dict(question.relevant)
    if not question.evidence:
        return None
    names = [h["passage"] for h in hits]
    qrels: Qrels = {}
    for e in question.evidence:
        original = originals.get(e.document, "")
        found = next((n for n, h in zip(names, hits, strict=True) if holds_evidence(h, e, original)), None)
        start, end = next(iter(e.ranges(original)), (0, 0))
        qrels[found or f"{e.document}:{start}-{end}:missed"] = 1
    return _strictly_falling(names, hits), qrels


def _strictly_falling(names: Sequence[str], hits: Sequence[Json]) -> Run:
    """Scores that fall strictly with rank, so that tools that ignore ranks keep ours; best hit per name.

    trec_eval reads scores as 32-bit floats, so that is the smallest step down.
    """
    import numpy as np

    run: Run = {}
    last = np.float32(np.inf)
    for name, hit in zip(names, hits, strict=True):
        if name not in run:
            last = min(np.float32(hit["score"]), np.nextafter(last, np.float32(-np.inf)))
            run[name] = float(last)
    return run


def ranking_scores(
    runs: Mapping[str, Run], qrels: Mapping[str, Qrels], names: Sequence[str] = RANKINGS
) -> dict[str, dict[str, float]]:
    """`{question id: {metric: value}}` of every judged question. Raises InputError on an unknown name."""
    import ir_measures

    for name in names:
        if not is_ranking(name):
            raise InputError(f"{name!r} is no ranking metric. Use recall@k, mrr@k, ndcg@k or map.")
    measures = {name: ir_measures.parse_measure(_measure(name)) for name in names}
    spelt = {measure: name for name, measure in measures.items()}
    scores: dict[str, dict[str, float]] = {query: dict.fromkeys(names, 0.0) for query in qrels}
    if not qrels:
        return scores
    grades = [ir_measures.Qrel(q, d, grade) for q, row in qrels.items() for d, grade in row.items()]
    found = [ir_measures.ScoredDoc(q, d, score) for q in qrels for d, score in runs.get(q, {}).items()]
    if found:
        for metric in ir_measures.iter_calc(list(measures.values()), grades, found):
            scores[metric.query_id][spelt[metric.measure]] = metric.value
    return scores


def _measure(name: str) -> str:
    kind, _, k = name.partition("@")
    return _SPELT[kind] + (f"@{k}" if k else "")
