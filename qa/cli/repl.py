"""A conversation at the terminal, or over a pipe: one question a line, one answer each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TextIO

from qa.cli.session import COMMANDS, Session
from qa.cli.terminal import decoded, lines_in
from qa.errors import InputError, QAError
from qa.interface import dump
from qa.visible import visible

END = ("/quit", "/exit", "/q")
_BLANK = "\ufeff \t\r\n"
Line = str | InputError


def talk(session: Session, lines: Iterable[Line], out: Callable[[str], None]) -> None:
    """Answer questions and do as commands say until the lines end or one of END.

    On a terminal Ctrl-C ends the answer that is being worked out, not the conversation.
    """
    for line in lines:
        if line in END:
            return
        try:
            if line:
                out(_said(session, line))
        except KeyboardInterrupt:
            if not session.interactive:
                raise
            with suppress(KeyboardInterrupt):  # pressed twice
                out("\n（已中断）\n")


def _said(session: Session, line: Line) -> str:
    try:
        if isinstance(line, InputError):
            raise line
        return session.reply(line)
    except QAError as error:
        asked = None if isinstance(line, InputError) else line
        return dump({"question": asked, "error": str(error)}) if session.as_json else visible(str(error))


def piped(source: TextIO) -> Iterator[Line]:
    """Stripped lines of a pipe or file; an error in place of one that is not UTF-8."""
    for n, line in enumerate(lines_in(source.buffer, "stdin"), 1):
        try:
            yield decoded(line, f"stdin:{n}").strip(_BLANK)
        except InputError as error:
            yield error


def offers(session: Session) -> Callable[[str], Iterator[tuple[str, str]]]:
    """What completes a line: commands, the numbers of citations, files' endings; of an empty one, what can be
    asked next.
    """

    def found(before: str) -> Iterator[tuple[str, str]]:
        name, space, said = before.partition(" ")
        if not before.startswith("/"):
            yield from ((q, "") for q in session.offered if q.startswith(before))
        elif not space:
            yield from ((n, c.about) for n, c in COMMANDS.items() if n.startswith(before))
        elif name in COMMANDS and COMMANDS[name].takes in ("N", "[N]"):
            numbered = enumerate(session.cited, 1)
            yield from ((f"{name} {n}", c.document) for n, c in numbered if str(n).startswith(said))

    return found
