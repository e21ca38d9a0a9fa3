"""Read quantities: a number in any Chinese or Arabic writing, its scale, its unit and its hedges.

Everything works on folded text (Simplified, half-width, lower case; see `fold`)
and never changes offsets. Which quantity means what is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from qa.chinese.units import SCALES, alternation, base, units
from qa.schema import Value

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟廿卅两", "一二三四五六七八九十百千二三二") | {
    ord("廿"): "二十",
    ord("卅"): "三十",
}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_HAN = r"(?:[〇零一二两三四五六七八九十百万亿]|千(?![瓦克米伏卡]))+(?:点[〇零一二三四五六七八九]+)?|[数几][十百千万亿]+"  # noqa: E501
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?"
_NUMBER = rf"(?:{_ARABIC}|{_HAN})"
_SCALE = alternation(s for s in SCALES if s not in ("十", "兆")) + "(?<!千(?=[瓦克米伏卡]))"
_MORE = "[余多来几]"
_UNIT = alternation(units())
_CURRENCY = r"(?:人民币|新台币|港币|美元)?"
_TO = r"\s?(?:-{1,2}|—{1,2}|–|~|至|到)\s?"
_POST = r"(?:左右|以上|以下|以内|上下|之多|开外)"

QUANTITY = re.compile(
    r"(?=[-−负\d〇零一二两三四五六七八九十百千万亿数几])"
    rf"(?P<sign>(?<![\d%\w])[-−](?=\d)|(?<=[^\W\da-z_])[-−](?=\d)|负(?=\d))?"
    rf"(?:(?P<share>(?P<of>[百千万])分之)|(?P<times>\d+\s?[×x*]\s?(?=\d)))?"
    rf"(?P<n>{_NUMBER})\s?(?P<m1>{_MORE})?\s?(?P<s1>{_SCALE})?(?P<m2>{_MORE})?\s?(?P<u1>{_UNIT})?"
    rf"(?:(?P<to>{_TO})(?:[百千万]分之)?(?P<n2>{_NUMBER})\s?(?P<m3>{_MORE})?\s?(?P<s2>{_SCALE})?(?P<m4>{_MORE})?\s?(?P<u2>{_UNIT})?)?"
    rf"(?P<m5>[多余](?!少))?(?P<rmb>人民币|人次)?(?P<post>{_POST})?"
)
_PRE = re.compile(
    r"(?:大约为?|大概|约为|约达|约合|折合|约|将近|接近|近|超过|超出|超|突破|逾|超额|不足|不到|不低于|不少于|不超过|不高于|低于|高于|少于|多于|大于|小于"
    r"|至少|至多|最多|最少|最高|最低|高达|多达|可达|仅|只有|上|满|过|整|累计|合计|共计|总计|总共|各)+(?:人民币|新台币|港币)?$"
)
_PIECES = re.compile(
    r"大约为?|大概|约为|约达|约合|折合|约|将近|接近|近|超过|超出|超额|超|突破|逾|不足|不到|不低于|不少于|不超过|不高于|低于|高于|少于|多于|大于|小于"
    r"|至少|至多|最多|最少|最高|最低|高达|多达|可达|仅|只有|上|满|过|累计|合计|共计|总计|总共|各"
)
_FRACTION = re.compile(
    r"(?<![\d/.])(\d{1,2})/(\d{1,3})(?![\d/年月.])|(?<![一二两三四五六七八九十百])([一二两三四五六七八九十]{1,3})分之([一二两三四五六七八九十百零]+)"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit at `[start, end)` of a folded text.

    `value` keeps the written scale (100, "亿元"), `number` and `upper` (of a range)
    are in the base unit. `qualifier` holds the hedges around it, in order;
    `hedge_start` is where those before it begin. `lone` marks a number without a
    unit and `written` how it is written: "arabic", "han", or "scale" (千万元).
    """

    start: int
    end: int
    value: Value
    number: Decimal
    unit: str
    kind: str
    upper: Decimal | None = None
    qualifier: tuple[str, ...] = ()
    hedge_start: int = 0
    written: str = "arabic"
    lone: bool = False


@lru_cache(maxsize=4096)
def han_number(text: str) -> Decimal | None:
    """The value of a Chinese numeral; None where it is not one.

    Positions with 十百千万亿 (一百二十), strings of digits (一九五七), decimals (三点五)
    and the short last place (一万二, 三百五) are read; 数十 and 几百 give their scale.

    >>> han_number("一百二十亿"), han_number("三点五"), han_number("一万二")
    (Decimal('12000000000'), Decimal('3.5'), Decimal('12000'))
    """
    if "点" in text:
        whole, _, part = text.partition("点")
        left = han_number(whole)
        digits = "".join(str(_DIGITS[c]) for c in part if c in _DIGITS)
        return None if left is None or len(digits) != len(part) else left + Decimal("0." + digits)
    if text[:1] in "数几" and len(text) > 1:
        text = text[1:]
    if all(c in _DIGITS for c in text):
        return Decimal("".join(str(_DIGITS[c]) for c in text)) if text else None
    return _positional(text)


def _positional(text: str) -> Decimal | None:
    total, section, digit, last = 0, 0, None, 0
    for char in text:
        if char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
            last = 0 if digit == 0 else last
        elif char in _POWERS:
            last = _POWERS[char]
            section += (1 if digit is None or (digit == 0 and last == 10) else digit) * last
            digit = None
        elif char in "万亿":
            last = 10**4 if char == "万" else 10**8
            section += digit or 0
            if last == 10**8:
                total, section = (total + section or 1) * last, 0
            else:
                total, section = total + (section or 1) * last, 0
            digit = None
        else:
            return None
    short = digit * last // 10 if digit and last > 10 else digit or 0
    return Decimal(total + section + short)


def number(text: str) -> Decimal | None:
    """The value of an Arabic (1,205.15) or Chinese numeral (also 壹佰, 负三, 廿八) in folded text.

    >>> number("1,205.15"), number("壹佰零伍"), number("三分")
    (Decimal('1205.15'), Decimal('105'), None)
    """
    if text[:1] in "负-" and len(text) > 1:
        value = number(text[1:])
        return None if value is None else -value
    if re.fullmatch(_ARABIC, text):
        return Decimal(text.replace(",", ""))
    return han_number(text.translate(_FORMAL))


def _coefficient(digits: str, scale: str) -> tuple[Decimal | None, str, str]:
    """Coefficient, scale and way of writing: 一百二十亿 is 120 and 亿, 千万 is 1 and 千万."""
    if digits[:1].isdigit():
        return number(digits), scale, "arabic"
    lead = digits[1:] if digits[:1] in "数几" and len(digits) > 1 else digits
    if not lead.strip("百千万亿"):
        whole = lead + scale
        return (Decimal(1), whole, "scale") if whole in SCALES else (han_number(lead), scale, "scale")
    stem = lead.rstrip("万亿")
    if stem != lead and not scale and "万" not in stem and "亿" not in stem:
        return han_number(stem), lead[len(stem) :], "han"
    return han_number(lead), scale, "han"


def _hedges(folded: str, start: int, m: re.Match[str]) -> tuple[tuple[str, ...], int]:
    before = _PRE.search(folded, max(0, start - 8), start)
    words = (
        [w.removesuffix("为") if w != "约达" else "约" for w in _PIECES.findall(before[0])] if before else []
    )
    if before and words[-1:] in (["上"], ["过"], ["满"]) and m["n"][0] not in "百千万亿":
        before, words = None, []
    if m["n"][0] in "数几":
        words.append(m["n"][0])
    words += [m[g] for g in ("m1", "m2", "m3", "m4", "m5", "post") if m[g]]
    return tuple(words), before.start() if before else start


def _read(m: re.Match[str], folded: str) -> Quantity | None:
    """The quantity of one match; None where the match is not a number after all."""
    s1, s2, u1, u2 = m["s1"] or "", m["s2"] or "", m["u1"] or "", m["u2"] or ""
    first, scale, written = _coefficient(m["n"], s1)
    if first is None:
        return None
    if m["sign"]:
        first = -first
    if m["times"]:
        first *= Decimal(re.match(r"\d+", m["times"])[0])  # type: ignore[index]
    unit, upper = u1, None
    if m["share"]:
        unit, first = "%", first if m["of"] == "百" else first / (10 if m["of"] == "千" else 100)
    if m["n2"]:
        second, top, _ = _coefficient(m["n2"], s2)
        if second is None:
            return None
        unit = ("%" if m["share"] else u2) or u1
        if not u1 and not scale:
            scale = top
        name, factor, _ = base(top + unit if unit else "")
        upper = second * (factor if unit else SCALES.get(top, Decimal(1)))
        lower_unit = scale + (u1 or unit)
    else:
        lower_unit = scale + unit
    if m["rmb"] and unit:
        lower_unit, unit = lower_unit + m["rmb"], unit + m["rmb"]
    name, factor, kind = base(lower_unit) if unit else ("", SCALES.get(scale, Decimal(1)), None)
    qualifier, hedge = _hedges(folded, m.start(), m)
    return Quantity(
        m.start(),
        m.end("post") if m["post"] else m.end(),
        Value(first, lower_unit),
        first * factor,
        name,
        kind or "",
        upper,
        qualifier,
        hedge,
        written,
        not unit,
    )


def quantities(folded: str) -> Iterator[Quantity]:
    """Every quantity of a folded text, with or without unit, from left to right.

    >>> q = next(quantities("总投资约17.68亿元"))
    >>> q.value, str(q.number), q.unit, q.qualifier
    (Value(number=Decimal('17.68'), unit='亿元'), '1768000000.00', '元', ('约',))
    """
    for m in QUANTITY.finditer(folded):
        found = _read(m, folded)
        if found is not None:
            yield found


def fraction(m: re.Match[str]) -> Decimal | None:
    """The value of a match of `FRACTION`: three quarters as 0.75."""
    top = number(m[1] or m[4])
    bottom = number(m[2] or m[3])
    return None if top is None or not bottom else top / bottom


FRACTION = _FRACTION


def render(value: Value, upper: Decimal | None = None) -> str:
    """Number and unit as text that `quantities` reads back to the same value.

    >>> render(Value(Decimal("17.68"), "亿元"))
    '17.68亿元'
    """
    head = format(value.number, "f")
    return f"{head}{value.unit}" if upper is None else f"{head}—{format(upper, 'f')}{value.unit}"
