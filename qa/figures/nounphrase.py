"""Noun phrases around a number: the measure at their end, the name at their beginning."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.chinese.tags import Token, is_entity, segment, word_class

_MEASURE_END = frozenset("额量率数费税价值比")


def _is_head(word: str) -> bool:
    return word in word_class("heads") or (len(word) > 1 and word[-1] in _MEASURE_END)


def head_at(tokens: Sequence[Token]) -> int:
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
    modifiers = word_class("modifiers")
    while at and (tokens[at - 1][0] in modifiers or _is_head(tokens[at - 1][0])):
        at -= 1
    return at


def is_measure(text: str) -> bool:
    """Whether a phrase names nothing but a measure (固定资产投资, 总投资)."""
    return bool(text) and head_at(segment(text)) == 0


def ends_in_measure(text: str) -> bool:
    tokens = segment(text)
    return head_at(tokens) < len(tokens)


def split_measure(text: str) -> tuple[str, str]:
    """A phrase cut into what stands before its measure and the measure.

    >>> split_measure("丙县财政收入")
    ('丙县', '财政收入')
    """
    tokens = segment(text)
    at = head_at(tokens)
    return joined(tokens[:at]), joined(tokens[at:])


_LEAD = word_class("lead") | {" ", ","}
_TAIL = word_class("tail") | {" ", "'"}
_TOWARDS = word_class("towards")


def joined(tokens: Sequence[Token]) -> str:
    return "".join(word for word, _ in tokens)


def _closes(word: str) -> bool:
    return word in _TAIL or (word[-1] in "到至" and word in word_class("light"))


def stripped(tokens: Sequence[Token], tail: bool = True) -> list[Token]:
    out = list(tokens)
    towards = False
    while tail and out and (_closes(out[-1][0]) or (towards and out[-1][0] in _TOWARDS)):
        towards = out[-1][0] in ("到", "至", "了", "为", "在", "达", "达到") or towards
        out.pop()
    start = 0
    while start < len(out) and out[start][0] in _LEAD:
        start += 1
    return out[start:]


_PHRASE_END = frozenset("vdpcrtub")
_REFERRING = word_class("referring")
_FEW = re.compile(r"^(?:本次|此次|这次|一批|一个|一些|一种|一家|首次|每)$")


def noun_phrase(tokens: Sequence[Token]) -> str:
    """`tokens` without what cannot begin or end a name; "" where nothing nominal is left."""
    out = stripped(tokens, False)
    while out and (_FEW.match(out[0][0]) and (len(out) == 1 or out[0][0][0] not in "本此这")):
        out.pop(0)
    if len(out) > 1 and out[0][0] == "一" and out[1][0] in "场批个些种次项名位家条支座":
        return ""
    while out and (
        (out[-1][1][0] in _PHRASE_END and out[-1][1] != "vn" and out[-1][0] not in _REFERRING)
        or out[-1][0] in "“”\"'(、,内中里上下:"
    ):
        out.pop()
    while len(out) > 1 and out[-1][1] == "vn" and is_entity(joined(out[:-1])):
        out.pop()
    if not out or all(tag in ("a", "b", "z", "i", "f", "m", "t", "vn", "r", "d") for _, tag in out):
        return "" if not out or out[-1][0] not in _REFERRING else joined(out)
    text = joined(out)
    return text + "”" if text.count("“") > text.count("”") else text


REALMS = word_class("realms")


def place_of(text: str) -> str:
    """全市, 我国, 辖区内 … at the beginning of a phrase."""
    return next((text[:size] for size in (3, 2) if text[:size] in REALMS), "")


_JOINED = word_class("joined")


def name_split(tokens: Sequence[Token]) -> tuple[str, str]:
    """Words before a measure cut into who and the rest: 四川|网上, 湘城水厂|日供水, (nobody)|城镇居民."""
    for end in range(len(tokens), 0, -1):
        text = joined(tokens[:end])
        if is_entity(text) and (end > 1 or text not in _JOINED) and _holds_name(tokens[:end]):
            return noun_phrase(tokens[:end]), joined(tokens[end:])
    end = 0
    while end < len(tokens) and (
        (tokens[end][1] in ("x", "ns", "r") and tokens[end][0] not in '“”"')
        or (end and tokens[end][1] == "c")
    ):
        end += 1
    if end > 0 and tokens[end - 1][1] != "c" and not joined(tokens[:end]).isascii():
        return noun_phrase(tokens[:end]), joined(tokens[end:])
    return "", joined(tokens)


def _holds_name(tokens: Sequence[Token]) -> bool:
    """Whether an entity is more than a kind of thing used as an attribute (企业 in 规模企业利润)."""
    last = tokens[-1][0]
    return last not in _JOINED or any(tag in ("x", "ns", "r") for _, tag in tokens)
