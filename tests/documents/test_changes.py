"""What reading paths again changes: nothing that was not read is gone, nor what cannot be read now."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.documents.changes import Before, compare, reread, settled, without
from qa.documents.load import Loaded
from qa.errors import InputError, LoadError
from qa.schema import Document, Held, Root, Skipped


def _document(source: str, sha256: str = "1") -> Document:
    return Document(source.rsplit("/", 1)[1], "文", sha256, "utf-8", source=source)


FILES = {f"/d/{name}.txt": Held(f"{name}.txt", "1", "utf-8") for name in ("same", "new", "gone", "shut")}
FILES["/e/far.txt"] = Held("far.txt", "1", "utf-8")


def test_every_document_has_one_fate() -> None:
    now = (_document("/d/same.txt"), _document("/d/new.txt", "2"), _document("/d/more.txt"))
    changes = compare(FILES, ["/d"], Loaded(now, (Skipped("/d/shut.txt", "no right", "failed"),)))
    assert (changes.added, changes.changed, changes.unchanged) == (("more.txt",), ("new.txt",), ("same.txt",))
    assert (changes.removed, changes.kept, changes.others) == (("gone.txt",), ("shut.txt",), ("far.txt",))
    assert [why.path for why in changes.failed] == ["/d/shut.txt"]


def test_roots_without_documents_go_with_what_was_skipped_below_them() -> None:
    roots, skipped = settled(
        [Root("/d"), Root("/e")], [Skipped("/d/a", "x"), Skipped("/e/b", "x")], ["/d/same.txt"]
    )
    assert (roots, skipped) == ((Root("/d"),), (Skipped("/d/a", "x"),))


def test_paths_are_taken_out_unless_nothing_is_there_or_nothing_stays() -> None:
    before = Before(FILES, (Root("/d"), Root("/e")))
    found = without([Root("/e")], before)
    assert (found.changes.removed, found.roots) == (("far.txt",), (Root("/d"),))
    for paths, said in ((["/x"], "holds nothing of '/x'"), (["/d", "/e"], "Nothing would be left")):
        with pytest.raises(InputError, match=said):
            without([Root(path) for path in paths], before)


def test_paths_are_read_again_with_those_below_them(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("甲", "utf-8")
    top = Root(str(tmp_path.resolve()))
    found = reread([top], Before({}))
    assert (found.changes.added, found.roots) == (("a.txt",), (top,))
    (tmp_path / "a.txt").unlink()
    with pytest.raises(LoadError):
        reread([top], Before({}))
