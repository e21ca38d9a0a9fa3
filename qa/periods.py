"""Read the period that a question or a figure speaks of, and tell whether two can be the same.

A period is kept as said; a relative one (今年, 去年) gets no year here. Months
are a closed range: 前三季度 is 1 to 9, 一季度 1 to 3, 全年 1 to 12.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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
