"""Web pages (.html) and saved ones (.mhtml): the main text with its headings and tables, nothing around it.

Data tables are taken out before trafilatura looks for the main text and put back where they stood, so
that merged cells keep their rows and columns. Tables that only lay out a page are text like any other.
"""

from __future__ import annotations

import codecs
import email
import email.policy
import re
import sys
from functools import cache
from typing import Any

from qa.documents.decode import decode
from qa.documents.formats.source import Draft, Source, drawn_by
from qa.documents.formats.tables import Merged, Table, grid, numeric, understood, write
from qa.errors import LoadError

_CHARSET = re.compile(
    rb"""<(?:meta[^>]{0,200}?charset\s*+=|\?xml[^>]{0,100}?encoding\s*+=)\s*+["']?\s*+([\w.:-]{2,40})""", re.I
)
_HEAD = 4096
"""Bytes at the beginning in which browsers look for the encoding; four times what the standard asks."""
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso8859-1": "cp1252"}
"""Encodings that pages name and the ones that browsers read them with."""
_READ = ("utf-8", "gb18030", "big5hkscs", "hz", "koi8-r")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LOST = 0.01
"""Share of characters that may be lost at most."""
_MARK = re.compile(r"qa-table-(\d+)-qa")
_TAIL = re.compile(r"(?<!\s)\s*+(?:(?:返回搜狐[，,]?\s*+)?查看更多|返回搜狐)\s*$")
_SITE = re.compile(r"(?<!\s)\s*(?:[_|｜]|\s[-–—]{1,2}\s|——).*$")
_LEFT_OUT = ("script", "style", "noscript", "template", "head", "svg", "iframe")
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "li",
        "tr",
        "td",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "body",
        "blockquote",
        "dd",
        "dt",
        "pre",
        "title",
    ]
)


def read(data: bytes, encoding: str | None) -> Source:
    """The main text of a page. Raises LoadError."""
    return _source(*_decoded(data, encoding))


def _source(text: str, encoding: str) -> Source:
    draft = Draft()
    page(draft, text)
    return draft.source(drawn_by("trafilatura", encoding))


def read_saved(data: bytes, encoding: str | None) -> Source:
    """A page saved with all that belongs to it, as one message: its first page of HTML. Raises LoadError."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            held = part.get_payload(decode=True)
            if isinstance(held, bytes):
                named = encoding or part.get_content_charset()
                return _source(*_decoded(held, encoding, named))
    raise LoadError("holds no web page. Save the page anew, as HTML.")


def _decoded(data: bytes, encoding: str | None, named: str | None = None) -> tuple[str, str]:
    """The text and its encoding: the one forced, else the one it names if that fits, else the likeliest.

    A page of which no encoding fits is read as it says, as browsers do, if that loses hardly anything.
    """
    if encoding is not None or data.startswith(_MARKS):
        return decode(data, encoding)
    said = _CHARSET.search(data[:_HEAD])
    found = _codec(named or (said[1].decode("ascii") if said else ""))
    try:
        return (data.decode(found), found) if found else decode(data)
    except UnicodeError:
        pass
    try:
        return decode(data)
    except LoadError:
        text = data.decode(found, "replace") if found else ""
        if not text or text.count("\ufffd") > _LOST * len(text):
            raise
        return text, found


def _codec(name: str) -> str:
    """The encoding that browsers read a page with that names one; "" for one that is unknown or cannot be."""
    try:
        found = codecs.lookup(name).name if name else ""
    except (LookupError, ValueError):
        return ""
    found = _WIDER.get(found, found)
    return found if found in _READ or found.startswith(("cp125", "iso8859", "euc", "shift")) else ""


def page(draft: Draft, text: str) -> None:
    """Put the main text of a page into a draft; the whole of it where no main text stands out."""
    from lxml import html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    tree = html.document_fromstring(text.encode("utf-8", "replace") or b"<p></p>", parser=parser)
    tables = _taken(tree)
    body = _main(tree)
    written: set[int] = set()
    if body is None:
        _whole(draft, tree, tables, written)
        return
    title = _title(tree)
    if title and not any(node.get("rend") in ("h1", "h2") for node in body.iter("head")):
        draft.paragraph(f"# {title}")
    _blocks(draft, body, tables, written)
    for n, table in enumerate(tables):
        if n not in written and _tells(table):
            write(draft, table)


def _main(tree: Any) -> Any:
    """The main text as trafilatura's tree, None where it finds none."""
    import copy

    copied = copy.deepcopy(tree)
    found = _trafilatura().bare_extraction(
        copied, include_comments=False, include_tables=True, favor_recall=True
    )
    body = getattr(found, "body", None)
    return body if body is not None and "".join(body.itertext()).strip() else None


@cache
def _trafilatura() -> Any:
    """trafilatura, quiet; its downloader would open a socket when imported, to see if there is IPv6."""
    import logging
    import socket

    fresh, there = "urllib3" not in sys.modules, socket.has_ipv6
    socket.has_ipv6 = there and not fresh
    try:
        import trafilatura
    finally:
        socket.has_ipv6 = there
    if fresh and (opened := sys.modules.get("urllib3.util.connection")):
        opened.HAS_IPV6 = there  # type: ignore[attr-defined]
    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    return trafilatura


def _title(tree: Any) -> str:
    """The page's title without the name of the site."""
    said = tree.findtext(".//title") or ""
    return _SITE.sub("", " ".join(said.split()))


def _taken(tree: Any) -> list[Table]:
    """The data tables of a page, each replaced by a mark in the tree."""
    from lxml import html

    tables: list[Table] = []
    for node in list(tree.iter("table")):
        if next(node.iterdescendants("table"), None) is not None:
            continue
        rows, spans = _cells(node)
        table = understood(grid(rows, spans))
        if table is None or node.getparent() is None:
            continue
        mark = html.Element("p")
        mark.text, mark.tail = f"qa-table-{len(tables)}-qa", node.tail
        node.getparent().replace(node, mark)
        tables.append(table)
    return tables


def _cells(node: Any) -> tuple[list[list[str]], list[Merged]]:
    """The texts of a table's cells on its grid, and its merged cells."""
    rows: list[list[str]] = []
    spans: list[Merged] = []
    taken: set[tuple[int, int]] = set()
    for n, row in enumerate(node.iter("tr")):
        texts: list[str] = []
        for held in row.iterchildren("td", "th"):
            while (n, len(texts)) in taken:
                texts.append("")
            height, width = (_number(held.get(name)) for name in ("rowspan", "colspan"))
            if height > 1 or width > 1:
                spans.append(Merged(n, len(texts), height, width))
                taken.update((n + i, len(texts) + j) for i in range(1, height) for j in range(width))
            texts += ["\n".join(_lines(held)), *[""] * (width - 1)]
        rows.append(texts)
    return rows, spans


def _number(said: str | None) -> int:
    """A span, at most what a table of a page holds in earnest."""
    return min(max(int(said), 1), 100) if said and said.isascii() and said.isdigit() else 1


def _lines(node: Any) -> list[str]:
    """The text of an element, a line for each of its blocks."""
    out = [""]
    for event, part in _walk(node):
        if event == "text":
            out[-1] += " ".join(f"x{part}x".split())[1:-1]
        elif out[-1].strip():
            out.append("")
    return [line.strip() for line in out if line.strip()]


def _walk(node: Any) -> Any:
    """Texts and block edges below a node, in order."""
    if not isinstance(node.tag, str) or node.tag in _LEFT_OUT:
        return
    block = node.tag in _BLOCKS or node.tag == "br"
    if block:
        yield "edge", None
    if node.text:
        yield "text", node.text
    for child in node:
        yield from _walk(child)
        if child.tail:
            yield "text", child.tail
    if block:
        yield "edge", None


def _blocks(draft: Draft, body: Any, tables: list[Table], written: set[int]) -> None:
    """Headings, paragraphs, list items and tables of the main text."""
    for node in body:
        if node.tag == "head":
            level = int((node.get("rend") or "h2")[-1]) if (node.get("rend") or "h2")[-1].isdigit() else 2
            said = " ".join("".join(node.itertext()).split())
            if said:
                draft.place(said)
                draft.paragraph(f"{'#' * level} {said}")
        elif node.tag == "list":
            for item in node.iter("item"):
                _text(draft, "- " + " ".join("".join(item.itertext()).split()), tables, written)
        elif node.tag == "table":
            for row in node.iter("row"):
                _text(draft, " ".join(" ".join("".join(row.itertext()).split()).split()), tables, written)
        elif node.tag in ("div", "quote") and len(node):
            _text(draft, node.text or "", tables, written)
            _blocks(draft, node, tables, written)
        else:
            for line in _broken(node).split("\n"):
                _text(draft, " ".join(line.split()), tables, written)
        if node.tail and node.tail.strip():
            _text(draft, " ".join(node.tail.split()), tables, written)


def _broken(node: Any) -> str:
    """The text of a paragraph, its line breaks as line ends."""
    out = " ".join(f"x{node.text or ''}x".split())[1:-1]
    for child in node:
        out += "\n" if child.tag == "lb" else _broken(child)
        out += " ".join(f"x{child.tail or ''}x".split())[1:-1]
    return out


def _text(draft: Draft, text: str, tables: list[Table], written: set[int]) -> None:
    """A paragraph, with the tables that it marks."""
    for n, piece in enumerate(_MARK.split(text)):
        if n % 2 == 0:
            draft.paragraph(_TAIL.sub("", piece))
        elif int(piece) < len(tables) and int(piece) not in written:
            written.add(int(piece))
            write(draft, tables[int(piece)])


def _whole(draft: Draft, tree: Any, tables: list[Table], written: set[int]) -> None:
    for line in _lines(tree):
        _text(draft, line, tables, written)


def _tells(table: Table) -> bool:
    """Whether a table outside the main text holds figures, more than the days of a month."""
    cells = [text for row in table.rows for text in row if numeric(text)]
    return len(cells) >= 4 and not all(text.isdigit() and int(text) <= 31 for text in cells)
