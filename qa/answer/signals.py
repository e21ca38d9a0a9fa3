"""What speaks for and against a candidate: one table, name -> function(query, candidate, field) -> number.

Each function's first line says what the number means. `field` is all that was proposed, so that a candidate
can be held against its rivals. The ranker weighs them; nothing here is a weight.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from qa.answer.field import Field, Signal, registered, said, strength
from qa.answer.passages import Read
from qa.answer.propose import Candidate, tag_support
from qa.answer.shape import SHAPE
from qa.models.reader import KINDS
from qa.question.kinds import ASKS
from qa.question.query import Query

_YEAR = re.compile(r"(?:19|20)\d\d(?=年|$|\D)")
_LATIN = re.compile(r"[a-z][a-z0-9+.-]+|\d[\d.,]*")


SIGNALS: dict[str, Signal] = {}
signal = registered(SIGNALS)


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


def _asked(kind: str) -> Signal:
    def probability(query: Query, c: Candidate, f: Field) -> float:
        return query.kinds.get(kind, 0.0)

    probability.__name__ = f"asks_{kind}"
    probability.__doc__ = f"Probability that the question asks for this sort: {kind}."
    return probability


for _kind in ASKS:
    signal(_asked(_kind))


SIGNALS |= SHAPE


def signals_of(
    query: Query, reads: Sequence[Read], candidates: Sequence[Candidate]
) -> list[Mapping[str, float]]:
    """The signals of every candidate, in order."""
    held = Field(query, reads, candidates)
    return [{name: function(query, c, held) for name, function in SIGNALS.items()} for c in candidates]
