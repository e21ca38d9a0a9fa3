"""Whether a figure is a fact, a plan, an expectation or a mere possibility, by the words before it."""

from __future__ import annotations

import re

from qa.chinese.numerals import Quantity
from qa.schema import Mode

EXPECTED = re.compile(
    r"预计|预期|预测|估计|有望|将(?:达|实|完|新|投|建|形|超|突|增|带|可|有|为|提|创|于|吸|安|解)|能够"
    r"|可(?:达|实现|新增|提供|带动|年|完成|满足|容纳|安排|解决|吸纳|创造|形成|增加|为|处理|生产|节约|减少|供)"
)
_PLANNED = re.compile(
    r"(?<!原)计划(?!生育|单列|》)|拟(?!合|人)|(?<!调查)规划(?!局|馆|展|设计|批前|院|》)|力争"
    r"|争取(?!了|到)|确保(?!了)|目标(?!价格)|定在|定为|(?<!规划)设计(?!院|师|工作|业务)"
    r"|承诺(?:向|提供|[^,|]{0,8}$)|愿意"
)
_ALONG = re.compile(
    r"(?:^|[,:;。“])到20[2-9]\d年|(?<![即会])将(?![近军领士要来]|[^,:;]{1,16}(?:作为|纳入|列入|列为))|(?<![模虚])拟(?![合人])|力争"
    r"|计划(?!生育|单列|》|的)|预计|预期(?!的)|承诺|同意(?!见)|(?:根据|按照?)[^,]{0,24}(?:方案|规划)[》,]|下半年[^,]{0,12}目标"
)
"""Words ahead of a sentence's figures that set all of them in the future, unless a clause says otherwise."""
_EXPECTS = re.compile(r"预计|预期|预测|估计|估算|有望")
_PAST = re.compile(r"已|了(?!解)|同期|去年|上年|截至|完成|此前|曾|达到|现有|共有|累计|表示|介绍|获悉|目前")
_POSSIBLE = re.compile(r"可能(?!性[为是达])|或许|或将|最[高多](?:可|不超过)|不排除")
_IF = re.compile(
    r"如果|假如|假设|倘若|要是|一旦|(?<![宛般])若(?![干尔])"
    r"|(?:^|[,|])以[^,|]{2,20}为例|(?:^|[,|])按[^,|]{2,20}(?:估测|估算)"
)
PLAN_WORD = re.compile(r"(?<!原)计划|^拟|(?<!调查)规划(?!设计)|目标(?!价格)|(?<!规划)设计(?!业务|工作)")
_MOOD = re.compile(r"预计|计划|累计|同比|环比|净增|拟|力争|平均|人均|合计|共计|总计")
_LOOSE = re.compile(
    r"(大约|大概|大致|约|将近|近|至少|至多|最多|最高|超过|不到|逾|几乎)"
    r"(?:占(?:了|到)?|有|在|为|是|需要?|达到?|相当于|(?:可以?)?给予|可达|恢复[到至])$"
)


def loose_hedge(lead: str) -> tuple[str, ...]:
    """A hedge with a verb between it and its number: 约占60%, 大概需要600年."""
    m = _LOOSE.search(lead)
    return ({"大约": "约", "将近": "近"}.get(m[1], m[1]),) if m else ()


def mode_of(lead: str, sentence: str, built: bool, metric: str, q: Quantity) -> tuple[Mode, tuple[str, ...]]:
    """The mode that the words before a number give it, those of its clause first, and its moods."""
    moods = tuple(dict.fromkeys(_MOOD.findall(lead)))
    if _POSSIBLE.search(lead) or _IF.search(sentence):
        return "possible", moods
    share_of_plan = q.kind == "ratio" and re.search(r"完成|占|超过", lead)  # 完成全年目标任务逾六成
    if (_PLANNED.search(lead) or PLAN_WORD.search(metric)) and not share_of_plan:
        return "planned", moods
    if built or EXPECTED.search(lead):
        return "expected", moods
    if (along := _ALONG.search(sentence)) and not share_of_plan and not _PAST.search(sentence[along.end() :]):
        return ("expected" if _EXPECTS.search(sentence) else "planned"), moods
    return "actual", moods
