"""Figures as the rules of the language read them: every number of a passage bound to who, what and when.

Numbers are read by `numerals`, time by `periods`, the words around them by
`binding`; here they are joined clause by clause. What a clause leaves out
(subject, period, metric) is carried from the clauses before it (`scope`). What is ambiguous
is decided anew by `choose`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa.chinese import periods
from qa.chinese.fold import fold
from qa.chinese.numerals import Quantity, quantities
from qa.chinese.periods import Timex
from qa.figures.binding import after, before
from qa.figures.masks import BLANK, mask
from qa.figures.measures import (
    figures_only,
    fractions,
    halves,
    metric_of,
    parallel,
    ranks,
    stock_quotes,
)
from qa.figures.modes import EXPECTED, loose_hedge, mode_of
from qa.figures.relations import (
    goal_of,
    growth,
    of_goal,
    own_words,
    plain_growth,
    ranked,
    related,
    shared,
    without_pronoun,
)
from qa.figures.scope import Scope, ahead, governor, note_times, owner_after, silent, topic
from qa.schema import Figure, Mode, Passage, Value, original_range

_ANY = re.compile(r"[\d一二两三四五六七八九十百千万亿萬億兩数几數幾半]")
_CLAUSE = re.compile(r"[,;:。!?\n…]+|——+")
_MOOD_AHEAD = re.compile(r"预计|预期|力争")


@dataclass(frozen=True, slots=True)
class Text:
    """A passage prepared: as written, folded, with times as "|" and non-figures blanked; and its original."""

    passage: Passage
    raw: str
    original: str
    folded: str
    work: str
    scan: str
    times: list[Timex]
    where: dict[int, str]
    quoted: dict[int, str]

    def as_written(self, phrase: str, before_end: int) -> str:
        """A folded phrase in the letters of the document, where it stands there in one piece."""
        if not phrase or phrase in self.raw:
            return phrase
        at = self.folded.rfind(phrase, 0, before_end + 40)
        return self.raw[at : at + len(phrase)] if at >= 0 else phrase


@dataclass(frozen=True, slots=True)
class Draft:
    """A figure as the rules read it, and where its number stands.

    `left` and `right` bound the words that are its own, `clause` its clause (clean ranges);
    `growth` are the words of growth before it (同比增长), "" where it is a level.
    """

    figure: Figure
    quantity: Quantity
    left: int
    right: int
    clause: tuple[int, int]
    growth: str


def _prepare(passage: Passage, original: str) -> Text:
    text = passage.text
    folded = fold(text)
    times = periods.time_expressions(folded, text)
    parts, at = [], 0
    for t in times:
        if t.kind != "compared":
            parts += [folded[at : t.start], "|" * (t.end - t.start)]
            at = t.end
    work = "".join(parts) + folded[at:]
    return Text(passage, text, original, folded, work, mask(work), times, {}, {})


def read(passage: Passage, original: str) -> tuple[Text, list[Draft]]:
    """A passage prepared, and its figures as the rules read them, in order of their place.

    `original` is the text that the passage's offsets point into.
    """
    if not _ANY.search(passage.text):
        return Text(passage, passage.text, original, passage.text, passage.text, "", [], {}, {}), []
    text = _prepare(passage, original)
    found = _quantities(text)
    if not found:
        return text, []
    scope = Scope(passage, passage.date.year if passage.date else None)
    out: list[Draft] = []
    sentences = passage.sentences or ((0, len(passage.text)),)
    near = _near(sentences, found)
    i = 0
    for k, (start, end) in enumerate(sentences):
        first = i
        while i < len(found) and found[i].start < end:
            i += 1
        if k in near:
            _sentence(text, scope, (start, end), found[first:i], out)
        elif i < len(found):
            note_times(scope, [t for t in text.times if start <= t.start < end and t.kind in ("when", "iso")])
    return text, out


def _quantities(text: Text) -> list[Quantity]:
    """The quantities of a passage that are figures, none over another, in order of their place.

    What the place of a rank and a stock quote say of themselves is noted in `text`.
    """
    found = figures_only(list(quantities(text.scan)), text.scan)
    for rank, where in ranks(text.work):
        text.where[rank.start] = where
        found.append(rank)
    for quoted, metric in stock_quotes(text.work):
        found = [q for q in found if not (q.start < quoted.end and quoted.start < q.end)] + [quoted]
        text.quoted[quoted.start] = metric
    found += [h for h in halves(text.scan) if not any(q.start < h.end and h.start < q.end for q in found)]
    parts = list(fractions(text.scan)) if "分之" in text.scan or "/" in text.scan else []
    if parts:
        parts = [f for f in parts if not any(q.start < f.start < q.end for q in found)]
        found = [q for q in found if not any(f.start < q.end and q.start < f.end for f in parts)] + parts
    dates = [(t.start, t.end) for t in text.times if t.kind == "compared"]  # 为2022年5月20日 is not blanked
    found = [q for q in found if not any(start <= q.start and q.end <= end for start, end in dates)]
    return sorted(found, key=lambda q: q.start)


def _near(sentences: Sequence[tuple[int, int]], found: list[Quantity]) -> set[int]:
    """Sentences that matter: those with figures and the three before each (70% of a news text do not)."""
    near: set[int] = set()
    i = 0
    for k, (_, end) in enumerate(sentences):
        if i < len(found) and found[i].start < end:
            near.update(range(max(0, k - 3), k + 1))
            while i < len(found) and found[i].start < end:
                i += 1
    return near


def _sentence(
    text: Text, scope: Scope, span: tuple[int, int], found: list[Quantity], out: list[Draft]
) -> None:
    """Read the clauses of one sentence in order; a new topic ends the period carried so far."""
    scope.begin_sentence()
    scope.begun = span[0]
    spoken = [t for t in text.times if span[0] <= t.start < span[1] and t.kind != "compared"]
    opening = True
    for cs, ce, mark in _clauses(text, *span, found):
        here = [q for q in found if cs <= q.start < ce] if found else []
        times = [t for t in spoken if cs <= t.start < ce]
        if opening and not times:
            subject = topic(scope, text.work[cs : here[0].hedge_start if here else ce])
            if subject and scope.subject and subject != scope.subject:
                scope.period, scope.year = "", None
        if here:
            _clause(text, scope, (cs, ce, span[1]), here, times, out, opening)
        else:
            silent(scope, text.work[cs:ce], times)
            mood = _MOOD_AHEAD.search(text.work, cs, ce)
            scope.mood = mood[0] if mood else scope.mood
        opening = False
        if mark == ";":
            scope.counted = scope.mood = ""


def _clauses(text: Text, start: int, end: int, found: list[Quantity]) -> Iterator[tuple[int, int, str]]:
    """Ranges of the clauses of one sentence and the mark that ends each; no cut inside a number."""
    at = start
    for m in _CLAUSE.finditer(text.work, start, end):
        if any(q.start < m.start() < q.end for q in found):
            continue
        if m.start() > at:
            yield at, m.start(), m[0][0]
        at = m.end()
    if at < end:
        yield at, end, ""


def _clause(
    text: Text, scope: Scope, span: tuple[int, int, int], here: list[Quantity],
    times: list[Timex], out: list[Draft], opening: bool,
) -> None:  # fmt: skip
    cs, ce, sentence_end = span
    scope.growth = ""
    lead = text.work[cs : here[0].hedge_start]
    local = EXPECTED.search(lead) and any("全年" in t.said for t in times)
    saved = (scope.period, scope.year)
    shares = parallel(text.work, cs, here, scope.recent) if len(here) > 1 else {}
    left, used = cs, 0
    start_only: tuple[str, int | None] | None = None
    for i, q in enumerate(here):
        while used < len(times) and times[used].start < q.start:
            start_only = (scope.period, scope.year) if times[used].kind == "from" else start_only
            note_times(scope, [times[used]])
            used += 1
        right = here[i + 1].hedge_start if i + 1 < len(here) else ce
        if opening and i == 0 and (name := ahead(text.work[right:sentence_end])):
            scope.subject = name
        figure = _bind(text, scope, (cs, ce), q, (left, right), i > 0, shares.get(i))
        grew = plain_growth(growth(text.work[left : q.hedge_start].rstrip(" "), q))
        out.append(Draft(figure, q, left, right, (cs, ce), grew))
        scope.last, left = figure, q.end
        scope.recent.append(figure.metric)
        if start_only is not None:
            (scope.period, scope.year), start_only = start_only, None
    note_times(scope, times[used:])
    if local and saved[0]:
        scope.period, scope.year = saved


def _bind(
    text: Text, scope: Scope, clause: tuple[int, int], q: Quantity, gap: tuple[int, int],
    later: bool, share: tuple[str, str] | None,
) -> Figure:  # fmt: skip
    pre, following = _lead(text, scope, q, gap[0], later), text.work[q.end : gap[1]]
    if level := _base_level(text, scope, clause, q):
        return level
    grew = growth(pre, q)
    goal = goal_of(pre, following, q)
    pre = without_pronoun(pre)
    found = before(own_words(pre, grew))
    post, said = after(following, bool(found.verb))
    scope.after = post
    named = "" if share or (q.kind == "rank" and found.subject == found.place) else found.subject
    subject = governor(scope, named, not later)
    if found.noun and q.kind in ("money", "measure") and (name := owner_after(scope, following)):
        subject = scope.subject = name
    metric, of, name = metric_of(scope, q, found, post, said, following, pre, later)
    if name and not found.subject:
        if metric == (scope.last.metric if scope.last else None):
            subject += name
        elif not later:
            subject = governor(scope, name, True)
    metric, of = related(scope, q, found, pre, grew, (metric, of))
    metric, of = of_goal(scope, q, pre, goal, (metric, of))
    if q.start in text.quoted:
        metric, of = text.quoted[q.start], ""
    if q.kind == "rank":
        metric, of = ranked(scope, found.noun, found.place + text.where[q.start])
    if share:
        scope.growth = plain_growth(grew) or scope.growth
        if share[0] and "分别" in pre and (named := before(pre.rpartition("分别")[2]).metric):
            metric = named
        subject, metric, of = shared(scope, share, subject, metric, of)
    return _figure(text, scope, clause, q, subject, metric, of, *_mode(text, scope, clause, gap, metric, q))


def _lead(text: Text, scope: Scope, q: Quantity, left: int, later: bool) -> str:
    """The words from `left` to a number; of those after another number only what is its own."""
    pre = text.work[left : q.hedge_start]
    if later:
        pre = re.split(r"[、()]|以及|(?<=.)[和及与](?=.{0,6}$)", pre.removeprefix(scope.after))[-1]
        pre = re.sub(r"^[中内里](?=[有约近已占])", "", pre)
    return pre.rstrip(" ")


def _base_level(text: Text, scope: Scope, clause: tuple[int, int], q: Quantity) -> Figure | None:
    """The level of an earlier time that the last figure is compared with: 较2020年的1105亿元."""
    then, last = _base_time(text, q), scope.last
    if then is None or last is None or last.unit != q.unit:
        return None
    scope.after = ""
    level = _figure(text, scope, clause, q, last.subject, last.metric, last.of, "actual", ())
    return replace(level, period=then.said, year=periods.stated_year(fold(then.said), scope.today))


def _mode(
    text: Text, scope: Scope, clause: tuple[int, int], gap: tuple[int, int], metric: str, q: Quantity
) -> tuple[Mode, tuple[str, ...]]:
    """The mode of a figure, and the moods and hedges before it."""
    lead = scope.mood + text.work[clause[0] : q.start]
    mode, moods = mode_of(lead, text.folded[scope.begun : q.start], bool(scope.built), metric, q)
    moods += loose_hedge(text.work[max(gap[0], q.hedge_start - 10) : q.hedge_start])
    if q.kind == "ratio" and q.written == "han" and not q.qualifier:  # 约三分之一, 近一半
        moods += tuple(w for w in ("约", "近", "超过") if text.work[: q.start].endswith(w))
    return mode, moods


def _base_time(text: Text, q: Quantity) -> Timex | None:
    """The time whose level a figure gives as the base of a comparison: 较2020年的1105亿元增长16.4%."""
    for t in text.times:
        if t.kind == "compared" and text.work[t.end : q.hedge_start] in ("", "的"):
            return t if t.end <= q.hedge_start and not t.said.endswith("同期") else None
    return None


def _figure(
    text: Text, scope: Scope, clause: tuple[int, int], q: Quantity,
    subject: str, metric: str, of: str, mode: Mode, moods: tuple[str, ...],
) -> Figure:  # fmt: skip
    passage = scope.passage
    whole = passage.start, passage.end
    start, end = original_range(passage.origin, q.start, q.end) or whole
    clause_start, clause_end = original_range(passage.origin, *clause) or whole
    said = text.raw[q.start : q.end]
    return Figure(
        passage=passage.id,
        document=passage.document,
        subject=text.as_written(subject, q.end),
        metric=text.as_written(metric.replace(BLANK, ""), q.end),
        value=Value(q.value.number, _spelt(q.value.unit, said)),
        number=q.number,
        unit=q.unit,
        quote=text.original[start:end],
        text=said,
        start=start,
        end=end,
        clean_start=q.start,
        clean_end=q.end,
        clause_start=clause_start,
        clause_end=clause_end,
        upper=q.upper,
        qualifier=moods + tuple(w for w in q.qualifier if w not in moods),
        mode=mode,
        period=scope.built or scope.period,
        year=None if scope.built else scope.year,
        of=text.as_written(of.replace(BLANK, ""), q.end),
    )


def _spelt(unit: str, quote: str) -> str:
    """A Latin unit in the capitals of the document (MW), any other as folded."""
    at = quote.lower().rfind(unit) if unit.isascii() and unit else -1
    return quote[at : at + len(unit)] if at >= 0 else unit
