"""引据 (yinju): ask Chinese documents and get the exact passage, cited to the letter.

>>> import qa
>>> kb = qa.from_texts({"a.txt": "东城经开区一期工程总投资3.2亿元，占地150亩。"})
>>> answer = kb.ask("东城经开区一期工程总投资多少？")
>>> answer.text
'3.2亿元'
>>> answer.citations[0].document
'a.txt'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .version import __version__

if TYPE_CHECKING:
    from .answer.chat import Chat
    from .answer.confidence import Calibration
    from .errors import InputError, LoadError, ModelError, QAError, StoreError
    from .evaluation.measure import evaluate
    from .evaluation.run import Evaluation
    from .knowledge import KnowledgeBase
    from .pipeline import build, from_texts, open, remove
    from .schema import (
        Answer,
        Article,
        Block,
        Changes,
        Citation,
        Clean,
        Document,
        Explanation,
        Figure,
        Hit,
        Passage,
        Skipped,
        Value,
        When,
    )

__all__ = [
    "Answer",
    "Article",
    "Block",
    "Calibration",
    "Changes",
    "Chat",
    "Citation",
    "Clean",
    "Document",
    "Evaluation",
    "Explanation",
    "Figure",
    "Hit",
    "InputError",
    "KnowledgeBase",
    "LoadError",
    "ModelError",
    "Passage",
    "QAError",
    "Skipped",
    "StoreError",
    "Value",
    "When",
    "__version__",
    "build",
    "evaluate",
    "from_texts",
    "open",
    "remove",
]

_HOMES = {
    "answer.confidence": ("Calibration",),
    "errors": ("InputError", "LoadError", "ModelError", "QAError", "StoreError"),
    "evaluation.measure": ("evaluate",),
    "evaluation.run": ("Evaluation",),
    "knowledge": ("KnowledgeBase",),
    "pipeline": ("build", "from_texts", "open", "remove"),
    "answer.chat": ("Chat",),
    "schema": (
        "Answer",
        "Article",
        "Block",
        "Changes",
        "Citation",
        "Clean",
        "Document",
        "Explanation",
        "Figure",
        "Hit",
        "Passage",
        "Skipped",
        "Value",
        "When",
    ),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for, so that `import qa` costs nothing."""
    if name not in _HOME:
        raise AttributeError(f"module 'qa' has no attribute {name!r}")
    value = getattr(import_module(f"qa.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
