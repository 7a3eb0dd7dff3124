"""The pictures of section 18.4: what they show is what they were given, and a moved picture equals a new one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from clinxai_teach import plots
from clinxai_teach.plots.uncertainty import LOOKS, percent, spread
from clinxai_teach.uncertainty import EntropyDecomposition

pytestmark = pytest.mark.usefixtures("matplotlib_left_alone")


@pytest.fixture
def ax():
    return new_axes()


def new_axes():
    return Figure(figsize=(6, 4), dpi=plots.DPI).add_axes((0.25, 0.2, 0.45, 0.7))


def texts(artists):
    return [text.get_text() for text in artists]


# ---- the mean of the passes ----------------------------------------------------------------------


def running(n, seed=0):
    mean = np.random.default_rng(seed).dirichlet(np.ones(5), size=n)
    return mean, mean - 0.01, mean + 0.01


def test_lines_and_bands_hold_the_means_they_were_given(ax):
    picture = plots.RunningMean(ax, 5)
    mean, low, high = running(7)
    picture.move(mean, low, high, list("abcde"), "7 passes")
    for k in range(5):
        assert picture.lines[k].get_xdata().tolist() == list(range(1, 8))
        assert picture.lines[k].get_ydata() == pytest.approx(mean[:, k])
        corners = picture.bands[k].get_paths()[0].vertices
        assert corners[:, 1].min() == pytest.approx(low[:, k].min())
        assert corners[:, 1].max() == pytest.approx(high[:, k].max())
        assert picture.names[k].get_text() == f"{LOOKS[k][3]} {'abcde'[k]}"
    assert picture.title.get_text() == "7 passes"


def test_five_lines_are_told_apart_without_colour(ax):
    picture = plots.RunningMean(ax, 5)
    assert len({line.get_marker() for line in picture.lines}) == 5
    assert len({str(line._dash_pattern) for line in picture.lines}) == 5


def test_one_pass_is_visible_by_its_marker(ax):
    picture = plots.RunningMean(ax, 5)
    picture.move(*running(1), list("abcde"), "")
    assert [len(line.get_xdata()) for line in picture.lines] == [1] * 5
    assert all(line.get_markevery() == [-1] for line in picture.lines)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_names_beside_lines_never_lie_on_each_other_and_keep_their_order(values):
    heights = spread(values, 0.08)
    ordered = np.sort(heights)
    assert (np.diff(ordered) >= 0.08 - 1e-9).all()
    assert ordered[0] >= -1e-9
    assert ordered[-1] <= 1 + 1e-9
    for a in range(len(values)):
        for b in range(len(values)):
            if values[a] < values[b]:
                assert heights[a] < heights[b]


def test_names_that_have_room_stay_beside_their_lines():
    assert spread([0.1, 0.5, 0.9], 0.08) == pytest.approx([0.1, 0.5, 0.9])


# ---- doubt ---------------------------------------------------------------------------------------


def test_the_two_parts_of_doubt_are_stacked_and_said(ax):
    splits = [EntropyDecomposition(0.7, 0.4, 0.3), EntropyDecomposition(1.6, 1.6, 0.0)]
    picture = plots.Doubt(ax, ["film", "coin"], splits, most=1.609)
    assert [bar.get_width() for bar in picture.aleatoric] == [0.4, 1.6]
    assert [(bar.get_x(), bar.get_width()) for bar in picture.epistemic] == [(0.4, 0.3), (1.6, 0.0)]
    assert texts(picture.numbers)[0] == "total 0.700 = aleatoric 0.400 + epistemic 0.300 (striped)"
    assert picture.epistemic[0].get_hatch()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["film", "coin"]


# ---- sets ----------------------------------------------------------------------------------------


def test_a_threshold_line_stands_at_each_finite_threshold(ax):
    edges = np.linspace(0, 1, 5)
    picture = plots.Scores(ax, edges)
    picture.move([400, 0, 1, 20], [0.3, np.inf, 0.8], "three", unit="films")
    assert [line.get_xdata()[0] for line in picture.thresholds if len(line.get_xdata())] == [0.3, 0.8]
    tops = [bar.get_y() + bar.get_height() for bar in picture.bars]
    assert tops == pytest.approx([400, 0.7, 1, 20])
    assert picture.unit.get_text() == "films"


def test_empty_sets_look_like_no_others_and_unused_rows_are_blank(ax):
    picture = plots.ShareRows(ax, 4, xlabel="share", empty_first=True)
    picture.move(["empty", "1 class"], [0.004, 0.996], "sets")
    assert picture.bars[0].get_hatch()
    assert not picture.bars[1].get_hatch()
    assert texts(picture.numbers) == ["<1%", ">99%", "", ""]
    assert texts(picture.names) == ["empty", "1 class", "", ""]
    assert [bar.get_visible() for bar in picture.bars] == [True, True, False, False]


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0%"), (0.001, "<1%"), (0.5, "50%"), (0.994, "99%"), (0.999, ">99%"), (1, "100%")]
)
def test_a_few_are_not_none_and_nearly_all_are_not_all(share, said):
    assert percent(share) == said


def test_a_square_lies_below_the_promise_with_its_whole_interval(ax):
    picture = plots.Coverage(ax, 4)
    picture.move(["all", "sick", "old"], [0.9, 0.6, 0.85], [0.88, 0.5, 0.8], [0.92, 0.7, 0.9], 0.9, "x")
    assert picture.broken.get_xydata().tolist() == [[0.6, 1]]
    assert picture.kept.get_xydata().tolist() == [[0.9, 0], [0.85, 2]]  # touching the promise is not below it
    assert picture.broken.get_marker() != picture.kept.get_marker()
    ends = [segment[:, 0].tolist() for segment in picture.intervals.get_segments()]
    assert ends == [[0.88, 0.92], [0.5, 0.7], [0.8, 0.9]]
    assert texts(picture.names) == ["all", "sick", "old", ""]
    assert texts(picture.numbers) == ["0.90", "0.60", "0.85", ""]


# ---- deferral ------------------------------------------------------------------------------------


def test_dots_stand_on_their_curves_where_the_slider_is(ax):
    picture = plots.Deferral(ax)
    fractions = np.array([0, 0.25, 0.5])
    curves = {"missed": [0.8, 0.85, 0.9], "needed": [np.nan, 0.3, 0.2], "kept": [0.9, 0.95, 1.0]}
    picture.move(fractions, curves, 0.25, "25%")
    assert [dot.get_xydata()[0].tolist() for dot in picture.dots] == [[0.25, 0.85], [0.25, 0.3], [0.25, 0.95]]
    assert texts(picture.names) == ["missed: ● 0.85", "needed: ■ 0.30", "kept: ▲ 0.95"]
    assert len({str(line._dash_pattern) for line in picture.lines}) == 3


def test_a_curve_that_has_not_begun_says_none(ax):
    picture = plots.Deferral(ax, 1)
    picture.move([0, 0.5], {"needed": [np.nan, 0.4]}, 0, "0%")
    assert texts(picture.names) == ["needed: none"]


def test_each_person_is_an_upright_line_and_one_stands_out(ax):
    picture = plots.Instability(ax)
    picture.move([0.05, 0.1], [0.01, 0.06], [0.09, 0.2], (0.03, 0.02, 0.05), 0.1, "two")
    assert [segment.tolist() for segment in picture.intervals.get_segments()] == [
        [[0.05, 0.01], [0.05, 0.09]],
        [[0.1, 0.06], [0.1, 0.2]],
    ]
    assert picture.one.get_segments()[0].tolist() == [[0.03, 0.02], [0.03, 0.05]]
    assert picture.threshold.get_ydata() == [0.1, 0.1]
    assert picture.one.get_linewidth()[0] > picture.intervals.get_linewidth()[0]


def test_the_parts_of_the_ill_fill_the_bar(ax):
    picture = plots.IllParts(ax)
    picture.move(1, 2, 1, "4 adults")
    assert [(bar.get_x(), bar.get_width()) for bar in picture.bars] == [(0, 0.25), (0.25, 0.5), (0.75, 0.25)]
    assert texts(picture.texts) == ["found: 1 (25%)", "missed: 2 (50%)", "handed over: 1 (25%)"]


# ---- moved equals new ----------------------------------------------------------------------------


def moves():
    """Return for each kind of picture how it is drawn, and two moves."""
    names = list("abcde")
    fractions = np.linspace(0, 0.5, 6)
    curve = {name: np.linspace(start, 1, 6) for name, start in (("a", 0.2), ("b", 0.5), ("c", 0.8))}
    falling = {name: values[::-1] for name, values in curve.items()}
    return {
        "RunningMean": (
            lambda ax: plots.RunningMean(ax, 5),
            [(*running(30, 1), names, "30"), (*running(4, 2), names[::-1], "4")],
        ),
        "Doubt": (
            lambda ax: plots.Doubt(ax, [""], [(0, 0, 0)], most=2),
            [([(1.0, 0.5, 0.5)],), ([(0.2, 0.2, 0.0)],)],
        ),
        "Instability": (
            plots.Instability,
            [
                ([0.05, 0.1], [0.01, 0.06], [0.09, 0.2], (0.03, 0.02, 0.05), 0.1, "two"),
                ([0.07], [0.02], [0.1], (0.05, 0.01, 0.09), 0.05, "one"),
            ],
        ),
        "Scores": (
            lambda ax: plots.Scores(ax, np.linspace(0, 1, 4)),
            [([1, 20, 300], [0.2, 0.4], "two"), ([5, 0, 0], [np.inf], "none")],
        ),
        "ShareRows": (
            lambda ax: plots.ShareRows(ax, 3, xlabel="x"),
            [(list("abc"), [0.2, 0.3, 0.5], "3"), (["a"], [1.0], "1")],
        ),
        "Coverage": (
            lambda ax: plots.Coverage(ax, 2),
            [
                (["a", "b"], [0.5, 0.9], [0.4, 0.8], [0.6, 0.95], 0.9, "two"),
                (["a"], [0.7], [0.6], [0.8], 0.5, "one"),
            ],
        ),
        "Deferral": (
            plots.Deferral,
            [(fractions, curve, 0.1, "10%"), (fractions, falling, 0.5, "50%")],
        ),
        "IllParts": (
            plots.IllParts,
            [(1, 2, 3, "6"), (0, 4, 0, "4")],
        ),
    }


@pytest.mark.parametrize("kind", moves())
def test_a_moved_picture_is_the_same_as_one_drawn_anew(kind):
    draw, (first, second) = moves()[kind]
    moved, anew, other = new_axes(), new_axes(), new_axes()
    picture = draw(moved)
    picture.move(*first)
    picture.move(*second)
    draw(anew).move(*second)
    draw(other).move(*first)
    assert plots.png_bytes(moved.figure) == plots.png_bytes(anew.figure)
    assert plots.png_bytes(other.figure) != plots.png_bytes(anew.figure)


@pytest.mark.parametrize("kind", moves())
def test_text_is_at_least_12_points(kind):
    ax = new_axes()
    draw, (first, _) = moves()[kind]
    draw(ax).move(*first)
    plots.png_bytes(ax.figure)
    shown = [
        ax.title,
        ax._left_title,
        ax.xaxis.label,
        ax.yaxis.label,
        *ax.texts,
        *ax.get_xticklabels(),
        *ax.get_yticklabels(),
    ]
    assert all(text.get_fontsize() >= 12 for text in shown if text.get_text())
