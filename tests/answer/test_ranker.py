"""The trees that choose: the same as a tree walked node by node, with the share of every signal."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from answering import stumps
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.ranker import Ranker, Scale, Trees, bundled
from qa.answer.signals import SIGNALS

NAMES = ("one", "two", "three")
Node = tuple[float, int, float, Any, Any]
"""Value, signal, bound, left, right; the children of a leaf are None."""
NUMBERS = st.floats(-9, 9, allow_nan=False).map(lambda x: round(x, 3))
LEAF = st.tuples(NUMBERS, st.just(-1), st.just(0.0), st.none(), st.none())
NODES = st.recursive(
    LEAF, lambda below: st.tuples(NUMBERS, st.integers(0, 2), NUMBERS, below, below), max_leaves=6
)


def flat(roots: list[Node], start: float) -> Trees:
    """The trees as the arrays that are stored."""
    left, right, feature, bound, value, firsts = [], [], [], [], [], []

    def add(node: Node) -> int:
        at = len(value)
        value.append(node[0])
        feature.append(node[1])
        bound.append(node[2])
        left.append(0)
        right.append(0)
        if node[1] >= 0:
            left[at], right[at] = add(node[3]), add(node[4])
        return at

    firsts = [add(root) for root in roots]
    whole = [np.array(column, np.int32) for column in (firsts, left, right, feature)]
    return Trees(NAMES, *whole, np.array(bound), np.array(value), start)


def walked(node: Node, row: list[float]) -> float:
    """The plain definition: ask, go down, take the leaf's value."""
    while node[1] >= 0:
        node = node[3] if row[node[1]] <= node[2] else node[4]
    return node[0]


ROW = st.lists(NUMBERS, min_size=3, max_size=3)


@given(st.lists(NODES, min_size=1, max_size=5), NUMBERS, st.lists(ROW, max_size=4))
def test_scores_are_the_sum_of_the_trees(roots: list[Node], start: float, rows: list[list[float]]) -> None:
    trees = flat(roots, start)
    found = trees.scores(np.array(rows).reshape(-1, 3))
    assert found.shape == (len(rows),)
    assert found.tolist() == pytest.approx([start + sum(walked(root, row) for root in roots) for row in rows])


@given(st.lists(NODES, min_size=1, max_size=5), NUMBERS, ROW)
def test_the_shares_of_the_signals_make_the_score_but_for_the_roots(
    roots: list[Node], start: float, row: list[float]
) -> None:
    trees = flat(roots, start)
    shares = trees.shares(np.array(row))
    assert tuple(shares) == NAMES
    base = start + sum(root[0] for root in roots)
    assert base + sum(shares.values()) == pytest.approx(float(trees.scores(np.array([row]))[0]), abs=1e-9)


def test_a_signal_at_its_bound_goes_left() -> None:
    trees = stumps(("one", 2.0, 1.5), ("two", 0.0, -4.0), start=0.5)
    rows = np.array([[2.0, 0.0], [2.1, 0.0], [2.0, 0.1], [9.0, 9.0]])
    assert trees.scores(rows).tolist() == [0.5, 2.0, -3.5, -2.0]
    assert trees.shares(np.array([2.1, 0.1])) == {"one": 1.5, "two": -4.0}


def test_a_ranker_takes_its_own_signals_by_name_and_rounds() -> None:
    ranker = Ranker(stumps(("one", 0.0, 1 / 3), ("two", 0.0, 1.0)), Scale(1, 0, 0.5))
    rows = [{"two": 1.0, "other": 9.0, "one": 1.0}, {"one": 1.0, "two": -1.0}]
    assert ranker.scores(rows) == [1.333333, 0.333333]
    assert ranker.scores([]) == []
    with pytest.raises(KeyError):
        ranker.scores([{"one": 1.0}])


@given(st.floats(0.05, 9), st.floats(-5, 5), st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=9))
def test_more_log_odds_are_more_probable(slope: float, shift: float, scores: list[float]) -> None:
    scale = Scale(slope, shift, 0.5)
    found = [scale.probability(score) for score in sorted(scores)]
    assert found == sorted(found) and all(0 < p < 1 for p in found)
    assert Scale(1, 0, 0.5).probability(math.log(3)) == pytest.approx(0.75)


def test_the_bundled_trees_are_trees_over_signals_that_there_are() -> None:
    ranker = bundled()
    t, n = ranker.trees, len(ranker.trees.value)
    assert set(t.names) <= set(SIGNALS) and len(set(t.names)) == len(t.names)
    assert {len(column) for column in (t.left, t.right, t.feature, t.bound)} == {n}
    inner = t.feature >= 0
    assert int(t.feature.max()) < len(t.names)
    # Children come after their parent, each once: no circle, and every node is reached.
    children = np.concatenate([t.left[inner], t.right[inner], t.roots])
    assert sorted(children.tolist()) == list(range(n))
    assert (t.left[inner] > np.flatnonzero(inner)).all() and (t.right[inner] > np.flatnonzero(inner)).all()
    assert np.isfinite([*t.value, *t.bound, t.start]).all()
    assert 0 < ranker.scale.threshold < 1 and ranker.scale.slope > 0
    assert len(ranker.fingerprint) == 12 and bundled() is ranker
