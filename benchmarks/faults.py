"""What an index survives: damage of every kind, kills, I/O errors, readers beside a writer, foreign things.

    python benchmarks/faults.py [KIND...] [--seconds 60] [--seed 0]

Each kind is tried for that long, and the table says how often it was tried, survived and lost. Survived: one
line that says what to do, or the right content; never other content, a traceback, a wait, or a file of the
user's gone; and a new index can be written over it. What was lost is listed with the seed that does it again;
the exit status is then 1. `KINDS` takes more: see `attempts`.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from random import Random
from threading import RLock
from typing import Any

from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from tiny import ENCODER, MODEL, contents

from benchmarks.attempts import WAIT_S, Attempt, Waited, patience, told
from qa.answer.confidence import Calibration, Quality, load_calibration, to_text
from qa.answer.ranker import bundled
from qa.errors import QAError, StoreError
from qa.search import folder as folders
from qa.search import sealed
from qa.search.index import open_store, open_whole, write
from qa.search.retrieve import search
from qa.search.sealed import load_object, seal
from qa.search.store import Store
from qa.verify import verify

Texts = dict[str, str]
tqdm.set_lock(RLock())  # Its own is shared by forked processes: one killed with it stops all others (bm25s).
SMALL: Texts = {"a.txt": "甲区总投资3亿元。\n乙区税收5亿元。", "b.txt": "丙区2018年新建道路12条。"}
LARGE: Texts = {
    f"{n}.txt": "\n".join(f"甲区第{n}期第{i}项总投资{n}.{i}亿元，占地{i}亩。" for i in range(8))
    for n in range(30)
}
SAMPLE = {"SAMPLED": 1 << 11, "BLOCK": 1 << 8}
"""Bytes with which the files of LARGE count as large, so that an opening looks at samples of them."""
VALUES: list[Any] = [
    None,
    True,
    -1,
    10**9,
    10**400,
    1.5,
    float("nan"),
    "",
    "../..",
    "/dev/zero",
    [],
    {},
    [[]],
]


# Using an index.


def put(folder: Path, texts: Texts) -> None:
    """Write an index of these texts, one passage a line."""
    with folders.lock(folder):
        write(folder, contents(texts), *MODEL)


def texts_of(store: Store) -> Texts:
    """Every document of an index, its passages held against it."""
    found = {id: store.document(id).text for id in store.sources()}
    for id, text in found.items():
        if [passage.text for passage in store.passages(store.rows_of(id))] != text.split("\n"):
            raise AssertionError(f"passages of {id} that are not those of the document")
    return found


def used(folder: Path, known: list[Texts]) -> str:
    """Open an index and use all of it: "" where it gives known contents or says one line, else the loss."""
    try:
        with patience(), open_store(folder) as store:
            load_calibration(folder)
            found = texts_of(store)
            for query in ("甲区第7期投资", "道路"):
                search(store, ENCODER, query, 5)
            store.figures()
            verify(store)
    except QAError as error:
        return "" if "\n" not in str(error) and "qa " in str(error) else f"said {error!r}"
    except Exception as error:  # whatever it is, it is what this looks for
        return f"{type(error).__name__}: {error}"[:300]
    return "" if found in known else "other content than was written"


def rebuilt(folder: Path, texts: Texts) -> str:
    """Write an index over what is there, as `qa index` does, and open it; "" or the loss."""
    try:
        with patience():
            with folders.lock(folder):
                folders.roots_of(folder)
                with suppress(StoreError):
                    open_whole(folder).close()
                write(folder, contents(texts), *MODEL)
            with open_store(folder) as store:
                return "" if texts_of(store) == texts else "not what was written over it"
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]


@contextmanager
def sampled(large: bool) -> Iterator[None]:
    """Let files of a few kilobytes count as large."""
    before = {name: getattr(sealed, name) for name in SAMPLE}
    for name, size in (SAMPLE if large else before).items():
        setattr(sealed, name, size)
    try:
        yield
    finally:
        for name, size in before.items():
            setattr(sealed, name, size)


@cache
def example(large: bool) -> Path:
    """A whole index with a calibration, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="faults-")) / "index"
    put(folder, LARGE if large else SMALL)
    quality = Quality(0.5, 0.1, 0.9, 0.8)
    calibration = Calibration(1.0, 0.25, 0.5, bundled().fingerprint, 50, quality, quality)
    folders.put_beside(folder, "calibration.json", to_text(calibration))
    return folder


# Damage.


def _flip(random: Random, data: bytearray) -> None:
    for _ in range(random.choice((1, 1, 1, 8))):
        if data:
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _blank(random: Random, data: bytearray) -> None:
    at, size = random.randrange(len(data) + 1), random.choice((1, 512, 4096, 1 << 16))
    data[at : at + size] = bytes(len(data[at : at + size]))


def _garble(random: Random, data: bytearray) -> None:
    at = random.randrange(len(data) + 1)
    data[at : at + 4096] = random.randbytes(len(data[at : at + 4096]))


def _cut(random: Random, data: bytearray) -> None:
    del data[random.choice((0, len(data) // 2, max(0, len(data) - 1))) :]


def _grow(random: Random, data: bytearray) -> None:
    data += random.choice((b"\0", b"}", random.randbytes(5000)))


def _move(random: Random, data: bytearray) -> None:
    at = random.randrange(len(data) + 1)
    data[:] = data[at:] + data[:at]


def _settle(random: Random, data: bytearray) -> None:
    """Another value somewhere in JSON, sealed anew or not; a flip in any other file."""
    try:
        record = load_object(bytes(data))
    except ValueError:
        return _flip(random, data)
    held: Any = record
    while True:
        key = random.choice([*held]) if isinstance(held, dict) else random.randrange(len(held))
        if not isinstance(held[key], dict | list) or not held[key] or random.random() < 0.2:
            break
        held = held[key]
    if isinstance(held, dict) and random.random() < 0.2:
        del held[key]
    else:
        held[key] = random.choice(VALUES)
    record.pop("sha256", None)
    data[:] = (seal(record) if random.random() < 0.7 else json.dumps(record)).encode()


CONTENT = (_flip, _blank, _garble, _cut, _grow, _move, _settle)


def _replaced(random: Random, path: Path) -> None:
    """Something that is no such file in its place."""
    path.unlink() if path.is_file() else shutil.rmtree(path)
    kind = random.randrange(6)
    if kind == 0:
        path.mkdir()
    elif kind == 1:
        os.mkfifo(path)
    elif kind == 2:
        path.symlink_to(random.choice(("/dev/zero", "/dev/full", "/", path.name, "../../index")))
    elif kind == 3:
        with path.open("wb") as file:
            file.truncate(1 << 36)
    elif kind == 4:
        shutil.copy2(random.choice([p for p in example(False).rglob("*") if p.is_file()]), path)


def damage(random: Random, home: Path) -> Iterator[str]:
    """One file of an index, small or large, is not what it was; a third of the time with its old date."""
    large = random.random() < 0.4
    texts = LARGE if large else SMALL
    with sampled(large):
        folder = shutil.copytree(example(large), home / "index")
        places = [path for path in folder.rglob("*") if path.name not in (folders.LOCK, folders.MARKER)]
        path = random.choice(sorted(places))
        if path.is_dir() or random.random() < 0.2:
            _replaced(random, path)
        else:
            _changed(random, path)
        yield used(folder, [texts])
        if not (folder / folders.POINTER).is_dir():  # A folder in its place is not ours to delete.
            yield rebuilt(folder, texts)


def _changed(random: Random, path: Path) -> None:
    before, data = path.stat(), bytearray(path.read_bytes())
    random.choice(CONTENT)(random, data)
    path.write_bytes(data)
    if random.random() < 0.3:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


# Interruptions.


def _shot(child: Callable[[], None], after_s: float | None) -> int:
    """Run a function in a process of its own, killed after some seconds (None: never); its exit status."""
    pid = os.fork()
    if pid == 0:
        try:
            child()
            os._exit(0)
        except StoreError as error:
            os._exit(0 if "\n" not in str(error) else 4)
        except BaseException:
            os._exit(3)
    if after_s is not None:
        time.sleep(after_s)
        os.kill(pid, signal.SIGKILL)
    return _ended(pid)


def _ended(pid: int) -> int:
    """The exit status of a process of ours, which is killed where it takes too long."""
    try:
        with patience():
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except Waited:
        os.kill(pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _started(random: Random, home: Path) -> tuple[Path, list[Texts]]:
    """A folder with or without an index, with a file of the user's beside and inside it, and its contents."""
    folder = home / "index"
    (home / "g000001").mkdir()
    (home / "g000001" / "mine.txt").write_text("mine")
    known: list[Texts] = []
    if random.random() < 0.8:
        put(folder, SMALL)
        known.append(SMALL)
        (folder / "g202401").mkdir()
        (folder / "g202401" / "mine.txt").write_text("mine")
    return folder, known


def _left(folder: Path, known: list[Texts], fresh: Texts) -> Iterator[str]:
    """After an interruption: the old index or the new one, the user's files, and no leftovers later."""
    kept = [path for path in (folder.parent / "g000001", folder / "g202401") if path.exists()]
    mine = [path for path in kept if (path / "mine.txt").exists()]
    yield "" if len(kept) == len(mine) == len(known) + 1 else "a file of the user's is gone"
    yield used(folder, [*known, fresh])
    yield rebuilt(folder, fresh)
    ours = {folders.read_meta(folder).generation, folders.POINTER, folders.LOCK, folders.MARKER, "g202401"}
    yield ", ".join(f"left behind: {path.name}" for path in folder.iterdir() if path.name not in ours)


def kills(random: Random, home: Path) -> Iterator[str]:
    """SIGKILL at any moment of writing an index."""
    folder, known = _started(random, home)
    fresh = {f"{n}.txt": f"乙区第{n}次。" for n in range(random.randrange(1, 30))}
    status = _shot(lambda: put(folder, fresh), random.uniform(0, 0.12))
    yield "" if status in (0, -signal.SIGKILL) else f"exit status {status}"
    yield from _left(folder, known, fresh)


def errors(random: Random, home: Path) -> Iterator[str]:
    """The system refuses one step of writing an index, or every step from one on, with any of its errors."""
    folder, known = _started(random, home)
    fresh, steps = {"c.txt": "乙区一次。"}, 0
    first, lasting = random.randrange(1, 40), random.random() < 0.5
    code = random.choice((errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES, errno.EDQUOT, errno.EMFILE))

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal steps
        reads = event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if reads or not event.startswith(("open", "os.", "shutil.", "sqlite3.")):
            return
        if arguments and str(folder) in str(arguments[0]):
            steps += 1
            if steps == first or (lasting and steps > first):
                raise OSError(code, os.strerror(code), str(arguments[0]))

    def child() -> None:
        sys.addaudithook(refuse)
        put(folder, fresh)

    status = _shot(child, None)
    yield "" if status == 0 else f"exit status {status}"
    yield from _left(folder, known, fresh)


def opens(random: Random, home: Path) -> Iterator[str]:
    """Readers that open an index while another process writes it again and again."""
    folder = home / "index"
    versions: list[Texts] = [{"a.txt": f"甲区第{n}次。"} for n in range(8)]
    put(folder, versions[0])
    pid = os.fork()
    if pid == 0:
        for texts in versions[1:]:
            put(folder, texts)
        os._exit(0)
    end = time.monotonic() + WAIT_S
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None and time.monotonic() < end:
        try:
            with patience(), open_store(folder) as store:
                yield "" if texts_of(store) in versions else "other content than was written"
        except Exception as error:
            yield f"{type(error).__name__}: {error}"[:300]
    yield "" if _ended(pid) == 0 else "the writer failed"


NAMES = (
    "g000001",
    "g202401",
    ".new",
    "meta.json",
    "store.sqlite",
    "calibration.json",
    "docs",
    ".git",
    "注.txt",
)


def others(random: Random, home: Path) -> Iterator[str]:
    """A folder with other things in it, or an index with other things in it: they stay as they are."""
    folder = home / "index"
    if inside := random.random() < 0.5:
        put(folder, SMALL)
    folder.mkdir(exist_ok=True)
    for name in random.sample(NAMES, random.randrange(1, 5)):
        if not (folder / name).exists():
            path = folder / name / "mine.txt" if random.random() < 0.7 else folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(random.choice(("mine", "{}", '{"generation": "g000001"}')))
    mine = {path: path.read_bytes() for path in folder.rglob("mine.txt")}
    if not inside:
        mine |= {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    said = rebuilt(folder, SMALL) if inside else ""
    if not inside:
        try:
            put(folder, SMALL)
            said = "written into a folder of other things"
        except StoreError as error:
            said = "" if "Name another folder" in str(error) else str(error)
    yield said
    yield "" if all(path.exists() and path.read_bytes() == data for path, data in mine.items()) else "gone"


KINDS: dict[str, Attempt] = {kind.__name__: kind for kind in (damage, kills, errors, opens, others)}


def main() -> int:
    lost = told(KINDS, "What an index survives.")
    for made in (False, True):
        shutil.rmtree(example(made).parent, ignore_errors=True)
    return lost


if __name__ == "__main__":
    raise SystemExit(main())
