"""What a figure is in relation to another: a growth, a share, a part of a goal, a rank, what 分别 hands out.

Each function gives the metric and what it belongs to (`of`), in folded words.
"""

from __future__ import annotations

import re

from qa.chinese.numerals import Quantity
from qa.chinese.tags import is_entity
from qa.figures.binding import Words, before
from qa.figures.measures import GROWTH
from qa.figures.modes import PLAN_WORD
from qa.figures.scope import Scope

_GOAL = re.compile(r"占((?:全年|年度|年初|计划|总)?(?:目标|计划|任务|预算)(?:任务|投资|数|值)?)$")
_THAT = re.compile(r"(?:这一|这个|该|上述)(?:数字|数据|指标|数|比例|金额)(?=[是为达有]{0,2}$)")
_GROWING = re.compile(r"(?:计划|预计|将|预期|有望|要|仅|已|每[吨升桶斤年月人户]|实际|[, ]){1,12}+$")
_DONE = re.compile(r"完成([^,|]{2,60}?)的(?:约|近)?$")
_PART = re.compile(
    r"占(?!比|地|用|据|领|有)(?:到|了)?([^,|]{0,60}?)(?:的)?(?:比重|比例|份额)?(?:为|是|约|近|超过|超|达到|达|仅|提高到|升至|上升到|下降到|降至|的){0,8}+$"
)


def plain_growth(words: str) -> str:
    """Words of growth without what only leads to their number: 同比增长了 is 同比增长."""
    return re.sub(r"分别|[|]", "", words).rstrip("了达为约超近")


def growth(pre: str, q: Quantity) -> str:
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


def ranked(scope: Scope, noun: str, where: str) -> tuple[str, str]:
    """The metric of a place in an order (全市排名), of its own noun or of the last figure's metric."""
    last = scope.last.metric if scope.last else ""
    of_itself = noun and noun not in ("总量", "总额", "增速", "增幅", "规模")
    return noun + where + "排名", "" if of_itself else last


def shared(scope: Scope, share: tuple[str, str], subject: str, metric: str, of: str) -> tuple[str, str, str]:
    """Subject, metric and what it is of with the name and measure that 分别 hands out (see `parallel`)."""
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


def related(
    scope: Scope, q: Quantity, found: Words, pre: str, grew: str, own: tuple[str, str]
) -> tuple[str, str]:
    """Metric and what it is of where a figure is a growth, a share or a degree of completion, or its own."""
    if grew:
        return plain_growth(grew), _grown(scope, found.metric, own[0])
    if q.kind == "ratio" and (part := _PART.search(pre)):
        return "占" + part[1], before(pre[: part.start()]).metric or _grown(scope, "", "")
    if q.kind == "ratio" and (part := _DONE.search(pre)):
        return "完成" + part[1], own[1]
    return own


def goal_of(pre: str, following: str, q: Quantity) -> str:
    """The goal that a number states where a share of it follows (占全年目标3亿元的60%); else ""."""
    goal = _GOAL.search(pre) if following.startswith("的") and q.kind != "ratio" else None
    return goal[1] if goal else ""


def of_goal(scope: Scope, q: Quantity, pre: str, goal: str, own: tuple[str, str]) -> tuple[str, str]:
    """Metric and what it is of where a figure is, or is a share of, a goal; else its own."""
    if goal:
        return goal, _grown(scope, "", "")
    if q.kind == "ratio" and pre == "的" and (last := scope.last) and PLAN_WORD.search(last.metric):
        return "占" + last.metric, last.of
    return own


def without_pronoun(pre: str) -> str:
    """The words before a number without 这一数字, which stands for a figure before."""
    return _THAT.sub("", pre)


def own_words(pre: str, grew: str) -> str:
    """The words before a number that name its metric: none of those of growth, nor what leads to them."""
    return _GROWING.sub("", pre[: len(pre) - len(grew)]) if grew else pre
