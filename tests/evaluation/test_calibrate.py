"""Confidence fitted to a user's own questions, with the real models: kept, used, shown, refused."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import qa
from qa.answer.confidence import FILE, Calibration
from qa.answer.ranker import bundled
from qa.cli.app import app
from qa.errors import InputError, StoreError
from qa.evaluation.calibrate import outcomes
from qa.evaluation.checks import QuestionFileError
from qa.evaluation.measure import question_set

DOCS = {
    "east.txt": "东城经开区一期工程总投资3.2亿元，占地150亩。园区有企业86家。\n",
    "west.txt": "西城高新区二期工程总投资5亿元。新引进企业15家。\n\n园区主任王芳介绍，重点发展新材料产业。\n",
}
KEYS = [
    ("东城经开区一期工程总投资多少？", "3.2亿元", "east.txt", "总投资3.2亿元"),
    ("东城经开区一期工程占地多少亩？", "150亩", "east.txt", "占地150亩"),
    ("东城经开区有多少家企业？", "86家", "east.txt", "企业86家"),
    ("西城高新区二期工程总投资多少？", "5亿元", "west.txt", "总投资5亿元"),
    ("西城高新区新引进企业多少家？", "15家", "west.txt", "企业15家"),
    ("西城高新区的主任是谁？", "王芳", "west.txt", "王芳介绍"),
    ("哪个园区重点发展新材料产业？", "西城高新区", "west.txt", "重点发展新材料产业"),
]
NOWHERE = ("东城经开区的绿化率是多少？", "西城高新区的出口总额是多少？", "东城经开区的主任是谁？")
QUESTIONS = [
    {"question": q, "answers": [said], "evidence": [{"document": document, "quote": quote}]}
    for q, said, document, quote in KEYS
] + [{"question": q, "answerable": False} for q in NOWHERE]
ASKED = KEYS[0][0]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def one_line(done: Result) -> str:
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    return done.stderr


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Calibration]:
    """A folder with documents, questions and a calibrated index, and what calibrating returned."""
    home = tmp_path_factory.mktemp("calibrate")
    (home / "docs").mkdir()
    for name, text in DOCS.items():
        (home / "docs" / name).write_text(text, encoding="utf-8")
    lines = (json.dumps(q, ensure_ascii=False) + "\n" for q in QUESTIONS)
    (home / "questions.jsonl").write_text("".join(lines), encoding="utf-8")
    with qa.build(home / "docs", index=home / "idx") as kb:
        return home, kb.calibrate(home / "questions.jsonl")


@pytest.fixture
def home(fitted: tuple[Path, Calibration], tmp_path: Path) -> Path:
    """A copy of that folder which a test may spoil."""
    return shutil.copytree(fitted[0], tmp_path / "home")


@pytest.fixture
def refusing(home: Path) -> Path:
    """The same, calibrated so that hardly anything is answered."""
    from qa.answer.confidence import load_calibration
    from qa.evaluation.calibrate import keep

    calibration = load_calibration(home / "idx")
    assert calibration is not None
    keep(home / "idx", replace(calibration, threshold=0.9999))
    return home


def test_every_question_is_asked_with_and_without_its_evidence() -> None:
    kb = qa.from_texts(DOCS)
    done: list[tuple[str, int, int]] = []
    asked = question_set(QUESTIONS)
    found = outcomes(kb._sources, asked.questions, lambda *step: done.append(step))
    assert [(o.thread, o.hidden, o.due) for o in found] == [
        (f"line-{n}", hidden, hidden or n > len(KEYS))
        for n in range(1, len(QUESTIONS) + 1)
        for hidden in ((False, True) if n <= len(KEYS) else (False,))
    ]
    assert not any(o.right for o in found if o.due) and sum(o.right for o in found) >= 4
    assert done == [("calibrate", n, len(QUESTIONS)) for n in range(1, len(QUESTIONS) + 1)]
    assert all(o.score is None or isinstance(o.score, float) for o in found)
    due = [o.weight for o in found if o.due]
    assert sum(due) == pytest.approx(3 / 7 * sum(o.weight for o in found if not o.due))  # 3 in 10 as asked


def test_calibrating_returns_what_the_index_then_uses(fitted: tuple[Path, Calibration]):
    home, found = fitted
    assert found.ranker == bundled().fingerprint and found.scale != bundled().scale
    assert found.questions == 10
    assert found.before.threshold == bundled().scale.threshold and found.after.threshold == found.threshold
    assert 0.0 <= found.after.ece < 0.5 and found.after.grounded >= 0.6
    with qa.open(home / "idx") as kb:
        told = {"questions": 10, "threshold": found.threshold}
        told |= {"ece_before": found.before.ece, "ece_after": found.after.ece}
        info = kb.info()["calibration"]
        assert {name: info[name] for name in told} == told
        bare = qa.from_texts(DOCS)
        assert bare.info()["calibration"] is None
        mine, theirs = kb.ask(ASKED), bare.ask(ASKED)
        assert (mine.text, theirs.text) == ("3.2亿元", "3.2亿元") and mine.confidence != theirs.confidence
        assert kb.verify() == []


def test_a_calibration_outlives_an_update_of_its_index(home: Path):
    before = json.loads((home / "idx" / FILE).read_text("utf-8"))
    (home / "docs" / "north.txt").write_text("北城产业园三期工程总投资7亿元。\n", encoding="utf-8")
    with qa.build(home / "docs", index=home / "idx") as kb:
        assert kb.info()["generation"] == "g000002"
        assert kb.info()["calibration"]["threshold"] == before["threshold"]
    assert json.loads((home / "idx" / FILE).read_text("utf-8")) == before


def test_the_threshold_of_the_index_holds_unless_the_caller_names_one(refusing: Path):
    with qa.open(refusing / "idx") as kb:
        assert kb.ask(ASKED).status == kb.chat().ask(ASKED).status == "no_answer"
        assert kb.ask(ASKED, min_confidence=0.3).text == "3.2亿元"
    index = str(refusing / "idx")
    assert run("ask", ASKED, "--index", index).exit_code == 3
    assert run("ask", ASKED, "--index", index, "--min-confidence", "0.3").stdout.startswith("3.2亿元")


def test_reset_goes_back_to_the_bundled_confidence(refusing: Path):
    index = str(refusing / "idx")
    assert run("calibrate", "--reset", "--index", index).exit_code == 0
    assert not (refusing / "idx" / FILE).exists()
    assert run("ask", ASKED, "--index", index).exit_code == 0
    assert "had no calibration" in run("calibrate", "--reset", "--index", index).stderr
    nowhere = refusing / "none"
    assert "No index in" in one_line(run("calibrate", "--reset", "--index", str(nowhere)))
    assert not nowhere.exists()


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"sha256": ""}', '{"threshold": NaN}', "\xff"])
def test_a_damaged_calibration_is_one_line_that_says_what_to_do(home: Path, damage: str):
    (home / "idx" / FILE).write_bytes(damage.encode("latin-1"))
    message = f"{FILE} in '{home / 'idx'}' is damaged. To go back"
    remedy = f"qa calibrate --reset --index {home / 'idx'}"
    with pytest.raises(StoreError, match="is damaged"):
        qa.build(home / "docs", index=home / "idx")
    error = one_line(run("ask", ASKED, "--index", str(home / "idx")))
    assert message in error and error.endswith(remedy + "\n")
    assert run(*remedy.split()[1:]).exit_code == 0
    qa.open(home / "idx").close()


def test_a_changed_number_is_noticed_on_opening_and_by_verify(home: Path):
    path = home / "idx" / FILE
    with qa.open(home / "idx") as kb:
        path.write_text(
            path.read_text("utf-8").replace('"questions": 10', '"questions": 11'), encoding="utf-8"
        )
        assert ["is damaged" in line for line in kb.verify()] == [True]
    with pytest.raises(StoreError, match="is damaged"):
        qa.open(home / "idx")


def test_one_of_another_ranker_is_not_ignored(home: Path, monkeypatch: pytest.MonkeyPatch):
    other = replace(bundled(), fingerprint="f00d" * 3)
    monkeypatch.setattr("qa.answer.confidence.bundled", lambda: other)
    with pytest.raises(StoreError, match=r"of another version of qa.*qa calibrate --reset --index"):
        qa.open(home / "idx")
    error = one_line(run("ask", ASKED, "--index", str(home / "idx")))
    assert "of another version of qa" in error
    (home / "idx" / "meta.json").unlink()
    assert run("calibrate", "--reset", "--index", str(home / "idx")).exit_code == 0


def test_questions_that_show_nothing_are_refused():
    kb = qa.from_texts(DOCS)
    with pytest.raises(InputError, match=r"^questions: 9 questions have a key .* needs 10\.$"):
        kb.calibrate(QUESTIONS[:9])
    with pytest.raises(InputError, match="every answer is wrong, so there is nothing to tell apart"):
        kb.calibrate([{"question": f"{NOWHERE[0]}{n}", "answerable": False} for n in range(10)])
    elsewhere = {"question": "甲？", "answers": ["乙"], "evidence": [{"document": "no.txt", "quote": "乙"}]}
    with pytest.raises(QuestionFileError, match="not in the index"):
        kb.calibrate([*QUESTIONS, elsewhere])
    assert kb.info()["calibration"] is None


def test_the_command_shows_before_and_after(home: Path, fitted: tuple[Path, Calibration]):
    words = ("calibrate", str(home / "questions.jsonl"), "--index", str(home / "idx"))
    assert json.loads(run(*words, "--json").stdout) == fitted[1].to_json()
    shown = run(*words)
    assert shown.exit_code == 0 and shown.stderr == ""
    rows = [line.split() for line in shown.stdout.splitlines()]
    after = fitted[1].after
    assert ["grounded", "accuracy", f"{fitted[1].before.grounded:.3f}", f"{after.grounded:.3f}"] in rows
    assert "cross-validated" in shown.stdout
    info = run("info", "--index", str(home / "idx")).stdout
    assert f"questions 10, threshold {after.threshold}" in info
    assert run("calibrate", "--index", str(home / "idx")).exit_code == 2
