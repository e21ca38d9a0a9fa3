"""What a reader of a format gives: the text it drew from a file, with its pages and places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from qa.limits import MEGABYTE

UNPACKED = 512 * MEGABYTE
"""Bytes that a packed file may hold once unpacked: what it needs in memory is several times that."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a reader makes of a file: text, its encoding, and where in the file what stands.

    `pages` are start offsets of pages, slides or sheets; `places` start offsets with the
    name of what starts there (a sheet, a heading, the first cell of a row); `notes` say what a
    reader of the answers should know about the text, one line each.
    """

    text: str
    encoding: str
    pages: tuple[int, ...] = ()
    places: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()


def drawn_by(library: str, encoding: str) -> str:
    """An encoding and the library that reads it: another version may draw another text from a file."""
    from importlib.metadata import version

    return f"{encoding} ({library} {version(library)})"


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a file: its path there, and its bytes or the reason why there are none."""

    name: str
    data: bytes = b""
    reason: str = ""


Extractor = Callable[[bytes, str | None], Source]
"""Bytes, and the encoding forced, to text. Raises LoadError, whose text goes on after the file's name."""
Opener = Callable[[bytes], Iterator[Member]]
"""The bytes of a file to the files inside. Raises LoadError likewise."""


_CAPTION = re.compile(
    r"(?:[附续]?表\s*[\d一二三四五六七八九十]+[-.—\d]*|附表)\s*[：:]?[^。，；]{0,60}"
    r"|[（(]?(?:编制|金额)?单位\s*[:：].{0,30}"
)
"""What stands above a table: its number and title, its unit."""


@dataclass(slots=True)
class Draft:
    """A text in the making: paragraphs with a blank line between, and what starts where."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    pages: list[int] = field(default_factory=list)
    places: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)

    def write(self, text: str) -> None:
        """Put text at the end, as it is."""
        self.parts.append(text)
        self.length += len(text)

    def gap(self) -> None:
        """A blank line, unless there is one."""
        end = "".join(self.parts[-2:])[-2:]
        if self.length and end != "\n\n":
            self.write("\n" if end.endswith("\n") else "\n\n")

    def paragraph(self, text: str) -> None:
        """Put a paragraph at the end, and a blank line; nothing where it is blank.

        What looks like the title of a table is held until it is known what follows.
        """
        text = text.strip()
        if self.is_caption(text):
            self.held.append(text)
        elif text:
            self.settle()
            self.gap()
            self.write(text + "\n\n")

    @staticmethod
    def is_caption(text: str) -> bool:
        """Whether a paragraph looks like the title or the unit of a table."""
        return _CAPTION.fullmatch(text) is not None

    def captions(self) -> tuple[str, ...]:
        """The title of the table that follows, which is no paragraph then."""
        held, self.held = tuple(self.held), []
        return held

    def settle(self) -> None:
        """Write what was held: no table followed."""
        for caption in self.captions():
            self.gap()
            self.write(caption + "\n\n")

    def page(self) -> None:
        """A page, slide or sheet starts here."""
        self.settle()
        self.pages.append(self.length)

    def place(self, name: str) -> None:
        """What starts here has a name."""
        self.settle()
        if self.places and self.places[-1][0] == self.length:
            self.places.pop()
        self.places.append((self.length, name))

    def source(self, encoding: str) -> Source:
        """The text as it is now."""
        self.settle()
        text = "".join(self.parts).rstrip("\n")
        pages = tuple(min(at, len(text)) for at in self.pages)
        places = tuple((at, name) for at, name in self.places if at < len(text))
        return Source(text, encoding, pages, places, tuple(self.notes))
