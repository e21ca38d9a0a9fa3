"""TREC topics and qrels: what is read, and every mistake with its line."""

from __future__ import annotations

from pathlib import Path

from question_files import places

from qa.evaluation.reading import read_questions
from qa.evaluation.trec import looks_like_trec

TOPICS = """<top>
<num> Number: 301
<title> 开发区
 投资
<desc> …
</top>
<top>
<num>302</num><title>税收</title>
</top>
"""


def test_trec_topics_and_qrels(tmp_path: Path):
    topics, qrels = tmp_path / "topics.txt", tmp_path / "qrels.txt"
    qrels.write_text("301 0 a.txt 2\n301 0 b.txt 0\n302 0 c.txt 0\n", encoding="utf-8")
    for text in (TOPICS, "301\t开发区 投资\n302\t税收\n"):
        topics.write_text(text, encoding="utf-8")
        (question,) = read_questions(topics, qrels)
        assert (question.id, question.question) == ("301", "开发区 投资")
        assert question.relevant == {"a.txt": 2, "b.txt": 0}


def test_11_trec_files(tmp_path: Path):
    topics, qrels = tmp_path / "topics.txt", tmp_path / "qrels.txt"
    assert places(topics, TOPICS) == [(0, "qrels")]
    qrels.write_text("301 0 a.txt 1\n301 0 a.txt 0\n301 a.txt 1\n301 0 b.txt x\n", encoding="utf-8")
    assert places(topics, TOPICS, qrels=qrels) == [(2, ""), (3, ""), (4, "")]
    qrels.write_text("301 0 a.txt 1\n999 0 a.txt 1\n", encoding="utf-8")
    assert places(topics, TOPICS, qrels=qrels) == [(0, "qrels")]
    bad = "<top>\n<num>301\n</top>\n<top>\n<title>税收\n</top>\n"
    assert places(topics, bad, qrels=qrels) == [(1, "title"), (4, "num")]
    assert places(topics, "301\t甲\n302 乙\n301\t丙\n", qrels=qrels) == [(2, ""), (3, "id")]


def test_topics_are_told_by_their_first_mark():
    assert [looks_like_trec(text) for text in (TOPICS, "\n <TOP>", '{"question": "<top>"}', "")] == [
        True, True, False, False,
    ]  # fmt: skip
