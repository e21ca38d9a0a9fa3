"""A finished run as a record: questions, rows, scores and what they come to."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa.evaluation.estimates import Estimate, better_direction
from qa.evaluation.questions import Question
from qa.evaluation.systems import Row

By = Mapping[str, Mapping[str, Mapping[str, Estimate]]]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A finished run: questions, rows and scores in the same order, and what they come to.

    `rows` are answers as the interface's JSON (with `hits`, `ms`, `rss_mib`), `scores` their
    per-question metrics (None where one does not apply), `by` the metrics of every value of a field.
    `texts` holds the originals that were at hand, `folder` where the run is kept, if anywhere.
    """

    name: str
    settings: Mapping[str, Any]
    questions: tuple[Question, ...]
    rows: tuple[Row, ...]
    scores: tuple[Row, ...]
    metrics: Mapping[str, Estimate]
    by: By
    texts: Mapping[str, str]
    folder: Path | None = None

    def to_json(self) -> dict[str, Any]:
        """The metrics, with intervals, as `metrics.json` holds them."""
        by = {f: {v: _plain(group) for v, group in groups.items()} for f, groups in self.by.items()}
        return {"n": len(self.questions), "metrics": _plain(self.metrics), "by": by}

    def _repr_html_(self) -> str:
        rows = (
            f"<tr><td>{html.escape(name)}</td><td><b>{e.value:.3f}</b></td>"
            f"<td>{e.low:.3f} – {e.high:.3f}</td><td>{e.n}</td><td>{better_direction(name)}</td></tr>"
            for name, e in self.metrics.items()
        )
        head = "".join(
            f"<th>{cell}</th>" for cell in ("metric", "value", "95% interval", "questions", "better")
        )
        title = f"<caption>{html.escape(self.name)}: {len(self.questions)} questions</caption>"
        return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _plain(metrics: Mapping[str, Estimate]) -> dict[str, Any]:
    return {name: asdict(estimate) for name, estimate in metrics.items()}
