"""The terms of BM25: characters, pairs, figures kept whole, long words."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.chinese.fold import fold
from qa.search.lexical import figures, grams, query_tokens, tokens


@pytest.mark.parametrize(
    "text, expected",
    [
        ("完成146.65亿元", ["146.65亿元"]),
        ("1—11月", ["1-11月", "1-11"]),
        ("1至11月", ["1-11月", "1-11"]),
        ("２×１０００ＭＷ機組", ["2×1000mw", "2×1000"]),
        ("1,234.5万平方米", ["1234.5万平方米"]),
        ("5-6亿元", ["5-6亿元", "5-6"]),
        ("3個百分點，增長40%", ["3个百分点", "40%"]),
        ("2018年12月18日", ["2018年", "12月", "18日"]),
        ("120余亿元", ["120余亿元"]),
        ("A4纸、COVID-19、2017", []),
        ("没有数字", []),
    ],
)
def test_figures_stay_whole(text: str, expected: list[str]) -> None:
    assert figures(fold(text)) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("总投资", ["总", "投", "总投", "资", "投资"]),
        ("总。投", ["总", "投"]),
        ("pi膜", ["pi", "膜", "pi膜"]),
        ("11月", ["11", "月", "11月"]),
        ("1,200户", ["1200", "户", "1200户"]),
        ("5g 2mw", ["5g", "2mw"]),
        ("", []),
    ],
)
def test_grams(text: str, expected: list[str]) -> None:
    assert grams(text) == expected


def test_tokens_of_both_scripts_and_widths_are_equal() -> None:
    assert tokens("淥口區經濟開發區２×１０００ＭＷ") == tokens("渌口区经济开发区2×1000mw")
    assert "开发区" in tokens("經濟開發區")


def test_words_of_two_characters_count_once_as_pairs() -> None:
    assert Counter(tokens("固定资产投资")) == Counter(
        ["固", "定", "固定", "资", "定资", "产", "资产", "投", "产投", "资", "投资", "固定资产"]
    )


def test_query_tokens_leave_out_what_only_asks() -> None:
    assert query_tokens("总投资是多少？") == ["总", "投", "总投", "资", "投资", "资是", "是多"]
    assert query_tokens("什么？") == ["什", "么", "什么"]
    assert query_tokens("？！") == []


@given(st.text())
def test_any_text_has_terms(text: str) -> None:
    assert all(isinstance(term, str) and term for term in tokens(text))
    assert set(query_tokens(text)) <= set(tokens(text))
