"""Find the date that a text states for itself; a year that is not there is never supplied."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.schema import Block, Clean, When

_HAN = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "Ｏ": "0"}
_FULL = (
    r"(?<!\d)(?P<year>(?:19|20)\d\d)\s*(?:年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日|"
    r"(?P<sep>[-/.])\s*(?P<month2>\d{1,2})(?P=sep)(?P<day2>\d{1,2}))(?!\d)"
)
_DATE = re.compile(_FULL)
_LABEL = re.compile(r"(?:发布|發佈|發布|发表|發表|刊发|更新|日期|时间|時間|日期)[^:：]{0,4}[:：]?\s*")
_LEADING = re.compile(rf"\s*[\[【(（]?{_FULL}(?:[ T]\s*\d\d?:\d\d(?::\d\d)?)?[\]】)）]?(?=[\s\u3000]|$)")
_DATELINE = re.compile(
    r"^[^。！？!?“]{0,30}?(?P<said>(?:(?P<year>(?:19|20)\d\d)年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日)"
    r"\s*(?:电|電|讯|訊|消息)"
)
_HAN_DATE = re.compile(
    r"([一二][九〇零○Ｏ][〇零○Ｏ一二三四五六七八九]{2})年"
    r"([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)


def said_at(clean: Clean, start: int, end: int) -> tuple[int, int]:
    """The original range of a clean one: from its first character with an origin to its last."""
    origins = [o for o in clean.origin[start:end] if o >= 0]
    return (origins[0], origins[-1] + 1) if origins else (0, 0)


def _when(clean: Clean, start: int, end: int, year: str | None, month: str, day: str) -> When | None:
    first, last = said_at(clean, start, end)
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31) or first == last:
        return None
    return When(clean.text[start:end].strip(), first, last, int(year) if year else None, int(month), int(day))


def _full(clean: Clean, match: re.Match[str]) -> When | None:
    start = match.start("year")
    end = match.end("day2") if match["day2"] else clean.text.index("日", match.start("day")) + 1
    month, day = match["month"] or match["month2"], match["day"] or match["day2"]
    return _when(clean, start, end, match["year"], month, day)


def _han_number(said: str) -> str:
    """十二 -> 12, 二十 -> 20, 三 -> 3."""
    if "十" not in said:
        return "".join(_HAN[c] for c in said)
    tens, ones = said.split("十", 1)
    return str(int(_HAN.get(tens, "1")) * 10 + int(_HAN.get(ones, "0")))


def signature(clean: Clean) -> When | None:
    """A closing line that holds a date and at most a name: 二〇一九年七月三日."""
    if len(clean.text) > 40:
        return None
    if found := _DATE.search(clean.text):
        return _full(clean, found) if found.end() > len(clean.text) - 4 else None
    if found := _HAN_DATE.search(clean.text):
        year = "".join(_HAN[c] for c in found[1])
        return _when(clean, found.start(), found.end(), year, _han_number(found[2]), _han_number(found[3]))
    return None


def _stated(clean: Clean) -> When | None:
    """The date in a line of source, time and views; a labelled one first."""
    for label in _LABEL.finditer(clean.text):
        if found := _DATE.match(clean.text, label.end()):
            return _full(clean, found)
    found = _DATE.search(clean.text)
    return _full(clean, found) if found else None


def published(blocks: Sequence[Block]) -> When | None:
    """The stated date of an article: its line of source and time, its dateline, or its signature.

    A dateline's 5月3日 has month and day only. A date inside the text (a headline's 2017年,
    an event's day) is not the text's own and is not taken.
    """
    for block in blocks:
        if block.kind in ("meta", "byline") and (when := _stated(block.clean) or signature(block.clean)):
            return when
    bodies = [b.clean for b in blocks if b.kind == "paragraph"]
    for clean in [b.clean for b in blocks if b.kind in ("headline", "heading")][:2] + bodies[:2]:
        head = clean.text[:80]
        if found := _LEADING.match(head):
            return _full(clean, found)
    for clean in bodies[:2]:
        if found := _DATELINE.match(clean.text[:80]):
            start, end = found.span("said")
            return _when(clean, start, end, found["year"], found["month"], found["day"])
    return signature(bodies[-1]) if len(bodies) > 1 else None
