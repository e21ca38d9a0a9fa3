"""Question files: what is asked, what a right answer would be, and every mistake in a file at once.

`read_questions` reads three forms: JSON Lines (the interface's), SQuAD-style JSON (CMRC 2018,
DRCD) and TREC topics with qrels; the last two live in `question_formats`, the checks in `question_checks`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from qa.question_checks import FIELDS, Json, Mistake, QuestionFileError, check_record, repeated


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
    names = (f.name for f in fields(question) if f.name not in ("line", "fields", "evidence"))
    evidence = [[e.document, e.quote, e.start, e.end] for e in question.evidence]
    return {name: getattr(question, name) for name in names} | {"evidence": evidence}


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
        relevant=record.get("relevant") or dict.fromkeys(record.get("gold") or (), 1),
        fields={key: value for key, value in record.items() if key not in FIELDS},
        line=line,
    )


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
