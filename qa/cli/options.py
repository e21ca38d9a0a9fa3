"""Options and manners that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from qa.visible import visible

if TYPE_CHECKING:
    from qa.knowledge import KnowledgeBase

INDEX = Path(".qa")
Scoped = dict[str, Any]


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
In = Annotated[
    list[str] | None,
    typer.Option("--in", metavar="PATH", help="Only this document, or below this folder; repeatable."),
]
Since = Annotated[
    str | None, typer.Option(metavar="DATE", help="Only articles dated then or later: 2019, 2019-07-03.")
]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Only articles dated then or earlier.")]
Subject = Annotated[str | None, typer.Option(metavar="NAME", help="Only what is about this subject.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Model = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="A sentence-transformers model, by folder or name."),
]
Confidence = Annotated[
    float | None,
    typer.Option(min=0, max=1, metavar="P", help="Refuse to answer below this confidence, 0 to 1."),
]


def scope(in_: list[str] | None, since: str | None, until: str | None, subject: str | None) -> Scoped:
    """The options that narrow a question as the library takes them."""
    return {"in_": in_ or (), "since": since, "until": until, "subject": subject}


def fail(*lines: str) -> NoReturn:
    """End with status 1 and a message on stderr, of one line for each given."""
    typer.echo("\n".join([f"qa: {visible(lines[0].strip())}", *map(visible, lines[1:])]), err=True)
    raise typer.Exit(1)


def open_index(index: Path) -> KnowledgeBase:
    """The knowledge base of an index folder. Raises StoreError."""
    from qa.pipeline import open as opened

    return opened(index)
