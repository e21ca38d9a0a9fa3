"""What an index holds, and whether it is whole and its sources unchanged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from functools import cached_property
from typing import Any

from qa.answer.confidence import load_calibration
from qa.chinese.fold import fold
from qa.documents.changes import compare
from qa.documents.load import read, said
from qa.documents.repair import repair
from qa.errors import StoreError
from qa.schema import INSERTED, Document, Passage
from qa.search import folder
from qa.search.store import Store
from qa.visible import visible


def info(store: Store) -> dict[str, Any]:
    """What is inside and what made it, as plain values; `sources` in the order of their ids."""
    meta = asdict(store.meta)
    files = meta.pop("files")
    sources = [{"id": id, "sha256": sha, "encoding": code} for id, (sha, code) in store.sources().items()]
    roots = store.meta.roots
    return meta | {
        "roots": [root.path for root in roots],
        "forced": {root.path: root.encoding for root in roots if root.encoding},
        "folder": store.folder and str(store.folder),
        "bytes": sum(stamp["size"] for stamp in files.values()),
        "sources": sources,
        "skipped": [asdict(why) for why in store.skipped()],
        "notes": {id: list(notes) for id, notes in store.notes().items()},
    }


def verify(store: Store) -> list[str]:
    """What is not as it was, one line each; an empty list means that all is well.

    Checks every file of the index against its hash, every passage against its document's
    original, and reads the sources again: changed, missing, new, or of another encoding.
    An index in memory has no files and no sources, so only its passages are checked.
    """
    problems: list[str] = []
    if store.folder is not None:
        found = folder.problems(store.folder, store.meta, whole=True)
        problems += [folder.damaged(store.folder, *problem) for problem in found]
        try:
            load_calibration(store.folder)
        except StoreError as error:
            problems.append(str(error))
    if not problems:
        problems += _misplaced(store)
    return problems + list(_changes(store))


def _misplaced(store: Store) -> Iterator[str]:
    for id in store.sources():
        document = store.document(id)
        mended = Mended(document.text)
        for passage in store.passages(store.rows_of(id)):
            if not stands_in(passage, document, mended):
                yield f"{id}: passage {passage.id} does not stand in the original at its range. Index again."
        for figure in store.figures(document=id):
            if document.text[figure.start : figure.end] != figure.quote:
                yield f"{id}: the figure {figure.text} does not stand in the original. Index again."


class Mended:
    """What cleaning makes of the single characters of a text (see `repair`), worked out when first asked."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _found(self) -> dict[int, str]:
        clean = repair(self._text)
        return {at: char for at, char in zip(clean.origin, clean.text, strict=True) if at != INSERTED}

    def is_at(self, at: int, char: str) -> bool:
        """Whether a folded character is the repair of what stands at a position."""
        return fold(self._found.get(at, "")) == char


def stands_in(passage: Passage, document: Document, mended: Mended | None = None) -> bool:
    """Whether each character of a passage stands in the original where its map says.

    Compared folded; a character that differs has to be the one that cleaning puts there
    for lost bytes (`repair.repair`), a space may stand for a line end.
    """
    known = [(char, at) for char, at in zip(passage.text, passage.origin, strict=True) if at != INSERTED]
    if not known or not 0 <= passage.start < passage.end <= len(document.text):
        return False
    if known[0][1] < passage.start or known[-1][1] >= passage.end:
        return False
    said, held = fold("".join(char for char, _ in known)), fold("".join(document.text[at] for _, at in known))
    if said == held:
        return True
    mended = mended or Mended(document.text)
    return all(
        char == there or (char.isspace() and there.isspace()) or mended.is_at(at, char)
        for char, there, (_, at) in zip(said, held, known, strict=True)
    )


def _changes(store: Store) -> Iterator[str]:
    """What reading the paths again would change: documents by id, what cannot be read now among them."""
    files, without = store.files(), os.path.realpath(store.folder) if store.folder else ""
    loaded = read(store.meta.roots, {source: held.id for source, held in files.items()}, without)
    changes = compare(files, [root.path for root in store.meta.roots], loaded)
    tops = {root.path for root in store.meta.roots}
    yield from (said(why) for why in changes.failed if why.path in tops)
    before = {held.id: held for held in files.values()}
    now = {document.id: document for document in loaded.documents}
    told = dict.fromkeys(changes.added, "new, not in the index.")
    told |= dict.fromkeys(changes.removed, "missing.") | dict.fromkeys(changes.kept, "cannot be read now.")
    for id in changes.changed:
        read_as = f"now read as {now[id].encoding}, was read as {before[id].encoding}."
        told[id] = "changed since it was indexed." if now[id].sha256 != before[id].sha256 else read_as
    yield from (f"{visible(id)}: {told[id]}" for id in sorted(told))
