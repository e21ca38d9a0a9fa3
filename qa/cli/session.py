"""A session: a conversation with its citations numbered throughout, and the commands that go with it.

What stands beside Chinese answers is Chinese; errors are English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from qa.answer.chat import Chat
from qa.answer.compute import plain, rounded
from qa.answer.suggest import headings, suggestions
from qa.chinese.fold import fold
from qa.chinese.units import base
from qa.cli.page import BOLD, DIM, Page, wrap
from qa.cli.scopes import given, told
from qa.cli.show import citation_text, context_text, original_text, place, verdict_lines
from qa.cli.terminal import paged
from qa.cli.transcript import keep, to_jsonl, to_markdown
from qa.errors import InputError
from qa.interface import answer_json, dump
from qa.knowledge import KnowledgeBase
from qa.schema import Answer, Citation, Figure, Passage
from qa.visible import visible

NOTHING_YET = "还没有问过。"
ROWS = 40
"""Figures shown at once."""
NEAR = 3
"""Passages before and after a citation that headings are taken from."""


@dataclass
class Session:
    """A conversation over `kb` at a terminal or a pipe; `page` is asked for every answer anew.

    `cited` holds every citation shown, numbered from 1, a passage once; `kept` every answer with the number
    of its conversation, over /new; `offered` what can be asked next.
    """

    kb: KnowledgeBase
    chat: Chat
    page: Callable[[], Page] = Page
    as_json: bool = False
    interactive: bool = False
    cited: list[Citation] = field(default_factory=list)
    kept: list[tuple[int, Answer]] = field(default_factory=list)
    offered: tuple[str, ...] = ()
    conversation: int = 1

    def reply(self, line: str) -> str:
        """What is said to a line, a question or a command. Raises QAError."""
        if line.startswith("/"):
            if self.as_json and line == "/why" and self.last():
                return dump(answer_json(self.chat.why()))
            said = self._obeyed(line)
            return dump({"command": line, "said": said}) if self.as_json else f"{said}\n"
        answer = self.chat.ask(line)
        self.kept.append((self.conversation, answer))
        numbers = [self.number(c) for c in answer.citations]
        if self.as_json:
            return dump(answer_json(answer))
        self.offered, topics = self._next(answer) if self.interactive else ((), ())
        return "\n".join(_answer_lines(answer, numbers, self.offered, topics, self.page())) + "\n"

    def number(self, citation: Citation) -> int:
        """The number of a citation, from 1; a passage cited before keeps its own, with the new marks."""
        for n, known in enumerate(self.cited):
            if _place(known) == _place(citation):
                self.cited[n] = citation
                return n + 1
        self.cited.append(citation)
        return len(self.cited)

    def last(self) -> Answer:
        """The last answer. Raises InputError before the first."""
        if not self.chat.turns:
            raise InputError(NOTHING_YET)
        return self.chat.turns[-1]

    def numbered(self, said: str) -> Citation:
        """The citation with a number. Raises InputError where there is none."""
        if not re.fullmatch(r"[0-9]{1,6}", said) or not 1 <= int(said) <= len(self.cited):
            held = f"1–{len(self.cited)}" if self.cited else "none yet"
            raise InputError(f"There is no citation {said!r} ({held}).")
        return self.cited[int(said) - 1]

    def _obeyed(self, line: str) -> str:
        name, _, said = line.partition(" ")
        command = COMMANDS.get(name)
        if command is None:
            raise InputError(f"没有 {visible(name)} 这个命令，/help 列出全部。")
        return command.run(self, said.strip())

    def _next(self, answer: Answer) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Questions to be asked next, and the headings around the answer."""
        if answer.status != "answered" or not answer.citations:
            return (), ()
        cited = answer.citations[0]
        around = self.kb.around(cited, NEAR)
        asked = [a.resolved for _, a in self.kept]
        return (
            tuple(suggestions(answer, self.kb.figures_in(around), asked)),
            tuple(headings(around, cited.start)),
        )


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.document, citation.start, citation.end


def _answer_lines(
    answer: Answer, numbers: Sequence[int], offered: Sequence[str], topics: Sequence[str], page: Page
) -> Iterator[str]:
    """How it was understood where that differs, the answer, its first citation, where the others stand, and
    what can be asked next.
    """
    if answer.resolved != answer.question:
        yield f"（{visible(answer.resolved)}）"
    yield from verdict_lines(answer, page)
    if numbers:
        yield f"\n{citation_text(numbers[0], answer.citations[0], page, short=True)}"
    others = [f"[{n}] {place(c)}" for n, c in zip(numbers[1:], answer.citations[1:], strict=True)]
    if others:
        yield "\n" + "\n".join(wrap(f"另见 {'  '.join(others)}", (), page, DIM))
    if offered:
        yield "\n" + page.style(DIM, "还可以问：")
        yield from (page.style(DIM, f"    {visible(question)}") for question in offered)
    if topics:
        yield "\n".join(wrap(f"附近还讲到：{'；'.join(map(visible, topics))}", (), page, DIM))


def _sources(s: Session, said: str) -> str:
    if not said:
        cited = s.last().citations
        return "\n\n".join(citation_text(s.number(c), c, s.page()) for c in cited) or "这个答案没有引文。"
    citation = s.numbered(said)
    document, around = s.kb.document(citation.document), s.kb.around(citation)
    before = max((p for p in around if p.end <= citation.start), key=lambda p: p.end, default=None)
    after = min((p for p in around if p.start >= citation.end), key=lambda p: p.start, default=None)
    texts = [document.text[p.start : p.end] if p else "" for p in (before, after)]
    return context_text(int(said), citation, texts[0], texts[1], s.page())


def _open(s: Session, said: str) -> str:
    citation = s.numbered(said)
    text = original_text(s.kb.document(citation.document).text, citation.line_start, citation.line_end)
    if s.interactive and not s.as_json and paged(text, citation.line_start):
        return place(citation)
    return f"{place(citation)}\n{text}"


def _figures(s: Session, said: str) -> str:
    from qa.cli.figures import as_table

    if said:
        found: Sequence[Figure] = s.kb.figures(said, **given(s.chat.scope))
    else:
        found = s.kb.figures_in(_cited_passages(s))
    more = f"\n另有 {len(found) - ROWS:,} 个，说得更细些就少了。" if len(found) > ROWS else ""
    return as_table(found[:ROWS], s.page()) + more if found else "没有这样的数。"


def _cited_passages(s: Session) -> list[Passage]:
    return [p for c in s.last().citations for p in s.kb.around(c, 0)]


def _compare(s: Session, said: str) -> str:
    """The answers of this conversation that are figures of the last one's kind, beside the first of them."""
    rows = _alike(s.chat.turns)
    if len(rows) < 2:
        return "要有两个同类的数作答案才能比。"
    (_, first), page = rows[0], s.page()
    lines = []
    for n, (answer, number) in enumerate(rows):
        apart = number - first
        unit = answer.value.unit if answer.value else ""
        times = f"，是第一个的 {plain(rounded(number / first))} 倍" if first else ""
        scaled = f"{plain(abs(apart) / base(fold(unit))[1])}{unit}"
        than = f"  （{'多' if apart > 0 else '少'} {scaled}{times}）" if apart else "  （相同）"
        lines += wrap(visible(answer.resolved), (), page, DIM)
        lines.append(page.style(BOLD, visible(answer.text or "")) + (than if n else ""))
    return "\n".join(lines)


def _alike(turns: Sequence[Answer]) -> list[tuple[Answer, Decimal]]:
    """The answers that are a figure of the last such one's base unit, with their numbers in that unit."""
    found = [
        (a, a.value.number * base(fold(a.value.unit))[1], base(fold(a.value.unit))[0])
        for a in turns
        if a.value is not None
    ]
    return [(a, number) for a, number, unit in found if unit == found[-1][2]]


def _why(s: Session, said: str) -> str:
    from qa.cli.explanation import explanation_text

    s.last()
    explained = s.chat.why().explanation
    return explanation_text(explained, s.page()) if explained else "这个答案是由前面的答案算出来的。"


def _history(s: Session, said: str) -> str:
    s.last()
    return "\n".join(
        f"{n:3}  {visible(a.resolved)}  {visible(a.text or '—')}" for n, a in enumerate(s.chat.turns, 1)
    )


def _scope(s: Session, said: str) -> str:
    return told(s.chat, f"/scope {said}").removesuffix("\n")


def _new(s: Session, said: str) -> str:
    if s.chat.turns:
        s.conversation += 1
    s.chat.clear()
    s.offered = ()
    return "重新开始。"


def _save(s: Session, said: str) -> str:
    name, force = _file(said, "/save FILE.md")
    return f"已写入 {visible(str(keep(name, to_markdown(s.kept, s.cited, s.number), force, '/save')))}"


def _export(s: Session, said: str) -> str:
    name, force = _file(said, "/export FILE.jsonl")
    return f"已写入 {visible(str(keep(name, to_jsonl(s.kept, s.number), force, '/export')))}"


def _file(said: str, usage: str) -> tuple[str, bool]:
    """The name of a file, and whether one that is there may be overwritten."""
    force = said.split(" ")[0] == "--force"
    name = said.removeprefix("--force").strip() if force else said
    if not name or "\0" in name:
        raise InputError(f"Name a file: {usage}")
    return name, force


def _help(s: Session, said: str) -> str:
    shown = [("直接提问            ", "承接前面的问题，省去的话会补上（预计全年呢？）")]
    shown += [(f"{f'{name} {c.takes}'.strip():20}", c.about) for name, c in COMMANDS.items()]
    return "\n".join(f"  {usage}  {about}" for usage, about in shown)


@dataclass(frozen=True, slots=True)
class Command:
    """What a command takes and does; `run` gets what was typed behind its name."""

    takes: str
    about: str
    run: Callable[[Session, str], str]


COMMANDS = {
    "/sources": Command("[N]", "第 N 条引文的全文和上下文；不写 N 是上一个答案的全部引文", _sources),
    "/open": Command("N", "第 N 条引文的原文件，标出所在的行", _open),
    "/figures": Command("[WORDS]", "所引段落里的数；写了字的，是全部文档里相关的数", _figures),
    "/compare": Command("", "把这次对话里同类的数放在一起比", _compare),
    "/why": Command("", "上一个答案的由来：候选、信号、落选的原因", _why),
    "/history": Command("", "问过的问题（按理解到的完整说法）和答案", _history),
    "/scope": Command(
        "[…]", "只问一部分文档：--in 路径 --since 日期 --until 日期 --subject 名称；all 问全部", _scope
    ),
    "/new": Command("", "忘掉前面的问题，重新开始；引文接着编号", _new),
    "/save": Command("FILE.md", "把对话连同引文存成可读的文件（--force 覆盖旧的）", _save),
    "/export": Command("FILE.jsonl", "把答案存成一行一个的 JSON（--force 覆盖旧的）", _export),
    "/help": Command("", "这些说明", _help),
    "/quit": Command("", "离开，Ctrl-D 也可以", lambda s, said: ""),
}
