"""Folding: length-preserving, idempotent, and what opencc says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.chinese.fold import build_table, fold


@pytest.mark.parametrize(
    "text, folded",
    [
        ("淥口區嶽陽樓裏的衆羣", "渌口区岳阳楼里的众群"),
        ("乾餅後麵臺颱檯", "干饼后面台台台"),
        ("隨著妳祇甦", "随着你只苏"),
        ("什麼什麽什么么幺", "什么什么什么么幺"),
        ("ＡＢＣ１２３％，（）", "abc123%,()"),
        ("２×１０００ＭＷ", "2×1000mw"),
        ("a\u00a0b\u3000c\td\ne\ufefff", "a b c d e f"),
        ("①２²㎡Ⅱ", "①2²㎡ⅱ"),
        ("。「」《》—", "。「」《》—"),
        ("⼀⾦金", "一金金"),
        ("İSTANBUL", "İstanbul"),
        ("", ""),
    ],
)
def test_cases(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", ["著名品牌，显著增长", "里程、海里、公里", "覆盖、瞭望、慰藉、座谈、像"])
def test_simplified_text_stays_readable_to_keyword_rules(text: str) -> None:
    assert fold(text).replace("着", "著").replace(",", "，") == text


@given(st.text())
def test_keeps_length_and_is_idempotent(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


@given(st.text(), st.text())
def test_folds_character_by_character(left: str, right: str) -> None:
    assert fold(left + right) == fold(left) + fold(right)


def test_table_is_what_opencc_and_unicode_give() -> None:
    """A newer opencc may differ in a few rare characters, not in more."""
    computed = build_table()
    differing = {char for char, folded in computed.items() if fold(char) != folded}
    assert len(differing) <= 0.005 * len(computed), sorted(differing)
