"""The names of a corpus, looked up in a text."""

from __future__ import annotations

from dataclasses import replace

from tiny import MODEL, contents

from qa.search import index
from qa.search.gazetteer import collect_names, find_names, has_key


def test_names_of_the_corpus() -> None:
    said = contents({"a.txt": "東湖經開區投資。\n該項目總投資。\n乙"})
    first, second, third = said.passages
    zone = (0, 5, "zone", "东湖|经开区")
    passages = [
        replace(first, names=(zone, (0, 1, "place", "东")), subject="东湖经开区"),
        replace(second, mentions=((0, 3, "南环路項目"),), subject="乙"),
        replace(third, subject="西区"),
    ]
    entries = {
        "东湖经开区": ("zone", "东湖|经开区"),
        "南环路项目": ("project", "南环路项目"),
        "西区": ("project", "西区"),
    }
    assert collect_names(passages) == entries
    with index.in_memory(replace(said, passages=passages), *MODEL) as store:
        assert dict(store.names) == entries
        assert len(store.names) == 3
        for names in (store.names, entries):
            assert has_key(names, "东湖|经开区") and not has_key(names, "东湖")
            both = {name: entries[name] for name in ("东湖经开区", "西区")}
            assert find_names(names, "\udc80东湖经开区和西区") == both
            assert find_names(names, "甲" * 38 + "东湖经开区" + "乙" * 50) == {"东湖经开区": zone[2:]}
            assert find_names(names, "区") == find_names(names, "") == {}
