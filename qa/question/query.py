"""A question read once: its words and what each is worth, its names, period and amounts, what it asks."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from qa.chinese.fold import fold
from qa.chinese.numerals import Quantity, quantities
from qa.chinese.periods import Period, read_period
from qa.chinese.units import SCALES, alternation, units
from qa.question.kinds import kinds_of
from qa.question.names import Named, link
from qa.search.lexical import query_tokens

Frequency = Callable[[Sequence[str]], Mapping[str, int]]
"""In how many passages terms occur; those that occur in none are left out."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as understood. `folded` has the length of `text`.

    `terms` are the search terms that are worth something, `weights` their inverse document
    frequencies beside that of a term that no passage has (1), `unseen` those that none has.
    `unit` is the unit asked for ("" where none is named), `share` whether a percentage is asked
    for, `amounts` the figures it gives itself. `kinds` holds a probability for each sort of
    question (see `qa.question.kinds`).
    """

    text: str
    folded: str
    terms: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    unseen: tuple[str, ...] = ()
    names: tuple[Named, ...] = ()
    period: Period = field(default_factory=Period)
    amounts: tuple[Quantity, ...] = ()
    unit: str = ""
    share: bool = False
    kinds: Mapping[str, float] = field(default_factory=dict)


def read_query(
    text: str, gazetteer: Mapping[str, tuple[str, str]], frequency: Frequency, n_passages: int
) -> Query:
    """What `text` asks, beside a corpus of `n_passages` with these names and term frequencies.

    >>> q = read_query("渌口区规划里的骨干路网有多少公里？", {}, lambda terms: {}, 1)
    >>> q.unit, q.share
    ('公里', False)
    """
    folded = fold(text)
    terms = [t for t in query_tokens(text) if len(t) > 1 or not "一" <= t <= "鿿"]
    seen = frequency(terms)
    most = math.log(1 + (n_passages + 0.5) / 0.5)
    weights = tuple(math.log(1 + (n_passages + 0.5) / (seen.get(t, 0) + 0.5)) / most for t in terms)
    return Query(
        text,
        folded,
        tuple(terms),
        weights,
        tuple(t for t in terms if t not in seen),
        link(folded, gazetteer),
        asked_period(folded),
        tuple(q for q in quantities(folded) if not q.lone and q.kind != "time"),
        asked_unit(folded),
        bool(_SHARE.search(folded)),
        kinds_of(folded),
    )


_TURN = re.compile("[;；]")


def asked_period(folded: str) -> Period:
    """The period of a question; in one that goes on from another (…；全年呢), the last that is said.

    >>> asked_period("2017年1至11月税收多少;全年呢").last
    12
    """
    said = [period for part in _TURN.split(folded) if (period := read_period(part))]
    if not said:
        return Period()
    last, year = said[-1], next((p.year for p in reversed(said) if p.year), None)
    if last.year or last.relative or not year:
        return last
    return Period(last.said, year, last.relative, last.first, last.last, last.day, last.whole)


_SHARE = re.compile(r"百分之|百分比|占比|比[重例]|几成|几个点|[率幅速]")


@cache
def _asked() -> re.Pattern[str]:
    scale = alternation(SCALES)
    return re.compile(rf"(?:多少|几多|几)个?({scale}?{alternation(units())}|{scale})")


def asked_unit(folded: str) -> str:
    """The unit behind 多少 or 几, folded, with its scale; the last one where there are several.

    >>> asked_unit("总投资多少亿元"), asked_unit("投了多少")
    ('亿元', '')
    """
    found = [m[1] for m in _asked().finditer(folded)]
    return found[-1] if found else ""
