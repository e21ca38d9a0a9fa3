"""What a figure may measure: the words before its number, those behind it, and the measures before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa.chinese.fold import fold
from qa.chinese.tags import word_class
from qa.figures.candidates import LIGHT, Candidate, Story, kind_of, metric_shape, tag_of, text_of
from qa.figures.draft import Draft
from qa.figures.scene import Scene, Word, is_nominal

_TAIL = word_class("tail")
METRIC = (
    "kind",
    "source",
    "rule",
    "rule_of",
    "in_rule",
    "rule_in",
    "words",
    "length",
    "first_tag",
    "last_tag",
    "left_tag",
    "right_tag",
    "gap",
    "verbs",
    "de",
    "measure",
    "ends_measure",
    "entity",
    "subject_in",
    "previous",
    "in_previous",
    "growth",
    "growth_kind",
    "unit_end",
    "rule_empty",
    "following_de",
    "list_item",
    "quote",
    "nominal",
    "maximal",
    "same_clause",
    "distance",
    "unknown",
    "place",
    "rank",
    "first_verb",
    "verb_gap",
    "marks",
    "of_rule_growth",
    "time_between",
    "alone",
    "n_source",
)
SOURCES = (
    "before",
    "after",
    "verb_after",
    "previous",
    "earlier",
    "clause",
    "rule",
    "rule_of",
    "empty",
    "before_after",
    "opener",
    "bracket",
)
_GROWTHS = [
    "增长",
    "下降",
    "增加",
    "减少",
    "提高",
    "上升",
    "上涨",
    "下跌",
    "回落",
    "占",
    "高于",
    "低于",
    "收窄",
    "扩大",
    "完成",
]
_UNIT_ENDS = [
    "家",
    "个",
    "人",
    "名",
    "项",
    "户",
    "套",
    "台",
    "辆",
    "条",
    "次",
    "元",
    "吨",
    "米",
    "亩",
    "年",
    "%",
    "点",
    "里",
    "时",
    "位",
    "件",
    "座",
    "起",
    "倍",
    "股",
    "天",
    "月",
    "大",
    "种",
    "所",
    "场",
    "成",
]
_REACH = 12


@dataclass(frozen=True, slots=True)
class _Worded:
    """A candidate for what a figure measures: its words, and the words beside it."""

    text: str
    source: str
    words: tuple[Word, ...] = ()
    left: Word | None = None
    right: Word | None = None
    distance: int = 0
    number: int = 0


def metrics(scene: Scene, draft: Draft, told: Story, subject: str) -> list[Candidate]:
    """Candidates for what a figure measures, with what it belongs to where words of growth measure it."""
    sentence = scene.sentence_at(draft.quantity.start)
    spans: dict[tuple[str, str], tuple[_Worded, str]] = {}
    growth = draft.growth
    rule, rule_of = fold(draft.figure.metric), fold(draft.figure.of)
    whose = fold(subject)
    for span in _spans(scene, draft, told, sentence):
        text = span.text
        if whose and span.source != "rule" and text.startswith(whose) and len(text) > len(whose) + 1:
            text = text[len(whose) :].removeprefix("的")
            span = replace(span, text=text)
        if len(text) > 36 or (text and not any(c.isalnum() for c in text)):
            continue
        if growth and span.source not in ("rule", "empty"):
            text_of_growth = growth
            spans.setdefault((text, text_of_growth), (span, growth))
            if span.source == "before" and span.distance == 0:
                continue
        else:
            spans.setdefault(("", text), (span, growth))
    if rule and not scene.cuts_words(rule, sentence) and not scene.cuts_words(rule_of, sentence):
        spans.setdefault((rule_of, rule), (_Worded(rule, "rule"), growth))
    if rule_of and not scene.cuts_words(rule_of, sentence):
        spans.setdefault(("", rule_of), (_Worded(rule_of, "rule_of"), growth))
    context = _MetricView(scene, draft, told, subject, rule, rule_of)
    return [
        Candidate(metric, _metric_features(of, metric, span, context), of)
        for (of, metric), (span, _) in spans.items()
    ]


def _spans(scene: Scene, draft: Draft, told: Story, sentence: int) -> Iterator[_Worded]:
    q = draft.quantity
    inside = [w for w in scene.words(sentence) if draft.left <= w.start and w.end <= q.hedge_start]
    tail = list(inside)
    gap = 0
    while tail and (
        tail[-1].text in _TAIL
        or tail[-1].tag in ("w", "d", "u", "p")
        or (tail[-1].text in LIGHT and tail[-1].tag == "v")
    ):
        tail.pop()
        gap += 1
    if draft.growth:
        cut_at = scene.work.rfind(draft.growth, draft.left, q.hedge_start + 1)
        grown = [w for w in inside if w.end <= cut_at] if cut_at >= 0 else tail
        while grown and (grown[-1].text in _TAIL or grown[-1].tag in ("w", "d", "u", "p")):
            grown.pop()
        tail = grown
    yield from _suffixes(tail, "before", gap, inside)
    bare = _unbracketed(tail)
    if len(bare) < len(tail):
        yield from _suffixes(bare, "bracket", gap, inside)
    following = [w for w in scene.words(sentence) if w.start >= q.end and w.end <= draft.right]
    afters = list(_afters(following))
    yield from afters
    verbs = [i for i, w in enumerate(tail) if w.tag == "v"]
    for span in afters[-4:] + [s for s in afters[:-4] if s.words and s.words[-1].tag != "x"][-2:]:
        if tail:
            for i in ([verbs[-1]] if verbs else []) + [len(tail) - 1]:
                lead = tuple(tail[i:])
                if len(text_of(lead)) <= 10:
                    kind = "verb_after" if verbs and i == verbs[-1] else "before_after"
                    yield _Worded(
                        text_of(lead) + span.text,
                        kind,
                        (*lead, *span.words),
                        tail[i - 1] if i else None,
                        span.right,
                    )
    for n, (of, metric) in enumerate(reversed(told.metrics[-4:])):
        yield _Worded(of or metric, "previous", number=n)
        if of and not draft.growth:
            yield _Worded(of + metric, "previous", number=n)
    yield from _earlier(scene, draft, sentence)
    yield _Worded("", "empty")


def _suffixes(tail: Sequence[Word], source: str, gap: int, inside: Sequence[Word]) -> Iterator[_Worded]:
    """Ends of the words before a number, from every word of the last dozen on."""
    right = inside[len(tail)] if len(tail) < len(inside) else None
    for i in range(len(tail) - 1, max(-1, len(tail) - 1 - _REACH), -1):
        word = tail[i]
        if word.text in ("|",) or (word.tag == "w" and word.text in ",;:"):
            break
        if word.tag[0] in "upcw" and word.text not in _QUOTES:
            continue
        yield _Worded(text_of(tail[i:]), source, tuple(tail[i:]), tail[i - 1] if i else None, right, gap)
    core = list(tail)
    while core and core[-1].tag == "v":
        core.pop()
    if core and len(core) < len(tail):
        for i in range(len(core) - 1, max(-1, len(core) - 7), -1):
            if core[i].tag == "w" and core[i].text not in _QUOTES:
                break
            if core[i].tag[0] in "upc":
                continue
            yield _Worded(
                text_of(core[i:]),
                source,
                tuple(core[i:]),
                core[i - 1] if i else None,
                tail[len(core)],
                gap + len(tail) - len(core),
            )


_QUOTES = "“‘《(（"


def _unbracketed(tail: Sequence[Word]) -> list[Word]:
    out: list[Word] = []
    depth = 0
    for word in tail:
        if word.text == "(":
            depth += 1
        elif word.text == ")":
            depth = max(0, depth - 1)
        elif not depth:
            out.append(word)
    return out


def _afters(following: Sequence[Word]) -> Iterator[_Worded]:
    """Beginnings of the words behind a number, to every word of the next eight."""
    i = 0
    while i < len(following) and (
        following[i].text in ("的", "多", "左右", "以上", "余", "|", "之") or following[i].text in "“"
    ):
        i += 1
    for j in range(i, min(len(following), i + 9)):
        word = following[j]
        if word.tag == "w" and word.text not in "“”《》、·-()":
            break
        if word.tag[0] in "upcw" and word.text not in "”》)":
            continue
        yield _Worded(
            text_of(following[i : j + 1]),
            "after",
            tuple(following[i : j + 1]),
            following[i - 1] if i else None,
            following[j + 1] if j + 1 < len(following) else None,
            i,
        )


def _earlier(scene: Scene, draft: Draft, sentence: int) -> Iterator[_Worded]:
    """Noun phrases of the clauses before, nearest first, and the one that opens the sentence."""
    phrases = [p for p in scene.phrases(sentence) if p.end <= draft.left]
    for n, phrase in enumerate(reversed(phrases[-5:])):
        yield _Worded(
            text_of(phrase.words),
            "earlier",
            phrase.words,
            phrase.left,
            phrase.right,
            draft.quantity.start - phrase.end,
            n,
        )
        for i in range(1, min(len(phrase.words), 4)):
            yield _Worded(
                text_of(phrase.words[i:]),
                "earlier",
                phrase.words[i:],
                phrase.words[i - 1],
                phrase.right,
                draft.quantity.start - phrase.end,
                n,
            )
    if sentence and len(phrases) < 2:
        for n, phrase in enumerate(reversed(scene.phrases(sentence - 1)[-3:])):
            yield _Worded(text_of(phrase.words), "opener", phrase.words, phrase.left, phrase.right, 99, n)


class _MetricView:
    """What the features of all candidates of one figure share."""

    def __init__(
        self, scene: Scene, draft: Draft, told: Story, subject: str, rule: str, rule_of: str
    ) -> None:
        self.scene, self.draft, self.subject, self.rule, self.rule_of = (
            scene,
            draft,
            fold(subject),
            rule,
            rule_of,
        )
        self.kind = kind_of(draft.quantity)
        self.previous = "".join(told.metrics[-1]) if told.metrics else ""
        unit = draft.quantity.value.unit
        self.unit = next((i for i, end in enumerate(_UNIT_ENDS) if unit.endswith(end)), len(_UNIT_ENDS))
        self.growth = (
            next((i for i, word in enumerate(_GROWTHS) if word in draft.growth), len(_GROWTHS))
            if draft.growth
            else -1
        )
        q = draft.quantity
        self.following_de = scene.work[q.end : q.end + 1] == "的"
        self.list_item = scene.work[draft.left : q.hedge_start].strip() in ("、", "和", "及", "")
        self.alone = not scene.work[draft.left : q.hedge_start].strip("|, 、和")


def _metric_features(of: str, metric: str, span: _Worded, view: _MetricView) -> tuple[float, ...]:
    text = of or metric
    verbs, de, measure, ends, entity, first, last, n, unknown, place, nominal, first_verb = metric_shape(text)
    whole = of + metric
    rule = view.rule_of + view.rule
    left, right = span.left, span.right
    return (
        view.kind,
        SOURCES.index(span.source),
        metric == view.rule and of == view.rule_of,
        whole == rule or text == view.rule_of,
        bool(text) and text in rule,
        bool(view.rule) and view.rule in whole,
        n,
        len(text),
        first,
        last,
        tag_of(left),
        tag_of(right),
        span.distance,
        verbs,
        de,
        measure,
        ends,
        entity,
        bool(view.subject) and (view.subject in text or text in view.subject),
        whole == view.previous,
        bool(text) and text in view.previous,
        bool(of),
        view.growth,
        view.unit,
        not view.rule,
        view.following_de,
        view.list_item,
        "“" in text,
        nominal,
        left is None or not is_nominal(left),
        span.source in ("before", "after", "verb_after"),
        min(span.distance, 99),
        unknown,
        place,
        span.number,
        first_verb,
        bool(span.words) and span.words[-1].tag == "v",
        "、" in text or "和" in text,
        of == view.rule_of,
        left is not None and left.text == "|",
        view.alone,
        span.number,
    )
