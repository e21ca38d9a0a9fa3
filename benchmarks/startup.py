"""What a fresh process costs: `qa --help` and `qa ask` on the seed index, wall time and peak memory.

    python benchmarks/startup.py [--index seeds.index] [--rounds 9]

Targets: --help at most 0.25 s; ask at most 1.2 s and 350 MB. Medians over the rounds, warm disk.
Beside them stands what every Python process pays.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

QUESTION = "今年启动的18个安置小区总投资约多少？"


def measure(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak resident megabytes of one run."""
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(command)} exited with {child.returncode}")
    per_megabyte = 1024**2 if sys.platform == "darwin" else 1024
    return seconds, usage.ru_maxrss / per_megabyte


def main() -> None:
    parser = argparse.ArgumentParser(description="Start-up time and memory of the command line.")
    parser.add_argument("--index", type=Path, default=Path("seeds.index"))
    parser.add_argument("--rounds", type=int, default=9)
    chosen = parser.parse_args()
    qa = [sys.executable, "-m", "qa"]
    if not chosen.index.exists():
        subprocess.run([*qa, "index", "seeds", "--index", str(chosen.index)], check=True)
    runs = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "qa --help": [*qa, "--help"],
        "qa ask": [*qa, "ask", QUESTION, "--index", str(chosen.index)],
        "qa search": [*qa, "search", QUESTION, "--index", str(chosen.index)],
        "qa figures": [*qa, "figures", "--index", str(chosen.index)],
    }
    print(f"{'command':<16}{'median s':>10}{'best s':>10}{'peak MB':>10}")
    for name, command in runs.items():
        measure(command)
        seconds, megabytes = zip(*(measure(command) for _ in range(chosen.rounds)), strict=True)
        middle, best, peak = statistics.median(seconds), min(seconds), max(megabytes)
        print(f"{name:<16}{middle:>10.3f}{best:>10.3f}{peak:>10.0f}")


if __name__ == "__main__":
    main()
