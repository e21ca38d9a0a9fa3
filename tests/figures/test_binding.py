"""What the words before and after a number say of it."""

from __future__ import annotations

import pytest

from qa.figures.binding import Words, after, before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("湘城经开区完成固定资产投资", Words(subject="湘城经开区", noun="固定资产投资")),
        ("完成固定资产投资", Words(noun="固定资产投资")),
        ("", Words()),
    ],
)
def test_subject_verb_and_noun_before_a_number(text: str, words: Words) -> None:
    assert before(text) == words


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("施工人员分布在各处", ("施工人员", "")),
        ("优秀项目入围决赛", ("优秀项目", "入围决赛")),
        ("项目,总投资", ("项目", "")),
        ("", ("", "")),
    ],
)
def test_the_noun_that_a_number_counts(text: str, counted: tuple[str, str]) -> None:
    assert after(text) == counted
