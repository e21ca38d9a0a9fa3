"""The shape of the house: which module may import which, where the heavy libraries live, what is public."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import qa

PACKAGE = Path(qa.__file__).parent
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem not in ("__init__", "__main__"))
EDGE = {"cli", "cli_evaluate", "cli_options", "repl", "terminal", "__main__"}
"""Modules of the command line: nothing below may know of them, and they alone may write to streams."""
SHOWN = {"show", "show_figures", "show_eval", "show_explain"}
HEAVY = {"torch", "sentence_transformers", "transformers", "faiss", "matplotlib", "pandas", "onnxruntime"}
SHARED = {"onnxruntime"}
"""Heavy, but the runtime of more than one model."""


def imports(module: str, outermost: bool = False) -> Iterator[str]:
    """Dotted names that a module imports; `outermost`: only those that run when it is imported."""
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    nodes = _at_import(tree) if outermost else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            home = f"qa.{node.module or ''}".rstrip(".") if node.level else node.module or ""
            yield from (f"{home}.{alias.name}" for alias in node.names)


def _at_import(tree: ast.AST) -> Iterator[ast.AST]:
    """Nodes outside functions and outside `if TYPE_CHECKING`."""
    for node in ast.iter_child_nodes(tree):
        typing_only = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and not typing_only:
            yield node
            yield from _at_import(node)


def ours(module: str, outermost: bool = False) -> set[str]:
    """Modules of the package that a module imports."""
    names = (name.split(".") for name in imports(module, outermost))
    return {parts[1] for parts in names if parts[0] == "qa" and len(parts) > 1 and parts[1] in MODULES}


def test_schema_and_errors_stand_alone():
    assert ours("schema") == set()
    assert ours("errors") == set()


def test_stages_know_nothing_of_the_pipeline_or_the_command_line():
    above = {"pipeline"} | EDGE
    users = {module for module in MODULES if ours(module, outermost=True) & above}
    assert users <= EDGE | {"evaluation", "comparison"}


def test_only_the_command_line_shows():
    users = {module for module in MODULES if ours(module) & SHOWN}
    assert users <= EDGE | SHOWN | {"systems"}, "systems writes answers in the interface's JSON"


def test_imports_have_no_cycles():
    graph = {module: ours(module, outermost=True) for module in MODULES}
    done: set[str] = set()

    def walk(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path[path.index(module) :], module))
        if module not in done:
            for below in sorted(graph[module]):
                walk(below, (*path, module))
            done.add(module)

    for module in MODULES:
        walk(module, ())


@pytest.mark.parametrize("library", sorted(HEAVY))
def test_heavy_libraries_live_in_one_module_and_are_imported_late(library: str):
    users = {m for m in MODULES if library in {name.split(".")[0] for name in imports(m)}}
    early = {m for m in MODULES if library in {name.split(".")[0] for name in imports(m, outermost=True)}}
    assert len(users) <= 1 or library in SHARED
    assert early == set()


def test_help_imports_nothing_heavy():
    code = "import sys, qa.cli; print(*sorted(m for m in sys.modules if '.' not in m))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not (HEAVY | {"numpy", "rich", "jieba", "sqlite3", "asyncio"}) & set(out.split())


def test_the_library_never_prints_or_exits():
    users = set()
    for module in set(MODULES) - EDGE:
        tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        dotted = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        if "print" in names or dotted & {"sys.exit", "sys.stdout", "sys.stderr", "os._exit"}:
            users.add(module)
    assert users == set()


def test_public_names_are_sorted_complete_and_there():
    assert qa.__all__ == sorted(qa.__all__)
    assert set(qa.__all__) == set(qa._HOME) | {"__version__"}
    for name in qa.__all__:
        assert getattr(qa, name) is not None


def test_type_checkers_see_the_same_public_names():
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    lines = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    seen = {alias.name: line.module for line in lines for alias in line.names}
    assert seen == qa._HOME


def test_public_functions_stay_themselves_when_their_modules_are_imported():
    for module in sorted(set(qa._HOMES)):
        importlib.import_module(f"qa.{module}")
    assert callable(qa.evaluate)
    assert qa.open is importlib.import_module("qa.pipeline").open


def test_every_public_name_says_what_it_is():
    for name in qa.__all__:
        value = getattr(qa, name)
        assert name == "__version__" or (value.__doc__ and not value.__doc__.startswith(f"{name}(")), name


@pytest.mark.parametrize("module", MODULES)
def test_modules_are_short_and_documented(module: str):
    text = (PACKAGE / f"{module}.py").read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "a module says what it does"
    assert len(text.splitlines()) <= 400


def test_there_is_no_drawer_for_odds_and_ends():
    assert not {"utils", "helpers", "misc", "common", "base", "manager"} & set(MODULES)
