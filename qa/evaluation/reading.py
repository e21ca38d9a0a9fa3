"""Question files in three forms, recognised by their content, every mistake named at once.

JSON Lines (the interface's), SQuAD-style JSON (CMRC 2018, DRCD) and TREC topics with qrels; `checks`
says what is wrong.
"""

from __future__ import annotations

from pathlib import Path

from qa.evaluation.checks import (
    FIELDS,
    Mistake,
    QuestionFileError,
    check_record,
    find_repeated,
    json_object,
    question_text,
)
from qa.evaluation.questions import Evidence, Json, Question, QuestionSet
from qa.evaluation.squad import looks_like_squad, parse_squad
from qa.evaluation.trec import looks_like_trec, parse_trec


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


def parse_lines(text: str, name: str) -> QuestionSet:
    """Questions of JSON Lines text. Raises QuestionFileError with every mistake."""
    mistakes: list[Mistake] = []
    questions = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        record = json_object(line, number)
        wrong = [record] if isinstance(record, Mistake) else check_record(record, number)
        mistakes += wrong
        if not wrong and not isinstance(record, Mistake):
            questions.append(question_from(record, number))
    mistakes += find_repeated(questions)
    if not mistakes and not questions:
        mistakes.append(Mistake(0, "", "holds no question."))
    if mistakes:
        raise QuestionFileError(name, mistakes)
    return QuestionSet(name, tuple(questions))


def read_questions(path: str | Path, qrels: str | Path | None = None) -> QuestionSet:
    """Read and check a question file; its form is recognised by its content.

    `qrels` goes with TREC topics. Raises QuestionFileError naming the line and field of every mistake.
    """
    path = Path(path)
    text = question_text(path)
    if qrels is not None or looks_like_trec(text):
        return parse_trec(text, path.name, Path(qrels) if qrels is not None else None)
    return parse_squad(text, path.name) if looks_like_squad(text) else parse_lines(text, path.name)
