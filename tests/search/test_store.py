"""An open index, in a folder or in memory: what went in comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny import ENCODER, FIGURE, MODEL, TEXTS, contents, write_index

from qa.errors import StoreError
from qa.schema import Passage
from qa.search import index
from qa.search.store import Store

CLOSED = r"^The index is closed\. Open it again: qa\.open$"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_index(tmp_path / "idx", figures=[FIGURE])
    return tmp_path / "idx"


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, folder: Path) -> Iterator[Store]:
    with (
        index.open_store(folder)
        if request.param == "folder"
        else index.in_memory(contents(TEXTS, [FIGURE]), *MODEL)
    ) as store:
        yield store


def test_documents_and_passages(store: Store) -> None:
    made = contents(TEXTS)
    assert [store.document(id) for id in TEXTS] == list(made.documents)
    assert [plain(p) for p in store.passages([2, 0, 1])] == [made.passages[i] for i in (2, 0, 1)]
    assert store.ids([1, 0]) == ["a.txt#2", "a.txt#1"]
    assert store.rows(["b/c.txt#1", "no such"]) == {"b/c.txt#1": 2}
    assert (store.rows_of("a.txt"), store.rows_of("b.txt"), len(store)) == ([0, 1], [], 3)
    assert store.sources() == {d.id: (d.sha256, "utf-8") for d in made.documents}
    assert [plain(p) for p in store.all_passages()] == list(made.passages)
    assert store.frequency(["投资", "区", "没有"]) == {"投资": 1, "区": 3}
    with pytest.raises(KeyError):
        store.document("b.txt")
    with pytest.raises(KeyError):
        store.passage(3)


def plain(passage: Passage) -> Passage:
    return replace(passage, origin=tuple(passage.origin))


def test_figures_by_what_they_say(store: Store) -> None:
    for properties in [
        {},
        {"subject": "甲区"},
        {"metric": "總投資", "unit": "元", "low": 3e8, "high": 4e8},
        {"period": "1—11月", "document": "a.txt", "year": 2018},
        {"passages": ["a.txt#2", "a.txt#1"]},
    ]:
        assert store.figures(**properties) == [FIGURE], properties
    for properties in [{"subject": "乙区"}, {"low": 4e8}, {"passages": []}, {"year": 2019}]:
        assert store.figures(**properties) == [], properties


def test_vectors_are_those_written(store: Store) -> None:
    vectors = contents(TEXTS).vectors
    assert np.array_equal(store.vectors([2, 0]), vectors[[2, 0]])
    rows, cosines = store.nearest(ENCODER.encode_queries(["乙"])[0], 5)
    assert rows[0] == 1
    assert cosines[0] == pytest.approx(1.0)


@pytest.mark.parametrize(
    "use",
    [
        lambda store: store.nearest(np.zeros(3, np.float32), 1),
        lambda store: store.vectors([0]),
        lambda store: store.bm25(["区"]),
        lambda store: store.frequency(["区"]),
        lambda store: store.ids([0]),
        lambda store: store.files(),
        lambda store: store.names["甲区"],
    ],
)
def test_a_closed_index_is_not_called_damaged(store: Store, use: Callable[[Store], object]) -> None:
    store.close()
    with pytest.raises(StoreError, match=CLOSED):
        use(store)


def test_an_index_that_is_closed_while_it_is_read_is_not_called_damaged(store: Store) -> None:
    def close_and_read() -> None:
        with store._reading():
            store.close()
            store._rows.execute("SELECT 1")

    with pytest.raises(StoreError, match=CLOSED):
        close_and_read()
