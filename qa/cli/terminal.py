"""The terminal at hand: its streams, its width, its progress bar."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from qa.errors import InputError
from qa.limits import MEGABYTE
from qa.visible import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from qa.cli.page import Page
    from qa.schema import Progress


def steady() -> None:
    """Make Chinese printable: UTF-8 where the locale's encoding has no Han, and never an encoding error.

    Streams that were closed before the start read nothing and swallow everything; raises
    InputError where that is stdout, for then nothing can be told.
    """
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stdout is None:
        raise InputError("Standard output is closed. Open it, or send it to a file.")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            try:
                "引据".encode(stream.encoding)
                stream.reconfigure(errors="replace")
            except (UnicodeEncodeError, LookupError):
                stream.reconfigure(encoding="utf-8", errors="replace")


LONGEST = 16 * MEGABYTE
"""Bytes of the longest line of questions that is read."""
_STYLE = re.compile(r"(\x1b\[[0-9;]*m)")


def safe(text: str) -> str:
    """A page of text as it may reach a terminal: line ends, tabs and styles, everything else visible.

    The last of two nets: texts from outside are made visible where they enter a page, so that it
    is laid out as it will look, and no style is theirs.
    """
    parts = _STYLE.split(text)
    return "".join(part if n % 2 else visible(part, "\n\t") for n, part in enumerate(parts))


def put(text: str, as_json: bool = False) -> None:
    """Write a line to stdout; JSON goes as it is, and always as UTF-8."""
    if as_json and sys.stdout.encoding.lower() != "utf-8" and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write((text if as_json else safe(text)) + "\n")
    sys.stdout.flush()


def put_view(view: RenderableType, err: bool = False) -> None:
    """Print a table of rich, as wide as the terminal, or 120 columns where there is none."""
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    console = Console(file=stream, width=None if stream.isatty() else 120, highlight=False)
    with console.capture() as page:
        console.print(view)
    stream.write(safe(page.get()))
    stream.flush()


def page() -> Page:
    """How wide stdout is and whether it takes styles (NO_COLOR and TERM=dumb are heeded)."""
    from qa.cli.page import Page

    if not sys.stdout.isatty():
        return Page()
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Page(shutil.get_terminal_size().columns, not plain)


def paged(text: str, line: int) -> bool:
    """Show a text in $PAGER, or less, which starts at `line`; False where it cannot be started."""
    try:
        words = shlex.split(os.environ.get("PAGER") or "less")
    except ValueError:
        return False
    if not words:
        return False
    settings = {"LESSCHARSET": "utf-8"} | os.environ  # Chinese whatever the locale
    if os.path.basename(words[0]) == "less":
        words.append(f"+{line}")
    try:
        pager = subprocess.Popen(words, stdin=subprocess.PIPE, env=settings)
    except OSError:
        return False
    _feed(pager, text.encode("utf-8", "replace"))
    return True


def _feed(pager: subprocess.Popen[bytes], data: bytes) -> None:
    """Give a pager all it takes and wait for its end; Ctrl-C is the pager's."""
    assert pager.stdin is not None
    with suppress(OSError, KeyboardInterrupt):
        pager.stdin.write(data)
    with suppress(OSError):
        pager.stdin.close()
    while pager.poll() is None:
        with suppress(KeyboardInterrupt):
            pager.wait()


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
        yield _texts(sys.stdin.buffer, "stdin")
    else:
        with open(name, "rb") as file:
            yield _texts(file, name)


def _texts(file: BinaryIO, name: str) -> Iterator[str]:
    return (decoded(line, f"{name}:{n}") for n, line in enumerate(lines_in(file, name), 1))


def lines_in(file: BinaryIO, name: str) -> Iterator[bytes]:
    """The lines of a stream. Raises InputError at one that does not end, as a device's."""
    n = 0
    while line := file.readline(LONGEST + 1):
        n += 1
        if len(line) > LONGEST:
            raise InputError(f"{name}:{n}: the line is longer than {LONGEST // MEGABYTE} MB. Cut it up.")
        yield line


def decoded(line: bytes, where: str) -> str:
    """A line as text. Raises InputError where a byte is not UTF-8."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = f"byte 0x{line[error.start]:02x} at {error.start}"
        raise InputError(f"{where}: not UTF-8 ({byte}). Save the file as UTF-8.") from None


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
