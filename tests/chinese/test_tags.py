"""Words with their part of speech, and names of entities told from common nouns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.chinese.tags import in_table, is_entity, part_of_speech, segment, word_class


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("完成固定资产投资", [("完成", "v"), ("固定资产", "l"), ("投资", "vn")]),
        ("该区的税收", [("该", "r"), ("区", "x"), ("的", "u"), ("税收", "n")]),
        ("海兴达汽车", [("海", "x"), ("兴", "x"), ("达", "x"), ("汽车", "n")]),
        ("达3亿元", [("达", "v"), ("3", "x"), ("亿", "x"), ("元", "x")]),
        ("", []),
    ],
)
def test_words_are_the_longest_from_the_right(text: str, tokens: list[tuple[str, str]]) -> None:
    assert list(segment(text)) == tokens


@given(st.text(alphabet="湘潭高新区完成固定资产投资的了达通3亿元abc ，。", max_size=30))
def test_nothing_is_lost(text: str) -> None:
    assert "".join(word for word, _ in segment(text)) == text


NAMES = ["湘潭高新区", "东城机械有限公司", "智能工厂项目", "新峰金属", "海通物流园一期"]


@pytest.mark.parametrize("text", NAMES)
def test_a_name_of_an_entity(text: str) -> None:
    assert is_entity(text)


@pytest.mark.parametrize("text", ["税收", "固定资产投资", "金属", "完成", ""])
def test_a_common_noun_is_no_entity(text: str) -> None:
    assert not is_entity(text)


def test_classes_of_words_are_there_by_name_and_no_others() -> None:
    assert "税收" in word_class("heads") and "项目" in word_class("entities")
    with pytest.raises(KeyError, match="no such class"):
        word_class("no such class")


def test_a_part_of_speech_comes_from_the_table_or_the_dictionary() -> None:
    assert (part_of_speech("投资"), part_of_speech("会计准则"), part_of_speech("朵")) == ("vn", "n", "x")
    assert in_table("投资") and not in_table("会计准则")
