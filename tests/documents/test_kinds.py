"""What a line is by its own words, and what blocks are among their neighbours."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qa.documents.kinds import (
    Draft,
    block_kinds,
    is_body,
    is_caption,
    is_chapter_start,
    is_credit,
    is_enumerated,
    is_scene,
    line_kind,
    opens_block,
)
from qa.documents.lines import Line
from qa.schema import BlockKind

BODY = "湘潭高新区今年完成投资8亿元，全区新开工项目46个，总投资120亿元，同比增长12.5%，税收大幅增加。"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("您现在的位置：首页 > 新闻", "boilerplate"),
        ("版权所有 某某网", "boilerplate"),
        ("打印本页", "boilerplate"),
        ("湘ICP备05001234号", "boilerplate"),
        ("来源：湖南日报", "meta"),
        ("發佈時間：2019-07-03", "meta"),
        ("2019年7月3日 10:20", "meta"),
        ("■通讯员 蔡华波 李强 记者 袁礼成", "byline"),
        ("本报记者：马贵", "byline"),
        ("文/图 马贵", "byline"),
        ("蔡华波 李强", "byline"),
        ("蔡华波 走访企业", None),
        ("# 标题", "headline"),
        ("## 小节", "heading"),
        ("| 名称 | 数 |", "paragraph"),
        ("税收\t3亿元", "paragraph"),
        ("总投资3亿元", None),
        (BODY * 5, None),
    ],
)
def test_a_line_by_itself(text: str, kind: BlockKind | None) -> None:
    assert line_kind(text) == kind


@pytest.mark.parametrize(
    ("test", "yes", "no"),
    [
        (opens_block, ["本报讯（记者", "- 一项", "■要闻"], ["完成投资", "—3"]),
        (is_enumerated, ["一、", "（二）好", "3.好", "——好"], ["3.5亿元", "一是"]),
        (is_chapter_start, ["四、坚持", "第三章"], ["一、二期", "4."]),
    ],
)
def test_how_a_line_opens(test: Callable[[str], bool], yes: list[str], no: list[str]) -> None:
    assert ([text for text in yes if not test(text)], [text for text in no if test(text)]) == ([], [])


def test_captions_credits_scenes_and_bodies() -> None:
    assert is_credit("（本报记者 马贵 摄）") and not is_credit("（含税）")
    assert is_caption("▲企业车间") and is_caption("项目现场。马贵摄") and not is_caption(BODY)
    assert is_scene("工人在车间忙碌") and not is_scene(BODY)
    assert is_body(BODY) and not is_body("完成投资8亿元")


def _kinds(*texts: str, gap: int = 0) -> list[BlockKind]:
    drafts = [Draft((Line(0, len(text), gap, 0.0, 20.0),), text, line_kind(text)) for text in texts]
    return block_kinds(drafts)


def test_a_title_over_text_is_a_headline_and_one_inside_a_heading() -> None:
    assert _kinds("高新区税收大增", "本报讯（记者 马贵）" + BODY, "产业向好", BODY) == [
        "headline", "paragraph", "heading", "paragraph",
    ]  # fmt: skip


def test_what_follows_a_footer_is_footer() -> None:
    assert _kinds(BODY, "版权所有 某某网", "长沙市某路1号") == ["paragraph", "boilerplate", "boilerplate"]


def test_short_sentences_that_run_parallel_are_headings() -> None:
    assert _kinds("推行看板管理,高速压茬推进。", BODY, "推出优惠政策,降低企业成本。", BODY) == [
        "heading", "paragraph", "heading", "paragraph",
    ]  # fmt: skip
