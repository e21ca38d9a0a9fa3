"""Figures: golden sentences, invariants on arbitrary text, and the table."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from golden_figures import GOLDEN, compare, passage
from hypothesis import example, given
from hypothesis import strategies as st
from tiny import MODEL, contents

from qa.chinese.fold import fold
from qa.errors import InputError
from qa.figures.extract import extract
from qa.figures.table import COLUMNS, Figures, Filter, filtered, select, where
from qa.schema import Figure, Passage, When
from qa.search.index import in_memory

CASES = json.loads(GOLDEN.read_text("utf-8"))
PARAMS = [
    pytest.param(
        case,
        id=case["id"],
        marks=[pytest.mark.xfail(strict=True, reason=case["xfail"])] if "xfail" in case else [],
    )
    for case in CASES
]


@pytest.mark.parametrize("case", PARAMS)
def test_golden_sentence(case: dict[str, object]) -> None:
    rows, extra = compare(case)
    assert [(expected["quote"], sorted(fields)) for expected, fields in rows if fields] == []
    assert [f.quote for f in extra] == []


def test_accuracy_over_all_golden_figures() -> None:
    rows = [fields for case in CASES for _, fields in compare(case)[0]]
    assert sum("value" not in fields for fields in rows) / len(rows) >= 0.99
    assert sum(not fields & {"subject", "metric", "period"} for fields in rows) / len(rows) >= 0.90


def _one(text: str, subject: str = "") -> Figure:
    (figure,) = extract(passage(text, subject))
    return figure


def test_zone_pronouns_mean_the_subject_of_the_passage() -> None:
    for words in ("该区", "全区", "我区", "园区"):
        assert _one(f"{words}完成税收3亿元。", "云溪高新区").subject == "云溪高新区"


def test_relative_years_need_a_stated_date() -> None:
    plain = passage("去年，该区完成税收3亿元。", "云溪高新区")
    assert extract(plain)[0].year is None
    dated = replace(plain, date=When("2019-07-03", 0, 10, 2019, 7, 3))
    (figure,) = extract(dated)
    assert (figure.period, figure.year) == ("去年", 2018)


def test_offsets_lead_back_to_the_original() -> None:
    original = "总投\n资146.65\n亿元，占地约１２０ 亩。"
    kept = [i for i, c in enumerate(original) if c not in "\n "]
    clean = "".join(original[i] for i in kept)
    found = extract(
        Passage("p", "d.txt", clean, tuple(kept), 0, len(original), 1, 3, "paragraph", ((0, len(clean)),))
    )
    assert [original[f.start : f.end] for f in found] == ["146.65\n亿元", "１２０ 亩"]
    assert original[found[0].clause_start : found[0].clause_end] == "总投\n资146.65\n亿元"
    assert [f.number for f in found] == [Decimal("14665000000"), Decimal(120)]


def test_inserted_characters_have_no_place_in_the_original() -> None:
    clean, origin = "动力。”投资3亿元", (0, 1, -1, -1, 2, 3, 4, 5, 6)
    (figure,) = extract(Passage("p", "d", clean, origin, 0, 7, 1, 1, "paragraph", ((0, 9),)))
    assert (figure.start, figure.end, figure.clean_start, figure.clean_end) == (4, 7, 6, 9)


PIECES = st.lists(
    st.sampled_from(
        [
            "该区",
            "湘城经开区",
            "新签约项目",
            "总投资",
            "完成",
            "固定资产投资",
            "同比增长",
            "分别为",
            "其中",
            "预计",
            "全年",
            "2017年1—11月",
            "今年",
            "约",
            "近",
            "以上",
            "3",
            "12.5",
            "１２",
            "一百二十",
            "三成",
            "百分之九十",
            "亿元",
            "万元",
            "%",
            "个",
            "家",
            "亩",
            "、",
            "，",
            "；",
            "。",
            "和",
            "（",
            "）",
            "“",
            "”",
            "《",
            "》",
            "的",
            "2×1000MW",
            "第五届",
            "2+10",
            "居全市第一",
            "了",
            "建成后",
            "比上年",
            "三分之一",
            "\n",
        ]
    ),
    max_size=25,
).map("".join)


@given(PIECES | st.text(max_size=60), st.sampled_from(["", "湘城经开区"]))
@example("百分之九十三分之一", "")
def test_invariants_on_arbitrary_text(text: str, subject: str) -> None:
    if not text:
        return
    last = 0
    for f in extract(passage(text, subject)):
        assert text[f.start : f.end] == f.quote == text[f.clean_start : f.clean_end]
        assert last <= f.start < f.end
        assert f.clause_start <= f.start and f.end <= f.clause_end
        assert any(c.isnumeric() or c in "百千万亿数几两首榜" for c in fold(f.quote))
        assert all(c in f.quote for c in f.quote if c.isdigit())
        last = f.end


@given(st.integers(min_value=1, max_value=10**7), st.integers(min_value=0, max_value=99))
def test_the_range_of_a_figure_holds_its_digits(whole: int, part: int) -> None:
    figure = _one(f"云溪高新区完成固定资产投资{whole}.{part:02d}亿元，成效明显。")
    assert figure.quote == f"{whole}.{part:02d}亿元"
    assert figure.number == Decimal(f"{whole}.{part:02d}") * 10**8
    assert (figure.subject, figure.metric) == ("云溪高新区", "固定资产投资")


@pytest.fixture
def figures() -> Figures:
    first = passage("2020年，东山县完成税收3.2亿元；2021年，东山县完成税收4亿元。")
    second = replace(passage("西河縣完成稅收9800萬元，引進企業12家。"), id="q", document="b.txt")
    return Figures([*extract(first), *extract(second)])


def test_select_filters_and_sorts(figures: Figures) -> None:
    assert [f.quote for f in select(figures, Filter(metric="税收"), sort="number", descending=True)] == [
        "4亿元", "3.2亿元", "9800萬元",
    ]  # fmt: skip
    assert [f.quote for f in select(figures, Filter(unit="亿元", low=Decimal(1)))] == ["3.2亿元", "4亿元"]
    assert [f.quote for f in select(figures, Filter(subject="西河县", unit="家"))] == ["12家"]
    assert [f.quote for f in select(figures, Filter(period="2021"))] == ["4亿元"]
    assert [f.quote for f in select(figures, Filter(document="b.txt", query="引进"))] == ["12家"]
    with pytest.raises(InputError, match="cannot be sorted by 'colour'"):
        select(figures, Filter(), sort="colour")


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(query="税收 東山"),
        Filter(query="引进 12家"),
        Filter(query="没有"),
        Filter(subject="東山縣", metric="税收", unit="万元", low=Decimal(5000)),
        Filter(period="2021", document="A.TXT"),
        Filter(unit="亿元", low=Decimal("3.2"), high=Decimal("3.2")),
        filtered("1亿元", "3.5亿元", {}),
        filtered(10, None, {"unit": "家"}),
    ],
    ids=str,
)
def test_where_is_the_same_filter_as_sql(figures: Figures, wanted: Filter) -> None:
    with in_memory(contents({"a.txt": "甲", "b.txt": "乙"}, figures), *MODEL) as store:
        assert store.figures_where(*where(wanted)) == select(figures, wanted)


def test_to_pandas(figures: Figures) -> None:
    pandas = pytest.importorskip("pandas")
    frame = figures.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame.columns) == list(COLUMNS)
    assert frame["number"].tolist() == [3.2, 4, 9800, 12]
    assert frame["base_number"].sum() == 3.2e8 + 4e8 + 9.8e7 + 12
    assert (frame["year"].tolist()[:2], frame["year"].isna().tolist()[2:]) == ([2020, 2021], [True, True])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "2021年，全区工业总产值1286亿元，较2020年的1105亿元增长16.4%。",
            [
                ("工业总产值", "", "1286亿元", "2021年"),
                ("工业总产值", "", "1105亿元", "2020年"),
                ("增长", "工业总产值", "16.4%", "2021年"),
            ],
        ),
        (
            "基础设施、制造业投资分别增长9.4%、9.1%。",
            [("增长", "基础设施投资", "9.4%", ""), ("增长", "制造业投资", "9.1%", "")],
        ),
        (
            "- **一般公共预算收入**：前三季度完成31.7亿元，同比增长5.9%；预计全年41亿元。",
            [
                ("一般公共预算收入", "", "31.7亿元", "前三季度"),
                ("同比增长", "一般公共预算收入", "5.9%", "前三季度"),
                ("一般公共预算收入", "", "41亿元", "全年"),
            ],
        ),
    ],
)
def test_bases_lists_and_bold_labels_keep_their_metric(text: str, said: list[tuple[str, ...]]) -> None:
    found = extract(passage(text, ""))
    assert [(f.metric, f.of, f.quote, f.period) for f in found] == said
