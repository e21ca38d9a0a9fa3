"""Evaluations, comparisons and gates as terminal tables (rich); each returns something printable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from qa.answer.confidence import Calibration
from qa.evaluation.compare import Change, Comparison
from qa.evaluation.estimates import LOWER, Estimate
from qa.evaluation.folder import REPORT
from qa.evaluation.gate import Gate
from qa.evaluation.report import metric_text
from qa.evaluation.run import Evaluation
from qa.evaluation.systems import Row
from qa.visible import visible

COLUMNS = ("grounded", "correct", "cited", "citation_precision", "exact", "f1", "recall@10", "mrr@10")
_VERDICTS = {"better": "green", "worse": "red", "same": "dim"}


def _text(said: object, style: str = "") -> Text:
    """Text from outside as it may be shown: no control of a terminal, and no markup of rich's."""
    return Text(visible(str(said)), style)


def _table(title: str, names: Sequence[str]) -> Table:
    heading = _text(title) if title else None
    table = Table(title=heading, title_justify="left", box=None, pad_edge=False, header_style="dim")
    for n, name in enumerate(names):
        table.add_column(_text(name), justify="left" if n == 0 else "right", no_wrap=n > 0)
    return table


def evaluation_view(run: Evaluation) -> RenderableType:
    """All metrics with intervals, then one table for every field the run is split by."""
    title = f"{run.name}: {len(run.questions)} questions"
    table = _table(title, ("metric", "value", "95% interval", "questions"))
    for name, e in run.metrics.items():
        arrow = " ↓" if name in LOWER else ""
        table.add_row(_text(name + arrow), metric_text(name, e.value), _between(name, e), str(e.n))
    splits: list[RenderableType] = [split_view(field, groups) for field, groups in run.by.items() if groups]
    kept = [_text(f"Report: {run.folder / REPORT}", "dim")] if run.folder else []
    spaced: list[RenderableType] = [part for view in (*splits, *kept) for part in (Text(""), view)]
    return Group(table, *spaced)


def _between(name: str, e: Estimate) -> str:
    return f"{metric_text(name, e.low)} – {metric_text(name, e.high)}"


def split_view(field: str, groups: Mapping[str, Mapping[str, Estimate]]) -> Table:
    """The main metrics by the values of a field."""
    names = [name for name in COLUMNS if any(name in group for group in groups.values())]
    table = _table("", (field, "n", *names))
    for value, group in groups.items():
        cells = (metric_text(name, group[name].value) if name in group else "–" for name in names)
        table.add_row(_text(value), str(max((e.n for e in group.values()), default=0)), *cells)
    return table


def comparison_view(comparison: Comparison, limit: int | None = 20) -> RenderableType:
    """Differences, then the questions lost and won with both answers (at most `limit` of each)."""
    c = comparison
    title = f"{c.b} against {c.a}: {c.n} questions" + (f", {c.left_out} left out" if c.left_out else "")
    table = _table(title, ("metric", "a", "b", "difference", "95% interval", "p", ""))
    for d in c.differences:
        interval = f"{d.low:+.3f} – {d.high:+.3f}"
        verdict = Text(d.verdict, style=_VERDICTS[d.verdict])
        a, b = metric_text(d.metric, d.a), metric_text(d.metric, d.b)
        table.add_row(_text(d.metric), a, b, f"{d.difference:+.3f}", interval, f"{d.p:.3g}", verdict)
    parts: list[RenderableType] = [table]
    for word, changes in (("Lost", c.lost), ("Won", c.won)):
        if changes:
            parts += [Text(""), _text(f"{word}: {len(changes)} (by {c.on})", "bold")]
            parts += [change_view(change) for change in changes[:limit]]
            more = len(changes) - len(changes[:limit])
            parts += [Text(f"… and {more} more", style="dim")] if more else []
    return Group(*parts)


def change_view(change: Change) -> RenderableType:
    """One question with both answers and citations, side by side."""
    q = change.question
    accepted = " | ".join(q.answers) if q.answerable else "no answer in the documents"
    table = Table(box=None, pad_edge=False, show_header=False, expand=True)
    table.add_column(ratio=1)
    table.add_column(ratio=1)
    table.add_row(_side("a", change.a), _side("b", change.b))
    said = (_text(q.id, "dim"), "  ", _text(q.question), "  ", _text(f"[{accepted}]", "dim"))
    head = Text.assemble("\n", *said)
    return Group(head, table)


def _side(name: str, row: Row) -> Text:
    said = row["answer"] if row["status"] == "answered" else "— no answer"
    lines: Iterable[str] = (
        f"  {c['document']}:{c.get('line_start', '')} {' '.join(str(c['quote']).split())[:60]}"
        for c in row["citations"][:3]
    )
    cited = (part for line in lines for part in ("\n", _text(line, "dim")))
    return Text.assemble((f"{name}  ", "dim"), _text(said, "bold"), *cited)


def calibration_view(calibration: Calibration, index: str) -> RenderableType:
    """What calibrating changed: before, and after by cross-validation."""
    before, after = calibration.before, calibration.after
    table = _table(f"{index}: calibrated on {calibration.questions} questions", ("", "before", "after"))
    table.add_row("expected calibration error ↓", f"{before.ece:.3f}", f"{after.ece:.3f}")
    table.add_row("refuses below", f"{before.threshold:.2f}", f"{after.threshold:.2f}")
    table.add_row("grounded accuracy", f"{before.grounded:.3f}", f"{after.grounded:.3f}")
    table.add_row("refusal recall", f"{before.refusal_recall:.3f}", f"{after.refusal_recall:.3f}")
    note = (
        "After: cross-validated, each question judged without itself. Every question was also asked with "
        "its evidence hidden, where only a refusal is right."
    )
    return Group(table, Text(""), Text(note, style="dim"))


def gate_view(gate: Gate) -> RenderableType:
    """What fell below its floor, or one line that nothing did."""
    parts: list[RenderableType] = []
    if not gate.same_questions:
        parts.append(Text("The questions are not those that the floors were set on.", style="red"))
    if gate.failed:
        table = _table("Below the gate", ("metric", "floor", "value", "missing"))
        for floor in gate.failed:
            value = "–" if floor.value is None else f"{floor.value:.4f}"
            missing = "–" if floor.value is None else f"{abs(floor.bound - floor.value):.4f}"
            table.add_row(_text(floor.name), f"{floor.bound:.4f}", value, missing)
        parts.append(table)
    if not parts:
        parts.append(Text(f"The gate holds: {len(gate.floors)} floors.", style="green"))
    return Group(*parts)
