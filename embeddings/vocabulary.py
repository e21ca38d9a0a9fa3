"""Cut a Unigram tokenizer of a hundred languages to what Chinese documents need."""

from __future__ import annotations

import copy
import unicodedata
from typing import Any

LATIN_PIECES = 12_000
"""Pieces with Latin letters that stay, the likeliest first; every other one is spelt with shorter ones."""
PROMPT_PIECES = {"\u2581query", "\u2581passage", ":"}
"""Every text begins with one of these; they are rare enough to fall to the cut."""
MARKS = ((0x20, 0x7E), (0xA1, 0xBF), (0x2000, 0x2BFF), (0x3000, 0x303F), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF))
"""Ranges whose punctuation, symbols, numbers and letters may stand anywhere in a kept piece."""
ALPHABETS = ("LATIN", "GREEK", "CYRILLIC", "HIRAGANA", "KATAKANA", "BOPOMOFO")
"""Scripts that keep their single letters, so that pinyin, formulas and names are never unknown."""


def _plain(char: str) -> bool:
    return "IDEOGRAPH" in unicodedata.name(char, "") or any(a <= ord(char) <= b for a, b in MARKS)


def _letter(piece: str) -> bool:
    return len(piece) == 1 and unicodedata.name(piece, "").startswith(ALPHABETS)


def keeps(piece: str) -> bool:
    """Whether a piece may stay: Han, ASCII, punctuation, symbols, numbers, one letter of a near alphabet."""
    text = piece.replace("\u2581", "")
    return _letter(text) or all(map(_plain, text))


def cut(tokenizer: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
    """Return the smaller tokenizer.json and the old ids that stay, in rising order.

    Pieces keep their scores, so that text made of kept pieces is cut as before. The vocabulary is ordered by
    falling score; special tokens always stay.
    """
    vocabulary = tokenizer["model"]["vocab"]
    special = {token["id"] for token in tokenizer["added_tokens"]}
    kept, latin = [], 0
    for old, (piece, _) in enumerate(vocabulary):
        letters = len(piece.strip("\u2581")) > 1 and any(char.isascii() and char.isalpha() for char in piece)
        rare = letters and latin >= LATIN_PIECES
        if old in special or piece in PROMPT_PIECES or (keeps(piece) and not rare):
            kept.append(old)
            latin += letters
    new_id = {old: new for new, old in enumerate(kept)}
    small = copy.deepcopy({**tokenizer, "model": {**tokenizer["model"], "vocab": []}})
    small["model"]["vocab"] = [vocabulary[old] for old in kept]
    small["added_tokens"] = [{**token, "id": new_id[token["id"]]} for token in tokenizer["added_tokens"]]
    metaspace = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True}
    small["pre_tokenizer"] = small["decoder"] = metaspace
    return small, kept
