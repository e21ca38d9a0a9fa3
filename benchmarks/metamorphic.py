"""Change a question and its document alike, and see whether the answer follows.

    python benchmarks/metamorphic.py [--data ../shared/dev] [--n 40] [--seed 0] [--only rename,year]
                                     [--json FILE] [--readme README.md]

In:  `written/questions_dev.jsonl` of the data folder, questions on one document that stand alone. Each is
     asked of its document alone; those that are not answered right (or, where nothing answers, not refused)
     are left out.
Out: for every transformation, over `--n` questions that it can be applied to soundly: the share that holds,
     with 95% intervals, what was refused and what was answered wrong, and the share over all. After
       rename      another name for the place or company that the question names, everywhere
       number      other digits for the number that answers
       unit        another unit for the number that answers, and in the question
       year        all years moved by as many, in document and question
       rephrase    another frame around the question (请问…)
       distractor  the same document about another, with other numbers, beside it
     the answer must follow (a refusal stay one); after
       delete      the sentences that hold the evidence are gone
     it must be refused. What only might be sound is passed over: a number that stands twice, a year that may
     be a count, an answer that the rest of the document says as well.
Source: Chen et al., Metamorphic Testing: A Review of Challenges and Opportunities, 2018.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.quality import into_readme, markdown  # noqa: E402
from qa.chinese.fold import fold  # noqa: E402
from qa.documents.decode import decode  # noqa: E402
from qa.evaluation.metrics import comparable, is_correct  # noqa: E402
from qa.evaluation.questions import Evidence, Question  # noqa: E402
from qa.evaluation.reading import read_questions  # noqa: E402
from qa.evaluation.systems import answer_row  # noqa: E402
from qa.knowledge import KnowledgeBase  # noqa: E402
from qa.pipeline import from_texts  # noqa: E402
from qa.prepare import prepare  # noqa: E402
from qa.question.names import link  # noqa: E402
from qa.schema import Document  # noqa: E402
from qa.search.gazetteer import collect_names  # noqa: E402

Outcome = Literal["right", "refused", "wrong"]


@dataclass(frozen=True)
class Case:
    """A question with its key, and the documents that it is asked of, the one it is about first."""

    question: Question
    documents: Mapping[str, str]

    @property
    def name(self) -> str:
        return next(iter(self.documents))

    @property
    def text(self) -> str:
        return self.documents[self.name]

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every accepted form, of the answer or of its items."""
        return (*self.question.answers, *(form for forms in self.question.items for form in forms))

    def mapped(self, change: Callable[[str], str]) -> Case:
        """The case with document, question and key changed alike."""
        q = self.question
        told = replace(
            q,
            question=change(q.question),
            answers=tuple(map(change, q.answers)),
            items=tuple(tuple(map(change, forms)) for forms in q.items),
        )
        return Case(told, {self.name: change(self.text)})


Transformation = Callable[[Case, random.Random], Case | None]

# Names.

SUFFIX = re.compile(
    r"(?:经济技术开发区|高新技术产业开发区|高新技术开发区|经济开发区|经开区|高新区|开发区|新区|自贸港|自贸区|保税区"
    r"|工业园区?|产业园区?|科技园|园区|自治[州县]|[省市区县州旗镇乡村]|街道|(?:控股|股份)?(?:有限)?公司|集团|大学|银行)$"
)
STEMS = {2: ("淀川", "芷屿", "棠溪", "岚汀"), 3: ("淀川湾", "芷屿坪", "棠溪口"), 4: ("淀川芷屿", "棠溪岚汀")}
"""Invented names by length: text that is moved by no character is cut into the same passages."""


@cache
def names_of(text: str) -> Mapping[str, tuple[str, str]]:
    """The names that the library finds in a document."""
    return collect_names(prepare(Document("a.txt", text, "", "utf-8")))


def named(case: Case) -> str | None:
    """The stem of a name that stands in question and document (东湖 of 东湖高新区), if any."""
    asked = case.question.question
    for name in link(fold(asked), names_of(case.text)):
        stem = SUFFIX.sub("", name.text)
        invented = len(stem) in STEMS and re.fullmatch("[一-龥]+", stem)
        if name.known and name.kind != "project" and invented and stem in asked and stem in case.text:
            return stem
    return None


def another(stem: str, text: str, rng: random.Random) -> str:
    """An invented name as long as `stem` that the text lacks."""
    return rng.choice([made for made in STEMS[len(stem)] if made not in text])


def rename(case: Case, rng: random.Random) -> Case | None:
    stem = named(case)
    if stem is None:
        return None
    new = another(stem, case.text, rng)
    return case.mapped(lambda text: text.replace(stem, new))


# Numbers.

YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?![\d.]|,\d)")
LOOSE = re.compile(r"[〇○零一二三四五六七八九]{2,}年|(?:19|20)\d\d\.\d")
"""Years that are written otherwise."""
DATED = re.compile(r"\s*(?:年|[-/.—~至到]\s*\d)")
WHOLE = re.compile(r"(?<![\d.A-Za-z])\d+(?:,\d{3})*(?:\.\d+)?(?![\dA-Za-z])")
PLACE_IN_TIME = re.compile(r"\s*(?:年|月|日|号|时|点|分|届|:|：|个?月|[-/.—~至到]\s*\d)")


def numbers(text: str) -> Iterator[re.Match[str]]:
    """The numbers of a text that are amounts: no year, date, time of day or ordinal."""
    for m in WHOLE.finditer(text):
        if not PLACE_IN_TIME.match(text, m.end()) and text[m.start() - 1 : m.start()] not in ("第", "-", "—"):
            yield m


def with_other_digits(number: str, step: int) -> str:
    """The number with another first digit, never 0.

    >>> with_other_digits("3.5", 2), with_other_digits("9", 3), with_other_digits("0.8", 1)
    ('5.5', '3', '1.8')
    """
    return str((int(number[0]) + step - 1) % 9 + 1) + number[1:]


def amount(case: Case) -> re.Match[str] | None:
    """The number of the answer in the document, where it stands there once and the question lacks it."""
    found = {m[0] for answer in case.question.answers for m in numbers(answer)}
    if case.question.type != "figure" or len(found) != 1:
        return None
    (number,) = found
    there = [m for m in WHOLE.finditer(case.text) if m[0] == number]
    if len(there) != 1 or number in {m[0] for m in WHOLE.finditer(case.question.question)}:
        return None
    return next((m for m in numbers(case.text) if m[0] == number), None)


def number(case: Case, rng: random.Random) -> Case | None:
    m = amount(case)
    if m is None:
        return None
    there = {n[0] for n in WHOLE.finditer(case.text)}
    steps = [step for step in range(1, 9) if with_other_digits(m[0], step) not in there]
    if not steps:
        return None
    new = with_other_digits(m[0], rng.choice(steps))
    whole = re.compile(rf"(?<![\d.]){re.escape(m[0])}(?![\d]|[.,]\d)")
    return case.mapped(lambda text: whole.sub(new, text))


UNITS = {
    "元": "欧元", "亩": "公顷", "公里": "海里", "平方米": "英亩", "吨": "桶", "公顷": "英亩",
    "米": "英尺", "千瓦": "马力",
}  # fmt: skip
SCALES = "[十百千万亿]*"
MEASURED = re.compile(rf"\s*({SCALES})({'|'.join(sorted(UNITS, key=len, reverse=True))})(?![人/每]|以)")


def unit(case: Case, rng: random.Random) -> Case | None:
    m = amount(case)
    said = MEASURED.match(case.text, m.end()) if m else None
    if m is None or said is None:
        return None
    old, new = said[2], UNITS[said[2]]
    asked = re.compile(rf"((?:多少|几)个?{SCALES}){old}(?![人/每])")
    question = asked.sub(rf"\1{new}", case.question.question)
    if old in question.replace(new, ""):
        return None  # the unit stands for something else, too
    answer = f"{m[0]}{said[1]}{new}"
    text = case.text[: m.end()] + said[1] + new + case.text[said.end() :]
    return Case(replace(case.question, question=question, answers=(answer,)), {case.name: text})


def year(case: Case, rng: random.Random) -> Case | None:
    """All years by as many: order and distance of what is told stay as they are."""
    whole = case.text + "\n" + case.question.question
    years = list(YEAR.finditer(whole))
    if LOOSE.search(whole) or any(not DATED.match(whole, m.end()) for m in years):
        return None
    if not {m[0] for m in YEAR.finditer(case.question.question)} & {m[0] for m in YEAR.finditer(case.text)}:
        return None
    by = rng.randint(3, 9)
    return case.mapped(lambda text: YEAR.sub(lambda m: str(int(m[0]) - by), text))


# Questions and documents.

FRAMES = ("请问{}", "问一下，{}", "我想知道，{}", "帮忙查一下：{}", "{}麻烦告诉我。", "你好，{}谢谢！")


def rephrase(case: Case, rng: random.Random) -> Case | None:
    text = rng.choice(FRAMES).format(case.question.question.rstrip("?？") + "？")
    return Case(replace(case.question, question=text), case.documents)


def distractor(case: Case, rng: random.Random) -> Case | None:
    stem = named(case)
    if stem is None:
        return None
    step = rng.randint(1, 8)
    text, at, parts = case.text.replace(stem, another(stem, case.text, rng)), 0, list[str]()
    for m in numbers(text):
        parts += [text[at : m.start()], with_other_digits(m[0], step)]
        at = m.end()
    return Case(case.question, {case.name: case.text, f"other-{case.name}": "".join([*parts, text[at:]])})


ENDS = "。！？!?\n"


def delete(case: Case, rng: random.Random) -> Case | None:
    q = case.question
    if not q.answerable or q.type not in ("figure", "which", "fact", "list"):
        return None
    rest = case.text
    for start, end in sorted((r for e in q.evidence for r in e.ranges(case.text)), reverse=True):
        low = max((rest.rfind(mark, 0, start) for mark in ENDS), default=-1) + 1
        high = next((i + 1 for i in range(max(end - 1, low), len(rest)) if rest[i] in ENDS), len(rest))
        rest = rest[:low] + rest[high:]
    left = comparable(rest)
    if len(left) < 40 or any(comparable(form) in left for form in case.accepted):
        return None
    return Case(replace(q, answerable=False), {case.name: rest})


TRANSFORMATIONS: dict[str, Transformation] = {
    "rename": rename,
    "number": number,
    "unit": unit,
    "year": year,
    "rephrase": rephrase,
    "distractor": distractor,
    "delete": delete,
}


@lru_cache(maxsize=32)
def base_of(documents: tuple[tuple[str, str], ...]) -> KnowledgeBase:
    return from_texts(dict(documents))


def outcome(case: Case, kb: KnowledgeBase) -> Outcome:
    """What comes of asking: right from its own document, refused, or wrong."""
    row = answer_row(kb.ask(case.question.question), case.question)
    if row["status"] != "answered":
        return "refused"
    own = bool(row["citations"]) and row["citations"][0]["document"] == case.name
    return "right" if case.question.answerable and own and is_correct(row, case.question) else "wrong"


def holds(case: Case, found: Outcome) -> bool:
    return found == ("right" if case.question.answerable else "refused")


@dataclass(frozen=True)
class Tally:
    """How often a transformation was tried and held; what did not hold was refused, or answered wrong."""

    n: int = 0
    held: int = 0
    refused: int = 0
    wrong: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.n + other.n, self.held + other.held, self.refused + other.refused, self.wrong + other.wrong
        )

    @property
    def share(self) -> float:
        return self.held / self.n if self.n else 0.0

    @property
    def half(self) -> float:
        """Half the width of the 95% interval of the share. Source: Wilson, 1927."""
        z, n, p = 1.96, max(self.n, 1), self.share
        return z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5


def tally(case: Case, found: Outcome) -> Tally:
    held = holds(case, found)
    return Tally(1, int(held), int(not held and found == "refused"), int(not held and found != "refused"))


def tried(cases: Iterable[Case], names: Sequence[str], n: int, seed: int = 0) -> dict[str, Tally]:
    """Each transformation applied to the first n cases that it fits and that hold untouched."""
    found = dict.fromkeys(names, Tally())
    for place, case in enumerate(cases):
        made = {}
        for name in names:
            rng = random.Random(f"{seed}/{name}/{place}")
            if found[name].n < n and (other := TRANSFORMATIONS[name](case, rng)):
                made[name] = other
        if not made:
            if all(t.n >= n for t in found.values()):
                break
            continue
        before = base_of(tuple(case.documents.items()))
        if not holds(case, outcome(case, before)):
            continue
        for name, other in made.items():
            found[name] += tally(other, outcome(other, base_of(tuple(other.documents.items()))))
        if sys.stderr.isatty():
            print(f"\r{sum(t.n for t in found.values())} asked ", end="", file=sys.stderr, flush=True)
    return found


def written(data: Path, seed: int) -> Iterator[Case]:
    """The written development questions about one document, those that stand alone, in random order."""
    asked = [
        q
        for q in read_questions(data / "written/questions_dev.jsonl")
        if q.conversation is None and q.type != "compare" and len({e.document for e in q.evidence}) == 1
    ]
    for q in random.Random(seed).sample(asked, len(asked)):
        name = q.evidence[0].document
        yield Case(q, {name: decode((data / "written/docs" / name).read_bytes())[0]})


def case_of(record: Mapping[str, Any], text: str) -> Case:
    """A case of a record with `question`, `type`, `quote` and `answers` (none: unanswerable)."""
    answers = tuple(record["answers"])
    q = Question(
        record["question"], record["question"], bool(answers), answers,
        evidence=(Evidence("a.txt", record["quote"]),), type=record["type"],
    )  # fmt: skip
    return Case(q, {"a.txt": text})


def table(found: Mapping[str, Tally]) -> str:
    """A row for every transformation, and for all, as Markdown."""
    rows = [(name, t) for name, t in found.items()]
    total = sum(found.values(), Tally())
    return markdown(
        ("transformation", "n", "holds", "refused", "wrong"),
        [
            (name, str(t.n), f"{100 * t.share:.1f} ±{100 * t.half:.1f}", str(t.refused), str(t.wrong))
            for name, t in [*rows, ("**all**", total)]
        ],
    )


def main() -> None:
    """Transform, ask, print, keep."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/dev", help="folder with written/")
    parser.add_argument("--n", type=int, default=40, help="questions for each transformation")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default=",".join(TRANSFORMATIONS), help="transformations, by comma")
    parser.add_argument("--json", type=Path, help="keep the numbers here")
    parser.add_argument("--readme", type=Path, help="write the table into this file")
    options = parser.parse_args()
    found = tried(written(options.data, options.seed), options.only.split(","), options.n, options.seed)
    print(table(found))
    if options.json:
        told = {name: vars(t) | {"share": t.share} for name, t in found.items()}
        options.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    if options.readme:
        into_readme(options.readme, table(found), "metamorphic")


if __name__ == "__main__":
    main()
