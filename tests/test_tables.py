"""Questions for a row and a column of a table: answered with that cell, cited to it, in every format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from papers import pdf, ruled, say, word, workbook

import qa

MARKDOWN = """# 甲市各区情况

单位：亿元

| 地区 | 2019年 | | 2020年 | |
| --- | --- | --- | --- | --- |
| | 产值 | 税收 | 产值 | 税收 |
| 东湖区 | 120.5 | 3.1 | 131.2 | 3.4 |
| 西湖区 | 98.6 | 2.7 | 102.8 | 2.9 |
| 合计 | 219.1 | 5.8 | 234.0 | 6.3 |
"""
ALIGNED = """2021年乙市各县税收情况
单位：万元

县名        国税        地税        合计
青山县      1200        800         2000
绿水县      950         610         1560
白云县      1340        720         2060
合计        3490        2130        5620
"""
SINGLE = """全市重点项目

项目名称 | 总投资（亿元） | 建设单位
城北水厂 | 3.6 | 市水务集团
滨江大道 | 12.8 | 市城建集团
南山隧道 | 20.4 | 市交投集团
"""
CSV = "企业,从业人员（人）,营业收入（万元）\n华星公司,320,\"5,600\"\n宏达公司,150,\"2,450\"\n"
WEB = """<html><head><meta charset="utf-8"><title>丁市各镇户数</title></head>
<body><article><h1>丁市各镇户数</h1>
<p>丁市统计局近日发布了各镇户数和人口的最新情况，数据来自年度统计报表，供各部门参考使用。</p>
<table><tr><th rowspan="2">镇名</th><th colspan="2">户数（户）</th><th rowspan="2">人口（人）</th></tr>
<tr><th>城镇</th><th>农村</th></tr>
<tr><td>李家镇</td><td>203</td><td>1,004</td><td>4,560</td></tr>
<tr><td>王家镇</td><td>180</td><td>803</td><td>3,721</td></tr></table>
<p>各镇将继续做好统计工作，保证数据真实准确，为发展提供可靠依据。</p></article></body></html>"""


def sheet(page: Any) -> None:
    page.append(["2020年丙市各区主要经济指标"])
    page.append(["", "", "", "单位：亿元"])
    page.append(["地区", "财政收入", None, "固定资产投资"])
    page.append([None, "总额", "同比增长（%）", None])
    for merged in ("A1:D1", "A3:A4", "B3:C3", "D3:D4"):
        page.merge_cells(merged)
    for row in (["红旗区", 12.5, 3.2, 88.1], ["解放区", 9.75, -1.4, 64.9], ["合计", 22.25, 1.1, 153]):
        page.append(row)


def report(document: Any) -> None:
    document.add_heading("戊公司年度报告", 0)
    document.add_paragraph("公司主要项目的情况见下表，单位：万元。")
    table = document.add_table(4, 4)
    rows = (
        ("项目", "本期", "", "上期"),
        ("", "收入", "成本", "收入"),
        ("软件业务", "820", "310", "760"),
        ("硬件业务", "1,450", "990", "1,320"),
    )
    for n, row in enumerate(rows):
        for at, text in enumerate(row):
            table.cell(n, at).text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))


def printed(canvas: Any) -> None:
    say(canvas, 160, 767, "表1")
    say(canvas, 200, 767, "2018年己市各乡粮食产量")
    say(canvas, 420, 747, "单位：吨")
    rows = ["乡名 水稻 小麦", "上河乡 3,400 1,250", "下河乡 2,900 1,610", "合计 6,300 2,860"]
    ruled(canvas, 737, (60, 200, 340, 480), [row.split() for row in rows])


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[qa.KnowledgeBase]:
    folder = tmp_path_factory.mktemp("tables")
    files = {
        "甲.md": MARKDOWN.encode(),
        "乙.txt": ALIGNED.encode("gb18030"),
        "项目.txt": SINGLE.encode(),
        "企业.csv": CSV.encode("gb18030"),
        "丙.xlsx": workbook(指标=sheet),
        "丁.html": WEB.encode(),
        "戊.docx": word(report),
        "己.pdf": pdf(printed),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    with qa.build(folder, index=folder.parent / "tables.index") as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "answer", "document", "cell", "place"),
    [
        ("东湖区2020年税收是多少？", "3.4亿元", "甲.md", "3.4", None),
        ("西湖区2019年的产值是多少亿元？", "98.6亿元", "甲.md", "98.6", None),
        ("绿水县的地税是多少？", "610万元", "乙.txt", "610", None),
        ("白云县2021年税收合计是多少？", "2060万元", "乙.txt", "2060", None),
        ("滨江大道的总投资是多少？", "12.8亿元", "项目.txt", "12.8", None),
        ("南山隧道的建设单位是哪家？", "市交投集团", "项目.txt", "市交投集团", None),
        ("宏达公司的营业收入是多少？", "2,450万元", "企业.csv", "2,450", "C3"),
        ("华星公司有多少从业人员？", "320人", "企业.csv", "320", "B2"),
        ("解放区的财政收入总额是多少？", "9.75亿元", "丙.xlsx", "9.75", "指标!B6"),
        ("解放区财政收入同比增长多少？", "-1.4%", "丙.xlsx", "-1.4", "指标!C6"),
        ("红旗区的固定资产投资是多少？", "88.1亿元", "丙.xlsx", "88.1", "指标!D5"),
        ("王家镇的农村户数是多少？", "803户", "丁.html", "803", None),
        ("李家镇的人口是多少？", "4,560人", "丁.html", "4,560", None),
        ("硬件业务本期的成本是多少？", "990万元", "戊.docx", "990", None),
        ("软件业务上期的收入是多少？", "760万元", "戊.docx", "760", None),
        ("下河乡2018年小麦产量是多少吨？", "1,610吨", "己.pdf", "1,610", None),
    ],
)
def test_a_question_for_a_cell_is_answered_with_it(
    kb: qa.KnowledgeBase, question: str, answer: str, document: str, cell: str, place: str | None
) -> None:
    found = kb.ask(question, min_confidence=0)
    cited = found.citations[0]
    marked = [cited.quote[start - cited.start : end - cited.start] for start, end in cited.marks]
    assert (found.text, cited.document, marked[0]) == (answer, document, cell)
    assert place is None or cited.place == place
    assert kb.document(document).text[cited.start : cited.end] == cited.quote


def test_figures_of_every_format_have_row_column_unit_and_period(kb: qa.KnowledgeBase) -> None:
    said = {(f.subject, f.metric, f"{f.value.number}{f.value.unit}", f.period) for f in kb.figures()}
    assert {
        ("西湖区", "税收", "2.9亿元", "2020年"),
        ("青山县", "国税", "1200万元", "2021年"),
        ("城北水厂", "总投资", "3.6亿元", ""),
        ("宏达公司", "从业人员", "150人", ""),
        ("解放区", "财政收入总额", "9.75亿元", "2020年"),
        ("解放区", "财政收入同比增长", "-1.4%", "2020年"),
        ("李家镇", "户数城镇", "203户", ""),
        ("上河乡", "水稻", "3400吨", "2018年"),
    } <= said
    assert kb.verify() == []
