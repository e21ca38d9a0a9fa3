"""Records to rows of the SQLite store and back; fields added to a record later come along by themselves.

A row of a record ends in a CRC-32 over it: what an answer shows is what was written, or an error.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

import numpy as np

from qa.chinese.fold import fold
from qa.schema import Document, Figure, Passage, Skipped, Value, When

SCHEMA = """
CREATE TABLE documents (id TEXT PRIMARY KEY, sha256 TEXT, encoding TEXT, pages TEXT, places BLOB,
                        notes TEXT, source BLOB, text BLOB, crc INTEGER);
CREATE TABLE skipped (path BLOB PRIMARY KEY, reason TEXT, sort TEXT) WITHOUT ROWID;
CREATE TABLE passages (row INTEGER PRIMARY KEY, id TEXT, document TEXT, subject TEXT, first INTEGER,
                       last INTEGER, text BLOB, origin BLOB, data TEXT, crc INTEGER);
CREATE TABLE figures (row INTEGER PRIMARY KEY, passage TEXT, document TEXT, subject TEXT, "of" TEXT,
                      metric TEXT, unit TEXT, period TEXT, text TEXT, year INTEGER, number REAL, data TEXT,
                      crc INTEGER);
CREATE TABLE terms (term TEXT PRIMARY KEY, id INTEGER) WITHOUT ROWID;
CREATE TABLE names (name TEXT PRIMARY KEY, kind TEXT, key TEXT) WITHOUT ROWID;
"""
INDEXES = """
CREATE UNIQUE INDEX passages_id ON passages (id);
CREATE INDEX passages_document ON passages (document, subject, first, last, id);
CREATE INDEX figures_passage ON figures (passage);
CREATE INDEX figures_document ON figures (document);
CREATE INDEX figures_said ON figures (subject, "of", metric, period, text, unit, number, document);
CREATE INDEX figures_metric ON figures (metric);
CREATE INDEX figures_period ON figures (period);
CREATE INDEX figures_number ON figures (unit, number);
CREATE INDEX names_key ON names (key, kind);
"""


def pack(text: str) -> bytes:
    """UTF-8; a lone surrogate, which Python allows and SQLite does not, survives."""
    return text.encode("utf-8", "surrogatepass")


def unpack(packed: bytes) -> str:
    return packed.decode("utf-8", "surrogatepass")


def checksum(*columns: str | bytes) -> int:
    """CRC-32 over the columns of a row, one after the other."""
    found = 0
    for column in columns:
        found = zlib.crc32(column if isinstance(column, bytes) else pack(column), found)
    return found


def _check(written: int, *columns: str | bytes) -> None:
    if checksum(*columns) != written:
        raise ValueError("a row is not what was written")


def pack_origin(origin: Sequence[int]) -> bytes:
    """A character map as runs (first value, length): 8 bytes for each place where it jumps."""
    values = np.asarray(origin, dtype="<i4")
    if not len(values):
        return b""
    starts = np.flatnonzero(np.diff(values, prepend=values[0] - 2) != 1)
    lengths = np.diff(np.append(starts, len(values)))
    return np.stack([values[starts], lengths], axis=1).astype("<i4").tobytes()


def unpack_origin(packed: bytes) -> array[int]:
    """The map that `pack_origin` packed.

    >>> unpack_origin(pack_origin([4, 5, -1, 9]))
    array('i', [4, 5, -1, 9])
    """
    runs = np.frombuffer(packed, dtype="<i4").reshape(-1, 2)
    within = np.arange(runs[:, 1].sum()) - np.repeat(runs[:, 1].cumsum() - runs[:, 1], runs[:, 1])
    return array("i", (np.repeat(runs[:, 0], runs[:, 1]) + within).astype(np.intc).tobytes())


def _data(record: object, leave_out: frozenset[str]) -> str:
    found = {f.name: getattr(record, f.name) for f in fields(record) if f.name not in leave_out}  # type: ignore[arg-type]
    return json.dumps(found, default=_plain, separators=(",", ":"))


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    return {f.name: getattr(value, f.name) for f in fields(value)}  # type: ignore[arg-type]


def _load(data: str) -> dict[str, Any]:
    """The fields of a record; its sequences are tuples."""
    return {name: _tuples(value) for name, value in json.loads(data).items()}


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def document_row(document: Document) -> tuple[object, ...]:
    text = zlib.compress(pack(document.text))
    pages, places = json.dumps(document.pages), zlib.compress(json.dumps(document.places).encode())
    notes, source = json.dumps(document.notes), pack(document.source)
    row = document.id, document.sha256, document.encoding, pages, places, notes, source, text
    return *row, checksum(*row)


def to_document(
    id: str,
    sha256: str,
    encoding: str,
    pages: str,
    places: bytes,
    notes: str,
    source: bytes,
    text: bytes,
    crc: int,
) -> Document:
    """The document of a row. Raises ValueError or TypeError for a damaged one, as those below do."""
    _check(crc, id, sha256, encoding, pages, places, notes, source, text)
    found = (_tuples(json.loads(held)) for held in (pages, zlib.decompress(places), notes))
    starts, named, said = found
    return Document(id, unpack(zlib.decompress(text)), sha256, encoding, starts, unpack(source), named, said)


_PASSAGE_COLUMNS = frozenset({"text", "origin"})


def passage_row(row: int, passage: Passage) -> tuple[object, ...]:
    """`first` and `last` are the days between which its article is dated, the subject is folded."""
    columns = pack(passage.text), pack_origin(passage.origin), _data(passage, _PASSAGE_COLUMNS)
    days = span(passage.date) or (None, None)
    return row, passage.id, passage.document, fold(passage.subject), *days, *columns, checksum(*columns)


def to_passage(text: bytes, origin: bytes, data: str, crc: int) -> Passage:
    _check(crc, text, origin, data)
    found = _load(data)
    date = found.pop("date")
    return Passage(
        **found,
        text=unpack(text),
        origin=unpack_origin(origin),
        date=When(**date) if date else None,
    )


def span(when: When | None) -> tuple[int, int] | None:
    """The first and the last day that a date may mean, as numbers; None without a year.

    >>> span(When("2019年7月", 0, 7, 2019, 7)), span(When("7月3日", 0, 4, None, 7, 3))
    ((20190701, 20190731), None)
    """
    if when is None or when.year is None:
        return None
    year, month, day = when.year * 10_000, when.month, when.day
    return year + (month or 1) * 100 + (day or 1), year + (month or 12) * 100 + (day or 31)


def skipped_row(skipped: Skipped) -> tuple[object, ...]:
    return pack(skipped.path), skipped.reason, skipped.sort


def figure_row(row: int, figure: Figure) -> tuple[object, ...]:
    """Names are folded in the columns that are searched, as written in the record."""
    said = (figure.subject, figure.of, figure.metric, figure.unit, figure.period, figure.text)
    number, data = float(figure.number), _data(figure, frozenset())
    return row, figure.passage, figure.document, *map(fold, said), figure.year, number, data, checksum(data)


def to_figure(data: str, crc: int) -> Figure:
    _check(crc, data)
    found = _load(data)
    value, upper = found["value"], found["upper"]
    found["value"] = Value(Decimal(value["number"]), value["unit"])
    found["number"], found["upper"] = Decimal(found["number"]), None if upper is None else Decimal(upper)
    return Figure(**found)
