"""Workbooks and CSV: titles, headers of several rows, merged cells, formats of numbers, names of cells."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from papers import workbook

from qa.documents.formats.sheets import read_csv, read_workbook, shown_number
from qa.documents.formats.source import Source
from qa.places import place
from qa.schema import Document


def indicators(sheet: Any) -> None:
    sheet.append(["2020年各区主要经济指标"])
    sheet.append(["编制单位：统计局", None, None, "单位：亿元"])
    sheet.append(["地区", "2019年", None, "2020年"])
    sheet.append([None, "产值", "税收", "产值"])
    for merged in ("A1:D1", "A3:A4", "B3:C3"):
        sheet.merge_cells(merged)
    for n in range(1, 21):
        sheet.append([f"第{n}区", n * 1.5, n / 10, n * 2.25])
    sheet.append([])
    sheet.append(["注：快报数。"])


def details(sheet: Any) -> None:
    for address, value in {
        "C5": "企业",
        "D5": "税收",
        "C6": "甲公司",
        "D6": 3,
        "G5": "季度",
        "H5": "额",
        "G6": "一季度",
        "H6": 7,
    }.items():
        sheet[address] = value


def held(source: Source) -> Document:
    return Document("x", source.text, "", source.encoding, source.pages, "", source.places, source.notes)


def where(document: Document, quote: str) -> str:
    at = document.text.index(quote)
    assert document.text.count(quote) == 1
    return place(document, at, at + len(quote))


def test_every_part_of_a_sheet_has_its_title_and_headers() -> None:
    source = read_workbook(workbook(主要指标=indicators, 明细=details), None)
    title = "## 主要指标 2020年各区主要经济指标 编制单位：统计局 单位：亿元\n\n"
    head = title + "| 地区 | 2019年 产值 | 2019年 税收 | 2020年 产值 |\n| --- | --- | --- | --- |\n"
    parts = source.text.split(head)
    assert parts[0] == ""
    assert parts[1].startswith("| 第1区 | 1.5 | 0.1 | 2.25 |\n| 第2区 | 3 | 0.2 | 4.5 |\n")
    assert all(len(head) + len(part.split("注")[0].strip()) <= 350 for part in parts[1:])
    assert "".join(parts).count("区 |") == 20
    assert (
        "\n注：快报数。\n\n## 明细\n\n| 企业 | 税收 |\n| --- | --- |\n| 甲公司 | 3 |\n\n"
        "## 明细\n\n| 季度 | 额 |" in source.text
    )


def test_cells_are_named() -> None:
    document = held(read_workbook(workbook(主要指标=indicators, 明细=details), None))
    assert where(document, "| 第7区 | 10.5 | 0.7 | 15.75 |") == "主要指标!A11:D11"
    assert where(document, "15.75") == "主要指标!D11"
    assert where(document, "甲公司") == "明细!C6"
    assert where(document, "一季度") == "明细!G6"
    assert where(document, "注：快报数。") == "主要指标!A26"
    first = document.text.index("| 企业")
    assert place(document, first, document.text.index("甲公司 | 3") + 7) == "明细!C5:D6"
    assert [document.text[at : at + 7] for at in document.pages] == ["## 主要指标", "## 明细\n\n"[:7]]


@pytest.mark.parametrize(
    ("value", "pattern", "shown"),
    [
        (0.125, "0.0%", "12.5%"),
        (12345.678, "#,##0.00", "12,345.68"),
        (12345.678, '#,##0.0"亿元"', "12,345.7亿元"),
        (-3.456, "0.00;[Red]-0.00", "-3.46"),
        (0.1 + 0.2, "General", "0.3"),
        (1e20, "General", "100000000000000000000"),
        (2.5, "0", "3"),
        (7, "General", "7"),
        (float("inf"), "0", "inf"),
    ],
)
def test_numbers_are_as_the_sheet_shows_them(value: float, pattern: str, shown: str) -> None:
    assert shown_number(value, pattern) == shown


def test_dates_formulas_and_far_cells() -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["日期", "金额"])
        sheet.append([datetime.datetime(2024, 3, 1), 5])
        sheet.append([datetime.datetime(2024, 3, 2, 8, 30), "=SUM(B2:B2)"])
        sheet["XFD1048576"] = "远"

    source = read_workbook(workbook(一=fill), None)
    assert source.text == "| 日期 | 金额 |\n| --- | --- |\n| 2024-03-01 | 5 |\n| 2024-03-02 08:30 |  |\n\n远"
    assert source.places[-1] == (source.text.index("远"), "一!XFD1048576")
    assert source.notes == (
        "1 formulas have no stored value and are read as empty. Open the file in Excel and save it.",
    )


def test_csv_of_any_encoding_and_delimiter() -> None:
    source = read_csv('地区;产值\n甲区;"1,234.5"\n乙区;3\n'.encode("gb18030"), None)
    assert source.text == "| 地区 | 产值 |\n| --- | --- |\n| 甲区 | 1,234.5 |\n| 乙区 | 3 |"
    assert source.encoding == "gb18030"
    assert where(held(source), "1,234.5") == "B2"
    assert (
        read_csv('备注|甲\n"一\n二"|丙\n'.encode(), None).text
        == "| 备注 | 甲 |\n| --- | --- |\n| 一二 | 丙 |"
    )
