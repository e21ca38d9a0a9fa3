"""Sentences and passages: golden cases and what must hold for any text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.documents.articles import articles
from qa.documents.clean import clean
from qa.documents.outline import LONGEST_TITLE
from qa.documents.split import LONG, LONGEST, SENTENCE, search_text, sentences, split
from qa.figures.extract import extract_all
from qa.schema import Block, BlockKind, Clean, Document, Passage

HERE = Path(__file__).parent.parent
CASES = json.loads((HERE / "cases" / "split.json").read_text("utf-8"))
SEEDS = sorted((HERE.parent / "seeds").glob("*.txt"))
TEXTS = st.text(st.sampled_from("该区园公司万3.%，、；。！？!?“”（）《》\n …项目AB年经开湘潭"), max_size=700)


def passages_of(text: str) -> tuple[tuple[Block, ...], tuple[Passage, ...]]:
    blocks = tuple(clean(text))
    return blocks, split(Document("d", text, "", "utf-8"), [articles(blocks)])


def built(specs: list[tuple[BlockKind, str]]) -> tuple[Passage, ...]:
    """Passages of blocks with a blank line between."""
    blocks, at = [], 0
    for kind, text in specs:
        blocks.append(Block(kind, Clean(text, tuple(range(at, at + len(text))))))
        at += len(text) + 2
    whole = "\n\n".join(text for _, text in specs)
    return split(Document("d", whole, "", "utf-8"), [articles(blocks)])


@pytest.mark.parametrize("case", CASES["sentences"], ids=lambda case: case["label"])
def test_sentences(case):
    text = "".join(case["expected"])
    assert [text[start:end] for start, end in sentences(text)] == case["expected"]


@pytest.mark.parametrize("case", CASES["passages"], ids=lambda case: case["label"])
def test_passages(case):
    found = [
        {
            "kind": p.kind,
            "text": p.text,
            "section": p.section,
            "mentions": [[p.text[start:end], name] for start, end, name in p.mentions],
        }
        for p in built(case["blocks"])
    ]
    assert found == case["expected"]


def test_a_section_on_another_zone_has_that_zone_as_its_subject():
    case = CASES["zones"]
    found = {p.section: p.subject for p in built(case["blocks"]) if p.kind == "paragraph"}
    assert [found[name] for name in case["subjects"]] == case["subjects"]


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_sentences_cover_the_text_without_gap_or_overlap(text):
    found = sentences(text)
    assert "".join(text[start:end] for start, end in found) == text
    assert [start for start, _ in found] == [0, *(end for _, end in found)][: len(found)]
    assert all(start < end for start, end in found)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_passages_hold_every_character_once(text):
    check(text, *passages_of(text))


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name[:3])
def test_passages_of_the_seeds(path):
    text = path.read_text("utf-8")
    blocks, passages = passages_of(text)
    check(text, blocks, passages)
    assert [p.id for p in passages] == [f"d#{n:04d}" for n in range(len(passages))]
    assert max(len(p.text) for p in passages) <= LONG


def check(text: str, blocks: tuple[Block, ...], passages: tuple[Passage, ...]) -> None:
    """What holds for the passages of any text."""
    wanted = sorted(o for b in blocks if b.kind != "boilerplate" for o in b.clean.origin if o >= 0)
    assert sorted(o for p in passages for o in p.origin if o >= 0) == wanted
    for p in passages:
        assert len(p.origin) == len(p.text) <= LONGEST
        assert max(len(p.section), len(p.headline)) <= LONGEST_TITLE
        own = [o for o in p.origin if o >= 0]
        if own:
            assert (p.start, p.end) == (min(own), max(own) + 1)
            assert p.line_start == 1 + text.count("\n", 0, p.start)
            assert p.line_end == 1 + text.count("\n", 0, p.end - 1)
        assert p.sentences[0][0] == 0
        assert p.sentences[-1][1] == len(p.text)
        assert all(end == start for (_, end), (start, _) in zip(p.sentences, p.sentences[1:], strict=False))
        for (_, end, _), (start, _, _) in zip(p.mentions, p.mentions[1:], strict=False):
            assert end <= start


@pytest.mark.parametrize("unit", ["字", "数据一二三，", "（", "1", "该区", "天啊；", "（啊。", "“啊。”的"])
def test_a_long_line_without_ends_is_cut(unit):
    text = unit * (20_000 // len(unit))
    found = sentences(text)
    assert "".join(text[start:end] for start, end in found) == text
    assert max(end - start for start, end in found) <= 2 * SENTENCE


def test_a_number_is_not_cut_where_another_place_serves():
    text = "完成产值1234567.89亿元" * 200
    found = [text[start:end] for start, end in sentences(text)]
    assert all(not piece[0].isdigit() or piece.startswith("1234567.89") for piece in found)


def test_no_cut_parts_a_number_from_its_unit_or_the_characters_of_a_word():
    text = "建设产业园区完成投资二十三亿元占地三百五十亩" * 60
    cuts = [text[start - 1 : start + 1] for start, _ in sentences(text)[1:]]
    assert len(cuts) >= 3
    assert not {"产业", "园区", "建设", "完成", "投资", "亿元", "占地", "十亩", "三亿", "三百", "五十"} & set(
        cuts
    )


NAMES = [
    first + second + third
    for first in "赵钱孙李周吴郑王冯陈"
    for second in "伟芳娜敏静丽强磊"
    for third in "军洋勇艳杰"
]


@pytest.mark.parametrize("between", ["\n", "、", "，", " ", "\u3000\u3000", "\n\n", "", " 1\n", "；\n"])
def test_a_roster_is_passages_of_bounded_length(between):
    text = between.join(NAMES * 20)
    check(text, *passages_of(text))


def test_a_line_of_bars_is_no_table():
    _, passages = passages_of("|" * 2_000 + "\n|\n| |")
    assert extract_all(passages, "|" * 2_000 + "\n|\n| |") == ()


def test_search_text_says_what_the_passage_stands_under():
    case = CASES["passages"][0]
    passage = built(case["blocks"])[3]
    assert search_text(passage) == "天易经开区：新峰金属产销两旺\n抓服务\n全区走访企业292家。"


def test_search_text_names_what_stand_ins_stand_for():
    first = "苏州工业园区新设企业12家。" + "园区管委会每月公布进展。" * 20
    passage = built([("paragraph", first), ("paragraph", "该区今年完成税收30亿元。" * 12)])[1]
    assert search_text(passage).split("\n")[0] == "苏州工业园区"
