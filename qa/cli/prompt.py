"""Lines typed at a terminal, with a history, pasted lines and commands completed (prompt_toolkit)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from qa.cli.terminal import argument
from qa.errors import InputError
from qa.visible import visible

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession

WELCOME = "请提问。Tab 补全，/help 列出命令，Ctrl-D 离开。"
PROMPT = "问> "
Offers = Callable[[str], Iterable[tuple[str, str]]]
"""From what stands before the cursor to what may stand in its place, each with what it is."""


def typed(offers: Offers) -> Iterator[str | InputError]:
    """Stripped lines until Ctrl-D; Ctrl-C drops a line. Several that are pasted come one after another.

    The history lasts as long as the session: nothing is written.
    """
    editor = _editor(offers)
    sys.stderr.write(f"{WELCOME}\n")
    while True:
        try:
            lines = [line for line in argument(editor.prompt(PROMPT)).splitlines() if line.strip()]
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        except InputError as error:
            yield error
            continue
        for n, line in enumerate(lines):
            if n:
                sys.stdout.write(f"{PROMPT}{visible(line)}\n")
            yield line.strip()


def _editor(offers: Offers) -> PromptSession[str]:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import CompleteEvent, Completer, Completion
    from prompt_toolkit.document import Document
    from prompt_toolkit.filters import Condition
    from prompt_toolkit.history import InMemoryHistory

    class Offered(Completer):
        def get_completions(self, document: Document, event: CompleteEvent) -> Iterator[Completion]:
            before = document.text_before_cursor
            for text, about in offers(before):
                yield Completion(text, -len(before), visible(text), visible(about))

    session: PromptSession[str] = PromptSession(history=InMemoryHistory(), completer=Offered())
    # While Chinese is being composed nothing must open: only a command is completed as it is typed.
    session.complete_while_typing = Condition(lambda: session.default_buffer.text.startswith("/"))
    return session
