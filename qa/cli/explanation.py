"""An explanation on the terminal: how the question was read, candidates, confidence, passages."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from qa.answer.explain import ASKED, NAMES
from qa.cli.page import Page
from qa.schema import Explanation, Factor, Found, Understood, Weighed
from qa.visible import visible

WIDTH = 80
"""Cells of a line where there is no terminal."""
WANTED = {"unit": "单位", "period": "期间", "numbers": "所给的数"}
SIGNALS = 8
"""Signals shown of each candidate: those that moved the best one's score most."""
FACTORS = 12
LONGEST = 40
"""Characters shown of a candidate."""


def explanation_text(e: Explanation, page: Page) -> str:
    """Everything, in tables at most as wide as the page, or 80 cells where it is no terminal."""
    out, width = io.StringIO(), page.width or WIDTH
    console = Console(file=out, width=width, force_terminal=page.styled, highlight=False)
    for view in _views(e, width):
        console.print(view)
    return "\n".join(line.rstrip() for line in out.getvalue().strip("\n").split("\n"))


def _views(e: Explanation, width: int) -> Iterator[RenderableType]:
    yield from _titled("判断", Text(visible(e.verdict)))
    yield from _titled("读题", _read(e.understood))
    if e.operands:
        yield from _titled("参与计算的数", _places(e.operands, scored=False))
    if e.candidates:
        yield from _titled("候选", _places(e.candidates))
        names = [f.name for f in e.factors][: min(SIGNALS, max(1, (width - 3) // 9))]
        yield from _signals(e.candidates, names)
    if e.factors:
        yield from _titled("把握由什么得来（贡献：加到对数几率上的量）", _factors(e.factors))
    yield from _titled("读过的段落", _found(e.hits))


def _titled(title: str, view: RenderableType) -> tuple[RenderableType, ...]:
    return Text(), Text(title, style="bold"), view


def _table(*names: str, left: int = 0, gap: int = 2) -> Table:
    """A table without lines; the columns after the first `left` hold numbers."""
    table = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False, header_style="dim")
    for n, name in enumerate(names):
        table.add_column(name, justify="left" if n < left else "right", overflow="fold", no_wrap=n >= left)
    return table


def _read(u: Understood) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    rows = {"问的是": ASKED.get(u.kind, u.kind)}
    rows |= {WANTED.get(name, name): said for name, said in u.wanted.items()}
    rows |= {"名称": "、".join(u.names), "文档里没有": "、".join(u.unknown), "用词": "、".join(u.words)}
    for name, said in rows.items():
        if said:
            table.add_row(name, Text(visible(said)))
    return table


def _places(candidates: Sequence[Weighed], scored: bool = True) -> Table:
    """What the candidates say, where they stand, and what became of them."""
    table, places = _table("#", *["把握"] * scored), [visible(f"{c.document}:{c.line}") for c in candidates]
    for name in ("候选", "出处", "结果")[: 3 if scored else 2]:
        short = name == "出处" and max(map(cell_len, places)) <= WIDTH // 2
        table.add_column(name, overflow="fold", no_wrap=short)
    for n, (c, place) in enumerate(zip(candidates, places, strict=True), 1):
        style = "bold" if c.chosen else ""
        said = visible(c.text if len(c.text) <= LONGEST else c.text[: LONGEST - 1] + "…")
        row: list[RenderableType] = [str(n), Text(said, style), Text(place, "dim")]
        if scored:
            became = Text("采用" if c.chosen else visible(c.reason), style)
            row = [*row[:1], f"{c.score:.2f}", *row[1:], became]
        table.add_row(*row)
    return table


def _signals(candidates: Sequence[Weighed], names: Sequence[str]) -> Iterator[RenderableType]:
    """The signals that decided, for every candidate."""
    table = _table("#", *(NAMES[name] for name in names), gap=1)
    for n, c in enumerate(candidates, 1):
        table.add_row(str(n), *(_short(c.signals.get(name)) for name in names))
    yield Text()
    yield table


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _factors(factors: Iterable[Factor]) -> Table:
    table = _table("信号", "值", "贡献", left=1)
    for f in list(factors)[:FACTORS]:
        table.add_row(NAMES[f.name], f"{f.value:.2f}", f"{f.share:+.2f}")
    return table


def _found(hits: Sequence[Found]) -> Table:
    table = _table("出处", "融合", "向量", "词语", "可答", left=1)
    for h in hits:
        lines = f"{h.line_start}-{h.line_end}" if h.line_end > h.line_start else f"{h.line_start}"
        scores = f"{h.fused:.3f}", f"{h.dense:.3f}", f"{h.bm25:.2f}", f"{h.answerable:.2f}"
        table.add_row(Text(visible(f"{h.document}:{lines}")), *scores)
    return table
