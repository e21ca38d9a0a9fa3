"""Many questions: what a line may hold, and in which order they are asked."""

from __future__ import annotations

import pytest

from qa.cli.batch import Asked, ask_all, read_asked
from qa.errors import InputError, QAError
from qa.schema import Answer


def _answer(question: str) -> Answer:
    return Answer(question, question, "answered", question, None, None, 1.0, ())


def test_what_influences_no_answer_is_not_read() -> None:
    lines = [
        '\ufeff{"id": 7, "question": "甲？", "answers": ["乙"], "evidence": 3}\n',
        " \n",
        '{"question": "丙？"}',
    ]
    assert read_asked(lines, "q.jsonl") == [Asked("甲？", 7), Asked("丙？")]


def test_a_number_that_json_lacks_becomes_text() -> None:
    (asked,) = read_asked(['{"question": "甲？", "id": NaN, "conversation": 3, "turn": 1.5}'], "q")
    assert asked == Asked("甲？", "nan", 3, 1.5)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "q:2: is not JSON (column 2: "),
        ("3", "q:2: must be an object, found a number."),
        ("{}", 'q:2: "question" is missing.'),
        ('{"question": null}', 'q:2: "question" must be a string, found null.'),
        ('{"question": "甲", "id": true}', 'q:2: "id" must be a string, found true or false.'),
        ('{"question": "甲", "turn": []}', 'q:2: "turn" must be a number, found a list.'),
    ],
)
def test_the_first_mistake_is_named_with_its_line(line: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        read_asked(['{"question": "甲？"}', line], "q")
    assert str(error.value).startswith(said)


def test_turns_are_asked_in_order_when_the_first_row_of_their_conversation_comes_up() -> None:
    asked: list[str] = []

    def ask(question: str) -> Answer:
        asked.append(question)
        return _answer(question)

    rows = [Asked("二", 1, "c", 2), Asked("单", 2), Asked("一", 3, "c", 1)]
    done = [
        (row.id, answer.text) for row, answer in ask_all(rows, ask, lambda: ask) if isinstance(answer, Answer)
    ]
    assert asked == ["一", "二", "单"]
    assert done == [(1, "二"), (2, "单"), (3, "一")]


def test_an_error_is_the_answer_to_its_own_question_alone() -> None:
    def ask(question: str) -> Answer:
        if question == "坏":
            raise QAError("no")
        return _answer(question)

    answers = [answer for _, answer in ask_all([Asked("坏"), Asked("好")], ask, lambda: ask)]
    assert [str(answers[0]), answers[1]] == ["no", _answer("好")]
