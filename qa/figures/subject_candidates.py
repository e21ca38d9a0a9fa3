"""Whose a figure may be: names and noun phrases of its sentence, of those before, and of the article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa.chinese.fold import fold
from qa.chinese.tags import is_entity
from qa.figures.candidates import (
    GENERIC,
    LIGHT,
    Candidate,
    Story,
    entity_end,
    kind_of,
    nameness,
    phrase_shape,
    tag_of,
    text_of,
)
from qa.figures.draft import Draft
from qa.figures.scene import CLAUSE, Phrase, Scene, Word, cut, noun_phrases

SUBJECT = (
    "kind",
    "empty",
    "rule",
    "in_rule",
    "rule_in",
    "article",
    "in_article",
    "headline",
    "n_article",
    "first_tenth",
    "sentences",
    "before",
    "after",
    "clauses",
    "same_clause",
    "opens_sentence",
    "opens_clause",
    "entity",
    "last_tag",
    "first_tag",
    "length",
    "n_here",
    "n_told",
    "next_de",
    "next_tag",
    "prefix",
    "prev_tag",
    "preposition",
    "realm",
    "nobody",
    "measure",
    "ends_measure",
    "between",
    "has_de",
    "has_list",
    "unknown",
    "place",
    "adjacent",
    "rule_metric_has",
    "rule_empty",
    "article_empty",
    "lead",
    "quoted",
    "opener",
    "most",
    "longer",
    "growth",
    "last_clause_end",
    "whole",
    "digits",
    "speaks",
    "counts",
    "source",
    "name",
    "ends_vn",
    "generic",
    "share_of_sentences",
    "acts",
    "nameness",
    "first_sentence",
)
_PREPOSITIONS = {
    w: i + 1
    for i, w in enumerate(
        [
            "在",
            "据",
            "从",
            "对",
            "向",
            "由",
            "为",
            "与",
            "将",
            "和",
            "及",
            "以",
            "被",
            "把",
            "、",
            "了",
            "于",
            "到",
            "等",
            "的",
            ":",
            "位于",
        ]
    )
}
_SPEAKING = frozenset(
    [
        "表示",
        "说",
        "介绍",
        "称",
        "显示",
        "获悉",
        "公布",
        "发布",
        "透露",
        "指出",
        "认为",
        "报道",
        "公告",
        "宣布",
        "统计",
        "预测",
        "预计",
        "提出",
        "通报",
        "披露",
        "强调",
        "告诉",
        "了解",
    ]
)
_SOURCE = re.compile(r"(?:据|从|记者|来源)$")
_STAND_IN = re.compile(r"(?:该|本(?!田)|此|这|其|上述|整个|另一?[个家]|每[个家吨亩人]|各[个类家地])")
_SHOWN_BACK = 5


@dataclass(slots=True)
class _Mention:
    """Where a candidate for a subject stands: the nearest place before the figure wins."""

    phrase: Phrase | None
    start: int
    end: int
    sentence: int
    words: tuple[Word, ...]
    prefix: int


def subjects(scene: Scene, draft: Draft, told: Story) -> list[Candidate]:
    """Candidates for whose a figure is, the empty one among them."""
    mentions: dict[str, list[_Mention]] = {}
    sentence = scene.sentence_at(draft.quantity.start)
    for mention in _mentions(scene, draft, sentence):
        text = text_of(mention.words)
        if 1 < len(text) <= 30 and text not in GENERIC and not _STAND_IN.match(text):
            mentions.setdefault(text, []).append(mention)
    for text in _known(scene, draft, told):
        mentions.setdefault(text, [])
    rule = fold(draft.figure.subject)
    if not any(scene.cuts_words(rule, k) for k in range(max(0, sentence - _SHOWN_BACK), sentence + 1)):
        mentions.setdefault(rule, [])
    mentions.setdefault("", [])
    view = _View(scene, draft, told, sentence, tuple(mentions))
    return [Candidate(text, _subject_features(text, found, view)) for text, found in mentions.items()]


def _mentions(scene: Scene, draft: Draft, sentence: int) -> Iterator[_Mention]:
    for k in range(sentence, max(-1, sentence - 1 - _SHOWN_BACK), -1):
        phrases = scene.phrases(k)
        if k == sentence:
            before = [p for p in phrases if p.start < draft.quantity.start]
            after = [p for p in phrases if p.start >= draft.quantity.start]
            phrases = (*before[-14:], *after[:3])
        else:
            phrases = tuple(
                p for p in phrases if p.opens_clause or p.opens_sentence or is_entity(text_of(p.words))
            )[:8]
        for start, end, *_ in scene.passage.names:
            inside = scene.sentences[k][0] <= start < scene.sentences[k][1]
            if inside and not scene.cuts_words(scene.work[start:end], k):
                yield _named(scene, k, start, end)
        for n, phrase in enumerate(phrases):
            yield _Mention(phrase, phrase.start, phrase.end, k, phrase.words, 0)
            bare = len(phrase.words)
            while bare > 1 and phrase.words[bare - 1].tag == "vn":
                bare -= 1
            bare = min(bare, entity_end(phrase.words))
            if bare < len(phrase.words):
                yield _Mention(
                    phrase,
                    phrase.start,
                    phrase.words[bare - 1].end,
                    k,
                    phrase.words[:bare],
                    len(phrase.words) - bare,
                )
            if k == sentence or phrase.opens_sentence:
                for end in _prefixes(phrase.words):
                    yield _Mention(
                        phrase,
                        phrase.start,
                        phrase.words[end - 1].end,
                        k,
                        phrase.words[:end],
                        len(phrase.words) - end,
                    )
            joined = _joined(scene, phrases, n) if k == sentence or phrase.opens_sentence else None
            if joined:
                yield _Mention(phrase, phrase.start, joined[-1].end, k, joined, 0)


def _named(scene: Scene, k: int, start: int, end: int) -> _Mention:
    """The mention of a name that the reader of names found, as a phrase of its own."""
    words = scene.words(k)
    inside = tuple(w for w in words if start <= w.start and w.end <= end)
    inside = inside or (Word(start, end, scene.work[start:end], "x"),)
    left = next((w for w in reversed(words) if w.end <= start), None)
    right = next((w for w in words if w.start >= end), None)
    whole = (*inside[:-1], Word(inside[-1].start, end, scene.work[inside[-1].start : end], inside[-1].tag))
    held = scene.work[scene.sentences[k][0] : start].rpartition(",")
    phrase = Phrase(whole, not (held[0] + held[2]).strip("|, "), not held[2].strip("|, "), left, right)
    return _Mention(phrase, start, end, k, whole, 0)


def _prefixes(phrase: Sequence[Word]) -> Iterator[int]:
    """Ends of the beginnings of a phrase that may be a name by themselves."""
    for end in range(1, min(len(phrase), 7)):
        word = phrase[end - 1]
        if word.text in "“‘《" or (
            word.tag == "x" and len(word.text) == 1 and phrase[end].tag == "x" and len(phrase[end].text) == 1
        ):
            continue
        yield end


def _joined(scene: Scene, phrases: Sequence[Phrase], n: int) -> tuple[Word, ...] | None:
    """A phrase with the next that 的, 和 or 、 joins to it."""
    if n + 1 >= len(phrases):
        return None
    one, other = phrases[n], phrases[n + 1]
    link = scene.work[one.end : other.start]
    if link in ("的", "和", "与", "、", "及") and len(one.words) + len(other.words) <= 12:
        middle = Word(one.end, other.start, link, "u" if link == "的" else "c")
        return (*one.words, middle, *other.words)
    return None


def _known(scene: Scene, draft: Draft, told: Story) -> Iterator[str]:
    passage = scene.passage
    yield fold(passage.subject)
    yield from _headline(passage.headline)
    yield from told.known


@lru_cache(maxsize=256)
def _headline(headline: str) -> tuple[str, ...]:
    """Noun phrases of a headline, and the first words of its first."""
    if not headline:
        return ()
    folded = fold(headline)
    scene_words = cut(folded)
    found = noun_phrases(scene_words)
    out = [text_of(p.words) for p in found[:4]]
    if found:
        out += [text_of(found[0].words[:end]) for end in _prefixes(found[0].words)]
    return tuple(t for t in out if len(t) > 1)


class _View:
    """What the features of all candidates of one figure share."""

    def __init__(self, scene: Scene, draft: Draft, told: Story, sentence: int, others: Sequence[str]) -> None:
        self.scene, self.draft, self.told, self.sentence = scene, draft, told, sentence
        self.rule = fold(draft.figure.subject)
        self.article = fold(scene.passage.subject)
        self.headline = fold(scene.passage.headline)
        self.metric = fold(draft.figure.of + draft.figure.metric)
        self.kind = kind_of(draft.quantity)
        self.at = draft.quantity.hedge_start
        self.before = scene.work[: draft.quantity.start]
        self.marks = [m.start() for m in CLAUSE.finditer(scene.work, scene.sentences[sentence][0], self.at)]
        self.phrases = [p.start for p in scene.phrases(sentence)]
        self.others = others
        self.most = max((told.count(text)[0] for text in others if len(text) > 1), default=1) or 1


def _subject_features(text: str, found: Sequence[_Mention], view: _View) -> tuple[float, ...]:
    told, scene, at = view.told, view.scene, view.at
    entity, last, first, length, realm, nobody, measure, ends, de, listed, unknown, place, digits = (
        phrase_shape(text)
    )
    prior = [m for m in found if m.start < at]
    near = max(
        prior,
        key=lambda m: (m.sentence == view.sentence, m.phrase is not None and m.phrase.opens_clause, m.start),
        default=None,
    )
    behind = [m for m in found if m.start >= at]
    follow = min(behind, key=lambda m: m.start, default=None)
    best = near or follow
    phrase = best.phrase if best else None
    right = (
        (phrase.words[len(phrase.words) - best.prefix] if best.prefix else phrase.right)
        if phrase and best
        else None
    )
    if phrase and best and best.end > phrase.end:
        right = None
    left = phrase.left if phrase else None
    between = sum(best.end <= p < at for p in view.phrases) if best and best.start < at else 0
    marks = sum(best.start <= m < at for m in view.marks) if best and best.sentence == view.sentence else 9
    return (
        view.kind,
        not text,
        text == view.rule,
        bool(text) and text in view.rule,
        bool(view.rule) and view.rule in text,
        text == view.article,
        (bool(text) and text in view.article) or (bool(view.article) and view.article in text),
        bool(text) and text in view.headline,
        *told.count(text),
        view.sentence - best.sentence if best else 9,
        at - best.end if best and best.start < at else -1,
        follow.start - view.draft.quantity.end if follow else -1,
        marks,
        best is not None and view.draft.clause[0] <= best.start < view.draft.clause[1],
        bool(phrase and phrase.opens_sentence),
        bool(phrase and phrase.opens_clause),
        entity,
        last,
        first,
        length,
        view.before.count(text) if text else 0,
        told.openers.get(text, 0),
        right is not None and right.text == "的",
        tag_of(right),
        best.prefix if best else 0,
        tag_of(left),
        _PREPOSITIONS.get(left.text, 0) if left else -1,
        realm,
        nobody,
        measure,
        ends,
        between,
        de,
        listed,
        unknown,
        place,
        bool(best and best.end == at),
        bool(text) and text in view.metric,
        not view.rule,
        not view.article,
        told.lead.index(text) if text in told.lead else -1,
        bool(best and best.words and best.words[0].text in "“《"),
        text in told.openers,
        told.count(text)[0] / view.most,
        sum(text in other for other in view.others) if text else 0,
        bool(view.draft.growth),
        bool(best and scene.work[best.end : best.end + 1] in (",", "|", ":")),
        bool(best and not best.prefix),
        digits,
        right is not None and right.text in _SPEAKING,
        right is not None and right.text in LIGHT,
        bool(best and _SOURCE.search(scene.work[max(0, best.start - 3) : best.start])),
        told.names.get(text, 0),
        last == 3,
        text in GENERIC,
        told.openers.get(text, 0) / max(1, told.openers.total()),
        right is not None and right.tag == "v",
        nameness(text),
        told.count(text)[1] == 0 and bool(text),
    )
