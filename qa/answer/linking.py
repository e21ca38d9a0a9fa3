"""Tie what a question names (zones, companies, parks) to what passages and figures are about.

A near-identical figure of another zone is the commonest wrong answer, so a
candidate must be governed by the name asked for: the nearest name before it
in its sentence, or in the sentences before where its own has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from qa.answer.evidence import View
from qa.chinese.fold import fold
from qa.chinese.names import names
from qa.question.names import Named
from qa.question.query import Query
from qa.question.terms import unknown_words

WIDE = ("zone", "place")
STRANGER, ELSEWHERE, OTHER, NEARBY, SHORTENED, OWNED = 0.1, 0.15, 0.3, 0.8, 0.9, 0.95


WORKS = ("项目", "工程", "厂房", "车间", "生产线", "基地", "一期", "二期", "三期", "产业园", "公司", "集团")
"""What belongs to the company that its sentence names before it."""


def about(asked: Iterable[Named], view: View, nearby: str) -> float:
    """Whether a passage is about the zones and places asked for: 1 yes, near 0 no."""
    wide = [n for n in asked if n.kind in WIDE or not n.known]
    scores = []
    for name in wide:
        if name.text in nearby or _same(name, view.passage.subject):
            scores.append(1.0)
        elif not name.known and name.text not in view.folded:
            scores.append(SHORTENED if _abridged(name, view) else STRANGER)
        elif name.text in view.folded or name.key in {key for *_, key in view.passage.names}:
            scores.append(0.85)
        else:
            scores.append(0.9 if name.kind == "place" and name.text[:2] in view.frame else ELSEWHERE)
    return min(scores, default=1.0)


def _abridged(name: Named, view: View) -> bool:
    """Whether a name leaves out common words of one that a passage has: 北陵县(绿色食品)产业园."""
    if name.kind not in ("zone", "park"):
        return False
    fulls = [fold(view.passage.subject), *view.frame.split(), *(said for _, _, said in view.named)]
    for cut in range(2, len(name.text) - 1):
        head, tail = name.text[:cut], name.text[cut:]
        for full in fulls:
            at, end = full.find(head), full.find(tail)
            left_out = full[at + cut : end]
            if 0 <= at < end and 1 < len(left_out) <= 8 and not unknown_words(left_out):
                return True
    return False


def _same(name: Named, subject: str) -> bool:
    folded = fold(subject)
    return bool(folded) and (name.text in folded or folded in name.text or name.key == key_of(folded))


def key_of(subject: str) -> str:
    """The key that a subject shares with its other forms, itself where it is no known sort of name."""
    found = names(subject)
    return found[-1].key if found else subject


def governed(asked: Iterable[Named], view: View, at: int, subject: str = "") -> float:
    """Whether the companies and parks asked for govern clean offset `at`: 1 yes, OTHER another does.

    `subject` is what a figure there was bound to.
    """
    zone = fold(view.passage.subject)
    narrow = [n for n in asked if n.kind not in WIDE and n.known]
    if not any(n.kind != "name" or n.text not in zone for n in narrow):
        return 1.0  # short for the zone that the passage is about (乌兰塔拉)
    own = fold(subject)
    if not narrow:
        return 1.0
    if own and any(n.text in own or own in n.text for n in narrow):
        return 1.0
    start, end = view.sentence_at(at)
    if own.endswith(WORKS):
        owned_by = owners(view, start, at)
        if any(said in n.text or n.text in said for n in narrow for said in owned_by):
            return OWNED
    if own and own != zone and any(own[-1] == n.text[-1] for n in narrow):
        return OTHER
    if len(own) > 2 and own != zone and any(own in said or said in own for _, _, said in view.named):
        return OTHER
    if any(n.kind == "name" and n.text in view.folded[start:at] for n in narrow):
        return 1.0
    nearest = view.name_before(at, start)
    if nearest is None and any(n.text in view.folded[at:end] for n in narrow):
        return 0.95
    nearest = nearest or view.name_before(start, 0)
    if nearest is None:
        return NEARBY if any(n.text in view.folded or n.text in view.frame for n in narrow) else OTHER
    if any(nearest in n.text or n.text in nearest for n in narrow):
        return 1.0
    return 0.6 if any(n.text in view.folded[start:end] for n in narrow) else OTHER


def owners(view: View, start: int, at: int) -> list[str]:
    """The companies that a sentence names before `at`; what stands before it where it says 该企业."""
    here = [said for s, _, said in view.named if start <= s < at]
    if here or not _IT.search(view.folded, start, at):
        return here
    before = view.name_before(start, 0)
    return [view.folded[max(0, start - SPOKEN) : start], *([before] if before else [])]


SPOKEN = 60
"""Characters before a sentence in which its 该企业 is looked for."""
_IT = re.compile(r"(?:该|这家|本)(?:企业|公司|集团|厂)|[我他]们")


def trespass(
    asked: Iterable[Named], query: Query, subject: str, gazetteer: Mapping[str, tuple[str, str]]
) -> float:
    """1, or less where a figure belongs to a company or park that the question does not speak of."""
    own = fold(subject)
    known = gazetteer.get(own)
    works = own.endswith(WORKS) and len(own) > 5
    if not (works if known is None else known[0] not in WIDE) or any(n.kind not in WIDE for n in asked):
        return 1.0
    name = own.removesuffix("项目").removesuffix("工程")
    said = any(name[i : i + 2] in query.content for i in range(len(name) - 1))
    return 1.0 if said else 0.45
