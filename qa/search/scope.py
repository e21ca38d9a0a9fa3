"""A part of an index: the passages under some paths, of articles of some dates, about some subject.

What a question meets is that part alone, as if nothing else were indexed: it is chosen before anything
is ranked, and words, names and figures of the rest are unknown to it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qa.chinese.fold import fold
from qa.errors import InputError, check_text
from qa.schema import Passage, When
from qa.search.gazetteer import Gazetteer
from qa.search.lexical import gram_terms
from qa.search.rows import pack, span
from qa.search.store import Store
from qa.visible import visible

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
Day = str | int | date
"""A day, a month or a year: "2019-07-03", "2019年7月", 2019."""
_DAY = re.compile(r"(\d{4})(?:年|[-/.年](\d{1,2})(?:月|[-/.月](\d{1,2})日?)?)?")
_NAMED = 5
"""How many of the things that exist an error names."""
_BATCH = 4096
"""Vectors that are compared at a time: 6 MB of them."""
_READ = 50
"""Passages that are looked into at a time for a name; nearly always the first has it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What of an index is asked; an empty one is all of it.

    `paths` are documents or folders, by their ids or where they lie; `since` and `until` are dates as
    (first day, last day), days as numbers (20190703); `subject` is folded.
    """

    paths: tuple[str, ...] = ()
    since: tuple[int, int] | None = None
    until: tuple[int, int] | None = None
    subject: str = ""


EVERYTHING = Scope()


def read_scope(
    in_: Paths = (), since: Day | None = None, until: Day | None = None, subject: str | None = None
) -> Scope:
    """A scope as it is given. Raises InputError, in one line, for what is no path, date or name.

    >>> read_scope("2019", since=2018).since
    (20180101, 20181231)
    """
    try:
        paths = [in_] if isinstance(in_, str | os.PathLike) else list(in_)
        named = tuple(dict.fromkeys(os.fspath(path) for path in paths))
    except TypeError:
        raise InputError(f"{in_!r} is no path. Give a file or a folder, or a list of them.") from None
    for path in named:
        check_text(path, "A path")
        if not path or "\0" in path:
            raise InputError(f"'{visible(path)}' is no path. Name a file or a folder.")
    check_text(subject or "", "subject")
    first, last = (None if day is None else _days(day) for day in (since, until))
    if first and last and first[0] > last[1]:
        raise InputError(f"The scope ends before it begins: since {since}, until {until}.")
    return Scope(named, first, last, fold(subject or "").strip())


def _days(given: Day) -> tuple[int, int]:
    """The first and the last day of a date."""
    said = given.isoformat()[:10] if isinstance(given, date) else str(given).strip()
    found = _DAY.fullmatch(fold(said))
    try:
        year, month, day = (int(part) if part else None for part in found.groups()) if found else (0, 0, 0)
        date(year or 0, month or 1, day or 1)
    except ValueError:
        text = f"'{visible(said)}' is no date. Write a year, a month or a day: 2019, 2019-07, 2019-07-03."
        raise InputError(text) from None
    return span(When("", 0, 0, year, month, day)) or (0, 0)


Condition = tuple[str, list[object]]
"""An SQL condition on the table of passages, with its values."""


def condition(scope: Scope, store: Store) -> Condition:
    """The condition that the passages of a scope meet.

    An article without a date lies in no range; one dated by its year lies in every range of that year.
    Raises InputError where a path, a subject or a range holds nothing, or all of them together.
    """
    tests = list(_tests(scope, store))
    test, values = " AND ".join(test for test, _ in tests) or "1", [v for _, own in tests for v in own]
    if len(tests) > 1 and not store.rows_where(f"{test} LIMIT 1", values):
        raise InputError("Nothing in the index meets all conditions of the scope at once. Leave one out.")
    return test, values


def _tests(scope: Scope, store: Store) -> Iterator[Condition]:
    under = [_under(path, store) for path in scope.paths]
    if under:
        yield f"({' OR '.join(test for test, _ in under)})", [v for _, own in under for v in own]
    dated = [("last >= ?", scope.since[0])] if scope.since else []
    dated += [("first <= ?", scope.until[1])] if scope.until else []
    if dated:
        test: Condition = " AND ".join(test for test, _ in dated), [day for _, day in dated]
        if not store.rows_where(f"{test[0]} LIMIT 1", test[1]):
            raise InputError(f"No article lies in the range of dates. {_dates(store)}")
        yield test
    if scope.subject:
        test = _ABOUT, [scope.subject] * 3
        if not store.rows_where(f"{test[0]} LIMIT 1", test[1]):
            raise InputError(f"No passage is about '{visible(scope.subject)}'. {_subjects(scope, store)}")
        yield test


_ABOUT = """(instr(subject, ?)
 OR subject IN (SELECT b.name FROM names a JOIN names b USING (kind, key) WHERE a.name = ?)
 OR id IN (SELECT passage FROM figures WHERE instr(subject, ?)))"""
"""About a subject: what the passage or a figure in it is of bears the name, or another form of it."""


def _under(path: str, store: Store) -> Condition:
    """A path as an id, or the beginning of one; else where a file lies."""
    id, source = os.path.normpath(path).replace(os.sep, "/"), pack(_known(path, store))
    for found in (_within("id", id, id + "/"), _within("source", source, source + b"/")):
        if store.rows_where(f"{found[0]} LIMIT 1", found[1]):
            return found
    raise InputError(f"The index holds nothing under '{visible(path)}'. {_tops(store)}")


def _within(column: str, own: object, below: str | bytes) -> Condition:
    test = f"document IN (SELECT id FROM documents WHERE {column} = ? OR substr({column}, 1, ?) = ?)"
    return test, [own, len(below), below]


def _known(path: str, store: Store) -> str:
    """Where a path lies, as the index knows it."""
    from qa.documents.load import known_as, roots_of

    return known_as(roots_of(path), store.meta.roots)[0].path


def _tops(store: Store) -> str:
    ids = [id.partition("/") for id in store.sources()]
    return _told("It holds", list(dict.fromkeys(first + slash for first, slash, _ in ids)))


def _subjects(scope: Scope, store: Store) -> str:
    known = store.subjects()
    near = get_close_matches(scope.subject, known, _NAMED, 0.0)
    return _told("It knows", [*near, *(name for name in known if name not in near)])


def _dates(store: Store) -> str:
    first, last, dated = store.dated()
    if not dated:
        return "No article of the index states its date."
    return f"Dated are {dated:,} of {len(store):,} passages, from {_day(first)} to {_day(last)}."


def _day(number: int) -> str:
    return f"{number // 10_000}-{number // 100 % 100:02}-{number % 100:02}"


def _told(what: str, names: Sequence[str]) -> str:
    if not names:
        return f"{what} none."
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return f"{what}: {', '.join(map(visible, names[:_NAMED]))}{more}."


class Part:
    """The passages of a scope as an index of their own, for searching and for reading questions.

    Weights of words are those of the whole index.
    """

    def __init__(self, store: Store, rows: Sequence[int]) -> None:
        self._store = store
        self._rows = np.asarray(rows, dtype=np.int64)
        self.ids, self.passages, self.vectors = store.ids, store.passages, store.vectors

    def __len__(self) -> int:
        return len(self._rows)

    @cached_property
    def _holds(self) -> NDArray[np.bool_]:
        holds = np.zeros(len(self._store), dtype=np.bool_)
        holds[self._rows] = True
        return holds

    def bm25(self, terms: Sequence[str]) -> NDArray[np.float64]:
        """The BM25 score of every row of the whole index for these terms; 0 outside the scope."""
        return np.where(self._holds, self._store.bm25(terms), 0.0)

    def nearest(self, query: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows and cosines of the k passages in scope nearest to a query vector, exact."""
        parts = [self._rows[at : at + _BATCH] for at in range(0, len(self), _BATCH)]
        cosines = np.concatenate([self._store.vectors(rows) @ query for rows in parts])
        best = np.argsort(-cosines, kind="stable")[:k]
        return self._rows[best], cosines[best]

    def frequency(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages in scope each of these terms occurs (those in none are left out)."""
        found = {term: int(self._holds[rows].sum()) for term, rows in self._store.rows_with(terms).items()}
        return {term: n for term, n in found.items() if n}

    @cached_property
    def names(self) -> Gazetteer:
        """The names that occur in scope."""
        return self._store.names.only(self._says)

    def _says(self, name: str) -> bool:
        """Whether a passage in scope has a folded name in its text or as what it speaks of."""
        terms = dict.fromkeys(gram_terms(name))
        found = self._store.rows_with(list(terms))
        if len(found) < len(terms):
            return False
        holds = self._holds.copy()
        for rows in found.values():
            there = np.zeros(len(holds), dtype=np.bool_)
            there[rows] = True
            holds &= there
        held = np.flatnonzero(holds).tolist()
        batches = (self.passages(held[at : at + _READ]) for at in range(0, len(held), _READ))
        return any(name in _said(passage) for batch in batches for passage in batch)


def _said(passage: Passage) -> str:
    return fold("\n".join([passage.text, passage.subject, *(name for *_, name in passage.mentions)]))


def part(scope: Scope, store: Store) -> Store | Part:
    """The part of an index that a scope leaves; the whole of it for an empty one. Raises InputError."""
    return Part(store, store.rows_where(*condition(scope, store))) if scope != EVERYTHING else store
