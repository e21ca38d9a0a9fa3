"""TREC topics with their qrels as questions."""

from __future__ import annotations

import re
from pathlib import Path

from qa.evaluation.checks import Mistake, QuestionFileError, find_repeated, question_text
from qa.evaluation.questions import Question, QuestionSet


def looks_like_trec(text: str) -> bool:
    """Whether a text begins with a `<top>` block."""
    return text.lstrip()[:4].lower() == "<top"


def parse_trec(text: str, name: str, qrels: Path | None) -> QuestionSet:
    """TREC topics (`<top>` blocks or `id<TAB>query` lines) with their qrels. Raises QuestionFileError."""
    topics, mistakes = _topics(text)
    if qrels is None:
        mistakes.append(Mistake(0, "qrels", "are TREC topics; give their judgements too (--qrels FILE)."))
    grades = _read_qrels(qrels) if qrels is not None and not mistakes else {}
    unknown = sorted(set(grades) - {q for _, q, _ in topics})
    if unknown and not mistakes:
        mistakes.append(Mistake(0, "qrels", f"has no topic {unknown[0]!r}, which the qrels judge."))
    found = [
        Question(q, query, type="topic", relevant=grades.get(q, {}), line=line)
        for line, q, query in topics
        if any(grade > 0 for grade in grades.get(q, {}).values())
    ]
    mistakes += find_repeated([Question(q, query, line=line) for line, q, query in topics])
    if not mistakes and not found:
        mistakes.append(Mistake(0, "", "holds no topic with a relevant document."))
    if mistakes:
        raise QuestionFileError(name, mistakes)
    return QuestionSet(name, tuple(found))


def _topics(text: str) -> tuple[list[tuple[int, str, str]], list[Mistake]]:
    """(line, id, query) of every topic, and what cannot be read."""
    topics: list[tuple[int, str, str]] = []
    mistakes: list[Mistake] = []
    if not looks_like_trec(text):
        for line, row in enumerate(text.split("\n"), 1):
            name, tab, query = row.strip("\r").partition("\t")
            if tab and name.strip() and query.strip():
                topics.append((line, name.strip(), query.strip()))
            elif row.strip():
                mistakes.append(Mistake(line, "", "must be a topic number, a tab and a query."))
        return topics, mistakes
    for block in re.finditer(r"<top>(.*?)(?:</top>|(?=<top>)|\Z)", text, re.S | re.I):
        line = text.count("\n", 0, block.start()) + 1
        number = re.search(r"<num>\s*+(?:Number:)?\s*+([^\s<]+)", block[1], re.I)
        title = re.search(r"<title>\s*(?:Topic:)?\s*([^<]+)", block[1], re.I)
        for field, match in (("num", number), ("title", title)):
            if match is None or not match[1].strip():
                mistakes.append(Mistake(line, field, f"<{field}> is missing in this topic."))
        if number and title and title[1].strip():
            topics.append((line, number[1], " ".join(title[1].split())))
    return topics, mistakes


def _read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """`topic iteration document grade` lines. Raises QuestionFileError."""
    grades: dict[str, dict[str, int]] = {}
    mistakes = []
    for line, row in enumerate(question_text(path).split("\n"), 1):
        cells = row.split()
        if not cells:
            continue
        if len(cells) != 4 or not re.fullmatch(r"-?\d+", cells[3]):
            mistakes.append(Mistake(line, "", 'must be "topic 0 document grade" with a whole grade.'))
        elif cells[2] in grades.setdefault(cells[0], {}):
            mistakes.append(Mistake(line, "", f"judges {cells[2]!r} a second time for topic {cells[0]}."))
        else:
            grades[cells[0]][cells[2]] = int(cells[3])
    if mistakes:
        raise QuestionFileError(path.name, mistakes)
    return grades
