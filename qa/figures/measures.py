"""Which quantities are figures, and what each of them measures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from qa.chinese.numerals import FRACTION, Quantity, fraction, number
from qa.chinese.tags import is_entity, segment, word_class
from qa.chinese.units import base
from qa.figures.binding import Words
from qa.figures.masks import BLANK
from qa.figures.nounphrase import ends_in_measure, split_measure
from qa.figures.scope import Scope
from qa.schema import Value

GROWTH = re.compile(
    r"(?:同比|环比|年均|年平均|平均每年|月均|(?:(?<!占)比|较)(?![重例])[^,|]{1,12}?)?(?:同比|环比)?(?:实际|名义|分别|累计|净|共|只|仅|再|约|大幅|小幅|略|微){0,6}+"
    r"(?:增长|递增|递减|压减|压缩|缩短|增加|增幅|提高|提升|上升|上涨|上浮|下降|下滑|减少|降低|回落|下跌|大跌|大涨|微降|微增|下调|上调|回升|增速|涨幅|跌幅|降幅"
    r"|收窄|扩大|缩小|缩减|减幅|翻|跌|涨|增|降|高出|高|低|多|少|快|慢)"
    r"(?:了|达|为|约|幅度?|率|速|超过|超|近){0,6}+$"
)
_DEMONSTRATIVE = re.compile(r"(?:这|那|该|上述|第|前述|同|各|每|之|另外?|其余|其他)$")
_SURE = frozenset("个家名人次项条户套栋幢座所件台辆艘架场起例亩倍年天岁吨株头只间棵枚张种类")
_RANK = re.compile(
    r"(?P<verb>位居|稳居|位列|名列|排名|排在|跃居|跃升至|跃升到|跃升|升至|上升至|上升到|居于|居|排|列|位次)(?:为|是)?(?P<where>[^,。;、:\d|第]{0,10}?)"
    r"(?P<rank>第(?P<n>[一二三四五六七八九十百]+|\d+)(?:位|名)?|首位|榜首)"
    r"|(?<![\d一二三四五六七八九十])(?P<order>第(?P<m>[一二三四五六七八九十]|\d{1,2}))大(?![家局道桥街会学])(?=[\u4e00-\u9fffa-z])"
)


_HALF = re.compile(
    r"(?<![一二三四五六七八九十百千万亿两过多参大前后上下])(?P<half>一半|半数)"
    r"|(?<=[约近过仅后前了用需至到个])(?P<some>半)个?(?P<unit>世纪|年|个月|小时|天)(?![度报以])"
)
_QUOTED = re.compile(r"\((\d+\.\d+)[,，]\s?([-+]?\d+\.\d+)[,，]\s?([-+]?\d+\.\d+)%\)")


def halves(folded: str) -> Iterator[Quantity]:
    """一半, 半数 and 半年 as quantities: one half, of a unit of time or of the whole."""
    for m in _HALF.finditer(folded):
        if m["half"]:
            value = Value(Decimal("0.5"), "")
            yield Quantity(m.start(), m.end(), value, value.number, "", "ratio", None, (), m.start(), "han")
        else:
            unit = ("个" if m["unit"] == "世纪" else "") + m["unit"]
            name, factor, kind = base(unit)
            half = Decimal("0.5")
            yield Quantity(
                m.start("some"), m.end(), Value(half, unit), half * factor, name, kind or "time", None, (),
                m.start("some"), "han",
            )  # fmt: skip


def stock_quotes(folded: str) -> Iterator[tuple[Quantity, str]]:
    """Price, change and change in percent of 农业银行(3.460, -0.06, -1.70%), each with its metric."""
    for m in _QUOTED.finditer(folded):
        for n, metric in enumerate(("股价", "股价涨跌额", "股价涨跌幅"), 1):
            start, end, share = m.start(n), m.end(n) + (n == 3), n == 3
            value = Value(Decimal(m[n]), "%" if share else "")
            kind = "ratio" if share else ""
            yield Quantity(start, end, value, value.number, value.unit, kind, hedge_start=start), metric


def ranks(folded: str) -> Iterator[tuple[Quantity, str]]:
    """Positions in an order (居全市第一) as quantities in 位, each with the order's extent (全市)."""
    for m in _RANK.finditer(folded):
        if m["order"]:
            yield _ordinal(m.start("order"), m.end("order"), number(m["m"]) or Decimal(1), m.start()), ""
            continue
        place = number(m["n"]) if m["n"] else Decimal(1)
        if place is not None and folded[m.end() : m.end() + 1] not in ("届", "产", "批", "次", "个", "大"):
            yield _ordinal(m.start("rank"), m.end(), place, m.start()), m["where"]


def _ordinal(start: int, end: int, place: Decimal, begins: int) -> Quantity:
    return Quantity(start, end, Value(place, "位"), place, "位", "rank", hedge_start=begins, written="han")


def figures_only(found: list[Quantity], scan: str) -> list[Quantity]:
    """Quantities that count or measure something; list items take the unit of the last (1.6、10.7个百分点)."""  # noqa: E501
    out: list[Quantity] = []
    for q in reversed(found):
        if q.lone and out and q.written == "arabic" and not q.value.unit and not out[-1].lone:
            after = out[-1]
            if scan[q.end : after.hedge_start] in ("、", "和", "及", "与", "或", "/"):
                factor = after.number / after.value.number if after.value.number else Decimal(1)
                q = replace(
                    q, value=Value(q.value.number, after.value.unit), number=q.value.number * factor,
                    unit=after.unit, kind=after.kind, lone=False,
                )  # fmt: skip
        out.append(q)
    return [q for q in reversed(out) if _wanted(q, scan)]


def _wanted(q: Quantity, scan: str) -> bool:
    if q.lone:
        return _lone(q, scan)
    if q.written == "scale" and not q.qualifier and (q.kind != "money" or q.value.unit[0] not in "十百千"):
        return False
    if "数" in q.qualifier or "几" in q.qualifier:
        return False  # 数百人, 几万元: no number
    if q.written == "han" and q.number == q.value.number == 1 and q.kind == "measure" and not q.qualifier:
        return False  # 一斤, 一亩: of each, no amount
    if (
        scan[q.end : q.end + 1] in tuple("级型版强号制")
        and q.qualifier[-1:] != ("以上",)
        and q.kind not in ("money", "ratio")
    ):
        return False
    if q.start and scan[q.start - 1] == "第":
        return False
    if _DEMONSTRATIVE.search(scan, max(0, q.hedge_start - 2), q.hedge_start):
        return q.kind in ("money", "measure", "rate", "ratio")
    if q.written == "han" and q.kind in ("count", "score", "time"):
        return _han_count(q)
    return not (q.value.unit == "大" or (q.value.unit == "年" and q.number >= 1900))


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
    told = re.search(r"(?:指数|系数|率|值|比)?(?:为|至|达|到|报|是)$|指数$|系数$", lead)
    return bool(told) and (not ends or ends in ",。;、)|")


def metric_of(
    scope: Scope, q: Quantity, found: Words, post: str, said: str, following: str, pre: str, later: bool
) -> tuple[str, str, str]:
    """The metric of a figure, what it belongs to, and a name that the words before it leave for the subject."""  # noqa: E501
    noun, verb = _own_words(q, found, pre)
    if q.value.unit.endswith("人") and following.startswith("口"):
        post, said = "人口", ""
    if post and _counts_what_follows(q, noun, following):
        metric, name = _metric_behind(scope, noun, verb, post, said, pre, later)
    else:
        metric, name = verb + noun, ""
        scope.verb = verb if not noun else ""
    if not metric:
        return *_inherited(scope, q, post), name
    first = pre.lstrip("|, ").startswith("其中")
    if first and scope.last and q.unit == scope.last.unit and not ends_in_measure(noun) and q.kind != "count":
        return scope.last.metric, scope.last.of, noun if noun else name
    return metric, _owner(scope, q, found, metric, first), name


def _own_words(q: Quantity, found: Words, pre: str) -> tuple[str, str]:
    """Noun and verb before a number that can name its metric: no mere mood (预计), nothing of 是去年的3倍."""
    if q.unit == "倍" and re.search(r"(?:是|为|相当于|达到?)[^,]{0,60}的$", pre):
        return "", ""
    return "" if found.noun in _MOODS and not found.verb else found.noun, found.verb


def _counts_what_follows(q: Quantity, noun: str, following: str) -> bool:
    """Whether the words behind a number, not the noun before it, say what it counts: 引进项目|36家企业."""
    counts = q.kind in ("count", "time", "measure", "", "score", "ratio")
    of_post = following.startswith("的") and q.kind not in ("time", "ratio")
    return not noun or (counts and not of_post and not ends_in_measure(noun))


def _metric_behind(
    scope: Scope, noun: str, verb: str, post: str, said: str, pre: str, later: bool
) -> tuple[str, str]:
    """The metric that the words behind a number name, and a name that those before it leave for the subject."""  # noqa: E501
    metric = (verb or (scope.verb if later and not noun else "")) + post
    if not verb and said and not later:
        metric = post + said
    scope.verb = verb or (scope.verb if later else "")
    if noun and verb and "、" not in pre and _proper(noun):
        metric = noun + post
    return metric, "" if verb or "、" in pre or not (_proper(noun) or is_entity(noun)) else noun


def _owner(scope: Scope, q: Quantity, found: Words, metric: str, first: bool) -> str:
    """What a metric belongs to beside its subject: 招商项目 of a bare 总投资; `first`: it opens with 其中."""
    of, bare = found.owner, metric in word_class("properties")
    if bare and scope.counted and not found.subject and not of:
        of = scope.counted
    elif first and scope.last:
        of = scope.last.of or scope.last.metric
    if q.kind == "count" and not bare:
        scope.counted = metric
    return of


_MOODS = word_class("moods")


def _proper(text: str) -> bool:
    """Whether a phrase holds a word the dictionary lacks, as names do, or ends like an entity with a name."""
    tokens = segment(text)
    return bool(text) and (any(tag == "x" for _, tag in tokens) or (is_entity(text) and len(tokens) > 1))


def _inherited(scope: Scope, q: Quantity, post: str) -> tuple[str, str]:
    """Metric and its head for a figure whose own words name none: 预计全年可实现75%."""
    last = scope.last
    if scope.pending or last is None:
        return scope.pending or post, ""
    if last.unit in ("%", "百分点", "倍", "番") and GROWTH.search(last.metric) and q.kind != "ratio":
        return last.of, ""
    return last.metric, last.of


def fractions(folded: str) -> Iterator[Quantity]:
    """Fractions in words or figures (三分之一, 1/3) as quantities without unit, to 28 places."""
    for m in FRACTION.finditer(folded):
        value = fraction(m)
        if value is not None and 0 < value < 1:
            yield Quantity(
                m.start(), m.end(), Value(value, ""), value, "", "ratio", None, (), m.start(), "han"
            )


_DIVIDE = re.compile(r"分别|依次")
_JOIN = re.compile(r"^[^,;。]{0,8}?(?:、|和|及|与|以及|,)(?:约|近)?$")


def parallel(work: str, start: int, here: list[Quantity], recent: list[str]) -> dict[int, tuple[str, str]]:
    """Subject and metric that 分别 hands out, by position of the figure: 甲县、乙县分别为3家和5家.

    Without a list of its own, 分别 refers to the metrics of the figures before (`recent`).
    """
    left = start
    for i, q in enumerate(here):
        m = _DIVIDE.search(work, left, q.hedge_start)
        left = q.end
        if not m:
            continue
        run = [i]
        while run[-1] + 1 < len(here) and _JOIN.match(
            work[here[run[-1]].end : here[run[-1] + 1].hedge_start]
        ):
            run.append(run[-1] + 1)
        items = _items(work[start : m.start()], len(run))
        if not items and len(run) > 1 and len(recent) + i >= len(run):
            items = [("", metric) for metric in recent[len(recent) - len(run) :]] if i == 0 else []
        if items:
            return dict(zip(run, items, strict=True))
    return {}


def _items(source: str, n: int) -> list[tuple[str, str]]:
    source = re.sub(r"^.*[|,;:]", "", source.rstrip("|, ").removesuffix("同比").removesuffix("环比")).replace(
        BLANK, ""
    )
    parts = [p for p in re.split(r"、|以及|和|及|与", source) if p]
    if parts:
        parts[0] = re.sub(r"^[把将对](?=.{2})", "", parts[0])
    if parts and not is_entity(parts[0]):
        parts[0] = re.sub(r"^(?:全[区市省县国镇乡村园]|[我本该][区市省县国])(?=.{2})", "", parts[0])
    if n < 2 or len(parts) != n:
        return []
    stem, measure = split_measure(parts[-1])
    if measure and stem:
        others = [len(p) for p in parts[:-1]]
        if len(stem) >= max(others) + 2 and not is_entity(stem):  # 进口、出口|通关时间
            stem, measure = stem[: min(others)], stem[min(others) :] + measure
        parts[-1] = stem
    elif not measure:
        longest = max(len(p) for p in parts[:-1])
        measure = parts[-1][min(len(p) for p in parts[:-1]) :] if len(parts[-1]) >= longest + 2 else ""
        parts[-1] = parts[-1].removesuffix(measure)
        return [("", p + measure) for p in parts] if measure else [_whole(p) for p in parts]
    if all(is_entity(p) for p in parts):
        return [(p, measure) for p in parts]
    head = measure if stem else segment(measure)[-1][0]  # 基础设施、制造业投资
    return [("", p if ends_in_measure(p) else p + head) for p in parts]


def _whole(part: str) -> tuple[str, str]:
    return (part, "") if is_entity(part) or not ends_in_measure(part) else ("", part)
