"""An open index as one thing to ask, search and talk to: the public `KnowledgeBase`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from qa.answer.chat import Ask, Chat
from qa.answer.confidence import Calibration, ranker_with
from qa.answer.passages import Reads, Sources
from qa.answer.ranker import Ranker
from qa.answer.reply import answer
from qa.errors import InputError, check_text
from qa.figures.table import Bound, Figures, filtered, select, where
from qa.models.encoder import Encoder, load_encoder
from qa.models.reader import Reader, load_reader
from qa.question.turns import Sense, complete
from qa.schema import Answer, Citation, Document, Hit, Passage
from qa.search.index import check_model
from qa.search.retrieve import N_READ, rerank, search
from qa.search.scope import EVERYTHING, Day, Part, Paths, Scope, condition, part, read_scope
from qa.search.store import Store

if TYPE_CHECKING:
    from qa.evaluation.calibrate import Asked
    from qa.schema import Changes, Progress


class KnowledgeBase:
    """An open index: ask it, search it, talk to it, list its figures.

    Made by `open`, `build` or `from_texts`. The encoder is loaded at the first
    question. Use it in a `with`, or call `close`, where many are opened. `changes` says what
    `build` or `remove` did to the index, None where it was only opened.

    What is asked may be narrowed to a scope: `in_` are documents or folders (by their ids, or where
    they lie), `since` and `until` a year, a month or a day ("2019-07", both inclusive) between which
    articles are dated, `subject` what passages or their figures are of, as a part of its name. What
    lies outside is not searched, and its words, names and figures are unknown to the question. An
    article without a date lies in no range of dates. A scope that holds nothing is an InputError
    that names what there is.
    """

    def __init__(
        self,
        store: Store,
        model: str | None = None,
        changes: Changes | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        self._store, self._model, self._calibration = store, model, calibration
        self._part: tuple[Scope, Store | Part] = EVERYTHING, store
        self.changes = changes

    def __enter__(self) -> KnowledgeBase:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files of the index."""
        self._store.close()

    def __len__(self) -> int:
        """Number of passages."""
        return len(self._store)

    def ask(
        self,
        question: str,
        k: int = 3,
        min_confidence: float | None = None,
        explain: bool = False,
        *,
        in_: Paths = (),
        since: Day | None = None,
        until: Day | None = None,
        subject: str | None = None,
    ) -> Answer:
        """Answer one question with at most k citations (a computed answer cites every operand).

        `min_confidence` (0 to 1) is the least probability of being right; below it the
        status is "no_answer". None takes the index's own (see `calibrate`), or the bundled
        one. With `explain`, `Answer.explanation` says how the question was read, holds every
        candidate with its signals, and what ruled the losers out. `in_`, `since`, `until` and
        `subject` narrow what is asked (see the class). Raises InputError for an empty question or
        values out of range.
        """
        scope = read_scope(in_, since, until, subject)
        return self._ask(question, complete(question), k, min_confidence, explain, scope)

    def search(
        self,
        query: str,
        k: int = 10,
        *,
        in_: Paths = (),
        since: Day | None = None,
        until: Day | None = None,
        subject: str | None = None,
    ) -> list[Hit]:
        """The k best passages of a scope, best first: fused retrieval, the first few read and weighed again.

        Raises InputError for an empty query or a k below 1.
        """
        check_text(query, "The question")
        _check_number(k, "k")
        within = self._within(read_scope(in_, since, until, subject))
        found = search(within, self._encoder, query, k if k < 1 else max(k, N_READ))
        return rerank(query, found, self._reader.read)[:k]

    def chat(
        self,
        state: Mapping[str, Any] | None = None,
        *,
        in_: Paths = (),
        since: Day | None = None,
        until: Day | None = None,
        subject: str | None = None,
    ) -> Chat:
        """A conversation within a scope: each question is read in the light of those before it.

        `state` is what `Chat.to_json` gave of an earlier one, whose scope it brings along unless one is
        given; `Chat.within` changes it. Raises InputError where it is no such thing.
        """
        chat = Chat(self._ask, lambda: self._sources, state, self._narrowed)
        if read_scope(in_, since, until, subject) != EVERYTHING:
            chat.within(in_=in_, since=since, until=until, subject=subject)
        return chat

    def figures(
        self,
        query: str | None = None,
        *,
        subject: str | None = None,
        metric: str | None = None,
        period: str | None = None,
        unit: str | None = None,
        document: str | None = None,
        low: Bound | None = None,
        high: Bound | None = None,
        sort: str = "",
        in_: Paths = (),
        since: Day | None = None,
        until: Day | None = None,
    ) -> Figures:
        """The figures that meet every condition, as a list with `rows()` and `to_pandas()`; all without any.

        Texts match as parts, and each word of `query` somewhere in the figure. `low` and
        `high` are inclusive, numbers or with a unit ("10亿元"). `sort` names a column,
        "-number" sorts downwards. `in_`, `since` and `until` narrow what is looked through (see
        the class). Raises InputError for a bound or column it cannot read.
        """
        texts = {"query": query, "subject": subject, "metric": metric, "period": period}
        texts |= {"unit": unit, "document": document}
        for name, text in {**texts, "sort": sort}.items():
            check_text("" if text is None else text, name)
        wanted = filtered(low, high, texts)
        inside, place = condition(read_scope(in_, since, until), self._store)
        test, values = where(wanted)
        if inside != "1":
            test = f"{test} AND passage IN (SELECT id FROM passages WHERE {inside})"
        found = self._store.figures_where(test, [*values, *place])
        chosen = select(found, wanted, sort.removeprefix("-"), sort.startswith("-"))
        return Figures(chosen, self._store.located)

    def document(self, id: str) -> Document:
        """A document with its original text. Raises KeyError for an unknown id."""
        return self._store.document(id)

    def passages(self) -> Iterable[Passage]:
        """All passages, document by document."""
        return self._store.all_passages()

    def around(self, citation: Citation, n: int = 1) -> list[Passage]:
        """The passages of a citation's document, from n before the one that it begins in to n after it.

        Raises InputError where the index holds no such passage (it was changed since).
        """
        rows = self._store.rows_of(citation.document)
        if not rows:
            raise InputError(f"{citation.document} is not in this index. Ask again.")

        def start(row: int) -> int:
            return self._store.passage(row).start

        at = bisect_left(rows, citation.start, key=start)
        # Starts rise but for a caption in mid-sentence, which changes places with a neighbour.
        near = range(max(0, at - 2), min(len(rows), at + 3))
        at = min(near, key=lambda i: abs(start(rows[i]) - citation.start))
        return self._store.passages(rows[max(0, at - n) : at + n + 1])

    def figures_in(self, passages: Iterable[Passage]) -> Figures:
        """The figures of these passages, in order."""
        return Figures(self._store.figures(passages=[p.id for p in passages]))

    def calibrate(self, questions: Asked, progress: Progress | None = None) -> Calibration:
        """Fit confidence and the refusal threshold to questions with known answers, and use them from now on.

        `questions` are a file of `qa evaluate` or its records. An index folder keeps the result,
        also when it is updated. Raises QuestionFileError, and InputError for too few questions.
        """
        from qa.evaluation.calibrate import calibrate, keep

        found = calibrate(self._sources, questions, progress)
        if self._store.folder:
            keep(self._store.folder, found)
        self._calibration = found
        return found

    def info(self) -> dict[str, Any]:
        """What is inside and what made it, as plain values."""
        from qa.verify import info

        fitted = {"calibration": self._calibration.summary() if self._calibration else None}
        return info(self._store) | self._store.meta.counts | fitted

    def verify(self) -> list[str]:
        """What is damaged or has changed since the index was built, one line each; empty when all is well."""
        from qa.verify import verify

        return verify(self._store)

    @cached_property
    def _encoder(self) -> Encoder:
        encoder = load_encoder(self._model or self._store.meta.model, fetch=self._model is not None)
        check_model(self._store, encoder.name, encoder.fingerprint, encoder.dimension)
        return encoder

    def _narrowed(self, scope: Scope) -> tuple[Ask, Callable[[], Sources]]:
        """How a conversation asks within a scope. Raises InputError where that holds nothing."""
        self._within(scope)
        return partial(self._ask, scope=scope), lambda: self._sources_in(scope)

    def _within(self, scope: Scope) -> Store | Part:
        """What a scope leaves of the index; the last one asked for is kept."""
        if self._part[0] != scope:
            self._part = scope, part(scope, self._store)
        return self._part[1]

    def _ask(
        self,
        question: str,
        sense: Sense,
        k: int,
        min_confidence: float | None,
        explain: bool,
        scope: Scope = EVERYTHING,
    ) -> Answer:
        check_text(question, "The question")
        _check_number(k, "k")
        if not question.strip():
            raise InputError("The question is empty. Ask something, for example: qa ask 总投资多少？")
        if k < 1:
            raise InputError(f"k must be at least 1, not {k}.")
        sources = self._sources_in(scope)
        least = sources.rank.scale.threshold if min_confidence is None else min_confidence
        _check_number(least, "min_confidence", float)
        if not 0 <= least <= 1:
            raise InputError(f"min_confidence must lie between 0 and 1, not {least}.")
        if not explain:
            return answer(question, sense, sources, k, least)
        from qa.answer.explain import answer_explained

        return answer_explained(question, sense, sources, k, least)

    @cached_property
    def _reader(self) -> Reader:
        return load_reader()

    @property
    def _sources(self) -> Sources:
        return self._sources_in(EVERYTHING)

    def _sources_in(self, scope: Scope) -> Sources:
        return self._sources_with(self._reader.read, ranker_with(self._calibration), scope)

    def _sources_with(self, read: Reads, rank: Ranker, scope: Scope = EVERYTHING) -> Sources:
        """What answering within a scope rests on, with this reader and this ranker."""
        store, within = self._store, self._within(scope)
        return Sources(
            search=lambda query, k: search(within, self._encoder, query, k),
            document=store.document,
            figures=lambda passages: store.figures(passages=passages),
            frequency=within.frequency,
            n_passages=len(within),
            gazetteer=within.names,
            read=read,
            rank=rank,
        )


def _check_number(value: object, name: str, sort: type[float] = int) -> None:
    """Raise InputError unless a value is a number, a whole one unless `sort` is float."""
    if not isinstance(value, int | sort) or isinstance(value, bool):
        whole = "a number" if sort is float else "a whole number"
        raise InputError(f"{name} must be {whole}, found {type(value).__name__}.")
