"""Examples to train the reader on: (question, passage, where the answer stands or that it does not).

In:  the training sets of a data folder (CMRC 2018 train and trial, a part of DRCD's training set,
     IM-TQA train), each `passages.jsonl` and `questions.jsonl`; nothing marked development is opened.
Out: for an epoch, a list of `Example`, the same for the same seed and epoch. All text is folded.

A passage is cut as the system cuts documents (whole sentences) around the answer; one in twelve
is left whole, so that long passages are read too. Questions are asked again where they have no
answer: of another window of the same article, of one that BM25 takes for the right one, or with
their year, number or subject changed.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import bm25s
import numpy as np

from qa.fold import fold

SETS = ("cmrc2018", "cmrc2018_trial", "drcd")
TABLES = "im_tqa_train"
WHOLE = 0.08
NEGATIVE = 0.4
SENTENCE = re.compile(r"[^。!?;\n]*[。!?;\n]+[\"'”’」』)]*|[^。!?;\n]+$")
NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Example:
    """`start, end` is the answer's range in `passage`; (-1, -1) where the passage does not answer."""

    question: str
    passage: str
    start: int = -1
    end: int = -1


class Source(NamedTuple):
    """A question of a training set with its whole passage and the range of its answer there."""

    question: str
    passage: str
    title: str
    start: int
    end: int
    table: bool
    lookalikes: tuple[str, ...] = ()


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
    return Example(source.question, source.passage[a:b], source.start - a, source.end - a)


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
                sources.append(Source(question, text, title, at, at + len(answer), name == TABLES))
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
    for source in sources:
        if source.table and rng.random() < 0.4:
            continue
        whole = source.table or rng.random() < WHOLE
        entire = Example(source.question, source.passage, source.start, source.end)
        examples.append(entire if whole else window(source, rng))
        if rng.random() < NEGATIVE and (wrong := negative(source, titles, rng)):
            examples.append(wrong)
    rng.shuffle(examples)
    return examples
