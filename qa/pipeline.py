"""Where the stages meet: documents in, a knowledge base out that answers with citations."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

from qa.answer.confidence import load_calibration
from qa.errors import InputError, StoreError
from qa.knowledge import KnowledgeBase
from qa.models.encoder import load_encoder
from qa.schema import Document
from qa.search.folder import index_folder, lock
from qa.search.index import in_memory, open_store, previous, write

if TYPE_CHECKING:
    from qa.schema import Progress

PathLike = str | os.PathLike[str]


def build(
    paths: PathLike | Iterable[PathLike],
    index: PathLike = ".qa",
    model: str | None = None,
    encoding: str | None = None,
    progress: Progress | None = None,
) -> KnowledgeBase:
    """Build the index of files and folders, or update it, and return it open.

    Documents that have not changed keep their passages and vectors; documents
    that are gone leave the index. `progress(stage, done, total)` is called as
    work goes on. Raises LoadError, ModelError or StoreError with one line; an
    index that was there stays as it was unless all went well.
    """
    # Cleaning and binding compile patterns for 0.2 s that asking need not pay.
    from qa.documents.load import load
    from qa.prepare import SPLITTER, contents

    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    loaded = load(given, encoding)
    encoder = load_encoder(model, fetch=True)
    folder = index_folder(index)
    with lock(folder):
        calibration = load_calibration(folder)
        old = previous(folder, encoder.fingerprint, SPLITTER)
        made, reused = contents(loaded, encoder, old, given, encoding, progress)
        if old is not None:
            old.close()
        write(folder, made, encoder.name, encoder.fingerprint)
    return KnowledgeBase(open_store(folder), model, loaded.skipped, reused, calibration)


def open(index: PathLike = ".qa", model: str | None = None) -> KnowledgeBase:
    """Open an index folder. Raises StoreError where there is none or it is damaged.

    A model that is not the one the index was built with is a ModelError at the
    first question.
    """
    folder = index_folder(index)
    store = open_store(folder)
    try:
        return KnowledgeBase(store, model, calibration=load_calibration(folder))
    except StoreError:
        store.close()
        raise


def from_texts(texts: Mapping[str, str], model: str | None = None) -> KnowledgeBase:
    """A knowledge base in memory of named texts; nothing is written.

    Raises InputError where there is no text at all.

    >>> kb = from_texts({"a.txt": "东湖区今年新建公园12个，总面积300亩。"})
    >>> kb.ask("东湖区新建了几个公园？").text
    '12个'
    """
    from qa.documents.load import Loaded
    from qa.prepare import contents

    documents = tuple(
        Document(name, text, sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), "utf-8")
        for name, text in sorted(texts.items())
        if text.strip()
    )
    if not documents:
        raise InputError("There is no text. Give at least one: qa.from_texts({'a.txt': '…'})")
    encoder = load_encoder(model, fetch=True)
    made, _ = contents(Loaded(documents, ()), encoder, None)
    return KnowledgeBase(in_memory(made, encoder.name, encoder.fingerprint), model)
