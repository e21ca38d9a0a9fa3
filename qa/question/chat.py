"""A conversation: complete what a follow-up leaves out, from the turns before it.

Only wording is used: a follow-up that names no subject takes the one before it,
one without a period keeps the period, one without a metric (那湘乡呢？ 预计全年呢？)
keeps the metric. What was resolved is shown as `Answer.resolved`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from qa.chinese.fold import fold
from qa.chinese.periods import read_period
from qa.errors import InputError, check_text
from qa.question.query import ASK, FILLER, read_query
from qa.question.terms import unknown_words
from qa.schema import Answer

_PRONOUN = re.compile(
    r"(?:它们?|他们?|她们?|该(?:区|园区|公司|企业|项目|县|市|镇|所|厂|集团|校|局|部门|中心)"
    r"|这(?:个|家|座|条|所|位)?(?:区|园区|公司|企业|项目|地方|单位|人)?(?=的|有|是|在|一|又|还|去|今|今年|总|占|完)"
    r"|其(?!中|实|他|它|余))"
)
_LEAD = re.compile(r"^(?:那么?|还有|另外|再问|然后|接着|好的?|嗯)[,，、]?")
_ELLIPTIC = re.compile(r"呢(?=[,，?]|$)")
_CLASSIFIER = re.compile(r"(?<=[了有])[个家套户人名条次项亩栋座批](?=[^体人]|$)")
_RATE = re.compile(r"^(?:同比)?(?:增速|增幅|增长率?|涨幅|降幅|占比|比重)(?:多少|是多少)?$")
_GENERIC = re.compile(
    r"预计|预期|计划|实际|目标|完成|达到|实现|可以?|能|会|将|一共|总共|的|了|有|是|为|到|大概|大约|又|数|额|值|情况"
)
_PERIODS = re.compile(
    r"(?:截至|截止)?(?:(?:19|20)\d\d年)?(?:(?:今|去|明|当|前|本)年)?"
    r"(?:\d{1,2}月?\s*[至到—–~-]+\s*\d{1,2}月份?|前\d+个月|前?[一二三四]季度|前三季度|[上下]半年|全年|\d{1,2}月(?:\d{1,2}日)?)?"
)


@dataclass(frozen=True, slots=True)
class Focus:
    """What the last resolved question was about, as written.

    `noun` is the thing counted (几个安置小区: 安置小区), `ask` the asking words.
    """

    subject: str
    period: str
    metric: str
    noun: str
    ask: str


def focus(resolved: str, names: Callable[[str], Iterable[str]]) -> Focus:
    """Take a complete question apart; `names` gives the known names in folded text."""
    text = fold(resolved).rstrip("?。 ")
    subject = _span(text, list(names(text)))
    period = max((m[0] for m in _PERIODS.finditer(text)), key=len, default="")
    ask = next(
        (
            m[0]
            for m in re.finditer(
                r"(?:有|是|为|达)?(?:多少|几)[个家套户人名条次项亩栋座批]?(?:亿元|万元|元)?", text
            )
        ),
        "",
    )
    rest = text
    for part in (subject, period):
        rest = rest.replace(part, " ", 1) if part else rest
    rest = FILLER.sub("", ASK.sub("", rest))
    metric = _CLASSIFIER.sub("", re.sub(r"[\s,，]+", "", rest)).strip("的在是有了")
    return Focus(subject, period, metric, read_query(resolved).noun, ask or "多少")


def _opens_with_name(text: str) -> bool:
    """Whether a question begins with a name of its own, though no such name is known (云岭大桥通车了吗)."""
    return any(len(word) < 12 and text.startswith(word) for word in unknown_words(text))


def _span(text: str, found: list[str]) -> str:
    """The stretch of a question from its first known name to the last joined to it by 的."""
    if not found:
        return ""
    at = sorted((text.index(n), text.index(n) + len(n)) for n in found)
    start, end = at[0]
    for s, e in at[1:]:
        if text[end:s] in ("", "的"):
            end = max(end, e)
    return text[start:end]


def resolve(question: str, last: Focus | None, names: Callable[[str], Iterable[str]]) -> str:
    """The question with what it leaves out filled in; itself where it is complete or comes first.

    >>> known = lambda text: [n for n in ("湘乡经开区", "岳阳经开区") if n in text]
    >>> f = focus("湘乡经开区2017年1—11月固定资产投资多少？", known)
    >>> resolve("预计全年呢？", f, known)
    '湘乡经开区2017年预计全年固定资产投资多少'
    >>> resolve("那岳阳经开区呢？", f, known)
    '岳阳经开区2017年1—11月固定资产投资多少'
    """
    text = _LEAD.sub("", fold(question).strip()).rstrip("?。 ")
    if last is None:
        return question
    own = list(names(text))
    if (found := _PRONOUN.search(text)) and not own and last.subject:
        text = text[: found.start()] + last.subject + text[found.end() :]
        return text
    elliptic = _ELLIPTIC.search(text)
    text = re.sub(r"呢(?=[,，]|$)", "", text)
    period, metric = _parts(text, own)
    if (own or _opens_with_name(text)) and not elliptic and metric:
        return text if "呢" in question else question
    return _compose(text, own, period, metric, last)


def _parts(text: str, own: list[str]) -> tuple[str, str]:
    """Period words and metric words of an incomplete question."""
    period = max((m[0] for m in _PERIODS.finditer(text)), key=len, default="")
    rest = text
    for part in [*own, period]:
        rest = rest.replace(part, " ", 1) if part else rest
    metric = _GENERIC.sub("", FILLER.sub("", ASK.sub("", rest)))
    return period, re.sub(r"[\s,，、个家套户人名条次项亩栋座批]+", "", metric)


def _compose(text: str, own: list[str], period: str, metric: str, last: Focus) -> str:
    subject = "" if own else last.subject
    when = last.period if not period else _year(last.period, period)
    asks = bool(ASK.search(text))
    if not metric:
        head = (own[0] if own else subject) + when
        said = text
        for name in own:
            said = said.replace(name, "", 1)
        return head + said.strip(" ,，") + last.metric + ("" if asks else last.ask)
    if _RATE.match(text):
        return f"{subject}{when}{last.metric}{text.removesuffix('多少')}多少"
    partial = text.startswith("其中") or (
        asks and len(metric) <= 3 and re.search(r"(?:几|多少)[个家户套名条项]$", text)
    )
    carried = (last.noun or last.metric) if partial else ""
    return subject + when + carried + text + ("" if asks else last.ask)


def _year(before: str, new: str) -> str:
    """What of the period before still holds beside a new one: its year."""
    if read_period(new).year or read_period(new).relative:
        return ""
    year = re.search(r"(?:19|20)\d\d年|[今去明当]年", before)
    return year[0] if year and not year[0].startswith("去") else ""


@dataclass
class Chat:
    """One conversation over a knowledge base; `turns` holds the answers so far."""

    ask_resolved: Callable[[str, str, int, float | None, bool], Answer]
    names: Callable[[str], Iterable[str]]
    turns: list[Answer] = field(default_factory=list)
    _how: tuple[int, float | None] = field(default=(3, None), init=False, repr=False)

    def ask(
        self, question: str, k: int = 3, min_confidence: float | None = None, explain: bool = False
    ) -> Answer:
        """Answer `question`, read in the light of the turns before it; see `KnowledgeBase.ask`."""
        check_text(question, "The question")
        last = focus(self.turns[-1].resolved, self.names) if self.turns else None
        resolved = resolve(question, last, self.names)
        answer = self.ask_resolved(question, resolved, k, min_confidence, explain)
        self.turns.append(answer)
        self._how = k, min_confidence
        return answer

    def why(self) -> Answer:
        """The last answer again, with its explanation. Raises InputError before the first question."""
        if not self.turns:
            raise InputError("Nothing has been asked yet. Ask first, then why.")
        last = self.turns[-1]
        return self.ask_resolved(last.question, last.resolved, *self._how, True)
