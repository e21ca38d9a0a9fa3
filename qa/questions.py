"""Question files: what is asked, and what a right answer would be."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a document says the answer: a quote, a range of the original, or the whole document."""

    document: str
    quote: str | None = None
    start: int | None = None
    end: int | None = None

    @property
    def whole(self) -> bool:
        """Whether any place of the document will do."""
        return self.quote is None and self.start is None

    def ranges(self, original: str) -> tuple[tuple[int, int], ...]:
        """The range given, or every place where the quote stands (any one of them is right)."""
        if self.start is not None and self.end is not None:
            return ((self.start, self.end),)
        found, at = [], original.find(self.quote or "\0")
        while at >= 0:
            found.append((at, at + len(self.quote or "")))
            at = original.find(self.quote or "\0", at + 1)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Question:
    """One question and its key. `fields` holds everything else of the line, for splitting by it."""

    id: str
    question: str
    answerable: bool = True
    answers: tuple[str, ...] = ()
    value: Mapping[str, Any] | None = None
    items: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    type: str = ""
    conversation: str | None = None
    turn: int = 0
    fields: Mapping[str, Any] = field(default_factory=dict)


KEYS = frozenset({"id", "question", "answerable", "answers", "value", "items", "evidence", "type", "conversation", "turn"})


def question_from(record: Mapping[str, Any], number: int) -> Question:
    """The question of one checked line; without an id its line number is its name."""
    evidence = tuple(
        Evidence(e.get("document") or e["doc"], e.get("quote"), e.get("start"), e.get("end"))
        for e in record.get("evidence") or ()
    )
    return Question(
        id=str(record.get("id") or f"line-{number}"),
        question=record["question"],
        answerable=record.get("answerable", True),
        answers=tuple(record.get("answers") or ()),
        value=record.get("value"),
        items=tuple(tuple(forms) for forms in record.get("items") or ()),
        evidence=evidence,
        type=record.get("type") or "",
        conversation=record.get("conversation"),
        turn=record.get("turn") or 0,
        fields={key: value for key, value in record.items() if key not in KEYS},
    )


def read_questions(path: str | Path) -> tuple[Question, ...]:
    """Questions of a JSON Lines file."""
    lines = Path(path).read_text(encoding="utf-8-sig").split("\n")
    return tuple(question_from(json.loads(line), n) for n, line in enumerate(lines, 1) if line.strip())


def threads(questions: Sequence[Question]) -> tuple[tuple[Question, ...], ...]:
    """Single questions and whole conversations, in order of first line; turns in order."""
    groups: dict[str, list[Question]] = {}
    for q in questions:
        groups.setdefault(f"c:{q.conversation}" if q.conversation is not None else f"q:{q.id}", []).append(q)
    return tuple(tuple(sorted(group, key=lambda q: q.turn)) for group in groups.values())
