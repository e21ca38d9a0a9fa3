"""The reader: does a passage answer a question, how, and with which of its words.

The bundled model (`embeddings/reader-zh`, trained by `embeddings/train_reader.py`) takes one question and
one passage at a time through onnxruntime. It reads folded text; as folding keeps lengths, offsets are those
of the passage given. Passages are read one by one: no padding, and a reading never depends on its neighbours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.chinese.fold import fold
from qa.errors import ModelError
from qa.models.encoder import tokenizer_of, utf8
from qa.models.runtimes import open_session
from qa.schema import Passage

FOLDER = "reader-zh"
CLAUSE, PASSAGE, SHORT = 0, 1, 2
"""Kinds of tokens, as the model was trained with them (`embeddings/reader_model.py`)."""
KINDS = ("span", "list", "yes", "no", "difference", "sum", "ratio", "product")
"""Kinds of answers: a range, several, yes or no, or arithmetic over two or more figures."""
ITEM, FIRST, SECOND = 1, 2, 3
"""What a tagged range is: an item of the answer, a first operand (or one to add), a second one."""
MAX_QUESTION = 64
"""Tokens of a question that are read; what is beyond them is not."""
HEADLINE, SECTION = 48, 32
"""Characters of a headline and of a section that a head has."""
NUMBER = re.compile(r"\d[\d,.]*\d|\d")
EDGES = " \u3000,。、;:，；：.!?！？"
PAIRS = (("《", "》"), ("“", "”"), ("(", ")"), ("「", "」"), ("『", "』"))
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Span:
    """A range of the passage; `score` is its logit minus that of "no answer here"."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Tagged:
    """A range of the passage, what it is (ITEM, FIRST, SECOND), and the mean probability of its tokens."""

    start: int
    end: int
    tag: int
    probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of one passage.

    `relevance` is the logit that the passage answers the question, `answerable` the same as a
    probability; `spans` the likeliest ranges, best first, whether or not the passage answers (none
    only for a passage without text); `kinds` a probability for each of KINDS; `tagged` the ranges that
    are part of a list or of a sum, in order of their place.
    """

    relevance: float
    answerable: float
    spans: tuple[Span, ...]
    kinds: tuple[float, ...]
    tagged: tuple[Tagged, ...]


NOTHING = Reading(-20.0, 0.0, (), (1.0, *[0.0] * (len(KINDS) - 1)), ())


class _Asked(NamedTuple):
    """A question: token ids and the kind of answer that it wants."""

    ids: list[int]
    kind: int


class _Window(NamedTuple):
    """What fits the model of a passage: token ids and the character range of each."""

    ids: list[int]
    offsets: list[tuple[int, int]]


def headed(passage: Passage) -> str:
    """What stands before a passage when it is read: date, headline, section and subject, as far as its
    own text does not say them; "" where there is nothing to say.

    Where there is no headline, how the article opens serves.
    """
    opening = passage.headline or passage.opening
    date = passage.date.said if passage.date else ""
    parts = (date, opening[:HEADLINE], passage.section[:SECTION], passage.subject)
    seen, kept = passage.text, list[str]()
    for part in (" ".join(part.split()) for part in parts):
        if part and part not in seen:
            kept.append(part)
            seen += part
    return "；".join(kept) + "\n" if kept else ""


class Reader:
    """The model of one folder: `model.onnx` and a `config.json` that says where the tokenizer lies."""

    def __init__(self, folder: Path) -> None:
        """Raises ModelError when the folder is damaged."""
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            self._limit = int(config["max_tokens"])
            self._tokenizer = tokenizer_of(folder / config["tokenizer"])
            self._tokenizer.no_truncation()
            self._session = open_session(folder / "model.onnx")
        except Exception as error:  # the libraries raise their own bare exceptions
            cause = " ".join(str(error).split())[:160]
            raise ModelError(
                f"Cannot read the reader '{folder}' ({cause}). Reinstall the package."
            ) from error

    def read(
        self,
        question: str,
        passages: Sequence[str],
        heads: Sequence[str] = (),
        *,
        n_best: int = 5,
        max_answer: int = 80,
        clause: bool = False,
    ) -> list[Reading]:
        """Read every passage for the question, in order.

        `heads`, one a passage, are read before them and hold no answer. `max_answer` is the most
        characters of a range; `clause` asks for clauses rather than names and terms, as CMRC 2018 does.
        """
        ids = self._tokenizer.encode(utf8(fold(question)), add_special_tokens=False).ids[:MAX_QUESTION]
        asked = _Asked(ids, CLAUSE if clause else SHORT)
        before = heads or [""] * len(passages)
        return [
            self._passage(asked, fold(head), fold(passage), max_answer, n_best)
            for head, passage in zip(before, passages, strict=True)
        ]

    def _passage(self, asked: _Asked, head: str, text: str, max_answer: int, n_best: int) -> Reading:
        """Read one passage, a long one in overlapping windows of which the likeliest speaks."""
        found = [
            self._window(asked, window, head + text, len(head), max_answer, n_best)
            for window in self._windows(head + text, self._limit - len(asked.ids) - 3)
        ]
        if not text.strip() or not found:
            return NOTHING
        best = max(found, key=lambda reading: reading.relevance)
        spans = _distinct([span for reading in found for span in reading.spans])[:n_best]
        tagged = {(t.start, t.end): t for reading in found for t in reading.tagged}
        return Reading(
            best.relevance,
            best.answerable,
            tuple(spans),
            best.kinds,
            tuple(tagged[r] for r in sorted(tagged)),
        )

    def _windows(self, text: str, room: int) -> Iterator[_Window]:
        body = self._tokenizer.encode(text, add_special_tokens=False)
        step = room * 2 // 3
        for begin in range(0, max(1, len(body.ids) - room + step), step):
            yield _Window(body.ids[begin : begin + room], body.offsets[begin : begin + room])

    def _window(
        self, asked: _Asked, window: _Window, text: str, head: int, max_answer: int, n_best: int
    ) -> Reading:
        ids = [0, *asked.ids, 2, *window.ids, 2]
        lead = len(asked.ids) + 2
        kinds = [asked.kind] * lead + [PASSAGE] * (len(ids) - lead)
        arrays = {"ids": np.array([ids], np.int64), "kinds": np.array([kinds], np.int64)}
        outputs = ["answerable", "span", "trim", "tag", "kind"]
        answerable, logits, trims, tags, kind = self._session.run(outputs, arrays)
        body = slice(lead, lead + len(window.ids))
        null, inside, trim = float(logits[0, 0].sum()), logits[0, body].copy(), trims[0, body]
        inside[[i for i, (start, _) in enumerate(window.offsets) if start < head]] = -np.inf
        spans = []
        for first, last, score in _best_pairs(inside, window.offsets, max_answer, max(20, n_best * 2)):
            start, end = tidy(text, *_trimmed(window.offsets, trim, first, last), head)
            spans.append(Span(start - head, end - head, score - null))
        relevance = float(answerable[0])
        return Reading(
            relevance,
            1 / (1 + float(np.exp(-relevance))),
            tuple(_distinct(spans)[:n_best]),
            tuple(softmax(kind[0]).tolist()),
            tuple(_runs(softmax(tags[0, body]), window.offsets, text, head)),
        )


def load_reader() -> Reader:
    """The bundled reader. Raises ModelError when it is not there or damaged."""
    package = Path(__file__).parents[1]
    for folder in (package / "_embeddings" / FOLDER, package.parent / "embeddings" / FOLDER):
        if (folder / "model.onnx").is_file():
            return Reader(folder)
    raise ModelError(f"The reader '{FOLDER}' is not there. Reinstall the package.")


def softmax(logits: Floats) -> Floats:
    """Probabilities over the last axis.

    >>> softmax(np.array([0.0, 0.0], np.float32)).tolist()
    [0.5, 0.5]
    """
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    shares: Floats = raised / raised.sum(-1, keepdims=True)
    return shares


def _best_pairs(
    logits: Floats, offsets: Sequence[tuple[int, int]], max_answer: int, n: int
) -> list[tuple[int, int, float]]:
    """The n best (first token, last token, logit) with first <= last, of at most `max_answer` characters."""
    starts = np.array([a for a, _ in offsets])
    ends = np.array([b for _, b in offsets])
    total = logits[:, None, 0] + logits[None, :, 1]
    length = ends[None, :] - starts[:, None]
    possible = np.triu(np.ones(total.shape, bool)) & (length > 0) & (length <= max_answer)
    total = np.where(possible, total, -np.inf).ravel()
    n = min(n, len(total))
    rows = np.argpartition(-total, n - 1)[:n]
    order = rows[np.lexsort((rows, -total[rows]))]
    width = len(offsets)
    return [(int(i) // width, int(i) % width, float(total[i])) for i in order if total[i] > -np.inf]


def _trimmed(offsets: Sequence[tuple[int, int]], trim: Floats, first: int, last: int) -> tuple[int, int]:
    """The character range of two tokens, less what the model cuts off at either side of them."""
    half = trim.shape[1] // 2
    start = offsets[first][0] + int(trim[first, :half].argmax())
    end = offsets[last][1] - int(trim[last, half:].argmax())
    start, end = min(start, offsets[first][1] - 1), max(end, offsets[last][0] + 1)
    return (start, end) if start < end else (offsets[first][0], offsets[last][1])


def _runs(
    tags: Floats, offsets: Sequence[tuple[int, int]], text: str, head: int, least: float = 0.5
) -> Iterator[Tagged]:
    """Runs of tokens with one tag, tidied; a token is something where nothing is less likely than `least`."""
    chosen = np.where(tags[:, 0] < least, tags[:, 1:].argmax(1) + 1, 0)
    begin = 0
    for i in range(1, len(chosen) + 1):
        if i < len(chosen) and chosen[i] == chosen[begin]:
            continue
        if chosen[begin] and offsets[begin][0] >= head:
            start, end = tidy(text, offsets[begin][0], offsets[i - 1][1], head)
            if start < end:
                p = float((1 - tags[begin:i, 0]).mean())
                yield Tagged(start - head, end - head, int(chosen[begin]), p)
        begin = i


def tidy(text: str, start: int, end: int, low: int = 0) -> tuple[int, int]:
    """Whole numbers, no punctuation at the edges, the bracket that a title lacks; nothing before `low`."""
    for number in NUMBER.finditer(text, max(low, start - 20), end + 20):
        if number.start() < start < number.end():
            start = number.start()
        if number.start() < end < number.end():
            end = number.end()
    while start < end and text[start] in EDGES:
        start += 1
    while start < end and text[end - 1] in EDGES:
        end -= 1
    inner = text[start:end]
    for left, right in PAIRS:
        if inner.count(left) == inner.count(right) + 1 and text[end : end + 1] == right:
            end += 1
        if inner.count(right) == inner.count(left) + 1 and start > low and text[start - 1] == left:
            start -= 1
    return start, end


def _distinct(spans: Sequence[Span]) -> list[Span]:
    """Each range once, best first; ties go to the earlier one."""
    best: dict[tuple[int, int], Span] = {}
    for span in sorted(spans, key=lambda span: (-span.score, span.start, span.end)):
        if span.end > span.start:
            best.setdefault((span.start, span.end), span)
    return list(best.values())
