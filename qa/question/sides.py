"""The two sides of a comparison as complete questions, each with what it shares with the other filled in."""

from __future__ import annotations

import re

from qa.chinese.periods import read_period
from qa.question.query import Query

_ASKED = r"(?:几成|百分之(?:几|多少)|几分之几|多少|几倍|比[重例])"
_WITHIN = re.compile(
    r"^(?P<whole>.+?)(?:里面?|当中|之中|中)[,，]?(?P<part>.+?)占(?:了)?(?:大约|大概|约)?(?:几成|百分之(?:几|多少)|多少|多大比[重例])"
)
_SHARE = re.compile(
    rf"^(?P<part>.+?)(?:占了?|完成了?|达到了?|实现了?|相当于|是)(?P<whole>.+?)的?(?:大约|大概|约)?{_ASKED}"
)
_RATIO = re.compile(r"^(?P<part>.+?)(?:是|为|相当于|达到?了?)(?P<whole>.+?)的?(?:大约|大概|约)?(?:几|多少)倍")
TRAIL = re.compile(
    r"[,，]?(?:哪|谁|相比|比较|比起来|(?:差|多|高|少|低|大|小)(?:出|了)?(?:多少|几)|合计|一共|总共|加起来).*$"
)
_BEFORE = re.compile(
    r"(?:(?:去|上|前)一?年|同期|(?:19|20)\d\d年)(?:的?同期|全年)?|[前头][\d一二三四五六七八九十]+个?月"
    r"|前?[一二三四]个?季度|[上下]半年|全年"
)
_SAID = re.compile(
    r"(?:(?:19|20)\d\d年|[今当本]年)?(?:[前头][\d一二三四五六七八九十]+个?月|\d{1,2}[至到—-]\d{1,2}月份?|前?[一二三四]个?季度|[上下]半年|全年)?"
)
_FASTER = re.compile(r"[增涨](?:长|幅)?得?(?:更|最|比较)?(?:快|慢|猛)")


def sides(query: Query) -> tuple[str, ...]:
    """Two questions, one an operand; none where the question does not name two sides."""
    if query.op == "share" and (m := _WITHIN.search(query.folded)):
        return _complete(m["part"], m["whole"], "", "")
    pattern = _SHARE if query.op == "share" else _RATIO if query.op == "ratio" else None
    if pattern and (m := pattern.search(query.folded)):
        return _complete(m["part"], m["whole"], "", "")
    if len(query.sides) != 2:
        return ()
    one, other = (TRAIL.sub("", s) for s in query.sides)
    unit = query.unit if query.dimension != "percent" else ""
    if _BEFORE.fullmatch(other):
        return f"{one}多少{unit}", f"{_earlier(one, other)}多少{unit}"
    if against := _exchanged(one, other):
        done = _done(query)
        return f"{one}{done}多少{unit}", f"{against}{done}多少{unit}"
    if _FASTER.search(query.folded):
        one, other = f"{one}增速", f"{other}增速"
    elif not read_period(other) and (said := read_period(one).said) and said in one:
        other = said + other
    tail = query.folded.split(query.sides[1], 1)[-1] if query.sides[1] in query.folded else ""
    tail = re.sub(rf"(?:多少|几){query.unit or '个'}", "", tail)
    shared = _ASKING.sub("", tail + query.sides[1][len(TRAIL.sub("", query.sides[1])) :])
    return _complete(one, other, shared, unit)


_ASKING = re.compile(
    r"哪[一个家条座项些]*|谁|更|比较|相比|多少|几|差|[增涨]?得?[快慢]|高出?|多出?|少|大|低|小|长|短|[,，?？]"
)


def _done(query: Query) -> str:
    """What the sides do, said once behind both: 占地 in 一期比二期多占多少亩地."""
    asked = rf"(?:多少|几)(?:{query.unit or '个'})?"
    m = re.search(rf"[多少](?P<verb>[一-龥]{{1,2}}?){asked}(?P<noun>地?)[?]?$", query.folded)
    return m["verb"] + m["noun"] if m and m["verb"] not in ("了", "出", "出了") else ""


def _exchanged(one: str, other: str) -> str:
    """A side with the word that the other stands against exchanged (二期 for 一期, 进口 for 出口).

    >>> _exchanged("二期的建筑面积", "一期")
    '一期的建筑面积'
    """
    size = len(other)
    if not 2 <= size <= 4:
        return ""
    for at in range(len(one) - size, -1, -1):
        there = one[at : at + size]
        if there[-1] == other[-1] and sum(a != b for a, b in zip(there, other, strict=True)) == 1:
            return one[:at] + other + one[at + size :]
    return ""


def _earlier(side: str, other: str) -> str:
    """A side with its period exchanged for the one it is compared with (去年同期, 上一年)."""
    said = max((m[0] for m in _SAID.finditer(side)), key=len, default="")
    year = re.match(r"(?:19|20)\d\d", said)
    if year and other[0] in "去上":
        other = f"{int(year[0]) - 1}年" + said[5:]
    if said in ("全年", "") and "预计" in side:
        side = side.replace("预计", "")
    return side.replace(said, other, 1) if said else other + side


def _complete(one: str, other: str, shared: str, asked: str) -> tuple[str, str]:
    """Give each side the metric or the subject that only the other (or the tail) has."""
    unit = re.search(r"亿元|万元|亩|平方米|公里|家|个|人|户|套|名", shared)
    ask = "多少" + (asked or (unit[0] if unit else ""))
    metric = re.sub(r"的?(?:亿元|万元|平方米|[亩家个人户套名])$", "", shared)
    if not metric and other.endswith("的") and "的" in one[:-1]:
        metric = one.rsplit("的", 1)[1]
        return f"{one}{ask}", f"{other}{metric}{ask}"
    if not metric and "的" not in one and 0 < (at := one.find(other[-2:])) < len(one) - 2:
        other += one[at + 2 :]  # 成宜高铁全长, 贵南高铁
    if one.endswith("的") and "的" in other[:-1]:
        return f"{one}{other.rsplit('的', 1)[1]}{ask}", f"{other}{metric}{ask}"
    return f"{one}{metric}{ask}", f"{other}{metric}{ask}"
