"""Passages and figures against their originals: the seeds stand where they say, anything else is found."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import FIGURE, MODEL, TEXTS, contents, document, write_index

from qa.documents.load import load
from qa.figures.extract import extract
from qa.prepare import prepare
from qa.schema import Document, Figure, Passage
from qa.search import index
from qa.search.index import in_memory
from qa.verify import info, stands_in, verify

SEEDS = load(Path(__file__).parent.parent / "seeds").documents


@pytest.mark.parametrize("document", SEEDS, ids=lambda document: document.id[:3])
def test_every_passage_stands_in_its_original(document: Document) -> None:
    assert [p.id for p in prepare(document) if not stands_in(p, document)] == []


def figures_of(document: Document) -> list[Figure]:
    return [figure for passage in prepare(document) for figure in extract(passage, document.text)]


@pytest.mark.parametrize("document", SEEDS, ids=lambda document: document.id[:3])
def test_every_figure_quotes_its_original(document: Document) -> None:
    """Hard line ends inside numbers, spaced letters, pinyin: 7 of 169 are not written as they are read."""
    found = figures_of(document)
    assert [f.text for f in found if document.text[f.start : f.end] != f.quote] == []
    assert [f.text for f in found if len(f.text.split()) > 1] == []
    assert bool([f for f in found if f.text != f.quote]) == (document.id[:3] in ("000", "004"))


NOISE = "东湖区总投资3.5亿元税收万平方米2 1\n\r\u3000\x00\ufffd数（shù），。12%"


@settings(max_examples=60, deadline=None)
@given(st.text(NOISE, max_size=200))
def test_figures_quote_any_text_and_no_two_passages_share_a_character(text: str) -> None:
    document = Document("d", text, "", "utf-8")
    assert [f for f in figures_of(document) if not f.quote or text[f.start : f.end] != f.quote] == []
    held = [at for passage in prepare(document) for at in passage.origin if at >= 0]
    assert len(held) == len(set(held))


def test_a_figure_that_stands_elsewhere_is_found() -> None:
    made = contents({"a.txt": "东湖区总投资3亿元。"})
    (figure,) = extract(made.passages[0], made.documents[0].text)
    with in_memory(replace(made, figures=[figure]), *MODEL) as store:
        assert verify(store) == []
    with in_memory(replace(made, figures=[replace(figure, start=5)]), *MODEL) as store:
        said = "a.txt: the figure 3亿元 does not stand in the original. Index again."
        assert verify(store) == [said]


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


def test_verify_reads_the_sources_again(tmp_path: Path) -> None:
    sources = tmp_path / "docs"
    sources.mkdir()
    texts = {"a.txt": "甲区投资。", "b.txt": "乙区税收。", "c.txt": "丙区道路。", "d.txt": "丁区。"}
    for name, text in texts.items():
        (sources / name).write_text(text, encoding="utf-8")
    made = contents(texts, home=sources)
    write_index(tmp_path / "idx", texts, documents=made.documents, roots=made.roots)
    with index.open_store(tmp_path / "idx") as store:
        assert verify(store) == []
        (sources / "a.txt").write_text("甲区投资了。", encoding="utf-8")
        (sources / "b.txt").unlink()
        (sources / "e.txt").write_text("戊区。", encoding="utf-8")
        assert verify(store) == [
            "a.txt: changed since it was indexed.",
            "b.txt: missing.",
            "e.txt: new, not in the index.",
        ]
        shutil.rmtree(sources)
        stays = f"What the index has of it stays; to drop it: qa remove {sources}"
        assert verify(store) == [
            f"'{sources}' does not exist. Check the path. {stays}",
            *(f"{name}: cannot be read now." for name in texts),
        ]


def test_verify_tells_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("甲区投资。", encoding="utf-8")
    made = contents({"a.txt": "甲区投资。"}, home=tmp_path)
    made = replace(made, documents=[replace(made.documents[0], encoding="gb18030")])
    with index.in_memory(made, *MODEL) as store:
        assert verify(store) == ["a.txt: now read as utf-8, was read as gb18030."]


def test_verify_finds_a_passage_that_does_not_stand_there() -> None:
    made = contents(TEXTS)
    documents = [document("a.txt", "甲区总投资9亿元。\n乙區稅收5亿元。"), made.documents[1]]
    with index.in_memory(replace(made, documents=documents), *MODEL) as store:
        text = "a.txt: passage a.txt#1 does not stand in the original at its range. Index again."
        assert verify(store) == [text]


def test_info(tmp_path: Path) -> None:
    write_index(tmp_path / "idx", figures=[FIGURE])
    with index.open_store(tmp_path / "idx") as store:
        found = info(store)
    assert found["counts"] == {"documents": 2, "passages": 3, "figures": 1, "terms": found["counts"]["terms"]}
    assert (found["model"], found["fingerprint"], found["dimension"]) == (*MODEL, 4)
    assert [source["id"] for source in found["sources"]] == ["a.txt", "b/c.txt"]
    assert json.loads(json.dumps(found)) == found | {"roots": []}
