"""How often each rule of the grammars of numbers, time and masks is missed: readings that change without it.

    python benchmarks/rules.py FILE.jsonl… [--field text]

Counts the quantities, periods, time expressions and masked numbers that are read otherwise, or not at all,
when one rule is switched off, and shows three of them. A rule that nothing misses has no place there.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from qa.chinese import numerals, periods
from qa.chinese.fold import fold
from qa.chinese.rules import Rule
from qa.figures import masks

Reading = tuple[str, object]
Read = Callable[[str, frozenset[str]], Iterator[Reading]]


def read_quantities(text: str, off: frozenset[str]) -> Iterator[Reading]:
    for q in numerals.quantities(text, off):
        yield text[q.start : q.end], q


def read_expressions(text: str, off: frozenset[str]) -> Iterator[Reading]:
    for found in periods.time_expressions(text, text, off):
        yield found.said, found


def read_periods(text: str, off: frozenset[str]) -> Iterator[Reading]:
    for clause in re.split("[,。;]", text):
        if period := periods.read_period(clause, off):
            yield period.said, period


def read_masked(text: str, off: frozenset[str]) -> Iterator[Reading]:
    for m in re.finditer(f"{masks.BLANK}+", masks.mask(text, off)):
        yield text[m.start() : m.end()], m.span()


GRAMMARS: tuple[tuple[str, tuple[Rule, ...], Read], ...] = (
    ("quantities", numerals.RULES, read_quantities),
    ("time expressions", periods.RULES, read_expressions),
    ("numbers that are no figures", masks.RULES, read_masked),
    ("parts of a year", periods.PARTS, read_periods),
)


def main() -> None:
    parser = argparse.ArgumentParser(description="How often each rule of a grammar is missed.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--field", default="text")
    chosen = parser.parse_args()
    lines = [line for path in chosen.files for line in path.read_text("utf-8").splitlines() if line.strip()]
    texts = [fold(json.loads(line)[chosen.field]) for line in lines]
    for name, rules, read in GRAMMARS:
        whole = [dict(map(reversed, read(text, frozenset()))) for text in texts]
        print(f"{sum(map(len, whole)):,} {name} in {len(texts):,} texts")
        for rule in rules:
            off = frozenset({rule.name})
            without = [{found for _, found in read(text, off)} for text in texts]
            pairs = zip(whole, without, strict=True)
            missed = [said for all_, kept in pairs for found, said in all_.items() if found not in kept]
            shown = "、".join(dict.fromkeys(said.strip() for said in missed[:: max(1, len(missed) // 3)][:3]))
            print(f"  {rule.name:<18}{len(missed):>8,}  {shown}")


if __name__ == "__main__":
    main()
