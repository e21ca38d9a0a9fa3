"""Index folders: written as a new generation, switched to in one step, checked when opened.

    meta.json        what made the index and which generation is the present one
    g000001/         store.sqlite, vectors.faiss, and bm25s's arrays
    calibration.json a user's own, if there is one (see `answer.confidence`)

A kill at any moment leaves meta.json pointing to a whole generation: the new one is written
under another name, forced to the disk, and only then named by replacing meta.json.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelError, StoreError
from qa.schema import Document, Figure, Passage
from qa.search import lexical
from qa.search.gazetteer import collect
from qa.search.lexical import TOKENISER, tokens
from qa.search.rows import INDEXES, SCHEMA, document_row, figure_row, passage_row
from qa.search.store import FORMAT, Meta, Store, damaged

POINTER = "meta.json"
SMALL = 1 << 20
"""Files up to this size are checked by their hash at every start (2 ms); larger ones by their size."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into an index. `vectors` and `texts` (what BM25 sees) go with `passages`, row by row."""

    documents: Sequence[Document]
    passages: Sequence[Passage]
    texts: Sequence[str]
    vectors: NDArray[np.float32]
    figures: Sequence[Figure] = ()
    roots: Sequence[str] = ()
    forced: str | None = None
    splitter: str = ""


def _meta(contents: Contents, model: str, fingerprint: str, generation: str, terms: int) -> Meta:
    from qa.version import __version__

    n, dimension = contents.vectors.shape
    if n != len(contents.passages) or n != len(contents.texts):
        raise ValueError(f"{len(contents.passages)} passages, {len(contents.texts)} texts, {n} vectors")
    if not n:
        raise StoreError("The documents hold no text to index. Name others: qa index DOCS")
    kinds = ("documents", "passages", "figures")
    counts = {kind: len(getattr(contents, kind)) for kind in kinds} | {"terms": terms}
    made_by, roots = f"yinju {__version__}", tuple(os.path.abspath(root) for root in contents.roots)
    return Meta(
        FORMAT, made_by, generation, model, fingerprint, dimension, TOKENISER, contents.splitter, roots,
        contents.forced, counts,
    )  # fmt: skip


def _fill(rows: sqlite3.Connection, contents: Contents, vocabulary: Mapping[str, int]) -> None:
    rows.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + SCHEMA)
    rows.executemany("INSERT INTO documents VALUES (?,?,?,?,?)", map(document_row, contents.documents))
    passages = (passage_row(row, passage) for row, passage in enumerate(contents.passages))
    rows.executemany("INSERT INTO passages VALUES (?,?,?,?,?,?)", passages)
    figures = (figure_row(row, figure) for row, figure in enumerate(contents.figures))
    rows.executemany("INSERT INTO figures VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", figures)
    rows.executemany("INSERT INTO terms VALUES (?,?)", sorted(vocabulary.items()))
    names = sorted((name, *entry) for name, entry in collect(contents.passages).items())
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


@contextmanager
def lock(folder: Path) -> Iterator[Path]:
    """Make the folder and hold it for writing; a second process that tries gets a StoreError.

    The system frees the lock when a process ends, however it ends.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / ".lock").open("ab")
    except OSError as error:
        raise StoreError(_unwritable(folder, error)) from error
    with file:
        try:
            _lock_file(file.fileno())
        except OSError as error:
            text = f"'{folder}' is being indexed by another process. Wait for it to finish."
            raise StoreError(text) from error
        yield folder


def _lock_file(handle: int) -> None:
    """Lock an open file or raise OSError at once."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _unwritable(folder: Path, error: object) -> str:
    reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return f"The index in '{folder}' cannot be written ({reason}). Make room, or name another: --index DIR"


def write(folder: Path, contents: Contents, model: str, fingerprint: str) -> None:
    """Replace the index in a folder, which the caller holds with `lock`.

    The old index stays until the new one is on the disk. Raises StoreError where
    it cannot be written (full or read-only disk); the old index is then as it was.
    """
    _refuse_foreign(folder)
    vocabulary, postings = lexical.weigh(contents.texts, tokens)
    scratch = folder / ".new"
    try:
        meta = _meta(contents, model, fingerprint, _next_generation(folder), len(vocabulary))
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        _write_files(scratch, contents, vocabulary, postings)
        meta = replace(meta, files={path.name: _stamp(path) for path in sorted(scratch.iterdir())})
        scratch.rename(folder / meta.generation)
        _point(folder, meta)
    except (OSError, sqlite3.Error, RuntimeError) as error:
        shutil.rmtree(scratch, ignore_errors=True)
        raise StoreError(_unwritable(folder, error)) from error
    for old in _generations(folder).values():
        if old.name != meta.generation:
            shutil.rmtree(old, ignore_errors=True)


def _refuse_foreign(folder: Path) -> None:
    """Raise StoreError for a folder with a meta.json that no index of ours left."""
    try:
        ours = "generation" in json.loads((folder / POINTER).read_text("utf-8"))
    except (OSError, ValueError, TypeError):
        ours = True
    if not ours:
        raise StoreError(f"'{folder}' holds a {POINTER} of something else. Name another folder: --index DIR")


def _generations(folder: Path) -> dict[int, Path]:
    return {int(path.name[1:]): path for path in folder.glob("g*") if re.fullmatch(r"g\d{6,}", path.name)}


def _next_generation(folder: Path) -> str:
    """A name above all that lie in the folder, those of killed runs too."""
    return f"g{max(_generations(folder), default=0) + 1:06d}"


def _write_files(
    folder: Path, contents: Contents, vocabulary: Mapping[str, int], postings: lexical.Postings
) -> None:
    import faiss

    rows = sqlite3.connect(folder / "store.sqlite")
    try:
        _fill(rows, contents, vocabulary)
    finally:
        rows.close()
    lexical.save(postings, folder)
    faiss.write_index(_flat(contents.vectors), str(folder / "vectors.faiss"))


def _stamp(path: Path) -> dict[str, Any]:
    """Size and SHA-256 of a file, which is forced to the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"size": path.stat().st_size, "sha256": digest}


def _point(folder: Path, meta: Meta) -> None:
    _sync_folder(folder / meta.generation)
    _sync_folder(folder)
    _replace(folder / POINTER, json.dumps(asdict(meta), ensure_ascii=False, indent=1))


def _replace(path: Path, text: str) -> None:
    """Write a file so that at any moment the old one or the new one is there, whole."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    _sync_folder(path.parent)


def put_beside(folder: Path, name: str, text: str | None) -> None:
    """Write (None: remove) a file of an index that belongs to no generation, and so outlives them.

    Raises StoreError where another process writes the index, or the disk says no.
    """
    with lock(folder):
        try:
            if text is None:
                (folder / name).unlink(missing_ok=True)
            else:
                _replace(folder / name, text)
        except OSError as error:
            raise StoreError(_unwritable(folder, error)) from error


def _sync_folder(folder: Path) -> None:
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read_meta(folder: Path) -> Meta:
    """What made the index in a folder. Raises StoreError: none there, damaged, or of another version."""
    path = folder / POINTER
    try:
        found = json.loads(path.read_text("utf-8"))
        if (found["format"], found["tokeniser"]) != (FORMAT, TOKENISER):
            made = f"made by {found['created_by']} (format {found['format']}, terms {found['tokeniser']!r})"
            text = f"The index in '{folder}' was {made}; this is format {FORMAT}, terms {TOKENISER!r}."
            raise StoreError(f"{text} Build it again: qa index DOCS --index {folder}")
        return Meta(**found | {"roots": tuple(found["roots"])})
    except FileNotFoundError:
        text = f"No index in '{folder}' ({POINTER} not found). Build one: qa index DOCS --index {folder}"
        raise StoreError(text) from None
    except OSError as error:
        text = f"'{path}' cannot be read ({error.strerror}). Check the path and its permissions."
        raise StoreError(text) from error
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(damaged(folder, POINTER, "not what was written")) from error


def open_store(folder: Path) -> Store:
    """Open an index folder. Raises StoreError, naming file and remedy, for one that is not whole."""
    meta = read_meta(folder)
    try:
        return _open(folder, meta)
    except StoreError:
        # Another process may have switched generations since meta.json was read.
        if (again := read_meta(folder)).generation == meta.generation:
            raise
        return _open(folder, again)


def _open(folder: Path, meta: Meta) -> Store:
    inside = folder / meta.generation
    for problem in check_files(inside, meta, whole=False):
        raise StoreError(damaged(folder, *problem))
    file = "store.sqlite"
    try:
        uri = f"{(inside / file).absolute().as_uri()}?mode=ro&immutable=1"
        rows = sqlite3.connect(uri, uri=True, check_same_thread=False)
        rows.execute("SELECT count(*) FROM documents").fetchone()
        file = lexical.FILES["data"]
        postings = lexical.load(inside, meta.counts["passages"])
        file = "vectors.faiss"
        vectors = _read_vectors(inside / file, meta)
    except (OSError, ValueError, RuntimeError, sqlite3.Error) as error:
        raise StoreError(damaged(folder, file, str(error).splitlines()[0][:80])) from error
    return Store(meta, rows, postings, vectors, folder)


def _read_vectors(path: Path, meta: Meta) -> Any:
    import faiss

    # Mapped where this version can (4 ms instead of 70 for 50,000 passages).
    vectors = faiss.read_index(str(path), getattr(faiss, "IO_FLAG_MMAP_IFC", 0))
    if (vectors.ntotal, vectors.d) != (meta.counts["passages"], meta.dimension):
        raise ValueError(f"{vectors.ntotal} vectors of {vectors.d} dimensions")
    return vectors


def check_files(folder: Path, meta: Meta, whole: bool) -> Iterator[tuple[str, str]]:
    """Files that are not as written, with what is wrong; `whole` hashes the large ones too."""
    for name, stamp in meta.files.items():
        try:
            size = (folder / name).stat().st_size
            if size != stamp["size"]:
                yield name, f"{size} bytes instead of {stamp['size']}"
            elif whole or size <= SMALL:
                with (folder / name).open("rb") as file:
                    if hashlib.file_digest(file, "sha256").hexdigest() != stamp["sha256"]:
                        yield name, "other content than was written"
        except OSError as error:
            yield name, error.strerror or "cannot be read"


def check_model(store: Store, name: str, fingerprint: str, dimension: int) -> None:
    """Raise ModelError unless the index was made by this very model."""
    meta = store.meta
    if (meta.fingerprint, meta.dimension) != (fingerprint, dimension):
        here = f"'{name}' ({dimension} dimensions, {fingerprint[:12]})"
        there = f"'{meta.model}' ({meta.dimension} dimensions, {meta.fingerprint[:12]})"
        text = f"The index was made with the model {there}, not {here}."
        raise ModelError(f"{text} Name that one with --model, or index again.")


def previous(folder: Path, fingerprint: str, splitter: str) -> Store | None:
    """The index in a folder if passages and vectors of unchanged documents can be taken from it."""
    try:
        store = open_store(folder)
    except StoreError:
        return None
    from qa.version import __version__

    made_by = store.meta.created_by, store.meta.fingerprint, store.meta.splitter
    if made_by == (f"yinju {__version__}", fingerprint, splitter):
        return store
    store.close()
    return None
