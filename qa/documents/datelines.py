"""The words that a news item opens with: who reports, from where and when (本报讯, 新华社北京3月5日电)."""

from __future__ import annotations

import re

from qa.chinese.fold import fold
from qa.chinese.periods import YEAR

_HAN = r"[\u3400-\u9fff]"
_SOURCE = rf"(?:本[报网刊台]|{_HAN}{{1,10}}(?:报|网|社|台)){_HAN}{{0,8}}?"
_REPORTED = (
    rf"(?P<date>(?:(?P<year>{YEAR})年)?(?P<month>\d{{1,2}})月(?P<day>\d{{1,2}})日)\s*(?:讯|电|消息)"
)
# Without a date beside it a 讯, 消息 or 电 is told from one in mid-sentence by what follows.
_DATELINE = re.compile(
    rf"\s*+[■●◎▲]?\s*+[【\[(]?\s*+(?!另?据|根据)(?:{_SOURCE}\s*{_REPORTED}"
    rf"|(?:{_SOURCE})?(?:\d{{1,2}}日)?(?:综合|快)?讯(?=[】\])(,: \d]|记者|通讯员)"
    rf"|(?:{_SOURCE})?(?:\d{{1,2}}日)?消息(?=[】\]):]|记者|通讯员)"
    rf"|{_HAN}{{2,10}}(?:讯|电)\s*\(\s*.{{0,8}}(?:记者|通讯员))"
)
# A portal may put its own date and more in front; what follows 据 is the report of somebody else.
_DATED = re.compile(rf"[^。!?“据]{{0,30}}?{_REPORTED}")
_REACH = 60
"""Characters that are looked at; a dateline is shorter."""


def is_dateline(text: str) -> bool:
    """Whether a text opens as a news item does.

    >>> is_dateline("本报讯（记者 马贵）连日来"), is_dateline("新华社北京3月5日电"), is_dateline("本报的记者")
    (True, True, False)
    """
    return _DATELINE.match(fold(text[:_REACH])) is not None


def dateline_date(text: str) -> re.Match[str] | None:
    """The dateline with a date in the opening of a text, None where there is none; for `periods.date_of`."""
    return _DATED.match(fold(text[:_REACH]))
