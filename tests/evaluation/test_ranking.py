"""Ranking metrics against written fractions."""

from __future__ import annotations

from math import log2
from typing import Any

import pytest
from keyed import DOCS, TEXT, asked, cite

from qa.errors import InputError
from qa.evaluation.questions import Evidence
from qa.evaluation.ranking import is_ranking, ranking_scores, run_and_qrels


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
