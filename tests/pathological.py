"""Texts that a regular expression may take more than linear time over, made from its own parsed form.

A pattern is slow where it can read one stretch in many ways, or from many starts, before it fails. Such a
stretch is a repeat of something that the pattern itself repeats, of what stands before that, or of characters
that it names; behind it stands what no pattern of Chinese text takes. `superlinear` tells growth, not speed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from re import _constants as op
from re import _parser as parser
from typing import Any

from cpu import TooSlow, at_most

SHORT, LONG = 4_000, 16_000
"""Characters: how long a text is at first, and where it took its time, to see how that grows."""
QUICK, ROOM = 0.005, 0.15
"""Seconds that the square of SHORT (by the wall) and of LONG (of the processor) do not fit into."""
MANY = 24
"""A repeat that may go on for so long is a long one."""
COMMON = "1a 中，的“(-.\n国"
"""Tried whatever the pattern is."""
END = "\x02"
_POOL = ("a", "1", " ", "中", "，", "-", "(", "的", "\n", "“", ".", "x", "#")
_SAMPLES = {
    op.CATEGORY_DIGIT: "1",
    op.CATEGORY_SPACE: " \n",
    op.CATEGORY_WORD: "a中1",
    op.CATEGORY_NOT_DIGIT: "a中 ",
    op.CATEGORY_NOT_SPACE: "a中1-",
    op.CATEGORY_NOT_WORD: " -",
}
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
Node = tuple[Any, Any]


def _class_members(items: Sequence[Node]) -> list[str]:
    """A few characters of a class."""
    if items[0][0] is op.NEGATE:
        taken = set("".join(_class_members(items[1:]))) if len(items) > 1 else set()
        return [char for char in _POOL if char not in taken][:4]
    found = []
    for kind, value in items:
        if kind is op.LITERAL:
            found.append(chr(value))
        elif kind is op.RANGE:
            found.append(chr(sum(value) // 2))
        elif kind is op.CATEGORY:
            found += _SAMPLES[value]
    return found


def _inside(kind: Any, value: Any) -> list[Sequence[Node]]:
    """The sequences that a node holds."""
    if kind in _REPEATS:
        return [value[2]]
    if kind is op.SUBPATTERN:
        return [value[3]]
    if kind is op.ATOMIC_GROUP:
        return [value]
    if kind is op.BRANCH:
        return list(value[1])
    return [value[1]] if kind in (op.ASSERT, op.ASSERT_NOT) else []


def _samples_of(kind: Any, value: Any, limit: int) -> list[str]:
    """A few texts that a node takes; what only looks takes none."""
    if kind is op.LITERAL:
        return [chr(value)]
    if kind is op.NOT_LITERAL:
        return [char for char in _POOL if ord(char) != value][:3]
    if kind is op.ANY:
        return ["a", "中"]
    if kind is op.IN:
        return _class_members(value)[: 3 * limit]
    if kind is op.BRANCH:
        return list(dict.fromkeys(text for way in value[1] for text in samples(way, 2)))[: 4 * limit]
    if kind in _REPEATS:
        least, _, body = value
        found = samples(body, limit if least else 2)
        return [text * least for text in found] if least else [*found[:2], ""]
    if kind is op.ASSERT and value[0] < 0:
        return samples(value[1], 2)
    inside = _inside(kind, value) if kind in (op.SUBPATTERN, op.ATOMIC_GROUP) else []
    return samples(inside[0], limit) if inside else [""]


def samples(sequence: Sequence[Node], limit: int = 4) -> list[str]:
    """A few texts that a sequence of nodes takes."""
    found = [""]
    for kind, value in sequence:
        ways = _samples_of(kind, value, limit) or [""]
        joined = [text + ways[n % len(ways)] for n, text in enumerate(found)]
        found = list(dict.fromkeys([*joined, *(found[0] + way for way in ways[1:])]))[:limit]
    return found


def _long_repeats(sequence: Sequence[Node], heads: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Each long repeat: texts that stand before it, texts of what is repeated."""
    for kind, value in sequence:
        if kind in _REPEATS and value[1] >= MANY:
            yield heads, [text for text in samples(value[2], 6) if text]
        for body in _inside(kind, value):
            yield from _long_repeats(body, heads)
        ways = _samples_of(kind, value, 2)[:2] or [""]
        heads = list(dict.fromkeys(head + way for head in heads for way in ways))[:3]


def _characters(sequence: Sequence[Node]) -> Iterator[str]:
    """Characters that a pattern names or has in a class."""
    for kind, value in sequence:
        if kind in (op.LITERAL, op.IN):
            yield from _samples_of(kind, value, 4)
        for body in _inside(kind, value):
            yield from _characters(body)


def units(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """What to begin with and what to repeat."""
    tree = list(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE))
    found: dict[tuple[str, str], None] = {}
    repeats = list(_long_repeats(tree, [""]))
    for heads, bodies in repeats:
        for body in bodies:
            for head in heads[:2]:
                found.update(dict.fromkeys([("", body), (head, body), ("", head + body), ("", head or body)]))
        found.update(dict.fromkeys(("", one + other) for one, other in combinations(bodies[:4], 2)))
    if repeats:
        found.update(dict.fromkeys(("", char) for char in list(dict.fromkeys(_characters(tree)))[:40]))
    return list(found | dict.fromkeys(("", char) for char in COMMON))


def _took(call: Callable[[str], object], text: str, limit: float) -> float:
    """Seconds of the processor, more than `limit` where it was stopped."""
    start = time.process_time()
    try:
        with at_most(limit):
            call(text)
    except TooSlow:
        return 2 * limit
    return time.process_time() - start


def _wall(call: Callable[[str], object], text: str) -> float:
    start = time.perf_counter()
    stopped = _took(call, text, 0.5) > 0.5
    return 1.0 if stopped else time.perf_counter() - start


def repeated(head: str, unit: str, end: str, length: int) -> str:
    return head + unit * (length // len(unit) + 1) + end


def too_long(call: Callable[[str], object], text: str) -> bool:
    """Whether `call` takes more than ROOM."""
    return _took(call, text, ROOM) > ROOM


def superlinear(call: Callable[[str], object], head: str, unit: str, end: str = END) -> bool:
    """Whether the time of `call` grows faster than the text, which is `unit` over and over."""
    if _wall(call, repeated(head, unit, end, SHORT)) < QUICK:
        return False
    text = repeated(head, unit, end, LONG)
    if not too_long(call, text):
        return False
    took = _took(call, text, 1.0)  # twice the text takes a linear pattern twice the time, another four times
    return took > 1.0 or _took(call, repeated(head, unit, end, 2 * LONG), 3 * took) > 3 * took
