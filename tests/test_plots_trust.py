"""The pictures of section 18.5 show the numbers they are given, and tell harm from help without colour."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from clinxai_teach import plots
from clinxai_teach.trust import CoverageMonitor


@pytest.fixture
def ax():
    return Figure().subplots()


def test_each_refit_is_a_circle_the_tool_a_diamond_and_the_rule_a_line(ax):
    risks = [[0.2, 0.3, 0.5], [0.1, 0.9, 0.4]]
    drawn = plots.draw_refits(ax, ["A", "B"], risks, [0.3, 0.35], 0.2, most=0.95)
    assert [list(line.get_xdata()) for line in drawn] == risks
    assert [set(line.get_ydata()) for line in drawn] == [{0}, {1}]
    rule = ax.lines[0]
    assert (rule.get_linestyle(), rule.get_xdata()[0]) == (":", 0.2)
    diamonds = [line for line in ax.lines if line.get_marker() == "D"]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in diamonds] == [(0.3, 0), (0.35, 1)]
    assert ax.get_xlim() == (0, 0.95)


def test_the_risks_of_refits_stand_on_an_axis_of_whole_percents(ax):
    plots.draw_refits(ax, ["A"], [[0.05, 0.1]], [0.08], 0.06, most=0.2)
    ax.figure.canvas.draw()
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0%", "5%", "10%", "15%", "20%"]


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


def test_a_change_carries_its_interval_where_one_is_known(ax):
    plots.draw_changes(ax, ["good", "wrong"], [2.9, -11.3], xlabel="points", intervals=[None, (-15.5, -7.2)])
    drawn = [line for line in ax.lines if line.get_marker() == "|"]
    assert [list(line.get_xdata()) for line in drawn] == [[-15.5, -7.2]]
    assert ax.texts[1].get_position()[0] < -15.5  # the number does not lie on the interval


def test_shares_and_their_intervals(ax):
    bars = plots.draw_share_bars(ax, ["usual", "child"], [0.02, 0.4], [0.01, 0.3], [0.05, 0.5], xlabel="flagged")
    assert [bar.get_width() for bar in bars] == [0.02, 0.4]
    assert [list(line.get_xdata()) for line in ax.lines] == [[0.01, 0.05], [0.3, 0.5]]
    assert [text.get_text() for text in ax.texts] == ["2%", "40%"]


def test_a_monitor_shows_its_history_its_promise_and_its_limit():
    above, below = Figure().subplots(2)
    monitor = CoverageMonitor(0.1, window=20).update([True] * 50 + [False] * 10)
    history = monitor.history()
    lines = plots.draw_monitor(above, below, history, promised=0.9, limit=20, changed_after=50, ylabel="coverage")
    np.testing.assert_array_equal(lines[0].get_ydata(), history["rolling"])
    np.testing.assert_allclose(lines[1].get_ydata(), history["evidence"])
    assert len(above.get_legend().get_texts()) == 3  # the curve, its band and the promise
    assert len(below.texts) == 1  # the alarm; what is cut off is named where something is
    monitor.update([False] * 100)
    plots.draw_monitor(above, below, monitor.history(), promised=0.9, limit=20, ylabel="coverage")
    assert below.lines[-2].get_ydata().max() == 1e6
    assert "million" in below.texts[-1].get_text()
    assert {line.get_ydata()[0] for line in above.lines if line.get_linestyle() == "--"} == {0.9}
    assert {line.get_ydata()[0] for line in below.lines if line.get_linestyle() == "--"} == {20}
    assert all(
        {line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == ":"} == {50.5} for ax in (above, below)
    )
