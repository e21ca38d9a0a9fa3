"""Short answers that are no figures: sentences, spans in them by rule and by the reader, lists."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from qa import spans
from qa.candidates import STRANGE, Candidate, given
from qa.evidence import Matcher, View
from qa.fold import fold
from qa.linking import Named, about, governed
from qa.query import Query
from qa.read import Reading
from qa.spans import Span

Read = Callable[[str, Sequence[str], int, int], list[Reading]]
MOST, SPANS = 80, 16
"""Longest answer in characters, and spans that the reader proposes in each window."""
WINDOW = 170
"""Characters that the reader gets at once: the sentence with its neighbours."""
FIGURE_READER = 0.25
"""Share of the reader's word in the score of a figure."""
READ = 5
"""Windows read for a question."""


def sentence_candidates(
    query: Query, views: Iterable[View], matcher: Matcher, asked: Sequence[Named]
) -> list[Candidate]:
    """Every sentence of the views as a candidate, best first; its best clause decides."""
    found = []
    for view in views:
        for start, end in view.passage.sentences:
            clauses = [c for c in view.clauses if start <= c[0] < end] or [(start, end)]
            cover = max(matcher.at(view, *c) for c in clauses)
            subject = about(asked, view, view.folded[start:end]) * governed(asked, view, end)
            subject *= given(query, view.folded[start:end], view.folded) * STRANGE ** len(matcher.strangers)
            lacking = matcher.lacking(view, start, end)
            signals = {"cover": cover, "subject": subject, "retrieval": view.score, "lacking": lacking}
            score = (0.85 * cover + 0.15 * view.score) * subject
            found.append(Candidate(view, start, end, (start, end), score, signals))
    return sorted(found, key=lambda c: c.key)


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
    readings = read(query.text, texts, MOST, SPANS)
    return [
        _window(place, len(head), reading)
        for place, head, reading in zip(places, heads, readings, strict=True)
    ]


def _widened(s: Candidate) -> tuple[int, int]:
    start, _ = s.sentence
    ranges = s.view.passage.sentences
    i = j = next(n for n, r in enumerate(ranges) if r[0] <= start < r[1])
    while True:
        before = ranges[i][1] - ranges[i - 1][0] if i else WINDOW
        if i and ranges[j][1] - ranges[i - 1][0] <= WINDOW and before:
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


def span_candidates(
    query: Query, sentences: Sequence[Candidate], matcher: Matcher, windows: Sequence[Window] = ()
) -> list[Candidate]:
    """Short answers inside the best sentences, by the kind asked for and by the reader, best first."""
    found: list[Candidate] = []
    if query.kind in ("list", "which"):
        found = [
            _list_candidate(query, s, items, matcher, windows)
            for s in sentences
            for items in spans.enumerations(s.view.folded, *s.sentence)
        ]
    if query.kind == "list" and found:
        return sorted(found, key=lambda c: c.key)
    for s in sentences:
        text, (a, b) = s.view.folded, s.sentence
        rule = _proposals(query, s.view, a, b)
        own = [_snapped(w, rule or spans.phrases(text, a, b)) for w in windows if w.view is s.view]
        fits = {(p.start, p.end): p.fit for p in sorted(rule, key=lambda p: p.fit)}
        read = {(x, y) for w in own for x, y, _ in w.found if a <= x and y <= b}
        for x, y in sorted(fits.keys() if query.kind == "when" and fits else read | fits.keys()):
            span = Span(x, y, fits.get((x, y), _fit(query, text[x:y])))
            found.append(_meant(s.view, _span_candidate(query, s, span, matcher, own)))
    return sorted([*found, *_subjects(query, sentences)], key=lambda c: c.key)


def _snapped(window: Window, rule: Sequence[Span]) -> Window:
    """The reader's spans grown to the phrase or name of which they are only the beginning or the end."""
    names = [(s, e) for s, e, *_ in window.view.passage.names] + [(p.start, p.end) for p in rule]
    out = []
    for x, y, score in window.found:
        wider = [(s, e) for s, e in names if (s == x and y < e) or (e == y and s < x) or (s < x and y < e)]
        out.append((*min(wider, key=lambda r: (r[1] - r[0], r), default=(x, y)), score))
    return replace(window, found=tuple((*_quoted(window.view.folded, x, y), score) for x, y, score in out))


def _quoted(text: str, start: int, end: int) -> tuple[int, int]:
    """A span with the whole of a quotation of which it holds only one mark, without the marks."""
    said = text[start:end]
    if "“" in said and "”" not in said and (close := text.find("”", end, end + 24)) >= 0:
        end = close + 1
    elif "”" in said and "“" not in said and (opened := text.rfind("“", max(0, start - 24), start)) >= 0:
        start = opened
    whole = text[start:end]
    return (start + 1, end - 1) if whole[:1] == "“" and whole.find("”") == len(whole) - 1 else (start, end)


_ZONE_NOUN = re.compile(r"^(?:园区|经开区|高新区|开发区|新区|区|县|市|城市|省|地方|镇|乡)$")


def _subjects(query: Query, sentences: Sequence[Candidate]) -> list[Candidate]:
    """What the passages of the best sentences are about, where a question asks which zone or place."""
    if query.kind not in ("which", "where") or not _ZONE_NOUN.match(query.noun):
        return []
    return [
        replace(s, said=s.view.passage.subject, score=0.2 + 0.8 * s.score)
        for s in sentences[:3]
        if s.view.passage.subject and fold(s.view.passage.subject) not in query.folded
    ]


def _meant(view: View, found: Candidate) -> Candidate:
    """The name that a stand-in (该部门) found as an answer stands for, where it is known and in the text."""
    for start, end, said in view.passage.mentions:
        if found.start <= start and end <= found.end and found.end - found.start <= end - start + 2:
            at = view.passage.text.rfind(said, 0, start)
            if at >= 0:
                return replace(
                    found,
                    start=at,
                    end=at + len(said),
                    sentence=(min(at, found.sentence[0]), found.sentence[1]),
                )
            short = _suffix(view.passage.text, said, start)
            if short:
                return replace(found, start=short[0], end=short[1])
    if _STAND_IN.match(view.folded, found.start):
        return replace(found, score=0.4 * found.score)
    return found


def _suffix(text: str, said: str, before: int) -> tuple[int, int] | None:
    """Where the longest ending (four characters or more) of a name stands before an offset."""
    for cut in range(1, max(1, len(said) - 3)):
        at = text.rfind(said[cut:], 0, before)
        if at >= 0:
            return at, at + len(said) - cut
    return None


_STAND_IN = re.compile(r"[该本此其][一-龥]{0,3}")
_AMOUNT = re.compile(r"\d[\d.]*[万亿千百多余]*(?:元|[个家亩户套%台吨件人名]|平方|公里)")
_BREAK = re.compile(r"[，,；;。：:]")


def _shape(query: Query, said: str) -> float:
    """1, or less for a span that runs over clauses where a name, a date or a place is asked for."""
    if query.kind in ("which", "who", "where", "list") and (_AMOUNT.search(said) or spans.is_time(said)):
        return 0.4
    breaks = len(_BREAK.findall(said))
    if not breaks:
        return 1.0
    return 0.45 if query.kind in ("which", "who", "when", "where", "list") else 0.8


def _fresh(query: Query, said: str) -> float:
    """Near 1 for a span that says something new, 0.15 for one that only repeats the question."""
    pairs = [said[i : i + 2] for i in range(len(said) - 1)] or [said]
    return 1.0 - 0.85 * (sum(p in query.folded for p in pairs) / len(pairs)) ** 2


_SHAPES = {
    "when": re.compile(r"\d+[年月日]|\d{4}-\d|每[天日周月旬年季]|[今去明前]年|[上下]旬|[上下]半年"),
    "who": re.compile(r"^[一-龥·]{2,4}$"),
    "list": re.compile(r"、|”“|》《"),
}


def _fit(query: Query, said: str) -> float:
    """Whether a span that no rule proposed looks like what is asked for."""
    if query.kind in ("which", "where") and query.noun:
        return 0.7 if said.endswith(query.noun[-1:]) else 0.35
    shape = _SHAPES.get(query.kind)
    return 0.45 if shape is None else (0.7 if shape.search(said) else 0.1)


def read_figures(figures: Sequence[Candidate], windows: Sequence[Window]) -> list[Candidate]:
    """Figure candidates with what the reader makes of them, best first."""
    out = []
    for c in figures:
        own = [w for w in windows if w.view is c.view and w.start <= c.start < w.end]
        if not own:
            out.append(replace(c, score=(1 - FIGURE_READER) * c.score) if windows else c)
            continue
        held = support(own, c.start, c.end)
        bars = c.signals["unit"] * c.signals["period"] * c.signals["subject"] * c.signals["new"]
        signals = c.signals | {"reader": held, "answerable": max(w.answerable for w in own)}
        out.append(
            replace(c, score=(1 - FIGURE_READER) * c.score + FIGURE_READER * held * bars, signals=signals)
        )
    return sorted(out, key=lambda c: c.key)


def support(windows: Sequence[Window], start: int, end: int) -> float:
    """How surely the reader holds a span for the answer, 0 to 1; nested spans count by their overlap."""
    best = 0.0
    for w in windows:
        for a, b, score in w.found:
            both = min(b, end) - max(a, start)
            if both > 0:
                best = max(best, score * both / (max(b, end) - min(a, start)))
    return best


def _proposals(query: Query, view: View, a: int, b: int) -> list[Span]:
    """Spans of a sentence that look like what is asked for."""
    text = view.folded
    if query.kind == "when":
        return spans.times(text, a, b)
    if query.kind == "who":
        return spans.persons(text, a, b) + [replace(s, fit=0.35) for s in spans.leads(text, a, b)]
    if query.kind in ("which", "where"):
        found = spans.phrases(text, a, b) + spans.leads(text, a, b)
        if query.kind == "which":
            found += spans.heads(text, a, b, query.noun)
            found += [
                Span(x, y, 0.6)
                for x, y, _ in view.passage.mentions
                if a <= x < b and query.noun and text[x:y].endswith(query.noun)
            ]
        return found
    return spans.quotations(text, a, b) if query.kind == "what" else []


def _span_candidate(
    query: Query, s: Candidate, span: Span, matcher: Matcher, windows: Sequence[Window]
) -> Candidate:
    cover = matcher.at(s.view, *s.view.clause_at(span.start))
    said = s.view.folded[span.start : span.end]
    fresh = _fresh(query, said) * _shape(query, said)
    held = spans.office(query.folded, s.view.folded, span.start, span.end) if query.kind == "who" else 1.0
    fresh *= held
    near = _nearness(query, s.view, span, matcher)
    signals = {**s.signals, "cover": cover, "fit": span.fit, "near": near, "new": fresh, "meant": held}
    score = 0.25 * s.score + 0.4 * cover * s.signals["subject"] + 0.15 * span.fit + 0.2 * near
    if windows:
        signals |= {
            "reader": support(windows, span.start, span.end),
            "answerable": max(w.answerable for w in windows),
        }
        score = 0.6 * score + 0.4 * signals["reader"]
    score *= fresh
    return Candidate(s.view, span.start, span.end, s.sentence, score, signals)


def _nearness(query: Query, view: View, span: Span, matcher: Matcher) -> float:
    """How many of the question's terms stand within 12 characters of a span, by weight."""
    lo, hi = max(0, span.start - 12), span.end + 12
    window = view.folded[lo : span.start] + " " + view.folded[span.end : hi]
    return matcher.cover(window)


def _list_candidate(
    query: Query, s: Candidate, items: tuple[Span, ...], matcher: Matcher, windows: Sequence[Window]
) -> Candidate:
    start, end = items[0].start, items[-1].end
    cover = matcher.at(s.view, *s.view.clause_at(start))
    asked = re.search(r"([两二三四五六七八九十]|\d+)(?:个|家|种|项|大|条|类|方面)", query.folded)
    sizes = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
    want = (int(asked[1]) if asked[1].isdigit() else sizes[asked[1]]) if asked else 0
    count = 1.0 if not want else (1.0 if want == len(items) else 0.6)
    repeated = sum(s.view.folded[i.start : i.end] in query.folded for i in items) / len(items)
    near = _nearness(query, s.view, Span(start, end, 0.0), matcher)
    signals = {**s.signals, "cover": cover, "count": count, "near": near, "new": 1 - 0.8 * repeated}
    score = 0.45 * s.score + 0.3 * cover + 0.25 * near
    own = [w for w in windows if w.view is s.view]
    if own:
        signals |= {"reader": support(own, start, end), "answerable": max(w.answerable for w in own)}
        score = 0.6 * score + 0.4 * signals["reader"]
    amounts = sum(bool(_AMOUNT.search(s.view.folded[i.start : i.end])) for i in items) / len(items)
    score *= count * signals["new"] * (1.0 if query.kind == "list" else 0.7) * (1 - 0.6 * amounts)
    return Candidate(s.view, start, end, s.sentence, score, signals, items=items)
