"""Units of measure, money and counting: how a document writes them and what they come to.

The table is `data/units.tsv`; 万 and 亿 are scales, read with the number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

UnitKind = Literal["money", "rate", "measure", "time", "ratio", "score", "count"]
SCALES = {
    "十": Decimal(10),
    "百": Decimal(100),
    "千": Decimal(1000),
    "万": Decimal(10**4),
    "十万": Decimal(10**5),
    "百万": Decimal(10**6),
    "千万": Decimal(10**7),
    "亿": Decimal(10**8),
    "十亿": Decimal(10**9),
    "百亿": Decimal(10**10),
    "千亿": Decimal(10**11),
    "万亿": Decimal(10**12),
    "百万亿": Decimal(10**14),
    "兆": Decimal(10**12),
}
_SCALED = re.compile("^(" + "|".join(sorted(SCALES, key=len, reverse=True)) + ")(.*)$")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit without scale: 平方公里 is 1,000,000 of the base unit 平方米."""

    name: str
    base: str
    factor: Decimal
    kind: UnitKind


@cache
def units() -> dict[str, Unit]:
    """Every known unit by its folded name (Simplified, half-width, lower case)."""
    path = Path(__file__).parent.parent / "data" / "units.tsv"
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line and line[0] != "#"]
    return {name: Unit(name, base, Decimal(factor), kind) for name, base, factor, kind in rows}  # type: ignore[arg-type]


def alternation(words: Iterable[str]) -> str:
    """A regular expression for any of `words`, the longest first, as a prefix tree.

    The tree keeps matching independent of the number of words.

    >>> alternation(["平方米", "平方", "米"])
    '(?:平方(?:米)?|米)'
    """
    tree: dict[str, object] = {}
    for word in words:
        node = tree
        for char in word:
            node = node.setdefault(char, {})  # type: ignore[assignment]
        node[""] = None
    return _branches(tree)


def _branches(node: dict[str, object]) -> str:
    parts = []
    for char in sorted(k for k in node if k):
        head, child = re.escape(char), node[char]
        while isinstance(child, dict) and len(child) == 1 and "" not in child:
            (only,) = child
            head, child = head + re.escape(only), child[only]
        rest = _branches(child) if isinstance(child, dict) and set(child) != {""} else ""
        parts.append(head + rest)
    return f"(?:{'|'.join(parts)})" + ("?" if "" in node else "")


@cache
def base(unit: str) -> tuple[str, Decimal, UnitKind | None]:
    """Base unit, factor to it and kind of a folded unit with or without scale.

    An unknown unit is its own base, with factor 1 and kind None.

    >>> base("亿元")
    ('元', Decimal('100000000'), 'money')
    >>> base("万平方米")[:2]
    ('平方米', Decimal('10000'))
    """
    table, scale, name = units(), Decimal(1), unit
    if name not in table and (m := _SCALED.match(unit)):
        scale, name = SCALES[m[1]], m[2]
    if name in table:
        known = table[name]
        return known.base, known.factor * scale, known.kind
    return name, scale, None


def unscaled(unit: str) -> str:
    """A folded unit without its scale; 千米 is a unit of its own.

    >>> unscaled("亿元"), unscaled("千米")
    ('元', '千米')
    """
    m = None if unit in units() else _SCALED.match(unit)
    return m[2] if m else unit
