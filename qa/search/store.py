"""An index opened for reading: passages, documents and figures on demand, scores by row.

Rows number the passages from 0 in the order they were written. The same class serves an
index folder and one in memory. See `index` for how a folder is written.
"""

from __future__ import annotations

import json
import re
import sqlite3
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.chinese.fold import fold
from qa.errors import StoreError
from qa.schema import Document, Figure, Held, Passage, Skipped
from qa.search.folder import ROWS, VECTORS, Meta, damaged
from qa.search.gazetteer import Gazetteer
from qa.search.lexical import FILES, Postings
from qa.search.rows import to_document, to_figure, to_passage, unpack

_BATCH = 500
_LINE_END = re.compile(r"\r\n|\n|\r")
_DAMAGE = (sqlite3.Error, zlib.error, ArithmeticError, LookupError, RuntimeError, TypeError, ValueError)
"""What reading damaged rows and arrays raises, the checks of `rows` among it."""


def _place(f: Figure) -> tuple[str, int]:
    return f.document, f.start


def _whole(value: object) -> object:
    """A value that SQLite takes: a half of a pair, which no row holds, becomes a mark that says so."""
    if not isinstance(value, str):
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class Store:
    """An open index. Close it, or use it in a `with`, where many are opened."""

    def __init__(
        self, meta: Meta, rows: sqlite3.Connection, postings: Postings, vectors: Any, folder: Path | None
    ) -> None:
        self.meta, self.folder, self.postings = meta, folder, postings
        self._rows, self._vectors, self._closed = rows, vectors, False
        rows.create_function("fold", 1, fold, deterministic=True)
        self.names = Gazetteer(self._select)

    def __len__(self) -> int:
        return self.meta.counts["passages"]

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files; whatever is asked for after that is a StoreError."""
        self._closed = True
        self._rows.close()

    @contextmanager
    def _reading(self, file: str = ROWS) -> Iterator[None]:
        """Damage that comes to light while a file is read is a StoreError, and so is a closed index."""
        self._check_open()
        try:
            yield
        except _DAMAGE as error:
            self._check_open()  # another thread may have closed it meanwhile
            what = str(error).splitlines() or [type(error).__name__]
            raise StoreError(damaged(self.folder, file, what[0][:80])) from error

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError("The index is closed. Open it again: qa.open")

    def _select(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._reading():
            return self._rows.execute(query, [_whole(value) for value in values]).fetchall()

    def _in(
        self, query: str, values: Sequence[object], before: Sequence[object] = ()
    ) -> Iterator[tuple[Any, ...]]:
        """Rows of a query that ends in IN, for any number of values; `before` fills what stands before."""
        for start in range(0, len(values), _BATCH):
            batch = values[start : start + _BATCH]
            yield from self._select(f"{query} ({','.join('?' * len(batch))})", [*before, *batch])

    def all_passages(self) -> Iterator[Passage]:
        """Every passage in order of rows, a few hundred at a time in memory."""
        for start in range(0, len(self), _BATCH):
            yield from self.passages(range(start, min(start + _BATCH, len(self))))

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages of these rows, in their order. Raises KeyError for a row beyond the last."""
        wanted = [int(row) for row in rows]
        if beyond := [row for row in wanted if not 0 <= row < len(self)]:
            raise KeyError(beyond[0])
        query = "SELECT row, text, origin, data, crc FROM passages WHERE row IN"
        found = {row: columns for row, *columns in self._in(query, wanted)}
        with self._reading():
            return [to_passage(*found[row]) for row in wanted]

    def passage(self, row: int) -> Passage:
        return self.passages([row])[0]

    def ids(self, rows: Sequence[int]) -> list[str]:
        """Passage ids of these rows, without loading the passages."""
        found = dict(self._in("SELECT row, id FROM passages WHERE row IN", [int(row) for row in rows]))
        with self._reading():
            return [found[int(row)] for row in rows]

    def rows(self, passages: Sequence[str]) -> dict[str, int]:
        """The rows of passage ids; an unknown id is left out."""
        return dict(self._in("SELECT id, row FROM passages WHERE id IN", passages))

    def rows_of(self, document: str) -> list[int]:
        """The rows of a document's passages, in order."""
        query = "SELECT row FROM passages WHERE document = ? ORDER BY row"
        return [row for (row,) in self._select(query, [document])]

    def rows_where(self, condition: str, values: Sequence[object]) -> list[int]:
        """The rows of passages for which an SQL condition holds (see `scope.condition`), in order."""
        return sorted(row for (row,) in self._select(f"SELECT row FROM passages WHERE {condition}", values))

    def subjects(self) -> list[str]:
        """What passages are about, folded, the most frequent first."""
        query = "SELECT subject FROM passages WHERE subject != '' GROUP BY subject ORDER BY count(*) DESC, 1"
        return [subject for (subject,) in self._select(query)]

    def dated(self) -> tuple[int, int, int]:
        """The first and the last day of all dates (as 20190703), and how many passages have one."""
        ((first, last, n),) = self._select("SELECT min(first), max(last), count(first) FROM passages")
        return first or 0, last or 0, n

    def document(self, id: str) -> Document:
        """A document with its original text. Raises KeyError for an unknown id."""
        columns = "id, sha256, encoding, pages, places, notes, source, text, crc"
        query = f"SELECT {columns} FROM documents WHERE id = ?"
        for row in self._select(query, [id]):
            with self._reading():
                return to_document(*row)
        raise KeyError(id)

    def sources(self) -> dict[str, tuple[str, str]]:
        """Every document's SHA-256 and encoding, by id, without the texts."""
        rows = self._select("SELECT id, sha256, encoding FROM documents ORDER BY id")
        return {id: (sha256, encoding) for id, sha256, encoding in rows}

    def files(self) -> dict[str, Held]:
        """What is known of every document that came from a file, by the file's absolute path."""
        rows = self._select("SELECT source, id, sha256, encoding FROM documents ORDER BY id")
        with self._reading():
            return {unpack(source): Held(*known) for source, *known in rows if source}

    def notes(self) -> dict[str, tuple[str, ...]]:
        """What documents lack, by their ids, of those that lack something."""
        rows = self._select("SELECT id, notes FROM documents WHERE notes != '[]' ORDER BY id")
        with self._reading():
            return {id: tuple(json.loads(notes)) for id, notes in rows}

    def skipped(self) -> tuple[Skipped, ...]:
        """What gave no document below the paths given, in order of the paths."""
        rows = self._select("SELECT path, reason, sort FROM skipped ORDER BY path")
        with self._reading():
            return tuple(Skipped(unpack(path), *why) for path, *why in rows)

    def figures(
        self,
        *,
        passages: Sequence[str] | None = None,
        document: str | None = None,
        subject: str | None = None,
        metric: str | None = None,
        unit: str | None = None,
        period: str | None = None,
        year: int | None = None,
        low: float | None = None,
        high: float | None = None,
    ) -> list[Figure]:
        """Figures with all of these properties (names compared folded), in document order.

        `passages` are passage ids; `unit`, `low` and `high` are in the base unit.
        """
        named = {"subject": subject, "metric": metric, "unit": unit, "period": period}
        parts: list[tuple[str, object]] = []
        parts += [(f"{name} = ?", fold(value)) for name, value in named.items() if value is not None]
        plain = {"document = ?": document, "year = ?": year, "number >= ?": low, "number <= ?": high}
        parts += [(test, value) for test, value in plain.items() if value is not None]
        query = (
            f"SELECT row, data, crc FROM figures WHERE {' AND '.join([test for test, _ in parts] or ['1'])}"
        )
        values = [value for _, value in parts]
        if passages is None:
            found = self._select(query, values)
        else:
            found = list(self._in(f"{query} AND passage IN", list(dict.fromkeys(passages)), values))
        with self._reading():
            return [to_figure(*columns) for _, *columns in sorted(found)]

    def figures_where(self, condition: str, values: Sequence[object]) -> list[Figure]:
        """Figures for which an SQL condition holds (see `table.where`), in document order.

        The condition is tried on an index that holds all columns it may name, so that the
        records of the others are never read.
        """
        matching = f"SELECT row FROM figures WHERE {condition}"
        found = self._select(f"SELECT data, crc FROM figures WHERE row IN ({matching}) ORDER BY row", values)
        with self._reading():
            return [to_figure(*columns) for columns in found]

    def located(self, figures: Sequence[Figure]) -> list[tuple[int, str]]:
        """The line of each figure (from 1), and the sentence it stands in, as it was read."""
        found: dict[Figure, tuple[int, str]] = {}
        for document, group in groupby(sorted(figures, key=_place), key=lambda f: f.document):
            of = list(group)
            ends = [m.end() for m in _LINE_END.finditer(self.document(document).text)]
            rows = self.rows(list(dict.fromkeys(f.passage for f in of)))
            passages = {p.id: p for p in self.passages(list(rows.values()))}
            for f in of:
                p = passages[f.passage]
                ranges = (r for r in p.sentences if r[0] <= f.clean_start < r[1])
                sentence = p.text[slice(*next(ranges, (0, len(p.text))))]
                found[f] = bisect_right(ends, f.start) + 1, " ".join(sentence.split())
        return [found[f] for f in figures]

    def terms(self, terms: Sequence[str]) -> dict[str, int]:
        """The numbers of the terms that occur in the index."""
        return dict(self._in("SELECT term, id FROM terms WHERE term IN", terms))

    def frequency(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each of these terms occurs (those that occur in none are left out)."""
        return {term: len(rows) for term, rows in self.rows_with(terms).items()}

    def rows_with(self, terms: Sequence[str]) -> dict[str, NDArray[np.int32]]:
        """The rows that have each of these terms (those that occur in none are left out)."""
        starts, numbers = self.postings.indptr, self.terms(terms)
        with self._reading(FILES["indptr"]):
            return {term: self.postings.indices[starts[n] : starts[n + 1]] for term, n in numbers.items()}

    def bm25(self, terms: Sequence[str]) -> NDArray[np.float64]:
        """The BM25 score of every row for these terms; a repeated term counts once."""
        numbers = self.terms(list(dict.fromkeys(terms))).values()
        with self._reading(FILES["indices"]):
            return self.postings.scores(numbers)

    def nearest(self, query: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows and cosines of the k passages nearest to a query vector (shape: dimension), exact."""
        with self._reading(VECTORS):
            cosines, rows = self._vectors.search(query.reshape(1, -1), min(k, len(self)))
            if rows.min() < 0 or not np.isfinite(cosines).all():
                raise ValueError("vectors that are no numbers")
        return rows[0], cosines[0]

    def vectors(self, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """The vectors of these rows (shape: rows, dimension), as they were written."""
        with self._reading(VECTORS):
            found: NDArray[np.float32] = self._vectors.reconstruct_batch(np.asarray(rows, dtype=np.int64))
            if not np.isfinite(found).all():
                raise ValueError("vectors that are no numbers")
        return found
