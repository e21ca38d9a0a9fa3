"""Question files for tests: lines of JSON, and what is found wrong with a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa.evaluation.checks import QuestionFileError
from qa.evaluation.reading import read_questions


def lines(*records: Any) -> str:
    return "".join((r if isinstance(r, str) else json.dumps(r, ensure_ascii=False)) + "\n" for r in records)


def ask(id: str = "q", **fields: Any) -> dict[str, Any]:
    return {"id": id, "question": "总投资多少？", "answers": ["1亿元"]} | fields


def mistakes(path: Path, text: str | bytes, **options: Any) -> list[tuple[int, str, str]]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(QuestionFileError) as caught:
        read_questions(path, **options)
    return [(m.line, m.field, m.message) for m in caught.value.mistakes]


def places(path: Path, text: str | bytes, **options: Any) -> list[tuple[int, str]]:
    return [(line, field) for line, field, _ in mistakes(path, text, **options)]
