"""What `qa index` and `qa remove` say, and the streams and bytes that a script may hand over."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from commands import EAST, one_line, qa
from typer.testing import Result

WEST = "西城高新区二期工程总投资5亿元，占地80亩。\n"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two folders with a file each, both in one index."""
    home = tmp_path_factory.mktemp("update")
    for name, text in (("one/east.txt", EAST), ("two/west.txt", WEST)):
        (home / name).parent.mkdir()
        (home / name).write_text(text, "utf-8")
    assert qa("index", str(home / "one"), str(home / "two"), "--index", str(home / "idx")).exit_code == 0
    return home


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    """A copy of it; the index still means the folders of the original, so it is brought up to date first."""
    shutil.copytree(built, tmp_path / "home")
    shutil.rmtree(tmp_path / "home" / "idx")
    done = index(tmp_path / "home", "one", "two")
    assert done.exit_code == 0
    return tmp_path / "home"


def index(home: Path, *words: str) -> Result:
    paths = [word if word.startswith("--") or word.isdigit() else str(home / word) for word in words]
    return qa("index", *paths, "--index", str(home / "idx"))


def test_a_run_tells_what_changed(home: Path) -> None:
    (home / "one" / "east.txt").write_text(EAST + "又。\n", "utf-8")
    (home / "one" / "new.md").write_text("北城开发区占地20亩。", "utf-8")
    done = index(home, "one")
    assert (done.exit_code, done.stdout.splitlines()[1:]) == (
        0,
        ["1 added, 1 changed, 1 of other paths", "added: new.md", "changed: east.txt"],
    )
    (home / "one" / "new.md").unlink()
    (home / "one" / "east.txt").write_bytes(b"\x00\x01" * 50)
    done = index(home, "one", "none")
    assert done.exit_code == 1
    assert "Nothing readable in" in done.stderr
    (home / "one" / "other.md").write_text("北城开发区占地30亩。", "utf-8")
    done = index(home, "one", "none")
    assert (done.exit_code, done.stdout.splitlines()[1:]) == (
        1,
        [
            "1 added, 1 removed, 1 cannot be read now, kept as they were, 1 of other paths",
            "added: other.md",
            "removed: new.md",
            "cannot be read now, kept as they were: east.txt",
            "2 skipped:",
            f"  {home}/none: does not exist. Check the path.",
            f"  {home}/one/east.txt: is a binary file, not text. Leave it out, or convert it to text first.",
        ],
    )
    assert qa("ask", "东城经开区一期工程总投资多少？", "--index", str(home / "idx")).stdout.startswith(
        "3.2亿元"
    )


def test_a_run_as_json_names_every_document(home: Path) -> None:
    told = json.loads(qa("index", str(home / "one"), "--json", "--index", str(home / "idx")).stdout)
    assert told["counts"]["documents"] == 2
    changes = told["changes"]
    assert (changes["unchanged"], changes["others"], changes["reused"]) == (["east.txt"], ["west.txt"], 2)
    assert changes["added"] == changes["changed"] == changes["removed"] == changes["skipped"] == []


def test_making_it_anew_and_removing(home: Path) -> None:
    done = qa("remove", str(home / "two"), "--index", str(home / "idx"))
    assert (done.exit_code, done.stdout.splitlines()[1:]) == (
        0,
        ["1 removed, 1 of other paths", "removed: west.txt"],
    )
    said = one_line(qa("remove", str(home / "two"), "--index", str(home / "idx")))
    assert said == f"The index holds nothing of '{home}/two'. What it holds: qa info"
    assert index(home, "two", "--fresh").stdout.splitlines()[1:] == ["1 added"]


def test_limits_and_links_are_options(home: Path) -> None:
    (home / "one" / "large.txt").write_text("园区。" * 200_000, "utf-8")
    os.symlink(home / "two", home / "one" / "link")
    done = index(home, "one", "--max-size", "1")
    assert done.exit_code == 1
    assert "large.txt: has 2 MB, the limit is 1. Cut it up, or raise the limit: --max-size MB" in done.stdout
    assert "link: is a link that leads out of the folder. To follow such links: --follow-links" in done.stdout
    (home / "one" / "large.txt").unlink()
    done = index(home, "one", "--follow-links", "--fresh")
    assert (done.exit_code, done.stdout.splitlines()[1:]) == (0, ["2 added"])


@pytest.mark.parametrize(
    "encoding", ["rot13", "utf-7", "unicode_escape", "idna", "hex", "undefined", "klingon"]
)
def test_what_is_no_encoding_of_text_files_is_refused(home: Path, encoding: str) -> None:
    words = ["index", str(home / "one"), "--encoding", encoding, "--index", str(home / "idx")]
    assert one_line(qa(*words)).startswith(f"Unknown encoding '{encoding}'. Known ones: utf-8, gb18030")


def test_lines_of_a_chat_that_are_no_utf8_are_told_and_the_rest_is_answered(home: Path) -> None:
    given = "总投资多少？\n".encode("gb18030") + "西城高新区二期工程占地多少亩？\n".encode()
    done = qa("chat", "--json", "--index", str(home / "idx"), given=given)
    bad, good = map(json.loads, done.stdout.splitlines())
    assert bad == {"question": None, "error": "stdin:1: not UTF-8 (byte 0xd7 at 0). Save the file as UTF-8."}
    assert (good["answer"], done.exit_code) == ("80亩", 0)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell that closes streams")
@pytest.mark.parametrize(
    "streams, said",
    [
        (">&-", "qa: Standard output is closed. Open it, or send it to a file.\n"),
        (">/dev/full", "qa: I/O: no space left on device.\n"),
        ("2>&- >/dev/null", ""),
        ("<&- >/dev/null", ""),
    ],
)
def test_streams_that_are_closed_or_full(built: Path, streams: str, said: str) -> None:
    command = f'"{sys.executable}" -m qa info --index "{built}/idx" {streams}'
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=env)
    assert (done.stderr, done.returncode) == (said, 1 if said else 0)
