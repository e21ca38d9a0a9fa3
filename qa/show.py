"""How answers, hits and what an index holds are shown: as JSON, as plain text, on a terminal.

JSON and plain text give every quote to the letter. On a terminal the line ends
of a hard-wrapped original are joined, lines are folded where Chinese may be
folded, and the characters that decide the answer are highlighted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from qa.schema import Answer, Citation, Hit, Value

NO_ANSWER = "文档中没有答案"
NEAREST = "最接近的段落，不足以回答："
Marks = Sequence[tuple[int, int]]

_COUNTED = ("documents", "passages", "figures")
_BOLD, _DIM, _MARK, _OFF = "\x1b[1m", "\x1b[2m", "\x1b[1;4m", "\x1b[0m"
_LINE_END = re.compile(r"[^\S\n]*[\r\n]\s*")
_NEVER_FIRST = "，。、；：？！）】》〉」』”’…—％%,.;:?!)]}·"
_NEVER_LAST = "（【《〈「『“‘([{￥$#"
_WHOLE = re.compile(r"[0-9][0-9.,]*(?:[%％]|[百千万亿]*[^\W\d_])?|[A-Za-z]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """What the output can show: its width in cells, and whether it takes styles.

    `width` None means that it is no terminal: nothing is folded, joined or styled.
    """

    width: int | None = None
    styled: bool = False

    def style(self, code: str, text: str) -> str:
        return f"{code}{text}{_OFF}" if self.styled and text else text


def number(value: Decimal) -> int | float:
    """A decimal as the JSON number that a reader would write: 17.68, 20, never 17.680000000000003.

    >>> number(Decimal("146.650")), number(Decimal("2E+3"))
    (146.65, 2000)
    """
    return int(value) if value == value.to_integral_value() else float(value)


def dump(record: object) -> str:
    """One line of JSON in which Chinese stays readable."""
    return json.dumps(record, ensure_ascii=False)


def answer_json(answer: Answer) -> dict[str, object]:
    """An answer in the fields and the order of the interface; `note` comes last, then any `explanation`."""
    told = {"explanation": asdict(answer.explanation)} if answer.explanation else {}
    return {
        "id": answer.id,
        "question": answer.question,
        "resolved": answer.resolved,
        "status": answer.status,
        "answer": answer.text,
        "items": list(answer.items) if answer.items is not None else None,
        "value": value_json(answer.value),
        "confidence": round(answer.confidence, 4),
        "citations": [citation_json(citation) for citation in answer.citations],
        "note": answer.note,
        **told,
    }


def value_json(value: Value | None) -> dict[str, object] | None:
    return None if value is None else {"number": number(value.number), "unit": value.unit}


def citation_json(citation: Citation) -> dict[str, object]:
    return {
        "document": citation.document,
        "start": citation.start,
        "end": citation.end,
        "line_start": citation.line_start,
        "line_end": citation.line_end,
        "quote": citation.quote,
        "score": round(citation.score, 6),
        "rank": citation.rank,
        "marks": [list(mark) for mark in citation.marks],
        "headline": citation.headline,
        "subject": citation.subject,
        "date": citation.date,
        "page": citation.page,
    }


def hit_citation(hit: Hit, original: str) -> Citation:
    """A hit as a citation of the document's original text."""
    p = hit.passage
    date = p.date.said if p.date else ""
    quote = original[p.start : p.end]
    return Citation(
        p.document, p.start, p.end, p.line_start, p.line_end, quote, hit.score, hit.rank,
        headline=p.headline, subject=p.subject, date=date, page=p.page,
    )  # fmt: skip


def hit_json(hit: Hit, original: str) -> dict[str, object]:
    """A hit in the fields of a citation, with the passage's id and the signals behind its score."""
    cited = citation_json(hit_citation(hit, original))
    del cited["marks"]
    return cited | {"passage": hit.passage.id, "signals": {n: round(s, 6) for n, s in hit.signals.items()}}


def answer_text(answer: Answer, page: Page, k: int | None = None) -> str:
    """The answer, then its first `k` citations (all by default), numbered, then any explanation."""
    found = answer.status == "answered"
    lines = fold(answer.text or "", (), page, _BOLD) if found else [page.style(_BOLD, NO_ANSWER)]
    if found:
        lines[-1] += page.style(_DIM, f"  （把握 {answer.confidence:.0%}）")
    lines += fold(answer.note, (), page, _DIM) if answer.note else []
    cited = answer.citations[:k]
    if cited and not found:
        lines += ["", NEAREST]
    lines += [f"\n{citation_text(n, c, page)}" for n, c in enumerate(cited, 1)]
    if answer.explanation:
        from qa.show_explain import explanation_text  # rich's tables: for those who ask

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
    under = fold(about, (), inner, _DIM) if about else []
    return "\n".join([head, *indent(under), *indent(body)])


def place(citation: Citation) -> str:
    """`document:first-last`, with the page where there are pages."""
    first, last = citation.line_start, citation.line_end
    lines = f"{first}" if first == last else f"{first}-{last}"
    return f"{citation.document}:{lines}" + (f" (page {citation.page})" if citation.page is not None else "")


def indent(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" if line else "" for line in lines]


def joined(quote: str, marks: Marks) -> tuple[str, list[tuple[int, int]]]:
    """The quote with its line ends joined, and the marks moved along.

    Only two Latin letters get a space between them: Chinese is wrapped without one.

    >>> joined("总投\\n  资3亿\\n\\n元", [(6, 11)])
    ('总投资3亿元', [(3, 6)])
    """
    text, moved, last = "", [0] * (len(quote) + 1), 0
    for gap in [*_LINE_END.finditer(quote), None]:
        end = gap.start() if gap else len(quote)
        for at in range(last, end):
            moved[at] = len(text) + at - last
        text += quote[last:end]
        if gap:
            sides = text[-1:] + quote[gap.end() : gap.end() + 1]
            for at in range(gap.start(), gap.end()):
                moved[at] = len(text)
            text += " " if len(sides) == 2 and sides.isascii() and sides.isalpha() else ""
            last = gap.end()
    moved[len(quote)] = len(text)
    return text, [(moved[start], moved[end]) for start, end in marks]


def fold(text: str, marks: Marks, page: Page, code: str = "") -> list[str]:
    """Lines of at most `page.width` cells; marked characters are highlighted.

    Numbers stay with their units, Latin words whole, and no line begins with a closing mark.
    """
    inside = bytearray(len(text))
    for start, end in marks:
        inside[start:end] = b"\1" * (end - start)
    lines = _lines(text, page.width) if page.width else [(0, len(text))]
    return ["".join(_runs(text, start, end, inside, page, code)) for start, end in lines]


def _runs(text: str, start: int, end: int, inside: bytearray, page: Page, code: str) -> Iterator[str]:
    for marked, run in groupby(range(start, end), key=inside.__getitem__):
        part = "".join(text[at] for at in run)
        yield page.style(_MARK, part) if marked else page.style(code, part) if code else part


def _lines(text: str, width: int) -> list[tuple[int, int]]:
    """Ranges of `text`, each at most `width` cells wide (a longer unbreakable word is cut)."""
    from rich.cells import cell_len

    lines, start, used = [], 0, 0
    for begin, end in _words(text, max(width, 4), cell_len):
        cells = cell_len(text[begin:end])
        if used and used + cells > width:
            lines.append((start, begin))
            start, used = begin, 0
        used += cells
    return [*lines, (start, len(text))]


def _words(text: str, width: int, cells: Callable[[str], int]) -> Iterator[tuple[int, int]]:
    """Ranges that no line end may cut: a character or number with the punctuation that clings to it."""
    begin, end = 0, 0
    for match in _WHOLE.finditer(text):
        clings = end > begin and (match[0][0] in _NEVER_FIRST or text[end - 1] in _NEVER_LAST)
        if end > begin and not (clings and cells(text[begin : match.end()]) <= width // 2):
            yield begin, end
            begin = end
        end = match.end()
        while cells(text[begin:end]) > width:
            yield begin, begin + width // 2
            begin += width // 2
    if end > begin:
        yield begin, end


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
    lines = [f"{page.style(_BOLD, name.ljust(names))}  {_plain(value)}" for name, value in rows.items()]
    return "\n".join([*lines, *(f"  {source['id']} ({source['encoding']})" for source in sources)])


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(held)}" for name, held in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
