"""One version, for the package, the command and the indexes that it writes."""

from __future__ import annotations

import re

from commands import qa as command

import qa
from qa.version import __version__


def test_there_is_one_version():
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    kb = qa.from_texts({"a.txt": "总投资3亿元。"})
    assert (qa.__version__, kb.info()["created_by"]) == (__version__, f"yinju {__version__}")
    assert command("--version").stdout == f"qa {__version__}\n"
