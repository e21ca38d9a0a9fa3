"""From a passage to its figures: numbers that measure something, bound to who, what and when.

`draft` reads them by the rules of the language; where words compete for a place, `choose` weighs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from qa.figures.cells import cell_figures
from qa.figures.choose import choose
from qa.figures.draft import Draft, Text, read
from qa.figures.grid import Head, inside, rows
from qa.schema import Figure, Passage

_TOGETHER = 60
"""Passages of an article that are weighed together: bounds the work on books."""


def extract(passage: Passage, original: str | None = None) -> tuple[Figure, ...]:
    """Every figure of a passage taken by itself, in order of its place; `extract_all` knows the article too.

    `original` is the text that the passage's offsets point into, from which the figures are
    quoted; None takes the passage's own, for one that is its whole document.
    Numbers in dates, names, slogans and titles are not figures. Nothing is
    guessed: what the text leaves open stays empty. `year` is set where the text
    states it, or where the passage's own stated date decides what 今年 means.
    """
    return extract_all([passage], passage.text if original is None else original)


def extract_all(passages: Sequence[Passage], original: str) -> tuple[Figure, ...]:
    """Every figure of a document's passages, in order: what an article is about is known throughout it."""
    found: list[Figure] = []
    for _, article in groupby(passages, key=lambda p: p.article):
        readings, tables = _readings(list(article), original)
        chosen = [
            f for at in range(0, len(readings), _TOGETHER) for f in choose(readings[at : at + _TOGETHER])
        ]
        if not tables:
            found += chosen
            continue
        place = {text.passage.id: n for n, (text, _) in enumerate(readings)}
        found += sorted([*chosen, *tables], key=lambda f: (place[f.passage], f.clean_start))
    return tuple(found)


def _readings(
    article: Sequence[Passage], original: str
) -> tuple[list[tuple[Text, list[Draft]]], list[Figure]]:
    """The passages of an article as the rules read them, and the figures of its tables."""
    readings, tables = [], []
    head: Head | None = None
    for passage in article:
        text, drafts = read(passage, original)
        if "|" in passage.text:
            figures, head = cell_figures(passage, original, head)
            tables += figures
            lines = rows(passage.text)
            drafts = [d for d in drafts if not inside(d.figure.clean_start, d.figure.clean_end, lines)]
        else:
            head = None
        readings.append((text, drafts))
    return readings, tables
