"""Figures: every number of a passage bound to who, what and when.

Numbers are read by `numerals`, time by `periods`, the words around them by
`binding`; here they are joined clause by clause. What a clause leaves out
(subject, period, metric) is carried from the clauses before it (`scope`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from qa.chinese import periods
from qa.chinese.fold import fold
from qa.chinese.numerals import Quantity, quantities
from qa.chinese.periods import Timex
from qa.chinese.tags import is_entity
from qa.figures.binding import after, before
from qa.figures.masks import BLANK, mask
from qa.figures.measures import GROWTH, figures_only, fractions, metric_of, parallel, ranks
from qa.figures.scope import Scope, ahead, governor, note_times, owner_after, silent, topic
from qa.schema import Figure, Passage, Value

Mode = Literal["actual", "planned", "expected"]
_ANY = re.compile(r"[\d一二两三四五六七八九十百千万亿萬億兩数几數幾]")
_CLAUSE = re.compile(r"[,;:。!?\n…]+|——+")
_EXPECTED = re.compile(
    r"预计|预期|预测|估计|有望|将(?:达|实|完|新|投|建|形|超|突|增|带|可|有|为|提|创|于|吸|安|解)|能够"
    r"|可(?:达|实现|新增|提供|带动|年|完成|满足|容纳|安排|解决|吸纳|创造|形成|增加|为|处理|生产|节约|减少|供)"
)
_PLANNED = re.compile(r"计划|拟(?!合|人)|规划(?!局|馆|展)|力争|争取(?!了|到)|确保(?!了)|目标|定在|定为|设计")
_PLAN_WORD = re.compile(r"计划|^拟|规划|目标|设计")
_MOOD = re.compile(r"预计|计划|累计|同比|环比|净增|拟|力争|平均|人均|合计|共计|总计")
_MOOD_AHEAD = re.compile(r"预计|预期|力争")


@dataclass(frozen=True, slots=True)
class _Text:
    """A passage prepared: as written, folded, with times as "|" and non-figures blanked; and its original."""

    raw: str
    original: str
    folded: str
    work: str
    scan: str
    times: list[Timex]
    where: dict[int, str]


def _prepare(text: str, original: str) -> _Text:
    folded = fold(text)
    times = periods.time_expressions(folded, text)
    parts, at = [], 0
    for t in times:
        if t.kind != "compared":
            parts += [folded[at : t.start], "|" * (t.end - t.start)]
            at = t.end
    work = "".join(parts) + folded[at:]
    return _Text(text, original, folded, work, mask(work), times, {})


def extract(passage: Passage, original: str | None = None) -> tuple[Figure, ...]:
    """Every figure of a passage, in order of its place.

    `original` is the text that the passage's offsets point into, from which the figures are
    quoted; None takes the passage's own, for one that is its whole document.
    Numbers in dates, names, slogans and titles are not figures. Nothing is
    guessed: what the text leaves open stays empty. `year` is set where the text
    states it, or where the passage's own stated date decides what 今年 means.
    """
    if not _ANY.search(passage.text):
        return ()
    text = _prepare(passage.text, passage.text if original is None else original)
    found = figures_only(list(quantities(text.scan)), text.scan)
    for rank, where in ranks(text.work):
        text.where[rank.start] = where
        found.append(rank)
    parts = list(fractions(text.scan)) if "分之" in text.scan or "/" in text.scan else []
    if parts:
        parts = [f for f in parts if not any(q.start < f.start < q.end for q in found)]
        found = [q for q in found if not any(f.start < q.end and q.start < f.end for f in parts)] + parts
    if not found:
        return ()
    found.sort(key=lambda q: q.start)
    scope = Scope(passage, passage.date.year if passage.date else None)
    out: list[Figure] = []
    sentences = passage.sentences or ((0, len(passage.text)),)
    near = _near(sentences, found)
    i = 0
    for k, (start, end) in enumerate(sentences):
        first = i
        while i < len(found) and found[i].start < end:
            i += 1
        if k in near:
            _sentence(text, scope, (start, end), found[first:i], out)
        elif i < len(found):
            note_times(scope, [t for t in text.times if start <= t.start < end and t.kind in ("when", "iso")])
    return tuple(out)


def _near(sentences: Sequence[tuple[int, int]], found: list[Quantity]) -> set[int]:
    """Sentences that matter: those with figures and the three before each (70% of a news text do not)."""
    near: set[int] = set()
    i = 0
    for k, (_, end) in enumerate(sentences):
        if i < len(found) and found[i].start < end:
            near.update(range(max(0, k - 3), k + 1))
            while i < len(found) and found[i].start < end:
                i += 1
    return near


def _sentence(
    text: _Text, scope: Scope, span: tuple[int, int], found: list[Quantity], out: list[Figure]
) -> None:
    """Read the clauses of one sentence in order; a new topic ends the period carried so far."""
    scope.begin_sentence()
    spoken = [t for t in text.times if span[0] <= t.start < span[1] and t.kind != "compared"]
    opening = True
    for cs, ce, mark in _clauses(text, *span, found):
        here = [q for q in found if cs <= q.start < ce] if found else []
        times = [t for t in spoken if cs <= t.start < ce]
        if opening and not times:
            subject = topic(scope, text.work[cs : here[0].hedge_start if here else ce])
            if subject and scope.subject and subject != scope.subject:
                scope.period, scope.year = "", None
        if here:
            _clause(text, scope, (cs, ce, span[1]), here, times, out, opening)
        else:
            silent(scope, text.work[cs:ce], times)
            mood = _MOOD_AHEAD.search(text.work, cs, ce)
            scope.mood = mood[0] if mood else scope.mood
        opening = False
        if mark == ";":
            scope.counted = scope.mood = ""


def _clauses(text: _Text, start: int, end: int, found: list[Quantity]) -> Iterator[tuple[int, int, str]]:
    """Ranges of the clauses of one sentence and the mark that ends each; no cut inside a number."""
    at = start
    for m in _CLAUSE.finditer(text.work, start, end):
        if any(q.start < m.start() < q.end for q in found):
            continue
        if m.start() > at:
            yield at, m.start(), m[0][0]
        at = m.end()
    if at < end:
        yield at, end, ""


def _clause(
    text: _Text, scope: Scope, span: tuple[int, int, int], here: list[Quantity],
    times: list[Timex], out: list[Figure], opening: bool,
) -> None:  # fmt: skip
    cs, ce, sentence_end = span
    scope.growth = ""
    lead = text.work[cs : here[0].hedge_start]
    local = _EXPECTED.search(lead) and any("全年" in t.said for t in times)
    saved = (scope.period, scope.year)
    shares = parallel(text.work, cs, here, scope.recent) if len(here) > 1 else {}
    left, used = cs, 0
    start_only: tuple[str, int | None] | None = None
    for i, q in enumerate(here):
        while used < len(times) and times[used].start < q.start:
            start_only = (scope.period, scope.year) if times[used].kind == "from" else start_only
            note_times(scope, [times[used]])
            used += 1
        right = here[i + 1].hedge_start if i + 1 < len(here) else ce
        if opening and i == 0 and (name := ahead(text.work[right:sentence_end])):
            scope.subject = name
        figure = _bind(text, scope, (cs, ce), q, (left, right), i > 0, shares.get(i))
        out.append(figure)
        scope.last, left = figure, q.end
        scope.recent.append(figure.metric)
        if start_only is not None:
            (scope.period, scope.year), start_only = start_only, None
    note_times(scope, times[used:])
    if local and saved[0]:
        scope.period, scope.year = saved


def _bind(
    text: _Text, scope: Scope, clause: tuple[int, int], q: Quantity, gap: tuple[int, int],
    later: bool, share: tuple[str, str] | None,
) -> Figure:  # fmt: skip
    pre, following = text.work[gap[0] : q.hedge_start], text.work[q.end : gap[1]]
    if later:
        pre = re.split(r"[、()]|以及|(?<=.)[和及与](?=.{0,6}$)", pre.removeprefix(scope.after))[-1]
        pre = re.sub(r"^[中内里](?=[有约近已占])", "", pre)
    pre = pre.rstrip(" ")
    if (then := _base_time(text, q)) and scope.last and scope.last.unit == q.unit:
        scope.after = ""
        level = _figure(
            text, scope, clause, q, scope.last.subject, scope.last.metric, scope.last.of, "actual", ()
        )
        return replace(level, period=then.said, year=periods.stated_year(fold(then.said), scope.today))
    grew = _growth(pre, q)
    goal = _GOAL.search(pre) if following.startswith("的") and q.kind != "ratio" else None
    pre = _THAT.sub("", pre)
    found = before(_GROWING.sub("", pre[: len(pre) - len(grew)]) if grew else pre)
    post, said = after(following, bool(found.verb))
    scope.after = post
    named = "" if share or (q.kind == "rank" and found.subject == found.place) else found.subject
    subject = governor(scope, named, not later)
    if found.noun and q.kind in ("money", "measure") and (name := owner_after(scope, following)):
        subject = scope.subject = name
    metric, of, name = metric_of(scope, q, found, post, said, following, pre, later)
    if name and not found.subject:
        if metric == (scope.last.metric if scope.last else None):
            subject += name
        elif not later:
            subject = governor(scope, name, True)
    if grew:
        metric, of = _plain_growth(grew), _grown(scope, found.metric, metric)
    elif q.kind == "ratio" and (part := _PART.search(pre)):
        own = before(pre[: part.start()])
        metric, of = "占" + part[1], own.metric or _grown(scope, "", "")
    elif q.kind == "ratio" and (part := _DONE.search(pre)):
        metric = "完成" + part[1]
    if goal:
        metric, of = goal[1], _grown(scope, "", "")
    elif q.kind == "ratio" and pre == "的" and (last := scope.last) and _PLAN_WORD.search(last.metric):
        metric, of = "占" + last.metric, last.of
    if q.kind == "rank":
        metric, of = _ranked(scope, found.noun, found.place + text.where[q.start])
    if share:
        scope.growth = _plain_growth(grew) or scope.growth
        if share[0] and "分别" in pre and (named := before(pre.rpartition("分别")[2]).metric):
            metric = named
        subject, metric, of = _shared(scope, share, subject, metric, of)
    mode, moods = _mode(scope.mood + text.work[clause[0] : q.start], scope, metric)
    return _figure(text, scope, clause, q, subject, metric, of, mode, moods)


def _base_time(text: _Text, q: Quantity) -> Timex | None:
    """The time whose level a figure gives as the base of a comparison: 较2020年的1105亿元增长16.4%."""
    for t in text.times:
        if t.kind == "compared" and text.work[t.end : q.hedge_start] in ("", "的"):
            return t if t.end <= q.hedge_start and not t.said.endswith("同期") else None
    return None


_GOAL = re.compile(r"占((?:全年|年度|年初|计划|总)?(?:目标|计划|任务|预算)(?:任务|投资|数|值)?)$")
_THAT = re.compile(r"(?:这一|这个|该|上述)(?:数字|数据|指标|数|比例|金额)(?=[是为达有]{0,2}$)")
_GROWING = re.compile(r"(?:计划|预计|将|预期|有望|要|仅|已|每[吨升桶斤年月人户]|实际|[, ])+$")
_DONE = re.compile(r"完成([^,|]{2,}?)的(?:约|近)?$")
_PART = re.compile(
    r"占(?!比|地|用|据|领|有)(?:到|了)?([^,|]*?)(?:的)?(?:比重|比例|份额)?(?:为|是|约|近|超过|超|达到|达|仅|提高到|升至|上升到|下降到|降至|的)*$"
)


def _plain_growth(words: str) -> str:
    return re.sub(r"分别|[|]", "", words).rstrip("了达为约超近")


def _growth(pre: str, q: Quantity) -> str:
    """The words of growth right before a number (同比增长); "" where it is a level."""
    if q.kind not in ("ratio", "money", "count", "measure"):
        return ""
    if q.unit == "百分点" and (beyond := re.search(r"[高低快慢]于[^,|]{2,20}$", pre)):
        return beyond[0]
    m = GROWTH.search(pre)
    if m is None:
        return ""
    alone = not pre[: m.start()].strip(",、|;. ")
    if (
        q.kind != "ratio"
        and not alone
        and not re.match(r"同比|环比|比|较|净增|净减|上调|下调|上涨|下跌", m[0])
    ):
        return ""
    return m[0]


def _grown(scope: Scope, own: str, metric: str) -> str:
    """The metric that grew: the one its words name, else the last level."""
    if own:
        return metric
    last = scope.last
    if last is None:
        return ""
    return last.of if GROWTH.search(last.metric) and last.of else last.metric


def _ranked(scope: Scope, noun: str, where: str) -> tuple[str, str]:
    last = scope.last.metric if scope.last else ""
    return noun + where + "排名", "" if noun and noun not in (
        "总量",
        "总额",
        "增速",
        "增幅",
        "规模",
    ) else last


def _shared(scope: Scope, share: tuple[str, str], subject: str, metric: str, of: str) -> tuple[str, str, str]:
    name, measure = share
    if name:
        subject = name
    if scope.growth:
        return subject, scope.growth, measure or of
    if measure in scope.recent and metric and metric != measure:
        return subject, metric, measure
    if measure:
        return subject, measure, of
    last = scope.last.metric if scope.last else ""
    named = not metric or (is_entity(metric) and metric[-2:] not in ("项目", "企业"))
    return subject, last if named else metric, of


def _mode(lead: str, scope: Scope, metric: str) -> tuple[Mode, tuple[str, ...]]:
    moods = tuple(dict.fromkeys(_MOOD.findall(lead)))
    if _PLANNED.search(lead) or _PLAN_WORD.search(metric):
        return "planned", moods
    return ("expected" if scope.built or _EXPECTED.search(lead) else "actual"), moods


def _figure(
    text: _Text, scope: Scope, clause: tuple[int, int], q: Quantity,
    subject: str, metric: str, of: str, mode: Mode, moods: tuple[str, ...],
) -> Figure:  # fmt: skip
    passage = scope.passage
    start, end = _original(passage, q.start, q.end)
    clause_start, clause_end = _original(passage, *clause)
    said = text.raw[q.start : q.end]
    return Figure(
        passage=passage.id,
        document=passage.document,
        subject=_as_written(text, subject, q.end),
        metric=_as_written(text, metric.replace(BLANK, ""), q.end),
        value=Value(q.value.number, _spelt(q.value.unit, said)),
        number=q.number,
        unit=q.unit,
        quote=text.original[start:end],
        text=said,
        start=start,
        end=end,
        clean_start=q.start,
        clean_end=q.end,
        clause_start=clause_start,
        clause_end=clause_end,
        upper=q.upper,
        qualifier=moods + tuple(w for w in q.qualifier if w not in moods),
        mode=mode,
        period=scope.built or scope.period,
        year=None if scope.built else scope.year,
        of=_as_written(text, of.replace(BLANK, ""), q.end),
    )


def _as_written(text: _Text, phrase: str, before_end: int) -> str:
    """A folded phrase in the letters of the document, where it stands there in one piece."""
    if not phrase or phrase in text.raw:
        return phrase
    at = text.folded.rfind(phrase, 0, before_end + 40)
    return text.raw[at : at + len(phrase)] if at >= 0 else phrase


def _spelt(unit: str, said: str) -> str:
    """A Latin unit in the capitals of the document (MW), any other as folded."""
    at = said.lower().rfind(unit) if unit.isascii() and unit else -1
    return said[at : at + len(unit)] if at >= 0 else unit


def _original(passage: Passage, start: int, end: int) -> tuple[int, int]:
    """The smallest original range of a clean range."""
    first, last = start, end - 1
    while first < last and passage.origin[first] < 0:
        first += 1
    while last > first and passage.origin[last] < 0:
        last -= 1
    return passage.origin[first], passage.origin[last] + 1
