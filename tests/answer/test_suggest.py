"""What can be asked after an answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import qa
from qa.answer.suggest import headings, question_of, suggestions

TEXT = (
    "东湖区2020年经济运行情况\n\n一、经济总量\n\n2020年，东湖区完成税收3.5亿元；完成固定资产投资60亿元；引进项目25个。"
    "东湖区最高可奖励企业30万元。预计2021年，东湖区完成税收4亿元。\n\n二、民生保障\n\n东湖区2020年新增就业3000人。\n"
)
ASKED = "东湖区2020年税收多少？"


@pytest.fixture(scope="module")
def kb() -> Iterator[qa.KnowledgeBase]:
    with qa.from_texts({"a.txt": TEXT}) as kb:
        yield kb


def test_questions_of_the_figures_near_the_same_metric_first(kb: qa.KnowledgeBase) -> None:
    answer = kb.ask(ASKED)
    assert answer.text == "3.5亿元"
    figures = kb.figures_in(kb.around(answer.citations[0], 3))
    found = suggestions(answer, figures, [ASKED], n=9)
    assert found[:3] == [
        "东湖区2021年预计税收多少？",
        "东湖区2020年固定资产投资多少？",
        "东湖区2020年引进项目多少个？",
    ]
    assert not any("奖励" in question for question in found)
    assert suggestions(answer, figures, [ASKED, found[0]], n=1) == ["东湖区2020年固定资产投资多少？"]


def test_what_is_offered_is_answered_with_its_figure(kb: qa.KnowledgeBase) -> None:
    figures = [f for f in kb.figures() if question_of(f)]
    right = [kb.ask(question_of(f)).value == f.value for f in figures]
    assert len(right) >= 5 and sum(right) >= len(right) - 1


def test_after_a_refusal_nothing_is_offered(kb: qa.KnowledgeBase) -> None:
    refused = kb.ask("南城县铁路多长？", min_confidence=1.0)
    assert refused.status == "no_answer" and suggestions(refused, kb.figures()) == []


def test_headings_around_are_others_than_its_own(kb: qa.KnowledgeBase) -> None:
    passages = list(kb.passages())
    last = passages[-1]
    assert headings(passages, TEXT.index("完成税收")) == ["二、民生保障"]
    assert "二、民生保障" not in headings(passages, last.start)
    assert headings(passages, len(TEXT) + 1) == []
