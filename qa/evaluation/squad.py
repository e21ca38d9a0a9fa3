"""SQuAD-style JSON as questions: CMRC 2018, DRCD, and what else has paragraphs with `qas`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from json import scanner
from json.decoder import JSONObject  # type: ignore[attr-defined]
from typing import Any

from qa.evaluation.checks import Mistake, QuestionFileError, json_kind
from qa.evaluation.questions import Evidence, Question, QuestionSet

LINE = "\0line"
"""The key under which `_with_lines` keeps the line on which an object begins."""


def looks_like_squad(text: str) -> bool:
    """One JSON value (a list, or an object with `data`), not one object a line."""
    text = text.lstrip()
    if text[:1] not in ("[", "{"):
        return False
    first = text.split("\n", 1)[0]
    try:
        record = json.loads(first)
    except (ValueError, RecursionError):
        opens = first.strip() == "{" or re.match(r'\{\s*"(version|data)"', first)
        return text[0] == "[" or bool(opens)
    return isinstance(record, list) or ("data" in record and "question" not in record)


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
    except (ValueError, RecursionError) as error:
        raise QuestionFileError(name, [Mistake(0, "", "is beyond what JSON is read for.")]) from error
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
                Mistake(line, "context", f'{where}: "context" must be a string, found {json_kind(context)}.')
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
    message = f'{where}: "{name}" must be a list, found {json_kind(value)}.'
    mistakes.append(Mistake(parent.get(LINE, 0), name, message))
    return []


def _paragraphs(data: Any) -> Iterator[tuple[str, Any]]:
    """Every paragraph and its path in the file; a Mistake where there should be one."""
    groups = data.get("data") if isinstance(data, dict) else data
    if not isinstance(groups, list):
        line = data.get(LINE, 0) if isinstance(data, dict) else 1
        yield "", Mistake(line, "data", f'"data" must be a list, found {json_kind(groups)}.')
        return
    for i, group in enumerate(groups):
        where = f"data[{i}]"
        if not isinstance(group, dict):
            yield where, Mistake(0, "data", f"{where} must be an object, found {json_kind(group)}.")
        elif "paragraphs" not in group and "qas" in group:
            yield where, group
        elif not isinstance(group.get("paragraphs"), list):
            found = json_kind(group.get("paragraphs"))
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
                message = f"{at} must be an object, found {json_kind(paragraph)}."
                yield at, paragraph if good else Mistake(group.get(LINE, 0), "paragraphs", message)


def _squad_question(
    entry: Any, where: str, document: str, context: str, mistakes: list[Mistake]
) -> Question | None:
    """The question of one entry of `qas`; None where there is a mistake, which is added to `mistakes`."""
    if not isinstance(entry, dict):
        mistakes.append(Mistake(0, "qas", f"{where} must be an object, found {json_kind(entry)}."))
        return None
    line, before = entry.get(LINE, 0), len(mistakes)
    asked, name = entry.get("question", entry.get("query_text")), entry.get("id", entry.get("query_id"))
    for key, value in (("question", asked), ("id", name)):
        if not (isinstance(value, str) and value.strip()):
            message = f'{where}: "{key}" must be a string, found {json_kind(value)}.'
            mistakes.append(Mistake(line, key, message))
    answerable = not entry.get("is_impossible", False)
    answers = _list(entry, "answers", where, mistakes) if answerable else []
    if len(mistakes) == before and answerable and (message := _wrong_answers(answers, context)):
        mistakes.append(Mistake(line, "answers", f"{where}: {message}"))
    if len(mistakes) > before:
        return None
    return Question(
        id=str(name).strip(),
        question=str(asked).strip(),
        answerable=answerable,
        answers=tuple(dict.fromkeys(_texts(answers))),
        evidence=_answer_place(answers, document, context),
        type="span" if answerable else "unanswerable",
        line=line,
    )


def _texts(answers: list[Any]) -> list[str]:
    """The wordings of the answers that have one."""
    texts = [answer.get("text") if isinstance(answer, dict) else answer for answer in answers]
    return [text for text in texts if isinstance(text, str) and text.strip()]


def _wrong_answers(answers: list[Any], context: str) -> str:
    """What is wrong with the answers of a question that has some, "" where all is well."""
    texts = _texts(answers)
    if len(texts) < len(answers):
        return '"answers" must have a "text" each.'
    if not texts:
        return '"answers" is empty and "is_impossible" is not set.'
    return "" if any(text in context for text in texts) else "no answer stands in its context."


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
