"""Exact match and F1 as the evaluation script of CMRC 2018 computes them.

Source: cmrc2018_evaluate.py, v5 (Cui et al., EMNLP 2019). A Han character is one token; what
stands between two of them is split as NLTK's `word_tokenize` splits one line of English.
F1 is over the longest common *substring* of tokens; the best accepted answer counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

# The script's list, to the letter: it has ’ but not ‘, and its "……" is two characters and so drops nothing.
DROPPED = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
HAN = re.compile("[\u4e00-\u9fa5]")
# NLTK's rules, in its order, less those that cannot apply once DROPPED is gone and its rare contractions.
_OPENING = (
    (r"[«‘„]", r" \g<0> "),
    (r'^"', r"``"),
    (r"``", r" \g<0> "),
    (r'([ (\[{<])("|\'{2})', r"\1 `` "),
    (r"(?<!\w)'(?!(?:re|ve|ll|m|t|s|d|n)\b)(?=\w)", r"' "),
)
_MARKS = (
    (r"([^.])(\.)([\])}>\"'»”’ ]*+)\s*+$", r"\1 \2 \3 "),
    (r",([^\d])", r" , \1"),
    (r",$", r" , "),
    (r"\.{2,}", r" \g<0> "),
    (r"[;@#$%&\u2012-\u2015?!]", r" \g<0> "),
    (r"([^'])' ", r"\1 ' "),
    (r"[\]\[(){}<>]", r" \g<0> "),
)
_CLOSING = (
    (r"[»”’]", r" \g<0> "),
    (r"''|\"", " '' "),
    (r"\s+", " "),
    (r"([^' ])('[smd]|') ", r"\1 \2 "),
    (r"([^' ])('ll|'re|'ve|n't) ", r"\1 \2 "),
)
_OPENING_AND_MARKS = tuple((re.compile(pattern), new) for pattern, new in _OPENING + _MARKS)
_CLOSING_RULES = tuple((re.compile(pattern), new) for pattern, new in _CLOSING)


def latin_tokens(text: str) -> list[str]:
    """Tokens of text without Han characters.

    >>> latin_tokens("koei tecmo, 17.68%")
    ['koei', 'tecmo', ',', '17.68', '%']
    """
    if text.isalnum() or not text.strip():  # nothing to split: most pieces
        return text.split()
    for pattern, new in _OPENING_AND_MARKS:
        text = pattern.sub(new, text)
    text = f" {text} "
    for pattern, new in _CLOSING_RULES:
        text = pattern.sub(new, text)
    return text.split()


def _pieces(text: str) -> Iterator[str]:
    """Han characters one by one, and what stands between them."""
    rest = ""
    for char in text:
        if HAN.match(char):
            yield rest
            yield char
            rest = ""
        else:
            rest += char
    yield rest


def bare(text: str) -> str:
    """Lower-cased, stripped, without the script's punctuation: what exact match compares."""
    return "".join(c for c in text.lower().strip() if c not in DROPPED)


def tokens(text: str) -> list[str]:
    """Tokens of `bare(text)`.

    >>> tokens("由KOEI、光荣 ω-force 开发")
    ['由', 'koei', '光', '荣', 'ωforce', '开', '发']
    """
    return [token for piece in _pieces(bare(text)) for token in latin_tokens(piece)]


def common_run(a: Sequence[str], b: Sequence[str]) -> int:
    """Length of the longest common substring of two token lists."""
    best, above = 0, [0] * (len(b) + 1)
    for left in a:
        row = [0] * (len(b) + 1)
        for j, right in enumerate(b):
            if left == right:
                row[j + 1] = above[j] + 1
        best, above = max(best, *row), row
    return best


def exact_match(prediction: str, answers: Sequence[str]) -> float:
    """1.0 where the prediction is an accepted answer but for case and punctuation.

    >>> exact_match("《战国无双3》。", ["战国无双3"])
    1.0
    """
    return float(any(bare(prediction) == bare(answer) for answer in answers))


def span_f1(prediction: str, answers: Sequence[str]) -> float:
    """The best F1 over the accepted answers; 0.0 for an empty prediction.

    >>> span_f1("光荣公司", ["光荣"])
    0.6666666666666666
    """
    said, best = tokens(prediction), 0.0
    for answer in answers:
        gold = tokens(answer)
        run = common_run(gold, said)
        if run:
            precision, recall = run / len(said), run / len(gold)
            best = max(best, 2 * precision * recall / (precision + recall))
    return best
