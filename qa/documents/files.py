"""The files of a path, looked at before any of them is opened, and their bytes.

Hidden files are not looked at. A folder that cannot be listed, a link that leads out of the folder
given and everything that is no file is named, never passed over in silence.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterator

from qa.errors import LoadError
from qa.limits import MEGABYTE
from qa.schema import Root, Skipped

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
"""Never waits for the other end of a pipe that took a file's place since it was looked at."""


def above(path: str) -> Iterator[str]:
    """A path and every folder above it, innermost first.

    >>> list(above("/a/b.txt"))
    ['/a/b.txt', '/a', '/']
    """
    yield path
    while (folder := os.path.dirname(path)) != path:
        path = folder
        yield path


def covers(tops: Container[str], path: str) -> bool:
    """Whether a path is one of `tops` or lies below one."""
    return any(place in tops for place in above(path))


def files(root: Root, without: str = "") -> Iterator[str | Skipped]:
    """The files of a root, folder by folder in order of their names, and what cannot be looked into.

    A link to a folder inside the root is not followed (its files are met where they lie); one that
    leads out is, if `root.links` says so. `without` is the real path of a folder to leave out.
    """
    try:
        if not stat.S_ISDIR(os.stat(root.path).st_mode):
            yield root.path
            return
    except OSError as error:
        yield Skipped(root.path, missing(error))
        return
    top = os.path.realpath(root.path)
    seen, todo = {top, without}, [(root.path, top)]
    while todo:
        (folder, place), below = todo.pop(), []
        try:
            found = _entries(folder)
        except OSError as error:
            yield Skipped(folder, missing(error))
            continue
        for entry in found:
            link = entry.is_symlink()
            real = os.path.realpath(entry.path) if link else os.path.join(place, entry.name)
            out = link and not covers({top}, real)
            if out and not root.links:
                yield Skipped(entry.path, _LEADS_OUT, "passed over")
            elif link and (refusal := _unresolved(entry)):
                yield Skipped(entry.path, missing(refusal))
            elif not entry.is_dir():
                yield entry.path
            elif (out or not link) and real not in seen:
                seen.add(real)
                below.append((entry.path, real))
        todo += reversed(below)


_LEADS_OUT = "is a link that leads out of the folder. To follow such links: --follow-links"


def _entries(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted((e for e in entries if not e.name.startswith(".")), key=lambda entry: entry.name)


def _unresolved(link: os.DirEntry[str]) -> OSError | None:
    """Why a link leads nowhere."""
    try:
        link.stat()
    except OSError as error:
        return error
    return None


def missing(error: OSError) -> str:
    """What a system's refusal means for a path, as it goes on after the path."""
    if isinstance(error, FileNotFoundError):
        return "does not exist. Check the path."
    return f"cannot be read ({error.strerror}). Check the file and its permissions."


def contents(path: str, largest: int) -> bytes:
    """The bytes of a file. Raises LoadError, whose text goes on after the path.

    What is no file (a pipe, a device, a socket) is not opened, and what is larger than `largest`
    bytes is not read, be it as sparse as it may.
    """
    try:
        size = _checked(os.stat(path), largest)
        with open(path, "rb", opener=lambda name, _: os.open(name, _OPEN)) as file:
            size = _checked(os.fstat(file.fileno()), largest)
            data = file.read(size + 1) or b""
            if len(data) > size:  # it grows, or is one of the system's, whose size is told as 0
                data += file.read(largest + 1 - len(data)) or b""
    except OSError as error:
        raise LoadError(missing(error)) from error
    if len(data) > largest:
        raise LoadError(_too_large(len(data), largest))
    return data


def _checked(found: os.stat_result, largest: int) -> int:
    """The size of what was looked at; LoadError where it is no file, or too large."""
    for is_kind, kind in _KINDS:
        if is_kind(found.st_mode):
            raise LoadError(f"is {kind}, not a file. Leave it out.")
    if found.st_size > largest:
        raise LoadError(_too_large(found.st_size, largest))
    return found.st_size


def _too_large(size: int, largest: int) -> str:
    is_of, limit = f"{size / MEGABYTE:,.0f}", f"{largest / MEGABYTE:,.0f}"
    return f"has {is_of} MB, the limit is {limit}. Cut it up, or raise the limit: --max-size MB"
