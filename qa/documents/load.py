"""Files and folders to documents: find, read, decode, name.

What gives no document is named with its reason; the rest is read. Which reader a file gets is
decided by the ending of its name.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from qa.documents.decode import codec, decode, name_text
from qa.documents.files import above, contents, covers, files
from qa.errors import LoadError
from qa.schema import LARGEST, Document, Root, Skipped
from qa.visible import visible

PathLike = str | bytes | os.PathLike[str] | os.PathLike[bytes]


@dataclass(frozen=True, slots=True)
class Source:
    """What a reader makes of a file: text, its encoding, and page starts where there are pages."""

    text: str
    encoding: str
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """Documents in order of their ids, and what gave none."""

    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...]


Reader = Callable[[bytes, str | None], Source]
"""Bytes, and the encoding forced, to text. Raises LoadError, whose text goes on after the file's name."""


def read_text(data: bytes, encoding: str | None) -> Source:
    """Plain text and Markdown: decoded, the BOM taken off, nothing else touched."""
    return Source(*decode(data, encoding))


READERS: dict[str, Reader] = {".txt": read_text, ".text": read_text, ".md": read_text, ".markdown": read_text}
"""Reader of every file name ending. A new format is one more entry; a file given by itself may have any."""


_NO_DOCUMENT = "holds no document that can be read."


class _Nothing(LoadError):
    """A file that can be read and holds no text."""


def roots_of(
    paths: PathLike | Iterable[PathLike],
    encoding: str | None = None,
    links: bool = False,
    largest: int = LARGEST,
) -> tuple[Root, ...]:
    """The paths given, absolute, with how they are read.

    Raises LoadError, in one line, for none, for what is no path, and for an unknown encoding.
    """
    try:
        given = [_path(path) for path in ([paths] if isinstance(paths, str | bytes | os.PathLike) else paths)]
    except TypeError:
        raise LoadError(f"{paths!r} is no path. Give a file or a folder, or a list of them.") from None
    if not given:
        raise LoadError("No files or folders given. Name at least one: qa index DOCS")
    forced = None if encoding is None else codec(encoding)
    return tuple(Root(path, forced, links, largest) for path in dict.fromkeys(map(os.path.abspath, given)))


def _path(path: PathLike) -> str:
    name = os.fsdecode(path)
    try:
        good = bool(name) and b"\0" not in os.fsencode(name)
    except UnicodeError:
        good = False
    if not good:
        raise LoadError(f"'{visible(name)}' is no path. Name a file or a folder.")
    return name


def known_as(roots: Iterable[Root], known: Iterable[Root]) -> tuple[Root, ...]:
    """The paths as an index knows them: one that a link leads to lies where it was indexed."""
    names = {os.path.realpath(root.path): root.path for root in known}
    tops = frozenset(names.values())

    def name(path: str) -> str:
        if covers(tops, path):
            return path
        real = os.path.realpath(path)
        top = next((place for place in above(real) if place in names), None)
        return path if top is None else names[top] + real[len(top) :]

    return tuple(replace(root, path=name(root.path)) for root in roots)


def load(
    paths: PathLike | Iterable[PathLike],
    encoding: str | None = None,
    links: bool = False,
    largest: int = LARGEST,
) -> Loaded:
    """Read files, and folders with all that is below them; see `read`.

    Raises LoadError, in one line, where nothing of it could be read.
    """
    roots = roots_of(paths, encoding, links, largest)
    loaded = read(roots)
    if not loaded.documents:
        raise LoadError(nothing(roots, loaded.skipped))
    return loaded


def read(roots: Sequence[Root], known: Mapping[str, str] | None = None, without: str = "") -> Loaded:
    """The documents of all roots, and what gave none; never raises.

    A document's id is its path below its root, or the name of a file given by itself; where two
    would be the same, the folder's name goes in front, as far up as needed. `known` are ids by
    source that are taken: a known file keeps its own. A file met twice counts once, read as the
    innermost root says. A root that gives nothing has failed, whatever the reason.
    """
    known = known or {}
    found: dict[str, tuple[str, Document]] = {}
    skipped: dict[str, Skipped] = {}
    for root in sorted(roots, key=lambda root: (-root.path.count(os.sep), root.path)):
        for path in files(root, without):
            if isinstance(path, Skipped):
                skipped.setdefault(path.path, path)
            elif (real := os.path.realpath(path)) not in found:
                made = _document(path, root)
                if isinstance(made, Document):
                    found[real] = _name(path, root), made
                else:
                    skipped[path] = made
    sources = {document.source: name for name, document in found.values()}
    ids = _ids({source: name for source, name in sources.items() if source not in known}, known)
    documents = [replace(d, id=known.get(d.source) or ids[d.source]) for _, d in found.values()]
    left = {path: why for path, why in skipped.items() if path not in sources}
    gave, held = ({place for source in paths for place in above(source)} for paths in (sources, known))
    for root in roots:
        if root.path not in gave:
            left[root.path] = _failed(root.path, left.get(root.path), root.path in held)
    return Loaded(tuple(sorted(documents, key=lambda d: d.id)), tuple(left[path] for path in sorted(left)))


def _document(path: str, root: Root) -> Document | Skipped:
    """A file as a document without an id, or why it is none."""
    ending = os.path.splitext(path)[1].lower()
    if path != root.path and ending not in READERS:
        return Skipped(path, "is of a format that is not read.", "format")
    try:
        data = contents(path, root.largest)
        if not data:
            raise _Nothing("is empty. Leave it out or give it some text.")
        source = READERS.get(ending, read_text)(data, root.encoding)
        if not source.text.strip():
            raise _Nothing("holds only white space. Leave it out or give it some text.")
    except LoadError as error:
        return Skipped(path, str(error), "passed over" if isinstance(error, _Nothing) else "failed")
    digest = hashlib.sha256(data).hexdigest()
    return Document("", source.text, digest, source.encoding, source.pages, path)


def _name(path: str, root: Root) -> str:
    below = os.path.basename(path) if path == root.path else os.path.relpath(path, root.path)
    return "/".join(name_text(part) for part in PurePath(below).parts)


def _failed(root: str, why: Skipped | None, held: bool) -> Skipped:
    """A root that gave nothing, whatever the reason; `held`: the index has documents of it."""
    reason = why.reason if why else _NO_DOCUMENT
    stays = f" What the index has of it stays; to drop it: qa remove {visible(root)}"
    return Skipped(root, reason + stays if held else reason)


def existing(roots: Sequence[Root]) -> None:
    """Raise LoadError where none of the paths is there."""
    if not any(os.path.lexists(root.path) for root in roots):
        raise LoadError(nothing(roots, read(roots).skipped))


def nothing(roots: Sequence[Root], skipped: Sequence[Skipped]) -> str:
    """The one line for roots that gave no document at all."""
    where = ", ".join(f"'{visible(root.path)}'" for root in roots)
    reasons = [why for why in skipped if why.sort != "format" and why.reason != _NO_DOCUMENT]
    if not reasons:
        return f"Nothing readable in {where}. Files that can be read: {' '.join(sorted(READERS))}"
    if [why.path for why in reasons] == [root.path for root in roots]:
        return said(reasons[0])
    return f"Nothing readable in {where} ({len(reasons)} skipped; the first: {said(reasons[0])})"


def said(why: Skipped) -> str:
    """A path that gave no document, and the reason, in one line."""
    return f"'{visible(why.path)}' {why.reason}"


def _ids(names: Mapping[str, str], taken: Mapping[str, str]) -> dict[str, str]:
    """Unique ids by source: the names, with as many of the folders above as equal names need.

    Files whose whole paths read alike (their names were bytes of different encodings) get a number.
    """
    ids, others = dict(names), set(taken.values())
    while clashes := {name for name, n in Counter(ids.values()).items() if n > 1 or name in others}:
        for source, name in sorted(ids.items()):
            if name in clashes:
                parts = [name_text(part) for part in PurePath(source).parts[1:]]
                deeper = "/".join(parts[-name.count("/") - 2 :])
                ids[source] = deeper if deeper != name else _numbered(name, others.union(ids.values()))
    return ids


def _numbered(name: str, taken: Collection[str]) -> str:
    return next(numbered for n in range(1, len(taken) + 2) if (numbered := f"{name}~{n}") not in taken)
