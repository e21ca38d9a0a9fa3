"""Index folders: a user's own things are never touched, and nothing that was tampered with is believed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tiny import ENCODER, MODEL, contents

from qa import verify
from qa.errors import StoreError
from qa.schema import Root
from qa.search import folder as folders
from qa.search import index, sealed
from qa.search.folder import FILES, MARKER, index_folder, lock, read_meta
from qa.search.retrieve import search
from qa.search.sealed import seal, unseal

TEXTS = {"a.txt": "甲区总投资3亿元。\n乙区税收5亿元。", "b.txt": "丙区2018年新建道路12条。"}
MINE = "what only I have"


def write(folder: Path, texts: dict[str, str] = TEXTS) -> None:
    with lock(folder):
        index.write(folder, contents(texts), *MODEL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "idx")
    return tmp_path / "idx"


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def present(folder: Path, name: str) -> Path:
    return folder / read_meta(folder).generation / name


def refusal(folder: Path) -> str:
    """The one line with which an index is not opened."""
    with pytest.raises(StoreError) as caught:
        index.open_store(folder).close()
    assert "\n" not in str(caught.value)
    return str(caught.value)


# What is the user's.


@pytest.mark.parametrize(
    "name", ["g202401/report.txt", ".new/report.txt", "meta.json", ".hidden", "g000001/x"]
)
def test_a_folder_of_other_things_is_refused_and_left_as_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(MINE)
    with pytest.raises(StoreError, match=r"holds other things and is no index\. Name another folder"):
        write(tmp_path)
    assert snapshot(tmp_path) == {name: MINE.encode()}


@pytest.mark.parametrize("name", ["g202401/report.txt", "g000001/report.txt", ".new/report.txt", "notes.txt"])
def test_what_is_put_into_an_index_folder_stays(folder: Path, name: str) -> None:
    """Only folders that carry our marker are deleted; here the present generation is moved out of the way."""
    if name.startswith("g000001"):
        write(folder)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(MINE)
    for texts in ({"c.txt": "乙"}, TEXTS):
        write(folder, texts)
    assert (folder / name).read_text() == MINE
    ours = [path.parent.name for path in folder.glob(f"*/{MARKER}")]
    assert ours == [read_meta(folder).generation]


@pytest.mark.parametrize("given", ["", "a\0b"])
def test_a_name_that_is_none(given: str) -> None:
    with pytest.raises(StoreError, match="names no folder for the index"):
        index_folder(given)


def test_a_copy_without_its_hidden_files_is_still_an_index(folder: Path) -> None:
    (folder / MARKER).unlink()
    write(folder)
    index.open_store(folder).close()


def test_an_index_of_an_older_format_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """Its generation had no marker; its meta.json says which one it is. Another one's is left alone."""
    old = {"format": 3, "tokeniser": "jieba", "created_by": "yinju 0.1.0", "generation": "g000007"}
    (tmp_path / "meta.json").write_text(json.dumps(old))
    for name in ("g000007", "g000008"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "store.sqlite").write_text("")
    assert "Build it again: qa index" in refusal(tmp_path)
    write(tmp_path)
    assert sorted(path.name for path in tmp_path.glob("g*")) == ["g000008", "g000009"]


def test_a_link_is_not_written_through(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text(MINE)
    (folder / ".lock").unlink()
    (folder / ".lock").symlink_to(tmp_path / "mine")
    with pytest.raises(StoreError, match="cannot be written"):
        write(folder)
    assert (tmp_path / "mine").read_text() == MINE


# What an index says.


def test_a_flipped_bit_of_meta_json_is_found(folder: Path) -> None:
    path = folder / "meta.json"
    whole = path.read_bytes()
    for at in range(0, len(whole), 3):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
        said = refusal(folder)
        assert "Build the index again: qa index" in said or "Build it again: qa index" in said


CHANGES: list[Callable[[dict[str, Any]], Any]] = [
    lambda meta: meta.update(generation="../idx/g000001"),
    lambda meta: meta.update(generation="g１２３４５６"),
    lambda meta: meta.update(generation=None),
    lambda meta: meta.update(model=["BAAI/bge-m3"]),
    lambda meta: meta.update(roots="docs"),
    lambda meta: meta.update(roots=[1]),
    lambda meta: meta.update(forced=7),
    lambda meta: meta.update(dimension=4.0),
    lambda meta: meta.update(dimension=True),
    lambda meta: meta.update(counts=[]),
    lambda meta: meta["counts"].update(passages=-1),
    lambda meta: meta["counts"].update(passages=10**6),
    lambda meta: meta["counts"].update(terms=1),
    lambda meta: meta["counts"].pop("figures"),
    lambda meta: meta.update(files={}),
    lambda meta: meta.update(files=None),
    lambda meta: meta["files"].update({"/dev/zero": meta["files"]["store.sqlite"]}),
    lambda meta: meta["files"].update({"../meta.json": meta["files"].pop("store.sqlite")}),
    lambda meta: meta["files"]["store.sqlite"].update(size="1"),
    lambda meta: meta["files"]["store.sqlite"].update(size=1),
    lambda meta: meta["files"]["store.sqlite"].update(crc=None),
    lambda meta: meta["files"].update({"store.sqlite": 3}),
    lambda meta: meta.update(more=1),
    lambda meta: meta.clear(),
]


@pytest.mark.parametrize("change", CHANGES, ids=range(len(CHANGES)))
def test_a_meta_json_that_was_rewritten_seal_and_all(
    folder: Path, change: Callable[[dict[str, Any]], Any]
) -> None:
    meta = unseal((folder / "meta.json").read_bytes())
    change(meta)
    (folder / "meta.json").write_text(seal(meta))
    assert "Build the index again: qa index" in refusal(folder)
    write(folder)
    index.open_store(folder).close()


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "3", "{", '{"format": ' + "[" * 10**5, '{"format": ' + "1" * 9999 + "}", "\udcff"],
)
def test_a_meta_json_that_is_none(folder: Path, text: str) -> None:
    (folder / "meta.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert "meta.json" in refusal(folder)
    write(folder)
    index.open_store(folder).close()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes and devices")
@pytest.mark.parametrize("name", ["meta.json", *FILES])
@pytest.mark.parametrize("kind", ["device", "pipe", "link"])
def test_what_is_no_regular_file_is_neither_read_nor_waited_for(folder: Path, name: str, kind: str) -> None:
    path = folder / name if name == "meta.json" else present(folder, name)
    path.rename(folder / "elsewhere")
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero" if kind == "device" else folder / "elsewhere")
    assert f"{name} in '{folder}' is damaged" in refusal(folder)
    write(folder)
    index.open_store(folder).close()


def test_a_generation_that_is_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    generation = folder / read_meta(folder).generation
    shutil.move(generation, tmp_path / "elsewhere")
    generation.symlink_to(tmp_path / "elsewhere")
    before = snapshot(tmp_path / "elsewhere")
    assert "is damaged (a link)" in refusal(folder)
    write(folder)
    assert snapshot(tmp_path / "elsewhere") == before


# Damage in what is too large to be read through at every opening.


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index whose files count as large: 64 bytes in blocks of 16 are a sample."""
    monkeypatch.setattr(sealed, "SAMPLED", 64)
    monkeypatch.setattr(sealed, "BLOCK", 16)
    write(tmp_path / "idx", TEXTS | {f"{n}.txt": f"甲区第{n}项投资{n}亿元。" for n in range(40)})
    return tmp_path / "idx"


def flip(path: Path, at: int, touched: bool) -> None:
    before, data = path.stat(), bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)
    if not touched:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_found_at_opening_where_the_file_was_touched(large: Path, name: str) -> None:
    path = present(large, name)
    size = path.stat().st_size
    assert size > sealed.SAMPLED
    for at in range(0, size, size // 50):
        flip(path, at, touched=True)
        assert refusal(large).startswith(f"{name} in '{large}' is damaged (other content than was written)")
        flip(path, at, touched=True)
    index.open_store(large).close()


@pytest.mark.parametrize("name", FILES)
def test_rot_is_found_by_verify_and_shows_no_other_text(large: Path, name: str) -> None:
    """Bytes that change though nobody touched the file: an opening may pass over them, no text is other."""
    path = present(large, name)
    with index.open_store(large) as store:
        passages, documents = list(store.all_passages()), [store.document(id) for id in store.sources()]
    passed = 0
    for at in range(0, path.stat().st_size, path.stat().st_size // 50):
        flip(path, at, touched=False)
        try:
            with index.open_store(large) as store:
                assert [p for p in store.all_passages() if p not in passages] == []
                assert [d for d in map(store.document, ("a.txt", "7.txt")) if d not in documents] == []
                search(store, ENCODER, "甲区第7项投资", 5)
                store.figures()
                passed += 1
                assert verify.verify(store)[0].startswith(f"{name} in '{large}' is damaged")
                with pytest.raises(StoreError, match=name):
                    index.open_whole(large)
        except StoreError as error:
            assert "\n" not in str(error) and "Build the index again: qa index" in str(error)
        flip(path, at, touched=False)
    assert passed > 5, "a sample is not the whole"


# Switching.


def test_a_reader_follows_as_many_switches_as_there_are(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its generation may be gone before it is opened, again and again; that is not damage."""
    opened, left = index._open, [1, 2, 3]

    def slow(folder: Path, meta: folders.Meta) -> Any:
        if left:
            write(folder, {"a.txt": f"甲区第{left.pop()}次。"})
        return opened(folder, meta)

    monkeypatch.setattr(index, "_open", slow)
    with index.open_store(folder) as store:
        assert store.document("a.txt").text == "甲区第1次。"


def test_an_error_after_the_switch_leaves_the_new_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, text: str) -> None:
        path.write_text(text, "utf-8")
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(folders, "write_whole", fail)
    with pytest.raises(StoreError, match=r"cannot be written \(Input/output error\)"):
        write(folder, {"c.txt": "乙"})
    with index.open_store(folder) as store:
        assert list(store.sources()) == ["c.txt"]


def test_roots_that_are_no_unicode_are_kept(tmp_path: Path) -> None:
    """What the system hands over for a file name that is not UTF-8."""
    made = replace(contents(TEXTS), roots=[Root("/docs/\udcd6\udcd0")])
    with lock(tmp_path / "idx"):
        index.write(tmp_path / "idx", made, *MODEL)
    with index.open_store(tmp_path / "idx") as store:
        assert store.meta.roots == (Root("/docs/\udcd6\udcd0"),)
