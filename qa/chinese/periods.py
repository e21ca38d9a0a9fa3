"""Time expressions of Chinese reports, the period that one speaks of, and whether two can be the same.

All patterns work on folded text (Simplified, half-width, lower case). Everything is kept as said,
nothing is resolved to a calendar: a relative period (今年, 去年) gets no year here. Months are a
closed range: 前三季度 is 1 to 9, 一季度 1 to 3, 全年 1 to 12.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_D = r"\d{1,2}"
_HAN_SAID = r"(?:[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_N_SAID = rf"(?:{_D}|{_HAN_SAID})"
_TO_SAID = r"\s*(?:-{1,2}|—{1,2}|–|~|至|到|、)\s*"
_YEAR_SAID = (
    r"(?:(?<!\d)(?:19|20)\d{2}|[一二][〇零○九][〇零○一二三四五六七八九]{2})\s*"
    rf"(?:(?:年|年度)?{_TO_SAID}(?:19|20)\d{{2}}\s*)?(?:年度|年)(?![来内多])"
)
_RELATIVE_SAID = r"(?:去年同期|上年同期|今年|去年|明年|前年|后年|当年|本年度|本年|上年度|上年|上一年|同年|来年|次年|年内|同期)(?!轻)"  # noqa: E501
_PLAN = r"[“\"]?十[一二三四]?五[”\"]?(?:规划)?(?:期间|时期|末|以来)|[“\"]十[一二三四]?五[”\"](?!规划|纲要|发展|收官|开局)"  # noqa: E501
_MONTH_SAID = (
    rf"(?<![\d.]){_N_SAID}\s*(?:月份?)?{_TO_SAID}{_N_SAID}\s*月份?|(?<![\d.]){_N_SAID}\s*月(?!球)份?"
)
_DAY_SAID = rf"(?:{_D}|{_HAN_SAID})\s*(?:日|号)?{_TO_SAID}{_N_SAID}\s*[日号]|{_N_SAID}\s*[日号](?![内均产])"
_PART = (
    r"前[一二三四五六七八九十\d]{1,2}个?(?:月|季度)|第?[一二三四1-4](?:、[二三四])?季度|[一二三四1-4]至[一二三四1-4]季度"
    r"|[上下]半年|全年度?|半年度|年度(?=报告|累计)|\d{4}h[12]|(?<![a-z])q[1-4]|[上下]个?月|本月|当月|本季度?|第?[一二三四]季"
)
_TAIL = r"(?:以?来(?!自|源|到|临)|上旬|中旬|下旬|上半月|下半月|年底前|底前|末前|月底|年底|年末|年初|底|末|初|年中|止|期间|前后|春节前)"  # noqa: E501
_WHEN = rf"(?:{_YEAR_SAID}|{_RELATIVE_SAID}|{_PLAN})"
_SPAN = r"(?:近|过去|最近|未来|今后|此前|前)(?:的)?[一二两三四五六七八九十几数\d]{1,3}(?:个月|年|天|个季度)(?:多)?(?:来|里|间|内)?"  # noqa: E501
_SINCE = r"[一二两三四五六七八九十几\d]{1,3}(?:多|余)?(?:年|个多?月|天)(?:多)?(?:以?来)(?!自)"
_NOW = r"截至目前|截止目前|目前为止|目前|当前|如今|现阶段|近年来|近日|日前|昨日|昨天|当日|当天|本周|上周|年底前|年底|年末|年前|年初|期末|报告期内?|新冠疫情期间"  # noqa: E501
_BUILT = (
    r"(?:(?:项目|工程|园区|该项目|一期|二期|三期)?(?:全面|全部|整体|正式|完全)?"
    r"(?:建成|投产|达产|投运|建好|竣工|满产|投入使用|投入运营|投用)(?:达产|投产|运营|投用|使用|达效|达标)?(?:以?后))"
)


@cache
def _pattern() -> re.Pattern[str]:
    """Compiled when first used: reading a question needs none of it (10 ms)."""
    # The look-ahead names every character that an expression can begin with: without it the
    # alternatives are tried at each character, and finding times took a third of the extraction.
    return re.compile(
        r"(?=[\d一二三四五六七八九十两几数今去明前后当本上下同来次年“\"第全半近过最未此截自从到至目如现昨项工园该正整完建投达竣满新报期q])"
        rf"(?:(?P<iso>(?<!\d)(?:19|20)\d\d[-/.]{_D}[-/.]{_D}(?!\d))"
        r"|(?P<event>(?:自从?|从)(?!治|主|动|身|然|己|贸|来|有|愿|觉)[^,。;、:|\d]{2,22}?以来)"
        rf"|(?P<when>(?:截至|截止|截止到|自|自从|从|到|至)?\s*(?:"
        rf"{_WHEN}(?:的|底的|,)?\s*(?:{_PART}|(?:{_MONTH_SAID})\s*(?:{_DAY_SAID})?|(?:{_DAY_SAID}))?|(?:{_MONTH_SAID})\s*(?:{_DAY_SAID})?|{_PART})"
        rf"\s*{_TAIL}?(?:以来|止|起)?)"
        rf"|(?P<span>{_SPAN}|{_SINCE})"
        rf"|(?P<built>{_BUILT})"
        rf"|(?P<now>{_NOW})"
        rf"|(?P<day>(?:截至|截止|自|至)?(?<![\d.\-]){_D}日(?![内均产报])))"
    )


_STATED = re.compile(r"(?:19|20)\d{2}")
_HAN_YEAR = re.compile(r"[一二][〇零○九][〇零○一二三四五六七八九]{2}(?=年)")
_DIGIT = {c: str(i) for i, c in enumerate("零一二三四五六七八九")} | {"〇": "0", "○": "0"}
_OFFSET_SAID = {"今年": 0, "本年": 0, "去年": -1, "上年": -1, "明年": 1, "前年": -2, "年内": 0}
# 同期 and 上年 inside 比上年增长 name what is compared with, not when the figure was reported.
_COMPARED = re.compile(r"(?:比|较|相比|相较于?|同比|超过|为|是|占)(?:于)?$")


_FOUNDED = frozenset(("建于", "立于", "办于", "生于", "设于", "造于", "植于"))


@dataclass(frozen=True, slots=True)
class Timex:
    """A time expression `said` at `[start, end)`; `kind` is the pattern's group.

    "when" and "iso" are calendar time, "span" a stretch (近三年, 4年来), "now" an
    unspecified present (目前), "built" a condition that lies ahead (建成后), "day" a
    bare day, "from" a start that is left at once (从2015年的), "compared" a base of comparison (比上年, 同期).
    """  # noqa: E501

    start: int
    end: int
    said: str
    kind: str


def find(folded: str, text: str) -> list[Timex]:
    """Every time expression of a folded text, in order, in the wording of `text` (same length)."""
    found = []
    for m in _pattern().finditer(folded):
        start, end, kind = m.start(), m.end(), m.lastgroup or ""
        while end > start and folded[end - 1] in " ,的":
            end -= 1
        while start < end and folded[start] == " ":
            start += 1
        if folded[start] in "从到至由" and kind == "when":
            kind = "from" if folded[start] in "从由" else kind
            start += 1
        elif kind == "when" and start and folded[start - 1] in "从由":
            kind = "from"
        if kind in ("when", "from") and (
            _COMPARED.search(folded, max(0, start - 3), start)
            or (m[0].endswith("同期") and len(m[0]) == 2)
            or folded[start - 2 : start] in _FOUNDED
        ):
            kind = "compared"
        found.append(Timex(start, end, text[start:end], kind))
    return found


def stated_year(folded: str, today: int | None) -> int | None:
    """The year that an expression states, or means where the text states its own year `today`.

    >>> stated_year("2017年1—11月", None), stated_year("去年", 2019), stated_year("去年", None)
    (2017, 2018, None)
    """
    if m := _STATED.search(folded):
        return int(m[0])
    if m := _HAN_YEAR.search(folded):
        return int("".join(_DIGIT[c] for c in m[0]))
    if today is not None:
        for word, offset in _OFFSET_SAID.items():
            if word in folded:
                return today + offset
    return None


_HAN = {c: i for i, c in enumerate("零一二三四五六七八九十")} | {"十一": 11, "十二": 12, "两": 2}
_N = r"(\d{1,2}|十[一二]?|[一二三四五六七八九两])"
_TO = r"(?:月份?)?\s*(?:至|到|[-—–－~～]+)\s*"
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)\s*年?")
_RELATIVE = re.compile(r"今年|去年|明年|当年|前年|本年|上年|次年|同年")
_RANGE = re.compile(rf"{_N}{_TO}{_N}\s*月")
_FIRST = re.compile(rf"[前头]{_N}个?月")
_QUARTERS = re.compile(r"(前|第)?([一二三四1-4])(?:个)?季度")
_HALF = re.compile(r"([上下])半年")
_DAY = re.compile(rf"(?<![\d.]){_N}\s*月\s*(\d{{1,2}}|[一二三十]{{1,3}})\s*[日号]")
_MONTH = re.compile(rf"(?<![\d.]){_N}\s*月(?:份|底|初|中旬|上旬|下旬)?")
_WHOLE = re.compile(
    r"全年(?!目标|计划|任务|预算)|年度(?!计划|投资|目标|任务|预算|考核)|年终|年末|年底|整年|一整年"
)
_LONE_YEAR = re.compile(r"^\s*((?:19|20)\d\d)\s*$")


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time as far as a text states it; every field may be unknown.

    `whole` says that the year as a whole is meant in so many words (全年, 年终).
    """

    said: str = ""
    year: int | None = None
    relative: str = ""
    first: int | None = None
    last: int | None = None
    day: int | None = None
    whole: bool = False

    def __bool__(self) -> bool:
        return bool(self.year or self.relative or self.first or self.whole)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _HAN.get(text, 0)


def _months(text: str) -> tuple[int | None, int | None, int | None, str]:
    """First and last month, day and the words they stand in, of folded text."""
    if m := _RANGE.search(text):
        return _number(m[1]), _number(m[2]), None, m[0]
    if m := _FIRST.search(text):
        return 1, _number(m[1]), None, m[0]
    if m := _QUARTERS.search(text):
        n = _number(m[2])
        return (1 if m[1] == "前" else 3 * n - 2), 3 * n, None, m[0]
    if m := _HALF.search(text):
        return (1, 6, None, m[0]) if m[1] == "上" else (7, 12, None, m[0])
    if m := _DAY.search(text):
        return _number(m[1]), _number(m[1]), (int(m[2]) if m[2].isdigit() else None), m[0]
    if m := _MONTH.search(text):
        return _number(m[1]), _number(m[1]), None, m[0]
    return None, None, None, ""


def read_period(text: str) -> Period:
    """The first period in folded (Simplified, half-width) text; an empty one where there is none.

    >>> read_period("2017年1—11月").last
    11
    >>> read_period("前三季度固定资产投资")
    Period(said='前三季度', year=None, relative='', first=1, last=9, day=None, whole=False)
    >>> bool(read_period("总投资多少"))
    False
    """
    year = _YEAR.search(text) if "年" in text else _LONE_YEAR.match(text)
    relative = _RELATIVE.search(text)
    first, last, day, words = _months(text)
    whole = _WHOLE.search(text)
    if first is None and whole:
        first, last = 1, 12
    said = [m[0] for m in (year, relative) if m] + ([words] if words else []) + ([whole[0]] if whole else [])
    return Period(
        "".join(said),
        int(year[1]) if year else None,
        relative[0] if relative else "",
        first,
        last,
        day,
        bool(whole),
    )


def clash(asked: Period, found: Period) -> float:
    """How surely two periods differ: 0 they may be the same, 1 they cannot be.

    A stated year against another, or a stated range of months against another,
    clashes fully; a year against a part of that year by half.

    >>> clash(read_period("1至9月"), read_period("今年1至10月"))
    1.0
    >>> clash(read_period("2017年"), read_period("2017年1—11月"))
    0.5
    """
    if not asked or not found:
        return 0.0
    if asked.year and found.year and asked.year != found.year:
        return 1.0
    if asked.relative and found.relative and not _same_relative(asked.relative, found.relative):
        return 1.0
    if asked.first and found.first:
        if (asked.first, asked.last) != (found.first, found.last):
            return 1.0
        return 1.0 if asked.day and found.day and asked.day != found.day else 0.0
    if asked.year and not asked.first and found.first and (found.first, found.last) != (1, 12):
        return 0.0 if found.first == found.last else 0.5
    return 0.0


_OFFSET = {"今年": 0, "本年": 0, "去年": -1, "上年": -1, "明年": 1, "前年": -2}


def offset(relative: str) -> int | None:
    """How many years after the year of writing a relative year lies; None where it depends on the text.

    >>> offset("去年"), offset("当年")
    (-1, None)
    """
    return _OFFSET.get(relative)


def _same_relative(one: str, other: str) -> bool:
    now = {"今年", "当年", "本年", "同年"}
    past = {"去年", "上年"}
    coming = {"明年", "次年"}
    return one == other or any(one in s and other in s for s in (now, past, coming))
