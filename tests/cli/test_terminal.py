"""The terminal at hand: encodings, styles, lines of input, progress only where somebody looks."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from rich.text import Text

from qa.cli import terminal
from qa.cli.page import Page
from qa.cli.terminal import (
    argument,
    decoded,
    lines_in,
    lines_of,
    page,
    paged,
    progress,
    put,
    put_view,
    safe,
    steady,
)
from qa.errors import InputError


def _stream(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


@pytest.mark.parametrize(
    ("encoding", "after"), [("ascii", "utf-8"), ("gb18030", "gb18030"), ("utf-8", "utf-8")]
)
def test_chinese_is_printable_in_any_locale(
    encoding: str, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = _stream(encoding)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", _stream(encoding))
    steady()
    put("引据")
    assert (out.encoding, out.buffer.getvalue().decode(after)) == (after, "引据\n")  # type: ignore[attr-defined]


def test_json_is_utf_8_wherever_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    out = _stream("gb18030")
    monkeypatch.setattr(sys, "stdout", out)
    put('{"a": "引\u202e"}', as_json=True)
    assert out.buffer.getvalue().decode("utf-8") == '{"a": "引\u202e"}\n'  # type: ignore[attr-defined]


def test_a_closed_output_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(InputError, match="Standard output is closed"):
        steady()


def test_styles_pass_and_what_steers_a_terminal_does_not() -> None:
    assert safe("\x1b[1m引\x1b[0m\n\t") == "\x1b[1m引\x1b[0m\n\t"
    assert "\x1b" not in safe("\x1b]0;title\x07")


def test_where_no_terminal_is_nothing_is_styled_cut_or_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert page() == Page()
    with progress() as report:
        assert report is None
    put_view(Text("引" * 100))
    assert capsys.readouterr().out == f"{'引' * 60}\n{'引' * 40}\n"


@pytest.mark.parametrize(
    ("name", "value", "styled"), [("TERM", "xterm", True), ("TERM", "dumb", False), ("NO_COLOR", "1", False)]
)
def test_a_terminal_has_a_width_and_styles_unless_told_otherwise(
    name: str, value: str, styled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "72")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert page() == Page(72, styled)


def test_an_argument_is_utf_8_whatever_the_locale() -> None:
    assert argument("总投资") == "总投资"
    with pytest.raises(InputError, match="not valid UTF-8"):
        argument("\udcd7\udcdc")


def test_lines_come_one_by_one_and_the_bad_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes("甲\n".encode() + "乙\n".encode("gb18030"))
    with lines_of(str(path)) as lines:
        assert next(lines) == "甲\n"
        with pytest.raises(InputError, match=r"q.jsonl:2: not UTF-8 \(byte 0xd2 at 0\)"):
            next(lines)
    assert decoded("甲".encode(), "q:1") == "甲"


def test_a_line_without_an_end_is_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "LONGEST", 8)
    lines = lines_in(io.BytesIO(b"12345678\n1234567\n"), "stdin")
    with pytest.raises(InputError, match="stdin:1: the line is longer"):
        next(lines)


def test_a_pager_gets_the_text_and_less_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, told in (("less", "+3\n一\n二\n三"), ("other", "\n一\n二\n三")):
        script, out = tmp_path / name, tmp_path / f"{name}.out"
        script.write_text(f"#!/bin/sh\necho $@ > '{out}'; cat >> '{out}'\n", "utf-8")
        script.chmod(0o755)
        monkeypatch.setenv("PAGER", str(script))
        assert paged("一\n二\n三", 3) and out.read_text("utf-8") == told


@pytest.mark.parametrize("pager", ["no-such-pager", "'", "  "])
def test_a_pager_that_is_none_is_said(pager: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", pager)
    assert not paged("一", 1)


def test_a_pager_that_reads_nothing_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "true")
    assert paged("一" * 1_000_000, 1)
