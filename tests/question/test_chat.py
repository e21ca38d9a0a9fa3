"""Follow-ups completed from the turns before them."""

import pytest
from cpu import at_most

from qa.question.chat import focus, resolve

NAMES = ("东湖高新区", "西山开发区", "华森电子")


def known(text: str) -> list[str]:
    return [name for name in NAMES if name in text]


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("东湖高新区2021年1—11月工业总产值多少？", "增速呢？", "东湖高新区2021年1—11月工业总产值增速多少"),
        ("东湖高新区2021年1—11月工业总产值多少？", "那固定资产投资呢？", "东湖高新区2021年1—11月固定资产投资多少"),  # noqa: E501
        ("东湖高新区2021年1—11月税收多少？", "预计全年呢？", "东湖高新区2021年预计全年税收多少"),
        ("东湖高新区2021年税收多少？", "那西山开发区呢？", "西山开发区2021年税收多少"),
        ("华森电子总投资多大？", "占多少地？", "华森电子占多少地"),
        ("华森电子属于哪个开发区？", "它一季度产值做到多少？", "华森电子一季度产值做到多少"),
        ("东湖高新区今年先后启动了几个安置小区？", "竣工了几个？", "东湖高新区今年安置小区竣工了几个"),
        ("东湖高新区税收多少？", "西山开发区的书记是谁？", "西山开发区的书记是谁？"),
        ("东湖高新区2021年税收多少？", "渌田大桥通车了吗？", "渌田大桥通车了吗？"),
    ],
)
def test_follow_up(before: str, question: str, expected: str) -> None:
    assert resolve(question, focus(before, known), known) == expected


def test_the_first_question_stays_as_it_is() -> None:
    assert resolve("那增速呢？", None, known) == "那增速呢？"


@pytest.mark.parametrize("unit", ["1", "1,", "一", "截至1", "1月", "园区", " "])
def test_twenty_thousand_characters_are_taken_apart_at_once(unit: str) -> None:
    long = unit * (20_000 // len(unit))
    with at_most(2):
        resolve(long, focus(long, known), known)
