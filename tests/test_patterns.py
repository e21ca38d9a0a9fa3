"""No regular expression takes more than linear time over any text: every pattern meets its own worst ones."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import Any

import pytest
from pathological import END, repeated, superlinear, too_long, units
from test_architecture import FILES, tree, wing

from qa.chinese import names, numerals, periods
from qa.figures import masks

Pattern = re.Pattern[Any]
FLAGS_AT = {"compile": 1, "match": 2, "search": 2, "fullmatch": 2, "findall": 2, "finditer": 2, "split": 3}
FLAGS_AT |= {"sub": 4, "subn": 4}
"""The functions of `re` that take a pattern first, and which of their arguments are the flags."""
METHODS = set(FLAGS_AT) - {"compile"}
EVERYTHING: frozenset[str] = frozenset()
KEPT: tuple[str, ...] = ()
"""For what is built once and kept where the tables of a module or its functions without arguments show it."""
BUILT = {
    ("chinese.names", "head_names"): ("项目", *names._HEADS.values()),
    ("chinese.numerals", "_grammar"): tuple(p.pattern for p in numerals._grammar(EVERYTHING)),
    ("chinese.periods", "_expression"): (periods._expression(EVERYTHING).pattern,),
    ("chinese.periods", "_parts"): tuple(p.pattern for p, _ in periods._parts(EVERYTHING)),
    ("evaluation.cmrc", ""): KEPT,
    ("figures.masks", "_grammar"): tuple(p.pattern for p in masks._grammar(EVERYTHING)),
    ("question.query", "_asked"): KEPT,
    ("question.turns", "core"): (r"[,，]", r"[我你您].{0,4}是"),
    ("search.lexical", "_figure"): KEPT,
}
"""Patterns put together at run time: module and function, and what comes of it."""
BOUNDED = {"answer": 1_000}
"""Modules whose patterns meet nothing but passages or questions, which have a greatest length."""
unknown: set[tuple[str, str]] = set()
"""Functions that build patterns and of which BUILT has no sample."""
MODULES = [name for name in FILES if name != "__main__"]


@cache
def module(name: str) -> ModuleType:
    return importlib.import_module(f"qa.{name}" if name != "__init__" else "qa")


def _patterns_in(value: object, depth: int = 3) -> Iterator[Pattern]:
    """Patterns of a value, those in its tuples, lists and tables too."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list)) and depth:
        for inner in value:
            yield from _patterns_in(inner, depth - 1)
    elif isinstance(value, dict) and depth:
        yield from _patterns_in(tuple(value.values()), depth)


def _made_by(value: object) -> list[Pattern]:
    """What a function makes that says it returns a pattern and takes nothing."""
    said = inspect.get_annotations(value) if inspect.isroutine(inspect.unwrap(value)) else {}
    return [value()] if said == {"return": "re.Pattern[str]"} else []


def _evaluated(name: str, node: ast.expr) -> Any:
    return eval(compile(ast.Expression(node), name, "eval"), vars(module(name)))


def _written(name: str, function: str, call: ast.Call, flags_at: int) -> list[Pattern]:
    """The patterns of a call of `re`: as written there, or what BUILT has for the function."""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "flags"] + call.args[flags_at:]
    try:
        return [re.compile(_evaluated(name, call.args[0]), _evaluated(name, given[0]) if given else 0)]
    except NameError:
        unknown.update({(name, function)} - BUILT.keys())
        return [re.compile(pattern) for pattern in BUILT.get((name, function), KEPT)]


def _calls(node: ast.AST, function: str = "") -> Iterator[tuple[str, ast.Call]]:
    """Calls in a syntax tree, each with the name of the function that it stands in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield function, child
        yield from _calls(child, child.name if isinstance(child, ast.FunctionDef) else function)


def _uses(name: str) -> Iterator[tuple[Pattern, str]]:
    """Patterns that a module calls methods on, with the method; those that it only holds with none."""
    held = vars(module(name))
    for function, call in _calls(tree(name)):
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in FLAGS_AT:
            continue
        owner, method = call.func.value, call.func.attr
        found: list[Pattern] = []
        if isinstance(owner, ast.Name):
            written = owner.id == "re"
            found += (
                _written(name, function, call, FLAGS_AT[method])
                if written
                else _patterns_in(held.get(owner.id))
            )
        elif isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name):
            found += _made_by(held.get(owner.func.id))
        yield from ((pattern, method) for pattern in found)
    for value in held.values():
        yield from ((pattern, "") for pattern in (*_patterns_in(value), *_made_by(value)))


@cache
def uses() -> dict[str, list[tuple[Pattern, str]]]:
    """By module the patterns that it is the first to have, each with every method that is called on it."""
    methods: dict[Pattern, set[str]] = {}
    home: dict[Pattern, str] = {}
    for name in MODULES:
        for pattern, method in _uses(name):
            home.setdefault(pattern, name)
            methods.setdefault(pattern, set()).update({method} & METHODS)
    found: dict[str, list[tuple[Pattern, str]]] = {name: [] for name in MODULES}
    for pattern, name in home.items():
        found[name] += [(pattern, method) for method in sorted(methods[pattern] or {"search", "sub"})]
    return found


def _call(pattern: Pattern, method: str) -> Callable[[str], object]:
    """One go over a text."""
    go, encoded = getattr(pattern, method), isinstance(pattern.pattern, bytes)

    def call(text: str) -> object:
        given = text.encode() if encoded else text
        found = go(given[:0], given) if method in ("sub", "subn") else go(given)
        return sum(1 for _ in found) if method == "finditer" else found

    return call


def _slow(name: str, pattern: Pattern, method: str) -> Iterator[tuple[str, str]]:
    call = _call(pattern, method)
    longest = BOUNDED.get(name) or BOUNDED.get(wing(name))
    for head, unit in units(pattern):
        for end in ("", END):
            if longest:
                slow = too_long(call, repeated(head, unit, end, longest))
            else:
                slow = superlinear(call, head, unit, end)
            if slow:
                yield head, unit


def test_patterns_are_found() -> None:
    assert sum(map(len, uses().values())) > 300
    assert not unknown


@pytest.mark.parametrize("name", MODULES)
def test_every_pattern_takes_time_that_grows_with_the_text(name: str) -> None:
    for pattern, method in uses()[name]:
        assert next(_slow(name, pattern, method), None) is None, (method, pattern.pattern)


@pytest.mark.parametrize("pattern", [r"\d+元", r"(?:-?\d+)+x", r"^(?:\S{0,6}社)*记者", r"a\s*b?\s*c"])
def test_slow_patterns_are_told(pattern: str) -> None:
    assert next(_slow("", re.compile(pattern), "search"), None)
