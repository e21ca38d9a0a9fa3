"""Questions as records: evidence found in a text, conversations in order, one fingerprint a set."""

from __future__ import annotations

from question_files import ask, lines

from qa.evaluation.questions import threads
from qa.evaluation.reading import parse_lines


def test_conversations_are_asked_in_order_of_turn():
    talk = {"conversation": "c"}
    asked = parse_lines(lines(ask("a", **talk, turn=2), ask("b"), ask("c", **talk, turn=1)), "q")
    assert [[q.id for q in thread] for thread in threads(asked)] == [["c", "a"], ["b"]]


def test_the_fingerprint_is_of_what_is_asked_and_right():
    one = parse_lines(lines(ask("a"), ask("b", zone="x")), "one")
    assert one.fingerprint == parse_lines("\n" + lines(ask("b"), ask("a")), "two").fingerprint
    assert one.fingerprint != parse_lines(lines(ask("a"), ask("b", answers=["2亿元"])), "one").fingerprint
