"""Noun phrases: the measure they end with, who stands before it, what begins and ends none."""

from __future__ import annotations

import pytest

from qa.chinese.tags import segment
from qa.figures.nounphrase import (
    ends_in_measure,
    is_measure,
    name_split,
    noun_phrase,
    place_of,
    split_measure,
)


@pytest.mark.parametrize(
    ("text", "who", "measure"),
    [
        ("丙县财政收入", "丙县", "财政收入"),
        ("高新区总投资", "高新区", "总投资"),
        ("固定资产投资", "", "固定资产投资"),
        ("高新区", "高新区", ""),
    ],
)
def test_a_phrase_is_cut_before_its_measure(text: str, who: str, measure: str) -> None:
    assert split_measure(text) == (who, measure)
    assert (is_measure(text), ends_in_measure(text)) == (not who, bool(measure))


def test_what_can_be_no_part_of_a_name_goes() -> None:
    assert noun_phrase(segment("的活动中心")) == "活动中心"
    assert noun_phrase(segment("的了")) == ""


def test_the_whole_of_a_place_and_who_stands_before_a_measure() -> None:
    assert (place_of("全市税收"), place_of("税收")) == ("全市", "")
    assert name_split(segment("湘城水厂日供水")) == ("湘城水厂", "日供水")
