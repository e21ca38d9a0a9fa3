"""Cost of the embedding model: load time, memory, one query, passages per second on each path.

    python benchmarks/encode.py [passages]

Each path runs in a fresh process; seconds are wall clock and include what is imported.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def _passages(count: int) -> list[str]:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "seeds").glob("*.txt")))
    pieces = [text[at : at + 150] for at in range(0, len(text), 150)]
    return [pieces[i % len(pieces)] for i in range(count)]


def measure(path: str, count: int) -> str:
    """One line of figures for `light` (onnxruntime), `float32` or `bfloat16` (torch)."""
    from qa.models.encoder import BUNDLED, TorchEncoder, load_encoder

    start = time.perf_counter()
    folder = str(ROOT / "embeddings" / BUNDLED)
    encoder = load_encoder() if path == "light" else TorchEncoder(folder, bfloat16=path == "bfloat16")
    loaded = time.perf_counter()
    encoder.encode_queries(["开发区去年的工业总产值是多少？"])
    asked = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    encoder.encode_passages(_passages(count))
    done = time.perf_counter()
    return (
        f"{path:9} load {loaded - start:6.2f} s   first query {1000 * (asked - loaded):6.1f} ms   "
        f"memory {memory:5d} MB   {count / (done - asked):6.1f} passages/s"
    )


def main() -> None:
    count = sys.argv[1] if len(sys.argv) > 1 else "128"
    for path in ("light", "float32", "bfloat16"):
        subprocess.run([sys.executable, __file__, "--one", path, count], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(measure(sys.argv[2], int(sys.argv[3])), flush=True)
    else:
        main()
