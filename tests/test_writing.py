"""A file is the old one or the new one, whole, whatever happens on the way."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from threading import Barrier, Thread

import pytest

from qa.writing import write_whole


def test_text_is_utf8_with_its_line_ends_as_they_are(tmp_path: Path):
    write_whole(tmp_path / "a.txt", "总投资\r\n3亿元\n")
    write_whole(tmp_path / "b", b"\x00\xff")
    assert (tmp_path / "a.txt").read_bytes() == "总投资\r\n3亿元\n".encode()
    assert (tmp_path / "b").read_bytes() == b"\x00\xff"
    assert sorted(os.listdir(tmp_path)) == ["a.txt", "b"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
):
    path = tmp_path / "meta.json"
    write_whole(path, "old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, "new")
    assert path.read_text("utf-8") == "old"
    assert os.listdir(tmp_path) == ["meta.json"]


def test_a_link_is_replaced_and_what_it_leads_to_stays(tmp_path: Path):
    (tmp_path / "other").write_text("theirs", "utf-8")
    (tmp_path / "own").symlink_to("other")
    write_whole(tmp_path / "own", "ours")
    assert (tmp_path / "other").read_text("utf-8") == "theirs"
    assert (tmp_path / "own").read_text("utf-8") == "ours"


def test_writers_at_the_same_moment_do_not_mix(tmp_path: Path):
    path, start = tmp_path / "a", Barrier(4)
    contents = [letter * 100_000 for letter in "abcd"]

    def put(text: str) -> None:
        start.wait()
        write_whole(path, text)

    writers = [Thread(target=put, args=(text,)) for text in contents]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert path.read_text("utf-8") in contents
    assert os.listdir(tmp_path) == ["a"]
