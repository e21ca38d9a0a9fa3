"""The command line: parse, call the library, print.

Results go to stdout, all else to stderr. Exit status: 0 done or answered,
1 an error in one line, 2 usage, 3 no answer in the documents. Everything heavy
is imported inside the command that needs it: `qa --help` must not wait.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from qa.cli import evaluation
from qa.cli.options import (
    INDEX,
    Confidence,
    In,
    Index,
    Json,
    Model,
    Since,
    Subject,
    Until,
    fail,
    open_index,
    scope,
)
from qa.cli.terminal import argument, lines_of, page, progress, put, steady
from qa.errors import InputError, QAError
from qa.limits import LARGEST, MEGABYTE
from qa.visible import visible

if TYPE_CHECKING:
    from qa.knowledge import KnowledgeBase
    from qa.schema import Answer

NO_ANSWER = 3
Paths = Annotated[list[str], typer.Argument(metavar="PATH...", help="Files and folders.")]


class _Commands(TyperGroup):
    """The commands, with whatever a user can cause turned into one line and a status."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        with _usage_spelt_out():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        try:
            with _usage_spelt_out():
                return super().invoke(ctx)
        except QAError as error:
            fail(*getattr(error, "lines", (str(error),)))
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            fail(f"{error.filename or 'I/O'}: {(error.strerror or str(error)).lower()}.")
        except MemoryError:
            fail("There is not enough memory for this. Give fewer or smaller documents.")


@contextmanager
def _usage_spelt_out() -> Iterator[None]:
    """What is no option or command may come from anywhere: the message that names it makes it visible."""
    try:
        yield
    except Exception as error:
        if hasattr(error, "format_message"):
            error.message = visible(error.message)  # type: ignore[attr-defined]
        raise


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: rich's costs 0.2 s at every --help
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Ask Chinese documents and get the exact passage, cited to the letter.",
    epilog="Exit status: 0 done or answered, 1 an error, 2 usage, 3 no answer in the documents.",
)


def main() -> None:
    """Entry point of the `qa` script."""
    try:
        steady()
        app(prog_name="qa")
    except InputError as error:
        sys.stderr.write(f"qa: {error}\n")
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _version(wanted: bool) -> None:
    if wanted:
        from qa.version import __version__

        typer.echo(f"qa {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


@app.command(epilog="Example: qa index reports/ notes.md --index reports.index")
def index(
    paths: Paths,
    index: Index = INDEX,
    model: Model = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="Force a text encoding, e.g. gb18030.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Make the index anew of these paths alone.")] = False,
    links: Annotated[
        bool, typer.Option("--follow-links", help="Follow links that lead out of a folder.")
    ] = False,
    largest: Annotated[
        int, typer.Option("--max-size", min=1, metavar="MB", help="The largest file to read.")
    ] = LARGEST // MEGABYTE,
    as_json: Json = False,
) -> None:
    """Add files and folders to an index, or update it."""
    from qa.pipeline import build

    how: dict[str, Any] = {"fresh": fresh, "links": links, "largest": largest * MEGABYTE}
    with progress() as report:
        kb = build(paths, index=index, model=model, encoding=encoding, progress=report, **how)
    _put_changes(kb, index, as_json)


@app.command(epilog="Example: qa remove reports/2019 --index reports.index")
def remove(paths: Paths, index: Index = INDEX, as_json: Json = False) -> None:
    """Take files and folders out of an index."""
    from qa.pipeline import remove as removed

    with progress() as report:
        kb = removed(paths, index=index, progress=report)
    _put_changes(kb, index, as_json)


def _put_changes(kb: KnowledgeBase, index: Path, as_json: bool) -> None:
    """Say what became of an index; status 1 where something could not be read."""
    from qa.cli.show import built_text
    from qa.interface import dump
    from qa.schema import Changes

    info, changes = kb.info(), kb.changes or Changes()
    told = info | {"changes": asdict(changes)}
    put(dump(told) if as_json else built_text(info, changes, str(index)), as_json)
    if changes.failed:
        raise typer.Exit(1)


@app.command(epilog="Example: qa ask 岳阳经开区安置小区总投资多少？")
def ask(
    question: Annotated[str | None, typer.Argument(help="One question.")] = None,
    index: Index = INDEX,
    source: Annotated[
        str | None,
        typer.Option("--input", metavar="FILE.jsonl", help="Many questions, one object a line; - is stdin."),
    ] = None,
    k: Annotated[int, typer.Option("-k", min=1, metavar="N", help="How many citations.")] = 3,
    min_confidence: Confidence = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show the candidates and what ruled the others out.")
    ] = False,
    in_: In = None,
    since: Since = None,
    until: Until = None,
    subject: Subject = None,
    as_json: Json = False,
) -> None:
    """Answer one question, or a file of them, with citations."""
    from qa.cli.show import answer_text
    from qa.interface import answer_json, dump

    if (question is None) == (source is None):
        raise typer.BadParameter("Give either a QUESTION or --input FILE.jsonl.")
    within = scope(in_, since, until, subject)
    how: dict[str, Any] = {"k": k, "min_confidence": min_confidence, "explain": explain}
    if source is not None:
        _ask_many(source, index, how, within, as_json)
        return
    answer = open_index(index).ask(argument(question or ""), **how, **within)
    put(dump(answer_json(answer)) if as_json else answer_text(answer, page()), as_json)
    raise typer.Exit(0 if answer.status == "answered" else NO_ANSWER)


def _ask_many(
    source: str, index: Path, how: Mapping[str, Any], within: Mapping[str, Any], as_json: bool
) -> None:
    from qa.cli.batch import ask_all, read_asked
    from qa.cli.show import answer_text
    from qa.interface import answer_json, dump

    with lines_of(source) as lines:
        rows = read_asked(lines, "stdin" if source == "-" else source)
    kb = open_index(index)
    failed = False

    def talk() -> Callable[[str], Answer]:
        return partial(kb.chat(**within).ask, **how)

    talk()  # a scope that holds nothing is one error, not one a question
    for row, answer in ask_all(rows, partial(kb.ask, **how, **within), talk):
        if isinstance(answer, QAError):
            failed, error = True, {"question": row.question, "error": str(answer), "id": row.id}
            said = f"问：{visible(row.question)}\n误：{visible(str(answer))}\n"
            put(dump(error) if as_json else said, as_json)
        elif as_json:
            put(dump(answer_json(answer) | {"id": row.id}), as_json)
        else:
            put(f"问：{visible(row.question)}\n答：{answer_text(answer, page())}\n")
    if failed:
        raise typer.Exit(1)


@app.command(epilog="Example: qa search 固定资产投资 -k 5")
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    index: Index = INDEX,
    k: Annotated[int, typer.Option("-k", min=1, metavar="N", help="How many passages.")] = 10,
    in_: In = None,
    since: Since = None,
    until: Until = None,
    subject: Subject = None,
    as_json: Json = False,
) -> None:
    """Find passages, best first, without answering."""
    from qa.cli.show import citation_text
    from qa.interface import dump, hit_citation, hit_json

    kb = open_index(index)
    for hit in kb.search(argument(query), k=k, **scope(in_, since, until, subject)):
        document = kb.document(hit.passage.document)
        cited = hit_citation(hit, document)
        shown = dump(hit_json(hit, document)) if as_json else citation_text(hit.rank, cited, page()) + "\n"
        put(shown, as_json)


@app.command(epilog="Example: qa chat --index reports.index")
def chat(
    index: Index = INDEX,
    in_: In = None,
    since: Since = None,
    until: Until = None,
    subject: Subject = None,
    as_json: Json = False,
) -> None:
    """Talk with the documents at the terminal."""
    from qa.cli.repl import offers, piped, talk
    from qa.cli.session import Session

    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    kb = open_index(index)
    session = Session(kb, kb.chat(**scope(in_, since, until, subject)), page, as_json, interactive)
    lines = piped(sys.stdin)
    if interactive:
        from qa.cli.prompt import typed

        lines = typed(offers(session))
    talk(session, lines, partial(put, as_json=as_json))


@app.command(epilog="Example: qa figures --metric 总投资 --min 10亿元 --sort=-number")
def figures(
    query: Annotated[str | None, typer.Argument(help="Words of the subject, metric or period.")] = None,
    index: Index = INDEX,
    subject: Annotated[str | None, typer.Option(metavar="TEXT", help="Whose: a zone, a company.")] = None,
    metric: Annotated[str | None, typer.Option(metavar="TEXT", help="Of what: 总投资, 税收, 户数.")] = None,
    period: Annotated[str | None, typer.Option(metavar="TEXT", help="When: 2017年, 1至10月.")] = None,
    unit: Annotated[str | None, typer.Option(metavar="UNIT", help="In which unit: 亿元, 亩, %.")] = None,
    minimum: Annotated[str | None, typer.Option("--min", metavar="VALUE", help="At least: 10亿元.")] = None,
    maximum: Annotated[str | None, typer.Option("--max", metavar="VALUE", help="At most this.")] = None,
    document: Annotated[str | None, typer.Option(metavar="PATH", help="From this document.")] = None,
    in_: In = None,
    since: Since = None,
    until: Until = None,
    sort: Annotated[str, typer.Option(metavar="FIELD", help="Sort by FIELD, -FIELD downwards.")] = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="Comma-separated, as Excel opens it.")] = False,
    xlsx: Annotated[Path | None, typer.Option(metavar="FILE.xlsx", help="Write a workbook instead.")] = None,
    as_json: Json = False,
    conflicts: Annotated[bool, typer.Option("--conflicts", help="Only what is said differently.")] = False,
    plot: Annotated[Path | None, typer.Option(metavar="FILE.png", help="Draw the figures instead.")] = None,
) -> None:
    """List the figures that the documents report."""
    from qa.cli import figures as shown

    found = open_index(index).figures(
        query, subject=subject, metric=metric, period=period, unit=unit, document=document,
        low=minimum, high=maximum, sort=sort, in_=in_ or (), since=since, until=until,
    )  # fmt: skip
    if conflicts:
        found = shown.conflicting(found)
    if plot is not None:
        from qa.cli.plots import plot as draw

        draw(found, plot)
    elif xlsx is not None:
        from qa.figures.spreadsheet import to_xlsx

        to_xlsx(found, xlsx)
        typer.echo(f"{visible(str(xlsx))}: {len(found):,} figures", err=True)
    else:
        form = shown.as_csv if as_csv else shown.as_json if as_json else shown.as_table
        put(form(found, page()), as_json or as_csv)


@app.command(epilog="Example: qa info --json")
def info(index: Index = INDEX, as_json: Json = False) -> None:
    """Say what an index holds and what made it."""
    from qa.cli.show import info_text
    from qa.interface import dump

    held = open_index(index).info()
    put(dump(held) if as_json else info_text(held, page()), as_json)


@app.command(epilog="Example: qa verify && echo unchanged")
def verify(index: Index = INDEX, as_json: Json = False) -> None:
    """Check an index and its sources; exit 1 if changed."""
    from qa.interface import dump

    changes = open_index(index).verify()
    for change in changes:
        put(dump(change) if as_json else visible(change), as_json)
    if changes:
        raise typer.Exit(1)
    typer.echo("The index is whole and its sources are unchanged.", err=True)


app.command(epilog="Example: qa evaluate questions.jsonl --gate floors.json")(evaluation.evaluate)
app.command(epilog="Example: qa calibrate questions.jsonl --index reports.index")(evaluation.calibrate)
app.command(epilog="Example: qa compare runs/before runs/after")(evaluation.compare)
app.command(epilog="Example: qa gate runs/after floors.json --update")(evaluation.gate)
