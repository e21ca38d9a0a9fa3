"""Which of the candidates a figure's subject, metric and period are: the forest's choice.

A field is empty where the empty candidate is the likeliest. What is chosen is remembered for the figures
that follow in the article.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from qa.chinese import periods as period_grammar
from qa.chinese.fold import fold
from qa.documents.subjects import is_zone
from qa.figures.candidates import Candidate, story
from qa.figures.draft import Draft, Text
from qa.figures.forest import forests
from qa.figures.metric_candidates import metrics
from qa.figures.period_candidates import periods
from qa.figures.scene import Scene
from qa.figures.subject_candidates import subjects
from qa.schema import Figure


def scene_of(text: Text, drafts: Sequence[Draft]) -> Scene:
    """The passage of some drafts as their candidates are looked for in it."""
    stops = [(d.quantity.hedge_start, d.quantity.end) for d in drafts]
    sentences = text.passage.sentences or ((0, len(text.raw)),)
    return Scene(text.passage, text.folded, text.work, text.times, stops, sentences)


def decided(candidates: Sequence[Sequence[Candidate]], field: str) -> list[Candidate]:
    """For each figure the candidate that the forest of `field` finds likeliest; the first of equals."""
    rows = [c.features for held in candidates for c in held]
    scores = forests()[field].score(rows) if rows else np.zeros(0)
    out, at = [], 0
    for held in candidates:
        out.append(held[int(scores[at : at + len(held)].argmax())])
        at += len(held)
    return out


LEAST = 4
"""Sentences that an article has at least for its figures to be chosen anew: the forests were fitted to whole
articles, where what a sentence leaves out stands elsewhere; a note of few sentences is read by the rules."""


CROWDED = 10
"""Characters for each figure at least: where they stand closer, there are no words to choose among."""


def _settled(readings: Sequence[tuple[Text, Sequence[Draft]]]) -> bool:
    """Whether the rules' reading stands: a note of few sentences, mere numbers, or an article about a zone.

    What 该区, 园区 and a silent clause stand for is known there from the article's structure, which the
    forests do not see: with them, right and cited answers on the seeds fell from 0.90 to 0.80.
    """
    passages = [text.passage for text, _ in readings]
    if sum(len(p.sentences) or 1 for p in passages) < LEAST:
        return True
    if CROWDED * sum(len(drafts) for _, drafts in readings) > sum(len(p.text) for p in passages):
        return True
    return any(is_zone(p.subject) for p in passages)


def choose(readings: Sequence[tuple[Text, Sequence[Draft]]]) -> Iterator[Figure]:
    """The figures of an article's passages with subject, metric and period chosen anew."""
    if _settled(readings):
        yield from (draft.figure for _, drafts in readings for draft in drafts)
        return
    scenes = [scene_of(text, drafts) for text, drafts in readings]
    told = story(scenes)
    each = [
        (text, scene, draft)
        for (text, drafts), scene in zip(readings, scenes, strict=True)
        for draft in drafts
    ]
    whose = decided([subjects(scene, draft, told) for _, scene, draft in each], "subject")
    when = decided(
        [c for scene, (_, drafts) in zip(scenes, readings, strict=True) for c in periods(scene, drafts)],
        "period",
    )
    for (text, scene, draft), subject, period in zip(each, whose, when, strict=True):
        (metric,) = decided([metrics(scene, draft, told, subject.text)], "metric")
        told.metrics.append((metric.of, metric.text))
        yield _chosen(text, draft, subject.text, metric, period.text)


def _chosen(text: Text, draft: Draft, subject: str, metric: Candidate, period: str) -> Figure:
    figure, today = draft.figure, text.passage.date
    year = figure.year
    if period != figure.period:
        year = period_grammar.stated_year(fold(period), today.year if today else None) if period else None
    end = draft.quantity.end
    return replace(
        figure,
        subject=text.as_written(subject, end),
        metric=text.as_written(metric.text, end),
        of=text.as_written(metric.of, end),
        period=period,
        year=year,
    )
