"""What is carried from clause to clause: the subject, the period, what was counted last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from qa.chinese import periods
from qa.chinese.fold import fold
from qa.chinese.periods import Timex
from qa.chinese.tags import is_entity, word_class
from qa.figures.binding import after, before
from qa.figures.masks import BLANK
from qa.figures.nounphrase import ends_in_measure, is_measure
from qa.schema import Figure, Passage

_BARE = re.compile(
    r"^(?:该|我|本|全|这个|此)?(?:区|市|县|镇|园区?|经开区|高新区|开发区|新区|园|乡|街道|州|省|旗|村|集团|公司)$|^(?:我们|全)园区$"
)
_ANAPHOR = re.compile(
    r"^(?:该|这家|这个|这一|这座|这项|本|此|上述|其)(.*)$|^(项目|企业|公司|工程|基地|园区)$"
)
_SOURCE = re.compile(
    r"[,\"“据悉日前]*(?:从|据|在)([^,(]{2,24}?(?:公司|集团|厂|项目|园区?|区|基地|医院|学校|大学|中心|企业))"
    r"(?:\((?:以下)?简称[“\"]?([^”\")]+)[”\"]?\))?"
    r"(?:传来|获悉|了解到|(?:崭新的|新建的|的|生产|建设|施工|项目)*(?:厂房|车间|现场|工地|基地|里|内))"
)
_NOT_SUBJECTS = word_class("nobody")
_REALM = re.compile(r"^(?:我|全|本|该)[国省市县区州镇乡村]$")
_MARKS = re.compile(r"^[\s\-+•·●■◆]+|[*_`#]+")
"""Marks of a list and of bold type: - **税收**：3亿元."""
SHOWN = 36
"""Characters of a clause without figures that are read for its subject."""
_GENERIC = word_class("generic")


@dataclass(slots=True)
class Scope:
    """The state of one passage while its clauses are read in order."""

    passage: Passage
    today: int | None
    begun: int = 0
    subject: str = ""
    period: str = ""
    year: int | None = None
    built: str = ""
    last: Figure | None = None
    counted: str = ""
    verb: str = ""
    after: str = ""
    pending: str = ""
    mood: str = ""
    growth: str = ""
    recent: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def begin_sentence(self) -> None:
        self.counted = self.verb = self.after = self.pending = self.built = self.mood = ""
        self.recent = []
        if fold(self.period).endswith("同期"):  # what was compared with ends with its sentence
            self.period, self.year = "", None


def note_times(scope: Scope, times: Sequence[Timex]) -> None:
    """Let time expressions replace the period that is carried. 建成后 only lasts for its sentence."""
    for t in times:
        if t.kind == "built":
            scope.built = t.said
            continue
        scope.built = ""
        folded = fold(t.said)
        year = periods.stated_year(folded, scope.today)
        if year is None and not any(w in folded for w in ("去年", "今年", "明年", "上年", "前年")):
            year = scope.year if t.kind in ("when", "day") else None
        scope.year, scope.period = year, t.said


def resolve(name: str, scope: Scope) -> str:
    """What a noun phrase names as a subject: itself, or what it refers back to; "" if it names none."""
    name = name.strip(" ,的、\"'").rpartition("中的")[2]
    if not 2 <= len(name) <= 28 or BLANK in name:
        return scope.passage.subject if _BARE.match(name) else ""
    if m := _ANAPHOR.match(name):
        kind = (m[1] if m[1] is not None else m[2])[-2:]
        for known in reversed(scope.names):
            if kind and known.endswith(kind):
                return known
        if not _BARE.match(name):
            return scope.subject or scope.passage.subject or name
    if _BARE.match(name):
        return scope.passage.subject or name
    if name in _NOT_SUBJECTS or is_measure(name):
        return ""
    if is_entity(name):
        scope.names.append(name)
        return name
    return name if len(name) <= 14 else ""


def silent(scope: Scope, clause: str, times: Sequence[Timex]) -> None:
    """Read a clause without figures: it may name the subject or the period of the next."""
    note_times(scope, times)
    clause = _MARKS.sub("", clause)
    if m := _SOURCE.match(clause.replace("|", "")):
        scope.names += [n for n in (m[1], m[2]) if n]
        scope.subject = m[1]
        return
    phrase = before(clause[:SHOWN])
    name = resolve(phrase.subject, scope) if phrase.subject else ""
    if name and "、" not in name and (is_entity(name) or name in scope.names or _REALM.match(name)):
        scope.subject = name
    scope.pending = phrase.noun if len(clause) <= SHOWN and ends_in_measure(phrase.noun) else ""


def topic(scope: Scope, words: str) -> str:
    """The subject that the first clause of a sentence names; "" for none."""
    found = before(words).subject
    return resolve(found, scope) if found else ""


def owner_after(scope: Scope, following: str) -> str:
    """The entity that a figure qualifies: 投资3亿元的活动中心; "" where it is none."""
    m = re.match(r"(?:[左右以上多])*的([^,。;:、|的]{2,24})", following)
    noun = after(m[1])[0] if m else ""
    if noun in ("企业", "公司", "项目", "园区", "工厂", "基地"):
        known = resolve("该" + noun, scope)
        return "" if known.startswith("该") else known
    return noun if noun and is_entity(noun) and noun not in _GENERIC else ""


_AHEAD = re.compile(r"^[^。;!?]{0,70}?(?:为一体|集.{0,60})的([^,。;:、|的]{2,24})")


def ahead(following: str) -> str:
    """The entity named later in the sentence, after an opening figure: 总投资4亿元，集…为一体的产业园."""
    m = _AHEAD.match(following)
    noun = after(m[1])[0] if m else ""
    return noun if noun and is_entity(noun) and noun not in _GENERIC else ""


def governor(scope: Scope, named: str, first: bool) -> str:
    """The subject of a figure: the one its clause names, else the one carried."""
    name = resolve(named, scope) if named else ""
    if name and (first or (is_entity(name) and name not in _GENERIC)):
        if "、" in name:
            return name
        scope.subject = name
    return scope.subject or scope.passage.subject
