"""Text from outside, made safe to show: what would steer a terminal or turn the reading order is spelt out.

Documents, file names and questions are anybody's. All that a terminal, an error or a report shows of them
goes through `visible`; JSON keeps them exact and writes the same characters as escapes (see `escaped`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

STEERING = re.compile(
    "\r\n|[\x00-\x1f\x7f-\x9f"  # C0, delete, C1: cursor, colours, titles, the clipboard
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # marks, embeddings, overrides and isolates of direction
    "\u2028\u2029"  # ends of lines and paragraphs
    "\ud800-\udfff]"  # halves of a pair, which no stream can write; bytes of a file name that is no UTF-8
)
_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def visible(text: str, keep: str = "") -> str:
    r"""Text in which every steering character is an escape as Python writes it, but those in `keep`.

    Where "\n" is kept, so is the "\r" of a line's end. Without `keep`, the length of a visible
    beginning is where the rest begins.

    >>> print(visible("总投资\x1b[2J\u202e3亿元\n"))
    总投资\x1b[2J\u202e3亿元\n
    """
    return STEERING.sub(lambda match: match[0] if match[0][-1] in keep else _escape(match[0]), text)


def _escape(chars: str) -> str:
    codes = [f"\\x{ord(c):02x}" if c < "\xa0" else f"\\u{ord(c):04x}" for c in chars]
    return "".join(_SHORT.get(char, code) for char, code in zip(chars, codes, strict=True))


def visible_within(value: Any, keep: str = "") -> Any:
    """JSON-like data with every string in it made visible."""
    if isinstance(value, str):
        return visible(value, keep)
    if isinstance(value, Mapping):
        return {visible_within(key): visible_within(held, keep) for key, held in value.items()}
    return [visible_within(held, keep) for held in value] if isinstance(value, list | tuple) else value


def escaped(json: str) -> str:
    r"""JSON with every steering character as \uXXXX: the same value to a parser, harmless to a terminal.

    Line ends between values stay.

    >>> print(escaped('{"quote": "\u202e3亿元"}'))
    {"quote": "\u202e3亿元"}
    """
    return STEERING.sub(lambda match: match[0] if match[0] == "\n" else f"\\u{ord(match[0]):04x}", json)
