"""How answers, hits and what an index holds are shown: as JSON, as plain text, on a terminal.

JSON and plain text give every quote to the letter. On a terminal the line ends
of a hard-wrapped original are joined, lines are folded where Chinese may be
folded, and the characters that decide the answer are highlighted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qa.cli.page import BOLD, DIM, Page, fold, indent, joined
from qa.schema import Answer, Citation

NO_ANSWER = "文档中没有答案"
NEAREST = "最接近的段落，不足以回答："

_COUNTED = ("documents", "passages", "figures")


def answer_text(answer: Answer, page: Page, k: int | None = None) -> str:
    """The answer, then its first `k` citations (all by default), numbered, then any explanation."""
    found = answer.status == "answered"
    lines = fold(answer.text or "", (), page, BOLD) if found else [page.style(BOLD, NO_ANSWER)]
    if found:
        lines[-1] += page.style(DIM, f"  （把握 {answer.confidence:.0%}）")
    lines += fold(answer.note, (), page, DIM) if answer.note else []
    cited = answer.citations[:k]
    if cited and not found:
        lines += ["", NEAREST]
    lines += [f"\n{citation_text(n, c, page)}" for n, c in enumerate(cited, 1)]
    if answer.explanation:
        from qa.cli.explanation import explanation_text  # rich's tables: for those who ask

        lines.append(f"\n{explanation_text(answer.explanation, page)}")
    return "\n".join(lines)


def citation_text(n: int, citation: Citation, page: Page) -> str:
    """`[n] document:lines`, what the passage belongs to, and the passage itself, indented."""
    head = f"[{n}] {place(citation)}"
    about = "，".join(part for part in (citation.subject, citation.date) if part)
    about = f"{citation.headline}（{about}）" if citation.headline and about else citation.headline or about
    marks = [(start - citation.start, end - citation.start) for start, end in citation.marks]
    inner = Page(page.width - 4, page.styled) if page.width else page
    body = fold(*joined(citation.quote, marks), inner) if page.width else citation.quote.splitlines()
    under = fold(about, (), inner, DIM) if about else []
    return "\n".join([head, *indent(under), *indent(body)])


def place(citation: Citation) -> str:
    """`document:first-last`, with the page where there are pages."""
    first, last = citation.line_start, citation.line_end
    lines = f"{first}" if first == last else f"{first}-{last}"
    return f"{citation.document}:{lines}" + (f" (page {citation.page})" if citation.page is not None else "")


def built_text(info: Mapping[str, Any], index: str) -> str:
    """One line on what was indexed, and one for each file passed over, with the reason."""
    counts = ", ".join(_count(n, name) for name, n in info["counts"].items() if name in _COUNTED)
    skipped = [f"  {path}: {_without(why, path)}" for path, why in info["skipped"]]
    return "\n".join([f"{index}: {counts}" + (f"; {len(skipped)} skipped" if skipped else ""), *skipped])


def _without(reason: str, path: str) -> str:
    """A reason that begins with the path it is about, without it."""
    for name in (f"'{path}'", path):
        reason = reason.removeprefix(name)
    return reason.lstrip()


def _count(n: int, name: str) -> str:
    return f"{n:,} {name if n != 1 else name.removesuffix('s')}"


def info_text(info: Mapping[str, Any], page: Page) -> str:
    """What an index holds, one field a line, then its documents; empty fields are left out."""
    told = dict(info)
    sources = told.pop("sources", ())
    rows = {**told.pop("counts", {}), **{name: value for name, value in told.items() if value}}
    names = max(map(len, rows), default=0)
    lines = [f"{page.style(BOLD, name.ljust(names))}  {_plain(value)}" for name, value in rows.items()]
    return "\n".join([*lines, *(f"  {source['id']} ({source['encoding']})" for source in sources)])


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(held)}" for name, held in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
