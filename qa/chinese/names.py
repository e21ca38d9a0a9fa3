"""Find the zones, districts, places, companies and projects that a text names; tell a person's name.

A name is read backwards from its suffix (经开区, 有限公司, 项目 …): a list of places, the
words that never stand inside a name and, for zones, how often the text repeats the stretch
decide where it begins. Offsets are those of the text given; comparing is done on folded text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Literal

from qa.chinese.fold import fold
from qa.chinese.words import tokenizer

_DATA = Path(__file__).parent.with_name("data")
_HAN = re.compile(r"[\u3007\u3400-\u9fff]+")
Kind = Literal["zone", "park", "place", "company", "other"]

ZONE_CLASS = {
    long: short
    for short, forms in {
        "经开区": "国家级经济技术开发区 经济技术开发区 经济技术产业开发区 经济开发区 经开区",
        "高新区": "高新技术产业开发区 高新技术开发区 高新产业开发区 高新技术产业园区 高新区",
        "综保区": "综合保税区 综保区",
        "保税港区": "保税港区",
        "自贸区": "自由贸易试验区 自由贸易区 自贸试验区 自贸区",
        "自贸港": "自由贸易港 自贸港",
    }.items()
    for long in forms.split()
}
"""Long and short forms of one suffix: 岳阳经济技术开发区 and 岳阳经开区 are one zone."""
_ZONE = [*ZONE_CLASS, "开发区", "保税区", "新区", "示范区", "集聚区", "试验区", "合作区", "新片区"]
_ZONE += ["工业开发区", "旅游开发区", "工业集中区", "集中区", "度假区", "功能区", "产业区"]
_PARK = ["产业园区", "工业园区", "科技园区", "物流园区", "产业园", "工业园", "科技园", "物流园"]
_PARK += ["创业园", "软件园", "示范园", "园区"]
_COMPANY = ["股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "集团公司", "公司", "集团"]
_TRADE = ["科技", "股份", "电子", "药业", "制药", "电气", "机电", "重工", "实业", "食品", "光电", "生物"]
_TRADE += ["新材", "金属", "动漫", "燃气", "能源", "智能", "通信", "传媒", "证券", "银行", "保险", "医疗"]
_DIVISION = "省市县区州盟旗镇乡"


def _either(words: list[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_ZONES = re.compile(_either(_ZONE))
_CODE = r"(?P<code>\((?:股票代码|证券代码)?:?\d{4,6}(?:\.[a-z]{2})?\))"
_COMPANIES = re.compile(f"{_either(_COMPANY)}|{_CODE}")
_SUFFIX = re.compile(
    rf"(?P<zone>{_either(_ZONE)})|(?P<park>{_either(_PARK)})|(?P<trade>{_either(_TRADE)})|(?P<division>[{_DIVISION}])"
)
_LETTER = r"[^\W在的了从]"
_RUN = re.compile(rf"(?<!{_LETTER})(?<!{_LETTER}[·&+-]){_LETTER}++(?:[·&+-]{_LETTER}++)*+$")
_GENERIC = re.compile(
    r"(?:国家|省级|市级|区级|县级|全国|全省|全市|国内|国际|现代|重点|示范|特色|专业|高新|科技|农业|工业|经济|"
    r"上市|龙头|骨干|优质|中小|央企|国有|民营|外资|合资|母|子|分|总|优秀|知名|一流|五好|各|产业|城市|物流|核心|整个|全体|"
    r"湘南|多家|项目|开工|招商|基础设施|民生|投资|工程|新|主|标杆|续建|亿元|竣工|签约|在建|重大|大|小|好|一批|政府|企业|"
    r"自主|创新|智能|绿色|生态|综合|文化|旅游|商贸|公共|配套|设施|道路|安置|小区(?!级)|技术|研发|合作|意向|引进|入园|园区|入区|主体|"
    r"年度|实施|技改|建设|“?专精特新”?|亿|千亿|百亿|万亿|个|级|类|性|型|的|\d++)+"
)
"""No word of it is made of others of it: each text is read in one way."""
_DATED = re.compile(r"^.*\d\s*[年月日号]|^\d+")
_BRACKETED = re.compile(r"\([\u4e00-\u9fff]{2,6}\)$")


@dataclass(frozen=True, slots=True)
class Name:
    """A name where it stands: `text[start:end]`; `key` is equal for long and short forms."""

    start: int
    end: int
    kind: Kind
    key: str


@cache
def places() -> frozenset[str]:
    """Short names of provinces, cities, counties and districts, folded."""
    lines = (_DATA / "places.txt").read_text("utf-8").split("\n")
    return frozenset(fold(line) for line in lines if line and not line.startswith("#"))


@cache
def surnames() -> frozenset[str]:
    """Surnames of one and of two characters, folded."""
    single, double = (_DATA / "surnames.txt").read_text("utf-8").splitlines()
    return frozenset(single) | frozenset(double.split())


def is_person(text: str) -> bool:
    """Whether a folded text can be a person's name: a surname and one or two characters.

    >>> is_person("袁礼成"), is_person("欧阳修远"), is_person("礼成袁")
    (True, True, False)
    """
    if not 2 <= len(text) <= 4 or not _HAN.fullmatch(text):
        return False
    return text[:2] in surnames() or (len(text) <= 3 and text[0] in surnames())


@cache
def _stops() -> tuple[frozenset[str], frozenset[str]]:
    """Words that end a name at its left, always and unless a place stands before them."""
    strong: set[str] = set()
    weak: set[str] = set()
    for line in (_DATA / "name_stops.txt").read_text("utf-8").split("\n"):
        if not line.startswith("#"):
            (weak if line.startswith("!") else strong).update(line.lstrip("!").split())
    return frozenset(strong - weak), frozenset(weak)


@lru_cache(maxsize=4096)
def _cut_words(text: str) -> tuple[str, ...]:
    return tuple(tokenizer().cut(text)) if text else ()


def _is_common_word(word: str) -> bool:
    """Whether a dictionary of common words holds `word`."""
    return (tokenizer().FREQ.get(word) or 0) > 3


def _place_before(run: str) -> int:
    """Length of the place name that ends `run` (湘潭, 长沙县), 0 where none does."""
    for length in range(min(6, len(run)), 1, -1):
        tail = run[-length:]
        if tail in places() or (length > 2 and tail[-1] in _DIVISION and tail[:-1] in places()):
            return length
    return 0


def _first_place(run: str) -> int:
    """Where in `run` the first place name of it begins, -1 where it holds none."""
    for start in range(len(run) - 1):
        if any(run[start : start + n] in places() for n in (4, 3, 2)):
            return start
    return -1


def _name_part(run: str) -> str:
    """The end of `run` that can be part of a name: what follows the last word that cannot."""
    strong, weak = _stops()
    words = _cut_words(run)
    at, strong_end, weak_end = 0, 0, 0
    for word in words:
        at += len(word)
        if word in strong:
            strong_end = weak_end = at
        elif word in weak:
            weak_end = at
    rest = run[strong_end:]
    anchor = _first_place(rest)
    return rest[anchor:] if 0 <= anchor < weak_end - strong_end else run[weak_end:]


def _characters_before(text: str, floor: int, at: int) -> str:
    """Characters before `at` that a name may consist of, at most 20, not before `floor`."""
    window = text[max(floor, at - 20) : at]
    if (bracket := _BRACKETED.search(window)) and (run := _RUN.search(window, 0, bracket.start())):
        return run[0] + bracket[0]
    found = _RUN.search(window)
    return found[0] if found else ""


def _zone_stem(run: str, suffix: str, text: str) -> str:
    """The proper name before a zone's suffix, "" where the suffix stands alone."""
    if length := _place_before(run):
        return run[-length:]
    rest = _name_part(run)
    if len(rest) < 2 or _GENERIC.fullmatch(rest):
        return ""
    best, seen = "", text.count(rest[-2:] + suffix)
    for length in range(2, min(6, len(rest)) + 1):
        again = text.count(rest[-length:] + suffix)
        if again >= 2 and again >= 0.6 * seen:
            best = rest[-length:]
    if not best:
        for word in reversed(_cut_words(rest)):
            best = word + best
            if len(best) >= 2:
                break
    loose = suffix == "园区" or suffix not in _PARK
    common = loose and all(map(_is_common_word, _cut_words(best)))
    return "" if common or _GENERIC.fullmatch(best) or len(best) > 8 else best


def _trade_stem(run: str, suffix: str, text: str) -> str:
    """The proper name of a company's short form (巨强 of 巨强科技), "" where it is a common word."""
    rest = ""
    for word in reversed(_cut_words(_name_part(run))):
        if word in places() or (rest and _is_common_word(word)) or len(rest) + len(word) > 4:
            break
        rest = word + rest
    common = len(rest) < 2 or _is_common_word(rest) or _GENERIC.fullmatch(rest)
    return "" if common or text.count(rest + suffix) < 2 else rest


def _behind_zone(stem: str) -> str:
    """What follows a zone's suffix in `stem`, if that says anything (岳阳经开区中科电气 -> 中科电气)."""
    for zone in _ZONES.finditer(stem):
        if len(stem) - zone.end() >= 2 and not _GENERIC.fullmatch(stem, zone.end()):
            return stem[zone.end() :]
    return stem


def _company_stem(run: str, suffix: str) -> str:
    """The proper name before 有限公司, 集团 …, "" where it is a common word (上市公司)."""
    rest = _behind_zone(_name_part(run))
    if generic := _GENERIC.match(rest):
        rest = rest[generic.end() :]
    bare = suffix == "公司" and len(rest) < 6 and all(map(_is_common_word, _cut_words(rest)))
    return "" if bare or len(rest) < 2 or rest in places() else rest


def _division(text: str, at: int) -> int:
    """Length of the listed place before the 省, 市, 县, 区 … at `at`; 0 where there is none."""
    if text[at + 1 : at + 2] in ("段", "域", "间", "级"):
        return 0
    for length in (4, 3, 2):
        start = at - length
        if start >= 0 and text[start:at] in places():
            return 0 if start and text[start - 1 : start + 1] in places() else length
    return 0


def zone_key(stem: str, suffix: str) -> str:
    """What long and short forms of one zone share: 岳阳|经开区."""
    bare = stem[:-1] if len(stem) > 2 and stem[-1] in "省市县区州" else stem
    return f"{bare}|{ZONE_CLASS.get(suffix, suffix)}"


def _name_of_suffix(text: str, found: re.Match[str], floor: int, corpus: str) -> Name | None:
    """The zone, park, place or short company name that a suffix ends, if it names one."""
    kind, suffix, at = found.lastgroup, found[0], found.start()
    if kind == "division":
        length = _division(text, at)
        place: Kind = "zone" if suffix == "区" else "place"
        return Name(at - length, at + 1, place, text[at - length : at + 1]) if length else None
    run = _characters_before(text, floor, at)
    if kind == "trade":
        stem = _trade_stem(run, suffix, corpus)
        return Name(at - len(stem), found.end(), "company", stem + suffix) if stem else None
    stem = _zone_stem(run, suffix, corpus)
    of_place = suffix != "园区" and stem != "" and _place_before(stem) == len(stem)
    zone: Kind = "zone" if kind == "zone" or of_place else "park"
    return Name(at - len(stem), found.end(), zone, zone_key(stem, suffix)) if stem else None


def _companies(text: str, limit: int) -> Iterator[Name]:
    """Companies by their suffix or by the stock code behind their name (台积电(2330))."""
    floor = 0
    for found in islice(_COMPANIES.finditer(text), limit):
        end, suffix = (found.start(), "") if found["code"] else (found.end(), found[0])
        run = _characters_before(text, floor, found.start())
        if stem := _name_part(run) if found["code"] else _company_stem(run, suffix):
            yield Name(found.start() - len(stem), end, "company", stem + suffix)
        floor = found.end()


def names(text: str, limit: int = 2000, folded: str = "", corpus: str = "") -> list[Name]:
    """Zones, parks, places and companies of `text` in order; at most `limit` suffixes are read.

    Suffixes without a proper name before them (a bare 经开区, 上市公司) yield nothing. `folded`
    is the folded text if it is known already, `corpus` a longer folded text around it: a
    stretch that is repeated there before its suffix is a name.

    >>> ["走进湘乡经开区"[n.start : n.end] for n in names("走进湘乡经开区")]
    ['湘乡经开区']
    """
    folded = folded or fold(text)
    corpus = corpus or folded
    found = list(_companies(folded, limit))
    ends = [name.end for name in found]
    others: list[Name] = []
    floor = 0
    for suffix in islice(_SUFFIX.finditer(folded), limit):
        after = bisect_right(ends, suffix.start())
        if after < len(found) and found[after].start < suffix.end():
            continue
        if name := _name_of_suffix(folded, suffix, max(floor, ends[after - 1] if after else 0), corpus):
            if others and name.start < others[-1].end:
                others.pop()
            floor = name.end if suffix.lastgroup != "division" else floor
            others.append(name)
    return sorted([*found, *others], key=lambda name: name.start) if found else others


def shift(name: Name, by: int) -> Name:
    """The name where its text stands `by` characters further on."""
    return Name(name.start + by, name.end + by, name.kind, name.key)


def common_form(text: str, found: list[Name]) -> dict[str, str]:
    """For each key the form to show: the one `text` uses most, the shorter of equals."""
    forms: dict[str, Counter[str]] = {}
    for name in found:
        forms.setdefault(name.key, Counter())[text[name.start : name.end]] += 1
    return {key: min(seen, key=lambda form: (len(form), -seen[form], form)) for key, seen in forms.items()}


_HEADS = {
    "部门": "中心|局|办公室|委员会|大队|支队",
    "所": "研究所|检测所|事务所|派出所|所",
    "院": "研究院|医院|学院|法院|院",
    "校": "大学|学院|中学|小学|学校",
    "学校": "大学|学院|中学|小学|学校",
    "行": "银行",
    "园": "(?<![开入建进立])园",
    "园区": "(?<![开入建进立])园区?",
    "路": "大道|路|街",
    "桥": "大桥|桥",
}
"""Which ends a name has that 该部门, 该所, 该校 … can stand for; other heads end their names themselves."""


def head_names(text: str, folded: str, head: str, before: int) -> str:
    """The name nearest before offset `before` that a 该项目, 该所, 该中心 … can stand for, or ""."""
    ends = list(re.finditer(_HEADS.get(head, re.escape(head)), folded[:before]))
    for found in reversed(ends[-12:]):
        start = found.start()
        quote = folded.rfind("“", max(0, start - 24), start) if folded[start - 1 : start] == "”" else -1
        if quote >= 0:
            return text[quote + 1 : start - 1] + text[start : found.end()]
        stem = _behind_zone(_DATED.sub("", _name_part(_characters_before(folded, max(0, start - 16), start))))
        while stem and (generic := _GENERIC.match(stem)) and generic.end() < len(stem):
            stem = stem[generic.end() :]
        if len(stem) >= 2 and stem[0] not in "该这" and not _says_nothing(stem):
            return text[start - len(stem) : found.end()]
    return ""


def _says_nothing(stem: str) -> bool:
    """Whether a stretch is made of common words and ends in one that says nothing (重点产业)."""
    words = _cut_words(stem)
    return _GENERIC.fullmatch(stem) is not None or (
        _GENERIC.fullmatch(words[-1]) is not None and all(map(_is_common_word, words))
    )
