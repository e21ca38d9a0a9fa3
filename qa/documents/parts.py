"""A long text in parts, so that what reading it needs in memory does not grow with its length."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import replace

from qa.schema import INSERTED, Block, Clean

LONGEST = 500_000
"""Characters of a part: cleaning and telling articles apart take some 100 bytes for each."""
_CUTS = tuple(map(re.compile, (r"(?:\r\n?|\n)[^\S\r\n]*(?:\r\n?|\n)", r"\r\n?|\n", r"[。！？!?]")))
"""Where a part ends, the best first: at a blank line, a line's end, a sentence's."""


def parts(text: str, longest: int = LONGEST) -> Iterator[tuple[int, int]]:
    r"""Ranges of a text, one after the other; one range where it is not too long.

    A part ends at the last blank line of its second half; where there is none at a line's or a
    sentence's end, else anywhere.

    >>> list(parts("一。\n\n二。\n三。三。", 8))
    [(0, 7), (7, 11)]
    """
    start = 0
    while len(text) - start > longest:
        end = _end(text, start + longest // 2, start + longest)
        yield start, end
        start = end
    yield start, len(text)


def _end(text: str, least: int, most: int) -> int:
    for cut in _CUTS:
        if found := max((match.end() for match in cut.finditer(text, least, most)), default=0):
            return found
    return most


def moved(block: Block, by: int) -> Block:
    """A block of a part as one of the whole text."""
    origin = array("i", (at if at == INSERTED else at + by for at in block.clean.origin))
    return replace(block, clean=Clean(block.clean.text, origin)) if by else block
