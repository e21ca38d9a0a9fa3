"""Long texts read in parts: nothing is lost, offsets are those of the whole."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import prepare as preparing
from qa.documents.load import load
from qa.documents.parts import parts
from qa.figures.extract import extract_all
from qa.prepare import prepare
from qa.schema import Document
from qa.verify import stands_in

SEEDS = load(Path(__file__).parents[2] / "seeds").documents


@given(st.text(st.sampled_from("一二。 \n\r\u3000")), st.integers(1, 9))
def test_parts_cover_the_text_and_none_is_too_long(text: str, longest: int) -> None:
    ranges = list(parts(text, longest))
    assert [start for start, _ in ranges] == [0, *(end for _, end in ranges[:-1])]
    assert ranges[-1][1] == len(text)
    assert all(0 < end - start <= longest for start, end in ranges if text)


@pytest.mark.parametrize(
    "text, cut",
    [
        ("一二三四五。\n\n七八九十\n甲乙丙", "一二三四五。\n\n"),
        ("一二三四五。六七八\n九十甲乙丙", "一二三四五。六七八\n"),
        ("一二三四五。六七。八九十甲乙丙", "一二三四五。六七。"),
        ("一二三四五六七八九十甲乙丙丁戊", "一二三四五六七八九十"),
    ],
)
def test_a_part_ends_where_the_text_does_best(text: str, cut: str) -> None:
    (_, end), *_ = parts(text, 10)
    assert text[:end] == cut


@pytest.mark.parametrize("document", SEEDS, ids=lambda document: document.id[:3])
def test_what_is_read_in_parts_stands_in_its_original(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = prepare(document)
    monkeypatch.setattr(preparing, "parts", lambda text: parts(text, 700))
    found = prepare(document)
    assert [passage.id for passage in found if not stands_in(passage, document)] == []
    assert len({passage.id for passage in found}) == len(found)
    for figure in extract_all(found, document.text):
        assert document.text[figure.start : figure.end] == figure.quote
    seen, before = ({at for p in passages for at in p.origin if at >= 0} for passages in (found, whole))
    assert len(before & seen) > 0.95 * len(before), "what is boilerplate depends on what stands around it"


def test_what_reading_takes_does_not_grow_with_what_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the passages themselves: `python benchmarks/clean.py` measures a file of 50 MB."""
    monkeypatch.setattr(preparing, "parts", lambda text: parts(text, 20_000))
    text = SEEDS[4].text
    taken = []
    for times in (4, 12):
        document = Document("d", (text + "\n") * times, "", "utf-8")
        tracemalloc.start()
        passages = prepare(document)
        kept, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        taken.append((peak - kept) / len(document.text))
        assert passages
    assert taken[1] < 0.6 * taken[0]
