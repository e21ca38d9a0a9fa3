"""Follow-ups are read behind the question that they go on from."""

import pytest

from qa.errors import InputError
from qa.question.chat import Chat, resolve
from qa.schema import Answer

NAMES = ("东湖高新区", "西山开发区", "华森电子")
FIRST = "东湖高新区2021年1—11月税收多少？"
MOVED = "东湖高新区2021年1—11月税收多少？；那西山开发区呢？"


def known(folded: str) -> list[str]:
    return [name for name in NAMES if name in folded]


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("", "增速呢？", "增速呢？"),
        (FIRST, "增速呢？", f"{FIRST}；增速呢？"),
        (f"{FIRST}；增速呢？", "预计全年呢？", f"{FIRST}；预计全年呢？"),
        (FIRST, "它占多少地？", f"{FIRST}；它占多少地？"),
        # What names its own subject stands alone, in whatever script.
        (FIRST, "西山开发区的书记是谁？", "西山开发区的书记是谁？"),
        (FIRST, "西山開發區的書記是誰？", "西山開發區的書記是誰？"),
        # But 呢 leaves out what is asked, and so goes on all the same.
        (FIRST, "那西山开发区呢？", MOVED),
        (FIRST, "西山開發區呢", f"{FIRST}；西山開發區呢"),
        (MOVED, "增速呢？", f"{MOVED}；增速呢？"),
        (f"{MOVED}；增速呢？", "预计全年呢？", f"{MOVED}；预计全年呢？"),
        (MOVED, "那华森电子呢？", f"{FIRST}；那华森电子呢？"),
        (MOVED, "华森电子总投资多大？", "华森电子总投资多大？"),
    ],
)
def test_a_turn_in_the_light_of_those_before_it(before: str, question: str, expected: str) -> None:
    assert resolve(question, before, known) == expected


def test_a_conversation_remembers_what_was_resolved_and_how_it_was_asked() -> None:
    asked = []

    def ask(question: str, resolved: str, k: int, least: float | None, explain: bool) -> Answer:
        asked.append((resolved, k, least, explain))
        return Answer(question, resolved, "no_answer", None, None, None, 0.0, ())

    chat = Chat(ask, known)
    assert chat.ask(FIRST).resolved == FIRST
    again = chat.ask("增速呢？", k=5, min_confidence=0.2)
    assert (again.question, again.resolved) == ("增速呢？", f"{FIRST}；增速呢？")
    assert chat.why().resolved == again.resolved and len(chat.turns) == 2
    assert asked[1:] == [(again.resolved, 5, 0.2, False), (again.resolved, 5, 0.2, True)]


def test_why_before_the_first_question() -> None:
    with pytest.raises(InputError):
        Chat(lambda *_: None, known).why()  # type: ignore[arg-type, return-value]
