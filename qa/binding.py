"""Cut the words around a number into who (subject) and what (metric).

All functions take folded text. Words are cut by the longest match from the
right over `data/pos.txt`; measures are known by their last word (`data/metric_heads.txt`),
so that the names of metrics stay open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from .units import alternation

_DATA = Path(__file__).parent / "data"
_SINGLE = {
    "d": "已将正均都又再共仅还也就才只预拟可能应须需另曾不未全各最更较约超逾近刚仍却便",
    "v": "通有为是达占居到至获升降设列报任含属作供建",
    "p": "在对从以向由与给把被按让使用比于因随同跟像自",
    "c": "和及或并而且但",
    "u": "的了着过等之所得地其",
    "r": "该此这那我他她它们本",
}
_KEPT = frozenset("新 总 年 再 首次 净 现 人均 户均 年均 日均 月均".split())
"""Adverb-like words that belong to the name of a metric (新签约, 净增)."""
Token = tuple[str, str]


@cache
def words(group: str) -> frozenset[str]:
    """The words of one class of `data/metric_heads.txt`."""
    for line in (_DATA / "metric_heads.txt").read_text("utf-8").splitlines():
        name, _, rest = line.partition("\t")
        if name == group:
            return frozenset(rest.split())
    raise KeyError(group)


@cache
def _tags() -> dict[str, str]:
    table = {char: tag for tag, chars in _SINGLE.items() for char in chars}
    for line in (_DATA / "pos.txt").read_text("utf-8").splitlines():
        if line and line[0] != "#":
            tag, members = line.split("\t")
            table.update(dict.fromkeys(members.split(" "), tag))
    table.update({w: "n" for w in words("heads") if len(w) > 1 and table.get(w) != "vn"})
    for group in ("modifiers", "entities"):
        for word in words(group):
            if len(word) > 1 and table.get(word, "v") == "v":
                table[word] = "n"
    return table


@lru_cache(maxsize=65536)
def segment(text: str) -> tuple[Token, ...]:
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
    out.reverse()
    return tuple(_unverbed(out))


_NAME_CHARS = frozenset("达通建设含供任获升增减同及使随按向由因比居列报")


def _unverbed(tokens: list[Token]) -> list[Token]:
    """A lone character after an unknown one is part of a name: 达 in 宏达汽车, 通 in 海通物流园."""
    for i in range(1, len(tokens) - 1):
        word, tag = tokens[i]
        before = tokens[i - 1]
        if len(word) == 1 and word in _NAME_CHARS and before[1] == "x" and len(before[0]) == 1:
            tokens[i] = (word, "x")
    return tokens


@cache
def _entity() -> re.Pattern[str]:
    return re.compile(f".*(?:{alternation(words('entities'))})$")


@lru_cache(maxsize=65536)
def is_entity(text: str) -> bool:
    """Whether a noun phrase ends like a place, company, project, park or office."""
    text = _PHASE.sub("", text)
    if not text or not _entity().match(text) or text[-2:] in _COMMON:
        return _short_name(text)
    last = segment(text)[-1] if text else ("", "")
    return last[0] in words("entities") or last[1] in ("x", "ns") or len(last[0]) == 1 or last[0][-2:] in words("entities")


def _short_name(text: str) -> bool:
    """A company's short name: unknown characters or a place, then its trade (新峰金属)."""
    tokens = segment(text)
    return len(tokens) > 1 and tokens[-1][0] in words("industries") and all(t in ("x", "ns", "nz") for _, t in tokens[:-1])


_PHASE = re.compile(r"(?<=.{2})[一二三四五六首\d]期$")
_COMMON = frozenset(
    "干部 场所 全部 内部 外部 局部 东部 西部 中部 南部 北部 校园 家园 田园 住所 道路 路线 城市 都市 商店 高楼 国家 各国 外国 全国 部委 常委 市委 区委 省委 县委 党委 村委 办法 城乡 故乡 他乡 家乡 创办 主办 承办 举办 开办 该所 其所 场站 江河 河山 火山".split()
)


_MEASURE_END = frozenset("额量率数费税价值比")


def _is_head(word: str) -> bool:
    return word in words("heads") or (len(word) > 1 and word[-1] in _MEASURE_END)


def _head_at(tokens: Sequence[Token]) -> int:
    """Where the measure that `tokens` end with begins; their number where they end with none."""
    at = len(tokens)
    if not tokens or not (_is_head(tokens[-1][0]) or tokens[-1][0] in _MEASURE_END):
        return at
    at -= 1
    if tokens[at][0] in _MEASURE_END:  # 出货量, one character at a time
        floor = max(0, at - 2)
        while at > floor and (len(tokens[at - 1][0]) == 1) == (tokens[at - 1][1] == "x"):
            at -= 1
            if len(tokens[at][0]) > 1:
                break
    modifiers = words("modifiers")
    while at and (tokens[at - 1][0] in modifiers or _is_head(tokens[at - 1][0])):
        at -= 1
    return at


def is_measure(text: str) -> bool:
    """Whether a phrase names nothing but a measure (固定资产投资, 总投资)."""
    return bool(text) and _head_at(segment(text)) == 0


def ends_in_measure(text: str) -> bool:
    tokens = segment(text)
    return _head_at(tokens) < len(tokens)


_LEAD = frozenset(
    "其中 据悉 据 据了解 据介绍 据统计 数据 显示 此外 同时 另外 目前 随后 而且 并且 以及 另 一方面 方面 不仅 仅 而 且 并 但 光 也 则 均 都 就 对 使 使得 让 令 将 把 截至"
    " 截止 自 从 以 按 由于 由 单 如 又 还 在 为 和 与 及 或 等 了 到 至 是 因 , 、 : ; “ ” \" ' ‘ ’ ( ) — - · … > | 的 之 共 则 已 已经 现 现已 先后 连续 继续 成功 累计 陆续 正在 全年 至今 其 经 经过".split()
) | {" ", ","}
_TAIL = frozenset(
    "分别 已经 已 就 便 则 均 都 仅 只 约 近 超 将 可 能 能够 有望 预计 也 还 又 共 总计 共计 合计 累计 多 各 左右 达成 达到 约达 约合 达 为 是 至 到 在 于 了 着 过 的 定 约为 即 更 却 却已 才 大约"
    " 升至 降至 增至 减至 突破 超过 等于 相当于 高于 低于 只有 仅有 就有 只 仅为 高达 多达 则为 不低于 \" “ ” : 、 , | = 平均 更是 均为 之 最高 最低 约合 折合 即 由 从 零 实际 逾 估 计 近乎 再".split()
) | {" ", "'"}
_TOWARDS = frozenset("提高 增加 增长 扩大 下降 降低 减少 上升 提升 回升 恢复 控制 保持 稳定 维持 回落 发展 缩小 上涨 下调 上调 增 降 升 缩短 压缩 下滑 拓展 扩展 延长 推进 跌 涨".split())


@dataclass(frozen=True, slots=True)
class Words:
    """What the words before a number say: subject, verb and noun of the metric, each may be empty.

    `owner` is what the measure belongs to beside the subject (招商项目 of its 总投资),
    `place` a bare 全区 or 全市 among them.
    """

    subject: str = ""
    verb: str = ""
    noun: str = ""
    owner: str = ""
    place: str = ""

    @property
    def metric(self) -> str:
        return self.verb + self.noun


def _join(tokens: Sequence[Token]) -> str:
    return "".join(word for word, _ in tokens)


def _strip(tokens: Sequence[Token], tail: bool = True) -> list[Token]:
    out = list(tokens)
    towards = False
    while tail and out and (out[-1][0] in _TAIL or (out[-1][0][-1] in "到至" and out[-1][0] in words("light")) or (towards and out[-1][0] in _TOWARDS)):
        towards = out[-1][0] in ("到", "至", "了", "为", "在", "达", "达到") or towards
        out.pop()
    start = 0
    while start < len(out) and out[start][0] in _LEAD:
        start += 1
    return out[start:]


_PHRASE_END = frozenset("vdpcrtub")
_REFERRING = frozenset("该 本 其 我 全 该区 该市 该县 该省 该镇 该村 该项目 该公司 该企业 我区 我市 我县 我省 我国 全区 全市".split())
_FEW = re.compile(r"^(?:本次|此次|这次|一批|一个|一些|一种|一家|首次|每)$")


def _named(text: str) -> bool:
    """Whether an entity has a name of its own: 湘城园区 but not 园区, 项目, 企业."""
    return is_entity(text) and text not in words("entities")


def noun_phrase(tokens: Sequence[Token]) -> str:
    """`tokens` without what cannot begin or end a name; "" where nothing nominal is left."""
    out = _strip(tokens, False)
    while out and (_FEW.match(out[0][0]) and (len(out) == 1 or out[0][0][0] not in "本此这")):
        out.pop(0)
    if len(out) > 1 and out[0][0] == "一" and out[1][0] in "场批个些种次项名位家条支座":
        return ""
    while out and (out[-1][1][0] in _PHRASE_END and out[-1][1] != "vn" and out[-1][0] not in _REFERRING or out[-1][0] in "“”\"'(、,内中里上下:"):
        out.pop()
    while len(out) > 1 and out[-1][1] == "vn" and is_entity(_join(out[:-1])):
        out.pop()
    if not out or all(tag in ("a", "b", "z", "i", "f", "m", "t", "vn", "r", "d") for _, tag in out):
        return "" if not out or out[-1][0] not in _REFERRING else _join(out)
    text = _join(out)
    return text + "”" if text.count("“") > text.count("”") else text


_ADJUNCT = re.compile(r"[从在对为向以按](?=[^|]{2})(?!期)")


@lru_cache(maxsize=65536)
def before(text: str) -> Words:
    """Subject, verb and noun in the words before a number, time expressions given as "|".

    A light verb (完成, 实现, 达) is dropped where a noun follows; adverbs always are.

    >>> before("湘城经开区完成固定资产投资")
    Words(subject='湘城经开区', verb='', noun='固定资产投资', owner='', place='')
    >>> before("新签约项目").metric
    '新签约项目'
    """
    if _ADJUNCT.match(text) and segment(text[:6])[0][0] == text[0]:
        found = before(text[1:])
        return Words("", found.verb, found.noun, found.owner, found.place)
    early, _, last = text.rstrip("| ").rpartition("|")
    first = noun_phrase(segment(early.replace("|", ""))) if early else ""
    tokens = _strip(segment(last))
    if not tokens:
        return _predicate(_strip(segment(early.replace("|", "")))) if early else Words()
    found = _predicate(tokens)
    if text.lstrip("|, ").startswith("其中") and found.subject and not is_entity(found.subject):
        return Words("", found.subject + found.verb, found.noun, found.owner, found.place)
    if first and (not found.subject or found.subject == found.place or is_entity(first)):
        return Words(first, found.verb, found.noun, found.owner, found.place)
    return found


def _predicate(tokens: list[Token]) -> Words:
    first = next((i for i, (_, tag) in enumerate(tokens) if tag in ("v", "d", "p")), None)
    if first is None:
        first = _acting(tokens)
    if first is None:
        return _nominal(tokens)
    while first and (tokens[first - 1][0] in _KEPT or tokens[first - 1][1] == "vn"):
        first -= 1
    subject = noun_phrase(tokens[:first])
    rest = tokens[first:]
    if of := _relative(rest):
        return Words(subject, *of)
    start = len(rest)
    while start and (rest[start - 1][1] not in ("v", "d", "p", "r", "c") or _points(rest, start - 1)):
        start -= 1
    if start and rest[start - 1][1] == "c" and 1 < start < len(rest):  # 企业和项目, 新建及改造道路
        start = _coordinated(rest, start)
    noun, verbs = rest[start:], []
    while start and (
        rest[start - 1][1] == "v"
        or (verbs and (_links(rest, start - 1) or rest[start - 1][0] in _KEPT or rest[start - 1][1] == "vn"))
    ):
        start -= 1
        verbs.insert(0, rest[start][0])
    if verbs and start == 0 and subject and _merges(tokens[:first]):
        return _trim((), "", [subject, *verbs], noun)
    if verbs and start == 0 and tokens[0][1] == "ns" and not is_entity(subject):
        name, more = name_split(tokens[:first])
        return _trim((), name, [more, *verbs] if more else verbs, noun)
    return _trim(tokens[:first], subject, verbs, noun)


def _merges(tokens: Sequence[Token]) -> bool:
    """Whether the words before a verb are part of the metric, no one's name: 城镇|新增就业."""
    text = _join(tokens)
    common = all(tag in ("n", "b", "vn", "j") for _, tag in tokens)
    return (common or text.isascii()) and len(text) <= 4 and not is_entity(text) and text not in _PLACES


def _acting(tokens: Sequence[Token]) -> int | None:
    """Where a noun of action after a name acts as the verb: 天河农场|生产|粮食."""
    if _head_at(tokens) < len(tokens):
        return None
    for i in range(1, len(tokens) - 1):
        if tokens[i][1] == "vn" and tokens[i + 1][1] in ("n", "x") and is_entity(_join(tokens[:i])):
            return None if is_entity(_join(tokens[i:])) and tokens[-1][0] not in _JOINED else i
    return None


def _points(rest: Sequence[Token], i: int) -> bool:
    """Whether a stop word stands inside a noun: 支持|这|两家企业, 查处|各类|案件, 发行|特别|国债."""
    word, tag = rest[i]
    if tag == "r":
        return i > 0 and (word in ("这", "该", "这些", "那") and rest[i - 1][1] == "v" or word[0] == "各")
    inside = tag == "d" and (len(word) > 1 or word == "超") and i + 1 < len(rest)
    return inside and rest[i + 1][1] in ("n", "x", "b", "j") and i > 0 and rest[i - 1][1] in ("v", "b", "n")


def _links(rest: Sequence[Token], i: int) -> bool:
    """Whether the word joins two verbs: 解决 或 当场 答复."""
    if i == 0 or rest[i][1] not in ("c", "d"):
        return False
    return rest[i - 1][1] in ("v", "vn") or (rest[i][1] == "d" and rest[i - 1][1] == "c" and i > 1)


def _coordinated(rest: list[Token], start: int) -> int:
    at = start - 1
    kind = rest[at - 1][1]
    if rest[start][1][0] == kind[0] or kind[0] in "nxvjb":
        at -= 1
        while at and rest[at - 1][1] in ("n", "x", "b", "j", "vn"):
            at -= 1
        if kind == "v" and rest[start][1] == "v":
            return start
        return at
    return start


def _relative(rest: list[Token]) -> tuple[str, str, str] | None:
    """Verb, noun and owner where a clause with 的 qualifies the noun: 集中签约的招商项目总投资."""
    at = max((i for i, (word, _) in enumerate(rest) if word == "的"), default=-1)
    if at <= 0 or at + 1 >= len(rest) or any(tag in ("v", "d", "p") for _, tag in rest[at + 1 :]):
        return None
    tail = rest[at + 1 :]
    head = _head_at(tail)
    if 0 < head < len(tail):
        kept = [t for i, t in enumerate(rest) if i <= at or i <= at + head]
        return "", _join(tail[head:]), _join(_strip(kept, False))
    start = at
    while start and rest[start - 1][1] not in ("d", "p", "r"):
        start -= 1
    phrase = [t for i, t in enumerate(rest[start:]) if i or t[0] not in words("light")]
    return "", _join(phrase).removeprefix("了").removeprefix("的"), ""


_FEW_OF = re.compile(r"^(?:一大?[批个系列些项]+|多[个家项名])")
_PLACES = frozenset("全村 全队 全厂 全公司 全集团 全系统 全行业 全县 全街道 全社区 全局 全院 全校 本市 本省 本县 本区 全球 世界 全区 全市 全省 全县 全国 全镇 全乡 全州 全园 区内 市内 省内 县内 园内 境内 辖区内 辖区 国内 当地 我国 我市 我省 我区 我县 全州 全旗 全行 全校 全院 区域内".split())


_JOINED = frozenset("项目 企业 产业 行业 市场 工程 平台 系统 机构 单位 部门".split())


def name_split(tokens: Sequence[Token]) -> tuple[str, str]:
    """Words before a measure cut into who and the rest: 四川|网上, 湘城水厂|日供水, (nobody)|城镇居民."""
    for end in range(len(tokens), 0, -1):
        text = _join(tokens[:end])
        if is_entity(text) and (end > 1 or text not in _JOINED) and _holds_name(tokens[:end]):
            return noun_phrase(tokens[:end]), _join(tokens[end:])
    end = 0
    while end < len(tokens) and (tokens[end][1] in ("x", "ns", "r") and tokens[end][0] not in "“”\"" or (end and tokens[end][1] == "c")):
        end += 1
    if 0 < end and tokens[end - 1][1] != "c" and not _join(tokens[:end]).isascii():
        return noun_phrase(tokens[:end]), _join(tokens[end:])
    return "", _join(tokens)


def _holds_name(tokens: Sequence[Token]) -> bool:
    """Whether an entity is more than a kind of thing used as an attribute (企业 in 规模企业利润)."""
    last = tokens[-1][0]
    return last not in _JOINED or any(tag in ("x", "ns", "r") for _, tag in tokens)


def _trim(lead: Sequence[Token], subject: str, verbs: list[str], noun: list[Token]) -> Words:
    light, place = words("light"), ""
    while noun and noun[0][0] in ("了", "着", "过", "的", "全", "内", "中", "上", "下", "里", "等"):
        noun = noun[1:]
    text = _join(noun)
    for known in _PLACES:
        if text.startswith(known):
            place, text = known, text[len(known) :].removeprefix("的")
            break
    text = text.rpartition("等")[2] if "等" in text and not text.startswith("等") else text
    text = _FEW_OF.sub("", text)
    text = text.rpartition("、")[2] if "、" in text else text
    kept = [v for v in verbs if v not in light]
    if not kept and verbs and text in ("投资", "投资额"):
        kept = ["完成"] if "完成" in verbs else []
    if not kept and not text and subject:
        inner = _nominal(_strip(lead))
        return Words(inner.subject, "", inner.noun, inner.owner, place)
    return Words(subject, "".join(kept), text, "", place)


def _nominal(tokens: Sequence[Token]) -> Words:
    """Split a phrase without a verb into owner and measure: 湘城经开区|工业总产值, 新峰金属|产值."""
    at = _head_at(tokens)
    text = _join(tokens)
    place = next((p for p in _PLACES if text.startswith(p)), "")
    if place and not text.startswith("国内生产"):
        return Words(place, "", text[len(place) :].removeprefix("的"), "", place)
    if at == len(tokens):
        if "的" in text[1:-1] and is_entity(text.rpartition("的")[0]):
            head, _, tail = text.rpartition("的")
            return Words(head, "", tail)
        tail = text.rpartition("等")[2] or text
        return Words("", "", tail.rpartition("、")[2] or tail)
    owned = list(tokens[:at])
    while owned and owned[-1][0] in ("的", "之"):
        owned.pop()
    name, rest = name_split(owned)
    if not name and len(owned) > 1 and owned[-1][0] in ("项目", "企业", "工程"):
        return Words("", "", _join(tokens[at:]), rest)
    return Words(name, "", rest + _join(tokens[at:]))


_INSIDE = re.compile(r"(?<=.)(?:基础上|以内|之内|时间内$|[内里上中])$")
_STOP = frozenset("v d p c r t f".split())
_CUT = re.compile(r"[,。;:!?、()（）|\x01\n]")
_FAR = re.compile(r"[^,。;:!?|\x01]{0,22}?的([^,。;:!?、()|\x01的]{2,12})")


@lru_cache(maxsize=65536)
def after(text: str, governed: bool = False) -> tuple[str, str]:
    """The noun that a number counts, in the words after it, and what is said of it at once.

    `governed` says that a verb stands before the number, so that the rest of the
    clause is its object.

    >>> after("施工人员分布在各处"), after("群众急需解决的民生问题"), after("优秀项目入围决赛")
    (('施工人员', ''), ('民生问题', ''), ('优秀项目', '入围决赛'))
    """
    body = text.lstrip("“‘\" ")
    lead = body.startswith("的")
    body = body[1:] if lead else body
    cut = _CUT.search(body)
    phrase = (body[: cut.start()] if cut else body)[:24].replace("“", "").replace("”", "")
    tokens = segment(phrase)
    if tokens and tokens[0][0] in ("中", "内", "里"):
        return "", ""
    at = next((i for i, t in enumerate(tokens) if _ends_noun(tokens, i)), len(tokens))
    noun = _INSIDE.sub("", _join(tokens[:at]))
    if at == len(tokens):
        return noun, ""
    word, tag = tokens[at]
    if word == "的" and noun:
        return noun, ""
    far = _FAR.match(body[len(noun) :])
    if far and (not noun or (tag in ("v", "a", "d", "vn") and not lead)):
        return after(far[1])[0] or noun, ""
    rest = tokens[at:]
    if not noun and tag == "v":
        if rest[-1][0][-1] in "到至为了在":
            return "", ""
        return _join([t for t in rest if t[1] in ("v", "vn", "n", "x", "b", "j")]) if len(phrase) <= 12 else "", ""
    if governed and len(phrase) <= 12 and rest[-1][1] in ("n", "vn", "x") and not any(t[1] in "pdcr" for t in rest):
        return phrase, ""
    whole = len(phrase) <= 16 and not any(t[1] in ("p", "r", "c") for t in rest)
    said = _join([t for t in rest if t[1] in ("v", "vn", "n", "x", "a", "b", "j")])
    return noun, said if whole and tag in ("v", "d", "a") and noun and len(said) >= 4 else ""


def _ends_noun(tokens: Sequence[Token], i: int) -> bool:
    word, tag = tokens[i]
    if tag in _STOP:
        return True
    if tag == "u":
        return word != "之"
    return tag == "a" and i > 0 and len(word) > 1 and (i + 1 == len(tokens) or tokens[i + 1][1] not in ("n", "vn"))


def split_measure(text: str) -> tuple[str, str]:
    """A phrase cut into what stands before its measure and the measure.

    >>> split_measure("丙县财政收入")
    ('丙县', '财政收入')
    """
    tokens = segment(text)
    at = _head_at(tokens)
    return _join(tokens[:at]), _join(tokens[at:])
