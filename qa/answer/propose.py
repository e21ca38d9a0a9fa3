"""Everything that might answer a question, of every sort, each with where it stands.

Nothing is chosen here and nothing is weighed: `signals` says what speaks for a candidate, `ranker` chooses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from qa.answer.cells import decided
from qa.answer.compute import Computed, Operand, compute, operand, warning
from qa.answer.passages import Read
from qa.chinese.fold import fold
from qa.chinese.numerals import number
from qa.chinese.periods import clash, read_period
from qa.models.reader import FIRST, ITEM, KINDS, SECOND, Tagged, tidy
from qa.question.query import Query
from qa.schema import Figure, Value

Sort = Literal["span", "list", "yes", "no", "computed"]
SAID = {"yes": "是", "no": "否"}
OPERATIONS = KINDS[4:]
POSSIBLE = 0.02
"""Probability from which yes, no or an operation is proposed at all; it bounds the work, no more."""
LONGEST_LIST = 120
"""Characters of a list that is said as it stands; a longer one is said by its items."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible answer: what it says and where it stands (clean ranges in `read`, the first decides).

    `score` is the reader's for its range; `operation` and `operands` are those of a computed one,
    `figure` the record of a range that is one.
    """

    sort: Sort
    text: str
    read: Read
    ranges: tuple[tuple[int, int], ...]
    score: float
    items: tuple[str, ...] = ()
    figure: Figure | None = None
    operation: str = ""
    operands: tuple[Operand, ...] = ()
    computed: Computed | None = None

    @property
    def start(self) -> int:
        return self.ranges[0][0]

    @property
    def end(self) -> int:
        return self.ranges[0][1]

    @property
    def in_cell(self) -> bool:
        """Whether it stands in a row of a table."""
        text = self.read.passage.text
        line = text[text.rfind("\n", 0, self.start) + 1 : self.end]
        return line.lstrip().startswith("|") and "\n" not in line

    @property
    def value(self) -> Value | None:
        if self.computed:
            return self.computed.value
        return self.figure.value if self.figure else None


def propose(query: Query, reads: Sequence[Read]) -> list[Candidate]:
    """The candidates of all passages, passage by passage."""
    found: list[Candidate] = []
    for read in reads:
        found += in_cells(query, read, [*spans(read), *lists(read)])
        found += verdicts(query, read)
    return [*found, *calculations(query, reads), *extremes(query, reads)]


def spans(read: Read) -> Iterator[Candidate]:
    """The reader's ranges; one that cuts a figure is widened to number and unit."""
    seen = set[tuple[int, int]]()
    for span in read.reading.spans:
        start, end, figure = whole_figure(read, span.start, span.end)
        if (start, end) not in seen and start < end:
            seen.add((start, end))
            text = read.passage.text[start:end]
            yield Candidate("span", text, read, ((start, end),), span.score, figure=figure)


def in_cells(query: Query, read: Read, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, of tables those alone that stand where the question says: no cell of another row.

    A range over several cells is each of them, and no list. The one cell that a question names is as
    likely as what the reader thinks the likeliest in that table.
    """
    found = [part for c in candidates for part in _cells_of(read, c)]
    for table in decided(query, read):
        own = [c for c in found if any(a < c.end and c.start < b for a, b in table.rows)]
        meant = [c for c in own if any(a <= c.start and c.end <= b for a, b in table.cells)]
        astray = [c for c in own if c not in meant and (table.one or c.figure)]
        found = [c for c in found if c not in astray]
        if table.one and table.cells and not any(c.ranges[0] == table.cells[0] for c in meant):
            said = [c.score for c in own] or [s.score for s in read.reading.spans]
            found.append(_cell(read, *table.cells[0], max(said, default=-20.0)))
    return found


def _cells_of(read: Read, c: Candidate) -> Iterator[Candidate]:
    """A candidate, cut at the bars between cells."""
    if not c.in_cell or "|" not in read.passage.text[c.start : c.end]:
        yield c
        return
    if c.sort == "list":
        return
    for part in re.finditer(r"[^|\s](?:[^|]*[^|\s])?", c.text):
        yield _cell(read, c.start + part.start(), c.start + part.end(), c.score)


def _cell(read: Read, start: int, end: int, score: float) -> Candidate:
    start, end, figure = whole_figure(read, start, end)
    return Candidate("span", read.passage.text[start:end], read, ((start, end),), score, figure=figure)


def whole_figure(read: Read, start: int, end: int) -> tuple[int, int, Figure | None]:
    """A range with all of the figures that it holds a part of, and the figure where it is no more."""
    held = [f for f in read.figures if f.clean_start < end and start < f.clean_end]
    if not held:
        return start, end, None
    low, high = min(f.clean_start for f in held), max(f.clean_end for f in held)
    start, end = min(start, low), max(end, high)
    alone = held[0].clean_end == high and end - start <= high - low + ROUND_IT
    return start, end, held[0] if alone else None


ROUND_IT = 4
"""Characters beside a figure in an answer that is still that figure (约…左右)."""
_APART = re.compile(r"[、;]|(?<!\d),|,(?!\d{3}(?!\d))|以及")
"""What stands between members, in folded text; not the comma of 1,205."""


def lists(read: Read) -> Iterator[Candidate]:
    """The ranges tagged as items, and the best range that is an enumeration by its commas, as lists."""
    tagged = [t for t in read.reading.tagged if t.tag == ITEM]
    ranges = tuple((t.start, t.end) for t in tagged)
    offered = [ranges] if ranges else []
    wide = next((s for s in read.reading.spans if _APART.search(read.folded[s.start : s.end])), None)
    if wide:
        offered.append(((wide.start, wide.end),))
        inside = tuple(r for r in ranges if wide.start <= r[0] and r[1] <= wide.end)
        if inside and inside != ranges:
            offered.append(inside)
    for ranges in dict.fromkeys(offered):
        members = [m for r in ranges for m in split(read.folded, *r)]
        if len(members) > 1:
            yield _listed(read, members)


def split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The members of an enumeration in folded text, at commas outside brackets."""
    cuts, depth, begin = list[tuple[int, int]](), 0, start
    for m in re.finditer(rf"[(《“「【]|[)》”」】]|{_APART.pattern}", text[start:end]):
        if m[0] in "(《“「【":
            depth += 1
        elif m[0] in ")》”」】":
            depth = max(0, depth - 1)
        elif not depth:
            cuts.append((begin, start + m.start()))
            begin = start + m.end()
    tidied = [(b, tidy(text, a, b, a)) for a, b in [*cuts, (begin, end)]]
    # A number that goes on behind its member is cut there: members never overlap.
    return [(a, min(b, limit)) for limit, (a, b) in tidied if a < min(b, limit)]


def _listed(read: Read, members: Sequence[tuple[int, int]]) -> Candidate:
    text = read.passage.text
    items = tuple(dict.fromkeys(text[a:b] for a, b in members))
    low, high = members[0][0], members[-1][1]
    short = high - low <= LONGEST_LIST and "|" not in text[low:high]
    whole = text[low:high] if short else "、".join(items)
    score = max((s.score for s in read.reading.spans if s.start < high and low < s.end), default=-20.0)
    return Candidate("list", whole, read, ((low, high), *members), score, items)


def verdicts(query: Query, read: Read) -> Iterator[Candidate]:
    """是 and 否, with the range that decides."""
    if not read.reading.spans:
        return
    best = read.reading.spans[0]
    for sort in ("yes", "no"):
        p = read.reading.kinds[KINDS.index(sort)]
        if max(p, query.kinds.get("yesno", 0.0)) >= POSSIBLE:
            yield Candidate(sort, SAID[sort], read, ((best.start, best.end),), best.score)


def calculations(query: Query, reads: Sequence[Read]) -> Iterator[Candidate]:
    """Sums over the figures that the reader tagged, in one passage or in two."""
    tagged = {id(read): _operands(read) for read in reads}
    for operation in OPERATIONS:
        place = KINDS.index(operation)
        wanted = [r for r in reads if max(r.reading.kinds[place], _computes(query)) >= POSSIBLE]
        seen = set[tuple[tuple[str, int], ...]]()
        for chosen in _sets(operation, wanted, tagged):
            key = tuple((o.read.passage.id, o.start) for o in chosen)
            computed = compute(operation, chosen, query)
            if computed and key not in seen:
                seen.add(key)
                yield _calculated(operation, chosen, computed)


def _computes(query: Query) -> float:
    return query.kinds.get("compare", 0.0) / len(OPERATIONS)


def _operands(read: Read) -> tuple[list[Operand], list[Operand]]:
    """The first and the second operands of a passage, likeliest first."""
    found: tuple[list[Operand], list[Operand]] = ([], [])
    for t in read.reading.tagged:
        for tag, group in zip((FIRST, SECOND), found, strict=True):
            if t.tag == tag and (o := operand(read, t.start, t.end, t.probability)):
                group.append(o)
    for group in found:
        group.sort(key=lambda o: (-o.probability, o.start))
    return found


def _sets(
    operation: str, reads: Sequence[Read], tagged: dict[int, tuple[list[Operand], list[Operand]]]
) -> Iterator[tuple[Operand, ...]]:
    """Operands that go together: all first ones for a sum, a first and a second one otherwise."""
    ours = [tagged[id(read)] for read in reads]
    if operation == "sum":
        for firsts, seconds in ours:
            yield tuple(sorted([*firsts, *seconds], key=lambda o: o.start))
        tops = [firsts[0] for firsts, _ in ours if firsts]
        yield from (pair for pair in _pairs(tops, tops) if pair[0].read.hit.rank < pair[1].read.hit.rank)
        return
    for firsts, seconds in ours:
        yield from _pairs(firsts[:2], seconds[:2])
        if not seconds:
            yield from _pairs(firsts[:1], firsts[1:2])
        if len(seconds) > 1 and firsts:
            yield (firsts[0], *sorted(seconds, key=lambda o: o.start))
    for i, (firsts, _) in enumerate(ours):
        for j, (others, seconds) in enumerate(ours):
            if i != j:
                yield from _pairs(firsts[:1], seconds[:1] or others[:1])


def _pairs(ones: Iterable[Operand], others: Iterable[Operand]) -> Iterator[tuple[Operand, ...]]:
    others = list(others)
    for one in ones:
        yield from ((one, other) for other in others if other is not one)


MOST = "most"
"""The operation of an answer that names whose figure is the greatest or the least."""
_EXTREME = re.compile(
    r"(?:[最更较]|[哪谁][^,;。?]{0,12}?|得)(?:[多大高快早长重贵强远](?!少)|(?P<least>[少小低慢晚短轻贱弱近]))"
)
_FIRST_FEW = re.compile(r"前([一二两三四五六七八九十\d]+)(?!个?[月季])")
FEW = 10


def extremes(query: Query, reads: Sequence[Read]) -> Iterator[Candidate]:
    """Whose figure of one metric is the greatest (or least), where the question asks for it in so many words.

    Only those that the question names are compared, where it names two or more.
    """
    asked = _EXTREME.search(query.folded)
    if asked is None:
        return
    few = _FIRST_FEW.search(query.folded)
    many = min(FEW, int(number(few[1]) or 1)) if few else 1
    sign = 1 if asked["least"] else -1
    for held in _measured_alike(query, reads).values():
        named = {subject: o for subject, o in held.items() if subject in query.folded}
        pool = sorted(
            (named if len(named) > 1 else held).items(), key=lambda pair: (sign * pair[1].number, pair[0])
        )
        if len(pool) < max(2, many):
            continue
        chosen = [o for _, o in pool[: max(2, many)]]
        names = [o.figure.subject for o in chosen if o.figure]
        formula = (" < " if sign > 0 else " > ").join(
            f"{name}（{o.text}）" for name, o in zip(names, chosen, strict=True)
        )
        computed = Computed("、".join(names[:many]), None, formula, warning(chosen))
        items = tuple(names[:many]) if many > 1 else ()
        yield replace(_calculated(MOST, chosen, computed), items=items, figure=chosen[0].figure)


def _measured_alike(query: Query, reads: Sequence[Read]) -> dict[tuple[str, ...], dict[str, Operand]]:
    """For each metric and unit the figure of every subject that has one, of the period asked for."""
    groups: dict[tuple[str, ...], dict[str, Operand]] = {}
    for read in reads:
        for f in read.figures:
            period = read_period(fold(f.period))
            if not f.subject or not f.metric or f.upper is not None or clash(query.period, period) == 1.0:
                continue
            key = (fold(f.of), fold(f.metric), f.unit, f.mode)
            o = Operand(read, f.clean_start, f.clean_end, f.number, f.unit, f.value, 1.0, f)
            groups.setdefault(key, {}).setdefault(fold(f.subject), o)
    return groups


def _calculated(operation: str, operands: Sequence[Operand], computed: Computed) -> Candidate:
    read = operands[0].read
    own = tuple((o.start, o.end) for o in operands if o.read is read)
    best = max((s.score for s in read.reading.spans), default=-20.0)
    return Candidate(
        "computed", computed.text, read, own, best,
        operation=operation, operands=tuple(operands), computed=computed,
    )  # fmt: skip


def tag_support(tagged: Sequence[Tagged], start: int, end: int) -> float:
    """The share of clean range [start, end) that is tagged as an item, weighed by probability, 0 to 1."""
    held = 0.0
    for t in tagged:
        if t.tag == ITEM:
            held += t.probability * max(0, min(t.end, end) - max(t.start, start))
    return held / max(1, end - start)
