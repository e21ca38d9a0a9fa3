"""Records to rows of the store and back, to the character."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st
from tiny import FIGURE

from qa.schema import Passage, When
from qa.search.rows import figure_row, pack_origin, passage_row, to_figure, to_passage, unpack_origin


@given(st.lists(st.integers(-1, 2**31 - 1)))
def test_character_maps(origin: list[int]) -> None:
    assert unpack_origin(pack_origin(array("i", origin))) == array("i", origin)


@given(st.text(min_size=1), st.text())
def test_passages_as_rows(text: str, headline: str) -> None:
    when = When("2019-07-03", 3, 13, 2019, 7, 3)
    made = Passage(
        "p",
        "d",
        text,
        array("i", range(len(text))),
        0,
        len(text),
        1,
        1,
        "paragraph",
        ((0, 1),),
        2,
        headline,
        "s",
        when,
        4,
        "一、总体",
        ((0, 2, "东湖区"),),
        ((0, 3, "zone", "东湖|经开区"), (1, 2, "place", "湘潭")),
    )
    assert to_passage(*passage_row(7, made)[6:]) == made


def test_figures_as_rows() -> None:
    assert to_figure(*figure_row(0, FIGURE)[-2:]) == FIGURE
    assert str(to_figure(*figure_row(0, FIGURE)[-2:]).value.number) == "3.10"
