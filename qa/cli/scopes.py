"""The scope of a conversation, as it is set and told in a chat: /scope --in 2019 --since 2019-07."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from qa.errors import InputError
from qa.visible import visible

if TYPE_CHECKING:
    from qa.answer.chat import Chat
    from qa.search.scope import Scope

_OPTIONS = {"--in": "in_", "--since": "since", "--until": "until", "--subject": "subject"}
_ALL = ("全部", "all")
_USAGE = "Write /scope --in PATH --since DATE --until DATE --subject NAME, or /scope all."


def told(chat: Chat, line: str) -> str:
    """Do what a line that begins with /scope asks, and say what the scope is now. Raises InputError."""
    try:
        words = shlex.split(line)[1:]
    except ValueError:
        raise InputError(f"A quotation mark is not closed. {_USAGE}") from None
    if words:
        chat.within(**({} if words[0] in _ALL else _given(words)))
    return f"范围：{text(chat.scope)}\n"


def _given(words: list[str]) -> dict[str, Any]:
    """Options and their values as `Chat.within` takes them."""
    if len(words) % 2 or not set(words[::2]) <= set(_OPTIONS):
        raise InputError(_USAGE)
    pairs = [(_OPTIONS[option], value) for option, value in zip(words[::2], words[1::2], strict=True)]
    paths = [value for name, value in pairs if name == "in_"]
    return dict(pairs) | ({"in_": paths} if paths else {})


def given(scope: Scope) -> dict[str, Any]:
    """A scope as the options that give one with the same days.

    >>> from qa.search.scope import read_scope
    >>> given(read_scope("a", since=2019, subject="东城"))
    {'in_': ('a',), 'since': '2019-01-01', 'until': None, 'subject': '东城'}
    """
    ends = scope.since[0] if scope.since else 0, scope.until[1] if scope.until else 0
    since, until = (f"{n // 10000:04}-{n // 100 % 100:02}-{n % 100:02}" if n else None for n in ends)
    return {"in_": scope.paths, "since": since, "until": until, "subject": scope.subject or None}


def text(scope: Scope) -> str:
    """A scope in words.

    >>> from qa.search.scope import read_scope
    >>> text(read_scope("2019", since=2019, subject="东城")), text(read_scope())
    ('2019；20190101起；关于东城', '全部文档')
    """
    parts = ["、".join(scope.paths)] if scope.paths else []
    parts += [f"{scope.since[0]}起"] if scope.since else []
    parts += [f"{scope.until[1]}止"] if scope.until else []
    parts += [f"关于{scope.subject}"] if scope.subject else []
    return visible("；".join(parts)) or "全部文档"
