"""Lists as candidates: whether an enumeration is the one asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa import lists
from qa.answertype import AMOUNT, list_fit
from qa.candidates import Candidate
from qa.evidence import Matcher
from qa.query import Query
from qa.spans import Span
from qa.windows import Window, told

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
    for propose in (lists.enumerations, lists.members, lists.series):
        yield from propose(text, *s.sentence)
    if noun in ENDINGS:
        yield from lists.named(text, *s.sentence, ENDINGS[noun])
    yield from (run for run in lists.points(text) if _from(s, run))


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
