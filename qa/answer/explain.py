"""Why an answer is what it is: how the question was read, what was weighed, what ruled the losers out.

Nothing is weighed here: signals and scores are those that answering used, and the share of a signal in a
score is what the ranker's trees added when they asked for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from qa.answer.field import said
from qa.answer.passages import Read, Sources
from qa.answer.propose import Candidate
from qa.answer.reply import Considered, consider, reply
from qa.question.query import Query
from qa.question.turns import Sense
from qa.schema import Answer, Explanation, Factor, Found, Understood, Weighed, original_range

MOST = 8
"""Candidates and words told."""
NAMES = {
    "span_score": "选段", "span_lead": "段内名次", "relevance": "可答", "relevance_lead": "可答领先",
    "relevance_elsewhere": "别篇可答", "sort_probability": "答案类型", "span_probability": "单段类型",
    "computed_probability": "计算类型", "verdict_probability": "是否类型", "tag_inside": "标注",
    "tag_outside": "漏项", "operand_probability": "算数", "operand_count": "算数个数",
    "operand_passages": "跨段", "untagged_operands": "漏算", "lead": "领先", "agreement": "他处同答",
    "longer": "更长选段", "shorter": "更短选段", "fused": "检索", "fused_lead": "检索领先", "dense": "向量",
    "dense_spread": "向量差", "rank": "检索名次", "cover_passage": "段落用词", "cover_sentence": "句中用词",
    "cover_best": "最多用词", "missing": "缺重词", "unseen": "生词", "years_missing": "缺年份",
    "numbers_missing": "缺数字", "names_missing": "缺名称", "names_unknown": "未知名称",
    "amounts_missing": "缺所给数", "repeated": "重复题面", "length": "长度", "count": "项数",
    "digits": "有数字", "breaks": "断句", "cut_words": "切断词", "unit_fit": "单位", "is_figure": "是数字",
    "period_clash": "期间冲突", "metric_cover": "指标", "subject_cover": "主体", "unreal": "非实际数",
    "sort": "种类", "asked_words": "题长",
    "asks_figure": "问数", "asks_which": "问哪个", "asks_fact": "问事", "asks_list": "问列举",
    "asks_yesno": "问是否", "asks_compare": "问计算",
}  # fmt: skip
"""What the signals are called in Chinese."""
NONE = "没有所问的这一类答案"
ASKED = {
    "figure": "多少",
    "which": "哪个",
    "fact": "什么",
    "list": "哪些",
    "yesno": "是否",
    "compare": "计算",
}


def answer_explained(question: str, sense: Sense, sources: Sources, k: int, min_confidence: float) -> Answer:
    """See `qa.answer.reply.answer`; the answer carries its explanation."""
    found = consider(sense, sources)
    told = reply(question, sense.resolved, found, sources, k, min_confidence)
    return replace(told, explanation=explained(found, sources, min_confidence))


def explained(found: Considered, sources: Sources, threshold: float) -> Explanation:
    """The explanation of a verdict that answers from `threshold` up."""
    answered = found.best is not None and found.confidence >= threshold
    shares = [_shares(signals, sources) for signals in found.signals[:MOST]]
    candidates = [
        _weighed(c, found.scores[i], found.signals[i], sources) for i, c in enumerate(found.candidates[:MOST])
    ]
    for i in range(1, len(candidates)):
        reason = _lost(found.candidates[i], found.candidates[0], shares[i], shares[0])
        candidates[i] = replace(candidates[i], chosen=False, reason=reason)
    if candidates and not answered:
        candidates[0] = replace(candidates[0], chosen=False, reason="把握不足")
    operands = found.best.operands if found.best else ()
    return Explanation(
        _verdict(found, threshold, answered, shares[0] if shares else {}),
        _understood(found.query),
        tuple(candidates),
        tuple(_place(o.text, o.read, o.start, o.end, sources) for o in operands),
        round(found.confidence, 4),
        threshold,
        tuple(_factors(found.signals[0], shares[0])) if shares else (),
        tuple(_found(read) for read in found.reads),
    )


def _shares(signals: Mapping[str, float], sources: Sources) -> dict[str, float]:
    return sources.rank.trees.shares(sources.rank.table([signals])[0])


def _understood(query: Query) -> Understood:
    kind = max(query.kinds, key=lambda name: query.kinds[name]) if query.kinds else ""
    heavy = sorted(
        zip(query.weights, query.terms, strict=True), key=lambda pair: (-round(pair[0], 6), pair[1])
    )
    unknown = dict.fromkeys([n.text for n in query.names if not n.known])
    wanted = {
        "unit": query.unit,
        "period": query.period.said,
        "numbers": "、".join(query.folded[q.start : q.end] for q in query.amounts if q.written != "scale"),
    }
    return Understood(
        kind,
        tuple(n.text for n in query.names if n.known),
        tuple(unknown) + tuple(t for t in query.unseen if len(t) > 1 and not any(t in u for u in unknown)),
        tuple(term for _, term in heavy[:MOST]),
        {name: text for name, text in wanted.items() if text},
    )


def _weighed(c: Candidate, score: float, signals: Mapping[str, float], sources: Sources) -> Weighed:
    record = _place(c.text, c.read, c.start, c.end, sources)
    told = {name: round(value, 4) for name, value in signals.items()}
    probability = sources.rank.scale.probability(score)
    return replace(record, score=round(probability, 4), signals=told)


def _place(text: str, read: Read, start: int, end: int, sources: Sources) -> Weighed:
    """What stands at a clean range, with its original range and line."""
    p = read.passage
    begin, stop = original_range(p.origin, start, end) or (p.start, p.end)
    before = sources.document(p.document).text[p.start : begin].replace("\r\n", "\n").replace("\r", "\n")
    return Weighed(text, p.document, begin, stop, p.line_start + before.count("\n"), 0.0, {}, True, "")


def _lost(c: Candidate, best: Candidate, own: Mapping[str, float], winner: Mapping[str, float]) -> str:
    """What a loser lacks beside the winner: the signals that cost it most."""
    if said(c) == said(best):
        return "同一答案的另一处"
    if c.read is best.read and c.sort == best.sort == "span" and c.start < best.end and best.start < c.end:
        return "与答案重叠的另一段"
    costs = sorted(own, key=lambda name: (own[name] - winner[name], name))[:2]
    worst = [NAMES[name] for name in costs if own[name] - winner[name] < 0]
    return f"输在{'、'.join(worst)}" if worst else "得分较低"


def _factors(signals: Mapping[str, float], shares: Mapping[str, float]) -> list[Factor]:
    """The signals that moved the best candidate's score, the strongest first."""
    order = sorted(shares, key=lambda name: (-abs(shares[name]), name))
    return [Factor(name, round(signals[name], 4), round(shares[name], 4)) for name in order if shares[name]]


def _verdict(found: Considered, threshold: float, answered: bool, shares: Mapping[str, float]) -> str:
    """Why there is an answer or none, in a sentence."""
    sure = f"把握 {found.confidence:.1%}"
    if found.best is None:
        return f"拒答：{NONE}。"
    if answered:
        n = len(found.best.operands)
        return f"{f'由 {n} 个数算出' if n else '得分最高'}，{sure}，不低于门槛 {threshold:.0%}。"
    low = [NAMES[name] for name in sorted(shares, key=lambda name: shares[name])[:3] if shares[name] < 0]
    text = f"{sure}，低于门槛 {threshold:.0%}" + (f"；压低它的是{'、'.join(low)}" if low else "")
    unknown = [n.text for n in found.query.names if not n.known]
    return f"拒答：{text}" + (f"；文档里没有{'、'.join(f'“{u}”' for u in unknown)}" if unknown else "") + "。"


def _found(read: Read) -> Found:
    p, s = read.passage, read.hit.signals
    fused, dense, bm25 = (round(s[name], 4) for name in ("fused", "dense", "bm25"))
    return Found(
        p.document, p.line_start, p.line_end, fused, dense, bm25, round(read.reading.answerable, 4)
    )
