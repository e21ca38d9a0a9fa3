"""Read quantities: a number in any Chinese or Arabic writing, its scale, its unit and its hedges.

Everything works on folded text (Simplified, half-width, lower case; see `fold`)
and never changes offsets. Which quantity means what is not decided here.

The examples of `RULES` are read as number (and upper bound) in the base unit, the unit, and the hedges.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from qa.chinese.rules import Rule, patterns
from qa.chinese.units import SCALES, alternation, base, units
from qa.schema import Value

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟廿卅两", "一二三四五六七八九十百千二三二") | {
    ord("廿"): "二十",
    ord("卅"): "三十",
}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?"
_HEDGES = (
    "大约为?|大概|约为|约达|约合|折合|约|将近|接近|近|超过|超出|超额|超|突破|逾"
    "|不足|不到|不低于|不少于|不超过|不高于|低于|高于|少于|多于|大于|小于"
    "|至少|至多|最多|最少|最高|最低|高达|多达|可达|仅|只有|上|满|过|累计|合计|共计|总计|总共|各"
)
RULES = (
    Rule("arabic", _ARABIC, (("3亩", "3 亩"), ("1,205.15元", "1205.15 元"), ("6.5%", "6.5 %"))),
    Rule(
        "han",
        r"(?:[〇零一二两三四五六七八九十百万亿]|千(?![瓦克米伏卡]))+(?:点[〇零一二三四五六七八九]+)?",
        (("一百二十亿千瓦时", "12000000000 千瓦时"), ("三点五亿元", "350000000.0 元"), ("两千户", "2000 户")),
    ),
    Rule("few", r"[数几][十百千万亿]+", (("数十次", "10 次 数"), ("几百人", "100 人 几"))),
    Rule(
        "minus",
        r"(?<![\d%\w])[-−](?=\d)|(?<=[^\W\da-z_])[-−](?=\d)|负(?=\d)",
        (("-7135.61万元", "-71356100.00 元"), ("利润负3亿元", "-300000000 元")),
    ),
    Rule("share", r"(?P<of>[百千万])分之", (("百分之九十", "90 %"), ("千分之五", "0.5 %"))),
    Rule("times", r"\d+\s?[×x*]\s?(?=\d)", (("2×1000mw", "2000000 千瓦"),)),
    Rule(
        "scale",
        alternation(s for s in SCALES if s not in ("十", "兆")) + "(?<!千(?=[瓦克米伏卡]))",
        (("17.68亿元", "1768000000.00 元"), ("3千人", "3000 人"), ("1000万欧元", "10000000 欧元")),
    ),
    Rule("unit", alternation(units()), (("9平方公里", "9000000 平方米"), ("3.2个百分点", "3.2 百分点"))),
    Rule("more", "[余多来几]", (("2000余名", "2000 人 余"), ("1亿多元", "100000000 元 多"))),
    Rule(
        "range",
        r"\s?(?:-{1,2}|—{1,2}|–|~|至|到)\s?",
        (("3—5亿元", "300000000—500000000 元"), ("8亿至9亿元", "800000000—900000000 元")),
    ),
    Rule("excess", "[多余](?!少)", (("300元多", "300 元 多"),)),
    Rule("hedge after", "左右|以上|以下|以内|上下|之多|开外", (("10亿元以上", "1000000000 元 以上"),)),
    Rule(
        "hedge before",
        rf"(?:{_HEDGES}|整){{1,8}}(?:人民币|新台币|港币)?",
        (("近3亿元", "300000000 元 近"), ("约达3亿元", "300000000 元 约"), ("共计超过9户", "9 户 共计 超过")),
    ),
)
"""Every way of writing that `quantities` reads, by name; each can be switched off."""
_PIECES = re.compile(_HEDGES)
FRACTION = re.compile(
    r"(?<![\d/.])(\d{1,2})/(\d{1,3})(?![\d/年月.])|(?<![一二两三四五六七八九十百])([一二两三四五六七八九十]{1,3})分之([一二两三四五六七八九十百零]+)"
)


@cache
def _grammar(off: frozenset[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns of a quantity and of the hedges before it, without the rules that are `off`."""
    p = patterns(RULES, off)
    number = f"(?:{p['arabic']}|{p['han']}|{p['few']})"
    more, scale, unit = p["more"], p["scale"], p["unit"]
    quantity = re.compile(
        r"(?=[-−负\d〇零一二两三四五六七八九十百千万亿数几])"
        rf"(?P<sign>{p['minus']})?(?:(?P<share>{p['share']})|(?P<times>{p['times']}))?"
        rf"(?P<n>{number})\s?(?P<m1>{more})?\s?(?P<s1>{scale})?(?P<m2>{more})?\s?(?P<u1>{unit})?"
        rf"(?:(?P<to>{p['range']})(?:[百千万]分之)?"
        rf"(?P<n2>{number})\s?(?P<m3>{more})?\s?(?P<s2>{scale})?(?P<m4>{more})?\s?(?P<u2>{unit})?)?"
        rf"(?P<m5>{p['excess']})?(?P<post>{p['hedge after']})?"
    )
    return quantity, re.compile(p["hedge before"] + "$")


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


def _hedges(m: re.Match[str], before: re.Pattern[str]) -> tuple[tuple[str, ...], int]:
    """The hedges around a quantity in order, and where those before it begin."""
    start, first = m.start(), m["n"][0]
    led = before.search(m.string, max(0, start - 8), start)
    words = [w.removesuffix("为") if w != "约达" else "约" for w in _PIECES.findall(led[0])] if led else []
    if led and words[-1:] in (["上"], ["过"], ["满"]) and first not in "百千万亿":
        led, words = None, []
    if first in "数几":
        words.append(first)
    words += [m[g] for g in ("m1", "m2", "m3", "m4", "m5", "post") if m[g]]
    return tuple(words), led.start() if led else start


def _lower(m: re.Match[str]) -> tuple[Decimal | None, str, str]:
    """The (lower) number of a match with its sign, factor and share, its scale, and its way of writing."""
    found, scale, written = _coefficient(m["n"], m["s1"] or "")
    if found is None:
        return None, scale, written
    if m["sign"]:
        found = -found
    if m["times"]:
        found *= Decimal(re.match(r"\d+", m["times"])[0])  # type: ignore[index]
    if m["share"] and m["of"] != "百":
        found /= 10 if m["of"] == "千" else 100
    return found, scale, written


def _in_base(scale: str, unit: str) -> tuple[str, Decimal, str]:
    """Base unit, factor to it, and kind; a scale without a unit has no more than a factor."""
    if not unit:
        return "", SCALES.get(scale, Decimal(1)), ""
    name, factor, kind = base(scale + unit)
    return name, factor, kind or ""


def _read(m: re.Match[str], before: re.Pattern[str]) -> Quantity | None:
    """The quantity of one match; None where the match is not a number after all."""
    low, scale, written = _lower(m)
    high, top, _ = _coefficient(m["n2"], m["s2"] or "") if m["n2"] else (None, "", "")
    if low is None or (m["n2"] and high is None):
        return None
    unit = "%" if m["share"] else m["u2"] or m["u1"] or ""
    own = m["u1"] or unit if m["n2"] else unit
    if not scale and not m["u1"]:
        scale = top
    upper = None if high is None else high * _in_base(top, unit)[1]
    name, factor, kind = _in_base(scale, own)
    qualifier, hedge = _hedges(m, before)
    end = m.end("post") if m["post"] else m.end()
    value = Value(low, scale + own)
    return Quantity(
        m.start(), end, value, low * factor, name, kind, upper, qualifier, hedge, written, not unit
    )


def quantities(folded: str, off: frozenset[str] = frozenset()) -> Iterator[Quantity]:
    """Every quantity of a folded text, with or without unit, from left to right.

    `off` names rules of `RULES` that are not used.

    >>> q = next(quantities("总投资约17.68亿元"))
    >>> q.value, str(q.number), q.unit, q.qualifier
    (Value(number=Decimal('17.68'), unit='亿元'), '1768000000.00', '元', ('约',))
    """
    quantity, before = _grammar(off)
    for m in quantity.finditer(folded):
        found = _read(m, before)
        if found is not None:
            yield found


def fraction(m: re.Match[str]) -> Decimal | None:
    """The value of a match of `FRACTION`: three quarters as 0.75."""
    top = number(m[1] or m[4])
    bottom = number(m[2] or m[3])
    return None if top is None or not bottom else top / bottom

