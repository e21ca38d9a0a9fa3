"""From what was read to what is said: the best candidate and its citations, or a refusal."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from answering import RANKER, read, reading, sources, stumps

import qa
from qa.answer.passages import Sources
from qa.answer.ranker import Ranker, Scale
from qa.answer.reply import answer, cite, consider, differs
from qa.knowledge import KnowledgeBase
from qa.models.reader import FIRST, ITEM, SECOND, Reading
from qa.question.turns import complete
from qa.schema import Answer, Figure, Value

TEXTS = {
    "a.txt": "今年1至9月，东湖高新区完成税收7亿元，引进企业12家。",
    "b.txt": "今年1至6月，东湖高新区完成税收4亿元。",
    "c.txt": "西山开发区预计今年1至9月完成税收6亿元。",
    "d.txt": "湖边的风很大。",
}
QUESTION = "东湖高新区1至9月完成税收多少？"


def asked(question: str = QUESTION, least: float = 0.5, k: int = 3, held: Sources | None = None) -> Answer:
    return answer(question, complete(question), held or sources(TEXTS), k, least)


def by_hand(**said: Reading) -> Any:
    """A reader that has a reading ready for each document (by the first letter of its name), else none."""

    def reads(question: str, passages: list[str], heads: list[str], *, n_best: int) -> list[Reading]:
        names = {text: name[0] for name, text in TEXTS.items()}
        return [said.get(names[text], reading(text, relevance=-9.0)) for text in passages]

    return reads


# What is answered.


def test_the_best_candidate_is_said_with_its_value_and_its_passage() -> None:
    found = asked()
    assert (found.status, found.text, found.value) == ("answered", "7亿元", Value(Decimal(7), "亿元"))
    first = found.citations[0]
    assert (first.document, first.quote, first.rank) == ("a.txt", TEXTS["a.txt"], 1)
    assert first.marks == ((0, len(TEXTS["a.txt"])),)
    assert found.items is None and found.note == ""
    # Nine characters of its clause are the question's: nine stumps above -4.
    assert found.confidence == round(Scale(1, 0, 0.5).probability(5), 4)


def test_what_is_not_sure_enough_is_refused_with_what_is_nearest() -> None:
    found = asked("西湖的门票多少钱？")
    assert (found.status, found.text, found.value, found.items) == ("no_answer", None, None, None)
    assert 0 < found.confidence < 0.5 and [c.rank for c in found.citations] == [1, 2, 3]
    assert asked("西湖的门票多少钱？", least=0.0).status == "answered"
    assert asked(least=0.9999).status == "no_answer"


def test_nothing_to_propose_is_a_refusal_of_confidence_0() -> None:
    found = asked(held=sources({"d.txt": TEXTS["d.txt"]}), least=0.0)
    assert (found.status, found.confidence, found.citations[0].quote) == ("no_answer", 0.0, TEXTS["d.txt"])
    nothing = asked(held=replace(sources(TEXTS), search=lambda query, k: []), least=0.0)
    assert (nothing.status, nothing.citations) == ("no_answer", ())


def test_at_most_k_citations() -> None:
    assert [len(asked("税收多少？", least=0.99999, k=k).citations) for k in (1, 2, 9)] == [1, 2, 4]
    assert len(asked(k=1).citations) == 1


def test_equal_candidates_are_put_in_order_of_place() -> None:
    flat = Ranker(stumps(("span_score", 99.0, 1.0)), Scale(1, 0, 0.5))
    found = consider(complete(QUESTION), sources(TEXTS, flat))
    places = [(c.read.passage.id, c.start) for c in found.candidates]
    assert places == sorted(places) and len(set(found.scores)) == 1
    assert found.best is found.candidates[0]


def test_scores_and_signals_belong_to_their_candidates() -> None:
    found = consider(complete(QUESTION), sources(TEXTS))
    assert list(found.scores) == sorted(found.scores, reverse=True)
    assert [s["span_score"] for s in found.signals] == [c.score for c in found.candidates]
    assert found.confidence == RANKER.scale.probability(found.scores[0])


# Every sort of answer.


def test_a_list_has_its_items_and_marks_each() -> None:
    texts = {"a.txt": "形式有早班车、夜校课堂、周末集市三种。"}
    said = reading(texts["a.txt"], ("早班车、夜校课堂、周末集市", 9.0), list=0.9)
    counted = Ranker(stumps(("count", 1.0, 9.0)), Scale(1, 0, 0.5))
    found = asked("有哪些形式？", held=sources(texts, counted, lambda *a, **k: [said]))
    assert found.items == ("早班车", "夜校课堂", "周末集市")
    marked = [texts["a.txt"][s:e] for s, e in found.citations[0].marks]
    assert marked == ["早班车、夜校课堂、周末集市", *found.items]


def test_yes_is_said_from_the_range_that_decides() -> None:
    said = reading(TEXTS["a.txt"], ("7亿元", 9.0), yes=0.9)
    verdict = Ranker(stumps(("sort_probability", 0.5, 9.0)), Scale(1, 0, 0.5))
    found = asked("税收超过5亿元了吗？", held=sources(TEXTS, verdict, by_hand(a=said)))
    assert (found.text, found.value, found.citations[0].document) == ("是", None, "a.txt")


def test_a_sum_over_two_documents_cites_both_and_says_what_differs() -> None:
    a = reading(TEXTS["a.txt"], ("7亿元", 5.0), tags={"7亿元": FIRST}, difference=0.9)
    b = reading(TEXTS["b.txt"], ("4亿元", 5.0), tags={"4亿元": SECOND}, difference=0.9)
    computed = Ranker(stumps(("operand_count", 1.0, 9.0)), Scale(1, 0, 0.5))
    found = asked("1至9月比1至6月多多少？", k=1, held=sources(TEXTS, computed, by_hand(a=a, b=b)))
    assert (found.text, found.value) == ("3亿元", Value(Decimal(3), "亿元"))
    assert found.note == "7亿元 − 4亿元 = 3亿元；时期不同：今年1至9月与今年1至6月"
    marked = {c.document: [TEXTS[c.document][s:e] for s, e in c.marks] for c in found.citations}
    assert marked == {"a.txt": ["7亿元"], "b.txt": ["4亿元"]}  # more than k: every operand is cited


def test_items_of_a_list_end_without_their_punctuation() -> None:
    said = reading(TEXTS["a.txt"], ("引进企业12家。", 9.0))
    assert asked("引进了什么？", held=sources(TEXTS, reads=by_hand(a=said))).text == "引进企业12家"
    tagged = reading(TEXTS["a.txt"], tags={"7亿元": ITEM}, list=0.9)
    assert (
        asked("引进了什么？", held=sources(TEXTS, reads=by_hand(a=tagged)), least=0.0).status == "no_answer"
    )


def test_other_passages_that_surely_say_the_same_are_cited_too() -> None:
    a, c = (reading(TEXTS[n], (w, 9.0)) for n, w in (("a.txt", "东湖高新区"), ("c.txt", "西山开发区")))
    b = reading(TEXTS["b.txt"], ("东湖高新区", 5.0), relevance=1.0)
    unsure = reading(TEXTS["b.txt"], ("东湖高新区", 5.0), relevance=-1.0)
    for said, documents in ((b, ["a.txt", "b.txt"]), (unsure, ["a.txt"])):
        found = asked("哪个区？", held=sources(TEXTS, reads=by_hand(a=a, b=said, c=c)))
        assert [cited.document for cited in found.citations] == documents


# What is said beside the answer.


def test_a_plan_is_said_to_be_one() -> None:
    said = reading(TEXTS["c.txt"], ("6亿元", 9.0))
    found = asked("西山开发区税收多少？", held=sources(TEXTS, reads=by_hand(c=said)))
    assert (found.text, found.note) == ("6亿元", "文中为预计数")


def test_a_figure_that_disagrees_is_named() -> None:
    texts = {
        "a.txt": "青溪县2021年新建公园12个。",
        "b.txt": "青溪县2021年新建公园15个，游客更多了。",
        "c.txt": "青溪县2020年新建公园9个。",
    }
    found = asked("青溪县2021年新建公园多少个？", held=sources(texts))
    other = {"12个": "15个", "15个": "12个"}
    assert found.text in other and found.note == f"另一处为{other[found.text]}"


def figures(text: str) -> tuple[Figure, ...]:
    return read(text).figures


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("青溪县2021年新建公园12个。", "青溪县2021年新建公园15个。", True),
        ("青溪县2021年新建公园12个。", "青溪县2021年新建公园12个。", False),
        ("青溪县2021年新建公园12个。", "青溪县2020年新建公园15个。", False),
        ("青溪县2021年新建公园12个。", "白水县2021年新建公园15个。", False),
        ("青溪县2021年新建公园12个。", "青溪县2021年新建学校15个。", False),
        ("青溪县2021年新建公园12个。", "青溪县计划2021年新建公园15个。", False),
        ("青溪县2021年新建公园12个。", "青溪县新建公园15个。", False),
    ],
)
def test_figures_that_contradict_each_other(one: str, other: str, differ: bool) -> None:
    assert differs(figures(one)[0], figures(other)[0]) is differ


def test_the_nearest_figure_is_offered_as_such() -> None:
    found = asked("东湖高新区1至11月完成税收多少？", least=0.99999)
    assert found.status == "no_answer"
    assert found.note == "文中只有今年1至9月的数：税收7亿元"


# Citations.


def test_a_passage_is_cited_once_with_all_its_marks() -> None:
    held = sources(TEXTS)
    reads = consider(complete(QUESTION), held).reads
    found = cite([(reads[0], ((0, 2),)), (reads[1], ()), (reads[0], ((0, 2), (3, 5)))], held, 5)
    assert [(c.document, c.rank, c.marks) for c in found] == [
        ("a.txt", 1, ((0, 2), (3, 5))),
        ("b.txt", 2, ()),
    ]
    assert all(TEXTS[c.document][c.start : c.end] == c.quote for c in found)


# With the bundled models.

REPORT = {
    "east.txt": (
        "东湖高新区上半年经济运行平稳\n\n"
        "今年1至6月，东湖高新区完成固定资产投资60亿元，实现税收4亿元。区党工委书记林海涛走访了华森电子有限公司。\n\n"
        "晨光产业园用地200亩，星河物流园用地120亩。\n"
    ),
    "west.txt": (
        "西山开发区招商引资再提速\n\n"
        "2021年，西山开发区完成固定资产投资75亿元。大会于9月18日在会展中心召开。\n"
    ),
}


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return qa.from_texts(REPORT)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("西山开发区2021年完成固定资产投资多少亿元？", "75亿元"),
        ("东湖高新区1至6月实现税收多少？", "4亿元"),
        ("晨光产业园用地多少亩？", "200亩"),
        ("谁走访了华森电子有限公司？", "林海涛"),
        ("大會在哪裡召開？", "会展中心"),
    ],
)
def test_plain_questions(kb: KnowledgeBase, question: str, text: str) -> None:
    found = kb.ask(question, min_confidence=0.0)
    assert found.text is not None and text in found.text and len(found.text) <= len(text) + 12
    assert text in found.citations[0].quote


@pytest.mark.parametrize(
    "question", ["南岭保税区今年的进出口总额是多少？", "火星上有多少水？", "谁写了红楼梦？"]
)
def test_what_the_documents_do_not_hold_is_refused(kb: KnowledgeBase, question: str) -> None:
    found = kb.ask(question)
    assert (found.status, found.text, found.value) == ("no_answer", None, None)


def test_citations_quote_to_the_letter(kb: KnowledgeBase) -> None:
    for question in ("西山开发区投资多少？", "两个园区用地共多少亩？", "谁走访了华森电子？", "多少？"):
        for least in (0.0, 1.0):
            for c in kb.ask(question, min_confidence=least).citations:
                text = kb.document(c.document).text
                assert text[c.start : c.end] == c.quote
                assert all(c.start <= s < e <= c.end for s, e in c.marks)


def test_the_same_answer_on_every_run(kb: KnowledgeBase) -> None:
    question = "东湖高新区固定资产投资多少？"
    assert kb.ask(question) == kb.ask(question) == qa.from_texts(REPORT).ask(question)


@pytest.mark.parametrize("question", ["", "  \n"])
def test_an_empty_question_is_an_input_error(kb: KnowledgeBase, question: str) -> None:
    with pytest.raises(qa.InputError, match="empty"):
        kb.ask(question)


@pytest.mark.parametrize(("k", "least", "said"), [(0, 0.5, "at least 1"), (3, 1.5, "between 0 and 1")])
def test_values_out_of_range_are_input_errors(kb: KnowledgeBase, k: int, least: float, said: str) -> None:
    with pytest.raises(qa.InputError, match=said):
        kb.ask("多少？", k=k, min_confidence=least)
