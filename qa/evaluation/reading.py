"""Question files in three forms, recognised by their content, every mistake named at once.

JSON Lines (the interface's), SQuAD-style JSON (CMRC 2018, DRCD) and TREC topics with qrels; `checks`
says what is wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from json import scanner
from json.decoder import JSONObject  # type: ignore[attr-defined]
from pathlib import Path
from typing import Any

from qa.evaluation.checks import FIELDS, Mistake, QuestionFileError, check_record, kind, repeated
from qa.evaluation.questions import Evidence, Json, Question, QuestionSet


def question_from(record: Json, line: int) -> Question:
    """The question of one checked line; without an id its line number is its name."""
    evidence = tuple(
        Evidence(e.get("document") or e["doc"], e.get("quote"), e.get("start"), e.get("end"))
        for e in record.get("evidence") or ()
    )
    return Question(
        id=record.get("id") or f"line-{line}",
        question=record["question"],
        answerable=record.get("answerable", True),
        answers=tuple(record.get("answers") or ()),
        value=record.get("value"),
        items=tuple(tuple(forms) for forms in record.get("items") or ()),
        evidence=evidence,
        type=record.get("type") or "",
        conversation=record.get("conversation"),
        turn=record.get("turn") or 0,
        relevant=record.get("relevant") or dict.fromkeys(record.get("gold") or (), 1),
        fields={key: value for key, value in record.items() if key not in FIELDS},
        line=line,
    )


def parse_lines(text: str, name: str, scored: bool = True) -> QuestionSet:
    """Questions of JSON Lines text. Raises QuestionFileError with every mistake."""
    mistakes: list[Mistake] = []
    questions = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            mistakes.append(Mistake(number, "", f"is not JSON (column {error.colno}: {error.msg})."))
            continue
        wrong = check_record(record, number, scored)
        mistakes += wrong
        if not wrong:
            questions.append(question_from(record, number))
    mistakes += repeated(questions)
    if not mistakes and not questions:
        mistakes.append(Mistake(0, "", "holds no question."))
    if mistakes:
        raise QuestionFileError(name, mistakes)
    return QuestionSet(name, tuple(questions))


def decode(path: Path) -> str:
    """The text of a question file. Raises QuestionFileError where it is missing or no UTF-8."""
    try:
        data = path.read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise QuestionFileError(path.name, [Mistake(0, "", f"cannot be read ({error.strerror}).")]) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"is not UTF-8 (byte {data[error.start]:#04x}). Save the file as UTF-8."
        raise QuestionFileError(path.name, [Mistake(line, "", message)]) from error


def read_questions(path: str | Path, qrels: str | Path | None = None, scored: bool = True) -> QuestionSet:
    """Read and check a question file; its form is recognised by its content.

    `qrels` goes with TREC topics. `scored=False` accepts lines that have no key (for `ask`).
    Raises QuestionFileError naming the line and field of every mistake.
    """

    path = Path(path)
    text = decode(path)
    start = text.lstrip()[:1]
    if qrels is not None or text.lstrip()[:4].lower() == "<top":
        return parse_trec(text, path.name, Path(qrels) if qrels is not None else None)
    if (start == "[" or start == "{") and looks_like_squad(text):
        return parse_squad(text, path.name)
    return parse_lines(text, path.name, scored)


LINE = "\0line"
"""The key under which `_with_lines` keeps the line on which an object begins."""


def looks_like_squad(text: str) -> bool:
    """One JSON value (a list, or an object with `data`), not one object a line."""
    first = text.lstrip().split("\n", 1)[0]
    try:
        record = json.loads(first)
    except json.JSONDecodeError:
        return (
            text.lstrip()[:1] == "["
            or first.strip() == "{"
            or re.match(r'\{\s*"(version|data)"', first) is not None
        )
    return isinstance(record, list) or (
        isinstance(record, dict) and "data" in record and "question" not in record
    )


class _LineDecoder(json.JSONDecoder):
    """A decoder that notes in every object the line it begins on (slow: only for error messages)."""

    def __init__(self) -> None:
        super().__init__()
        inner: Any = JSONObject

        def noted(s_and_end: tuple[str, int], *args: Any, **kwargs: Any) -> Any:
            text, at = s_and_end
            value, end = inner(s_and_end, *args, **kwargs)
            value[LINE] = text.count("\n", 0, at) + 1
            return value, end

        self.parse_object = noted
        self.scan_once = scanner.py_make_scanner(self)  # type: ignore[attr-defined]


def parse_squad(text: str, name: str) -> QuestionSet:
    """Questions and contexts of SQuAD-style JSON, or of CMRC 2018's own list form.

    Contexts become documents, named by their own id or by order ("p1", "p2" …); the evidence is
    the first accepted answer that stands in its context. Raises QuestionFileError.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"is not JSON (column {error.colno}: {error.msg})."
        raise QuestionFileError(name, [Mistake(error.lineno, "", message)]) from error
    questions, documents, mistakes = _read_squad(data)
    if mistakes or not questions:
        _, _, mistakes = _read_squad(_LineDecoder().decode(text))
        raise QuestionFileError(name, mistakes or [Mistake(0, "", "holds no question.")])
    return QuestionSet(name, tuple(questions), documents)


def _read_squad(data: Any) -> tuple[list[Question], dict[str, str], list[Mistake]]:
    questions: list[Question] = []
    documents: dict[str, str] = {}
    mistakes: list[Mistake] = []
    for where, paragraph in _paragraphs(data):
        if isinstance(paragraph, Mistake):
            mistakes.append(paragraph)
            continue
        context = paragraph.get("context", paragraph.get("context_text"))
        line = paragraph.get(LINE, 0)
        if not isinstance(context, str):
            mistakes.append(
                Mistake(line, "context", f'{where}: "context" must be a string, found {kind(context)}.')
            )
            continue
        document = str(paragraph.get("id") or paragraph.get("context_id") or f"p{len(documents) + 1}")
        document = document if document not in documents else f"{document}-{len(documents) + 1}"
        documents[document] = context
        for n, entry in enumerate(_list(paragraph, "qas", where, mistakes)):
            found = _squad_question(entry, f"{where}.qas[{n}]", document, context, mistakes)
            if found:
                questions.append(found)
    return questions, documents, mistakes + _repeated_ids(questions)


def _repeated_ids(questions: list[Question]) -> list[Mistake]:
    seen: dict[str, int] = {}
    for q in questions:
        seen[q.id] = seen.get(q.id, 0) + 1
    return [
        Mistake(q.line, "id", f'"id" "{q.id}" stands {seen[q.id]} times.')
        for q in questions
        if seen[q.id] > 1
    ]


def _list(parent: Mapping[str, Any], name: str, where: str, mistakes: list[Mistake]) -> list[Any]:
    value = parent.get(name)
    if isinstance(value, list):
        return value
    message = f'{where}: "{name}" must be a list, found {kind(value)}.'
    mistakes.append(Mistake(parent.get(LINE, 0), name, message))
    return []


def _paragraphs(data: Any) -> Iterator[tuple[str, Any]]:
    """Every paragraph and its path in the file; a Mistake where there should be one."""
    groups = data.get("data") if isinstance(data, dict) else data
    if not isinstance(groups, list):
        line = data.get(LINE, 0) if isinstance(data, dict) else 1
        yield "", Mistake(line, "data", f'"data" must be a list, found {kind(groups)}.')
        return
    for i, group in enumerate(groups):
        where = f"data[{i}]"
        if not isinstance(group, dict):
            yield where, Mistake(0, "data", f"{where} must be an object, found {kind(group)}.")
        elif "paragraphs" not in group and "qas" in group:
            yield where, group
        elif not isinstance(group.get("paragraphs"), list):
            found = kind(group.get("paragraphs"))
            yield (
                where,
                Mistake(
                    group.get(LINE, 0), "paragraphs", f'{where}: "paragraphs" must be a list, found {found}.'
                ),
            )
        else:
            for j, paragraph in enumerate(group["paragraphs"]):
                at = f"{where}.paragraphs[{j}]"
                good = isinstance(paragraph, dict)
                message = f"{at} must be an object, found {kind(paragraph)}."
                yield at, paragraph if good else Mistake(group.get(LINE, 0), "paragraphs", message)


def _squad_question(
    entry: Any, where: str, document: str, context: str, mistakes: list[Mistake]
) -> Question | None:
    if not isinstance(entry, dict):
        mistakes.append(Mistake(0, "qas", f"{where} must be an object, found {kind(entry)}."))
        return None
    line, before = entry.get(LINE, 0), len(mistakes)
    asked, name = entry.get("question", entry.get("query_text")), entry.get("id", entry.get("query_id"))
    for key, value in (("question", asked), ("id", name)):
        if not (isinstance(value, str) and value.strip()):
            mistakes.append(Mistake(line, key, f'{where}: "{key}" must be a string, found {kind(value)}.'))
    answerable = not entry.get("is_impossible", False)
    answers = _list(entry, "answers", where, mistakes) if answerable else []
    texts = [a.get("text") if isinstance(a, dict) else a for a in answers]
    said = [text for text in texts if isinstance(text, str) and text.strip()]
    if len(said) < len(texts):
        mistakes.append(Mistake(line, "answers", f'{where}: "answers" must have a "text" each.'))
    elif answerable and not said and len(mistakes) == before:
        mistakes.append(
            Mistake(line, "answers", f'{where}: "answers" is empty and "is_impossible" is not set.')
        )
    elif said and not any(text in context for text in said):
        mistakes.append(Mistake(line, "answers", f"{where}: no answer stands in its context."))
    if len(mistakes) > before:
        return None
    return Question(
        id=str(name).strip(),
        question=str(asked).strip(),
        answerable=answerable,
        answers=tuple(dict.fromkeys(said)),
        evidence=_answer_place(answers, document, context),
        type="span" if answerable else "unanswerable",
        line=line,
    )


def _answer_place(answers: list[Any], document: str, context: str) -> tuple[Evidence, ...]:
    """The first answer that stands in its context: at its own offset where that is right."""
    for answer in answers:
        text, start = (
            (answer["text"], answer.get("answer_start")) if isinstance(answer, dict) else (answer, None)
        )
        if type(start) is int and start >= 0 and context[start : start + len(text)] == text:
            return (Evidence(document, text, start, start + len(text)),)
        if text in context:
            return (Evidence(document, text),)
    return ()


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
    mistakes += repeated([Question(q, query, line=line) for line, q, query in topics])
    if not mistakes and not found:
        mistakes.append(Mistake(0, "", "holds no topic with a relevant document."))
    if mistakes:
        raise QuestionFileError(name, mistakes)
    return QuestionSet(name, tuple(found))


def _topics(text: str) -> tuple[list[tuple[int, str, str]], list[Mistake]]:
    """(line, id, query) of every topic, and what cannot be read."""
    topics: list[tuple[int, str, str]] = []
    mistakes: list[Mistake] = []
    if text.lstrip()[:4].lower() != "<top":
        for line, row in enumerate(text.split("\n"), 1):
            name, tab, query = row.strip("\r").partition("\t")
            if tab and name.strip() and query.strip():
                topics.append((line, name.strip(), query.strip()))
            elif row.strip():
                mistakes.append(Mistake(line, "", "must be a topic number, a tab and a query."))
        return topics, mistakes
    for block in re.finditer(r"<top>(.*?)(?:</top>|(?=<top>)|\Z)", text, re.S | re.I):
        line = text.count("\n", 0, block.start()) + 1
        number = re.search(r"<num>\s*(?:Number:)?\s*([^\s<]+)", block[1], re.I)
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
    for line, row in enumerate(decode(path).split("\n"), 1):
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
