"""Why an answer is what it is: how the question was read, what was weighed, what ruled the losers out.

Nothing is weighed here: the signals are those that answering used. A loser is ruled out
by the signal that, with its share in the score, costs it most against the winner (against
what right answers usually have, where the question is refused).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from qa.answer.candidates import Candidate
from qa.answer.confidence import probability
from qa.answer.reply import (
    BARS,
    DEPTH,
    Considered,
    Sources,
    Verdict,
    consider,
    differing,
    matcher_of,
    names_of,
    original,
    reply,
)
from qa.chinese.fold import fold
from qa.chinese.tags import segment
from qa.question.names import Named
from qa.question.query import Query
from qa.question.terms import STOP, idf, paraphrases
from qa.schema import Answer, Explanation, Factor, Found, Hit, Understood, Weighed

MOST = 8
"""Candidates, words and other words told."""
USUAL = {
    "score": 0.68, "cover": 0.63, "lacking": 0.0, "metric": 0.5, "reader": 0.77, "answerable": 0.91,
    "margin": 0.37, "near": 0.5, "fit": 0.6, "retrieval": 0.6,
    "bare": 0.0, "foreign": 0.0,
}  # fmt: skip
"""Medians over right answers to the development questions about the seeds; 1 for all others."""
NAMES = {
    "score": "得分", "cover": "用词", "lacking": "缺词", "metric": "指标", "unit": "单位", "mode": "口径",
    "period": "期间", "about": "地区", "subject": "主体", "retrieval": "检索", "new": "新意", "given": "所给",
    "meant": "所指", "reader": "阅读", "answerable": "可答", "fit": "形式", "near": "邻近", "count": "项数",
    "margin": "领先第二名", "figure": "是数字", "list": "是列举", "sentence": "是整句",
    "sort": "类别", "premise": "前提",
    "bare": "用词过少", "foreign": "数字缺所问",
}  # fmt: skip
"""What signals and features are called in Chinese."""
REASONS = {
    "unit": "单位不符", "period": "期间不符", "subject": "主体不符", "new": "重复问题里的话",
    "mode": "口径不符", "meant": "所指不同（期别、合计与部分）", "given": "问题给出的数不在这里",
    "count": "项数不符", "metric": "指标不合", "cover": "用词不合", "reader": "阅读模型不支持",
    "fit": "不像所问的一类答案", "near": "离所问的词较远",
    "sort": "不是所问的一类（人、时间、地点、单位等）", "premise": "问题所说的事文中没有",
}  # fmt: skip
"""What is said where a signal rules a candidate out."""
SHARES = {"metric": 0.45, "cover": 0.6, "reader": 0.35, "fit": 0.2, "near": 0.2, "sort": 0.7}
"""About how much of a score hangs on a signal; those that are not named multiply it."""
NONE = "没有所问的这一类答案"
MODES = {"actual": "实际数", "planned": "计划数", "expected": "预计数", "possible": "可能的数"}
SORTS = ("figure", "list", "sentence")


def answer_explained(question: str, resolved: str, sources: Sources, k: int, min_confidence: float) -> Answer:
    """See `qa.answer.reply.answer`; the answer carries its explanation."""
    found = consider(resolved, sources)
    said = reply(question, resolved, found, sources, k, min_confidence)
    return replace(said, explanation=explained(found, sources, min_confidence))


def explained(found: Considered, sources: Sources, threshold: float) -> Explanation:
    """The explanation of a verdict that answers from `threshold` up."""
    query, verdict = found.query, found.verdict
    understood, factors = _understood(query, sources), tuple(_factors(verdict, sources))
    best = verdict.best if verdict.confidence >= threshold else None
    operands = verdict.computed.operands if verdict.computed else ()
    candidates = verdict.near or verdict.others[:MOST]
    raw = probability(verdict.features, sources.weights) if verdict.features else verdict.confidence
    return Explanation(
        _verdict(verdict, threshold, understood, factors),
        understood,
        tuple(_weighed(c, best, verdict, query, sources) for c in candidates),
        tuple(_operand(c, sources) for c in operands),
        round(verdict.confidence, 4),
        threshold,
        round(raw, 4),
        round(verdict.confidence / raw, 4) if raw else 1.0,
        sources.weights["bias"] if verdict.features else 0.0,
        factors,
        tuple(map(_found, sources.search(query.text, DEPTH))),
    )


def _understood(query: Query, sources: Sources) -> Understood:
    asked = names_of(query, sources)
    matcher = matcher_of(query, asked, idf(sources.n_passages, sources.df))
    weight = dict(zip(matcher.terms, matcher.weights, strict=True))
    words = {w: max(weight.get(w[i : i + 2], 0.0) for i in range(len(w) - 1)) for w in _words(query, asked)}
    heaviest = sorted(words, key=lambda w: (-round(words[w], 6), w))[:MOST]
    others = dict.fromkeys(o for w in heaviest for o in paraphrases(w) if o not in words)
    unknown = [n.text for n in asked if not n.known]
    for word in (*matcher.strangers, *words):
        if not any(word in n or n in word for n in unknown) and not _seen(word, sources):
            unknown.append(word)
    known = tuple(n.text for n in asked if n.known)
    return Understood(
        query.kind, known, tuple(unknown), tuple(heaviest), tuple(others)[:MOST], _wanted(query)
    )


def _seen(word: str, sources: Sources) -> bool:
    """Whether the documents have two characters together of a word, or of another word for it."""
    said = (word, *paraphrases(word))
    return any(sources.df(w[i : i + 2]) for w in said for i in range(len(w) - 1))


def _words(query: Query, asked: Iterable[Named]) -> list[str]:
    """Words of two or more characters that carry the question, without the names."""
    content = query.content
    for name in asked:
        content = content.replace(name.text, " " * len(name.text))
    runs = STOP.sub(" ", content).split()
    return [word for run in runs for word, _ in segment(run) if len(word) > 1 and word.isalnum()]


def _wanted(query: Query) -> dict[str, str]:
    """What else was read in a question, in words, without what is empty."""
    said = {
        "op": query.op, "unit": query.unit, "dimension": query.dimension, "noun": query.noun,
        "period": query.period.said, "years": "至".join(str(y) for y in query.years if y not in (0, 9999)),
        "mode": MODES.get(query.mode, ""), "phase": query.phase, "numbers": "、".join(query.numbers),
        "excluded": "、".join(query.excluded), "sides": "、".join(query.sides),
    }  # fmt: skip
    return {name: text for name, text in said.items() if text}


def _weighed(
    c: Candidate, best: Candidate | None, verdict: Verdict, query: Query, sources: Sources
) -> Weighed:
    """A candidate with what ruled it out; `best` is the winner, None where there is none."""
    record = _operand(c, sources)
    if best is None:
        none = verdict.best is None and verdict.computed is None
        return replace(record, chosen=False, reason=NONE if none else ruled_out(c, None, query))
    if c is best or any(c.key == part.key for part in best.parts):
        return record
    rest = differing([best, *verdict.others])
    if rest and c.key == rest[0].key:
        return record
    return replace(record, chosen=False, reason=_lost(c, best, query))


def _operand(c: Candidate, sources: Sources) -> Weighed:
    """A candidate as plain data, as one that is in the answer."""
    p = c.view.passage
    start, end = original(p.origin, c.start, c.end) or (p.start, p.end)
    before = sources.document(p.document).text[p.start : start].replace("\r\n", "\n").replace("\r", "\n")
    line = p.line_start + before.count("\n")
    signals = {name: round(value, 4) for name, value in c.signals.items()}
    return Weighed(_said(c), p.document, start, end, line, round(c.score, 4), signals, True, "")


def _said(c: Candidate) -> str:
    text = c.view.passage.text
    items = [part.text for part in c.parts] or [text[i.start : i.end] for i in c.items]
    return "、".join(items) or c.text.strip()


def _lost(c: Candidate, best: Candidate, query: Query) -> str:
    """What a loser lacks beside the winner."""
    if fold(c.text) == fold(best.text):
        return "同一答案的另一处"
    if c.figure is None and c.view is best.view and c.start < best.end and best.start < c.end:
        return "与答案重叠的另一段"
    return ruled_out(c, best, query)


def ruled_out(c: Candidate, best: Candidate | None, query: Query) -> str:
    """The signal that costs a candidate most beside `best`, in a phrase; 得分较低 where none does."""
    own, other = _bearing(c), _bearing(best) if best else USUAL
    left = {
        name: 1 - SHARES.get(name, 1.0) * (1 - _effect(name, own[name]) / max(_effect(name, usual), 0.02))
        for name in REASONS
        if name in own and (usual := other.get(name, 1.0)) > own[name]
    }
    name = min(left, key=left.__getitem__, default="")
    return _phrase(name, c, query) if left.get(name, 1.0) < 0.9 else "得分较低"


def _bearing(c: Candidate) -> dict[str, float]:
    """The signals that count; for one whose figure the question gives, not those of the figure itself."""
    s = c.signals
    if c.figure is None and "unit" in s:
        return {"cover": s["cover"], "period": s["period"], "subject": s["about"]}
    return s


def _effect(name: str, value: float) -> float:
    return 0.15 + 0.85 * value if name == "period" else value


def _phrase(name: str, c: Candidate, query: Query) -> str:
    """The reason, with what the text says instead of what was asked for."""
    f = c.figure
    if name == "new" and not _repeats(fold(c.text), query):
        return "截取不整"
    if name == "subject":
        before = c.view.name_before(c.start, c.view.sentence_at(c.start)[0])
        named = (f.subject if f else "", before or "", c.view.passage.subject)
        said = next((n for n in named if n and fold(n) not in query.folded), "")
        return REASONS[name] + (f"（说的是{said}）" if said else "")
    told = {"period": f.period, "unit": f.value.unit, "mode": MODES[f.mode], "metric": f.metric} if f else {}
    return REASONS[name] + (f"（文中为{told[name]}）" if told.get(name) else "")


def _repeats(said: str, query: Query) -> bool:
    """Whether most of folded text stands in the question."""
    pairs = [said[i : i + 2] for i in range(len(said) - 1)] or [said]
    return 2 * sum(pair in query.folded for pair in pairs) > len(pairs)


def _factors(verdict: Verdict, sources: Sources) -> Iterable[Factor]:
    """The features that weigh, those that pull down hardest against right answers first."""
    found = []
    for name, value in verdict.features.items():
        if weight := sources.weights.get(name, 0.0):
            usual = value if name in SORTS else USUAL.get(name, 1.0)
            found.append(Factor(name, round(value, 4), weight, round(weight * value, 4), round(usual, 4)))
    return sorted(found, key=pull)


def pull(factor: Factor) -> float:
    """How much a feature raises (or lowers) the log-odds against those of a usual right answer."""
    return round(factor.contribution - factor.weight * factor.usual, 4)


def _verdict(verdict: Verdict, threshold: float, understood: Understood, factors: Sequence[Factor]) -> str:
    """Why there is an answer or none, in a sentence."""
    sure = f"把握 {verdict.confidence:.1%}"
    if verdict.best is None and verdict.computed is None:
        text = "要算的数没有找全" if understood.kind == "compare" else "找到的段落里没有这一类答案"
    elif verdict.confidence >= threshold:
        from_ = f"由 {len(verdict.computed.operands)} 个数算出" if verdict.computed else "得分最高"
        return f"{from_}，{sure}，不低于门槛 {threshold:.0%}。"
    else:
        text = f"{sure}，低于门槛 {threshold:.0%}" + _against(verdict, factors)
    if understood.unknown:
        text += f"；文档里没有{'、'.join(f'“{u}”' for u in understood.unknown)}"
    return f"拒答：{text}。"


def _against(verdict: Verdict, factors: Sequence[Factor]) -> str:
    """What lowered the confidence: bars first, then at most three features."""
    bars = [NAMES[name] for name in BARS if verdict.features.get(name, 1.0) < 0.8]
    low = [f"{NAMES[f.name]} {f.value:.2f}（通常 {f.usual:.2f}）" for f in factors if pull(f) < -0.15][:3]
    text = f"；{'、'.join(bars)}不符" if bars else ""
    return text + (f"；偏低的是{'、'.join(low)}" if low else "")


def _found(hit: Hit) -> Found:
    p, s = hit.passage, hit.signals
    return Found(p.document, p.line_start, p.line_end, *(round(s[n], 4) for n in ("fused", "dense", "bm25")))
