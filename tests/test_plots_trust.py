"""The pictures of section 18.5 show the numbers they are given, and tell harm from help without colour."""

import pytest
from matplotlib.figure import Figure

from clinxai_teach import plots


@pytest.fixture
def ax():
    return Figure().subplots()


def test_each_refit_is_a_dot_and_both_lines_stand_where_they_must(ax):
    risks = [[0.2, 0.3, 0.5], [0.1, 0.9, 0.4]]
    drawn = plots.draw_refits(ax, ["A", "B"], risks, 0.3, 0.2)
    assert [list(line.get_xdata()) for line in drawn] == risks
    assert [set(line.get_ydata()) for line in drawn] == [{0}, {1}]
    dashed, dotted = ax.lines[:2]
    assert (dashed.get_linestyle(), dashed.get_xdata()[0]) == ("--", 0.3)
    assert (dotted.get_linestyle(), dotted.get_xdata()[0]) == (":", 0.2)


def test_what_lowers_the_output_is_hatched(ax):
    bars = plots.draw_reasons(ax, ["age", "pulse"], [1.2, -0.7], "reasons", most=2)
    assert [bar.get_width() for bar in bars] == [1.2, -0.7]
    assert [bool(bar.get_hatch()) for bar in bars] == [False, True]
    assert [text.get_text() for text in ax.texts] == ["age", "pulse"]


def test_harm_is_hatched_and_carries_its_sign(ax):
    bars = plots.draw_changes(ax, ["good", "wrong"], [2.9, -11.3], xlabel="points")
    assert [bar.get_width() for bar in bars] == [2.9, -11.3]
    assert [bool(bar.get_hatch()) for bar in bars] == [False, True]
    assert [text.get_text() for text in ax.texts] == ["+2.9", "-11.3"]
    low, high = ax.get_xlim()
    assert low < -11.3
    assert high > 2.9
