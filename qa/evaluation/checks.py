"""Every mistake in a question file, with its line and field, before anything is run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import InputError
from qa.evaluation.questions import Json, Question


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
        self.lines = (*lines, f"{n} mistake{'s' * (n > 1)} in {name}; nothing was run.")
        super().__init__("\n".join(self.lines))


def json_kind(value: object) -> str:
    """What a JSON value is, in words."""
    names = {bool: "true or false", str: "a string", list: "a list", dict: "an object", type(None): "null"}
    return names.get(type(value), "a number")


def question_text(path: Path) -> str:
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


def json_object(text: str, line: int) -> Json | Mistake:
    """The object that a line of JSON Lines holds, or what is wrong with the line."""
    try:
        record = json.loads(text.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        return Mistake(line, "", f"is not JSON (column {error.colno}: {error.msg}).")
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets of thousands of levels
        return Mistake(line, "", "is beyond what JSON is read for.")
    if not isinstance(record, dict):
        return Mistake(line, "", f"must be an object, found {json_kind(record)}.")
    return record


def _must_be(what: str, test: Callable[[Any], bool]) -> Callable[[Any], str | None]:
    return lambda value: None if test(value) else f"must be {what}, found {json_kind(value)}"


def _text_list(value: Any) -> str | None:
    if not isinstance(value, list):
        return f"must be a list, found {json_kind(value)}"
    bad = [item for item in value if not (isinstance(item, str) and item.strip())]
    return f"must hold strings that are not empty, found {json_kind(bad[0])}" if bad else None


def _items(value: Any) -> str | None:
    if not isinstance(value, list):
        return f"must be a list of lists of accepted forms, found {json_kind(value)}"
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
        return f"must be an object with number and unit, found {json_kind(value)}"
    if not is_number(value.get("number")):
        return f'"number" must be a number, found {json_kind(value.get("number"))}'
    unit = value.get("unit", "")
    if unit is None or isinstance(unit, str):
        return None
    return f'"unit" must be a string, found {json_kind(unit)}'


def _one_evidence(value: Any) -> str | None:
    if not isinstance(value, dict):
        return f"must be an object, found {json_kind(value)}"
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
        return f"must be a list, found {json_kind(value)}"
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
    "relevant": _must_be(
        "an object of ids and whole grades",
        lambda v: isinstance(v, dict) and all(type(grade) is int for grade in v.values()),
    ),
}
OPTIONAL = frozenset(FIELDS) - {"question", "id", "answerable"}


def check_record(record: Json, line: int) -> list[Mistake]:
    """Everything wrong with one line of JSON Lines, field by field."""
    if "question" not in record:
        return [Mistake(line, "question", '"question" is missing.')]
    found = []
    for name, check in FIELDS.items():
        value = record.get(name)
        message = None if name not in record or (value is None and name in OPTIONAL) else check(value)
        if message:
            found.append(Mistake(line, name, f'"{name}" {message}.'))
    return found or [Mistake(line, name, f'"{name}" {message}.') for name, message in _contradictions(record)]


def _contradictions(record: Json) -> Iterator[tuple[str, str]]:
    """What cannot be scored although every field is well formed."""
    answerable = record.get("answerable", True)
    keys = [name for name in ("answers", "value", "items") if record.get(name)]
    if not answerable:
        for name in keys:
            yield name, 'must be empty where "answerable" is false'
    elif not keys and not any(record.get(n) for n in ("evidence", "gold", "relevant")):
        yield "answers", 'is missing: nothing to score by (or set "answerable" to false)'
    if record.get("conversation") is not None and record.get("turn") is None:
        yield "turn", 'is missing beside "conversation"'


def find_repeated(questions: Sequence[Question]) -> list[Mistake]:
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
