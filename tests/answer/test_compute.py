"""Exact arithmetic over figures of the documents: what is said, its unit, its formula and its warning."""

from __future__ import annotations

from decimal import Decimal

import pytest
from answering import operands, passage, query, read
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.compute import Computed, compute, operand, plain, rounded


def worked(operation: str, text: str, *words: str, asked: str = "多多少？", **about: str) -> Computed | None:
    """What comes of the figures at these words of a text."""
    return compute(operation, operands(read(passage(text, **about)), *words), query(asked))


def said(done: Computed | None) -> tuple[str, str]:
    assert done is not None
    assert done.text.removeprefix("约") == f"{plain(done.value.number)}{done.value.unit}"
    return done.text, done.formula


PARKS = "青禾药谷一期占地120亩，二期占地90亩，三期占地5公顷，总投资2.8亿元，其中二期投资3500万元，企业38家。"


@pytest.mark.parametrize(
    ("operation", "words", "asked", "text", "formula"),
    [
        ("difference", ("120亩", "90亩"), "多多少？", "30亩", "120亩 − 90亩 = 30亩"),
        ("difference", ("90亩", "120亩"), "少多少？", "30亩", "120亩 − 90亩 = 30亩"),
        ("sum", ("120亩", "90亩"), "一共多少？", "210亩", "120亩 + 90亩 = 210亩"),
        ("difference", ("2.8亿元", "3500万元"), "差多少？", "2.45亿元", "2.8亿元 − 3500万元 = 2.45亿元"),
        (
            "difference",
            ("2.8亿元", "3500万元"),
            "差多少万元？",
            "24500万元",
            "2.8亿元 − 3500万元 = 24500万元",
        ),
        ("sum", ("3500万元", "2.8亿元"), "合计多少亿元？", "3.15亿元", "3500万元 + 2.8亿元 = 3.15亿元"),
        ("ratio", ("120亩", "90亩"), "是几倍？", "1.33倍", "120亩 ÷ 90亩 = 1.33倍"),
        ("ratio", ("3500万元", "2.8亿元"), "占百分之几？", "12.5%", "3500万元 ÷ 2.8亿元 = 12.5%"),
        ("ratio", ("3500万元", "90亩"), "每亩多少？", "38.89万元", "3500万元 ÷ 90亩 = 38.89万元"),
        ("ratio", ("2.8亿元", "38家"), "平均一家多少万元？", "736.8万元", "2.8亿元 ÷ 38家 = 736.8万元"),
    ],
)
def test_figures_of_one_text(
    operation: str, words: tuple[str, ...], asked: str, text: str, formula: str
) -> None:
    assert said(worked(operation, PARKS, *words, asked=asked)) == (text, formula)


@pytest.mark.parametrize(
    ("operation", "text", "words", "asked", "result"),
    [
        # A unit asked for without a scale names what is counted, not how it is written.
        ("difference", "5G基站8.9万个，目标12万个。", ("12万个", "8.9万个"), "还差多少个？", "3.1万个"),
        ("difference", "19.2万公里，高速2.8万公里。", ("19.2万公里", "2.8万公里"), "几公里？", "16.4万公里"),
        ("difference", "占地238平方米，限45平方米。", ("238平方米", "45平方米"), "多几平米？", "193平方米"),
        ("difference", "全长1800米，已通600米。", ("1800米", "600米"), "还有多少公里？", "1.2公里"),
        # What is divided by counts in the unit that it is told in.
        ("ratio", "投资449亿元，全长269公里。", ("449亿元", "269公里"), "一公里多少亿元？", "1.67亿元"),
        ("ratio", "碳汇2万吨卖了30万元。", ("30万元", "2万吨"), "一吨多少钱？", "15元"),
        ("ratio", "1700家共6800万平方米。", ("6800万平方米", "1700家"), "平均多少平方米？", "4万平方米"),
        ("ratio", "6个县辖188个行政村。", ("188个", "6个"), "是多少倍？", "31.33倍"),
        ("ratio", "36名干警联系365家企业。", ("365家", "36名"), "一名干警联系几家？", "10.14家"),
        ("ratio", "36名干警联系365家企业。", ("365家", "36名"), "企业数是干警的多少倍？", "10.14倍"),
        ("ratio", "财政拨款3元，花费5000元。", ("3元", "5000元"), "是几倍？", "0.0006倍"),
        ("product", "发行3167万股，每股63.38元/股。", ("3167万股", "63.38元/股"), "募了多少？", "20.07亿元"),
        ("product", "收购价3元/公斤，收了5000公斤。", ("3元/公斤", "5000公斤"), "付了多少？", "1.5万元"),
        ("product", "补贴每亩800元，种了200亩。", ("800元", "200亩"), "共补多少元？", "16万元"),
        ("product", "总投资12亿元，外资占35%。", ("12亿元", "35%"), "外资多少？", "4.2亿元"),
        ("product", "外资占三成，总投资12亿元。", ("三成", "12亿元"), "外资多少？", "3.6亿元"),
        # Rates differ by points, and points move a rate.
        ("difference", "去年增长8.5%，今年增长6.2%。", ("8.5%", "6.2%"), "差多少？", "2.3个百分点"),
        ("difference", "占比44%，比上年提高2.2个百分点。", ("44%", "2.2个百分点"), "上年占比？", "41.8%"),
        ("sum", "增速16.8%，又加快2.0个百分点。", ("16.8%", "2.0个百分点"), "现在？", "18.8%"),
        ("difference", "升2.2个百分点，升1个百分点。", ("2.2个百分点", "1个百分点"), "差？", "1.2个百分点"),
        ("difference", "收到问题58个，已解决41件。", ("58个", "41件"), "还有多少？", "17个"),
    ],
)  # fmt: skip
def test_units(operation: str, text: str, words: tuple[str, ...], asked: str, result: str) -> None:
    assert said(worked(operation, text, *words, asked=asked))[0] == result


@pytest.mark.parametrize(
    ("text", "words", "result", "formula"),
    [
        ("税收21.7亿元，同比增长8.5%。", ("21.7亿元", "8.5%"), "约20亿元", "21.7亿元 ÷ (1 + 8.5%) = 20亿元"),
        ("税收30亿元，同比下降25%。", ("30亿元", "25%"), "约40亿元", "30亿元 ÷ (1 − 25%) = 40亿元"),
        ("工业税收3亿元，占比为24%。", ("3亿元", "24%"), "约12.5亿元", "3亿元 ÷ 24% = 12.5亿元"),
        ("工业税收3亿元，占三成。", ("3亿元", "三成"), "约10亿元", "3亿元 ÷ 三成 = 10亿元"),
    ],
)
def test_what_it_was_before_it_grew_and_the_whole_of_a_share(
    text: str, words: tuple[str, str], result: str, formula: str
) -> None:
    assert said(worked("ratio", text, *words)) == (result, formula)


@pytest.mark.parametrize(
    ("operation", "text", "words"),
    [
        ("difference", PARKS, ("2.8亿元", "120亩")),
        ("sum", PARKS, ("38家", "90亩")),
        ("sum", PARKS, ("120亩", "5公顷")),
        ("sum", "投资3亿元，另投2亿美元。", ("3亿元", "2亿美元")),
        ("ratio", "投资3亿元，占0%。", ("3亿元", "0%")),
        ("ratio", "投资3亿元，企业0家。", ("3亿元", "0家")),
        ("ratio", "投资3亿元，同比下降100%。", ("3亿元", "100%")),
        ("product", "增长3%，占5%。", ("3%", "5%")),
        ("product", "投资3亿元，税收2亿元。", ("3亿元", "2亿元")),
        ("product", "收购价3元/公斤，种了200亩。", ("3元/公斤", "200亩")),
        ("ratio", PARKS, ("120亩", "90亩", "38家")),
        ("difference", PARKS, ("120亩",)),
        ("difference", PARKS, ("120亩", "120亩")),
        ("difference", "收到58个，办结41个，转办30个。", ("58个", "41个", "30个")),
    ],
    ids=lambda value: "".join(value) if isinstance(value, tuple) else None,
)
def test_what_units_do_not_allow_is_not_reckoned(operation: str, text: str, words: tuple[str, ...]) -> None:
    assert worked(operation, text, *words) is None


def test_a_remainder_of_several() -> None:
    text = "收到58个，办结41个，转办10个。"
    assert said(worked("difference", text, "58个", "41个", "10个")) == ("7个", "58个 − 41个 − 10个 = 7个")


def test_periods_and_modes_that_differ_are_said() -> None:
    text = "云溪高新区2021年完成税收3亿元，2022年完成税收5亿元，预计2023年完成税收6亿元。"
    two = worked("difference", text, "5亿元", "3亿元")
    assert two and (two.text, two.note) == ("2亿元", "时期不同：2022年与2021年")
    three = worked("sum", text, "3亿元", "5亿元", "6亿元")
    assert three and three.note == "时期不同：2021年与2022年；时期不同：2022年与2023年；实际数与预计数不同"
    same = worked("sum", "2021年，甲县税收3亿元，乙县税收2亿元。", "3亿元", "2亿元")
    assert same and (same.text, same.note) == ("5亿元", "")


def test_an_operand_is_the_whole_figure_at_a_range() -> None:
    text = "总投资约17.68亿元，占地5—8亩，绿地五万平方米。"
    held = read(text)
    found = operand(held, text.index("7.6"), text.index("8亿"), 0.7)
    assert found and (found.text, str(found.number), found.unit) == ("17.68亿元", "1768000000.00", "元")
    assert found.figure in held.figures and found.probability == 0.7
    assert operand(held, text.index("5—8"), text.index("亩"), 1.0) is None  # a range is no number
    bare = operand(read(passage(text)), text.index("五"), text.index("平方"), 1.0)
    assert bare and (bare.text, bare.number, bare.unit) == ("五万平方米", 50000, "平方米")
    assert operand(held, 0, 2, 1.0) is None


@pytest.mark.parametrize(
    ("text", "growth"),
    [("同比增长8.5%", 1), ("同比下降8.5%", -1), ("回落8.5%", -1), ("占比为8.5%", 0), ("有85家", 0)],
)
def test_whether_a_rate_is_of_growth(text: str, growth: int) -> None:
    (found,) = operands(read(text), "8.5%" if "%" in text else "85家")
    assert found.growth == growth


NUMBERS = st.decimals(min_value=0, max_value=10**6, places=2, allow_nan=False, allow_infinity=False)
SCALED = {"元": 1, "万元": 10**4, "亿元": 10**8}


@given(NUMBERS, NUMBERS, st.sampled_from(sorted(SCALED)), st.sampled_from(sorted(SCALED)))
def test_sums_and_differences_are_exact(a: Decimal, b: Decimal, one: str, other: str) -> None:
    text = f"甲县投资{a}{one}；乙县税收{b}{other}。"
    pair = operands(read(text), f"投资{a}{one}", f"税收{b}{other}")
    x, y = a * SCALED[one], b * SCALED[other]
    for operation, expected in (("sum", x + y), ("difference", abs(x - y))):
        done = compute(operation, pair, query("多少？"))
        assert done and done.value.number * SCALED[done.value.unit] == expected


@given(st.decimals(min_value="0.0001", max_value=10**9, places=4, allow_nan=False, allow_infinity=False))
def test_rounding_is_off_by_at_most_half_of_the_last_digit_said(number: Decimal) -> None:
    done = rounded(number)
    assert abs(done - number) <= number * Decimal("0.05") and abs(done - number) <= Decimal("0.5")
    assert rounded(done) == done


def test_plain_numbers() -> None:
    assert [plain(Decimal(t)) for t in ("61.10", "1E+3", "0.5", "100")] == ["61.1", "1000", "0.5", "100"]
