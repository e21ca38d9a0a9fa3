"""Questions to files of every format: answered, and cited to page, heading, sheet and cell, to the letter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from documents.formats.test_sheets import details, indicators
from papers import column, long_table, mail, packed, pdf, saved, two_columns, word, workbook

import qa
from qa.interface import hit_citation


def second_page(canvas: Any) -> None:
    column(canvas, 60, 700, "丁园区全年引进产业项目56个，总投资328.6亿元，其中亿元以上项目21个。", 30)


def report(document: Any) -> None:
    document.add_heading("戊园区年度报告", 0)
    document.add_heading("一、综合", 1)
    document.add_paragraph("戊园区全年工作平稳，各项任务按计划推进，企业生产经营正常。")
    document.add_heading("二、财税", 1)
    document.add_paragraph("戊园区全年完成税收17.68亿元，同比增长9.8%，其中工业税收占六成以上。")


def deck() -> bytes:
    import pptx

    out = pptx.Presentation()
    for title, text in (
        ("开头", "各位来宾，上午好。"),
        ("己园区招商", "己园区新签约项目37个，合同引资52.4亿元。"),
    ):
        slide = out.slides.add_slide(out.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text_frame.text = title, text
    return saved(out)


PAGE = """<html><head><meta charset="gb2312"><title>庚园区动态_某网</title></head>
<body><div>首页 新闻</div><article>
<h1>庚园区动态</h1><p>庚园区今年上半年完成固定资产投资60.5亿元，同比增长12%，新开工项目18个，竣工项目9个。</p>
<p>下一步，园区将继续优化营商环境，服务企业发展，推动项目早日投产。</p></article></body></html>"""


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> qa.KnowledgeBase:
    folder = tmp_path_factory.mktemp("files")
    letter = mail("辛园区情况", "辛园区去年新增规模以上企业33家，从业人员1.2万人。", {})
    files = {
        "年鉴.pdf": pdf(two_columns(1), second_page, two_columns(3)),
        "税收表.pdf": long_table(),
        "报告.docx": word(report),
        "招商.pptx": deck(),
        "动态.html": PAGE.encode("gb2312"),
        "指标.xlsx": workbook(主要指标=indicators, 明细=details),
        "来信.zip": packed(
            {"里.zip": packed({"信.eml": letter}), "锁.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}
        ),
        "坏.pdf": b"%PDF-1.4 x",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return qa.build(folder, index=folder.parent / "formats.index")


@pytest.mark.parametrize(
    ("question", "answer", "document", "page", "place"),
    [
        ("丁园区全年引进产业项目多少个？", "56个", "年鉴.pdf", 2, ""),
        ("戊园区全年完成税收多少？", "17.68亿元", "报告.docx", None, "二、财税"),
        ("己园区新签约项目多少个？", "37个", "招商.pptx", 2, "己园区招商"),
        ("庚园区上半年完成固定资产投资多少？", "60.5亿元", "动态.html", None, "庚园区动态"),
        ("辛园区去年新增规模以上企业多少家？", "33家", "来信.zip/里.zip/信.eml", None, ""),
    ],
)
def test_questions_are_answered_and_cited(
    kb: qa.KnowledgeBase, question: str, answer: str, document: str, page: int | None, place: str
) -> None:
    found = kb.ask(question)
    assert found.text == answer
    cited = found.citations[0]
    assert (cited.document, cited.page, cited.place) == (document, page, place)
    assert kb.document(document).text[cited.start : cited.end] == cited.quote


@pytest.mark.parametrize(
    ("query", "document", "page", "place", "held"),
    [
        ("甲公司的税收", "指标.xlsx", 2, "明细!C5:D6", "| 甲公司 | 3 |"),
        ("第8区2020年国税地税合计税收情况", "税收表.pdf", 2, "", "| 第8区 | 8.5 | 8.25 | 16.75 |"),
    ],
)
def test_rows_of_tables_are_found_with_their_headers(
    kb: qa.KnowledgeBase, query: str, document: str, page: int, place: str, held: str
) -> None:
    hits = [hit for hit in kb.search(query, k=8) if hit.passage.document == document]
    cited = [hit_citation(hit, kb.document(document)) for hit in hits]
    (found,) = [one for one in cited if held in one.quote]
    assert (found.page, found.place) == (page, place)
    assert "| --- |" in found.quote


def test_what_is_stored_is_whole_and_what_was_skipped_is_told(kb: qa.KnowledgeBase) -> None:
    assert kb.verify() == []
    assert [(Path(why["path"]).name, why["reason"][:11]) for why in kb.info()["skipped"]] == [
        ("坏.pdf", "is damaged,"),
        ("锁.docx", "is an old o"),
    ]
    document = kb.document("指标.xlsx")
    assert document.places[0] == (0, "主要指标")
    assert document.encoding.startswith("xlsx (openpyxl ")
