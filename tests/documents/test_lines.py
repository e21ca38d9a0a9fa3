"""One line: how wide it is, whether a sentence ends with it, whether its pairs are whole."""

from __future__ import annotations

import pytest

from qa.documents.lines import ends_sentence, is_unbalanced, width


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        ("总投资", 3.0), ("投资3亿", 3.5), ("GDP", 1.5), ("总 投 资", 3.0), ("a b", 1.5), ("，。", 2.0),
        ("", 0.0), ("资" * 501, 501.0),
    ],
)  # fmt: skip
def test_a_han_character_is_one_wide_and_justification_nothing(text: str, wide: float) -> None:
    assert width(text) == wide


@pytest.mark.parametrize("text", ["完成。", "完成！”", "吗？）", "完成…", "Done.", "完成。”）", "It was 5."])
def test_a_sentence_ends(text: str) -> None:
    assert ends_sentence(text)


@pytest.mark.parametrize("text", ["完成", "完成，", "总投资3.", "完成。其中", "", "一、", "（一）"])
def test_no_sentence_ends(text: str) -> None:
    assert not ends_sentence(text)


def test_pairs_are_counted_each_for_itself() -> None:
    assert [is_unbalanced(text) for text in ("“快”（好）", "“快", "快）", "《志》【", "")] == [
        False, True, True, True, False,
    ]  # fmt: skip
