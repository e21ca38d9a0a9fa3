"""Why an answer is what it is: the winner, the losers and why they lost, refusals, every way of asking."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

import qa
from qa.answer.confidence import bundled_threshold
from qa.answer.explain import NAMES, REASONS, pull
from qa.cli.app import app
from qa.cli.explanation import explanation_text
from qa.cli.page import Page
from qa.cli.show import answer_text
from qa.knowledge import KnowledgeBase
from qa.schema import Explanation, Weighed

TEXTS = {
    "东湖.txt": (
        "东湖高新区经济运行平稳\n\n"
        "今年1至6月，东湖高新区完成固定资产投资60亿元，实现税收4亿元；今年1至9月，完成固定资产投资95亿元，实现税收7亿元。\n\n"
        "该区收到企业反映的问题58个，已解决41个。新签约项目12个，新开工项目18个。\n"
    ),
    "西山.txt": "西山开发区再提速\n\n今年1至9月，西山开发区完成固定资产投资75亿元，引进项目6个。\n",
}
QUESTION = "东湖高新区1至9月完成固定资产投资多少？"


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return qa.from_texts(TEXTS)


def explained(kb: KnowledgeBase, question: str) -> Explanation:
    found = kb.ask(question, explain=True).explanation
    assert found is not None
    return found


def candidate(e: Explanation, text: str) -> Weighed:
    return next(c for c in e.candidates if c.text == text)


def test_the_winner_comes_first_and_its_neighbours_say_why_not(kb: KnowledgeBase) -> None:
    e = explained(kb, QUESTION)
    assert (e.candidates[0].text, e.candidates[0].chosen, e.candidates[0].reason) == ("95亿元", True, "")
    assert candidate(e, "60亿元").reason == "期间不符（文中为今年1至6月）"
    assert candidate(e, "75亿元").reason == "主体不符（说的是西山开发区）"
    assert candidate(e, "7亿元").reason == "指标不合（文中为税收）"
    assert [c.chosen for c in e.candidates[1:]] == [False] * (len(e.candidates) - 1)
    assert [c.score for c in e.candidates] == sorted((c.score for c in e.candidates), reverse=True)


def test_a_unit_that_cannot_answer_is_named(kb: KnowledgeBase) -> None:
    e = explained(kb, "东湖高新区新开工项目有多少个？")
    assert e.candidates[0].text == "18个"
    assert {c.reason for c in e.candidates if c.text.endswith("亿元")} <= {"单位不符（文中为亿元）"}


def test_places_are_those_of_the_original(kb: KnowledgeBase) -> None:
    for c in explained(kb, QUESTION).candidates:
        text = kb.document(c.document).text
        assert text[c.start : c.end] == c.text
        assert c.line == text[: c.start].count("\n") + 1
        assert all(0 <= value <= 1 for value in c.signals.values())


def test_how_the_question_was_read(kb: KnowledgeBase) -> None:
    u = explained(kb, QUESTION).understood
    assert (u.kind, u.names, u.unknown) == ("figure", ("东湖高新区",), ())
    assert (u.wanted["dimension"], u.wanted["period"]) == ("money", "1至9月")
    assert "投资" in u.words


def test_the_confidence_adds_up(kb: KnowledgeBase) -> None:
    answer = kb.ask(QUESTION, explain=True)
    e = answer.explanation
    assert e is not None
    total = e.bias + sum(f.contribution for f in e.factors)
    assert 1 / (1 + math.exp(-total)) == pytest.approx(e.probability, abs=1e-3)
    assert e.probability * e.damping == pytest.approx(e.confidence, abs=1e-3)
    assert (e.confidence, e.threshold) == (answer.confidence, bundled_threshold())
    assert [pull(f) for f in e.factors] == sorted(pull(f) for f in e.factors)


def test_the_passages_read_are_those_of_the_search(kb: KnowledgeBase) -> None:
    hits = sorted(kb.search(QUESTION), key=lambda h: (-h.signals["fused"], h.passage.id))
    found = explained(kb, QUESTION).hits
    assert [(f.document, f.line_start, f.fused) for f in found] == [
        (h.passage.document, h.passage.line_start, round(h.signals["fused"], 4)) for h in hits
    ]


def test_a_refusal_says_what_was_missing(kb: KnowledgeBase) -> None:
    e = explained(kb, "南城保税区今年的进出口总额是多少？")
    assert e.understood.unknown == ("南城保税区", "进出口总额")
    assert e.verdict.startswith("拒答：把握 ") and "低于门槛" in e.verdict
    assert e.verdict.endswith("；文档里没有“南城保税区”、“进出口总额”。")
    assert not any(c.chosen for c in e.candidates)
    assert e.candidates[0].reason.startswith("主体不符")
    assert pull(e.factors[0]) < 0
    assert NAMES[e.factors[0].name] in e.verdict


def test_a_refused_neighbour_says_which_period_it_is_of(kb: KnowledgeBase) -> None:
    e = explained(kb, "东湖高新区1至11月完成固定资产投资多少？")
    assert e.verdict.startswith("拒答：")
    assert candidate(e, "95亿元").reason == "期间不符（文中为今年1至9月）"


def test_a_computed_answer_shows_its_operands(kb: KnowledgeBase) -> None:
    e = explained(kb, "东湖高新区收到的问题还有多少没有解决？")
    assert [(c.text, c.chosen) for c in e.operands] == [("58个", True), ("41个", True)]
    assert e.verdict.startswith("由 2 个数算出")
    assert (e.understood.kind, e.understood.wanted["op"]) == ("compare", "rest")


def test_nothing_to_weigh_is_a_refusal_that_says_so() -> None:
    e = explained(qa.from_texts({"a.txt": "湖边的风很大。\n"}), "总投资多少？")
    assert [(c.text, c.chosen, c.reason) for c in e.candidates] == [
        ("湖边的风很大。", False, "没有所问的这一类答案")
    ]
    assert (e.factors, e.confidence) == ((), 0.0)
    assert e.verdict.startswith("拒答：找到的段落里没有这一类答案")


def test_the_answer_is_the_same_with_and_without(kb: KnowledgeBase) -> None:
    for question in (QUESTION, "南城保税区的税收多少？", "东湖高新区收到的问题还有多少没有解决？"):
        plain = kb.ask(question)
        assert plain.explanation is None
        assert replace(kb.ask(question, explain=True), explanation=None) == plain


def test_every_reason_has_a_name() -> None:
    assert set(REASONS) <= set(NAMES)


@pytest.mark.parametrize("width", [None, 60, 80, 100])
def test_it_fits_the_page(kb: KnowledgeBase, width: int | None) -> None:
    for question in (QUESTION, "南城保税区的税收多少？", "东湖高新区收到的问题还有多少没有解决？"):
        text = explanation_text(explained(kb, question), Page(width))
        assert max(map(cell_len, text.splitlines())) <= (width or 80)
        assert "…" not in text and text == text.strip("\n")


def test_a_styled_page_has_styles_and_a_plain_one_none(kb: KnowledgeBase) -> None:
    e = explained(kb, QUESTION)
    assert "\x1b[" in explanation_text(e, Page(80, True))
    assert "\x1b[" not in explanation_text(e, Page(80, False)) + explanation_text(e, Page())


def test_the_text_of_an_answer_ends_with_its_explanation(kb: KnowledgeBase) -> None:
    answer = kb.ask(QUESTION, explain=True)
    text = answer_text(answer, Page())
    assert text.startswith("95亿元")
    assert answer.explanation and text.endswith(explanation_text(answer.explanation, Page()))


def test_a_conversation_explains_its_last_turn(kb: KnowledgeBase) -> None:
    chat = kb.chat()
    chat.ask(QUESTION)
    asked = chat.ask("税收呢？")
    assert asked.explanation is None
    again = chat.why()
    assert (again.resolved, again.text) == (asked.resolved, "7亿元")
    assert again.explanation and again.explanation.candidates[0].text == "7亿元"
    assert len(chat.turns) == 2


@pytest.fixture(scope="module")
def index(kb: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("explain")
    for name, text in TEXTS.items():
        (home / name).write_text(text, encoding="utf-8")
    qa.build([home / name for name in TEXTS], index=home / "idx").close()
    return home / "idx"


def run(index: Path, *words: str, given: str | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(app, [*words, "--index", str(index)], input=given, catch_exceptions=False)
    return done.exit_code, done.stdout


def test_ask_explain_prints_it_below_the_answer(index: Path) -> None:
    code, out = run(index, "ask", QUESTION, "--explain")
    assert code == 0 and out.startswith("95亿元")
    below = out.split("\n判断\n")[1]
    assert "期间不符（文中为今年1至6月）" in below
    assert "\n读题\n" in below and "\n把握" in below and "\n读过的段落\n" in below
    assert "判断" not in run(index, "ask", QUESTION)[1]


def test_ask_explain_as_json(index: Path) -> None:
    told = json.loads(run(index, "ask", QUESTION, "--explain", "--json")[1])["explanation"]
    assert list(told) == [field.name for field in fields(Explanation)]
    first = {name: told["candidates"][0][name] for name in ("text", "document", "line", "chosen")}
    assert first == {"text": "95亿元", "document": "东湖.txt", "line": 3, "chosen": True}
    assert "explanation" not in json.loads(run(index, "ask", QUESTION, "--json")[1])


def test_a_refusal_is_explained_and_keeps_its_status(index: Path) -> None:
    code, out = run(index, "ask", "南城保税区的税收多少？", "--explain")
    assert code == 3 and "文档里没有“南城保税区”" in out.replace("\n", "")


def test_many_questions_and_whole_conversations_are_explained(index: Path) -> None:
    rows = [{"question": QUESTION, "conversation": 1}, {"question": "税收呢？", "conversation": 1, "turn": 1}]
    given = "\n".join(json.dumps(row) for row in [{"question": QUESTION}, *rows])
    code, out = run(index, "ask", "--input", "-", "--json", "--explain", given=given)
    told = [json.loads(line)["explanation"]["candidates"][0]["text"] for line in out.splitlines()]
    assert (code, told) == (0, ["95亿元", "95亿元", "7亿元"])


def test_why_in_a_chat(index: Path) -> None:
    _, out = run(index, "chat", given=f"/why\n{QUESTION}\n/why\n")
    assert out.startswith("还没有问过。") and "期间不符（文中为今年1至6月）" in out
    lines = run(index, "chat", "--json", given=f"{QUESTION}\n/why\n")[1].splitlines()
    assert json.loads(lines[1])["explanation"]["candidates"][0]["text"] == "95亿元"
