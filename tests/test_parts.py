"""The benchmark of parts and what it shares with the others: values by hand, and the library's seams."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import parts, quality, reading  # noqa: E402
from qa.answer.evidence import Matcher, View  # noqa: E402
from qa.evaluation.measure import evaluate  # noqa: E402
from qa.evaluation.reading import parse_lines  # noqa: E402
from qa.knowledge import KnowledgeBase  # noqa: E402
from qa.models.reader import Reading, Span  # noqa: E402
from qa.pipeline import from_texts  # noqa: E402

TEXTS = {
    "a.txt": "东城经开区一期工程总投资3.2亿元，占地150亩。今年新建厂房12栋，均已竣工。",
    "b.txt": "西城经开区今年引进企业40家，完成税收2.5亿元，同比增长8%。",
}


def said(name: str, quote: str) -> dict[str, Any]:
    return {"evidence": [{"document": f"{name}.txt", "quote": quote}]}


def turn(number: int) -> dict[str, Any]:
    return {"conversation": "c", "turn": number}


ASKED = parse_lines(
    "".join(
        json.dumps({"id": str(n)} | row, ensure_ascii=False) + "\n"
        for n, row in enumerate(
            (
                {"question": "东城经开区一期工程占地多少亩？", "answers": ["150亩"], "type": "figure"}
                | said("a", "占地150亩"),
                {"question": "西城经开区完成税收多少？", "answers": ["2.5亿元"]}
                | said("b", "税收2.5亿元")
                | turn(1),
                {"question": "引进企业呢？", "answers": ["40家"]} | said("b", "企业40家") | turn(2),
                {"question": "北城经开区的出口总额是多少？", "answerable": False},
            )
        )
    ),
    "asked",
)


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return from_texts(TEXTS)


def asked_of(kb: KnowledgeBase, name: str) -> parts.Partial:
    return parts.Partial(kb, next(part for part in parts.PARTS if part.name == name))


def test_retrieval_alone_answers_with_a_clause_of_the_first_passage_and_never_refuses(kb: KnowledgeBase):
    answer = asked_of(kb, "retrieval alone").ask("东城经开区一期工程占地多少亩？")
    assert (answer.status, answer.text, answer.confidence) == (
        "answered",
        "东城经开区一期工程总投资3.2亿元",
        1.0,
    )
    assert [c.document for c in answer.citations] == ["a.txt", "b.txt"]
    assert answer.citations[0].quote == TEXTS["a.txt"]
    assert asked_of(kb, "retrieval alone").ask("北城的出口总额是多少？").status == "answered"


def test_the_library_as_a_part_is_the_library(kb: KnowledgeBase):
    for question in ("东城经开区一期工程占地多少亩？", "北城经开区的出口总额是多少？"):
        assert asked_of(kb, parts.LIBRARY).ask(question) == kb.ask(question)


def test_without_calibration_a_neighbour_is_answered(kb: KnowledgeBase):
    question = "北城经开区的出口总额是多少？"
    assert asked_of(kb, "+ figures and rules").ask(question).status == "answered"
    assert asked_of(kb, parts.LIBRARY).ask(question).status == "no_answer"


def test_switches_take_away_one_thing(kb: KnowledgeBase):
    sources = kb._sources
    bare = parts.without_reader(sources)
    assert (bare.read, bare.weights, bare.n_passages) == (None, sources.weights, 2)
    passage = next(p for p in kb.passages() if p.document == "b.txt")
    assert [f.quote for f in sources.figures(passage.id)] == ["40家", "2.5亿元", "8%"]
    assert parts.without_figures(sources).figures(passage.id) == ()
    assert asked_of(kb, "library without figures").ask("东城经开区一期工程占地多少亩？").status == "no_answer"


def test_best_clause_is_the_first_with_most_of_the_weight(kb: KnowledgeBase):
    view = View(next(p for p in kb.passages() if p.document == "b.txt"), 0, 1.0)
    matcher = Matcher(("税收", "同比", "园区"), (2.0, 1.0, 5.0))
    assert parts.best_clause(view, matcher).text == "完成税收2.5亿元，"
    assert parts.best_clause(view, Matcher(("外资",), (1.0,))).text == "西城经开区今年引进企业40家，"


def test_every_part_is_measured_on_the_same_questions(kb: KnowledgeBase):
    found = parts.measured("tiny", kb, ASKED, ("type",))
    grounded = {name: metrics["grounded"]["value"] for name, metrics in found["systems"].items()}
    assert list(grounded) == [part.name for part in parts.PARTS]
    assert (found["n"], grounded["+ figures and rules"], grounded[parts.LIBRARY]) == (4, 0.75, 1.0)
    refusals = [found["systems"][part.name]["refusal_recall"]["value"] for part in parts.PARTS]
    assert refusals == [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]
    assert found["by"]["type"][parts.LIBRARY]["figure"]["n"] == 1
    assert "gain" not in found["systems"]["retrieval alone"]
    assert found["systems"][parts.LIBRARY]["gain"]["value"] == 0.25


def test_gain_is_the_paired_difference_of_grounded_accuracy():
    asked = [{"id": str(n), "question": f"{n}？", "answers": [str(n)], "answerable": n < 3} for n in range(4)]
    asked[3].pop("answers")
    never, always = (evaluate(ask, asked, parts.METRICS) for ask in (lambda q: None, lambda q: q[:1]))
    assert parts.gain(never, always) == {"value": -1.0, "low": -1.0, "high": -1.0, "p": 1.0, "n": 1}


def test_samples_are_spread_and_keep_conversations_whole():
    assert [q.id for q in parts.sampled(ASKED, 0)] == ["0", "1", "2", "3"]
    assert [q.id for q in parts.sampled(ASKED, 2)] == ["0", "3"]
    assert parts.sampled(ASKED, 1).questions[0].id == "0"


def test_sets_are_called_by_their_folder():
    assert [parts.set_name(Path(p)) for p in ("seeds", "tests/cases/zones/docs")] == ["seeds", "zones"]


def test_tables_show_shares_gains_and_milliseconds():
    share = {"value": 0.5, "low": 0.4, "high": 0.6, "n": 4}
    metrics = {"grounded": share, "gain": share | {"value": 0.125}, "latency_p50_ms": share | {"value": 81.6}}
    lower = metrics | {"grounded": share | {"value": 0.25}, "gain": share | {"value": -0.25}}
    by = {"type": {"all": {"figure": share}, "none": {"figure": share | {"value": 0.0}}}}
    results = {"benchmarks": {"tiny": {"n": 4, "systems": {"all": metrics, "none": lower}, "by": by}}}
    assert parts.table(results).splitlines() == [
        "| set | parts | grounded | gain | correct | cited | refusal recall | latency, ms |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        "| tiny (4) | all | **50.0 ±10.0** | +12.5 ±10.0 |  |  |  | 82 |",
        "| tiny (4) | none | 25.0 ±10.0 | -25.0 ±10.0 |  |  |  | 82 |",
    ]
    (split,) = parts.split_tables(results)
    assert split.splitlines()[0] == "| tiny, by type | n | all | none |"
    assert split.splitlines()[2] == "| figure | 4 | 50.0 ±10.0 | 0.0 ±10.0 |"


def test_a_text_goes_between_its_own_marks(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text(
        "a\n<!-- parts -->\nold\n<!-- /parts -->\n<!-- quality -->\n<!-- /quality -->\nz\n", "utf-8"
    )
    quality.into_readme(page, "new \\1", "parts")
    quality.into_readme(page, "table")
    marked = "<!-- parts -->\nnew \\1\n<!-- /parts -->\n<!-- quality -->\ntable\n<!-- /quality -->"
    assert page.read_text("utf-8") == f"a\n{marked}\nz\n"
    with pytest.raises(SystemExit, match="has no <!-- speed -->"):
        quality.into_readme(page, "", "speed")


def test_odd_and_even_questions_share_none():
    odd, even = (reading.chosen(range(10), first=7, parity=parity) for parity in ("odd", "even"))
    assert (list(odd), list(even)) == ([1, 3, 5], [0, 2, 4, 6])
    assert list(reading.chosen(range(10), sample=3)) == [0, 3, 6, 9]
    assert list(reading.chosen(range(3))) == [0, 1, 2]


def test_reading_scores_have_standard_errors():
    said = {"一？": (0, 2), "二？": (0, 3)}

    def read(question: str, passages: list[str]) -> list[Reading]:
        start, end = said[question]
        return [Reading(2.0, 0.9, start, end, 1.0, (Span(start, end, 1.0), Span(0, 2, 0.5)))]

    questions = [reading.Question(q, ("甲乙",), 0) for q in said]
    found = reading.reading(read, ["甲乙丙丁"], questions)
    assert (found["em"], found["f1"], found["f1 of best of 5"], found["answerable"]) == (50, 90, 100, 100)
    assert (found["em, standard error"], found["f1, standard error"]) == pytest.approx((50, 10))
    line = reading.line({"DRCD": found | {"questions": 2}})
    assert line.endswith(": DRCD 50.0 ±50.0 / 90.0 ±10.0 (2 questions).")
