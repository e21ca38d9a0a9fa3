"""Where the stages meet: documents in, a knowledge base out that answers with citations."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

from qa.answer.confidence import load_calibration
from qa.errors import InputError, StoreError, check_text
from qa.knowledge import KnowledgeBase
from qa.limits import LARGEST
from qa.models.encoder import load_encoder
from qa.schema import Document
from qa.search.folder import index_folder
from qa.search.index import in_memory, open_store
from qa.visible import visible

if TYPE_CHECKING:
    from pathlib import Path

    from qa.schema import Changes, Progress

PathLike = str | os.PathLike[str]


def build(
    paths: PathLike | Iterable[PathLike],
    index: PathLike = ".qa",
    model: str | None = None,
    encoding: str | None = None,
    progress: Progress | None = None,
    *,
    fresh: bool = False,
    links: bool = False,
    largest: int = LARGEST,
) -> KnowledgeBase:
    """Add files and folders to an index, or bring it up to date with them, and return it open.

    `kb.changes` says what that did. Documents of other paths stay, so do those that cannot be
    read now; what left a folder leaves the index; `fresh` makes it anew of `paths` alone.
    Unchanged documents keep their passages and vectors. `encoding` forces one for all files of
    `paths`, `links` follows links out of a folder, `largest` is how many bytes a file may have.
    `progress(stage, done, total)` is called as work goes on. Raises LoadError where nothing of
    `paths` can be read, ModelError or StoreError, with one line; the index then stays as it was.
    """
    # Cleaning and binding compile patterns for 0.2 s that asking need not pay.
    from qa.documents.load import roots_of
    from qa.update import update

    folder, given = index_folder(index), roots_of(paths, encoding, links, largest)
    changes = update(folder, given, model, fresh, progress)
    return _opened(folder, model, changes)


def remove(
    paths: PathLike | Iterable[PathLike], index: PathLike = ".qa", progress: Progress | None = None
) -> KnowledgeBase:
    """Take files and folders out of an index, whether they are still there or not, and return it open.

    `kb.changes` says which documents left. Raises InputError where the index holds nothing of a
    path or would hold nothing without them, and StoreError where there is no index.
    """
    from qa.documents.load import roots_of
    from qa.update import drop

    folder = index_folder(index)
    return _opened(folder, None, drop(folder, roots_of(paths), progress))


def open(index: PathLike = ".qa", model: str | None = None) -> KnowledgeBase:
    """Open an index folder. Raises StoreError where there is none or it is damaged.

    A model that is not the one the index was built with is a ModelError at the
    first question.
    """
    return _opened(index_folder(index), model)


def _opened(folder: Path, model: str | None, changes: Changes | None = None) -> KnowledgeBase:
    store = open_store(folder)
    try:
        return KnowledgeBase(store, model, changes, load_calibration(folder))
    except StoreError:
        store.close()
        raise


def from_texts(texts: Mapping[str, str], model: str | None = None) -> KnowledgeBase:
    """A knowledge base in memory of named texts; nothing is written.

    Raises InputError where there is no text at all, or names and texts are no strings.

    >>> kb = from_texts({"a.txt": "东湖区今年新建公园12个，总面积300亩。"})
    >>> kb.ask("东湖区新建了几个公园？").text
    '12个'
    """
    from qa.prepare import contents

    _check_texts(texts)
    documents = tuple(
        Document(name, text, sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), "utf-8")
        for name, text in sorted(texts.items())
        if text.strip()
    )
    if not documents:
        raise InputError("There is no text. Give at least one: qa.from_texts({'a.txt': '…'})")
    encoder = load_encoder(model, fetch=True)
    made, _ = contents(documents, encoder, None)
    return KnowledgeBase(in_memory(made, encoder.name, encoder.fingerprint), model)


def _check_texts(texts: object) -> None:
    if not isinstance(texts, Mapping):
        raise InputError(f"Texts come by name: {{'a.txt': '…'}}, not as {type(texts).__name__}.")
    for name, text in texts.items():
        check_text(name, "The name of a text")
        check_text(text, f"The text of '{visible(name)}'")
        try:
            name.encode()
        except UnicodeError:
            raise InputError(f"The name '{visible(name)}' cannot be written. Choose another.") from None
