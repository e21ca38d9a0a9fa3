"""Characters cleaned per CPU second, and peak memory: python benchmarks/clean.py [--file MB]

Three shapes of text, each at two sizes: a linear cleaner shows the same speed at both. With --file, one
hard-wrapped file of so many megabytes is read to its passages and figures instead.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from qa.documents.clean import clean
from qa.documents.load import load
from qa.figures.extract import extract_all
from qa.prepare import prepare

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


def peak_mb() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def read_file(megabytes: int) -> None:
    """Read a file as `qa index` does, and say what each step took."""
    with tempfile.TemporaryDirectory() as home:
        path = Path(home, "a.txt")
        path.write_text(wrapped(megabytes * 1_000_000 * 10 // 28), "utf-8")  # 2.8 bytes a character
        print(f"{path.stat().st_size / 1e6:.1f} MB; before: {peak_mb():,.0f} MB peak")
        (document,) = load(path).documents
    print(f"load: {peak_mb():,.0f} MB peak", flush=True)
    passages = prepare(document)
    print(f"prepare: {len(passages):,} passages, {peak_mb():,.0f} MB peak", flush=True)
    figures = extract_all(passages, document.text)
    print(f"extract: {len(figures):,} figures, {peak_mb():,.0f} MB peak, {time.process_time():.0f} s CPU")


def main() -> None:
    for shape, sizes in (
        (wrapped, (10**5, 10**6)),
        (damaged, (10**5, 10**6)),
        (one_line, (10**6, 17 * 10**6)),
    ):
        for n, seconds in rates(shape, sizes):
            print(
                f"{shape.__name__:9} {n:>11,} characters {seconds:7.2f} s CPU {n / seconds:>12,.0f}/s",
                f"{peak_mb():7,.0f} MB peak",
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Characters cleaned per CPU second, and peak memory.")
    parser.add_argument("--file", type=int, metavar="MB", help="read one file of this size instead")
    chosen = parser.parse_args()
    read_file(chosen.file) if chosen.file else main()
