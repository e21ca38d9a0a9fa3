"""Word files (.docx): paragraphs, headings as Markdown, tables, notes behind the paragraph with their mark.

Pages are those that Word noted when it saved the file; what was deleted under tracked changes is left
out, what was inserted is read. Numbers that Word counts by itself (一、 1.) stand nowhere in the file.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from qa.documents.formats.marks import raised
from qa.documents.formats.packed import check
from qa.documents.formats.source import Draft, Source, drawn_by
from qa.documents.formats.tables import Merged, grid, understood, write

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FORMULA = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LEFT_OUT = {f"{_W}del", f"{_W}moveFrom", _FALLBACK, f"{_W}pPr", f"{_W}txbxContent", f"{_W}rPr"}
_AGAIN = re.compile(r"\f\s*(?=\f)")
"""A page that the author ended and that Word noted, too."""
_DEEPEST = 6
"""Levels of Markdown's headings."""


@dataclass(slots=True)
class _Word:
    """A file in reading: the level of each style, its notes by their marks, and the text so far."""

    levels: dict[str, int]
    notes: dict[str, str]
    draft: Draft = field(default_factory=Draft)
    counted: int = 0


def read(data: bytes, encoding: str | None) -> Source:
    """The text of a Word file. Raises LoadError."""
    import docx

    check(data, "Word")
    document = docx.Document(io.BytesIO(data))
    word = _Word(_levels(document), _notes(document))
    _blocks(word, document.element.body)
    if word.draft.pages:
        word.draft.pages.insert(0, 0)
    return word.draft.source(drawn_by("python-docx", "docx"))


def _levels(document: Any) -> dict[str, int]:
    """The level of every style that is a heading's: 0 of a title, 1 to 9 below."""
    own: dict[str, int] = {}
    above: dict[str, str] = {}
    for style in document.styles.element.iter(f"{_W}style"):
        name, id = style.find(f"{_W}name"), style.get(f"{_W}styleId", "")
        level, based = style.find(f"{_W}pPr/{_W}outlineLvl"), style.find(f"{_W}basedOn")
        said = name.get(f"{_W}val", "").lower() if name is not None else ""
        if said == "title":
            own[id] = 0
        elif said.startswith("heading ") and said[8:].isdigit():
            own[id] = int(said[8:])
        elif level is not None and level.get(f"{_W}val", "9") < "9":
            own[id] = int(level.get(f"{_W}val")) + 1
        elif based is not None:
            above[id] = based.get(f"{_W}val", "")
    for id in above:
        root, seen = id, {id}
        while root in above and above[root] not in seen:
            root = above[root]
            seen.add(root)
        if root in own:
            own[id] = own[root]
    return own


def _notes(document: Any) -> dict[str, str]:
    """The text of every footnote and endnote by its kind and number."""
    from lxml import etree

    found = {}
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if kind in ("footnotes", "endnotes") and not relation.is_external:
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            for note in etree.fromstring(relation.target_part.blob, parser).iter(f"{_W}{kind[:-1]}"):
                if note.get(f"{_W}type") is None:
                    text = "".join(_text(p) for p in note.iter(f"{_W}p"))
                    found[kind[:-1] + note.get(f"{_W}id", "")] = text.strip()
    return found


def _blocks(word: _Word, parent: Any) -> None:
    """Paragraphs and tables in order, those inside content controls and insertions too."""
    for node in parent:
        if node.tag == f"{_W}p":
            _paragraph(word, node)
        elif node.tag == f"{_W}tbl":
            _table(word, node)
        elif node.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}moveTo", f"{_W}customXml"):
            _blocks(word, node)


def _paragraph(word: _Word, node: Any) -> None:
    """A paragraph, then what stands in its text boxes, then its notes."""
    draft, level = word.draft, _level(word, node)
    before, *after = _AGAIN.sub("", _text(node)).strip(" \t\n").split("\f")
    text = "".join((before, *after)).strip()
    if text and level is not None:
        _turned(draft, len(after))
        draft.place(text)
        draft.paragraph(f"{'#' * min(level + 1, _DEEPEST)} {' '.join(text.split())}")
    elif after and before.strip() and "".join(after).strip():
        draft.settle()
        at = draft.length
        draft.paragraph(text)
        draft.pages += [min(at + len(before.lstrip()), draft.length)] * len(after)
    else:
        _turned(draft, 0 if before.strip() else len(after))
        draft.paragraph(text)
        _turned(draft, len(after) if before.strip() else 0)
    for box in node.iter(f"{_W}txbxContent"):
        if not any(parent.tag == _FALLBACK for parent in box.iterancestors()):
            _blocks(word, box)
    for mark in _marks(node):
        if word.notes.get(mark):
            word.counted += 1
            draft.paragraph(f"注{word.counted}：{word.notes[mark]}")


def _turned(draft: Draft, pages: int) -> None:
    for _ in range(pages):
        draft.page()


def _level(word: _Word, node: Any) -> int | None:
    own = node.find(f"{_W}pPr/{_W}outlineLvl")
    if own is not None and own.get(f"{_W}val", "9") < "9":
        return int(own.get(f"{_W}val")) + 1
    style = node.find(f"{_W}pPr/{_W}pStyle")
    return word.levels.get(style.get(f"{_W}val", "")) if style is not None else None


def _marks(node: Any) -> Iterator[str]:
    for kind in ("footnote", "endnote"):
        for mark in node.iter(f"{_W}{kind}Reference"):
            yield kind + mark.get(f"{_W}id", "")


def _text(node: Any) -> str:
    """The text of a paragraph, what is deleted and what stands in text boxes left out."""
    out: list[str] = []
    for child in node:
        if child.tag in (f"{_W}t", _FORMULA):
            out.append(child.text or "")
        elif child.tag == f"{_W}tab":
            out.append("\t")
        elif child.tag == f"{_W}br" and child.get(f"{_W}type") in (None, "textWrapping"):
            out.append("\n")
        elif child.tag == f"{_W}lastRenderedPageBreak" or child.get(f"{_W}type") == "page":
            out.append("\f")
        elif child.tag == f"{_W}noBreakHyphen":
            out.append("-")
        elif child.tag == f"{_W}r" and _is_raised(child):
            out.append(raised(_text(child), "".join(out)))
        elif child.tag not in _LEFT_OUT and isinstance(child.tag, str):
            out.append(_text(child))
    return "".join(out)


def _is_raised(run: Any) -> bool:
    place = run.find(f"{_W}rPr/{_W}vertAlign")
    return place is not None and place.get(f"{_W}val") == "superscript"


def _table(word: _Word, node: Any) -> None:
    """A table; one that has no two rows and columns is layout, and its cells are read as text."""
    rows, spans = _cells(node)
    table = understood(grid(rows, spans))
    if table is not None:
        write(word.draft, table)
        return
    for cell in node.iter(f"{_W}tc"):
        if next(cell.iterancestors(f"{_W}tbl")) is node:
            _blocks(word, cell)


def _cells(node: Any) -> tuple[list[list[str]], list[Merged]]:
    """The texts of a table's cells on its grid, and its merged cells."""
    rows: list[list[str]] = []
    spans: list[Merged] = []
    open_at: dict[int, int] = {}
    for n, row in enumerate(_children(node, "tr")):
        texts = [""] * _number(row.find(f"{_W}trPr/{_W}gridBefore"), 0)
        for held in _children(row, "tc"):
            at, width = len(texts), _number(held.find(f"{_W}tcPr/{_W}gridSpan"), 1)
            merge = held.find(f"{_W}tcPr/{_W}vMerge")
            goes_on = merge is not None and merge.get(f"{_W}val") != "restart"
            if goes_on and at in open_at:
                above = spans[open_at[at]]
                spans[open_at[at]] = Merged(above.row, above.column, n + 1 - above.row, above.width)
            else:
                open_at.pop(at, None)
                if width > 1 or merge is not None:
                    spans.append(Merged(n, at, 1, width))
                if merge is not None:
                    open_at[at] = len(spans) - 1
            said = "" if goes_on else "\n".join(_text(p).replace("\f", "") for p in held.iter(f"{_W}p"))
            texts += [said] + [""] * (width - 1)
        rows.append(texts)
    return rows, spans


def _children(node: Any, tag: str) -> Iterator[Any]:
    """Rows or cells, those inside content controls too."""
    for child in node:
        if child.tag == f"{_W}{tag}":
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins"):
            yield from _children(child, tag)


def _number(node: Any, default: int) -> int:
    """The value of an element, at most what a table of Word may have."""
    said = node.get(f"{_W}val", "") if node is not None else ""
    return min(int(said), 63) if said.isdigit() else default
