"""Run folders: what is kept reads back, and a stopped run goes on where it stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import ir_measures
import pytest
from measured import ASKED, TEXTS, Park, questions, same_results

from qa.errors import InputError
from qa.evaluation.folder import as_lines, load_run, recover_rows
from qa.evaluation.measure import evaluate

HERE = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("runs") / "park"
    return evaluate(Park(), ASKED, documents=TEXTS, by=("type", "zone"), out=folder)


def test_the_trec_files_give_the_same_ranking_metrics(run):
    qrels = list(ir_measures.read_trec_qrels(str(run.folder / "qrels.trec")))
    ranked = list(ir_measures.read_trec_run(str(run.folder / "run.trec")))
    names = {"recall@3": "R@3", "mrr@10": "RR@10", "ndcg@10": "nDCG@10", "map": "AP"}
    found = ir_measures.calc_aggregate([ir_measures.parse_measure(m) for m in names.values()], qrels, ranked)
    for name, measure in names.items():
        assert run.metrics[name].value == pytest.approx(found[ir_measures.parse_measure(measure)], abs=1e-12)


def test_a_kept_run_reads_back_as_it_was(run):
    kept = load_run(run.folder)
    assert same_results(run, kept)
    assert kept.metrics == dict(run.metrics)
    assert kept.by == run.by
    assert {q.id: q.fields for q in kept.questions} == {q.id: q.fields for q in run.questions}


def test_another_run_does_not_go_into_the_same_folder(run, tmp_path: Path):
    with pytest.raises(InputError, match="holds a run of another questions"):
        evaluate(Park(), ASKED[:5], documents=TEXTS, out=run.folder)
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="is not empty and no run"):
        evaluate(Park(), ASKED[:5], documents=TEXTS, out=tmp_path)
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_run_starts_over_when_told(tmp_path: Path):
    class Counting(Park):
        asked = 0

        def ask(self, question: str) -> Any:
            type(self).asked += 1
            return super().ask(question)

    for fresh, total in ((False, 20), (False, 20), (True, 40)):
        evaluate(Counting(), ASKED[:20], documents=TEXTS, out=tmp_path / "run", fresh=fresh)
        assert Counting.asked == total


def test_a_stopped_run_is_cut_back_to_whole_conversations(tmp_path: Path):
    whole = evaluate(Park(), ASKED, documents=TEXTS, out=tmp_path / "whole")
    data = (tmp_path / "whole/answers.jsonl").read_bytes()
    order = [q.id for q in whole.questions]
    ends = [i + 1 for i, byte in enumerate(data) if byte == 10]
    for cut in (
        0,
        1,
        ends[0],
        ends[0] + 5,
        ends[7],
        ends[8] + 3,
        ends[9] - 1,
        ends[9],
        len(data) - 1,
        len(data),
    ):
        folder = tmp_path / f"cut{cut}"
        folder.mkdir()
        (folder / "settings.json").write_bytes((tmp_path / "whole/settings.json").read_bytes())
        (folder / "answers.jsonl").write_bytes(data[:cut])
        (folder / "metrics.json.part").write_text("{", encoding="utf-8")
        resumed = evaluate(Park(), ASKED, documents=TEXTS, out=folder)
        assert same_results(whole, resumed), cut
    threads = [[q] for q in whole.questions[:7]] + [whole.questions[7:10]]
    (tmp_path / "c").mkdir()
    (tmp_path / "c/answers.jsonl").write_bytes(data[: ends[8]])
    assert [row["id"] for row in recover_rows(tmp_path / "c", threads)] == order[:7]
    assert (tmp_path / "c/answers.jsonl").read_bytes() == data[: ends[6]]


def test_three_thousand_questions_killed_again_and_again_end_as_one_run(tmp_path: Path):
    asked = questions(3000)
    file = tmp_path / "asked.jsonl"
    file.write_text(as_lines(asked), encoding="utf-8")
    # A copy, so that an edit of the package while the test runs does not make it another one.
    shutil.copytree(
        HERE.parent / "qa", tmp_path / "qa", ignore=shutil.ignore_patterns("__pycache__", "_embeddings")
    )
    env = os.environ | {"PYTHONPATH": str(tmp_path)}

    def command(name: str) -> list[str]:
        return [sys.executable, "-W", "error", str(HERE / "measured.py"), str(file), str(tmp_path / name)]

    subprocess.run(command("whole"), env=env, check=True)
    size = (tmp_path / "whole/answers.jsonl").stat().st_size
    answers = tmp_path / "killed/answers.jsonl"
    kept = []
    for share in (0.2, 0.7):
        with subprocess.Popen(command("killed"), env=env) as process:
            while process.poll() is None and (not answers.exists() or answers.stat().st_size < share * size):
                time.sleep(0.005)
            process.kill()
        assert process.returncode == -signal.SIGKILL, "killed before its end"
        kept.append(answers.read_bytes().count(b"\n"))
    assert 0 < kept[0] < kept[1] < 3000
    subprocess.run(command("killed"), env=env, check=True)
    assert same_results(load_run(tmp_path / "whole"), load_run(tmp_path / "killed"))
    for name in ("run.trec", "qrels.trec", "questions.jsonl"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
