"""Answers over small texts with the bundled model: figures, neighbours, lists, arithmetic, refusals."""

import pytest

import qa
from qa.answer.compute import plain
from qa.knowledge import KnowledgeBase

TEXTS = {
    "a.txt": (
        "东湖高新区上半年经济运行平稳\n\n"
        "本报讯（记者 周明）今年1至6月，东湖高新区新签约项目12个，总投资30亿元；新开工项目18个，总投资96亿元；"  # noqa: E501
        "新投产项目9个，总投资14亿元。完成固定资产投资60亿元，预计全年完成130亿元。\n\n"
        "该区收到企业反映的问题58个，已解决41个。园区已有规模以上工业企业124家，其中高新技术企业38家。\n\n"
        "晨光产业园计划投资5亿元，用地200亩；星河物流园已完成投资1.1亿元，用地120亩。\n\n"
        "高新区通过“早班车”“夜校课堂”“周末集市”三种形式服务青年人才。区党工委书记林海涛走访了华森电子有限公司。\n"
    ),
    "b.txt": (
        "西山开发区招商引资再提速\n\n"
        "2021年，西山开发区完成固定资产投资75亿元，同比增长8.5%。引进安泰医药、恒远装备、蓝海新材等6个项目。"
        "大会于9月18日在会展中心召开。\n"
    ),
}


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return qa.from_texts(TEXTS)


@pytest.mark.parametrize(
    ("question", "number", "unit"),
    [
        ("东湖高新区上半年新开工项目有几个？", 18, "个"),
        ("东湖高新区1至6月新签约项目的总投资是多少？", 30, "亿元"),
        ("东湖高新区固定资产投资全年预计完成多少？", 130, "亿元"),
        ("晨光产业园用地多少亩？", 200, "亩"),
        ("西山开发区2021年固定资产投资同比增长百分之几？", 8.5, "%"),
    ],
)
def test_the_figure_asked_for_and_not_its_neighbour(
    kb: KnowledgeBase, question: str, number: float, unit: str
) -> None:
    answer = kb.ask(question)
    assert answer.value is not None
    assert (float(answer.value.number), answer.value.unit) == (number, unit)


@pytest.mark.parametrize(
    "question",
    [
        "南岭保税区今年的进出口总额是多少？",
        "东湖高新区1至9月完成固定资产投资多少？",
        "西山开发区2020年的固定资产投资是多少？",
        "火星上有多少水？",
    ],
)
def test_what_the_documents_do_not_hold_is_refused(kb: KnowledgeBase, question: str) -> None:
    answer = kb.ask(question)
    assert (answer.status, answer.text, answer.value) == ("no_answer", None, None)


def test_the_nearest_figure_is_offered_as_such(kb: KnowledgeBase) -> None:
    answer = kb.ask("东湖高新区1至9月完成固定资产投资多少？")
    assert answer.status == "no_answer"
    assert answer.note == "文中只有今年1至6月的数：固定资产投资60亿元"
    assert "完成固定资产投资60亿元" in answer.citations[0].quote


@pytest.mark.parametrize(
    ("question", "number", "unit"),
    [
        ("东湖高新区收到的问题还有多少没有解决？", 17, "个"),
        ("晨光产业园和星河物流园，哪个用地更大，差多少亩？", 80, "亩"),
        ("东湖高新区1至6月的固定资产投资和西山开发区2021年的相比，哪个多，多多少？", 15, "亿元"),
    ],
)
def test_arithmetic_cites_every_operand(kb: KnowledgeBase, question: str, number: int, unit: str) -> None:
    answer = kb.ask(question)
    assert answer.value is not None
    assert (int(answer.value.number), answer.value.unit) == (number, unit)
    marked = {kb.document(c.document).text[s:e] for c in answer.citations for s, e in c.marks}
    assert all(operand in marked for operand in answer.note.split(" = ")[0].split(" − "))


def test_last_year_is_worked_out_from_the_growth(kb: KnowledgeBase) -> None:
    text = "南山区今年上半年实现税收21.7亿元，同比增长8.5%。\n"
    answer = qa.from_texts({"n.txt": text}).ask("南山区去年上半年的税收是多少？")
    assert (answer.text, answer.note) == ("约20亿元", "21.7亿元 ÷ (1 + 8.5%) = 约20亿元")


def test_conditions_on_the_figure_and_on_the_year() -> None:
    kb = qa.from_texts(
        {
            "n.txt": "北岭新区三个项目集中开工。安泰医药项目总投资12亿元；恒远装备项目总投资30亿元；蓝海新材项目总投资8亿元。\n",  # noqa: E501
            "t.txt": "2015年，南坪县接待游客120万人次。\n2019年，南坪县接待游客310万人次。\n",
        }
    )
    items = kb.ask("北岭新区总投资超过10亿元的项目有哪些？").items or ()
    assert {item[:4] for item in items} == {"安泰医药", "恒远装备"}
    assert kb.ask("南坪县2017年以后接待游客多少人次？", min_confidence=0.0).text == "310万人次"


def test_the_largest_of_several() -> None:
    text = (
        "北岭新区三个项目集中开工。其中，安泰医药项目总投资12亿元；恒远装备项目总投资30亿元；"
        "蓝海新材项目总投资8亿元；云帆物流项目总投资21亿元。\n"
    )
    kb = qa.from_texts({"n.txt": text})
    assert kb.ask("北岭新区哪个项目总投资最大？").text == "恒远装备项目"
    three = (kb.ask("北岭新区总投资最大的前三个项目是哪些？").text or "").split("、")
    assert [name[:4] for name in three] == ["恒远装备", "云帆物流", "安泰医药"]


def test_three_are_added_up_and_a_rank_is_no_amount(kb: KnowledgeBase) -> None:
    three = kb.ask("东湖高新区1至6月新签约、新开工、新投产项目的总投资合计多少？")
    assert three.note == "30亿元 + 96亿元 + 14亿元 = 140亿元"
    text = "南山区今年上半年实现税收21.7亿元，总量居全市第三位。\n"
    assert qa.from_texts({"n.txt": text}).ask("南山区税收总量居全市第几？", min_confidence=0.0).text == "第三位"  # noqa: E501


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("东湖高新区1至6月新开工项目的总投资有没有超过90亿元？", "是（96亿元）"),
        ("晨光产业园用地有300亩吗？", "否（200亩）"),
    ],
)
def test_yes_or_no_with_the_figure_that_decides(kb: KnowledgeBase, question: str, said: str) -> None:
    assert kb.ask(question, min_confidence=0.0).text == said


def test_periods_that_differ_are_said(kb: KnowledgeBase) -> None:
    note = kb.ask("东湖高新区1至6月的固定资产投资和西山开发区2021年的相比，哪个多，多多少？").note
    assert "时期不同" in note


def test_a_list_has_items(kb: KnowledgeBase) -> None:
    assert kb.ask("东湖高新区用哪三种形式服务青年人才？", min_confidence=0.0).items == ("早班车", "夜校课堂", "周末集市")  # noqa: E501


def test_citations_quote_to_the_letter(kb: KnowledgeBase) -> None:
    for question in ("东湖高新区新投产项目几个？", "西山开发区引进了哪些项目？", "谁走访了华森电子？", "多少？"):  # noqa: E501
        for citation in kb.ask(question, min_confidence=0.0).citations:
            text = kb.document(citation.document).text
            assert text[citation.start : citation.end] == citation.quote
            assert all(citation.start <= s < e <= citation.end for s, e in citation.marks)


def test_the_same_answer_on_every_run(kb: KnowledgeBase) -> None:
    question = "东湖高新区新开工项目总投资多少？"
    assert kb.ask(question) == kb.ask(question)


def test_figures_that_disagree_are_both_given() -> None:
    kb = qa.from_texts(
        {
            "a.txt": "青溪县今年新建公园12个。\n",
            "b.txt": "截至目前，青溪县今年新建公园15个，群众休闲有了好去处。\n",
        }
    )
    answer = kb.ask("青溪县今年新建公园多少个？", min_confidence=0.0)
    assert answer.text is not None
    assert "12个" in answer.text
    assert "15个" in answer.text
    assert {c.document for c in answer.citations} == {"a.txt", "b.txt"}


@pytest.mark.parametrize(("question", "message"), [("", "empty"), ("  \n", "empty")])
def test_an_empty_question_is_an_input_error(kb: KnowledgeBase, question: str, message: str) -> None:
    with pytest.raises(qa.InputError, match=message):
        kb.ask(question)


def test_confidence_out_of_range_is_an_input_error(kb: KnowledgeBase) -> None:
    with pytest.raises(qa.InputError, match="between 0 and 1"):
        kb.ask("多少？", min_confidence=1.5)


def test_plain_numbers() -> None:
    from decimal import Decimal

    assert [plain(Decimal(t)) for t in ("61.10", "1E+3", "0.5", "100")] == ["61.1", "1000", "0.5", "100"]
