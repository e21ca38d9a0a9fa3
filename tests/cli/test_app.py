"""The command line as users meet it: outputs, exit statuses, one-line errors, odd terminals."""

from __future__ import annotations

import csv
import json
import signal
import time
from pathlib import Path

import pytest
from commands import EAST, one_line, process, qa
from typer.main import get_command

from qa.cli.app import app

WEST = "西城高新区二期工程总投资5亿元，占地80亩。\n"
QUESTION = "东城经开区一期工程总投资多少？"
COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two documents and their index."""
    home = tmp_path_factory.mktemp("cli")
    (home / "docs").mkdir()
    (home / "docs" / "east.txt").write_text(EAST, encoding="utf-8")
    (home / "docs" / "west.md").write_text(WEST, encoding="gb18030")
    done = qa("index", str(home / "docs"), "--index", str(home / "idx"))
    assert done.exit_code == 0, done.stderr
    return home


@pytest.fixture
def index(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QA_INDEX", str(home / "idx"))
    return home / "idx"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_an_example(command: str):
    done = qa(command, "--help")
    assert done.exit_code == 0
    assert f"Example: qa {command}" in done.stdout
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


def test_short_help_is_whole():
    assert "..." not in qa("--help").stdout.split("Commands:")[1]


def test_shell_completion_completes_commands(monkeypatch: pytest.MonkeyPatch):
    child = process(_QA_COMPLETE="complete_bash", COMP_WORDS="qa se", COMP_CWORD="1")
    assert child.communicate()[0].decode().split() == ["search"]


def test_ask_prints_the_answer_and_the_quote(index: Path):
    done = qa("ask", QUESTION, "-k", "1")
    assert done.exit_code == 0
    assert done.stdout.startswith("3.2亿元")
    assert "[1] east.txt:1" in done.stdout
    assert "东城经开区一期工程总投资3.2亿元，占地150亩。" in done.stdout


def test_ask_as_json_quotes_the_original(index: Path):
    done = qa("ask", QUESTION, "--json")
    answer = json.loads(done.stdout)
    assert (answer["status"], answer["answer"], answer["id"]) == ("answered", "3.2亿元", None)
    assert answer["value"] == {"number": 3.2, "unit": "亿元"}
    for citation in answer["citations"]:
        original = {"east.txt": EAST, "west.md": WEST}[citation["document"]]
        assert original[citation["start"] : citation["end"]] == citation["quote"]


def test_no_answer_has_status_3(index: Path):
    done = qa("ask", "南城保税区的进出口总额是多少？")
    assert (done.exit_code, done.stdout.splitlines()[0]) == (3, "文档中没有答案")
    record = json.loads(qa("ask", "南城保税区的进出口总额是多少？", "--json").stdout)
    assert (record["status"], record["answer"]) == ("no_answer", None)


def test_a_confidence_that_is_not_reached_is_no_answer(index: Path):
    assert qa("ask", QUESTION, "--min-confidence", "1").exit_code == 3


@pytest.mark.parametrize(
    "words",
    [["ask"], ["ask", "问", "--input", "x"], ["ask", "问", "-k", "0"], ["ask", "--what"], ["nothing"], []],
    ids=" ".join,
)
def test_wrong_usage_has_status_2(words: list[str]):
    done = qa(*words)
    assert done.exit_code == 2
    assert "Traceback" not in done.stderr


def test_many_questions_keep_their_order_their_ids_and_their_conversations(index: Path):
    rows = [
        {"id": "b", "question": "它占地多少亩？", "conversation": "c1", "turn": 2},
        {"id": 7, "question": "西城高新区二期工程总投资多少？"},
        {"id": "a", "question": QUESTION, "conversation": "c1", "turn": 1, "answers": ["wrong"]},
        {"question": "西城高新区二期工程占地多少亩？"},
    ]
    text = "\ufeff" + "\n\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n"
    done = qa("ask", "--input", "-", "--json", given=text.encode())
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(a["id"], a["question"], a["value"]) for a in answers] == [
        ("b", "它占地多少亩？", {"number": 150, "unit": "亩"}),
        (7, "西城高新区二期工程总投资多少？", {"number": 5, "unit": "亿元"}),
        ("a", QUESTION, {"number": 3.2, "unit": "亿元"}),
        (None, "西城高新区二期工程占地多少亩？", {"number": 80, "unit": "亩"}),
    ]
    assert "东城经开区" in answers[0]["resolved"]
    assert done.exit_code == 0


def test_an_id_that_json_has_no_number_for_comes_back_as_text(index: Path):
    """Python reads NaN, Infinity and 1e999; a strict reader of what we print must not meet them."""
    lines = [f'{{"id": {id}, "question": "问"}}\n' for id in ("NaN", "-Infinity", "1e999", "0.5")]
    done = qa("ask", "--input", "-", "--json", given="".join(lines).encode())

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    answers = [json.loads(line, parse_constant=refuse) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["nan", "-inf", "inf", 0.5]


@pytest.mark.parametrize(
    "line, said",
    [
        ('{"question": ', "stdin:2: is not JSON (column "),
        ("[" * 100_000, "stdin:2: "),
        ('{"question": ' + "1" * 9999 + "}", "stdin:2: "),
        ("[1]", "stdin:2: must be an object, found a list."),
        ("{}", 'stdin:2: "question" is missing.'),
        ('{"question": 3}', 'stdin:2: "question" must be a string, found a number.'),
        ('{"question": "问", "turn": "1"}', 'stdin:2: "turn" must be a number, found a string.'),
        ('{"question": "问", "conversation": []}', 'stdin:2: "conversation" must be a string, found a list.'),
    ],
    ids=lambda text: text[:20],
)
def test_a_bad_line_of_input_is_named_and_nothing_is_asked(index: Path, line: str, said: str):
    done = qa("ask", "--input", "-", "--json", given=f'{{"question": "问"}}\n{line}\n'.encode())
    assert one_line(done).startswith(said)


def test_input_that_is_not_utf_8_is_named(index: Path, tmp_path: Path):
    (tmp_path / "q.jsonl").write_bytes('{"question": "总投资多少？"}\n'.encode("gb18030"))
    said = one_line(qa("ask", "--input", str(tmp_path / "q.jsonl")))
    assert "q.jsonl:1: not UTF-8 (byte 0xd7 at 14)" in said


def test_a_missing_index_says_how_to_build_one(tmp_path: Path):
    for words in (["ask", "问"], ["search", "问"], ["chat"], ["figures"], ["info"], ["verify"]):
        said = one_line(qa(*words, "--index", str(tmp_path / "none")))
        assert "No index in" in said and "qa index" in said


@pytest.mark.parametrize("question", ["", " \n\t"])
def test_an_empty_question_is_an_error(index: Path, question: str):
    assert "empty" in one_line(qa("ask", question)).lower()


def test_a_missing_path_is_an_error(tmp_path: Path):
    assert "none.txt" in one_line(qa("index", str(tmp_path / "none.txt"), "--index", str(tmp_path / "i")))
    assert "none.jsonl" in one_line(qa("ask", "--input", str(tmp_path / "none.jsonl")))


def test_index_says_what_it_did_and_what_it_passed_over(tmp_path: Path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text(EAST, encoding="utf-8")
    (tmp_path / "docs" / "b.txt").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "docs" / "c.png").write_bytes(b"%PDF")
    done = qa("index", str(tmp_path / "docs"), "--index", str(tmp_path / "i"))
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        f"{tmp_path / 'i'}: 1 document, 1 passage, 2 figures",
        "1 added",
        "1 skipped:",
        f"  {tmp_path}/docs/b.txt: is a binary file, not text. Leave it out, or convert it to text first.",
        "1 of formats that are not read:",
        f"  .png 1: {tmp_path}/docs/c.png",
    ]
    assert qa("info", "--index", str(tmp_path / "i")).stdout.splitlines()[-4:] == done.stdout.splitlines()[2:]


def test_search_gives_ranked_quotes(index: Path):
    hits = [json.loads(line) for line in qa("search", "工程总投资", "--json").stdout.splitlines()]
    assert [hit["rank"] for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
    for hit in hits:
        original = {"east.txt": EAST, "west.md": WEST}[hit["document"]]
        assert original[hit["start"] : hit["end"]] == hit["quote"]
    assert len(qa("search", "工程总投资", "-k", "1", "--json").stdout.splitlines()) == 1
    assert qa("search", "工程总投资", "-k", "1").stdout.startswith("[1] ")


def test_chat_over_a_pipe(index: Path):
    lines = [QUESTION, "/sources", "", "占地多少亩？", "/history", "/what"]
    lines += ["/new", "/sources", "/help", "/quit", QUESTION]
    done = qa("chat", given="\n".join(lines))
    assert done.exit_code == 0 and done.stderr == ""
    assert done.stdout.startswith("3.2亿元")
    assert "150亩" in done.stdout
    for said in ("没有 /what 这个命令", "重新开始。", "还没有问过。", "/sources "):
        assert said in done.stdout
    assert done.stdout.count("3.2亿元（") == 0 and done.stdout.rstrip().endswith("Ctrl-D 也可以")


def test_chat_as_json_answers_each_line_and_goes_on_after_an_error(index: Path):
    lines = qa("chat", "--json", given=f"{QUESTION}\n{'长' * 200_000}\n占地多少亩？\n").stdout.splitlines()
    answers = [json.loads(line) for line in lines]
    first, last = {"number": 3.2, "unit": "亿元"}, {"number": 150, "unit": "亩"}
    assert (answers[0]["value"], answers[-1]["value"], len(answers)) == (first, last, 3)


def test_figures_as_table_csv_and_json(index: Path):
    rows = [json.loads(line) for line in qa("figures", "--json").stdout.splitlines()]
    assert {(r["subject"], r["quote"]) for r in rows if r["metric"].endswith("总投资")} == {
        ("东城经开区", "3.2亿元"),
        ("西城高新区", "5亿元"),
    }
    chosen = qa("figures", "--metric", "总投资", "--min", "4亿元", "--json").stdout.splitlines()
    assert [json.loads(line)["quote"] for line in chosen] == ["5亿元"]
    table = csv.DictReader(qa("figures", "--unit", "亩", "--sort=-number", "--csv").stdout.splitlines())
    assert [row["number"] for row in table] == ["150", "80"]
    assert "3.2亿元" in qa("figures", "--subject", "东城经开区").stdout


def test_figures_that_cannot_be_drawn_say_why(index: Path, tmp_path: Path):
    assert "--unit" in one_line(qa("figures", "--plot", str(tmp_path / "x.png")))


def test_info_and_verify(tmp_path: Path):
    (tmp_path / "a.txt").write_text(EAST, encoding="utf-8")
    index = ("--index", str(tmp_path / "i"))
    assert qa("index", str(tmp_path / "a.txt"), *index).exit_code == 0
    assert json.loads(qa("info", "--json", *index).stdout)["counts"]["documents"] == 1
    assert "  a.txt (utf-8)" in qa("info", *index).stdout.splitlines()
    assert (qa("verify", *index).exit_code, qa("verify", *index).stdout) == (0, "")
    (tmp_path / "a.txt").write_text(EAST + "又。\n", encoding="utf-8")
    changed = qa("verify", *index)
    assert changed.exit_code == 1 and "a.txt" in changed.stdout


def test_a_reader_that_stops_early_is_no_error(index: Path):
    child = process("search", "工程", "--json", QA_INDEX=str(index))
    assert child.stdin and child.stdout and child.stderr
    child.stdout.close()
    assert b"Traceback" not in child.stderr.read()
    child.stdin.close()
    child.stderr.close()
    child.wait()


def test_ctrl_c_leaves_without_a_traceback(index: Path):
    child = process("chat", QA_INDEX=str(index))
    assert child.stdin and child.stdout
    child.stdin.write(b"/help\n")
    child.stdin.flush()
    child.stdout.readline()
    time.sleep(0.1)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate()
    assert child.returncode == 130
    assert b"Traceback" not in said


@pytest.mark.parametrize(
    "settings",
    [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}],
    ids=lambda s: "".join(s.values()),
)
def test_chinese_comes_through_in_any_locale(index: Path, settings: dict[str, str]):
    out, said = process("ask", QUESTION, QA_INDEX=str(index), **settings).communicate()
    assert out.decode("utf-8").startswith("3.2亿元"), said
    out, _ = process("ask", QUESTION, "--json", QA_INDEX=str(index), **settings).communicate()
    assert json.loads(out)["answer"] == "3.2亿元"


def test_a_gb18030_terminal_gets_gb18030_but_json_stays_utf_8(index: Path):
    settings = {"QA_INDEX": str(index), "PYTHONIOENCODING": "gb18030"}
    assert process("ask", QUESTION, **settings).communicate()[0].decode("gb18030").startswith("3.2亿元")
    assert json.loads(process("ask", QUESTION, "--json", **settings).communicate()[0].decode("utf-8"))
