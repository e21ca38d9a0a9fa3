"""The shape of the house: which module may import which, where the heavy libraries live, what is public."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import qa

PACKAGE = Path(qa.__file__).parent
FLOORS = (
    ("errors", "limits", "version", "visible", "writing"),
    ("schema",),
    ("chinese",),
    ("interface", "places"),
    ("documents",),
    ("figures",),
    ("models",),
    ("search",),
    ("question",),
    ("answer",),
    ("evaluation",),
    ("verify", "knowledge", "prepare", "update", "pipeline", "__init__"),
    ("cli", "__main__"),
)
"""From the ground up: a module imports from its own wing and from the floors below, never from one above."""
FLOOR = {wing: n for n, wings in enumerate(FLOORS) for wing in wings}
UPWARD: set[tuple[str, str]] = set()
"""Imports that still run up, to be taken away one by one; nothing may be added."""
CIRCLES: set[frozenset[str]] = set()
"""Modules that still import one another in a circle, likewise."""
HEAVY = {
    "torch", "sentence_transformers", "transformers", "faiss", "matplotlib", "pandas", "onnxruntime",
    "prompt_toolkit",
}  # fmt: skip
"""Libraries that one module alone imports."""
LATE = HEAVY | {
    "bm25s", "docx", "huggingface_hub", "ir_measures", "jieba", "lxml", "opencc", "openpyxl", "pptx",
    "pypdfium2", "scipy", "tokenizers", "trafilatura",
}  # fmt: skip
"""Libraries that are imported inside functions only: 40 ms to 4 s each."""
RUNTIMES = {"onnxruntime", "sentence_transformers", "huggingface_hub"}
"""Libraries that would report or fetch by themselves."""


def _name(path: Path) -> str:
    """A module's dotted name below `qa`; a wing's `__init__` bears the wing's name."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


FILES = {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}
MODULES = sorted(FILES)


def wing(module: str) -> str:
    return module.partition(".")[0]


EDGE = {module for module in MODULES if wing(module) in FLOORS[-1]}
"""Modules of the command line: they alone may write to streams."""


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


def imports(module: str, outermost: bool = False) -> Iterator[str]:
    """Dotted names that a module imports; `outermost`: only those that run when it is imported."""
    package = ["qa", *module.split(".")]
    if FILES[module].name != "__init__.py" or module == "__init__":
        package = package[:-1]
    for node in _at_import(tree(module)) if outermost else ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            home = ".".join([*above, node.module] if node.module else above)
            yield from (f"{home}.{alias.name}" for alias in node.names)


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes outside functions and outside `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        typing_only = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and not typing_only:
            yield child
            yield from _at_import(child)


@cache
def ours(module: str) -> frozenset[str]:
    """Modules of the package that a module imports, inside functions and for type checkers, too."""
    found = set()
    for name in imports(module):
        head, _, rest = name.partition(".")
        if head == "qa":
            known = [part for part in (rest, rest.rpartition(".")[0]) if part in FILES]
            found.add(known[0] if known else "__init__")
    return frozenset(found - {module})


def test_every_wing_has_its_floor():
    assert {wing(module) for module in MODULES} == set(FLOOR)


def test_imports_never_run_up():
    found = {(m, i) for m in MODULES for i in ours(m) if FLOOR[wing(i)] > FLOOR[wing(m)]}
    assert found == UPWARD


def test_the_ground_stands_alone():
    assert {module: ours(module) for module in FLOORS[0]} == dict.fromkeys(FLOORS[0], frozenset())


def circles() -> set[frozenset[str]]:
    """The strongly connected components of more than one module."""

    def reach(module: str) -> set[str]:
        seen: set[str] = set()
        todo = [module]
        while todo:
            for below in ours(todo.pop()) - seen:
                seen.add(below)
                todo.append(below)
        return seen

    reached = {module: reach(module) for module in MODULES}
    return {frozenset(n for n in reached[m] if m in reached[n]) for m in MODULES if m in reached[m]}


def test_imports_have_no_circles():
    assert circles() == CIRCLES


@pytest.mark.parametrize("library", sorted(HEAVY))
def test_heavy_libraries_live_in_one_module(library: str):
    users = {m for m in MODULES if library in {name.split(".")[0] for name in imports(m)}}
    assert len(users) <= 1


def test_no_module_imports_a_slow_library_when_it_is_imported():
    """Whatever way round: by itself, or through a library that imports it."""
    code = "import sys, importlib; [importlib.import_module(m) for m in sys.argv[1:]]; print(*sys.modules)"
    names = [f"qa.{module}" for module in MODULES if module != "__main__"]
    command = [sys.executable, "-c", code, *names]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert LATE & set(out.split()) == set()


def test_the_models_are_run_where_nothing_is_reported():
    users = {m for m in MODULES for name in imports(m) if name.split(".")[0] in RUNTIMES}
    assert users == {"models.runtimes"}


def test_help_imports_nothing_heavy():
    code = "import sys, qa.cli.app; print(*sorted(m for m in sys.modules if '.' not in m))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not (HEAVY | {"numpy", "rich", "jieba", "sqlite3", "asyncio", "decimal"}) & set(out.split())


def test_the_library_never_prints_or_exits():
    users = set()
    for module in set(MODULES) - EDGE:
        names = {node.id for node in ast.walk(tree(module)) if isinstance(node, ast.Name)}
        dotted = {ast.unparse(node) for node in ast.walk(tree(module)) if isinstance(node, ast.Attribute)}
        if "print" in names or dotted & {"sys.exit", "sys.stdout", "sys.stderr", "os._exit"}:
            users.add(module)
    assert users == set()


def test_public_names_are_sorted_complete_and_there():
    assert qa.__all__ == sorted(qa.__all__)
    assert set(qa.__all__) == set(qa._HOME) | {"__version__"}
    for name in qa.__all__:
        assert getattr(qa, name) is not None


def test_type_checkers_see_the_same_public_names():
    block = next(node for node in tree("__init__").body if isinstance(node, ast.If))
    lines = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    seen = {alias.name: line.module for line in lines for alias in line.names}
    assert seen == qa._HOME


def test_no_module_hides_a_public_name():
    """At no depth: a module `evaluate` beside the function would be taken for it, by Python or a reader."""
    assert {part for module in MODULES for part in module.split(".")} & set(qa.__all__) == set()


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
    assert ast.get_docstring(tree(module)), "a module says what it does"
    assert len(FILES[module].read_text(encoding="utf-8").splitlines()) <= 400


def test_every_module_is_imported_by_a_test():
    found: set[str] = set()
    for path in Path(__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    code = {module for module in MODULES if FILES[module].name not in ("__init__.py", "__main__.py")}
    lacking = {module for module in code if f"qa.{module}" not in found}
    assert lacking == set()


def test_every_module_has_a_place_on_the_page_that_a_newcomer_reads():
    page = (PACKAGE.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")
    paths = {path.relative_to(PACKAGE.parent).as_posix() for path in FILES.values()}
    paths -= {"qa/__init__.py", "qa/__main__.py"}
    assert {path for path in paths if f"({path})" not in page} == set()


def test_every_wing_says_what_comes_in_what_goes_out_and_what_to_read_first():
    for module in sorted(set(MODULES) - {"__init__"}):
        if FILES[module].name == "__init__.py" and module in FLOOR:
            said = ast.get_docstring(tree(module)) or ""
            first = re.search(r"Read `(\w+)` first", said)
            assert "In: " in said and "Out: " in said and first, module
            assert f"{module}.{first[1]}" in FILES


def test_there_is_no_drawer_for_odds_and_ends():
    drawers = {"utils", "helpers", "misc", "common", "base", "manager"}
    assert {part for module in MODULES for part in module.split(".")} & drawers == set()
