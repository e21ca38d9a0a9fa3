"""Figures as CSV, JSON and a table."""

from __future__ import annotations

import csv
import io
import json

from made_figures import EAST, WEST
from rich.cells import cell_len

from qa.cli.figures import as_csv, as_json, as_table
from qa.cli.page import Page


def test_figures_as_csv_read_back():
    assert as_csv([EAST, WEST], Page(80)).startswith("subject,")
    made = as_csv([EAST, WEST], Page())
    assert made.startswith("\ufeffsubject,")  # what Excel knows UTF-8 by
    rows = list(csv.DictReader(io.StringIO(made.removeprefix("\ufeff"))))
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
