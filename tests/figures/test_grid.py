"""Tables between bars: rows, headers of one row or several, labels, groups, units."""

from __future__ import annotations

import pytest

from qa.figures.grid import Cell, caption_unit, entries, inside, named, quantity, rows

TEXT = "| 县 | 税收（亿元） |\n| 甲县 | 3.5 |\n| 乙县 | 4 |"


def test_rows_are_cells_where_they_stand() -> None:
    (row,) = rows("| 名称 || 亿元 |\n|---|:-:|---|\n完成3亿元")
    assert row == (Cell("名称", 2, 4), Cell("", 6, 6), Cell("亿元", 8, 10))
    assert inside(2, 4, [row]) and not inside(20, 24, [row])


def named_cells(text: str) -> list[tuple[str, str, str, str]]:
    found, _ = entries(text)
    return [(e.cell.text, "/".join(e.labels), "/".join(e.headers), e.group) for e in found]


def test_a_cell_has_its_row_and_its_column() -> None:
    assert named_cells(TEXT) == [("3.5", "甲县", "税收（亿元）", ""), ("4", "乙县", "税收（亿元）", "")]


def test_headers_of_two_rows_and_merged_ones() -> None:
    text = "| 区 | 2019年 | | 2020年 |\n| | 产值 | 税收 | 产值 |\n| 甲 | 1 | 2 | 3 |"
    assert named_cells(text) == [
        ("1", "甲", "2019年/产值", ""), ("2", "甲", "2019年/税收", ""), ("3", "甲", "2020年/产值", ""),
    ]  # fmt: skip


def test_rows_are_named_by_as_many_columns_as_tell_them_apart() -> None:
    text = "| 序号 | 区 | 行业 | 税收 |\n| 1 | 甲 | 工业 | 5 |\n| 2 | 甲 | 农业 | 6 |\n| 3 | 乙 | 工业 | 7 |"
    assert named_cells(text)[1] == ("6", "甲/农业", "税收", "")


def test_a_row_of_one_cell_is_what_the_next_are_a_part_of() -> None:
    text = "| 项目 | 上年 | 本年 |\n| 一、收入 | | |\n| 税收 | 5 | 6 |\n| 其中：国税 | 3 | 4 |"
    assert [(number, label, of) for number, label, _, of in named_cells(text)] == [
        ("5", "税收", "收入"), ("6", "税收", "收入"),
        ("3", "其中：国税", "税收"), ("4", "其中：国税", "税收"),
    ]  # fmt: skip


def test_years_are_labels_in_one_column_and_numbers_in_another() -> None:
    found, _ = entries("| 年份 | 户数 |\n| 2019 | 1999 |\n| 2020 | 3,100 |")
    assert [(e.labels, e.quantity is not None) for e in found] == [(("2019",), True), (("2020",), True)]
    assert quantity(Cell("2020", 0, 4)) is None


def test_a_table_goes_on_in_the_next_passage() -> None:
    _, head = entries("单位：万元\n" + TEXT)
    found, again = entries("| 丙县 | 5 |", head)
    told = [(e.labels, e.headers, e.head.above) for e in found]
    assert told == [(("丙县",), ("税收（亿元）",), "单位：万元")]
    assert again is head
    assert entries("下面是另一张表。\n| 丙县 | 5 |", head)[0] == []
    assert entries(TEXT + "\n表后有话。")[1] is None
    assert entries("| 单独一行 | 5 |") == ([], None)


def test_the_unit_of_a_row_stands_in_its_own_column() -> None:
    found, _ = entries("| 指标 | 计量单位 | 2019年 |\n| 税收 | 万元 | 5 |\n| 户数 | 户 | 6 |")
    assert [(e.labels, e.unit) for e in found] == [(("税收",), "万元"), (("户数",), "户")]


@pytest.mark.parametrize(
    ("said", "name", "unit"),
    [
        ("固定资产投资（亿元）", "固定资产投资", "亿元"),
        ("产值(单位：万元)", "产值", "万元"),
        ("其中：工业 / 万元", "工业", "万元"),
        ("（一）占比%", "占比", "%"),
        ("1、人工费用", "人工费用", ""),
        ("湖南（省会）", "湖南（省会）", ""),
        ("单位：亿元", "单位：亿元", ""),
    ],
)
def test_a_name_and_the_unit_beside_it(said: str, name: str, unit: str) -> None:
    assert named(said) == (name, unit)


def test_the_unit_above_a_table_is_that_of_its_columns() -> None:
    assert caption_unit("表1 单位：亿元、%", "增长率") == "%"
    assert caption_unit("表1 单位：亿元", "增长率") == ""
    assert caption_unit("表1 单位：亿元、%", "税收") == "亿元"
    assert caption_unit("各县税收", "税收") == ""
