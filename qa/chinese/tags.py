"""Cut Chinese into words with their part of speech, and tell names of entities from common nouns.

Words are cut by the longest match from the right over `data/pos.txt`: a figure's
surroundings are a dozen characters, for which a statistical cutter is too slow.
The classes of words that binding needs lie in `data/metric_heads.txt`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from qa.chinese.units import alternation
from qa.chinese.words import tokenizer

Token = tuple[str, str]
_DATA = Path(__file__).parent.parent / "data"
_SINGLE = {
    "d": "已将正均都又再共仅还也就才只预拟可能应须需另曾不未全各最更较约超逾近刚仍却便",
    "v": "通有为是达占居到至获升降设列报任含属作供建",
    "p": "在对从以向由与给把被按让使用比于因随同跟像自",
    "c": "和及或并而且但",
    "u": "的了着过等之所得地其",
    "r": "该此这那我他她它们本",
}


@cache
def word_class(group: str) -> frozenset[str]:
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
    table.update({w: "n" for w in word_class("heads") if len(w) > 1 and table.get(w) != "vn"})
    for word in word_class("modifiers"):
        if len(word) > 1:
            table.setdefault(word, "n")
    table.update({w: "n" for w in word_class("entities") if len(w) > 1 and table.get(w, "v") == "v"})
    return table


@lru_cache(maxsize=65536)
def part_of_speech(word: str) -> str:
    """The tag of a folded word: that of the table, else of jieba's dictionary, "x" where both lack it.

    A lone character that is no function word is "x": most stand in names (亚|朵).

    >>> part_of_speech("投资"), part_of_speech("会计准则"), part_of_speech("朵")
    ('vn', 'n', 'x')
    """
    if found := _tags().get(word):
        return found
    found = str(tokenizer().FREQ.tag(word))
    return found if found and (len(word) > 1 or found[0] in "fpdcuy") else "x"


def in_table(word: str) -> bool:
    """Whether the table of parts of speech holds a folded word."""
    return word in _tags()


@cache
def _sizes() -> dict[str, int]:
    """Lengths of the words that end in two given characters: bit n is set for a word of n."""
    sizes: dict[str, int] = {}
    for word in _tags():
        if len(word) > 1:
            end = word[-2:]
            sizes[end] = sizes.get(end, 0) | 1 << len(word)
    return sizes


@cache
def _longest(sizes: int) -> tuple[int, ...]:
    """The lengths whose bits are set, longest first."""
    return tuple(n for n in range(sizes.bit_length() - 1, 1, -1) if sizes >> n & 1)


@lru_cache(maxsize=65536)
def segment(text: str) -> tuple[Token, ...]:
    """Words of `text` with their part of speech, "x" where it is unknown.

    >>> segment("完成固定资产投资")[0]
    ('完成', 'v')
    """
    tags, sizes, out, end = _tags(), _sizes(), [], len(text)
    while end > 1:
        for size in _longest(sizes.get(text[end - 2 : end], 0)):
            word = text[end - size : end] if size <= end else ""
            if word in tags:
                break
        else:
            word = text[end - 1 : end]
        out.append((word, tags.get(word, "x")))
        end -= len(word)
    if end:
        out.append((text[:1], tags.get(text[:1], "x")))
    out.reverse()
    return tuple(_unverbed(out))


_NAME_CHARS = frozenset("达通建设含供任获升增减同及使随按向由因比居列报")


def _unverbed(tokens: list[Token]) -> list[Token]:
    """A lone character after an unknown one is part of a name: 达 in 宏达汽车, 通 in 海通物流园."""
    for i in range(1, len(tokens) - 1):
        word = tokens[i][0]
        before = tokens[i - 1]
        if len(word) == 1 and word in _NAME_CHARS and before[1] == "x" and len(before[0]) == 1:
            tokens[i] = (word, "x")
    return tokens


@cache
def _entity() -> re.Pattern[str]:
    return re.compile(f".*(?:{alternation(word_class('entities'))})$")


@lru_cache(maxsize=65536)
def is_entity(text: str) -> bool:
    """Whether a noun phrase ends like a place, company, project, park or office."""
    text = _PHASE.sub("", text)
    if not text or not _entity().match(text) or text[-2:] in _COMMON:
        return _short_name(text)
    word, tag = segment(text)[-1]
    ends = word_class("entities")
    return tag in ("x", "ns") or len(word) == 1 or word in ends or word[-2:] in ends


def _short_name(text: str) -> bool:
    """A company's short name: unknown characters or a place, then its trade (新峰金属)."""
    tokens = segment(text)
    named = all(tag in ("x", "ns", "nz") for _, tag in tokens[:-1])
    return len(tokens) > 1 and named and tokens[-1][0] in word_class("industries")


_PHASE = re.compile(r"(?<=.{2})[一二三四五六首\d]期$")
_COMMON = word_class("common")
