"""Say what a text is about and what its 该区, 全区, 园区, 该公司 or 该项目 stand for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from qa.chinese.fold import fold
from qa.chinese.names import ZONE_CLASS, Name, common_form, head_names, names, shift

Mention = tuple[int, int, str]
"""Start and end of a stand-in in a text, and the name that it stands for."""

REACH = 1500
"""How far back, in characters, a stand-in is looked up."""
_WEIGHT = {"zone": 2.0, "park": 0.5, "company": 1.0, "place": 0.6, "other": 0.0}
_KICKER = re.compile(r"^\s*([^:：]{2,16})[:：]")
_ALIAS = re.compile(r"简称[为:：]?[“\"「『]([^”\"」』]{2,16})[”\"」』]")
_BARE_ZONE = re.compile("|".join(sorted({*ZONE_CLASS.values(), "开发区", "园区"}, key=len, reverse=True)))

_OF_PLACE = re.compile(r"[全我本该]([市县州镇乡村])(?![场民级长属直委政])")
_ZONE_WORD = re.compile(
    r"(?:该|我|全|本|此)(?:经开区|高新区|开发区|新区|区)(?![域间别块位分])|(?:该|我|全|本)园区|本园(?!区)"
    r"|(?<![\u4e00-\u9fff])区(?=党?工委|党委|管委会|委|政府|机关|内|领导)|经开区|高新区|开发区|(?<![业技流心])园区"
)
_PLACE_WORD = re.compile(r"(?:该|我|全|本)([省市县州镇乡村旗])(?![场民级长属直委政])")
_THING_WORD = re.compile(
    r"(?:该|本|这家|这个|此)(公司|企业|集团|项目|工程|产业园|工业园|园区|园|研究所|研究院|检测所|所|院|医院|学校|大学|校|中心|"
    r"部门|支部|局|厂|基地|平台|协会|银行|行|小区|社区|街道|路|桥|产品|品牌|工厂|电站|机场|水库|公园|景区|实验室)"
    r"|(?<![\u4e00-\u9fff])(公司)(?![\u4e00-\u9fff]{0,2}法)"
)


def subject_of(titles: Sequence[str], body: str, fallback: str = "", limit: int = 4000) -> str:
    """The zone, company or place that headline(s) and body are about, "" where none is named.

    A kicker (天易经开区：…) decides; otherwise names count by kind, a title's sixfold and
    those of the first 80 characters of the body threefold. `fallback` (the page's or the
    file's subject) stands in where the body says a bare 经开区 of the same sort.
    """
    title, text = "\n".join(titles), body[:limit]
    found = [(name, 6.0) for name in names(title, 50)]
    whole = title + "\n" + text
    behind = len(title) + 1
    found += [(shift(n, behind), 3.0 if n.start < 80 else 1.0) for n in names(text, 400)]
    forms = common_form(whole, [name for name, _ in found])
    for line in titles:
        if (kicker := _KICKER.match(line)) and (named := names(kicker[1])):
            return forms.get(named[-1].key, kicker[1])
    score: defaultdict[str, float] = defaultdict(float)
    for name, weight in found:
        score[name.key] += weight * _WEIGHT[name.kind]
    for word in _OF_PLACE.findall(fold(text)):
        fits = [key for key in score if key.endswith(word)]
        if fits:
            score[max(fits, key=lambda key: (score[key], key))] += 1.0
    for alias in _ALIAS.findall(text):
        score[alias] += text.count(alias)
        forms[alias] = alias
    return _choose(score, forms, fold(whole), fallback)


def _choose(score: dict[str, float], forms: dict[str, str], folded: str, fallback: str) -> str:
    best = min(score, key=lambda key: -score[key], default="")
    suffix = fold(fallback).split("|")[-1]
    bare = [m[0] for m in _BARE_ZONE.finditer(folded[:4000])]
    says_fallback = any(suffix.endswith(word) for word in bare if word != "园区")
    if fallback and says_fallback and ("|" not in best or score.get(best, 0) < 4):
        return fallback
    return forms.get(best, best) if score.get(best, 0) >= 2 else ""


class Context:
    """What an article has named so far; reads its passages in order."""

    def __init__(self, subject: str, corpus: str) -> None:
        """`subject` is that of the article, `corpus` its text: names repeated there are surer."""
        self.article, self.subject = subject, subject
        self._corpus = fold(corpus[:8000])
        self._text, self._folded, self._known = "", "", list[Name]()

    def section(self) -> None:
        """A new section: what the last one named is no longer near."""
        self._text, self._folded, self._known, self.subject = "", "", [], self.article

    def read(self, text: str, section: str = "") -> tuple[str, tuple[Mention, ...]]:
        """The subject of the next passage, and what its 该区, 园区, 该公司, 该项目 … stand for.

        The nearest named antecedent of the same sort wins; a stand-in without one is left out.
        The subject is the article's unless section or opening name another zone, which then
        goes on through passages that name none but say 该区.
        """
        folded = fold(text)
        found = names(text, folded=folded, corpus=self._corpus)
        self.subject = self._passage_subject(text, folded, found, section)
        drop = max(0, len(self._text) - REACH)
        offset = len(self._text) - drop + 1
        self._text, self._folded = f"{self._text[drop:]}\n{text}", f"{self._folded[drop:]}\n{folded}"
        self._known = [shift(n, -drop) for n in self._known if n.start >= drop]
        self._known += [shift(n, offset) for n in found]
        return self.subject, self._stand_ins(offset)

    def _passage_subject(self, text: str, folded: str, found: list[Name], section: str) -> str:
        if self.article and not is_zone(self.article):
            return self.article
        key = subject_key(self.article)
        heading = names(section[:40], corpus=self._corpus) if section else []
        for part, part_names, reach in ((section, heading, 40), (text, found, 12)):
            zones = [n for n in part_names if n.kind == "zone"]
            if zones and any(n.key == key for n in zones):
                return self.article
            if zones and zones[0].start <= reach:
                return part[zones[0].start : zones[0].end]
        goes_on = self.subject != self.article and not any(n.kind == "zone" for n in found)
        return self.subject if goes_on and _ZONE_WORD.search(folded) else self.article

    def _stand_ins(self, offset: int) -> tuple[Mention, ...]:
        patterns = (_ZONE_WORD, _PLACE_WORD, _THING_WORD)
        starts = [name.start for name in self._known]
        out: list[Mention] = []
        for word in (m for pattern in patterns for m in pattern.finditer(self._folded, offset)):
            inside = bisect_left(starts, word.end()) - 1
            if inside >= 0 and self._known[inside].end > word.start():
                continue
            if stands := self._antecedent(word, self._known[: inside + 1]):
                out.append((word.start() - offset, word.end() - offset, stands))
        return _without_overlaps(sorted(out))

    def _antecedent(self, word: re.Match[str], known: list[Name]) -> str:
        if word.re is _ZONE_WORD:
            return self._zone(word[0], known)
        if word.re is _PLACE_WORD:
            fits = [n for n in known if n.kind == "place" and self._folded[n.end - 1] == word[1]]
            own = self.subject if fold(self.subject)[-1:] == word[1] else ""
            return self._wording(fits[-1]) if fits else own
        head = word[1] or word[2]
        if head in ("公司", "企业", "集团"):
            near = word.start() - (200 if word[2] else REACH)
            fits = [n for n in known if n.kind == "company" and n.end >= near]
            return self._wording(fits[-1]) if fits else "" if is_zone(self.subject) else self.subject
        parks = [n for n in known if n.kind == "park"] if "园" in head else []
        return self._wording(parks[-1]) if parks else head_names(self._text, self._folded, head, word.start())

    def _wording(self, name: Name) -> str:
        return self._text[name.start : name.end]

    def _zone(self, said: str, known: list[Name]) -> str:
        """The zone that a 该区, 经开区 or 园区 stands for."""
        want, key = said.lstrip("该我全本此"), subject_key(self.subject)
        if said[0] in "该此":
            for name in reversed(known):
                if name.key == key:
                    return self.subject
                if name.kind == "zone" or (name.kind == "park" and want.startswith("园")):
                    return self._wording(name)
        fits = want not in ZONE_CLASS.values() or key.endswith(want)
        return self.subject if fits and is_zone(self.subject) else ""


def _without_overlaps(found: list[Mention]) -> tuple[Mention, ...]:
    """`found` without those that overlap an earlier one."""
    kept: list[Mention] = []
    for mention in found:
        if not kept or mention[0] >= kept[-1][1]:
            kept.append(mention)
    return tuple(kept)


@lru_cache(1024)
def subject_key(subject: str) -> str:
    """The key of the name that a subject is, itself where it is none."""
    found = names(subject)
    return found[-1].key if found else subject


def is_zone(subject: str) -> bool:
    """Whether a subject is one that 该区 or 园区 can stand for."""
    return fold(subject)[-1:] in ("区", "园", "港") or fold(subject)[-2:] == "新城"


def shortest_forms(subjects: Sequence[str]) -> dict[str, str]:
    """For each subject the shortest of those that name the same zone."""
    best: dict[str, str] = {}
    keys = {said: named[-1].key for said in set(subjects) if said and (named := names(said))}
    for said, key in sorted(keys.items(), key=lambda pair: (len(pair[0]), pair[0])):
        best.setdefault(key, said)
    return {said: best[key] for said, key in keys.items()}
