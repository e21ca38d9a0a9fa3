"""Quantities that stand otherwise than number and unit, and lists that share a unit."""

from __future__ import annotations

from decimal import Decimal

from qa.chinese.numerals import quantities
from qa.figures.measures import figures_only, fractions, halves, ranks, stock_quotes


def test_halves_and_fractions_are_numbers() -> None:
    assert [q.number for q in halves("完成一半，半数企业")] == [Decimal("0.5")] * 2
    assert [round(q.number, 4) for q in fractions("三分之一和3/4")] == [Decimal("0.3333"), Decimal("0.75")]


def test_positions_in_an_order_have_its_extent() -> None:
    found = [(int(q.number), q.unit, extent) for q, extent in ranks("增速居全市第一,排名全省第3位")]
    assert found == [(1, "位", "全市"), (3, "位", "全省")]


def test_a_stock_quote_is_price_change_and_share() -> None:
    found = {metric: q.number for q, metric in stock_quotes("农业银行(3.460, -0.06, -1.70%)")}
    assert found == {
        "股价": Decimal("3.460"), "股价涨跌额": Decimal("-0.06"), "股价涨跌幅": Decimal("-1.70"),
    }  # fmt: skip


def test_items_of_a_list_take_the_unit_of_the_last() -> None:
    text = "分别增长1.6、10.7个百分点,共3个"
    found = [(q.number, q.value.unit) for q in figures_only(list(quantities(text)), text)]
    assert found == [(Decimal("1.6"), "个百分点"), (Decimal("10.7"), "个百分点"), (Decimal(3), "个")]
