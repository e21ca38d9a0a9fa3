"""Charts of a report as inline SVG: pure strings, coloured by the page's CSS variables.

Every chart is 320 by 200 units and scales with its column. Classes: axis, grid, line, mark, area.
"""

from __future__ import annotations

import html
from collections.abc import Sequence

WIDTH, HEIGHT = 320, 200
LEFT, RIGHT, TOP, BOTTOM = 38, 10, 10, 34
Point = tuple[float, float]


def x_of(share: float) -> float:
    """Across, for a share from 0 to 1 of the axis."""
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 2)


def y_of(share: float) -> float:
    """Up, for a share from 0 to 1 of the axis."""
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 2)


def frame(title: str, inner: str, x_name: str, x_ticks: Sequence[str], y_ticks: Sequence[str]) -> str:
    """A chart around its marks: grid, ticks spread evenly, and the name of the x axis."""
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}"'
    parts = [f'<svg class="chart" {box} role="img" aria-label="{html.escape(title)}">']
    for i, label in enumerate(y_ticks):
        y = y_of(i / (len(y_ticks) - 1))
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text x="{LEFT - 5}" y="{y + 3.5}" text-anchor="end">{html.escape(label)}</text>')
    for i, label in enumerate(x_ticks):
        at, anchor = x_of(i / (len(x_ticks) - 1)), "end" if i == len(x_ticks) - 1 else "middle"
        place = f'x="{at}" y="{HEIGHT - BOTTOM + 13}"'
        parts.append(f'<text {place} text-anchor="{anchor}">{html.escape(label)}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 5}" text-anchor="middle">{html.escape(x_name)}</text>')
    return "".join([*parts, inner, "</svg>"])


SHARES = ("0", "25%", "50%", "75%", "100%")


def risk_coverage(points: Sequence[Point]) -> str:
    """Wrong answers among those given, when only the surest share of them is given."""
    top = _ceiling(max((risk for _, risk in points), default=0.0))
    path = " ".join(f"{x_of(c)},{y_of(r / top)}" for c, r in points)
    area = f"{x_of(points[0][0])},{y_of(0)} {path} {x_of(points[-1][0])},{y_of(0)}" if points else ""
    inner = (
        f'<polygon class="area" points="{area}"/><polyline class="line" points="{path}"/>' if points else ""
    )
    ticks = [f"{top * i / 4:.0%}" for i in range(5)]
    return frame("Risk by coverage", inner, "coverage: share of the answers given", SHARES, ticks)


def _ceiling(highest: float) -> float:
    """The top of an axis: the first round share above the highest value."""
    return next((top for top in (0.04, 0.08, 0.2, 0.4, 0.6, 0.8) if highest <= top), 1.0)


def reliability(bins: Sequence[tuple[float, float, int]]) -> str:
    """Share of right answers by confidence, one dot a bin (mean confidence, share right, answers in it)."""
    most = max((n for _, _, n in bins), default=1)
    diagonal = f'<line class="ideal" x1="{x_of(0)}" y1="{y_of(0)}" x2="{x_of(1)}" y2="{y_of(1)}"/>'
    inner = "".join(
        f'<circle class="mark" cx="{x_of(sure)}" cy="{y_of(right)}" r="{2.5 + 6 * (n / most) ** 0.5:.1f}">'
        f"<title>{n} answers: confidence {sure:.2f}, right {right:.2f}</title></circle>"
        for sure, right, n in bins
    )
    name = "confidence (larger dot: more answers)"
    return frame("Share right by confidence", diagonal + inner, name, SHARES, SHARES)


def histogram(values: Sequence[float], p50: float, p95: float, n_bars: int = 24) -> str:
    """How long questions took, in milliseconds, with the median and the 95th percentile as lines."""
    last = max(values, default=1.0) or 1.0
    counts = [0] * n_bars
    for value in values:
        counts[min(int(value / last * n_bars), n_bars - 1)] += 1
    most, wide = max(counts) * 1.25 or 1.0, 1 / n_bars  # head room for the names of the lines
    bars = "".join(
        f'<rect class="mark" x="{x_of(i * wide)}" y="{y_of(n / most)}" '
        f'width="{x_of(wide) - x_of(0) - 1:.2f}" height="{y_of(0) - y_of(n / most):.2f}">'
        f"<title>{n} questions</title></rect>"
        for i, n in enumerate(counts)
        if n
    )
    lines = "".join(
        f'<line class="ideal" x1="{x_of(v / last)}" x2="{x_of(v / last)}" y1="{y_of(0)}" y2="{y_of(1)}"/>'
        f'<text x="{x_of(v / last)}" y="{y_of(1) + 8 + 11 * i}" dx="{3 if v < last * 0.8 else -3}" '
        f'text-anchor="{"start" if v < last * 0.8 else "end"}">{name}</text>'
        for i, (name, v) in enumerate((("p50", p50), ("p95", p95)))
    )
    ticks = [f"{last * i / 4:.{0 if last >= 40 else 1 if last >= 4 else 2}f}" for i in range(5)]
    heights = [f"{most * i / 4:.3g}" for i in range(5)]
    return frame("Latency", bars + lines, "milliseconds a question", ticks, heights)


def interval(low: float, value: float, high: float) -> str:
    """A small dot with its interval on an axis from 0 to 1."""
    x, a, b = (round(100 * min(max(v, 0.0), 1.0), 2) for v in (value, low, high))
    return (
        '<svg class="interval" viewBox="-2 0 104 10" preserveAspectRatio="none" aria-hidden="true">'
        '<line class="grid" x1="0" x2="100" y1="5" y2="5"/>'
        f'<line class="line" x1="{a}" x2="{b}" y1="5" y2="5"/>'
        f'<rect class="mark" x="{x - 1:.2f}" y="1.5" width="2" height="7"/></svg>'
    )
