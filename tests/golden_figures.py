"""Golden sentences: how a figure is held against what was written down by hand."""

from __future__ import annotations

import re
from pathlib import Path

from qa.figures.extract import extract
from qa.schema import Figure, Passage

GOLDEN = Path(__file__).parent / "cases" / "figures.json"
_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]+[”’」]?|[^。！？!?\n]+$")


def passage(text: str, subject: str = "") -> Passage:
    """A clean text as a passage of its own, sentence by sentence."""
    ranges = tuple(m.span() for m in _SENTENCE.finditer(text)) or ((0, len(text)),)
    return Passage(
        "p",
        "golden.txt",
        text,
        tuple(range(len(text))),
        0,
        len(text),
        1,
        1,
        "paragraph",
        ranges,
        subject=subject,
    )


def wrong(expected: dict[str, object], figure: Figure | None) -> set[str]:
    """Names of the fields in which a figure differs from what was written down by hand."""
    if figure is None:
        return {"value", "subject", "metric", "period", "mode", "of"}
    out = set()
    if (str(figure.value.number), figure.value.unit) != (expected["number"], expected["unit"]):
        out.add("value")
    if set(figure.qualifier) != set(expected["qualifier"]):  # type: ignore[arg-type]
        out.add("value")
    for name in ("subject", "metric", "period", "mode", "of"):
        if name in expected and getattr(figure, name) not in expected[name]:  # type: ignore[operator]
            out.add(name)
    return out


def compare(case: dict[str, object]) -> tuple[list[tuple[dict[str, object], set[str]]], list[Figure]]:
    """Every expected figure with its wrong fields, and the figures nobody expected."""
    found = list(extract(passage(str(case["text"]), str(case["subject"]))))
    out = []
    for expected in case["figures"]:  # type: ignore[attr-defined]
        match = next((f for f in found if f.quote == expected["quote"]), None)
        if match is not None:
            found.remove(match)
        out.append((expected, wrong(expected, match)))
    return out, found
