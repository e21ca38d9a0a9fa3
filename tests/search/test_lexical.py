"""BM25 terms, and jieba behind a mapped dictionary."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.chinese import words as segment
from qa.chinese.fold import fold
from qa.chinese.words import Frequencies, sorted_dictionary, words
from qa.search.lexical import figures, grams, query_tokens, tokens


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
    assert figures(fold(text)) == expected


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
    assert grams(text) == expected


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


DICTIONARY = ["中 7 n", "中国 5 ns", "中国人 3 n", "国人 2 n", "B超 1 n", "著 4 v", "着 6 v"]


def prefix_dictionary(lines: list[str]) -> dict[str, int]:
    """The dictionary as jieba's own `gen_pfdict` makes it, of folded words."""
    made: dict[str, int] = {}
    for line in lines:
        said, frequency = line.split(" ")[:2]
        word = fold(said)
        made[word] = made.get(word, 0) + int(frequency)
        for end in range(1, len(word)):
            made.setdefault(word[:end], 0)
    return made


@pytest.mark.parametrize("bulk", [0, 2, 10**9])
def test_mapped_dictionary_answers_as_jiebas_own(bulk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "BULK", bulk)
    mapped, own = Frequencies(sorted_dictionary(DICTIONARY)), prefix_dictionary(DICTIONARY)
    assert mapped.total == sum(own.values()) == 28
    for word in [*"中国b着著人丁 28\0\U0010ffff", "中国", "中国人", "中国人民", "国人", "b超"]:
        assert (word in mapped, mapped.get(word)) == (word in own, own.get(word)), word
    with pytest.raises(KeyError):
        mapped["人"]


def test_words_are_jiebas_own() -> None:
    """Differential: jieba with its dictionary loaded the ordinary way."""
    ordinary = segment._import_jieba().Tokenizer()
    ordinary.FREQ, ordinary.initialized = prefix_dictionary(segment.jieba_lines()), True
    ordinary.total = sum(ordinary.FREQ.values())
    for text in (fold(path.read_text("utf-8")) for path in sorted(Path("seeds").glob("*.txt"))):
        assert words(text) == list(ordinary.cut_for_search(text, HMM=False))


def test_the_dictionary_is_jiebas_folded_and_sorted() -> None:
    """After a change of folding, or of jieba: python -m qa.chinese.words"""
    assert segment.DICTIONARY.read_bytes() == sorted_dictionary(segment.jieba_lines())


def test_jieba_is_quiet() -> None:
    code = (
        "import sys; from qa.chinese.words import words; words('投资');"
        " assert 'pkg_resources' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
