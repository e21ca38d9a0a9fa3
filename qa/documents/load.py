"""Files and folders to documents: find, read, decode, name.

A file given by itself that cannot be read is an error; inside a folder it is skipped,
with the reason. Hidden files are not looked at.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.documents.decode import decode
from qa.errors import LoadError
from qa.schema import Document


@dataclass(frozen=True, slots=True)
class Source:
    """What a reader makes of a file: text, its encoding, and page starts where there are pages."""

    text: str
    encoding: str
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """Documents in order of their ids, and the files of folders that could not be read, with reasons."""

    documents: tuple[Document, ...]
    skipped: tuple[tuple[str, str], ...]


Reader = Callable[[bytes, str, str | None], Source]


def read_text(data: bytes, name: str, encoding: str | None) -> Source:
    """Plain text and Markdown: decoded, the BOM taken off, nothing else touched."""
    return Source(*decode(data, name, encoding))


READERS: dict[str, Reader] = {".txt": read_text, ".text": read_text, ".md": read_text, ".markdown": read_text}
"""Reader of every file name ending. A new format is one more entry."""


def load(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], encoding: str | None = None
) -> Loaded:
    """Read files, and folders with all that is below them.

    A document's id is its path below the folder given, or the name of a file
    given by itself; where two would be the same, the folder's name goes in
    front, as far up as needed. A file met twice counts once. `encoding` forces
    one for all files; otherwise each is detected.

    Raises LoadError, in one line, for a path that does not exist, a file given
    by itself that cannot be read, and when nothing readable is left.
    """
    given = [Path(paths)] if isinstance(paths, (str, os.PathLike)) else [Path(path) for path in paths]
    if not given:
        raise LoadError("No files or folders given. Name at least one: qa index DOCS")
    documents: dict[Path, tuple[str, Document]] = {}
    skipped: dict[str, str] = {}
    for top in given:
        for path, name in _files(top):
            real = Path(os.path.realpath(path))  # resolve() raises on a link that leads in a circle
            if real in documents:
                continue
            try:
                documents[real] = (name, _read(path, encoding))
            except LoadError as error:
                if not top.is_dir():
                    raise
                skipped[str(path)] = str(error)
    if not documents:
        raise LoadError(_nothing(given, skipped))
    ids = _ids([(path, name) for path, (name, _) in documents.items()])
    found = [Document(ids[path], d.text, d.sha256, d.encoding, d.pages) for path, (_, d) in documents.items()]
    return Loaded(tuple(sorted(found, key=lambda d: d.id)), tuple(skipped.items()))


def _files(top: Path) -> Iterator[tuple[Path, str]]:
    """Files of a given path with their names below it, in order; hidden and unknown ones left out."""
    if not top.exists():
        raise LoadError(f"'{top}' does not exist. Check the path.")
    if not top.is_dir():
        yield top, top.name
        return
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            if not name.startswith(".") and path.suffix.lower() in READERS:
                yield path, path.relative_to(top).as_posix()


def _read(path: Path, encoding: str | None) -> Document:
    reader = READERS.get(path.suffix.lower(), read_text)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LoadError(
            f"'{path}' cannot be read ({error.strerror}). Check the file and its permissions."
        ) from error
    if not data:
        raise LoadError(f"'{path}' is empty. Leave it out or give it some text.")
    source = reader(data, str(path), encoding)
    if not source.text.strip():
        raise LoadError(f"'{path}' holds only white space. Leave it out or give it some text.")
    return Document("", source.text, hashlib.sha256(data).hexdigest(), source.encoding, source.pages)


def _nothing(given: Sequence[Path], skipped: dict[str, str]) -> str:
    where = ", ".join(f"'{path}'" for path in given)
    if skipped:
        first = next(iter(skipped.values()))
        return f"Nothing readable in {where} ({len(skipped)} skipped; the first: {first})"
    return f"Nothing readable in {where}. Files that can be read: {' '.join(sorted(READERS))}"


def _ids(found: Sequence[tuple[Path, str]]) -> dict[Path, str]:
    """Unique ids: the names, with as many of the folders above as two equal names need."""
    ids = dict(found)
    while clashes := {name for name, n in Counter(ids.values()).items() if n > 1}:
        for path, name in list(ids.items()):
            if name in clashes:
                parts = path.as_posix().strip("/").split("/")
                depth = name.count("/") + 2
                ids[path] = "/".join(parts[-depth:]) if depth <= len(parts) else path.as_posix()
    return ids
