"""One grammar of time: expressions in reports, the period that a text speaks of, whether two can be the same.

All patterns work on folded text (Simplified, half-width, lower case). Everything is kept as said,
nothing is resolved to a calendar: a relative period (今年, 去年) gets no year here. Months are a
closed range: 前三季度 is 1 to 9, 一季度 1 to 3, 全年 1 to 12.

`PARTS` say which part of a year is meant; their examples are read as first and last month, and the day.
`RULES` are the rest of what an expression is made of; their examples are read as its kind and wording.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from qa.chinese.numerals import number
from qa.chinese.rules import Rule, patterns

_D = r"\d{1,2}"
_N = rf"(?:{_D}|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_TO = r"\s*+(?:[-—–~]{1,2}|至|到)\s*+"
_QUARTER = "[一二三四1-4]"
YEAR = r"(?<!\d)(?:19|20)\d{2}"
_HAN_YEAR = r"[一二][〇零○o九][〇零○o一二三四五六七八九]{2}"  # o: Ｏ, folded, is set for 〇
_RELATIVE = {
    "今年": (0, True),
    "本年": (0, True),
    "去年": (-1, True),
    "上年": (-1, True),
    "明年": (1, True),
    "前年": (-2, True),
    "当年": (0, False),
    "同年": (0, False),
    "次年": (1, False),
}
"""Years from the text's own, and whether always: 当年, 同年 and 次年 may go by one that was named before."""

Months = tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Part(Rule):
    """A way to say a part of the year; `months` gives its first and last month and its day."""

    months: Callable[[Mapping[str, str | None]], Months]


def _of(said: str | None) -> int | None:
    """The number that a text of digits or Chinese numerals says."""
    found = number(said) if said else None
    return None if found is None else int(found)


def _year(said: str) -> int | None:
    """The year that digits or Chinese numerals say place by place (2019, 二〇一九)."""
    return _of(said.replace("o", "〇"))


def _quarters(m: Mapping[str, str | None]) -> Months:
    first = _of(m["first"]) or 1
    last = _of(m["last"]) or first
    return (1 if m["all"] else 3 * first - 2), 3 * last, None


PARTS = (
    Part(
        "range of months",
        rf"(?P<first>{_N})(?:月份?)?{_TO}(?P<last>{_N})\s*月",
        (("2017年1—11月", "1-11"), ("一至五月份", "1-5")),
        lambda m: (_of(m["first"]), _of(m["last"]), None),
    ),
    Part(
        "first months",
        rf"[前头](?P<last>{_N}|两)个?月",
        (("前5个月", "1-5"), ("头两个月", "1-2")),
        lambda m: (1, _of(m["last"]), None),
    ),
    Part(
        "quarters",
        rf"(?:(?P<all>前)|第)?(?P<first>{_QUARTER})(?:[至、](?P<last>{_QUARTER}))?(?:(?<=[前第].)个)?季度",
        (("前三季度", "1-9"), ("第三季度", "7-9"), ("今年四季度", "10-12"), ("一至三季度", "1-9")),
        _quarters,
    ),
    Part(
        "half",
        "(?P<half>[上下])半年",
        (("上半年", "1-6"), ("去年下半年", "7-12")),
        lambda m: (1, 6, None) if m["half"] == "上" else (7, 12, None),
    ),
    Part(
        "day",
        rf"(?<![\d.])(?P<first>{_N})\s*月\s*(?P<day>{_N})\s*[日号]",
        (("截至6月30日", "6-6 30"), ("十二月三日", "12-12 3")),
        lambda m: (_of(m["first"]), _of(m["first"]), _of(m["day"])),
    ),
    Part(
        "month",
        rf"(?<![\d.])(?P<first>{_N})\s*月(?:份|底|初|中旬|上旬|下旬)?",
        (("2020年6月", "6-6"), ("十一月底", "11-11")),
        lambda m: (_of(m["first"]), _of(m["first"]), None),
    ),
    Part(
        "whole year",
        "全年(?!目标|计划|任务|预算)|年度(?!计划|投资|目标|任务|预算|考核)|年终|年末|年底|整年|一整年",
        (("2019年全年", "1-12"), ("年终", "1-12")),
        lambda m: (1, 12, None),
    ),
)

RULES = (
    Rule(
        "year",
        rf"(?:{YEAR}|{_HAN_YEAR})\s*+(?:(?:年|年度)?(?:{_TO}|\s*+、\s*+)(?:19|20)\d{{2}}\s*+)?(?:年度|年)(?![来内多])",
        (("2017年1—11月完成", "when 2017年1—11月"), ("二〇一九年投产", "when 二〇一九年")),
    ),
    Rule(
        "relative year",
        rf"(?:去年同期|上年同期|本年度|上年度|{'|'.join(_RELATIVE)}|后年|上一年|来年|年内|同期)(?!轻)",
        (("去年完成", "when 去年"), ("年内开工", "when 年内")),
    ),
    Rule(
        "plan",
        r"[“\"]?十[一二三四]?五[”\"]?(?:规划)?(?:期间|时期|末|以来)"
        r"|[“\"]十[一二三四]?五[”\"](?!规划|纲要|发展|收官|开局)",
        (("十三五期间", "when 十三五期间"),),
    ),
    Rule(
        "other part",
        r"全年度?|半年度|年度(?=报告|累计)|\d{4}h[12]|(?<![a-z])q[1-4]"
        r"|[上下]个?月|本月|当月|本季度?|第?[一二三四]季",
        (("全年完成", "when 全年"), ("q3营收", "when q3"), ("本月投产", "when 本月")),
    ),
    Rule(
        "months",
        rf"(?<![\d.]){_N}\s*+(?:月份?)?(?:{_TO}|\s*+、\s*+){_N}\s*月份?|(?<![\d.]){_N}\s*月(?!球)份?",
        (("1至9月完成", "when 1至9月"), ("8月份", "when 8月份"), ("1、2月", "when 1、2月")),
    ),
    Rule(
        "days",
        rf"{_N}\s*+(?:日|号)?(?:{_TO}|\s*+、\s*+){_N}\s*[日号]|{_N}\s*[日号](?![内均产])",
        (("6月30日止", "when 6月30日止"), ("5月3至5日", "when 5月3至5日")),
    ),
    Rule(
        "tail",
        "以?来(?!自|源|到|临)|上旬|中旬|下旬|上半月|下半月|年底前|底前|末前|月底|年底|年末|年初|底|末|初|年中|止|期间|前后|春节前",
        (("2020年底", "when 2020年底"), ("今年初", "when 今年初")),
    ),
    Rule("iso", rf"{YEAR}[-/.]{_D}[-/.]{_D}(?!\d)", (("2019-07-03讯", "iso 2019-07-03"),)),
    Rule(
        "event",
        r"(?:自从?|从)(?!治|主|动|身|然|己|贸|来|有|愿|觉)[^,。;、:|\d]{2,22}?以来",
        (("自成立以来", "event 自成立以来"),),
    ),
    Rule(
        "span",
        r"(?:近|过去|最近|未来|今后|此前|前)(?:的)?[一二两三四五六七八九十几数\d]{1,3}(?:个月|年|天|个季度)(?:多)?(?:来|里|间|内)?",
        (("近三年来", "span 近三年来"),),
    ),
    Rule(
        "since",
        r"[一二两三四五六七八九十几\d]{1,3}(?:多|余)?(?:年|个多?月|天)(?:多)?(?:以?来)(?!自)",
        (("4年来", "span 4年来"),),
    ),
    Rule(
        "built",
        r"(?:项目|工程|园区|该项目|一期|二期|三期)?(?:全面|全部|整体|正式|完全)?"
        r"(?:建成|投产|达产|投运|建好|竣工|满产|投入使用|投入运营|投用)(?:达产|投产|运营|投用|使用|达效|达标)?(?:以?后)",
        (("项目建成投产后", "built 项目建成投产后"),),
    ),
    Rule(
        "now",
        "截至目前|截止目前|目前为止|目前|当前|如今|现阶段|近年来|近日|日前|昨日|昨天|当日|当天|本周|上周"
        "|年底前|年底|年末|年前|年初|期末|报告期内?|新冠疫情期间",
        (("截至目前", "now 截至目前"),),
    ),
    Rule(
        "bare day",
        rf"(?:截至|截止|自|至)?(?<![\d.\-]){_D}日(?![内均产]|报(?!道))",
        (("25日,记者", "day 25日"), ("韩联社9日报道", "day 9日")),
    ),
)
"""What time expressions are made of beside parts of a year, in the order in which they are tried."""


@cache
def _expression(off: frozenset[str]) -> re.Pattern[str]:
    """Compiled when first used: reading a question needs none of it (10 ms)."""
    p = patterns(RULES, off)
    named = patterns(PARTS, off)
    first, quarters, half = (_unnamed(named[name]) for name in ("first months", "quarters", "half"))
    year = rf"(?:{p['year']}|{p['relative year']}|{p['plan']})"
    part = f"{first}|{quarters}|{half}|{p['other part']}"
    months, days = f"(?:{p['months']})", f"(?:{p['days']})"
    # The look-ahead names every character that an expression can begin with: without it the
    # alternatives are tried at each character, and finding times took a third of the extraction.
    return re.compile(
        r"(?=[\d一二三四五六七八九十两几数今去明前后当本上下同来次年“\"第全半近过最未此截自从到至目如现昨项工园该正整完建投达竣满新报期q])"
        rf"(?:(?P<iso>{p['iso']})|(?P<event>{p['event']})"
        rf"|(?P<when>(?:截至|截止|截止到|自|自从|从|到|至)?\s*+(?:"
        rf"{year}(?:的|底的|,)?\s*(?:{part}|{months}\s*{days}?|{days})?|{months}\s*{days}?|{part})"
        rf"\s*(?:{p['tail']})?(?:以来|止|起)?)"
        rf"|(?P<span>{p['span']}|{p['since']})|(?P<built>{p['built']})|(?P<now>{p['now']})"
        rf"|(?P<day>{p['bare day']}))"
    )


def _unnamed(pattern: str) -> str:
    """A pattern without the names of its groups, so that it may stand in another more than once."""
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


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


def time_expressions(folded: str, text: str, off: frozenset[str] = frozenset()) -> list[Timex]:
    """Every time expression of a folded text, in order, in the wording of `text` (same length).

    `off` names rules of `RULES` and `PARTS` that are not used.
    """
    found = []
    for m in _expression(off).finditer(folded):
        start, end, kind = m.start(), m.end(), m.lastgroup or ""
        while end > start and folded[end - 1] in " ,的":
            end -= 1
        while start < end and folded[start] == " ":
            start += 1
        if kind == "when":
            start, kind = _what_it_tells(folded, start, m[0])
        found.append(Timex(start, end, text[start:end], kind))
    return found


def _what_it_tells(folded: str, start: int, said: str) -> tuple[int, str]:
    """Where calendar time proper starts, and whether it is left at once, or compared with."""
    kind = "when"
    if folded[start] in "从到至由":
        kind = "from" if folded[start] in "从由" else kind
        start += 1
    elif start and folded[start - 1] in "从由":
        kind = "from"
    compared = _COMPARED.search(folded, max(0, start - 3), start)
    if compared or said == "同期" or folded[start - 2 : start] in _FOUNDED:
        kind = "compared"
    return start, kind


_STATED = re.compile(rf"({YEAR})(?!\d)\s*年?")
_LONE_YEAR = re.compile(r"^\s*((?:19|20)\d\d)\s*$")
_HAN_STATED = re.compile(rf"{_HAN_YEAR}(?=年)")
_RELATIVE_YEAR = re.compile(rf"(?:{'|'.join(_RELATIVE)})(?!轻)")


DATE = (
    rf"(?P<date>(?P<year>{YEAR}|{_HAN_YEAR})\s*(?:年\s*(?P<month>{_N})\s*月\s*(?P<day>{_N})\s*日"
    rf"|(?P<sign>[-/.])\s*(?P<n_month>{_D})(?P=sign)(?P<n_day>{_D})))(?!\d)"
)
"""A date with all its parts, to be set into other patterns; `date_of` reads its match."""


def date_of(m: re.Match[str]) -> tuple[int | None, int, int]:
    """Year, month and day of a match of `DATE`, or of another with these groups.

    >>> date_of(re.search(DATE, "二〇一九年七月三日")), date_of(re.search(DATE, "2019-07-03"))
    ((2019, 7, 3), (2019, 7, 3))
    """
    said = m.groupdict()
    month, day = (_of(said[name] or said.get(f"n_{name}")) or 0 for name in ("month", "day"))
    return _year(m["year"]) if m["year"] else None, month, day


def stated_year(folded: str, today: int | None) -> int | None:
    """The year that an expression states, or means where the text states its own year `today`.

    >>> stated_year("2017年1—11月", None), stated_year("去年", 2019), stated_year("去年", None)
    (2017, 2018, None)
    """
    if m := _STATED.search(folded):
        return int(m[1])
    if m := _HAN_STATED.search(folded):
        return _year(m[0])
    if today is not None:
        for word in (*_RELATIVE, "年内"):
            by = 0 if word == "年内" else _years_from_text(word)
            if by is not None and word in folded:
                return today + by
    return None


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


@cache
def _parts(off: frozenset[str]) -> tuple[tuple[re.Pattern[str], Part], ...]:
    return tuple((re.compile(part.pattern), part) for part in PARTS if part.name not in off)


def read_period(text: str, off: frozenset[str] = frozenset()) -> Period:
    """The first period in folded (Simplified, half-width) text; an empty one where there is none.

    `off` names rules of `PARTS` that are not used.

    >>> read_period("2017年1—11月").last
    11
    >>> read_period("前三季度固定资产投资")
    Period(said='前三季度', year=None, relative='', first=1, last=9, day=None, whole=False)
    >>> bool(read_period("总投资多少"))
    False
    """
    year = _STATED.search(text) if "年" in text else _LONE_YEAR.match(text)
    relative = _RELATIVE_YEAR.search(text)
    found = [(part, m) for pattern, part in _parts(off) if (m := pattern.search(text))]
    first, last, day = found[0][0].months(found[0][1].groupdict()) if found else (None, None, None)
    whole = next((m for part, m in found if part.name == "whole year"), None)
    words = [year, relative, *(m for _, m in found[:1] if m is not whole), whole]
    return Period(
        "".join(m[0] for m in words if m),
        int(year[1]) if year else None,
        relative[0] if relative else "",
        first,
        last,
        day,
        whole is not None,
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


def _years_from_text(relative: str) -> int | None:
    """How many years after the year of writing a relative year lies; None where it depends on the text.

    >>> _years_from_text("去年"), _years_from_text("当年")
    (-1, None)
    """
    years, always = _RELATIVE.get(relative, (0, False))
    return years if always else None


def _same_relative(one: str, other: str) -> bool:
    """Whether two relative years can be the same (今年 and 当年)."""
    return one == other or _RELATIVE[one][0] == _RELATIVE[other][0]
