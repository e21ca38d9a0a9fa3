"""What ends a page heads nothing: boilerplate and closing lines are no headlines."""

from __future__ import annotations

import pytest

from qa.documents.articles import articles
from qa.documents.clean import clean

BODY = (
    "8月17日，宏达电子发布第二季度财报，报告期内实现营收10.93亿元，同比增长12.3%。\n\n"
    "公司表示，下半年将继续扩大产能。\n\n"
)


@pytest.mark.parametrize(
    "end", ["返回搜狐，查看更多责任编辑：", "（完）", "分享让更多人看到", "(韩璇 魏丹丹 卢建飞)"]
)
def test_the_last_line_of_a_page_is_no_headline(end: str) -> None:
    (article,) = articles(clean(BODY + end + "\n"))
    assert article.headline == ""


def test_a_headline_before_its_article_stays() -> None:
    (article,) = articles(clean("宏达电子二季度营收增长\n\n" + BODY + "（完）\n"))
    assert article.headline == "宏达电子二季度营收增长"
