"""Loading: encodings, ids, and every way in which a source can be unusable."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.documents.changes import Before, reread
from qa.documents.clean import clean
from qa.documents.decode import decode
from qa.documents.formats.reading import EXTRACTORS
from qa.documents.formats.source import Source
from qa.documents.load import load, roots_of
from qa.errors import LoadError
from qa.schema import Held, Skipped

SEEDS = Path(__file__).parents[2] / "seeds"
SIMPLIFIED = "东湖高新区去年完成工业总产值312.6亿元，同比增长9.8%。\n园区新引进项目36个。"
TRADITIONAL = "新竹科學園區去年營業額達1.4兆元，年增12.4%。\n園區引進廠商36家。"


def text_of(tmp_path: Path, data: bytes, encoding: str | None = None) -> tuple[str, str]:
    path = tmp_path / "rules.txt"
    path.write_bytes(data)
    (document,) = load([path], encoding).documents
    return document.text, document.encoding


@pytest.mark.parametrize(
    ("codec", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
    ],
)
def test_encodings_are_found(tmp_path: Path, codec: str, named: str) -> None:
    assert text_of(tmp_path, SIMPLIFIED.encode(codec)) == (SIMPLIFIED, named)


def test_big5_is_found(tmp_path: Path) -> None:
    assert text_of(tmp_path, TRADITIONAL.encode("big5")) == (TRADITIONAL, "big5hkscs")


@pytest.mark.parametrize("codec", ["gb18030", "big5hkscs", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.name[:3])
def test_the_seeds_survive_any_encoding(path: Path, codec: str) -> None:
    text = path.read_text("utf-8").encode(codec, "ignore").decode(codec)
    assert decode(text.encode(codec)) == (text, codec)


def test_short_texts_are_told_apart() -> None:
    assert decode("园区".encode("gb18030")) == ("园区", "gb18030")
    assert decode("總投資三億元".encode("big5")) == ("總投資三億元", "big5hkscs")
    assert decode(b"plain ASCII") == ("plain ASCII", "utf-8")


def test_a_forced_encoding_is_used_for_every_file(tmp_path: Path) -> None:
    assert text_of(tmp_path, TRADITIONAL.encode("big5"), "big5") == (TRADITIONAL, "big5")
    assert text_of(tmp_path, b"\xef\xbb\xbfabc", "utf-8") == ("abc", "utf-8")


def test_line_ends_and_everything_else_stay(tmp_path: Path) -> None:
    raw = "甲\r\n乙\r丙\n\u3000丁\ufffd\x0c"
    assert text_of(tmp_path, raw.encode())[0] == raw


def test_the_hash_is_of_the_bytes(tmp_path: Path) -> None:
    data = SIMPLIFIED.encode("gb18030")
    path = tmp_path / "a.md"
    path.write_bytes(data)
    assert load(path).documents[0].sha256 == hashlib.sha256(data).hexdigest()


def test_ids_are_paths_below_the_folder_given(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "deep/er/c.markdown", ".hidden.txt", ".git/d.txt", "picture.png"):
        path = tmp_path / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("园区", "utf-8")
    loaded = load([tmp_path / "docs"])
    assert [document.id for document in loaded.documents] == ["a.md", "b.txt", "deep/er/c.markdown"]
    assert [document.source for document in loaded.documents] == [
        str(tmp_path / "docs" / name) for name in ("a.md", "b.txt", "deep/er/c.markdown")
    ]
    picture = Skipped(str(tmp_path / "docs" / "picture.png"), "is of a format that is not read.", "format")
    assert loaded.skipped == (picture,)


def test_equal_names_of_two_folders_are_told_apart(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.txt").write_text(folder, "utf-8")
    (tmp_path / "two" / "y.txt").write_text("y", "utf-8")
    loaded = load([tmp_path / "one", tmp_path / "two"])
    assert [(d.id, d.text) for d in loaded.documents] == [
        ("one/x.txt", "one"),
        ("two/x.txt", "two"),
        ("y.txt", "y"),
    ]
    assert load([tmp_path / "two", tmp_path / "one"]) == loaded


def test_a_file_met_twice_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("园区", "utf-8")
    assert [d.id for d in load([path, tmp_path, path]).documents] == ["x.txt"]


def test_a_new_format_is_one_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = lambda data, encoding: Source(data.decode(), "utf-8", (0, 3), ((3, "二"),))  # noqa: E731
    monkeypatch.setitem(EXTRACTORS, ".pages", ("pages", reader))
    (tmp_path / "x.pages").write_text("一页\n二页", "utf-8")
    (document,) = load(tmp_path).documents
    assert (document.id, document.text, document.pages) == ("x.pages", "一页\n二页", (0, 3))
    assert document.places == ((3, "二"),)


def test_what_is_inside_a_file_lies_below_it(tmp_path: Path) -> None:
    path = tmp_path / "in" / "x.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as folder:
        for name, text in (("甲/a.txt", "园区"), ("b.doc", "x"), ("c.txt", " ")):
            folder.writestr(name, text)
    for root, id in ((tmp_path, "in/x.zip/甲/a.txt"), (path, "x.zip/甲/a.txt")):
        loaded = load(root)
        (document,) = loaded.documents
        assert (document.id, document.source, document.text) == (id, f"{path}/甲/a.txt", "园区")
        assert document.sha256 == hashlib.sha256("园区".encode()).hexdigest()
        assert [(why.path, why.sort) for why in loaded.skipped] == [
            (f"{path}/b.doc", "format"),
            (f"{path}/c.txt", "passed over"),
        ]
    changed = reread(roots_of(tmp_path), Before({document.source: Held("old", "0", "utf-8")})).changes
    assert changed.changed == ("old",)
    path.write_bytes(b"PK no zip")
    (tmp_path / "y.txt").write_text("园区", "utf-8")
    broken = reread(roots_of(tmp_path), Before({document.source: Held("old", "0", "utf-8")})).changes
    assert (broken.kept, [why.path for why in broken.failed]) == (("old",), [str(path)])


def error(path: Path, encoding: str | None = None) -> str:
    with pytest.raises(LoadError) as caught:
        load([path], encoding)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_missing_path(tmp_path: Path) -> None:
    assert error(tmp_path / "no.txt") == f"'{tmp_path}/no.txt' does not exist. Check the path."


def test_nothing_given() -> None:
    with pytest.raises(LoadError, match="No files or folders given"):
        load([])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty. Leave it out or give it some text."),
        (b" \n\t\r\n", "holds only white space. Leave it out or give it some text."),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "is a binary file, not text."),
        (b"\x7fELF\x02\x01\x01" + b"\x00" * 64, "is a binary file, not text."),
        (b"\xff\xfe\x00\xd8", "is not UTF-16-LE"),
    ],
)
def test_unusable_bytes(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "rules.txt"
    path.write_bytes(data)
    assert message in error(path)


def test_undecodable_bytes_name_place_and_remedy(tmp_path: Path) -> None:
    path = tmp_path / "rules.txt"
    path.write_bytes(b"Chapter one: the " + "办法".encode("gb18030") + b"\xff\xff and more text")
    assert error(path) == f"'{path}' is not UTF-8 (byte 0xb0 at 17). Try --encoding gb18030."


def test_a_forced_encoding_that_does_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "rules.txt"
    path.write_bytes(SIMPLIFIED.encode("gb18030"))
    assert error(path, "utf-8") == f"'{path}' is not UTF-8 (byte 0xb6 at 0). Try --encoding gb18030."
    assert error(path, "klingon") == "Unknown encoding 'klingon'. Known ones: utf-8, gb18030, big5, utf-16."


def test_unreadable_file(tmp_path: Path) -> None:
    """A link that leads round in a circle: no rights of any user make it readable."""
    path = tmp_path / "loop.txt"
    os.symlink(path, path)
    assert "cannot be read" in error(path) or "does not exist" in error(path)


def test_a_folder_skips_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("园区", "utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "binary.txt").write_bytes(b"\x00\x01\x02" * 50)
    os.symlink(tmp_path / "loop.txt", tmp_path / "loop.txt")
    loaded = load(tmp_path)
    assert [document.id for document in loaded.documents] == ["good.txt"]
    assert [(Path(why.path).name, why.sort) for why in loaded.skipped] == [
        ("binary.txt", "failed"),
        ("empty.txt", "passed over"),
        ("loop.txt", "failed"),
    ]
    assert all("\n" not in why.reason for why in loaded.skipped)


def test_a_folder_with_nothing_readable(tmp_path: Path) -> None:
    assert error(tmp_path).startswith(
        f"Nothing readable in '{tmp_path}'. Files that can be read: .csv .docm .docx"
    )
    (tmp_path / "empty.txt").write_bytes(b"")
    assert "1 skipped" in error(tmp_path)


def test_fifty_megabytes_in_one_line(tmp_path: Path) -> None:
    """Loads whole and cleans by the megabyte; benchmarks/clean.py cleans and measures all of it."""
    sentence = "园区总投资 63.5亿元，" + "建成道路12条，新增企业36家，" * 20
    path = tmp_path / "line.txt"
    path.write_text(sentence * (50_000_000 // len(sentence.encode())), "utf-8")
    (document,) = load(path).documents
    assert document.text == path.read_text("utf-8")
    part = document.text[: 1000 * len(sentence)]
    (block,) = clean(part)
    assert block.clean.text[:13] == "园区总投资63.5亿元，建"
    assert block.clean.origin[5] == 6
    assert len(block.clean.text) == 1000 * (len(sentence) - 1)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
@settings(max_examples=200, deadline=None)
def test_utf8_is_always_itself(text: str) -> None:
    if text.startswith("\ufeff") or "\x00" in text:
        return
    assert decode(text.encode()) == (text, "utf-8")


def test_documents_are_json_ready() -> None:
    documents = load(SEEDS).documents
    assert json.loads(json.dumps([d.id for d in documents])) == sorted(p.name for p in SEEDS.glob("*.txt"))
