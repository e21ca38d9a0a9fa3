"""A conversation as a file: Markdown to read, JSON Lines to go on working with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from qa.cli.show import NEAREST, NO_ANSWER, place
from qa.errors import InputError
from qa.interface import answer_json, citation_json, dump
from qa.schema import Answer, Citation
from qa.visible import visible
from qa.writing import write_whole

Turn = tuple[int, Answer]
"""The number of a conversation, and an answer in it."""
Number = Callable[[Citation], int]
_MARKUP = re.compile(r"[\\`*_\[\]<>&~|]")


def to_markdown(turns: Iterable[Turn], cited: Sequence[Citation], number: Number) -> str:
    """Questions, answers and the numbers of their citations, then every citation with its quote.

    Nothing of a document is markup: quotes stand in fences, all else has its signs escaped, so that what
    shows the file fetches nothing.
    """
    parts, last = ["# 对话"], 1
    for n, (conversation, answer) in enumerate(turns, 1):
        parts += ["---"] if conversation != last else []
        parts.append(_turn(n, answer, number))
        last = conversation
    quotes = [
        f"**[{n}]** {_plain(place(c))}{_about(c)}\n\n{_fenced(c.quote)}" for n, c in enumerate(cited, 1)
    ]
    return "\n\n".join([*parts, *(["## 引文", *quotes] if quotes else [])]) + "\n"


def _turn(n: int, answer: Answer, number: Number) -> str:
    lines = [f"## {n}. {_plain(answer.question)}"]
    lines += [f"（{_plain(answer.resolved)}）"] if answer.resolved != answer.question else []
    numbers = "".join(f"[{number(c)}]" for c in answer.citations)
    if answer.status == "answered":
        lines.append(f"**{_plain(answer.text or '')}**（把握 {answer.confidence:.0%}） {numbers}")
    else:
        lines.append(f"**{NO_ANSWER}** " + (f"{NEAREST}{numbers}" if numbers else ""))
    return "\n\n".join([*lines, *([_plain(answer.note)] if answer.note else [])])


def _about(citation: Citation) -> str:
    return f" {_plain(citation.headline)}" if citation.headline else ""


def _plain(text: str) -> str:
    """Text on one line in which nothing is markup."""
    return _MARKUP.sub(lambda sign: "\\" + sign[0], visible(" ".join(text.split())))


def _fenced(quote: str) -> str:
    """A quote in a fence that is longer than any in it."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", quote)), default=0))
    lines = "\n".join(visible(line, "\t") for line in quote.splitlines())
    return f"{fence}text\n{lines}\n{fence}"


def to_jsonl(turns: Iterable[Turn], number: Number) -> str:
    """An answer a line as `qa ask --json` gives it, with conversation, turn, and the citations' numbers.

    `qa ask --input` asks such a file again.
    """
    lines, counted = [], dict[int, int]()
    for conversation, answer in turns:
        counted[conversation] = counted.get(conversation, 0) + 1
        cited = [citation_json(c) | {"number": number(c)} for c in answer.citations]
        place_in = {"conversation": conversation, "turn": counted[conversation]}
        lines.append(dump(answer_json(answer) | {"citations": cited} | place_in))
    return "".join(f"{line}\n" for line in lines)


def keep(name: str, content: str, replace: bool, command: str) -> Path:
    """Write a file, in place of one that is there only where `replace` says so.

    `command` is what was typed. Raises InputError where it may not or cannot be written.
    """
    path = Path(name).expanduser()
    if path.exists() and not path.is_file():
        raise InputError(f"{name} is no file. Name another.")
    if path.exists() and not replace:
        raise InputError(f"{name} exists and was left as it is. To overwrite it: {command} --force {name}")
    try:
        write_whole(path, content)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise InputError(f"{name} cannot be written ({why}). Name another.") from None
    return path
