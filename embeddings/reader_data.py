"""Examples to train the reader on: (question, passage, where the answer stands or that it does not).

In:  the training sets of a data folder (CMRC 2018 train and trial, a part of DRCD's training set,
     IM-TQA train), each `passages.jsonl` and `questions.jsonl`; nothing marked development is opened.
Out: for an epoch, a list of `Example`, the same for the same seed and epoch. All text is folded.

A passage is cut as the system cuts documents (whole sentences) around the answer; one in twelve
is left whole, so that long passages are read too. Questions are asked again where they have no
answer: of another window of the same article, of one that BM25 takes for the right one, or with
their year, number or subject changed.

CMRC 2018 answers with clauses (12 characters at the median), DRCD with names, dates and terms (4). A
reader of both must know which is wanted, so `Example.short` says it. Short answers are few, so DRCD is
read several times an epoch, and more are made of the passages themselves: a clause with one name, date,
number or term asked for (Lewis et al., Unsupervised Question Answering by Cloze Translation, ACL 2019).
"""

from __future__ import annotations

import functools
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import bm25s
import jieba
import jieba.posseg
import numpy as np

from qa.chinese.fold import fold

SETS = ("cmrc2018", "cmrc2018_trial", "drcd")
TABLES = "im_tqa_train"
WHOLE = 0.08
NEGATIVE = 0.4
REPEATS = {"drcd": 3}
"""How often an epoch asks the questions of a set; each time in another window."""
BRIEF = 6
"""Characters of an answer that is short by any measure."""
CLAUSE = re.compile(r"[^,;:。!?\n]+")
SENTENCE = re.compile(r"[^。!?;\n]*[。!?;\n]+[\"'”’」』)]*|[^。!?;\n]+$")
NUMBER = re.compile(r"\d+")
COUNT = re.compile(r"[\d二三四五六七八九十百千万亿]")
ASKED = {
    "nr": ("谁", "哪位", "什么人"),
    "ns": ("哪里", "什么地方", "何处", "哪个地方"),
    "nt": ("哪个机构", "什么组织", "谁"),
    "nz": ("什么", "哪种"),
    "n": ("什么", "哪种"),
    "l": ("什么",),
    "t": ("什么时候", "何时", "哪一年"),
    "m": ("多少", "几"),
}
"""What asks for a run of words by the part of speech of its last word (jieba's tags)."""


@dataclass(frozen=True, slots=True)
class Example:
    """`start, end` is the answer's range in `passage`; (-1, -1) where the passage does not answer."""

    question: str
    passage: str
    start: int = -1
    end: int = -1
    short: bool = False


class Source(NamedTuple):
    """A question of a training set with its whole passage and the range of its answer there."""

    question: str
    passage: str
    title: str
    start: int
    end: int
    name: str
    lookalikes: tuple[str, ...] = ()

    @property
    def table(self) -> bool:
        return self.name == TABLES


def _lines(path: Path) -> Iterator[dict[str, object]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def bigrams(text: str) -> list[str]:
    """Character pairs; what BM25 and the choice among several places of an answer compare by."""
    return [text[i : i + 2] for i in range(len(text) - 1)]


def sentences(text: str) -> list[tuple[int, int]]:
    """Ranges that cover the text, each ending after sentence punctuation."""
    return [match.span() for match in SENTENCE.finditer(text)]


def best_place(question: str, passage: str, answer: str) -> int:
    """Where the answer stands; of several places the one whose surroundings share most with the question."""
    asked, places, at = set(bigrams(question)), [], passage.find(answer)
    while at >= 0:
        near = passage[max(0, at - 40) : at + len(answer) + 40]
        places.append((len(asked & set(bigrams(near))), -at))
        at = passage.find(answer, at + 1)
    return -max(places)[1] if places else -1


def windows(text: str, size: int = 230) -> list[str]:
    """The text in pieces of whole sentences, each of about `size` characters."""
    pieces, begin = [], 0
    for _, end in sentences(text):
        if end - begin >= size:
            pieces.append(text[begin:end])
            begin = end
    if text[begin:].strip():
        pieces.append(text[begin:])
    return pieces


def window(source: Source, rng: random.Random) -> Example:
    """Whole sentences around the answer, of a size and a place drawn at random."""
    spans = sentences(source.passage)
    first = max(i for i, (a, _) in enumerate(spans) if a <= source.start)
    last = min(i for i, (_, b) in enumerate(spans) if b >= source.end)
    size = rng.randint(60, 260)
    while spans[last][1] - spans[first][0] < size and (first > 0 or last < len(spans) - 1):
        grow_left = first > 0 and (last == len(spans) - 1 or rng.random() < 0.5)
        first, last = (first - 1, last) if grow_left else (first, last + 1)
    a, b = spans[first][0], spans[last][1]
    short = wants_short(source, rng)
    return Example(source.question, source.passage[a:b], source.start - a, source.end - a, short)


def wants_short(source: Source, rng: random.Random) -> bool:
    """Whether to ask for a short answer; one that is brief anyway is asked for either way."""
    if source.name not in ("cmrc2018", "cmrc2018_trial"):
        return True
    return source.end - source.start <= BRIEF and rng.random() < 0.5


@functools.cache
def terms(passage: str) -> list[tuple[int, int, str]]:
    """Names, dates, numbers and nouns of a passage: start, end and the tag of the last word."""
    found: list[tuple[int, int, str]] = []
    at, open_run = 0, False
    for word, flag in jieba.posseg.lcut(passage):
        tag = flag[:2] if flag[:2] in ("nr", "ns", "nt", "nz") else flag[:1]
        counts = tag in ASKED or (tag == "q" and open_run and found[-1][2] == "m")
        if counts and open_run and found[-1][1] == at and at + len(word) - found[-1][0] <= 12:
            found[-1] = (found[-1][0], at + len(word), "m" if tag == "q" else tag)
        elif counts:
            found.append((at, at + len(word), tag))
        open_run = counts
        at += len(word)
    long = [(a, b, tag) for a, b, tag in found if b - a >= 2]
    return [place for place in long if place[2] not in "tm" or COUNT.search(passage, *place[:2])]


def cloze(source: Source, places: Sequence[tuple[int, int, str]], rng: random.Random) -> Source | None:
    """A question made of a clause of the passage, with one of its terms asked for."""
    if not places:
        return None
    start, end, tag = rng.choices(places, [1 if tag in "nl" else 3 for _, _, tag in places])[0]
    clause = next((m for m in CLAUSE.finditer(source.passage) if m.start() <= start and end <= m.end()), None)
    if clause is None or not 6 <= len(clause[0]) - (end - start) <= 60:
        return None
    word = rng.choice(ASKED[tag])
    number = NUMBER.match(source.passage[start:end]) if tag == "m" else None
    unit = source.passage[start + number.end() : end] if number else ""
    left, right = clause[0][: start - clause.start()], clause[0][end - clause.start() :]
    left, right = (thinned(part, rng) for part in (left, right))
    return source._replace(
        question=f"{left}{word}{unit}{right}?", start=start, end=end, name="cloze", lookalikes=()
    )


def thinned(text: str, rng: random.Random) -> str:
    """The text with some of its words left out, so that a question does not copy its passage."""
    share = rng.choice((0, 0.15, 0.3))
    return "".join(word for word in jieba.cut(text) if rng.random() >= share)


def load(data: Path) -> list[Source]:
    """The questions of all training sets whose answer stands in their passage, folded."""
    sources = []
    for name in (*SETS, TABLES):
        folder = data / ("tables" if name == TABLES else "train") / name
        passages = {str(p["id"]): p for p in _lines(folder / "passages.jsonl")}
        for q in _lines(folder / "questions.jsonl"):
            answers, gold = q["answers"], q["gold"]
            assert isinstance(answers, list) and isinstance(gold, list)
            if name == TABLES and len(answers) != 1:
                continue
            page = passages[gold[0]]
            question, text, answer = fold(str(q["question"])), fold(str(page["text"])), fold(answers[0])
            at = best_place(question, text, answer)
            if at >= 0 and answer and (name != TABLES or len(text) <= 500):
                title = fold(str(page["title"]))
                sources.append(Source(question, text, title, at, at + len(answer), name))
    return mine(sources)


def mine(sources: Sequence[Source], depth: int = 12) -> list[Source]:
    """Give each question the windows of other places that BM25 ranks high and that lack its answer."""
    pool = sorted({piece for s in sources for piece in windows(s.passage)})
    index = bm25s.BM25()
    index.index([bigrams(piece) for piece in pool], show_progress=False)
    asked = [bigrams(s.question) for s in sources]
    found, _ = index.retrieve(asked, k=depth, show_progress=False, n_threads=1)
    mined = []
    for s, row in zip(sources, np.asarray(found), strict=True):
        answer = s.passage[s.start : s.end]
        wrong = tuple(pool[i] for i in row if answer not in pool[i])
        mined.append(s._replace(lookalikes=wrong[:6]))
    return mined


def other_window(source: Source, rng: random.Random) -> Example | None:
    """A window of the same article without the answer."""
    answer = source.passage[source.start : source.end]
    rest = []
    for piece in windows(source.passage, rng.randint(60, 230)):
        at = source.passage.find(piece)
        if answer not in piece and not (at < source.end and source.start < at + len(piece)):
            rest.append(piece)
    return Example(source.question, rng.choice(rest)) if rest else None


def lookalike(source: Source, rng: random.Random) -> Example | None:
    """A window of the whole collection that BM25 takes for the right one."""
    return Example(source.question, rng.choice(source.lookalikes)) if source.lookalikes else None


def changed(source: Source, titles: Sequence[str], rng: random.Random) -> Example | None:
    """The right window asked about another year, number or subject than it speaks of."""
    passage, question = window(source, rng).passage, source.question
    numbers = [m for m in NUMBER.finditer(question) if m[0] in passage]
    if numbers and rng.random() < 0.7:
        m = rng.choice(numbers)
        other = str(max(1, int(m[0]) + rng.choice((-3, -2, -1, 1, 2, 3, 5, 10))))
        asked = question[: m.start()] + other + question[m.end() :]
    elif len(source.title) > 1 and source.title in question:
        other = rng.choice(titles)
        asked = question.replace(source.title, other)
    else:
        return None
    return None if other in passage else Example(asked, passage)


def negative(source: Source, titles: Sequence[str], rng: random.Random) -> Example | None:
    """One question without an answer made of this one; None where none can be made."""
    draw = rng.random()
    example = changed(source, titles, rng) if draw < 0.35 else None
    if example is None and draw < 0.65:
        example = other_window(source, rng)
    return example or lookalike(source, rng)


def epoch(sources: Sequence[Source], seed: int, number: int) -> list[Example]:
    """The examples of one epoch, shuffled; the same for the same seed and number."""
    rng = random.Random(f"{seed}/{number}")
    titles = sorted({s.title for s in sources if 1 < len(s.title) < 12 and not s.table})
    examples = []
    for source in drawn(sources, rng):
        whole = source.table or rng.random() < WHOLE
        short = wants_short(source, rng)
        entire = Example(source.question, source.passage, source.start, source.end, short)
        examples.append(entire if whole else window(source, rng))
        if rng.random() < NEGATIVE and (wrong := negative(source, titles, rng)):
            examples.append(replace(wrong, short=short))
    rng.shuffle(examples)
    return examples


def drawn(sources: Sequence[Source], rng: random.Random) -> Iterator[Source]:
    """The questions of an epoch: all, some of them several times, those on tables in part, and made ones."""
    for source in sources:
        if not source.table or rng.random() >= 0.4:
            yield from [source] * REPEATS.get(source.name, 1)
    by_passage = {s.passage: s for s in sources if not s.table}
    for passage in sorted(by_passage):
        source = by_passage[passage]
        places = terms(passage)
        for _ in range(2 if source.name == "drcd" else 1):
            if made := cloze(source, places, rng):
                yield made
