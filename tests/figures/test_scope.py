"""What is carried from clause to clause: subject, period, what was counted last."""

from __future__ import annotations

from golden_figures import passage

from qa.chinese.periods import time_expressions
from qa.figures.scope import Scope, note_times, resolve, topic


def test_a_noun_phrase_is_itself_or_what_it_refers_back_to() -> None:
    scope = Scope(passage("该区完成税收3亿元。", "云溪高新区"), None)
    assert resolve("该区", scope) == "云溪高新区"
    assert resolve("东城机械有限公司", scope) == "东城机械有限公司"
    assert resolve("的", scope) == ""


def test_the_period_last_said_is_carried() -> None:
    scope = Scope(passage("2020年，税收3亿元。", ""), None)
    for text in ("2020年", "截至目前", "去年上半年"):
        note_times(scope, [t for t in time_expressions(text, text) if t.kind in ("when", "iso")])
    assert (scope.period, scope.year) == ("去年上半年", None)


def test_the_first_clause_of_a_sentence_may_name_the_subject() -> None:
    scope = Scope(passage("", ""), None)
    assert topic(scope, "湘城经开区完成固定资产投资") == "湘城经开区"
    assert topic(scope, "完成固定资产投资") == ""
