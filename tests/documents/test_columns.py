"""Tables set with gaps, tabs or single bars get bars; nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.documents.clean import clean
from qa.documents.columns import with_bars
from qa.documents.repair import identity
from qa.schema import INSERTED

GAPS = "县名      税收    合计\n甲县      1,200   3.5%\n乙县      -       —\n合计      12万元  ..."

BARRED = "| 县名 | 税收 | 合计 |\n| 甲县 | 1,200 | 3.5% |\n| 乙县 | - | — |\n| 合计 | 12万元 | ... |"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GAPS, BARRED),
        ("镇\t户数\r\n  甲\t3\r\n乙\t\t4", "| 镇 | 户数 |\r\n  | 甲 | 3 |\r\n| 乙 | 4 |"),
        ("项目 | 投资\n甲 | 3.5\n乙 | 4", "| 项目 | 投资 |\n| 甲 | 3.5 |\n| 乙 | 4 |"),
        ("县　　税收\n甲　　1\n乙　　2\n\n又　　说", "| 县 | 税收 |\n| 甲 | 1 |\n| 乙 | 2 |\n\n又　　说"),
    ],
)
def test_tables_get_bars(text: str, expected: str) -> None:
    assert with_bars(identity(text)).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "县  税收\n甲  3",  # one row is no table
        "记者  张三\n通讯员  李四\n摄影  王五",  # no figures
        "| 县 | 税收 |\n| 甲 | 3 |\n| 乙 | 4 |",  # bars are there
        "县  税收\n\n甲  3\n\n乙  4",  # lines apart
        "县  税收\n甲  3  5\n乙  4",  # of unlike widths
        "首页 | 新闻\n时政 | 财经\n国际 | 体育",
        "　　全年税收3亿元。\n　　增长5%。\n　　完成。",
        "",
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert with_bars(identity(text)).text == text


CELLS = st.sampled_from(["甲", "1.5", "乙区", "-"])


@given(
    st.lists(st.lists(CELLS, min_size=2, max_size=3), max_size=5),
    st.sampled_from(("  ", "\t", "\u3000\u3000 ", " | ")),
)
@example([["甲", "乙区"], ["甲", "1.5"], ["乙区", "-"]], "     ")
def test_every_character_keeps_its_place(rows: list[list[str]], gap: str) -> None:
    text = "\n".join(gap.join(row) for row in rows)
    found = with_bars(identity(text))
    for char, at in zip(found.text, found.origin, strict=True):
        assert at == INSERTED or char == text[at] or (text[at].isspace() and char == " ")
    assert [c for c in found.text if c not in " \t\u3000|\n"] == [c for c in text if c not in " \t\u3000|\n"]


def test_rows_are_blocks_of_their_own() -> None:
    assert [block.clean.text for block in clean("各县税收\n\n" + GAPS)][1:3] == [
        "| 县名 | 税收 | 合计 |",
        "| 甲县 | 1,200 | 3.5% |",
    ]
