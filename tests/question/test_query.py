"""Reading questions: kind, unit, operation, content."""

import pytest
from qa.question.terms import terms

from qa.question.query import read_query


@pytest.mark.parametrize(
    ("text", "kind", "dimension", "unit"),
    [
        ("滨海新区今年完成税收多少亿元？", "figure", "money", "亿元"),
        ("苏州工业园区有几家上市公司？", "figure", "count", "家"),
        ("合肥高新區規上工業增加值增速是多少？", "figure", "percent", ""),
        ("这条路有多长？", "figure", "length", ""),
        ("厂区占地多少？", "figure", "area", ""),
        ("建设周期要多久？", "figure", "time", ""),
        ("是哪家企业中标的？", "which", "", ""),
        ("谁主持了会议？", "who", "", ""),
        ("大桥什么时候通车？", "when", "", ""),
        ("开工仪式在哪里举行？", "where", "", ""),
        ("项目为什么停工？", "why", "", ""),
        ("园区有哪些主导产业？", "list", "", ""),
        ("居民怎么申请补贴？", "how", "", ""),
        ("改革的主题是什么？", "what", "", ""),
        ("项目开工了吗？", "yesno", "", ""),
    ],
)
def test_kind_dimension_unit(text: str, kind: str, dimension: str, unit: str) -> None:
    query = read_query(text)
    assert (query.kind, query.dimension, query.unit) == (kind, dimension, unit)


@pytest.mark.parametrize(
    ("text", "op", "sides"),
    [
        ("甲区和乙区哪个引进的项目多？", "more", ("甲区", "乙区")),
        ("甲厂的产值比乙厂的产值高多少？", "difference", ("甲厂的产值", "乙厂的产值")),
        ("甲厂的产值是乙厂的几倍？", "ratio", ()),
        ("税收占财政收入的百分之几？", "share", ()),
        ("收到的意见还有多少没有办结？", "rest", ()),
    ],
)
def test_operation(text: str, op: str, sides: tuple[str, ...]) -> None:
    query = read_query(text)
    assert (query.kind, query.op, query.sides) == ("compare", op, sides)


@pytest.mark.parametrize("text", ["", "?", "　", "多少", "a" * 1000, "甲和", "比多少", "\x00"])
def test_any_text_is_read(text: str) -> None:
    assert len(read_query(text).content) == len(read_query(text).folded)


def test_terms_are_bigrams_and_runs() -> None:
    assert terms("gdp 增长8.5%") == ("gdp", "增长", "8.5%")
