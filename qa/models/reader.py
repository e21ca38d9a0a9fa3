"""The reader: does a passage answer a question, and with which of its words.

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
from qa.models.encoder import tokenizer_of
from qa.models.runtimes import open_session

FOLDER = "reader-zh"
CLAUSE, PASSAGE, SHORT = 0, 1, 2
"""Kinds of tokens, as the model was trained with them (`embeddings/reader_model.py`)."""
MAX_QUESTION = 64
"""Tokens of a question that are read; what is beyond them is not."""
NUMBER = re.compile(r"\d[\d,.]*\d|\d")
SHORTER = 1.0
"""What a range inside another may score less and still be preferred to it: an answer is trimmed.

On 200 questions of each development set, with a reader of half the training, EM/F1 without it 55.4/81.1
(CMRC 2018) and 45.7/65.9 (DRCD), with 0.5 60.4/81.8 and 53.4/72.1, with 1.0 63.9/82.3 and 54.3/73.0, with
2.0 58.4/80.4 and 55.8/74.4.
"""
EDGES = " \u3000,。、;:，；：.!?！？"
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Span:
    """A range of the passage and its score; see `Reading.span_score`."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of one passage.

    `relevance` is the logit that the passage answers the question, `answerable` the same as a
    probability; `start, end` the best answer's character range in the passage, whether or not it
    answers; `span_score` that range's logit minus the logit of "no answer here"; `alternatives` that
    range, then the others by score.
    A passage without text has the range (0, 0) and no alternatives.
    """

    relevance: float
    answerable: float
    start: int
    end: int
    span_score: float
    alternatives: tuple[Span, ...] = ()


class _Asked(NamedTuple):
    """A question: token ids and the kind of answer that it wants."""

    ids: list[int]
    kind: int


class _Window(NamedTuple):
    """What fits the model of a passage: token ids and the character range of each."""

    ids: list[int]
    offsets: list[tuple[int, int]]


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
        max_answer: int = 80,
        n_best: int = 5,
        short: bool = False,
    ) -> list[Reading]:
        """Read every passage for the question, in order.

        `short` asks for a name, date or term rather than a clause; `max_answer` is the most characters
        of an answer.
        """
        ids = self._tokenizer.encode(fold(question), add_special_tokens=False).ids[:MAX_QUESTION]
        asked = _Asked(ids, SHORT if short else CLAUSE)
        return [self._passage(asked, fold(passage), max_answer, n_best) for passage in passages]

    def _passage(self, asked: _Asked, text: str, max_answer: int, n_best: int) -> Reading:
        """Read one passage, a long one in overlapping windows of which the likeliest speak."""
        relevance, spans = -np.inf, list[Span]()
        for window in self._windows(text, self._limit - len(asked.ids) - 3):
            logit, found = self._window(asked, window, text, max_answer, n_best)
            relevance = max(relevance, logit)
            spans += found
        best = _shortest_first(_distinct(spans))[:n_best]
        if not best:
            return Reading(-20.0, 0.0, 0, 0, -20.0)
        answerable = 1 / (1 + float(np.exp(-relevance)))
        return Reading(float(relevance), answerable, best[0].start, best[0].end, best[0].score, tuple(best))

    def _windows(self, text: str, room: int) -> Iterator[_Window]:
        body = self._tokenizer.encode(text, add_special_tokens=False)
        if not text.strip():
            return
        step = room * 2 // 3
        for begin in range(0, max(1, len(body.ids) - room + step), step):
            yield _Window(body.ids[begin : begin + room], body.offsets[begin : begin + room])

    def _window(
        self, asked: _Asked, window: _Window, text: str, max_answer: int, n_best: int
    ) -> tuple[float, list[Span]]:
        ids = [0, *asked.ids, 2, *window.ids, 2]
        lead = len(asked.ids) + 2
        kinds = [asked.kind] * lead + [PASSAGE] * (len(ids) - lead)
        arrays = {"ids": np.array([ids], np.int64), "kinds": np.array([kinds], np.int64)}
        answerable, logits, trims = self._session.run(["answerable", "span", "trim"], arrays)
        null = float(logits[0, 0].sum())
        inside, trim = logits[0, lead : lead + len(window.ids)], trims[0, lead : lead + len(window.ids)]
        spans = []
        for first, last, score in _best_pairs(inside, window.offsets, max_answer, max(20, n_best * 2)):
            start, end = _trimmed(window.offsets, trim, first, last)
            spans.append(Span(*_tidy(text, start, end), score - null))
        return float(answerable[0]), spans


def load_reader() -> Reader | None:
    """The bundled reader; None where none is bundled. Raises ModelError when it is damaged."""
    package = Path(__file__).parent.parent
    for folder in (package / "_embeddings" / FOLDER, package.parent / "embeddings" / FOLDER):
        if (folder / "model.onnx").is_file():
            return Reader(folder)
    return None


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
    order = np.argsort(-total, kind="stable")[:n]
    width = len(offsets)
    return [(int(i) // width, int(i) % width, float(total[i])) for i in order if total[i] > -np.inf]


def _trimmed(offsets: Sequence[tuple[int, int]], trim: Floats, first: int, last: int) -> tuple[int, int]:
    """The character range of two tokens, less what the model cuts off at either side of them."""
    half = trim.shape[1] // 2
    start = offsets[first][0] + int(trim[first, :half].argmax())
    end = offsets[last][1] - int(trim[last, half:].argmax())
    start, end = min(start, offsets[first][1] - 1), max(end, offsets[last][0] + 1)
    return (start, end) if start < end else (offsets[first][0], offsets[last][1])


def _tidy(text: str, start: int, end: int) -> tuple[int, int]:
    """Whole numbers, no punctuation at the edges, and the bracket that a title lacks."""
    for number in NUMBER.finditer(text, max(0, start - 20), end + 20):
        if number.start() < start < number.end():
            start = number.start()
        if number.start() < end < number.end():
            end = number.end()
    while start < end and text[start] in EDGES:
        start += 1
    while start < end and text[end - 1] in EDGES:
        end -= 1
    inner = text[start:end]
    for left, right in ("《》", "“”", "()", "「」", "『』"):
        if inner.count(left) == inner.count(right) + 1 and text[end : end + 1] == right:
            end += 1
        if inner.count(right) == inner.count(left) + 1 and text[start - 1 : start] == left:
            start -= 1
    return start, end


def _distinct(spans: Sequence[Span]) -> list[Span]:
    """Each range once, best first; ties go to the earlier one."""
    best: dict[tuple[int, int], Span] = {}
    for span in sorted(spans, key=lambda span: (-span.score, span.start, span.end)):
        if span.end > span.start:
            best.setdefault((span.start, span.end), span)
    return list(best.values())


def _shortest_first(spans: list[Span]) -> list[Span]:
    """Move to the front the innermost range that scores within SHORTER of the best one and lies in it."""
    chosen = 0
    for i, span in enumerate(spans):
        outer = spans[chosen]
        inside = outer.start <= span.start and span.end <= outer.end
        if inside and span.score >= spans[0].score - SHORTER:
            chosen = i
    return [spans[chosen], *spans[:chosen], *spans[chosen + 1 :]] if spans else []
