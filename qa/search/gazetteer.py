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
    """The names in an index, looked up there: `select` runs a query on its table `names`."""

    def __init__(self, select: Select) -> None:
        self._select = select

    def __getitem__(self, name: str) -> Entry:
        for kind, key in self._select("SELECT kind, key FROM names WHERE name = ?", [name]):
            return kind, key
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (name for (name,) in self._select("SELECT name FROM names ORDER BY name", []))

    def __len__(self) -> int:
        return int(self._select("SELECT count(*) FROM names", [])[0][0])

    def having(self, forms: Collection[str]) -> dict[str, Entry]:
        """Those of at most 999 forms that are names, with their entries."""
        query = f"SELECT name, kind, key FROM names WHERE name IN ({','.join('?' * len(forms))})"
        return {name: (kind, key) for name, kind, key in self._select(query, list(forms))}

    def has_key(self, key: str) -> bool:
        return bool(self._select("SELECT 1 FROM names WHERE key = ? LIMIT 1", [key]))


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
