"""Files of every format as people make them: columns, merged cells, running heads, marks, locks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from typing import Any

A4 = 595.0, 842.0
FONT = "STSong-Light"


def pdf(*pages: Callable[[Any], None], **how: Any) -> bytes:
    """A PDF file, each page drawn by a function."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    canvas = Canvas(out, A4, **how)
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def say(canvas: Any, x: float, y: float, text: str, size: float = 10.5) -> None:
    canvas.setFont(FONT, size)
    canvas.drawString(x, y, text)


def column(canvas: Any, x: float, y: float, text: str, width: int = 20, step: float = 16) -> None:
    """A paragraph, indented by two characters, in lines of a width in characters."""
    text = "\u3000\u3000" + text
    for n, at in enumerate(range(0, len(text), width)):
        say(canvas, x, y - n * step, text[at : at + width])


def ruled(
    canvas: Any, y: float, columns: Sequence[float], rows: Sequence[Sequence[str]], step: float = 20
) -> None:
    """A table with all its lines."""
    for n in range(len(rows) + 1):
        canvas.line(columns[0], y - step * n, columns[-1], y - step * n)
    for x in columns:
        canvas.line(x, y, x, y - step * len(rows))
    for n, row in enumerate(rows):
        for x, text in zip(columns, row, strict=False):
            say(canvas, x + 5, y - step * n - 15, text)


LEFT = (
    "甲区去年全年完成地区生产总值一千二百亿元，其中第二产业增加值五百亿元，工业投资增长很快，项目建设有序推进，"
    * 2
)
RIGHT = (
    "乙区全年引进产业项目五十六个，总投资三百亿元，其中亿元以上项目二十一个，园区新增规模企业三十三家，税收稳步增长，"
    * 2
)


def two_columns(number: int) -> Callable[[Any], None]:
    """A page of two columns under a running head, a headline across both on the first."""

    def draw(canvas: Any) -> None:
        say(canvas, 60, 802, "某省经济年鉴二〇二〇", 9)
        say(canvas, 480, 802, f"第{number}章", 9)
        say(canvas, 290, 30, f"- {number + 14} -", 9)
        if number == 1:
            say(canvas, 120, 752, "园区发展情况综述", 18)
        column(canvas, 60, 700, LEFT[:-1] + "。")
        column(canvas, 320, 700, RIGHT[:-1] + f"，第{number}年有余。")

    return draw


def long_table() -> bytes:
    """A ruled table with two rows of headers, merged cells, and rows that go on over the page."""

    def first(canvas: Any) -> None:
        say(canvas, 200, 737, "表1")
        say(canvas, 230, 737, "各区税收情况")
        say(canvas, 420, 737, "单位：亿元")
        columns, y, n = (60, 200, 300, 400, 500), 727, 8
        for row in range(n + 1):
            canvas.line(200 if row == 1 else 60, y - 20 * row, 500, y - 20 * row)
        for x in columns:
            canvas.line(x, y - 20 if x == 300 else y, x, y - 20 * n)
        say(canvas, 65, y - 25, "地区")
        say(canvas, 205, y - 15, "2019年")
        say(canvas, 405, y - 15, "2020年")
        for x, text in zip(columns[1:], ("国税", "地税", "合计"), strict=False):
            say(canvas, x + 5, y - 35, text)
        for row in range(1, 7):
            for x, text in zip(
                columns, (f"第{row}区", f"{row}.5", f"{row}.25", f"{row * 2}.75"), strict=False
            ):
                say(canvas, x + 5, y - 35 - 20 * row, text)

    def second(canvas: Any) -> None:
        rows = [(f"第{n}区", f"{n}.5", f"{n}.25", f"{n * 2}.75") for n in (7, 8)]
        ruled(canvas, 782, (60, 200, 300, 400, 500), rows)
        say(canvas, 60, 600, "注：合计数为初步统计。")

    return pdf(first, second)


def word(fill: Callable[[Any], None]) -> bytes:
    import docx

    document = docx.Document()
    fill(document)
    return saved(document)


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def workbook(**sheets: Callable[[Any], None]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, fill in sheets.items():
        fill(book.create_sheet(name))
    return saved(book)


def zipped(**files: bytes) -> bytes:
    return packed(files)


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, data in files.items():
            folder.writestr(name, data)
    return out.getvalue()


def mail(subject: str, text: str, attached: dict[str, bytes]) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["Date"] = (
        subject,
        "张三 <z@a.cn>",
        "Fri, 05 Mar 2021 09:00:00 +0800",
    )
    message.set_content(text, charset="gb2312")
    for name, data in attached.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()
