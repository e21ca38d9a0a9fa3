"""Binding by forests: the trees, the features they were fitted to, and what is never done."""

from __future__ import annotations

import numpy as np
from golden_figures import passage

from qa.figures.candidates import story
from qa.figures.choose import LEAST, scene_of
from qa.figures.draft import read
from qa.figures.extract import extract, extract_all
from qa.figures.forest import Forest, forests
from qa.figures.metric_candidates import METRIC, metrics
from qa.figures.period_candidates import PERIOD, periods
from qa.figures.scene import Scene, cut
from qa.figures.subject_candidates import SUBJECT, subjects

NEWS = (
    "红星资本局8月9日消息，宏达电子发布2023年第二季度财报。报告期内，公司实现营收10.93亿元，同比增长12.3%。"
    "扣除非经常性损益后的净利润2.49亿元。截至6月底，其锂离子蓄电池出口3.5万吨，占全部产品的48.6%。"
    "如果明年新厂投产，年产能可能达到9万吨。"
)


def test_a_forest_adds_the_leaves_that_a_row_falls_into() -> None:
    stump = {"feature": [[1, 0, 0]], "threshold": [[2.5, 0, 0]], "left": [[1, 1, 2]], "right": [[2, 1, 2]]}
    trees = {name: np.array(rows * 2) for name, rows in stump.items()}
    forest = Forest(**trees, value=np.array([[0, -1.0, 1.0], [0, -10.0, 10.0]]), depth=1)
    assert forest.score([(9, 2.5), (0, 2.6)]).tolist() == [-11.0, 11.0]


def test_the_bundled_forests_fit_the_features() -> None:
    text, drafts = read(passage(NEWS), NEWS)
    scene = scene_of(text, drafts)
    told = story([scene])
    widths = {"subject": len(SUBJECT), "metric": len(METRIC), "period": len(PERIOD)}
    for draft, when in zip(drafts, periods(scene, drafts), strict=True):
        held = {
            "subject": subjects(scene, draft, told),
            "metric": metrics(scene, draft, told, ""),
            "period": when,
        }
        for field, candidates in held.items():
            assert {len(c.features) for c in candidates} == {widths[field]}, field
            assert "" in [c.text for c in candidates], field
    assert sorted(forests()) == sorted(widths)
    for field, forest in forests().items():
        assert int(forest.feature.max()) < widths[field]


def test_no_word_is_cut_in_an_article() -> None:
    edges = {0} | {w.end for w in cut(NEWS.replace("，", ","))}
    for figure in extract(passage(NEWS)):
        for phrase in (figure.metric, figure.of):
            at = NEWS.find(phrase)
            assert at < 0 or (at in edges and at + len(phrase) in edges), phrase
    assert any("蓄电池出口" in f.metric for f in extract(passage(NEWS)))
    assert not any(f.metric.startswith("性损益") for f in extract(passage(NEWS)))


def test_a_phrase_that_ends_inside_a_word_cuts_it() -> None:
    scene = Scene(passage("锂离子蓄电池出口"), "", "锂离子蓄电池出口", (), (), ((0, 8),))
    assert scene.cuts_words("电池出口", 0)
    assert not scene.cuts_words("蓄电池出口", 0)
    assert not scene.cuts_words("净利润", 0)


def test_a_note_is_left_to_the_rules_and_a_passage_to_its_article() -> None:
    note = passage("东山县完成税收3亿元。净利润1亿元。")
    assert len(note.sentences) < LEAST
    assert [f.subject for f in extract(note)] == ["东山县", "东山县"]
    assert [f.quote for f in extract_all([note, note], note.text)] == ["3亿元", "1亿元"] * 2


def test_what_is_only_possible_is_no_fact() -> None:
    modes = {f.quote: f.mode for f in extract(passage(NEWS))}
    assert modes["10.93亿元"] == "actual"
    assert modes["9万吨"] == "possible"
    for said, mode in (
        ("若能收购该公司，营收将达3亿元。", "possible"),
        ("单个项目最高可给予10万元。", "possible"),
        ("到2025年，园区将汇聚企业300家；形成基金20亿元。", "planned"),
        ("完成全年目标任务的六成。", "actual"),
        ("经济衰退的可能性为50%。", "actual"),
    ):
        assert {f.mode for f in extract(passage(said))} == {mode}, said


def test_halves_stock_quotes_and_orders_are_figures_and_vague_numbers_are_none() -> None:
    found = {
        said: [(str(f.value.number), f.value.unit) for f in extract(passage(said))]
        for said in (
            "其中约有一半投资于债券。",
            "农业银行(3.460, -0.06, -1.70%)跌幅较大。",
            "它是我国第三大水电基地。",
            "数百人下落不明。",
            "除权除息日为2022年5月20日。",
        )
    }
    assert list(found.values()) == [
        [("0.5", "")],
        [("3.460", ""), ("-0.06", ""), ("-1.70", "%")],
        [("3", "位")],
        [],
        [],
    ]
