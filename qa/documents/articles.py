"""Part the blocks of a file into articles; position alone does not tell which headline a body has.

`qa.documents.outline` tells titles from section headings and groups paragraphs into stretches that no
title, byline or dateline interrupts. Here every stretch gets the headline that shares its words
and its zone's name, near ones preferred; where several bodies follow one another and their
headlines stand together elsewhere, a stretch is cut between the headlines (a Viterbi search).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from math import log

from qa.chinese.fold import fold
from qa.chinese.names import names
from qa.documents.dates import stated_date
from qa.documents.outline import LONGEST_TITLE, Outline, Stretch, join_title, outline, settle_kinds
from qa.documents.subjects import shortest_forms, subject_of
from qa.schema import Article, Block, When

_SAMPLE = 3000
"""Characters of a paragraph, and paragraphs' worth of an article, that are weighed."""
_NEAR = 12
"""Headlines further than this many titles away are not weighed: bounds the work on huge files."""
_SWITCH = 0.3
"""Cost of going over to another headline inside a stretch; a coverage of words is 0 to 1."""
_STICK = 0.25
_TEXT = ("paragraph", "headline", "heading")
_ZONE = 0.5
_DIRECT, _BEHIND = 0.6, 0.15
_STAND_IN = re.compile(r"[该我本]区|该(?:县|市|镇|园区|公司|企业|项目)")
_GOES_ON = re.compile(r"\s*(?:该|其中|此外|另外|同时|据悉|据了解|不仅如此)")
_WORD = re.compile(r"[\u4e00-\u9fffa-z0-9]+")


def _grams(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters of folded text, not across punctuation."""
    found: set[str] = set()
    for word in _WORD.findall(fold(text[:_SAMPLE])):
        found.update(map("".join, pairwise(word)))
    return frozenset(found)


def _zones(text: str) -> Counter[str]:
    return Counter(name.key for name in names(text[:1500], 60) if name.kind == "zone")


class _Weights:
    """How well a text's words and zones fit each headline of an outline."""

    def __init__(self, blocks: Sequence[Block], plan: Outline) -> None:
        self.heads = [i for i, title in enumerate(plan.titles) if not title.section]
        self.grams = {i: _grams(plan.titles[i].text) for i in self.heads}
        self.zones = {i: set(_zones(plan.titles[i].text)) for i in self.heads}
        self.zonal = len(set[str]().union(*self.zones.values())) > 1
        wanted = Counter(gram for grams in self.grams.values() for gram in grams)
        paragraphs = [i for stretch in plan.stretches for i in stretch.blocks]
        self.texts = {i: _grams(blocks[i].clean.text) & wanted.keys() for i in paragraphs}
        seen = Counter(gram for grams in self.texts.values() for gram in grams)
        n = len(paragraphs)
        self.rare = {g: log(1 + n / (seen[g] or 0.5)) / shared for g, shared in wanted.items()}
        self.total = {i: sum(self.rare[g] for g in grams) or 1.0 for i, grams in self.grams.items()}
        self.goes_on = {i for i in paragraphs if _GOES_ON.match(fold(blocks[i].clean.text[:12]))}
        self.named = {i: _zones(blocks[i].clean.text) for i in paragraphs}

    def fit(self, members: Iterable[int], head: int) -> float:
        """Share of the headline's words that the paragraphs hold, better or worse by its zone."""
        members = list(members)[:40]
        held = frozenset[str]().union(*(self.texts[i] for i in members)) & self.grams[head]
        score = sum(self.rare[g] for g in held) / self.total[head]
        said = sum((self.named[i] for i in members), Counter[str]())
        if self.zonal and self.zones[head] and said:
            top = max(said.values())
            agree = any(said[zone] * 2 >= top for zone in self.zones[head])
            score += _ZONE if agree else -_ZONE * (not self.zones[head] & said.keys())
        return score


def _headlines_near(stretch: Stretch, heads: list[int]) -> list[int]:
    """Those of the rising `heads` that stand near a stretch."""
    first = bisect_left(heads, stretch.titles_before - _NEAR)
    return heads[first : bisect_right(heads, stretch.titles_before + _NEAR)]


def _claim_headlines(plan: Outline, weights: _Weights) -> set[int]:
    """Give headlines to the stretches that they stand before and to those with a dateline.

    A headline right behind a stretch wins over the one before it where it fits far better.
    """
    scored: list[tuple[float, int, int]] = []
    for n, stretch in enumerate(plan.stretches):
        after = stretch.after if stretch.after in weights.grams else None
        if stretch.before is not None:
            heads = [h for h in (stretch.before, after) if h is not None]
        else:
            heads = _headlines_near(stretch, weights.heads) if stretch.dated else []
        for h in heads:
            place = _DIRECT if h == stretch.before else _BEHIND if h == after else 0.0
            scored.append((weights.fit(stretch.blocks, h) + place, -n, h))
    taken: set[int] = set()
    for score, n, head in sorted(scored, reverse=True):
        stretch = plan.stretches[-n]
        if not stretch.heads and head not in taken and (score > 0.1 or head == stretch.before):
            stretch.heads = [head] * len(stretch.blocks)
            taken.add(head)
    return taken


def _spread_headlines(plan: Outline, weights: _Weights, taken: set[int]) -> None:
    """Give the other stretches the free headlines that fit, or that of the stretch before."""
    last: int | None = None
    for stretch in plan.stretches:
        if not stretch.heads and not stretch.dated:
            joined = stretch.joined and last is not None
            heads = [h for h in _headlines_near(stretch, weights.heads) if h not in taken]
            heads += [last] if joined and last is not None and last not in heads else []
            path = _cut_between_headlines(stretch, heads, last if joined else None, weights)
            if not path and not joined:
                claimed = [h for h in _headlines_near(stretch, weights.heads) if h in taken]
                path = _cut_between_headlines(stretch, claimed, None, weights)
            stretch.heads = path or [last] * len(stretch.blocks)
        if not stretch.heads:
            stretch.heads = [None] * len(stretch.blocks)
        last = stretch.heads[-1]


def _cut_between_headlines(
    stretch: Stretch, heads: list[int], last: int | None, weights: _Weights
) -> list[int | None]:
    """The best headline per paragraph; changing it costs, keeping that of the stretch before helps."""
    if not heads or (heads != [last] and max(weights.fit(stretch.blocks, h) for h in heads) <= 0.1):
        return []
    best = {h: (_STICK if h == last else 0.0) for h in heads}
    steps: list[dict[int, int]] = []
    for n, block in enumerate(stretch.blocks):
        top = max(heads, key=lambda h: best[h])
        cost = _SWITCH + (_ZONE if block in weights.goes_on else 0.0)
        came, scores = {}, {}
        for h in heads:
            move = n > 0 and best[top] - cost > best[h]
            came[h] = top if move else h
            scores[h] = (best[top] - cost if move else best[h]) + weights.fit([block], h)
        best = scores
        steps.append(came)
    head = max(heads, key=lambda h: best[h])
    path: list[int | None] = []
    for came in reversed(steps):
        path.append(head)
        head = came[head]
    return path[::-1]


def _group_by_headline(plan: Outline) -> list[tuple[int | None, list[list[int]]]]:
    """Per article its headline and its runs of paragraph blocks, in file order."""
    found: list[tuple[int | None, list[list[int]]]] = []
    place: dict[int, int] = {}
    for stretch in plan.stretches:
        runs: list[tuple[int | None, list[int]]] = []
        for block, head in zip(stretch.blocks, stretch.heads, strict=True):
            if runs and runs[-1][0] == head:
                runs[-1][1].append(block)
            else:
                runs.append((head, [block]))
        for head, run in runs:
            if head is not None and head in place:
                found[place[head]][1].append(run)
            elif head is None and found and not stretch.dated and found[-1][0] is None:
                found[-1][1].append(run)
            else:
                if head is not None:
                    place[head] = len(found)
                found.append((head, [run]))
    return found


def _reading_order(blocks: Sequence[Block], plan: Outline, runs: list[list[int]]) -> list[int]:
    """The runs of an article, its opening first: the run that names what another calls 该区."""
    first = blocks[runs[0][0]].clean.text[:300]
    stand_in = _STAND_IN.search(fold(first)) if len(runs) > 1 else None
    if stand_in and not _zones(first[: stand_in.start()]):
        for n, run in enumerate(runs[1:], 1):
            between = range(runs[n - 1][-1] + 1, run[0])
            apart = any(i not in plan.sections and blocks[i].kind in _TEXT for i in between)
            if apart and _zones(blocks[run[0]].clean.text[:300]):
                runs = [run, *runs[:n], *runs[n + 1 :]]
                break
    return [block for run in runs for block in run]


def articles(blocks: Sequence[Block], name: str = "") -> tuple[Article, ...]:
    """Articles of one file in the order of their bodies; boilerplate belongs to none.

    Every other block is in exactly one article: headlines first, then text with its section
    headings and captions in reading order. `name` is only for the caller's messages. Subject,
    headline and date are "" or None where the text states none.
    """
    blocks = settle_kinds(blocks)
    plan = outline(blocks)
    if not plan.stretches:
        members = [i for i, block in enumerate(blocks) if block.kind != "boilerplate"]
        return (_make_article(blocks, plan, [], members, members, ""),) if members else ()
    if len([t for t in plan.titles if not t.section]) + sum(s.dated for s in plan.stretches[1:]) > 1:
        weights = _Weights(blocks, plan)
        _spread_headlines(plan, weights, _claim_headlines(plan, weights))
        groups = _group_by_headline(plan)
    else:
        end = plan.stretches[-1].blocks[-1]  # what follows the last paragraph heads nothing
        head = next((i for i, t in enumerate(plan.titles) if not t.section and t.blocks[0] < end), None)
        groups = [(head, [[i for s in plan.stretches for i in s.blocks]])]
    return _assemble(blocks, plan, groups)


def _assemble(
    blocks: Sequence[Block], plan: Outline, groups: list[tuple[int | None, list[list[int]]]]
) -> tuple[Article, ...]:
    """Articles of the groups, every title, caption, byline and meta line given to one of them."""
    titles = [plan.titles[head].blocks if head is not None else [] for head, _ in groups]
    owner: dict[int, int] = {}
    for n, (_, runs) in enumerate(groups):
        owner.update(dict.fromkeys([*titles[n], *(i for run in runs for i in run)], n))
    _assign_loose_blocks(
        blocks, owner, [_grams_of(blocks, runs) for _, runs in groups] if len(groups) > 1 else []
    )
    members: list[list[int]] = [[] for _ in groups]
    for block in sorted(owner):
        members[owner[block]].append(block)
    fallback = _file_subject(blocks, plan) if len(groups) > 1 else ""
    made = [
        _make_article(blocks, plan, titles[n], _reading_order(blocks, plan, runs), members[n], fallback)
        for n, (_, runs) in enumerate(groups)
    ]
    return _unify_subjects(made, stated_date([b for b in blocks[:8] if b.kind == "meta"]))


def _file_subject(blocks: Sequence[Block], plan: Outline) -> str:
    """What the headlines of a file and the openings of its bodies are about, taken together."""
    page = [title.text for title in plan.titles if not title.section]
    openings = [blocks[i].clean.text[:400] for stretch in plan.stretches[:20] for i in stretch.blocks[:4]]
    return subject_of(page[:20], "\n".join(openings))


def _grams_of(blocks: Sequence[Block], runs: list[list[int]]) -> frozenset[str]:
    return frozenset[str]().union(*(_grams(blocks[i].clean.text) for run in runs for i in run[:40]))


def _assign_loose_blocks(blocks: Sequence[Block], owner: dict[int, int], texts: list[frozenset[str]]) -> None:
    """Enter into `owner` the blocks that are in no body: by their words (captions) or by their place."""
    before, after = _nearest_owners(blocks, owner)
    for i, block in enumerate(blocks):
        if i in owner or block.kind == "boilerplate":
            continue
        near = [n for n in (before[i], after[i]) if n is not None]
        if not texts:
            owner[i] = 0
        elif block.kind == "caption":
            owner[i] = _nearest_in_words(block, near, texts)
        elif block.kind in ("headline", "heading"):
            owner[i] = near[-1]
        else:
            behind = i > 0 and i - 1 in owner and blocks[i - 1].kind != "paragraph"
            owner[i] = owner[i - 1] if behind else near[0]


def _nearest_owners(
    blocks: Sequence[Block], owner: dict[int, int]
) -> tuple[list[int | None], list[int | None]]:
    """For each block the article of the nearest owned block before and after it."""
    before: list[int | None] = []
    after: list[int | None] = []
    last: int | None = None
    for i in range(len(blocks)):
        last = owner.get(i, last)
        before.append(last)
    last = None
    for i in range(len(blocks) - 1, -1, -1):
        last = owner.get(i, last)
        after.append(last)
    return before, after[::-1]


def _nearest_in_words(block: Block, near: list[int], texts: list[frozenset[str]]) -> int:
    """The article whose words a caption shares most, rare words counting more; near ones win ties."""
    grams = _grams(block.clean.text)
    reach = sorted({n for at in near for n in range(max(0, at - _NEAR), min(len(texts), at + _NEAR + 1))})
    seen = Counter(gram for n in reach for gram in grams & texts[n])

    def score(n: int) -> tuple[float, int]:
        shared = sum(log((len(reach) + 0.5) / seen[gram]) for gram in grams & texts[n])
        return shared + (0.5 if n in near else 0.0), -n

    return max(reach, key=score)


def _make_article(
    blocks: Sequence[Block], plan: Outline, title: list[int], order: list[int], mine: list[int], fallback: str
) -> Article:
    """One article of the blocks `mine`; `order` are its paragraphs as they are to be read."""
    rank: dict[int, float] = {block: float(n) for n, block in enumerate(order)}
    first = dict.fromkeys(title, -2.0)
    rank.update(first)
    ahead, behind = len(order) - 0.5, -1.5
    for i in reversed(mine):
        ahead = rank.get(i, ahead)
        if i in plan.sections:
            rank[i] = ahead - 0.5
    for i in mine:
        if i not in first:
            behind = rank.setdefault(i, behind)
    kept = tuple(
        _with_outline_kind(blocks[i], i in plan.sections) for i in sorted(mine, key=lambda i: (rank[i], i))
    )
    lines = [blocks[i].clean.text for i in title]
    body = "\n".join(blocks[i].clean.text[:_SAMPLE] for i in order[:30])
    headline = join_title(lines)[:LONGEST_TITLE]
    return Article(headline, subject_of(lines, body, fallback), stated_date(kept), kept)


def _with_outline_kind(block: Block, section: bool) -> Block:
    """The block with its kind as the outline read it: headline or section heading."""
    if block.kind not in ("headline", "heading"):
        return block
    return replace(block, kind="heading" if section else "headline")


def _unify_subjects(found: list[Article], date: When | None) -> tuple[Article, ...]:
    """One form of a subject throughout a file, and the file's stated date where an article has none."""
    forms = shortest_forms([article.subject for article in found])
    return tuple(
        replace(article, subject=forms.get(article.subject, article.subject), date=article.date or date)
        for article in found
    )
