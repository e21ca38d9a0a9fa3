"""Titles and section headings of a file, and the stretches of paragraphs between them."""

from __future__ import annotations

from array import array

from qa.documents.outline import join_title, outline, settle_kinds, title_text
from qa.schema import Block, BlockKind, Clean


def _blocks(*specs: tuple[BlockKind, str], gap: int = 2) -> list[Block]:
    """Blocks one after the other, each `gap` characters (line ends) behind the last."""
    blocks, at = [], 0
    for kind, text in specs:
        blocks.append(Block(kind, Clean(text, array("i", range(at, at + len(text))))))
        at += len(text) + gap
    return blocks


def test_lines_of_a_title_are_one() -> None:
    assert title_text("## 产业 向好 ") == "产业 向好"
    assert join_title(["天易经开区：", "# 产销两旺", "——年中纪实"]) == "天易经开区：产销两旺 ——年中纪实"


def test_salutations_and_signatures_are_no_titles() -> None:
    blocks = _blocks(("heading", "各位代表："), ("headline", "二〇一九年七月三日"), ("heading", "产业向好"))
    assert [block.kind for block in settle_kinds(blocks)] == ["paragraph", "meta", "heading"]


def test_the_first_title_is_a_headline_and_one_inside_a_section() -> None:
    plan = outline(
        _blocks(
            ("headline", "高新区税收大增"),
            ("paragraph", "本报讯（记者 马贵）税收大增。"),
            ("heading", "产业向好"),
            ("caption", "图为车间"),
            ("paragraph", "产业向好。"),
        )
    )
    assert {title.text: title.section for title in plan.titles} == {"高新区税收大增": False, "产业向好": True}
    first, second = plan.stretches
    assert (first.blocks, first.before, first.after, first.dated, first.joined) == ([1], 0, 1, True, False)
    assert (second.blocks, second.before, second.dated, second.joined) == ([4], None, False, True)
    assert plan.sections == {2}


def test_a_dateline_begins_a_stretch_and_a_byline_ends_one() -> None:
    plan = outline(
        _blocks(
            ("paragraph", "税收大增。"),
            ("paragraph", "本报讯（记者 马贵）产业向好。"),
            ("paragraph", "就业平稳。"),
            ("byline", "记者 马贵"),
            ("paragraph", "出口回升。"),
        )
    )
    assert [stretch.blocks for stretch in plan.stretches] == [[0], [1, 2], [4]]
    assert [stretch.dated for stretch in plan.stretches] == [False, True, False]


def test_titles_of_other_zones_and_titles_with_a_blank_line_between_are_two() -> None:
    body: tuple[BlockKind, str] = ("paragraph", "税收大增。")
    near = _blocks(("headline", "岳阳经开区税收大增"), ("headline", "湘乡经开区产值翻番"), body, gap=1)
    assert [title.text for title in outline(near).titles] == ["岳阳经开区税收大增", "湘乡经开区产值翻番"]
    first: tuple[BlockKind, str] = ("headline", "岳阳经开区税收大增")
    second: tuple[BlockKind, str] = ("headline", "全年再创新高")
    assert len(outline(_blocks(first, second, body, gap=1)).titles) == 1
    assert len(outline(_blocks(first, second, body, gap=2)).titles) == 2
