"""An index folder: whose it is, who may write it, which generation is the present one, whether it is whole.

    .yinju           our marker, in the folder and in every generation: nothing without it is ever deleted
    .lock            held by the process that writes
    meta.json        what made the index and which generation is the present one, with the stamps of its files
    g000001/         store.sqlite, vectors.faiss, and bm25s's arrays
    calibration.json a user's own, if there is one (see `answer.confidence`)

A kill at any moment leaves meta.json pointing to a whole generation: the new one is written under a name of
its own, forced to the disk, and only then named by replacing meta.json.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from qa.errors import StoreError
from qa.schema import Root
from qa.search import lexical
from qa.search.sealed import Stamp, difference, load_object, read_regular, seal, stamp, unseal
from qa.writing import sync_folder, write_whole

FORMAT = 8
_SEALED = 5
"""The first format whose meta.json carries a seal."""
POINTER, MARKER, LOCK = "meta.json", ".yinju", ".lock"
ROWS, VECTORS = "store.sqlite", "vectors.faiss"
FILES = (ROWS, VECTORS, *lexical.FILES.values())
COUNTS = ("documents", "passages", "figures", "terms")
_MAKER = "yinju "
_GENERATION = re.compile(r"g[0-9]{6,18}")
_LEFT = re.compile(rf"{POINTER}\.[0-9]+-[0-9]+\.part")
"""What a kill leaves behind in the middle of `write_whole`."""
_TOLD = "Made by yinju, which may delete this folder with all that is in it.\n"


@dataclass(frozen=True, slots=True)
class Meta:
    """What made an index. `roots` are the paths given."""

    format: int
    created_by: str
    generation: str
    model: str
    fingerprint: str
    dimension: int
    tokeniser: str
    splitter: str
    roots: tuple[Root, ...]
    counts: dict[str, int]
    files: dict[str, Stamp] = field(default_factory=dict)


def index_folder(given: str | os.PathLike[str]) -> Path:
    """The path of an index folder. Raises StoreError for a name that is none.

    An empty one would be the current folder, where nobody means an index to lie.
    """
    try:
        name = os.fsdecode(given)
        named = bool(name) and b"\0" not in os.fsencode(name)
    except (TypeError, UnicodeError):
        named = False
    if not named:
        raise StoreError(f"{given!r} names no folder for the index. Give one: --index DIR")
    return Path(name)


def damaged(folder: Path | None, file: str, what: str) -> str:
    """The one line for a file of an index that cannot be used."""
    return f"{file} in '{folder}' is damaged ({what}). Build the index again: qa index DOCS --index {folder}"


def unwritable(folder: Path, error: object) -> str:
    """The one line for an index that cannot be written."""
    reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return f"The index in '{folder}' cannot be written ({reason}). Make room, or name another: --index DIR"


@contextmanager
def lock(folder: Path) -> Iterator[Path]:
    """Make the folder and hold it for writing; a second process that tries gets a StoreError.

    So does a folder that holds anything and is no index. The system frees the lock when a process
    ends, however it ends.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not _may_be_written(folder):
            text = f"'{folder}' holds other things and is no index. Name another folder: --index DIR"
            raise StoreError(text)
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        handle = os.open(folder / LOCK, flags, 0o666)
    except OSError as error:
        raise StoreError(unwritable(folder, error)) from error
    with os.fdopen(handle, "rb+", buffering=0):
        try:
            _lock_file(handle)
        except OSError as error:
            text = f"'{folder}' is being indexed by another process. Wait for it to finish."
            raise StoreError(text) from error
        try:
            mark(folder)
        except OSError as error:
            raise StoreError(unwritable(folder, error)) from error
        yield folder


def _lock_file(handle: int) -> None:
    """Lock an open file or raise OSError at once."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _may_be_written(folder: Path) -> bool:
    """Whether a folder is ours, or empty. One copied without its hidden files is known by its meta.json."""
    held = set(os.listdir(folder)) - {LOCK}
    return not held or is_marked(folder) or bool(named_generation(folder))


def mark(folder: Path) -> None:
    """Put our marker into a folder. Raises OSError."""
    if not is_marked(folder):
        with (folder / MARKER).open("x", encoding="ascii") as file:
            file.write(_TOLD)


def is_marked(folder: Path) -> bool:
    """Whether a folder carries our marker."""
    try:
        return stat.S_ISREG((folder / MARKER).lstat().st_mode)
    except OSError:
        return False


def named_generation(folder: Path) -> str:
    """The generation that the meta.json of an index of ours names, of whatever format; "" where none does."""
    try:
        found = _believed(folder)
    except (OSError, ValueError):
        return ""
    ours, name = str(found.get("created_by")).startswith(_MAKER), str(found.get("generation"))
    return name if ours and _GENERATION.fullmatch(name) else ""


def new_generation(folder: Path) -> Path:
    """A fresh folder for a generation, marked, its name above all others. Raises OSError."""
    taken = [int(name[1:]) for name in os.listdir(folder) if _GENERATION.fullmatch(name)]
    fresh = folder / f"g{max(taken, default=0) + 1:06d}"
    fresh.mkdir()
    try:
        mark(fresh)
    except OSError:
        delete_generation(fresh)
        raise
    return fresh


def stamps(generation: Path) -> dict[str, Stamp]:
    """The stamps of the files of a generation, which are forced to the disk. Raises OSError."""
    for name in FILES:
        with (generation / name).open("rb+") as file:
            os.fsync(file.fileno())
    return {name: stamp(generation / name) for name in FILES}


def switch(folder: Path, meta: Meta) -> None:
    """Make a generation that is on the disk the present one, and delete the others. Raises OSError."""
    before = folder / (named_generation(folder) or meta.generation)
    if before.is_dir() and not before.is_symlink():
        mark(before)  # Up to format 4 only meta.json told which generation was ours.
    sync_folder(folder / meta.generation)
    sync_folder(folder)
    write_whole(folder / POINTER, seal(asdict(meta)))
    for name in os.listdir(folder):
        if _GENERATION.fullmatch(name) and name != meta.generation:
            delete_generation(folder / name)
        elif _LEFT.fullmatch(name):
            with suppress(OSError):
                (folder / name).unlink()


def delete_generation(generation: Path) -> None:
    """Delete a generation that carries our marker, as far as the system lets us; the marker goes last.

    One without a marker is deleted only if it is empty: a kill between making and marking it left it.
    """
    with suppress(OSError):
        if is_marked(generation) and not generation.is_symlink():
            for path in generation.iterdir():
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                elif path.name != MARKER:
                    path.unlink()
            (generation / MARKER).unlink()
        generation.rmdir()


def put_beside(folder: Path, name: str, text: str | None) -> None:
    """Write (None: remove) a file of an index that belongs to no generation, and so outlives them.

    Raises StoreError where another process writes the index, or the disk says no.
    """
    with lock(folder):
        try:
            if text is None:
                (folder / name).unlink(missing_ok=True)
            else:
                write_whole(folder / name, text)
        except OSError as error:
            raise StoreError(unwritable(folder, error)) from error


def read_meta(folder: Path) -> Meta:
    """What made the index in a folder. Raises StoreError: none there, damaged, or of another version."""
    path = folder / POINTER
    try:
        held = read_regular(path)
        _refuse_other_version(folder, load_object(held))
        return _meta(unseal(held))
    except FileNotFoundError:
        text = f"No index in '{folder}' ({POINTER} not found). Build one: qa index DOCS --index {folder}"
        raise StoreError(text) from None
    except OSError as error:
        text = f"'{path}' cannot be read ({error.strerror}). Check the path and its permissions."
        raise StoreError(text) from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise StoreError(damaged(folder, POINTER, "not what was written")) from error


def _refuse_other_version(folder: Path, found: Mapping[str, Any]) -> None:
    """Before the seal is looked at, which other versions may put elsewhere or lack."""
    made = found["format"], found["tokeniser"]
    if made != (FORMAT, lexical.TOKENISER):
        by = f"made by {found['created_by']} (format {made[0]}, terms {made[1]!r})"
        text = f"The index in '{folder}' was {by}; this is format {FORMAT}, terms {lexical.TOKENISER!r}."
        raise StoreError(f"{text} Build it again: qa index DOCS --index {folder}")


def _meta(found: Mapping[str, Any]) -> Meta:
    """The record of a meta.json, every type checked. Raises ValueError, TypeError or LookupError."""
    texts = [found[name] for name in ("created_by", "model", "fingerprint", "tokeniser", "splitter")]
    roots, files = _roots(found["roots"]), found["files"]
    counts = {name: found["counts"][name] for name in COUNTS}
    numbers = [*counts.values(), *(entry[part.name] for entry in files.values() for part in fields(Stamp))]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a text is none")
    if not all(type(number) is int and number >= 0 for number in [found["dimension"], *numbers]):
        raise TypeError("a number is none")
    if not _GENERATION.fullmatch(found["generation"]) or set(files) != set(FILES):
        raise ValueError("names of files that are not ours")
    stamped = {name: Stamp(**files[name]) for name in FILES}
    return Meta(**{**found, "roots": roots, "counts": counts, "files": stamped})


def _roots(found: object) -> tuple[Root, ...]:
    """The paths that an index was made of (strings up to format 5). Raises TypeError or LookupError."""
    if not isinstance(found, list):
        raise TypeError("roots are no list")
    roots = [Root(root) if isinstance(root, str) else Root(**root) for root in found]
    for root in roots:
        texts = [root.path, "" if root.encoding is None else root.encoding]
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("a text is none")
        if type(root.links) is not bool or type(root.largest) is not int:
            raise TypeError("how a path is read is not told")
    return tuple(roots)


def roots_of(folder: Path) -> tuple[Root, ...]:
    """The paths that an index was made of, of whatever format, and whatever else of it is damaged.

    None where its meta.json is not what was written, which may name any path.
    """
    try:
        return _roots(_believed(folder)["roots"])
    except (OSError, ValueError, LookupError, TypeError):
        return ()


def _believed(folder: Path) -> dict[str, Any]:
    """The meta.json of an index of whatever format whose seal is whole, or that is older than seals are.

    Raises ValueError for any other, and OSError.
    """
    held = read_regular(folder / POINTER)
    found = load_object(held)
    made = found.get("format")
    unsealed = "sha256" not in found and type(made) is int and made < _SEALED
    return found if unsealed else unseal(held)


def problems(folder: Path, meta: Meta, whole: bool = False) -> Iterator[tuple[str, str]]:
    """Files of the present generation that are not as written, with what is wrong (see `difference`)."""
    inside = folder / meta.generation
    if inside.is_symlink():
        yield meta.generation, "a link"
        return
    for name, written in meta.files.items():
        if what := difference(inside / name, written, whole):
            yield name, what
