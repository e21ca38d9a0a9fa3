"""What the reader makes of the best places: windows of whole sentences, read in one go."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from qa.answer.candidates import Candidate
from qa.answer.evidence import View
from qa.models.reader import Reading
from qa.question.query import Query

Read = Callable[[str, Sequence[str], int, int, bool], list[Reading]]
MOST, SPANS = 80, 16
"""Longest answer in characters, and spans that the reader proposes in each window."""
WINDOW = 170
"""Characters that the reader gets at once: the sentence with its neighbours."""
READER = 0.55
"""Share of the reader's word in the score of a span."""
FIGURE_READER = 0.25
"""Share of the reader's word in the score of a figure."""
READ = 5
"""Windows read for a question."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a passage that was read, and what the reader made of it (clean ranges)."""

    view: View
    start: int
    end: int
    answerable: float
    found: tuple[tuple[int, int, float], ...]


def read_windows(
    query: Query, sentences: Sequence[Candidate], read: Read | None, most: int = READ
) -> list[Window]:
    """The sentences of the best candidates with their neighbours, read in one go; none without a reader."""
    if read is None:
        return []
    places: list[tuple[View, int, int]] = []
    for s in sentences:
        inside = any(v is s.view and a <= s.sentence[0] and s.sentence[1] <= b for v, a, b in places)
        if len(places) < most and not inside:
            places.append((s.view, *_widened(s)))
    heads = [_head(v, a, b) for v, a, b in places]
    texts = [head + v.passage.text[a:b] for head, (v, a, b) in zip(heads, places, strict=True)]
    readings = read(query.text, texts, MOST, SPANS, wants_short(query))
    return [
        _window(place, len(head), reading)
        for place, head, reading in zip(places, heads, readings, strict=True)
    ]


_CALLED = re.compile(r"叫(?:做|作)?(?:什么|啥)|什么名|简称|别名|外号|称为什么")


def wants_short(query: Query) -> bool:
    """Whether a name, a date, a figure or a term answers, no clause."""
    return query.kind in ("who", "when", "where", "which", "figure") or bool(_CALLED.search(query.folded))


def _widened(s: Candidate) -> tuple[int, int]:
    start, _ = s.sentence
    ranges = s.view.passage.sentences
    i = j = next(n for n, r in enumerate(ranges) if r[0] <= start < r[1])
    while True:
        if i and ranges[j][1] - ranges[i - 1][0] <= WINDOW:
            i -= 1
        elif j + 1 < len(ranges) and ranges[j + 1][1] - ranges[i][0] <= WINDOW:
            j += 1
        else:
            return ranges[i][0], ranges[j][1]


def _head(view: View, start: int, end: int) -> str:
    """The subject, where the window itself does not name it, so that the reader knows whose it is."""
    subject = view.passage.subject
    return "" if not subject or subject in view.passage.text[start:end] else subject + "："


def _window(place: tuple[View, int, int], shift: int, reading: Reading) -> Window:
    view, start, end = place
    found = [
        (max(start, start + a.start - shift), start + a.end - shift, 1 / (1 + math.exp(-a.score / 4)))
        for a in reading.alternatives
        if a.end - shift > 0
    ]
    return Window(view, start, end, reading.answerable, tuple(f for f in found if f[1] > f[0]))


def read_figures(figures: Sequence[Candidate], windows: Sequence[Window]) -> list[Candidate]:
    """Figure candidates with what the reader makes of them, best first."""
    if not windows:
        return sorted(figures, key=lambda c: c.key)
    out = []
    for c in figures:
        signals = c.signals | told(windows, c.view, c.start, c.end)
        bars = signals["unit"] * signals["period"] * signals["subject"] * signals["new"]
        score = (1 - FIGURE_READER) * c.score + FIGURE_READER * signals["reader"] * bars
        out.append(replace(c, score=score, signals=signals))
    return sorted(out, key=lambda c: c.key)


def told(windows: Sequence[Window], view: View, start: int, end: int) -> dict[str, float]:
    """The signals of the reader for clean range [start, end): 0 where it read elsewhere, none unread."""
    own = [w for w in windows if w.view is view and w.start <= start < w.end]
    answerable = max((w.answerable for w in own), default=0.0)
    return {"reader": support(own, start, end), "answerable": answerable} if windows else {}


def support(windows: Sequence[Window], start: int, end: int) -> float:
    """How surely the reader holds a span for the answer, 0 to 1; nested spans count by their overlap."""
    best = 0.0
    for w in windows:
        for a, b, score in w.found:
            both = min(b, end) - max(a, start)
            if both > 0:
                best = max(best, score * both / (max(b, end) - min(a, start)))
    return best
