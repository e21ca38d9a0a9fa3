"""The names of a corpus: every form, folded, with its kind and the key that long and short forms share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from qa.chinese.fold import fold
from qa.schema import Passage

Entry = tuple[str, str]
Select = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]
LONGEST = 24
"""Characters of the longest name that is looked for in a text."""
_STRIDE = 40
"""Characters looked up in one query: 920 forms, as older SQLite takes no more than 999 values."""


def collect_names(passages: Iterable[Passage]) -> dict[str, Entry]:
    """Every name in passages: kind and key as it was read, the later of two readings.

    What is only a subject, or stands behind a 该项目, is a project and its own key.
    """
    found: dict[str, Entry] = {}
    for passage in passages:
        text = fold(passage.text)
        found.update({text[start:end]: (kind, key) for start, end, kind, key in passage.names})
        for said in (passage.subject, *(name for *_, name in passage.mentions)):
            found.setdefault(fold(said), ("project", fold(said)))
    return {name: entry for name, entry in found.items() if len(name) > 1}


class Gazetteer(Mapping[str, Entry]):
    """The names in an index, looked up there: `select` runs a query on its table `names`.

    Where only a part of the index counts, `says` tells whether a name occurs in it.
    """

    def __init__(self, select: Select, says: Callable[[str], bool] | None = None) -> None:
        self._select, self._says = select, says

    def only(self, says: Callable[[str], bool]) -> Gazetteer:
        """The names of a part of the index."""
        return Gazetteer(self._select, says)

    def _where(self, test: str, values: Sequence[object] = ()) -> Iterator[tuple[str, Entry]]:
        query = f"SELECT name, kind, key FROM names WHERE {test} ORDER BY name"
        for name, kind, key in self._select(query, values):
            if self._says is None or self._says(name):
                yield name, (kind, key)

    def __getitem__(self, name: str) -> Entry:
        for _, entry in self._where("name = ?", [name]):
            return entry
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._where("1"))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def having(self, forms: Collection[str]) -> dict[str, Entry]:
        """Those of at most 999 forms that are names, with their entries."""
        return dict(self._where(f"name IN ({','.join('?' * len(forms))})", list(forms)))

    def has_key(self, key: str) -> bool:
        return any(self._where("key = ?", [key]))


def find_names(names: Mapping[str, Entry], text: str) -> dict[str, Entry]:
    """The names that are part of a folded text, overlapping ones too, with their entries.

    >>> find_names({"东湖区": ("zone", "东湖区")}, "东湖区与西湖区")
    {'东湖区': ('zone', '东湖区')}
    """
    found: dict[str, Entry] = {}
    # A lone surrogate, which a terminal can hand over, is no text to SQLite.
    text = text.encode("utf-8", "replace").decode("utf-8")
    for start in range(0, len(text), _STRIDE):
        firsts = range(start, min(start + _STRIDE, len(text)))
        forms = {text[at : at + size] for at in firsts for size in range(2, LONGEST + 1)}
        found |= names.having(forms) if isinstance(names, Gazetteer) else _having(names, forms)
    return found


def _having(names: Mapping[str, Entry], forms: Iterable[str]) -> dict[str, Entry]:
    return {form: names[form] for form in forms if form in names}


def has_key(names: Mapping[str, Entry], key: str) -> bool:
    """Whether some name of the corpus has this key."""
    if isinstance(names, Gazetteer):
        return names.has_key(key)
    return any(key == own for _, own in names.values())
