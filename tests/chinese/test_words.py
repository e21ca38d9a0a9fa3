"""jieba behind a mapped dictionary: its words are jieba's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from qa.chinese import words as segment
from qa.chinese.fold import fold
from qa.chinese.words import Frequencies, is_word, log_share, sorted_dictionary, words

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


def test_a_frequency_comes_with_the_part_of_speech() -> None:
    mapped = Frequencies(sorted_dictionary(DICTIONARY))
    assert [mapped.tag(word) for word in ("中国", "着", "中国人民")] == ["ns", "v", ""]


@pytest.mark.parametrize(("pair", "known"), [("产业", True), ("產業", True), ("业项", False), ("", False)])
def test_common_words_are_known_in_either_script(pair: str, known: bool) -> None:
    assert is_word(pair) is known


def test_a_character_is_likelier_the_commoner_it_is() -> None:
    shares = [log_share(char) for char in ("的", "区", "淥", "\U00020000")]
    assert shares == sorted(shares, reverse=True)
    assert log_share("區") == log_share("区")
