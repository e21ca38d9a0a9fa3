"""Cells as a format has them, to a table that is understood, to text in parts of a passage each."""

from __future__ import annotations

import pytest

from qa.documents.formats.source import Draft
from qa.documents.formats.tables import Merged, Table, cell, goes_on, grid, numeric, understood, write

ROWS = [["", "", ""], ["县", "税收", ""], ["", "今年", "去年"], ["甲", "3", "2"], ["乙", "4", "5"]]
MERGED = [Merged(1, 0, 2, 1), Merged(1, 1, 1, 2)]


def test_merged_cells_are_filled_in() -> None:
    assert grid(ROWS, MERGED).rows == (
        ("", "", ""), ("县", "税收", "税收"), ("县", "今年", "去年"), ("甲", "3", "2"), ("乙", "4", "5"),
    )  # fmt: skip


def test_headers_of_two_rows_are_one_a_column() -> None:
    found = understood(grid(ROWS, MERGED))
    assert found is not None
    assert found.headers == ("县", "税收 今年", "税收 去年")
    assert found.rows == (("甲", "3", "2"), ("乙", "4", "5"))


@pytest.mark.parametrize("rows", [[], [["只有一列"], ["又一行"]], [["一行", "两列"]]])
def test_what_is_no_table_is_not_understood_as_one(rows: list[list[str]]) -> None:
    assert understood(grid(rows)) is None


def test_a_table_goes_on_under_headers_said_again() -> None:
    table = Table((), ("县", "税收"), (("甲", "3"),), ())
    found = goes_on(table, grid([["县", "税收"], ["乙", "4"]]))
    assert found is not None and (found.headers, found.rows) == (("县", "税收"), (("乙", "4"),))
    assert goes_on(table, grid([["镇", "人口", "面积"], ["丙", "4", "5"]])) is None


def test_a_table_is_written_under_its_title_and_headers() -> None:
    draft = Draft()
    title, rows, notes = ("各县税收",), (("甲", "3"), ("乙", "4")), ("单位：亿元",)
    write(draft, Table(title, ("县", "税收"), rows, notes, places=("", "")))
    assert [line for line in draft.source("x").text.split("\n") if line] == [
        "## 各县税收", "| 县 | 税收 |", "| --- | --- |", "| 甲 | 3 |", "| 乙 | 4 |", "单位：亿元",
    ]  # fmt: skip


def test_cells_are_one_line_and_figures_are_told_from_years() -> None:
    assert "\n" not in cell(" 总投资\n（亿元） | 计划") and "|" not in cell(" 总投资\n（亿元） | 计划")
    texts = ("1,234.5", "12.5%", "2020", "上海", "-")
    assert [numeric(text) for text in texts] == [True, True, False, False, False]
