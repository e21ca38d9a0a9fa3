"""A rule of a grammar as a record, beside examples that are run as tests.

A grammar is a table of rules: each can be counted, switched off, and has to show that it earns its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

NOTHING = r"(?!)"
"""A pattern that matches nowhere: what a rule that is off stands for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to say something: a regular expression for folded text.

    `examples` are texts with what is read of them, written as the grammar's module says. Tests read
    each with all rules, and otherwise without this one.
    """

    name: str
    pattern: str
    examples: tuple[tuple[str, str], ...]


def patterns(rules: Iterable[Rule], off: frozenset[str] = frozenset()) -> dict[str, str]:
    """The pattern of each rule by its name; those of the rules that are `off` match nothing.

    >>> patterns([Rule("digits", "[0-9]+", ()), Rule("half", "半", ())], frozenset({"half"}))
    {'digits': '[0-9]+', 'half': '(?!)'}
    """
    return {rule.name: NOTHING if rule.name in off else rule.pattern for rule in rules}
