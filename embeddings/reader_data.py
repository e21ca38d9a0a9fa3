"""Examples to train the reader on: a question, a passage as the system gives it, and what to say of it.

In:  the training sets of a data folder: CMRC 2018 (train and trial), a part of DRCD's training set, SQuAD 2.0
     in Chinese, DuReader-checklist, DuReader-QG, IM-TQA's tables, and the written questions with their
     documents (`written/questions_train.jsonl`). Nothing marked development is opened.
Out: for an epoch, a list of `Example`, the same for the same seed and epoch. All text is folded.

Written questions are asked of passages as `qa.documents` cuts them, with their head (see
`qa.models.reader.headed`); passages of other sets are cut at sentences around the answer, with the article's
title as the head of half of them. Each question is asked again where it has no answer: of its neighbours in
the document, of passages of the whole collection that BM25 takes for the right one, or with its year or
number changed.

One written document in six is held out (`held_out`): the ranker is fitted to readings of those, since a
reader is surer of questions that it was trained on than of others.
"""

from __future__ import annotations

import functools
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import bm25s
import numpy as np

from qa.chinese.fold import fold
from qa.documents.decode import decode
from qa.figures.extract import extract
from qa.models.reader import FIRST, ITEM, KINDS, SECOND, headed
from qa.prepare import prepare
from qa.schema import Document, Passage

SHARES = {
    "cmrc2018": 0.75,
    "cmrc2018_trial": 0.75,
    "drcd": 1.5,
    "squad2_zh": 0.7,
    "dureader_checklist": 0.7,
    "dureader_qg": 0.7,
    "im_tqa_train": 0.3,
}
"""How often an epoch asks each question of a set."""
CLAUSES = ("cmrc2018", "cmrc2018_trial", "dureader_checklist", "dureader_qg")
"""Sets that answer with clauses; CMRC 2018 has 12 characters at the median, DRCD 4."""
COMPARED = 900
"""Questions made of two figures, an epoch."""
NEGATIVE = 0.4
"""Questions of the other sets that are asked once more where they have no answer."""
WRITTEN_NEGATIVES = 1.4
"""Passages without the answer that a written question is asked of, on average."""
SPAN, LIST, YES, NO, DIFFERENCE, SUM, RATIO, PRODUCT = range(len(KINDS))
NUMBER = re.compile(r"\d+")
AMOUNT = re.compile(r"\d[\d,]*(?:\.\d+)?")
REPEATS = {LIST: 1.5, YES: 2.0, NO: 2.0, DIFFERENCE: 3.0, SUM: 4.0, RATIO: 5.0, PRODUCT: 5.0}
"""How often an epoch asks a written question that wants such an answer: most want a single range."""
SENTENCE = re.compile(r"[^。!?;\n]*[。!?;\n]+[\"'”’」』)]*|[^。!?;\n]+$")
ARITHMETIC = (
    (DIFFERENCE, re.compile(r"[^-+*/><]+(?:-[^-+*/><]+)+")),
    (SUM, re.compile(r"[^-+*/><]+(?:\+[^-+*/><]+)+")),
    (RATIO, re.compile(r"[^-+*/><]+/[^-+*/><]+")),
    (PRODUCT, re.compile(r"[^-+*/><]+\*[^-+*/><]+")),
)
"""The sum that a written comparison's note gives, by its operation; another note is not learnt from."""
Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Example:
    """`start, end` is the answer's range in `passage`, (-1, -1) where none is to be learnt.

    `answers` is the share of the answer that the passage holds; `head` the characters before the text
    proper; `kind` an index of KINDS or -1; `tags` ranges and what each is, None where that is not known.
    """

    question: str
    passage: str
    answers: float
    start: int = -1
    end: int = -1
    head: int = 0
    kind: int = -1
    tags: tuple[tuple[int, int, int], ...] | None = None
    short: bool = True


class Source(NamedTuple):
    """A question of a public set with its whole passage; (-1, -1) where that does not answer."""

    question: str
    passage: str
    title: str
    start: int
    end: int
    name: str
    lookalikes: tuple[str, ...] = ()


class Written(NamedTuple):
    """A written question: examples of the passages that hold its answer, and texts that do not."""

    question: str
    right: tuple[Example, ...]
    near: tuple[tuple[str, int], ...]
    far: tuple[tuple[str, int], ...]
    numbers: bool


def lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def held_out(document: str) -> bool:
    """Whether a written document is kept from the reader's training, for the ranker's.

    >>> sum(held_out(f"w{n:04}.txt") for n in range(1, 1041))
    169
    """
    return sha256(document.encode()).digest()[0] % 6 == 0


def bigrams(text: str) -> list[str]:
    """Character pairs; what BM25 and the choice among several places of an answer compare by."""
    return [text[i : i + 2] for i in range(len(text) - 1)]


def sentences(text: str) -> list[tuple[int, int]]:
    """Ranges that cover the text, each ending after sentence punctuation."""
    return [match.span() for match in SENTENCE.finditer(text)]


def places(text: str, part: str) -> list[int]:
    """Where `part` stands in `text`; a number only where it is whole."""
    found, at = [], text.find(part)
    while at >= 0 and part:
        before, after = text[max(0, at - 2) : at], text[at + len(part) : at + len(part) + 2]
        cut = part[:1].isdigit() and re.search(r"\d[.,]?$", before) and not re.search(r"[^\d.,]$", before)
        cut = cut or (part[-1:].isdigit() and re.match(r"\d|[.,]\d", after))
        found += [] if cut else [at]
        at = text.find(part, at + 1)
    return found


def best_place(question: str, passage: str, answer: str) -> int:
    """Where the answer stands; of several places the one whose surroundings share most with the question."""
    asked = set(bigrams(question))

    def shared(at: int) -> tuple[int, int]:
        return len(asked & set(bigrams(passage[max(0, at - 40) : at + len(answer) + 40]))), -at

    return max(places(passage, answer), key=shared, default=-1)


# The public sets.


def load(data: Path) -> list[Source]:
    """The questions of the public training sets, folded; those whose answer cannot be found are left out."""
    sources = []
    for name in SHARES:
        folder = data / ("tables" if name == "im_tqa_train" else "train") / name
        passages = {str(p["id"]): p for p in lines(folder / "passages.jsonl")}
        for q in lines(folder / "questions.jsonl"):
            page = passages[q["gold"][0]]
            question, text = fold(q["question"]), fold(page["text"])
            title = fold(str(page.get("title") or ""))
            if not q["answers"]:
                sources.append(Source(question, text, title, -1, -1, name))
            elif name != "im_tqa_train" or (len(q["answers"]) == 1 and len(text) <= 500):
                answer = fold(q["answers"][0])
                at = best_place(question, text, answer)
                if at >= 0:
                    sources.append(Source(question, text, title, at, at + len(answer), name))
    return mine(sources)


def windows(text: str, size: int = 230) -> list[str]:
    """The text in pieces of whole sentences, each of about `size` characters."""
    pieces, begin = [], 0
    for _, end in sentences(text):
        if end - begin >= size:
            pieces.append(text[begin:end])
            begin = end
    return [*pieces, text[begin:]] if text[begin:].strip() else pieces


def mine(sources: Sequence[Source], depth: int = 12) -> list[Source]:
    """Give each question the windows of other places that BM25 ranks high and that lack its answer."""
    pool = sorted({piece for s in sources for piece in windows(s.passage)})
    found = ranked([s.question for s in sources], pool, depth)
    mined = []
    for s, row in zip(sources, found, strict=True):
        answer = s.passage[s.start : s.end] if s.start >= 0 else "\0"
        mined.append(s._replace(lookalikes=tuple(pool[i] for i in row if answer not in pool[i])[:6]))
    return mined


def ranked(questions: Sequence[str], texts: Sequence[str], depth: int) -> list[list[int]]:
    """For each question the `depth` texts that BM25 over character pairs ranks highest."""
    index = bm25s.BM25()
    index.index([bigrams(text) for text in texts], show_progress=False)
    asked = [bigrams(question) for question in questions]
    found, _ = index.retrieve(asked, k=depth, show_progress=False, n_threads=1)
    return [list(map(int, row)) for row in np.asarray(found)]


def window(source: Source, rng: random.Random) -> Example:
    """Whole sentences around the answer, of a size and a place drawn at random; a table stays whole."""
    spans = sentences(source.passage)
    if source.name == "im_tqa_train" or source.start < 0:
        piece = source.passage[:420] if source.start < 0 else source.passage
        return titled(Example(source.question, piece, float(source.start >= 0)), source, 0, rng)
    first = max(i for i, (a, _) in enumerate(spans) if a <= source.start)
    last = min(i for i, (_, b) in enumerate(spans) if b >= source.end)
    size = rng.randint(60, 320)
    while spans[last][1] - spans[first][0] < size and (first > 0 or last < len(spans) - 1):
        grow_left = first > 0 and (last == len(spans) - 1 or rng.random() < 0.5)
        first, last = (first - 1, last) if grow_left else (first, last + 1)
    a, b = spans[first][0], spans[last][1]
    return titled(Example(source.question, source.passage[a:b], 1.0), source, a, rng)


def titled(example: Example, source: Source, shift: int, rng: random.Random) -> Example:
    """The example with the title as its head, every other time, and the answer where it then stands."""
    head = f"{source.title}\n" if source.title and rng.random() < 0.5 else ""
    made = replace(example, passage=head + example.passage, head=len(head), short=source.name not in CLAUSES)
    if source.start < 0:
        return replace(made, tags=())
    start, end = source.start - shift + len(head), source.end - shift + len(head)
    tags = ((start, end, ITEM),)
    return replace(made, start=start, end=end, tags=tags, kind=SPAN)


def elsewhere(source: Source, rng: random.Random) -> Example | None:
    """The question asked of another window of the article, of a lookalike, or with its number changed."""
    draw = rng.random()
    short = source.name not in CLAUSES
    if draw < 0.3 and source.start >= 0:
        right = window(source, rng)
        other = changed(source.question, right.passage, rng)
        if other:
            return Example(other, right.passage, 0.0, head=right.head, tags=(), short=short)
    if draw < 0.65 and source.start >= 0:
        answer = source.passage[source.start : source.end]
        rest = [piece for piece in windows(source.passage, rng.randint(60, 230)) if answer not in piece]
        if rest:
            return Example(source.question, rng.choice(rest), 0.0, tags=(), short=short)
    if source.lookalikes:
        return Example(source.question, rng.choice(source.lookalikes), 0.0, tags=(), short=short)
    return None


def changed(question: str, passage: str, rng: random.Random) -> str | None:
    """The question with a number or year that the passage has turned into one that it lacks."""
    numbers = [m for m in NUMBER.finditer(question) if m[0] in passage]
    if not numbers:
        return None
    m = rng.choice(numbers)
    other = str(max(1, int(m[0][:9]) + rng.choice((-3, -2, -1, 1, 2, 3, 5, 10))))
    return None if other in passage else question[: m.start()] + other + question[m.end() :]


# The written questions.


def passages_of(docs: Path) -> dict[str, list[Passage]]:
    """The passages of every document, as the system cuts them."""
    found = {}
    for path in sorted(docs.glob("*.txt")):
        raw = path.read_bytes()
        text, encoding = decode(raw)
        found[path.name] = list(prepare(Document(path.name, text, sha256(raw).hexdigest(), encoding)))
    return found


def shown(passage: Passage) -> tuple[str, int]:
    """The folded text that the reader gets of a passage, and the length of its head."""
    head = headed(passage)
    return fold(head + passage.text), len(head)


def clean_range(passage: Passage, start: int, end: int) -> tuple[int, int] | None:
    """The clean range of the characters that stand at original [start, end); None where there are none."""
    inside = [i for i, at in enumerate(passage.origin) if start <= at < end]
    return (inside[0], inside[-1] + 1) if inside else None


def written(data: Path, keep: str = "train") -> list[Written]:
    """The written training questions; `keep` is "train" or "held" (see `held_out`)."""
    by_document = passages_of(data / "written" / "docs")
    texts = {p.id: shown(p) for row in by_document.values() for p in row}
    rows = list(lines(data / "written" / "questions_train.jsonl"))
    rows = [row for row in rows if held_out(row["evidence"][0]["doc"]) == (keep == "held")]
    asked = in_context(rows)
    pool = sorted(texts)
    found = ranked([fold(question) for question in asked], [texts[i][0] for i in pool], 14)
    made = []
    for row, question, best in zip(rows, asked, found, strict=True):
        made.append(one(row, fold(question), by_document, texts, [pool[i] for i in best]))
    return made


def in_context(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Each question; one that follows another of its conversation with that one before it."""
    asked: dict[tuple[str, int], str] = {}
    found = []
    for row in rows:
        key = (str(row.get("conversation")), int(row.get("turn") or 0))
        before = asked.get((key[0], key[1] - 1), "") if row["type"] == "followup" else ""
        asked[key] = row["question"]
        found.append(f"{before};{row['question']}" if before else row["question"])
    return found


def one(
    row: dict[str, Any],
    question: str,
    by_document: dict[str, list[Passage]],
    texts: dict[str, tuple[str, int]],
    best: Sequence[str],
) -> Written:
    """A written question with its right passages and those that look right."""
    evidence = [(e["doc"], e["start"], e["end"]) for e in row["evidence"]]
    siblings = [p for doc in sorted({doc for doc, _, _ in evidence}) for p in by_document[doc]]
    right: dict[str, Example] = {}
    if row["answerable"]:
        for passage in siblings:
            ranges = [clean_range(passage, a, b) for doc, a, b in evidence if doc == passage.document]
            known = [r for r in ranges if r]
            if known:
                right[passage.id] = labelled(row, question, texts[passage.id], known)
        whole = max((e.answers for e in right.values()), default=0.0)
        right = {i: e for i, e in right.items() if e.answers >= min(whole, 0.5) and e.answers > 0}
    answers = [fold(a) for a in row["answers"]] if row["type"] not in ("yesno", "compare", "list") else []
    lacks = {i: not any(a in texts[i][0] for a in answers) for i in texts.keys() & {*best}}
    near = [p.id for p in siblings if p.id not in right and not any(a in texts[p.id][0] for a in answers)]
    far = [i for i in best if i not in right and i not in near and lacks[i]]
    if not row["answerable"]:
        # The passage that tempts counts most, so it stands twice among the near ones.
        tempting = [
            p.id
            for p in siblings
            if any(doc == p.document and clean_range(p, a, b) for doc, a, b in evidence)
        ]
        near = tempting * 2 + near
    pick = [tuple(texts[i] for i in ids) for ids in (near, far)]
    return Written(question, tuple(right.values()), pick[0], pick[1], row["answerable"])


def labelled(
    row: dict[str, Any], question: str, shown: tuple[str, int], ranges: Sequence[tuple[int, int]]
) -> Example:
    """What the reader is to say of a passage that holds evidence at clean `ranges`."""
    text, head = shown
    spans = [(a + head, b + head) for a, b in ranges]
    low, high = min(a for a, _ in spans), max(b for _, b in spans)
    base = Example(question, text, 1.0, head=head)
    if row["type"] == "yesno" or row["answers"][0] in ("是", "否"):
        kind = YES if row["answers"][0] == "是" else NO
        return replace(base, start=low, end=min(high, low + 80), kind=kind, tags=None)
    if row.get("items"):
        found = [nearest(text, [fold(f) for f in forms], low, high) for forms in row["items"]]
        known = sorted(r for r in found if r)
        if not known:
            return replace(base, answers=0.5, kind=LIST)
        whole = (known[0][0], known[-1][1]) if known[-1][1] - known[0][0] <= 80 else (-1, -1)
        share = len(known) / len(found)
        tags = tuple((a, b, ITEM) for a, b in known)
        return replace(base, answers=share, start=whole[0], end=whole[1], kind=LIST, tags=tags)
    computed = row["type"] == "compare" or row.get("asks") == "compare"
    place = nearest(text, [fold(a) for a in row["answers"]], low, high)
    if computed and (found := operation(str(row.get("note") or ""))):
        return operands(base, found, spans)
    if place is None:
        return replace(base, answers=0.5)
    tags = ((*place, ITEM), *(greater(str(row.get("note") or ""), text, spans) if computed else ()))
    return replace(base, start=place[0], end=place[1], kind=SPAN, tags=tags)


def nearest(text: str, forms: Sequence[str], low: int, high: int) -> tuple[int, int] | None:
    """The accepted form that stands nearest to [low, high), inside it where one does; the first such form."""
    found = []
    for order, form in enumerate(forms):
        for at in places(text, form):
            away = max(0, low - at, at + len(form) - high)
            found.append((away, order, at, at + len(form)))
    away, _, start, end = min(found, default=(99, 0, 0, 0))
    return (start, end) if away <= 60 else None


def operation(note: str) -> tuple[int, list[str]] | None:
    """The kind of arithmetic that a note tells, and its operands in order."""
    note = re.split("[=≈]", fold(note).replace(" ", ""))[0]
    for kind, form in ARITHMETIC:
        if form.fullmatch(note):
            terms = re.split(r"[-+*/]", note)
            numbers = [m[0].replace(",", "") for t in terms if (m := AMOUNT.search(t))]
            return (kind, numbers) if len(numbers) == len(terms) else None
    return None


def operands(base: Example, found: tuple[int, list[str]], spans: Sequence[tuple[int, int]]) -> Example:
    """The example with the operands tagged that stand in the evidence; whole amounts are what is found."""
    kind, numbers = found
    amounts = [
        (a + m.start(), a + m.end(), m[0].replace(",", ""))
        for a, b in spans
        for m in AMOUNT.finditer(base.passage[a:b])
    ]
    tags, used = [], set[int]()
    for order, number in enumerate(numbers):
        forms = [number, *percentages(number)] if order and kind in (RATIO, PRODUCT) else [number]
        place = next((i for i, (_, _, n) in enumerate(amounts) if n in forms and i not in used), None)
        if place is not None:
            used.add(place)
            role = SECOND if order and kind != SUM else FIRST
            tags.append((*amounts[place][:2], role))
    share = len(tags) / len(numbers)
    return replace(base, answers=max(share, 0.5), kind=kind, tags=tuple(tags) if tags else None)


def greater(note: str, text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """The figures that a note compares (204.2>200>118.3), as operands in the evidence."""
    if ">" in note:
        numbers = {m[0].replace(",", "") for m in AMOUNT.finditer(fold(note))}
        for a, b in spans:
            for m in AMOUNT.finditer(text[a:b]):
                if m[0].replace(",", "") in numbers:
                    yield a + m.start(), a + m.end(), FIRST


def percentages(number: str) -> list[str]:
    """How a text may say the factor of a sum: a growth (1.2046: 20.46) or a share (0.37: 37).

    >>> percentages("1.2046"), percentages("0.37")
    (['20.46', '120.46'], ['-63', '37'])
    """
    factor = Decimal(number)
    return [format((value * 100).normalize(), "f") for value in (factor - 1, factor)]


# Questions made of two figures that measure the same, since few are written over two documents.


class Measured(NamedTuple):
    """A figure in a passage as the reader gets it: text, head, range there, whose it is and when."""

    passage: str
    head: int
    start: int
    end: int
    subject: str
    period: str


ASKING = (
    (DIFFERENCE, "{a}的{m}比{b}{more}多少?"),
    (DIFFERENCE, "{p}{a}{m}和{b}相差多少"),
    (DIFFERENCE, "{p}{a}跟{b}比,{m}{more}了多少?"),
    (SUM, "{a}和{b}的{m}一共多少?"),
    (SUM, "{p}{a}、{b}两者{m}合计是多少"),
    (RATIO, "{p}{a}的{m}是{b}的几倍?"),
    (-1, "{a}和{b}哪个{m}更{more}?"),
    (-1, "{p}{m},{a}{more}还是{b}{more}?"),
)
"""Kinds of sums and how they are asked for; -1 where the greater is asked for."""
MORE = ("多", "高", "大", "少")


def measured_alike(data: Path) -> dict[tuple[str, str], list[Measured]]:
    """The figures of the training documents by metric and unit, those with a subject, two or more alike."""
    groups: dict[tuple[str, str], list[Measured]] = {}
    for document, passages in passages_of(data / "written" / "docs").items():
        if document not in trained_on(data):
            continue
        for passage in passages:
            text, head = shown(passage)
            for f in extract(passage):
                subject, metric = fold(f.subject), fold(f.of + f.metric)
                if f.upper is None and 2 <= len(subject) <= 16 and 2 <= len(metric) <= 12:
                    place = (f.clean_start + head, f.clean_end + head)
                    found = Measured(text, head, *place, subject, fold(f.period))
                    groups.setdefault((metric, f.unit), []).append(found)
    return {key: row for key, row in groups.items() if len({m.subject for m in row}) > 1}


@functools.cache
def trained_on(data: Path) -> frozenset[str]:
    """The documents of the written training questions that are not held out."""
    rows = lines(data / "written" / "questions_train.jsonl")
    return frozenset(doc for row in rows if not held_out(doc := row["evidence"][0]["doc"]))


def compared(groups: dict[tuple[str, str], list[Measured]], rng: random.Random) -> Iterator[Example]:
    """A made question over two figures, asked of the passage of each, and of another that has none."""
    metric, unit = rng.choice(sorted(groups))
    row = groups[metric, unit]
    one = rng.choice(row)
    others = [m for m in row if m.subject not in one.subject and one.subject not in m.subject]
    if not others:
        return
    other = rng.choice(others)
    kind, form = rng.choice(ASKING)
    period = one.period if one.period == other.period and rng.random() < 0.6 else ""
    text = form.format(a=one.subject, b=other.subject, m=metric, p=period, more=rng.choice(MORE))
    second = FIRST if kind in (SUM, -1) else SECOND
    if one.passage == other.passage:
        tags = ((one.start, one.end, FIRST), (other.start, other.end, second))
        yield Example(text, one.passage, 1.0, head=one.head, kind=kind, tags=tags)
        return
    for m, role in ((one, FIRST), (other, second)):
        tags = ((m.start, m.end, role),)
        yield Example(text, m.passage, 0.75, head=m.head, kind=kind, tags=tags)
    stranger = rng.choice(row)
    if stranger.subject not in text and stranger.passage not in (one.passage, other.passage):
        yield Example(text, stranger.passage, 0.0, head=stranger.head, tags=())


# Epochs.


def epoch(
    sources: Sequence[Source],
    questions: Sequence[Written],
    groups: dict[tuple[str, str], list[Measured]],
    seed: int,
    number: int,
) -> list[Example]:
    """The examples of one epoch, shuffled; the same for the same seed and number."""
    rng = random.Random(f"{seed}/{number}")
    examples = []
    for source in sources:
        share = SHARES[source.name]
        for _ in range(int(share) + (rng.random() < share % 1)):
            examples.append(window(source, rng))
            if rng.random() < NEGATIVE and (wrong := elsewhere(source, rng)):
                examples.append(wrong)
    for question in questions:
        examples += asked(question, questions, rng)
    for _ in range(COMPARED):
        examples += compared(groups, rng)
    rng.shuffle(examples)
    return examples


def asked(question: Written, others: Sequence[Written], rng: random.Random) -> Iterator[Example]:
    """A written question of its right passages and of some that are not."""
    # One question in ten follows another that it has nothing to do with, and is to be read alone.
    before = rng.choice(others).question if rng.random() < 0.1 and ";" not in question.question else ""
    text = f"{before.split(';')[-1]};{question.question}" if before else question.question
    for example in question.right:
        times = REPEATS.get(example.kind, 1.0)
        for _ in range(int(times) + (rng.random() < times % 1)):
            yield replace(example, question=text)
        if rng.random() < 0.25 and not before and (other := changed(question.question, example.passage, rng)):
            yield Example(other, example.passage, 0.0, head=example.head, tags=())
    n = int(WRITTEN_NEGATIVES) + (rng.random() < WRITTEN_NEGATIVES % 1)
    for _ in range(n):
        pool = question.near if rng.random() < 0.6 or not question.far else question.far
        if pool:
            passage, head = rng.choice(pool)
            yield Example(text, passage, 0.0, head=head, tags=())
