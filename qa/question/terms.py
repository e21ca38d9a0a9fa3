"""The words of a question that search and evidence go by: terms, their weights, other words for them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable
from functools import cache
from pathlib import Path

from qa.chinese.tags import segment

STOP = re.compile(
    r"[的了是在有和与及为被把将对从到向给由于也都就而且其该这那它他她们来过着地得之中里上下个内外等所以]"
)


def terms(content: str) -> tuple[str, ...]:
    """Character bigrams and Latin or digit runs of blanked content, in order, without repeats.

    >>> terms("完成税收 3亿")
    ('完成', '成税', '税收', '3', '亿')
    """
    found: dict[str, None] = {}
    for run in re.findall(r"[a-z0-9.%×+]+|[一-龥]+", STOP.sub(" ", content)):
        if run[0].isascii() or len(run) == 1:
            found.setdefault(run)
        else:
            for i in range(len(run) - 1):
                found.setdefault(run[i : i + 2])
    return tuple(found)


Weigh = Callable[[str], tuple[float, bool]]
_RUN = re.compile(r"[a-z0-9.%×+]+|[一-龥]+")


def idf(n_passages: int, df: Callable[[str], int]) -> Weigh:
    """Inverse document frequency of a term, and whether the corpus has it; unseen weighs as seen once."""

    def weigh(term: str) -> tuple[float, bool]:
        seen = df(term)
        return math.log(1 + (n_passages + 0.5) / (max(1, seen) + 0.5)), seen > 0

    return weigh


UNSEEN = {
    "v": 0.4,
    "vn": 0.6,
    "d": 0.1,
    "c": 0.0,
    "p": 0.0,
    "r": 0.0,
    "a": 0.3,
    "n": 1.2,
    "x": 1.3,
    "nz": 1.3,
    "ns": 1.3,
}
"""What a word that the corpus lacks counts for, by part of speech: a verb is soon said
otherwise (花了 for 投资), a noun (利润) or a name seldom."""
WHOLE = frozenset({"全国", "全省", "全市", "全县", "全区", "全镇", "全州", "全园", "全球", "全线", "全村"})
"""Words for the whole of what a text is about, which it seldom repeats with each figure."""
CROSSING, LONE, FOREIGN = 0.5, 0.3, 0.4
NOUNS = ("n", "x", "nz", "ns", "vn", "j", "s", "f")


def weighted(content: str, weigh: Weigh) -> dict[str, tuple[float, bool]]:
    """Terms of a question's content (bigrams within and across words, Latin and digit runs).

    Each with its weight, and whether it is part of a noun or name.
    """
    out: dict[str, tuple[float, bool]] = {}
    for run in _RUN.findall(STOP.sub(" ", content)):
        if run[0].isascii():
            weight, seen = weigh(run)
            out[run] = weight * (1.0 if seen else FOREIGN), True
            continue
        before = ""
        for word, tag in _joined(segment(run)):
            if before:
                _add(out, before[-1] + word[0], CROSSING, 0.3, False, weigh)
            if len(word) == 1:
                _add(out, word, LONE, 0.3, False, weigh)
            if word in WHOLE:
                _add(out, word, LONE, 0.3, False, weigh)
                before = word
                continue
            for i in range(len(word) - 1):
                _add(out, word[i : i + 2], 1.0, UNSEEN.get(tag, 0.6), tag in NOUNS, weigh)
            before = word
    return out


_DATA = Path(__file__).parent.with_name("data")


@cache
def paraphrase_table() -> dict[str, tuple[str, ...]]:
    """Every word of `data/paraphrases.txt` with the others of its groups."""
    out: dict[str, tuple[str, ...]] = {}
    for line in (_DATA / "paraphrases.txt").read_text("utf-8").splitlines():
        group = line.split() if line and line[0] != "#" else []
        for word in group:
            out[word] = tuple(dict.fromkeys((*out.get(word, ()), *(w for w in group if w != word))))
    return out


def paraphrases(term: str) -> tuple[str, ...]:
    """Other words for a term, none for most.

    >>> "开工" in paraphrases("动工")
    True
    """
    return paraphrase_table().get(term, ())


_SAID = re.compile(r"[一二三四五六七八九十两几半每][天年月日周个]|[没完了]|^[前后]")
"""What no name has: a stretch of time, a verb's particle."""


def strangers(content: str, weigh: Weigh) -> tuple[str, ...]:
    """Stretches of three or more characters that are no words and of which the corpus has no two together."""
    return tuple(
        word
        for word in unknown_words(content)
        if len(word) > 2
        and word[0] not in "一二三四五六七八九十百千万亿两几近"
        and not _SAID.search(word)
        and not any(weigh(word[i : i + 2])[1] for i in range(len(word) - 1))
    )


def unknown_words(content: str) -> list[str]:
    """Stretches of folded text that are no words of the dictionary: mostly names."""
    return [
        word
        for run in _RUN.findall(STOP.sub(" ", content))
        if not run[0].isascii()
        for word, tag in _joined(segment(run))
        if tag in ("x", "nz", "ns")
    ]


def _add(
    out: dict[str, tuple[float, bool]], term: str, share: float, unseen: float, noun: bool, weigh: Weigh
) -> None:
    weight, seen = weigh(term)
    if not seen and (others := [w for t in paraphrases(term) if len(t) == 2 and (w := weigh(t))[1]]):
        weight, seen = min(others)
    old = out.get(term, (0.0, False))
    out[term] = max(old[0], weight * share * (1.0 if seen else unseen)), old[1] or noun


def idiom_weight(phrase: str, weigh: Weigh) -> float:
    """What an idiom weighs: as the commonest way of the corpus to say it, little where it has none."""
    ways = [[weigh(w[i : i + 2]) for i in range(len(w) - 1)] for w in (phrase, *paraphrases(phrase))]
    known = [sum(w for w, _ in way) / len(way) for way in ways if way and all(seen for _, seen in way)]
    return min(known, default=1.0)


@cache
def _lost(word: str) -> bool:
    """Whether a word of the table would fall apart as terms: it holds a stop character, or is no word."""
    return bool(STOP.search(word)) or (len(word) > 2 and any(tag == "x" for _, tag in segment(word)))


def says_word(word: str, said: str, found: Collection[str]) -> bool:
    """Whether a question says a word of the table: a lone character must be a word of its own."""
    return word in said if len(word) > 1 else word in found


def without_idioms(content: str) -> tuple[str, list[str]]:
    """Content without the idioms of speech in it that the table of paraphrases has (卖到国外), and these."""
    said = [
        w
        for w in sorted(paraphrase_table(), key=len, reverse=True)
        if len(w) > 1 and w in content and _lost(w)
    ]
    for word in said:
        content = content.replace(word, " " * len(word))
    return content, said


def _joined(tokens: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Neighbouring characters of unknown kind as one word: they are a name."""
    out: list[tuple[str, str]] = []
    for word, tag in tokens:
        if tag == "x" and out and out[-1][1] == "x":
            out[-1] = (out[-1][0] + word, "x")
        else:
            out.append((word, tag))
    return out
