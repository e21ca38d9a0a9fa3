"""A conversation: what is talked about, how a turn is understood, arithmetic on the last answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from qa.answer.compute import Operand, alike, compute, operand
from qa.answer.passages import Read, Sources
from qa.answer.reply import cite
from qa.chinese.fold import fold
from qa.errors import InputError, check_text
from qa.interface import answer_from, answer_json
from qa.models.reader import NOTHING, headed
from qa.question.carry import Around, asking_stretch, carries, operation
from qa.question.names import link
from qa.question.query import read_query
from qa.question.turns import (
    PRONOUN,
    TURN,
    Sense,
    asks_nothing,
    behind,
    complete,
    dice,
    pairs,
    taken_apart,
    written_out,
)
from qa.schema import Answer, Hit
from qa.search.retrieve import LONGEST
from qa.search.scope import EVERYTHING, Day, Paths, Scope, read_scope

Ask = Callable[[str, Sense, int, float | None, bool], Answer]
GOES_ON = 0.5
"""Probability from which a turn is taken to go on from the question before."""


class Chat:
    """One conversation over a knowledge base; `turns` holds the answers so far.

    `topic` is the complete question that is being talked about. A refused turn leaves it as it was. One
    conversation is asked by one thread at a time (others wait); many may go on at once over one index.
    `scope` is the part of the index that it goes on in, which `within` changes.
    """

    def __init__(
        self,
        ask: Ask,
        sources: Callable[[], Sources],
        state: Mapping[str, Any] | None = None,
        narrowed: Callable[[Scope], tuple[Ask, Callable[[], Sources]]] | None = None,
    ) -> None:
        self._ask, self._sources, self._narrowed = ask, sources, narrowed
        self.scope = EVERYTHING
        self._lock = threading.RLock()
        self._how: tuple[int, float | None] = (3, None)
        self.turns: list[Answer] = []
        self._senses: list[Sense] = []
        self.topic = ""
        if state is not None:
            self._restore(state)

    def ask(
        self, question: str, k: int = 3, min_confidence: float | None = None, explain: bool = False
    ) -> Answer:
        """Answer `question`, read in the light of the turns before it; see `KnowledgeBase.ask`."""
        check_text(question, "The question")
        with self._lock:
            sense = self.understand(question)
            answer = self._answered(question, sense, k, min_confidence, explain)
            self.turns.append(answer)
            self._senses.append(sense)
            self._how = k, min_confidence
            if answer.status == "answered" or not self.topic:
                self._goes_on_to(sense)
            return answer

    def why(self) -> Answer:
        """The last answer again, with its explanation. Raises InputError before the first question."""
        if not self.turns:
            raise InputError("Nothing has been asked yet. Ask first, then why.")
        return self._answered(self.turns[-1].question, self._senses[-1], *self._how, True)

    def within(
        self,
        *,
        in_: Paths = (),
        since: Day | None = None,
        until: Day | None = None,
        subject: str | None = None,
    ) -> None:
        """Go on in this scope (see `KnowledgeBase`), in the whole index without any; turns are kept.

        Raises InputError, and stays where it is, for a scope that holds nothing.
        """
        self._go_into(read_scope(in_, since, until, subject))

    def _go_into(self, scope: Scope) -> None:
        if self._narrowed is None:
            raise InputError("This conversation knows no scope. Open it anew: kb.chat()")
        with self._lock:
            self._ask, self._sources = self._narrowed(scope)
            self.scope = scope

    def clear(self) -> None:
        """Forget all that was said."""
        with self._lock:
            self.turns, self._senses, self.topic = [], [], ""

    def understand(self, question: str) -> Sense:
        """How a question is understood after the turns so far; nothing is answered and nothing kept."""
        if not self.topic or not question.strip():
            return complete(question)
        sources = self._sources()
        asks = operation(question)
        asked = behind(question, self.topic)
        if asks and self.turns[-1].status == "no_answer" and self._senses[-1].carried:
            return Sense(asked, asked, operation=asks, carried=True)  # one of the two has no answer
        if asks and len(self._figures(sources)) < 2:
            return Sense(asked, asked, self._documents(), carried=True)
        if asks:
            return Sense(self._summed(question, sources), question, operation=asks, carried=True)
        near = self._documents()
        hits = [*sources.search(question[:LONGEST], 3), *sources.search(asked[:LONGEST], 6)]
        figures = sources.figures(list(dict.fromkeys(hit.passage.id for hit in hits)))
        subjects = {fold(s) for s in (*(f.subject for f in figures), *(h.passage.subject for h in hits))}
        names = partial(names_in, subjects=sorted(subjects - {""}), sources=sources)
        goes_on = asks_nothing(question, names)
        # 它占地多少: what opens with a pronoun goes on.
        surely = goes_on or PRONOUN.match(fold(question.strip()))
        if not surely and carries(question, around(question, hits[:3], hits[3:], near, sources)) < GOES_ON:
            return complete(question)
        recent = [name for answer in self.turns for name in names(fold(answer.resolved))]
        recent = list(dict.fromkeys(reversed(recent)))[::-1]
        resolved = written_out(question, self.topic, names, recent, figures)
        # What is swapped in a question about something known is read written out; all else behind the topic,
        # as the reader was trained (of 110 held-out written follow-ups 70 are grounded so, 65 where every
        # swap is read written out).
        swaps = goes_on and taken_apart(self.topic, names).subject
        return Sense(resolved, resolved if swaps else asked, near, carried=True)

    def to_json(self) -> dict[str, Any]:
        """The conversation as plain values, for `KnowledgeBase.chat(state)`."""
        turns = [
            {"answer": answer_json(answer), "asked": s.asked, "near": list(s.near), "operation": s.operation,
             "carried": s.carried}
            for answer, s in zip(self.turns, self._senses, strict=True)
        ]  # fmt: skip
        scope = asdict(self.scope) if self.scope != EVERYTHING else {}
        return {"conversation": 1, "topic": self.topic, "turns": turns, "scope": scope}

    def _restore(self, state: Mapping[str, Any]) -> None:
        try:
            if state["conversation"] != 1:
                raise ValueError
            self.topic = str(state["topic"])
            scope = Scope(**{name: _tuple(held) for name, held in state.get("scope", {}).items()})
            for turn in state["turns"]:
                answer = answer_from(turn["answer"])
                near = tuple(map(str, turn["near"]))
                asked, op = str(turn["asked"]), str(turn["operation"])
                self.turns.append(answer)
                self._senses.append(Sense(answer.resolved, asked, near, op, bool(turn["carried"])))
            if scope != EVERYTHING:
                self._go_into(scope)
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
            raise InputError("This is no state of a conversation. Give what chat.to_json() gave.") from None

    def _goes_on_to(self, sense: Sense) -> None:
        if not sense.operation and TURN not in sense.resolved:
            self.topic = sense.resolved

    def _documents(self) -> tuple[str, ...]:
        last = next((a for a in reversed(self.turns) if a.status == "answered"), None)
        return tuple(dict.fromkeys(c.document for c in last.citations[:1])) if last else ()

    def _answered(
        self, question: str, sense: Sense, k: int, min_confidence: float | None, explain: bool
    ) -> Answer:
        if sense.operation:
            return self._combined(question, sense, k)
        return self._ask(question, sense, k, min_confidence, explain)

    def _figures(self, sources: Sources) -> list[tuple[Answer, Operand]]:
        """The last answers that are figures of one kind, in the order of the conversation."""
        found: list[tuple[Answer, Operand]] = []
        for answer, sense in zip(reversed(self.turns), reversed(self._senses), strict=True):
            if answer.status != "answered" or sense.operation:
                continue
            figure = figure_of(answer, sources)
            if figure is None or (found and not alike(figure, found[0][1])):
                break
            found.insert(0, (answer, figure))
        return found

    def _operands(self, question: str, operation: str, sources: Sources) -> list[tuple[Answer, Operand]]:
        """What a turn reckons with: the last two, for a sum all since the last question of its own."""
        found = self._figures(sources)
        if operation != "sum" or "两" in question:
            return found[-2:]
        carried = {id(a): s.carried for a, s in zip(self.turns, self._senses, strict=True)}
        first = max((i for i, (a, _) in enumerate(found[:-1]) if not carried[id(a)]), default=0)
        return found[first:]

    def _summed(self, question: str, sources: Sources) -> str:
        """The arithmetic as a complete question: what was asked for, and what is wanted of it."""
        names = [
            _wanted(a.resolved, sources) for a, _ in self._operands(question, operation(question), sources)
        ]
        return f"{'、'.join(names[:-1])}与{names[-1]}{asking_stretch(question)}？"

    def _combined(self, question: str, sense: Sense, k: int) -> Answer:
        """The arithmetic on the last answers, each cited; refused where their units do not allow it."""
        sources = self._sources()
        found = self._operands(question, sense.operation, sources)
        base = Answer(question, sense.resolved, "no_answer", None, None, None, 0.0, ())
        operands = [figure for _, figure in found]
        turned = sense.operation == "ratio" and not fold(question).startswith("前者")
        query = read_query(question, sources.gazetteer, sources.frequency, sources.n_passages)
        computed = compute(sense.operation, operands[::-1] if turned else operands, query)
        if computed is None:
            return replace(base, note="前面的答案不能这样计算")
        places = [(o.read, ((o.start, o.end),)) for o in operands]
        note = "；".join(part for part in (computed.formula, computed.note) if part)
        return replace(
            base, status="answered", text=computed.text, value=computed.value, note=note,
            confidence=min(a.confidence for a, _ in found),
            citations=cite(places, sources, max(k, len(places))),
        )  # fmt: skip


def _tuple(held: object) -> Any:
    """What JSON made a list of."""
    return tuple(held) if isinstance(held, list) else held


def known(folded: str, sources: Sources) -> list[str]:
    """The names of a folded text: those that the corpus has, and strangers."""
    return [name.text for name in link(folded, sources.gazetteer)]


def names_in(folded: str, subjects: Sequence[str], sources: Sources) -> list[str]:
    """The names of a folded text that the corpus has, and what figures found are about, whole or begun."""
    found = known(folded, sources)
    for subject in subjects:
        begun = next((subject[:n] for n in range(len(subject), 2, -1) if subject[:n] in folded), "")
        if begun and not any(begun in name for name in found):
            found = [*(name for name in found if name not in begun), begun]
    return found


def around(
    turn: str, alone: Sequence[Hit], together: Sequence[Hit], documents: Sequence[str], sources: Sources
) -> Around:
    """What the documents say of a turn, from the passages found for it alone and behind the topic."""
    query = read_query(turn[:LONGEST], sources.gazetteer, sources.frequency, sources.n_passages)
    one, both = (
        max((h.signals.get("dense", 0.0) for h in hits[:3]), default=0.0) for hits in (alone, together)
    )
    stays = any(hit.passage.document in documents for hit in alone[:1])
    named = any(name.known for name in query.names)
    return Around(one, both, stays, len(query.unseen) / max(1, len(query.terms)), named)


def figure_of(answer: Answer, sources: Sources) -> Operand | None:
    """The figure that an answer gave, where it stands in its first citation; None where it gave none."""
    if answer.text is None or not answer.citations or answer.items:
        return None
    cited = answer.citations[0]
    for hit in sources.search(cited.quote[:LONGEST], 3):
        p = hit.passage
        if (p.document, p.start, p.end) != (cited.document, cited.start, cited.end):
            continue
        figures = tuple(sources.figures([p.id]))
        read = Read(hit, fold(headed(p)), fold(p.text), NOTHING, figures)
        same = [f for f in figures if f.value == answer.value or fold(f.text) in fold(answer.text or "")]
        marked = [f for f in same if any(a <= f.start < b for a, b in cited.marks)]
        said = pairs(answer.resolved)
        for f in sorted(marked or same, key=lambda f: -dice(pairs(f.of) | pairs(f.metric), said))[:1]:
            return operand(read, f.clean_start, f.clean_end, 1.0)
    return None


def _wanted(resolved: str, sources: Sources) -> str:
    """What a complete question asks for, without its asking words."""
    asked = taken_apart(resolved, lambda text: known(text, sources))
    return (resolved[: asked.tail] + asked.counted).rstrip("，, ")
