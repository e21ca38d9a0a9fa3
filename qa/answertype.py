"""Whether a short answer is the sort of thing that is asked for: a person, a time, a place, a firm."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from qa import spans
from qa.evidence import View
from qa.fold import fold
from qa.query import Query
from qa.spans import Span

FITS, MAY, SELDOM = 1.0, 0.6, 0.25
_PERSON = re.compile(
    rf"(?:{spans.TITLE})?[{spans.SURNAME}][一-龥]{{1,2}}(?:{spans.TITLE}|同志|先生|女士)?$|[一-龥a-z]+·[一-龥a-z·]+$"
)
_BODY = re.compile(
    r"(?:局|公司|集团|银行|政府|办公室|[管常]委会?|协会|商会|法院|[党团省市县区]委|学校|医院)$"
)
_TITLED = re.compile(rf"(?:{spans.TITLE})[，,:：]?$")
_PLACE = re.compile(r"[省市县区镇乡村州国岛港湾园城路街道厅楼馆院校所中心站场厂店处室里上内旁侧部地带门口]$")
_CLOCK = re.compile(r"\s*\d{1,2}:\d\d|\s*(?:来源|作者|编辑|发布)")
_PUBLISHED = re.compile(r"发[布表出稿]|刊[登发]|报道|稿|[登上]报|见报|落款|公布")
_ANYTHING = re.compile(r"事情?$|方面$|东西$|内容$|情况$|办法$|做法$|步$|点$")
"""Nouns of a question that stand for anything: what is asked for need not be called so."""
AMOUNT = re.compile(r"\d[\d.]*[万亿千百多余]*(?:元|分$|分钟|小时|[个家亩户套%台吨件人名]|平方|公里)")
_COMMON = re.compile(r"(?:干部|内部|全部|外部|大部|局部|社会|机会|都会|[帮承主举经代协]办|问题|负责人)$")
_OFTEN = re.compile(r"多久|多长时间|频率|几[天日周]|几个[月季]|每")
_NUMBER = re.compile(r"\d[\d.,]*[万亿]?.?")
_ORGANISED = ("company", "park")


def type_fit(query: Query, view: View, start: int, end: int) -> float:
    """FITS, MAY or SELDOM for clean range [start, end) of a view as an answer to the question."""
    said = view.folded[start:end].strip(" 、，,。“”")
    kinds = {kind for s, e, kind, _ in view.passage.names if start <= s and e <= end and e >= end - 1}
    if query.kind == "when":
        return SELDOM if not spans.is_time(said) else _dated(query, view, start, end)
    if query.kind == "who":
        titled = _TITLED.search(view.folded, max(0, start - 8), start) and 2 <= len(said) <= 6
        return FITS if titled or _PERSON.match(said) else MAY if kinds or _BODY.search(said) else SELDOM
    if query.kind == "where":
        return FITS if kinds & {"place", "zone", "park"} or _PLACE.search(said) else MAY
    if query.kind in ("why", "how"):
        return _explained(query, view, start, end)
    if query.kind == "which" and _NUMBER.fullmatch(said):
        return SELDOM
    if query.kind != "which" or not query.noun:
        return FITS
    return _named_like(query.noun, said, view.folded, start, end, kinds)


def _dated(query: Query, view: View, start: int, end: int) -> float:
    """SELDOM for the date of the text itself (at its head) where its publishing is not asked for."""
    if view.folded.startswith("每", start) != bool(_OFTEN.search(query.folded)):
        return SELDOM
    head = view.passage.kind in ("meta", "byline") or _CLOCK.match(view.folded, end) or not start
    return SELDOM if head and not _PUBLISHED.search(query.folded) else FITS


def _explained(query: Query, view: View, start: int, end: int) -> float:
    """FITS for what is said as a reason or as a means, SELDOM for a word or a date."""
    propose = spans.reasons if query.kind == "why" else spans.means
    told = propose(view.folded, *view.sentence_at(start))
    if any(min(p.end, end) - max(p.start, start) > 0.5 * (end - start) for p in told):
        return FITS
    return SELDOM if end - start < 5 or spans.is_time(view.folded[start:end]) else MAY


def list_fit(query: Query, view: View, items: Sequence[Span]) -> float:
    """Whether a list is of what is asked for: its items are called so, or the words round it say so."""
    noun = query.noun
    if not noun or _ANYTHING.search(noun):
        return FITS
    text, endings = view.folded, (noun, noun[-2:], *_endings(noun))
    if sum(text[i.start : i.end].endswith(endings) for i in items) * 2 >= len(items):
        return FITS
    start, end = items[0].start, items[-1].end
    lead = re.split(r"[，,；;。]", text[max(0, start - 16) : start])[-1]
    if start == view.sentence_at(start)[0]:
        lead = text[slice(*view.sentence_at(max(0, start - 1)))]
    tail = re.split(r"[，,；;。]", text[end : end + 30])[0]
    near = f"{lead} {tail} {fold(view.passage.section)}"
    head = near + " " + text[slice(*view.sentence_at(max(0, start - 1)))]
    return FITS if noun[-2:] in near else MAY if noun[-2:] in head else SELDOM


def _named_like(noun: str, said: str, text: str, start: int, end: int, kinds: set[str]) -> float:
    endings = _endings(noun)
    if said.endswith((noun, noun[-1], *endings)) and not _COMMON.search(said):
        return FITS
    marks = text[max(0, start - 1) : start] + text[start : start + 1]
    if any(pair in endings and pair[0] in marks for pair in ("“”", "《》")):
        return FITS
    if "公司" in endings and "company" in kinds:
        return FITS
    return MAY if kinds & set(_ORGANISED) else SELDOM if len(endings) > 1 else MAY


def name_endings(noun: str) -> tuple[str, ...]:
    """What to look for names of a sort by: the noun itself and the longer endings of its sort."""
    return tuple(dict.fromkeys((noun, *(e for e in _endings(noun) if len(e) > 1 and e[0] not in "“《"))))


@cache
def _endings(noun: str) -> tuple[str, ...]:
    """What names of a sort end in, by the longest asked noun of the table that ends like `noun`."""
    table = _table()
    for cut in range(len(noun)):
        if noun[cut:] in table:
            return table[noun[cut:]]
    return (noun,)


@cache
def _table() -> dict[str, tuple[str, ...]]:
    made: dict[str, tuple[str, ...]] = {}
    for line in Path(__file__).with_name("data").joinpath("answer_types.txt").read_text("utf-8").splitlines():
        if line and line[0] != "#":
            asked, endings = line.split("\t")
            made |= {noun: (*made.get(noun, ()), *endings.split()) for noun in asked.split()}
    return made
