"""Many questions in one go: read them from JSON Lines, ask them, keep their order.

Only `question`, `id`, `conversation` and `turn` are read; whatever else a line
holds (it may be an evaluation file) has no influence on an answer.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa.errors import InputError, QAError
from qa.evaluation.checks import Mistake, json_kind, json_object
from qa.schema import Answer

Ask = Callable[[str], Answer]
ID = str | int | float | None


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of the input. Lines of one `conversation` are asked in order of `turn`."""

    question: str
    id: ID = None
    conversation: str | int | None = None
    turn: float = 0


def read_asked(lines: Iterable[str], name: str) -> list[Asked]:
    """The questions of a JSON Lines file called `name`; blank lines are passed over.

    Raises InputError that names the line and the field of the first mistake.
    """
    return [_asked(line, n, name) for n, line in enumerate(lines, 1) if line.strip("\ufeff \t\r\n")]


def _asked(line: str, n: int, name: str) -> Asked:
    row = json_object(line, n)
    if isinstance(row, Mistake):
        raise InputError(f"{name}:{n}: {row.message}")
    if mistake := _mistake(row, n):
        raise InputError(f"{name}:{n}: {mistake.message}")
    id = row.get("id")
    if isinstance(id, float) and not math.isfinite(id):  # Python reads NaN and 1e999, JSON has neither
        id = str(id)
    return Asked(row["question"], id, row.get("conversation"), row.get("turn") or 0)


_FIELDS: dict[str, tuple[tuple[type, ...], str]] = {
    "question": ((str,), "a string"),
    "id": ((str, int, float, type(None)), "a string"),
    "conversation": ((str, int, type(None)), "a string"),
    "turn": ((int, float, type(None)), "a number"),
}
"""What is read, of which kinds; an id may be a number, since it is only copied."""


def _mistake(row: Mapping[str, Any], n: int) -> Mistake | None:
    """The first field that cannot be used."""
    if "question" not in row:
        return Mistake(n, "question", '"question" is missing.')
    for field, (kinds, wanted) in _FIELDS.items():
        value = row.get(field)
        if not isinstance(value, kinds) or isinstance(value, bool):
            return Mistake(n, field, f'"{field}" must be {wanted}, found {json_kind(value)}.')
    return None


def ask_all(
    rows: Sequence[Asked], ask: Ask, chat: Callable[[], Ask]
) -> Iterator[tuple[Asked, Answer | QAError]]:
    """Each row with its answer, or the error that it met, in the order of `rows`.

    `chat` opens a new conversation; all its turns are asked when its first row comes up.
    """
    turns: defaultdict[str | int, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        if row.conversation is not None:
            turns[row.conversation].append(at)
    done: dict[int, Answer | QAError] = {}
    for at, row in enumerate(rows):
        if row.conversation is None:
            yield row, _answer(ask, row)
            continue
        if at not in done:
            say = chat()
            for turn in sorted(turns[row.conversation], key=lambda i: rows[i].turn):
                done[turn] = _answer(say, rows[turn])
        yield row, done.pop(at)


def _answer(ask: Ask, row: Asked) -> Answer | QAError:
    try:
        return ask(row.question)
    except QAError as error:
        return error
