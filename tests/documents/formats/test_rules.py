"""Ruled lines of a page make the grids of tables."""

from __future__ import annotations

from qa.documents.formats.rules import Ruled, grids
from qa.documents.formats.tables import Merged

EDGES = [(at, 0.0, 20.0) for at in (0.0, 10.0, 20.0)]


def test_lines_that_cross_are_the_edges_of_cells() -> None:
    assert grids(EDGES, EDGES) == [Ruled((0, 10, 20), (20, 10, 0), ())]


def test_a_thick_rule_is_one_edge() -> None:
    assert grids([*EDGES, (10.8, 0.0, 20.0)], EDGES) == grids(EDGES, EDGES)


def test_an_edge_that_is_missing_makes_a_merged_cell() -> None:
    short = [(0.0, 0.0, 20.0), (10.0, 0.0, 10.0), (20.0, 0.0, 20.0)]
    (found,) = grids(EDGES, short)
    assert found.spans == (Merged(0, 0, 1, 2),)


def test_a_box_around_a_text_is_no_table() -> None:
    box = [(0.0, 0.0, 20.0), (20.0, 0.0, 20.0)]
    assert grids(box, box) == grids([], []) == []


def test_tables_that_do_not_touch_are_two_from_top_to_bottom() -> None:
    above = [(at + 100, 100.0, 120.0) for at in (0.0, 10.0, 20.0)]
    beside = [(at + 100, 100.0, 120.0) for at in (0.0, 10.0, 20.0)]
    assert [found.rows[0] for found in grids([*EDGES, *above], [*EDGES, *beside])] == [120, 20]
