"""A mail says who wrote what to whom, and hands out what is attached."""

from __future__ import annotations

from papers import mail as written

from qa.documents.formats.mail import attached, read
from qa.documents.formats.source import Member


def test_heading_and_text() -> None:
    source = read(written("本月报告", "总投资3亿元。\n", {"表.txt": "税收".encode()}), None)
    assert source.text.startswith("# 本月报告\n") and source.text.rstrip().endswith("总投资3亿元。")


def test_attached_files_keep_their_names_and_bytes() -> None:
    assert list(attached(written("报告", "见附件。", {"表.txt": b"\xff\x00"}))) == [
        Member("表.txt", b"\xff\x00")
    ]


def test_a_text_that_is_not_in_the_encoding_it_names() -> None:
    head = "Subject: x\nContent-Type: text/plain; charset=us-ascii\nContent-Transfer-Encoding: 8bit\n\n"
    text = "今年完成固定资产投资八亿元，同比增长百分之十二。"
    assert read(head.encode() + text.encode("gb18030"), None).text.endswith(text)
