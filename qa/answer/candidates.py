"""Everything that might answer a question, each with the signals that speak for or against it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from qa.answer.evidence import Matcher, View
from qa.answer.linking import about, governed, trespass
from qa.answer.neighbours import PHASE, Setting, apart, meant, period_of, setting, written
from qa.answer.spans import Span
from qa.chinese.fold import fold
from qa.chinese.numerals import quantities
from qa.chinese.periods import Period
from qa.chinese.units import base
from qa.question.names import Named
from qa.question.query import Query
from qa.question.terms import terms
from qa.schema import Figure

STRANGE = 0.4
"""Factor for every name in the question that the corpus does not know."""
NEAR_COUNT = 0.6
"""Unit factor of one classifier against another (多少名 against 2000余人)."""


@dataclass(frozen=True)
class Candidate:
    """A possible answer: where it stands (clean ranges in `view`), what it says, how it scores.

    `sentence` is the evidence round it; `items` the parts of a list; `signals`
    are all in 0..1, higher is better, and `score` combines them. `parts` are the
    candidates that a list was gathered from, each with its own place; `said` is the
    answer where it does not stand in the sentence itself (the zone a passage is about).
    """

    view: View
    start: int
    end: int
    sentence: tuple[int, int]
    score: float
    signals: dict[str, float] = field(default_factory=dict)
    figure: Figure | None = None
    items: tuple[Span, ...] = ()
    parts: tuple[Candidate, ...] = ()
    said: str = ""

    @property
    def text(self) -> str:
        return self.said or self.view.passage.text[self.start : self.end]

    @property
    def key(self) -> tuple[float, str, int]:
        """Sorting key: best score first, ties by place."""
        return (-round(self.score, 6), self.view.passage.id, self.start)


def unit_factor(query: Query, figure: Figure) -> float:
    """Whether a figure's unit can answer the unit asked for: 1 yes, about 0 no."""
    unit = fold(figure.value.unit)
    kind = base(unit)[2]
    if query.dimension == "rank":
        return 1.0 if unit in ("位", "名") and figure.unit == "位" else 0.05
    if query.dimension == "percent":
        return 1.0 if unit in ("%", "百分点", "成", "‰", "个百分点") else 0.05
    if query.dimension == "money":
        return 1.0 if kind == "money" else 0.05
    if query.unit and query.dimension not in ("count", "times"):
        return 1.0 if base(query.unit)[0] == base(unit)[0] or _same_measure(query.dimension, unit) else 0.05
    if query.dimension == "area":
        return 1.0 if _same_measure("area", unit) else 0.05
    if query.dimension in ("length", "power", "mass", "time"):
        return 1.0 if _same_measure(query.dimension, unit) else 0.1
    if query.dimension == "count":
        if unit == query.unit or base(unit)[0] == base(query.unit)[0]:
            return 1.0
        return NEAR_COUNT if kind in ("count", None) else 0.1
    if query.noun and kind in ("money", "ratio", "rate") and not _MEASURE.search(query.noun):
        return 0.3
    return 0.75 if kind == "ratio" else 1.0


_MEASURE = re.compile(r"(?:规模|总量|数额|金额|额度|额|[力水]平|幅度)$")
_MEASURES = {
    "area": "平方米 亩 公顷 平方公里",
    "length": "米 公里 毫米 厘米",
    "power": "瓦 千瓦 兆瓦 mw kw 千瓦时",
    "mass": "吨 克 公斤 千克",
    "time": "年 月 天 日 小时 分钟 个月 工作日 周",
    "money": "元",
}


def _same_measure(dimension: str, unit: str) -> bool:
    known = _MEASURES.get(dimension, "").split()
    return base(unit)[0] in known or unit in known or unit.lstrip("万亿千百个") in known


def mode_factor(query: Query, figure: Figure) -> float:
    """Whether a figure is of the kind asked for: actual, planned or expected."""
    if not query.mode:
        return 1.0 if figure.mode == "actual" else 0.9
    if query.mode == "actual":
        return 1.0 if figure.mode == "actual" else 0.35
    return 1.0 if figure.mode != "actual" else 0.7


def within(years: tuple[int, int], figure: Figure, period: Period) -> float:
    """1 where a figure's year lies in the years asked for (2017年以后), 0 where not, 0.6 without a year."""
    year = period.year or figure.year
    return 0.6 if year is None else float(years[0] <= year <= years[1])


OWN = 0.7
"""Share of a figure's own metric (出口) beside what it is part of (交付整机)."""


def metric_cover(asked: str, figure: Figure) -> float:
    """Share of the figure's own metric that a question (with its paraphrases) speaks of, 0 to 1."""
    own, of = (terms(PHASE.sub("", fold(said))) for said in (figure.metric, figure.of))
    if not own:
        return 0.3
    said = sum(t in asked for t in own) / len(own)
    return OWN * said + (1 - OWN) * sum(t in asked for t in of) / len(of) if of else said


def figure_candidates(
    query: Query,
    views: Iterable[View],
    matcher: Matcher,
    asked: Sequence[Named],
    figures: Mapping[int, Sequence[Figure]],
    gazetteer: Mapping[str, tuple[str, str]],
) -> list[Candidate]:
    """Every figure of the views as a candidate, best first."""
    found = []
    views = list(views)
    as_of = written(views)
    for view in views:
        today = as_of.get(view.passage.document)
        for figure in figures.get(view.row, ()):
            foreign = trespass(asked, query, figure.subject, gazetteer)
            found.append(_figure_candidate(query, view, matcher, asked, figure, foreign, today))
    return sorted(found, key=lambda c: c.key)


def _figure_candidate(
    query: Query, view: View, matcher: Matcher, asked: Sequence[Named], figure: Figure, foreign: float,
    today: int | None,
) -> Candidate:  # fmt: skip
    at = figure.clean_start
    clause, sentence = view.clause_at(at), view.sentence_at(at)
    nearby = view.folded[sentence[0] : sentence[1]] + fold(figure.subject)
    around = setting(view, today)
    period = period_of(figure, around)
    repeated = fold(figure.value.unit) and fold(figure.text) in query.folded
    signals = {
        "cover": matcher.at(view, *clause),
        "lacking": matcher.lacking(view, *sentence),
        "metric": metric_cover(matcher.said, figure),
        "unit": unit_factor(query, figure),
        "mode": mode_factor(query, figure),
        "period": _in_time(query, figure, period, around),
        "about": (zone := about(asked, view, nearby)),
        "subject": zone * governed(asked, view, at, figure.subject) * foreign,
        "retrieval": view.score,
        "new": 0.1 if repeated else 1.0,
        "given": given(query, view.folded[sentence[0] : sentence[1]], view.folded),
        "meant": meant(query, view, figure) * STRANGE ** len(matcher.strangers),
    }
    return Candidate(view, at, figure.clean_end, sentence, _figure_score(signals), signals, figure)


def _in_time(query: Query, figure: Figure, period: Period, around: Setting) -> float:
    if query.years:
        return within(query.years, figure, period)
    return 1.0 - apart(query.period, period, around)


def _figure_score(s: dict[str, float]) -> float:
    agree = 0.62 * s["cover"] + 0.26 * s["metric"] + 0.12 * s["retrieval"]
    return (
        agree
        * s["unit"]
        * s["mode"]
        * (0.15 + 0.85 * s["period"])
        * s["subject"]
        * s["new"]
        * s["given"]
        * s["meant"]
    )


def given(query: Query, sentence: str, passage: str) -> float:
    """Whether the figures that a question gives itself stand where the answer does: 1 in its sentence."""
    if not query.numbers:
        return 1.0
    near = [any(_loose(n) in part for part in (sentence,)) for n in query.numbers]
    if all(near):
        return 1.0
    return 0.8 if all(_loose(n) in passage for n in query.numbers) else 0.5


def _loose(number: str) -> str:
    return number.rstrip("元")


_OF_METRIC = re.compile(r"指标|数据|数字|数值|什么数|指什么|哪一?项")


def holders(query: Query, figures: Sequence[Candidate]) -> list[Candidate]:
    """Whose, or of what, the figures are that the question itself gives (哪个项目总投资2.1亿元)."""
    out: list[Candidate] = []
    for c in figures:
        assert c.figure is not None
        if not _meets(query, c.figure):
            continue
        said = c.figure.metric if _OF_METRIC.search(query.noun + query.folded) else c.figure.subject
        span = _locate(c.view, fold(said), c.start)
        if span and c.view.folded[span.start : span.end] not in query.folded:
            score = (0.6 + 0.4 * c.signals["cover"]) * c.signals["about"] * (0.4 + 0.6 * c.signals["period"])
            out.append(Candidate(c.view, span.start, span.end, c.sentence, score, c.signals))
    return sorted(out, key=lambda c: c.key)


_ABOVE = re.compile(r"(?:超过?|大于|高于|多于|不低于|不少于|突破|逾)了?$")
_BELOW = re.compile(r"(?:不足|不到|低于|少于|小于|未满)了?$")
_AT_LEAST, _AT_MOST = re.compile(r"及?以上"), re.compile(r"及?以[下内]")


def bounds(folded: str) -> list[tuple[int, Decimal, str]]:
    """The conditions of a question (超过100亿元的): 1 for more or -1 for less, number and base unit.

    >>> [(sign, int(number), unit) for sign, number, unit in bounds("总投资超过2亿元的项目")]
    [(1, 200000000, '元')]
    """
    found = []
    for q in quantities(folded):
        before, after = folded[: q.start], folded[q.end : q.end + 3]
        if _ABOVE.search(before) or _AT_LEAST.match(after) or "以上" in q.qualifier:
            found.append((1, q.number, q.unit))
        elif _BELOW.search(before) or _AT_MOST.match(after):
            found.append((-1, q.number, q.unit))
    return found


def verdicts(query: Query, figures: Sequence[Candidate]) -> list[Candidate]:
    """是 or 否, with the figure that decides, where a question puts a figure up (产值有4000万元吗)."""
    asked = [(1, q.number, q.unit) for q in quantities(query.folded) if q.unit and q.kind != "time"]
    limits = bounds(query.folded)
    sign, number, unit = [*limits, *asked, (0, Decimal(0), "")][0]
    out = []
    for c in figures:
        if c.figure is None or c.figure.unit != unit:
            continue
        right = sign * c.figure.number > sign * number if limits else c.figure.number == number
        score = c.score / c.signals["new"]
        said = f"{'是' if right else '否'}（{c.text}）"
        out.append(replace(c, said=said, score=score, signals=c.signals | {"new": 1.0}))
    return sorted(out, key=lambda c: c.key)


def _meets(query: Query, figure: Figure) -> bool:
    """Whether a figure is one that the question gives, or lies within the bounds that it sets."""
    for sign, number, unit in bounds(query.folded):
        if figure.unit == unit and (sign * figure.number > sign * number or figure.number == number):
            return True
    return any(_equal(number, figure) for number in query.numbers)


def _equal(number: str, figure: Figure) -> bool:
    return _loose(number) in (
        _loose(fold(figure.text)),
        _loose(f"{figure.value.number}{fold(figure.value.unit)}"),
    )


def _locate(view: View, said: str, at: int) -> Span | None:
    """Where folded words stand nearest to clean offset `at`, before it if they do."""
    if not said:
        return None
    found = view.folded.rfind(said, 0, at)
    found = found if found >= 0 else view.folded.find(said, at)
    return Span(found, found + len(said), 0.8) if found >= 0 else None


def gathered(found: Sequence[Candidate]) -> Candidate | None:
    """One list of several single answers of like score; None where they are fewer than two."""
    best = found[0] if found else None
    items: dict[str, Candidate] = {}
    for c in found:
        if best and c.score > 0.6 * best.score:
            items.setdefault(fold(c.text), c)
    if best is None or len(items) < 2:
        return None
    return replace(best, parts=tuple(items.values()))
