"""The package as users get it: the built wheel, installed elsewhere, with the network cut off."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODELS = sorted(path.parent for path in ROOT.glob("embeddings/*/config.json"))


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, encoding="utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the working tree without downloading anything."""
    out = tmp_path_factory.mktemp("dist")
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    done = run(sys.executable, "-c", build, out, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def qa_installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `qa` of an empty environment that holds the wheel, and only sees our dependencies.

    A .pth line adds this environment's packages, but not its own .pth files: an
    editable install of the clone stays out of sight.
    """
    home = tmp_path_factory.mktemp("env")
    venv.create(home, with_pip=False, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    done = run(sys.executable, "-m", "pip", "--python", home / "bin" / "python", "install", "--no-deps",
               "--no-index", "--quiet", "--disable-pip-version-check", wheel, cwd=home)  # fmt: skip
    assert done.returncode == 0, done.stderr
    (packages / "outer.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return home / "bin" / "qa"


@pytest.fixture(scope="module")
def offline() -> tuple[str, ...]:
    """A command prefix that takes the network away; empty where the system does not permit it."""
    prefix = ("unshare", "--map-root-user", "--net")
    try:
        return prefix if run(*prefix, "true", cwd=ROOT).returncode == 0 else ()
    except FileNotFoundError:
        return ()


@pytest.mark.slow
def test_the_wheel_holds_the_package_the_models_and_the_licence(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"qa/py.typed", "qa/cli/app.py", "qa/schema.py"} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert any(name.endswith("licenses/NOTICE") for name in names)
    data = {path.relative_to(ROOT).as_posix() for path in (ROOT / "qa" / "data").iterdir() if path.is_file()}
    assert data <= names
    assert MODELS
    for model in MODELS:
        assert f"qa/_embeddings/{model.name}/config.json" in names
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"qa"}
    models = {name for name in names if name.startswith("qa/_embeddings/")}
    assert not {name for name in models if name.endswith((".py", ".safetensors"))}


@pytest.mark.slow
def test_an_installed_qa_answers_from_another_folder_without_network(
    qa_installed: Path, offline: tuple[str, ...], tmp_path: Path
):
    (tmp_path / "报告.txt").write_text("东城经开区一期工程总投资3.2亿元，占地150亩。\n", encoding="utf-8")
    where = run(qa_installed.with_name("python"), "-c", "import qa; print(qa.__file__)", cwd=tmp_path)
    assert Path(where.stdout.strip()).is_relative_to(qa_installed.parent.parent)
    built = run(*offline, qa_installed, "index", "报告.txt", cwd=tmp_path)
    assert (built.returncode, built.stderr) == (0, "")
    asked = run(*offline, qa_installed, "ask", "东城经开区一期工程总投资多少？", "--json", cwd=tmp_path)
    assert asked.returncode == 0, asked.stderr
    answer = json.loads(asked.stdout)
    assert answer["answer"] == "3.2亿元"
    assert answer["value"] == {"number": 3.2, "unit": "亿元"}
    assert answer["citations"][0]["document"] == "报告.txt"


@pytest.mark.slow
def test_an_installed_qa_finds_its_reader_and_its_encoder(qa_installed: Path, tmp_path: Path):
    """A missing reader is no error, only worse answers: so it is asked for by name."""
    code = (
        "from qa.models.encoder import BUNDLED, load_encoder; from qa.models.reader import load_reader;"
        " assert load_encoder().name == BUNDLED and load_reader() is not None"
    )
    done = run(qa_installed.with_name("python"), "-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_no_file_of_the_repository_is_too_large_to_host():
    tracked = run("git", "ls-files", "-z", cwd=ROOT).stdout.split("\0")
    sizes = {name: (ROOT / name).stat().st_size for name in tracked if name and (ROOT / name).exists()}
    assert {name for name, size in sizes.items() if size > 95 * 10**6} == set()


def test_models_are_never_pickles():
    kinds = {".bin", ".pt", ".pkl", ".pickle", ".ckpt"}
    assert [path for path in ROOT.glob("embeddings/**/*") if path.suffix in kinds] == []


def test_the_project_declares_what_it_imports():
    """Every third-party import of the package is a declared dependency, and every dependency is imported."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    named = [*project["dependencies"], *extras["pandas"], *extras["plot"]]
    declared = {name.split(">")[0].replace("-", "_") for name in named}
    called = {"faiss_cpu": "faiss", "python_docx": "docx", "python_pptx": "pptx"}
    declared = {called.get(name, name) for name in declared - {"lxml_html_clean"}}  # trafilatura's, not ours
    found: set[str] = set()
    for path in (ROOT / "qa").glob("**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.split(".")[0])
    third = found - set(sys.stdlib_module_names) - {"qa"}
    assert third - {"torch"} == declared - {"torch"}
