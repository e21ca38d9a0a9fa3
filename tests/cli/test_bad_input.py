"""Bad input through the command line: one clear line on stderr, status 1, never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from commands import EAST, one_line, process, qa

import qa as yinju
from qa.errors import StoreError
from qa.search.folder import lock
from qa.search.sealed import seal, unseal

READ_FILES = ".csv .docm .docx .eml .htm .html .markdown .md .mht .mhtml .pdf .pptx"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a document and its index, never changed."""
    home = tmp_path_factory.mktemp("bad")
    (home / "a.txt").write_text(EAST, "utf-8")
    assert qa("index", str(home / "a.txt"), "--index", str(home / "idx")).exit_code == 0
    return home


@pytest.fixture
def home(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    return tmp_path


def refused(home: Path, *paths: str) -> str:
    """The one line of an `index` that fails; the index that was there still answers."""
    said = one_line(qa("index", *(str(home / path) for path in paths), "--index", str(home / "idx")))
    assert qa("info", "--index", str(home / "idx")).exit_code == 0
    return said


@pytest.mark.parametrize(
    "data, said",
    [
        (b"", "is empty"),
        (b" \n\r\n\t", "holds only white space"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "is a binary file"),
        (b"Chapter one: the " + "办法".encode("gb18030") + b"\xff\xff and more", "Try --encoding gb18030."),
    ],
    ids=["empty", "blank", "binary", "undecodable"],
)
def test_a_file_that_holds_no_text(home: Path, data: bytes, said: str):
    (home / "bad.txt").write_bytes(data)
    line = refused(home, "bad.txt")
    assert "bad.txt" in line and said in line


def test_a_file_that_is_not_there(home: Path):
    assert refused(home, "none.txt") == f"'{home}/none.txt' does not exist. Check the path."


def test_a_file_that_cannot_be_read(home: Path):
    """A link that leads round in a circle: no rights of any user make it readable."""
    os.symlink(home / "loop.txt", home / "loop.txt")
    assert "loop.txt" in refused(home, "loop.txt")


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="needs a user whose rights can be taken away"
)
def test_a_file_without_the_right_to_read_it(home: Path):
    (home / "a.txt").chmod(0)
    assert "cannot be read" in refused(home, "a.txt")


def test_a_folder_with_nothing_readable(home: Path):
    (home / "docs").mkdir()
    (home / "docs" / "picture.png").write_bytes(b"\x89PNG")
    assert READ_FILES in refused(home, "docs")
    (home / "docs" / "empty.txt").write_bytes(b"")
    assert "1 skipped" in refused(home, "docs") and "is empty" in refused(home, "docs")


def test_bad_files_in_a_folder_are_skipped_and_named(home: Path):
    (home / "docs").mkdir()
    shutil.copy(home / "a.txt", home / "docs" / "a.txt")
    (home / "docs" / "empty.txt").write_bytes(b"")
    (home / "docs" / "binary.txt").write_bytes(b"\x00\x01" * 50)
    done = qa("index", str(home / "docs"), "--index", str(home / "idx"))
    assert (done.exit_code, done.stdout.count("\n")) == (1, 6)
    assert "empty.txt: is empty." in done.stdout and "binary.txt: is a binary file" in done.stdout


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_question_of_nothing(home: Path, command: str):
    assert "empty" in one_line(qa(command, "", "--index", str(home / "idx")))


@pytest.mark.parametrize("text", ["总投资多少", "长"], ids=["words", "one character"])
def test_a_question_of_100_000_characters(home: Path, text: str):
    """As an argument it is as good as any; whether it is answered is not the matter here."""
    question = text * (100_000 // len(text))
    done = qa("ask", question, "--index", str(home / "idx"), "--json")
    assert done.exit_code in (0, 3) and done.stderr == ""
    assert json.loads(done.stdout)["question"] == question
    assert qa("search", question, "-k", "1", "--json", "--index", str(home / "idx")).exit_code == 0


@pytest.mark.parametrize(
    "change, said",
    [
        ({"format": 0}, "Build it again: qa index"),
        ({"tokeniser": "other"}, "Build it again: qa index"),
        ({"fingerprint": "0" * 64}, "model"),
    ],
    ids=["version", "terms", "model"],
)
def test_an_index_that_something_else_made(home: Path, change: dict[str, object], said: str):
    meta = unseal((home / "idx" / "meta.json").read_bytes()) | change
    (home / "idx" / "meta.json").write_text(seal(meta), "utf-8")
    for command in ("ask", "search"):
        assert said in one_line(qa(command, "总投资多少？", "--index", str(home / "idx")))


def files(index: Path) -> list[str]:
    return sorted(path.relative_to(index).as_posix() for path in index.rglob("*") if path.is_file())


@pytest.mark.parametrize("fate", ["gone", "empty", "half"])
@pytest.mark.parametrize("name", ["meta.json", "store.sqlite", "vectors.faiss", "indices.csc"])
def test_an_index_with_a_file_damaged(home: Path, name: str, fate: str):
    hit = [file for file in files(home / "idx") if name in file]
    assert hit, files(home / "idx")
    path = home / "idx" / hit[0]
    data = path.read_bytes()
    path.unlink() if fate == "gone" else path.write_bytes(data[: len(data) // 2 if fate == "half" else 0])
    assert "qa index" in one_line(qa("ask", "总投资多少？", "--index", str(home / "idx")))
    assert qa("index", str(home / "a.txt"), "--index", str(home / "idx")).exit_code == 0
    assert qa("ask", "东城经开区一期工程总投资多少？", "--index", str(home / "idx")).exit_code == 0


def test_an_index_where_nothing_can_be_written(home: Path):
    """A file stands where the folder would have to be, which stops even an administrator."""
    (home / "file").write_text("", "utf-8")
    said = one_line(qa("index", str(home / "a.txt"), "--index", str(home / "file" / "idx")))
    assert "file" in said


def test_an_index_without_a_name(home: Path):
    """It would be the current folder."""
    done = qa("index", str(home / "a.txt"), "--index", "")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "an empty name is no folder" in done.stderr
    for make in (lambda: yinju.build([home / "a.txt"], index=""), lambda: yinju.open("")):
        with pytest.raises(StoreError, match="names no folder"):
            make()


def test_a_folder_of_the_user_is_not_written_to(home: Path):
    (home / "g202401").mkdir()
    (home / "g202401" / "a.txt").write_text("mine", "utf-8")
    assert "holds other things" in one_line(qa("index", str(home / "a.txt"), "--index", str(home)))
    assert (home / "g202401" / "a.txt").read_text("utf-8") == "mine"


def test_a_full_disk(home: Path):
    """The system refuses every byte past a limit, as a full or read-only disk does."""
    command = [sys.executable, "-m", "qa", "index", str(home / "a.txt"), "--index", str(home / "new")]
    limited = (
        "import resource,signal,os,sys;signal.signal(signal.SIGXFSZ,signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE,(100,100));os.execv(sys.argv[1],sys.argv[1:])"
    )
    pytest.importorskip("resource")
    done = subprocess.run(
        [sys.executable, "-c", limited, *command],
        capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("qa: ")


def test_two_that_index_at_once(home: Path):
    with lock(home / "idx"):
        said = one_line(qa("index", str(home / "a.txt"), "--index", str(home / "idx")))
        assert "idx" in said
        assert qa("ask", "东城经开区一期工程总投资多少？", "--index", str(home / "idx")).exit_code == 0


@pytest.mark.slow
def test_two_processes_leave_one_whole_index(home: Path):
    both = [process("index", str(home / "a.txt"), "--index", str(home / "new")) for _ in range(2)]
    ends = [child.communicate() for child in both]
    assert 0 in [child.returncode for child in both]
    for child, (_, said) in zip(both, ends, strict=True):
        assert child.returncode == 0 or (said.startswith(b"qa: ") and said.count(b"\n") == 1)
    assert qa("verify", "--index", str(home / "new")).exit_code == 0
