"""Which lines belong to one paragraph: columns, indents, blank lines, lists."""

from __future__ import annotations

import pytest

from qa.documents import costs
from qa.documents.lines import Line, width
from qa.documents.unwrap import paragraphs

ONE = (
    "湘潭高新区今年完成固定资产投资八亿元，同比增长百分之十二点五，其中工业投资六亿元，增速居全市第一，"
    "全区新开工项目四十六个，总投资一百二十亿元，涵盖装备制造、新材料和电子信息三大产业，带动就业两千余人。"
)
TWO = (
    "园区还将继续优化营商环境，推动重点项目早日建成投产，为全市高质量发展作出更大贡献，"
    "同时围绕主导产业招大引强，加快补齐产业链短板，力争全年实现技工贸总收入突破两千亿元。"
)


def _lines(text: str) -> tuple[list[str], list[Line]]:
    """Lines of a text; an indent is two full-width spaces, an empty line a gap."""
    texts, lines, gap = [], [], 0
    for raw in text.split("\n"):
        body = raw.strip("\u3000")
        if not body:
            gap += 1
            continue
        texts.append(body)
        lines.append(Line(0, len(body), gap, float(len(raw) - len(body)), width(body), opens=body[0] == "■"))
        gap = 0
    return texts, lines


def _wrapped(text: str, columns: int, indent: bool = True) -> str:
    first = columns - 2 if indent else columns
    pieces = [text[:first]] + [text[at : at + columns] for at in range(first, len(text), columns)]
    return ("\u3000\u3000" if indent else "") + "\n".join(pieces)


def _joined(text: str) -> list[str]:
    texts, lines = _lines(text)
    return ["".join(texts[start:end]) for start, end in paragraphs(texts, lines)]


@pytest.mark.parametrize("columns", [18, 24, 31])
@pytest.mark.parametrize("indent", [True, False])
def test_lines_of_a_column_are_one_paragraph(columns: int, indent: bool) -> None:
    text = _wrapped(ONE, columns, indent) + "\n" + _wrapped(TWO, columns, indent)
    assert _joined(text) == [ONE, TWO]


def test_lines_that_were_never_wrapped_stay_apart() -> None:
    sentences = [ONE[:18] + "。", ONE[19:29] + "。", TWO, TWO[:12] + "。", ONE]
    assert _joined("\n".join(sentences)) == sentences


def test_a_list_without_marks_stays_a_list() -> None:
    items = ["装备制造产业", "新材料产业", "电子信息产业", "现代物流产业"]
    assert _joined("\n".join(items)) == items


def test_a_title_stays_above_its_text() -> None:
    assert _joined("高新区投资大增\n" + _wrapped(ONE, 24)) == ["高新区投资大增", ONE]


def test_what_opens_a_block_is_never_joined() -> None:
    assert _joined("湘潭高新区今年完成投资\n■全区新开工项目") == ["湘潭高新区今年完成投资", "■全区新开工项目"]


def test_ranges_cover_all_lines_in_order() -> None:
    texts, lines = _lines(_wrapped(ONE, 20) + "\n\n" + _wrapped(TWO, 12))
    found = paragraphs(texts, lines)
    assert [start for start, _ in found] == [0, *(end for _, end in found[:-1])]
    assert found[-1][1] == len(lines)
    assert paragraphs([], []) == []


def test_costs_are_in_the_order_of_what_print_does() -> None:
    assert sorted(costs.ENDS, key=lambda end: costs.ENDS[end]) == [
        "sentence", "bracket", "semicolon", "colon", "other",
    ]  # fmt: skip
    assert set(costs.ALONE) < set(costs.ENDS)
    assert costs.CUT_WORD < 0 < costs.CUT_BETWEEN_WORDS
    assert costs.OTHER_COLUMN < costs.OTHER_COLUMN_UNWRAPPED
    assert costs.SAME_SLACK < costs.NARROW_SLACK < costs.NARROWER[0] < costs.INDENT < costs.NARROWER[1]
