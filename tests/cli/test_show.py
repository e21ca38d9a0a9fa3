"""What is shown: exact quotes as JSON and plain text; folded, joined and marked on a terminal."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from qa.cli.page import Page
from qa.cli.show import answer_text, citation_text, context_text, deciding, original_text
from qa.interface import answer_json, dump
from qa.schema import Answer, Citation, Value

QUOTE = "据悉，该区今年已先后启动18个安置\n小区建设，总投资约17.68亿\n\n元，总建安置房5294套。"
MARK = (100 + QUOTE.index("17"), 100 + QUOTE.index("元，总") + 1)
ABOUT = ("跳动的音符", "岳阳经开区", "2019-07-03")
CITED = Citation("a/报告.txt", 100, 100 + len(QUOTE), 62, 65, QUOTE, 0.91, 1, (MARK,), *ABOUT)
VALUE = Value(Decimal("17.680"), "亿元")
ANSWER = Answer("多少？", "总投资多少？", "answered", "17.68亿元", None, VALUE, 0.934567, (CITED,))
REFUSED = Answer("多少？", "多少？", "no_answer", None, None, None, 0.9, (CITED,), "只有前三季度的数字")


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
    shown = answer_text(REFUSED, Page())
    said = ["文档中没有答案", "只有前三季度的数字", "", "最接近的段落，不足以回答："]
    assert shown.splitlines()[:4] == said


LONG = "第一句说开局。第二句说形势！2020年税收3.5亿元。第四句说投资。第五句展望。"
AT = LONG.index("2020年"), LONG.index("第四句")


def _cited(*marks: tuple[int, int]) -> Citation:
    return Citation(
        "a.txt", 100, 100 + len(LONG), 1, 1, LONG, 0.9, 1, tuple((100 + a, 100 + b) for a, b in marks)
    )


@pytest.mark.parametrize(
    ("most", "marks", "shown"),
    [
        (10, [AT], "…2020年税收3.5亿元。…"),
        (25, [AT], "…第二句说形势！2020年税收3.5亿元。…"),
        (30, [AT], "…第二句说形势！2020年税收3.5亿元。第四句说投资。…"),
        (10, [(0, 3), AT], "第一句说开局。第二句说形势！2020年税收3.5亿元。…"),
        (10, [], "第一句说开局。…"),
        (200, [(len(LONG) - 2, len(LONG))], "…第四句说投资。第五句展望。"),
    ],
)
def test_a_short_quote_is_what_decides_with_its_neighbours(
    most: int, marks: list[tuple[int, int]], shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.cli.show.SHORT", most)
    cited = _cited(*marks)
    assert citation_text(1, cited, Page(), short=True).splitlines()[-1] == f"    {shown}"
    start, end = deciding(cited)
    assert LONG[start - 100 : end - 100] == shown.strip("…")


def test_a_short_quote_keeps_its_marks_where_they_are() -> None:
    text = citation_text(1, _cited((AT[0] + 5, AT[1] - 1)), Page(80, styled=True), short=True)
    assert "\x1b[1;4m税收3.5亿元\x1b[0m" in text


def test_an_original_has_its_lines_numbered_and_the_cited_ones_marked() -> None:
    lines = original_text("一\r\n二\x1b\n\n四" + "\n" * 6, 2, 3).splitlines()
    assert lines[:5] == ["   1  一", ">  2  二\\x1b", ">  3", "   4  四", "   5"]


def test_a_citation_in_its_context() -> None:
    shown = context_text(2, CITED, "前\n文", "", Page())
    assert shown.splitlines()[2:5] == ["    前", "    文", ""]
    assert shown.splitlines()[5] == "  > 据悉，该区今年已先后启动18个安置" and not shown.endswith("\n")
