"""Short answers that are no figures: sentences, spans in them by rule and by the reader, lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from qa.answer import spans
from qa.answer.candidates import STRANGE, Candidate, given
from qa.answer.evidence import Matcher, View
from qa.answer.linking import about, governed
from qa.answer.lists import list_candidates
from qa.answer.spans import AMOUNT, Span, name_endings, type_fit
from qa.answer.statements import founded
from qa.answer.windows import READER, WINDOW, Window, told
from qa.chinese.fold import fold
from qa.chinese.tags import segment
from qa.question.names import Named
from qa.question.query import Query


def sentence_candidates(
    query: Query, views: Iterable[View], matcher: Matcher, asked: Sequence[Named]
) -> list[Candidate]:
    """Every sentence of the views as a candidate, best first; its best clause decides."""
    found = []
    for view in views:
        for start, end in view.passage.sentences:
            clauses = [c for c in view.clauses if start <= c[0] < end] or [(start, end)]
            cover = max(matcher.at(view, *c) for c in clauses)
            subject = about(asked, view, view.folded[start:end]) * governed(asked, view, end - 1)
            subject *= given(query, view.folded[start:end], view.folded) * STRANGE ** len(matcher.strangers)
            nearby = view.folded[max(0, start - WINDOW // 2) : end + WINDOW // 2] + view.frame
            premise = founded(query.folded, nearby)
            lacking = matcher.lacking(view, start, end)
            signals = {"cover": cover, "subject": subject, "retrieval": view.score}
            signals |= {"lacking": lacking, "premise": premise}
            score = (0.85 * cover + 0.15 * view.score) * subject * premise
            found.append(Candidate(view, start, end, (start, end), score, signals))
    return sorted(found, key=lambda c: c.key)


def span_candidates(
    query: Query, sentences: Sequence[Candidate], matcher: Matcher, windows: Sequence[Window] = ()
) -> list[Candidate]:
    """Short answers inside the best sentences, by the kind asked for and by the reader, best first."""
    found: list[Candidate] = []
    if query.kind in ("list", "which"):
        found = list_candidates(query, sentences, matcher, windows)
    if query.kind == "list" and found:
        return sorted(found, key=lambda c: c.key)
    for s in sentences:
        text, (a, b) = s.view.folded, s.sentence
        rule = _proposals(query, s.view, a, b)
        own = [_snapped(w, rule or spans.phrases(text, a, b)) if w.view is s.view else w for w in windows]
        fits = {(p.start, p.end): p.fit for p in sorted(rule, key=lambda p: p.fit)}
        read = {(x, y) for w in own if w.view is s.view for x, y, _ in w.found if a <= x and y <= b}
        spots = fits.keys() if query.kind == "when" and fits else read | fits.keys()
        if query.kind in NAMES:
            spots = {_bare(text, x, y) for x, y in spots}
        for x, y in sorted(spots):
            span = Span(x, y, fits.get((x, y), _fit(query, text[x:y])))
            found.append(_meant(s.view, _span_candidate(query, s, span, matcher, own)))
    return sorted([*found, *_subjects(query, sentences)], key=lambda c: c.key)


NAMES = ("who", "where", "which")
"""Kinds of questions that a name answers."""
_LED = re.compile(r"(?:每[天年月]|[要将已均都会可需由是在于从到为对向与和把将以有叫至及]|来自|位于|落户|利用|通过|依托|属于|集中)+(?=.{2})")  # noqa: E501


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without the preposition or verb that leads to the name (由县住建局)."""
    led = _LED.match(text, start, end)
    return (led.end(), end) if led and segment(text[start:end])[0][0] in led[0] else (start, end)


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


_DIVISIONS = ("县", "市", "城市", "省", "镇", "乡")
_ZONE_NOUN = re.compile(r"^(?:园区|经开区|高新区|开发区|新区|区|县|市|城市|省|地方|镇|乡)$")


def _subjects(query: Query, sentences: Sequence[Candidate]) -> list[Candidate]:
    """What the passages of the best sentences are about, where a question asks which zone or place."""
    if query.kind not in ("which", "where") or not _ZONE_NOUN.match(query.noun):
        return []
    return [
        replace(s, said=s.view.passage.subject, score=0.2 + 0.8 * s.score)
        for s in sentences[:3]
        if (subject := fold(s.view.passage.subject))
        and subject not in query.folded
        and (query.noun not in _DIVISIONS or subject.endswith(query.noun))
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
_BREAK = re.compile(r"[，,；;。：:]")


def _shape(query: Query, said: str) -> float:
    """1, or less for a span that runs over clauses where a name, a date or a place is asked for."""
    if query.kind in ("which", "who", "where", "list") and (AMOUNT.search(said) or spans.is_time(said)):
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
            found += [h for end in name_endings(query.noun) for h in spans.heads(text, a, b, end)]
            found += [
                Span(x, y, 0.6)
                for x, y, _ in view.passage.mentions
                if a <= x < b and query.noun and text[x:y].endswith(query.noun)
            ]
        return found
    by_kind = {"what": spans.quotations, "why": spans.reasons, "how": spans.means}
    return by_kind[query.kind](text, a, b) if query.kind in by_kind else []


def _span_candidate(
    query: Query, s: Candidate, span: Span, matcher: Matcher, windows: Sequence[Window]
) -> Candidate:
    cover = matcher.at(s.view, *s.view.clause_at(span.start))
    said = s.view.folded[span.start : span.end]
    fresh = _fresh(query, said) * _shape(query, said)
    held = spans.office(query.folded, s.view.folded, span.start, span.end) if query.kind == "who" else 1.0
    fresh *= held
    sort = type_fit(query, s.view, span.start, span.end)
    near = matcher.near(s.view, span.start, span.end)
    own = {"cover": cover, "fit": span.fit, "near": near, "new": fresh, "meant": held, "sort": sort}
    signals = {**s.signals, **own}
    bars = s.signals["subject"] * s.signals["premise"]
    score = 0.25 * s.score + 0.4 * cover * bars + 0.15 * span.fit + 0.2 * near
    signals |= told(windows, s.view, span.start, span.end)
    if windows:
        score = (1 - READER) * score + READER * signals["reader"]
    score *= fresh * (0.3 + 0.7 * sort)
    return Candidate(s.view, span.start, span.end, s.sentence, score, signals)
