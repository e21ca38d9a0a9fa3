"""Cut articles into passages: whole sentences, paragraph-sized, each with what it stands under."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from qa.chinese.words import is_word
from qa.documents.outline import LONGEST_TITLE, join_title
from qa.documents.subjects import Context
from qa.places import page_of
from qa.schema import INSERTED, Article, Block, BlockKind, Document, Passage, original_range

SHORT, TARGET, LONG = 120, 280, 350
"""Characters: a shorter paragraph joins its neighbour, a longer one than LONG is cut near TARGET."""
SENTENCE = 300
"""Longer sentences are cut at ； or ……, and beyond twice this at commas, else between two words."""
LONGEST = 2 * SENTENCE
"""Characters that a passage has at most, whatever a document looks like: it bounds the time of a question."""
_CLOSERS = "”’」』）)】]》〉\"'＂＇"
_OPEN, _CLOSE = "（(【[《〈", "）)】]》〉"
_BRACKET = f"[{re.escape(_OPEN + _CLOSE)}]"
_STOP = r"(?<=[A-Za-z\d)%])\.(?=\s+[A-Z\u4e00-\u9fff“\"]|\s*$)"
_MARK = re.compile(rf"{_BRACKET}|(?P<end>[。！？!?｡]+|…{{2,}}|\n+|{_STOP})")
_SOFT = (
    re.compile(rf"(?P<end>[；;]|……)(?!$)|{_BRACKET}"),
    re.compile(rf"(?P<end>[，,、：:])(?!$|\d)|{_BRACKET}"),
    re.compile(r"(?P<end>)(?:(?<![\w.,%])|(?![\w.,%])|(?<=[^\x00-\x7f])(?=[^\x00-\x7f]))"),
)
_NUMERALS = "〇零○一二两三四五六七八九十百千万亿兆点几数"
"""Characters of a number, which no cut parts from what it counts."""
_RUN_IN = re.compile(r"[^\d“”。！？!?]{5,31}[。！!]?$")
_STANDS_IN = re.compile(r"[该我全本]区|[該我全本]區|[该該]|近年|目前|日前|据|據|记者|記者")
_GOES_ON = re.compile(r"[，,、；;：:）)》的]|[”’]")


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Ranges of the sentences of `text`; they cover it without gap or overlap.

    A sentence ends after 。！？ (full or half width) and the quotes and brackets that close
    there, never inside brackets, a number or a quotation that the sentence goes on after.
    Sentences longer than SENTENCE are cut at semicolons, then at commas.

    >>> text = "“快。”他说：总投资63.5亿元（含税。见表）。好！"
    >>> [text[start:end] for start, end in sentences(text)]
    ['“快。”', '他说：总投资63.5亿元（含税。见表）。', '好！']
    """
    out: list[tuple[int, int]] = []
    start = 0
    for end in _ends(text):
        out += _cut_overlong(text, start, end)
        start = end
    return (*out, *_cut_overlong(text, start, len(text)))


def _ends(text: str) -> Iterator[int]:
    """Offsets behind each sentence end of `text`, that of the text itself excepted."""
    depth, last = 0, 0
    for mark in _MARK.finditer(text):
        if mark.start() < last:
            continue
        if not mark["end"]:
            depth = depth + 1 if mark[0] in _OPEN else max(0, depth - 1)
            continue
        end = mark.end()
        if depth and mark[0][0] != "\n" and any(char in _CLOSE for char in text[end : end + 80]):
            continue
        while end < len(text) and text[end] in _CLOSERS:
            end += 1
        if _is_inside_sentence(text, mark, end):
            continue
        while end < len(text) and text[end].isspace():
            end += 1
        depth = 0
        if end < len(text):
            last = end
            yield end


def _is_inside_sentence(text: str, mark: re.Match[str], end: int) -> bool:
    """Whether the mark whose closing quotes stop at `end` stands inside a sentence."""
    if mark[0][0] == "…" and end == mark.end():
        return True
    if mark[0] in "!?" and text[end : end + 1].isascii() and text[end : end + 1].isalnum():
        return True
    return end > mark.end() and _GOES_ON.match(text, end) is not None


def _cut_overlong(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentence at `start:end`, cut into pieces of at most about SENTENCE characters."""
    while end - start > SENTENCE and (cut := _overlong_end(text, start, end)) < end:
        yield start, cut
        start = cut
    if end > start:
        yield start, end


def _overlong_end(text: str, start: int, end: int) -> int:
    """Where to cut an overlong sentence: at a semicolon, else a comma, else between two words."""
    limit = min(start + SENTENCE, end - 1)
    pieces = -(-(end - start) // SENTENCE)
    ideal = start + (end - start) // pieces
    for level, pattern in enumerate(_SOFT):
        ends, depth = [], 0
        for mark in pattern.finditer(text, start, limit):
            if mark["end"] is None:
                depth = depth + 1 if mark[0] in _OPEN else max(0, depth - 1)
            elif depth == 0 and mark.end() >= start + SENTENCE // 6:
                ends.append(mark.end())
        if ends:
            return min(ends, key=lambda e: (level == 2 and _parts_word(text, e), abs(e - ideal)))
        if level == 0 and end - start <= 2 * SENTENCE:
            return end
    return limit


def _parts_word(text: str, at: int) -> bool:
    """Whether a cut would part the characters of a common word, or a number and its unit."""
    last = text[max(0, at - 4) : at].rstrip()[-1:]
    return last.isdecimal() or (last != "" and last in _NUMERALS) or is_word(text[at - 1 : at + 1])


@dataclass(slots=True)
class _Draft:
    """A passage in the making: its text, origins and sentence ends; `last` numbers its last block."""

    kind: BlockKind
    section: str
    last: int
    text: str = ""
    origin: array[int] = field(default_factory=lambda: array("i"))
    ends: list[int] = field(default_factory=list)

    def add(self, text: str, origin: Iterable[int]) -> None:
        """Append a sentence."""
        self.text += text
        self.origin.extend(origin)
        self.ends.append(len(self.text))

    def join(self, other: _Draft) -> None:
        """Append another draft, a line break (not in the original) between."""
        at = len(self.text) + 1
        self.ends[-1] = at
        self.text += "\n" + other.text
        self.origin.append(INSERTED)
        self.origin.extend(other.origin)
        self.ends += [at + end for end in other.ends]
        self.kind, self.section, self.last = other.kind, other.section, other.last


def _pieces(block: Block, kind: BlockKind, section: str, number: int) -> list[_Draft]:
    """A block as drafts: one, or several of about TARGET characters cut at sentence ends."""
    text, origin = block.clean.text, block.clean.origin
    count = 1 if len(text) <= LONG else -(-len(text) // TARGET)
    goal, drafts = len(text) / count, [_Draft(kind, section, number)]
    for start, end in sentences(text):
        size = len(drafts[-1].text)
        more = size + end - start
        if size and (more > LONGEST or (more > SHORT and (start + end) / 2 > goal * len(drafts))):
            drafts.append(_Draft(kind, section, number))
        drafts[-1].add(text[start:end], origin[start:end])
    return drafts


def _kinds_with_run_ins(blocks: Sequence[Block]) -> list[BlockKind]:
    """The kinds of an article's blocks, headings set as a paragraph of one short sentence told apart.

    Such a paragraph counts as a heading where two or more of them stand each before a long
    paragraph and they are at most a third of all (突出招大引强,注重集聚成链,产业态势初步形成。).
    """
    kinds: list[BlockKind] = [block.kind for block in blocks]
    run_in = [
        i
        for i, (block, after) in enumerate(pairwise(blocks))
        if block.kind == after.kind == "paragraph" and len(after.clean.text) >= 60
        if _RUN_IN.match(block.clean.text) and not _STANDS_IN.search(block.clean.text)
    ]
    if 2 <= len(run_in) <= kinds.count("paragraph") / 3:
        for i in run_in:
            kinds[i] = "heading"
    return kinds


def _drafts(article: Article, numbers: dict[int, int]) -> list[_Draft]:
    """The passages of an article in reading order; `numbers` counts blocks by their first origin."""
    out: list[_Draft] = []
    last: _Draft | None = None
    for block, kind in zip(article.blocks, _kinds_with_run_ins(article.blocks), strict=True):
        if not block.clean.text or kind == "boilerplate":
            continue
        number = numbers[_first_origin(block)]
        section = last.section if last else ""
        if kind == "heading":
            again = last is not None and last.kind == "heading" and number == last.last + 1
            lines = [section, block.clean.text] if again and section else [block.clean.text]
            section = join_title(lines)[:LONGEST_TITLE]
        for draft in _pieces(block, kind, section, number):
            if kind in ("caption", "byline", "meta"):
                out.append(draft)
            elif last is not None and _continues(last, draft):
                last.join(draft)
            else:
                out.append(draft)
                last = draft
    return out


def _continues(last: _Draft, draft: _Draft) -> bool:
    """Whether a draft continues the one before: neighbours, of one section, and one of them short."""
    if draft.last - last.last not in (0, 1) or (last.kind == "headline") != (draft.kind == "headline"):
        return False
    both = len(last.text) + len(draft.text)
    if last.kind in ("headline", "heading"):
        return both < LONGEST
    short = min(len(last.text), len(draft.text)) < SHORT and both <= LONG
    return draft.kind == "paragraph" and draft.last > last.last and short


def _first_origin(block: Block) -> int:
    place = original_range(block.clean.origin)
    return place[0] if place else INSERTED


def _block_numbers(articles: Sequence[Article]) -> dict[int, int]:
    """First origin of each block -> its number in the file, captions not counted."""
    blocks = [block for article in articles for block in article.blocks if block.kind != "boilerplate"]
    out, number = {}, 0
    for first, caption in sorted((_first_origin(block), block.kind == "caption") for block in blocks):
        number += not caption
        out[first] = number
    return out


def _numbered(parts: Iterable[Sequence[Article]]) -> Iterator[tuple[Article, dict[int, int]]]:
    """Every article with the numbers of its part's blocks."""
    for part in parts:
        numbers = _block_numbers(part)
        yield from ((article, numbers) for article in part)


def split(document: Document, parts: Iterable[Sequence[Article]]) -> tuple[Passage, ...]:
    """Passages of a document in reading order, article by article.

    The articles come by the parts of a long text (see `parts`), so that one part is held at a time.

    Paragraphs of 120 to 350 characters stay whole, shorter neighbours of one section are
    joined by a line break, longer ones cut at sentence ends; a section heading opens the first
    passage of its section. Headlines, captions, bylines and meta lines are passages of their
    own, boilerplate is none. Passages share no original character; none is longer than LONGEST.
    """
    lines = array("i", (m.end() for m in re.finditer(r"\r\n|\n|\r", document.text)))
    out: list[Passage] = []
    for n, (article, numbers) in enumerate(_numbered(parts)):
        drafts = _drafts(article, numbers)
        context, section = Context(article.subject, "\n".join(d.text for d in drafts[:40])), ""
        for draft in drafts:
            if draft.section != section:
                context.section()
            section = draft.section
            subject, mentions = context.read(draft.text, section)
            passage = _passage(document, lines, draft, f"{document.id}#{len(out):04d}")
            passage = replace(passage, article=n, headline=article.headline, date=article.date)
            out.append(replace(passage, subject=subject, mentions=mentions))
    return tuple(out)


def _passage(document: Document, lines: Sequence[int], draft: _Draft, name: str) -> Passage:
    """The passage of a draft, located in its document."""
    start, end = original_range(draft.origin) or (0, 0)
    return Passage(
        id=name,
        document=document.id,
        text=draft.text,
        origin=draft.origin,
        start=start,
        end=end,
        line_start=bisect_right(lines, start) + 1,
        line_end=bisect_right(lines, max(start, end - 1)) + 1,
        kind=draft.kind,
        sentences=tuple(zip([0, *draft.ends], draft.ends, strict=False)),
        section=draft.section,
        page=page_of(document, start),
    )


def search_text(passage: Passage) -> str:
    """What is encoded and tokenised of a passage: what it stands under, then its text.

    Headline, section, subject and date come first, then the names that its 该区, 该公司 … stand
    for, each said once and only where nothing before or in the text says it.
    """
    head: list[str] = []
    stands = sorted({name for _, _, name in passage.mentions})
    said = join_title(passage.text[:120].split("\n"))
    section = "" if said.startswith(passage.section) else passage.section[:40]
    headline = "" if passage.kind == "headline" else passage.headline[:80]
    for part in (headline, section, passage.subject, *(name[:30] for name in stands[:4])):
        if part and part not in passage.text and not any(part in said for said in head):
            head.append(part)
    if passage.date and passage.date.said not in passage.text:
        head.append(passage.date.said)
    return "\n".join([" ".join(head), passage.text]) if head else passage.text
