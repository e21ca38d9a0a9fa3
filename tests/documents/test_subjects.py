"""What a text is about, and what its 该区, 园区, 该公司 and 该项目 stand for."""

from __future__ import annotations

import pytest

from qa.documents.subjects import Context, is_zone, shortest_forms, subject_key, subject_of


@pytest.mark.parametrize(
    ("titles", "body", "fallback", "expected"),
    [
        (["天易经开区：产销两旺"], "湘潭新峰金属科技有限公司产值达4000万元。", "", "天易经开区"),
        (["经开区工业唱主角"], "目前，经开区已有企业124家，该区完成收入17亿元。", "岳阳经开区", "岳阳经开区"),
        (["本周要闻"], "天气晴好，市民出行。", "", ""),
        ([], "岳阳经济技术开发区成立于1992年。岳阳经开区去年税收30亿元。", "", "岳阳经开区"),
        (["长沙市2024年工作报告"], "全市生产总值增长4.8%。全市新增企业1200家。", "", "长沙市"),
    ],
)
def test_subject(titles, body, fallback, expected):
    assert subject_of(titles, body, fallback) == expected


def _read(text: str, subject: str = "岳阳经开区") -> tuple[str, list[tuple[str, str]]]:
    about, mentions = Context(subject, text).read(text)
    return about, [(text[start:end], name) for start, end, name in mentions]


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("该区完成税收3亿元", [("该区", "岳阳经开区")]),
        ("東湖公司投產。經開區財政", [("經開區", "岳阳经开区")]),
        ("东城机械有限公司投产。该公司产值2亿元", [("该公司", "东城机械有限公司")]),
        ("走进长沙县，全县完成投资", [("全县", "长沙县")]),
        ("“智能工厂”项目开工，该项目占地", [("该项目", "智能工厂项目")]),
        ("完成税收3亿元", []),
    ],
)
def test_a_stand_in_stands_for_the_nearest_of_its_sort(text: str, mentions: list[tuple[str, str]]) -> None:
    assert _read(text)[1] == mentions


def test_another_zone_in_front_is_the_subject_until_the_section_ends() -> None:
    context = Context("岳阳经开区", "")
    assert context.read("湘乡经开区税收2亿元")[0] == "湘乡经开区"
    assert context.read("该区产值9亿元") == ("湘乡经开区", ((0, 2, "湘乡经开区"),))
    context.section()
    assert context.read("该区产值9亿元") == ("岳阳经开区", ((0, 2, "岳阳经开区"),))


def test_a_stand_in_without_an_antecedent_is_left_out() -> None:
    assert _read("该公司产值2亿元", "") == ("", [])


def test_forms_of_one_zone_are_shown_alike() -> None:
    forms = shortest_forms(["岳阳经济技术开发区", "岳阳经开区", "长沙县", ""])
    assert forms == {"岳阳经济技术开发区": "岳阳经开区", "岳阳经开区": "岳阳经开区", "长沙县": "长沙县"}
    assert subject_key("岳阳经济技术开发区") == subject_key("岳阳经开区")
    assert (is_zone("岳阳经开区"), is_zone("湘江新城"), is_zone("长沙县")) == (True, True, False)
