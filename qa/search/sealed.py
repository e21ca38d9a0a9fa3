"""Files that show whether they are what was written.

JSON carries a SHA-256 over the rest of it. Of any other file a `Stamp` is kept elsewhere: its size, the time
of its last change, and CRC-32s, which find damage four times as fast as SHA-256 (3 GB/s). Against one who
forges an index neither would help: nothing in it is secret.
"""

from __future__ import annotations

import json
import os
import stat
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

BLOCK = 1 << 14
SAMPLED = 1 << 18
"""Bytes of a file that every opening reads: the whole of it, or blocks spread over it (0.2 ms)."""
LARGEST = 1 << 26
"""Bytes of the longest JSON that is read; that of an index of 100,000 files given one by one has 20 MB."""


def digest(record: Mapping[str, Any]) -> str:
    """SHA-256 of a record of plain values, whatever the order of its keys."""
    return sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def seal(record: Mapping[str, Any]) -> str:
    """The record as JSON in ASCII, which a lone surrogate in a file name survives, with its digest."""
    return json.dumps({**record, "sha256": digest(record)}, indent=1) + "\n"


def unseal(text: bytes) -> dict[str, Any]:
    """The record that was sealed. Raises ValueError where it is anything else."""
    found = load_object(text)
    if found.pop("sha256", None) != digest(found):
        raise ValueError("other content than was written")
    return found


def load_object(text: bytes) -> dict[str, Any]:
    """The object of a JSON text. Raises ValueError where it is none."""
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError("brackets in brackets without end") from None
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file to read; no link, pipe or device is followed or waited for.

    Raises ValueError for one of those, else OSError.
    """
    if not stat.S_ISREG(path.lstat().st_mode):
        raise ValueError("a link, a folder or a device, no regular file")
    flags = (getattr(os, name, 0) for name in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK"))
    return os.fdopen(os.open(path, os.O_RDONLY | sum(flags)), "rb")


def read_regular(path: Path) -> bytes:
    """The bytes of a regular file. Raises ValueError for another or one over LARGEST, and OSError."""
    with open_regular(path) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(f"over {LARGEST} bytes")
    return content


@dataclass(frozen=True, slots=True)
class Stamp:
    """A file as it was written: bytes, nanoseconds of its last change, CRC-32 of all and of a sample."""

    size: int
    modified: int
    crc: int
    sample: int


def stamp(path: Path) -> Stamp:
    """The stamp of a file. Raises OSError."""
    with path.open("rb") as file:
        state = os.fstat(file.fileno())
        return Stamp(state.st_size, state.st_mtime_ns, _crc(file), _crc_of_sample(file, state.st_size))


def difference(path: Path, written: Stamp, whole: bool = False) -> str:
    """What is not as it was written, in a few words; "" where all is well.

    A large file that nobody has touched since is judged by a sample, unless the `whole` is asked for.
    """
    try:
        with open_regular(path) as file:
            state = os.fstat(file.fileno())
            if state.st_size != written.size:
                return f"{state.st_size} bytes instead of {written.size}"
            if whole or state.st_mtime_ns != written.modified:
                same = _crc(file) == written.crc
            else:
                same = _crc_of_sample(file, state.st_size) == written.sample
    except OSError as error:
        return error.strerror or "cannot be read"
    except ValueError as error:
        return str(error)
    return "" if same else "other content than was written"


def _crc(file: BinaryIO) -> int:
    file.seek(0)
    found = 0
    while block := file.read(SAMPLED):
        found = zlib.crc32(block, found)
    return found


def _crc_of_sample(file: BinaryIO, size: int) -> int:
    """Of the whole file where it is small, else of its first block, its last, and others between."""
    if size <= SAMPLED:
        return _crc(file)
    found, n = 0, SAMPLED // BLOCK
    for i in range(n):
        file.seek((size - BLOCK) * i // (n - 1))
        found = zlib.crc32(file.read(BLOCK), found)
    return found
