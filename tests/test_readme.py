"""The examples of both READMEs are real: commands are run, and what they print is what stands there.

A ```console block holds commands (`$ `) with their output, a ```python block is
run as a script. README_UPDATE=1 in the environment writes the present output
into the files instead.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh.md")
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with the sample corpus and a `qa` on the path, as after `pip install .` in the clone."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "seeds").symlink_to(ROOT / "seeds")
    (home / "bin").mkdir()
    script = home / "bin" / "qa"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m qa "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return home


def shell(command: str, home: Path) -> str:
    path = f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"
    settings = {"PATH": path, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "COLUMNS": "80"}
    env = {name: text for name, text in os.environ.items() if name != "QA_INDEX"} | settings
    done = subprocess.run(command, shell=True, cwd=home, env=env, capture_output=True, encoding="utf-8")
    assert done.returncode in (0, 3), f"{command}\n{done.stderr}"
    assert not done.stderr.strip() or done.returncode == 0, done.stderr
    return done.stdout


def played(block: str, home: Path) -> str:
    """A console block with the output that its commands give now."""
    commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    return "\n".join(f"$ {command}\n{shell(command, home)}".rstrip("\n") + "\n" for command in commands)


def said(block: str) -> str:
    """A block without blank lines and trailing spaces, which nobody reads.

    Probabilities and scores are left out, too: their last digits are those of the machine.
    """
    block = re.sub(r"(把握 )\d+(?=%)|(\"(?:confidence|score)\": )[\d.]+", r"\1\2…", block)
    return "\n".join(line.rstrip() for line in block.splitlines() if line.strip())


@pytest.mark.slow
@pytest.mark.parametrize("name", READMES)
def test_examples_print_what_the_readme_says(name: str, home: Path, monkeypatch: pytest.MonkeyPatch):
    text = (ROOT / name).read_text(encoding="utf-8")
    monkeypatch.chdir(home)
    for match in BLOCK.finditer(text):
        if match[1] == "python":
            exec(compile(match[2], f"{name} example", "exec"), {})
            continue
        now = played(match[2], home)
        if os.environ.get("README_UPDATE"):
            text = text.replace(match[2], now)
        else:
            assert said(now) == said(match[2])
    (ROOT / name).write_text(text, encoding="utf-8") if os.environ.get("README_UPDATE") else None


@pytest.mark.parametrize("name", READMES)
def test_every_command_has_a_line(name: str):
    from typer.main import get_command

    from qa.cli.app import app

    text = (ROOT / name).read_text(encoding="utf-8")
    for command in get_command(app).commands:  # type: ignore[attr-defined]
        assert f"`qa {command}" in text, f"{name} does not speak of qa {command}"


@pytest.mark.parametrize("name", (*READMES, "ARCHITECTURE.md", "CHANGELOG.md"))
def test_links_to_files_lead_somewhere(name: str):
    text = (ROOT / name).read_text(encoding="utf-8")
    links = set(re.findall(r"\]\(([^)#:]+)\)", text))
    assert {link for link in links if not (ROOT / link).exists()} == set()


def test_the_two_readmes_run_the_same_commands():
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in READMES]
    one, other = (re.findall(r"^\$ .*$", text, re.MULTILINE) for text in texts)
    assert one == other


def test_every_dependency_has_a_line_in_the_architecture():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for dependency in project["dependencies"]:
        assert f"| {re.split('[<>=]', dependency)[0]} |" in text, dependency
