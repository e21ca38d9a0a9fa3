"""Signals of what an answer looks like: its length, its unit, its figure's period and metric, its sort."""

from __future__ import annotations

import re

from qa.answer.field import Field, Signal, registered
from qa.answer.propose import Candidate
from qa.chinese.fold import fold
from qa.chinese.numerals import quantities
from qa.chinese.periods import Period, clash, read_period
from qa.chinese.units import base
from qa.question.query import Query

SHAPE: dict[str, Signal] = {}
signal = registered(SHAPE)


@signal
def repeated(query: Query, c: Candidate, f: Field) -> float:
    """Share of the answer's character pairs that the question says itself."""
    text = fold(c.text)
    pairs = [text[i : i + 2] for i in range(len(text) - 1)] or [text]
    return sum(pair in query.folded for pair in pairs) / len(pairs)


@signal
def length(query: Query, c: Candidate, f: Field) -> float:
    """Characters of the answer."""
    return float(len(c.text))


@signal
def count(query: Query, c: Candidate, f: Field) -> float:
    """Items of a list; 0 for others."""
    return float(len(c.items))


@signal
def digits(query: Query, c: Candidate, f: Field) -> float:
    """Whether the answer holds a digit."""
    return float(any(char.isdigit() for char in c.text))


@signal
def breaks(query: Query, c: Candidate, f: Field) -> float:
    """Commas and stops in the answer."""
    return float(len(re.findall(r"[,;。、:]", fold(c.text))))


@signal
def cut_words(query: Query, c: Candidate, f: Field) -> float:
    """Edges of the answer (0 to 2) that stand inside a word."""
    if c.sort not in ("span", "list"):
        return 0.0
    cuts = f.bounds(c.read)
    return float((c.start not in cuts) + (c.end not in cuts))


@signal
def unit_fit(query: Query, c: Candidate, f: Field) -> float:
    """Whether a figure has the unit asked for: 1 yes, 0 no, 0.5 where nothing is asked or it is no figure."""
    units = [c.value.unit] if c.value else [q.value.unit for q in quantities(fold(c.text)[:40])][:1]
    if not query.unit or c.sort in ("yes", "no"):
        return 0.5
    if not units:
        return 0.25
    own, asked = base(fold(units[0])), base(query.unit)
    both = own[2] in ("count", None) and asked[2] in ("count", None)
    return 1.0 if own[0] == asked[0] else 0.75 if both else 0.0


@signal
def is_figure(query: Query, c: Candidate, f: Field) -> float:
    """Whether the answer is a figure of the table."""
    return float(c.figure is not None)


@signal
def period_clash(query: Query, c: Candidate, f: Field) -> float:
    """How surely the period asked for differs from the figure's, or from its sentence's: 0 to 1."""
    if c.figure and c.figure.period:
        own = read_period(fold(c.figure.period))
        if own and not own.year and c.figure.year:
            own = _with_year(own, c.figure.year)
        return clash(query.period, own)
    return clash(query.period, read_period(c.read.folded[slice(*c.read.sentence(c.start))])) / 2


def _with_year(p: Period, year: int) -> Period:
    return Period(p.said, year, "", p.first, p.last, p.day, p.whole)


@signal
def metric_cover(query: Query, c: Candidate, f: Field) -> float:
    """Share of the figure's metric, by character pairs, that the question says; -1 where it is no figure."""
    return _shared(c.figure.of + c.figure.metric, query.folded) if c.figure else -1.0


@signal
def subject_cover(query: Query, c: Candidate, f: Field) -> float:
    """Share of the figure's subject, by character pairs, that the question says; -1 where it is no figure."""
    return _shared(c.figure.subject, query.folded) if c.figure else -1.0


def _shared(own: str, text: str) -> float:
    own = fold(own)
    pairs = [own[i : i + 2] for i in range(len(own) - 1)]
    return sum(pair in text for pair in pairs) / len(pairs) if pairs else -1.0


@signal
def unreal(query: Query, c: Candidate, f: Field) -> float:
    """Whether the figure is planned, expected or possible, not actual."""
    return float(bool(c.figure) and c.figure.mode != "actual")  # type: ignore[union-attr]


SORTS = ("span", "list", "yes", "no", "computed")


@signal
def sort(query: Query, c: Candidate, f: Field) -> float:
    """The sort of candidate, as its place in SORTS."""
    return float(SORTS.index(c.sort))


@signal
def asked_words(query: Query, c: Candidate, f: Field) -> float:
    """Words of the question that are worth something."""
    return float(len(query.terms))
