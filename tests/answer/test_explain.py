"""Why an answer is what it is: the winner, the losers and what cost them, refusals, every way of asking."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from answering import RANKER, reading, sources, stumps
from rich.cells import cell_len
from typer.testing import CliRunner

import qa
from qa.answer.explain import ASKED, MOST, NAMES, answer_explained
from qa.answer.passages import Sources
from qa.answer.ranker import Ranker, Scale, bundled
from qa.answer.reply import answer, consider
from qa.answer.signals import SIGNALS
from qa.cli.app import app
from qa.cli.explanation import explanation_text
from qa.cli.page import Page
from qa.cli.show import answer_text
from qa.knowledge import KnowledgeBase
from qa.models.reader import FIRST, SECOND
from qa.question.kinds import ASKS
from qa.question.turns import complete
from qa.schema import Explanation, Weighed

TEXTS = {
    "a.txt": "简讯\n今年1至9月，东湖高新区完成税收7亿元，完成投资95亿元。",
    "b.txt": "今年1至6月，东湖高新区完成税收4亿元。",
    "c.txt": "截至目前，东湖高新区已完成税收7亿元。",
}
QUESTION = "东湖高新区1至9月完成税收多少亿元？"


def explained(question: str = QUESTION, held: Sources | None = None, least: float = 0.5) -> Explanation:
    found = answer_explained(question, complete(question), held or sources(TEXTS), 3, least).explanation
    assert found is not None
    return found


def candidate(e: Explanation, text: str) -> Weighed:
    return next(c for c in e.candidates if c.text == text)


def test_every_signal_and_every_sort_of_question_has_a_name() -> None:
    assert set(NAMES) == set(SIGNALS) and len(set(NAMES.values())) == len(NAMES)
    assert set(ASKED) == set(ASKS)


def test_the_winner_comes_first_with_its_probability() -> None:
    e = explained()
    assert (e.candidates[0].text, e.candidates[0].chosen, e.candidates[0].reason) == ("7亿元", True, "")
    assert [c.score for c in e.candidates] == sorted((c.score for c in e.candidates), reverse=True)
    assert e.confidence == e.candidates[0].score and e.threshold == 0.5
    assert e.verdict == f"得分最高，把握 {e.confidence:.1%}，不低于门槛 50%。"


def test_every_loser_says_why() -> None:
    e = explained()
    assert [c.chosen for c in e.candidates[1:]] == [False] * (len(e.candidates) - 1)
    assert all(c.reason for c in e.candidates[1:])
    assert next(c for c in e.candidates[1:] if c.document == "c.txt").reason == "同一答案的另一处"
    assert candidate(e, "95亿元").reason == f"输在{NAMES['span_score']}"


def test_a_range_that_overlaps_the_answer_is_told_so_and_equal_scores_too() -> None:
    said = reading(TEXTS["b.txt"], ("4亿元", 9.0), ("完成税收4亿元", 6.0), ("东湖高新区", 4.0))
    held = sources({"b.txt": TEXTS["b.txt"]}, reads=lambda *a, **k: [said])
    assert candidate(explained(held=held), "完成税收4亿元").reason == "与答案重叠的另一段"
    flat = replace(held, rank=Ranker(stumps(("span_score", 99.0, 1.0)), Scale(1, 0, 0.5)))
    assert [c.reason for c in explained(held=flat).candidates] == ["", "得分较低", "得分较低"]


def test_the_factors_make_the_score() -> None:
    found, e = consider(complete(QUESTION), sources(TEXTS)), explained()
    assert sum(f.share for f in e.factors) + RANKER.trees.start == pytest.approx(found.scores[0], abs=1e-3)
    assert {f.name: f.value for f in e.factors} == {"span_score": found.signals[0]["span_score"]}
    two = Ranker(stumps(("span_score", 0.5, 1.0), ("fused", 0.5, -3.0), ("rank", 9.0, 7.0)), Scale(1, 0, 0.1))
    order = [(f.name, f.share) for f in explained(held=sources(TEXTS, two)).factors]
    assert order == [("fused", -3.0), ("span_score", 1.0)]  # the strongest first, none that added nothing


def test_places_are_those_of_the_original() -> None:
    for c in explained().candidates:
        text = TEXTS[c.document]
        assert text[c.start : c.end] == c.text
        assert c.line == text[: c.start].count("\n") + 1
        assert list(c.signals) == list(SIGNALS)


def test_how_the_question_was_read() -> None:
    u = explained("投资超过5亿元的南川开发区1至9月完成税收多少亿元？").understood
    assert u.kind == "figure" and u.wanted == {"unit": "亿元", "period": "1至9月", "numbers": "5亿元"}
    assert "南川开发区" in u.unknown and len(u.words) <= MOST
    held = replace(sources(TEXTS), gazetteer={"东湖高新区": ("zone", "东湖")})
    assert explained(held=held).understood.names == ("东湖高新区",)
    assert explained("多少").understood.wanted == {}


def test_the_passages_read_with_their_scores() -> None:
    found = explained().hits
    assert [(f.document, f.line_start, f.fused, f.dense, f.bm25) for f in found] == [
        (name, 1, round(1 - n / 10, 4), 0.8, 3.0) for n, name in enumerate(TEXTS)
    ]
    assert all(0 <= f.answerable <= 1 for f in found)


def test_a_refusal_says_what_pressed_it_down_and_what_is_unknown() -> None:
    down = Ranker(
        stumps(("span_score", 0.5, 1.0), ("fused", 0.5, -3.0), ("rank", 0.5, -1.0)), Scale(1, 0, 0.5)
    )
    e = explained("南川保税区的税收多少？", held=sources(TEXTS, down))
    assert e.candidates[0].reason == "把握不足" and not any(c.chosen for c in e.candidates)
    assert e.verdict == (
        f"拒答：把握 {e.confidence:.1%}，低于门槛 50%；压低它的是检索、检索名次；文档里没有“南川保税区”。"
    )


def test_nothing_to_weigh_is_a_refusal_that_says_so() -> None:
    e = explained(held=sources({"d.txt": "湖边的风很大。"}))
    assert (e.candidates, e.factors, e.confidence) == ((), (), 0.0)
    assert e.verdict == "拒答：没有所问的这一类答案。"


def test_a_computed_answer_shows_its_operands() -> None:
    said = reading(TEXTS["a.txt"], ("7亿元", 5.0), tags={"95亿元": FIRST, "7亿元": SECOND}, difference=0.9)
    sums = Ranker(stumps(("operand_count", 1.0, 4.0), ("sort_probability", 0.8, 4.0)), Scale(1, 0, 0.5))
    held = sources({"a.txt": TEXTS["a.txt"]}, sums)
    e = explained("投资比税收多多少？", replace(held, read=lambda *a, **k: [said]))
    assert [(c.text, TEXTS["a.txt"][c.start : c.end], c.line) for c in e.operands] == [
        ("95亿元", "95亿元", 2), ("7亿元", "7亿元", 2),
    ]  # fmt: skip
    assert e.verdict.startswith("由 2 个数算出，把握 ")


def test_no_more_candidates_than_can_be_taken_in() -> None:
    texts = {f"{n:02}.txt": f"第{n}区完成税收{n}亿元，引进企业{n}家。" for n in range(1, 12)}
    assert len(explained(held=sources(texts)).candidates) == MOST


@pytest.mark.parametrize("question", [QUESTION, "南川保税区的税收多少？", "多少"])
@pytest.mark.parametrize("least", [0.0, 0.5, 1.0])
def test_the_answer_is_the_same_with_and_without(question: str, least: float) -> None:
    plain = answer(question, complete(question), sources(TEXTS), 3, least)
    told = answer_explained(question, complete(question), sources(TEXTS), 3, least)
    assert plain.explanation is None and replace(told, explanation=None) == plain


# On the page.


@pytest.mark.parametrize("width", [None, 60, 80, 100])
def test_it_fits_the_page(width: int | None) -> None:
    for question in (QUESTION, "南川保税区的税收多少？"):
        text = explanation_text(explained(question), Page(width))
        assert max(map(cell_len, text.splitlines())) <= (width or 80)
        assert "…" not in text and text == text.strip("\n")


def test_a_styled_page_has_styles_and_a_plain_one_none() -> None:
    e = explained()
    assert "\x1b[" in explanation_text(e, Page(80, True))
    assert "\x1b[" not in explanation_text(e, Page(80, False)) + explanation_text(e, Page())


# With the bundled models.

REPORT = "东湖高新区经济运行平稳\n\n今年1至9月，东湖高新区完成固定资产投资95亿元，实现税收7亿元。\n"
ASKED_OF = "东湖高新区1至9月完成固定资产投资多少？"


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return qa.from_texts({"东湖.txt": REPORT})


def test_the_bundled_ranker_adds_up(kb: KnowledgeBase) -> None:
    found = kb.ask(ASKED_OF, explain=True, min_confidence=0.0)
    e = found.explanation
    assert e is not None and (e.confidence, e.threshold) == (found.confidence, 0.0)
    trees, scale = bundled().trees, bundled().scale
    score = trees.start + float(trees.value[trees.roots].sum()) + sum(f.share for f in e.factors)
    assert scale.probability(score) == pytest.approx(e.confidence, abs=2e-3)
    assert candidate(e, found.text or "").chosen
    again = kb.ask(ASKED_OF, explain=True).explanation
    assert again is not None and again.threshold == scale.threshold


def test_the_text_of_an_answer_ends_with_its_explanation(kb: KnowledgeBase) -> None:
    found = kb.ask(ASKED_OF, explain=True, min_confidence=0.0)
    text = answer_text(found, Page())
    assert found.text and text.startswith(found.text)
    assert found.explanation and text.endswith(explanation_text(found.explanation, Page()))


def test_a_conversation_explains_its_last_turn(kb: KnowledgeBase) -> None:
    chat = kb.chat()
    chat.ask(ASKED_OF)
    asked = chat.ask("税收呢？")
    assert asked.explanation is None
    again = chat.why()
    assert replace(again, explanation=None) == asked and again.explanation
    assert len(chat.turns) == 2


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("explain")
    (home / "东湖.txt").write_text(REPORT, encoding="utf-8")
    qa.build(home / "东湖.txt", index=home / "idx").close()
    return home / "idx"


def run(index: Path, *words: str, given: str | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(app, [*words, "--index", str(index)], input=given, catch_exceptions=False)
    return done.exit_code, done.stdout


ANY = ("--min-confidence", "0")


def test_ask_explain_prints_it_below_the_answer(index: Path) -> None:
    code, out = run(index, "ask", ASKED_OF, "--explain", *ANY)
    said, below = out.split("\n判断\n")
    assert code == 0 and said.startswith(run(index, "ask", ASKED_OF, *ANY)[1].splitlines()[0])
    assert "\n读题\n" in below and "\n候选\n" in below and "\n把握" in below and "\n读过的段落\n" in below
    assert "判断" not in run(index, "ask", ASKED_OF, *ANY)[1]


def test_ask_explain_as_json(index: Path) -> None:
    told = json.loads(run(index, "ask", ASKED_OF, "--explain", "--json", *ANY)[1])
    assert list(told["explanation"]) == [field.name for field in fields(Explanation)]
    first = {
        name: told["explanation"]["candidates"][0][name] for name in ("text", "document", "line", "chosen")
    }
    assert first == {"text": told["answer"], "document": "东湖.txt", "line": 3, "chosen": True}
    assert "explanation" not in json.loads(run(index, "ask", ASKED_OF, "--json")[1])


def test_a_refusal_is_explained_and_keeps_its_status(index: Path) -> None:
    code, out = run(index, "ask", "淀川保税区的出口额是多少？", "--explain")
    assert code == 3 and "文档里没有“淀川保税区”" in out.replace("\n", "")


def test_many_questions_and_whole_conversations_are_explained(index: Path) -> None:
    rows = [{"question": ASKED_OF, "conversation": 1}, {"question": "税收呢？", "conversation": 1, "turn": 1}]
    given = "\n".join(json.dumps(row) for row in [{"question": ASKED_OF}, *rows])
    code, out = run(index, "ask", "--input", "-", "--json", "--explain", given=given)
    told = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and all(t["explanation"]["candidates"] for t in told)
    assert told[2]["resolved"] == "东湖高新区1至9月税收多少？"


def test_why_in_a_chat(index: Path) -> None:
    _, out = run(index, "chat", given=f"/why\n{ASKED_OF}\n/why\n")
    assert out.startswith("还没有问过。") and out.count("\n判断\n") == 1
    first, again = map(json.loads, run(index, "chat", "--json", given=f"{ASKED_OF}\n/why\n")[1].splitlines())
    assert again["explanation"] and again["answer"] == first["answer"]
