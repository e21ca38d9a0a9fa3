"""What holds of every format: files inside files, bombs, locks, and no crash whatever the bytes."""

from __future__ import annotations

import random
import re
import zipfile
from functools import cache
from io import BytesIO

import pytest
from documents.formats.test_sheets import indicators
from documents.formats.test_web import PAGE
from documents.formats.test_word import bulletin
from papers import long_table, mail, packed, pdf, saved, two_columns, word, workbook

from qa.documents.formats import archive, reading
from qa.documents.formats.reading import drawn


def told(name: str, data: bytes) -> list[tuple[str, str]]:
    """Path inside and text, or the reason in angle brackets."""
    return [(d.path, d.source.text if d.source else f"<{d.reason}>") for d in drawn(name, data, None)]


def test_files_inside_files_are_read_and_what_is_not_is_said() -> None:
    letter = mail("关于税收", "今年税收3.5亿元。", {"附件.csv": "区,产值\n甲,1.5\n".encode()})
    data = packed(
        {
            "报告/../../a.txt": "甲".encode(),
            "x.png": b"1",
            ".DS_Store": b"1",
            "内.zip": packed({"信.eml": letter}),
        }
    )
    assert told("all.zip", data) == [
        ("报告/a.txt", "甲"),
        ("x.png", "<is of a format that is not read.>"),
        (
            "内.zip/信.eml",
            "# 关于税收\n\n发件人：张三 <z@a.cn>\n\n"
            "日期：Fri, 05 Mar 2021 09:00:00 +0800\n\n今年税收3.5亿元。",
        ),
        ("内.zip/信.eml/附件.csv", "| 区 | 产值 |\n| --- | --- |\n| 甲 | 1.5 |"),
    ]


def test_names_in_gbk_and_names_that_come_again() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as folder:
        folder.writestr("ab.txt", "一")
        with pytest.warns(UserWarning, match="Duplicate"):
            folder.writestr("ab.txt", "二")
    data = out.getvalue().replace(b"ab.txt", "报".encode("gb18030") + b".txt")
    assert told("x.zip", data) == [("报.txt", "一"), ("报~2.txt", "二")]


def test_bombs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told("x.zip", packed({"a.txt": b"0" * 20_000_000})) == [
        ("a.txt", "<unpacks to a thousand times its size and more: not read.>")
    ]
    deep = packed({"a.txt": b"x"})
    for _ in range(4):
        deep = packed({"n.zip": deep})
    assert told("x.zip", deep) == [
        ("n.zip/n.zip/n.zip/n.zip", "<lies 4 files deep in others, the limit is 3. Unpack it.>")
    ]
    monkeypatch.setattr(archive, "UNPACKED", 100)
    assert told("x.zip", packed({"a.txt": b"ab" * 99})) == [
        ("", "<holds 0 MB once unpacked, the limit is 0 MB. Unpack it.>")
    ]
    monkeypatch.undo()
    monkeypatch.setattr(reading, "MEMBERS", 1)
    many = packed({"a.txt": b"1", "b.txt": b"2", "c.txt": b"3"})
    monkeypatch.setattr(
        reading._Room, "__init__", lambda self: (setattr(self, "size", 9), setattr(self, "members", 2))[0]
    )
    assert [path for path, _ in told("x.zip", many)] == ["a.txt", "b.txt", ""]


def test_a_size_that_lies_and_a_lock_are_said() -> None:
    data = bytearray(packed({"a.txt": b"abcd" * 50}))
    for at in (data.index(b"PK\x01\x02") + 24, 22):
        data[at : at + 4] = (9).to_bytes(4, "little")
    ((path, why),) = told("x.zip", bytes(data))
    assert path == "a.txt"
    assert why.startswith(("<unpacks to more", "<is damaged inside"))
    data = bytearray(packed({"a.txt": b"abcd"}))
    for at in (data.index(b"PK\x01\x02") + 8, 6):
        data[at] |= 1
    assert told("x.zip", bytes(data)) == [
        ("a.txt", "<is locked with a password. Unpack it with the password.>")
    ]


@cache
def samples() -> dict[str, bytes]:
    import pptx

    deck = pptx.Presentation()
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "经营情况"
    return {
        "a.pdf": pdf(two_columns(1)),
        "b.pdf": long_table(),
        "a.docx": word(bulletin),
        "a.xlsx": workbook(主要指标=indicators),
        "a.csv": "地区,产值\n甲区,1.5\n".encode("gb18030"),
        "a.pptx": saved(deck),
        "a.html": PAGE.encode("gb2312"),
        "a.mhtml": mail("x", "y", {}),
        "a.eml": mail("税收", "3.5亿元", {"a.csv": b"a,b\n1,2\n"}),
        "a.zip": packed({"a.txt": b"abc", "b.csv": b"a,b\n1,2\n"}),
    }


def inside_out(data: bytes, chance: random.Random) -> bytes:
    """An Office file with one of its parts mutated, or numbers in it made absurd, and packed whole again."""
    with zipfile.ZipFile(BytesIO(data)) as folder:
        parts = {name: folder.read(name) for name in folder.namelist()}
    name = chance.choice(sorted(parts))
    if chance.random() < 0.5:
        parts[name] = mutated(parts[name], chance)
    else:
        odd = (b"-1", b"999999999", b"", b"x", b"1.5")
        change = lambda found: b'"%s"' % chance.choice(odd) if chance.random() < 0.2 else found[0]  # noqa: E731
        parts = {key: re.sub(rb'"-?\d+"', change, part) for key, part in parts.items()}
    return packed(parts)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Bytes changed, taken out, doubled or cut off."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 3, 30))):
        at, length = chance.randrange(len(out) + 1), chance.choice((1, 4, 64))
        kind = chance.randrange(4)
        if kind == 0:
            out[at : at + length] = chance.randbytes(length)
        elif kind == 1:
            del out[at : at + length]
        elif kind == 2:
            out[at:at] = out[at : at + length]
        elif len(out) > 9:
            del out[max(at, 9) :]
    return bytes(out)


@pytest.mark.parametrize(
    "name", ["a.pdf", "b.pdf", "a.docx", "a.xlsx", "a.csv", "a.pptx", "a.html", "a.mhtml", "a.eml", "a.zip"]
)
def test_no_bytes_bring_a_reader_down(name: str) -> None:
    chance = random.Random(name)
    for _ in range(12):
        change = inside_out if name.endswith(("x", "p")) and chance.random() < 0.8 else mutated
        for held in drawn(name, change(samples()[name], chance), None):
            assert "\n" not in held.reason
            assert (held.source is None) == bool(held.reason)
            if held.source:
                starts = [*held.source.pages], [at for at, _ in held.source.places]
                assert all(list(at) == sorted(at) for at in starts)
                assert all(0 <= at <= len(held.source.text) for one in starts for at in one)


def test_any_bytes_under_any_name() -> None:
    for name in samples():
        for data in (b"\0", b"PK\x03\x04", b"<", b"\xff" * 99, "甲".encode()):
            assert all("\n" not in held.reason for held in drawn(name, data, None))
