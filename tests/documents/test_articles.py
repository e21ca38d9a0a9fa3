"""Articles, subjects, dates and names: golden cases from the seeds and from other places."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.documents.articles import articles
from qa.documents.clean import clean
from qa.schema import Block

HERE = Path(__file__).parent.parent
SEEDS = HERE.parent / "seeds"
CASES = json.loads((HERE / "cases" / "articles.json").read_text("utf-8"))
BODY = "湘潭高新区今年完成投资8亿元，全区新开工项目46个，总投资120亿元，同比增长12.5%。"
LINES = st.sampled_from(
    [
        "",
        "天易经开区：",
        "一、经济运行",
        "——某地纪实",
        "本报讯（记者 马贵）该区新增企业12家。",
        "短标题",
        "本报记者 王敏",
        BODY,
        "## 章节",
        "来源：新闻网",
    ]
)


def text_of(case) -> str:
    return (SEEDS / case["seed"]).read_bytes().decode() if "seed" in case else case["text"]


def line_of(text: str, block: Block) -> int:
    return 1 + text.count("\n", 0, next(o for o in block.clean.origin if o >= 0))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_articles(case):
    text = text_of(case)
    wanted = {line for article in case["articles"] for line in article["lines"]}
    found = [
        {
            "headline": a.headline,
            "subject": a.subject,
            "date": a.date.said if a.date else "",
            "lines": [n for n in (line_of(text, b) for b in a.blocks) if n in wanted],
        }
        for a in articles(clean(text), case["label"])
    ]
    assert found == case["articles"]


@given(st.lists(LINES, max_size=30))
@settings(max_examples=150, deadline=None)
def test_every_block_is_in_exactly_one_article(lines):
    blocks = tuple(clean("\n".join(lines)))
    kept = [b for a in articles(blocks) for b in a.blocks]
    wanted = [tuple(b.clean.origin) for b in blocks if b.kind != "boilerplate"]
    assert sorted(tuple(b.clean.origin) for b in kept) == sorted(wanted)
