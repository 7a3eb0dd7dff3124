"""The pictures of section 18.3 hold the numbers they are given, move to others, and fit into their axes."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from clinxai_teach import plots
from clinxai_teach.calibration import brier_decomposition, reliability_curve, smooth_calibration_curve
from clinxai_teach.calibration.scores import BrierDecomposition
from clinxai_teach.plots.calibration import counts_of_all_bins, signed

pytestmark = pytest.mark.usefixtures("matplotlib_left_alone")


@pytest.fixture
def ax():
    return Figure(figsize=(6, 4), dpi=100).add_axes((0.2, 0.2, 0.7, 0.7))


def patients(seed, n=500):
    rng = np.random.default_rng(seed)
    p = rng.beta(0.6, 1.4, n)
    return (rng.random(n) < p**1.5).astype(int), p


def pixels(figure):
    return plots.png_bytes(figure)


# ---- the reliability diagram ---------------------------------------------------------------------


def test_the_diagram_shows_each_bin_and_its_interval(ax):
    curve = reliability_curve(*patients(0))
    picture = plots.Reliability(ax, curve, "one model", event="sepsis")
    assert np.array_equal(picture.dots.get_xydata(), np.column_stack([curve.prob_pred, curve.prob_true]))
    segments = np.array(picture.intervals.get_segments())
    assert np.array_equal(segments[:, 0], np.column_stack([curve.prob_pred, curve.ci_low]))
    assert np.array_equal(segments[:, 1], np.column_stack([curve.prob_pred, curve.ci_high]))
    assert ax.get_title() == "one model"
    assert "sepsis" in ax.get_ylabel()


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_the_counts_are_those_of_all_bins_empty_ones_too(ax, strategy):
    y, p = patients(1)
    p = np.where(p > 0.6, 0.1, p)  # leaves the upper bins empty, and puts ties on an edge
    curve = reliability_curve(y, p, strategy=strategy)
    counts = counts_of_all_bins(curve)
    by_hand = [((p > low) & (p <= high)).sum() for low, high in zip(curve.edges[:-1], curve.edges[1:], strict=True)]
    by_hand[0] += (p == curve.edges[0]).sum()
    assert counts.tolist() == by_hand
    picture = plots.Counts(ax, curve)
    assert [text.get_text() for text in picture.numbers] == [str(n) for n in by_hand]
    heights = [bar.get_height() for bar in picture.bars]
    assert heights == pytest.approx(0.5 * counts / counts.max())


def test_probabilities_on_an_edge_are_counted_in_the_bin_on_its_left(ax):
    p = np.repeat([0.1, 0.3, 0.6, 0.7, 1.0], [3, 4, 5, 6, 7])  # 0.3, 0.6 and 0.7 are not exact as floats
    y = np.arange(len(p)) % 2
    assert counts_of_all_bins(reliability_curve(y, p)).tolist() == [3, 0, 4, 0, 0, 5, 6, 0, 0, 7]


# ---- moved = drawn anew --------------------------------------------------------------------------

KINDS = {
    plots.Reliability: lambda y, p: (reliability_curve(y, p), "title"),
    plots.Counts: lambda y, p: (reliability_curve(y, p),),
    plots.ECE: lambda y, p: (p.mean() / 5, (0.01, 0.01 + p.mean() / 9), "title"),
    plots.BrierParts: lambda y, p: (brier_decomposition(y, p), "title"),
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_moving_gives_the_same_picture_as_drawing(kind):
    first, second = (KINDS[kind](*patients(seed)) for seed in (2, 3))
    pictures = []
    for drawn, moved in ((first, second), (second, None)):
        figure = Figure(figsize=(6, 4), dpi=100)
        picture = kind(figure.add_axes((0.2, 0.2, 0.7, 0.7)), *drawn)
        before = pixels(figure)
        if moved is not None:
            picture.move(*moved)
            assert pixels(figure) != before
        pictures.append(pixels(figure))
    assert pictures[0] == pictures[1]


def test_the_lowest_nll_is_marked_and_the_dot_is_where_the_temperature_is(ax):
    temperatures = np.geomspace(0.25, 4, 81)
    calibration, test = (np.log(temperatures / best) ** 2 + 0.4 for best in (1.5, 1.7))
    picture = plots.NLL(ax, temperatures, (0.4, calibration.max()))
    picture.move(calibration, test, 1.5, 2.0, 0.48)
    assert np.array_equal(picture.calibration.get_ydata(), calibration)
    assert np.array_equal(picture.test.get_ydata(), test)
    assert picture.best.get_xdata() == [1.5]
    assert [*picture.dot.get_xydata()[0]] == [2.0, 0.48]
    low, high = ax.get_ylim()
    assert low < calibration.min() < picture.best.get_ydata()[0] < calibration.max() < high


# ---- an ECE beside chance ------------------------------------------------------------------------


def test_an_ece_beyond_the_axis_stays_at_its_end(ax):
    picture = plots.ECE(ax, 0.4, (0.01, 0.03), highest=0.25)
    assert picture.dot.get_xdata() == [0.25]
    assert picture.band.get_x() == 0.01
    assert picture.band.get_x() + picture.band.get_width() == pytest.approx(0.03)


# ---- the Brier score -----------------------------------------------------------------------------


def test_the_pieces_of_the_bars_meet_and_end_at_the_uncertainty_and_at_the_score(ax):
    parts = brier_decomposition(*patients(4))
    picture = plots.BrierParts(ax, parts)
    bars = picture.resolution, picture.refinement, picture.refinement_above, picture.within_bins
    resolution, refinement, above, within = (bar.get_x() + bar.get_width() for bar in bars)
    assert resolution == pytest.approx(parts.uncertainty)
    assert refinement == above == pytest.approx(parts.refinement)
    assert within == pytest.approx(parts.score)
    assert picture.reliability.get_x() == pytest.approx(parts.refinement)
    assert f"Brier {parts.score:.4f}" in picture.text_below.get_text()
    assert f"uncertainty {parts.uncertainty:.4f}" in picture.text_above.get_text()


@pytest.mark.parametrize(
    ("number", "text"), [(0.00123, "+ 0.0012"), (-0.00123, "− 0.0012"), (-0.00001, "+ 0.0000"), (0.0, "+ 0.0000")]
)
def test_a_sign_is_kept_apart_and_minus_zero_is_not_shown(number, text):
    assert signed(number) == text


# ---- groups and decisions ------------------------------------------------------------------------


def test_a_group_whose_interval_leaves_out_one_is_marked(ax):
    drawn = plots.draw_ratios(ax, ["a", "b", "c"], [1.0, 1.3, 0.8], [0.9, 1.05, 0.6], [1.1, 1.6, 0.95])
    assert [bars.lines[0].get_marker() for bars in drawn] == ["o", "s", "s"]
    assert [bars.lines[0].get_xdata()[0] for bars in drawn] == [1.0, 1.3, 0.8]
    ends = [bars.lines[2][0].get_segments()[0][:, 0].tolist() for bars in drawn]
    assert np.array(ends) == pytest.approx(np.array([[0.9, 1.1], [1.05, 1.6], [0.6, 0.95]]))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first name is on top


def ticks_in_view(ax):
    left, right = ax.get_xlim()
    return [label.get_text() for label in ax.get_xticklabels() if left <= label.get_position()[0] <= right]


def test_half_and_twice_lie_as_far_from_one(ax):
    plots.draw_ratios(ax, ["a", "b"], [0.47, 1.4], [0.33, 0.9], [0.69, 2.1])
    half, one, twice = ax.transData.transform([(0.5, 0), (1, 0), (2, 0)])[:, 0]
    assert one - half == pytest.approx(twice - one)
    assert ticks_in_view(ax) == ["0.33", "0.5", "1", "2"]


@pytest.mark.parametrize("ends", [(0.95, 1.05), (0.0, 2.0), (np.nan, np.nan)])
def test_a_narrow_an_endless_and_a_missing_interval_leave_a_readable_axis(ax, ends):
    plots.draw_ratios(ax, ["a"], [1.0], *[[end] for end in ends])
    assert ticks_in_view(ax) == ["0.5", "1", "2"]


def test_net_benefit_is_drawn_per_thousand_and_lines_differ_by_style(ax):
    thresholds = np.array([0.1, 0.2, 0.3])
    lines = plots.draw_net_benefit(ax, thresholds, {"a": [0.1, 0.05, 0], "b": [0.09, 0.04, 0]}, mark=0.1)
    assert lines["a"].get_ydata().tolist() == [100, 50, 0]
    assert lines["a"].get_linestyle() != lines["b"].get_linestyle()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]


def test_no_text_is_smaller_than_twelve_points(ax):
    figure = ax.figure
    y, p = patients(5)
    drawings = (
        lambda ax: plots.Reliability(ax, reliability_curve(y, p)),
        lambda ax: plots.Counts(ax, reliability_curve(y, p)),
        lambda ax: plots.ECE(ax, 0.1, (0.01, 0.03)),
        lambda ax: plots.BrierParts(ax, brier_decomposition(y, p)),
        lambda ax: plots.draw_ratios(ax, ["a"], [1], [0.9], [1.1]),
        lambda ax: plots.draw_net_benefit(ax, [0.1, 0.2], {"a": [0.1, 0.05]}),
        lambda ax: plots.NLL(ax, np.geomspace(0.25, 4, 9), (0, 1)),
    )
    for draw in drawings:
        figure.clear()
        ax = figure.add_axes((0.2, 0.2, 0.7, 0.7))
        draw(ax)
        shown = (ax.xaxis.label, ax.yaxis.label, *ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels())
        sizes = [text.get_fontsize() for text in shown if text.get_text()]
        assert sizes
        assert min(sizes) >= 12


# ---- smooth curves, lines, and a piece that takes away ---------------------------------------------


def test_a_smooth_curve_is_drawn_with_its_band_on_axes_with_a_diagonal(ax):
    curve = smooth_calibration_curve(*patients(4), n_bootstrap=20)
    plots.draw_perfect(ax, 0.4)
    line = plots.draw_smooth(ax, curve, name="Platt", look=2)
    assert np.array_equal(line.get_xydata(), np.column_stack([curve.prob_pred, curve.prob_true]))
    band = ax.collections[-1].get_paths()[0].vertices
    assert {curve.ci_low.min(), curve.ci_high.max()} <= set(band[:, 1])
    assert ax.get_xlim() == pytest.approx((-0.008, 0.408))
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0", "0.1", "0.2", "0.3", "0.4"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["Platt"]


def test_curves_that_look_different_differ_in_style_too(ax):
    curve = smooth_calibration_curve(*patients(4), n_bootstrap=20)
    looks = [plots.draw_smooth(ax, curve, look=look) for look in range(4)]
    assert len({line.get_linestyle() for line in looks}) == 4
    assert ax.get_legend() is None


def test_a_diagram_may_end_below_1(ax):
    plots.Reliability(ax, reliability_curve(*patients(0)), highest=0.2)
    assert ax.get_ylim()[1] == pytest.approx(0.204)


def test_lines_have_their_values_marks_and_ticks(ax):
    lines = plots.draw_lines(ax, (5, 10, 40), {"one": [1, 2, 3], "two": [3, 2, 1]}, xlabel="ill", ylabel="points")
    assert lines["two"].get_xydata().tolist() == [[5, 3], [10, 2], [40, 1]]
    assert lines["one"].get_linestyle() != lines["two"].get_linestyle()
    assert lines["one"].get_marker() != lines["two"].get_marker()
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["5", "10", "40"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("ill", "points")


@pytest.mark.parametrize("takes_away", [True, False])
def test_what_the_within_bin_terms_take_away_is_not_drawn_as_filled(ax, takes_away):
    parts = BrierDecomposition(0.02, 0.01, 0.16, *((0.001, 0.003) if takes_away else (0.003, 0.001)))
    piece = plots.BrierParts(ax, parts).within_bins
    assert piece.get_x() + piece.get_width() == pytest.approx(parts.score)
    assert piece.get_facecolor()[:3] == ((1, 1, 1) if takes_away else (0, 0, 0))
