"""A conversation at the terminal, or over a pipe: one question a line, one answer each.

What stands beside Chinese answers is Chinese; help texts and errors are English.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO

from qa.answer.chat import Chat
from qa.cli.page import Page
from qa.cli.scopes import told
from qa.cli.show import answer_text, citation_text
from qa.cli.terminal import argument, decoded, lines_in
from qa.errors import InputError, QAError
from qa.interface import answer_json, dump
from qa.schema import Answer
from qa.visible import visible

PROMPT = "问> "
HELP = """\
  直接提问         承接前面的问题，省去的话会补上（预计全年呢？）
  /sources         上一个答案的全部引文
  /why             上一个答案的由来：候选、信号、落选的原因
  /history         问过的问题（按理解到的完整说法）和答案
  /scope           只问一部分文档：--in 路径 --since 日期 --until 日期 --subject 名称；/scope all 问全部
  /new             忘掉前面的问题，重新开始
  /help            这些说明
  /quit            离开，Ctrl-D 也可以"""


@dataclass(frozen=True, slots=True)
class Talk:
    """What a conversation needs to know about its surroundings; `page` is asked for every answer anew."""

    page: Callable[[], Page]
    as_json: bool = False
    interactive: bool = False


def talk(chat: Chat, source: TextIO, out: Callable[[str], None], how: Talk) -> None:
    """Read questions and commands until the end of input, /quit or Ctrl-D; write the answers.

    On a terminal Ctrl-C ends the answer that is being worked out, not the conversation.
    """
    if how.interactive:
        sys.stderr.write("请提问。/help 列出命令，Ctrl-D 离开。\n")
        with suppress(ImportError):  # importing it gives input() its line editing; Windows has none
            import readline  # noqa: F401
    piped = _piped(source)
    while (line := _typed() if how.interactive else next(piped, None)) not in (None, "/quit", "/exit", "/q"):
        try:
            if line:
                out(_reply(chat, line, how))
        except KeyboardInterrupt:
            if not how.interactive:
                raise
            with suppress(KeyboardInterrupt):  # pressed twice
                out("\n（已中断）\n")


def _reply(chat: Chat, line: str | InputError, how: Talk) -> str:
    try:
        if isinstance(line, InputError):
            raise line
        if line.startswith("/"):
            return _command(chat, line, how)
        answer = chat.ask(line)
    except QAError as error:
        said = None if isinstance(line, InputError) else line
        return dump({"question": said, "error": str(error)}) if how.as_json else visible(str(error))
    if how.as_json:
        return dump(answer_json(answer))
    return _understood(answer) + answer_text(answer, how.page(), k=1) + _more(answer) + "\n"


def _understood(answer: Answer) -> str:
    """How a follow-up was read, where it was completed."""
    return "" if answer.resolved == answer.question else f"（{visible(answer.resolved)}）\n"


def _more(answer: Answer) -> str:
    n = len(answer.citations) - 1
    return f"\n\n    另有 {n} 处引文：/sources" if n > 0 else ""


def _command(chat: Chat, line: str, how: Talk) -> str:
    match line.split()[0]:
        case "/sources" if chat.turns:
            cited = chat.turns[-1].citations
            return "\n\n".join(citation_text(n, c, how.page()) for n, c in enumerate(cited, 1)) + "\n"
        case "/history" if chat.turns:
            asked = enumerate(chat.turns, 1)
            return "".join(f"{n:3}  {visible(a.resolved)}  {visible(a.text or '—')}\n" for n, a in asked)
        case "/why" if chat.turns:
            return _why(chat.why(), how)
        case "/sources" | "/history" | "/why":
            return "还没有问过。\n"
        case "/scope":
            return told(chat, line)
        case "/new":
            chat.clear()
            return "重新开始。\n"
        case "/help":
            return HELP + "\n"
        case other:
            return f"没有 {visible(other)} 这个命令，/help 列出全部。\n"


def _why(answer: Answer, how: Talk) -> str:
    from qa.cli.explanation import explanation_text

    if how.as_json or answer.explanation is None:
        return dump(answer_json(answer))
    return explanation_text(answer.explanation, how.page()) + "\n"


_BLANK = "\ufeff \t\r\n"


def _piped(source: TextIO) -> Iterator[str | InputError]:
    """Stripped lines of a pipe or file; an error in place of one that is not UTF-8."""
    for n, line in enumerate(lines_in(source.buffer, "stdin"), 1):
        try:
            yield decoded(line, f"stdin:{n}").strip(_BLANK)
        except InputError as error:
            yield error


def _typed() -> str | InputError | None:
    """A stripped line typed at a terminal; None at the end."""
    try:
        return argument(input(PROMPT)).strip()
    except KeyboardInterrupt:  # as in a shell: drop the line, stay
        sys.stdout.write("\n")
        return ""
    except EOFError:
        sys.stdout.write("\n")
        return None
    except UnicodeDecodeError:
        return InputError("The line is not UTF-8. Set the terminal and the locale to UTF-8.")
    except InputError as error:
        return error
