"""A conversation: each turn is read in the light of those before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from qa.chinese.fold import fold
from qa.errors import InputError, check_text
from qa.schema import Answer

TURN = "；"
"""What stands between a question and the one that goes on from it, as the reader was trained."""
_LEFT_OUT = re.compile(r"呢[?。! ]*$")
"""呢 asks again what was asked before."""


def resolve(question: str, before: str, names: Callable[[str], Iterable[str]]) -> str:
    """A turn as a complete question: behind those `before` it, unless it names what it is about itself.

    那湘乡呢 names what it is about and leaves out what is asked of it. Of what went before, the first
    question stays, and a later one that named something else. `names` gives the names in folded text.
    """

    def named(text: str) -> bool:
        return any(True for _ in names(fold(text)))

    if not before or (named(question) and not _LEFT_OUT.search(fold(question))):
        return question
    first, *later = before.split(TURN)
    about = [] if named(question) else [turn for turn in later if named(turn)]
    return TURN.join([first, *about[-1:], question])


@dataclass
class Chat:
    """One conversation over a knowledge base; `turns` holds the answers so far."""

    ask_resolved: Callable[[str, str, int, float | None, bool], Answer]
    names: Callable[[str], Iterable[str]]
    turns: list[Answer] = field(default_factory=list)
    _how: tuple[int, float | None] = field(default=(3, None), init=False, repr=False)

    def ask(
        self, question: str, k: int = 3, min_confidence: float | None = None, explain: bool = False
    ) -> Answer:
        """Answer `question`, read in the light of the turns before it; see `KnowledgeBase.ask`."""
        check_text(question, "The question")
        resolved = resolve(question, self.turns[-1].resolved if self.turns else "", self.names)
        answer = self.ask_resolved(question, resolved, k, min_confidence, explain)
        self.turns.append(answer)
        self._how = k, min_confidence
        return answer

    def why(self) -> Answer:
        """The last answer again, with its explanation. Raises InputError before the first question."""
        if not self.turns:
            raise InputError("Nothing has been asked yet. Ask first, then why.")
        last = self.turns[-1]
        return self.ask_resolved(last.question, last.resolved, *self._how, True)
