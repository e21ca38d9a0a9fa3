"""Fold text for search and comparing: one character in, one character out.

The table lies in `data/fold.txt` (two lines: characters and what they become), so that
nothing but a `str.translate` is paid at query time. `python -m qa.chinese.fold` writes it anew.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent.with_name("data") / "fold.txt"
SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
SPACES += "\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
HALVES = range(0xD800, 0xE000)
"""Halves of pairs: Python's strings may hold them, tokenizers and SQLite refuse them. Folded to U+FFFD."""
HAN = ((0x2E80, 0x2FE0), (0x3400, 0xA000), (0xF900, 0xFB00), (0x20000, 0x2FA20), (0x30000, 0x323B0))
EXTRA = dict(zip("妳祇牠甦荳揹籐菓燄鎗暱", "你只它苏豆背藤果焰枪昵", strict=True))
"""Taiwan's spellings that opencc leaves, since no single dictionary entry decides them."""
OTHER = ((0x21, 0x530), (0x1E00, 0x2000), (0x2100, 0x2200), (0xFE30, 0x10000))


@cache
def _table() -> dict[int, int]:
    source, target = _FILE.read_text("utf-8").split("\n")[:2]
    pairs = dict(zip(map(ord, source), map(ord, target), strict=True))
    return pairs | dict.fromkeys(map(ord, SPACES), 0x20) | dict.fromkeys(HALVES, 0xFFFD)


def fold(text: str) -> str:
    """Traditional to Simplified, full to half width, lower case, every odd space to ' '.

    Character by character, so offsets and length stay: `len(fold(t)) == len(t)`. Where one
    Simplified character serves for several (干 for 乾, 幹, 干; 着 for 著), all become it. Meant
    for search and comparing, never for showing.

    >>> fold("淥口區\u3000２×１０００ＭＷ，隨著")
    '渌口区 2×1000mw,随着'
    """
    return text.translate(_table())


def build_table() -> dict[str, str]:
    """Compute the table from opencc's dictionaries and Unicode (needs opencc installed).

    t2s gives the characters; what the Taiwan and Hong Kong tables write otherwise (著, 衞)
    goes by way of their standard form, and s2t before t2s brings together what only the way
    back does (钜 and 鉅). Circled, raised and Roman numerals stay what they are.
    """
    from opencc import OpenCC

    convert = [OpenCC(way).convert for way in ("tw2t", "hk2t", "s2t", "t2s")]

    def one(char: str) -> str:
        wide = unicodedata.normalize("NFKC", char)
        char = wide if len(wide) == 1 and unicodedata.category(char) not in ("No", "Nl") else char
        if char in "么麼麽":  # 幺 is another character, though the variant tables join them
            return "么"
        for step in (str.lower, lambda c: EXTRA.get(c, c), *convert):
            char = changed if len(changed := step(char)) == 1 else char
        return char

    table = {}
    for first, last in (*HAN, *OTHER):
        for char in map(chr, range(first, last)):
            folded = one(char)
            while (again := one(folded)) != folded:
                folded = again
            if folded != char and unicodedata.category(char) != "Cn" and char not in SPACES:
                table[char] = folded
    return table


if __name__ == "__main__":
    pairs = sorted(build_table().items())
    _FILE.write_text("\n".join("".join(column) for column in zip(*pairs, strict=True)) + "\n", "utf-8")
