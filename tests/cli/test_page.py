"""Lines fit the page, lose nothing, and break where Chinese may be broken."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from qa.cli.page import Page, join_lines, wrap

TEXT = st.text(st.sampled_from("产投资亿元，。（）“”《》 abcXYZ0123456789.%—…\n\r\t　"), max_size=80)


@given(TEXT, st.integers(8, 60))
def test_folded_lines_fit_and_lose_nothing(text: str, width: int):
    text = "".join(text.split())
    lines = wrap(text, (), Page(width))
    assert "".join(lines) == text
    assert all(cell_len(line) <= width for line in lines)


@given(TEXT, st.integers(0, 80), st.integers(0, 80))
def test_joining_keeps_the_marked_characters(text: str, one: int, other: int):
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    shown, [(a, b)] = join_lines(text, [(start, end)])
    assert "".join(shown[a:b].split()) == "".join(text[start:end].split())
    assert "".join(shown.split()) == "".join(text.split())


def test_folding_never_parts_a_number_nor_begins_with_a_closing_mark():
    assert wrap("完成固定资产投资87.8亿元。（完）", (), Page(20)) == ["完成固定资产投资", "87.8亿元。（完）"]
    assert wrap("一二三四五，六七八九十。", (), Page(10)) == ["一二三四", "五，六七八", "九十。"]
