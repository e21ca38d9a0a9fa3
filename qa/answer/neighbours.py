"""Whether a figure is what a question means: its noun, phase, stage, end of a change, and its period.

Each rule gives 1 or a factor; they hold a neighbour of the right figure back.
A figure seldom repeats its year: the section's heading, the headline or the text's
own date says it once. What a figure says itself goes first, then the year of the
section (2023年工作回顾), then the date of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from qa.answer.evidence import View
from qa.chinese.fold import fold
from qa.chinese.periods import Period, clash, offset, read_period
from qa.question.query import Query
from qa.question.terms import paraphrases, terms
from qa.schema import Figure

UNNAMED, NEARLY, OTHERWISE = 0.35, 0.75, 0.6
"""A figure whose sentence lacks the noun counted, whose own words lack it, whose metric has nothing asked."""
TURNED, STAGE, UNSTAGED, CRITERION = 0.6, 0.4, 0.9, 0.4
"""The other end of a change, projects at another stage or at none, a bound that only picks out a group."""
PHASE = re.compile(r"[一二三四五首]期(?!间|待|望|刊|货|权|限|末|初)")
_TOTAL = re.compile(r"总(?:投资|额|面积|量)")
_DONE = re.compile(r"(?:已|累计)?(?:完成|到位|投入)了?投资|已投|已完成|已经投|[砸投花]了|[砸投]进去")


def meant(query: Query, view: View, figure: Figure) -> float:
    """1, or less where a question means something else: another phase, noun, stage or end of a change."""
    unlike = OTHERWISE if strange(query, figure) else 1.0
    wording = min(named(query, view, figure), unlike) * criterion(query, view, figure)
    return wording * said(query, view, figure) * staged(query, figure) * turned(query, view, figure)


def said(query: Query, view: View, figure: Figure) -> float:
    """1, or less where the question excludes a figure in so many words, or asks for the total or the part."""
    start, end = view.sentence_at(figure.clean_start)
    before, after = view.folded[start : figure.clean_start], view.folded[figure.clean_start : end]
    metric = fold(figure.metric)
    factor = 1.0
    if any(x in metric or (x in ("预计", "计划") and figure.mode != "actual") for x in query.excluded):
        factor *= 0.2
    if query.phase:
        near = PHASE.findall(before)[-1:] or PHASE.findall(after)[:1]
        phases = near or PHASE.findall(fold(figure.subject))
        factor *= 1.0 if query.phase in phases else 0.25
    if (_TOTAL.search(query.folded) and _DONE.search(metric)) or (
        _DONE.search(query.folded) and "总" in metric
    ):
        factor *= 0.35
    return factor


_STAGES = {
    "签约": "签约|签下|签订|合同|协议",
    "开工": "开工|动工|开建|奠基",
    "在建": "在建|续建|施工",
    "竣工": "竣工|完工|落成",
    "投产": "投产|达产|量产|投用|投运",
    "新建": "新建|新盖",
    "到位": "到位|到账|实际利用|实际使用",
    "引进": "引进|招引|引入",
}
_STAGE = {name: re.compile(words) for name, words in _STAGES.items()}


def staged(query: Query, figure: Figure) -> float:
    """1, or STAGE where a figure is of projects at another stage (新签约项目 against 新开工项目)."""
    asked, own = stages(query.folded), stages(fold(f"{figure.of}{figure.metric}"))
    if not asked or asked & own:
        return 1.0
    return STAGE if own else UNSTAGED


def stages(folded: str) -> set[str]:
    """The stages of a project that words speak of.

    >>> stages("新开工项目")
    {'开工'}
    """
    return {name for name, pattern in _STAGE.items() if pattern.search(folded)}


def named(query: Query, view: View, figure: Figure) -> float:
    """Whether a figure is of the noun that a question counts (多少座隧道): 1 yes, UNNAMED nothing says so."""
    noun = query.noun if query.wants_figure else ""
    if not noun or query.dimension == "percent" or (query.unit and query.dimension == "money"):
        return 1.0
    words = {noun[i : i + 2] for i in range(len(noun) - 1)} or {noun}
    words |= {w for t in (*words, noun) for w in paraphrases(t)}
    after = re.split(r"[,，、。;；]", view.folded[figure.clean_end : figure.clean_end + 10])[0]
    if any(t in fold(f"{figure.of}{figure.metric}") or t in after for t in words):
        return 1.0
    start, end = view.sentence_at(figure.clean_start)
    return NEARLY if any(t in view.folded[start:end] for t in words) else UNNAMED


_LATIN = re.compile(r"[a-z]{3}")


def strange(query: Query, figure: Figure) -> bool:
    """Whether no character of a figure's metric is in a question that is all Chinese."""
    own = set(fold(f"{figure.of}{figure.metric}")) - set("总额量数率的")
    asked = {*query.folded, *"".join(w for t in terms(query.content) for w in paraphrases(t))}
    return bool(own) and not own & asked and not _LATIN.search(query.folded)


_GROUP = re.compile(r"的?[一-龥]{0,6}?(?:项目|企业|有|共)")
_OVER = re.compile(r"(?:过|超|逾|不足|不到)$")


def criterion(query: Query, view: View, figure: Figure) -> float:
    """1, or CRITERION for a bound that picks out a group: 投资过10亿元的有7个, 亿元以上项目9个."""
    after = view.folded[figure.clean_end : figure.clean_end + 12]
    bound = fold(figure.text).endswith(("以上", "以下")) and _GROUP.match(after)
    over = _OVER.search(view.folded, 0, figure.clean_start) and after.startswith("的")
    return CRITERION if (bound or over) and not query.numbers else 1.0


_LEFT = re.compile(r"[由从][^,。;|]{0,12}$")
_REACHED = re.compile(r"^[^,。;\d]{0,8}?[到至为成]")
_BEFOREHAND = re.compile(r"原来|原先|原本|之前|此前|以前|从前|最初|起初|当初")


def turned(query: Query, view: View, figure: Figure) -> float:
    """1, or TURNED for the end of a change not asked for (由3天压缩到4小时): the new one is the usual."""
    asked_old = bool(_BEFOREHAND.search(query.folded))
    return TURNED if left(view, figure) != asked_old and (asked_old or left(view, figure)) else 1.0


def left(view: View, figure: Figure) -> bool:
    """Whether a figure is what a change left behind: 3天 in 由3天压缩到4小时."""
    start, end = view.sentence_at(figure.clean_start)
    before, after = view.folded[start : figure.clean_start], view.folded[figure.clean_end : end]
    return bool(_LEFT.search(before) and _REACHED.match(after))


_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)\s*年?")
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)年\d{1,2}月\d{1,2}日")
_AS_OF = re.compile(r"(?:截至|截止到?)\s*((?:19|20)\d\d)年")
_OPENING = re.compile(r"^[^。]{0,12}?((?:19|20)\d\d)年\d{1,2}月\d{1,2}日")
_REVIEW = re.compile(r"过去一年|[去上]一?年")
HEAD = 300
"""Characters of a document in which a story's first date is the one it is told at."""
FRAMED, DATED, OPEN, TODAY, WHOLE = 0.85, 0.7, 0.15, 0.9, 0.75
"""Clash with a section's year, with the text's date, with no period at all, with a text's 今年, and of a 全年
with a figure of no year."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a passage's surroundings state: the year it was written in, the year its section is of."""

    today: int | None = None
    year: int | None = None


def written(views: Iterable[View]) -> Mapping[str, int]:
    """For each document the latest year that it says it is as of (截至2020年6月底), or opens with."""
    out: dict[str, int] = {}
    for view in views:
        opening = _OPENING.match(view.folded) if view.passage.start < HEAD else None
        for m in (*_AS_OF.finditer(view.folded), *([opening] if opening else [])):
            document = view.passage.document
            out[document] = max(out.get(document, 0), int(m[1]))
    return out


def setting(view: View, as_of: int | None = None) -> Setting:
    """The setting of a view: from its text's date, headline and section."""
    p = view.passage
    headline, section = fold(p.headline), fold(p.section)
    dated = _DATE.search(headline)
    today = (p.date.year if p.date else None) or (int(dated[1]) if dated else None) or as_of
    if found := _YEAR.findall(section):
        return Setting(today, int(found[0]) if len(set(found)) == 1 else None)
    if today and _REVIEW.search(section):
        return Setting(today, today - 1)
    titled = _YEAR.findall(headline) if not dated else []
    return Setting(today, int(titled[0]) if len(set(titled)) == 1 else None)


def period_of(figure: Figure, around: Setting) -> Period:
    """A figure's own period, its year filled in where the text itself gives it."""
    own = read_period(fold(figure.period)) if figure.period else Period()
    if own.year:
        return own
    if figure.year:
        return replace(own, year=figure.year)
    step = offset(own.relative)
    return replace(own, year=around.today + step) if around.today and step is not None else own


def apart(asked: Period, found: Period, around: Setting) -> float:
    """How surely a figure is of another period than the one asked for: 0 it may be it, 1 it cannot be."""
    if not asked:
        return 0.0
    plain = clash(asked, found)
    if plain == 1.0:
        return 1.0
    if asked.whole and not found.year and not found.whole and not around.year:
        plain = max(plain, WHOLE)
    step = offset(asked.relative)
    if asked.year is None and step is not None and found.year and around.today and not found.relative:
        return max(plain, 0.0 if found.year == around.today + step else TODAY)
    if asked.year is None or found.year:
        return max(plain, 0.0 if found else OPEN)
    if around.year:
        return max(plain, 0.0 if around.year == asked.year else FRAMED)
    if around.today:
        return max(plain, 0.0 if asked.year in (around.today, around.today - 1) else DATED)
    return max(plain, 0.0 if found else OPEN)
