"""Index folders: what goes in comes out, kills and damage leave no broken index, errors say what to do."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import ENCODER, FIGURE, MODEL, TEXTS, contents, write_index

from qa import verify
from qa.errors import ModelError, StoreError
from qa.search import index, lexical
from qa.search.folder import lock, read_meta
from qa.search.retrieve import search
from qa.search.sealed import seal, unseal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_index(tmp_path / "idx", figures=[FIGURE])
    return tmp_path / "idx"


# What goes in comes out.


ALPHABET = "甲乙丙投资税收3.亿元，。 麵A"


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(st.text("ab/", min_size=1), st.text(ALPHABET + "\n", min_size=1), min_size=1, max_size=4),
    st.lists(st.text(ALPHABET, min_size=1).filter(str.strip), min_size=1, max_size=3),
)
def test_a_saved_index_answers_as_the_one_in_memory(tmp_path_factory, texts, queries) -> None:
    if not any(text.strip("\n") for text in texts.values()):
        return
    folder = tmp_path_factory.mktemp("idx")
    write_index(folder, texts)
    with index.in_memory(contents(texts), *MODEL) as memory, index.open_store(folder) as saved:
        for query in queries:
            assert search(saved, ENCODER, query, 5) == search(memory, ENCODER, query, 5)
        assert verify.verify(saved) == verify.verify(memory) == []
    shutil.rmtree(folder)


# BM25 against what the formula says.


# One whole index at any moment.

VERSIONS = [{"a.txt": "甲区投资3亿元。"}, {"a.txt": "甲区投资4亿元。\n又一段。", "b.txt": "乙。"}]
KILLED = """
    import os, signal, sys
    from pathlib import Path
    import bm25s, faiss  # loaded before the counting starts
    from tiny import MODEL, contents
    from qa.search import index
    from qa.search.folder import lock
    folder, texts, nth = Path(sys.argv[1]), eval(sys.argv[2]), int(sys.argv[3])
    made, steps = contents(texts), 0
    CHANGES = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "sqlite3.connect"}

    def watch(event, arguments):
        global steps
        if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR):
            return
        if event in CHANGES and str(folder) in str(arguments[0]):
            steps += 1
            if steps == nth:
                os.kill(os.getpid(), signal.SIGKILL)

    while True:
        child = os.fork()
        if child == 0:
            sys.addaudithook(watch)
            with lock(folder):
                index.write(folder, made, *MODEL)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        with index.open_store(folder) as store:
            held = {id: store.document(id).text for id in store.sources()}
            lines = [p.text for p in store.passages(range(len(store)))]
            assert lines == "\\n".join(held.values()).split("\\n")
            print(nth, os.WIFSIGNALED(status), held == texts, flush=True)
        if not os.WIFSIGNALED(status):
            break
        nth += 1
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
def test_a_kill_at_any_step_leaves_a_whole_index(tmp_path: Path) -> None:
    """SIGKILL before every single change to the folder: the old index is there, or the new one."""
    write_index(tmp_path / "idx", VERSIONS[0])
    done = run(KILLED, tmp_path / "idx", VERSIONS[1], 1)
    assert done.stderr == ""
    steps = [line.split() for line in done.stdout.splitlines()]
    killed, switched = [step[1] == "True" for step in steps], [step[2] == "True" for step in steps]
    assert killed == [True] * (len(steps) - 1) + [False]
    assert (killed.count(True) > 10, switched[0], switched[-1]) == (True, False, True)
    assert switched == sorted(switched), "once switched, never back"
    left = sorted(path.name for path in (tmp_path / "idx").iterdir())
    assert left == [".lock", ".yinju", read_meta(tmp_path / "idx").generation, "meta.json"]


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    here = Path(__file__).parent.parent
    paths = os.pathsep.join([str(here), str(here.parent)])
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": paths},
    )


def test_a_reader_keeps_what_it_opened(folder: Path) -> None:
    with index.open_store(folder) as before:
        write_index(folder, VERSIONS[1])
        assert before.document("a.txt").text == TEXTS["a.txt"]
        assert search(before, ENCODER, "甲区", 1)[0].passage.id == "a.txt#1"
    with index.open_store(folder) as after:
        assert after.document("a.txt").text == VERSIONS[1]["a.txt"]


def test_two_processes_cannot_index_at_once(folder: Path) -> None:
    code = """
        import sys; from pathlib import Path; from qa.search.folder import lock
        from qa.errors import StoreError
        try:
            with lock(Path(sys.argv[1])): print("held")
        except StoreError as error: print(error)
    """
    with lock(folder):
        done = run(code, folder)
        text = f"'{folder}' is being indexed by another process. Wait for it to finish.\n"
        assert (done.stdout, done.stderr) == (text, "")
    assert run(code, folder).stdout == "held\n"


FULL = """
    import resource, signal, sys
    from pathlib import Path
    from tiny import MODEL, contents
    from qa.search import index
    from qa.search.folder import lock
    from qa.errors import StoreError
    folder, made = Path(sys.argv[1]), contents({"a.txt": "甲" * 50_000})
    files = lambda: {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    before = files()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    for room in map(int, sys.argv[2:]):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        try:
            with lock(folder): index.write(folder, made, *MODEL)
        except StoreError as error: print(files() == before, error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits of file size")
def test_no_room_on_the_disk(folder: Path) -> None:
    """With room for so many bytes a file: one clear line each time, and the old index as it was."""
    done = run(FULL, folder, 0, 100, 4096, 20_000)
    said = done.stdout.splitlines()
    assert (len(said), done.stderr) == (4, "")
    for line in said:
        assert line.startswith(f"True The index in '{folder}' cannot be written (")
        assert line.endswith("). Make room, or name another: --index DIR")


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_folder_that_cannot_be_made(tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only disk cannot be had in every test environment, so its answer is given here."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StoreError, match=rf"cannot be written \({os.strerror(number)}\)\."):
        write_index(tmp_path / "idx")


def test_a_folder_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot be written \(Not a directory\)"):
        write_index(tmp_path / "file" / "idx")


def test_an_index_on_a_read_only_disk_can_be_read(folder: Path) -> None:
    before = snapshot(folder)
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    with index.open_store(folder) as store:
        assert search(store, ENCODER, "甲区", 1)[0].passage.id == "a.txt#1"
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)
    assert snapshot(folder) == before


# Damage, and other makers.

FILES = ["meta.json", "store.sqlite", "vectors.faiss", *lexical.FILES.values()]


def inside(folder: Path, name: str) -> Path:
    return folder / name if name == "meta.json" else folder / read_meta(folder).generation / name


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", ["delete", "truncate", "empty", "scramble", "folder"])
def test_damaged_files_are_named(folder: Path, name: str, harm: str) -> None:
    path = inside(folder, name)
    whole = path.read_bytes()
    path.unlink()
    if harm == "folder":
        path.mkdir()
    elif harm != "delete":
        kept = {"truncate": whole[: len(whole) // 2], "empty": b"", "scramble": whole[:-9] + b"\xff" * 9}[
            harm
        ]
        path.write_bytes(kept)
    with pytest.raises(StoreError, match=name) as caught:
        index.open_store(folder)
    assert "\n" not in str(caught.value)
    assert "qa index DOCS" in str(caught.value) or "permissions" in str(caught.value)
    if harm != "folder" or name != "meta.json":
        write_index(folder)
        index.open_store(folder).close()


def test_no_index(tmp_path: Path) -> None:
    text = f"No index in '{tmp_path}' (meta.json not found). Build one: qa index DOCS --index {tmp_path}"
    with pytest.raises(StoreError) as caught:
        index.open_store(tmp_path)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    "change", [{"format": 0}, {"format": 99, "created_by": "yinju 9"}, {"tokeniser": "other"}]
)
def test_an_index_of_another_version(folder: Path, change: dict[str, object]) -> None:
    (folder / "meta.json").write_text(seal(unseal((folder / "meta.json").read_bytes()) | change))
    with pytest.raises(StoreError, match=r"was made by yinju .* this is format \d+.*Build it again: qa"):
        index.open_store(folder)


@pytest.mark.parametrize("other", [("tiny", "beef" * 16, 4), ("tiny", MODEL[1], 5)])
def test_an_index_of_another_model(folder: Path, other: tuple[str, str, int]) -> None:
    with index.open_store(folder) as store:
        index.check_model(store, *MODEL, 4)
        with pytest.raises(ModelError, match=r"made with the model 'tiny' .*--model, or index again"):
            index.check_model(store, *other)


def test_nothing_to_index(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="hold no text to index"):
        write_index(tmp_path / "idx", {})


# Updating and verifying.


def test_what_can_be_taken_from_an_index(folder: Path) -> None:
    with index.open_store(folder) as found:
        assert index.reusable(found, MODEL[1], "")
        assert np.array_equal(found.vectors(found.rows_of("b/c.txt")), contents(TEXTS).vectors[2:])
        assert not index.reusable(found, "beef" * 16, "")
        assert not index.reusable(found, MODEL[1], "splitter 2")
