"""Names of zones, places, companies and people as they stand in a text."""

from __future__ import annotations

import pytest

from qa.chinese.fold import fold
from qa.chinese.names import common_form, head_names, is_person, moved, names, places, surnames, zone_key


@pytest.mark.parametrize(
    ("text", "said", "kind", "key"),
    [
        ("走进湘乡经开区", "湘乡经开区", "zone", "湘乡|经开区"),
        ("岳阳经济技术开发区今年", "岳阳经济技术开发区", "zone", "岳阳|经开区"),
        ("位于长沙县的企业", "长沙县", "place", "长沙县"),
        ("东城机械有限公司投产", "东城机械有限公司", "company", "东城机械有限公司"),
        ("淥口區的項目", "淥口區", "zone", "渌口区"),
    ],
)
def test_a_name_stands_where_it_is_said(text: str, said: str, kind: str, key: str) -> None:
    (name,) = names(text)
    assert (text[name.start : name.end], name.kind, name.key) == (said, kind, key)


@pytest.mark.parametrize("text", ["经开区", "上市公司", "该区税收", "国家级经开区", "重点产业园区", ""])
def test_a_suffix_alone_names_nothing(text: str) -> None:
    assert names(text) == []


def test_long_and_short_forms_share_a_key_and_the_commonest_is_shown() -> None:
    text = "岳阳经济技术开发区。岳阳经开区税收，岳阳经开区产值"
    found = names(text)
    assert {name.key for name in found} == {"岳阳|经开区"}
    assert common_form(text, found) == {"岳阳|经开区": "岳阳经开区"}
    assert zone_key("岳阳市", "经济开发区") == zone_key("岳阳", "经开区")


def test_a_moved_name_stands_further_on() -> None:
    (name,) = names("长沙县")
    assert (moved(name, 7).start, moved(name, 7).end) == (7, 10)


def test_the_nearest_name_before_that_a_stand_in_can_mean() -> None:
    text = "投资3亿元的东湖项目开工，随后“智能工厂”项目动工。该项目占地"
    assert head_names(text, fold(text), "项目", text.index("该")) == "智能工厂项目"
    assert head_names(text, fold(text), "医院", text.index("该")) == ""


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("袁礼成", True), ("欧阳修远", True), ("李强", True),
        ("礼成袁", False), ("袁", False), ("袁礼成长", False), ("袁 强", False), ("王a", False),
    ],
)  # fmt: skip
def test_a_person_has_a_surname_first(text: str, person: bool) -> None:
    assert is_person(text) is person


def test_the_lists_are_folded() -> None:
    assert [word for word in places() | surnames() if fold(word) != word] == []
    assert {len(name) for name in surnames()} == {1, 2}
