"""Nothing is sent, and nothing is written but the index and what was asked for."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import silence
from documents.formats.test_reading import samples

ROOT = Path(__file__).parents[1]
MODEL = next(ROOT.glob("embeddings/*/model.safetensors")).parent
TEXT = "东城经开区{n}期工程总投资{n}.5亿元，占地{n}0亩。\n"
ALL_DAY = """
    import sys, time
    from silence import forbid_sockets
    from qa.cli.app import app
    forbid_sockets()
    asked = "东城经开区3期工程总投资多少？"
    for command in (
        ["index", "docs"], ["ask", asked], ["search", asked], ["figures"], ["info"], ["verify"],
        ["evaluate", "questions.jsonl", "--out", "run"], ["calibrate", "questions.jsonl"], ["chat"],
    ):
        try:
            app([*command, "--index", "idx"])
        except SystemExit as end:
            assert end.code in (0, None), command
        began = time.monotonic() if command[0] == "index" else began
    from qa.errors import ModelError
    from qa.models.encoder import TorchEncoder, load_encoder
    TorchEncoder(sys.argv[1]).encode_queries([asked])
    try:
        load_encoder("no-such/model")
    except ModelError as error:
        print(error)
    time.sleep(max(0, began + 16 - time.monotonic()))
    print("silent so far", flush=True)
    load_encoder("no-such/model", fetch=True)
"""

ABSENT = "The model 'no-such/model' is not on this machine. To fetch it: qa index DOCS --model no-such/model"
OUTSIDE = """<!DOCTYPE html SYSTEM "http://a.example/html.dtd" [<!ENTITY far SYSTEM "http://a.example/far">]>
<html><head><link rel="stylesheet" href="http://a.example/a.css"><base href="http://a.example/"></head>
<body><img src="http://a.example/a.png"><iframe src="http://a.example/"></iframe><p>税收3.5亿元。&far;</p></body>
"""
PROBE = """
    import socket
    from silence import forbid_sockets
    forbid_sockets()
    print("held", flush=True)
    socket.socket()
    print("open")
"""


def guarded(code: str, home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Python code run in a folder that is home, cache and temporary folder to it."""
    # Without the machine's own settings: what is off has to be off by our doing.
    kept = {k: v for k, v in os.environ.items() if k[:3] not in ("ORT", "HF_", "TRA", "DO_")}
    kept |= dict.fromkeys(("HOME", "TMPDIR", "USERPROFILE"), str(home)) | {"XDG_CACHE_HOME": f"{home}/cache"}
    return subprocess.run(
        [sys.executable, "-B", "-c", textwrap.dedent(code), *map(str, arguments)],
        cwd=home,
        env=kept | {"PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(ROOT)])},
        capture_output=True,
        text=True,
        input="总投资？\n",
    )


@pytest.fixture(scope="module", autouse=True)
def _sockets_can_be_forbidden(tmp_path_factory: pytest.TempPathFactory) -> None:
    if not silence.SUPPORTED:
        pytest.skip("sockets can be forbidden for good on Linux only")
    done = guarded(PROBE, tmp_path_factory.mktemp("home"))
    if "cannot be forbidden" in done.stderr:
        pytest.skip("this system does not let a process forbid itself sockets")
    assert (done.returncode, done.stdout) == (-signal.SIGSYS, "held\n")


def test_no_socket_is_opened_and_nothing_written_elsewhere(tmp_path: Path) -> None:
    """Every format, every command and torch, for 16 s: onnxruntime would look up its maker's host after nine.

    A model named by an index is looked for on this machine only; one that the user names may be fetched,
    which comes last and shows that the guard was awake.
    """
    (tmp_path / "docs").mkdir()
    asked = []
    for n in range(1, 13):
        (tmp_path / "docs" / f"{n}.txt").write_text(TEXT.format(n=n), "utf-8")
        question = {"question": f"东城经开区{n}期工程总投资多少？", "answers": [f"{n}.5亿元"]}
        asked.append(question | {"evidence": [{"document": f"{n}.txt", "quote": f"总投资{n}.5亿元"}]})
    asked += [{"question": f"西河县{n}期铁路长多少？", "answerable": False} for n in range(3)]
    for name, data in (samples() | {"outside.html": OUTSIDE.encode()}).items():
        if name != "a.mhtml":  # holds no page, which is an error
            (tmp_path / "docs" / name).write_bytes(data)
    lines = "".join(json.dumps(question, ensure_ascii=False) + "\n" for question in asked)
    (tmp_path / "questions.jsonl").write_text(lines, "utf-8")
    done = guarded(ALL_DAY, tmp_path, MODEL)
    assert done.stdout.splitlines()[-2:] == [ABSENT, "silent so far"], done.stderr[-2000:]
    assert done.returncode == -signal.SIGSYS
    written = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*") if path.is_file()}
    assert written == {"docs", "questions.jsonl", "idx", "run"}
