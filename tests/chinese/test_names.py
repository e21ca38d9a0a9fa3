"""Names of zones, places, companies and people as they stand in a text."""

from __future__ import annotations

import pytest

from qa.chinese.fold import fold
from qa.chinese.names import common_form, head_names, is_person, names, places, shift, surnames, zone_key


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("走进湘乡经开区", ["湘乡经开区"]),
        ("让株洲高新区、天易经开区在天易经开区", ["株洲高新区", "天易经开区", "天易经开区"]),
        ("国家级岳阳经济技术开发区跨越发展", ["岳阳经济技术开发区"]),
        ("各经开区、上市公司和工业园区", []),
        ("湖南省株洲市淥口區委", ["湖南省", "株洲市", "淥口區"]),
        ("湘江流域(株洲区段)", []),
        ("湖南和祺食品有限公司、湘潭市中旺设备有限公司", ["湖南和祺食品有限公司", "湘潭市中旺设备有限公司"]),
        ("吉昌动漫玩具(湖南)有限公司", ["吉昌动漫玩具(湖南)有限公司"]),
        ("派驻在湘乡市光大燃气有限公司的指导员", ["湘乡市光大燃气有限公司"]),
        ("台積電（2330）今日公布財報", ["台積電"]),
        ("呼和浩特经开区与和林格尔县共建", ["呼和浩特经开区", "和林格尔县"]),
        ("岳阳城市东扩", []),
        ("巨强科技一期投产，巨强科技二期开工", ["巨强科技", "巨强科技"]),
        ("高新科技和现代科技", []),
    ],
)
def test_names_of_a_text_in_order(text: str, expected: list[str]) -> None:
    assert [text[n.start : n.end] for n in names(text)] == expected


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
    assert (shift(name, 7).start, shift(name, 7).end) == (7, 10)


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
