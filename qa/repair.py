"""Repairs of single characters: bracketed pinyin, shifted byte pairs, invisible characters.

Every function takes a Clean and gives a Clean; `edited` alone touches the map.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable

from .pairs import shifted_pairs
from .schema import INSERTED, Clean

HAN = r"\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1b\x7f]+")

# One Mandarin syllable without its tone; ɡ (U+0261) is what some converters write for g.
_SYLLABLE = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:i?ang?|i?ong|uang?|iao|uai|[iu]?ai?|ao|ei|[iu]?eng?|ou|i[nu]|ing|u[aeino]|un|[uv]e|er|ie|[aoeiuv])"
)
_GROUP = re.compile(rf"(?<=[{HAN}])[(（]([a-zɡüA-ZÀ-ɏɑ\u0300-\u030c]{{1,8}})[)）]")
_TONES = frozenset("\u0300\u0301\u0304\u030c")


def whole(text: str) -> Clean:
    """The text as it is, every character its own origin."""
    return Clean(text, array("i", range(len(text))))


def edited(clean: Clean, edits: Iterable[tuple[int, int, str]]) -> Clean:
    """Replace ranges, given in order and disjoint, each by a text.

    The first characters of a replacement take the origins of the range they
    stand for; what is longer than the range is INSERTED.
    """
    texts: list[str] = []
    origin = array("i")
    at = 0
    for start, end, new in edits:
        kept = min(len(new), end - start)
        texts += clean.text[at:start], new
        origin.extend(clean.origin[at : start + kept])
        origin.extend([INSERTED] * (len(new) - kept))
        at = end
    if not texts:
        return clean
    texts.append(clean.text[at:])
    origin.extend(clean.origin[at:])
    return Clean("".join(texts), origin)


def repaired(text: str) -> Clean:
    """Drop invisible characters and pinyin, mend shifted byte pairs. Linear in the text."""
    clean = whole(text)
    clean = edited(clean, ((m.start(), m.end(), "") for m in INVISIBLE.finditer(clean.text)))
    clean = edited(clean, _pinyin(clean.text))
    return edited(clean, shifted_pairs(clean.text))


def _pinyin(text: str) -> list[tuple[int, int, str]]:
    """Bracketed pinyin after a Han character: 區(qū). A real bracket around it survives.

    A syllable with a tone mark goes always; one without, which might be a word
    or a unit, only in a text that has at least three with one.
    """
    toned: list[tuple[int, int, str]] = []
    bare: list[tuple[int, int, str]] = []
    for match in _GROUP.finditer(text):
        letters = unicodedata.normalize("NFD", match[1].lower().replace("ɡ", "g").replace("ɑ", "a"))
        tone = any(mark in _TONES for mark in letters)
        syllable = letters.replace("u\u0308", "v")
        syllable = "".join(letter for letter in syllable if letter not in _TONES)
        if _SYLLABLE.fullmatch(syllable):
            (toned if tone else bare).append((match.start(), match.end(), ""))
    return sorted(toned + bare) if len(toned) >= 3 else toned
