"""Office files as the zip folders that they are: whether one is whole, unlocked, and not made to burst."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from qa.documents.formats.source import UNPACKED
from qa.errors import LoadError
from qa.limits import MEGABYTE

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Opens a compound file: an Office file of before 2007, or one locked with a password."""
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError, NotImplementedError)
"""What the standard library raises for a zip folder that is not whole."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of an Office file."""

    names: tuple[str, ...]
    data: bytes

    def sheets(self) -> Iterator[bytes]:
        """The sheets of a workbook, as they are stored."""
        with zipfile.ZipFile(io.BytesIO(self.data)) as folder:
            for name in self.names:
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    yield folder.read(name)


def check(data: bytes, kind: str) -> Parts:
    """The parts of an Office file. Raises LoadError where it is locked, old, damaged, or a bomb."""
    if data.startswith(_OLD):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise LoadError("is locked with a password. Save it without one.")
        raise LoadError(f"is an old or foreign {kind} file. Save it in the format of 2007 or later.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as folder:
            infos = folder.infolist()
    except DAMAGED as error:
        raise LoadError(f"is damaged, or no {kind} file. Open and save it anew, or leave it out.") from error
    size = sum(info.file_size for info in infos)
    if size > UNPACKED:
        limit = UNPACKED // MEGABYTE
        raise LoadError(f"holds {size // MEGABYTE:,} MB once unpacked, the limit is {limit:,} MB. Cut it up.")
    return Parts(tuple(info.filename for info in infos), data)
