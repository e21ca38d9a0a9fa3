"""From a question and the passages found for it to a short, cited answer or an honest refusal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from qa.answer.compute import MODES
from qa.answer.field import said
from qa.answer.passages import DEPTH, Read, Sources, read_hits
from qa.answer.propose import Candidate, propose
from qa.answer.signals import signals_of
from qa.chinese.fold import fold
from qa.chinese.periods import clash, read_period
from qa.chinese.units import base
from qa.places import page_of, place
from qa.question.query import Query, read_query
from qa.question.turns import Sense
from qa.schema import Answer, Citation, Figure, Hit, original_range
from qa.search.retrieve import LONGEST

SURE = 0.5
"""Probability from which the reader takes a passage to answer, so that it is cited beside the one chosen."""
Place = tuple[Read, tuple[tuple[int, int], ...]]
"""A passage to cite and the clean ranges in it that decide."""


@dataclass(frozen=True)
class Considered:
    """A question as it was read, the passages read for it, and everything proposed, best first.

    `signals` and `scores` belong to the candidates; `confidence` is the probability that the first is right.
    """

    query: Query
    reads: Sequence[Read]
    candidates: Sequence[Candidate]
    signals: Sequence[Mapping[str, float]]
    scores: Sequence[float]
    confidence: float

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None


def answer(question: str, sense: Sense, sources: Sources, k: int, min_confidence: float) -> Answer:
    """Answer `question`, so understood, with at most `k` citations (more where operands need them)."""
    return reply(question, sense.resolved, consider(sense, sources), sources, k, min_confidence)


def consider(sense: Sense, sources: Sources) -> Considered:
    """Everything about a complete question short of saying it."""
    query = read_query(sense.asked[:LONGEST], sources.gazetteer, sources.frequency, sources.n_passages)
    if not sense.near:
        return judged(query, sources.search(query.text, DEPTH), sources)
    hits = sources.search(query.text, DEPTH * WIDER)
    near = [hit for hit in hits if hit.passage.document in sense.near][:NEAR]
    rest = [hit for hit in hits if hit not in near]
    return judged(query, sorted([*near, *rest][:DEPTH], key=lambda hit: hit.rank), sources)


WIDER = 5
"""How many times as many passages are searched for a turn of a conversation."""
NEAR = 3
"""Passages of the last answer's document that are read for a turn; of 250 written follow-ups all have their
evidence there or among the best of the others, 247 among the best alone."""


def judged(query: Query, hits: Sequence[Hit], sources: Sources) -> Considered:
    """What `hits` make of a question: read, proposed, weighed, and put in order."""
    reads = read_hits(query.text, hits, sources)
    candidates = propose(query, reads)
    signals = signals_of(query, reads, candidates)
    scores = sources.rank.scores(signals)
    order = sorted(range(len(candidates)), key=lambda i: (-scores[i], _place(candidates[i])))
    confidence = sources.rank.scale.probability(scores[order[0]]) if order else 0.0
    return Considered(
        query,
        reads,
        [candidates[i] for i in order],
        [signals[i] for i in order],
        [scores[i] for i in order],
        confidence,
    )


def _place(c: Candidate) -> tuple[str, int, int, str]:
    """Where a candidate stands; what decides between equals, the same on every machine."""
    return c.read.passage.id, c.start, c.end, c.sort


def reply(
    question: str, resolved: str, found: Considered, sources: Sources, k: int, min_confidence: float
) -> Answer:
    """The answer where its confidence reaches `min_confidence`, else a refusal with what is nearest."""
    best = found.best
    base = Answer(question, resolved, "no_answer", None, None, None, round(found.confidence, 4), ())
    if best is None or found.confidence < min_confidence:
        near = [(c.read, ()) for c in found.candidates] + [(r, ()) for r in found.reads]
        return replace(base, citations=cite(near, sources, k), note=_instead(found))
    text = spoken(best, found.query).strip("，,。；; ")
    cited = cite(_support(best, found), sources, max(k, len({o.read.passage.id for o in best.operands})))
    return replace(
        base,
        status="answered",
        text=text,
        items=best.items or None,
        value=best.value,
        citations=cited,
        note=_note(best, found),
    )


def spoken(best: Candidate, query: Query) -> str:
    """What is said of a candidate: where a figure is asked for and its range holds one, nothing before its
    number but a hedge; the number of a cell with the unit that stands above it.
    """
    if best.figure and best.sort == "span" and best.in_cell:
        unit = best.figure.value.unit
        return best.text if unit in best.text else best.text + unit
    inside = [f for f in best.read.figures if best.start <= f.clean_start and f.clean_end <= best.end]
    asked = best.figure is not None or query.kinds.get("figure", 0.0) > 1 / 2
    if best.sort != "span" or len(inside) != 1 or not asked or base(fold(inside[0].value.unit))[2] == "time":
        return best.text
    before = best.read.passage.text[best.start : inside[0].clean_start]
    return best.text if fold(before) in map(fold, inside[0].qualifier) else best.text[len(before) :]


def _support(best: Candidate, found: Considered) -> Iterable[Place]:
    """What the answer rests on: its passage, those of its operands, and others that answer the same."""
    told = best.sort in ("list", "computed")
    row = (best.read.sentence(best.start),)
    marks = best.ranges if told else (*best.ranges, *row) if best.in_cell else row
    yield best.read, marks
    for o in best.operands:
        yield o.read, ((o.start, o.end),)
    for c in found.candidates[1:]:
        if c.sort == best.sort and c.read.reading.answerable >= SURE and said(best) in said(c):
            yield c.read, (c.read.sentence(c.start),)


def _note(best: Candidate, found: Considered) -> str:
    """The formula of what was worked out, what keeps its operands apart, and what is said elsewhere."""
    if best.computed:
        return "；".join(part for part in (best.computed.formula, best.computed.note) if part)
    if best.figure is None:
        return ""
    mode = "" if best.figure.mode == "actual" else f"文中为{MODES.get(best.figure.mode, best.figure.mode)}"
    other = next((f for f in _figures(found) if differs(best.figure, f)), None)
    return "；".join(part for part in (mode, f"另一处为{other.quote}" if other else "") if part)


def _figures(found: Considered) -> Iterable[Figure]:
    return (figure for read in found.reads for figure in read.figures)


def differs(one: Figure, other: Figure) -> bool:
    """Whether two figures give different numbers for the same subject, metric, period and mode."""
    if not one.metric or not one.subject or one.number == other.number:
        return False
    alike = (fold(one.subject), fold(one.metric), fold(one.of), one.unit, one.mode)
    if alike != (fold(other.subject), fold(other.metric), fold(other.of), other.unit, other.mode):
        return False
    a, b = read_period(fold(one.period)), read_period(fold(other.period))
    return bool(a) and bool(b) and not clash(a, b)


def _instead(found: Considered) -> str:
    """What the documents give instead of the figure asked for: the best one of another period."""
    for c, signals in zip(found.candidates[:4], found.signals, strict=False):
        if c.figure and c.figure.period and signals["period_clash"] == 1.0:
            return f"文中只有{c.figure.period}的数：{c.figure.metric}{c.text}"
    return ""


def cite(places: Iterable[Place], sources: Sources, k: int) -> tuple[Citation, ...]:
    """The first `k` passages of `places` as citations, each once, with all its marks."""
    merged: dict[str, Place] = {}
    for read, marks in places:
        old = merged.get(read.passage.id, (read, ()))
        merged[read.passage.id] = read, tuple(dict.fromkeys((*old[1], *marks)))
    return tuple(
        _citation(read, marks, rank, sources)
        for rank, (read, marks) in enumerate(list(merged.values())[:k], 1)
    )


def _citation(read: Read, marks: Iterable[tuple[int, int]], rank: int, sources: Sources) -> Citation:
    p = read.passage
    document = sources.document(p.document)
    found = tuple(r for mark in marks if (r := original_range(p.origin, *mark)))
    start, end = min(found, key=lambda mark: mark[1] - mark[0], default=(p.start, p.end))
    return Citation(
        p.document, p.start, p.end, p.line_start, p.line_end, document.text[p.start : p.end],
        round(read.hit.score, 6), rank, found, p.headline, p.subject, p.date.said if p.date else "",
        page_of(document, start), place(document, start, end),
    )  # fmt: skip
