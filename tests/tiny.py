"""A corpus and an encoder small enough to work out by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.schema import Document, Figure, Passage, Root, Value
from qa.search.folder import lock
from qa.search.index import Contents, write


class TinyEncoder:
    """Counts the characters 甲, 乙 and 丙 (and every text has one of a fourth), to length 1."""

    name, fingerprint, dimension = "tiny", "f00d" * 16, 4

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = [[*map(text.count, "甲乙丙"), 1] for text in texts]
        counts = np.array(rows, dtype=np.float32).reshape(-1, 4)
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)

    encode_passages = encode_queries


ENCODER = TinyEncoder()
MODEL = (ENCODER.name, ENCODER.fingerprint)


def document(id: str, text: str, home: Path | None = None) -> Document:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(id, text, digest, "utf-8", source=str(home / id) if home else "")


def passages_of(document: Document) -> list[Passage]:
    """One passage a line, as it stands."""
    found, start = [], 0
    for number, line in enumerate(document.text.split("\n"), 1):
        end = start + len(line)
        if line:
            id, origin = f"{document.id}#{number}", tuple(range(start, end))
            sentences = ((0, len(line)),)
            found.append(
                Passage(id, document.id, line, origin, start, end, number, number, "paragraph", sentences)
            )
        start = end + 1
    return found


def contents(
    texts: Mapping[str, str], figures: Sequence[Figure] = (), home: Path | None = None
) -> Contents:
    """An index's contents: texts by document id, one passage a line, as if from the files of a folder."""
    documents = [document(id, text, home) for id, text in texts.items()]
    roots = [Root(str(home))] if home else []
    passages = [passage for document in documents for passage in passages_of(document)]
    said = [passage.text for passage in passages]
    return Contents(documents, passages, said, ENCODER.encode_passages(said), figures, roots)


TEXTS = {"a.txt": "甲区总投资3亿元。\n乙區稅收5亿元。", "b/c.txt": "丙区2018年新建道路12条。"}
FIGURE = Figure(
    passage="a.txt#1",
    document="a.txt",
    subject="甲區",
    metric="总投资",
    value=Value(Decimal("3.10"), "亿元"),
    number=Decimal("310000000"),
    unit="元",
    quote="3亿元",
    text="3亿元",
    start=5,
    end=8,
    clean_start=5,
    clean_end=8,
    clause_start=0,
    clause_end=8,
    upper=Decimal("0.1"),
    qualifier=("约", "以上"),
    period="1—11月",
    year=2018,
)


def write_index(folder: Path, texts: dict[str, str] = TEXTS, **more: object) -> None:
    """Put an index of texts into a folder; `more` are fields of its contents."""
    with lock(folder):
        write(folder, replace(contents(texts), **more), *MODEL)
