"""Seconds for a megabyte of one character, pair or line over and over: python benchmarks/long_texts.py [SIZE]

Each goes through cleaning, articles, passages, names and figures. The slowest come last.
"""

from __future__ import annotations

import sys
import time
from itertools import combinations

from qa.figures.extract import extract_all
from qa.prepare import prepare
from qa.schema import Document

CHARACTERS = '1a中 ，。（“\n的区一年亿元第月.-("|#：该公司'
LINES = ("张三丰\n", "岳阳经开区\n", "## 第1节\n", "图为现场\n\n", "投资3亿元，", "| 甲区 | 3 | 5亿元 |\n")


def seconds(unit: str, size: int) -> tuple[float, int, int]:
    """CPU seconds, passages and figures of a text of `size` characters that is `unit` over and over."""
    text = unit * (size // len(unit))
    start = time.process_time()
    passages = prepare(Document("d", text, "", "utf-8"))
    figures = extract_all(passages, text)
    return time.process_time() - start, len(passages), len(figures)


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 10**6
    units = [*CHARACTERS, *map("".join, combinations(CHARACTERS, 2)), *LINES]
    found = sorted((*seconds(unit, size), unit) for unit in units)
    for took, passages, figures, unit in found:
        print(f"{took:7.2f} s {passages:>7,} passages {figures:>7,} figures  {unit!r}")
