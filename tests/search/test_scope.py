"""Scopes: only passages under a path, of dated articles, about a subject are searched and known."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from tiny import ENCODER, FIGURE, MODEL, contents

from qa.errors import InputError
from qa.schema import When
from qa.search import index
from qa.search.retrieve import search
from qa.search.scope import Part, Scope, part, read_scope
from qa.search.store import Store

TEXTS = {
    "a.txt": "甲区投资。\n乙区投资。",
    "b/c.txt": "甲甲甲区投资。",
    "b/d/e.zip/f.txt": "丙区投资。",
    "bb.txt": "甲甲区投资。",
}
DATES = {
    "a.txt": When("2019年", 0, 5, 2019),
    "b/c.txt": When("2020-03-05", 0, 10, 2020, 3, 5),
    "bb.txt": When("3月5日", 0, 4, None, 3, 5),
}
SUBJECTS = {"a.txt": "甲区", "b/c.txt": "東城經開區"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = contents(TEXTS, [replace(FIGURE, subject="乙集团", passage="b/d/e.zip/f.txt#1")], HOME)
    passages = [
        replace(p, date=DATES.get(p.document), subject=SUBJECTS.get(p.document, "")) for p in made.passages
    ]
    with index.in_memory(replace(made, passages=passages), *MODEL) as opened:
        yield opened


HOME = Path("/no/such/home")
DATED = "Dated are 3 of 5 passages, from 2019-01-01 to 2020-03-05."
A1, A2, C, F, BB = range(5)


@pytest.mark.parametrize(
    ("given", "rows"),
    [
        ({}, [A1, A2, C, F, BB]),
        ({"in_": "a.txt"}, [A1, A2]),
        ({"in_": "b"}, [C, F]),
        ({"in_": "b/"}, [C, F]),
        ({"in_": ["b/d/e.zip", Path("a.txt")]}, [A1, A2, F]),
        ({"in_": HOME / "b"}, [C, F]),
        ({"since": "2019"}, [A1, A2, C]),
        ({"since": "2019-06-01"}, [A1, A2, C]),
        ({"until": "2019年6月"}, [A1, A2]),
        ({"since": "2020/3/5", "until": date(2020, 3, 5)}, [C]),
        ({"since": 2020}, [C]),
        ({"subject": "東城"}, [C]),
        ({"subject": "东城经开区"}, [C]),
        ({"subject": "乙集团"}, [F]),
        ({"subject": "甲", "until": 2019}, [A1, A2]),
    ],
)
def test_rows_of_a_scope(store: Store, given: dict[str, object], rows: list[int]) -> None:
    assert [store.rows([id])[id] for id in ids_in(store, given)] == rows


def ids_in(store: Store, given: dict[str, object]) -> list[str]:
    within = part(read_scope(**given), store)  # type: ignore[arg-type]
    return within.ids(np.flatnonzero(within.bm25(["区"])).tolist())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"in_": "b/d/e"}, "The index holds nothing under 'b/d/e'. It holds: a.txt, b/, bb.txt."),
        ({"in_": ""}, "'' is no path. Name a file or a folder."),
        ({"in_": 3}, "3 is no path. Give a file or a folder, or a list of them."),
        ({"in_": [b"a.txt"]}, "A path must be a string, found bytes."),
        (
            {"since": "去年"},
            "'去年' is no date. Write a year, a month or a day: 2019, 2019-07, 2019-07-03.",
        ),
        ({"until": "2019-02-30"}, "'2019-02-30' is no date."),
        ({"since": 2020, "until": "2019-12"}, "The scope ends before it begins: since 2020, until 2019-12."),
        ({"since": 2021}, f"No article lies in the range of dates. {DATED}"),
        ({"subject": "丁区"}, "No passage is about '丁区'. It knows: 甲区, 东城经开区."),
        ({"subject": 3}, "subject must be a string, found int."),
        ({"in_": "a.txt", "since": 2020}, "Nothing in the index meets all conditions of the scope at once."),
    ],
)
def test_a_scope_that_holds_nothing_is_one_line(store: Store, given: dict[str, object], said: str) -> None:
    with pytest.raises(InputError) as caught:
        part(read_scope(**given), store)  # type: ignore[arg-type]
    assert str(caught.value).startswith(said) and "\n" not in str(caught.value)


def test_hits_are_those_of_an_index_of_the_scope_alone(store: Store) -> None:
    """Chosen before ranking: one candidate is taken, four nearer ones lie outside, and it is in scope."""
    found = search(part(read_scope("b/d"), store), ENCODER, "甲甲甲", 1, depth=1)
    assert [hit.passage.document for hit in found] == ["b/d/e.zip/f.txt"]
    within = part(read_scope(["a.txt", "bb.txt"]), store)
    query = ENCODER.encode_queries(["甲"])[0]
    rows, cosines = within.nearest(query, 2)
    assert rows.tolist() == [A1, BB] and cosines == pytest.approx([1.0, 3 / 10**0.5])
    assert within.bm25(["甲"])[[C, F]].tolist() == [0.0, 0.0]


def test_words_and_names_of_the_rest_are_unknown(store: Store) -> None:
    within = part(read_scope("a.txt"), store)
    assert len(within) == 2
    assert within.frequency(["投资", "甲", "丙"]) == {"投资": 2, "甲": 1}
    assert "东城经开区" in store.names and "东城经开区" not in within.names
    assert "甲区" in within.names and within.names.has_key("甲区") and not within.names.has_key("东城经开区")


def test_an_empty_scope_is_the_index(store: Store) -> None:
    assert read_scope() == Scope() and part(Scope(), store) is store
    assert isinstance(part(read_scope("b"), store), Part)


def test_a_path_is_where_a_file_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "real").mkdir()
    os.symlink(tmp_path / "real", tmp_path / "link")
    made = contents({"c.txt": "甲区。"}, home=tmp_path / "real")
    monkeypatch.chdir(tmp_path)
    with index.in_memory(made, *MODEL) as opened:
        for path in ("real", "./real/c.txt", "link", str(tmp_path), "."):
            assert len(part(read_scope(path), opened)) == 1
