"""是 or 否 where a question puts a statement up that holds no figure, with the sentence that decides.

And whether what a question takes for granted happened: 为什么取消 where nothing was cancelled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.answer.candidates import Candidate
from qa.answer.evidence import Matcher
from qa.chinese.tags import segment
from qa.question.query import Query

_ASKING = re.compile(
    r"是不是|是否|有没有|有无|能不能|能否|会不会|可不可以|对不对|了?没有?(?=[?？]|$)|吗|(.)不\1"
)
SAID = ("是", "否")
PREDICATE = 0.3
_NEGATORS = frozenset(
    [
        "不",
        "没",
        "没有",
        "未",
        "未能",
        "尚未",
        "并未",
        "从未",
        "无",
        "无需",
        "不再",
        "不是",
        "不会",
        "不能",
        "不得",
        "不用",
        "不准",
        "不必",
        "不可",
        "不予",
        "不作",
        "不设",
        "不曾",
        "未曾",
        "并非",
        "非",
        "禁止",
        "取消",
        "停止",
        "暂停",
        "中止",
        "拒绝",
        "否认",
        "免除",
    ]
)
_DONE = re.compile(r"了(?:吗|没|[?？])|已经?|过(?:吗|没)")
_PENDING = re.compile(r"预计|计划|拟|即将|将(?![军领])|有望|力争|争取|准备|正在|在建|筹备|规划")
_SETTLED = re.compile(r"已|了(?!解)|过(?!程)")
_NAMES = re.compile(r"不锈钢|不动产|不良")
_OPPOSITES = (
    "内 外", "增 减", "升 降", "涨 跌", "提前 推迟", "扩大 缩小", "以上 以下", "盈利 亏损", "公开 保密",
    "国产 进口", "放宽 收紧",
)  # fmt: skip
_OPPOSITE = {a: b for pair in _OPPOSITES for a, b in (pair.split(), pair.split()[::-1])}


def verdicts(query: Query, sentences: Sequence[Candidate], matcher: Matcher) -> list[Candidate]:
    """The best sentences as answers, 是 or 否 each, best first."""
    statement = _ASKING.sub(" ", query.folded)
    verbs = [word for word, tag in segment(statement) if tag in ("v", "vn") and len(word) > 1]
    return [_verdict(query.folded, statement, verbs, s, matcher) for s in sentences[:5]]


def _verdict(
    asked: str, statement: str, verbs: Sequence[str], s: Candidate, matcher: Matcher
) -> Candidate:
    clauses = [c for c in s.view.clauses if s.start <= c[0] < s.end] or [s.sentence]

    def told(c: tuple[int, int]) -> tuple[float, int]:
        """How much of the statement a clause tells; what is said counts above whom it is said of."""
        text = s.view.folded[slice(*c)]
        return matcher.at(s.view, *c) + PREDICATE * any(verb in text for verb in verbs), -c[0]

    clause = max(clauses, key=told)
    text = s.view.folded[slice(*clause)]
    contrary = _contrary(statement, text)
    if _DONE.search(asked) and not _SETTLED.search(text):
        contrary = contrary or pending(text, verbs) or _planned(s, clauses, clause)
    same = negated(statement) == (negated(text) != contrary)
    return replace(s, start=clause[0], end=clause[1], said=SAID[not same])


def _planned(s: Candidate, clauses: Sequence[tuple[int, int]], clause: tuple[int, int]) -> bool:
    """Whether the clause before is about plans, or the one after goes on with them (…, 计划明年投产)."""
    i = clauses.index(clause)
    before = s.view.folded[slice(*clauses[i - 1])] if i else ""
    after = s.view.folded[slice(*clauses[i + 1])] if i + 1 < len(clauses) else ""
    return bool((_PENDING.search(before) and not _SETTLED.search(before)) or _PENDING.match(after))


def pending(text: str, verbs: Sequence[str]) -> bool:
    """Whether folded text speaks of what is still to come: 预计建成, 建成后, 正在施工.

    >>> [pending(text, ["建成"]) for text in ("预计明年建成投产", "已建成投产", "建成后可增收")]
    [True, False, True]
    """
    after = any(f"{verb}{tail}" in text for verb in verbs for tail in ("后", "以后", "之后"))
    return after or bool(_PENDING.search(text) and not _SETTLED.search(text))


def negated(text: str) -> bool:
    """Whether folded text denies something; two denials affirm.

    >>> negated("财政部门不作为担保主体"), negated("不断扩大"), negated("不锈钢")
    (True, False, False)
    """
    return sum(word in _NEGATORS for word, _ in segment(_NAMES.sub(" ", text))) % 2 == 1


def _contrary(statement: str, text: str) -> bool:
    """Whether a text has, for a word of the statement, its opposite and not the word itself."""
    return any(a in statement and a not in text and b in text for a, b in _OPPOSITE.items())


TURNS = tuple(
    re.compile("|".join(words.split()))
    for words in (
        "取消 撤销 废止 废除 停止 叫停 终止 中止 暂停 搁置 关停 关闭 停产 停工 停建 停办 清退",
        "下降 减少 降低 下滑 下跌 回落 缩减 压缩 压减 收窄 负增长 降至 降到 降为 减至 调低 下调 精简 降了 减了 [-−]\\d",  # noqa: E501
        "推迟 延期 延迟 延后 拖延 滞后 误期 逾期 拖了",
        "退出 撤出 撤离 撤资 放弃 退还 退掉",
        "亏损 破产 倒闭 失败 资不抵债 流标",
        "拆除 拆掉 推倒 拆迁 征拆 拆完",
        "辞职 辞去 卸任 免去 免职 离任 不再担任 落马 被查 撤职",
        "迁出 搬走 搬离 搬迁 外迁 迁到 迁至 搬到 迁往",
        "爆炸 起火 火灾 事故 坍塌 泄漏 伤亡 死亡 遇难",
        "罚款 处罚 被罚 起诉 追责 问责 通报批评 责令",
    )
)
"""Turns for the worse or back, with what else they are called: a question must not bring one of its own."""
UNFOUNDED = 0.25


def founded(question: str, evidence: str) -> float:
    """1, or UNFOUNDED where folded `question` speaks of a turn that folded `evidence` does not.

    >>> founded("为什么取消了激励机制?", "建立激励机制"), founded("为何停建?", "项目暂停施工")
    (0.25, 1.0)
    """
    missing = any(turn.search(question) and not turn.search(evidence) for turn in TURNS)
    return UNFOUNDED if missing else 1.0
