"""Many questions in one go: read them from JSON Lines, ask them, keep their order.

Only `question`, `id`, `conversation` and `turn` are read; whatever else a line
holds (it may be an evaluation file) has no influence on an answer.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from qa.errors import InputError, QAError
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
    return [_asked(line, f"{name}:{n}") for n, line in enumerate(lines, 1) if line.strip("\ufeff \t\r\n")]


def _asked(line: str, where: str) -> Asked:
    try:
        row = json.loads(line.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        raise InputError(f"{where}: not a line of JSON ({error.msg} at column {error.colno}).") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets of thousands of levels
        raise InputError(f"{where}: the line is beyond what JSON is read for.") from None
    if not isinstance(row, dict):
        raise InputError(f'{where}: expected an object like {{"question": "…"}}, found {_kind(row)}.')
    for field, kinds in _FIELDS.items():
        value = row.get(field)
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise InputError(f'{where}: "{field}" must be {_WANTED[field]}, found {_kind(value)}.')
    id = row.get("id")
    if isinstance(id, float) and not math.isfinite(id):  # Python reads NaN and 1e999, JSON has neither
        id = str(id)
    return Asked(row["question"], id, row.get("conversation"), row.get("turn") or 0)


_FIELDS = {
    "question": (str,),
    "id": (str, int, float, type(None)),
    "conversation": (str, int, type(None)),
    "turn": (int, float, type(None)),
}
_WANTED = {"question": "a string", "id": "a string", "conversation": "a string", "turn": "a number"}
_KINDS = {str: "a string", bool: "true or false", list: "a list", dict: "an object", type(None): "nothing"}


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "a number")


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
