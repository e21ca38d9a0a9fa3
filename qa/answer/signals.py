"""What speaks for and against a candidate: one table, name -> function(query, candidate, field) -> number.

Each function's first line says what the number means. `field` is all that was proposed, so that a candidate
can be held against its rivals. The ranker weighs them; nothing here is a weight.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from qa.answer.passages import Read
from qa.answer.propose import Candidate, tag_support
from qa.chinese.fold import fold
from qa.chinese.numerals import quantities
from qa.chinese.periods import Period, clash, read_period
from qa.chinese.tags import segment
from qa.chinese.units import base
from qa.models.reader import KINDS
from qa.question.kinds import ASKS
from qa.question.query import Query

_YEAR = re.compile(r"(?:19|20)\d\d(?=年|$|\D)")
_LATIN = re.compile(r"[a-z][a-z0-9+.-]+|\d[\d.,]*")


@dataclass(frozen=True)
class Field:
    """All candidates of a question, and what they are held against."""

    query: Query
    reads: Sequence[Read]
    candidates: Sequence[Candidate]
    _words: dict[int, frozenset[int]] = field(default_factory=dict)

    @cached_property
    def relevances(self) -> list[float]:
        """The reader's logits for the passages, best first."""
        return sorted((r.reading.relevance for r in self.reads), reverse=True)

    @cached_property
    def strengths(self) -> dict[str, float]:
        """For each folded answer, the best of span score and half the relevance over its places."""
        best: dict[str, float] = {}
        for c in self.candidates:
            text = said(c)
            best[text] = max(best.get(text, -99.0), strength(c))
        return best

    @cached_property
    def fused(self) -> list[float]:
        return sorted((r.hit.score for r in self.reads), reverse=True)

    def cover(self, text: str) -> float:
        """Share of the question's words, by weight, that stand in folded text, 0 to 1."""
        q = self.query
        total = sum(q.weights) or 1.0
        return sum(w for t, w in zip(q.terms, q.weights, strict=True) if t in text) / total

    def bounds(self, read: Read) -> frozenset[int]:
        """The offsets of a passage where a word begins or ends."""
        key = id(read)
        if key not in self._words:
            at, cuts = 0, {0}
            for word, _ in segment(read.folded):
                at += len(word)
                cuts.add(at)
            self._words[key] = frozenset(cuts)
        return self._words[key]


def said(c: Candidate) -> str:
    """A candidate's answer, folded and bare of spaces and quotes, to tell equal ones."""
    return re.sub(r"[\s“”\"《》「」]", "", fold(c.text))


def strength(c: Candidate) -> float:
    return c.score + c.read.reading.relevance / 2


Signal = Callable[[Query, Candidate, Field], float]
SIGNALS: dict[str, Signal] = {}


def signal(function: Signal) -> Signal:
    SIGNALS[function.__name__] = function
    return function


# What the reader says.


@signal
def span_score(query: Query, c: Candidate, f: Field) -> float:
    """Logit of the range above that of "no answer here"."""
    return c.score


@signal
def span_lead(query: Query, c: Candidate, f: Field) -> float:
    """Logit of the range below the passage's best (0 for the best)."""
    spans = c.read.reading.spans
    return c.score - spans[0].score if spans else 0.0


@signal
def relevance(query: Query, c: Candidate, f: Field) -> float:
    """Logit that the passage answers."""
    return c.read.reading.relevance


@signal
def relevance_lead(query: Query, c: Candidate, f: Field) -> float:
    """Relevance above the best other passage's (negative below it)."""
    own = c.read.reading.relevance
    others = [v for v in f.relevances if v != own] or [own - 10]
    return own - others[0]


@signal
def relevance_elsewhere(query: Query, c: Candidate, f: Field) -> float:
    """Best relevance of another document's passages."""
    found = [r.reading.relevance for r in f.reads if r.passage.document != c.read.passage.document]
    return max(found, default=-10.0)


@signal
def sort_probability(query: Query, c: Candidate, f: Field) -> float:
    """Probability, for this passage, of the candidate's own kind of answer."""
    kinds = dict(zip(KINDS, c.read.reading.kinds, strict=True))
    return kinds.get(c.operation or c.sort, kinds["span"])


@signal
def span_probability(query: Query, c: Candidate, f: Field) -> float:
    """Probability, for this passage, that a single range answers."""
    return c.read.reading.kinds[0]


@signal
def computed_probability(query: Query, c: Candidate, f: Field) -> float:
    """Probability, for this passage, that arithmetic answers."""
    return sum(c.read.reading.kinds[4:])


@signal
def verdict_probability(query: Query, c: Candidate, f: Field) -> float:
    """Probability, for this passage, that yes or no answers."""
    return c.read.reading.kinds[2] + c.read.reading.kinds[3]


@signal
def tag_inside(query: Query, c: Candidate, f: Field) -> float:
    """How much of the range is tagged as an item of the answer, 0 to 1."""
    return tag_support(c.read.reading.tagged, c.start, c.end)


@signal
def tag_outside(query: Query, c: Candidate, f: Field) -> float:
    """Most probable item of the answer in the passage that the candidate leaves out."""
    own = c.ranges
    out = [
        t.probability
        for t in c.read.reading.tagged
        if t.tag == 1 and not any(t.start < b and a < t.end for a, b in own)
    ]
    return max(out, default=0.0)


@signal
def operand_probability(query: Query, c: Candidate, f: Field) -> float:
    """Least probability of an operand of a computed answer; 1 for others."""
    return min((o.probability for o in c.operands), default=1.0)


@signal
def operand_count(query: Query, c: Candidate, f: Field) -> float:
    """Operands of a computed answer."""
    return float(len(c.operands))


@signal
def operand_passages(query: Query, c: Candidate, f: Field) -> float:
    """Passages that the operands stand in."""
    return float(len({o.read.passage.id for o in c.operands}))


@signal
def untagged_operands(query: Query, c: Candidate, f: Field) -> float:
    """Figures of the passage tagged as operands that the sum leaves out."""
    if not c.operands:
        return 0.0
    used = {(o.read.passage.id, o.start) for o in c.operands}
    tagged = sum(t.tag > 1 for t in c.read.reading.tagged)
    return float(tagged - sum(passage == c.read.passage.id for passage, _ in used))


# How it stands against its rivals.


@signal
def lead(query: Query, c: Candidate, f: Field) -> float:
    """Span score and half the relevance, above the best rival answer's."""
    own = said(c)
    rivals = [v for text, v in f.strengths.items() if text != own and text not in own and own not in text]
    return strength(c) - max(rivals, default=strength(c) - 20)


@signal
def agreement(query: Query, c: Candidate, f: Field) -> float:
    """Best strength of the same answer in another passage, -20 where there is none."""
    own = said(c)
    found = [
        strength(other)
        for other in f.candidates
        if other.read is not c.read and other.sort == c.sort and own in said(other)
    ]
    return max(found, default=-20.0)


@signal
def longer(query: Query, c: Candidate, f: Field) -> float:
    """Best score of a range of the passage that holds this one and more, below its own (-20: none)."""
    found = [
        s.score - c.score
        for s in c.read.reading.spans
        if s.start <= c.start and c.end <= s.end and s.end - s.start > c.end - c.start
    ]
    return max(found, default=-20.0)


@signal
def shorter(query: Query, c: Candidate, f: Field) -> float:
    """Best score of a range of the passage inside this one, below its own (-20: none)."""
    found = [
        s.score - c.score
        for s in c.read.reading.spans
        if c.start <= s.start and s.end <= c.end and s.end - s.start < c.end - c.start
    ]
    return max(found, default=-20.0)


# What retrieval says.


@signal
def fused(query: Query, c: Candidate, f: Field) -> float:
    """Fused score of the passage, 0 to 1."""
    return c.read.hit.score


@signal
def fused_lead(query: Query, c: Candidate, f: Field) -> float:
    """Fused score below the best passage's."""
    return c.read.hit.score - f.fused[0]


@signal
def dense(query: Query, c: Candidate, f: Field) -> float:
    """Cosine of question and passage."""
    return c.read.hit.signals.get("dense", 0.0)


@signal
def dense_spread(query: Query, c: Candidate, f: Field) -> float:
    """Best cosine above the mean of the passages read."""
    found = [r.hit.signals.get("dense", 0.0) for r in f.reads]
    return max(found) - sum(found) / len(found)


@signal
def rank(query: Query, c: Candidate, f: Field) -> float:
    """Place of the passage among those found, from 1."""
    return float(c.read.hit.rank)


# What the words say.


@signal
def cover_passage(query: Query, c: Candidate, f: Field) -> float:
    """Share of the question's words, by weight, in the passage and its head."""
    return f.cover(c.read.head + c.read.folded)


@signal
def cover_sentence(query: Query, c: Candidate, f: Field) -> float:
    """Share of the question's words, by weight, in the sentence."""
    return f.cover(c.read.folded[slice(*c.read.sentence(c.start))])


@signal
def cover_best(query: Query, c: Candidate, f: Field) -> float:
    """Best cover of any passage read."""
    return max(f.cover(r.head + r.folded) for r in f.reads)


@signal
def missing(query: Query, c: Candidate, f: Field) -> float:
    """Weight of the heaviest word of the question that passage and head lack."""
    text = c.read.head + c.read.folded
    return max((w for t, w in zip(query.terms, query.weights, strict=True) if t not in text), default=0.0)


@signal
def unseen(query: Query, c: Candidate, f: Field) -> float:
    """Share of the question's words that no passage of the corpus has."""
    return len(query.unseen) / max(1, len(query.terms))


@signal
def years_missing(query: Query, c: Candidate, f: Field) -> float:
    """Years of the question that passage and head lack."""
    text = c.read.head + c.read.folded + (c.read.passage.date.said if c.read.passage.date else "")
    return float(sum(year not in text for year in set(_YEAR.findall(query.folded))))


@signal
def numbers_missing(query: Query, c: Candidate, f: Field) -> float:
    """Share of the question's numbers and Latin words that passage and head lack."""
    asked = {m.rstrip(".,") for m in _LATIN.findall(query.folded)}
    text = c.read.head + c.read.folded
    return sum(part not in text for part in asked) / len(asked) if asked else 0.0


@signal
def names_missing(query: Query, c: Candidate, f: Field) -> float:
    """Share of the question's names that passage and head lack."""
    text = c.read.head + c.read.folded
    return sum(n.text not in text for n in query.names) / len(query.names) if query.names else 0.0


@signal
def names_unknown(query: Query, c: Candidate, f: Field) -> float:
    """Names in the question that the corpus does not know."""
    return float(sum(not n.known for n in query.names))


@signal
def amounts_missing(query: Query, c: Candidate, f: Field) -> float:
    """Share of the amounts that the question gives which the passage does not say, in whatever writing."""
    if not query.amounts:
        return 0.0
    known = {(fig.number, fig.unit) for fig in c.read.figures}
    lacks = [q for q in query.amounts if (q.number, q.unit) not in known]
    return sum(query.folded[q.start : q.end] not in c.read.folded for q in lacks) / len(query.amounts)


# What kind of thing it is.


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


def _asked(kind: str) -> Signal:
    def probability(query: Query, c: Candidate, f: Field) -> float:
        return query.kinds.get(kind, 0.0)

    probability.__name__ = f"asks_{kind}"
    probability.__doc__ = f"Probability that the question asks for this sort: {kind}."
    return probability


for _kind in ASKS:
    signal(_asked(_kind))


def signals_of(
    query: Query, reads: Sequence[Read], candidates: Sequence[Candidate]
) -> list[Mapping[str, float]]:
    """The signals of every candidate, in order."""
    held = Field(query, reads, candidates)
    return [{name: function(query, c, held) for name, function in SIGNALS.items()} for c in candidates]
