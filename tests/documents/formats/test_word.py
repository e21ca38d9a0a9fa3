"""Word files: headings, tables with merged cells, notes, tracked changes, pages."""

from __future__ import annotations

from typing import Any

import pytest
from papers import packed, word

from qa.documents.formats.word import read
from qa.errors import LoadError


def bulletin(document: Any) -> None:
    from docx.enum.text import WD_BREAK

    document.add_heading("某市统计公报", 0)
    document.add_heading("一、综合", 1)
    paragraph = document.add_paragraph("全市生产总值1234.5")
    paragraph.add_run("1").font.superscript = True
    paragraph.add_run("亿元。建筑面积300m")
    paragraph.add_run("2").font.superscript = True
    document.add_paragraph("表1 分区情况")
    document.add_paragraph("单位：亿元")
    table = document.add_table(4, 3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "地区"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "2020年"
    for row, texts in enumerate((("", "产值", "税收"), ("甲区", "1.5", "0.3"), ("乙区", "2.5", "0.4")), 1):
        for column, text in enumerate(texts):
            if text:
                table.cell(row, column).text = text
    document.add_paragraph("第一页到此。").add_run().add_break(WD_BREAK.PAGE)
    document.add_heading("二、工业", 1)
    document.add_paragraph("工业平稳。")


def test_headings_tables_marks_and_pages() -> None:
    source = read(word(bulletin), None)
    assert source.text == (
        "# 某市统计公报\n\n## 一、综合\n\n全市生产总值1234.5[1]亿元。建筑面积300m²\n\n"
        "## 表1 分区情况 单位：亿元\n\n"
        "| 地区 | 2020年 产值 | 2020年 税收 |\n| --- | --- | --- |\n"
        "| 甲区 | 1.5 | 0.3 |\n| 乙区 | 2.5 | 0.4 |\n\n"
        "第一页到此。\n\n## 二、工业\n\n工业平稳。"
    )
    assert [source.text[at : at + 4] for at in source.pages] == ["# 某市", "## 二"]
    assert [(source.text[at:].split("\n")[0], name) for at, name in source.places] == [
        ("# 某市统计公报", "某市统计公报"),
        ("## 一、综合", "一、综合"),
        ("## 二、工业", "二、工业"),
    ]


def test_deleted_text_is_left_out_and_inserted_text_read() -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    def changed(document: Any) -> None:
        paragraph = document.add_paragraph("投资")
        for kind, tag, text in (("del", "delText", "3亿元"), ("ins", "t", "5亿元")):
            run = f"<w:r><w:{tag}>{text}</w:{tag}></w:r>"
            xml = f'<w:{kind} {nsdecls("w")} w:id="1" w:author="a">{run}</w:{kind}>'
            paragraph._p.append(parse_xml(xml))

    assert read(word(changed), None).text == "投资5亿元"


def test_footnotes_follow_their_paragraph() -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    def noted(document: Any) -> None:
        note = '<w:footnote w:id="2"><w:p><w:r><w:t>不含税。</w:t></w:r></w:p></w:footnote>'
        xml = f"<w:footnotes {nsdecls('w')}>{note}</w:footnotes>"
        part = Part(PackURI("/word/footnotes.xml"), "application/xml", xml.encode(), document.part.package)
        document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        paragraph = document.add_paragraph("投资5亿元")
        paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))
        paragraph.add_run("。")
        document.add_paragraph("下一段。")

    assert read(word(noted), None).text == "投资5亿元。\n\n注1：不含税。\n\n下一段。"


def test_a_table_that_only_lays_out_text_is_text() -> None:
    def laid_out(document: Any) -> None:
        table = document.add_table(1, 2)
        table.cell(0, 0).text, table.cell(0, 1).text = "左边一栏的话。", "右边一栏的话。"

    assert read(word(laid_out), None).text == "左边一栏的话。\n\n右边一栏的话。"


def test_locked_old_broken_and_bursting_files_are_one_line() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99
    with pytest.raises(LoadError, match=r"^is locked with a password"):
        read(ole + "EncryptedPackage".encode("utf-16-le"), None)
    with pytest.raises(LoadError, match=r"^is an old or foreign Word file"):
        read(ole, None)
    with pytest.raises(LoadError, match=r"^is damaged, or no Word file"):
        read(word(bulletin)[:-400], None)
    with pytest.raises(LoadError, match=r"^holds 600 MB once unpacked, the limit is 512 MB"):
        read(packed({f"{n}.xml": b"\0" * 60_000_000 for n in range(10)}), None)
