"""What is looked at before it is opened: special files, links, depth, size, and names of any bytes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from qa.documents import files
from qa.documents.load import Loaded, load, read, roots_of
from qa.errors import LoadError
from qa.schema import Root, Skipped

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="special files and links of a POSIX system")


def put(path: Path, text: str = "园区") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def ids(loaded: Loaded) -> list[str]:
    return [document.id for document in loaded.documents]


def why(loaded: Loaded) -> dict[str, tuple[str, str]]:
    """Reason and sort of what was skipped, by the last part of its path."""
    return {os.path.basename(s.path): (s.reason, s.sort) for s in loaded.skipped}


def refused(path: str | Path) -> str:
    with pytest.raises(LoadError) as caught:
        load([path])
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_pipes_sockets_and_devices_are_refused_before_they_are_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(tmp_path)  # a socket's path has at most 107 bytes
        server.bind("s.txt")
    os.symlink("/dev/zero", tmp_path / "zero.txt")
    monkeypatch.setattr(files.os, "open", lambda *_: pytest.fail("was opened"))
    for name, kind in (("pipe.txt", "a pipe"), ("s.txt", "a socket"), ("zero.txt", "a device")):
        assert refused(tmp_path / name) == f"'{tmp_path / name}' is {kind}, not a file. Leave it out."
    assert refused("/dev/zero") == "'/dev/zero' is a device, not a file. Leave it out."
    loaded = read(roots_of([tmp_path]))
    assert why(loaded)["pipe.txt"] == ("is a pipe, not a file. Leave it out.", "failed")
    assert why(loaded)["zero.txt"][1] == "passed over", "a link that leads out"


def test_a_pipe_that_takes_a_files_place_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    file = os.stat(put(tmp_path / "file.txt"))
    monkeypatch.setattr(files.os, "stat", lambda path: file)
    with pytest.raises(LoadError, match="is a pipe, not a file"):
        files.contents(str(tmp_path / "pipe.txt"), 100)


def test_sparse_files_of_any_size_are_not_read(tmp_path: Path) -> None:
    with (tmp_path / "sparse.txt").open("wb") as file:
        file.truncate(64_000_000_000)
    put(tmp_path / "a.txt")
    loaded = load(tmp_path)
    assert ids(loaded) == ["a.txt"]
    limit = "has 64,000 MB, the limit is 64. Cut it up, or raise the limit: --max-size MB"
    assert why(loaded) == {"sparse.txt": (limit, "failed")}


def test_the_limit_of_size_is_exact_and_can_be_raised(tmp_path: Path) -> None:
    path = put(tmp_path / "a.txt", "x" * 10)
    assert files.contents(str(path), 10) == b"x" * 10
    with pytest.raises(LoadError, match="the limit is"):
        files.contents(str(path), 9)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs files whose size is told as 0")
def test_files_that_the_system_makes_up_are_read_to_the_limit() -> None:
    assert b"Name:" in files.contents("/proc/self/status", 1_000_000)
    with pytest.raises(LoadError, match="the limit is"):
        files.contents("/proc/self/status", 20)


def test_links_out_of_the_folder_are_followed_only_if_asked_for(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere" / "deep" / "b.txt")
    put(tmp_path / "docs" / "a.txt")
    os.symlink(tmp_path / "elsewhere", tmp_path / "docs" / "link")
    os.symlink(tmp_path / "elsewhere" / "deep" / "b.txt", tmp_path / "docs" / "one.txt")
    loaded = load(tmp_path / "docs")
    assert ids(loaded) == ["a.txt"]
    assert {name: sort for name, (_, sort) in why(loaded).items()} == {
        "link": "passed over",
        "one.txt": "passed over",
    }
    assert "--follow-links" in why(loaded)["link"][0]
    followed = load(tmp_path / "docs", links=True)
    assert ids(followed) == ["a.txt", "one.txt"], "b.txt is met as one.txt first, and counts once"
    (tmp_path / "docs" / "one.txt").unlink()
    assert ids(load(tmp_path / "docs", links=True)) == ["a.txt", "link/deep/b.txt"]


def test_links_in_circles_end(tmp_path: Path) -> None:
    put(tmp_path / "docs" / "a.txt")
    put(tmp_path / "out" / "b.txt")
    os.symlink(tmp_path / "docs", tmp_path / "docs" / "self")
    os.symlink(tmp_path / "out", tmp_path / "docs" / "out")
    os.symlink(tmp_path / "docs", tmp_path / "out" / "back")
    os.symlink(tmp_path / "out", tmp_path / "out" / "again")
    os.symlink("round", tmp_path / "docs" / "round")
    os.symlink("nowhere", tmp_path / "docs" / "nowhere")
    loaded = load(tmp_path / "docs", links=True)
    assert ids(loaded) == ["a.txt", "out/b.txt"]
    assert {name: sort for name, (_, sort) in why(loaded).items()} == {"round": "failed", "nowhere": "failed"}
    assert ids(load(tmp_path / "docs")) == ["a.txt"]


def test_a_folder_given_by_a_link_is_read(tmp_path: Path) -> None:
    put(tmp_path / "docs" / "a.txt")
    os.symlink(tmp_path / "docs", tmp_path / "link")
    assert [d.source for d in load(tmp_path / "link").documents] == [str(tmp_path / "link" / "a.txt")]


def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a.txt")
    put(tmp_path / "shut" / "b.txt")
    listed = os.scandir

    def scandir(path: str) -> object:
        if path == str(tmp_path / "shut"):
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(files.os, "scandir", scandir)
    loaded = load(tmp_path)
    assert ids(loaded) == ["a.txt"]
    reason = "cannot be read (Permission denied). Check the file and its permissions."
    assert loaded.skipped == (Skipped(str(tmp_path / "shut"), reason),)


def test_folders_deeper_than_a_path_may_be_are_named(tmp_path: Path) -> None:
    """4096 bytes is where Linux ends; the rest is read."""
    put(tmp_path / "a.txt")
    here = os.open(tmp_path, os.O_RDONLY)
    try:
        for _ in range(30):
            os.mkdir("d" * 200, dir_fd=here)
            below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        os.close(os.open("b.txt", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    finally:
        os.close(here)
    loaded = load(tmp_path)
    assert ids(loaded) == ["a.txt"]
    ((reason, sort),) = why(loaded).values()
    assert (reason.split("(")[1].split(")")[0], sort) == ("File name too long", "failed")
    subprocess.run(["rm", "-rf", tmp_path / ("d" * 200)], check=True)  # shutil cannot


def test_many_folders_in_one_another_are_no_recursion(tmp_path: Path) -> None:
    here = str(tmp_path)
    for _ in range(1050):
        here += "/d"
        os.mkdir(here)
    put(Path(here) / "a.txt")
    assert ids(load(tmp_path)) == ["d/" * 1050 + "a.txt"]
    subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)


@pytest.mark.parametrize("path", ["x" * 300, "x/" * 3000, "", "a\0b", "\ud800", None, 3])
def test_what_is_no_path_is_refused_in_one_line(path: object) -> None:
    assert refused(path)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name, codec, id",
    [
        ("报告.txt", "gbk", "报告.txt"),
        ("涪陵年报.txt", "gb18030", "涪陵年报.txt"),
        ("總投資.txt", "big5", "總投資.txt"),
        ("é.txt", "latin-1", "\\xe9.txt"),
    ],
)
def test_names_of_other_encodings_are_read_as_they_were_meant(
    tmp_path: Path, name: str, codec: str, id: str
) -> None:
    raw = os.path.join(os.fsencode(tmp_path), b"docs", name.encode(codec))
    os.mkdir(tmp_path / "docs")
    Path(os.fsdecode(raw)).write_text("园区", "utf-8")
    (document,) = load(tmp_path / "docs").documents
    assert (document.id, os.fsencode(document.source)) == (id, raw)


def test_names_that_read_alike_are_told_apart(tmp_path: Path) -> None:
    for raw in ("报告.txt".encode(), "报告.txt".encode("gbk")):
        Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), raw))).write_text("园区", "utf-8")
    first, second = ids(load(tmp_path))
    assert {first.rpartition("/")[2], second.rpartition("/")[2]} == {"报告.txt~1", "报告.txt~2"}


def test_ids_that_are_taken_stay(tmp_path: Path) -> None:
    old, new = put(tmp_path / "one" / "x.txt"), put(tmp_path / "two" / "x.txt")
    known = {str(old): "x.txt", str(tmp_path / "gone" / "x.txt"): "gone.txt"}
    loaded = read([Root(str(tmp_path / "one")), Root(str(tmp_path / "two"))], known)
    assert {d.source: d.id for d in loaded.documents} == {str(old): "x.txt", str(new): "two/x.txt"}


def test_a_file_given_by_itself_is_read_as_its_own_root_says(tmp_path: Path) -> None:
    put(tmp_path / "a.txt")
    log = tmp_path / "b.log"
    log.write_bytes("园区总投资".encode("gb18030"))
    loaded = read([Root(str(tmp_path)), Root(str(log), "gb18030")])
    assert [(d.id, d.encoding) for d in loaded.documents] == [("a.txt", "utf-8"), ("b.log", "gb18030")]
    assert loaded.skipped == ()
