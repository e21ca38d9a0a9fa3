"""The records as the JSON that others rely on: answers, values, citations and hits, field by field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from qa.places import place
from qa.schema import Answer, Citation, Document, Hit, Value
from qa.visible import escaped


def number(value: Decimal) -> int | float:
    """A decimal as the JSON number that a reader would write: 17.68, 20, never 17.680000000000003.

    >>> number(Decimal("146.650")), number(Decimal("2E+3"))
    (146.65, 2000)
    """
    return int(value) if value == value.to_integral_value() else float(value)


def dump(record: object) -> str:
    """One line of JSON in which Chinese stays readable, and what would steer a terminal is an escape."""
    return escaped(json.dumps(record, ensure_ascii=False))


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
        "place": citation.place,
    }


def hit_citation(hit: Hit, document: Document) -> Citation:
    """A hit as a citation of the document's original text."""
    p = hit.passage
    date = p.date.said if p.date else ""
    quote = document.text[p.start : p.end]
    return Citation(
        p.document, p.start, p.end, p.line_start, p.line_end, quote, hit.score, hit.rank,
        headline=p.headline, subject=p.subject, date=date, page=p.page,
        place=place(document, p.start, p.end),
    )  # fmt: skip


def hit_json(hit: Hit, document: Document) -> dict[str, object]:
    """A hit in the fields of a citation, with the passage's id and the signals behind its score."""
    cited = citation_json(hit_citation(hit, document))
    del cited["marks"]
    return cited | {"passage": hit.passage.id, "signals": {n: round(s, 6) for n, s in hit.signals.items()}}


def answer_from(row: Mapping[str, Any]) -> Answer:
    """The answer that `answer_json` gave as a row, unexplained. Raises KeyError, TypeError, ValueError."""
    value = row["value"]
    return Answer(
        row["question"], row["resolved"], row["status"], row["answer"],
        tuple(row["items"]) if row["items"] is not None else None,
        None if value is None else Value(Decimal(str(value["number"])), value["unit"]),
        float(row["confidence"]), tuple(citation_from(c) for c in row["citations"]), row["note"], row["id"],
    )  # fmt: skip


def citation_from(row: Mapping[str, Any]) -> Citation:
    """The citation that `citation_json` gave as a row."""
    marks = tuple((int(start), int(end)) for start, end in row["marks"])
    return Citation(**{**row, "marks": marks})
