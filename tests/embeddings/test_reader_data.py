"""What the reader is trained on: answers stand where the examples say, and what must not train does not."""

from __future__ import annotations

import json
import random
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from answering import passage
from hypothesis import given
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parents[2] / "embeddings"))
import reader_data as data
from reader_data import Example, Source, Written

from qa.models.reader import FIRST, ITEM, KINDS, SECOND

TEXT = "报告\n甲区完成税收1,205万元,同比增长20.46%。乙区税收205万元,企业5家;丙区企业25家!"


def words(example: Example, *ranges: tuple[int, int]) -> list[str]:
    return [example.passage[a:b] for a, b in ranges]


@pytest.mark.parametrize(
    ("text", "part", "found"),
    [
        ("25家与5家", "5家", [4]),
        ("1,205万和205万", "205万", [7]),
        ("0.5家、5家", "5家", [5]),
        ("有5和5.5", "5", [1]),
        ("甲甲甲", "甲甲", [0, 1]),
        ("甲", "", []),
        ("甲", "乙", []),
    ],
)
def test_where_an_answer_stands_a_number_only_whole(text: str, part: str, found: list[int]) -> None:
    assert data.places(text, part) == found


def test_of_several_places_the_one_that_shares_most_with_the_question() -> None:
    text = "丙区企业5家。" + "无关的话。" * 12 + "乙区企业5家。"
    assert data.best_place("乙区企业几家", text, "5家") == text.rindex("5家")
    assert data.best_place("几家", text, "5家") == text.index("5家")
    assert data.best_place("几家", text, "7家") == -1


@given(st.text("甲乙。!?;\n”』,", max_size=30))
def test_sentences_cover_the_text(text: str) -> None:
    spans = data.sentences(text)
    assert "".join(text[a:b] for a, b in spans) == text
    assert all(a < b for a, b in spans)


@given(st.text("甲乙。!\n", max_size=60), st.integers(1, 30))
def test_windows_are_whole_sentences_of_the_text_in_order(text: str, size: int) -> None:
    pieces = data.windows(text, size)
    assert text.startswith("".join(pieces)) and text.removeprefix("".join(pieces)).strip() == ""


@pytest.mark.parametrize(
    ("note", "kind", "numbers"),
    [
        ("79-10", data.DIFFERENCE, ["79", "10"]),
        ("300 - 100 - 100 = 100", data.DIFFERENCE, ["300", "100", "100"]),
        ("1,205万＋205万", data.SUM, ["1205", "205"]),
        ("365/36≈10.1", data.RATIO, ["365", "36"]),
        ("12亿*35%", data.PRODUCT, ["12", "35"]),
    ],
)
def test_the_sum_that_a_note_tells(note: str, kind: int, numbers: list[str]) -> None:
    assert data.operation(note) == (kind, numbers)


@pytest.mark.parametrize("note", ["", "只有GDP", "1+2-3", "204>200", "甲-乙", "7"])
def test_another_note_is_not_learnt_from(note: str) -> None:
    assert data.operation(note) is None


def test_operands_are_tagged_in_the_evidence_alone() -> None:
    base = Example("多多少", TEXT, 1.0)
    line = [(TEXT.index("甲区"), TEXT.index(",企业"))]
    made = data.operands(base, (data.DIFFERENCE, ["1205", "205"]), line)
    assert [(TEXT[a:b], tag) for a, b, tag in made.tags or ()] == [("1,205", FIRST), ("205", SECOND)]
    assert (made.kind, made.answers, KINDS[made.kind]) == (data.DIFFERENCE, 1.0, "difference")
    half = data.operands(base, (data.SUM, ["205", "99"]), line)
    assert ([TEXT[a:b] for a, b, _ in half.tags or ()], half.answers) == (["205"], 0.5)
    assert data.operands(base, (data.SUM, ["98", "99"]), line).tags is None


def test_a_growth_is_found_by_its_factor() -> None:
    line = [(0, len(TEXT))]
    made = data.operands(Example("去年", TEXT, 1.0), (data.RATIO, ["1205", "1.2046"]), line)
    assert [(TEXT[a:b], tag) for a, b, tag in made.tags or ()] == [("1,205", FIRST), ("20.46", SECOND)]
    assert data.percentages("0.37") == ["-63", "37"]


@pytest.mark.parametrize(
    ("forms", "low", "high", "found"),
    [
        (["205万元"], 0, 40, "205万元"),
        (["九家", "5家"], 26, 40, "5家"),
        (["25家", "5家"], 30, 40, "5家"),  # inside the evidence before outside of it
        (["七家"], 0, 40, None),
    ],
)
def test_the_form_nearest_to_the_evidence(forms: list[str], low: int, high: int, found: str | None) -> None:
    place = data.nearest(TEXT, forms, low, high)
    assert (TEXT[slice(*place)] if place else None) == found
    assert data.nearest("5家" + "。" * 99, ["5家"], 90, 99) is None


def row(**fields: Any) -> dict[str, Any]:
    return {"type": "figure", "answers": ["5家"], "answerable": True, "note": ""} | fields


SHOWN = (TEXT, 3)
"""With its head 报告."""
EVIDENCE = [(TEXT.index("乙区") - 3, TEXT.index(";") - 3)]


def test_a_span_is_labelled_behind_the_head() -> None:
    made = data.labelled(row(), "乙区企业几家", SHOWN, EVIDENCE)
    assert words(made, (made.start, made.end)) == ["5家"] and made.kind == data.SPAN
    assert made.tags == ((made.start, made.end, ITEM),) and made.head == 3
    lost = data.labelled(row(answers=["七家"]), "几家", SHOWN, EVIDENCE)
    assert (lost.start, lost.end, lost.kind, lost.tags, lost.answers) == (-1, -1, -1, None, 0.5)


def test_yes_no_and_lists_are_labelled_as_such() -> None:
    no = data.labelled(row(type="yesno", answers=["否"]), "超过9家了吗", SHOWN, EVIDENCE)
    assert (KINDS[no.kind], words(no, (no.start, no.end)), no.tags) == (
        "no",
        ["乙区税收205万元,企业5家"],
        None,
    )
    items = row(type="list", items=[["甲区"], ["乙区"], ["丁区"]], answers=["甲区、乙区、丁区"])
    made = data.labelled(items, "哪些区", SHOWN, [(0, len(TEXT) - 3)])
    assert [(TEXT[a:b], tag) for a, b, tag in made.tags or ()] == [("甲区", ITEM), ("乙区", ITEM)]
    assert made.answers == pytest.approx(2 / 3) and KINDS[made.kind] == "list"
    assert (
        words(made, (made.start, made.end))[0].startswith("甲区")
        and made.passage[made.end - 2 : made.end] == "乙区"
    )


def test_a_comparison_is_labelled_by_its_note() -> None:
    asked = row(type="compare", answers=["1000万元"], note="1205-205")
    made = data.labelled(asked, "多多少", SHOWN, [(0, len(TEXT) - 3)])
    assert (KINDS[made.kind], made.start, len(made.tags or ())) == ("difference", -1, 2)
    which = row(type="compare", answers=["甲区"], note="1205>205")
    made = data.labelled(which, "哪个多", SHOWN, [(0, len(TEXT) - 3)])
    tagged = [(TEXT[a:b], tag) for a, b, tag in made.tags or ()]
    assert tagged == [("甲区", ITEM), ("1,205", FIRST), ("205", FIRST)]


def test_a_follow_up_is_asked_behind_the_turn_before_it() -> None:
    rows = [
        {"conversation": "k", "turn": 1, "type": "figure", "question": "税收多少"},
        {"conversation": "k", "turn": 2, "type": "followup", "question": "增速呢"},
        {"conversation": "k", "turn": 3, "type": "figure", "question": "乙区企业几家"},
        {"type": "figure", "question": "单独的"},
    ]
    assert data.in_context(rows) == ["税收多少", "税收多少;增速呢", "乙区企业几家", "单独的"]


def test_the_original_range_as_a_clean_one() -> None:
    p = replace(passage("甲区税收"), origin=(10, 11, -1, 15))
    assert data.clean_range(p, 10, 16) == (0, 4)
    assert data.clean_range(p, 11, 12) == (1, 2)
    assert data.clean_range(p, 12, 15) is None


def test_passages_are_those_of_the_system_with_their_heads(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("東湖區經濟\n\n東湖區完成稅收3億元。\n".encode("gb18030"))
    *_, last = data.passages_of(tmp_path)["a.txt"]
    assert data.shown(last) == ("东湖区经济 东湖区完成税收3亿元。", len("东湖区经济\n"))


def test_a_changed_number_is_one_that_the_passage_lacks() -> None:
    for seed in range(30):
        other = data.changed("2021年企业5家吗", "2021年企业5家,2022年6家", random.Random(seed))
        if other:
            new = [n for n in data.NUMBER.findall(other) if n not in ("2021", "5")]
            assert len(new) == 1 and new[0] not in "2021年企业5家,2022年6家"
    assert data.changed("企业几家", TEXT, random.Random(0)) is None


SOURCES = [
    Source("企业几家", "乙区有企业5家。" + "别的话。" * 40, "乙区", 5, 7, "drcd", ("丙区有企业。",)),
    Source("谁是书记", "乙区有企业5家。" * 9, "", -1, -1, "squad2_zh", ("丁区书记换人。",)),
]
RIGHT = Example("税收多少", "甲区税收3亿元。", 1.0, 4, 7, 0, data.SPAN, ((4, 7, ITEM),))
QUESTIONS = [Written("税收多少", (RIGHT,), (("丙区企业9家。", 0),), (("丁区企业8家。", 0),), True)]
ALIKE = {
    ("税收", "元"): [
        data.Measured("甲区税收3亿元。", 0, 4, 7, "甲区", "2021年"),
        data.Measured("乙区税收4亿元。", 0, 4, 7, "乙区", "2021年"),
        data.Measured("丙区税收9亿元。", 0, 4, 7, "丙区", "2020年"),
    ]
}


def test_an_epoch_is_the_same_for_the_same_seed_and_its_ranges_lie_in_the_passages() -> None:
    one = data.epoch(SOURCES, QUESTIONS, ALIKE, 7, 0)
    assert one == data.epoch(SOURCES, QUESTIONS, ALIKE, 7, 0) != data.epoch(SOURCES, QUESTIONS, ALIKE, 7, 1)
    for e in one:
        ranges = [(e.start, e.end)] if e.start >= 0 else []
        assert all(
            e.head <= a < b <= len(e.passage) for a, b in [*ranges, *((a, b) for a, b, _ in e.tags or ())]
        )
        assert 0 <= e.answers <= 1 and e.kind in range(-1, len(KINDS))
        assert e.answers > 0 or (e.start == -1 and not e.tags)
    spans = {e.passage[e.start : e.end] for e in one if e.start >= 0}
    assert spans == {"5家", "3亿元"}


def test_made_comparisons_name_two_and_tag_what_each_passage_has() -> None:
    made = [e for seed in range(40) for e in data.compared(ALIKE, random.Random(seed))]
    assert {KINDS[e.kind] for e in made if e.kind >= 0} == {"difference", "sum", "ratio"}
    for e in made:
        subject = e.passage[:2]
        assert (subject in e.question) is (e.answers > 0)
        assert [e.passage[a:b] for a, b, _ in e.tags or ()] == ([e.passage[4:7]] if e.answers else [])


def test_one_document_in_six_is_held_out_always_the_same() -> None:
    names = [f"w{n:04}.txt" for n in range(1, 1041)]
    assert sum(map(data.held_out, names)) == 169
    assert [name for name in names if data.held_out(name)][:3] == ["w0014.txt", "w0017.txt", "w0024.txt"]


def test_nothing_marked_development_is_opened(tmp_path: Path) -> None:
    """Only the folders of training sets are there: loading asks for no other."""
    pages = [{"id": str(n), "text": f"第{n}区有企业{n}家。", "title": f"第{n}区"} for n in range(1, 14)]
    asked = [{"question": f"第{n}區企業幾家", "answers": [f"{n}家"], "gold": [str(n)]} for n in range(1, 14)]
    for name in data.SHARES:
        folder = tmp_path / ("tables" if name == "im_tqa_train" else "train") / name
        folder.mkdir(parents=True)
        for rows, file in ((pages, "passages.jsonl"), (asked, "questions.jsonl")):
            (folder / file).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    found = data.load(tmp_path)
    assert [(s.name, s.question, s.passage[s.start : s.end]) for s in found] == [
        (name, f"第{n}区企业几家", f"{n}家") for name in data.SHARES for n in range(1, 14)
    ]
    fifth = next(s for s in found if s.question == "第5区企业几家")
    assert len(fifth.lookalikes) == 6 and not any("5家" in text for text in fifth.lookalikes)
