"""Files and folders to documents: find, read, name.

What gives no document is named with its reason; the rest is read. Which reader a file gets is
decided by the ending of its name (`formats.reading`); files inside a file are documents below it.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from qa.documents.decode import codec, name_text
from qa.documents.files import above, contents, covers, files
from qa.documents.formats.reading import OLD, Drawn, drawn, endings, unread
from qa.errors import LoadError
from qa.limits import LARGEST
from qa.schema import Document, Root, Skipped
from qa.visible import visible

PathLike = str | bytes | os.PathLike[str] | os.PathLike[bytes]


@dataclass(frozen=True, slots=True)
class Loaded:
    """Documents in order of their ids, and what gave none."""

    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...]


_NO_DOCUMENT = "holds no document that can be read."


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
    innermost root says. A root that gives nothing has failed, whatever the reason, but for a
    folder inside another root: its files are simply gone.
    """
    known = known or {}
    found: dict[str, tuple[str, Document]] = {}
    skipped: dict[str, Skipped] = {}
    met: set[str] = set()
    for root in sorted(roots, key=lambda root: (-root.path.count(os.sep), root.path)):
        for path in files(root, without):
            if isinstance(path, Skipped):
                skipped.setdefault(path.path, path)
            elif (real := os.path.realpath(path)) not in met:
                for made in _documents(path, root):
                    if isinstance(made, Document):
                        found[real + made.source[len(path) :]] = _name(made.source, root), made
                        met.add(real)
                    else:
                        skipped[made.path] = made
    sources = {document.source: name for name, document in found.values()}
    ids = _ids({source: name for source, name in sources.items() if source not in known}, known)
    documents = [replace(d, id=known.get(d.source) or ids[d.source]) for _, d in found.values()]
    left = {path: why for path, why in skipped.items() if path not in sources}
    gave, held = ({place for source in paths for place in above(source)} for paths in (sources, known))
    tops = {root.path for root in roots}
    for root in roots:
        inner = covers(tops, os.path.dirname(root.path)) and root.path not in left
        if root.path not in gave and not inner:
            left[root.path] = _failed(root.path, left.get(root.path), root.path in held)
    return Loaded(tuple(sorted(documents, key=lambda d: d.id)), tuple(left[path] for path in sorted(left)))


def _documents(path: str, root: Root) -> Iterator[Document | Skipped]:
    """A file, and what is inside it, as documents without ids, or why they are none."""
    ending = os.path.splitext(path)[1].lower()
    if ending in OLD or (path != root.path and ending not in endings()):
        yield Skipped(path, unread(ending), "format")
        return
    try:
        data = contents(path, root.largest)
    except LoadError as error:
        yield Skipped(path, str(error))
        return
    for held in drawn(path, data, root.encoding):
        yield _document(f"{path}/{held.path}" if held.path else path, held)


def _document(path: str, held: Drawn) -> Document | Skipped:
    source = held.source
    if source is None:
        return Skipped(path, held.reason, held.sort)
    digest = hashlib.sha256(held.data).hexdigest()
    named, notes = source.places, source.notes
    return Document("", source.text, digest, source.encoding, source.pages, path, named, notes)


def _name(path: str, root: Root) -> str:
    """The path below the root; of a file given by itself, and of what is inside it, from its name on."""
    top = os.path.dirname(root.path) if os.path.isfile(root.path) else root.path
    return "/".join(name_text(part) for part in PurePath(os.path.relpath(path, top)).parts)


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
        return f"Nothing readable in {where}. Files that can be read: {' '.join(endings())}"
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
