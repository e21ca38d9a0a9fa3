"""Articles, subjects, dates and names: golden cases from the seeds and from other places."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.chinese.names import names
from qa.documents.articles import articles
from qa.documents.clean import clean
from qa.documents.datelines import is_dateline
from qa.documents.dates import stated_date
from qa.documents.subjects import subject_of
from qa.schema import Block, Clean, When

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


def paragraph(text: str) -> Block:
    return Block("paragraph", Clean(text, tuple(range(len(text)))))


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("走进湘乡经开区", ["湘乡经开区"]),
        ("让株洲高新区、天易经开区在天易经开区", ["株洲高新区", "天易经开区", "天易经开区"]),
        ("国家级岳阳经济技术开发区跨越发展", ["岳阳经济技术开发区"]),
        ("各经开区、上市公司和工业园区", []),
        ("湖南省株洲市淥口區委", ["湖南省", "株洲市", "淥口區"]),
        ("湘江流域(株洲区段)", []),
        ("湖南和祺食品有限公司、湘潭市中旺设备有限公司", ["湖南和祺食品有限公司", "湘潭市中旺设备有限公司"]),
        ("吉昌动漫玩具(湖南)有限公司", ["吉昌动漫玩具(湖南)有限公司"]),
        ("派驻在湘乡市光大燃气有限公司的指导员", ["湘乡市光大燃气有限公司"]),
        ("台積電（2330）今日公布財報", ["台積電"]),
        ("呼和浩特经开区与和林格尔县共建", ["呼和浩特经开区", "和林格尔县"]),
        ("岳阳城市东扩", []),
        ("巨强科技一期投产，巨强科技二期开工", ["巨强科技", "巨强科技"]),
        ("高新科技和现代科技", []),
    ],
)
def test_names(text, expected):
    assert [text[n.start : n.end] for n in names(text)] == expected


def test_long_and_short_forms_of_a_zone_have_one_key():
    keys = {n.key for n in names("岳阳经济技术开发区、岳阳经开区、岳阳市经开区")}
    assert keys == {"岳阳|经开区"}


@pytest.mark.parametrize(
    ("titles", "body", "fallback", "expected"),
    [
        (["天易经开区：产销两旺"], "湘潭新峰金属科技有限公司产值达4000万元。", "", "天易经开区"),
        (["经开区工业唱主角"], "目前，经开区已有企业124家，该区完成收入17亿元。", "岳阳经开区", "岳阳经开区"),
        (["本周要闻"], "天气晴好，市民出行。", "", ""),
        ([], "岳阳经济技术开发区成立于1992年。岳阳经开区去年税收30亿元。", "", "岳阳经开区"),
        (["长沙市2024年工作报告"], "全市生产总值增长4.8%。全市新增企业1200家。", "", "长沙市"),
    ],
)
def test_subject(titles, body, fallback, expected):
    assert subject_of(titles, body, fallback) == expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("meta", "来源:新闻中心 发布时间:2019-07-03 15:24", When("2019-07-03", 13, 23, 2019, 7, 3)),
        ("meta", "2020年1月2日入库 日期：2021年5月6日", When("2021年5月6日", 15, 24, 2021, 5, 6)),
        ("meta", "来源：新华网", None),
        ("paragraph", "新华社长沙5月3日电（记者 马贵）近日", When("5月3日", 5, 9, None, 5, 3)),
        ("paragraph", "中新网2023年11月8日电 记者获悉", When("2023年11月8日", 3, 13, 2023, 11, 8)),
        ("paragraph", "2023-07-25 河北行唐县消息", When("2023-07-25", 0, 10, 2023, 7, 25)),
        ("paragraph", "2018年12月18日,淥口區举行签约活动", None),
        ("paragraph", "本报讯（记者 马贵）5月3日，项目开工", None),
        ("paragraph", "2023-13-45 不是日期", None),
    ],
)
def test_published(kind, text, expected):
    assert stated_date([Block(kind, Clean(text, tuple(range(len(text)))))]) == expected


def test_a_signature_dates_the_text():
    blocks = [paragraph("特此公告。"), paragraph("威海市文登区人民政府 二〇二三年二月十六日")]
    assert stated_date(blocks) == When("二〇二三年二月十六日", 11, 21, 2023, 2, 16)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("本报讯（记者 马贵）连日来", True),
        ("湖南日报4月18日讯（记者 王敏）", True),
        ("新华社成都3月25日电（记者 张超群）", True),
        ("株洲日报讯 （通讯员 李明）", True),
        ("本報訊（記者 陳怡）", True),
        ("本报的记者走访了", False),
        ("据新华社报道，全省", False),
    ],
)
def test_dateline(text, expected):
    assert is_dateline(text) is expected
