"""Figures of tables: a cell's row is its subject and its column its metric, or the other way round.

Unit and period come from the cell, its column, its row, or what stands above the table, whichever says
one first; the row of a total is about what the table is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.chinese.fold import fold
from qa.chinese.names import names
from qa.chinese.numerals import Quantity
from qa.chinese.periods import read_period, stated_year
from qa.chinese.units import base
from qa.figures.grid import TOTAL, Entry, Head, caption_unit, entries, named
from qa.figures.modes import mode_of
from qa.figures.nounphrase import ends_in_measure
from qa.schema import Figure, Passage, Value, original_range

_WHOLLY_TIME = re.compile(r"[\d年月日季度上下前本去今同期半末底初至截—~～\-－第一二三四五六七八九十全累计]+")
_OF_SUBJECTS = re.compile(
    r"(?:地|市|县|区|乡|镇|街道|省|州|国家?|园区|地区|城市|企业|公司|单位|机构|项目|学校|医院|部门|行业|品牌|客户)"
    r"(?:名称?|全称)?|名称|[市县区]{2,3}"
)
_OF_METRICS = re.compile(r"指标(?:名称)?|科目|内容|类别|分类")
_ABOUT = re.compile(
    r"^(?:附?表\s*[\d一二三四五六七八九十.\-]*[:：]?)|(?:各|全)[省市县区镇乡州国类项个]+[区县市]?|主要"
    r"|(?:完成)?(?:情况|统计)?(?:一览|统计|汇总|明细)?表$|(?:完成)?情况$|统计$|[#《》（）()\s]"
)
GENERIC = re.compile(r"数值|数据|数|值|金额|数额|数量|数目|总量|总额|绝对(?:值|额|数)|实绩|情况|内容|合计")
"""Headers that name no metric of their own."""


def cell_figures(passage: Passage, original: str, carried: Head | None) -> tuple[list[Figure], Head | None]:
    """Figures of the tables of a passage, and the head that the next passage may go on with.

    `original` is what the passage's offsets point into.
    """
    above = " ".join(filter(None, (passage.headline, passage.section)))
    found, head = entries(passage.text, carried, above)
    # A table of many is about none of them.
    among = {text for entry in found for text in entry.labels + entry.headers}
    about = "" if passage.subject in among else passage.subject
    return [figure for entry in found for figure in _figure(passage, original, entry, about)], head


def is_time(text: str) -> bool:
    """Whether a header or label is a period and nothing else."""
    return bool(read_period(fold(text))) and _WHOLLY_TIME.fullmatch(fold(text)) is not None


def _figure(passage: Passage, original: str, entry: Entry, about: str) -> Iterator[Figure]:
    q = entry.quantity
    if q is None:
        return
    bare = [named(part) for part in entry.headers]
    column = _joined([name for name, _ in bare if not is_time(name)])
    label, own = named(entry.labels[0]) if entry.labels else ("", "")
    subject, of, metric = _bound(entry, about, label, column)
    period = _period(entry, [name for name, _ in bare])
    units = [unit for _, unit in reversed(bare) if unit]
    unit = q.value.unit or next(iter([*units, *filter(None, (own, entry.unit))]), "")
    unit = unit or caption_unit(entry.head.above, column or metric)
    yield _record(passage, original, entry, q, (subject, of, metric, unit, period))


def _joined(parts: list[str]) -> str:
    """Headers from top to bottom as one name: a total adds nothing to what it is the total of."""
    said = [part for part in parts if not TOTAL.fullmatch(fold(part))] or parts
    return "".join(said)


def _bound(entry: Entry, about: str, label: str, column: str) -> tuple[str, str, str]:
    """Subject, what the figure belongs to, and metric."""
    first = entry.head.columns[entry.head.labels[0]] if entry.head.labels else ()
    title = first[-1] if first else ""
    if entry.is_total:
        own = "" if GENERIC.fullmatch(column) else column
        return about, label, own or _title(entry.head.above) or column
    if is_time(label):
        return about, entry.group, column or _title(entry.head.above)
    if not column or GENERIC.fullmatch(column):
        if _names_subjects(title, label):
            return label, "", _title(entry.head.above) or column
        return about, entry.group, label
    rows_measure = _OF_METRICS.fullmatch(title) is not None or ends_in_measure(fold(label))
    if not _names_subjects(title, label) and rows_measure and not ends_in_measure(fold(column)):
        return column, entry.group, label
    if _OF_METRICS.fullmatch(title) and not _names_subjects("", label):
        return about, label, column  # 指标 | 总量 | 增长率: a metric's rate
    return " ".join(named(said)[0] for said in entry.labels), entry.group, column


def _names_subjects(title: str, label: str) -> bool:
    """Whether rows are of zones, companies and the like, by the header above them or by a name."""
    return _OF_SUBJECTS.fullmatch(title) is not None or any(
        name.start == 0 and name.end == len(label) for name in names(label)
    )


def _title(above: str) -> str:
    """What a table is of, by the last part of the text above it that says so: 2021年各县税收情况."""
    for part in reversed(above.split()):
        if ":" in fold(part):
            continue
        period = read_period(fold(part))
        bare = _ABOUT.sub("", part.replace(period.said, "") if period else part)
        if bare and ends_in_measure(fold(bare)):
            return bare
    return ""


def _period(entry: Entry, headers: list[str]) -> str:
    """The period of a cell: of its column, its row, or the text above the table."""
    for part in (*headers, *(named(label)[0] for label in entry.labels)):
        if is_time(part):
            return part
    return next((said for part in reversed(entry.head.above.split()) if (said := _said(part))), "")


def _said(part: str) -> str:
    """The period that a part of a title names, as it stands there."""
    period = read_period(fold(part))
    return period.said if period and period.year and period.said in part else ""


def _record(
    passage: Passage, original: str, entry: Entry, q: Quantity, said: tuple[str, str, str, str, str]
) -> Figure:
    subject, of, metric, unit, period = said
    name, factor, _ = base(fold(unit))
    whole = passage.start, passage.end
    cell, row = entry.cell, entry.row
    start, end = original_range(passage.origin, cell.start, cell.end) or whole
    clause_start, clause_end = original_range(passage.origin, row[0].start, row[-1].end) or whole
    scale = 1 if q.value.unit else factor
    heard = "，".join((*entry.headers, *entry.labels))
    return Figure(
        passage=passage.id,
        document=passage.document,
        subject=subject,
        metric=metric,
        value=Value(q.value.number, unit),
        number=q.number if q.value.unit else q.value.number * scale,
        unit=q.unit if q.value.unit else name,
        quote=original[start:end],
        text=cell.text,
        start=start,
        end=end,
        clean_start=cell.start,
        clean_end=cell.end,
        clause_start=clause_start,
        clause_end=clause_end,
        upper=None if q.upper is None else q.upper * scale,
        qualifier=q.qualifier,
        mode=mode_of(fold(heard), fold(heard), False, fold(metric), q)[0],
        period=period,
        year=stated_year(fold(period), None) if period else None,
        of=of,
    )
