"""Exact match and F1 as the evaluation script of CMRC 2018 computes them."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.cmrc import exact_match, span_f1, tokens

CMRC = json.loads((Path(__file__).parent.parent / "cases/cmrc.json").read_text(encoding="utf-8"))


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
