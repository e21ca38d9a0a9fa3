"""Scores of answers against questions, one question at a time, and their sums.

An *answer* is the JSON object that `qa ask --json` prints. The definitions are those of
`How answers are scored` in the interface: every function here is one of its lines.
Nothing of the system under test is imported, so that a fault there cannot excuse itself here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import lru_cache
from typing import Any

from qa.evaluation.cmrc import exact_match, span_f1
from qa.evaluation.questions import Evidence, Question

SLACK = 12
"""Folded characters that an answer may have beyond the accepted one that it contains."""
TOP = 3
"""Citations that count, per operand in a comparison."""
Json = Mapping[str, Any]

SCALES = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8, "兆": 12}
# Powers of the base: only units that name one physical dimension. Everything else (个, 家, 户 …)
# counts things, and a count is the same number whatever classifier goes with it.
_MEASURES: dict[str, dict[str, int | str]] = {
    "元": {"元": 1, "人民币": 1, "人民币元": 1, "元人民币": 1, "块": 1,
          "块钱": 1, "角": "1/10", "分钱": "1/100"},
    "美元": {"美元": 1, "美金": 1},
    "欧元": {"欧元": 1},
    "日元": {"日元": 1},
    "港元": {"港元": 1, "港币": 1},
    "area": {"平方米": 1, "平米": 1, "㎡": 1, "m2": 1, "亩": "2000/3", "公顷": 10000,
    "平方公里": 1000000, "平方千米": 1000000, "km2": 1000000},
    "length": {"米": 1, "m": 1, "公里": 1000, "千米": 1000, "km": 1000, "里": 500, "厘米": "1/100",
    "cm": "1/100", "毫米": "1/1000", "mm": "1/1000", "微米": "1/1000000"},
    "volume": {"立方米": 1, "m3": 1, "方": 1, "升": "1/1000", "l": "1/1000", "毫升": "1/1000000"},
    "mass": {"吨": 1, "t": 1, "公斤": "1/1000", "千克": "1/1000", "kg": "1/1000", "斤": "1/2000",
    "克": "1/1000000", "g": "1/1000000"},
    "power": {"瓦": 1, "w": 1, "千瓦": 1000, "kw": 1000, "兆瓦": 1000000, "mw": 1000000, "gw": 10**9},
    "energy": {"度": 1, "千瓦时": 1, "度电": 1, "kwh": 1},
    "ratio": {"%": "1/100", "％": "1/100", "百分之": "1/100", "‰": "1/1000"},
    "points": {"个百分点": 1, "百分点": 1},
    "years": {"年": 1}, "months": {"个月": 1, "月": 1}, "days": {"天": 1, "日": 1},
    "hours": {"小时": 1, "个小时": 1}, "minutes": {"分钟": 1},
}  # fmt: skip
MEASURES = {
    unit: (dimension, Fraction(factor))
    for dimension, units in _MEASURES.items()
    for unit, factor in units.items()
}


@lru_cache(maxsize=1)
def _simplified() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(maxsize=65536)
def comparable(text: str) -> str:
    """NFKC, Traditional to Simplified, white space and punctuation (Unicode P*) removed, lower case.

    >>> comparable("「龍虎榜」，ＡＢＣ 34.89％")
    '龙虎榜abc3489'
    """
    simplified: str = _simplified().convert(unicodedata.normalize("NFKC", text)).lower()
    return "".join(c for c in simplified if not c.isspace() and not unicodedata.category(c).startswith("P"))


def in_base_unit(number: object, unit: str | None) -> tuple[Fraction, str] | None:
    """A number in its base unit and what it measures; None where it is no number.

    >>> in_base_unit(1.25, "亿元"), in_base_unit("20", "家")
    ((Fraction(125000000, 1), '元'), (Fraction(20, 1), 'count'))
    """
    try:
        value = Fraction(str(number).replace(",", "").strip())
    except (ValueError, ZeroDivisionError):
        return None
    unit = "".join((unit or "").split()).lower()
    while unit not in MEASURES and unit[:1] in SCALES:
        value, unit = value * 10 ** SCALES[unit[0]], unit[1:]
    dimension, factor = MEASURES.get(unit, ("count" if unit else "", Fraction(1)))
    return value * factor, dimension


def same_value(found: Json | None, gold: Json | None) -> bool:
    """Whether two {number, unit} are the same number on one scale; a unit left out fits any.

    >>> same_value({"number": 12500, "unit": "万元"}, {"number": 1.25, "unit": "亿元"})
    True
    """
    if not found or not gold:
        return False
    a, b = (in_base_unit(value.get("number"), value.get("unit")) for value in (found, gold))
    return a is not None and b is not None and a[0] == b[0] and (a[1] == b[1] or not a[1] or not b[1])


def accepts(answer: str | None, accepted: Sequence[str]) -> bool:
    """Whether a folded answer equals a folded accepted one, or contains it within SLACK characters."""
    folded = comparable(answer or "")
    golds = [comparable(gold) for gold in accepted]
    return any(gold and gold in folded and len(folded) - len(gold) <= SLACK for gold in golds)


def item_scores(answer: Json, items: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Recall and precision of a list answer.

    An item is found where one of its forms stands in `answer` or in one of `items`; precision
    is the share of the returned items that hold a form of some item (0 where none are returned).
    """
    golds = [[form for form in map(comparable, forms) if form] for forms in items]
    returned = [comparable(item) for item in answer.get("items") or ()]
    texts = [comparable(answer.get("answer") or ""), *returned]
    found = sum(any(form in text for form in forms for text in texts) for forms in golds)
    right = sum(any(form in item for forms in golds for form in forms) for item in returned)
    return found / len(golds), right / len(returned) if returned else 0.0


def is_correct(answer: Json, question: Question) -> bool:
    """`correct`: all items where the question has items, else an accepted answer or the same value."""
    if answer["status"] != "answered":
        return False
    if question.items:
        return item_scores(answer, question.items)[0] == 1.0
    return accepts(answer.get("answer"), question.answers) or same_value(answer.get("value"), question.value)


def non_space_count(text: str, start: int, end: int) -> int:
    """Non-space characters of a range."""
    return sum(not c.isspace() for c in text[start:end])


def covered_share(ranges: Sequence[tuple[int, int]], start: int, end: int, original: str) -> float:
    """The share of the non-space characters of [start, end) that lie in any of `ranges`."""
    marked = {i for s, e in ranges for i in range(max(s, start), min(e, end))}
    total = non_space_count(original, start, end)
    return sum(not original[i].isspace() for i in marked if i < len(original)) / total if total else 0.0


def supports(evidence: Evidence, citations: Sequence[Json], originals: Mapping[str, str]) -> bool:
    """Whether citations cover at least half of an evidence range (at any place where its quote stands)."""
    own = [(c["start"], c["end"]) for c in citations if c["document"] == evidence.document]
    original = originals.get(evidence.document, "")
    return any(covered_share(own, s, e, original) >= 0.5 for s, e in evidence.ranges(original))


def overlaps(citation: Json, evidence: Sequence[Evidence], originals: Mapping[str, str]) -> bool:
    """Whether a citation shares at least one character with an evidence range."""
    return any(
        e.document == citation["document"] and citation["start"] < end and start < citation["end"]
        for e in evidence
        for start, end in e.ranges(originals.get(e.document, ""))
    )


def is_exact(citation: Json, originals: Mapping[str, str]) -> bool:
    """`original[start:end] == quote`, to the letter."""
    original = originals.get(citation["document"])
    return original is not None and original[citation["start"] : citation["end"]] == citation["quote"]


@dataclass(frozen=True, slots=True)
class Score:
    """What one answer is worth, each from 0 to 1; None where the question does not ask it.

    `right` is what `confidence` promises (an answer to an unanswerable question is wrong);
    it is None for a refusal.
    """

    id: str
    answerable: bool
    refused: bool
    confidence: float
    grounded: float | None
    correct: float | None
    cited: float | None
    citation_precision: float | None
    exact: float | None
    item_recall: float | None
    item_precision: float | None
    em: float | None
    f1: float | None
    right: float | None


def judge(question: Question, answer: Json, originals: Mapping[str, str]) -> Score:
    """Score one answer. `originals` maps a document id to its original text; without any, no
    citation can be checked and `cited`, `citation_precision`, `exact` and `grounded` stay None.
    """
    refused = answer["status"] != "answered"
    asked = question.answerable
    correct = float(is_correct(answer, question)) if asked and question.keyed else None
    cited, precision = _citation_scores(question, answer, originals) if asked else (None, None)
    recall, item_precision = item_scores(answer, question.items) if asked and question.items else (None, None)
    grounded = correct * cited if correct is not None and cited is not None else None
    citations = answer.get("citations") or ()
    said = "" if refused else answer.get("answer") or ""
    spans = asked and question.answers
    return Score(
        id=question.id,
        answerable=asked,
        refused=refused,
        confidence=float(answer["confidence"]),
        grounded=grounded if asked else float(refused),
        correct=correct,
        cited=cited,
        citation_precision=precision,
        exact=mean([float(is_exact(c, originals)) for c in citations]) if originals else None,
        item_recall=recall,
        item_precision=item_precision,
        em=exact_match(said, question.answers) if spans else None,
        f1=span_f1(said, question.answers) if spans else None,
        right=None if refused else correct if asked else 0.0,
    )


def _citation_scores(
    question: Question, answer: Json, originals: Mapping[str, str]
) -> tuple[float | None, float | None]:
    """`cited` and `citation_precision`; what is cited with a refusal supports nothing."""
    if not question.evidence or not originals:
        return None, None
    if answer["status"] != "answered":
        return 0.0, None
    citations = list(answer.get("citations") or ())
    depth = TOP * (len(question.evidence) if question.type == "compare" else 1)
    cited = all(supports(e, citations[:depth], originals) for e in question.evidence)
    hits = [float(overlaps(c, question.evidence, originals)) for c in citations[:TOP]]
    return float(cited), mean(hits) if hits else 0.0


_FLAGS = {"id", "answerable", "refused", "confidence", "right"}
MEANS = tuple(f.name for f in fields(Score) if f.name not in _FLAGS)


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of what is not None; None where nothing is left."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
