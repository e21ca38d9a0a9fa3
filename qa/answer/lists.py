"""Propose lists: enumerations in a sentence, members one a clause, and points numbered over sentences.

Then lists as candidates: whether an enumeration is the one asked for.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from qa.answer.candidates import Candidate
from qa.answer.evidence import Matcher
from qa.answer.spans import AMOUNT, Span, heads, list_fit
from qa.answer.windows import Window, told
from qa.question.query import Query

_ITEM = r"(?:[“《][^”》]{1,40}[”》]|[^、，,；;。：:！？!?“”《》]){1,30}"
_ENUM = re.compile(rf"{_ITEM}(?:、\s*{_ITEM})+|(?:[“《][^”》]{{1,30}}[”》]){{2,}}")
_EDGE = re.compile(
    r"^(?:.*(?:(?:包括|涉及|分为|分成|引进了?|成立了?|组成|构成|有(?!限)|为|是|与(?!会)|以及|给予|从|在|由|对|向|把|针对|建成|搭建|设立"
    r"|呈现出?|会同|涵盖|覆盖|共设|设有|表现为|采取|即|突出|聚焦|围绕|通过|提出|签约|来自|其中|例如|比如|如|到)(?=.{2})))"
)
_ORDINAL = re.compile(r"[#\s(（]*(?:第?[一二三四五六七八九十]{1,3}|\d{1,2})、")
_JOINT = re.compile(r"(?<=.{2})(?:以及|和|(?<!以)及|与)(?=.{2})")
_TAIL = re.compile(r"(?:等.*|(?:的|多家|\d+[个家项条部种]|[两三四五六七八九十]+[大个家项条种类]).*)$")


def enumerations(text: str, start: int, end: int) -> list[tuple[Span, ...]]:
    """Enumerations (甲、乙和丙等 ; “甲”“乙”) as the spans of their items."""
    found = []
    for m in _ENUM.finditer(text, start, end):
        if _ORDINAL.match(m[0]):
            continue
        items = _items(text, m.start(), m.end())
        if len(items) > 1:
            found.append(items)
    return found


_STRONG = re.compile(r".*(?:[分依][别次][是为有]|包括|涵盖了?|如下[:：]?)(?=.{2})")
_ETC = re.compile(r"等.*$")
_MARKS = (
    re.compile(r"(?<![一-龥])[一二三四五六七八九]是(?!否|不是)"),
    re.compile(r"第[一二三四五六七八九](?:是|，|,|、|：|:|步|阶段)"),
    re.compile(r"[(（][一二三四五六七八九\d][)）]|[①-⑨]"),
    re.compile(r"(?<![\d.])[1-9][.、](?!\d)"),
    re.compile(r"首先|其次|再次|再者|最后"),
    re.compile(r"其[一二三四五六](?:是|，|,|：)?"),
)
"""What numbers points: 一是…二是…, 第一…第二…, (1)…(2)…, 首先…其次…"""
_CLAUSE_END = re.compile(r"[，,；;。！!？?\n]")


def points(text: str) -> list[tuple[Span, ...]]:
    """What numbered points say, from each number to the next or to the end of its sentence.

    >>> text = "一是建平台；二是引人才。三是抓服务，见实效。"
    >>> [text[p.start:p.end] for p in points(text)[0]]
    ['建平台', '引人才', '抓服务，见实效']
    """
    found = []
    for mark in _MARKS:
        at = [m.span() for m in mark.finditer(text)]
        if len(at) < 2:
            continue
        stops = [a for a, _ in at[1:]] + [len(text)]
        items = tuple(
            _trim(text, b, min(stop, _sentence_end(text, b))) for (_, b), stop in zip(at, stops, strict=True)
        )
        found.append(tuple(_trim(text, i.start, i.end) for i in items if i.end > i.start))
    return [items for items in found if len(items) > 1]


def _sentence_end(text: str, at: int) -> int:
    stop = re.compile(r"[。；;！!？?\n]").search(text, at)
    return stop.start() if stop else len(text)


def members(text: str, start: int, end: int) -> list[tuple[Span, ...]]:
    """Runs of three clauses or more that end alike (…项目，…项目，…项目等): lists whose items hold 、."""
    cuts = [start, *(m.end() for m in _CLAUSE_END.finditer(text, start, end)), end]
    runs: list[list[Span]] = [[]]
    for n, (a, b) in enumerate(itertools.pairwise(cuts)):
        a = a if runs[-1] else _opening(text, a, b)
        tail = _TAIL.search(text, a, b)
        span = _trim(text, a, tail.start() if tail and tail.start() > a + 1 else _bare_end(text, a, b))
        if runs[-1] and text[span.end - 2 : span.end] != text[runs[-1][-1].end - 2 : runs[-1][-1].end]:
            runs.append([])
            span = _trim(text, cuts[n], span.end)
        if span.end - span.start > 2:
            runs[-1].append(span)
    return [tuple(run) for run in runs if len(run) > 2]


def series(text: str, start: int, end: int) -> list[tuple[Span, ...]]:
    """What semicolons set side by side in a sentence, where there are three parts or more."""
    cuts = [start, *(m.end() for m in re.finditer(r"[；;]", text[start:end]))]
    cuts = [start, *(start + c for c in cuts[1:]), end]
    parts = tuple(_trim(text, a, b) for a, b in itertools.pairwise(cuts))
    return [parts] if len(parts) > 2 else []


def named(text: str, start: int, end: int, ending: str) -> list[tuple[Span, ...]]:
    """The names of one sort in a sentence (…大桥通车, …二桥合龙), where there are two or more."""
    found = {text[s.start : s.end]: s for s in reversed(heads(text, start, end, ending))}
    return [tuple(sorted(found.values(), key=lambda s: s.start))] if len(found) > 1 else []


def _bare_end(text: str, start: int, end: int) -> int:
    while end > start and _CLAUSE_END.match(text[end - 1]):
        end -= 1
    return end


def _items(text: str, start: int, end: int) -> tuple[Span, ...]:
    cut = [start] + [m.end() for m in re.finditer(r"、\s*|(?<=[”》])(?=[“《])", text[start:end])]
    cut = [c if i == 0 else start + c for i, c in enumerate(cut)]
    ranges = [(a, b) for a, b in zip(cut, [*cut[1:], end], strict=True)]
    out: list[Span] = []
    for i, (a, b) in enumerate(ranges):
        if i == 0:
            a = _opening(text, a, b)
        if i == len(ranges) - 1:
            alike = 2 * sum("的" in text[x:y] for x, y in ranges[:-1]) >= len(ranges) - 1
            b = _cut(text, a, b, _ETC if alike else _TAIL)
        out.append(_trim(text, a, b))
    return tuple(s for s in _parted(text, _same_end(text, out)) if s.end > s.start)


def _same_end(text: str, items: list[Span]) -> list[Span]:
    """The last item cut where it ends like the others (白石岭工业园、监申桥工业园其他项目…)."""
    if len(items) < 2:
        return items
    last, ends = items[-1], [text[max(i.start, i.end - 2) : i.end] for i in items[:-1]]
    end = max(set(ends), key=lambda e: (ends.count(e), e))
    at = text.find(end, last.start, last.end)
    if len(end) < 2 or at < 0 or 2 * ends.count(end) < len(ends) or text[last.end - 2 : last.end] == end:
        return items
    return [*items[:-1], Span(last.start, at + len(end), last.fit)]


def _opening(text: str, a: int, b: int) -> int:
    """Where the first item begins in text[a:b], after what leads to the list (项目分别是, 包括)."""
    edge = _STRONG.match(text[a:b]) or _EDGE.match(text[a:b])
    return a + edge.end() if edge else a


def _cut(text: str, a: int, b: int, end: re.Pattern[str]) -> int:
    """Where the last item ends: before 等 and what follows the list."""
    tail = end.search(text, a, b)
    return tail.start() if tail and tail.start() > a + 1 else b


def _parted(text: str, items: list[Span]) -> list[Span]:
    """Items split at 和, 及, 以及 where both halves end like their fellows (…公司和…公司), or the last is short."""  # noqa: E501
    out: list[Span] = []
    for n, item in enumerate(items):
        said = text[item.start : item.end]
        joint = _JOINT.search(said)
        if not joint or said[:1] in "“《":
            out.append(item)
            continue
        left, right = said[: joint.start()], said[joint.end() :]
        alike = left[-1:] == right[-1:] or (
            n == len(items) - 1 and 2 <= len(left) <= 6 and 2 <= len(right) <= 6
        )
        tails = {text[i.end - 1] for i in items if i is not item}
        if alike and (left[-1:] == right[-1:] or right[-1:] not in tails or left[-1:] in tails):
            out.append(_trim(text, item.start, item.start + joint.start()))
            out.append(_trim(text, item.start + joint.end(), item.end))
        else:
            out.append(item)
    return out


def _trim(text: str, a: int, b: int) -> Span:
    """A range without separators at its edges, and without marks that quote the whole of it or half of it."""
    while a < b and text[a] in " 、，,;；。:：":
        a += 1
    while b > a and text[b - 1] in " 、，,;；。":
        b -= 1
    for left, right in ("“”", "《》", "‘’"):
        inner = text[a:b]
        if inner[:1] == left and inner.find(right) in (-1, len(inner) - 1):
            a, b = a + 1, b - (inner[-1:] == right)
        elif inner[-1:] == right and left not in inner:
            b -= 1
    return Span(a, b, 0.7)


_SORTS = ("桥", "路", "镇", "乡", "村", "县", "公司", "大学", "医院", "银行", "产业园")
ENDINGS = {noun: noun for noun in _SORTS} | {"大桥": "桥", "道路": "路"}
"""What the names of a sort end in, by the noun that asks for them."""


def list_candidates(
    query: Query, sentences: Sequence[Candidate], matcher: Matcher, windows: Sequence[Window]
) -> list[Candidate]:
    """Every list in or right after the sentences."""
    runs = ((s, items) for s in sentences for items in _runs(s, query.noun))
    return [_list_candidate(query, s, items, matcher, windows) for s, items in runs]


def _runs(s: Candidate, noun: str) -> Iterator[tuple[Span, ...]]:
    text = s.view.folded
    for propose in (enumerations, members, series):
        yield from propose(text, *s.sentence)
    if noun in ENDINGS:
        yield from named(text, *s.sentence, ENDINGS[noun])
    yield from (run for run in points(text) if _from(s, run))


def _from(s: Candidate, run: Sequence[Span]) -> bool:
    """Whether numbered points begin in a sentence or right after it (…有三个特点。一是…)."""
    opened, closed = s.view.sentence_at(run[0].start), s.view.sentence_at(run[-1].end - 1)
    return opened[0] <= s.sentence[1] <= closed[1]


def _list_candidate(
    query: Query, s: Candidate, items: tuple[Span, ...], matcher: Matcher, windows: Sequence[Window]
) -> Candidate:
    start, end = items[0].start, items[-1].end
    cover = max(matcher.at(s.view, *s.view.clause_at(start)), s.signals["cover"] * _intro(s, start))
    asked = re.search(r"([两二三四五六七八九十]|\d+)(?:个|家|种|项|大|条|类|方面)", query.folded)
    sizes = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
    want = (int(asked[1]) if asked[1].isdigit() else sizes[asked[1]]) if asked else 0
    count = 1.0 if not want else (1.0 if want == len(items) else 0.6)
    repeated = sum(s.view.folded[i.start : i.end] in query.folded for i in items) / len(items)
    near = matcher.near(s.view, start, end)
    signals = {**s.signals, "cover": cover, "count": count, "near": near, "new": 1 - 0.8 * repeated}
    score = 0.45 * s.score + 0.3 * cover + 0.25 * near
    signals |= told(windows, s.view, start, end)
    if windows:
        score = 0.6 * score + 0.4 * signals["reader"]
    amounts = sum(bool(AMOUNT.search(s.view.folded[i.start : i.end])) for i in items) / len(items)
    signals["sort"] = list_fit(query, s.view, items)
    kind = 1.0 if query.kind == "list" else 0.7
    score *= (0.4 + 0.6 * signals["sort"]) * count * signals["new"] * kind * (1 - 0.6 * amounts)
    whole = (min(s.start, start), max(s.end, s.view.sentence_at(end - 1)[1]))
    return Candidate(s.view, start, end, whole, score, signals, items=items)


def _intro(s: Candidate, start: int) -> float:
    """1 where a list begins after its sentence: what it is a list of is said there."""
    return float(start >= s.end)
