"""Periods in questions and figures: what is read, and which cannot be the same."""

import pytest

from qa.chinese.periods import Period, clash, read_period


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
    ],
)
def test_reads_year_and_months(text: str, year: int | None, first: int | None, last: int | None) -> None:
    period = read_period(text)
    assert (period.year, period.first, period.last) == (year, first, last)


def test_a_day_is_kept() -> None:
    assert read_period("截至2022年6月30日").day == 30


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
