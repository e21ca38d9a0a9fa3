"""Answers worked out from two figures: their sides, their periods, and how sure they are."""

import pytest
from qa.question.sides import sides

import qa
from qa.answer.compute import probability
from qa.knowledge import KnowledgeBase
from qa.question.query import read_query

TEXTS = {
    "2023.txt": (
        "云溪高新区2023年工作总结\n\n"
        "一、2023年工作回顾\n\n城镇新增就业3.6万人，粮食产量41万吨。\n\n"
        "二、2024年工作打算\n\n粮食产量稳定在42万吨，城镇新增就业3.8万人以上。\n"
    ),
    "2022.txt": "云溪高新区2022年工作总结\n\n一、2022年工作回顾\n\n城镇新增就业3.1万人，粮食产量39万吨。\n",
    "park.txt": (
        "青禾药谷二期年内开工\n\n"
        "青禾药谷一期占地120亩，总建筑面积15万平方米；二期占地90亩，总建筑面积12万平方米。\n\n"
        "青禾药谷推行一枚印章管审批，审批事项由260项整合为150项，企业开办时间由5天压缩到6小时。\n\n"
        "青禾药谷全年进出口总额80亿元，其中出口62亿元。\n"
    ),
}


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return qa.from_texts(TEXTS)


@pytest.mark.parametrize(
    ("question", "number", "unit"),
    [
        ("云溪高新区2023年的城镇新增就业比2022年多了多少人？", "0.5", "万人"),
        ("青禾药谷二期的建筑面积比一期小多少？", "3", "万平方米"),
        ("青禾药谷一期比二期多占多少亩地？", "30", "亩"),
        ("青禾药谷的审批事项少了多少项？", "110", "项"),
        ("青禾药谷出口比进口多多少？", "44", "亿元"),
    ],
)
def test_each_operand_has_its_own_period_phase_and_metric(
    kb: KnowledgeBase, question: str, number: str, unit: str
) -> None:
    answer = kb.ask(question, min_confidence=0.3)
    assert answer.value is not None
    assert (str(answer.value.number), answer.value.unit) == (number, unit)


@pytest.mark.parametrize(
    ("question", "number", "unit"),
    [
        ("云溪高新区2022年打了多少粮食？", "39", "万吨"),
        ("云溪高新区2023年粮食产量是多少？", "41", "万吨"),
        ("青禾药谷二期盖多大面积的房子？", "12", "万平方米"),
        ("青禾药谷现在企业开办要多久？", "6", "小时"),
        ("青禾药谷以前企业开办要多久？", "5", "天"),
    ],
)
def test_the_section_year_the_phase_and_the_end_of_a_change_decide(
    kb: KnowledgeBase, question: str, number: str, unit: str
) -> None:
    answer = kb.ask(question, min_confidence=0.1)
    assert answer.value is not None
    assert (str(answer.value.number), answer.value.unit) == (number, unit)


@pytest.mark.parametrize(
    "question",
    ["云溪高新区2021年粮食产量是多少？", "青禾药谷一期有多少座隧道？", "青禾药谷一期能带来多少就业岗位？"],
)
def test_another_year_and_another_noun_are_refused(kb: KnowledgeBase, question: str) -> None:
    assert kb.ask(question, min_confidence=0.3).status == "no_answer"


@pytest.mark.parametrize(
    ("question", "both"),
    [
        ("甲厂二期的面积比一期小多少？", ("甲厂二期的面积多少", "甲厂一期的面积多少")),
        ("甲区2021年出口比进口多多少亿元？", ("甲区2021年出口多少亿元", "甲区2021年进口多少亿元")),
        ("甲区2021年的税收比上一年多了多少？", ("甲区2021年的税收多少", "甲区2020年的税收多少")),
        ("甲厂一期比二期多占多少亩地？", ("甲厂一期占地多少亩", "甲厂二期占地多少亩")),
    ],
)
def test_sides_share_what_only_one_says(question: str, both: tuple[str, str]) -> None:
    assert sides(read_query(question)) == both


def test_the_weakest_operand_decides_how_sure_an_answer_is() -> None:
    assert probability(0.42) == pytest.approx(0.5)
    assert probability(0.9) > 0.98
    assert probability(0.2) < 0.11
