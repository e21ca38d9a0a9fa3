"""PDF: reading order, running heads, tables with and without rules, marks, and what a text layer lacks."""

from __future__ import annotations

import io
from typing import Any

import pytest
from papers import FONT, LEFT, RIGHT, long_table, pdf, say, two_columns

from qa.documents.formats.pdf import read
from qa.errors import LoadError


def flat(text: str) -> str:
    return "".join(text.split())


def test_columns_are_read_one_after_the_other_without_running_heads() -> None:
    source = read(pdf(*map(two_columns, (1, 2, 3))), None)
    text = flat(source.text)
    page = LEFT[:-1] + "。" + RIGHT[:-1]
    assert text == "#园区发展情况综述" + "".join(f"{page}，第{n}年有余。" for n in (1, 2, 3))
    assert [source.text[at : at + 2] for at in source.pages] == ["# ", "\u3000\u3000", "\u3000\u3000"]


def test_a_table_goes_on_over_the_page_under_its_headers() -> None:
    source = read(long_table(), None)
    head = "## 表1各区税收情况 单位：亿元\n\n| 地区 | 2019年 国税 | 2019年 地税 | 2020年 合计 |\n"
    assert source.text.count(head) == 2
    rule = "| --- | --- | --- | --- |\n"
    assert source.text.startswith(head + rule + "| 第1区 | 1.5 | 1.25 | 2.75 |\n")
    assert source.text[source.pages[1] :].startswith(head + rule + "| 第7区 | 7.5 | 7.25 | 14.75 |\n")
    assert source.text.endswith("注：合计数为初步统计。")


def test_a_table_without_vertical_rules_and_a_raised_mark() -> None:
    def draw(canvas: Any) -> None:
        say(canvas, 60, 762, "去年投资总额为17.68")
        say(canvas, 60 + 10.5 * 9.6, 767, "1", 6)
        say(canvas, 60 + 10.5 * 10, 762, "亿元，特此说明。")
        for n, row in enumerate(
            [("企业", "营业收入", "利润"), ("甲公司", "100.5", "3.2"), ("乙公司", "200.5", "-4.1")]
        ):
            for x, text in zip((60, 250, 400), row, strict=True):
                say(canvas, x, 722 - 18 * n, text)

    text = read(pdf(draw), None).text
    assert "17.68[1]亿元，特此说明。" in text
    assert text.endswith(
        "| 企业 | 营业收入 | 利润 |\n| --- | --- | --- |\n| 甲公司 | 100.5 | 3.2 |\n| 乙公司 | 200.5 | -4.1 |"
    )


def test_a_watermark_is_left_out_and_a_turned_page_is_read() -> None:
    def watermark(canvas: Any) -> None:
        say(canvas, 60, 700, "正文在此，清楚可读。")
        canvas.rotate(45)
        say(canvas, 300, 300, "内部", 40)

    def turned(canvas: Any) -> None:
        canvas.rotate(90)
        canvas.setFont("Helvetica", 12)
        canvas.drawString(100, -300, "A page turned by a quarter,")
        canvas.drawString(100, -320, "its second line.")

    assert read(pdf(watermark), None).text == "正文在此，清楚可读。"
    assert read(pdf(turned), None).text == "A page turned by a quarter,\nits second line."


def picture(canvas: Any) -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, "PNG")
    canvas.drawImage(ImageReader(io.BytesIO(out.getvalue())), 0, 0, 500, 800)


def test_a_scan_is_said_to_be_one() -> None:
    with pytest.raises(LoadError, match="is a scan: 2 pages of pictures without text"):
        read(pdf(picture, picture), None)
    source = read(pdf(picture, lambda canvas: say(canvas, 60, 700, "有字的一页。")), None)
    assert source.notes[0].startswith("Page 1: pictures without text")
    assert source.pages == (0, 0)


def test_what_the_text_layer_lacks_is_said() -> None:
    def private(canvas: Any) -> None:
        say(canvas, 60, 700, "总投资17\ue01268亿元。")

    def dropped(canvas: Any) -> None:
        say(canvas, 60, 700, "年月日，全区财政收入增长%，工业增长%，完成亿元。")

    (note,) = read(pdf(private), None).notes
    assert (
        note == "Page 1: 1 characters without a meaning, 1 of them between digits, perhaps a decimal point. "
        "Check figures there."
    )
    (note,) = read(pdf(dropped), None).notes
    assert "lack digits" in note
    assert read(pdf(two_columns(1)), None).notes == ()


def test_locked_and_broken_files_are_one_line() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    locked = pdf(two_columns(1), encrypt=StandardEncryption("geheim", canPrint=0))
    with pytest.raises(LoadError, match=r"^is locked with a password\."):
        read(locked, None)
    with pytest.raises(LoadError, match=r"^is damaged, or no PDF file\."):
        read(b"%PDF-1.7\nnothing of it", None)
    with pytest.raises(LoadError, match=r"^holds no text\."):
        read(pdf(lambda canvas: None), None)


def test_characters_printed_twice_count_once() -> None:
    def bold(canvas: Any) -> None:
        canvas.setFont(FONT, 12)
        for shift in (0, 0.3):
            canvas.drawString(60 + shift, 700, "加粗的标题文字")

    assert flat(read(pdf(bold), None).text) == "加粗的标题文字"
