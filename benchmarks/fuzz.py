"""What anybody's input does: names, documents, questions, lines of JSON, and what of them reaches a terminal.

    python benchmarks/fuzz.py [KIND...] [--seconds 60] [--seed 0]

Each kind is tried for that long, and the table says how often it was tried, survived and lost. Survived: the
right result or one clear line; never a traceback, a wait, a document that vanished without a word, an inexact
citation, JSON that is none, or a control character that reaches a terminal. What was lost is listed with the
seed that does it again; the exit status is then 1.
"""

from __future__ import annotations

import json
import os
import pty
import re
import select
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from tiny import ENCODER
from typer.testing import CliRunner

import qa
from benchmarks.attempts import Attempt, patience, told
from qa import update
from qa.cli import app as commands
from qa.cli import evaluation
from qa.cli.batch import read_asked
from qa.cli.page import Page
from qa.documents.load import load
from qa.errors import LoadError, QAError
from qa.evaluation.reading import read_questions
from qa.figures.extract import extract_all
from qa.interface import answer_json, dump
from qa.knowledge import KnowledgeBase
from qa.prepare import prepare
from qa.schema import Changes
from qa.verify import stands_in
from qa.visible import STEERING

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
TEXTS = {
    "east.txt": "东城经开区跳动的音符\n\n东城经开区一期工程总投资3.2亿元，占地150亩。项目于2021年5月开工。",
    "west.txt": "西城高新区二期工程总投资5亿元，占地80亩；同比增长12.5%。该区引进企业36家。",
}
ASKED = [
    "东城经开区一期工程总投资多少？",
    "西城高新区占地多少亩？",
    "哪个区的总投资最多？",
    "引进了几家企业？",
]
OWN_STYLE = re.compile(r"\x1b\[(?:[0-4](?:;[0-4])*|3[1-6])m")
BINARY = b"\x00\x01\x02" * 50


# What anybody may write.


def character(random: Random) -> str:
    """A character: mostly of the trade, often one that steers, sometimes any at all, halves of pairs too."""
    kind = random.random()
    if kind < 0.5:
        return random.choice("东城经开区总投资3.2亿元，。%12５万千百十一二三年月日同比增长其中第")
    if kind < 0.75:
        return random.choice(
            "\x1b\x07\x9b\x9d\x85\x00\x08\r\n\t\x7f\u202e\u202d\u2066\u2069\u200f\u061c\u2028\ufeff\u200b"
        )
    if kind < 0.8:
        return chr(random.randrange(0xD800, 0xE000))
    return chr(random.randrange(sys.maxunicode + 1))


SEQUENCES = [
    "\x1b[2J",
    "\x1b]0;x\x07",
    "\x1b]8;;http://x\x1b\\",
    "\x1b]52;c;aGk=\x07",
    "\x9b31m",
    "\x1b[8m",
    "\r\n\r\n",
]


def written(random: Random, longest: int = 60) -> str:
    """A text of any characters, with whole sequences that steer a terminal among them."""
    parts = [character(random) for _ in range(random.randrange(longest))]
    parts += random.choices(SEQUENCES, k=random.randrange(3))
    random.shuffle(parts)
    return "".join(parts)


def mutated(random: Random, text: str) -> str:
    """A text with stretches replaced, doubled, left out, moved or turned to another script or width."""
    for _ in range(random.randrange(1, 6)):
        start = random.randrange(len(text) + 1)
        end = min(len(text), start + random.choice((0, 1, 3, 20, 200)))
        part = text[start:end]
        new = random.choice(
            (
                written(random, 8),
                part * random.choice((2, 5, 50)),
                "",
                part[::-1],
                unicodedata.normalize("NFKD", part),
                random.choice("0123456789一百亿万.,%：；、（）\n \u3000") * random.choice((1, 30, 3000)),
            )
        )
        text = text[:start] + new + text[end:]
    return text[:20_000]


def mutated_bytes(random: Random, data: bytes) -> bytes:
    """Bytes with single ones flipped, stretches left out, and others put in."""
    held = bytearray(data)
    for _ in range(random.choice((1, 3, 30))):
        at = random.randrange(len(held) + 1)
        fate = random.randrange(3)
        if fate == 0 and at < len(held):
            held[at] ^= 1 << random.randrange(8)
        elif fate == 1:
            del held[at : at + random.choice((1, 2, 100))]
        else:
            held[at:at] = random.randbytes(random.choice((1, 2, 40)))
    return bytes(held)


def steers(text: str, styled: bool = False) -> str:
    """What in an output would steer a terminal, its own styles left out; "" where nothing does."""
    bare = OWN_STYLE.sub("", text) if styled else text
    return repr(
        "".join(found for found in STEERING.findall(bare.replace("\r\n", "\n")) if found not in "\n\t")
    )[1:-1]


def loss(work: Callable[[], str], *fine: type[Exception]) -> str:
    """What was lost in a piece of work that says it itself, raises, or waits; one line of `fine` is none."""
    try:
        with patience():
            return work()
    except fine as error:
        return (
            ""
            if str(error) and "\n" not in str(error) and not steers(str(error))
            else f"said {error!r}"[:300]
        )
    except Exception as error:  # whatever it is, it is what this looks for
        return f"{type(error).__name__}: {error}"[:300]


# Names.


def name(random: Random) -> bytes:
    """A file's name of any bytes that a system takes."""
    stem = written(random, 12)
    codec = random.choice(("utf-8", "utf-8", "gb18030", "big5", "latin-1"))
    raw = stem.encode(codec, "ignore") if random.random() < 0.8 else random.randbytes(random.randrange(1, 20))
    raw = raw.replace(b"/", b"").replace(b"\0", b"")[: random.choice((5, 60, 240))].lstrip(b".")
    return (raw or b"x") + random.choice((b".txt", b".md", b".TXT", b".txt", b".pic", b""))


def tree(random: Random, home: Path) -> dict[bytes, bytes]:
    """Files of any names in folders of any names; what is in them by their paths below `home`."""
    made: dict[bytes, bytes] = {}
    folders = [b""]
    for _ in range(random.randrange(1, 14)):
        folder, path = random.choice(folders), name(random)
        path = os.path.join(folder, path)
        whole = os.path.join(os.fsencode(home), path)
        if os.path.lexists(whole):
            continue
        fate = random.random()
        if fate < 0.2:
            os.mkdir(whole)
            folders.append(path)
        elif fate < 0.25:
            os.mkfifo(whole)
        elif fate < 0.35:
            os.symlink(random.choice([b"/dev/zero", b"..", b".", whole, b"/etc/hostname"]), whole)
        else:
            data = random.choice(
                ["甲区总投资3亿元。".encode(), "乙区年报。".encode("gb18030"), b"", b" \n", BINARY]
            )
            with open(whole, "wb") as file:
                file.write(data)
            made[path] = data
    return made


@contextmanager
def tiny_encoder() -> Iterator[None]:
    """Indexing without the model: what is encoded is not the matter."""
    encoder = type(
        "Encoder",
        (type(ENCODER),),
        {"encode_passages": lambda self, texts, _=None: ENCODER.encode_queries(texts)},
    )
    with patch.object(update, "load_encoder", lambda name=None, fetch=False: encoder()):
        yield


def names(random: Random, home: Path) -> Iterator[str]:
    """Folders with files of any names: each is a document with its text, or it is named with the reason."""
    docs = home / "docs"
    docs.mkdir()
    made = tree(random, docs)
    base = docs / "base.txt"
    base.write_text("底稿。", "utf-8")
    made[b"base.txt"] = base.read_bytes()
    with tiny_encoder():
        yield loss(lambda: _accounted(docs, home / "idx", made))
        yield loss(lambda: _unchanged(docs, home / "idx"))
        for command in ("index", "info", "verify"):
            words = [command, *([str(docs)] if command == "index" else []), "--index", str(home / "idx")]
            yield loss(lambda words=words: run(words, random))


def _accounted(docs: Path, index: Path, made: dict[bytes, bytes]) -> str:
    with qa.build(docs, index) as kb:
        documents = [kb.document(source["id"]) for source in kb.info()["sources"]]
        changes = kb.changes or Changes()
        if wrong := kb.verify():
            return f"verify says {wrong[0]}"
    held = {os.fsencode(document.source): document.text for document in documents}
    named = {os.fsencode(why.path) for why in changes.skipped}
    for path, data in made.items():
        whole = os.path.join(os.fsencode(docs), path)
        if whole in held:
            if held[whole] != data.decode("utf-8" if data[:1] != "乙".encode("gb18030")[:1] else "gb18030"):
                return f"{path!r} is held with another text"
        elif whole not in named and b"/." not in b"/" + path:
            return f"{path!r} vanished"
    return "" if len({d.id for d in documents}) == len(documents) else "ids that are not their own"


def _unchanged(docs: Path, index: Path) -> str:
    with qa.build(docs, index) as kb:
        changes = kb.changes or Changes()
        moved = (changes.added, changes.changed, changes.removed, changes.kept)
        return "" if not any(moved) else f"a second run says {moved}"


# Courses of events.


def courses(random: Random, home: Path) -> Iterator[str]:
    """Edits and runs in any order, against a plain account of what the index should hold after each."""
    files = [f"{top}/{name}" for top in ("one", "two") for name in ("a.txt", "s/b.txt", "s/c.txt", "d.txt")]
    expected = {"base.txt": "甲的底稿。"}
    put(home / "base.txt", expected["base.txt"])
    with tiny_encoder():
        indexed(home, "base.txt")
        for step in range(12):
            for name in random.sample(files, 2):
                edit(random, home / name, f"甲区第{step}稿{name}。")
            top = random.choice(["one", "two", "one/s", "two/a.txt"])
            yield loss(lambda top=top: _run_and_account(home, top, files, expected))


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def edit(random: Random, path: Path, text: str) -> None:
    """Write a file, damage it, or take it away."""
    fate = random.choice(["write", "write", "delete", "damage"])
    if fate == "delete":
        path.unlink(missing_ok=True)
        return
    put(path, text)
    if fate == "damage":
        path.write_bytes(BINARY)


def indexed(home: Path, top: str) -> Changes:
    with qa.build(home / top, home / "idx") as kb:
        return kb.changes or Changes()


def readable(path: Path) -> str:
    data = path.read_bytes() if path.exists() else b""
    return "" if data == BINARY else data.decode()


def _run_and_account(home: Path, top: str, files: list[str], expected: dict[str, str]) -> str:
    """Index a path and hold the index against the account, which is brought up to date."""
    now = {name: readable(home / name) for name in files if name == top or name.startswith(top + "/")}
    before = dict(expected)
    try:
        changes = indexed(home, top)
    except LoadError:
        changes = Changes()
        if any(now.values()):
            return "refused though something can be read"
    else:
        for name, text in now.items():
            if text:
                expected[name] = text
            elif not (home / name).exists():
                expected.pop(name, None)
    with qa.open(home / "idx") as kb:
        documents = [kb.document(source["id"]) for source in kb.info()["sources"]]
    found = {os.path.relpath(document.source, home): document.text for document in documents}
    said = (len(changes.added), len(changes.removed), len(changes.changed))
    changed = sum(before.get(name, text) != text for name, text in expected.items())
    done = (len(expected.keys() - before.keys()), len(before.keys() - expected.keys()), changed)
    return (
        "" if (found, said) == (expected, done) else f"{top}: {found} and {said}, not {expected} and {done}"
    )


# Documents.


@cache
def originals() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(SEEDS.glob("*.txt")))


def documents(random: Random, home: Path) -> Iterator[str]:
    """Stretches of the seeds, mutated, in any encoding: refused, or what is found stands there."""
    text = random.choice(originals()).decode("utf-8", "ignore")
    start = random.randrange(max(1, len(text) - 3000))
    text = mutated(random, text[start : start + random.choice((50, 500, 3000))])
    codec = random.choice(("utf-8", "utf-8", "gb18030", "big5hkscs", "utf-16", "utf-16-be"))
    data = text.encode(codec, "ignore")
    (home / "a.txt").write_bytes(mutated_bytes(random, data) if random.random() < 0.5 else data)
    yield loss(lambda: _read_exactly(home / "a.txt"), LoadError)


def _read_exactly(path: Path) -> str:
    (document,) = load(path).documents
    passages = prepare(document)
    wrong = [passage.id for passage in passages if not stands_in(passage, document)]
    figures = extract_all(passages, document.text)
    wrong += [figure.quote for figure in figures if document.text[figure.start : figure.end] != figure.quote]
    return f"{wrong[0]!r} does not stand in the original" if wrong else ""


# Questions.


@cache
def base() -> KnowledgeBase:
    """A small index in a folder, open with the bundled models."""
    home = Path(tempfile.mkdtemp(prefix="fuzz"))
    for name, text in TEXTS.items():
        (home / name).write_text(text, "utf-8")
    evil = Random(0)
    for n in range(3):
        file = (
            home
            / f"{written(evil, 6).encode('utf-8', 'ignore').decode().replace('/', '')[:40]}{n}.txt".replace(
                "\0", ""
            )
        )
        body = TEXTS["east.txt"].replace("东城", f"{'南北中'[n]}城")
        file.write_text(
            "".join(written(evil, 5) + char if evil.random() < 0.1 else char for char in body)
            .encode("utf-8", "ignore")
            .decode(),
            "utf-8",
        )
    qa.build(home, home / "idx").close()
    return qa.open(home / "idx")


def question(random: Random) -> str:
    kind = random.random()
    if kind < 0.6:
        return mutated(random, random.choice(ASKED))
    return written(random, random.choice((5, 50, 2000)))


def questions(random: Random, home: Path) -> Iterator[str]:
    """Questions of any characters: an answer whose citations are exact, as JSON that is some, or one line."""
    kb, asked = base(), question(random)
    chat = kb.chat()
    yield loss(lambda: _exact(kb, kb.ask(asked)), QAError)
    yield loss(lambda: _exact(kb, chat.ask(random.choice(ASKED))), QAError)
    yield loss(lambda: _exact(kb, chat.ask(asked)), QAError)
    yield loss(lambda: "" if kb.search(asked, k=3) else "no passage at all", QAError)
    yield loss(lambda: str(kb.figures(asked))[:0], QAError)
    field = random.choice(("subject", "metric", "period", "unit", "document", "low", "high", "sort"))
    yield loss(lambda: str(kb.figures(**{field: asked}))[:0], QAError)


def _exact(kb: KnowledgeBase, answer: Any) -> str:
    line = dump(answer_json(answer))
    if STEERING.search(line) or "\n" in line:
        return f"JSON steers: {steers(line)}"
    record = json.loads(line, parse_constant=lambda name: 1 / 0)
    for citation in record["citations"]:
        if kb.document(citation["document"]).text[citation["start"] : citation["end"]] != citation["quote"]:
            return f"{citation['quote']!r} is not what stands there"
    return ""


# Lines of JSON.


def value(random: Random, depth: int = 0) -> Any:
    kinds: list[Callable[[], Any]] = [
        lambda: None, lambda: True, lambda: -1, lambda: 10 ** random.choice((9, 400, 4200)), lambda: 1.5,
        lambda: float(random.choice(("nan", "inf", "-inf", "1e300"))), lambda: written(random, 9), lambda: "",
    ]  # fmt: skip
    if depth < 3:
        kinds.append(lambda: [value(random, depth + 1) for _ in range(random.randrange(4))])
        kinds.append(
            lambda: {written(random, 4): value(random, depth + 1) for _ in range(random.randrange(3))}
        )
    return random.choice(kinds)()


FIELDS = [
    "id",
    "question",
    "answers",
    "answerable",
    "value",
    "items",
    "evidence",
    "type",
    "conversation",
    "turn",
    "gold",
    "relevant",
]


def row(random: Random) -> str:
    """A line of a question file with fields of any kind, or a line with characters of any kind put in."""
    record: dict[str, Any] = {
        "id": str(random.random()),
        "question": random.choice(ASKED),
        "answers": ["3.2亿元"],
    }
    for field in random.sample(FIELDS, random.randrange(3)):
        record[field] = value(random)
    line = json.dumps(record, ensure_ascii=random.random() < 0.5).replace("\n", " ")
    if random.random() < 0.3:
        at = random.randrange(len(line))
        line = (
            line[:at]
            + random.choice([written(random, 5), "[" * 9000, "9" * 5000, '"', "}", "\\u"])
            + line[at:]
        )
    return line.replace("\n", " ")


def lines(random: Random, home: Path) -> Iterator[str]:
    """Question files of any lines: as many answers as questions, or one line for each mistake."""
    text = "\n".join(row(random) for _ in range(random.randrange(1, 4)))
    data = text.encode("utf-8", random.choice(("surrogatepass", "replace")))
    (home / "q.jsonl").write_bytes(mutated_bytes(random, data) if random.random() < 0.2 else data)
    yield loss(lambda: _mistakes(home / "q.jsonl"))
    yield loss(lambda: _batch(home / "q.jsonl"))
    yield loss(
        lambda: run(["evaluate", str(home / "q.jsonl"), "--out", str(home / "run")], random, opened=True)
    )


def _mistakes(path: Path) -> str:
    try:
        read_questions(path)
    except QAError as error:
        said = getattr(error, "lines", (str(error),))
        return "" if all(line and "\n" not in line for line in said) else f"said {said!r}"[:300]
    return ""


def _batch(path: Path) -> str:
    done = invoked(["ask", "--input", str(path), "--json"], None)
    rows = [json.loads(line, parse_constant=lambda name: 1 / 0) for line in done.stdout.splitlines()]
    if done.exit_code == 0 or rows:
        with path.open("rb") as file:
            asked = read_asked((line.decode() for line in file), "q.jsonl")
        return "" if len(rows) == len(asked) else f"{len(rows)} answers to {len(asked)} questions"
    return "" if done.stderr.startswith("qa: ") and done.stderr.count("\n") == 1 else f"said {done.stderr!r}"


# What reaches a terminal, and a pipe.


def invoked(words: list[str], page: Page | None, given: bytes | None = None, opened: bool = True) -> Any:
    """A command in this process: over a pipe, or on a page of a terminal."""
    with ExitStack() as patches:
        if opened:
            for place in (commands, evaluation):
                patches.enter_context(patch.object(place, "open_index", lambda index: base()))
        if page:
            patches.enter_context(patch.object(commands, "page", lambda: page))
        return CliRunner().invoke(commands.app, words, input=given, catch_exceptions=False)


def run(words: list[str], random: Random, given: bytes | None = None, opened: bool = False) -> str:
    """Run a command over a pipe, as JSON and on a page; what is lost by it."""
    forms = [([], None), (["--json"], None), ([], Page(random.randrange(8, 120), styled=True))]
    for more, page in forms:
        done = invoked([*words, *more], page, given, opened)
        if done.exit_code not in (0, 1, 2, 3):
            return f"{words} ended with {done.exit_code}"
        for said in (done.stdout, done.stderr):
            if found := steers(said, styled=page is not None):
                return f"{words[0]} {more} {page} says {found}"
    return ""


def escapes(random: Random, home: Path) -> Iterator[str]:
    """Commands about documents full of what steers, over a pipe and on a page: none gets through."""
    asked = question(random).encode("utf-8", "replace").decode().replace("\0", "") or "总投资"
    yield loss(lambda: run(["ask", "--", asked], random, opened=True))
    yield loss(lambda: run(["search", "--", asked], random, opened=True))
    yield loss(lambda: run(["figures"], random, opened=True))
    given = "\n".join([asked, ASKED[0], "/sources", "/history", f"/{written(random, 9)}", "/why"])
    data = given.encode("utf-8", random.choice(("replace", "surrogatepass")))
    yield loss(lambda: run(["chat"], random, given=data, opened=True))
    yield loss(lambda: run(["info"], random, opened=True))
    yield loss(lambda: run([random.choice(("index", "ask", "evaluate", "what")), f"--{asked}"], random))
    yield loss(lambda: run(["index", f"/nowhere/{asked[:99]}", "--index", str(home / "i")], random))


def terminals(random: Random, home: Path) -> Iterator[str]:
    """The same on a terminal of its own: what arrives there is a page and styles of ours."""
    base()
    asked = question(random).encode("utf-8", "replace").decode().replace("\0", "")[:500] or "总投资"
    for words in (["ask", "--", asked], ["search", "--", asked], ["figures"], ["info"]):
        yield loss(lambda words=words: _on_a_terminal(words))


def _on_a_terminal(words: list[str]) -> str:
    pid, file = pty.fork()
    if pid == 0:
        status = 70
        sys.stdout, sys.stderr = (open(stream, "w", encoding="utf-8", closefd=False) for stream in (1, 2))  # noqa: SIM115
        try:
            with patch.object(commands, "open_index", lambda index: base()):
                commands.app(words, standalone_mode=True)
        except SystemExit as end:
            status = int(end.code or 0)
        finally:
            sys.stdout.flush()
            os._exit(status)
    said = b""
    while select.select([file], [], [], 20)[0]:
        try:
            data = os.read(file, 65536)
        except OSError:
            break
        if not data:
            break
        said += data
    os.close(file)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    found = steers(said.decode("utf-8", "replace").replace("\r\n", "\n"), styled=True)
    if found or status not in (0, 1, 2, 3):
        return f"{words[0]} says {found}, ends with {status}"
    return "" if said else f"{words[0]} says nothing"


KINDS: dict[str, Attempt] = {
    kind.__name__: kind for kind in (names, courses, documents, questions, lines, escapes, terminals)
}

if __name__ == "__main__":
    raise SystemExit(told(KINDS, "What anybody's input does."))
