"""Lists by rule: enumerations, members one a clause, numbered points, parts set side by side."""

import pytest

from qa.answer.lists import enumerations, members, points, series


def said(text: str, found) -> list[list[str]]:  # type: ignore[no-untyped-def]
    return [[text[s.start : s.end] for s in items] for items in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("引进了安泰医药、恒远装备、蓝海新材等6个项目", ["安泰医药", "恒远装备", "蓝海新材"]),
        ("通过“早班车”“夜校课堂”“周末集市”等形式", ["早班车", "夜校课堂", "周末集市"]),
        ("成立了农业发展公司、城市建设公司和文化旅游公司", ["农业发展公司", "城市建设公司", "文化旅游公司"]),
        ("针对甲乙有限公司、丙丁和祺有限公司等提出的问题", ["甲乙有限公司", "丙丁和祺有限公司"]),
        ("东岭工业园、西岭工业园其他项目退出", ["东岭工业园", "西岭工业园"]),
        ("呈现出“快”的节奏足、“好”的项目多、“新”的产业旺等特点", ["“快”的节奏足", "“好”的项目多", "“新”的产业旺"]),  # noqa: E501
        ("3个项目分别是远为科技装备项目、晶片衬底项目、云图机械项目", ["远为科技装备项目", "晶片衬底项目", "云图机械项目"]),  # noqa: E501
        ("会同财政、发改、商务和审计等部门", ["财政", "发改", "商务", "审计"]),
    ],
)  # fmt: skip
def test_enumerations(text: str, expected: list[str]) -> None:
    assert said(text, enumerations(text, 0, len(text))) == [expected]


def test_an_ordinal_heading_is_no_enumeration() -> None:
    assert enumerations("二、项目建设", 0, 6) == []


def test_members_that_end_alike_may_hold_lists_themselves() -> None:
    text = "东县2万吨织布项目，西县组件、材料生产项目，南市建材园项目等3个项目签约。"
    assert said(text, members(text, 0, len(text))) == [
        ["东县2万吨织布项目", "西县组件、材料生产项目", "南市建材园项目"]
    ]
    assert members("天气很好，大家都来了，会议开始。", 0, 16) == []


@pytest.mark.parametrize(
    "text",
    ["一是建平台。二是引人才。三是抓服务。", "第一，建平台；第二，引人才；第三，抓服务。", "(1)建平台；(2)引人才；(3)抓服务"],  # noqa: E501
)
def test_numbered_points_run_over_sentences(text: str) -> None:
    assert said(text, points(text)) == [["建平台", "引人才", "抓服务"]]


def test_numbers_with_a_fraction_number_nothing() -> None:
    assert points("增长1.5%，下降2.3%，投资3.1亿元") == []


def test_series_of_three_parts_or_more() -> None:
    text = "冷库缺口3万吨；蒸汽价格偏高；工人流失。"
    assert said(text, series(text, 0, len(text))) == [["冷库缺口3万吨", "蒸汽价格偏高", "工人流失"]]
    assert series("投资增长；税收下降。", 0, 10) == []
