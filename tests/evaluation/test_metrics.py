"""Metrics against written fractions: the interface's scores, CMRC's EM and F1, rankings, calibration."""

from __future__ import annotations

import json
import unicodedata
from fractions import Fraction
from math import log2
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import InputError
from qa.evaluation.cmrc import exact_match, span_f1, tokens
from qa.evaluation.estimates import columns_of, estimates, statistic
from qa.evaluation.metrics import (
    accepts,
    comparable,
    in_base_unit,
    item_scores,
    judge,
    mean,
    refusal,
    same_value,
    summarise,
)
from qa.evaluation.questions import Evidence, Question
from qa.evaluation.ranking import is_ranking, ranking_scores, run_and_qrels

CMRC = json.loads((Path(__file__).parent.parent / "cases/cmrc.json").read_text(encoding="utf-8"))
TEXT = "东城经开区完成税收1.25亿元，增长8%。\n西城经开区完成税收\n3.2亿元，占地150亩。"
DOCS = {"a.txt": TEXT}


def cite(quote: str, document: str = "a.txt", **changes: Any) -> dict[str, Any]:
    start = TEXT.index(quote)
    return {"document": document, "start": start, "end": start + len(quote), "quote": quote} | changes


def answer(text: str | None = None, *citations: dict[str, Any], **changes: Any) -> dict[str, Any]:
    status = "no_answer" if text is None else "answered"
    row = {"status": status, "answer": text, "items": None, "value": None, "confidence": 0.9}
    return row | {"citations": list(citations)} | changes


def asked(quote: str | None = "税收1.25亿元", **changes: Any) -> Question:
    fields: dict[str, Any] = {"answers": ("1.25亿元",), "value": {"number": 1.25, "unit": "亿元"}}
    fields["evidence"] = (Evidence("a.txt", quote),) if quote else ()
    return Question("q", "税收多少？", **(fields | changes))


# Folding and comparing


@pytest.mark.parametrize(
    "text, folded",
    [
        ("１７．６８億元", "1768亿元"),
        ("「龍虎榜」、 點將台", "龙虎榜点将台"),
        ("ＰＩ膜\u00a0（A-1）", "pi膜a1"),
        ("34.89%", "3489"),
        ("淥口", "渌口"),
        ("…！？", ""),
    ],
)
def test_fold(text: str, folded: str):
    assert comparable(text) == folded


@given(st.text())
def test_folding_leaves_no_space_and_no_punctuation(text: str):
    assert not [c for c in comparable(text) if c.isspace() or unicodedata.category(c).startswith("P")]


@pytest.mark.parametrize(
    "said, accepted, right",
    [
        ("1.25亿元", ["1.25亿元"], True),
        ("完成税收1.25 億元。", ["3亿", "1.25亿元"], True),
        ("一" * 12 + "甲", ["甲"], True),
        ("一" * 13 + "甲", ["甲"], False),
        ("1.25亿", ["1.25亿元"], False),
        ("", ["甲"], False),
        (None, ["甲"], False),
        ("甲", ["。"], False),
    ],
)
def test_says(said: str | None, accepted: list[str], right: bool):
    assert accepts(said, accepted) is right


@pytest.mark.parametrize(
    "a, b, same",
    [
        ((1.25, "亿元"), (12500, "万元"), True),
        ((17.68, "亿元"), (1768000000, "元"), True),
        ((0.1, "亿元"), (1000, "万元"), True),
        ((1.25, "亿元"), (1.25, "万元"), False),
        ((20, "个"), (20, "家"), True),
        ((2, "万户"), (20000, "户"), True),
        ((20, "个"), (20, ""), True),
        ((8, "%"), (8, "个百分点"), False),
        ((8, "%"), (0.08, ""), True),
        ((1, "平方公里"), (100, "公顷"), True),
        ((3, "亩"), (2000, "平方米"), True),
        ((1, "亿元"), (1, "亿美元"), False),
        ((1000, "MW"), (1, "GW"), True),
        ((20, "年"), (20, "个"), False),
        (("无", "元"), (1, "元"), False),
    ],
)
def test_values_are_the_same_on_one_scale(a: tuple[Any, str], b: tuple[Any, str], same: bool):
    found, gold = ({"number": n, "unit": unit} for n, unit in (a, b))
    assert same_value(found, gold) is same
    assert same_value(gold, found) is same


def test_no_value_is_the_same_as_no_value():
    assert not same_value(None, None)
    assert in_base_unit("1/0", "元") is None


def test_items_are_found_in_the_answer_or_the_items():
    items = [["日日播"], ["周周比", "週週比"], ["龙虎榜"], ["点将台"]]
    assert item_scores(answer("日日播、周周比"), items) == (2 / 4, 0.0)
    assert item_scores(answer("x", items=["日日播", "龍虎榜", "别的"]), items) == (2 / 4, 2 / 3)
    assert item_scores(answer("点将台", items=["“日日播”", "周周比", "龙虎榜"]), items) == (1.0, 1.0)


# One answer


def test_a_right_and_cited_answer_is_grounded():
    score = judge(asked(), answer("1.25亿元", cite("东城经开区完成税收1.25亿元")), DOCS)
    assert (score.correct, score.cited, score.grounded, score.exact, score.right) == (1, 1, 1, 1, 1)
    assert (score.em, score.f1, score.citation_precision, score.item_recall) == (1, 1, 1, None)


def test_a_value_makes_an_answer_right_in_other_words():
    said = answer("约一亿两千五百万", value={"number": 12500, "unit": "万元"})
    assert judge(asked(), said, DOCS).correct == 1.0
    assert judge(asked(), said | {"status": "no_answer"}, DOCS).correct == 0.0


def test_half_of_the_non_space_characters_is_enough():
    evidence = Evidence("a.txt", "完成税收\n3.2亿元")  # ten characters that are no space: 4 + 6
    question = asked(None, evidence=(evidence,))
    assert judge(question, answer("x", cite("收\n3.2亿")), DOCS).cited == 1.0  # 收3.2亿: 5 of 10
    assert judge(question, answer("x", cite("\n3.2亿")), DOCS).cited == 0.0  # 4 of 10
    assert judge(question, answer("x", cite("完成"), cite("2亿元")), DOCS).cited == 0.0  # first place of 完成


def test_citations_count_together_and_only_the_first_three():
    question = asked("东城经开区完成税收1.25亿元")
    rest = [cite("占地"), cite("150亩"), cite("增长")]
    whole = cite("东城经开区完成税收1.25亿元")
    assert judge(question, answer("x", cite("东城经开"), *rest[:1], cite("1.25亿元")), DOCS).cited == 1.0
    assert judge(question, answer("x", *rest[:2], whole), DOCS).cited == 1.0
    late = judge(question, answer("x", *rest, whole), DOCS)
    assert (late.cited, late.citation_precision) == (0.0, 0.0)


def test_a_comparison_may_cite_three_for_every_operand():
    both = (Evidence("a.txt", "1.25亿元"), Evidence("a.txt", "3.2亿元"))
    filler = [cite("占地"), cite("150亩")]
    said = answer("x", cite("1.25亿元"), *filler, cite("3.2亿元"))
    assert judge(asked(None, evidence=both, type="compare"), said, DOCS).cited == 1.0
    assert judge(asked(None, evidence=both, type="list"), said, DOCS).cited == 0.0
    assert judge(asked(None, evidence=both, type="compare"), said, DOCS).citation_precision == 1 / 3


def test_every_evidence_must_be_cited():
    both = (Evidence("a.txt", "1.25亿元"), Evidence("a.txt", "3.2亿元"))
    assert judge(asked(None, evidence=both), answer("x", cite("1.25亿元")), DOCS).cited == 0.0


def test_a_quote_that_stands_twice_may_be_cited_at_either_place():
    first = TEXT.index("经开区完成税收")
    second = TEXT.index("经开区完成税收", first + 1)
    for start in (first, second):
        place = cite("经开区完成税收", start=start, end=start + 7)
        assert judge(asked("经开区完成税收"), answer("x", place), DOCS).cited == 1.0


def test_evidence_may_be_a_range():
    start = TEXT.index("1.25")
    evidence = Evidence("a.txt", start=start, end=start + 6)
    assert judge(asked(None, evidence=(evidence,)), answer("x", cite("1.25亿元")), DOCS).cited == 1.0


def test_a_quote_that_is_not_the_original_is_not_exact():
    good, shifted = cite("占地"), cite("占地", start=0, end=2)
    elsewhere = cite("占地", document="b.txt")
    assert judge(asked(), answer("x", good, shifted, elsewhere), DOCS).exact == 1 / 3


def test_what_a_refusal_cites_supports_nothing_but_must_be_exact():
    score = judge(asked(), answer(None, cite("税收1.25亿元")), DOCS)
    assert (score.correct, score.cited, score.grounded, score.citation_precision) == (0, 0, 0, None)
    assert (score.exact, score.right, score.f1) == (1.0, None, 0.0)


def test_an_unanswerable_question_is_grounded_by_refusing():
    question = asked(None, answerable=False, answers=(), value=None)
    assert judge(question, answer(None), DOCS).grounded == 1.0
    wrong = judge(question, answer("1.25亿元", cite("1.25亿元")), DOCS)
    assert (wrong.grounded, wrong.right, wrong.correct, wrong.cited) == (0.0, 0.0, None, None)


def test_without_originals_nothing_is_said_about_citations():
    score = judge(asked(), answer("1.25亿元", cite("1.25亿元")), {})
    assert (score.correct, score.cited, score.exact, score.grounded) == (1.0, None, None, None)


def test_means_and_refusals_are_fractions():
    due = asked(None, answerable=False, answers=(), value=None)
    rows = [
        (asked(), answer("1.25亿元", cite("税收1.25亿元"))),
        (asked(), answer("1.25亿元", cite("占地"))),
        (asked(), answer(None)),
        (due, answer(None)),
        (due, answer("x")),
    ]
    total = summarise([judge(q, a, DOCS) for q, a in rows])
    assert total["grounded"] == 2 / 5
    assert total["correct"] == 2 / 3
    assert total["cited"] == 1 / 3
    assert total["citation_precision"] == 1 / 2
    assert (total["refusal_precision"], total["refusal_recall"], total["refusal_f1"]) == (1 / 2, 1 / 2, 1 / 2)
    assert refusal([]) == {"refusal_precision": None, "refusal_recall": None, "refusal_f1": None}
    assert mean([None]) is None


# CMRC


@pytest.mark.parametrize("case", CMRC, ids=[case["label"] for case in CMRC])
def test_em_and_f1_as_the_cmrc_script(case: dict[str, Any]):
    assert exact_match(case["prediction"], case["answers"]) == case["em"]
    assert span_f1(case["prediction"], case["answers"]) == pytest.approx(
        float(Fraction(*case["f1"])), abs=1e-15
    )


def test_latin_between_han_is_split_as_words():
    assert tokens('由"KOEI, Inc."开发3.5%don\'t') == [
        "由", "``", "koei", ",", "inc", ".", "''", "开", "发", "3.5", "%", "do", "n't",
    ]  # fmt: skip


def test_words_are_those_of_nltk():
    nltk = pytest.importorskip("nltk.tokenize.destructive", reason="nltk, the reference, is not installed")
    from qa.evaluation.cmrc import latin_tokens

    reference = nltk.NLTKWordTokenizer()
    for text in ("a 'b' c", "(1870–71)", "—1936", '"umbra" shade', "u.s. 25.5%", "it's 1,000; no?", "‘x’"):
        assert latin_tokens(text) == reference.tokenize(text)


@given(st.text(max_size=30), st.lists(st.text(max_size=30), min_size=1, max_size=3))
def test_cmrc_scores_stay_between_0_and_1(prediction: str, answers: list[str]):
    assert exact_match(prediction, answers) in (0.0, 1.0)
    assert 0.0 <= span_f1(prediction, answers) <= 1.0
    assert span_f1(answers[0], answers) in (0.0, 1.0)


# Rankings


def hits(*quotes: str) -> list[dict[str, Any]]:
    places = [cite(quote) for quote in quotes]
    return [place | {"passage": f"p{n}", "score": 1 - n / 10} for n, place in enumerate(places)]


def test_rankings_are_written_fractions():
    question = asked(None, evidence=(Evidence("a.txt", "1.25亿元"), Evidence("a.txt", "150亩")))
    found = hits("增长8%", "税收1.25亿元", "西城", "占地150亩")
    run, qrels = run_and_qrels(question, found, DOCS) or ({}, {})
    assert list(run) == ["p0", "p1", "p2", "p3"]
    assert qrels == {"p1": 1, "p3": 1}
    names = ["recall@1", "recall@2", "recall@4", "mrr@10", "map", "ndcg@10"]
    scores = ranking_scores({"q": run}, {"q": qrels}, names)["q"]
    assert scores["recall@1"] == 0
    assert scores["recall@2"] == 1 / 2
    assert scores["recall@4"] == 1
    assert scores["mrr@10"] == 1 / 2
    assert scores["map"] == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert scores["ndcg@10"] == pytest.approx((1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3)))


def test_evidence_that_is_not_found_counts_against_recall():
    question = asked(None, evidence=(Evidence("a.txt", "1.25亿元"), Evidence("a.txt", "150亩")))
    run, qrels = run_and_qrels(question, hits("税收1.25亿元"), DOCS) or ({}, {})
    assert ranking_scores({"q": run}, {"q": qrels}, ["recall@10"])["q"]["recall@10"] == 1 / 2


def test_a_hit_inside_long_evidence_is_relevant_and_a_touching_one_is_not():
    question = asked(None, evidence=(Evidence("a.txt", TEXT[:19]),))
    assert (run_and_qrels(question, hits("税收1.25亿元"), DOCS) or ({}, {}))[1] == {"p0": 1}
    touching = run_and_qrels(question, hits("。\n西城经开区完成税收"), DOCS) or ({}, {})
    assert list(touching[1]) == ["a.txt:0-19:missed"]


def test_equal_scores_keep_their_order():
    question = asked(None, relevant={"z": 1})
    found = [
        {"passage": name, "document": name, "start": 0, "end": 0, "score": 0.5} for name in ("a", "z", "b")
    ]
    run, qrels = run_and_qrels(question, found, {}) or ({}, {})
    assert ranking_scores({"q": run}, {"q": qrels}, ["mrr@10"])["q"]["mrr@10"] == 1 / 2


def test_graded_documents_count_once_at_their_first_passage():
    question = asked(None, relevant={"d1": 2, "d2": 1, "d3": 0})
    found = [
        {"passage": f"{d}#{n}", "document": d, "start": 0, "end": 0, "score": 9 - n}
        for n, d in enumerate(("d3", "d1", "d1", "d2"))
    ]
    run, qrels = run_and_qrels(question, found, {}) or ({}, {})
    assert list(run) == ["d3", "d1", "d2"]
    scores = ranking_scores({"q": run}, {"q": qrels}, ["ndcg@10", "recall@2"])["q"]
    assert scores["recall@2"] == 1 / 2
    assert scores["ndcg@10"] == pytest.approx((2 / log2(3) + 1 / log2(4)) / (2 + 1 / log2(3)))


def test_only_questions_with_judgements_are_ranked():
    assert run_and_qrels(asked(None), hits("占地"), DOCS) is None
    assert ranking_scores({}, {}, ["map"]) == {}
    assert ranking_scores({}, {"q": {"d": 1}}, ["map"]) == {"q": {"map": 0.0}}


def test_names_of_rankings():
    assert [is_ranking(n) for n in ("recall@5", "recall", "map", "ndcg@20", "mrr@0", "f1")] == [
        True, False, True, True, False, False,
    ]  # fmt: skip
    with pytest.raises(InputError, match="'hit@1' is no ranking metric"):
        ranking_scores({}, {}, ["hit@1"])


# Over a set


def rows(*pairs: tuple[float | None, float]) -> dict[str, Any]:
    made = [
        {
            "refused": right is None,
            "answerable": True,
            "right": right,
            "confidence": p,
            "ms": 1.0 + n,
            "rss_mib": n,
        }
        for n, (right, p) in enumerate(pairs)
    ]
    return columns_of(made, [])


def one(name: str, columns: dict[str, Any]) -> float:
    return float(statistic(name, columns, np.ones((1, len(columns["refused"]))))[0])


def test_calibration_error():
    # Bins: [0.9, 1]: 2 right of 3 at 0.95; [0.5, 0.6): 0 of 1 at 0.55; the refusal does not count.
    columns = rows((1, 0.95), (1, 0.95), (0, 0.95), (0, 0.55), (None, 0.99))
    assert one("ece", columns) == pytest.approx(3 / 4 * abs(2 / 3 - 0.95) + 1 / 4 * 0.55)
    assert one("ece", rows((1, 1.0), (0, 0.0))) == 0.0


def test_area_under_the_risk_coverage_curve():
    # Risk at coverage 1/4 … 4/4: 0, 1/2, 1/3, 2/4.
    assert one("aurc", rows((1, 0.9), (0, 0.8), (1, 0.7), (0, 0.6))) == pytest.approx(
        (0 + 1 / 2 + 1 / 3 + 1 / 2) / 4
    )
    # Equal confidences come in together, whatever their order.
    assert one("aurc", rows((1, 0.9), (0, 0.5), (1, 0.5))) == pytest.approx(1 / 3 * 0 + 2 / 3 * 1 / 3)
    assert one("aurc", rows((1, 0.5), (1, 0.9), (0, 0.5))) == pytest.approx(2 / 9)


def test_latency_and_memory():
    columns = rows(*[(1, 0.5)] * 20)  # 1 to 20 ms, 0 to 19 MiB
    assert (one("latency_p50_ms", columns), one("latency_p95_ms", columns)) == (10.0, 19.0)
    assert one("memory_mib", columns) == 19.0


def test_what_is_not_defined_is_left_out():
    found = estimates(rows((None, 0.5), (None, 0.5)), ["ece", "aurc", "refusal_recall", "refusal_precision"])
    assert found["refusal_precision"].value == 0.0
    assert list(found) == ["refusal_precision"]
    assert estimates(columns_of([], []), ["ece"]) == {}


def test_intervals_are_reproducible_and_hold_the_value():
    columns = columns_of(
        [{"refused": 0, "answerable": 1, "correct": float(n % 3 > 0)} for n in range(90)], ["correct"]
    )
    a, b, c = (estimates(columns, ["correct"], seed)["correct"] for seed in (0, 0, 3))
    assert a == b
    assert a.value == pytest.approx(60 / 90)
    assert a.n == 90
    assert c.value == a.value
    # Normal approximation of the interval: 0.667 ± 1.96 · sqrt(0.667 · 0.333 / 90).
    assert a.low == pytest.approx(0.667 - 0.097, abs=0.02)
    assert a.high == pytest.approx(0.667 + 0.097, abs=0.02)


@given(
    st.lists(
        st.tuples(st.sampled_from([None, 0.0, 1.0]), st.floats(0, 1), st.booleans()), min_size=1, max_size=30
    )
)
def test_shares_stay_between_0_and_1(answers: list[tuple[float | None, float, bool]]):
    made = [
        {"refused": right is None, "answerable": can, "right": right, "confidence": p, "correct": right}
        for right, p, can in answers
    ]
    names = ["ece", "aurc", "refusal_precision", "refusal_recall", "refusal_f1", "correct"]
    for estimate in estimates(columns_of(made, names), names).values():
        assert 0 <= estimate.low <= estimate.high <= 1
        assert -1e-12 <= estimate.value <= 1 + 1e-12
