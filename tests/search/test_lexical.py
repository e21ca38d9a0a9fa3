"""The terms of BM25: characters, pairs, figures kept whole, long words."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.chinese.fold import fold
from qa.search import lexical
from qa.search.lexical import figure_terms, gram_terms, query_tokens, tokens


@pytest.mark.parametrize(
    "text, expected",
    [
        ("完成146.65亿元", ["146.65亿元"]),
        ("1—11月", ["1-11月", "1-11"]),
        ("1至11月", ["1-11月", "1-11"]),
        ("２×１０００ＭＷ機組", ["2×1000mw", "2×1000"]),
        ("1,234.5万平方米", ["1234.5万平方米"]),
        ("5-6亿元", ["5-6亿元", "5-6"]),
        ("3個百分點，增長40%", ["3个百分点", "40%"]),
        ("2018年12月18日", ["2018年", "12月", "18日"]),
        ("120余亿元", ["120余亿元"]),
        ("A4纸、COVID-19、2017", []),
        ("没有数字", []),
    ],
)
def test_figures_stay_whole(text: str, expected: list[str]) -> None:
    assert figure_terms(fold(text)) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("总投资", ["总", "投", "总投", "资", "投资"]),
        ("总。投", ["总", "投"]),
        ("pi膜", ["pi", "膜", "pi膜"]),
        ("11月", ["11", "月", "11月"]),
        ("1,200户", ["1200", "户", "1200户"]),
        ("5g 2mw", ["5g", "2mw"]),
        ("", []),
    ],
)
def test_grams(text: str, expected: list[str]) -> None:
    assert gram_terms(text) == expected


def test_tokens_of_both_scripts_and_widths_are_equal() -> None:
    assert tokens("淥口區經濟開發區２×１０００ＭＷ") == tokens("渌口区经济开发区2×1000mw")
    assert "开发区" in tokens("經濟開發區")


def test_words_of_two_characters_count_once_as_pairs() -> None:
    assert Counter(tokens("固定资产投资")) == Counter(
        ["固", "定", "固定", "资", "定资", "产", "资产", "投", "产投", "资", "投资", "固定资产"]
    )


def test_query_tokens_leave_out_what_only_asks() -> None:
    assert query_tokens("总投资是多少？") == ["总", "投", "总投", "资", "投资", "资是", "是多"]
    assert query_tokens("什么？") == ["什", "么", "什么"]
    assert query_tokens("？！") == []


@given(st.text())
def test_any_text_has_terms(text: str) -> None:
    assert all(isinstance(term, str) and term for term in tokens(text))
    assert set(query_tokens(text)) <= set(tokens(text))


def reference_bm25(texts: list[str], query: str) -> list[float]:
    """Lucene's BM25, as Kamphuis et al., ECIR 2020, write it."""
    documents = [tokens(text) for text in texts]
    mean = sum(map(len, documents)) / len(documents)
    scores = []
    for terms in documents:
        score = 0.0
        for term in query_tokens(query):
            n, tf = sum(term in d for d in documents), terms.count(term)
            idf = np.log(1 + (len(documents) - n + 0.5) / (n + 0.5))
            score += idf * tf / (tf + lexical.K1 * (1 - lexical.B + lexical.B * len(terms) / mean))
        scores.append(score)
    return scores


ALPHABET = "甲乙丙投资税收3.亿元，。 麵A"


@settings(deadline=None)
@given(st.lists(st.text(ALPHABET, min_size=1), min_size=1, max_size=5), st.text(ALPHABET))
def test_bm25_is_the_written_formula(texts: list[str], query: str) -> None:
    vocabulary, postings = lexical.weigh(texts, tokens)
    scores = postings.scores(vocabulary[term] for term in query_tokens(query) if term in vocabulary)
    if any(map(tokens, texts)):
        assert scores == pytest.approx(reference_bm25(texts, query), rel=1e-5, abs=1e-6)
    else:
        assert not scores.any()
