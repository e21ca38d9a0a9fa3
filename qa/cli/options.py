"""Options and manners that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from qa.visible import visible

if TYPE_CHECKING:
    from qa.knowledge import KnowledgeBase

INDEX = Path(".qa")


def _folder(name: str | Path) -> Path:
    """The path of a folder; an empty name would be the current one."""
    if not str(name):
        raise typer.BadParameter("an empty name is no folder.")
    return Path(name)


Index = Annotated[
    Path,
    typer.Option(
        "--index", "-i", envvar="QA_INDEX", help="The index folder.", metavar="DIR", parser=_folder
    ),
]  # fmt: skip
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Model = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="A sentence-transformers model, by folder or name."),
]
Confidence = Annotated[
    float | None,
    typer.Option(min=0, max=1, metavar="P", help="Refuse to answer below this confidence, 0 to 1."),
]


def fail(*lines: str) -> NoReturn:
    """End with status 1 and a message on stderr, of one line for each given."""
    typer.echo("\n".join([f"qa: {visible(lines[0].strip())}", *map(visible, lines[1:])]), err=True)
    raise typer.Exit(1)


def open_index(index: Path) -> KnowledgeBase:
    """The knowledge base of an index folder. Raises StoreError."""
    from qa.pipeline import open as opened

    return opened(index)
