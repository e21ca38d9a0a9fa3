"""Presentations: slides as pages, tables, charts, notes."""

from __future__ import annotations

from papers import saved

from qa.documents.formats.slides import read


def test_titles_tables_charts_and_notes_slide_by_slide() -> None:
    import pptx
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "一季度经营情况"
    table = slide.shapes.add_table(3, 3, Inches(1), Inches(2), Inches(5), Inches(2)).table
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    for row, texts in enumerate((("部门", "收入", ""), ("", "计划", "实际"), ("华东", "12.5", "13"))):
        for column, text in enumerate(texts):
            if text:
                table.cell(row, column).text = text
    slide.shapes.add_textbox(Inches(1), Inches(1), Inches(3), Inches(1)).text_frame.text = "单位：万元"
    slide.notes_slide.notes_text_frame.text = "备注：不含税。"
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    chart = CategoryChartData()
    chart.categories = ["一月", "二月"]
    chart.add_series("销量", (1.5, None))
    slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, 0, 0, Inches(5), Inches(2), chart)
    source = read(saved(deck), None)
    assert source.text == (
        "## 一季度经营情况\n\n## 单位：万元\n\n| 部门 | 收入 计划 | 收入 实际 |\n| --- | --- | --- |\n"
        "| 华东 | 12.5 | 13 |\n\n备注：不含税。\n\n"
        "|  | 销量 |\n| --- | --- |\n| 一月 | 1.5 |\n| 二月 |  |"
    )
    assert source.pages == (0, source.text.index("|  | 销量"))
    assert source.places == ((0, "一季度经营情况"),)
