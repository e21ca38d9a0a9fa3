"""Repairs of single characters: bracketed pinyin, shifted byte pairs, invisible characters, spaces.

What repairs takes a Clean and gives a Clean, or names the edits; `apply_edits` alone touches the map.

Shifted GBK pairs: one byte of a text was lost and the bytes after it were paired anew.

動力。”淥口 is A1A3 A1B1 9C4F …; without its first byte it reads A3A1 B19C 4F, that is
！睖O, and a portal then wrote "!睖O". The shift ends where a byte below 80, a letter to
the eye, was the second half of a character. A repair is accepted by proof only: one byte
put back in front must decode to plausible text, and since what was taken in is the same
bytes, dropping that byte again gives the damaged text to the letter.

Spaces: some typesetting left inside Chinese text, others separate.
A space between Han characters, or between Han and a digit or a full-width mark, is a
trace of a justified line. What stays: the space between names in a byline, between the
halves of a headline or couplet, between cells, and after half-width marks.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable
from functools import cache

from qa.chinese.words import is_word, log_share
from qa.schema import INSERTED, Clean

HAN = r"\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1b\x7f]+")

# One Mandarin syllable without its tone; ɡ (U+0261) is what some converters write for g.
_SYLLABLE = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:i?ang?|i?ong|uang?|iao|uai|[iu]?ai?|ao|ei|[iu]?eng?|ou|i[nu]|ing|u[aeino]|un|[uv]e|er|ie|[aoeiuv])"
)
_GROUP = re.compile(rf"(?<=[{HAN}])[(（]([a-zɡüA-ZÀ-ɏɑ\u0300-\u030c]{{1,8}})[)）]")
_TONES = frozenset("\u0300\u0301\u0304\u030c")


def identity(text: str) -> Clean:
    """The text as it is, every character its own origin."""
    return Clean(text, array("i", range(len(text))))


def apply_edits(clean: Clean, edits: Iterable[tuple[int, int, str]]) -> Clean:
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


def repair(text: str) -> Clean:
    """Drop invisible characters and pinyin, mend shifted byte pairs. Linear in the text."""
    clean = identity(text)
    clean = apply_edits(clean, ((m.start(), m.end(), "") for m in INVISIBLE.finditer(clean.text)))
    clean = apply_edits(clean, _pinyin_edits(clean.text))
    return apply_edits(clean, shifted_pair_edits(clean.text))


def _pinyin_edits(text: str) -> list[tuple[int, int, str]]:
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


_HAN_RANGES = r"\u3400-\u9fff\uf900-\ufaff"
_MARKS = {"!": "！", "?": "？", ",": "，", ";": "；", ":": "：", "(": "（", ")": "）", ".": "．"}
# The end of a shift: a letter between Han characters whose byte can be a second half.
_ANCHOR = re.compile(rf"(?<=[{_HAN_RANGES}])[@-~](?=[{_HAN_RANGES}，。、；：！？”“,.;:!?]|$)")
_REACH = 24
_LOST_QUOTE = re.compile(rf"(?<=[{_HAN_RANGES}])[!！] (?=[{_HAN_RANGES}])")


def shifted_pair_edits(text: str) -> list[tuple[int, int, str]]:
    """Edits that mend proved shifts, and likely ones in a text that has a proved one."""
    proved = []
    done = 0
    for anchor in _ANCHOR.finditer(text):
        edit = _best_repair(text, anchor.start(), done) if _is_suspicious(text[anchor.start() - 1]) else None
        if edit is not None:
            proved.append(edit)
            done = edit[1]
    return sorted(proved + _likely_quote_edits(text)) if proved else []


def _is_suspicious(char: str) -> bool:
    """Whether a character stands outside GB 2312: a shifted pair whose second byte is a first."""
    try:
        return len(char.encode("gb2312")) != 2
    except UnicodeEncodeError:
        return True


def _best_repair(text: str, anchor: int, floor: int) -> tuple[int, int, str] | None:
    """The best repair of a shift that ends with the letter at `anchor`, or None.

    Every start within reach and every lost byte is tried. What counts is how much
    likelier the repaired characters are in Chinese than the damaged ones.
    """
    best: tuple[float, int, str] | None = None
    for start in range(anchor - 1, max(floor, anchor - _REACH) - 1, -1):
        damaged = text[start : anchor + 1]
        data = _bytes(damaged)
        if data is None:
            break
        new = _decode_with_likeliest_lead(data, text[start - 1 : start])
        if len(new) != len(damaged):
            continue
        gain = _plausibility(text, start, new, anchor + 1) - _plausibility(text, start, damaged, anchor + 1)
        if best is None or gain > best[0]:
            best = (gain, start, new)
    # 6 nats over the damage is far from what sound text ever gains.
    if best is None or best[0] < 6.0:
        return None
    _, start, new = best
    return start, anchor + 1, new


def _bytes(damaged: str) -> bytes | None:
    """The bytes of a damaged range: half-width marks stand for the full-width ones they were."""
    try:
        head = "".join(_MARKS.get(char, char) for char in damaged[:-1]).encode("gbk")
    except UnicodeEncodeError:
        return None
    return head + damaged[-1].encode("ascii") if len(head) == 2 * len(damaged) - 2 else None


def _decode_with_likeliest_lead(data: bytes, left: str) -> str:
    """What the bytes read with the likeliest byte in front: it decides the first character alone."""
    try:
        rest = data[1:].decode("gbk")
    except UnicodeDecodeError:
        return ""
    return (
        max(_characters_ending_in(data[0]), key=lambda first: _fit(left, first, rest[0]), default="") + rest
    )


@cache
def _characters_ending_in(second: int) -> tuple[str, ...]:
    """The characters that end in a byte."""
    firsts = (bytes((lead, second)).decode("gbk", "ignore") for lead in range(0x81, 0xFF))
    return tuple(first for first in firsts if len(first) == 1 and ord(first) > 0x7F)


def _fit(left: str, first: str, right: str) -> float:
    """How well a character stands between two others."""
    if right == "”":
        return log_share(first) + (4.0 if first in "。！？…" else -2.0)
    return log_share(first) + 2.5 * (is_word(left + first) + is_word(first + right))


def _plausibility(text: str, start: int, middle: str, end: int) -> float:
    """Sum of log shares of the characters, plus what known words and closed quotations add."""
    window = text[max(0, start - 2) : start] + middle + text[end : end + 2]
    score = sum(map(log_share, middle))
    score += sum(2.5 for i in range(len(window) - 1) if is_word(window[i : i + 2]))
    opened = text.rfind("“", max(0, start - 400), start) > text.rfind("”", max(0, start - 400), start)
    for i, char in enumerate(middle):
        if char == "”":
            before = middle[i - 1] if i else text[start - 1 : start]
            score += (1.0 if opened else -8.0) + (4.0 if before in "。！？…" else -2.0)
    return score


def _likely_quote_edits(text: str) -> list[tuple[int, int, str]]:
    """！ and a space inside a quotation that nothing closes: what is left of 。”.

    The lost byte's neighbour went too, so it cannot be proved; in a text with proved
    shifts the open quotation mark decides.
    """
    edits = []
    for match in _LOST_QUOTE.finditer(text):
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        before, after = text[start : match.start()], text[match.end() : end if end >= 0 else None]
        opened = before.count("“") > before.count("”")
        if opened and after.count("”") <= after.count("“"):
            edits.append((match.start(), match.end(), "。”"))
    return edits


_SPACE = re.compile(r"[ \t\n\r\v\f\x1c-\x1f\x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_HAN_CHAR = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WIDE = re.compile(
    r"[\u2014\u2018-\u201d\u2026\u25a0-\u25ff\u3001-\u3003\u3007-\u9fff\uf900-\ufaff\uff01-\uff60\uffe0-\uffe6"
    r"\U00020000-\U0003ffff]"
)
_NAMES = re.compile(
    r"[（(][^（）()\n]{0,80}(?:记者|記者|通讯员|通訊員|摄|攝|供图|供圖|实习生|實習生)"
    r"[^（）()\n]{0,80}[）)]"
)
_QUOTED = re.compile(r"[“「『《](?:[\u3400-\u9fff]{4,20}\s+)+[\u3400-\u9fff]{4,20}[”」』》]")
Edit = tuple[int, int, str]


def space_run_edits(text: str) -> list[Edit]:
    """Edits that make one plain space of every run of spaces."""
    return [(m.start(), m.end(), " ") for m in _SPACE.finditer(text) if m[0] != " "]


def justification_edits(text: str) -> list[Edit]:
    """Edits that take justification spaces out of running text. Linear in the text."""
    kept = _separating_spaces(text)
    edits = []
    for match in _SPACE.finditer(text):
        start, end = match.span()
        left, right = text[start - 1 : start], text[end : end + 1]
        if start in kept or not _is_justification(text, start, end, left, right):
            if match[0] != " ":
                edits.append((start, end, " "))
        else:
            edits.append((start, end, ""))
    return edits


def _is_justification(text: str, start: int, end: int, left: str, right: str) -> bool:
    if not left or not right or "\n" in text[start:end]:
        return True
    wide_left, wide_right = _WIDE.match(left) is not None, _WIDE.match(right) is not None
    if wide_left and wide_right:
        return True
    if left.isdecimal() and right.isdecimal():
        return False
    if (wide_left and right.isdecimal()) or (wide_right and (left.isdecimal() or left in "%‰")):
        return not re.search(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}$|\d:\d\d$", text[max(0, start - 12) : start])
    if (left in ".．" and right.isdecimal()) or (right in ".．" and left.isdecimal()):
        return _is_broken_decimal(text, start, end)
    if right in "%‰％" and left.isdecimal():
        return True
    if left in ",;:?!" and _HAN_CHAR.match(right):
        return text[start:end] != " "  # ", " is a convention of its own; a no-break space there is not
    return False


def _is_broken_decimal(text: str, start: int, end: int) -> bool:
    """A space on one side of a decimal point between digits: 63. 5, 63 .5."""
    around = text[max(0, start - 2) : start] + text[end : end + 2]
    return (
        re.search(r"\d[.．]\d", around) is not None
        and re.match(r"[\d.．]\d?", text[end : end + 2]) is not None
    )


def _separating_spaces(text: str) -> set[int]:
    """Starts of the spaces between Han characters that separate names, halves or items."""
    kept: set[int] = set()
    for match in _NAMES.finditer(text):
        kept.update(match.start() + m.start() for m in _SPACE.finditer(match[0]) if _parts_words(match[0], m))
    for match in _QUOTED.finditer(text):
        pieces = _SPACE.split(match[0][1:-1])
        if len(pieces) > 1 and len(pieces[0]) >= 4 and len(set(map(len, pieces))) == 1:
            kept.update(match.start() + m.start() for m in _SPACE.finditer(match[0]))
    return kept


def _parts_words(text: str, match: re.Match[str]) -> bool:
    """Whether a space stands between two words, not after or before a mark."""
    return bool(
        _HAN_CHAR.match(text[match.start() - 1]) and _HAN_CHAR.match(text[match.end() : match.end() + 1])
    )
