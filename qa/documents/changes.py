"""What reading paths again changes in an index: documents added, changed, removed, kept, and left alone.

Reading a path says nothing about any other, and what cannot be read now is not gone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from qa.documents.files import above, covers
from qa.documents.load import Loaded, nothing, read
from qa.errors import InputError, LoadError
from qa.schema import Changes, Held, Root, Skipped
from qa.visible import visible

_FATES = ("added", "changed", "unchanged", "removed", "kept", "others")
"""What becomes of a document: fields of `Changes`."""


@dataclass(frozen=True, slots=True)
class Before:
    """What an index holds: its files by source, the paths given, and what of them gave no document."""

    files: Mapping[str, Held]
    roots: Sequence[Root] = ()
    skipped: Sequence[Skipped] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Paths read again: what they hold now, what that changes, and the paths of the index after it."""

    loaded: Loaded
    changes: Changes
    roots: tuple[Root, ...]
    skipped: tuple[Skipped, ...]


def reread(given: Sequence[Root], before: Before, without: str = "") -> Found:
    """Read paths, and say what that changes. Raises LoadError where nothing of them can be read.

    A path given before that lies below one given now is read along with it, in its manner.
    `without` is the real path of a folder to leave out: the index's own.
    """
    scope = [*given, *_below(given, before.roots)]
    loaded = read(scope, {source: held.id for source, held in before.files.items()}, without)
    if not loaded.documents:
        raise LoadError(nothing(given, loaded.skipped))
    read_now = {root.path for root in scope}
    changes = compare(before.files, read_now, loaded)
    elsewhere = [root for root in before.roots if not covers(read_now, root.path)]
    known = [why for why in before.skipped if not covers(read_now, why.path)]
    removed = set(changes.removed)
    stay = {source for source, held in before.files.items() if held.id not in removed}
    roots, skipped = settled([*elsewhere, *scope], [*known, *loaded.skipped], stay | _sources(loaded))
    return Found(loaded, changes, roots, skipped)


def without(given: Sequence[Root], before: Before) -> Found:
    """An index without some paths. Raises InputError where it holds nothing of one, or nothing else."""
    tops = {root.path for root in given}
    gone = {source for source in before.files if covers(tops, source)}
    known = set(chain.from_iterable(map(above, gone)))
    for root in given:
        if root.path not in known:
            raise InputError(f"The index holds nothing of '{visible(root.path)}'. What it holds: qa info")
    if len(gone) == len(before.files):
        raise InputError("Nothing would be left in the index. Delete its folder instead.")
    removed = tuple(sorted(before.files[source].id for source in gone))
    others = tuple(sorted(held.id for source, held in before.files.items() if source not in gone))
    roots = [root for root in before.roots if not covers(tops, root.path)]
    skipped = [why for why in before.skipped if not covers(tops, why.path)]
    settled_roots = settled(roots, skipped, before.files.keys() - gone)
    return Found(Loaded((), ()), Changes(removed=removed, others=others), *settled_roots)


def _below(given: Sequence[Root], roots: Iterable[Root]) -> list[Root]:
    """Paths given before that lie below one given now and are still there, each read as that one is."""
    own = {root.path: root for root in given}
    found = []
    for root in roots:
        inner = next((place for place in above(root.path) if place in own), root.path)
        if inner != root.path and os.path.lexists(root.path):
            found.append(replace(own[inner], path=root.path))
    return found


def _sources(loaded: Loaded) -> set[str]:
    return {document.source for document in loaded.documents}


def compare(files: Mapping[str, Held], read_now: Iterable[str], loaded: Loaded) -> Changes:
    """What the present state of the paths `read_now` changes for the files of an index."""
    now, tops = {document.source: document for document in loaded.documents}, frozenset(read_now)
    failed = {why.path for why in loaded.skipped if why.sort == "failed"}

    def fate(source: str, held: Held) -> str:
        if source in now:
            same = (now[source].sha256, now[source].encoding) == (held.sha256, held.encoding)
            return "unchanged" if same else "changed"
        if not covers(tops, source):
            return "others"
        return "kept" if covers(failed, source) else "removed"

    ids: dict[str, list[str]] = {name: [] for name in _FATES}
    ids["added"] = [document.id for source, document in now.items() if source not in files]
    for source, held in files.items():
        ids[fate(source, held)].append(held.id)
    return Changes(**{name: tuple(sorted(ids[name])) for name in _FATES}, skipped=loaded.skipped)  # type: ignore[arg-type]


def settled(
    roots: Iterable[Root], skipped: Iterable[Skipped], sources: Iterable[str]
) -> tuple[tuple[Root, ...], tuple[Skipped, ...]]:
    """The roots that some document comes from, and what was skipped below them, each in order."""
    gave = set(chain.from_iterable(map(above, sources)))
    kept = {root.path: root for root in roots if root.path in gave}
    below = {why.path: why for why in skipped if covers(kept, why.path)}
    return tuple(kept[path] for path in sorted(kept)), tuple(below[path] for path in sorted(below))
