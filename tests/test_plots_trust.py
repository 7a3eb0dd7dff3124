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


def test_shares_stand_at_their_heights_with_their_intervals_and_numbers(ax):
    series = {"one": [(0.9, 0.8, 0.95), (0.2, 0.1, 0.4)], "two": [(0.5, 0.4, 0.6), (1.0, 0.9, 1.0)]}
    drawn = plots.draw_shares(ax, ["here", "there"], series, chance=0.2, xlabel="where", ylabel="share")
    for container, rows in zip(drawn, series.values(), strict=True):
        assert list(container.lines[0].get_ydata()) == [share for share, _, _ in rows]
        ends = [segment[:, 1].tolist() for segment in container.lines[2][0].get_segments()]
        assert ends == [pytest.approx([low, high]) for _, low, high in rows]
    assert [text.get_text() for text in ax.texts] == ["0.90", "0.20", "0.50", "1.00"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["here", "there"]
    assert len({container.lines[0].get_marker() for container in drawn}) == 2  # told apart without colour
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["chance", "one", "two"]
