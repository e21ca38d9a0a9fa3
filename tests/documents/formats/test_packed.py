"""An Office file is looked at before it is opened: locked, old, damaged and far too large ones are told."""

from __future__ import annotations

import pytest
from papers import zipped

from qa.documents.formats import packed
from qa.documents.formats.packed import check
from qa.errors import LoadError

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def test_parts_are_named_and_sheets_are_handed_out() -> None:
    data = zipped(**{"xl/worksheets/sheet1.xml": b"<a/>", "docProps/app.xml": b"<b/>"})
    parts = check(data, "Excel")
    assert (parts.data, parts.names) == (data, ("xl/worksheets/sheet1.xml", "docProps/app.xml"))
    assert list(parts.sheets()) == [b"<a/>"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (OLD + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (OLD, "is an old or foreign Word file"),
        (b"PK\x03\x04 torn", "is damaged, or no Word file"),
        (b"", "is damaged, or no Word file"),
    ],
)
def test_what_cannot_be_opened_says_why(data: bytes, said: str) -> None:
    with pytest.raises(LoadError, match=said):
        check(data, "Word")


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "UNPACKED", 1_000_000)
    with pytest.raises(LoadError, match="holds 2 MB once unpacked, the limit is 1 MB"):
        check(zipped(**{"a.xml": bytes(2_000_000)}), "Word")
