"""Figures of documents that nobody tuned for, held against labels made by hand.

    python benchmarks/figure_labels.py LABELS.jsonl --documents FOLDER [--save FILE] [--misses N]

A line of LABELS has `doc`, `start`, `end` (a range that holds the figure), `number`, `unit`, perhaps
`upper`, lists of accepted `subject`, `metric` and `period` ("" where the text says none), `mode` and
`qualifier`. A line with `until` says up to which character a document is labelled.

A figure is *found* where its range overlaps a label's that no other figure took, the ones of equal value
first. Each share of fields is of the figures found. A text is *right* where it equals an accepted one after
folding, or is close to it: the characters they share in order are three quarters of the shorter and half
of the longer (`equal` shows the first alone). A metric may be written with or without what it belongs to
(`of`), and a count with or without 数 or 数量. Qualifiers are right where the hedges (约, 超过 …) are the
same and nothing is said that the label lacks.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from qa.chinese.fold import fold
from qa.chinese.units import base
from qa.documents.load import load
from qa.figures.extract import extract_all
from qa.prepare import prepare
from qa.schema import Figure

GOALS = {
    "found": 0.97, "real": 0.97, "value": 0.98, "subject": 0.88, "metric": 0.85, "period": 0.88,
    "mode": 0.93, "all": 0.70,
}  # fmt: skip
"""What issue and gate ask for: the share that each count must reach."""
_PLAIN = re.compile(r"[\W_]|的|之|了")
COUNT = re.compile(r"(?:数量|数目|个数|人数|户数|总数|数额|金额|数|量|额)$")
_HEDGES = frozenset(
    [
        "约",
        "约合",
        "余",
        "以上",
        "超过",
        "超",
        "多",
        "左右",
        "突破",
        "近",
        "逾",
        "不少于",
        "不低于",
        "不到",
        "至少",
        "至多",
        "最高",
        "最多",
        "以下",
        "以内",
        "不超过",
        "不足",
        "大约",
        "大概",
        "接近",
        "将近",
        "上下",
        "低于",
        "高于",
        "高达",
        "累计",
        "同比",
        "环比",
        "共",
        "共计",
        "合计",
        "总计",
    ]
)
_SAME = {"约合": "约", "大约": "约", "大概": "约", "将近": "近", "接近": "近", "超": "超过", "逾": "超过"}
_SAME |= {"突破": "超过", "共计": "共", "合计": "共", "总计": "共"}
_SHOWN = {"高达", "共", "累计", "同比", "环比"}
"""Qualifiers that a label may leave out (共 stands in half of the labels that have it in the text)."""


@dataclass(frozen=True, slots=True)
class Label:
    """One figure as it was labelled by hand; `number` and `upper` in the base unit."""

    doc: str
    start: int
    end: int
    number: Decimal
    unit: str
    upper: Decimal | None
    texts: dict[str, list[str]]
    mode: str
    qualifier: tuple[str, ...]
    quote: str


def read_labels(path: Path) -> tuple[dict[str, list[Label]], dict[str, int]]:
    """Labels by document, and up to where a document is labelled (whole where it is absent)."""
    labels: dict[str, list[Label]] = defaultdict(list)
    until: dict[str, int] = {}
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        if "until" in row:
            until[row["doc"]] = row["until"]
        else:
            labels[row["doc"]].append(_label(row))
    return labels, until


def _label(row: dict[str, Any]) -> Label:
    unit = fold(row["unit"])
    name, factor, _ = base(unit)
    upper = Decimal(row["upper"]) * factor if row.get("upper") is not None else None
    texts = {field: row[field] for field in ("subject", "metric", "period")}
    return Label(
        row["doc"], row["start"], row["end"], Decimal(row["number"]) * factor, name, upper, texts,
        row["mode"], tuple(row["qualifier"]), row["quote"],
    )  # fmt: skip


def pairs(
    labels: Sequence[Label], figures: Sequence[Figure]
) -> tuple[list[tuple[Label, Figure]], list[Label], list[Figure]]:
    """Labels with the figure that stands in each, and what is left of both."""
    open_labels, left, found = list(labels), list(figures), []
    for equal in (True, False):
        for label in list(open_labels):
            inside = [f for f in left if f.start < label.end and label.start < f.end]
            inside = [f for f in inside if _value(label, f)] if equal else inside
            if inside:
                best = max(inside, key=lambda f: (min(f.end, label.end) - max(f.start, label.start), f.start))
                left.remove(best)
                open_labels.remove(label)
                found.append((label, best))
    return sorted(found, key=lambda p: p[0].start), open_labels, left


def _value(label: Label, f: Figure) -> bool:
    upper = label.upper is None or f.upper == label.upper
    return abs(f.number) == abs(label.number) and upper


_UNITS = {"美金": "美元", "人民币": "元", "位": "人", "大": "个", "大类": "个", "个省": "省(区、市)"}
"""Units that name the same: a rank is in 位 here and in 名 there, which the table counts as people."""


def _unit(label: Label, f: Figure) -> bool:
    mine, other = fold(f.unit), fold(label.unit)
    return mine == other or not other or not mine or _UNITS.get(mine, mine) == _UNITS.get(other, other)


def plain(text: str) -> str:
    """Letters and digits of folded text, without the particles that say nothing."""
    return _PLAIN.sub("", fold(text))


def close(said: str, accepted: str) -> bool:
    """Whether two phrases name the same: equal, or most of the shorter and half of the longer is shared.

    >>> close("社会融资规模存量", "社会融资规模"), close("净利润", "扣非净利润"), close("湖南", "湖北省")
    (True, True, False)
    """
    one, other = plain(said), plain(accepted)
    if one == other:
        return True
    short, long = sorted((len(one), len(other)))
    common = _common(one, other)
    return bool(short) and common >= 0.75 * short and common >= 0.5 * long


def _common(one: str, other: str) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for a in one:
        last = 0
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], last + 1 if a == b else max(row[j], row[j - 1])
    return row[-1]


def _forms(field: str, f: Figure) -> list[str]:
    if field != "metric":
        return [getattr(f, field)]
    return [f.metric, f.of + f.metric, *([f.of] if f.of and f.unit == "%" else [])]


def text_right(field: str, label: Label, f: Figure, strictly: bool) -> bool:
    """Whether subject, metric or period is an accepted one; where "" is accepted, nothing else but those."""
    accepted, said = label.texts[field], _forms(field, f)
    if field == "metric":
        accepted = accepted + [COUNT.sub("", a) for a in accepted]
    if strictly:
        return any(plain(s) == plain(a) for s in said for a in accepted)
    return any(close(s, a) for s in said for a in accepted)


def _hedged(words: Sequence[str]) -> set[str]:
    return {_SAME.get(w, w) for w in words if w in _HEDGES}


def judge(label: Label, f: Figure) -> dict[str, bool]:
    """Which fields of a figure are right."""
    mine, other = _hedged(f.qualifier), _hedged(label.qualifier)
    out = {
        "number": _value(label, f),
        "unit": _unit(label, f),
        "qualifier": other - _SHOWN <= mine and mine - _SHOWN <= other,
        "mode": f.mode == label.mode,
    }
    out["value"] = out["number"] and out["unit"] and out["qualifier"]
    for field in ("subject", "metric", "period"):
        out[field] = text_right(field, label, f, False)
        out[field + " equal"] = text_right(field, label, f, True)
    out["all"] = all(out[name] for name in ("value", "subject", "metric", "period", "mode"))
    return out


def extracted(
    folder: Path, names: Sequence[str], until: dict[str, int]
) -> Iterator[tuple[str, list[Figure]]]:
    """Figures of each document by name, up to where it is labelled."""
    for name in names:
        (document,) = load([folder / name]).documents
        figures = extract_all(prepare(document), document.text)
        yield name, [f for f in figures if f.start < until.get(name, len(document.text))]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("--documents", type=Path, required=True, help="folder of the documents labelled")
    parser.add_argument("--save", type=Path, help="write the shares as JSON")
    parser.add_argument(
        "--misses", default="", help="a field: print what is wrong in it (training labels only)"
    )
    options = parser.parse_args()
    labels, until = read_labels(options.labels)
    counts: Counter[str] = Counter()
    for name, figures in extracted(options.documents, sorted(labels), until):
        found, missed, unreal = pairs(labels[name], figures)
        counts.update(labels=len(labels[name]), figures=len(figures), pairs=len(found))
        for label, figure in found:
            verdict = judge(label, figure)
            counts.update(field for field, right in verdict.items() if right)
            if options.misses in verdict and not verdict[options.misses]:
                _show(options.misses, label, figure)
        if options.misses == "found":
            print(*(f"{name}: {label.quote} | {label.number} {label.unit}" for label in missed), sep="\n")
        if options.misses == "real":
            print(*(f"{name}: {f.quote} | {f.metric}" for f in unreal), sep="\n")
    _report(counts, options.save)


def _show(field: str, label: Label, f: Figure) -> None:
    said = _forms(field, f) if field in label.texts else (f.value, f.upper, f.unit, f.qualifier, f.mode)
    wanted = label.texts.get(field) or (label.number, label.upper, label.unit, label.qualifier, label.mode)
    print(f"{label.doc} {label.quote} | {said} | {wanted}")


def _report(counts: Counter[str], save: Path | None) -> None:
    found = counts["pairs"]
    shares = {"found": found / counts["labels"], "real": found / counts["figures"]}
    for name in ("number", "unit", "qualifier", "value", "subject", "subject equal", "metric", "metric equal",
                 "period", "period equal", "mode", "all"):  # fmt: skip
        shares[name] = counts[name] / found
    print(f"{counts['labels']} labels, {counts['figures']} figures, {found} of both")
    for name, share in shares.items():
        print(f"{name:14} {share:.3f}" + (f"  goal {GOALS[name]:.2f}" if name in GOALS else ""))
    if save:
        save.write_text(json.dumps({k: round(v, 4) for k, v in shares.items()}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
