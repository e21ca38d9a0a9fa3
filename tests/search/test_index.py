"""Index folders: what goes in comes out, kills and damage leave no broken index, errors say what to do."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import textwrap
from array import array
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import ENCODER, MODEL, contents, document

from qa import verify
from qa.errors import ModelError, StoreError
from qa.schema import Figure, Passage, Value, When
from qa.search import index, lexical
from qa.search.folder import lock, read_meta
from qa.search.gazetteer import collect, find, has_key
from qa.search.lexical import query_tokens, tokens
from qa.search.retrieve import search
from qa.search.rows import figure_row, pack_origin, passage_row, to_figure, to_passage, unpack_origin
from qa.search.sealed import seal, unseal
from qa.search.store import Store

TEXTS = {"a.txt": "甲区总投资3亿元。\n乙區稅收5亿元。", "b/c.txt": "丙区2018年新建道路12条。"}
FIGURE = Figure(
    passage="a.txt#1",
    document="a.txt",
    subject="甲區",
    metric="总投资",
    value=Value(Decimal("3.10"), "亿元"),
    number=Decimal("310000000"),
    unit="元",
    quote="3亿元",
    text="3亿元",
    start=5,
    end=8,
    clean_start=5,
    clean_end=8,
    clause_start=0,
    clause_end=8,
    upper=Decimal("0.1"),
    qualifier=("约", "以上"),
    period="1—11月",
    year=2018,
)


def write(folder: Path, texts: dict[str, str] = TEXTS, **more: object) -> None:
    with lock(folder):
        index.write(folder, replace(contents(texts), **more), *MODEL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "idx", figures=[FIGURE])
    return tmp_path / "idx"


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, folder: Path) -> Iterator[Store]:
    with (
        index.open_store(folder)
        if request.param == "folder"
        else index.in_memory(contents(TEXTS, [FIGURE]), *MODEL)
    ) as store:
        yield store


# What goes in comes out.


def test_documents_and_passages(store: Store) -> None:
    made = contents(TEXTS)
    assert [store.document(id) for id in TEXTS] == list(made.documents)
    assert [plain(p) for p in store.passages([2, 0, 1])] == [made.passages[i] for i in (2, 0, 1)]
    assert store.ids([1, 0]) == ["a.txt#2", "a.txt#1"]
    assert store.rows(["b/c.txt#1", "no such"]) == {"b/c.txt#1": 2}
    assert (store.rows_of("a.txt"), store.rows_of("b.txt"), len(store)) == ([0, 1], [], 3)
    assert store.sources() == {d.id: (d.sha256, "utf-8") for d in made.documents}
    assert [plain(p) for p in store.all_passages()] == list(made.passages)
    assert store.frequency(["投资", "区", "没有"]) == {"投资": 1, "区": 3}
    with pytest.raises(KeyError):
        store.document("b.txt")
    with pytest.raises(KeyError):
        store.passage(3)


def plain(passage: Passage) -> Passage:
    return replace(passage, origin=tuple(passage.origin))


def test_figures_by_what_they_say(store: Store) -> None:
    for properties in [
        {},
        {"subject": "甲区"},
        {"metric": "總投資", "unit": "元", "low": 3e8, "high": 4e8},
        {"period": "1—11月", "document": "a.txt", "year": 2018},
        {"passages": ["a.txt#2", "a.txt#1"]},
    ]:
        assert store.figures(**properties) == [FIGURE], properties
    for properties in [{"subject": "乙区"}, {"low": 4e8}, {"passages": []}, {"year": 2019}]:
        assert store.figures(**properties) == [], properties


def test_vectors_are_those_written(store: Store) -> None:
    vectors = contents(TEXTS).vectors
    assert np.array_equal(store.vectors([2, 0]), vectors[[2, 0]])
    rows, cosines = store.nearest(ENCODER.encode_queries(["乙"])[0], 5)
    assert rows[0] == 1
    assert cosines[0] == pytest.approx(1.0)


@given(st.lists(st.integers(-1, 2**31 - 1)))
def test_character_maps(origin: list[int]) -> None:
    assert unpack_origin(pack_origin(array("i", origin))) == array("i", origin)


@given(st.text(min_size=1), st.text())
def test_passages_as_rows(text: str, headline: str) -> None:
    when = When("2019-07-03", 3, 13, 2019, 7, 3)
    made = Passage(
        "p",
        "d",
        text,
        array("i", range(len(text))),
        0,
        len(text),
        1,
        1,
        "paragraph",
        ((0, 1),),
        2,
        headline,
        "s",
        when,
        4,
        "一、总体",
        ((0, 2, "东湖区"),),
        ((0, 3, "zone", "东湖|经开区"), (1, 2, "place", "湘潭")),
    )
    assert to_passage(*passage_row(7, made)[3:]) == made


def test_names_of_the_corpus() -> None:
    said = contents({"a.txt": "東湖經開區投資。\n該項目總投資。\n乙"})
    first, second, third = said.passages
    zone = (0, 5, "zone", "东湖|经开区")
    passages = [
        replace(first, names=(zone, (0, 1, "place", "东")), subject="东湖经开区"),
        replace(second, mentions=((0, 3, "南环路項目"),), subject="乙"),
        replace(third, subject="西区"),
    ]
    entries = {
        "东湖经开区": ("zone", "东湖|经开区"),
        "南环路项目": ("project", "南环路项目"),
        "西区": ("project", "西区"),
    }
    assert collect(passages) == entries
    with index.in_memory(replace(said, passages=passages), *MODEL) as store:
        assert dict(store.names) == entries
        assert len(store.names) == 3
        for names in (store.names, entries):
            assert has_key(names, "东湖|经开区") and not has_key(names, "东湖")
            assert find(names, "\udc80东湖经开区和西区") == {k: entries[k] for k in ("东湖经开区", "西区")}
            assert find(names, "甲" * 38 + "东湖经开区" + "乙" * 50) == {"东湖经开区": zone[2:]}
            assert find(names, "区") == find(names, "") == {}


def test_figures_as_rows() -> None:
    assert to_figure(*figure_row(0, FIGURE)[-2:]) == FIGURE
    assert str(to_figure(*figure_row(0, FIGURE)[-2:]).value.number) == "3.10"


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
    write(folder, texts)
    with index.in_memory(contents(texts), *MODEL) as memory, index.open_store(folder) as saved:
        for query in queries:
            assert search(saved, ENCODER, query, 5) == search(memory, ENCODER, query, 5)
        assert verify.verify(saved) == verify.verify(memory) == []
    shutil.rmtree(folder)


# BM25 against what the formula says.


def reference_bm25(texts: list[str], query: str) -> list[float]:
    """Lucene's BM25, as Kamphuis et al., ECIR 2020, write it."""
    documents = [tokens(text) for text in texts]
    mean = sum(map(len, documents)) / len(documents)
    scores = []
    for terms in documents:
        score = 0.0
        for term in query_tokens(query):
            n, tf = sum(term in d for d in documents), terms.count(term)
            idf = np.log(1 + (len(documents) - n + 0.5) / (n + 0.5))
            score += idf * tf / (tf + lexical.K1 * (1 - lexical.B + lexical.B * len(terms) / mean))
        scores.append(score)
    return scores


@settings(deadline=None)
@given(st.lists(st.text(ALPHABET, min_size=1), min_size=1, max_size=5), st.text(ALPHABET))
def test_bm25_is_the_written_formula(texts: list[str], query: str) -> None:
    vocabulary, postings = lexical.weigh(texts, tokens)
    scores = postings.scores(vocabulary[term] for term in query_tokens(query) if term in vocabulary)
    if any(map(tokens, texts)):
        assert scores == pytest.approx(reference_bm25(texts, query), rel=1e-5, abs=1e-6)
    else:
        assert not scores.any()


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
    write(tmp_path / "idx", VERSIONS[0])
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
        write(folder, VERSIONS[1])
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
        write(tmp_path / "idx")


def test_a_folder_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot be written \(Not a directory\)"):
        write(tmp_path / "file" / "idx")


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
        write(folder)
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
        write(tmp_path / "idx", {})


# Updating and verifying.


def test_what_can_be_taken_from_an_index(folder: Path) -> None:
    with index.open_store(folder) as found:
        assert index.reusable(found, MODEL[1], "")
        assert np.array_equal(found.vectors(found.rows_of("b/c.txt")), contents(TEXTS).vectors[2:])
        assert not index.reusable(found, "beef" * 16, "")
        assert not index.reusable(found, MODEL[1], "splitter 2")


def test_verify_reads_the_sources_again(tmp_path: Path) -> None:
    sources = tmp_path / "docs"
    sources.mkdir()
    texts = {"a.txt": "甲区投资。", "b.txt": "乙区税收。", "c.txt": "丙区道路。", "d.txt": "丁区。"}
    for name, text in texts.items():
        (sources / name).write_text(text, encoding="utf-8")
    made = contents(texts, home=sources)
    write(tmp_path / "idx", texts, documents=made.documents, roots=made.roots)
    with index.open_store(tmp_path / "idx") as store:
        assert verify.verify(store) == []
        (sources / "a.txt").write_text("甲区投资了。", encoding="utf-8")
        (sources / "b.txt").unlink()
        (sources / "e.txt").write_text("戊区。", encoding="utf-8")
        assert verify.verify(store) == [
            "a.txt: changed since it was indexed.",
            "b.txt: missing.",
            "e.txt: new, not in the index.",
        ]
        shutil.rmtree(sources)
        stays = f"What the index has of it stays; to drop it: qa remove {sources}"
        assert verify.verify(store) == [
            f"'{sources}' does not exist. Check the path. {stays}",
            *(f"{name}: cannot be read now." for name in texts),
        ]


def test_verify_tells_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("甲区投资。", encoding="utf-8")
    made = contents({"a.txt": "甲区投资。"}, home=tmp_path)
    made = replace(made, documents=[replace(made.documents[0], encoding="gb18030")])
    with index.in_memory(made, *MODEL) as store:
        assert verify.verify(store) == ["a.txt: now read as utf-8, was read as gb18030."]


def test_verify_finds_a_passage_that_does_not_stand_there() -> None:
    made = contents(TEXTS)
    documents = [document("a.txt", "甲区总投资9亿元。\n乙區稅收5亿元。"), made.documents[1]]
    with index.in_memory(replace(made, documents=documents), *MODEL) as store:
        text = "a.txt: passage a.txt#1 does not stand in the original at its range. Index again."
        assert verify.verify(store) == [text]


def test_info(folder: Path) -> None:
    with index.open_store(folder) as store:
        found = verify.info(store)
    assert found["counts"] == {"documents": 2, "passages": 3, "figures": 1, "terms": found["counts"]["terms"]}
    assert (found["model"], found["fingerprint"], found["dimension"]) == (*MODEL, 4)
    assert [source["id"] for source in found["sources"]] == ["a.txt", "b/c.txt"]
    assert json.loads(json.dumps(found)) == found | {"roots": []}
