"""The bytes of a file to its text, by the ending of its name; and those of all files inside it.

Whatever a reader makes of a broken file, it ends in one line that says so.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from qa.documents.decode import decode
from qa.documents.formats import archive, mail, pdf, sheets, slides, web, word
from qa.documents.formats.source import UNPACKED, Extractor, Member, Opener, Source
from qa.errors import LoadError
from qa.limits import MEGABYTE

DEEPEST = 4
"""Files inside files inside files …: how deep they are looked for."""
MEMBERS = 100_000
"""Files inside one file that are read at most."""


def read_text(data: bytes, encoding: str | None) -> Source:
    """Plain text and Markdown: decoded, the BOM taken off, nothing else touched."""
    return Source(*decode(data, encoding))


EXTRACTORS: dict[str, tuple[str, Extractor]] = {
    **dict.fromkeys((".txt", ".text", ".md", ".markdown"), ("text", read_text)),
    ".pdf": ("PDF", pdf.read),
    ".docx": ("Word", word.read),
    ".docm": ("Word", word.read),
    ".xlsx": ("Excel", sheets.read_workbook),
    ".xlsm": ("Excel", sheets.read_workbook),
    ".csv": ("CSV", sheets.read_csv),
    ".tsv": ("CSV", sheets.read_csv),
    ".pptx": ("PowerPoint", slides.read),
    ".htm": ("HTML", web.read),
    ".html": ("HTML", web.read),
    ".xhtml": ("HTML", web.read),
    ".mht": ("web page", web.read_saved),
    ".mhtml": ("web page", web.read_saved),
    ".eml": ("e-mail", mail.read),
}
"""Name and reader of every format, by the ending of a file's name. A new format is one more entry."""
OPENERS: dict[str, tuple[str, Opener]] = {".zip": ("zip", archive.members), ".eml": ("e-mail", mail.attached)}
"""The formats that hold files, likewise."""
OLD = {".doc": ".docx", ".xls": ".xlsx", ".ppt": ".pptx", ".wps": ".docx", ".et": ".xlsx", ".dps": ".pptx"}
"""Endings of formats that are not read, and what to save such files as."""
Sort = Literal["failed", "format", "passed over"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of a file, or of one inside: its path there ("" for itself), bytes, and text or why none."""

    path: str
    data: bytes
    source: Source | None = None
    reason: str = ""
    sort: Sort = "failed"


@dataclass(slots=True)
class _Room:
    """What may still be unpacked of one file, in bytes and files."""

    size: int = UNPACKED
    members: int = MEMBERS


def endings() -> list[str]:
    """The endings of names whose files are read, in order."""
    return sorted({*EXTRACTORS, *OPENERS})


def unread(ending: str) -> str:
    """Why a file with such an ending is not read."""
    if ending in OLD:
        return f"is of a format that is not read. Save it as {OLD[ending]}."
    return "is of a format that is not read."


def drawn(name: str, data: bytes, encoding: str | None) -> Iterator[Drawn]:
    """The texts of a file and of all files inside it, and what could not be read; never raises.

    A name with an ending that is not known is read as plain text.
    """
    yield from _drawn(name, "", data, encoding, _Room(), 0)


def _drawn(
    name: str, path: str, data: bytes, encoding: str | None, room: _Room, depth: int
) -> Iterator[Drawn]:
    ending = os.path.splitext(name)[1].lower()
    if not data:
        yield Drawn(path, data, None, "is empty. Leave it out or give it some text.", "passed over")
        return
    if ending in EXTRACTORS or ending not in OPENERS:
        yield _read(path, ending, data, encoding, ending in OPENERS)
    if ending in OPENERS:
        yield from _inside(path, ending, data, encoding, room, depth)


def _read(path: str, ending: str, data: bytes, encoding: str | None, holds: bool) -> Drawn:
    kind, reader = EXTRACTORS.get(ending, EXTRACTORS[".txt"])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            source = reader(data, encoding)
    except LoadError as error:
        return Drawn(path, data, None, str(error))
    except Exception as error:
        return Drawn(path, data, None, _damaged(kind, error))
    if source.text.strip():
        return Drawn(path, data, source)
    white = "holds only white space" if kind == "text" else "holds no text"
    return Drawn(path, data, None, f"{white}. Leave it out or give it some text.", "passed over")


def _damaged(kind: str, error: Exception) -> str:
    said = f"{kind} file ({type(error).__name__})"
    return f"is damaged, or no {said}. Open and save it anew, or leave it out."


def _inside(
    path: str, ending: str, data: bytes, encoding: str | None, room: _Room, depth: int
) -> Iterator[Drawn]:
    """The files inside a file, as long as there is room."""
    kind, opener = OPENERS[ending]
    if depth >= DEEPEST:
        deep = f"lies {depth} files deep in others, the limit is {DEEPEST - 1}. Unpack it."
        yield Drawn(path, data, None, deep)
        return
    try:
        for member in _numbered(opener(data)):
            inner = f"{path}/{member.name}" if path else member.name
            room.size, room.members = room.size - len(member.data), room.members - 1
            if room.size < 0 or room.members < 0:
                limit = f"holds more than {UNPACKED // MEGABYTE:,} MB or {MEMBERS:,} files once unpacked"
                yield Drawn(path, data, None, f"{limit}; the rest is not read. Unpack it.")
                return
            if member.reason:
                yield Drawn(inner, b"", None, member.reason)
                continue
            known = os.path.splitext(member.name)[1].lower()
            if known not in endings():
                yield Drawn(inner, b"", None, unread(known), "format")
            else:
                yield from _drawn(member.name, inner, member.data, encoding, room, depth + 1)
    except LoadError as error:
        yield Drawn(path, data, None, str(error))
    except Exception as error:
        yield Drawn(path, data, None, _damaged(kind, error))


def _numbered(members: Iterator[Member]) -> Iterator[Member]:
    """The same, names that come again told apart by numbers."""
    seen: dict[str, int] = {}
    for member in members:
        count = seen[member.name] = seen.get(member.name, 0) + 1
        stem, ending = os.path.splitext(member.name)
        name = member.name if count == 1 else f"{stem}~{count}{ending}"
        yield Member(name, member.data, member.reason)
