"""How answers, hits and what an index holds are shown: as JSON, as plain text, on a terminal.

JSON and plain text give every quote to the letter. On a terminal the line ends
of a hard-wrapped original are joined, lines are folded where Chinese may be
folded, and the characters that decide the answer are highlighted.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qa.cli.page import BOLD, DIM, Page, indent, join_lines, wrap
from qa.schema import Answer, Changes, Citation, Skipped
from qa.visible import visible

NO_ANSWER = "文档中没有答案"
NEAREST = "最接近的段落，不足以回答："

_COUNTED = ("documents", "passages", "figures")


def answer_text(answer: Answer, page: Page) -> str:
    """The answer, then its citations, numbered, then any explanation."""
    lines = verdict_lines(answer, page)
    lines += [f"\n{citation_text(n, c, page)}" for n, c in enumerate(answer.citations, 1)]
    if answer.explanation:
        from qa.cli.explanation import explanation_text  # rich's tables: for those who ask

        lines.append(f"\n{explanation_text(answer.explanation, page)}")
    return "\n".join(lines)


def verdict_lines(answer: Answer, page: Page) -> list[str]:
    """What is answered, how surely, with what note; of a refusal also what the citations below it are."""
    found = answer.status == "answered"
    lines = wrap(visible(answer.text or ""), (), page, BOLD) if found else [page.style(BOLD, NO_ANSWER)]
    if found:
        lines[-1] += page.style(DIM, f"  （把握 {answer.confidence:.0%}）")
    lines += wrap(visible(answer.note), (), page, DIM) if answer.note else []
    return lines + (["", NEAREST] if answer.citations and not found else [])


def citation_text(n: int, citation: Citation, page: Page, short: bool = False) -> str:
    """`[n] document:lines`, what the passage belongs to, and the passage itself, indented.

    `short`: of the passage only the sentences that decide, with their neighbours.
    """
    start, end = deciding(citation) if short else (citation.start, citation.end)
    body = _quoted(citation, start, end, _inner(page))
    return "\n".join([*_head(n, citation, page), *indent(body)])


def context_text(n: int, citation: Citation, before: str, after: str, page: Page) -> str:
    """A citation in its context: what stands before and after it, and `>` before its own lines."""
    inner, parts = _inner(page), _head(n, citation, page)
    parts += [*indent(_plainly(before, inner, DIM)), ""] if before else []
    parts += [
        f"  > {line}" if line else "" for line in _quoted(citation, citation.start, citation.end, inner)
    ]
    parts += ["", *indent(_plainly(after, inner, DIM))] if after else []
    return "\n".join(parts)


def _inner(page: Page) -> Page:
    return Page(page.width - 4, page.styled) if page.width else page


def _head(n: int, citation: Citation, page: Page) -> list[str]:
    headline, about = visible(citation.headline), "，".join(filter(None, (citation.subject, citation.date)))
    about = f"{headline}（{visible(about)}）" if headline and about else headline or visible(about)
    return [f"[{n}] {place(citation)}", *indent(wrap(about, (), _inner(page), DIM) if about else [])]


SHORT = 200
"""Characters up to which a short quote takes in the neighbours of what decides: five lines of 80 cells."""
_SENTENCE_END = re.compile(r"[。！？!?…]+[”’」』）)》\"']*\s*|\n[^\S\n]*\n\s*")


def deciding(citation: Citation) -> tuple[int, int]:
    """The original range of the sentences that hold a citation's marks (the first, where it has none), with
    the sentence before and the one after as long as all that is at most SHORT characters.
    """
    quote, at = citation.quote, citation.start
    ends = [*(m.end() for m in _SENTENCE_END.finditer(quote)), len(quote)]
    starts = [0, *ends[:-1]]
    low = min((a for a, _ in citation.marks), default=at) - at
    high = max((b for _, b in citation.marks), default=at + 1) - at
    first, last = bisect_right(starts, low) - 1, bisect_right(starts, max(low, high - 1)) - 1
    if first and ends[last] - starts[first - 1] <= SHORT:
        first -= 1
    if last + 1 < len(ends) and ends[last + 1] - starts[first] <= SHORT:
        last += 1
    return at + starts[first], at + len(quote[: ends[last]].rstrip())


def _quoted(citation: Citation, start: int, end: int, page: Page) -> list[str]:
    """The lines of a quote from `start` to `end`: as they stand, or joined, folded anew and marked where
    there is a width; "…" stands for what is left out.
    """
    quote = citation.quote[start - citation.start : end - citation.start]
    cut = "…" * (start > citation.start), "…" * (end < citation.end)
    if not page.width:
        return [visible(line, "\t") for line in f"{cut[0]}{quote}{cut[1]}".splitlines()]
    marks = [(max(a, start) - start, min(b, end) - start) for a, b in citation.marks if a < end and start < b]
    text, marks = join_lines(quote, marks)
    shift = len(cut[0])
    at = [(shift + len(visible(text[:a])), shift + len(visible(text[:b]))) for a, b in marks]
    return wrap(f"{cut[0]}{visible(text)}{cut[1]}", at, page)


def _plainly(text: str, page: Page, code: str) -> list[str]:
    if not page.width:
        return [visible(line, "\t") for line in text.splitlines()]
    return wrap(visible(join_lines(text, ())[0]), (), page, code)


def original_text(text: str, first: int, last: int) -> str:
    """A document's text with its lines numbered and `>` before the lines from `first` to `last`."""
    lines = LINE_END.split(text)
    digits = len(str(len(lines)))
    return "\n".join(
        f"{'>' if first <= n <= last else ' '} {n:{digits}}  {visible(line, chr(9))}".rstrip()
        for n, line in enumerate(lines, 1)
    )


LINE_END = re.compile(r"\r\n|\n|\r")


def place(citation: Citation) -> str:
    """`document:first-last`, with the page and the place in it where there are any."""
    first, last = citation.line_start, citation.line_end
    lines = f"{first}" if first == last else f"{first}-{last}"
    page = f"page {citation.page}" if citation.page is not None else ""
    inside = ", ".join(filter(None, (page, visible(citation.place))))
    return f"{visible(citation.document)}:{lines}{f' ({inside})' if inside else ''}"


def built_text(info: Mapping[str, Any], changes: Changes, index: str) -> str:
    """One line on what the index holds, one on what changed, then names, and what gave no document."""
    counts = ", ".join(_count(n, name) for name, n in info["counts"].items() if name in _COUNTED)
    done = {what: getattr(changes, what) for what in _DONE}
    lines = [f"{visible(index)}: {counts}"]
    lines += [f"read again from the files: {visible(changes.again)}"] if changes.again else []
    lines += [", ".join(f"{len(ids):,} {_DONE[what]}" for what, ids in done.items() if ids)]
    first = len(changes.added) == info["counts"]["documents"]
    told = ("changed", "removed", "kept") if first else ("added", "changed", "removed", "kept")
    lines += [f"{_DONE[what]}: {_named(done[what])}" for what in told if done[what]]
    new = {*changes.added, *changes.changed}
    notes = {id: said for id, said in info["notes"].items() if id in new}
    return "\n".join([*lines, *skipped_lines(changes.skipped), *note_lines(notes)])


_DONE = {
    "added": "added", "changed": "changed", "unchanged": "unchanged", "removed": "removed",
    "kept": "cannot be read now, kept as they were", "others": "of other paths",
}  # fmt: skip
_NAMED = 10
"""Names said of each kind; `--json` says all."""


def _named(names: Sequence[str]) -> str:
    more = f" … and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(map(visible, names[:_NAMED])) + more


def skipped_lines(skipped: Iterable[Skipped]) -> list[str]:
    """What gave no document: each with its reason, those of formats that are not read by their endings."""
    formats: dict[str, list[str]] = {}
    lines = []
    for why in skipped:
        if why.sort == "format":
            formats.setdefault(os.path.splitext(why.path)[1].lower() or "no ending", []).append(why.path)
        else:
            lines.append(f"  {visible(why.path)}: {visible(why.reason)}")
    lines = [f"{len(lines):,} skipped:", *lines] if lines else []
    n = sum(map(len, formats.values()))
    lines += [f"{n:,} of formats that are not read:"] if n else []
    return lines + [
        f"  {visible(end)} {len(paths):,}: {_named(paths)}" for end, paths in sorted(formats.items())
    ]


def note_lines(notes: Mapping[str, Sequence[str]]) -> list[str]:
    """What documents lack, a line each."""
    lines = [f"  {visible(id)}: {visible(note)}" for id, said in notes.items() for note in said]
    return ["To be read with care:", *lines] if lines else []


def _count(n: int, name: str) -> str:
    return f"{n:,} {name if n != 1 else name.removesuffix('s')}"


def info_text(info: Mapping[str, Any], page: Page) -> str:
    """What an index holds, one field a line, then its documents; empty fields are left out."""
    told = dict(info)
    sources, skipped = told.pop("sources", ()), [Skipped(**why) for why in told.pop("skipped", ())]
    notes = told.pop("notes", {})
    rows = {**told.pop("counts", {}), **{name: value for name, value in told.items() if value}}
    names = max(map(len, rows), default=0)
    lines = [f"{page.style(BOLD, name.ljust(names))}  {_plain(value)}" for name, value in rows.items()]
    lines += [f"  {visible(source['id'])} ({source['encoding']})" for source in sources]
    return "\n".join([*lines, *skipped_lines(skipped), *note_lines(notes)])


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{visible(str(name))} {_plain(held)}" for name, held in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else visible(str(value))
