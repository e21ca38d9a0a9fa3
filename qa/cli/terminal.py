"""The terminal at hand: its streams, its width, its progress bar."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from qa.errors import InputError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from qa.cli.page import Page
    from qa.schema import Progress


def steady(*streams: TextIO) -> None:
    """Make Chinese printable: UTF-8 where the locale's encoding has no Han, and never an encoding error."""
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            try:
                "引据".encode(stream.encoding)
                stream.reconfigure(errors="replace")
            except (UnicodeEncodeError, LookupError):
                stream.reconfigure(encoding="utf-8", errors="replace")


def put(text: str, as_json: bool = False) -> None:
    """Write a line to stdout, JSON always as UTF-8."""
    if as_json and sys.stdout.encoding.lower() != "utf-8" and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def put_view(view: RenderableType, err: bool = False) -> None:
    """Print a table of rich, as wide as the terminal, or 120 columns where there is none."""
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    Console(file=stream, width=None if stream.isatty() else 120, highlight=False).print(view)


def page() -> Page:
    """How wide stdout is and whether it takes styles (NO_COLOR and TERM=dumb are heeded)."""
    from qa.cli.page import Page

    if not sys.stdout.isatty():
        return Page()
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Page(shutil.get_terminal_size().columns, not plain)


def argument(text: str) -> str:
    """A command-line argument as text; its bytes are UTF-8 whatever the locale says.

    Raises InputError where they are not.
    """
    try:
        return os.fsencode(text).decode("utf-8")
    except UnicodeError:
        raise InputError("The question is not valid UTF-8 text. Use a UTF-8 locale, or --input.") from None


@contextmanager
def lines_of(name: str) -> Iterator[Iterator[str]]:
    """The lines of a UTF-8 file, or of stdin for "-".

    Raises InputError, with the line, where a byte is not UTF-8; OSError where the file cannot be read.
    """
    if name == "-":
        yield _decoded(sys.stdin.buffer, "stdin")
    else:
        with open(name, "rb") as file:
            yield _decoded(file, name)


def _decoded(lines: Iterable[bytes], name: str) -> Iterator[str]:
    for n, line in enumerate(lines, 1):
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError as error:
            byte = f"byte 0x{line[error.start]:02x} at {error.start}"
            raise InputError(f"{name}:{n}: not UTF-8 ({byte}). Save the file as UTF-8.") from None


@contextmanager
def progress() -> Iterator[Progress | None]:
    """A callback (stage, done, total) that draws bars on stderr; None where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield report
