"""The period that a figure is of, as far as its surroundings state it.

A figure seldom repeats its year: the section's heading, the headline or the text's
own date says it once. What a figure says itself goes first, then the year of the
section (2023年工作回顾), then the date of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from qa.evidence import View
from qa.fold import fold
from qa.periods import Period, clash, offset, read_period
from qa.schema import Figure

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)\s*年?")
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)年\d{1,2}月\d{1,2}日")
_AS_OF = re.compile(r"(?:截至|截止到?)\s*((?:19|20)\d\d)年")
_OPENING = re.compile(r"^[^。]{0,12}?((?:19|20)\d\d)年\d{1,2}月\d{1,2}日")
_REVIEW = re.compile(r"过去一年|[去上]一?年")
HEAD = 300
"""Characters of a document in which a story's first date is the one it is told at."""
FRAMED, DATED, OPEN, TODAY, WHOLE = 0.85, 0.7, 0.15, 0.9, 0.75
"""Clash with a section's year, with the text's date, with no period at all, with a text's 今年, and of a 全年
with a figure of no year."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a passage's surroundings state: the year it was written in, the year its section is of."""

    today: int | None = None
    year: int | None = None


def written(views: Iterable[View]) -> Mapping[str, int]:
    """For each document the latest year that it says it is as of (截至2020年6月底), or opens with."""
    out: dict[str, int] = {}
    for view in views:
        opening = _OPENING.match(view.folded) if view.passage.start < HEAD else None
        for m in (*_AS_OF.finditer(view.folded), *([opening] if opening else [])):
            document = view.passage.document
            out[document] = max(out.get(document, 0), int(m[1]))
    return out


def setting(view: View, as_of: int | None = None) -> Setting:
    """The setting of a view: from its text's date, headline and section."""
    p = view.passage
    headline, section = fold(p.headline), fold(p.section)
    dated = _DATE.search(headline)
    today = (p.date.year if p.date else None) or (int(dated[1]) if dated else None) or as_of
    if found := _YEAR.findall(section):
        return Setting(today, int(found[0]) if len(set(found)) == 1 else None)
    if today and _REVIEW.search(section):
        return Setting(today, today - 1)
    titled = _YEAR.findall(headline) if not dated else []
    return Setting(today, int(titled[0]) if len(set(titled)) == 1 else None)


def period_of(figure: Figure, around: Setting) -> Period:
    """A figure's own period, its year filled in where the text itself gives it."""
    own = read_period(fold(figure.period)) if figure.period else Period()
    if own.year:
        return own
    if figure.year:
        return replace(own, year=figure.year)
    step = offset(own.relative)
    return replace(own, year=around.today + step) if around.today and step is not None else own


def apart(asked: Period, found: Period, around: Setting) -> float:
    """How surely a figure is of another period than the one asked for: 0 it may be it, 1 it cannot be."""
    if not asked:
        return 0.0
    plain = clash(asked, found)
    if plain == 1.0:
        return 1.0
    if asked.whole and not found.year and not found.whole and not around.year:
        plain = max(plain, WHOLE)
    step = offset(asked.relative)
    if asked.year is None and step is not None and found.year and around.today and not found.relative:
        return max(plain, 0.0 if found.year == around.today + step else TODAY)
    if asked.year is None or found.year:
        return max(plain, 0.0 if found else OPEN)
    if around.year:
        return max(plain, 0.0 if around.year == asked.year else FRAMED)
    if around.today:
        return max(plain, 0.0 if asked.year in (around.today, around.today - 1) else DATED)
    return max(plain, 0.0 if found else OPEN)
