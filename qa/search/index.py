"""What an index is made of, how it is filled and written (see `folder`), and how it is opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelError, StoreError
from qa.schema import Document, Figure, Passage, Root, Skipped
from qa.search import lexical
from qa.search.folder import (
    COUNTS,
    FORMAT,
    ROWS,
    VECTORS,
    Meta,
    damaged,
    delete_generation,
    named_generation,
    new_generation,
    problems,
    read_meta,
    stamps,
    switch,
    unwritable,
)
from qa.search.gazetteer import collect_names
from qa.search.lexical import TOKENISER, tokens
from qa.search.rows import INDEXES, SCHEMA, document_row, figure_row, passage_row, skipped_row
from qa.search.store import Store


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into an index. `vectors` and `texts` (what BM25 sees) go with `passages`, row by row."""

    documents: Sequence[Document]
    passages: Sequence[Passage]
    texts: Sequence[str]
    vectors: NDArray[np.float32]
    figures: Sequence[Figure] = ()
    roots: Sequence[Root] = ()
    skipped: Sequence[Skipped] = ()
    splitter: str = ""


def _meta(contents: Contents, model: str, fingerprint: str, generation: str, terms: int) -> Meta:
    from qa.version import __version__

    n, dimension = contents.vectors.shape
    if n != len(contents.passages) or n != len(contents.texts):
        raise ValueError(f"{len(contents.passages)} passages, {len(contents.texts)} texts, {n} vectors")
    if not n:
        raise StoreError("The documents hold no text to index. Name others: qa index DOCS")
    counts = {kind: len(getattr(contents, kind)) for kind in COUNTS[:-1]} | {COUNTS[-1]: terms}
    made_by, what = f"yinju {__version__}", (contents.splitter, tuple(contents.roots), counts)
    return Meta(FORMAT, made_by, generation, model, fingerprint, dimension, TOKENISER, *what)


def _fill(rows: sqlite3.Connection, contents: Contents, vocabulary: Mapping[str, int]) -> None:
    rows.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + SCHEMA)
    documents = map(document_row, contents.documents)
    rows.executemany("INSERT INTO documents VALUES (?,?,?,?,?,?,?,?,?)", documents)
    rows.executemany("INSERT INTO skipped VALUES (?,?,?)", map(skipped_row, contents.skipped))
    passages = (passage_row(row, passage) for row, passage in enumerate(contents.passages))
    rows.executemany("INSERT INTO passages VALUES (?,?,?,?,?,?,?,?,?,?)", passages)
    figures = (figure_row(row, figure) for row, figure in enumerate(contents.figures))
    rows.executemany("INSERT INTO figures VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", figures)
    rows.executemany("INSERT INTO terms VALUES (?,?)", sorted(vocabulary.items()))
    names = sorted((name, *entry) for name, entry in collect_names(contents.passages).items())
    rows.executemany("INSERT INTO names VALUES (?,?,?)", names)
    rows.executescript(INDEXES)


def _flat(vectors: NDArray[np.float32]) -> Any:
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    return index


def in_memory(contents: Contents, model: str, fingerprint: str) -> Store:
    """An index that is written nowhere, with the same answers as one in a folder."""
    vocabulary, postings = lexical.weigh(contents.texts, tokens)
    rows = sqlite3.connect(":memory:", check_same_thread=False)
    _fill(rows, contents, vocabulary)
    meta = _meta(contents, model, fingerprint, "", len(vocabulary))
    return Store(meta, rows, postings, _flat(contents.vectors), None)


def write(folder: Path, contents: Contents, model: str, fingerprint: str) -> None:
    """Replace the index in a folder, which the caller holds with `lock`.

    The old index stays until the new one is on the disk. Raises StoreError where
    it cannot be written (full or read-only disk); the old index is then as it was.
    """
    vocabulary, postings = lexical.weigh(contents.texts, tokens)
    meta = _meta(contents, model, fingerprint, "", len(vocabulary))
    fresh = None
    try:
        fresh = new_generation(folder)
        _write_files(fresh, contents, vocabulary, postings)
        switch(folder, replace(meta, generation=fresh.name, files=stamps(fresh)))
    except (OSError, sqlite3.Error, RuntimeError) as error:
        if fresh is not None and named_generation(folder) != fresh.name:
            delete_generation(fresh)
        raise StoreError(unwritable(folder, error)) from error


def _write_files(
    folder: Path, contents: Contents, vocabulary: Mapping[str, int], postings: lexical.Postings
) -> None:
    import faiss

    rows = sqlite3.connect(folder / ROWS)
    try:
        _fill(rows, contents, vocabulary)
    finally:
        rows.close()
    lexical.save(postings, folder)
    faiss.write_index(_flat(contents.vectors), str(folder / VECTORS))


def open_store(folder: Path) -> Store:
    """Open an index folder. Raises StoreError, naming file and remedy, for one that is not whole."""
    meta = read_meta(folder)
    while True:
        try:
            return _open(folder, meta)
        except StoreError:
            # Another process may have switched generations since meta.json was read, and again since then.
            if (again := read_meta(folder)) == meta:
                raise
            meta = again


def _open(folder: Path, meta: Meta) -> Store:
    for problem in problems(folder, meta):
        raise StoreError(damaged(folder, *problem))
    inside, file = folder / meta.generation, lexical.FILES["data"]
    try:
        postings = lexical.load(inside, meta.counts["passages"], meta.counts["terms"])
        file = VECTORS
        vectors = _read_vectors(inside / VECTORS, meta)
        file = ROWS
        uri = f"{(inside / ROWS).absolute().as_uri()}?mode=ro&immutable=1"
        rows = sqlite3.connect(uri, uri=True, check_same_thread=False)
        # SQLite opens the file at the first query only, when another process may have deleted it.
        rows.execute("SELECT count(*) FROM documents").fetchone()
    except (OSError, ValueError, RuntimeError, sqlite3.Error) as error:
        raise StoreError(damaged(folder, file, str(error).splitlines()[0][:80])) from error
    return Store(meta, rows, postings, vectors, folder)


def _read_vectors(path: Path, meta: Meta) -> Any:
    import faiss

    # Mapped where this version can (4 ms instead of 70 for 50,000 passages).
    vectors = faiss.read_index(str(path), getattr(faiss, "IO_FLAG_MMAP_IFC", 0))
    if (vectors.ntotal, vectors.d) != (meta.counts["passages"], meta.dimension):
        raise ValueError(f"{vectors.ntotal} vectors of {vectors.d} dimensions")
    if not isinstance(vectors, faiss.IndexFlat) or vectors.metric_type != faiss.METRIC_INNER_PRODUCT:
        raise ValueError("vectors of another kind")
    return vectors


def check_model(store: Store, name: str, fingerprint: str, dimension: int) -> None:
    """Raise ModelError unless the index was made by this very model."""
    meta = store.meta
    if (meta.fingerprint, meta.dimension) != (fingerprint, dimension):
        here = f"'{name}' ({dimension} dimensions, {fingerprint[:12]})"
        there = f"'{meta.model}' ({meta.dimension} dimensions, {meta.fingerprint[:12]})"
        text = f"The index was made with the model {there}, not {here}."
        raise ModelError(f"{text} Name that one with --model, or index again.")


def open_whole(folder: Path) -> Store:
    """Open an index folder of which every byte was checked. Raises StoreError.

    Damage that a look at samples passes over must not get into the next index.
    """
    store = open_store(folder)
    for problem in problems(folder, store.meta, whole=True):
        store.close()
        raise StoreError(damaged(folder, *problem))
    return store


def reusable(store: Store, fingerprint: str, splitter: str) -> bool:
    """Whether passages and vectors of unchanged documents can be taken from an index."""
    from qa.version import __version__

    made_by = store.meta.created_by, store.meta.fingerprint, store.meta.splitter
    return made_by == (f"yinju {__version__}", fingerprint, splitter)
