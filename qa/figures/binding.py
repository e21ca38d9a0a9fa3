"""Cut the words around a number into who (subject) and what (metric).

All functions take folded text, with time expressions blanked to "|".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa.chinese.tags import Token, is_entity, segment, word_class
from qa.figures.nounphrase import REALMS, head_at, joined, name_split, noun_phrase, place_of, stripped

_KEPT = word_class("kept")
"""Adverb-like words that belong to the name of a metric (新签约, 净增)."""


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
    tokens = stripped(segment(last))
    if not tokens:
        return _predicate(stripped(segment(early.replace("|", "")))) if early else Words()
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
    noun = rest[start:]
    start, verbs = _verbs_before(rest, start)
    if verbs and start == 0 and subject and _merges(tokens[:first]):
        return _trim((), "", [subject, *verbs], noun)
    if verbs and start == 0 and tokens[0][1] == "ns" and not is_entity(subject):
        name, more = name_split(tokens[:first])
        return _trim((), name, [more, *verbs] if more else verbs, noun)
    return _trim(tokens[:first], subject, verbs, noun)


def _verbs_before(rest: Sequence[Token], start: int) -> tuple[int, list[str]]:
    """Where the verbs begin that end at `start`, and their words."""
    verbs: list[str] = []
    while start and (
        rest[start - 1][1] == "v"
        or (verbs and (_links(rest, start - 1) or rest[start - 1][0] in _KEPT or rest[start - 1][1] == "vn"))
    ):
        start -= 1
        verbs.insert(0, rest[start][0])
    return start, verbs


def _merges(tokens: Sequence[Token]) -> bool:
    """Whether the words before a verb are part of the metric, no one's name: 城镇|新增就业."""
    text = joined(tokens)
    common = all(tag in ("n", "b", "vn", "j") for _, tag in tokens)
    return (common or text.isascii()) and len(text) <= 4 and not is_entity(text) and text not in REALMS


def _acting(tokens: Sequence[Token]) -> int | None:
    """Where a noun of action after a name acts as the verb: 天河农场|生产|粮食."""
    if head_at(tokens) < len(tokens):
        return None
    for i in range(1, len(tokens) - 1):
        if tokens[i][1] == "vn" and tokens[i + 1][1] in ("n", "x") and is_entity(joined(tokens[:i])):
            return None if is_entity(joined(tokens[i:])) and tokens[-1][0] not in word_class("joined") else i
    return None


def _points(rest: Sequence[Token], i: int) -> bool:
    """Whether a stop word stands inside a noun: 支持|这|两家企业, 查处|各类|案件, 发行|特别|国债."""
    word, tag = rest[i]
    if tag == "r":
        return i > 0 and ((word in ("这", "该", "这些", "那") and rest[i - 1][1] == "v") or word[0] == "各")
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
    head = head_at(tail)
    if 0 < head < len(tail):
        kept = [t for i, t in enumerate(rest) if i <= at or i <= at + head]
        return "", joined(tail[head:]), joined(stripped(kept, False))
    start = at
    while start and rest[start - 1][1] not in ("d", "p", "r"):
        start -= 1
    phrase = [t for i, t in enumerate(rest[start:]) if i or t[0] not in word_class("light")]
    return "", joined(phrase).removeprefix("了").removeprefix("的"), ""


_FEW_OF = re.compile(r"^(?:一大?[批个系列些项]+|多[个家项名])")


def _trim(lead: Sequence[Token], subject: str, verbs: list[str], noun: list[Token]) -> Words:
    light, place = word_class("light"), ""
    while noun and noun[0][0] in ("了", "着", "过", "的", "全", "内", "中", "上", "下", "里", "等"):
        noun = noun[1:]
    text = joined(noun)
    if place := place_of(text):
        text = text[len(place) :].removeprefix("的")
    text = text.rpartition("等")[2] if "等" in text and not text.startswith("等") else text
    text = _FEW_OF.sub("", text)
    text = text.rpartition("、")[2] if "、" in text else text
    kept = [v for v in verbs if v not in light]
    if not kept and verbs and text in ("投资", "投资额"):
        kept = ["完成"] if "完成" in verbs else []
    if not kept and not text and subject:
        inner = _nominal(stripped(lead))
        return Words(inner.subject, "", inner.noun, inner.owner, place)
    return Words(subject, "".join(kept), text, "", place)


def _nominal(tokens: Sequence[Token]) -> Words:
    """Split a phrase without a verb into owner and measure: 湘城经开区|工业总产值, 新峰金属|产值."""
    at = head_at(tokens)
    text = joined(tokens)
    place = place_of(text)
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
        return Words("", "", joined(tokens[at:]), rest)
    return Words(name, "", rest + joined(tokens[at:]))


_INSIDE = re.compile(r"(?<=.)(?:基础上|以内|之内|时间内$|[内里上中])$")
_STOP = frozenset("vdpcrtf")
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
    body = text.lstrip('“‘" ')
    lead = body.startswith("的")
    body = body[1:] if lead else body
    cut = _CUT.search(body)
    phrase = (body[: cut.start()] if cut else body)[:24].replace("“", "").replace("”", "")
    tokens = segment(phrase)
    if tokens and tokens[0][0] in ("中", "内", "里"):
        return "", ""
    at = next((i for i, t in enumerate(tokens) if _ends_noun(tokens, i)), len(tokens))
    noun = _INSIDE.sub("", joined(tokens[:at]))
    if at == len(tokens):
        return noun, ""
    word, tag = tokens[at]
    if word == "的" and noun:
        return noun, ""
    far = _FAR.match(body[len(noun) :])
    if far and (not noun or (tag in ("v", "a", "d", "vn") and not lead)):
        return after(far[1])[0] or noun, ""
    return _with_verb(noun, tokens[at:], phrase, governed)


def _with_verb(noun: str, rest: Sequence[Token], phrase: str, governed: bool) -> tuple[str, str]:
    """A noun and what the words after it, which are no noun, say of it; or the phrase as the verb's object."""  # noqa: E501
    tag = rest[0][1]
    if not noun and tag == "v":
        if rest[-1][0][-1] in "到至为了在" or len(phrase) > 12:
            return "", ""
        return joined([t for t in rest if t[1] in ("v", "vn", "n", "x", "b", "j")]), ""
    names = rest[-1][1] in ("n", "vn", "x") and not any(t[1] in "pdcr" for t in rest)
    if governed and len(phrase) <= 12 and names:
        return phrase, ""
    whole = len(phrase) <= 16 and not any(t[1] in ("p", "r", "c") for t in rest)
    said = joined([t for t in rest if t[1] in ("v", "vn", "n", "x", "a", "b", "j")])
    return noun, said if whole and tag in ("v", "d", "a") and noun and len(said) >= 4 else ""


def _ends_noun(tokens: Sequence[Token], i: int) -> bool:
    word, tag = tokens[i]
    if tag in _STOP:
        return True
    if tag == "u":
        return word != "之"
    return (
        tag == "a"
        and i > 0
        and len(word) > 1
        and (i + 1 == len(tokens) or tokens[i + 1][1] not in ("n", "vn"))
    )
