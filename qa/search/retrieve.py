"""Passages for a query: dense and lexical candidates, their scores brought to one scale and added.

For `search` the best of them are read, and both are weighed.
Source: Nogueira and Cho, Passage Re-ranking with BERT, 2019; here a small reader that tells how likely
a passage answers, so that ranking, answering and refusing share one model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa.chinese.fold import fold
from qa.errors import InputError
from qa.models.encoder import utf8
from qa.models.reader import Reading, headed
from qa.schema import Hit
from qa.search.lexical import query_tokens
from qa.search.scope import Part
from qa.search.store import Store

DEPTH = 100
"""Candidates taken from each side."""
DENSE_WEIGHT = 0.4
"""benchmarks/retrieval.py: 0.2 to 0.5 beat both sides alone on both sets, this by the safest margin."""
LONGEST = 2000
"""Characters of a query that are read; the encoder cuts far earlier."""


class QueryEncoder(Protocol):
    """What searching needs of an encoder: unit vectors of queries (shape: queries, dimension)."""

    def encode_queries(self, queries: list[str]) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows of a store, best first, with their cosine, BM25 score and fused score (0 to 1) each."""

    rows: NDArray[np.int64]
    ids: tuple[str, ...]
    dense: NDArray[np.float64]
    bm25: NDArray[np.float64]
    fused: NDArray[np.float64]


def to_unit_scale(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores stretched from 0 (the lowest) to 1 (the highest); all 0 where they are all equal.

    >>> to_unit_scale(np.array([2.0, 4.0, 3.0])).tolist()
    [0.0, 1.0, 0.5]
    """
    low, high = scores.min(initial=np.inf), scores.max(initial=-np.inf)
    return (scores - low) / (high - low) if high > low else np.zeros(len(scores))


def top_rows(scores: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    """The rows of the k highest scores above 0, highest first, equal ones by row."""
    rows = np.flatnonzero(scores > 0)
    if len(rows) > k:
        # Everything at least as good as the k-th, so that a tie at the edge is cut by row, not by chance.
        rows = rows[scores[rows] >= np.partition(scores[rows], -k)[-k]]
    return rows[np.argsort(-scores[rows], kind="stable")][:k]


def candidates(store: Store | Part, encoder: QueryEncoder, query: str, depth: int = DEPTH) -> Candidates:
    """The union of the `depth` nearest by cosine and the `depth` best by BM25, fused.

    Both scores are known for every candidate. Raises InputError for an empty query.
    """
    query = utf8(query.strip()[:LONGEST])
    if not query:
        raise InputError("The question is empty. Ask something, for example: qa ask 总投资多少？")
    vector = encoder.encode_queries([fold(query)])[0]
    bm25 = store.bm25(query_tokens(query))
    nearest, _ = store.nearest(vector, depth)
    # Not np.union1d, which imports numpy.ma: 40 ms.
    rows = np.array(sorted({*nearest.tolist(), *top_rows(bm25, depth).tolist()}), dtype=np.int64)
    # Rounded, so that another machine's last bits change no order.
    dense = np.round(store.vectors(rows).astype(np.float64) @ vector.astype(np.float64), 6)
    lexical = np.round(bm25[rows], 6)
    fused = np.round(DENSE_WEIGHT * to_unit_scale(dense) + (1 - DENSE_WEIGHT) * to_unit_scale(lexical), 6)
    ids = store.ids(rows.tolist())
    order = sorted(range(len(rows)), key=lambda i: (-fused[i], ids[i]))
    return Candidates(rows[order], tuple(ids[i] for i in order), dense[order], lexical[order], fused[order])


def search(
    store: Store | Part, encoder: QueryEncoder, query: str, k: int = 10, depth: int = DEPTH
) -> list[Hit]:
    """The k best passages, best first; `signals` holds dense (cosine), bm25 and fused.

    Raises InputError for an empty query or a k below 1.
    """
    if k < 1:
        raise InputError(f"k must be at least 1, not {k}.")
    found = candidates(store, encoder, query, max(depth, k))
    hits = []
    for i, passage in enumerate(store.passages(found.rows[:k].tolist())):
        signals = {"dense": found.dense[i], "bm25": found.bm25[i], "fused": found.fused[i]}
        signals = {name: float(score) for name, score in signals.items()}
        hits.append(Hit(passage, signals["fused"], i + 1, signals))
    return hits


N_READ = 5
"""Passages that are read."""
READER_WEIGHT = 0.3
"""Share of the reader's probability in the final score; the rest is the fused score's.

recall@1 over about 400 questions of each development set: CMRC 2018 .988 with 0, .988 with 0.3, .983
with 0.5; DRCD .961, .971 and .973.
"""


class Reads(Protocol):
    """What reranking needs of a reader: a question, passages and what stands before each, to readings."""

    def __call__(self, question: str, passages: Sequence[str], heads: Sequence[str]) -> Sequence[Reading]: ...


def blend(fused: float, answerable: float, weight: float = READER_WEIGHT) -> float:
    """Fused score (0 to 1) and probability that the passage answers, weighed."""
    return (1 - weight) * fused + weight * answerable


def rerank(query: str, hits: Sequence[Hit], read: Reads) -> list[Hit]:
    """The hits by fused score and by reading the first N_READ of them; unread ones stay behind those.

    `signals` of those that were read holds `answerable`.
    """
    first = [hit.passage for hit in hits[:N_READ]]
    readings = read(query, [p.text for p in first], [headed(p) for p in first])
    told: list[float | None] = [r.answerable for r in readings]
    scored = []
    for hit, answerable in zip(hits, [*told, *[None] * (len(hits) - len(told))], strict=True):
        signals = hit.signals if answerable is None else hit.signals | {"answerable": answerable}
        scored.append(replace(hit, score=round(blend(hit.score, answerable or 0.0), 6), signals=signals))
    scored.sort(key=lambda hit: (-hit.score, hit.passage.id))
    return [replace(hit, rank=i + 1) for i, hit in enumerate(scored)]
