"""Figures: every number of a passage bound to who, what and when.

Numbers are read by `numerals`, time by `timex`, the words around them by
`binding`; here they are joined clause by clause. What a clause leaves out
(subject, period, metric) is carried from the clauses before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from . import timex
from .binding import after, before, is_entity, metric_head, words
from .fold import fold
from .masks import BLANK, mask
from .numerals import Quantity, quantities
from .schema import Figure, Passage, Value
from .timex import Timex

_ANY = re.compile(r"[\d一二两三四五六七八九十百千万亿数几]")
_CLAUSE = re.compile(r"[,;:。!?\n…]+|——+")
_EXPECTED = re.compile(
    r"预计|预期|预测|估计|有望|将(?:达|实|完|新|投|建|形|超|突|增|带|可|有|为|提|创|于|吸|安|解)|可(?:达|实现|新增|提供|带动|年|完成|满足|容纳|安排|解决|吸纳|创造|形成|增加|为|处理|生产|节约|减少|供)|能够|(?:到|至)\|+(?=.*(?:达|超|突破))"
)
_PLANNED = re.compile(r"计划|拟(?!合|人)|规划(?!局|馆|展)|力争|争取(?!了|到)|确保(?!了)|目标|定在|定为|设计")
_MOOD = re.compile(r"预计|计划|累计|同比|环比|净增|拟|力争|平均|人均|合计|共计|总计")
_GROWTH = re.compile(
    r"(?:同比|环比|年均|年平均|平均每年|月均|同期|(?:比|较)[^,]{1,12}?)?(?:实际|名义|分别|累计|净|共|只|仅|再|约)*"
    r"(?:增长|增加|增幅|提高|提升|上升|上涨|上浮|下降|下滑|减少|降低|回落|下跌|大跌|大涨|微降|微增|下调|上调|回升|增速|涨幅|跌幅|降幅|收窄|扩大|缩小|缩减|减幅|翻|跌|涨|增|降|高出|多|少)"
    r"(?:了|达|到了?|为|约|幅度?|率|速|超过|超|近)*$"
)
_DEMONSTRATIVE = re.compile(r"(?:这|那|该|上述|第|前述|同|各|每|之)$")
_BARE = re.compile(r"^(?:该|我|本|全|这个|此)?(?:区|市|县|镇|园区?|经开区|高新区|开发区|新区|园|乡|街道|州|省)$|^(?:园区|全园|我们园区)$")
_ANAPHOR = re.compile(r"^(?:该|这家|这个|本|此|这一|上述|公司|其)(.*)$")
_PROPERTY_SEP = (",", "、", "")


@dataclass(slots=True)
class _Scope:
    """What is carried from clause to clause of one passage."""

    passage: Passage
    today: int | None
    subject: str = ""
    period: str = ""
    year: int | None = None
    built: str = ""
    last: Figure | None = None
    counted: str = ""
    verb: str = ""
    pending: str = ""
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Text:
    """A passage prepared: as written, folded, with times as "|" and non-figures blanked."""

    raw: str
    folded: str
    work: str
    scan: str
    times: list[Timex]


def _prepare(text: str) -> _Text:
    folded = fold(text)
    times = timex.find(folded, text)
    parts, at = [], 0
    for t in times:
        if t.kind != "compared":
            parts += [folded[at : t.start], "|" * (t.end - t.start)]
            at = t.end
    work = "".join(parts) + folded[at:]
    return _Text(text, folded, work, mask(work), times)


def _wanted(q: Quantity, scan: str) -> bool:
    """Whether a quantity is a figure: it counts or measures something."""
    if q.lone:
        return _lone(q, scan)
    if q.written == "scale" and not q.qualifier:
        return False
    following = scan[q.end : q.end + 1]
    if following and following in "级型版强号后制" and not q.qualifier[-1:] == ("以上",):
        return False
    if _DEMONSTRATIVE.search(scan, max(0, q.hedge_start - 2), q.hedge_start):
        return q.kind in ("money", "measure", "rate") and scan[q.hedge_start - 1] not in "第"
    if q.written == "han" and q.kind in ("count", "score", "time"):
        return _han_count(q)
    if q.value.unit in ("年", "分", "点", "大", "部", "手", "本") and q.written == "arabic":
        if q.value.unit == "大" or (q.value.unit == "年" and q.number >= 1900):
            return False
    return True


_SURE = frozenset("个家名人次项条户套栋幢座所件台辆艘架场起例亩倍年天岁吨株头只间棵枚张种类")


def _han_count(q: Quantity) -> bool:
    unit = q.value.unit
    if q.value.number == 1:
        return False
    if unit == "大":
        return q.value.number > 2
    return unit[-1:] in _SURE or len(unit) > 1 or bool(q.qualifier) or q.value.number >= 20


def _lone(q: Quantity, scan: str) -> bool:
    if q.written != "arabic" or q.value.unit:
        return bool(q.value.unit) and q.written == "arabic"
    ends = scan[q.end : q.end + 1]
    lead = scan[max(0, q.hedge_start - 4) : q.hedge_start]
    return bool(re.search(r"(?:指数|系数|率|值|比)?(?:为|至|达|到|报|是)$|指数$|系数$", lead)) and (
        not ends or ends in ",。;、)|"
    )


def _share_units(found: list[Quantity], scan: str) -> list[Quantity]:
    """Give numbers of a list the unit of its last one: 1.6、10.7、25.8个百分点."""
    out: list[Quantity] = []
    for q in reversed(found):
        if q.lone and out and q.written == "arabic" and not q.value.unit:
            nxt = out[-1]
            if not nxt.lone and scan[q.end : nxt.hedge_start] in ("、", "和", "及", "与", "或"):
                q = Quantity(
                    q.start, q.end, Value(q.value.number, nxt.value.unit),
                    q.number * (nxt.number / nxt.value.number if nxt.value.number else 1),
                    nxt.unit, nxt.kind, None, q.qualifier, q.hedge_start, q.written,
                )  # fmt: skip
        out.append(q)
    return [q for q in reversed(out) if _wanted(q, scan)]


def _clauses(text: _Text, start: int, end: int, found: list[Quantity]) -> Iterator[tuple[int, int, str]]:
    """Ranges of the clauses of one sentence and the mark that ends each."""
    inside = [(q.start, q.end) for q in found]
    at = start
    for m in _CLAUSE.finditer(text.work, start, end):
        if any(s < m.start() < e for s, e in inside):
            continue
        if m.start() > at:
            yield at, m.start(), m[0][0]
        at = m.end()
    if at < end:
        yield at, end, ""


def extract(passage: Passage) -> tuple[Figure, ...]:
    """Every figure of a passage, in order of its place.

    Numbers in dates, names, slogans and titles are not figures. Nothing is
    guessed: what the text leaves open stays empty.
    """
    if not _ANY.search(passage.text):
        return ()
    text = _prepare(passage.text)
    found = _share_units(list(quantities(text.scan)), text.scan)
    scope = _Scope(passage, passage.date.year if passage.date else None)
    out: list[Figure] = []
    for start, end in passage.sentences or ((0, len(passage.text)),):
        here = [q for q in found if start <= q.start < end]
        _sentence(text, scope, start, end, here, out)
    return tuple(out)


def _sentence(
    text: _Text, scope: _Scope, start: int, end: int, found: list[Quantity], out: list[Figure]
) -> None:
    scope.counted, scope.verb, scope.pending, scope.built = "", "", "", ""
    first = True
    for cs, ce, mark in _clauses(text, start, end, found):
        here = [q for q in found if cs <= q.start < ce]
        times = [t for t in text.times if cs <= t.start < ce and t.kind != "compared"]
        if first and not times:
            subject = _topic(text, scope, cs, ce, here)
            if subject and subject != scope.subject and scope.subject:
                scope.period, scope.year = "", None
        first = False
        if here:
            _clause(text, scope, (cs, ce, mark), here, times, out)
        else:
            _silent(text, scope, cs, ce, times)
        if mark in (";", "。"):
            scope.counted = ""


def _topic(text: _Text, scope: _Scope, cs: int, ce: int, here: list[Quantity]) -> str:
    stop = here[0].hedge_start if here else ce
    found = before(text.work[cs:stop]).subject
    return _subject(found, scope) if found else ""


def _silent(text: _Text, scope: _Scope, cs: int, ce: int, times: list[Timex]) -> None:
    """A clause without figures: it may name the subject or the period of the next."""
    _note_times(scope, times, False)
    phrase = before(text.work[cs:ce])
    if name := _subject(phrase.subject, scope):
        scope.subject = name
    scope.pending = phrase.noun if metric_head(phrase.noun) >= 0 else ""


def _note_times(scope: _Scope, times: list[Timex], local: bool) -> None:
    for t in times:
        if t.kind == "built":
            scope.built = t.said
            continue
        if not local:
            scope.built = ""
            year = timex.stated_year(fold(t.said), scope.today)
            scope.year = year if year is not None else (scope.year if t.kind in ("when", "day") else None)
            if any(w in t.said for w in ("去年", "今年", "明年", "上年", "前年")) and year is None:
                scope.year = None
            scope.period = t.said


def _subject(name: str, scope: _Scope) -> str:
    """What a noun phrase names as a subject: itself, or what it refers back to; "" if it names none."""
    name = name.strip(" ,的、“”\"'").rpartition("中的")[2]
    if not name or len(name) > 28 or BLANK in name:
        return ""
    if _BARE.match(name):
        return scope.passage.subject or name
    if m := _ANAPHOR.match(name):
        kind = m[1][-2:]
        for known in reversed(scope.names):
            if kind and known.endswith(kind):
                return known
        return scope.subject or scope.passage.subject
    if name in _NOT_SUBJECTS or metric_head(name) == 0:
        return ""
    if is_entity(name) or 2 <= len(name) <= 12:
        if is_entity(name):
            scope.names.append(name)
        return name
    return ""


_NOT_SUBJECTS = frozenset(
    "先后 我们 他们 记者 数据 其中 目前 同时 这里 这个 一个 这些 那些 他 她 它 我 你 你们 大家 有的 此次 本次 当天 现场 情况 全年 结果 问题 时间 一般 平均 至今 总体 整体 每年 每月 每天 免费 促动".split()
)


def _clause(
    text: _Text, scope: _Scope, span: tuple[int, int, str], here: list[Quantity], times: list[Timex], out: list[Figure]
) -> None:
    cs, ce, _ = span
    lead = text.work[cs : here[0].hedge_start]
    local = bool(times) and bool(_EXPECTED.search(lead)) and "全年" in "".join(t.said for t in times)
    saved = (scope.period, scope.year)
    left, prev = cs, None
    used = 0
    parallel = _parallel(text, scope, cs, here)
    for i, q in enumerate(here):
        while used < len(times) and times[used].start < q.start:
            _note_times(scope, [times[used]], False)
            used += 1
        right = here[i + 1].hedge_start if i + 1 < len(here) else ce
        figure = _bind(text, scope, (cs, ce), q, left, right, prev, parallel.get(i))
        out.append(figure)
        scope.last, prev, left = figure, q, q.end
    _note_times(scope, times[used:], False)
    if local:
        scope.period, scope.year = saved


def _parallel(text: _Text, scope: _Scope, cs: int, here: list[Quantity]) -> dict[int, str]:
    """Items that 分别 hands out to the figures after it, by position of the figure."""
    lead = text.work[cs : here[0].hedge_start]
    at = lead.rfind("分别")
    if at < 0 or len(here) < 2:
        return {}
    source = lead[:at] or ""
    items = re.split(r"[、和及与]|以及", source.rpartition("|")[2])
    items = [i.strip() for i in items if i.strip()]
    if len(items) != len(here):
        return {}
    tail = _common_tail(items)
    return {i: item + ("" if i == len(items) - 1 else tail) for i, item in enumerate(items)}


def _common_tail(items: list[str]) -> str:
    """What the last item shares with the others: 产学研平台 in 国家、省、市产学研平台."""
    longest = max(len(i) for i in items[:-1])
    last = items[-1]
    if len(last) < longest + 2:
        return ""
    at = min(longest, max(1, min(len(i) for i in items[:-1])))
    return last[at:]


def _bind(
    text: _Text, scope: _Scope, clause: tuple[int, int], q: Quantity, left: int, right: int,
    prev: Quantity | None, item: str | None,
) -> Figure:  # fmt: skip
    pre = text.work[left : q.hedge_start]
    if prev is not None:
        pre = re.split(r"[、(]|以及|(?<=.)[和及与](?=.{0,6}$)", pre)[-1]
        pre = re.sub(r"^\)", "", pre)
    post_text = text.scan[q.end : right] if q.end < right else ""
    post, said = after(post_text)
    plain = pre.replace("|", "")
    grew = _GROWTH.search(plain) if q.kind in ("ratio", "money", "count", "measure") else None
    if grew and q.kind != "ratio" and not re.match(r"同比|环比|比|较", grew[0]):
        grew = None
    found = before(pre[: len(pre) - len(grew[0])] if grew and pre.endswith(grew[0]) else pre)
    subject = _governor(scope, found.subject, prev is None, post_text, bool(found.metric))
    metric, of = _metric(scope, q, found, post, said, post_text, pre, prev is not None)
    if grew:
        of = metric if found.metric else (scope.last.of or scope.last.metric if scope.last and _is_growth(scope.last) else (scope.last.metric if scope.last else ""))
        metric = re.sub(r"(?:了|达|到|为|约|超过|超|近|分别)+$", "", grew[0])
        metric = metric.replace("分别", "")
    if item:
        if is_entity(item) and not grew:
            subject = item
        elif grew:
            of = item
        else:
            metric = item
    mode, moods = _mode(text.work[clause[0] : q.start], scope, metric)
    return _figure(text, scope, clause, q, subject, metric, of, mode, moods)


def _is_growth(figure: Figure) -> bool:
    return figure.unit in ("%", "百分点", "倍") and bool(_GROWTH.search(figure.metric))


def _governor(scope: _Scope, named: str, first: bool, post: str, has_metric: bool) -> str:
    """The subject of a figure: of its own clause, else the one carried."""
    if has_metric and post.startswith("的"):
        m = re.match(r"的([^,。;:、|的]{2,20})", post)
        noun = after(m[1])[0] if m else ""
        if noun and is_entity(noun) and noun not in ("企业", "项目", "公司"):
            scope.subject = noun
            scope.names.append(noun)
            return noun
    name = _subject(named, scope) if named else ""
    if name and (first or is_entity(name)):
        scope.subject = name
    return scope.subject or scope.passage.subject


def _metric(
    scope: _Scope, q: Quantity, found: object, post: str, said: str, post_text: str, pre: str, later: bool
) -> tuple[str, str]:
    """The metric of a figure and what it belongs to."""
    from .binding import Words

    assert isinstance(found, Words)
    noun, verb = found.noun, found.verb
    counts = q.kind in ("count", "time", "measure", "", "score")
    if post and (not noun or (counts and not post_text.startswith("的") and metric_head(noun) < 0)):
        metric = (verb or (scope.verb if later and not noun else "")) + post
        if not verb and said and not later:
            metric = post + said
        scope.verb = verb or (scope.verb if later else "")
    else:
        metric = verb + noun
        scope.verb = verb if noun == "" else ""
    if not metric:
        metric = scope.pending or (scope.last.metric if scope.last else "") or post
        return metric, scope.last.of if scope.last and metric == scope.last.metric else ""
    of = ""
    bare = metric in words("properties")
    if bare and scope.counted and not found.subject:
        of = scope.counted
    elif pre.lstrip("|, ").startswith("其中") and scope.last:
        of = scope.last.of or scope.last.metric
    if q.kind == "count" and not bare:
        scope.counted = metric
    return metric, of


def _mode(
    lead: str, scope: _Scope, metric: str
) -> tuple[Literal["actual", "planned", "expected"], tuple[str, ...]]:
    moods = tuple(dict.fromkeys(_MOOD.findall(lead)))
    if _PLANNED.search(lead) or _PLANNED.search(metric):
        return "planned", moods
    if _EXPECTED.search(lead) or scope.built:
        return "expected", moods
    return "actual", moods


def _figure(
    text: _Text, scope: _Scope, clause: tuple[int, int], q: Quantity,
    subject: str, metric: str, of: str, mode: Literal["actual", "planned", "expected"], moods: tuple[str, ...],
) -> Figure:  # fmt: skip
    passage = scope.passage
    start, end = _original(passage, q.start, q.end)
    cstart, cend = _original(passage, *clause)
    return Figure(
        passage=passage.id,
        document=passage.document,
        subject=subject,
        metric=metric.replace(BLANK, ""),
        value=Value(q.value.number, _spelt(q.value.unit, text.raw[q.start : q.end])),
        number=q.number,
        unit=q.unit,
        quote=text.raw[q.start : q.end],
        start=start,
        end=end,
        clean_start=q.start,
        clean_end=q.end,
        clause_start=cstart,
        clause_end=cend,
        upper=q.upper,
        qualifier=moods + q.qualifier,
        mode=mode,
        period=scope.built or scope.period,
        year=None if scope.built else scope.year,
        of=of.replace(BLANK, ""),
    )


def _spelt(unit: str, quote: str) -> str:
    """A Latin unit in the capitals of the document (MW), any other as folded."""
    at = quote.lower().rfind(unit) if unit.isascii() and unit else -1
    return quote[at : at + len(unit)] if at >= 0 else unit


def _original(passage: Passage, start: int, end: int) -> tuple[int, int]:
    """The smallest original range of a clean range."""
    places = [o for o in passage.origin[start:end] if o >= 0]
    return (places[0], places[-1] + 1) if places else (passage.start, passage.start)
