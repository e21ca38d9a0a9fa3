"""Cut the words around a number into who (subject) and what (metric).

All functions take folded text. Words are cut by the longest match from the
right over `data/pos.txt`; measures are known by their last word (`data/metric_heads.txt`),
so that the names of metrics stay open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from .units import alternation

_DATA = Path(__file__).parent / "data"
_SINGLE = {
    "d": "已将正均都又再共仅还也就才只预拟可能应须需另曾不未全各每最更较约超逾近",
    "v": "有为是达占居到至获升降增减设列报任含",
    "p": "在对从以向由与和给把被按让使用比于及因随同跟",
    "u": "的了着过等之所得地其",
    "r": "该此这那我他她它们本",
    "keep": "新总年",
    "f": "上中下内外里",
}


@cache
def _tags() -> dict[str, str]:
    table = {char: tag for tag, chars in _SINGLE.items() for char in chars}
    for line in (_DATA / "pos.txt").read_text("utf-8").splitlines():
        if line and line[0] != "#":
            tag, words = line.split("\t")
            table.update(dict.fromkeys(words.split(" "), tag))
    return table


@cache
def words(group: str) -> frozenset[str]:
    """The words of one class of `data/metric_heads.txt`."""
    for line in (_DATA / "metric_heads.txt").read_text("utf-8").splitlines():
        name, _, rest = line.partition("\t")
        if name == group:
            return frozenset(rest.split(" "))
    raise KeyError(group)


@lru_cache(maxsize=65536)
def segment(text: str) -> tuple[tuple[str, str], ...]:
    """Words of `text` with their part of speech, "x" where it is unknown.

    >>> segment("完成固定资产投资")[0]
    ('完成', 'v')
    """
    tags, out, end = _tags(), [], len(text)
    while end:
        for size in (4, 3, 2, 1):
            word = text[end - size : end]
            if len(word) == size and (word in tags or size == 1):
                break
        out.append((word, tags.get(word, "x")))
        end -= len(word)
    return tuple(reversed(out))


@cache
def _head() -> re.Pattern[str]:
    return re.compile(
        f"(?:{alternation(words('modifiers'))})*(?:{alternation(words('heads'))})$"
        "|(?:[\u4e00-\u9fff]{1,4}(?:额|量|率|数|费|税|价))$"
    )


@cache
def _entity() -> re.Pattern[str]:
    return re.compile(f".*(?:{alternation(words('entities'))})(?:[（(][^)）]*[)）])?")


def metric_head(text: str) -> int:
    """Where the measure that `text` ends with begins (固定资产投资 in 湘城固定资产投资); -1 without one."""
    m = _head().search(text)
    return m.start() if m else -1


def is_entity(text: str) -> bool:
    """Whether a noun phrase ends like a place, company, project, park or office."""
    return bool(_entity().fullmatch(text))


_LEAD = re.compile(
    r"^(?:其中|据悉|据了解|据介绍|据统计|数据显示|此外|同时|另外|目前|截至目前|随后|而且|并且|以及|另一方面|一方面|不仅|仅|而|且|并|但|光|在此基础上|与此同时"
    r"|也就是说|总的来看|从全年看|具体来看|分别|到|至|年|单|单是|如|又|还|也|则|均|都|就|对|使|使得|让|令|将|把|截至|截止|自|从|以|按|经|由于|由|,|\s|[,、:;\"“”'‘’()（）—\-·…>|])+"
)
_TAIL = re.compile(
    r"(?:分别|已经|已|就|便|则|均|都|仅|只|约|近|超|将|可|能|能够|有望|预计|也|还|又|共|总计|共计|合计|累计|高|多|各|左右"
    r"|达成|达到了|达到|达|为|是|至|到|在|于|了|着|过|的|定在|定为|升至|降至|增至|减至|增加到|增长到|提高到|扩大到|下降到|降低到|减少到|上升到|上升至|提升到|提升至|提高至|增加至|扩大至|下降至|减少至|回升至|恢复到|超过|突破|保持在|维持在|控制在|稳定在|不低于|等于|相当于|高于|低于|只有|仅有|就有|[\"“”:、,\s|=])+$"
)
_PLACE = re.compile(r"^(?:全区|全市|全省|全县|全国|全镇|全乡|全州|全园|全行业|区内|市内|省内|县内|园内|境内|辖区内|辖区|区域内|园区内|国内|当地)(?=.|$)")
_KEPT_ADVERB = {"新", "总", "年", "再", "首次", "净"}


@dataclass(frozen=True, slots=True)
class Words:
    """What a stretch of words before a number says: subject, verb and noun of the metric, each may be empty."""

    subject: str
    verb: str
    noun: str
    place: str = ""

    @property
    def metric(self) -> str:
        return self.verb + self.noun


def _clean(text: str) -> str:
    return _LEAD.sub("", text)


@lru_cache(maxsize=65536)
def before(text: str) -> Words:
    """Subject, verb and noun in the words before a number, time expressions given as "|".

    A light verb (完成, 实现, 达) is dropped where a noun follows; adverbs always are.

    >>> before("湘城经开区完成固定资产投资")
    Words(subject='湘城经开区', verb='', noun='固定资产投资', place='')
    >>> before("新签约项目").metric
    '新签约项目'
    """
    text = _TAIL.sub("", text)
    early, _, last = text.rpartition("|")
    early = _clean(early.replace("|", "")).rstrip(",的")
    last = _clean(last)
    if not last:
        early, last = "", early
    found = _predicate(last)
    if early and not found.subject:
        return Words(early, found.verb, found.noun, found.place)
    return found


def _predicate(text: str) -> Words:
    pieces = segment(text)
    first = next((i for i, (_, tag) in enumerate(pieces) if tag in ("v", "d", "p")), None)
    if first is None:
        return _nominal(text)
    if first and pieces[first - 1][0] in _KEPT_ADVERB:
        first -= 1
    subject = "".join(word for word, _ in pieces[:first])
    start = len(pieces)
    while start > first and pieces[start - 1][1] not in ("v", "d", "p", "r", "c"):
        start -= 1
    noun = "".join(word for word, _ in pieces[start:])
    verbs: list[str] = []
    while start > first and pieces[start - 1][1] == "v":
        start -= 1
        verbs.insert(0, pieces[start][0])
    if verbs and start > 0 and pieces[start - 1][0] in _KEPT_ADVERB:
        verbs.insert(0, pieces[start - 1][0])
    return _trim(subject, verbs, noun)


def _trim(subject: str, verbs: list[str], noun: str) -> Words:
    light = words("light")
    place = ""
    if noun.startswith(("了", "着", "过")):
        noun = noun[1:]
    if m := _PLACE.match(noun):
        place, noun = m[0], noun[m.end() :]
    noun = noun.removeprefix("的")
    kept = [v for v in verbs if v not in light]
    if not kept and verbs and noun in ("投资", "投资额") and "完成" in verbs:
        kept = ["完成"]
    if not kept and not noun and subject:
        inner = _nominal(subject)
        return Words(inner.subject, "", inner.noun, place)
    return Words(subject, "".join(kept), noun, place)


def _nominal(text: str) -> Words:
    """Split a phrase without a verb into owner and measure: 湘城经开区|工业总产值, 新峰金属|产值."""
    at = metric_head(text)
    if at > 0 and text[at - 1] == "的":
        return Words(text[: at - 1], "", text[at:])
    if at > 0:
        m = _entity().match(text)
        if m and 2 <= m.end() < len(text) and m.end() <= at:
            return Words(m[0], "", text[m.end() :].removeprefix("的"))
        return Words(text[:at], "", text[at:])
    if m := _PLACE.match(text):
        return Words(m[0], "", text[m.end() :].removeprefix("的"))
    return Words("", "", text)


_STOP = ("v", "d", "p", "c", "r", "t", "f")


@lru_cache(maxsize=65536)
def after(text: str) -> tuple[str, str]:
    """The noun that a number counts, in the words after it, and what is said of it at once.

    >>> after("施工人员分布在各处"), after("群众急需解决的民生问题"), after("优秀项目入围决赛")
    (('施工人员', ''), ('民生问题', ''), ('优秀项目', '入围决赛'))
    """
    lead = text.startswith("的")
    body = text[1:] if lead else text
    cut = re.search(r"[,。;:!?、()（）|\x01\n]", body)
    phrase = body[: cut.start()] if cut else body
    pieces = segment(phrase[:24])
    noun: list[str] = []
    i = 0
    for i, (word, tag) in enumerate(pieces):
        if tag in _STOP or (tag == "u" and word != "之") or (tag == "a" and noun and len(word) > 1):
            break
        noun.append(word)
    else:
        return "".join(noun), ""
    word, tag = pieces[i]
    rest = "".join(w for w, _ in pieces[i:])
    if word == "的" and noun:
        return "".join(noun), ""
    far = re.match(r"[^,。;:!?|\x01]{0,22}?的([^,。;:!?、()|\x01的]{2,12})", body[len("".join(noun)) :])
    if far and (tag in ("v", "a", "d") and not lead or not noun):
        return after(far[1])[0] or "".join(noun), ""
    said = "".join(w for w, t in pieces[i:] if t in ("v", "vn", "n", "x"))
    whole = len(rest) <= 10 and len(phrase) <= 24 and not any(t in ("p", "r") for _, t in pieces[i:])
    return "".join(noun), said if whole and tag in ("v", "d", "a") and noun else ""
