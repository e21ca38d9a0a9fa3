"""What every block of a text is: headline, heading, caption, paragraph, boilerplate, by words and neighbours.

`kinds` knows single lines; here blocks are seen together.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from statistics import median

from .kinds import is_caption, is_dateline, is_scene
from .schema import BlockKind
from .unwrap import HAN_CHAR, Line, ends_sentence


@dataclass(frozen=True, slots=True)
class Draft:
    """Lines of one block to be, and the kind as far as the lines themselves tell it."""

    lines: tuple[Line, ...]
    text: str
    kind: BlockKind | None


def is_body(text: str) -> bool:
    """Running text: long enough, with a pause or an end inside."""
    return len(text) >= 30 and re.search(r"[，,。；;、]", text[:-1]) is not None


def block_kinds(drafts: list[Draft]) -> list[BlockKind]:
    """The kind of every block, from its words and its neighbours."""
    bodies = [len(d.text) for d in drafts if d.kind is None and is_body(d.text)]
    lines = [len(d.lines) for d in drafts if d.kind is None and is_body(d.text)]
    typical = median(bodies) if bodies else 0
    kinds = [draft.kind or _own_kind(draft, typical) for draft in drafts]
    _tail(drafts, kinds)
    _short(drafts, kinds, bool(lines) and median(lines) == 1 and typical >= 40)
    _headlines(drafts, kinds)
    return kinds


def _tail(drafts: list[Draft], kinds: list[BlockKind]) -> None:
    """Everything after the first line of a page's footer is the footer, in place."""
    bodies = (
        i
        for i, d in enumerate(drafts)
        if kinds[i] == "paragraph" and is_body(d.text) and d.text[0] not in "·•"
    )
    tail = False
    for i in range(max(bodies, default=-1) + 1, len(drafts)):
        tail = tail or (kinds[i] == "boilerplate" and any(map(str.isalpha, drafts[i].text)))
        if tail and kinds[i] not in ("meta", "byline"):
            kinds[i] = "boilerplate"


def _own_kind(draft: Draft, typical: float) -> BlockKind:
    """The kind that a block's own words tell, "heading" standing for headlines, too."""
    text = draft.text
    if is_caption(text):
        return "caption"
    if ends_sentence(text):
        return "caption" if _is_plain(text) and is_scene(text) and typical >= 40 else "paragraph"
    if is_body(text) and (len(text) > 40 or "。" in text or len(draft.lines) > 2):
        return "paragraph"
    if len(text) > 60 or text[-1] in "；;，,、" or not any(map(str.isalnum, text)):
        return "paragraph"
    return "heading"


def _is_plain(text: str) -> bool:
    """A short sentence of one clause, as captions and some headings are."""
    one = len(text) <= 30 and re.search(r"[，,；;：:“”！？!?]", text) is None
    return one and text[0] not in "我你他她它这這那但而" and HAN_CHAR.search(text) is not None


def _short(drafts: list[Draft], kinds: list[BlockKind], flat: bool) -> None:
    """Short sentences by themselves that are headings or captions after all, in place.

    Headings run parallel: several open alike, or are made of clauses of four to
    nine characters. In a text whose paragraphs are one line each (`flat`) the
    others that look like its captions are captions, too; so are lines without
    a mark that stand as far off as those that cut a sentence.
    """
    plain = [
        i for i, d in enumerate(drafts) if kinds[i] == "paragraph" and len(d.lines) == 1 and _is_plain(d.text)
    ]
    alike = Counter(drafts[i].text[:4] for i in plain)
    chants = [i for i, d in enumerate(drafts) if kinds[i] == "paragraph" and _is_chant(d.text)]
    captions = [i for i, kind in enumerate(kinds) if kind == "caption"]
    for i in plain:
        if alike[drafts[i].text[:4]] > 1:
            kinds[i] = "heading"
        elif flat and len(captions) > 1:
            kinds[i] = "caption"
    if len(chants) > 1:
        for i in chants:
            kinds[i] = "heading"
    off = min(
        (drafts[i].lines[0].gap for i in captions if i and not ends_sentence(drafts[i].text)), default=0
    )
    for i, draft in enumerate(drafts):
        if off > 1 and kinds[i] == "heading" and draft.lines[0].gap >= off:
            kinds[i] = "caption"


def _is_chant(text: str) -> bool:
    """Two or more clauses of four to nine characters and no figure: 推行看板管理,高速压茬推进。"""
    clauses = re.split("[,，、]", text.rstrip("。.!！")) if len(text) <= 30 else []
    even = len(clauses) > 1 and all(4 <= len(clause) <= 9 for clause in clauses)
    return even and re.search(r"[\d。：:“”；;]", text[:-1]) is None


def _headlines(drafts: list[Draft], kinds: list[BlockKind]) -> None:
    """Tell headlines from section headings, in place.

    A run of lines without a sentence mark is a headline where a dateline, byline
    or meta line follows, where it opens or ends the text or stands before a
    caption; of a run with a dash line, what goes before that is.
    """
    end = 0
    while end < len(kinds):
        start = end
        while end < len(kinds) and kinds[end] == "heading" and not ends_sentence(drafts[end].text):
            end += 1
        if end > start:
            upto = _headline_end(drafts, kinds, start, end)
            kinds[start:upto] = ["headline"] * (upto - start)
        end = max(end, start + 1)


def _headline_end(drafts: list[Draft], kinds: list[BlockKind], start: int, end: int) -> int:
    """Where the headlines of a run of headings end."""
    if end == len(kinds) or kinds[end] in ("byline", "meta", "caption") or is_dateline(drafts[end].text):
        return end
    dash = max((k for k in range(start, end) if drafts[k].text.startswith(("—", "--"))), default=None)
    if dash is not None:
        return dash + 1
    return end if start == 0 else start
