"""Lines back to paragraphs: which line ends are ends, and which only the column's edge.

A Viterbi search over four roles of a line (first, inner or last line of a paragraph,
or a line by itself) weighs what typesetting leaves behind: lines of one column are
equally wide, a first line is two characters narrower, the last one is short and ends in
a sentence mark, a headline has no mark. The column is never fixed: only neighbours are
compared, so it may change from line to line. All widths are in Han characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf

from qa.chinese.words import is_word
from qa.documents import costs
from qa.documents.datelines import is_dateline
from qa.documents.lines import HAN_CHAR, Line, ends_sentence, is_unbalanced, width

_TOKEN = re.compile(r"[“‘「『（《【(]*[A-Za-z0-9][A-Za-z0-9.,%/:\-]*[）)%％]*|[“‘「『（《【(]+.")
_DECIMAL = re.compile(r".{3}\d[.．]$")
_PUNCTUATION = re.compile(r"[，。、；：！？“”「」『』（）《》…—,.;:!?()\"]")
_FUNCTION = "的与和及或在对把被将从向于并且而以由"
_FIRST, _INNER, _LAST, _SINGLE = range(4)
"""Roles of a line in a paragraph; `_Totals` holds the least cost of the text so far for each role of its last
line, `_Came` the role of the line before that it goes back to.
"""
_Totals = tuple[float, float, float, float]
_Came = tuple[int, int, int, int]
_DANGLING = "，、；,;（(《〈“‘「『【—-·"


def paragraphs(texts: Sequence[str], lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Group lines into blocks: half-open ranges of line numbers that cover all lines in order.

    Linear in the number of lines.
    """
    if not lines:
        return []
    text = _read_text(texts, lines)
    totals = (0.0, inf, inf, text.single[0])
    back: list[_Came] = []
    for i in range(1, len(lines)):
        totals, came = _advance(totals, text, i)
        back.append(came)
    return _trace_back(back, _LAST if totals[_LAST] < totals[_SINGLE] else _SINGLE, len(lines))


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one line's text says: costs of ending a paragraph there, and how it ends."""

    ended: bool
    last: float
    single: float
    hold: float
    slack: float
    give: float
    punctuated: bool
    latin: bool
    colon: bool
    tail: bool
    hangs: bool


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a text sets its paragraphs, as costs of doing otherwise.

    `blank` of a paragraph's end without a blank line, `indent` of a start
    without an indent, `narrow` of a first line as wide as the column, `level`
    of one two characters narrower.
    """

    blank: float
    indent: float
    narrow: float
    level: float
    full: float


@dataclass(frozen=True, slots=True)
class _Text:
    """What is weighed of a text, line by line: `loose` and `plain` are costs of joining a line to the one
    before, `single` of its standing by itself.
    """

    texts: Sequence[str]
    lines: Sequence[Line]
    facts: Sequence[_Facts]
    loose: Sequence[float]
    plain: Sequence[float]
    single: Sequence[float]
    manner: _Manner


def _read_text(texts: Sequence[str], lines: Sequence[Line]) -> _Text:
    facts = [_facts(text, texts[i + 1] if i + 1 < len(texts) else "") for i, text in enumerate(texts)]
    fills = _fill_their_column(lines)
    single = [_single_line_cost(fact, full) for fact, full in zip(facts, fills, strict=True)]
    loose, plain = _looseness_costs(facts), _plainness_costs(facts)
    return _Text(texts, lines, facts, loose, plain, single, _manner(lines, facts))


def _advance(totals: _Totals, text: _Text, i: int) -> tuple[_Totals, _Came]:
    """The least costs with line i in each role, and the role of the line before that each goes back to."""
    join = _join_cost(text.texts, text.lines, text.facts, i) + text.loose[i] + text.plain[i]
    (inner, inner_in), (last, last_in) = (inf, _FIRST), (inf, _FIRST)
    if join < inf:
        inner, inner_in = _inner_line(totals, join, text, i)
        last, last_in = _last_line(totals, join, text, i)
    ended_in = _LAST if totals[_LAST] <= totals[_SINGLE] else _SINGLE
    a, b = text.lines[i - 1 : i + 1]
    parted = totals[ended_in] + _part_cost(a, b, text.facts[i - 1], text.facts[i], text.manner)
    return (parted, inner, last, parted + text.single[i]), (ended_in, inner_in, last_in, ended_in)


def _inner_line(totals: _Totals, join: float, text: _Text, i: int) -> tuple[float, int]:
    """The cost of line i as an inner line, and the cheaper role of the line before: first or inner."""
    a, b, fa, fb = text.lines[i - 1], text.lines[i], text.facts[i - 1], text.facts[i]
    from_first, from_inner = totals[_FIRST] + join, totals[_INNER] + join
    if not (fa.hangs or fb.tail):
        from_first += _first_line_cost(a, fa, b, fb, (text.manner.narrow, text.manner.level))
        from_inner += _width_change_cost(a.width, fa, b.width, fb)
    return (from_first, _FIRST) if from_first <= from_inner else (from_inner, _INNER)


def _last_line(totals: _Totals, join: float, text: _Text, i: int) -> tuple[float, int]:
    """The cost of line i as the last one, and the cheaper role of the line before: first or inner."""
    lines, a, b, fa, fb = text.lines, text.lines[i - 1], text.lines[i], text.facts[i - 1], text.facts[i]
    from_first, from_inner = totals[_FIRST] + join, totals[_INNER] + join
    if not (fa.hangs or fb.tail):
        indent = 0.0 if a.indent else costs.INDENT
        from_first += _overhang_cost(a.width + a.indent + indent + fa.slack + fb.give, b.width)
        from_inner += _overhang_cost(a.width + fa.slack + fb.give, b.width)
        if i + 1 < len(lines) and not lines[i + 1].gap:
            from_inner += costs.FULL if b.width >= a.width - costs.SAME_SLACK else 0.0
            from_first += _full_second_cost(a, b, text.manner)
    if from_first <= from_inner:
        return from_first + fb.last, _FIRST
    return from_inner + fb.last, _INNER


def _facts(text: str, following: str) -> _Facts:
    end = _end(text)
    token = _TOKEN.match(following)
    return _Facts(
        ended=end == "sentence",
        last=costs.ENDS[end],
        single=costs.ALONE[end] if end in costs.ALONE else _unlike_headline_cost(text),
        hold=_hold(text, end),
        slack=width(token[0]) if token else 0.0,
        give=sum(map(text.count, "“”‘’")) / 2,
        punctuated=_PUNCTUATION.search(text) is not None,
        latin=HAN_CHAR.search(text) is None,
        colon=text[-1] in "：:",
        tail=text[0] in "，。、；：！？”’）》」』】〉%％",
        hangs=text[-1] in "（《〈“‘「『【" or (following[:1].isdigit() and _DECIMAL.search(text) is not None),
    )


def _end(text: str) -> str:
    """What a line ends in, as `costs.ENDS` names it."""
    if ends_sentence(text):
        return "sentence"
    marks = {"：:": "colon", "；;": "semicolon", "）)】": "bracket"}
    return next((name for chars, name in marks.items() if text[-1] in chars), "other")


def _hold(text: str, end: str) -> float:
    """Cost of going on behind a line."""
    if end == "sentence":
        return costs.GOES_ON["question" if text[-1] in "？?" else "sentence"]
    return costs.GOES_ON["colon" if end in ("colon", "semicolon") else "other"]


def _unlike_headline_cost(text: str) -> float:
    """How unlike a headline or a list item a line without a sentence mark is."""
    if text[-1] in _DANGLING or "。" in text[:-1] or is_dateline(text):
        return costs.DANGLES
    if is_unbalanced(text):
        return costs.UNBALANCED
    if text[-1] in _FUNCTION:
        return costs.ENDS_IN_FUNCTION_WORD
    length = costs.SHORT if len(text) <= costs.HEADLINE_LENGTH else costs.LONG
    return length + (costs.HAS_COMMA if "，" in text else 0.0)


def _join_cost(texts: Sequence[str], lines: Sequence[Line], facts: Sequence[_Facts], i: int) -> float:
    """Cost of joining line i to the one before, whatever their widths."""
    a, b = lines[i - 1], lines[i]
    if a.alone or b.alone or b.opens:
        return inf
    if facts[i - 1].hangs or facts[i].tail:
        return costs.GAP_IN_TOKEN if b.gap else 0.0
    cost = facts[i - 1].hold
    if b.gap:
        cost += costs.GAP_BEHIND_SENTENCE if facts[i - 1].ended else costs.GAP
        cost += costs.WIDER_GAP if b.gap > 1 else 0.0
    if b.indent > a.indent + costs.SHALLOW:
        cost += costs.DEEPER_INDENT if a.width >= costs.FEW else costs.DEEPER_INDENT_BEHIND_FEW
    if a.width <= costs.WIDEST_COLUMN and HAN_CHAR.match(texts[i][0]) and HAN_CHAR.match(texts[i - 1][-1]):
        cut = is_word(texts[i - 1][-1] + texts[i][0])
        cost += costs.CUT_WORD if cut else costs.CUT_BETWEEN_WORDS
    return cost


def _greatest_change_cost(column: float) -> float:
    """Cost of a change of column: possible in print, not in lines that were never wrapped."""
    return costs.OTHER_COLUMN if column <= costs.WIDEST_COLUMN else costs.OTHER_COLUMN_UNWRAPPED


def _width_change_cost(a: float, fa: _Facts, b: float, fb: _Facts) -> float:
    """Cost of two full lines of different width, a token that did not fit and narrow quotes allowed for."""
    apart = max(b - fb.give - a - fa.slack, a - fa.give - b - fb.slack) - costs.TOLERANCE
    return min(_greatest_change_cost(max(a, b)), costs.PER_CHARACTER_OFF * apart) if apart > 0 else 0.0


def _first_line_cost(a: Line, fa: _Facts, b: Line, fb: _Facts, style: tuple[float, float]) -> float:
    """The same for a first line, which may have lost its indent; `style` is the cost of either."""
    at = a.width + a.indent
    level = _width_change_cost(at, fa, b.width, fb)
    if a.indent:
        return level
    return min(level + style[0], _width_change_cost(at + costs.INDENT, fa, b.width, fb) + style[1])


def _manner(lines: Sequence[Line], facts: Sequence[_Facts]) -> _Manner:
    """Counted where a paragraph surely ends: a short line with a sentence mark.

    The first lines after them tell how first lines are set; fewer than three tell nothing.
    """
    blank = ends = shown = narrow = level = 0
    for i in range(2, len(lines)):
        a, b = lines[i - 1], lines[i]
        if not facts[i - 1].ended or not _is_short(a, lines[i - 2]):
            continue
        ends += 1
        blank += b.gap > 0
        shown += b.indent >= 1
        if i + 1 < len(lines) and not facts[i].ended and not b.indent and not b.alone:
            wider = lines[i + 1].width - b.width
            narrow += costs.NARROWER[0] <= wider <= costs.INDENT + costs.TOLERANCE
            level += abs(wider) <= costs.NARROW_SLACK
    known = narrow + level >= costs.SEEN
    narrows = known and narrow >= costs.TWICE * level
    levels = known and level >= costs.TWICE * narrow
    return _Manner(
        blank=costs.NO_BLANK if 0 < ends <= costs.MOSTLY * blank else 0.0,
        indent=costs.NO_INDENT if 0 < ends <= costs.MOSTLY * shown else 0.0,
        narrow=costs.NOT_NARROW if narrows else 0.0 if levels else costs.UNSURE_NARROW,
        level=costs.NOT_LEVEL if levels else 0.0,
        full=0.0 if narrows else costs.FULL if levels else costs.FULL / 2,
    )


def _is_short(line: Line, before: Line) -> bool:
    """Whether a line of a column surely does not fill it."""
    return not line.alone and line.width <= min(costs.WIDEST_COLUMN, before.width - costs.SHORT_BY)


def _part_cost(a: Line, b: Line, fa: _Facts, fb: _Facts, manner: _Manner) -> float:
    """Cost of a block's end between two lines."""
    cost = 0.0 if b.gap else costs.NO_GAP
    cost += costs.PARTED_TOKEN if (fb.tail or fa.hangs) and not b.alone else 0.0
    if fa.ended and not a.alone and not b.alone:
        cost += 0.0 if b.gap else manner.blank
        cost += manner.indent if b.indent < 1 and fb.single > costs.SHORT else 0.0
    return cost


def _fill_their_column(lines: Sequence[Line], reach: int = 6, enough: int = 4) -> list[bool]:
    """Whether a line is as wide as the lines around it: their column, or that less an indent."""
    fills, (low, high) = [], costs.NARROWER
    for i, line in enumerate(lines):
        near = (*lines[max(0, i - reach) : i], *lines[i + 1 : i + 1 + reach])
        at = line.width + line.indent
        same = sum(abs(o.width - at) <= costs.NARROW_SLACK or low <= o.width - at <= high for o in near)
        fills.append(same >= enough)
    return fills


def _single_line_cost(fact: _Facts, fills: bool) -> float:
    """Cost of a line by itself: a full one seldom is, unless there is nothing but such lines."""
    if not fills or fact.colon:
        return fact.single
    return fact.single + (costs.FULL if fact.ended else costs.FULL_PUNCTUATED if fact.punctuated else 0.0)


def _full_second_cost(a: Line, b: Line, manner: _Manner) -> float:
    """Cost of a paragraph of two lines whose second fills the column."""
    if b.width >= a.width + a.indent + costs.INDENT - costs.SAME_SLACK:
        return costs.FULL
    return manner.full if b.width >= a.width - costs.SAME_SLACK else 0.0


def _overhang_cost(room: float, last: float) -> float:
    """Cost of a last line wider than the column."""
    over = last - room - costs.TOLERANCE
    return min(_greatest_change_cost(last), costs.PER_CHARACTER_OVER * over) if over > 0 else 0.0


def _looseness_costs(facts: Sequence[_Facts], reach: int = 8) -> list[float]:
    """Extra cost of a join where few of the lines around stop in mid-sentence: never wrapped."""
    sums = [0, *accumulate(not fact.ended and fact.last > costs.MID_SENTENCE for fact in facts)]
    found = []
    for i in range(len(facts)):
        low, high = max(0, i - reach), min(len(facts), i + reach)
        found.append(costs.LOOSE * max(0.0, costs.LOOSE_SHARE - (sums[high] - sums[low]) / (high - low)))
    return found


def _plainness_costs(facts: Sequence[_Facts], reach: int = 6) -> list[float]:
    """Extra cost of joining two lines without punctuation, as lists have them, the more so among such."""
    sums = [0, *accumulate(fact.punctuated for fact in facts)]
    found = [0.0]
    for i in range(1, len(facts)):
        low, high = max(0, i - reach), min(len(facts), i + reach)
        bare = not (facts[i - 1].punctuated or facts[i].punctuated)
        share = (sums[high] - sums[low]) / (high - low)
        cost = costs.PLAIN_LATIN if facts[i].latin else costs.PLAIN * (1 - share)
        found.append(cost if bare else 0.0)
    return found


def _trace_back(back: Sequence[_Came], role: int, n: int) -> list[tuple[int, int]]:
    starts = []
    for i in range(n - 1, -1, -1):
        if role in (_FIRST, _SINGLE):
            starts.append(i)
        if i:
            role = back[i - 1][role]
    starts.reverse()
    return list(zip(starts, [*starts[1:], n], strict=True))
