"""An index folder brought up to date: paths read again, or taken out, everything else left as it is."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from qa.documents.changes import Before, Found, reread, without
from qa.documents.files import covers
from qa.documents.load import existing, known_as, said
from qa.errors import StoreError
from qa.models.encoder import Encoder, load_encoder
from qa.prepare import SPLITTER, contents
from qa.schema import Changes, Progress, Root
from qa.search.folder import POINTER, lock, roots_of
from qa.search.index import open_store, open_whole, reusable, write
from qa.search.store import Store


def update(
    folder: Path, given: Sequence[Root], model: str | None, fresh: bool, progress: Progress | None
) -> Changes:
    """Read paths into the index of a folder; see `qa.build`."""
    encoder = load_encoder(model, fetch=True) if model else None
    if not folder.exists():
        existing(given)  # so that a mistyped path leaves no folder behind
    with lock(folder), nullcontext(_There()) if fresh else _there(folder) as there:
        named = known_as(given, there.before.roots)
        found = reread([*named, *there.unread(named)], there.before, os.path.realpath(folder))
        there.check(found.changes)
        return _write(folder, there, found, encoder, progress)


def drop(folder: Path, given: Sequence[Root], progress: Progress | None) -> Changes:
    """Take paths out of the index of a folder; see `qa.remove`."""
    open_store(folder).close()  # where there is no index, no folder is made for its lock
    with lock(folder), _there(folder) as there:
        found = without(known_as(given, there.before.roots), there.before)
        return _write(folder, there, found, None, progress)


@dataclass(frozen=True, slots=True)
class _There:
    """The index that is there before an update: open, what it holds, or `why` it cannot be used."""

    store: Store | None = None
    before: Before = field(default_factory=lambda: Before({}))
    why: str = ""

    def unread(self, named: Iterable[Root]) -> list[Root]:
        """The other paths of an index that cannot be used: they are read again, too."""
        tops = {root.path for root in named}
        return [root for root in self.before.roots if self.store is None and not covers(tops, root.path)]

    def check(self, changes: Changes) -> None:
        """Raise StoreError where a path of an index that cannot be used cannot be read again."""
        tops = {root.path for root in self.before.roots if self.store is None}
        for lost in (why for why in changes.failed if why.path in tops):
            text = f"{self.why}, and of its paths {said(lost)} To make it anew without: --fresh"
            raise StoreError(text)


@contextmanager
def _there(folder: Path) -> Iterator[_There]:
    if not (folder / POINTER).exists():
        yield _There()
        return
    try:
        store = open_whole(folder)
    except StoreError as error:
        yield _unusable(roots_of(folder), error)
        return
    with store:
        yield _There(store, Before(store.files(), store.meta.roots, store.skipped()))


def _unusable(roots: tuple[Root, ...], error: StoreError) -> _There:
    """An index that cannot be used, of which at most the paths that it was made of are believed."""
    why = str(error).partition(". ")[0].rstrip(".")
    return _There(None, Before({}, roots), why if roots else f"{why}; if it held other paths, name them too")


def _write(
    folder: Path, there: _There, found: Found, encoder: Encoder | None, progress: Progress | None
) -> Changes:
    """Write what an update found; documents that stay come out of the index that is there."""
    old, changes = there.store, found.changes
    encoder = encoder or load_encoder(old.meta.model if old else None)
    stay = [old.document(id) for id in (*changes.kept, *changes.others)] if old else []
    documents = sorted([*found.loaded.documents, *stay], key=lambda document: document.id)
    reuse = old if old and reusable(old, encoder.fingerprint, SPLITTER) else None
    made, reused = contents(documents, encoder, reuse, found.roots, found.skipped, progress)
    if old:
        old.close()
    write(folder, made, encoder.name, encoder.fingerprint)
    return replace(changes, reused=reused, again=there.why)
