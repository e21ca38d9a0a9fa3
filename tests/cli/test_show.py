"""What is shown: exact quotes as JSON and plain text; folded, joined and marked on a terminal."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from qa.cli.figures import as_csv, as_json, as_table
from qa.cli.page import Page, fold, joined
from qa.cli.show import answer_text, citation_text
from qa.errors import InputError
from qa.figures.table import filtered, select
from qa.interface import answer_json, dump
from qa.schema import Answer, Citation, Figure, Value

QUOTE = "据悉，该区今年已先后启动18个安置\n小区建设，总投资约17.68亿\n\n元，总建安置房5294套。"
MARK = (100 + QUOTE.index("17"), 100 + QUOTE.index("元，总") + 1)
ABOUT = ("跳动的音符", "岳阳经开区", "2019-07-03")
CITED = Citation("a/报告.txt", 100, 100 + len(QUOTE), 62, 65, QUOTE, 0.91, 1, (MARK,), *ABOUT)
VALUE = Value(Decimal("17.680"), "亿元")
ANSWER = Answer("多少？", "总投资多少？", "answered", "17.68亿元", None, VALUE, 0.934567, (CITED,))
REFUSED = Answer("多少？", "多少？", "no_answer", None, None, None, 0.9, (CITED,), "只有前三季度的数字")
TEXT = st.text(st.sampled_from("产投资亿元，。（）“”《》 abcXYZ0123456789.%—…\n\r\t　"), max_size=80)


def test_an_answer_as_json_has_the_fields_of_the_interface_in_order():
    record = answer_json(ANSWER)
    assert list(record)[:9] == [
        "id", "question", "resolved", "status", "answer", "items", "value", "confidence", "citations",
    ]  # fmt: skip
    assert list(record["citations"][0])[:8] == [
        "document", "start", "end", "line_start", "line_end", "quote", "score", "rank",
    ]  # fmt: skip
    assert record["value"] == {"number": 17.68, "unit": "亿元"}
    assert dump(record["value"]) == '{"number": 17.68, "unit": "亿元"}'
    assert record["citations"][0]["quote"] == QUOTE
    assert json.loads(dump(record)) == record


def test_no_answer_as_json_has_null_answer_and_null_value():
    record = answer_json(REFUSED)
    assert record["status"] == "no_answer"
    assert (record["answer"], record["items"], record["value"]) == (None, None, None)


@pytest.mark.parametrize("written", ["17.68", "0.1", "3.20", "12500", "1E+4", "99999999999999999999"])
def test_numbers_in_json_read_back_as_the_same_decimal(written: str):
    value = answer_json(replace(ANSWER, value=Value(Decimal(written), "元")))["value"]
    assert json.loads(dump(value), parse_float=Decimal, parse_int=Decimal)["number"] == Decimal(written)


def test_plain_text_quotes_to_the_letter():
    shown = citation_text(1, CITED, Page())
    assert shown == (
        "[1] a/报告.txt:62-65\n    跳动的音符（岳阳经开区，2019-07-03）\n"
        "    据悉，该区今年已先后启动18个安置\n    小区建设，总投资约17.68亿\n\n    元，总建安置房5294套。"
    )


def test_a_terminal_joins_folds_and_marks():
    assert answer_text(ANSWER, Page(48, styled=True)) == (
        "\x1b[1m17.68亿元\x1b[0m\x1b[2m  （把握 93%）\x1b[0m\n\n"
        "[1] a/报告.txt:62-65\n"
        "    \x1b[2m跳动的音符（岳阳经开区，2019-07-03）\x1b[0m\n"
        "    据悉，该区今年已先后启动18个安置小区建设，总\n"
        "    投资约\x1b[1;4m17.68亿元\x1b[0m，总建安置房5294套。"
    )


def test_no_answer_offers_the_nearest_passages_as_such():
    shown = answer_text(REFUSED, Page(), k=1)
    said = ["文档中没有答案", "只有前三季度的数字", "", "最接近的段落，不足以回答："]
    assert shown.splitlines()[:4] == said


@given(TEXT, st.integers(8, 60))
def test_folded_lines_fit_and_lose_nothing(text: str, width: int):
    text = "".join(text.split())
    lines = fold(text, (), Page(width))
    assert "".join(lines) == text
    assert all(cell_len(line) <= width for line in lines)


@given(TEXT, st.integers(0, 80), st.integers(0, 80))
def test_joining_keeps_the_marked_characters(text: str, one: int, other: int):
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    shown, [(a, b)] = joined(text, [(start, end)])
    assert "".join(shown[a:b].split()) == "".join(text[start:end].split())
    assert "".join(shown.split()) == "".join(text.split())


def test_folding_never_parts_a_number_nor_begins_with_a_closing_mark():
    assert fold("完成固定资产投资87.8亿元。（完）", (), Page(20)) == ["完成固定资产投资", "87.8亿元。（完）"]
    assert fold("一二三四五，六七八九十。", (), Page(10)) == ["一二三四", "五，六七八", "九十。"]


def figure(subject: str, number: str, unit: str, base: str, year: int | None = None) -> Figure:
    value = Value(Decimal(number), unit)
    base_unit = "元" if unit.endswith("元") else unit
    where = ("p1", "a.txt", subject, "总投资", value, Decimal(base), base_unit, *[f"{number}{unit}"] * 2)
    return Figure(*where, 3, 8, 3, 8, 0, 8, period=f"{year}年" if year else "", year=year)


EAST = figure("东城经开区", "3.20", "亿元", "320000000", 2021)
WEST = replace(figure("西城高新区", "5000", "万元", "50000000"), mode="planned")


def test_figures_as_csv_read_back():
    rows = list(csv.DictReader(io.StringIO(as_csv([EAST, WEST], Page()))))
    assert [(r["subject"], r["number"], r["unit"], r["mode"], r["year"]) for r in rows] == [
        ("东城经开区", "3.20", "亿元", "actual", "2021"),
        ("西城高新区", "5000", "万元", "planned", ""),
    ]


def test_figures_as_json_are_rows_with_plain_numbers():
    record = json.loads(as_json([EAST], Page()))
    assert (record["subject"], record["number"], record["unit"]) == ("东城经开区", 3.2, "亿元")
    assert '"number": 5000,' in as_json([WEST], Page())


def test_figures_as_a_table():
    assert as_table([WEST], Page()) == "西城高新区\t总投资\t\t5000万元（计划）\ta.txt"
    shown = as_table([EAST, WEST], Page(60)).splitlines()
    assert shown[1].split() == ["东城经开区", "总投资", "2021年", "3.20亿元", "a.txt"]
    assert all(cell_len(line) <= 60 for line in shown)


LAND = replace(figure("东城经开区", "150", "亩", "150"), metric="占地")


@pytest.mark.parametrize(
    "asked, expected",
    [
        ({}, [EAST, WEST, LAND]),
        ({"query": "東城 總投資"}, [EAST]),
        ({"query": "5000万元"}, [WEST]),
        ({"subject": "高新区"}, [WEST]),
        ({"metric": "占地"}, [LAND]),
        ({"period": "2021年"}, [EAST]),
        ({"unit": "万元"}, [EAST, WEST]),
        ({"unit": "亩"}, [LAND]),
        ({"least": "1亿元"}, [EAST]),
        ({"most": "１亿元"}, [WEST]),
        ({"least": "6000", "unit": "万元"}, [EAST]),
        ({"least": "0.3亿元", "most": "6000万元"}, [WEST]),
        ({"least": "100", "most": "200"}, [LAND]),
        ({"least": "0.1亿"}, [EAST, WEST]),
        ({"document": "b.txt"}, []),
        ({"sort": "-number"}, [EAST, WEST, LAND]),
        ({"sort": "subject"}, [EAST, LAND, WEST]),
    ],
    ids=str,
)
def test_figures_are_chosen_by_what_they_hold(asked: dict[str, str], expected: list[Figure]):
    least, most, sort = (asked.get(name) for name in ("least", "most", "sort"))
    texts = {name: text for name, text in asked.items() if name not in ("least", "most", "sort")}
    wanted, column = filtered(least, most, texts), (sort or "").removeprefix("-")
    assert select([EAST, WEST, LAND], wanted, column, (sort or "").startswith("-")) == expected


def test_a_wrong_bound_is_named():
    with pytest.raises(InputError, match="许多"):
        filtered("许多", None, {})
    with pytest.raises(InputError, match="万元"):
        filtered("3亩", None, {"unit": "万元"})
