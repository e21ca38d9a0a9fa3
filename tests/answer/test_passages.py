"""Hits become passages under question: read once, in order, with their figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from answering import nearest_number, passage, read, reading, sources

from qa.answer.passages import DEPTH, SPANS, read_hits
from qa.models.reader import Reading
from qa.schema import When

TEXTS = {f"{n}.txt": f"第{n}区完成税收{n}亿元，企業{n * 10}家。" for n in range(1, 9)}


def test_the_first_hits_are_read_in_one_go_each_behind_its_head() -> None:
    asked: list[tuple[str, Sequence[str], Sequence[str], int]] = []

    def reads(
        question: str, passages: Sequence[str], heads: Sequence[str] = (), *, n_best: int = 5
    ) -> list[Reading]:
        asked.append((question, passages, heads, n_best))
        return nearest_number(question, passages, heads, n_best=n_best)

    held = sources(TEXTS, reads=reads, headline="税收月报", date=When("2019年", 0, 5, 2019))
    hits = held.search("税收多少", 99)
    found = read_hits("税收多少", hits, held)
    assert len(hits) == len(TEXTS) > DEPTH == len(found)
    texts = [hit.passage.text for hit in hits[:DEPTH]]
    assert asked == [("税收多少", texts, ["2019年；税收月报\n"] * DEPTH, SPANS)]
    assert [r.hit for r in found] == hits[:DEPTH]
    assert [r.head for r in found] == ["2019年;税收月报 "] * DEPTH  # folded: a line end is a space
    assert [[f.quote for f in r.figures] for r in found] == [
        [f"{n}亿元", f"{n * 10}家"] for n in range(1, DEPTH + 1)
    ]


def test_offsets_of_the_folded_text_are_those_of_the_passage() -> None:
    (found,) = read_hits("企业几家", sources(TEXTS).search("", 1), sources(TEXTS))
    start, end = found.reading.spans[0].start, found.reading.spans[0].end
    assert (found.folded[start:end], found.passage.text[start - 2 : end]) == ("10家", "企業10家")
    assert len(found.folded) == len(found.passage.text)


def test_nothing_found_is_nothing_read() -> None:
    assert read_hits("税收多少", [], sources(TEXTS)) == []


def test_the_sentence_at_a_place() -> None:
    text = "甲区完成税收3亿元。乙区有企业12家！丙区\n"
    held = read(passage(text), reading(text))
    assert [text[slice(*held.sentence(at))] for at in (0, 9, 10, len(text) - 1, len(text) + 5)] == [
        "甲区完成税收3亿元。", "甲区完成税收3亿元。", "乙区有企业12家！", "丙区\n", "丙区\n",
    ]  # fmt: skip
    one = replace(held.passage, sentences=((0, len(text)),))
    assert read(one).sentence(3) == (0, len(text))
