"""Questions, passages and readings made by hand, a reader that works by a rule, a ranker of stumps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from golden_figures import passage as golden
from tiny import document

from qa.answer.compute import Operand, operand
from qa.answer.passages import Read, Sources
from qa.answer.ranker import Ranker, Scale, Trees
from qa.chinese.fold import fold
from qa.chinese.numerals import quantities
from qa.figures.extract import extract
from qa.models.reader import KINDS, Reading, Span, Tagged, headed
from qa.question.query import Query, read_query
from qa.schema import Hit, Passage

Scored = tuple[str, float]
"""Words of a passage and a number for them."""


def passage(text: str, id: str = "a.txt#1", **more: Any) -> Passage:
    """A whole document of one passage, clean as it stands; its name is what precedes the # of `id`."""
    return replace(golden(text), id=id, document=id.partition("#")[0], **more)


def place(text: str, words: str) -> tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


def chances(**kinds: float) -> tuple[float, ...]:
    """Probabilities of KINDS; what is left goes to a single range."""
    found = {"span": 1 - sum(kinds.values())} | kinds
    return tuple(found.get(kind, 0.0) for kind in KINDS)


def reading(
    text: str, *spans: Scored, tags: Mapping[str, int] | None = None, relevance: float = 2.0, **kinds: float
) -> Reading:
    """What a reader might say of a text: spans with their scores, tagged words (probability 0.9)."""
    found = sorted((Span(*place(text, words), score) for words, score in spans), key=lambda s: -s.score)
    tagged = sorted(
        (Tagged(*place(text, w), tag, 0.9) for w, tag in (tags or {}).items()), key=lambda t: t.start
    )
    sure = 1 / (1 + math.exp(-relevance))
    return Reading(relevance, sure, tuple(found), chances(**kinds), tuple(tagged))


def read(of: Passage | str, said: Reading | None = None, rank: int = 1, score: float = 1.0) -> Read:
    """A passage that was found at `rank` with a fused `score`, read as `said`; its figures are extracted."""
    p = of if isinstance(of, Passage) else passage(of)
    signals = {"dense": 0.8, "bm25": 3.0, "fused": score}
    made = said or reading(p.text)
    return Read(Hit(p, score, rank, signals), fold(headed(p)), fold(p.text), made, extract(p))


def query(text: str, names: Mapping[str, tuple[str, str]] | None = None, **more: Any) -> Query:
    """A question beside a corpus of one passage that has none of its words."""
    return replace(read_query(text, names or {}, lambda terms: {}, 1), **more)


def operands(read: Read, *words: str) -> list[Operand]:
    """The figures of a passage that stand at these words."""
    found = [operand(read, *place(read.passage.text, w), 0.9) for w in words]
    assert None not in found
    return [o for o in found if o]


def nearest_number(
    question: str, passages: Sequence[str], heads: Sequence[str] = (), *, n_best: int = 5
) -> list[Reading]:
    """A reader by rule: every quantity is a range, and its score the characters that its clause shares with
    the question; a passage is as relevant as its best range, less 3.
    """
    return [_numbers(set(fold(question)), text, n_best) for text in passages]


def _numbers(asked: set[str], text: str, n_best: int) -> Reading:
    folded, spans = fold(text), []
    for q in quantities(folded):
        start = max(folded.rfind(mark, 0, q.start) for mark in ",。;") + 1
        spans.append(Span(q.start, q.end, float(len(asked & set(folded[start : q.start])))))
    spans.sort(key=lambda s: (-s.score, s.start))
    relevance = spans[0].score - 3 if spans else -9.0
    return Reading(relevance, 1 / (1 + math.exp(-relevance)), tuple(spans[:n_best]), chances(), ())


def stumps(*steps: tuple[str, float, float], start: float = 0.0) -> Trees:
    """Trees of one question each: (signal, bound, what it adds above the bound); nothing is added below."""
    names = tuple(dict.fromkeys(name for name, _, _ in steps))
    left, right, feature, bound, value = [], [], [], [], []
    for n, (name, edge, added) in enumerate(steps):
        left += [3 * n + 1, 0, 0]
        right += [3 * n + 2, 0, 0]
        feature += [names.index(name), -1, -1]
        bound += [edge, 0.0, 0.0]
        value += [0.0, 0.0, added]
    whole = [
        np.array(column, np.int32) for column in ([3 * n for n in range(len(steps))], left, right, feature)
    ]
    return Trees(names, *whole, np.array(bound), np.array(value), start)


RANKER = Ranker(
    stumps(*(("span_score", edge + 0.5, 1.0) for edge in range(12)), start=-4.0), Scale(1.0, 0.0, 0.5), "hand"
)
"""As many as the reader's score, less 4; a score above 4 is more likely right than not."""


def sources(
    texts: Mapping[str, str], rank: Ranker = RANKER, reads: Any = nearest_number, **more: Any
) -> Sources:
    """A knowledge base of documents of one passage each, all of which are found, in order of name."""
    passages = [passage(text, f"{name}#1", **more) for name, text in sorted(texts.items())]
    hits = [
        Hit(p, 1 - i / 10, i + 1, {"dense": 0.8, "bm25": 3.0, "fused": 1 - i / 10})
        for i, p in enumerate(passages)
    ]
    figures = {p.id: extract(p) for p in passages}
    return Sources(
        search=lambda query, k: hits[:k],
        document=lambda name: document(name, texts[name]),
        figures=lambda ids: [f for id in ids for f in figures[id]],
        frequency=lambda terms: {
            t: n for t in terms if (n := sum(t in fold(text) for text in texts.values()))
        },
        n_passages=len(texts),
        gazetteer={},
        read=reads,
        rank=rank,
    )
