"""Every rule of a grammar reads its examples, and no other reads them so: none is there for nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qa.chinese import numerals, periods
from qa.chinese.numerals import quantities
from qa.chinese.periods import read_period, time_expressions
from qa.chinese.rules import Rule
from qa.figures import masks

Read = Callable[[str, frozenset[str]], str]


def read_quantity(text: str, off: frozenset[str]) -> str:
    for q in quantities(text, off):
        upper = "" if q.upper is None else f"—{q.upper}"
        return " ".join([f"{q.number}{upper}", q.unit, *q.qualifier])
    return ""


def read_part(text: str, off: frozenset[str]) -> str:
    period = read_period(text, off)
    return f"{period.first}-{period.last}" + (f" {period.day}" if period.day else "")


def read_expression(text: str, off: frozenset[str]) -> str:
    return next((f"{found.kind} {found.said}" for found in time_expressions(text, text, off)), "")


def read_mask(text: str, off: frozenset[str]) -> str:
    return masks.mask(text, off).replace(masks.BLANK, "_")


GRAMMARS: dict[str, tuple[tuple[Rule, ...], Read]] = {
    "masks": (masks.RULES, read_mask),
    "numerals": (numerals.RULES, read_quantity),
    "parts of a year": (periods.PARTS, read_part),
    "time expressions": (periods.RULES, read_expression),
}
EXAMPLES = [
    pytest.param(rule, text, reading, read, id=f"{grammar}-{rule.name}-{text}")
    for grammar, (rules, read) in GRAMMARS.items()
    for rule in rules
    for text, reading in rule.examples
]


@pytest.mark.parametrize(("rule", "text", "reading", "read"), EXAMPLES)
def test_a_rule_reads_its_example_and_no_other_does(rule: Rule, text: str, reading: str, read: Read):
    assert read(text, frozenset()) == reading
    assert read(text, frozenset({rule.name})) != reading


@pytest.mark.parametrize("grammar", sorted(GRAMMARS))
def test_rules_have_names_of_their_own_and_examples(grammar: str):
    rules, _ = GRAMMARS[grammar]
    assert len({rule.name for rule in rules}) == len(rules)
    assert all(rule.examples for rule in rules)
