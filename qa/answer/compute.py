"""Answers that are worked out: exact decimal arithmetic over cited figures.

The two operands of a question are chosen together: like units, different
places, best joint score. Nothing is rounded but quotients, to one decimal.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import product

from qa.answer.candidates import Candidate
from qa.answer.neighbours import left
from qa.chinese.fold import fold
from qa.chinese.periods import read_period
from qa.chinese.units import base
from qa.question.query import Query, read_query
from qa.question.sides import TRAIL, sides
from qa.schema import Figure, Value

MIN_OPERAND = 0.18
"""Least score of an operand; set on the development questions."""
UNLIKE, UNNAMED = 0.4, 0.7
"""Agreement of two operands whose metrics share no word, and of one whose metric is unknown."""


@dataclass(frozen=True)
class Computed:
    """A result with its operands, best first in the order of the formula."""

    text: str
    value: Value | None
    formula: str
    note: str
    operands: tuple[Candidate, ...]
    score: float


def plain(number: Decimal) -> str:
    """A decimal as one writes it: no exponent, no trailing zeros.

    >>> plain(Decimal("61.10")), plain(Decimal("1E+3"))
    ('61.1', '1000')
    """
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def compute(query: Query, candidates: Callable[[Query], list[Candidate]]) -> Computed | None:
    """The computed answer to a comparison, or None where an operand is missing.

    `candidates(query)` gives the scored figures for a one-sided question.
    """
    if query.op == "rest":
        return _rest(query, candidates)
    if query.op == "top":
        return _top(query, candidates)
    if query.op == "sum" and (len(query.sides) != 2 or len(_JOINT.findall(query.folded)) > 1):
        return _sum(query, candidates)
    both = sides(query)
    if len(both) != 2:
        return _change(query, candidates) if query.op == "difference" else None
    pools = [[c for c in candidates(read_query(side)) if c.figure is not None][:12] for side in both]
    pair = _best_pair(pools[0], pools[1], query.op)
    sure = min(c.score for c in pair) * _agreement(query.op, *pair) if pair else 0.0
    if query.op in ("difference", "more") and (found := _complement(query, pools)):
        return found
    if pair is None or min(c.score for c in pair) < MIN_OPERAND:
        return None
    return _result(query, *pair, sure)


def _agreement(op: str, one: Candidate, other: Candidate) -> float:
    """How far two operands are of what is asked: 1 they measure alike, or each what its own side names."""
    assert one.figure and other.figure
    if op in ("share", "ratio"):
        return 1.0
    ours, theirs = (set(_measure(c.figure)) for c in (one, other) if c.figure)
    if not ours or not theirs:
        return UNNAMED
    alike = len(ours & theirs) / min(len(ours), len(theirs))
    own = min(c.signals.get("metric", 0.0) for c in (one, other))
    return UNLIKE + (1 - UNLIKE) * max(alike, min(1.0, 2 * own))


def _measure(figure: Figure) -> tuple[str, ...]:
    """The bigrams of what a figure measures, 二期 and the like apart; one alone where it is one character."""
    said = re.sub(r"[一二三四五首]期|[“”]", "", fold(figure.of + figure.metric))
    return tuple(said[i : i + 2] for i in range(len(said) - 1)) or ((said,) if said else ())


_HALVES = (("出口", "进口"), ("进口", "出口"))


def _complement(query: Query, pools: Sequence[Sequence[Candidate]]) -> Computed | None:
    """Exports against imports where the text gives the total and one of them: 295 − (372 − 295)."""
    named = tuple(next((h for h in ("出口", "进口") if h in side), "") for side in query.sides)
    if named not in _HALVES:
        return None
    for n, pool in enumerate(pools):
        for part, whole in product(pool, pools[n]):
            if not (part.figure and whole.figure) or part.sentence != whole.sentence:
                continue
            if _told(named[1 - n], part, pools[1 - n]):
                continue
            both = "进出口" in fold(part.figure.of) and "进出口" in fold(whole.figure.metric)
            if not both or named[n] not in fold(part.figure.metric) or part.figure.unit != whole.figure.unit:
                continue
            a, b, unit = _scaled(part.figure, whole.figure)
            gap = 2 * a - b
            text = f"{named[n] if gap >= 0 else named[1 - n]}多{plain(abs(gap))}{unit}"
            formula = f"{part.text} − ({whole.text} − {part.text}) = {plain(gap)}{unit}"
            return Computed(text, Value(abs(gap), unit), formula, "", (part, whole), part.score)
    return None


def _told(half: str, part: Candidate, pool: Sequence[Candidate]) -> bool:
    """Whether the text of `part` gives the other half in so many words."""
    document = part.view.passage.document
    return any(
        half in fold(c.figure.metric).replace("进出口", "")
        for c in pool
        if c.figure and c.view.passage.document == document
    )


_CHANGED = re.compile(
    r"[少多降减升涨增高低快慢省](?:了|出|掉)|减少|压减|压缩|缩短|精简|提高|增加|下降|上升|提升|合并|降低|扩大"
)


def _change(query: Query, candidates: Callable[[Query], list[Candidate]]) -> Computed | None:
    """What a change comes to where the text gives both its ends (由280项整合为161项)."""
    if not _CHANGED.search(query.folded):
        return None
    content = _CHANGED.sub(lambda m: " " * len(m[0]), query.content)
    asked = replace(query, kind="figure", op="", content=content)
    found = [c for c in candidates(asked) if c.figure][:12]
    for one, other in product(found, found):
        assert one.figure and other.figure
        if (
            one.sentence == other.sentence
            and place(one)[0] == place(other)[0]
            and 0 < other.start - one.end < 12
            and one.figure.unit == other.figure.unit
            and left(one.view, one.figure)
        ):
            pair = (one, other) if one.figure.number > other.figure.number else (other, one)
            return _difference_of(pair, other.score) if other.score >= MIN_OPERAND else None
    return None


def _best_pair(ones: list[Candidate], others: list[Candidate], op: str) -> tuple[Candidate, Candidate] | None:
    best, found = 0.0, None
    for a, b in product(ones, others):
        if a.figure is None or b.figure is None or place(a) == place(b):
            continue
        if not like(a.figure, b.figure):
            continue
        if op in ("share", "ratio") and "%" in (a.figure.unit, b.figure.unit):
            continue
        if op == "share" and a.figure.number > b.figure.number:
            continue
        near = 1.0 if a.view.passage.document == b.view.passage.document else 0.8
        score = a.score * b.score * near * _agreement(op, a, b)
        if score > best:
            best, found = score, (a, b)
    return found


def place(c: Candidate) -> tuple[str, int]:
    """Where a candidate stands, the same in every search."""
    return c.view.passage.id, c.start


def like(one: Figure, other: Figure) -> bool:
    """Whether two figures can be added or compared: one base unit, or both counts."""
    a, b = base(fold(one.value.unit)), base(fold(other.value.unit))
    return a[0] == b[0] or (a[2] in ("count", None) and b[2] in ("count", None))


def _scaled(one: Figure, other: Figure) -> tuple[Decimal, Decimal, str]:
    """Both numbers in the unit of the first, exactly."""
    unit = one.value.unit
    factor, own = base(fold(other.value.unit))[1], base(fold(unit))[1]
    number = other.value.number
    return one.value.number, number if factor == own else number * factor / own, unit


def _result(query: Query, one: Candidate, other: Candidate, score: float) -> Computed | None:
    assert one.figure and other.figure
    a, b, unit = _scaled(one.figure, other.figure)
    note = _warning(one.figure, other.figure)
    if query.op in ("share", "ratio"):
        return _quotient(query, one, other, a, b, note, score)
    if query.op == "sum":
        text = f"{plain(a + b)}{unit}"
        formula = f"{one.text} + {other.text} = {text}"
        return Computed(text, Value(a + b, unit), formula, note, (one, other), score)
    labels = [_label(s) for s in query.sides]
    more, gap = (labels[0], a - b) if a >= b else (labels[1], b - a)
    first, second = (one, other) if a >= b else (other, one)
    formula = f"{first.text} − {second.text} = {plain(gap)}{unit}"
    if query.op == "more":
        return Computed(more, None, formula, note, (first, second), score)
    text = f"{more}多{plain(gap)}{unit}" if len(more) <= 10 else f"{plain(gap)}{unit}"
    return Computed(text, Value(gap, unit), formula, note, (first, second), score)


def _label(side: str) -> str:
    return TRAIL.sub("", side).strip("“”的").split("的")[0][:12] if len(side) > 12 else side.strip("“”的")


def _quotient(
    query: Query, one: Candidate, other: Candidate, a: Decimal, b: Decimal, note: str, score: float
) -> Computed | None:
    if b == 0:
        return None
    if query.op == "ratio":
        times = (a / b).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
        text, unit, number = f"{plain(times)}倍", "倍", times
    else:
        number = (a / b * 100).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
        text, unit = f"约{plain(number)}%", "%"
    formula = f"{one.text} ÷ {other.text} = {text}"
    return Computed(text, Value(number, unit), formula, note, (one, other), score)


def _warning(one: Figure, other: Figure) -> str:
    """What keeps two figures from being compared without more: periods, units, plans."""
    said = []
    a, b = read_period(fold(one.period)), read_period(fold(other.period))
    if a and b and (a.year, a.relative, a.first, a.last) != (b.year, b.relative, b.first, b.last):
        said.append(f"时期不同：{one.period}与{other.period}")
    if one.mode != other.mode:
        said.append("一为实际数，一为计划或预计数")
    if (
        one.value.unit != other.value.unit
        and base(fold(one.value.unit))[0] != base(fold(other.value.unit))[0]
    ):
        said.append(f"单位不同：{one.value.unit}与{other.value.unit}")
    return "；".join(said)


_LACK = re.compile(r"还(?:有|剩|差|缺)|剩(?:下|余)?|尚未|没有?|未|其余")
_DONE = re.compile(
    r"已|完成|办结|实际|竣工|交付|到位|其中|解决|答复|投产|建成|签订|投用|开工|入驻|启用|收回|通车"
)


def _rest(query: Query, candidates: Callable[[Query], list[Candidate]]) -> Computed | None:
    """Whole less part, where a question asks what is left (还有多少没有解决).

    Both stand in one passage in one unit; the part's clause says that something is done.
    """
    positive = read_query(_LACK.sub("", query.folded))
    verb = "".join(re.findall(r"(?:没有?|未)(?:实际|真正|正式)?([一-龥]{1,3})", query.folded))
    found = [c for c in candidates(positive) if c.figure][:16]
    best, pair = 0.0, None
    for a, b in product(found, found):
        if (
            not (a.figure and b.figure)
            or a.view.passage.id != b.view.passage.id
            or a.figure.unit != b.figure.unit
        ):
            continue
        if a.figure.number <= b.figure.number or (a.figure.mode, a.figure.metric) == (
            b.figure.mode,
            b.figure.metric,
        ):
            continue
        clause = b.view.folded[max(0, b.start - 14) : b.start]
        done = 1.0 if any(c in clause for c in verb if c not in "有的了") else 0.6
        done *= 1.0 if _DONE.search(clause) else 0.3
        apart = 1.0 if a.sentence == b.sentence else 0.6
        score = a.score * b.score * done * apart
        if score > best:
            best, pair = score, (a, b)
    if pair is None or min(c.score for c in pair) < MIN_OPERAND:
        return None
    return _difference_of(pair, best**0.5)


def _top(query: Query, candidates: Callable[[Query], list[Candidate]]) -> Computed | None:
    """Whose figure of a metric is the largest, or the names of the largest few (总投资最大的前三)."""
    asked = re.sub(
        r"最(?:多|大|高|快)的?|前[三五十\d]+[名位个家]?的?|哪[一几三五]?[个家座条些]?|是|谁", "", query.folded
    )
    found = [c for c in candidates(read_query(asked + "多少")) if c.figure and c.figure.subject]
    if not found or found[0].score < MIN_OPERAND:
        return None
    best: dict[str, Candidate] = {}
    for c in found:
        if _kin(found[0], c) and c.score > 0.6 * found[0].score and c.figure:
            old = best.get(c.figure.subject)
            if old is None or (old.figure and old.figure.number < c.figure.number):
                best[c.figure.subject] = c
    ranked = sorted(best.values(), key=lambda c: (-(c.figure.number if c.figure else 0), c.key))
    many = re.search(r"前?([三五十]|\d+)[名位个家]?", query.folded)
    sizes = {"三": 3, "五": 5, "十": 10}
    n = (sizes.get(many[1]) or int(many[1])) if many and "前" in query.folded else 1
    if len(ranked) < 2:
        return None
    chosen = tuple(ranked[:n])
    said = [f"{c.figure.subject}（{c.text}）" for c in ranked[: max(n, 2)] if c.figure]
    text = "、".join(c.figure.subject for c in chosen if c.figure)
    return Computed(text, None, " > ".join(said), "", tuple(ranked[: max(n, 2)]), found[0].score)


def year_before(found: Sequence[Candidate]) -> Computed | None:
    """Last year's figure from this year's and its growth, where only these are given: x ÷ (1 + r)."""
    for c in found[:4]:
        now = c.figure
        if now is None or now.unit == "%":
            continue
        for g in found:
            growth = g.figure
            if (
                growth is None
                or growth.value.unit != "%"
                or "同比" not in growth.metric + "".join(growth.qualifier)
            ):
                continue
            near = c.view.passage.id == g.view.passage.id and 0 < g.start - c.end < 16
            if not near or re.search(r"[。；;]", c.view.folded[c.end : g.start]):
                continue
            rate = growth.value.number / 100
            falls = bool(re.search(r"下降|减少|降低|回落", c.view.folded[c.end : g.start]))
            before = (now.value.number / (1 - rate if falls else 1 + rate)).quantize(Decimal("0.01"))
            text = f"约{plain(before)}{now.value.unit}"
            formula = f"{c.text} ÷ (1 {'−' if falls else '+'} {g.text}) = {text}"
            return Computed(text, Value(before, now.value.unit), formula, "", (c, g), max(c.score, 0.3))
    return None


_JOINT = re.compile(r"、|和|与|以及")
_COUNT = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}


def _sum(query: Query, candidates: Callable[[Query], list[Candidate]]) -> Computed | None:
    """The sum of the figures of one kind that a question speaks of together (两期加起来)."""
    asked = read_query(
        re.sub(r"加起来|加在一起|合起来|合计|总和|之和|一共|总共|[两三四五六][期个项家者]", "", query.folded)
    )
    found = [c for c in candidates(asked) if c.figure]
    if not found:
        return None
    best = found[0]
    many = re.search(r"([两二三四五六])[期个项家者批条类座]", query.folded)
    parts = len(_JOINT.findall(query.folded)) + 1
    size = _COUNT[many[1]] if many else parts if parts > 2 else 0
    alike = [
        c
        for c in found
        if c.score > 0.45 * best.score and c.view.passage.id == best.view.passage.id and _kin(best, c)
    ]
    chosen = sorted(alike[: size or 8], key=lambda c: c.start)
    if len(chosen) < (size or 2) or best.score < MIN_OPERAND:
        return None
    assert best.figure
    unit = best.figure.value.unit
    factor = base(fold(unit))[1]
    total = sum((c.figure.number for c in chosen if c.figure), Decimal(0)) / factor
    text = f"{plain(total)}{unit}"
    formula = " + ".join(c.text for c in chosen) + f" = {text}"
    sure = (best.score + min(c.score for c in chosen)) / 2
    return Computed(text, Value(total, unit), formula, "", tuple(chosen), sure)


def probability(score: float) -> float:
    """Probability that a computed answer is right, from the score of its weakest operand.

    Half at 0.42, where an operand agrees in metric or in period but not in both; a guess,
    not fitted: the sets hold too few computed answers.
    """
    return 1.0 / (1.0 + math.exp(-(score - 0.42) * 10.0))


def _kin(one: Candidate, other: Candidate) -> bool:
    """Whether two figures measure the same sort of thing in the same sort of unit."""
    if not (one.figure and other.figure) or one.figure.unit != other.figure.unit:
        return False
    return base(fold(one.figure.value.unit))[2] == base(fold(other.figure.value.unit))[2]


def _difference_of(pair: Sequence[Candidate], score: float) -> Computed:
    one, other = pair
    assert one.figure and other.figure
    gap, unit = one.figure.value.number - other.figure.value.number, one.figure.value.unit
    unit = "个百分点" if unit == "%" else unit
    text = f"{plain(gap)}{unit}"
    formula = f"{one.text} − {other.text} = {text}"
    return Computed(text, Value(gap, unit), formula, "", (one, other), score)
