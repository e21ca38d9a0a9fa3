"""Short answers that are no figures: their sort, yes and no, premises, lists, from text to answer."""

import pytest

import qa
from qa.answer.evidence import View
from qa.answer.lists import enumerations
from qa.answer.spans import FITS, SELDOM, list_fit, type_fit
from qa.answer.statements import negated
from qa.question.query import read_query
from qa.schema import Passage

TEXT = """红溪经开区召开推进会

8月12日，红溪经开区在会展中心召开项目推进会。党工委书记林海涛主持会议，管委会主任乌力吉图通报情况。
会议要求做到三点。一是提前完成征拆扫尾。二是每周调度在建项目。三是落实专人帮办服务。
财政局不承担项目的担保责任，由红溪城投公司负责回购。
月湖大道全线在红溪境内，尚未通车；云岭大桥已于5月通车。
因地下管线复杂，月湖大道的工期比原计划推迟了三个月。
电子产业园计划投资4亿元，建成全市最大的配套中心，计划明年投产。玉带大桥正在架梁，即将合龙。
重点企业包括远航精密、长丰医药、启明光电等。
"""


@pytest.fixture(scope="module")
def kb() -> qa.KnowledgeBase:
    return qa.from_texts({"红溪.txt": TEXT})


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("云岭大桥通车了吗？", "是"),
        ("月湖大道是不是已经通车了？", "否"),
        ("财政局要承担项目的担保责任吗？", "否"),
        ("林海涛有没有主持项目推进会？", "是"),
        ("月湖大道有没有修到红溪境外？", "否"),
        ("电子产业园建成了吗？", "否"),
        ("玉带大桥合龙了没有？", "否"),
    ],
)
def test_yes_and_no_with_the_sentence_that_decides(
    kb: qa.KnowledgeBase, question: str, expected: str
) -> None:
    answer = kb.ask(question, min_confidence=0)
    assert answer.text == expected
    (cited, *_) = answer.citations
    assert TEXT[cited.start : cited.end] == cited.quote
    assert cited.marks


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("会议要求做到哪三点？", ("提前完成征拆扫尾", "每周调度在建项目", "落实专人帮办服务")),
        ("红溪经开区的重点企业有哪些？", ("远航精密", "长丰医药", "启明光电")),
    ],
)
def test_all_items_of_a_list_over_one_sentence_or_several(
    kb: qa.KnowledgeBase, question: str, items: tuple[str, ...]
) -> None:
    assert kb.ask(question, min_confidence=0).items == items


def test_names_of_one_sort_in_a_sentence_make_a_list() -> None:
    kb = qa.from_texts({"桥.txt": "去年以来，西河大桥正式通车，东河二桥即将合龙，城区道路改造提速。"})
    assert kb.ask("城区有哪些大桥？", min_confidence=0).items == ("西河大桥", "东河二桥")


def test_a_person_a_date_and_a_firm_come_without_what_stands_round_them(kb: qa.KnowledgeBase) -> None:
    said = {
        question: kb.ask(question, min_confidence=0).text
        for question in ("红溪经开区的党工委书记是谁？", "项目推进会是啥时候开的？", "哪家公司负责回购？")
    }
    assert said == {
        "红溪经开区的党工委书记是谁？": "林海涛",
        "项目推进会是啥时候开的？": "8月12日",
        "哪家公司负责回购？": "红溪城投公司",
    }


def test_why_something_happened_that_did_not_is_refused(kb: qa.KnowledgeBase) -> None:
    asked = kb.ask("月湖大道的工期为什么推迟了？", min_confidence=0)
    false = kb.ask("红溪经开区为什么取消了项目推进会？", min_confidence=0)
    assert asked.text is not None and "管线复杂" in asked.text
    assert false.confidence < 0.5 * asked.confidence
    assert kb.ask("红溪经开区为什么取消了项目推进会？").status == "no_answer"


def view(text: str) -> View:
    passage = Passage("p", "d.txt", text, range(len(text)), 0, len(text), 1, 1, "paragraph", ((0, len(text)),))  # noqa: E501
    return View(passage, 0, 1.0)


@pytest.mark.parametrize(
    ("question", "text", "right", "wrong"),
    [
        ("哪条路要改造？", "月湖大道由市住建局负责改造", "月湖大道", "市住建局"),
        ("哪个部门负责改造？", "月湖大道由市住建局负责改造", "市住建局", "月湖大道"),
        ("谁主持会议？", "主任乌力吉图主持项目推进会", "乌力吉图", "项目推进会"),
        ("文章是哪份文件里说的？", "根据《招商办法》开展工作", "招商办法", "开展工作"),
        ("什么时候通车？", "云岭大桥5月通车", "5月", "云岭大桥"),
    ],
)
def test_an_answer_of_the_sort_that_is_asked_for(question: str, text: str, right: str, wrong: str) -> None:
    query, looked = read_query(question), view(text)
    fits = [type_fit(query, looked, at := text.index(part), at + len(part)) for part in (right, wrong)]
    assert fits == [FITS, SELDOM]


def test_the_date_of_the_text_answers_when_it_was_published() -> None:
    looked = view("2023-08-16 10:20 大桥8月15日完工")
    assert type_fit(read_query("大桥哪天完工？"), looked, 0, 10) == SELDOM
    assert type_fit(read_query("这篇稿子哪天发布的？"), looked, 0, 10) == FITS


def test_a_list_of_what_is_asked_for() -> None:
    text = "全长9公里，共设东站、西站、南站，惠及甲村、乙村、丙村。"
    stations, villages = enumerations(text, 0, len(text))
    query = read_query("沿途有哪些站？")
    assert (list_fit(query, view(text), stations), list_fit(query, view(text), villages)) == (1.0, 0.6)


@pytest.mark.parametrize(
    ("text", "denies"),
    [("财政部门不作为担保主体", True), ("尚未通车", True), ("不断扩大规模", False), ("不锈钢项目投产", False)],  # noqa: E501
)
def test_what_denies(text: str, denies: bool) -> None:
    assert negated(text) == denies
