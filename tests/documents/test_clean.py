"""Cleaning: golden cases from the sample corpus and from other texts, and what must hold for any text."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.documents.clean import clean
from qa.schema import INSERTED, Block

HERE = Path(__file__).parent.parent
SEEDS = HERE.parent / "seeds"
CASES = json.loads((HERE / "cases" / "clean.json").read_text("utf-8"))
# Characters that cleaning meets and treats; the rest of Unicode comes with st.characters().
ALPHABET = "区產项目亿元区2022.5%，。、；：！？“”（）()《》 　\xa0\n\n\r\t—…·①�\u200bAbc-#|!?O睖敝ūé记者摄"
TEXTS = st.text(st.one_of(st.sampled_from(ALPHABET), st.characters()), max_size=300)


def shown(blocks: tuple[Block, ...]) -> list[str]:
    """Texts of the blocks that are searched."""
    return [block.clean.text for block in blocks if block.kind != "boilerplate"]


@pytest.fixture(scope="module")
def seeds() -> dict[str, tuple[Block, ...]]:
    return {path.name: clean(path.read_text("utf-8")) for path in sorted(SEEDS.glob("*.txt"))}


@pytest.mark.parametrize("case", CASES["seeds"], ids=lambda case: case["label"][:40])
def test_seed_case_in_its_file(case: dict, seeds: dict[str, tuple[Block, ...]]) -> None:
    blocks = seeds[case["source"]]
    texts = shown(blocks)
    for expected in case["blocks"]:
        assert any(expected in text for text in texts) if case["part"] else expected in texts
    if not case["blocks"]:
        footer = "".join(block.clean.text for block in blocks if block.kind == "boilerplate")
        for line in case["raw"].split("\n"):
            assert "".join(clean(line)[0].clean.text.split()) in "".join(footer.split())


@pytest.mark.parametrize(
    "case", [case for case in CASES["seeds"] if case["alone"]], ids=lambda case: case["label"][:40]
)
def test_seed_case_by_itself(case: dict) -> None:
    texts = shown(clean(case["raw"]))
    if case["part"]:
        assert all(any(expected in text for text in texts) for expected in case["blocks"])
    else:
        assert texts == case["blocks"]


@pytest.mark.parametrize("case", CASES["own"], ids=lambda case: case["label"][:40])
def test_other_texts(case: dict) -> None:
    blocks = clean("\n".join(case["raw"]))
    assert [[block.kind, block.clean.text] for block in blocks] == case["blocks"]


def test_kinds_of_the_seeds(seeds: dict[str, tuple[Block, ...]]) -> None:
    def of(name: str, kind: str) -> list[str]:
        return [
            b.clean.text
            for key, blocks in seeds.items()
            if key.startswith(name)
            for b in blocks
            if b.kind == kind
        ]

    assert of("000", "byline") == ["■通讯员 蔡华波 李强 记者 袁礼成"]
    assert of("000", "headline") == [
        "潮平两岸阔 风正一帆悬",
        "———国家级岳阳经济技术开发区跨越发展纪实",
        "经开区工业转型升级园区唱主角",
        "经开区以好作风强力推进二次创业",
        "跳动的音符",
        "岳阳经开区诚心真心谋发展",
    ]
    assert of("001", "heading") == [
        "突出招大引强,注重集聚成链,产业态势初步形成。",
        "推行看板管理,高速压茬推进,项目落地好戏连台。",
        "坚持精准施策,着力优化环境,要素保障全面发力。",
    ]
    assert of("002", "heading") == [
        "抓党建 筑牢战斗堡垒",
        "抓项目 助推发展提质",
        "抓产业 激活创新动能",
        "抓改革 理顺体制机制",
    ]
    assert of("002", "caption") == [
        "蓝天白云下的湘乡经开区",
        "湘乡经开区召开庆“七一”总结表彰大会",
        "宽阔笔直的湘乡大道",
        "吉昌动漫玩具(湖南)有限公司",
        "繁忙的电力产业园施工现场",
        "① 湖南电器检测所落户湘乡经开区",
        "② 北京嘉寓门窗幕墙湘乡生产基地",
        "③ 湖南巨强再生资源科技发展有限公司",
        "④ 经开区新貌",
    ]
    assert of("003", "caption") == [
        "淥口區一瞥。",
        "簽約現場。",
        "淥水二橋主體順利合攏。",
        "淥口區組織人力清理產業項目用地。",
        "淥口區委書記羅紹昀走訪調研項目建設工地。",
        "淥口區整齊的標準廠房。",
    ]
    assert of("004", "byline") == ["本报记者 马贵 通讯员 胡宁"]


def test_a_cut_paragraph_jumps_over_its_captions(seeds: dict[str, tuple[Block, ...]]) -> None:
    text = (SEEDS / "002_2875dc1cda2488a5.txt").read_text("utf-8")
    block = next(b for b in seeds["002_2875dc1cda2488a5.txt"] if "委湘电力等6家企业" in b.clean.text)
    at = block.clean.text.index("委湘电力等6家企业")
    assert text[block.clean.origin[at]] == "委"
    assert text[block.clean.origin[at + 4]] == "等"
    assert block.clean.origin[at + 4] - block.clean.origin[at + 3] == 38


def test_shifted_pairs_keep_their_place() -> None:
    raw = "“增添新的動力!睖O口區委書記說。"
    (block,) = clean(raw)
    assert block.clean.text == "“增添新的動力。”淥口區委書記說。"
    assert list(block.clean.origin) == list(range(len(raw)))


def test_nothing_to_show_gives_no_block() -> None:
    assert clean("") == ()
    assert clean(" \n\u3000\r\n\u200b\t") == ()


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_origins_rise_and_point_at_their_character(text: str) -> None:
    """Every character stands where its origin says, but for two documented replacements.

    A space may stand for white space or a line's end, and a mended byte pair for
    what was damaged (only in the line of a letter between Han characters).
    """
    blocks = clean(text)
    starts = []
    for block in blocks:
        assert len(block.clean.text) == len(block.clean.origin) > 0
        known = [at for at in block.clean.origin if at != INSERTED]
        assert all(a < b for a, b in pairwise(known))
        starts.append(known[0])
        for char, at in zip(block.clean.text, block.clean.origin, strict=True):
            if at != INSERTED and text[at] != char:
                assert (char == " " and text[at].isspace()) or _mended(text, at)
    assert starts == sorted(starts)


def _mended(text: str, at: int) -> bool:
    return re.search(r"[!-~]", text[at : at + 25]) is not None


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_no_original_character_is_used_twice(text: str) -> None:
    used = [at for block in clean(text) for at in block.clean.origin if at != INSERTED]
    assert len(used) == len(set(used))


@given(st.text(st.sampled_from("区产项目建设年总投资亿元2022.5%，。、；：！？“”（）abc \n"), max_size=300))
@settings(max_examples=300, deadline=None)
def test_no_han_character_digit_or_mark_is_lost(text: str) -> None:
    """Without pinyin and damage, cleaning only ever takes white space away."""
    kept = sorted("".join("".join(block.clean.text for block in clean(text)).split()))
    assert kept == sorted("".join(text.split()))


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.name[:3])
def test_cleaning_clean_text_changes_no_paragraph(path: Path) -> None:
    """Idempotence as it holds: a block's text, cleaned by itself, is one block of the same text."""
    for block in clean(path.read_text("utf-8")):
        assert [again.clean.text for again in clean(block.clean.text)] == [block.clean.text]
