"""Whether what a question takes for granted happened: 为什么取消 where nothing was cancelled."""

from __future__ import annotations

import re

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
