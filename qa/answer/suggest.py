"""What can be asked after an answer: questions of the figures that stand near it, and the headings around."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from qa.answer.compute import MODES
from qa.chinese.fold import fold
from qa.chinese.units import base
from qa.schema import Answer, Figure, Passage

LONGEST_QUESTION = 40
"""Characters of the longest question offered: what fits in a line of 80 cells."""
LONGEST_HEADING = 24
"""Characters of the longest heading offered; a longer one is a sentence."""


def suggestions(
    answer: Answer, figures: Iterable[Figure], asked: Collection[str] = (), n: int = 3
) -> list[str]:
    """At most `n` complete questions that `figures` answer, other than `asked` and the one answered.

    The first is of the same metric (another subject or period), where there is one; the others go by how
    near to the answer their figures stand. Each metric is asked for once.
    """
    if answer.status != "answered" or not answer.citations:
        return []
    cited = answer.citations[0]
    at = min((start for start, _ in cited.marks), default=cited.start)
    near = [f for f in figures if f.document == cited.document]
    answered = sorted((f for f in near if f.value == answer.value), key=lambda f: abs(f.start - at))[:1]
    at, metric = (answered[0].start, fold(answered[0].metric)) if answered else (at, None)
    near.sort(key=lambda f: (fold(f.metric) != metric, abs(f.start - at)))
    known = {*map(fold, asked), *(fold(question_of(f)) for f in answered)}
    found: dict[tuple[str, str], str] = {}
    for figure in near:
        question, of = question_of(figure), (fold(figure.of), fold(figure.metric))
        if question and len(question) <= LONGEST_QUESTION and fold(question) not in known and of not in found:
            found[of] = question
    return list(found.values())[:n]


def question_of(f: Figure) -> str:
    """The question that a figure answers; "" where it lacks subject, metric or unit, or is merely possible.

    >>> from decimal import Decimal
    >>> from qa.schema import Value
    >>> places = ("p", "d"), (Value(Decimal(3), "亿元"), Decimal(3), "元", "", "", 0, 0, 0, 0, 0, 0)
    >>> question_of(Figure(*places[0], "东湖区", "税收", *places[1], mode="expected", period="全年"))
    '东湖区全年预计税收多少？'
    """
    if not (f.subject and f.metric and f.value.unit) or f.mode == "possible":
        return ""
    mode = "" if f.mode == "actual" else MODES[f.mode].removesuffix("数")
    said = f"{f.subject}{f.period}{'' if mode in f.period + f.metric else mode}{f.of}{f.metric}"
    return f"{said}多少{f.value.unit if base(fold(f.value.unit))[2] == 'count' else ''}？"


def headings(passages: Sequence[Passage], at: int, n: int = 2) -> list[str]:
    """The headings of `passages` (in order) but for those of the one at offset `at`, nearest first."""
    here = next((i for i, p in enumerate(passages) if p.start <= at < p.end), None)
    if here is None:
        return []
    own = passages[here].section, passages[here].headline
    order = sorted(range(len(passages)), key=lambda i: (abs(i - here), -i))
    found = dict.fromkeys(passages[i].section or passages[i].headline for i in order)
    return [h for h in found if h and h not in own and len(h) <= LONGEST_HEADING][:n]
