"""What surrounds each title of a file, and the stretches of paragraphs between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from qa.chinese.names import names
from qa.documents.datelines import is_dateline
from qa.documents.dates import signature_date
from qa.schema import Block, original_range

_KICKER = re.compile(r"^\s*[^:：。]{2,16}[:：]\s*$")
_DASH = re.compile(r"^\s*(?:—|―|─|--)")
_COUNT = r"[一二三四五六七八九十百\d]+"
_NUMBERED = re.compile(rf"^\s*(?:第?{_COUNT}[、.．章节節编編]|[(（]{_COUNT}[)）])")
_MARKDOWN = re.compile(r"^\s*(#+)\s*")
_SALUTE = re.compile(r"^\s*(?:各位|同志们|尊敬的|亲爱的|女士们|朋友们|同胞们)")
_TITLES = ("headline", "heading")
LONGEST_TITLE = 200
"""Characters of a headline or of the headings of a section that are kept with what stands under it."""


@dataclass(slots=True)
class Title:
    """Lines that form one title; `section` marks a heading inside an article."""

    blocks: list[int]
    text: str
    section: bool = False


@dataclass(slots=True)
class Stretch:
    """Paragraphs that nothing interrupts.

    `before` is the title directly before, `after` the one directly behind, `dated` says that
    it opens with a dateline, `joined` that only a section heading parts it from the stretch
    before. `heads` will hold the headline of each paragraph.
    """

    blocks: list[int] = field(default_factory=list)
    before: int | None = None
    after: int | None = None
    dated: bool = False
    joined: bool = False
    titles_before: int = 0
    heads: list[int | None] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    """Titles and stretches of one file; `sections` are the blocks of section headings."""

    titles: list[Title] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    sections: frozenset[int] = frozenset()


def _characters_between(blocks: Sequence[Block], index: int) -> int:
    """Original characters between a block and the one before (line ends, dropped blanks)."""
    before = original_range(blocks[index - 1].clean.origin) if index else None
    here = original_range(blocks[index].clean.origin)
    return here[0] - before[1] if before and here else 0


def _line_end(blocks: Sequence[Block]) -> int:
    """Length of a line end: 2 where wrapped lines inside the blocks are parted by CR LF."""
    jumps: list[int] = []
    for block in blocks[:200]:
        origin = [o for o in block.clean.origin[:400] if o >= 0]
        jumps += [b - a for a, b in pairwise(origin) if b - a > 1]
    return 2 if jumps.count(3) > 3 * jumps.count(2) and jumps.count(3) > 3 else 1


def _zones(text: str) -> set[str]:
    return {name.key for name in names(text) if name.kind == "zone"}


def _cluster_titles(blocks: Sequence[Block], members: list[int], newline: int) -> list[list[int]]:
    """Title blocks that follow one another, parted into titles.

    A kicker (天易经开区：) opens one and a dash (——…纪实) continues one; otherwise a blank
    line parts them, and so does the name of another zone.
    """
    groups: list[list[int]] = []
    for index in members:
        text = blocks[index].clean.text
        last = blocks[groups[-1][-1]].clean.text if groups else ""
        opens = _KICKER.match(text) or _NUMBERED.match(text) or _MARKDOWN.match(text) or not groups
        follows = _KICKER.match(last) or _DASH.match(text) or _characters_between(blocks, index) <= newline
        if follows and not opens and (here := _zones(text)) and (there := _zones(last)):
            opens = here.isdisjoint(there)
        if opens or not follows:
            groups.append([index])
        else:
            groups[-1].append(index)
    return groups


def title_text(line: str) -> str:
    """A line of a title without the signs that mark it as one (## of Markdown)."""
    return _MARKDOWN.sub("", line).strip()


def join_title(lines: Sequence[str]) -> str:
    """Lines of one title as one: a space between, none after a kicker's colon."""
    text = ""
    for line in map(title_text, lines):
        text += ("" if not text or text[-1] in ":：" else " ") + line
    return text


def settle_kinds(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, with salutations (各位代表：) and dates of signature set as what they are."""
    settled = []
    for block in blocks:
        if block.kind in _TITLES and _SALUTE.match(block.clean.text):
            block = replace(block, kind="paragraph")
        elif block.kind in _TITLES and signature_date(block.clean):
            block = replace(block, kind="meta")
        settled.append(block)
    return settled


def _is_section(blocks: Sequence[Block], group: list[int], following: int, alone: bool, first: bool) -> bool:
    """Whether a title is a heading inside an article; `following` is the block after its cluster."""
    lines = [blocks[i].clean.text for i in group]
    if marked := _MARKDOWN.match(lines[0]):
        return len(marked[1]) > 1
    if any(_KICKER.match(line) or _DASH.match(line) for line in lines):
        return False
    if first or _NUMBERED.match(lines[0]):
        return not first or _NUMBERED.match(lines[0]) is not None
    kind = blocks[following].kind if following < len(blocks) else ""
    if kind == "caption" and alone:
        while following < len(blocks) and blocks[following].kind == "caption":
            following += 1
        kind = blocks[following].kind if following < len(blocks) else ""
    return kind == "paragraph" and not is_dateline(blocks[following].clean.text)


def outline(blocks: Sequence[Block]) -> Outline:
    """Titles and stretches of a file's blocks, in order. Captions interrupt nothing."""
    plan, newline, index = Outline(), _line_end(blocks), 0
    stretch: Stretch | None = None
    joined, before = False, None
    while index < len(blocks):
        kind, text = blocks[index].kind, blocks[index].clean.text
        if kind in _TITLES:
            end = index
            while end < len(blocks) and blocks[end].kind in _TITLES:
                end += 1
            heads = _add_titles(plan, blocks, list(range(index, end)), newline, stretch)
            joined, before = not heads, heads[0] if len(heads) == 1 else None
            stretch, index = None, end
            continue
        if kind == "paragraph":
            if stretch is None or is_dateline(text):
                stretch = Stretch(before=before, joined=joined, titles_before=len(plan.titles))
                stretch.dated = is_dateline(text)
                plan.stretches.append(stretch)
            stretch.blocks.append(index)
            before = None
        elif kind in ("byline", "meta"):
            stretch, joined = None, False
        elif kind == "caption" and stretch is None:
            before = None
        index += 1
    plan.sections = frozenset(i for title in plan.titles if title.section for i in title.blocks)
    return plan


def _add_titles(
    plan: Outline, blocks: Sequence[Block], members: list[int], newline: int, stretch: Stretch | None
) -> list[int]:
    """Add the titles of one cluster to `plan`; the numbers of those that are headlines."""
    start, groups = len(plan.titles), _cluster_titles(blocks, members, newline)
    for n, group in enumerate(groups):
        first = not plan.stretches and not start and n == 0
        text = join_title([blocks[i].clean.text for i in group])
        section = _is_section(blocks, group, members[-1] + 1, len(groups) == 1, first)
        plan.titles.append(Title(group, text, section))
    _part_zones(plan.titles[max(0, start - 12) : start], plan.titles[start:])
    _part_bodies(blocks, plan.titles[start:], members[-1] + 1)
    if stretch is not None:
        stretch.after = start
    return [n for n in range(start, len(plan.titles)) if not plan.titles[n].section]


def _part_zones(before: Sequence[Title], titles: Sequence[Title]) -> None:
    """A title that says something of another zone than the last headline is a headline itself."""
    last = next((_zones(title.text) for title in reversed(before) if not title.section), set())
    heads = set[str]().union(*(_zones(title.text) for title in titles if not title.section)) or last
    for title in titles:
        zones = _zones(title.text) if title.section and heads and not _NUMBERED.match(title.text) else set()
        if zones and zones.isdisjoint(heads) and len(title.text) > 4 + max(len(zone) for zone in zones):
            title.section = False


def _part_bodies(blocks: Sequence[Block], titles: Sequence[Title], following: int) -> None:
    """Titles that stand together over paragraphs enough for each are headlines of several bodies."""
    plain = [t for t in titles if t.section and not _NUMBERED.match(t.text)]
    plain = [t for t in plain if not _MARKDOWN.match(blocks[t.blocks[0]].clean.text)]
    kinds = [block.kind for block in blocks[following : following + 2 * len(plain)]]
    if len(plain) > 1 and len(plain) >= len(titles) - 1 and kinds == ["paragraph"] * 2 * len(plain):
        for title in plain:
            title.section = False
