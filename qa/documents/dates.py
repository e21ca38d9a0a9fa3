"""Find the date that a text states for itself; a year that is not there is never supplied."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.chinese.fold import fold
from qa.chinese.periods import DATE, date_of
from qa.documents.datelines import dateline_date
from qa.schema import Block, Clean, When, original_range

_DATE = re.compile(DATE)
_LABEL = re.compile(r"(?:发布|发表|刊发|更新|日期|时间)[^:]{0,4}:?\s*")
_LEADING = re.compile(rf"\s*[\[【(]?{DATE}(?:[ t]\s*\d\d?:\d\d(?::\d\d)?)?[\]】)]?(?=\s|$)")


def _when(clean: Clean, found: re.Match[str] | None) -> When | None:
    """The date of a match in a text; None where there is none, or no such day."""
    if found is None:
        return None
    (start, end), (year, month, day) = found.span("date"), date_of(found)
    place = original_range(clean.origin, start, end)
    if not (1 <= month <= 12 and 1 <= day <= 31) or place is None:
        return None
    return When(clean.text[start:end].strip(), *place, year, month, day)


def signature_date(clean: Clean) -> When | None:
    """A closing line that holds a date and at most a name: 二〇一九年七月三日."""
    if len(clean.text) > 40:
        return None
    found = _DATE.search(fold(clean.text))
    return _when(clean, found) if found and found.end() > len(clean.text) - 4 else None


def _meta_date(clean: Clean) -> When | None:
    """The date in a line of source, time and views; a labelled one first."""
    folded = fold(clean.text)
    labelled = (_DATE.match(folded, label.end()) for label in _LABEL.finditer(folded))
    return _when(clean, next(filter(None, labelled), None) or _DATE.search(folded))


def stated_date(blocks: Sequence[Block]) -> When | None:
    """The stated date of an article: its line of source and time, its dateline, or its signature.

    A dateline's 5月3日 has month and day only. A date inside the text (a headline's 2017年,
    an event's day) is not the text's own and is not taken.
    """
    for block in blocks:
        if block.kind in ("meta", "byline") and (
            when := _meta_date(block.clean) or signature_date(block.clean)
        ):
            return when
    bodies = [b.clean for b in blocks if b.kind == "paragraph"]
    for clean in [b.clean for b in blocks if b.kind in ("headline", "heading")][:2] + bodies[:2]:
        if found := _LEADING.match(fold(clean.text[:80])):
            return _when(clean, found)
    for clean in bodies[:2]:
        if when := _when(clean, dateline_date(clean.text)):
            return when
    return signature_date(bodies[-1]) if len(bodies) > 1 else None
