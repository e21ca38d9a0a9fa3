"""Retrieval: scores worked out by hand, ties by id, the same answer every time, and odd queries."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import ENCODER, MODEL, contents

from qa.errors import InputError
from qa.search import index
from qa.search.retrieve import candidates, search, to_unit_scale, top_rows
from qa.search.store import Store

LINES = ["甲甲区投资", "乙区投资", "丙区稅收", "其他"]


@pytest.fixture(scope="module")
def store() -> Store:
    return index.in_memory(contents({"d": "\n".join(LINES)}), *MODEL)


def test_scores_worked_out_by_hand(store: Store) -> None:
    found = candidates(store, ENCODER, "乙")
    # Vectors: (2,0,0,1)/√5, (0,1,0,1)/√2, (0,0,1,1)/√2, (0,0,0,1) against (0,1,0,1)/√2.
    cosines = {"d#1": 0.316228, "d#2": 1.0, "d#3": 0.5, "d#4": 0.707107}
    # 乙 stands once, in passage 2 of 7 terms; 9 + 7 + 7 + 3 terms in all; k1 = 0.9, b = 0.5.
    bm25 = np.log(1 + (4 - 1 + 0.5) / (1 + 0.5)) / (1 + 0.9 * (0.5 + 0.5 * 7 / 6.5))
    assert dict(zip(found.ids, found.dense, strict=True)) == pytest.approx(cosines, abs=1e-6)
    assert dict(zip(found.ids, found.bm25, strict=True)) == pytest.approx(
        {"d#1": 0.0, "d#2": bm25, "d#3": 0.0, "d#4": 0.0}, abs=1e-6
    )
    assert found.ids == ("d#2", "d#4", "d#3", "d#1")
    assert found.fused.tolist() == sorted(found.fused, reverse=True)
    assert (found.fused[0], found.fused[-1]) == (1.0, 0.0)


def test_hits(store: Store) -> None:
    first, second = search(store, ENCODER, "乙區的投資是多少？", k=2)
    assert (first.passage.text, first.rank, first.score) == ("乙区投资", 1, 1.0)
    assert first.signals == {"dense": 1.0, "bm25": pytest.approx(first.signals["bm25"]), "fused": 1.0}
    assert (second.passage.text, second.rank) == ("甲甲区投资", 2)
    assert search(store, ENCODER, "丙区税收", k=1)[0].passage.text == "丙区稅收"


def test_ties_go_to_the_smaller_id() -> None:
    texts = dict.fromkeys(("b", "a", "c"), "甲区投资")
    with index.in_memory(contents(texts), *MODEL) as store:
        assert [hit.passage.id for hit in search(store, ENCODER, "甲区投资", 3)] == ["a#1", "b#1", "c#1"]
        assert [hit.score for hit in search(store, ENCODER, "甲区投资", 3)] == [0.0] * 3


def test_order_of_documents_changes_nothing() -> None:
    texts = {"a": "甲区投资。", "b": "乙区投资。\n丙区税收。", "c": "甲乙丙。"}
    shuffled = {name: texts[name] for name in ("c", "a", "b")}
    with (
        index.in_memory(contents(texts), *MODEL) as one,
        index.in_memory(contents(shuffled), *MODEL) as other,
    ):
        for query in ["甲区", "投资", "丙", "没有"]:
            assert search(one, ENCODER, query) == search(other, ENCODER, query)


@pytest.mark.parametrize("query", ["", "   ", "\u3000\n"])
def test_an_empty_question(store: Store, query: str) -> None:
    with pytest.raises(InputError, match=r"The question is empty\."):
        search(store, ENCODER, query)


def test_no_hits_asked_for(store: Store) -> None:
    with pytest.raises(InputError, match="k must be at least 1, not 0"):
        search(store, ENCODER, "甲", k=0)


@pytest.mark.parametrize(
    "query", ["甲区投资" * 25_000, "？", "\U0001f600", "\ud800", "什么", "NULL", "%_'\"--"]
)
def test_odd_questions(store: Store, query: str) -> None:
    hits = search(store, ENCODER, query)
    assert [hit.rank for hit in hits] == [1, 2, 3, 4]
    assert hits == search(store, ENCODER, query)


@given(st.lists(st.integers(-2, 5).map(float)), st.integers(1, 6))
def test_top_is_the_sorted_head(scores: list[float], k: int) -> None:
    ranked = sorted(
        (row for row, score in enumerate(scores) if score > 0), key=lambda row: (-scores[row], row)
    )
    assert top_rows(np.array(scores, dtype=np.float64), k).tolist() == ranked[:k]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_scaled_stays_between_0_and_1_in_order(scores: list[float]) -> None:
    found = to_unit_scale(np.array(scores))
    assert ((found >= 0) & (found <= 1)).all()
    assert [found[i] for i in np.argsort(scores, kind="stable")] == sorted(found)
