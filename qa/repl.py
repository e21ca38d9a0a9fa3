"""A conversation at the terminal, or over a pipe: one question a line, one answer each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO

from qa.chat import Chat
from qa.errors import QAError
from qa.schema import Answer
from qa.show import Page, answer_json, answer_text, citation_text, dump

PROMPT = "问> "
HELP = """\
  a question          asked in the light of the questions before it (预计全年呢？)
  /sources            every citation of the last answer, with its passage
  /history            the questions so far, as they were understood
  /new                forget the questions so far
  /help               this text
  /quit               leave; so does Ctrl-D"""


@dataclass
class Talk:
    """What a conversation needs to know about its surroundings."""

    page: Page
    as_json: bool = False
    interactive: bool = False


def talk(chat: Chat, source: TextIO, out: TextIO, how: Talk) -> None:
    """Read questions and commands until the end of input, /quit or Ctrl-D; write the answers."""
    if how.interactive:
        sys.stderr.write("Ask away; /help lists the commands, Ctrl-D leaves.\n")
    for line in _lines(source, how.interactive):
        if line in ("/quit", "/exit", "/q"):
            return
        if line:
            out.write(_reply(chat, line, how) + "\n")
            out.flush()


def _reply(chat: Chat, line: str, how: Talk) -> str:
    if line.startswith("/"):
        return _command(chat, line, how.page)
    try:
        answer = chat.ask(line)
    except QAError as error:
        return dump({"question": line, "error": str(error)}) if how.as_json else f"{error}"
    if how.as_json:
        return dump(answer_json(answer))
    return _understood(answer) + answer_text(answer, how.page, k=1) + _more(answer) + "\n"


def _understood(answer: Answer) -> str:
    """How a follow-up was read, where it was completed."""
    return "" if answer.resolved == answer.question else f"（{answer.resolved}）\n"


def _more(answer: Answer) -> str:
    n = len(answer.citations) - 1
    return f"\n\n    {n} more with /sources" if n > 0 else ""


def _command(chat: Chat, line: str, page: Page) -> str:
    match line.split()[0]:
        case "/sources" if chat.turns:
            cited = chat.turns[-1].citations
            return "\n\n".join(citation_text(n, c, page) for n, c in enumerate(cited, 1)) + "\n"
        case "/history" if chat.turns:
            return "".join(f"{n:3}  {a.resolved}  {a.text or '—'}\n" for n, a in enumerate(chat.turns, 1))
        case "/sources" | "/history":
            return "Nothing has been asked yet.\n"
        case "/new":
            chat.turns.clear()
            return "A new conversation.\n"
        case "/help":
            return HELP + "\n"
        case other:
            return f"There is no {other}; /help lists the commands.\n"


def _lines(source: TextIO, interactive: bool) -> Iterator[str]:
    """Stripped lines of input; with line editing and recall on a terminal."""
    if not interactive:
        yield from (line.strip("\ufeff \t\r\n") for line in source)
        return
    with suppress(ImportError):  # importing it gives input() its line editing; Windows has none
        import readline  # noqa: F401
    while True:
        try:
            yield input(PROMPT).strip()
        except KeyboardInterrupt:  # as in a shell: drop the line, stay
            sys.stdout.write("\n")
        except EOFError:
            sys.stdout.write("\n")
            return
