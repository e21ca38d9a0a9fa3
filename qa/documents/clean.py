"""Raw text to repaired, un-wrapped blocks; every character keeps its original offset.

Order: repair characters (repair), set tables in bars (columns), find lines, group them into paragraphs
(unwrap), join what captions cut (bridge), take out justification spaces (spaces), name the kinds
(block_kinds).
"""

from __future__ import annotations

import re
from array import array
from dataclasses import replace

from qa.chinese.words import is_word
from qa.documents.columns import with_bars
from qa.documents.datelines import is_dateline
from qa.documents.kinds import (
    Draft,
    block_kinds,
    is_body,
    is_caption,
    is_chapter_start,
    is_credit,
    is_enumerated,
    is_scene,
    line_kind,
    opens_block,
)
from qa.documents.lines import HAN_CHAR, Line, ends_sentence, is_unbalanced, width
from qa.documents.repair import apply_edits, justification_edits, repair, space_run_edits
from qa.documents.unwrap import paragraphs
from qa.schema import Block, BlockKind, Clean

# Web text run together keeps its paragraphs' indents after a sentence mark: a line's end, too.
_LINE_END = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|(?<=[。！？!?…”])(?=\u3000{2}|[ \xa0]{3})")
# Characters that stand in mid-sentence far more often than at the start of one.
_CONTINUES = frozenset("的了等之和与與及以并或而得着，。、；：！？”’）》」』")
_LATIN_END = re.compile(r"[A-Za-z0-9,.;:!?)%'\"’”]$")
_LATIN_START = re.compile(r"[A-Za-z0-9(\"'‘“$]")


def clean(text: str) -> tuple[Block, ...]:
    """Blocks of a text, in order of their start. Empty for a text without characters to show.

    Nothing is dropped but white space, invisible characters and bracketed pinyin;
    boilerplate is kept as blocks of that kind. A paragraph that captions cut is one
    block whose origins jump over them. Deterministic, linear in time and memory.

    >>> [(block.kind, block.clean.text) for block in clean("总投资 63.5\\n亿元。")]
    [('paragraph', '总投资63.5亿元。')]
    """
    source = with_bars(repair(text))
    lines = _lines(source.text)
    texts = [source.text[line.start : line.end] for line in lines]
    drafts = [
        Draft(
            tuple(lines[a:b]),
            " ".join(texts[a:b]) if b - a < 2 else "".join(texts[a:b]),
            _kind_by_itself(texts[a], lines[a]),
        )
        for a, b in paragraphs(texts, lines)
    ]
    drafts = _bridge_captions(_attach_credits(drafts))
    kinds = block_kinds(drafts)
    return tuple(_block(source, draft, kind) for draft, kind in zip(drafts, kinds, strict=True))


def _lines(text: str) -> list[Line]:
    """The lines that are not blank, with what their layout shows."""
    lines: list[Line] = []
    at = gap = 0
    ends = [*((m.start(), m.end()) for m in _LINE_END.finditer(text)), (len(text), len(text))]
    for end, following in ends:
        raw = text[at:end]
        body = raw.strip()
        if body:
            lead = len(raw) - len(raw.lstrip())
            start = at + lead
            lines.append(
                Line(
                    start=start,
                    end=start + len(body),
                    gap=gap,
                    indent=width(raw[:lead].replace(" ", "x").replace("\t", "xxxx")),
                    width=width(body),
                    alone=line_kind(body) is not None,
                    opens=opens_block(body) or (bool(lines) and _starts_item(text, lines[-1], body)),
                )
            )
            gap = 0
        else:
            gap += 1
        at = following
    return lines


def _starts_item(text: str, line: Line, body: str) -> bool:
    """Whether a line that opens with an enumerator starts a block after `line`."""
    last = text[line.end - 1]
    stopped = last in "；;：:" or ends_sentence(text[max(line.start, line.end - 12) : line.end])
    return (
        is_enumerated(body) if stopped else is_chapter_start(body) and last not in "一二三四五六七八九十、，"
    )


def _kind_by_itself(text: str, line: Line) -> BlockKind | None:
    return line_kind(text) if line.alone else None


def _attach_credits(drafts: list[Draft]) -> list[Draft]:
    """Put a picture's credit to the caption before it."""
    done: list[Draft] = []
    for draft in drafts:
        if done and is_credit(draft.text) and done[-1].kind is None and len(done[-1].text) <= 120:
            last = done.pop()
            draft = Draft(last.lines + draft.lines, last.text + draft.text, "caption")
        done.append(draft)
    return done


def _is_open(draft: Draft) -> bool:
    """A body paragraph that stops in mid-sentence."""
    text = draft.text
    if draft.kind is not None or not is_body(text) or ends_sentence(text):
        return False
    return HAN_CHAR.match(text[-1]) is not None or text[-1].isdigit() or text[-1] in "，,、；;“（—"


def _bridge_captions(drafts: list[Draft], reach: int = 8) -> list[Draft]:
    """Join an open paragraph to its rest behind captions, a blank line or a colon."""
    done: list[Draft] = []
    used: set[int] = set()
    for i, draft in enumerate(drafts):
        if i in used:
            continue
        at = i
        while (rest := _find_rest(drafts, at, draft, reach)) is not None:
            for between in range(at + 1, rest):
                drafts[between] = replace(drafts[between], kind=drafts[between].kind or "caption")
            draft = Draft(draft.lines + drafts[rest].lines, draft.text + drafts[rest].text, None)
            used.add(rest)
            at = rest
        done.append(draft)
    return done


def _find_rest(drafts: list[Draft], at: int, draft: Draft, reach: int) -> int | None:
    """Number of the block that goes on where `draft` stops, or None."""
    colon = len(draft.lines) > 1 and draft.text[-1] in "：:"
    if not colon and not _is_open(draft):
        return None
    for k in range(at + 1, min(len(drafts), at + 1 + reach)):
        text = drafts[k].text
        if (
            drafts[k].kind not in (None, "caption")
            or is_dateline(text)
            or drafts[k].lines[0].opens
            or is_enumerated(text)
        ):
            return None
        if colon:
            return k if len(drafts[k].lines) > 1 and is_body(text) else None
        if is_body(text) and drafts[k].kind is None:
            if k > at + 1 and not all(_is_set_off(drafts[j], drafts[j + 1]) for j in range(at + 1, k)):
                return None
            if (
                k > at + 1
                or draft.text[-1] in "，,、"
                or is_unbalanced(draft.text)
                or is_word(draft.text[-1] + text[0])
            ):
                return k
            return None
        if len(text) > 60 or text[0] in _CONTINUES:
            return k if k == at + 1 and text[0] in _CONTINUES else None
    return None


def _is_set_off(caption: Draft, following: Draft) -> bool:
    """Whether a block is no part of the text it stands in: blank lines around it, or a caption's words."""
    apart = caption.lines[0].gap > 0 and following.lines[0].gap > 0
    return apart or caption.kind == "caption" or is_caption(caption.text) or is_scene(caption.text)


def _block(source: Clean, draft: Draft, kind: BlockKind) -> Block:
    """Put a block's lines together and take the spaces out that its kind does not need."""
    parts: list[str] = []
    origin = array("i")
    latin = len(HAN_CHAR.findall(draft.text[:400])) * 4 < len(draft.text[:400])
    for line, following in zip(draft.lines, (*draft.lines[1:], None), strict=True):
        parts.append(source.text[line.start : line.end])
        origin.extend(source.origin[line.start : line.end])
        if following is not None and _needs_space(
            parts[-1], source.text[following.start : following.start + 1], latin
        ):
            parts.append(" ")
            origin.append(source.origin[line.end])
    joined = Clean("".join(parts), origin)
    running = kind in ("paragraph", "caption") and not joined.text.startswith("|")
    return Block(
        kind, apply_edits(joined, (justification_edits if running else space_run_edits)(joined.text))
    )


def _needs_space(left: str, right: str, latin: bool) -> bool:
    """Whether a line end stands for a space: between Latin words, or anywhere in Latin text."""
    if latin:
        return _LATIN_END.search(left) is not None and _LATIN_START.match(right) is not None
    return left[-1].isascii() and left[-1].isalpha() and right.isascii() and right.isalpha()
