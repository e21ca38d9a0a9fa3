"""The report: complete without a network, safe for any text, and working in a real browser."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from browser import CHROMIUM, DRIVER, MISSING, Browser
from measured import TEXTS, Park, questions

from qa.evaluation import charts
from qa.evaluation.measure import evaluate
from qa.evaluation.questions import Question
from qa.evaluation.report import citation_data, report, script_json
from qa.visible import visible

EVIL = "</script><script>window.hurt=1</script><img src=x onerror='window.hurt=1'>&amp;\"'\u2028"
needs_browser = pytest.mark.skipif(CHROMIUM is None or DRIVER is None, reason=MISSING)


def asked() -> list[dict[str, Any]]:
    rows = questions(130)
    rows[1] |= {"question": rows[1]["question"] + EVIL, "type": EVIL, "zone": EVIL}
    return rows


class Evil(Park):
    def ask(self, question: str) -> Any:
        found = super().ask(question.removesuffix(EVIL))
        return (
            found
            if EVIL not in question
            else (found or {}) | {"answer": EVIL, "note": EVIL, "confidence": 1.0}
        )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("runs") / "evil"
    return evaluate(Evil(), asked(), documents=TEXTS, by=("type", "zone"), out=folder)


class Tags(HTMLParser):
    """The tags and attributes of a page, and whether every tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in {"meta", "input", "line", "circle", "rect", "polygon", "polyline"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"line", "circle", "rect", "polygon", "polyline"}:
            assert self.open.pop() == tag


def test_the_page_is_whole_and_asks_for_nothing(run):
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert page == report(run)
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert not {"src", "href", "srcset", "onerror", "onload"} & {
        name for _, attrs in tags.seen for name in attrs
    }
    assert [tag for tag, _ in tags.seen].count("script") == 2
    assert "url(" not in page
    assert "@import" not in page
    policy = next(attrs["content"] for tag, attrs in tags.seen if "http-equiv" in attrs)
    assert (policy or "").startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")


def test_no_text_can_end_its_place(run):
    page = report(run)
    assert "<img" not in page
    assert "</script><script>window" not in page
    data = re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.S)
    rows = json.loads(data[1] if data else "")
    shown = visible(EVIL)
    assert [row["question"] for row in rows if row["type"] == shown] == [visible(asked()[1]["question"])]
    assert json.loads(script_json({EVIL: EVIL})) == {shown: shown}


def test_a_citation_is_cut_into_what_stands_around_quoted_and_marked():
    text = "甲" * 100 + "总投资3亿元，占地。" + "乙" * 100
    citation = {
        "document": "a",
        "start": 100,
        "end": 110,
        "quote": text[100:110],
        "line_start": 1,
        "line_end": 1,
    }
    citation["marks"] = [[103, 106], [90, 101], [400, 500]]
    shown = citation_data(citation, Question("q", "?"), {"a": text})
    assert shown["pieces"] == [
        ["around", "甲" * 80], ["mark", "总"], ["quote", "投资"], ["mark", "3亿元"], ["quote", "，占地。"],
        ["around", "乙" * 80],
    ]  # fmt: skip
    assert shown["place"] == "line 1"
    assert citation_data(citation, Question("q", "?"), {})["pieces"][0] == ["mark", "总"]


def test_charts_place_their_marks():
    assert (charts.x_of(0), charts.x_of(1)) == (38, 310)
    assert (charts.y_of(0), charts.y_of(1)) == (166, 10)
    assert 'points="38.0,166.0 310.0,10.0"' in charts.risk_coverage([(0.0, 0.0), (1.0, 1.0)])
    assert 'cx="174.0" cy="88.0"' in charts.reliability([(0.5, 0.5, 3)])
    assert "<title>2 questions</title>" in charts.histogram([1.0, 1.0, 10.0], 1.0, 10.0)
    assert "<script" not in charts.frame("<script>", "", "<script>", ["a", "b"], ["c", "d"])
    assert charts.histogram([], 0, 0).startswith("<svg")


@needs_browser
def test_the_page_works_in_a_browser(run, tmp_path: Path):
    with Browser() as page:
        page.open(run.folder / "report.html")
        rows = "return document.querySelectorAll('#list tbody tr').length"
        assert page.run(rows) == 100, "a hundred at first"
        page.run("document.getElementById('more').click()")
        assert page.run(rows) == 130
        search = "$('find').value = arguments_; $('find').oninput()"
        page.run(search.replace("arguments_", "'第7经开区'"))
        assert page.run("return document.getElementById('count').textContent") == "4 of 130"
        page.run("document.querySelector('#list .ask').click()")
        detail = page.run("return document.querySelector('.detail').innerText")
        assert "7.5亿元" in detail
        assert "007.txt · lines 1–2 · touches the evidence" in detail
        assert "第7经开区总投资7.5亿元，\n占地70亩，共有7家企业。" in detail
        assert page.run("return document.querySelector('.detail mark').textContent") == "第7经"
        page.run("document.querySelector('#list .ask').click()")
        assert page.run("return document.querySelector('.detail')") is None
        page.run(search.replace("arguments_", "''"))
        page.run(
            "const s = document.getElementById('state'); s.value = '0'; s.dispatchEvent(new Event('change'))"
        )
        missed = sum(s["grounded"] != 1.0 for s in run.scores)
        assert page.run("return document.getElementById('count').textContent") == f"{missed} of 130"
        page.run("document.querySelectorAll('#list .ask').forEach((b) => b.click())")
        assert page.run("return window.hurt === undefined"), "no text became a script"
        assert page.messages() == [], "no error, nothing asked of a network"


@needs_browser
@pytest.mark.parametrize(
    "width, dark, paper",
    [(390, False, "255, 255, 255"), (390, True, "20, 23, 26"), (1200, True, "20, 23, 26")],
)
def test_the_page_fits_and_heeds_the_colour_scheme(run, width: int, dark: bool, paper: str):
    with Browser() as page:
        page.open(run.folder / "report.html")
        page.emulate(width, 844, dark)
        page.run("document.querySelectorAll('#list .ask').forEach((b, i) => i < 20 && b.click())")
        assert page.run("return document.documentElement.scrollWidth") <= width
        assert page.run("return getComputedStyle(document.body).backgroundColor") == f"rgb({paper})"
        assert len(page.screenshot()) > 10_000
