"""Question files: what is asked, what a right answer would be, and every mistake in a file at once.

`read_questions` reads three forms: JSON Lines (the interface's), SQuAD-style JSON (CMRC 2018,
DRCD) and TREC topics with qrels; the last two live in `question_formats`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from qa.errors import InputError

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a document says the answer: a quote, or a half-open range of the original."""

    document: str
    quote: str | None = None
    start: int | None = None
    end: int | None = None

    def ranges(self, original: str) -> tuple[tuple[int, int], ...]:
        """The range given, or every place where the quote stands (any one of them is right)."""
        if self.start is not None and self.end is not None:
            return ((self.start, self.end),)
        found: list[tuple[int, int]] = []
        at = original.find(self.quote) if self.quote else -1
        while self.quote and at >= 0:
            found.append((at, at + len(self.quote)))
            at = original.find(self.quote, at + 1)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Question:
    """One question and its key. `fields` holds everything else of the line, for splitting by it.

    `relevant` grades documents (or passages) by id where there are judgements instead of evidence.
    """

    id: str
    question: str
    answerable: bool = True
    answers: tuple[str, ...] = ()
    value: Json | None = None
    items: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    type: str = ""
    conversation: str | None = None
    turn: int = 0
    relevant: Mapping[str, int] = field(default_factory=dict)
    fields: Json = field(default_factory=dict)
    line: int = 0

    @property
    def keyed(self) -> bool:
        """Whether an answer can be right or wrong."""
        return bool(self.answers or self.value or self.items)


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The questions of one file. `documents` holds the contexts that a SQuAD-style file brings along."""

    name: str
    questions: tuple[Question, ...]
    documents: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions)

    def __len__(self) -> int:
        return len(self.questions)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what is asked and what is right: file name, order of keys and lines do not count."""
        rows = sorted(json.dumps(_identity(q), ensure_ascii=False, sort_keys=True) for q in self.questions)
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _identity(question: Question) -> dict[str, Any]:
    row = asdict(question)
    return {key: value for key, value in row.items() if key not in {"line", "fields"}}


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing wrong in a question file: 1-based line (0: the whole file), field and what to do."""

    line: int
    field: str
    message: str


class QuestionFileError(InputError):
    """A question file cannot be used. `mistakes` holds all of them, in order of line."""

    def __init__(self, name: str, mistakes: Iterable[Mistake]) -> None:
        self.name, self.mistakes = name, tuple(sorted(set(mistakes)))
        n = len(self.mistakes)
        lines = (f"{name}:{m.line}: {m.message}" if m.line else f"{name}: {m.message}" for m in self.mistakes)
        super().__init__("\n".join([*lines, f"{n} mistake{'s' * (n > 1)} in {name}; nothing was run."]))


def kind(value: object) -> str:
    """What a JSON value is, in words."""
    names = {bool: "true or false", str: "a string", list: "a list", dict: "an object", type(None): "null"}
    return names.get(type(value), "a number")


def _must_be(what: str, test: Callable[[Any], bool]) -> Callable[[Any], str | None]:
    return lambda value: None if test(value) else f"must be {what}, found {kind(value)}"


def _text_list(value: Any) -> str | None:
    if not isinstance(value, list):
        return f"must be a list, found {kind(value)}"
    bad = [item for item in value if not (isinstance(item, str) and item.strip())]
    return f"must hold strings that are not empty, found {kind(bad[0])}" if bad else None


def _items(value: Any) -> str | None:
    if not isinstance(value, list):
        return f"must be a list of lists of accepted forms, found {kind(value)}"
    for n, forms in enumerate(value, 1):
        wrong = _text_list(forms) or (None if forms else "must not be empty")
        if wrong:
            return f"item {n} {wrong}"
    return None


def is_number(value: object) -> bool:
    """A JSON number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _value(value: Any) -> str | None:
    if not isinstance(value, dict):
        return f"must be an object with number and unit, found {kind(value)}"
    if not is_number(value.get("number")):
        return f'"number" must be a number, found {kind(value.get("number"))}'
    unit = value.get("unit", "")
    return None if isinstance(unit, str) or unit is None else f'"unit" must be a string, found {kind(unit)}'


def _one_evidence(value: Any) -> str | None:
    if not isinstance(value, dict):
        return f"must be an object, found {kind(value)}"
    if not isinstance(value.get("document", value.get("doc")), str):
        return '"document" is missing or no string'
    if "start" in value or "end" in value:
        start, end = value.get("start"), value.get("end")
        whole = type(start) is int and type(end) is int and 0 <= start < end
        return None if whole else '"start" and "end" must be whole numbers with 0 <= start < end'
    quote = value.get("quote")
    return None if isinstance(quote, str) and quote.strip() else 'needs a "quote", or "start" and "end"'


def _evidence(value: Any) -> str | None:
    if not isinstance(value, list):
        return f"must be a list, found {kind(value)}"
    wrong = ((n, _one_evidence(entry)) for n, entry in enumerate(value, 1))
    return next((f"entry {n}: {message}" for n, message in wrong if message), None)


FIELDS: dict[str, Callable[[Any], str | None]] = {
    "id": _must_be("a string that is not empty", lambda v: isinstance(v, str) and bool(v.strip())),
    "question": _must_be("a string that is not empty", lambda v: isinstance(v, str) and bool(v.strip())),
    "answerable": _must_be("true or false", lambda v: isinstance(v, bool)),
    "answers": _text_list,
    "value": _value,
    "items": _items,
    "evidence": _evidence,
    "type": _must_be("a string", lambda v: isinstance(v, str)),
    "conversation": _must_be("a string", lambda v: isinstance(v, str)),
    "turn": _must_be("a whole number", lambda v: type(v) is int),
    "gold": _text_list,
}
OPTIONAL = frozenset(FIELDS) - {"question", "id", "answerable"}


def check_record(record: Any, line: int, scored: bool) -> list[Mistake]:
    """Everything wrong with one line of JSON Lines, field by field."""
    if not isinstance(record, dict):
        return [Mistake(line, "", f"must be an object, found {kind(record)}.")]
    if "question" not in record:
        return [Mistake(line, "question", '"question" is missing.')]
    found = []
    for name, check in FIELDS.items():
        value = record.get(name)
        message = None if name not in record or (value is None and name in OPTIONAL) else check(value)
        if message:
            found.append(Mistake(line, name, f'"{name}" {message}.'))
    if found or not scored:
        return found
    return [Mistake(line, name, f'"{name}" {message}.') for name, message in _contradictions(record)]


def _contradictions(record: Json) -> Iterator[tuple[str, str]]:
    """What cannot be scored although every field is well formed."""
    answerable = record.get("answerable", True)
    keys = [name for name in ("answers", "value", "items") if record.get(name)]
    if not answerable:
        for name in keys:
            yield name, 'must be empty where "answerable" is false'
    elif not keys and not record.get("evidence") and not record.get("gold"):
        yield "answers", 'is missing: nothing to score by (or set "answerable" to false)'
    if record.get("conversation") is not None and record.get("turn") is None:
        yield "turn", 'is missing beside "conversation"'


def question_from(record: Json, line: int) -> Question:
    """The question of one checked line; without an id its line number is its name."""
    evidence = tuple(
        Evidence(e.get("document") or e["doc"], e.get("quote"), e.get("start"), e.get("end"))
        for e in record.get("evidence") or ()
    )
    return Question(
        id=record.get("id") or f"line-{line}",
        question=record["question"],
        answerable=record.get("answerable", True),
        answers=tuple(record.get("answers") or ()),
        value=record.get("value"),
        items=tuple(tuple(forms) for forms in record.get("items") or ()),
        evidence=evidence,
        type=record.get("type") or "",
        conversation=record.get("conversation"),
        turn=record.get("turn") or 0,
        relevant=dict.fromkeys(record.get("gold") or (), 1),
        fields={key: value for key, value in record.items() if key not in FIELDS},
        line=line,
    )


def repeated(questions: Sequence[Question]) -> list[Mistake]:
    """Ids and turns that stand twice."""
    first: dict[tuple[str, object], int] = {}
    found = []
    for q in questions:
        keys: list[tuple[str, object]] = [("id", q.id)]
        if q.conversation is not None:
            keys.append(("turn", (q.conversation, q.turn)))
        for name, key in keys:
            before = first.setdefault((name, key), q.line)
            if before != q.line:
                what = f'"{q.id}"' if name == "id" else f'{q.turn} of conversation "{q.conversation}"'
                found.append(Mistake(q.line, name, f'"{name}" {what} stands already on line {before}.'))
    return found


def parse_lines(text: str, name: str, scored: bool = True) -> QuestionSet:
    """Questions of JSON Lines text. Raises QuestionFileError with every mistake."""
    mistakes: list[Mistake] = []
    questions = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            mistakes.append(Mistake(number, "", f"is not JSON (column {error.colno}: {error.msg})."))
            continue
        wrong = check_record(record, number, scored)
        mistakes += wrong
        if not wrong:
            questions.append(question_from(record, number))
    mistakes += repeated(questions)
    if not mistakes and not questions:
        mistakes.append(Mistake(0, "", "holds no question."))
    if mistakes:
        raise QuestionFileError(name, mistakes)
    return QuestionSet(name, tuple(questions))


def decode(path: Path) -> str:
    """The text of a question file. Raises QuestionFileError where it is missing or no UTF-8."""
    try:
        data = path.read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise QuestionFileError(path.name, [Mistake(0, "", f"cannot be read ({error.strerror}).")]) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"is not UTF-8 (byte {data[error.start]:#04x}). Save the file as UTF-8."
        raise QuestionFileError(path.name, [Mistake(line, "", message)]) from error


def read_questions(path: str | Path, qrels: str | Path | None = None, scored: bool = True) -> QuestionSet:
    """Read and check a question file; its form is recognised by its content.

    `qrels` goes with TREC topics. `scored=False` accepts lines that have no key (for `ask`).
    Raises QuestionFileError naming the line and field of every mistake.
    """
    from qa import question_formats as other

    path = Path(path)
    text = decode(path)
    start = text.lstrip()[:1]
    if qrels is not None or text.lstrip()[:4].lower() == "<top":
        return other.parse_trec(text, path.name, Path(qrels) if qrels is not None else None)
    if (start == "[" or start == "{") and other.looks_like_squad(text):
        return other.parse_squad(text, path.name)
    return parse_lines(text, path.name, scored)


def threads(questions: Iterable[Question]) -> tuple[tuple[Question, ...], ...]:
    """Single questions and whole conversations, in order of their first line; turns in order."""
    groups: dict[tuple[bool, str], list[Question]] = {}
    for q in questions:
        single = q.conversation is None
        groups.setdefault((single, q.id if single else str(q.conversation)), []).append(q)
    return tuple(tuple(sorted(group, key=lambda q: q.turn)) for group in groups.values())


def misplaced(questions: Iterable[Question], documents: Mapping[str, str]) -> list[Mistake]:
    """Evidence that the documents at hand do not hold: unknown document, quote or range."""
    found = []
    for q in questions:
        for n, e in enumerate(q.evidence, 1):
            text = documents.get(e.document)
            if text is None:
                message = f"document {e.document!r} is not in the index"
            elif e.end is not None and e.end > len(text):
                message = f"range ends at {e.end}, {e.document!r} has {len(text)} characters"
            elif not e.ranges(text):
                message = f"quote does not stand in {e.document!r}"
            else:
                continue
            found.append(Mistake(q.line, "evidence", f'"evidence" entry {n}: {message}.'))
    return found
