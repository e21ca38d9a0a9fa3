"""Repairs keep the way back: what is dropped, mended or closed up, and what stays."""

from __future__ import annotations

import pytest

from qa.documents.repair import (
    apply_edits,
    identity,
    justification_edits,
    repair,
    shifted_pair_edits,
    space_run_edits,
)
from qa.schema import INSERTED, Clean

DAMAGED = "建设动力!睖O口经开区"
"""动力。”淥口 … without its first byte: the bytes after it were paired anew."""


def closed_up(text: str) -> str:
    return apply_edits(identity(text), justification_edits(text)).text


def test_edits_take_the_origins_of_what_they_stand_for() -> None:
    clean = apply_edits(identity("abcdef"), [(1, 3, "X"), (4, 4, "YZ")])
    assert (clean.text, list(clean.origin)) == ("aXdYZef", [0, 1, 3, INSERTED, INSERTED, 4, 5])
    assert apply_edits(clean, []) is clean


def test_edits_of_edits_still_lead_to_the_original() -> None:
    once = apply_edits(identity("a-b-c"), [(1, 2, "")])
    twice = apply_edits(once, [(2, 3, "")])
    assert twice == Clean("abc", twice.origin)
    assert list(twice.origin) == [0, 2, 4]


def test_invisible_characters_and_pinyin_go() -> None:
    clean = repair("渌\u200b口區(qū)、淥(lù)口（含税）")
    assert clean.text == "渌口區、淥口（含税）"
    assert [clean.origin[clean.text.index(char)] for char in "区口含" if char in clean.text] == [2, 16]


@pytest.mark.parametrize("text", ["米(mi)", "公里(km)", "面积(m)"])
def test_a_bare_syllable_alone_is_no_pinyin(text: str) -> None:
    assert repair(text).text == text


def test_a_proved_shift_is_mended_in_place() -> None:
    ((start, end, new),) = shifted_pair_edits("他说：“增强发展" + DAMAGED)
    text = "他说：“增强发展" + DAMAGED
    assert (text[start:end], new) == ("!睖O", "。”淥")
    assert shifted_pair_edits("总投资3亿元，占地150亩。A区") == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("总 投 资 63.5 亿 元", "总投资63.5亿元"),
        ("增长 8 %", "增长8%"),
        ("63. 5亿元", "63.5亿元"),
        ("2019 07", "2019 07"),
        ("koei tecmo", "koei tecmo"),
        ("2019-07-03 长沙", "2019-07-03 长沙"),
        ("（记者 马贵 通讯员 李强）", "（记者 马贵 通讯员 李强）"),
        ("“招大引强  集聚成链”", "“招大引强 集聚成链”"),
        ("完成, 增长", "完成, 增长"),
        ("投资\u3000增长", "投资增长"),
    ],
)
def test_justification_goes_and_separators_stay(text: str, shown: str) -> None:
    assert closed_up(text) == shown


def test_runs_of_spaces_become_one() -> None:
    text = "甲  乙\t丙 丁"
    assert apply_edits(identity(text), space_run_edits(text)).text == "甲 乙 丙 丁"
