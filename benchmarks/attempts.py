"""Attempts of many kinds for as long as one likes, counted: tried, survived, lost.

A kind is a function that makes one attempt in an empty folder and yields, for everything tried, "" or what
was lost. What was lost is listed with the seed that does it again.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

Attempt = Callable[[Random, Path], Iterator[str]]
WAIT_S = 20


class Waited(Exception):
    """Something took longer than anything here may."""


@contextmanager
def patience(seconds: int = WAIT_S) -> Iterator[None]:
    """Raise Waited where what is inside takes longer."""

    def give_up(*_: object) -> None:
        raise Waited(f"waited {seconds} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@dataclass(slots=True)
class Count:
    """How often something was tried, and what was lost, with the seed of the attempt."""

    tried: int = 0
    lost: list[str] = field(default_factory=list)


def attempts(kind: Attempt, seconds: float, seed: int = 0, most: int = sys.maxsize) -> Count:
    """Make attempts of a kind for so many seconds, and at most so many, each with the next seed."""
    count, end = Count(), time.monotonic() + seconds
    for number in range(seed, seed + most):
        with tempfile.TemporaryDirectory() as home:
            for said in kind(Random(number), Path(home)):
                count.tried += 1
                if said:
                    count.lost.append(f"seed {number}: {said}")
        if time.monotonic() > end:
            break
    return count


def told(kinds: Mapping[str, Attempt], description: str) -> int:
    """Try the kinds that the command line names, print the table and what was lost; 1 where anything was."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("kinds", nargs="*", choices=[*kinds, []], metavar="KIND", help=", ".join(kinds))
    parser.add_argument("--seconds", type=float, default=60, help="for each kind")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    print(f"{'kind':<10}{'tried':>10}{'survived':>10}{'lost':>8}")
    counts = {}
    for name in chosen.kinds or kinds:
        found = counts[name] = attempts(kinds[name], chosen.seconds, chosen.seed)
        print(
            f"{name:<10}{found.tried:>10,}{found.tried - len(found.lost):>10,}{len(found.lost):>8,}",
            flush=True,
        )
    for name, found in counts.items():
        for said in found.lost[:10]:
            print(f"{name}, {said}")
    return int(any(found.lost for found in counts.values()))
