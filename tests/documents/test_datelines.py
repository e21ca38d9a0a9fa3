"""Which texts open as a news item does, and the date that they say there."""

from __future__ import annotations

import pytest

from qa.chinese.periods import date_of
from qa.documents.datelines import dateline_date, is_dateline


@pytest.mark.parametrize(
    "text",
    [
        "本报讯（记者 马贵）连日来，",
        "■本報訊（記者 馬貴）連日來，",
        "湖南日报4月18日讯（记者 王敏）",
        "株洲日报讯 （通讯员 李明）",
        "【红网时刻讯】",
        "新华社北京3月5日电",
        "本报锦川11月18日电（记者何苗）订单来了",
        "中国网直播7月26日讯 国务院新闻办公室",
        "潍坊日报社潍坊融媒讯8月16日至17日，",
        "导报讯（记者方艳艳 文/图）17日下午，",
        "综合讯 记者从县里获悉",
        "消息：",
        "深圳新闻网２０２３年８月１８日讯",
    ],
)
def test_a_news_item_opens(text: str) -> None:
    assert is_dateline(text)


@pytest.mark.parametrize(
    "text",
    [
        "本报的记者走访了",
        "据新华社报道，全省",
        "据新华社7月25日消息，会议今日在京召开",
        "另据中国天气网消息，台风",
        "中央气象台消息，预计",
        "充分发挥大电网平台优势和跨省输电通道能力",
        "我国对境外网络电信诈骗一直",
        "这款芯片基于台积电4nm工艺",
        "在腾讯财报的电话会议中",
        "台积电（台湾集成电路制造股份有限公司）在8月",
        "通讯员 王五",
        "",
    ],
)
def test_mid_sentence_words_are_no_dateline(text: str) -> None:
    assert not is_dateline(text)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("新华社北京2019年3月5日电", (2019, 3, 5)),
        ("本报长沙3月5日讯", (None, 3, 5)),
        ("2023-08-16 21:10，正文：中新网长春8月16日电 (谭伟旗)", (None, 8, 16)),
        ("據新華社7月25日消息", None),
        ("去年完成投资3亿元。本报3月5日讯", None),
        ("本报讯", None),
    ],
)
def test_the_date_of_a_dateline(text: str, date: tuple[int | None, int, int] | None) -> None:
    found = dateline_date(text)
    assert (date_of(found) if found else None) == date
