"""From a question and the passages found for it to a short, cited answer or an honest refusal."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qa.answer import statements as yesno
from qa.answer.candidates import Candidate, bounds, figure_candidates, gathered, holders, verdicts
from qa.answer.compute import Computed, compute, probability, year_before
from qa.answer.confidence import Weights, bundled, confidence, features
from qa.answer.evidence import Matcher, View
from qa.answer.short import sentence_candidates, span_candidates
from qa.answer.windows import Read, read_figures, read_windows
from qa.chinese.fold import fold
from qa.chinese.periods import Period, clash, read_period
from qa.places import page_of, place
from qa.question.names import Named, implied, link
from qa.question.query import Query, read_query
from qa.question.terms import Weigh, idf
from qa.schema import Answer, Citation, Document, Figure, Hit
from qa.search.retrieve import LONGEST

BARS = ("subject", "period", "given", "meant", "premise")
"""Signals that each all but rule an answer out."""
DEPTH = 10
"""Passages read for an answer."""
Place = tuple[View, tuple[tuple[int, int], ...]]
"""A passage to cite and the clean ranges in it that decide."""


@dataclass(frozen=True)
class Sources:
    """What answering needs of a knowledge base, as functions, so that it is tested without one."""

    search: Callable[[str, int], list[Hit]]
    document: Callable[[str], Document]
    figures: Callable[[str], Sequence[Figure]]
    df: Callable[[str], int]
    n_passages: int
    gazetteer: Mapping[str, tuple[str, str]]
    read: Read | None = None
    weights: Weights = field(default_factory=bundled)


@dataclass(frozen=True)
class Verdict:
    """The best candidate (or computation), the probability that it is right, what else was found."""

    best: Candidate | None
    computed: Computed | None
    confidence: float
    others: tuple[Candidate, ...] = ()
    features: dict[str, float] = field(default_factory=dict)
    near: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Considered:
    """A question as it was read, the passages found for it, and the verdict on them."""

    query: Query
    views: Sequence[View]
    verdict: Verdict


def answer(question: str, resolved: str, sources: Sources, k: int, min_confidence: float) -> Answer:
    """Answer `resolved` with at most `k` citations (more where operands need them)."""
    return reply(question, resolved, consider(resolved, sources), sources, k, min_confidence)


def consider(resolved: str, sources: Sources) -> Considered:
    """Everything about a complete question short of saying it."""
    query = read_query(resolved[:LONGEST])
    views = _views(sources.search(resolved, DEPTH))
    return Considered(query, views, judge(query, views, sources))


def reply(
    question: str, resolved: str, found: Considered, sources: Sources, k: int, min_confidence: float
) -> Answer:
    """The answer where its confidence reaches `min_confidence`, else a refusal with what is nearest."""
    verdict = found.verdict
    refused = (verdict.best is None and verdict.computed is None) or verdict.confidence < min_confidence
    base = Answer(question, resolved, "no_answer", None, None, None, round(verdict.confidence, 4), ())
    if refused:
        other = _nearest(verdict)
        near = [c.view for c in ((other,) if other else ()) + verdict.others] or found.views
        cited = _cite([(v, ()) for v in _unique(near)][:k], sources)
        return replace(base, citations=cited, note=_instead(other))
    return _compose(found.query, verdict, base, k, sources)


def _views(hits: Iterable[Hit]) -> list[View]:
    return [View(hit.passage, i, hit.score) for i, hit in enumerate(hits)]


def judge(query: Query, views: Sequence[View], sources: Sources) -> Verdict:
    """Propose, score and choose; the confidence is the calibrated score of the choice."""
    weigh = idf(sources.n_passages, sources.df)
    asked = names_of(query, sources)
    figures = {v.row: sources.figures(v.passage.id) for v in views}

    def figures_for(side: Query) -> list[Candidate]:
        named = names_of(side, sources) or asked[:1]
        extra = _views(sources.search(side.text, DEPTH))
        rows = {v.row: sources.figures(v.passage.id) for v in extra}
        matcher = matcher_of(side, named, weigh)
        return figure_candidates(side, extra, matcher, named, rows, sources.gazetteer)

    if query.kind == "compare":
        found = compute(query, figures_for)
        if found or (query.op not in ("share", "rest", "sum", "top") and query.sides):
            return Verdict(None, found, probability(found.score) if found else 0.0)
        query = replace(query, kind="which" if query.op == "top" else "figure", op="")
    matcher = matcher_of(query, asked, weigh)
    sentences = sentence_candidates(query, views, matcher, asked)
    numbers = figure_candidates(query, views, matcher, asked, figures, sources.gazetteer)
    ranked = _ranked(query, sentences, numbers, matcher, sources.read)
    if not ranked:
        return Verdict(None, None, 0.0, tuple(sentences[:3]))
    if query.period.relative in ("去年", "上年") and ranked[0].signals.get("period", 1.0) < 0.5:
        this_year = replace(query, period=Period())
        again = figure_candidates(this_year, views, matcher, asked, figures, sources.gazetteer)
        if worked := year_before(again):
            return Verdict(None, worked, probability(worked.score), tuple(ranked[:2]))
    others = (*ranked[0].parts, *differing(ranked), *ranked[1:4], *sentences[:4])
    signs = _features(query, ranked)
    p = confidence(signs, sources.weights)
    return Verdict(ranked[0], None, p, others, signs, tuple(ranked[:8]))


def matcher_of(query: Query, asked: Sequence[Named], weigh: Weigh) -> Matcher:
    """What a question's words weigh, without the full names, which linking accounts for."""
    known = [n.text for n in asked if n.known and n.kind != "name"]
    return Matcher.of(query.content, weigh, known, query.folded)


def names_of(query: Query, sources: Sources) -> tuple[Named, ...]:
    """The names of a question: those of the corpus, strangers, and short names without a suffix."""
    linked = link(query.folded, sources.gazetteer)
    return linked + implied(query.content, linked, lambda term: sources.df(term) > 0)


def _features(query: Query, ranked: Sequence[Candidate]) -> dict[str, float]:
    best = ranked[0]
    rival = next((c.score for c in ranked[1:] if fold(c.text) != fold(best.text) and not best.parts), 0.0)
    sort = "list" if best.items or best.parts else "figure" if best.figure else "span"
    if (best.start, best.end) == best.sentence or best.said in yesno.SAID:
        sort = "sentence"
    bars = math.prod(best.signals.get(name, 1.0) for name in BARS)
    return features(best.signals, best.score, best.score - rival, sort) | {"bars": bars}


def _ranked(
    query: Query, sentences: list[Candidate], numbers: list[Candidate], matcher: Matcher, read: Read | None
) -> list[Candidate]:
    """Candidates of the sort the question asks for, best first."""
    if query.kind == "figure":
        return read_figures(numbers, read_windows(query, numbers[:6], read, 3))
    if (
        query.kind == "list"
        and re.search(r"多少|(?<!哪)几(?!乎)", query.folded)
        and (both := gathered(_of_one_metric(numbers)))
    ):
        return [both, *numbers]
    if query.kind == "yesno":
        decided = verdicts(query, numbers) if query.numbers else []
        return decided or yesno.verdicts(query, sentences, matcher)
    held = holders(query, numbers) if query.numbers or bounds(query.folded) else []
    if query.kind == "list" and (many := gathered(held)):
        return [many, *held]
    windows = read_windows(query, sentences, read)
    short = span_candidates(query, sentences[:8], matcher, windows)
    if query.kind == "list" and short and held and short[0].sentence == held[0].sentence:
        return short
    return held or short or sentences


def differing(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Figures that say something else of the same subject, metric and period as the best one."""
    best = ranked[0].figure
    if best is None or not best.metric:
        return []
    period = read_period(fold(best.period))
    return [
        c
        for c in ranked[1:8]
        if c.figure
        and c.score > 0.7 * ranked[0].score
        and (fold(c.figure.subject), fold(c.figure.metric), fold(c.figure.of))
        == (fold(best.subject), fold(best.metric), fold(best.of))
        and (c.figure.unit, c.figure.mode) == (best.unit, best.mode)
        and c.figure.number != best.number
        and not clash(period, read_period(fold(c.figure.period)))
    ]


def _of_one_metric(numbers: list[Candidate]) -> list[Candidate]:
    """The figures that have the best one's metric and unit."""
    return [
        c
        for c in numbers
        if c.figure and numbers[0].figure
        and (c.figure.metric, c.figure.value.unit) == (numbers[0].figure.metric, numbers[0].figure.value.unit)
    ]  # fmt: skip


def _compose(query: Query, verdict: Verdict, base: Answer, k: int, sources: Sources) -> Answer:
    if verdict.computed:
        c = verdict.computed
        cited = _cite([(o.view, ((o.start, o.end),)) for o in c.operands], sources)
        note = "；".join(x for x in (c.formula, c.note) if x)
        return replace(base, status="answered", text=c.text, value=c.value, citations=cited, note=note)
    best = verdict.best
    assert best is not None
    places: list[Place] = [(best.view, (best.sentence,))]
    places += [(c.view, (c.sentence,)) for c in verdict.others if c.score > 0.5 * best.score]
    cited = _cite(_merge(places)[:k], sources)
    items = (
        tuple(p.text for p in best.parts)
        or tuple(best.view.passage.text[i.start : i.end] for i in best.items)
        or None
    )
    text = "、".join(items) if items else best.text.strip("，,。；; ")
    value = best.figure.value if best.figure and not items else None
    others = differing([best, *verdict.others]) if best.figure else []
    if others:
        text += f"；另一处为{others[0].text}"
    return replace(base, status="answered", text=text, items=items, value=value, citations=cited)


def _nearest(verdict: Verdict) -> Candidate | None:
    """The figure that differs from the one asked for in its period alone."""
    for c in verdict.near:
        if c.figure is None or not c.figure.period or c.signals["period"] > 0.5:
            continue
        if min(c.signals["metric"], c.signals["unit"], c.signals["subject"]) >= 0.5:
            return c
    return None


def _instead(other: Candidate | None) -> str:
    """What the documents give instead of the figure asked for."""
    if other is None or other.figure is None:
        return ""
    return f"文中只有{other.figure.period}的数：{other.figure.metric}{other.text}"


def _unique(views: Iterable[View]) -> list[View]:
    return list({v.passage.id: v for v in views}.values())


def _merge(places: Sequence[Place]) -> list[Place]:
    """One citation a passage, in order of first mention, with all its marks."""
    merged: dict[str, Place] = {}
    for view, marks in places:
        old = merged.get(view.passage.id)
        merged[view.passage.id] = (view, tuple(dict.fromkeys((*old[1], *marks)))) if old else (view, marks)
    return list(merged.values())


def _cite(places: Sequence[Place], sources: Sources) -> tuple[Citation, ...]:
    cited = []
    for rank, (view, marks) in enumerate(_merge(places), 1):
        p = view.passage
        document = sources.document(p.document)
        text, marked = document.text, tuple(r for m in marks if (r := original(p.origin, *m)))
        start, end = min(marked, key=lambda mark: mark[1] - mark[0], default=(p.start, p.end))
        cited.append(
            Citation(
                p.document, p.start, p.end, p.line_start, p.line_end, text[p.start : p.end],
                round(view.score, 6), rank, marked, p.headline, p.subject, p.date.said if p.date else "",
                page_of(document, start), place(document, start, end),
            )
        )  # fmt: skip
    return tuple(cited)


def original(origin: Sequence[int], start: int, end: int) -> tuple[int, int] | None:
    """The original range of a clean range, None where every character of it was inserted."""
    found = [o for o in origin[start:end] if o >= 0]
    return (found[0], found[-1] + 1) if found else None
