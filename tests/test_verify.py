"""Passages against their originals: the seeds stand where they say, anything else is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qa.documents.load import load
from qa.prepare import prepare
from qa.schema import Document, Passage
from qa.verify import stands_in

SEEDS = load(Path(__file__).parent.parent / "seeds").documents


@pytest.mark.parametrize("document", SEEDS, ids=lambda document: document.id[:3])
def test_every_passage_stands_in_its_original(document: Document) -> None:
    assert [p.id for p in prepare(document) if not stands_in(p, document)] == []


@pytest.fixture(scope="module")
def passage() -> Passage:
    """One whose cleaning mended shifted bytes and took pinyin out."""
    (found,) = [p for p in prepare(SEEDS[3]) if "株洲兆能" in p.text]
    return found


@pytest.mark.parametrize("at", [0, 1, 24, 26, 100])
def test_a_changed_character_is_found(passage: Passage, at: int) -> None:
    changed = passage.text[:at] + "凤" + passage.text[at + 1 :]
    assert stands_in(passage, SEEDS[3])
    assert not stands_in(replace(passage, text=changed), SEEDS[3])


def test_a_map_that_is_off_by_one_is_found(passage: Passage) -> None:
    origin = [at + 1 for at in passage.origin]
    assert not stands_in(replace(passage, origin=origin), SEEDS[3])
    assert not stands_in(replace(passage, start=passage.start + 1), SEEDS[3])
    assert not stands_in(replace(passage, end=passage.end - 1), SEEDS[3])
