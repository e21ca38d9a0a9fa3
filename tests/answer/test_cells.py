"""Which cell of a table a question means: one row and one column named, or none is decided."""

from __future__ import annotations

from dataclasses import replace

import pytest
from answering import passage, query, read, reading

from qa.answer.cells import decided
from qa.answer.propose import propose
from qa.figures.extract import extract_all

TABLE = """2020年各区情况
| 地区 | 2019年 | | 2020年 | |
| | 税收（亿元） | 户数（户） | 税收（亿元） | 户数（户） |
| 东湖区 | 3.1 | 200 | 3.4 | 210 |
| 西湖区 | 2.7 | 180 | | 190 |
| 西湖区城区 | 1.7 | 80 | 1.9 | 90 |
| 合计 | 5.8 | 380 | 6.3 | 400 |"""


def meant(question: str, text: str = TABLE) -> list[tuple[list[str], bool]]:
    found = decided(query(question), read(text))
    return [([text[a:b] for a, b in table.cells], table.one) for table in found]


@pytest.mark.parametrize(
    ("question", "cell"),
    [
        ("东湖区2020年税收是多少？", "3.4"),
        ("东湖区2019年有多少户？", "200"),
        ("西湖区城区2020年的户数是多少？", "90"),
        ("西湖区2019年税收多少亿元？", "2.7"),
        ("2019年各区税收合计多少？", "5.8"),
    ],
)
def test_the_cell_of_the_row_and_the_column_that_are_named(question: str, cell: str) -> None:
    assert meant(question) == [([cell], True)]


def test_a_cell_that_is_empty_leaves_no_other() -> None:
    assert meant("西湖区2020年税收是多少？") == [([], True)]
    spans = reading(TABLE, ("2.7", 5.0), ("3.4", 4.0))
    assert propose(query("西湖区2020年税收是多少？"), [read(TABLE, spans)]) == []


def test_a_row_alone_or_a_column_alone_leaves_its_own_figures() -> None:
    assert meant("东湖区的情况如何？") == [(["3.1", "200", "3.4", "210"], False)]
    assert meant("2020年税收最高的是多少？") == [(["3.4", "1.9", "6.3"], False)]
    spans = reading(TABLE, ("2.7", 5.0), ("3.4", 4.0))
    found = propose(query("东湖区的情况如何？"), [read(TABLE, spans)])
    assert [c.text for c in found if c.sort == "span"] == ["3.4"]


@pytest.mark.parametrize(
    "question",
    ["东湖区和西湖区城区相差多少？", "南湖区的地价是多少？", "东湖区的户数和西湖区城区的税收各多少？"],
)
def test_two_rows_or_none_decide_nothing(question: str) -> None:
    assert not any(one for _, one in meant(question))


def test_another_period_is_no_cell() -> None:
    assert not any(one for _, one in meant("东湖区2021年税收是多少？"))
    dated = "| 县 | 国税（2019年） |\n| 甲县 | 3 |\n| 乙县 | 4 |"
    assert meant("甲县2019年国税多少？", dated) == [(["3"], True)]
    assert not any(one for _, one in meant("甲县2018年国税多少？", dated))


def test_the_cell_is_proposed_as_likely_as_the_readers_own() -> None:
    spans = reading(TABLE, ("2.7", 5.0), ("东湖区 | 3.1", 4.0))
    found = propose(query("东湖区2020年税收是多少？"), [read(TABLE, spans)])
    ranges = [c for c in found if c.sort == "span"]
    assert [(c.text, c.score, c.in_cell) for c in ranges] == [("3.4", 5.0, True)]
    assert ranges[0].value is not None and ranges[0].value.unit == "亿元"


def test_a_range_over_cells_is_each_of_them() -> None:
    text = "| 项目 | 投资（亿元） | 单位 |\n| 城北水厂 | 3.6 | 水务集团 |"
    found = propose(query("谁建的？"), [read(text, reading(text, ("3.6 | 水务集团", 5.0)))])
    assert [c.text for c in found if c.sort == "span"] == ["3.6", "水务集团"]


def test_a_table_whose_headers_stand_before_goes_by_its_figures() -> None:
    first = passage(TABLE)
    second = passage("| 北湖区 | 4.1 | 300 | 4.4 | 310 |\n| 南湖区 | 1 | 2 | 3 | 4 |", "a#2")
    figures = [f for f in extract_all([first, second], TABLE) if f.passage == "a#2"]
    found = decided(query("北湖区2020年税收是多少？"), replace(read(second), figures=tuple(figures)))
    assert [[second.text[a:b] for a, b in table.cells] for table in found] == [["4.4"]]
