"""The command line as the tests call it: in this process, or in one of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from qa.cli.app import app

EAST = "东城经开区一期工程总投资3.2亿元，占地150亩。\n项目于2021年5月开工。\n"


def qa(*words: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, list(words), input=given, catch_exceptions=False)


def process(*words: str, **settings: str) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])} | settings
    command = [sys.executable, "-m", "qa", *words]
    # Started in the background, a suite inherits that SIGINT is ignored; a terminal's command does not.
    return subprocess.Popen(
        command,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        env=env,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def one_line(done: Result) -> str:
    """The error of a command that failed as it should: status 1, one line on stderr, nothing on stdout."""
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("qa: ")
    return done.stderr.removeprefix("qa: ").rstrip("\n")
