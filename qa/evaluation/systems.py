"""Whatever is measured: a knowledge base, or any callable that answers or searches.

An answer may be an `Answer`, its JSON, a string, or None (no answer); a ranking may hold `Hit`s,
JSON objects, ids, or (id, score) pairs. All of them become one plain row a question.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import InputError, QAError
from qa.evaluation.questions import Question
from qa.interface import answer_json
from qa.schema import Answer, Hit

Row = dict[str, Any]
Ask = Callable[[str], Any]
_MISSING: Row = {"answer": None, "items": None, "value": None, "citations": [], "note": ""}


@dataclass(frozen=True, slots=True)
class System:
    """How to ask (`begin` opens a conversation and gives its ask) and how to search; None: it cannot."""

    name: str
    ask: Ask | None
    begin: Callable[[], Ask] | None
    search: Callable[[str, int], Any] | None


def system_of(measured: Any) -> System:
    """The ways of a knowledge base or callable. Raises InputError where there is none."""
    if isinstance(measured, System):
        return measured
    ask, search, chat = (getattr(measured, name, None) for name in ("ask", "search", "chat"))
    name = getattr(measured, "__qualname__", type(measured).__name__)
    if ask is None and search is None:
        if not callable(measured):
            raise InputError(
                f"Cannot ask {name}. Give a knowledge base, or a callable that takes a question."
            )
        ask = measured

    def begin() -> Ask:
        talk: Ask = chat().ask  # type: ignore[misc]
        return talk

    def ranked(query: str, k: int) -> Any:
        return search(query, k)  # type: ignore[misc]

    return System(name, ask, begin if callable(chat) else None, ranked if callable(search) else None)


def texts_of(measured: Any, names: Iterable[str]) -> dict[str, str]:
    """The originals of documents, of those that a knowledge base has."""
    document = getattr(measured, "document", None)
    found: dict[str, str] = {}
    for name in sorted(set(names)) if callable(document) else ():
        try:
            found[name] = document(name).text  # type: ignore[misc]  # callable() narrows no Any | None
        except (KeyError, QAError):
            continue
    return found


def answer_row(answer: object, question: Question) -> Row:
    """Any answer as the interface's JSON object. Raises InputError on what is none."""
    if isinstance(answer, Answer):
        row: Row = dict(answer_json(answer))
    elif isinstance(answer, Mapping):
        row = _MISSING | dict(answer)
        row.setdefault("status", "no_answer" if row["answer"] is None and not row["items"] else "answered")
        row.setdefault("confidence", 1.0)
    elif isinstance(answer, str) or answer is None:
        status = "no_answer" if answer is None else "answered"
        row = _MISSING | {"answer": answer, "status": status, "confidence": 1.0}
    else:
        raise InputError(f"{question.id}: cannot read an answer of type {type(answer).__name__}.")
    row["citations"] = [dict(c) for c in row["citations"] or ()]
    asked = {"id": question.id, "question": question.question, "resolved": question.question}
    return asked | row | {"id": question.id}


def hit_rows(hits: Iterable[object], k: int) -> list[Row]:
    """The first k hits as {passage, document, start, end, score}; without scores, rank decides."""
    rows: list[Row] = []
    for rank, hit in enumerate(list(hits)[:k], 1):
        row: Row
        if isinstance(hit, Hit):
            p = hit.passage
            row = {"passage": p.id, "document": p.document, "start": p.start, "end": p.end}
            row["score"] = hit.score
        elif isinstance(hit, Mapping):
            name = str(hit.get("document") or hit.get("passage"))
            start, end = int(hit.get("start") or 0), int(hit.get("end") or 0)
            passage = hit.get("passage") or (f"{name}:{start}-{end}" if end else name)
            row = {"passage": passage, "document": name, "start": start, "end": end}
            row["score"] = float(hit.get("score", -rank))
        else:
            pair = hit if isinstance(hit, Sequence) and not isinstance(hit, str) else (hit, -rank)
            name, score = str(pair[0]), float(pair[1])
            row = {"passage": name, "document": name, "start": 0, "end": 0, "score": score}
        rows.append(row | {"score": round(row["score"], 6)})
    return rows


def memory_mib() -> float | None:
    """What this process holds in memory now (Linux) or held at most (elsewhere); None if unknown."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        if sys.platform == "win32":
            return None
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (2**20 if sys.platform == "darwin" else 2**10)
    import resource

    return pages * resource.getpagesize() / 2**20


def run_thread(system: System, thread: Sequence[Question], answers: bool, k: int) -> list[Row]:
    """One question, or one conversation in order of turn, as rows.

    `answers` says whether to ask (else only to search), k > 0 how many hits to rank. Raises QAError naming
    the question at which the system under test failed.
    """
    ask = system.ask if answers or system.search is None else None
    if ask is not None and thread[0].conversation is not None and system.begin is not None:
        ask = system.begin()
    rows = []
    for question in thread:
        try:
            rows.append(_run_one(system, question, ask, k))
        except InputError:
            raise
        except Exception as error:
            cause = f"{type(error).__name__}: {error}"
            raise QAError(f"{system.name} failed at question {question.id} ({cause}).") from error
    return rows


def _run_one(system: System, question: Question, ask: Ask | None, k: int) -> Row:
    began = time.perf_counter()
    hits: list[Row] | None = None
    row = answer_row(None, question)
    if ask is not None:
        found = ask(question.question)
        if isinstance(found, list | tuple):
            hits = hit_rows(found, k or len(found))
        else:
            row = answer_row(found, question)
    elapsed = time.perf_counter() - began
    if system.search is not None and k:
        query = row["resolved"] if question.conversation is not None else question.question
        hits = hit_rows(system.search(query, k), k)
        elapsed = elapsed if ask is not None else time.perf_counter() - began
    ranked = {} if hits is None else {"hits": hits}
    return row | ranked | {"ms": round(elapsed * 1000, 3), "rss_mib": memory_mib()}
