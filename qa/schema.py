"""The records of the system. Everything else is functions between them.

Offsets are half-open ranges of Unicode code points. *Original* offsets point
into `Document.text`; *clean* offsets point into the cleaned text of one block
or passage. Every record is frozen and slotted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from qa.limits import LARGEST

BlockKind = Literal["paragraph", "headline", "heading", "caption", "byline", "meta", "boilerplate"]
Status = Literal["answered", "no_answer"]
Mode = Literal["actual", "planned", "expected", "possible"]
Progress = Callable[[str, int, int], None]
"""Called as work goes on, with the stage, how much of it is done, and the total."""
INSERTED = -1
"""Origin of a clean character that stands nowhere in the original (a repaired one)."""


@dataclass(frozen=True, slots=True)
class Document:
    """One source as the loader read it. `text` is what every citation points into.

    `id` is the path relative to the folder given, with forward slashes; `pages`
    holds the start offset of every page, slide or sheet of a format that has them, empty otherwise;
    `source` is the file's absolute path, empty for a text that came from no file. A file inside
    another (a zip folder, a mail) lies below it in both. `places` are start offsets with the name of
    what starts there: a heading, a sheet, the first cell of a row. `notes` are lines on what the
    file lacks.
    """

    id: str
    text: str
    sha256: str
    encoding: str
    pages: tuple[int, ...] = ()
    source: str = ""
    places: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Root:
    """A file or folder given to be indexed, by its absolute path, and how it is read.

    `encoding` forces one (None: each file's is detected), `links` says that links may lead out
    of the folder, `largest` is how many bytes a file may have.
    """

    path: str
    encoding: str | None = None
    links: bool = False
    largest: int = LARGEST


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that gave no document, and why.

    "failed": it should have, and could not be read; "format": of a format that is not read;
    "passed over": it holds nothing, or was left out on purpose.
    """

    path: str
    reason: str
    sort: Literal["failed", "format", "passed over"] = "failed"


@dataclass(frozen=True, slots=True)
class Held:
    """What an index knows of a document's file without its text."""

    id: str
    sha256: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What indexing paths, or removing them, did: documents by id, in order.

    `kept` could not be read now, so that their last good version stays; `others` belong to paths
    that were not read this time; `skipped` is what gave no document. `reused` counts those
    whose passages and vectors were taken from the index before; `again` says why every
    path was read anew where that index could not be used.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    reused: int = 0
    again: str = ""

    @property
    def failed(self) -> tuple[Skipped, ...]:
        """What should have been read and could not be."""
        return tuple(why for why in self.skipped if why.sort == "failed")


@dataclass(frozen=True, slots=True)
class Clean:
    """Cleaned text and, per character, its original offset (or INSERTED).

    The offsets that are not INSERTED rise strictly. The cleaner gives an
    `array("i")`: 4 bytes a character, where a tuple takes 40, so that a 50 MB
    file fits in memory. It slices and indexes like a tuple; treat it as read-only.
    """

    text: str
    origin: Sequence[int] = field(hash=False)


def original_range(origin: Sequence[int], start: int = 0, end: int | None = None) -> tuple[int, int] | None:
    """The original range of a clean one: from its first character with an origin to its last.

    None where every character of it was inserted.

    >>> original_range([4, 5, INSERTED, 9], 1, 4), original_range([4, INSERTED], 1)
    ((5, 10), None)
    """
    end = len(origin) if end is None else end
    first = next((at for at in range(start, end) if origin[at] != INSERTED), None)
    if first is None:
        return None
    last = next(at for at in range(end - 1, first - 1, -1) if origin[at] != INSERTED)
    return origin[first], origin[last] + 1


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, headline, caption … of a document, in original order of its start."""

    kind: BlockKind
    clean: Clean


@dataclass(frozen=True, slots=True)
class When:
    """What a document says about the date of a text: never a guess.

    `said` is the wording of the original ("2019-07-03", "2022年"), `start, end`
    its original range, `year`, `month`, `day` what is stated and None otherwise.
    """

    said: str
    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """Blocks that belong together, in reading order, and what they are about.

    `subject` is the zone, company or place that 该区, 我区, 全区, 园区 or 该公司
    stand for ("" where the text names none); `headline` is "" where there is none.
    """

    headline: str
    subject: str
    date: When | None
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit of retrieval: whole sentences of one article, cleaned.

    `start, end` is the smallest original range that holds every character of
    it; passages share no original character (`origin`: see Clean). `sentences` are clean ranges of
    `text` that cover it without gap or overlap. `subject` is the article's,
    unless the passage itself names what its "this zone" stands for. `section` is the
    heading it stands under; `mentions` are clean ranges of stand-ins (该区, 该公司) and
    the names they stand for, `names` those of zones, places, parks and companies: clean
    range, kind, and a key that long and short forms share. `opening` is how its article begins,
    where that is not in the passage itself.
    """

    id: str
    document: str
    text: str
    origin: Sequence[int] = field(hash=False)
    start: int
    end: int
    line_start: int
    line_end: int
    kind: BlockKind
    sentences: tuple[tuple[int, int], ...]
    article: int = 0
    headline: str = ""
    subject: str = ""
    date: When | None = None
    page: int | None = None
    section: str = ""
    mentions: tuple[tuple[int, int, str], ...] = ()
    names: tuple[tuple[int, int, str, str], ...] = ()
    opening: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, its fused score (higher is better) and 1-based rank."""

    passage: Passage
    score: float
    rank: int
    signals: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Citation:
    """A checked range of an original file: `original[start:end] == quote`, always.

    `marks` are the original ranges inside it that decide the answer; `page` is a page, slide or
    sheet, from 1, `place` the heading, sheet or cells it stands in, "" where the format has none.
    """

    document: str
    start: int
    end: int
    line_start: int
    line_end: int
    quote: str
    score: float
    rank: int
    marks: tuple[tuple[int, int], ...] = ()
    headline: str = ""
    subject: str = ""
    date: str = ""
    page: int | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """A number and its unit as the document scales it: 17.68 and "亿元"."""

    number: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Figure:
    """Who reported which number, for what, when, and where it stands.

    `value` keeps the document's scale (146.65 "亿元"); `number` is the same in
    the base unit (14665000000 "元"), exact. A range has `upper`. `qualifier`
    holds what the text says around the number ("约", "以上", "余", "超过" …);
    `mode` says whether it is actual, planned, expected, or only possible (如果…, 可能,
    最高可). `period` is as said
    ("2017年1—11月", "今年1至10月"); `year` only where the document states it.
    `of` is what the figure belongs to beside its subject: the counted head of a
    sum (新签约项目 for its 总投资), the metric that grew (财政收入 for its 同比增长),
    the whole of a part (其中). `upper` is in the base unit, as `number` is.
    `start, end` is the original range of number and unit, `quote` what stands there,
    `text` the same as it was read: cleaned, without line ends inside. `clause_start,
    clause_end` is the range of the clause that carries subject and metric.
    """

    passage: str
    document: str
    subject: str
    metric: str
    value: Value
    number: Decimal
    unit: str
    quote: str
    text: str
    start: int
    end: int
    clean_start: int
    clean_end: int
    clause_start: int
    clause_end: int
    upper: Decimal | None = None
    qualifier: tuple[str, ...] = ()
    mode: Mode = "actual"
    period: str = ""
    year: int | None = None
    of: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """How a question was read.

    `kind` is the likeliest sort of question, `names` are those that the documents know, `unknown`
    names and words that they lack; `words` the terms that weigh most, heaviest first; `wanted` holds
    the rest that was read (unit, period, numbers), without what is empty.
    """

    kind: str
    names: tuple[str, ...]
    unknown: tuple[str, ...]
    words: tuple[str, ...]
    wanted: dict[str, str]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate with its original range, the probability that it is right, and its signals.

    `chosen` says that it is the answer; `reason` is what ruled it out, "" where nothing did.
    """

    text: str
    document: str
    start: int
    end: int
    line: int
    score: float
    signals: dict[str, float]
    chosen: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Factor:
    """A signal of the best candidate and what it added to the log-odds that it is right."""

    name: str
    value: float
    share: float


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that was read for an answer: its scores in retrieval, the chance that it answers."""

    document: str
    line_start: int
    line_end: int
    fused: float
    dense: float
    bm25: float
    answerable: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an answer is what it is: plain data.

    `candidates` are best first; `operands` those of a computed answer, in the order of its formula.
    `factors` are the signals that made the best candidate's score, the strongest first. Below
    `threshold` the question is refused. `verdict` says it in a sentence.
    """

    verdict: str
    understood: Understood
    candidates: tuple[Weighed, ...]
    operands: tuple[Weighed, ...]
    confidence: float
    threshold: float
    factors: tuple[Factor, ...]
    hits: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What `ask` returns. `text` is None and `status` "no_answer" where the documents hold none.

    With "no_answer", `citations` may hold the nearest passages; they support nothing.
    `explanation` is there where it was asked for.
    """

    question: str
    resolved: str
    status: Status
    text: str | None
    items: tuple[str, ...] | None
    value: Value | None
    confidence: float
    citations: tuple[Citation, ...]
    note: str = ""
    id: str | None = None
    explanation: Explanation | None = None
