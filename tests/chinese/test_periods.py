"""Periods in questions and figures: what is read, and which cannot be the same."""

import pytest

from qa.chinese.fold import fold
from qa.chinese.periods import Period, Timex, clash, read_period, stated_year, time_expressions


@pytest.mark.parametrize(
    ("text", "year", "first", "last"),
    [
        ("2021年前三季度工业增加值", 2021, 1, 9),
        ("2020年1-10月", 2020, 1, 10),
        ("2020年1月至10月", 2020, 1, 10),
        ("前5个月进出口总额", None, 1, 5),
        ("上半年完成投资", None, 1, 6),
        ("下半年完成投资", None, 7, 12),
        ("第三季度", None, 7, 9),
        ("今年四季度", None, 10, 12),
        ("2019年全年", 2019, 1, 12),
        ("年终决算", None, 1, 12),
        ("截至6月30日", None, 6, 6),
        ("2015年", 2015, None, None),
        ("面积2015亩", None, None, None),
        ("今年头七个月", None, 1, 7),
        ("一至三季度", None, 1, 9),
        ("1956年的第二、三季度", 1956, 4, 9),
        ("连续三个季度增长", None, None, None),
        ("第三个季度", None, 7, 9),
    ],
)
def test_reads_year_and_months(text: str, year: int | None, first: int | None, last: int | None) -> None:
    period = read_period(text)
    assert (period.year, period.first, period.last) == (year, first, last)


def test_a_day_is_kept() -> None:
    assert read_period("截至2022年6月30日").day == 30
    assert read_period("一九五四年七月二十五日").day == 25


@pytest.mark.parametrize(
    ("asked", "found", "expected"),
    [
        ("2020年", "2021年", 1.0),
        ("1至9月", "1至10月", 1.0),
        ("上半年", "一季度", 1.0),
        ("去年", "今年", 1.0),
        ("当年", "今年", 0.0),
        ("2020年", "2020年1—11月", 0.5),
        ("2020年", "2020年全年", 0.0),
        ("2020年", "2020年6月", 0.0),
        ("前三季度", "今年1至9月", 0.0),
        ("", "今年1至9月", 0.0),
        ("6月30日", "6月3日", 1.0),
    ],
)
def test_clash(asked: str, found: str, expected: float) -> None:
    assert clash(read_period(asked), read_period(found)) == expected


def test_no_period_is_false() -> None:
    assert not Period()
    assert not read_period("总投资多少")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2017年1—11月完成税收", [(0, 10, "2017年1—11月", "when")]),
        ("今年头七个月出口", [(0, 6, "今年头七个月", "when")]),
        ("比上年同期增长", [(1, 5, "上年同期", "compared")]),
        ("从2015年的3家", [(1, 6, "2015年", "from")]),
        ("建于2003年", [(2, 7, "2003年", "compared")]),
        ("截至目前，近三年", [(0, 4, "截至目前", "now"), (5, 8, "近三年", "span")]),
        ("２０１９年７月３日電", [(0, 9, "２０１９年７月３日", "when")]),
        ("全年目标", [(0, 2, "全年", "when")]),
        ("年轻人占三成", []),
    ],
)
def test_expressions_stand_where_they_are_said(text: str, expected: list[tuple[int, int, str, str]]) -> None:
    assert time_expressions(fold(text), text) == [Timex(*found) for found in expected]


@pytest.mark.parametrize(
    ("said", "today", "year"),
    [("2017年1—11月", 2020, 2017), ("二〇一九年", None, 2019), ("去年", 2019, 2018), ("年内", 2019, 2019),
     ("前年", 2019, 2017), ("当年", 2019, None), ("去年", None, None)],
)  # fmt: skip
def test_no_year_is_supplied_that_the_text_does_not_give(said: str, today: int | None, year: int | None):
    assert stated_year(said, today) == year
