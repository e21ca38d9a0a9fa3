"""A text of nothing but one character, pair or line is made passages, names and figures of in time, too."""

from __future__ import annotations

import pytest
from cpu import at_most

from qa.figures.extract import extract_all
from qa.prepare import prepare
from qa.schema import Document

LENGTH = 50_000
LIMIT = 6.0
"""Seconds of the processor: several times what any takes; the square of LENGTH takes far more."""
LINES = (
    "# 第1节 建设\n",
    "图为张三丰在现场\n\n",
    "岳阳经开区\n",
    "一、加快建设步伐\n",
    "本报讯（记者 马贵）昨日\n\n投资。\n\n",
)
UNITS = (
    *"1a中，“（区一亿|-",
    "1\n",
    "中\n",
    "园区",
    "1年",
    "1,",
    "一万",
    "公司",
    "该区",
    "a1",
    "编号a1",
    "！ 中“",
    "区(qū)",
)


@pytest.mark.parametrize("unit", [*UNITS, *LINES])
def test_time_does_not_grow_with_the_square_of_the_text(unit: str) -> None:
    text = unit * (LENGTH // len(unit))
    with at_most(LIMIT):
        passages = prepare(Document("d", text, "", "utf-8"))
        extract_all(passages, text)
    assert "".join(p.text for p in passages).count(unit[0]) > 0
