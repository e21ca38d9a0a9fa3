"""Tables between bars: row and column say of what a number is."""

from __future__ import annotations

from decimal import Decimal

from qa.figures.extract import extract_all
from qa.figures.table import conflicts
from qa.prepare import prepare
from qa.schema import Document, Figure

TABLE = """# 2023年上半年经济情况

各区县主要指标如下：

| 地区 | 固定资产投资（亿元） | 同比增长（%） |
|------|------|------|
| 东山县 | 32.5 | 8.1 |
| 西河区 | 1,120 | -2.3 |

以上数据由统计局提供，合计投资152.5亿元。

| 指标 | 2021年 | 2022年 |
|---|---|---|
| 财政收入（万元） | 300 | 320 |
"""


def figures_of(text: str, name: str = "a.md") -> tuple[Figure, ...]:
    document = Document(name, text, "x", "utf-8")
    return extract_all(prepare(document), text)


def test_row_and_column_name_a_number() -> None:
    found = figures_of(TABLE)
    said = [(f.subject, f.metric, str(f.value.number), f.value.unit, f.period) for f in found]
    assert said[:4] == [
        ("东山县", "固定资产投资", "32.5", "亿元", ""),
        ("东山县", "同比增长", "8.1", "%", ""),
        ("西河区", "固定资产投资", "1120", "亿元", ""),
        ("西河区", "同比增长", "-2.3", "%", ""),
    ]
    assert [(m, n, u, p) for _, m, n, u, p in said[-2:]] == [
        ("财政收入", "300", "万元", "2021年"),
        ("财政收入", "320", "万元", "2022年"),
    ]
    assert found[0].number == Decimal("3250000000.0")
    assert all(TABLE[f.start : f.end] == f.quote for f in found)
    assert [f.value.unit for f in found].count("亿元") == 3


def test_a_table_without_numbers_or_header_has_no_figures() -> None:
    assert figures_of("| 地区 | 负责人 |\n|---|---|\n| 东山县 | 张三 |\n") == ()


def test_what_documents_say_differently_is_a_conflict() -> None:
    one, two = "东山县2022年完成税收3亿元。", "东山县2022年完成税收4亿元。"
    found = [*figures_of(one, "a.txt"), *figures_of(two, "b.txt"), *figures_of(one, "c.txt")]
    assert [[f.document for f in group] for group in conflicts(found)] == [["a.txt", "b.txt", "c.txt"]]
    assert conflicts([*figures_of(one, "a.txt"), *figures_of(one, "c.txt")]) == []
