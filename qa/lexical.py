"""BM25 over the terms of `tokens`: bm25s weighs them at index time, numpy adds them up at query time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

K1, B = 0.9, 0.5
FILES = {name: f"{name}.csc.index.npy" for name in ("data", "indices", "indptr")}
"""The names under which bm25s itself saves these arrays."""


@dataclass(frozen=True, slots=True)
class Postings:
    """The weight of every term in every passage that has it, by columns (terms): bm25s's own arrays."""

    n_passages: int
    data: NDArray[np.float32]
    indices: NDArray[np.int32]
    indptr: NDArray[Any]

    def scores(self, terms: Iterable[int]) -> NDArray[np.float64]:
        """The BM25 score of every passage for these terms (shape: n_passages), each counted once.

        Added up in the order of the term numbers, so that equal queries give equal bits.
        """
        scores = np.zeros(self.n_passages)
        for term in sorted(set(terms)):
            start, end = self.indptr[term], self.indptr[term + 1]
            scores[self.indices[start:end]] += self.data[start:end]
        return scores


def weigh(texts: Sequence[str], tokenise: Callable[[str], list[str]]) -> tuple[dict[str, int], Postings]:
    """Vocabulary and postings of the passages' texts (Lucene's BM25, k1 and b as above)."""
    # bm25s brings scipy: 250 ms that asking need not pay.
    from bm25s import BM25
    from bm25s.tokenization import Tokenized

    vocabulary: dict[str, int] = {}
    ids = [[vocabulary.setdefault(term, len(vocabulary)) for term in tokenise(text)] for text in texts]
    if not vocabulary:
        nothing = np.zeros(0, np.float32), np.zeros(0, np.int32), np.zeros(1, np.int64)
        return vocabulary, Postings(len(texts), *nothing)
    model = BM25(k1=K1, b=B, method="lucene")
    model.index(Tokenized(ids=ids, vocab=vocabulary), create_empty_token=False, show_progress=False)
    return vocabulary, Postings(len(texts), *(np.asarray(model.scores[name]) for name in FILES))


def save(postings: Postings, folder: Path) -> None:
    for name, file in FILES.items():
        np.save(folder / file, getattr(postings, name))


def load(folder: Path, n_passages: int) -> Postings:
    """The postings in a folder, mapped into memory. Raises OSError or ValueError for a damaged file."""
    arrays = (np.load(folder / file, mmap_mode="r") for file in FILES.values())
    return Postings(n_passages, *arrays)
