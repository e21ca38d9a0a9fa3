"""Characters of a page to stretches of lines, blocks in reading order, and tables without rules."""

from __future__ import annotations

from collections.abc import Iterator

from qa.documents.formats.layout import Char, Piece, loose_table, ordered, pieces, rows_of


def _chars(text: str, left: float, foot: float, size: float = 10.0) -> Iterator[Char]:
    """A text set without gaps, one em a character; a space leaves a wide gap."""
    for n, char in enumerate(text):
        at = left + n * size
        if char != " ":
            yield Char(char, at, foot, at + size, foot + size, foot, size)


def _piece(text: str, left: float, top: float) -> Piece:
    return Piece(text, left, top - 10, left + 10 * len(text), top, 10)


def test_characters_of_a_line_are_one_piece_up_to_a_wide_gap() -> None:
    found = pieces([*_chars("第二行", 0, 80), *_chars("总投资   亿元", 0, 100)])
    assert [(piece.text, piece.left) for piece in found] == [("总投资", 0), ("亿元", 60), ("第二行", 0)]


def test_a_small_raised_digit_is_written_as_such() -> None:
    (piece,) = pieces([*_chars("面积9m", 0, 100), Char("2", 40, 105, 45, 110, 105, 5)])
    assert piece.text == "面积9m²"


def test_two_columns_are_read_one_after_the_other_under_their_title() -> None:
    lines = [_piece("左边的一行文字排成一栏", 0, 100 - 15 * n) for n in range(6)]
    lines += [_piece("右边的一行文字排成一栏", 200, 100 - 15 * n) for n in range(6)]
    title = _piece("横跨两栏的大标题一行到底就是要这样长才能跨过去", 0, 130)
    texts = [row.text for block in ordered([title, *lines]) for row in block]
    assert [text[:2] for text in texts] == ["横跨", *["左边"] * 6, *["右边"] * 6]


def test_cells_that_share_columns_are_a_table_and_a_paragraph_is_none() -> None:
    cells = [("县", "税收"), ("甲县", "3"), ("乙县", "4")]
    places = [(m, n, text) for n, row in enumerate(cells) for m, text in enumerate(row)]
    found = [_piece(text, 100.0 * m, 100 - 15 * n) for m, n, text in places]
    assert loose_table(rows_of(found)) == [list(row) for row in cells]
    lines = [_piece("一段没有栏的文字", 0, 100), _piece("还有第二行的文字", 0, 85)]
    assert loose_table(rows_of(lines)) is None
