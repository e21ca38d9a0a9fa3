"""Indexing again: what was added, changed and removed; what stays; and that nothing vanishes in silence."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny import TinyEncoder

import qa
from qa import update
from qa.documents import files
from qa.errors import InputError, LoadError, StoreError
from qa.schema import Changes, Skipped
from qa.search.folder import FORMAT

BINARY = b"\x00\x01\x02" * 50


class Counting(TinyEncoder):
    """An encoder of three characters that counts what it encodes."""

    encoded = 0

    def encode_passages(self, texts: list[str], progress: object = None) -> Any:
        type(self).encoded += len(texts)
        return np.ascontiguousarray(self.encode_queries(texts))


@pytest.fixture(autouse=True)
def encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update, "load_encoder", lambda name=None, fetch=False: Counting())
    monkeypatch.setattr(Counting, "encoded", 0)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two folders with two files each."""
    for name in ("one/a.txt", "one/b.txt", "two/c.txt", "two/deep/d.txt"):
        put(tmp_path / name)
    return tmp_path


def put(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text or f"甲区{path.stem}项目总投资3亿元。", "utf-8")
    return path


def index(home: Path, *paths: str, **how: Any) -> Changes:
    with qa.build([home / path for path in paths], home / "idx", **how) as kb:
        assert kb.changes is not None
        return kb.changes


def remove(home: Path, *paths: str) -> Changes:
    with qa.remove([home / path for path in paths], home / "idx") as kb:
        assert kb.changes is not None
        return kb.changes


def held(home: Path) -> dict[str, str]:
    """Every document of the index with its text; each can be found by its passages."""
    with qa.open(home / "idx") as kb:
        ids = [source["id"] for source in kb.info()["sources"]]
        assert {passage.document for passage in kb.passages()} == set(ids)
        return {id: kb.document(id).text for id in ids}


def ids(changes: Changes) -> dict[str, tuple[str, ...]]:
    """The kinds of change that there were."""
    kinds = ("added", "changed", "unchanged", "removed", "kept", "others")
    return {kind: found for kind in kinds if (found := getattr(changes, kind))}


def problems(home: Path) -> list[str]:
    with qa.open(home / "idx") as kb:
        return kb.verify()


def test_another_path_adds_to_what_is_there(home: Path) -> None:
    assert ids(index(home, "one")) == {"added": ("a.txt", "b.txt")}
    assert ids(index(home, "two")) == {"added": ("c.txt", "deep/d.txt"), "others": ("a.txt", "b.txt")}
    assert list(held(home)) == ["a.txt", "b.txt", "c.txt", "deep/d.txt"]
    assert Counting.encoded == 4, "each passage once"
    assert problems(home) == []


def test_a_run_says_what_it_did(home: Path) -> None:
    index(home, "one", "two")
    put(home / "one" / "a.txt", "甲区新项目总投资4亿元。")
    (home / "one" / "b.txt").unlink()
    put(home / "one" / "e.txt")
    (home / "one" / "empty.txt").write_bytes(b"")
    (home / "one" / "x.png").write_bytes(b"PNG")
    changes = index(home, "one")
    assert ids(changes) == {
        "added": ("e.txt",),
        "changed": ("a.txt",),
        "removed": ("b.txt",),
        "others": ("c.txt", "deep/d.txt"),
    }
    assert [(os.path.basename(why.path), why.sort) for why in changes.skipped] == [
        ("empty.txt", "passed over"),
        ("x.png", "format"),
    ]
    assert (changes.failed, changes.reused) == ((), 2)
    assert held(home)["a.txt"] == "甲区新项目总投资4亿元。"
    assert ids(index(home, "one"))["unchanged"] == ("a.txt", "e.txt")


def test_what_gave_no_document_is_kept_in_the_index_and_goes_with_its_path(home: Path) -> None:
    (home / "one" / "x.png").write_bytes(b"PNG")
    (home / "two" / "y.mp4").write_bytes(b"mp4")
    index(home, "one", "two")
    with qa.open(home / "idx") as kb:
        told = kb.info()["skipped"]
    reason = "is of a format that is not read."
    assert told == [
        {"path": str(home / "one" / "x.png"), "reason": reason, "sort": "format"},
        {"path": str(home / "two" / "y.mp4"), "reason": reason, "sort": "format"},
    ]
    remove(home, "one")
    with qa.open(home / "idx") as kb:
        assert kb.info()["skipped"] == told[1:]


def test_a_damaged_file_keeps_its_last_good_version(home: Path) -> None:
    index(home, "one")
    before = held(home)
    (home / "one" / "a.txt").write_bytes(BINARY)
    put(home / "one" / "b.txt", "甲区换了新的项目。")
    changes = index(home, "one")
    assert ids(changes) == {"changed": ("b.txt",), "kept": ("a.txt",)}
    assert [why.path for why in changes.failed] == [str(home / "one" / "a.txt")]
    assert held(home) == before | {"b.txt": "甲区换了新的项目。"}
    assert problems(home) == ["a.txt: cannot be read now."]


def test_a_folder_that_cannot_be_listed_keeps_its_documents(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(home, "two")
    listed = os.scandir

    def scandir(path: str) -> object:
        if path == str(home / "two" / "deep"):
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(files.os, "scandir", scandir)
    changes = index(home, "two")
    assert ids(changes) == {"unchanged": ("c.txt",), "kept": ("deep/d.txt",)}
    assert [why.path for why in changes.failed] == [str(home / "two" / "deep")]
    assert list(held(home)) == ["c.txt", "deep/d.txt"]


@pytest.mark.parametrize("fate", ["gone", "empty"])
def test_a_folder_that_is_gone_or_holds_nothing_any_more_is_not_dropped(home: Path, fate: str) -> None:
    """A disk that is not mounted looks like either."""
    index(home, "one", "two")
    shutil.rmtree(home / "two")
    if fate == "empty":
        (home / "two").mkdir()
    changes = index(home, "one", "two")
    assert ids(changes) == {"unchanged": ("a.txt", "b.txt"), "kept": ("c.txt", "deep/d.txt")}
    (why,) = changes.failed
    assert why.path == str(home / "two") and f"qa remove {home / 'two'}" in why.reason
    with pytest.raises(LoadError, match="qa remove"):
        index(home, "two")
    assert ids(remove(home, "two")) == {"removed": ("c.txt", "deep/d.txt"), "others": ("a.txt", "b.txt")}


def test_one_path_that_cannot_be_read_does_not_stop_the_others(home: Path) -> None:
    changes = index(home, "one", "none")
    assert ids(changes) == {"added": ("a.txt", "b.txt")}
    assert changes.failed == (Skipped(str(home / "none"), "does not exist. Check the path."),)
    assert ids(index(home, "one")) == {"unchanged": ("a.txt", "b.txt")}
    assert problems(home) == [], "a mistyped path is not remembered"


def test_a_mistyped_path_leaves_no_folder_behind(home: Path) -> None:
    with pytest.raises(LoadError, match="does not exist"):
        index(home, "none")
    assert not (home / "idx").exists()


def test_an_index_is_made_anew_only_if_that_is_asked_for(home: Path) -> None:
    index(home, "one")
    assert ids(index(home, "two", fresh=True)) == {"added": ("c.txt", "deep/d.txt")}
    assert list(held(home)) == ["c.txt", "deep/d.txt"]


def test_ids_stay_when_a_second_folder_has_the_same_names(home: Path) -> None:
    put(home / "two" / "a.txt", "乙区的文件。")
    index(home, "one")
    assert ids(index(home, "two"))["added"] == ("c.txt", "deep/d.txt", "two/a.txt")
    assert ids(index(home, "one", "two")) == {
        "unchanged": ("a.txt", "b.txt", "c.txt", "deep/d.txt", "two/a.txt")
    }
    assert held(home)["two/a.txt"] == "乙区的文件。"


def test_a_folder_inside_another_is_the_same_folder(home: Path) -> None:
    index(home, "two")
    assert ids(index(home, "two/deep")) == {"unchanged": ("deep/d.txt",), "others": ("c.txt",)}
    (home / "two" / "deep" / "d.txt").unlink()
    put(home / "two" / "deep" / "e.txt")
    assert ids(index(home, "two")) == {
        "added": ("e.txt",),
        "unchanged": ("c.txt",),
        "removed": ("deep/d.txt",),
    }
    shutil.rmtree(home / "two" / "deep")
    assert ids(index(home, "two")) == {"unchanged": ("c.txt",), "removed": ("e.txt",)}


def test_a_link_to_an_indexed_folder_is_that_folder(home: Path) -> None:
    index(home, "two")
    os.symlink(home / "two", home / "link")
    assert ids(index(home, "link")) == {"unchanged": ("c.txt", "deep/d.txt")}
    assert ids(index(home, "link/deep")) == {"unchanged": ("deep/d.txt",), "others": ("c.txt",)}
    assert ids(remove(home, "link/deep"))["removed"] == ("deep/d.txt",)


def test_a_file_of_another_ending_given_by_itself_stays_with_its_folder(home: Path) -> None:
    put(home / "one" / "notes.log")
    index(home, "one", "one/notes.log")
    changes = index(home, "one")
    assert ids(changes) == {"unchanged": ("a.txt", "b.txt", "notes.log")} and changes.skipped == ()


def test_the_index_inside_the_folder_is_left_out(home: Path) -> None:
    with qa.build(home, home / "docs.index") as kb:
        assert kb.changes is not None and kb.changes.skipped == ()
    with qa.build(home, home / "docs.index") as kb:
        assert kb.changes is not None and kb.changes.skipped == ()
        assert kb.verify() == []


def test_names_that_are_no_utf8_are_indexed_found_and_removed(home: Path) -> None:
    raw = os.path.join(os.fsencode(home), b"one", "报告.txt".encode("gbk"))
    Path(os.fsdecode(raw)).write_text("甲区总投资3亿元。", "utf-8")
    assert ids(index(home, "one")) == {"added": ("a.txt", "b.txt", "报告.txt")}
    assert ids(index(home, "one")) == {"unchanged": ("a.txt", "b.txt", "报告.txt")}
    assert problems(home) == []
    assert ids(remove(home, os.fsdecode(b"one/" + "报告.txt".encode("gbk"))))["removed"] == ("报告.txt",)


def test_what_is_not_there_cannot_be_removed(home: Path) -> None:
    index(home, "one")
    with pytest.raises(InputError, match=r"holds nothing of '.*two'"):
        remove(home, "one/a.txt", "two")
    with pytest.raises(InputError, match="Nothing would be left"):
        remove(home, "one")
    with pytest.raises(StoreError, match="No index in"):
        qa.remove(home / "one", home / "none")
    assert not (home / "none").exists()
    assert list(held(home)) == ["a.txt", "b.txt"]


def damage(home: Path) -> None:
    for path in (home / "idx").rglob("store.sqlite"):
        path.write_bytes(b"")


def test_all_paths_of_a_damaged_index_are_read_again(home: Path) -> None:
    index(home, "one", "two")
    damage(home)
    changes = index(home, "one")
    assert ids(changes) == {"added": ("a.txt", "b.txt", "c.txt", "deep/d.txt")}
    assert "store.sqlite" in changes.again and "damaged" in changes.again
    assert list(held(home)) == ["a.txt", "b.txt", "c.txt", "deep/d.txt"]


def test_a_damaged_index_is_not_made_anew_without_a_path_that_cannot_be_read(home: Path) -> None:
    index(home, "one", "two")
    damage(home)
    shutil.move(home / "two", home / "elsewhere")
    with pytest.raises(StoreError, match=r"damaged.*two' does not exist.*--fresh"):
        index(home, "one")
    assert ids(index(home, "one", fresh=True)) == {"added": ("a.txt", "b.txt")}


def test_the_encoding_of_a_path_is_its_own(home: Path) -> None:
    (home / "one" / "a.txt").write_bytes("甲区总投资3亿元。".encode("gb18030"))
    (home / "one" / "b.txt").unlink()
    index(home, "one", encoding="gb18030")
    index(home, "two")
    assert problems(home) == []
    with qa.open(home / "idx") as kb:
        assert kb.info()["forced"] == {str(home / "one"): "gb18030"}


def test_another_model_encodes_what_other_paths_hold_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []

    class Other(Counting):
        name, fingerprint = "other", "beef" * 16

    def load_encoder(name: str | None = None, fetch: bool = False) -> Counting:
        asked.append(name)
        return Other() if name == "other" else Counting()

    monkeypatch.setattr(update, "load_encoder", load_encoder)
    index(home, "one")
    shutil.rmtree(home / "one")
    changes = index(home, "two", model="other")
    assert ids(changes) == {"added": ("c.txt", "deep/d.txt"), "others": ("a.txt", "b.txt")}
    assert (changes.reused, Counting.encoded + Other.encoded > 0) == (0, True)
    index(home, "two")
    assert asked == [None, "other", "other"], "an index keeps its own model"


def test_a_folder_given_before_may_lose_its_files_to_the_one_around_it(home: Path) -> None:
    index(home, "two", "two/deep")
    (home / "two" / "deep" / "d.txt").unlink()
    assert ids(index(home, "two")) == {"unchanged": ("c.txt",), "removed": ("d.txt",)}


def test_a_meta_json_that_was_changed_names_no_path_to_read_and_no_folder_to_delete(home: Path) -> None:
    index(home, "one", "two")
    put(home / "own" / "e.txt")
    put(home / "idx" / "g202401" / "mine.txt")
    meta = home / "idx" / "meta.json"
    before = meta.read_bytes()
    made = f'"format": {FORMAT}'.encode()
    for change in ((b"/two", b"/own"), (b'"g000001"', b'"g202401"'), (made, b'"format": 3')):
        meta.write_bytes(before.replace(*change))
        assert meta.read_bytes() != before
        changes = index(home, "one")
        assert ids(changes) == {"added": ("a.txt", "b.txt")}
        assert changes.again.endswith("; if it held other paths, name them too")
        assert (home / "idx" / "g202401" / "mine.txt").exists()


def test_paths_of_an_index_that_is_older_than_seals_are_read_again(home: Path) -> None:
    index(home, "one", "two")
    meta = home / "idx" / "meta.json"
    old = json.loads(meta.read_bytes()) | {"format": 4, "roots": [str(home / "one"), str(home / "two")]}
    del old["sha256"]
    meta.write_text(json.dumps(old))
    changes = index(home, "one")
    assert ids(changes) == {"added": ("a.txt", "b.txt", "c.txt", "deep/d.txt")}
    assert "(format 4" in changes.again and "name them too" not in changes.again
