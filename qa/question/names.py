"""The names in a question: those of the corpus, and strangers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from qa.chinese.names import names
from qa.chinese.tags import segment
from qa.search.gazetteer import find_names, has_key


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a question: folded text, kind, the key its forms share, and whether the corpus has it."""

    text: str
    kind: str
    key: str
    known: bool = True


def link(folded: str, gazetteer: Mapping[str, tuple[str, str]]) -> tuple[Named, ...]:
    """The names of a folded question: those of the corpus, the longest first, then strangers."""
    found: list[tuple[int, int, Named]] = []
    known = find_names(gazetteer, folded)
    for size in range(min(24, len(folded)), 1, -1):
        for at in range(len(folded) - size + 1):
            form = folded[at : at + size]
            if form in known and not any(s < at + size and at < e for s, e, _ in found):
                found.append((at, at + size, Named(form, *known[form])))
    keys = {n.key for _, _, n in found}
    for name in names(folded):
        if any(s < name.end and name.start < e for s, e, _ in found):
            continue
        heard = has_key(gazetteer, name.key) or name.key in keys
        if not heard and not unknown_words(folded[name.start : name.end]):
            continue  # 从机关选派人员去公司: common words before a suffix name nothing
        found.append((name.start, name.end, Named(folded[name.start : name.end], name.kind, name.key, heard)))
    return tuple(n for _, _, n in sorted(found, key=lambda f: (f[0], f[1])))


_RUN = re.compile(r"[一-龥]+")


def unknown_words(text: str) -> list[str]:
    """Stretches of two or more characters of folded text that are no words of the dictionary: mostly names.

    >>> unknown_words("华森电子的总投资")
    ['华森']
    """
    found: list[str] = []
    for run in _RUN.findall(text):
        open_ = False
        for word, tag in segment(run):
            unknown = tag in ("x", "nz", "ns")
            if unknown and open_ and tag == "x":
                found[-1] += word
            elif unknown:
                found.append(word)
            open_ = tag == "x"
    return [stretch for stretch in found if len(stretch) > 1]
