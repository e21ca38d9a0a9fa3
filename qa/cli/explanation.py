"""An explanation on the terminal: how the question was read, candidates, confidence, passages."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from qa.answer.explain import NAMES, pull
from qa.cli.page import Page
from qa.schema import Explanation, Factor, Found, Understood, Weighed
from qa.visible import visible

WIDTH = 80
"""Cells of a line where there is no terminal."""
KINDS = {
    "figure": "多少", "which": "哪个", "who": "谁", "when": "何时", "where": "何处", "list": "哪些",
    "yesno": "是否", "why": "为什么", "how": "怎样", "what": "什么", "compare": "计算",
}  # fmt: skip
WANTED = {
    "op": "运算", "unit": "单位", "dimension": "量纲", "noun": "所问", "period": "期间", "years": "年份",
    "mode": "口径", "phase": "期别", "numbers": "所给的数", "excluded": "排除", "sides": "两边",
}  # fmt: skip
TERMS = {
    "difference": "相差", "ratio": "倍数", "share": "占比", "sum": "合计", "rest": "剩余", "more": "比大小",
    "top": "最大", "money": "金额", "area": "面积", "length": "长度", "percent": "百分比", "power": "功率",
    "mass": "重量", "time": "时间", "times": "倍数", "count": "个数", "rank": "名次",
}  # fmt: skip
LONGEST = 40
"""Characters shown of a candidate."""
LEGEND = "0 到 1，没有列出的都是 1；缺词越低越好，其余越高越好；阅读、可答出自阅读模型"


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
    for title, weighed in (("参与计算的数", e.operands), ("候选", e.candidates)):
        if weighed:
            yield from _titled(title, _places(weighed))
            yield from _signals(weighed, width)
    if e.factors:
        yield from _titled("把握（通常：开发题里答对者的中位数）", _factors(e.factors))
        yield Text(_sum(e))
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
    rows = {"问的是": KINDS.get(u.kind, u.kind)}
    rows |= {WANTED.get(name, name): TERMS.get(said, said) for name, said in u.wanted.items()}
    rows |= {"名称": "、".join(u.names), "文档里没有": "、".join(u.unknown)}
    rows |= {"用词": "、".join(u.words), "也算": "、".join(u.others)}
    for name, said in rows.items():
        if said:
            table.add_row(name, Text(visible(said)))
    return table


def _places(candidates: Sequence[Weighed]) -> Table:
    """What the candidates say, where they stand, and what became of them."""
    table, places = _table("#", "得分"), [visible(f"{c.document}:{c.line}") for c in candidates]
    for name in ("候选", "出处", "结果"):
        short = name == "出处" and max(map(cell_len, places)) <= WIDTH // 2
        table.add_column(name, overflow="fold", no_wrap=short)
    for n, (c, place) in enumerate(zip(candidates, places, strict=True), 1):
        style = "bold" if c.chosen else ""
        said = visible(c.text if len(c.text) <= LONGEST else c.text[: LONGEST - 1] + "…")
        became = "采用" if c.chosen else visible(c.reason)
        table.add_row(str(n), f"{c.score:.2f}", Text(said, style), Text(place, "dim"), Text(became, style))
    return table


def _signals(candidates: Sequence[Weighed], width: int) -> Iterator[RenderableType]:
    """The signals that tell the candidates apart, as many a table as fit; 地区 is left out, 主体 has it."""
    held = dict.fromkeys(name for c in candidates for name in c.signals if name != "about")
    told = [name for name in held if any(c.signals.get(name) != 1.0 for c in candidates)]
    most = max(1, (width - 3) // 5)
    for at in range(0, len(told), most):
        part = told[at : at + most]
        table = _table("#", *(NAMES.get(name, name) for name in part), gap=1)
        for n, c in enumerate(candidates, 1):
            table.add_row(str(n), *(_short(c.signals.get(name)) for name in part))
        yield Text()
        yield table
    yield Text(LEGEND, "dim")


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _factors(factors: Iterable[Factor]) -> Table:
    table = _table("信号", "值", "权重", "贡献", "通常", "比通常", left=1)
    for f in factors:
        if not f.contribution and not pull(f):
            continue
        numbers = f"{f.value:.2f}", f"{f.weight:+.2f}", f"{f.contribution:+.2f}", f"{f.usual:.2f}"
        table.add_row(NAMES.get(f.name, f.name), *numbers, f"{pull(f):+.2f}")
    return table


def _sum(e: Explanation) -> str:
    total = e.bias + sum(f.contribution for f in e.factors)
    damped = f" × {e.damping:.2f}（主体、期间等不符）= {e.confidence:.1%}" if e.damping < 0.995 else ""
    return f"常数 {e.bias:+.2f}，合计 {total:+.2f}，概率 {e.probability:.1%}{damped}，门槛 {e.threshold:.0%}"


def _found(hits: Sequence[Found]) -> Table:
    table = _table("出处", "融合", "向量", "词语", left=1)
    for h in hits:
        lines = f"{h.line_start}-{h.line_end}" if h.line_end > h.line_start else f"{h.line_start}"
        scores = f"{h.fused:.3f}", f"{h.dense:.3f}", f"{h.bm25:.2f}"
        table.add_row(Text(visible(f"{h.document}:{lines}")), *scores)
    return table
