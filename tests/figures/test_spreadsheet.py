"""Figures as CSV and as a workbook: numbers are numbers, texts are texts, whatever they begin with."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from made_figures import EAST, WEST

from qa.errors import InputError
from qa.figures import spreadsheet
from qa.figures.spreadsheet import cell, to_csv, to_xlsx
from qa.figures.table import COLUMNS, Figures
from qa.schema import Figure, Value

EVIL = replace(
    EAST, subject='=HYPERLINK("http://x")', metric="\x1b[2J@SUM(A1)", period="+1", document="-1+2.txt",
    value=Value(Decimal("-3.4"), "%"), number=Decimal("-3.4"), unit="%", quote="-3.4%",
)  # fmt: skip


def located(figures: Sequence[Figure]) -> list[tuple[int, str]]:
    return [(7, "总投资3.2亿元。") for _ in figures]


FIGURES = Figures([EAST, WEST, EVIL], located)


def test_csv_holds_the_number_as_written_and_in_the_base_unit_and_where_it_stands() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(FIGURES))))
    assert tuple(rows[0]) == COLUMNS
    told = ("number", "unit", "base_number", "base_unit", "mode", "line", "sentence")
    assert [tuple(row[name] for name in told) for row in rows[:2]] == [
        ("3.20", "亿元", "320000000", "元", "actual", "7", "总投资3.2亿元。"),
        ("5000", "万元", "50000000", "元", "planned", "7", "总投资3.2亿元。"),
    ]
    assert [row["line"] for row in csv.DictReader(io.StringIO(to_csv([EAST])))] == [""]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "\t", "\r\n"])
def test_no_text_is_a_formula(start: str) -> None:
    assert cell(start + "cmd|x")[0] in "'\\"


def test_documents_put_no_formula_into_a_csv() -> None:
    row = list(csv.DictReader(io.StringIO(to_csv(FIGURES))))[2]
    assert row["subject"] == '\'=HYPERLINK("http://x")'
    assert (row["metric"], row["document"], row["period"]) == ("\\x1b[2J@SUM(A1)", "'-1+2.txt", "+1")
    assert (row["number"], row["quote"]) == ("-3.4", "-3.4%")


def test_a_workbook_has_numbers_and_texts(tmp_path: Path) -> None:
    to_xlsx(FIGURES, tmp_path / "f.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "f.xlsx")["figures"]
    header, *rows = sheet.iter_rows()
    assert tuple(c.value for c in header) == COLUMNS and sheet.freeze_panes == "A2"
    at = {name: n for n, name in enumerate(COLUMNS)}
    assert [row[at["base_number"]].value for row in rows] == [320_000_000, 50_000_000, -3.4]
    evil = rows[2]
    assert (evil[at["subject"]].value, evil[at["subject"]].data_type) == ('=HYPERLINK("http://x")', "s")
    assert evil[at["metric"]].value == "\\x1b[2J@SUM(A1)"
    assert [(row[at["line"]].value, row[at["year"]].value) for row in rows[:2]] == [(7, 2021), (7, None)]


def test_a_workbook_that_cannot_be_written_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match=r"'.*f\.xlsx' cannot be written \(.*\)\. Name another file\."):
        to_xlsx(FIGURES, tmp_path / "no" / "f.xlsx")
    monkeypatch.setattr(spreadsheet, "ROWS", 2)
    with pytest.raises(InputError, match=r"^A sheet has 2 rows, these are 3 figures\. Choose fewer\.$"):
        to_xlsx(FIGURES, tmp_path / "f.xlsx")
    assert list(tmp_path.iterdir()) == []
