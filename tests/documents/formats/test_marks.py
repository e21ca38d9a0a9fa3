"""A raised digit is part of a unit or the mark of a note, never a digit of a number."""

from __future__ import annotations

import pytest

from qa.documents.formats.marks import raised


@pytest.mark.parametrize(
    ("text", "before", "written"),
    [
        ("2", "300m", "²"),
        ("-1", "s", "⁻¹"),
        ("1", "17.68", "[1]"),
        ("①", "亿元", "[①]"),
        ("[2]", "元", "[2]"),
        ("th", "4", "th"),
    ],
)
def test_a_raised_text_as_it_is_written(text: str, before: str, written: str) -> None:
    assert raised(text, before) == written
