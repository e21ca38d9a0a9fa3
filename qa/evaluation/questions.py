"""What is asked and what a right answer would be: the records of a question file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

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
    names = (f.name for f in fields(question) if f.name not in ("line", "fields", "evidence"))
    evidence = [[e.document, e.quote, e.start, e.end] for e in question.evidence]
    return {name: getattr(question, name) for name in names} | {"evidence": evidence}


def threads(questions: Iterable[Question]) -> tuple[tuple[Question, ...], ...]:
    """Single questions and whole conversations, in order of their first line; turns in order."""
    groups: dict[tuple[bool, str], list[Question]] = {}
    for q in questions:
        single = q.conversation is None
        groups.setdefault((single, q.id if single else str(q.conversation)), []).append(q)
    return tuple(tuple(sorted(group, key=lambda q: q.turn)) for group in groups.values())
