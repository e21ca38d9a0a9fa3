"""Figures of tables in text: rows between bars, named by row and column."""

from __future__ import annotations

from golden_figures import passage

from qa.figures.extract import extract
from qa.figures.grid import Cell, inside, rows

TEXT = "| 县 | 税收（亿元） |\n| 甲县 | 3.5 |\n| 乙县 | 4 |"


def test_rows_are_cells_where_they_stand() -> None:
    (row,) = rows("| 名称 | 亿元 |\n完成3亿元")
    assert tuple(row) == (Cell("名称", 2, 4), Cell("亿元", 7, 9))


def test_a_cell_is_a_figure_of_its_row_and_column() -> None:
    found = extract(passage(TEXT, ""))
    assert [(f.subject, f.metric, f.value.unit, f.quote) for f in found] == [
        ("甲县", "税收", "亿元", "3.5"), ("乙县", "税收", "亿元", "4"),
    ]  # fmt: skip
    assert all(inside(figure, rows(TEXT)) for figure in found)
