"""Figures as plots: bars, a line over time, and what cannot be drawn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_figures import EAST, LAND, WEST, figure

from qa.cli import plots
from qa.cli.plots import plot
from qa.errors import InputError
from qa.schema import Figure

LATIN = replace(figure("ABC", "3", "%", "3"), metric="GDP")
"""What any machine has a font for."""


@pytest.mark.parametrize(
    ("figures", "said"),
    [([], "no figures to plot"), ([EAST, LAND], "different units cannot share a plot: 亩, 元")],
)
def test_what_makes_no_plot_is_told(figures: list[Figure], said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        plot(figures, tmp_path / "x.png")


def test_bars_and_a_line_over_time_are_pictures(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    other, later = replace(LATIN, subject="DEF"), replace(LATIN, period="2022")
    for name, figures in (("bars", [LATIN, other]), ("line", [LATIN, later])):
        path = tmp_path / f"{name}.png"
        plot(figures, path)
        assert path.read_bytes().startswith(b"\x89PNG")


def test_a_file_that_cannot_be_written_and_a_missing_font_are_told(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    with pytest.raises(InputError, match="cannot be written"):
        plot([LATIN], tmp_path / "nowhere" / "x.png")
    with pytest.raises(InputError, match="No installed font"):
        plot([replace(LATIN, subject="\U000e0041"), LATIN], tmp_path / "x.png")


def test_what_is_drawn_is_what_differs_in_the_commonest_unit() -> None:
    drawn = plots._arrange([EAST, WEST])
    assert (drawn.labels, drawn.unit, drawn.title, drawn.over_time) == (
        ["东城经开区 2021年", "西城高新区"], "万元", "总投资", False,
    )  # fmt: skip
    assert drawn.values == [32000.0, 5000.0]
    series = plots._arrange([EAST, replace(EAST, period="2022年")])
    assert (series.labels, series.unit, series.title, series.over_time) == (
        ["2021年", "2022年"], "亿元", "东城经开区 总投资", True,
    )  # fmt: skip
