"""The names in a question: those that the corpus has, the longest first, and strangers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qa.chinese.fold import fold
from qa.question.names import Named, link, unknown_words

CORPUS = {
    "东湖高新区": ("zone", "东湖"),
    "东湖": ("zone", "东湖"),
    "华森电子有限公司": ("company", "华森电子"),
    "华森电子": ("company", "华森电子"),
}


def test_the_longest_form_counts_and_its_parts_do_not() -> None:
    assert link("东湖高新区的税收多少", CORPUS) == (Named("东湖高新区", "zone", "东湖"),)
    assert link("华森电子有限公司在东湖吗", CORPUS) == (
        Named("华森电子有限公司", "company", "华森电子"),
        Named("东湖", "zone", "东湖"),
    )


def test_a_stranger_is_named_as_unknown() -> None:
    (found,) = link("淀川保税区的进出口总额是多少", CORPUS)
    assert (found.text, found.known) == ("淀川保税区", False)


def test_another_form_of_a_known_name_is_no_stranger() -> None:
    gazetteer = {"东湖高新技术产业开发区": ("zone", link("东湖高新区的税收", {})[0].key)}
    (found,) = link("东湖高新区的税收多少", gazetteer)
    assert (found.text, found.known) == ("东湖高新区", True)


def test_common_words_before_a_suffix_name_nothing() -> None:
    assert link("从机关选派人员去公司", CORPUS) == ()
    assert link("引进了多少家公司", CORPUS) == link("总投资多少", CORPUS) == link("", CORPUS) == ()


def test_single_characters_are_no_names() -> None:
    assert unknown_words("选派人员去机关") == []
    assert unknown_words("华森电子的总投资") == ["华森"]


@given(st.text("东湖高新区华森电子有限公司的税收和、12 ", max_size=30))
def test_names_stand_in_the_question_in_order_and_apart(text: str) -> None:
    folded, at = fold(text), 0
    for name in link(folded, CORPUS):
        assert name.text in folded[at:]
        at = folded.index(name.text, at) + len(name.text)
