"""A text and questions with keys to it, for tests of scores."""

from __future__ import annotations

from typing import Any

from qa.evaluation.questions import Evidence, Question

TEXT = "东城经开区完成税收1.25亿元，增长8%。\n西城经开区完成税收\n3.2亿元，占地150亩。"


DOCS = {"a.txt": TEXT}


def cite(quote: str, document: str = "a.txt", **changes: Any) -> dict[str, Any]:
    start = TEXT.index(quote)
    return {"document": document, "start": start, "end": start + len(quote), "quote": quote} | changes


def answer(text: str | None = None, *citations: dict[str, Any], **changes: Any) -> dict[str, Any]:
    status = "no_answer" if text is None else "answered"
    row = {"status": status, "answer": text, "items": None, "value": None, "confidence": 0.9}
    return row | {"citations": list(citations)} | changes


def asked(quote: str | None = "税收1.25亿元", **changes: Any) -> Question:
    fields: dict[str, Any] = {"answers": ("1.25亿元",), "value": {"number": 1.25, "unit": "亿元"}}
    fields["evidence"] = (Evidence("a.txt", quote),) if quote else ()
    return Question("q", "税收多少？", **(fields | changes))
