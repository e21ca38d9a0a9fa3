"""Zip folders (.zip): the files inside, one after another, never more than they may unpack to."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from qa.documents.formats.packed import DAMAGED
from qa.documents.formats.source import UNPACKED, Member
from qa.errors import LoadError
from qa.limits import LARGEST, MEGABYTE

_UTF8 = 0x800
"""Flag of a name that is UTF-8; others are bytes of whatever the maker used, read as cp437."""
_LOCKED = 0x1
_RATIO = 1000
"""Bytes that one packed byte may give: deflate's own limit is 1,032, text seldom goes beyond 20."""
_SMALL = MEGABYTE


def members(data: bytes) -> Iterator[Member]:
    """The files of a folder in its order; what cannot be read is there with its reason.

    Raises LoadError for what is no zip folder, and one that holds more than UNPACKED bytes.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as folder:
            infos = [info for info in folder.infolist() if not info.is_dir()]
            size = sum(info.file_size for info in infos)
            if size > UNPACKED:
                limit = UNPACKED // MEGABYTE
                size //= MEGABYTE
                raise LoadError(f"holds {size:,} MB once unpacked, the limit is {limit:,} MB. Unpack it.")
            for info in infos:
                if not _hidden(info.filename):
                    yield _member(folder, info)
    except DAMAGED as error:
        raise LoadError("is damaged, or no zip folder. Pack it anew, or leave it out.") from error


def _hidden(name: str) -> bool:
    """What systems put beside the files: .DS_Store, __MACOSX/."""
    parts = name.split("/")
    return "__MACOSX" in parts or any(part.startswith(".") and part.strip(".") for part in parts)


def _member(folder: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    name = _name(info)
    if info.flag_bits & _LOCKED:
        return Member(name, reason="is locked with a password. Unpack it with the password.")
    if info.file_size > LARGEST:
        size, limit = info.file_size // MEGABYTE, LARGEST // MEGABYTE
        return Member(name, reason=f"has {size:,} MB, the limit is {limit:,} MB.")
    if info.file_size > _SMALL and info.file_size > _RATIO * max(info.compress_size, 1):
        return Member(name, reason="unpacks to a thousand times its size and more: not read.")
    try:
        with folder.open(info) as file:
            held = file.read(info.file_size + 1)
    except (*DAMAGED, RuntimeError) as error:
        return Member(name, reason=f"is damaged inside its zip folder ({type(error).__name__}).")
    if len(held) > info.file_size:
        return Member(name, reason="unpacks to more than its zip folder says: not read.")
    return Member(name, held)


def _name(info: zipfile.ZipInfo) -> str:
    """A path inside, without leading slashes and steps up; names of GBK bytes as they were meant."""
    name = info.filename
    if not info.flag_bits & _UTF8:
        raw = name.encode("cp437", "replace")
        for code in ("utf-8", "gb18030", "big5hkscs"):
            try:
                name = raw.decode(code)
                break
            except UnicodeDecodeError:
                continue
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "/".join(parts) or "unnamed"
