"""Characters cleaned per CPU second, and peak memory: python benchmarks/clean.py

Three shapes of text, each at two sizes: a linear cleaner shows the same speed at both.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from qa.documents.clean import clean

SEEDS = Path(__file__).parent.parent / "seeds"


def one_line(size: int) -> str:
    """One line without an end, as a script might write it."""
    sentence = "园区总投资 63.5亿元，" + "建成道路12条，新增企业36家，" * 20
    return sentence * (size // len(sentence))


def wrapped(size: int) -> str:
    """Newspaper columns: a hard-wrapped seed document again and again."""
    text = (SEEDS / "004_43689d58e5c27aeb.txt").read_text("utf-8") + "\n"
    return text * (size // len(text))


def damaged(size: int) -> str:
    """The portal copy with pinyin and shifted byte pairs, again and again."""
    text = (SEEDS / "003_96434e361969fff8.txt").read_text("utf-8") + "\n"
    return text * (size // len(text))


def rates(shape: Callable[[int], str], sizes: tuple[int, ...]) -> Iterator[tuple[int, float]]:
    """Size in characters and CPU seconds for each size."""
    for size in sizes:
        text = shape(size)
        start = time.process_time()
        clean(text)
        yield len(text), time.process_time() - start


if __name__ == "__main__":
    for shape, sizes in (
        (wrapped, (10**5, 10**6)),
        (damaged, (10**5, 10**6)),
        (one_line, (10**6, 17 * 10**6)),
    ):
        for n, seconds in rates(shape, sizes):
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{shape.__name__:9} {n:>11,} characters {seconds:7.2f} s CPU {n / seconds:>12,.0f}/s",
                f"{peak:7,.0f} MB peak",
            )
