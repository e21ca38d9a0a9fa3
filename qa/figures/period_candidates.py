"""When a figure may hold: the times of its sentence and of those before, and the date of its article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.figures.candidates import Candidate, kind_of
from qa.figures.draft import Draft
from qa.figures.scene import CLAUSE, Scene

PERIOD = (
    "kind",
    "empty",
    "rule",
    "in_rule",
    "sort",
    "same_sentence",
    "same_clause",
    "before",
    "after",
    "sentences",
    "clauses",
    "nearest",
    "opens",
    "year",
    "month",
    "relative",
    "comma",
    "de",
    "date",
    "rule_empty",
    "length",
    "count",
    "growth",
    "mode",
    "compared",
    "figure_between",
    "expected_cue",
    "verb_between",
    "n_times",
    "headline",
    "day",
    "phrase_between",
    "has_to",
    "since",
    "number",
)
_SORTS = ("when", "iso", "span", "now", "built", "day", "from", "compared", "event", "said")
_SAID = re.compile(
    r"今日|今天|昨日|昨天|当日|当天|当时|当前|本次|此次|本届|本轮|每年|每日|每天|每月|每周|常年|一年|长期以?来?|多年来?|现有|原有|原本|现在|现|"
    r"最初|首日|首周|当年|当月|历年|全天|盘中|早盘|午间|尾盘|收盘|开盘|截至收盘|截至发稿|自?[^,。;、|\d\s]{2,8}以来|期间|届时|建成后|投产后|达产后|目前|"
    r"[^,。;、|\d\s]{2,6}(?:期间|时期|时段|阶段)"
)
_RELATIVE = re.compile(r"今年|去年|明年|同期|上年|当年|本月|上月|年内")
_CUES = re.compile(r"预计|将|到20|力争|计划|目标|未来|建成|如果")


@dataclass(frozen=True, slots=True)
class _Time:
    said: str
    start: int
    sort: str


def times_of(scene: Scene) -> list[_Time]:
    """Every time that a passage names, and other words that say when (此次, 每日, 复航以来)."""
    found = [_Time(t.said, t.start, t.kind) for t in scene.times]
    held = [(t.start, t.end) for t in scene.times]
    for m in _SAID.finditer(scene.work):
        if not any(a < m.end() and m.start() < b for a, b in held):
            found.append(_Time(m[0], m.start(), "said"))
    return sorted(found, key=lambda t: t.start)


def periods(scene: Scene, drafts: Sequence[Draft]) -> list[list[Candidate]]:
    """For each figure of a passage the candidates for when it holds, the empty one among them."""
    times, starts = times_of(scene), [d.quantity.start for d in drafts]
    return [_periods(scene, draft, times, starts) for draft in drafts]


def _periods(scene: Scene, draft: Draft, times: Sequence[_Time], starts: Sequence[int]) -> list[Candidate]:
    q, sentence = draft.quantity, scene.sentence_at(draft.quantity.start)
    low, high = scene.sentences[max(0, sentence - 6)][0], draft.right
    places: dict[str, _Time | None] = {}
    near = [t for t in times if low <= t.start < max(high, q.end)]
    for t in (
        sorted(near, key=lambda t: (t.start < q.start, t.start))[-10:]
        + [t for t in near if t.start >= q.start][:2]
    ):
        places[t.said] = t
    for said in (draft.figure.period, *([scene.passage.date.said] if scene.passage.date else []), ""):
        places.setdefault(said, None)
    view = _PeriodView(scene, draft, sentence, starts, len(near))
    order = [t.start for t in near if t.start < q.start]
    return [Candidate(said, _period_features(said, t, order, view)) for said, t in places.items()]


class _PeriodView:
    def __init__(self, scene: Scene, draft: Draft, sentence: int, starts: Sequence[int], near: int) -> None:
        self.scene, self.draft, self.sentence, self.starts, self.near = scene, draft, sentence, starts, near
        self.kind = kind_of(draft.quantity)
        self.rule = draft.figure.period
        self.date = scene.passage.date.said if scene.passage.date else ""
        start, _ = scene.sentences[sentence]
        self.span = (start, draft.quantity.start)
        self.cue = bool(_CUES.search(scene.work, start, draft.quantity.start))
        self.mode = ("actual", "expected", "planned", "possible").index(draft.figure.mode)


def _period_features(
    said: str, t: _Time | None, order: Sequence[int], view: _PeriodView
) -> tuple[float, ...]:
    scene, q = view.scene, view.draft.quantity
    at = t.start if t else -1
    end = at + len(said)
    k = scene.sentence_at(at) if t else -1
    between = scene.work[end : q.hedge_start] if t and end <= q.hedge_start else ""
    opens = bool(t) and not scene.work[scene.sentences[k][0] : at].strip("|, “")
    return (
        view.kind,
        not said,
        said == view.rule,
        bool(said and view.rule) and (said in view.rule or view.rule in said),
        _SORTS.index(t.sort) if t and t.sort in _SORTS else -1,
        bool(t) and k == view.sentence,
        bool(t) and view.draft.clause[0] <= at < view.draft.clause[1],
        q.start - end if t and at < q.start else -1,
        at - q.end if t and at >= q.end else -1,
        view.sentence - k if t else -1,
        len(CLAUSE.findall(between)) if t else -1,
        sum(o > at for o in order) if t else -1,
        opens,
        bool(re.search(r"20\d\d|19\d\d|年", said)),
        "月" in said or "季" in said,
        bool(_RELATIVE.search(said)),
        bool(t) and scene.work[end : end + 1] == ",",
        bool(t) and scene.work[end : end + 1] == "的",
        said == view.date and bool(said),
        not view.rule,
        len(said),
        view.near,
        bool(view.draft.growth),
        view.mode,
        bool(t and t.sort == "compared"),
        sum(at < s < q.start for s in view.starts) if t else -1,
        view.cue,
        len([w for w in between if w in "了是为达"]),
        len(order),
        said in scene.passage.headline and bool(said),
        "日" in said,
        between.count("、") + between.count("和"),
        bool(re.search(r"[-—至到~]", said)),
        "以来" in said or "截至" in said,
        len(between),
    )
