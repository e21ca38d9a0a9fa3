"""Raised digits: a footnote's mark must not become a digit of the number it stands behind."""

from __future__ import annotations

import re

_RAISED = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_DIGITS = re.compile(r"[\d+-]+")
_NOTE = re.compile(r"\s*+[\[(（〔【［]?\s*+(\d{1,3}|[①-⑳*＊※])\s*+[\])）〕】］]?\s*+")


def raised(text: str, before: str) -> str:
    """Raised text as it is written behind `before`: m² and km³ as they are, a note's mark in brackets.

    >>> raised("2", "300m"), raised("1", "17.68"), raised("1", "投资17.68亿元")
    ('²', '[1]', '[1]')
    """
    if before[-1:].isascii() and before[-1:].isalpha() and _DIGITS.fullmatch(text):
        return text.translate(_RAISED)
    note = _NOTE.fullmatch(text)
    return f"[{note[1]}]" if note else text
