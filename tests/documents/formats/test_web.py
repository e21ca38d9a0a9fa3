"""Web pages: main text, tables with merged cells, encodings that pages name, pages saved whole."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from qa.documents.formats.web import read, read_saved
from qa.errors import LoadError

BODY = """
<div class="nav"><a href=a>首页</a> <a href=b>新闻</a> <a href=c>财经</a></div>
<div id="article"><h1>某市统计公报</h1>
<p>去年，全市生产总值1234.5亿元，同比增长3.2%，其中第一产业增加值12.3亿元，第二产业增加值500亿元。</p>
<h2>分区情况</h2><p>表1 分区税收<br>单位：亿元</p>
<table><tr><th rowspan=2>地区</th><th colspan=2>2020年</th></tr><tr><th>产值</th><th>税收</th></tr>
<tr><td>甲区</td><td>1.5</td><td>0.3</td></tr></table>
<p>全市固定资产投资增长5.1%，房地产开发投资下降2.3%，民间投资增长6.0%。返回搜狐，查看更多</p></div>
<div class=footer>版权所有 某网 京ICP备12345号</div>"""
PAGE = f'<html><head><meta charset="gb2312"><title>某市统计公报_某网</title></head><body>{BODY}</body></html>'
TEXT = """# 某市统计公报

去年，全市生产总值1234.5亿元，同比增长3.2%，其中第一产业增加值12.3亿元，第二产业增加值500亿元。

## 分区情况

## 表1 分区税收 单位：亿元

| 地区 | 2020年 产值 | 2020年 税收 |
| --- | --- | --- |
| 甲区 | 1.5 | 0.3 |

全市固定资产投资增长5.1%，房地产开发投资下降2.3%，民间投资增长6.0%。"""


@pytest.mark.parametrize(
    ("codec", "page"),
    [("gb2312", PAGE), ("gb18030", PAGE.replace("gb2312", "utf-8")), ("utf-8", PAGE), ("utf-16", PAGE)],
)
def test_the_main_text_in_whatever_the_page_is_written(codec: str, page: str) -> None:
    source = read(page.encode(codec), None)
    assert source.text == TEXT
    assert [name for _, name in source.places] == ["某市统计公报", "分区情况"]


def test_one_broken_byte_does_not_lose_a_page() -> None:
    data = PAGE.encode("gb2312")
    at = data.index("民间".encode("gb2312"))
    source = read(data[:at] + b"\xff" + data[at:], None)
    assert source.text.replace("\ufffd", "") == TEXT
    with pytest.raises(LoadError):
        read(b"<meta charset=gb2312>" + bytes(range(128, 256)) * 9, None)


def test_a_page_saved_whole() -> None:
    message = EmailMessage()
    message.set_content("x")
    message.add_alternative(PAGE, subtype="html", charset="gb2312")
    assert read_saved(message.as_bytes(), None).text == TEXT


def test_a_page_of_tables_alone_is_read_and_its_layout_is_none() -> None:
    inner = "<table><tr><th>区<th>产值<tr><td>甲区<td>1.5<tr><td>乙区<td>2.5</table>"
    source = read(f"<table><tr><td>左栏<td>{inner}</table>".encode(), None)
    assert "| 区 | 产值 |\n| --- | --- |\n| 甲区 | 1.5 |\n| 乙区 | 2.5 |" in source.text


def test_spans_beyond_reason_are_bounded() -> None:
    page = "<table><tr><td rowspan=99999999 colspan=99999999>甲<td>1<tr><td>2</table>"
    assert len(read(page.encode(), None).text) < 5000
