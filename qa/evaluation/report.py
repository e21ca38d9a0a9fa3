"""A run as one self-contained HTML page: no network, no library, safe for any text.

Every text of questions, answers and documents goes into the page either escaped or as JSON that
the page's script writes with textContent. The policy in the page's head lets that one script run.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from qa.evaluation import charts
from qa.evaluation.estimates import COSTS, LOWER, N_BINS, Estimate, bin_of, risk_coverage
from qa.evaluation.metrics import overlaps
from qa.evaluation.questions import Evidence, Question
from qa.visible import visible, visible_within

if TYPE_CHECKING:
    from qa.evaluation.run import Evaluation

Json = Mapping[str, Any]
AROUND = 80
"""Characters of the original shown before and after what is cited."""
HEADLINES = ("grounded", "correct", "cited", "refusal_f1", "exact", "recall@10", "mrr@10", "f1")
BARS = ("grounded", "correct", "cited", "recall@10")
SHOWN = ("grounded", "correct", "cited", "citation_precision", "exact", "f1", "recall@10", "mrr@10")
WHAT = {
    "grounded": "answerable: correct and cited; unanswerable: refused",
    "correct": "says an accepted answer, or the same value",
    "cited": "the first citations cover the evidence",
    "citation_precision": "share of the first three citations that touch the evidence",
    "exact": "quotes that equal the original to the letter; under 1 is a bug",
    "item_recall": "share of the items of a list that were named",
    "item_precision": "share of the named items that belong to the list",
    "em": "exact match, as CMRC 2018 scores it",
    "f1": "overlap of characters, as CMRC 2018 scores it",
    "refusal_precision": "share of the refusals that were due",
    "refusal_recall": "share of the unanswerable questions that were refused",
    "refusal_f1": "both of these in one",
    "ece": "calibration error: how far confidence is from the share right",
    "aurc": "area under the risk–coverage curve",
    "memory_mib": "the most memory held after a question",
}


def report(run: Evaluation) -> str:
    """The page of a run."""
    template = files("qa").joinpath("data/report.html").read_text(encoding="utf-8")
    head, script, tail = re.split(r"(?<=<script>)|(?=</script><!--end-->)", template)
    policy = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    parts = {
        "POLICY": policy,
        "TITLE": html.escape(run.name),
        "LEDE": _lede(run),
        "TILES": "".join(_tile(name, run.metrics[name]) for name in HEADLINES if name in run.metrics),
        "METRICS": "".join(_metric_row(name, e) for name, e in run.metrics.items()),
        "SPLITS": "".join(_split(field, groups) for field, groups in run.by.items() if groups),
        "CHARTS": "".join(_figures(run)),
        "SETTINGS": html.escape(json.dumps(run.settings, ensure_ascii=False, indent=2, default=str)),
        "DATA": script_json([question_data(run, n) for n in range(len(run.questions))]),
    }
    filled = re.sub(r"@@([A-Z]+)@@", lambda match: visible(parts[match[1]], "\n\t"), head)
    return filled + script + tail


def script_json(value: object) -> str:
    """JSON that nothing in it can end early, whatever the texts hold, all of them visible."""
    text = json.dumps(visible_within(value, "\n\t"), ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def metric_text(name: str, value: float) -> str:
    """A metric as a person reads it.

    >>> metric_text("grounded", 0.98765), metric_text("latency_p50_ms", 12.34), metric_text("ece", 0.01234)
    ('98.8%', '12.3', '0.012')
    """
    if name in COSTS:
        return f"{value:.1f}" if value < 100 else f"{value:.0f}"
    return f"{value:.3f}" if name in LOWER else f"{value:.1%}"


def _lede(run: Evaluation) -> str:
    n, refused = len(run.questions), sum(not q.answerable for q in run.questions)
    system = html.escape(str(run.settings["measured"]["system"]))
    asked = (
        f"{n} questions, {refused} of them without an answer in the documents"
        if refused
        else f"{n} questions"
    )
    return f"{asked}, asked to {system}. Ranges are 95% bootstrap intervals over the questions."


def _tile(name: str, e: Estimate) -> str:
    low, high = metric_text(name, e.low), metric_text(name, e.high)
    title = html.escape(WHAT.get(name, ""))
    return (
        f'<div class="tile" title="{title}"><span>{html.escape(name.replace("_", " "))}</span>'
        f"<b>{metric_text(name, e.value)}</b><small>{low} – {high}</small></div>"
    )


def _metric_row(name: str, e: Estimate) -> str:
    drawn = "" if name in COSTS else charts.interval(e.low, e.value, e.high)
    lower = ' <abbr title="less is better">↓</abbr>' if name in LOWER else ""
    value, low, high = (metric_text(name, number) for number in (e.value, e.low, e.high))
    return (
        f"<tr><th>{html.escape(name)}{lower}<small>{html.escape(WHAT.get(name, ''))}</small></th>"
        f"<td>{value}</td><td>{low} – {high}</td>"
        f'<td class="wide">{drawn}</td><td class="wide">{e.n}</td></tr>'
    )


def _split(field: str, groups: Mapping[str, Mapping[str, Estimate]]) -> str:
    """Bars of the headline metrics for every value of a field."""
    names = [name for name in BARS if any(name in group for group in groups.values())]
    head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
    rows = "".join(
        f"<tr><th>{html.escape(value or '—')}<small>n = {_size(group)}</small></th>"
        + "".join(_bar(name, group.get(name)) for name in names)
        + "</tr>"
        for value, group in groups.items()
    )
    title = f"By {html.escape(field)}"
    table = f'<table class="bars"><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f"<section><h2>{title}</h2>{table}</section>"


def _size(group: Mapping[str, Estimate]) -> int:
    return max((e.n for e in group.values()), default=0)


def _bar(name: str, e: Estimate | None) -> str:
    if e is None:
        return "<td>–</td>"
    width, low, high = (f"{100 * min(max(v, 0.0), 1.0):.1f}%" for v in (e.value, e.low, e.high))
    about = f"{metric_text(name, e.low)} – {metric_text(name, e.high)}, {e.n} questions"
    return (
        f'<td title="{about}"><div class="bar"><i style="width:{width}"></i>'
        f'<em style="left:{low};right:calc(100% - {high})"></em></div>'
        f"<span>{metric_text(name, e.value)}</span></td>"
    )


def _figures(run: Evaluation) -> Iterator[str]:
    """The charts that the run has data for."""
    known = [s for s in run.scores if s["right"] is not None]
    if known:
        right = np.array([s["right"] for s in known], dtype=float)
        sure = np.array([s["confidence"] for s in known], dtype=float)
        risk, share = risk_coverage(right, sure, np.ones((1, len(known))))
        points = list(zip(np.cumsum(share[0]).tolist(), risk[0].tolist(), strict=True))
        yield _figure("Risk and coverage", charts.risk_coverage(points), _note(run, "aurc"))
        place = bin_of(sure)
        bins = [
            (float(sure[place == b].mean()), float(right[place == b].mean()), int((place == b).sum()))
            for b in range(N_BINS)
            if (place == b).any()
        ]
        yield _figure("Reliability", charts.reliability(bins), _note(run, "ece"))
    times = [float(s["ms"]) for s in run.scores if s.get("ms") is not None]
    if times:
        p50, p95 = np.quantile(times, [0.5, 0.95], method="inverted_cdf").tolist()
        yield _figure("Latency", charts.histogram(times, p50, p95), f"p50 {p50:.1f} ms, p95 {p95:.1f} ms")


def _figure(title: str, chart: str, note: str) -> str:
    return f"<figure><figcaption><b>{title}</b> {note}</figcaption>{chart}</figure>"


def _note(run: Evaluation, name: str) -> str:
    e = run.metrics.get(name)
    return f"{name} {e.value:.3f} ({e.low:.3f} – {e.high:.3f})" if e else ""


def question_data(run: Evaluation, n: int) -> dict[str, Any]:
    """What the page shows of one question."""
    q, row, score = run.questions[n], run.rows[n], run.scores[n]
    return {
        "id": q.id,
        "type": q.type,
        "question": q.question,
        "resolved": row["resolved"] if row["resolved"] != q.question else "",
        "wanted": list(q.answers) or [" / ".join(forms) for forms in q.items],
        "answerable": q.answerable,
        "answer": row["answer"] if row["status"] == "answered" else None,
        "items": row["items"] or [],
        "note": row.get("note") or "",
        "confidence": row["confidence"],
        "ms": score.get("ms"),
        "scores": {name: score.get(name) for name in SHOWN},
        "good": score["grounded"] if score["grounded"] is not None else score["correct"],
        "citations": [citation_data(c, q, run.texts) for c in row["citations"]],
        "gold": [_gold(e, run.texts.get(e.document, "")) for e in q.evidence],
    }


def _gold(evidence: Evidence, text: str) -> dict[str, str]:
    ranges = evidence.ranges(text)
    quote = evidence.quote or (text[slice(*ranges[0])] if ranges else "")
    return {"document": evidence.document, "quote": quote}


def citation_data(citation: Json, question: Question, texts: Mapping[str, str]) -> dict[str, Any]:
    """A citation in its passage: pieces of the original in order, each "around", "quote" or "mark"."""
    text, start, end = texts.get(citation["document"], ""), citation["start"], citation["end"]
    quote = citation["quote"]
    marks = [(max(s, start), min(e, end)) for s, e in citation.get("marks") or () if s < end and start < e]
    pieces = [("around", text[max(0, start - AROUND) : start])]
    at = start
    for s, e in sorted(marks):
        s = max(s, at)
        pieces += [("quote", quote[at - start : s - start]), ("mark", quote[s - start : e - start])]
        at = max(at, e)
    pieces += [("quote", quote[at - start :]), ("around", text[end : end + AROUND])]
    first, last = citation.get("line_start"), citation.get("line_end")
    lines = "" if first is None else f"line {first}" if first == last else f"lines {first}–{last}"
    page = citation.get("page")
    return {
        "document": citation["document"],
        "place": lines + (f", page {page}" if page else ""),
        "score": citation.get("score"),
        "supports": overlaps(citation, question.evidence, texts) if question.evidence else None,
        "pieces": [list(piece) for piece in pieces if piece[1]],
    }
