"""Figures of tables of many shapes: whose, of what, when, in which unit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from golden_figures import passage

from qa.figures.cells import cell_figures
from qa.figures.extract import extract, extract_all

ACROSS = """2020年各区主要指标 单位：亿元、%
| 地区 | 2019年 | | 2020年 | |
| | 产值 | 增长率 | 产值 | 增长率 |
| 甲区 | 120.5 | 3.1 | 131.2 | -3.4 |
| 合计 | 219.1 | 5.8 | 234.0 | 6.3 |"""
METRICS = """| 指标 | 单位 | 2019年 | 2020年 |
| 税收 | 万元 | 5,600 | 6,100 |
| 其中：国税 | 万元 | 3,000 | 3,300 |
| 企业数 | 户 | 2010 | 2105 |"""
YEARS = "| 年份 | 税收（亿元） |\n| 2019年 | 3.1 |\n| 2020年 | 3.4 |"
PLAIN = """2021年各县税收情况
单位：万元
| 县名 | 国税 | 合计 |
| 青山县 | 1200 | 2000 |
| 合计 | 3490 | 5620 |"""
TURNED = "| 指标 | 东城经开区 | 西城高新区 |\n| 总投资（亿元） | 3.2 | 5 |\n| 占地面积（亩） | 150 | 80 |"
PLANS = "| 项目名称 | 计划总投资（亿元） | 建设单位 |\n| 城北水厂 | 3.6 | 市水务集团 |"
PERIODS = "2021年各镇户数\n| 镇名 | 一季度 | 上半年 |\n| 李家镇 | 12 | 30 |\n| 王家镇 | 9 | 22 |"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ACROSS, [
            ("甲区", "", "产值", "120.5亿元", "2019年"), ("甲区", "", "增长率", "3.1%", "2019年"),
            ("甲区", "", "产值", "131.2亿元", "2020年"), ("甲区", "", "增长率", "-3.4%", "2020年"),
            *[("示范区", "合计", *rest) for rest in (
                ("产值", "219.1亿元", "2019年"), ("增长率", "5.8%", "2019年"),
                ("产值", "234.0亿元", "2020年"), ("增长率", "6.3%", "2020年"),
            )],
        ]),
        (METRICS, [
            ("示范区", "", "税收", "5600万元", "2019年"), ("示范区", "", "税收", "6100万元", "2020年"),
            ("示范区", "税收", "国税", "3000万元", "2019年"),
            ("示范区", "税收", "国税", "3300万元", "2020年"),
            ("示范区", "", "企业数", "2010户", "2019年"), ("示范区", "", "企业数", "2105户", "2020年"),
        ]),
        (YEARS, [("示范区", "", "税收", "3.1亿元", "2019年"), ("示范区", "", "税收", "3.4亿元", "2020年")]),
        (PLAIN, [
            ("青山县", "", "国税", "1200万元", "2021年"), ("青山县", "", "税收", "2000万元", "2021年"),
            ("示范区", "合计", "国税", "3490万元", "2021年"),
            ("示范区", "合计", "税收", "5620万元", "2021年"),
        ]),
        (TURNED, [
            ("东城经开区", "", "总投资", "3.2亿元", ""), ("西城高新区", "", "总投资", "5亿元", ""),
            ("东城经开区", "", "占地面积", "150亩", ""), ("西城高新区", "", "占地面积", "80亩", ""),
        ]),
        (PLANS, [("城北水厂", "", "计划总投资", "3.6亿元", "")]),
        (PERIODS, [
            ("李家镇", "", "户数", "12", "一季度"), ("李家镇", "", "户数", "30", "上半年"),
            ("王家镇", "", "户数", "9", "一季度"), ("王家镇", "", "户数", "22", "上半年"),
        ]),
    ],
)  # fmt: skip
def test_a_cell_says_whose_of_what_and_when(text: str, expected: list[tuple[str, ...]]) -> None:
    found = extract(passage(text, "示范区"))
    said = [(f.subject, f.of, f.metric, f"{f.value.number}{f.value.unit}", f.period) for f in found]
    assert said == expected
    assert all(text[f.start : f.end] == f.quote == f.text for f in found)


def test_numbers_are_in_the_base_unit_and_plans_are_plans() -> None:
    (figure,) = extract(passage(PLANS))
    assert (figure.number, figure.unit, figure.mode) == (360_000_000, "元", "planned")
    (rate,) = [f for f in extract(passage(ACROSS)) if f.text == "-3.4"]
    assert (str(rate.number), rate.unit, rate.year, rate.mode) == ("-3.4", "%", 2020, "actual")


def test_a_table_of_many_is_about_none_of_them() -> None:
    totals = [f for f in extract(passage(ACROSS, "甲区")) if f.of == "合计"]
    assert {f.subject for f in totals} == {""} and len(totals) == 4


def test_a_table_goes_on_over_passages() -> None:
    first, second = passage(PLAIN), replace(passage("| 绿水县 | 950 | 1560 |"), id="q")
    found = extract_all([first, second], PLAIN)
    assert [(f.subject, f.metric, f.value.unit) for f in found][-2:] == [
        ("绿水县", "国税", "万元"), ("绿水县", "税收", "万元"),
    ]  # fmt: skip
    assert cell_figures(second, second.text, None) == ([], None)
