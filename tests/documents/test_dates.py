"""The date that a text states for itself, and none that it does not."""

from __future__ import annotations

import pytest

from qa.documents.dates import stated_date
from qa.schema import Block, Clean, When

BODY = "湘潭高新区今年完成投资8亿元，全区新开工项目46个，总投资120亿元，同比增长12.5%。"


def paragraph(text: str) -> Block:
    return Block("paragraph", Clean(text, tuple(range(len(text)))))


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
