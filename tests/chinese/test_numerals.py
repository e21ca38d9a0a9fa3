"""Numbers, scales and units: golden cases from other projects, and rendering that loses nothing.

Cases of cases/numerals.json: cn2an (MIT), JioNLP (Apache-2.0), Recognizers-Text (MIT),
NeMo and WeTextProcessing (Apache-2.0), their expectations turned into our records.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.chinese.fold import fold
from qa.chinese.numerals import FRACTION, Quantity, fraction, han_number, number, quantities
from qa.chinese.units import base, units
from qa.figures.masks import BLANK, mask
from qa.schema import Value

CASES = json.loads((Path(__file__).parent.parent / "cases" / "numerals.json").read_text("utf-8"))


def _params(kind: str) -> list[object]:
    return [
        pytest.param(
            case,
            id=case["id"],
            marks=[pytest.mark.xfail(strict=True, reason=case["xfail"])] if "xfail" in case else [],
        )
        for case in CASES
        if case["kind"] == kind
    ]


def _near(found: Decimal, expected: str) -> bool:
    """Equal, or as near as the 15 digits that the other projects print."""
    return abs(found - Decimal(expected)) <= abs(Decimal(expected)) * Decimal("1e-9")


@pytest.mark.parametrize("case", _params("numeral"))
def test_numeral(case: dict[str, str]) -> None:
    text = fold(case["text"])
    value = number(text.replace(" ", ""))
    if value is None and (m := FRACTION.fullmatch(text)):
        value = fraction(m)
    if value is None:
        (only,) = quantities(text)
        assert only.end - only.start >= len(text.strip()) - 1
        value = only.number
    assert _near(value, case["number"])


@pytest.mark.parametrize("case", _params("quantity"))
def test_quantity(case: dict[str, str]) -> None:
    found = list(quantities(fold(case["text"])))
    assert any(_matches(q, case) for q in found), found


def _matches(q: Quantity, case: dict[str, str]) -> bool:
    unit = "%" if q.unit == "百分点" and case["unit"] == "%" else q.unit
    upper = "upper" not in case or (q.upper is not None and _near(q.upper, case["upper"]))
    return unit == case["unit"] and _near(q.number, case["number"]) and upper


@pytest.mark.parametrize(
    ("text", "value", "unit", "base_number", "base_unit", "upper", "qualifier"),
    [
        ("3—5亿元", "3", "亿元", "300000000", "元", "500000000", ()),
        ("8亿-9.5亿元", "8", "亿元", "800000000", "元", "950000000", ()),
        ("10亿元以上", "10", "亿元", "1000000000", "元", None, ("以上",)),
        ("100多亿元", "100", "亿元", "10000000000", "元", None, ("多",)),
        ("2000余名", "2000", "名", "2000", "人", None, ("余",)),
        ("近3亿元", "3", "亿元", "300000000", "元", None, ("近",)),
        ("一百二十亿千瓦时", "120", "亿千瓦时", "12000000000", "千瓦时", None, ()),
        ("三成", "3", "成", "30", "%", None, ()),
        ("两千余户", "2000", "户", "2000", "户", None, ("余",)),
        ("百分之九十", "90", "%", "90", "%", None, ()),
        ("2×1000mw", "2000", "mw", "2000000", "千瓦", None, ()),
        ("1亿多元", "1", "亿元", "100000000", "元", None, ("多",)),
        ("数十次", "10", "次", "10", "次", None, ("数",)),
        ("近千人", "1", "千人", "1000", "人", None, ("近",)),
        ("-7135.61万元", "-7135.61", "万元", "-71356100", "元", None, ()),
        ("约1000万至1500万欧元", "1000", "万欧元", "10000000", "欧元", "15000000", ("约",)),
        ("1,205.15万元", "1205.15", "万元", "12051500", "元", None, ()),
        ("9平方公里", "9", "平方公里", "9000000", "平方米", None, ()),
        ("3.2个百分点", "3.2", "个百分点", "3.2", "百分点", None, ()),
        ("十余万亩", "10", "万亩", "100000", "亩", None, ("余",)),
    ],
)
def test_constructs(
    text: str,
    value: str,
    unit: str,
    base_number: str,
    base_unit: str,
    upper: str | None,
    qualifier: tuple[str, ...],
) -> None:
    (q,) = quantities(text)
    assert q.value == Value(Decimal(value), unit)
    assert (q.number, q.unit) == (Decimal(base_number), base_unit)
    assert q.upper == (None if upper is None else Decimal(upper))
    assert q.qualifier == qualifier


@pytest.mark.parametrize(
    "text",
    [
        "入选“2+10”工程", "“七个一批”行动", "国发〔2019〕5号", "第五届大赛", "咨询电话0730-8888666", "中山路128号", "g60高速",  # noqa: E501
        "工业4.0标准", "上午9时30分", "15:24", "2019-07-03", "《“十四五”规划3年行动方案》", "一把手亲自抓", "长三角",  # noqa: E501
    ],
)  # fmt: skip
def test_no_figure_survives_the_mask(text: str) -> None:
    assert not [q for q in quantities(mask(text)) if q.unit]


SCALED = st.sampled_from(
    [scale + name for name, unit in units().items() if unit.kind in ("money", "count", "ratio") for scale in ("", "万", "亿")  # noqa: E501
     if name[0] not in "十百千万亿" and name not in ("%", "‰", "成", "折", "番", "bp", "大", "行", "手") and base(scale + name)[2]]  # noqa: E501
)  # fmt: skip
NUMBERS = st.decimals(min_value=0, max_value=10**9, places=4, allow_nan=False, allow_infinity=False)


def render(value: Value, upper: Decimal | None = None) -> str:
    head = format(value.number, "f")
    return f"{head}{value.unit}" if upper is None else f"{head}—{format(upper, 'f')}{value.unit}"


@given(NUMBERS, SCALED)
def test_rendering_is_lossless(amount: Decimal, unit: str) -> None:
    (q,) = quantities(render(Value(amount, unit)))
    assert q.value == Value(amount, unit)
    name, factor, _ = base(unit)
    assert (q.number, q.unit) == (amount * factor, name)


@given(NUMBERS, NUMBERS, st.sampled_from(["亿元", "万吨", "户", "%", "平方公里", "个百分点"]))
def test_rendered_ranges_are_lossless(low: Decimal, more: Decimal, unit: str) -> None:
    (q,) = quantities(render(Value(low, unit), low + more))
    assert q.value == Value(low, unit)
    assert q.upper == (low + more) * base(unit)[1]


@given(st.integers(min_value=0, max_value=10**12))
def test_chinese_numerals_agree_with_cn2an(n: int) -> None:
    assert han_number(cn2an.an2cn(n)) == n


@given(NUMBERS, NUMBERS)
def test_arithmetic_is_exact(a: Decimal, b: Decimal) -> None:
    first, second = next(quantities(f"{a}亿元")), next(quantities(f"{b}万元"))
    assert first.number - second.number == a * 10**8 - b * 10**4
    assert (first.number + second.number) - second.number == first.number


@given(st.text(alphabet="投资约3.5一二百千万亿元家%,。“”《》第号-至余多 ×/:2019年月", max_size=40))
def test_reading_never_fails_and_masks_keep_length(text: str) -> None:
    folded = fold(text)
    masked = mask(folded)
    assert len(masked) == len(folded)
    assert all(m in (BLANK, f) for m, f in zip(masked, folded, strict=True))
    last = 0
    for q in quantities(masked):
        assert last <= q.start < q.end <= len(masked)
        last = q.end
