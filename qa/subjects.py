"""Say what a text is about and what its 该区, 全区, 园区, 该公司 or 该项目 stand for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from qa.fold import fold
from qa.names import ZONE_CLASS, Name, common_form, head_names, names

Mention = tuple[int, int, str]
"""Start and end of a stand-in in a text, and the name that it stands for."""

REACH = 1500
"""How far back, in characters, a stand-in is looked up."""
_WEIGHT = {"zone": 2.0, "park": 0.5, "company": 1.0, "place": 0.6, "other": 0.0}
_KICKER = re.compile(r"^\s*([^:：]{2,16})[:：]")
_ALIAS = re.compile(r"简称[为:：]?[“\"「『]([^”\"」』]{2,16})[”\"」』]")
_BARE_ZONE = re.compile("|".join(sorted({*ZONE_CLASS.values(), "开发区", "园区"}, key=len, reverse=True)))

_ZONE_WORD = re.compile(
    r"(?:该|我|全|本|此)(?:经开区|高新区|开发区|新区|区)(?![域间别块位分])|(?:该|我|全|本)园区|本园(?!区)"
    r"|(?<![\u4e00-\u9fff])区(?=党?工委|党委|管委会|委|政府|机关|内|领导)|经开区|高新区|开发区|(?<![业技流心])园区"
)
_PLACE_WORD = re.compile(r"(?:该|我|全|本)([省市县州镇乡村旗])(?![场民级长属直委政])")
_THING_WORD = re.compile(
    r"(?:该|本|这家|这个|此)(公司|企业|集团|项目|工程|产业园|工业园|园区|园|研究所|研究院|检测所|所|院|医院|学校|大学|校|中心|"
    r"部门|支部|局|厂|基地|平台|协会|银行|行|小区|社区|街道|路|桥|产品|品牌)"
    r"|(?<![\u4e00-\u9fff])(公司)(?![\u4e00-\u9fff]{0,2}法)"
)


def subject_of(titles: Sequence[str], body: str, fallback: str = "", limit: int = 4000) -> str:
    """The zone, company or place that headline(s) and body are about, "" where none is named.

    A kicker (天易经开区：…) decides; otherwise names count by kind, a title's sixfold and
    those of the first 160 characters of the body threefold. `fallback` (the page's or the
    file's subject) stands in where the body says a bare 经开区 of the same sort.
    """
    title, text = "\n".join(titles), body[:limit]
    found = [(name, 6.0) for name in names(title, 50)]
    whole = title + "\n" + text
    shift = len(title) + 1
    found += [(_moved(n, shift), 3.0 if n.start < 160 else 1.0) for n in names(text, 400)]
    forms = common_form(whole, [name for name, _ in found])
    for line in titles:
        if (kicker := _KICKER.match(line)) and (named := names(kicker[1])):
            return forms.get(named[-1].key, kicker[1])
    score: Counter[str] = Counter()
    for name, weight in found:
        score[name.key] += weight * _WEIGHT[name.kind]
    for alias in _ALIAS.findall(text):
        score[alias] += text.count(alias)
        forms[alias] = alias
    return _choose(score, forms, fold(whole), fallback)


def _moved(name: Name, by: int) -> Name:
    return Name(name.start + by, name.end + by, name.kind, name.key)


def _choose(score: Counter[str], forms: dict[str, str], folded: str, fallback: str) -> str:
    best = min(score, key=lambda key: (-score[key], len(key), key), default="")
    suffix = fold(fallback).split("|")[-1]
    bare = [m[0] for m in _BARE_ZONE.finditer(folded[:4000])]
    says_fallback = any(suffix.endswith(word) for word in bare if word != "园区")
    if fallback and says_fallback and ("|" not in best or score[best] < 4):
        return fallback
    return forms.get(best, best) if score[best] >= 2 else ""


def stand_ins(text: str, before: str, subject: str) -> tuple[Mention, ...]:
    """What the stand-ins of `text` (该区, 园区, 该公司, 该项目 …) stand for, in order.

    `before` is the text of the same article that precedes, `subject` the article's. The
    nearest named antecedent of the same sort wins; a stand-in without one is left out.
    """
    before = before[-REACH:]
    whole = before + text
    folded, offset = fold(whole), len(before)
    words = [m for pattern in (_ZONE_WORD, _PLACE_WORD, _THING_WORD) for m in pattern.finditer(folded, offset)]
    if not words:
        return ()
    known = names(whole)
    starts = [name.start for name in known]
    out: dict[int, Mention] = {}
    for word in words:
        inside = bisect_left(starts, word.end()) - 1
        if inside >= 0 and known[inside].end > word.start():
            continue
        if stands := _antecedent(word, known[: inside + 1], whole, folded, subject):
            out.setdefault(word.start(), (word.start() - offset, word.end() - offset, stands))
    return _apart(sorted(out.values()))


def _apart(found: list[Mention]) -> tuple[Mention, ...]:
    """`found` without those that overlap an earlier one."""
    kept: list[Mention] = []
    for mention in found:
        if not kept or mention[0] >= kept[-1][1]:
            kept.append(mention)
    return tuple(kept)


def _antecedent(word: re.Match[str], known: list[Name], whole: str, folded: str, subject: str) -> str:
    if word.re is _ZONE_WORD:
        return _zone(word[0], known, whole, subject)
    if word.re is _PLACE_WORD:
        fits = [n for n in known if n.kind == "place" and folded[n.end - 1] == word[1]]
        return whole[fits[-1].start : fits[-1].end] if fits else _if_ends(subject, word[1])
    head = word[1] or word[2]
    if head in ("公司", "企业", "集团"):
        fits = [n for n in known if n.kind == "company"]
        if fits:
            return whole[fits[-1].start : fits[-1].end]
        return "" if _is_zone(subject) else subject
    return head_names(whole, folded, head, word.start())


def _zone(said: str, known: list[Name], whole: str, subject: str) -> str:
    """The zone that a 该区, 经开区 or 园区 stands for."""
    want = said.lstrip("该我全本此")
    determined = said[0] in "该此"
    for name in reversed(known):
        form = whole[name.start : name.end]
        if name.kind == "park" and not (determined and want.startswith("园")):
            continue
        if name.kind in ("zone", "park") and (determined or form == subject):
            return form
    if want in ZONE_CLASS.values() and _is_zone(subject):
        suffix = fold(subject)
        return subject if suffix.endswith(want) else ""
    return subject if _is_zone(subject) else ""


def _is_zone(subject: str) -> bool:
    return fold(subject)[-1:] in ("区", "园", "港") or fold(subject)[-2:] == "新城"


def _if_ends(subject: str, suffix: str) -> str:
    return subject if fold(subject)[-1:] == suffix else ""


def shortest_forms(subjects: Sequence[str]) -> dict[str, str]:
    """For each subject the shortest of those that name the same zone."""
    best: dict[str, str] = {}
    keys = {said: named[-1].key for said in set(subjects) if said and (named := names(said))}
    for said, key in sorted(keys.items(), key=lambda pair: (len(pair[0]), pair[0])):
        best.setdefault(key, said)
    return {said: best[key] for said, key in keys.items()}


def passage_subject(text: str, section: str, article: str, before: str) -> str:
    """The subject of a passage: `article`'s, unless section or opening name another zone.

    `before` is the subject of the passage before in the same section; it goes on where the
    text names no zone but says 该区 and the like.
    """
    if article and not _is_zone(article):
        return article
    for part, reach in ((section[:40], 40), (text, 12)):
        zones = [n for n in names(part, 60) if n.kind == "zone"]
        said = [part[n.start : n.end] for n in zones]
        if article in said:
            return article
        if zones and zones[0].start <= reach:
            return said[0]
    return before if before != article and not zones and _ZONE_WORD.search(fold(text)) else article
