"""The pictures of section 18.2: signs that survive grey print, stated scales, sums, shares, and features that join."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from clinxai_teach import plots
from clinxai_teach.plots.attribution import SIGNED_COLOURS

pytestmark = pytest.mark.usefixtures("matplotlib_left_alone")

STEPS = (1, 2, 4, 8)
NAMES = ("lesion", "near marker")
LABELS = ["age 70 years", "waist 116 cm", "HDL 38 mg/dL"]


@pytest.fixture
def ax():
    return Figure(figsize=(5, 4), dpi=plots.DPI).add_axes((0.3, 0.25, 0.6, 0.6))


def luminance(colours):
    """Return how light colours `(n, 3)` look in grey print."""
    return np.asarray(colours) @ [0.299, 0.587, 0.114]


def signed(rng):
    return rng.normal(size=(8, 8))


def test_in_grey_print_the_signed_colours_only_get_lighter_and_zero_lies_in_the_middle():
    grey = luminance(SIGNED_COLOURS(np.linspace(0, 1, 101))[:, :3])
    assert (np.diff(grey) > 0).all()
    against, zero, for_it = grey[[0, 50, 100]]
    assert zero - against > 0.3
    assert for_it - zero > 0.3


def test_a_signed_map_is_centred_at_zero_and_states_scale_unit_and_lines(ax):
    values = np.array([[0.0, 2.0], [-1.0, 0.5]])
    mask = np.array([[True, False], [False, False]])
    picture = plots.SignedMap(ax, values, "Evidence", scale=2.0, unit="points", lesion=mask, marker=mask)
    picture = picture.values
    assert picture.get_clim() == (-1, 1)
    assert np.asarray(picture.get_array()).tolist() == [[0, 1], [-0.5, 0.25]]
    for part in ("light: for", "dark: against", "2 points", "dashed", "dotted"):
        assert part in ax.get_xlabel()
    assert ax.get_title() == "Evidence"


def test_a_signed_map_takes_its_largest_size_as_scale_and_says_when_it_is_zero(ax):
    picture = plots.SignedMap(ax, np.array([[-4.0, 1.0]]))
    assert np.asarray(picture.values.get_array()).tolist() == [[-1, 0.25]]
    assert "4 logits" in ax.get_xlabel()
    picture.move(np.zeros((1, 2)), "None")
    assert ax.get_xlabel() == "zero everywhere"
    assert not np.asarray(picture.values.get_array()).any()


@pytest.mark.parametrize(("needed", "total"), [(20.0, 12.5), (-31.0, -33.0), (5.0, -7.25)])
def test_the_hatched_gap_reaches_from_the_sum_to_what_is_needed(ax, needed, total):
    picture = plots.Completeness(ax, needed, total, (-40, 40))
    gap = picture.gap
    assert gap.get_x() == total
    assert gap.get_x() + gap.get_width() == pytest.approx(needed)
    assert gap.get_hatch()
    assert picture.total.get_hatch() is None
    said = " ".join(label.get_text() for label in picture.labels)
    assert f"{needed:+.1f}" in said
    assert f"sum of map: {total:+.2f}, gap {total - needed:+.2f}" in said  # the sign of convergence_delta
    assert ax.get_xlim() == (-40, 40)


def test_the_gap_curve_marks_where_we_are_and_keeps_small_and_large_gaps_on_the_axes(ax):
    picture = plots.GapCurve(ax, STEPS, [-500, 3, -0.5, 0.0], 4)
    assert list(picture.curve.get_xdata()) == list(STEPS)
    assert list(picture.curve.get_ydata()) == [100, 3, 0.5, 0.01]
    assert (list(picture.now.get_xdata()), list(picture.now.get_ydata())) == ([4], [0.5])
    low, high = ax.get_ylim()
    assert low <= 0.01 < 100 <= high


def test_shares_show_percent_beside_chance_and_say_where_there_is_no_place(ax):
    picture = plots.Shares(ax, NAMES, (0.1, 0.72), (0.04, 0.09), "Layer 5")
    assert [bar.get_width() for bar in picture.bars] == pytest.approx([10, 50])  # cut at the end of the axis
    assert [line.get_xdata()[0] for line in picture.chances] == pytest.approx([4, 9])
    assert [n.get_text() for n in picture.numbers] == ["lesion 10%, chance 4%", "near marker 72%, chance 9%"]
    picture.move(NAMES, (None, 0.05), (0.0, 0.09), "Layer 1")
    assert picture.numbers[0].get_text() == "lesion none"
    assert picture.bars[0].get_width() == 0
    assert list(picture.chances[0].get_xdata()) == []
    assert picture.title.get_text() == "Layer 1"


def test_joined_features_have_bars_with_a_sign_and_the_others_wait_in_grey(ax):
    values = [20.0, 32.5, 27.5, 31.0]
    picture = plots.Joining(ax, LABELS, values, 2, (0, 60))
    shown = [bar.get_visible() for bar in picture.bars]
    assert shown == [text.get_visible() for text in picture.steps] == [True, True, False]
    assert [text.get_text() for text in picture.steps[:2]] == ["+12.5", "-5.0"]
    assert [(bar.get_x(), bar.get_width()) for bar in picture.bars[:2]] == [(20, 12.5), (32.5, -5)]
    up, down = picture.bars[:2]
    assert not up.get_hatch()
    assert down.get_hatch()  # the sign does not hang on the colour
    assert luminance(to_rgb(up.get_facecolor())) < luminance(to_rgb(down.get_facecolor()))
    *joined, waiting = (name.get_color() for name in picture.names)
    assert joined == ["black", "black"]
    assert 0 < to_rgb(waiting)[0] <= to_rgb("#767676")[0]  # the lightest grey with a contrast of 4.5 on white
    assert picture.title.get_text() == "mean 20.0% (dotted), now 27.5%"
    assert list(picture.now.get_xdata()) == [27.5, 27.5]


def test_gains_show_range_mean_and_the_dot_of_those_that_have_joined(ax):
    picture = plots.Gains(ax, [4.0, -2.0, 1.0], [1, -5, 0], [6, -1, 2], [3.5, -2.5, 1.2], 2, 10)
    assert [list(line.get_xdata()) for line in picture.ranges] == [[1, 6], [-5, -1], [0, 2]]
    assert list(picture.means.get_xdata()) == [3.5, -2.5, 1.2]
    assert (list(picture.gains.get_xdata()), list(picture.gains.get_ydata())) == ([4.0, -2.0], [1, 2])
    assert ax.get_xlim() == (-10, 10)


def test_moving_the_artists_gives_the_same_picture_as_drawing_anew():
    def contents(seed):
        rng = np.random.default_rng(seed)
        mask = rng.random((8, 8)) > 0.7
        values = rng.uniform(0, 60, 4).tolist()
        low = rng.uniform(-5, 0, 3)
        return [
            ((signed(rng), f"Map {seed}"), {"lesion": mask, "scale": 2.0}),
            ((*rng.uniform(-9, 9, 2), (-10, 10)), {}),
            ((STEPS, rng.normal(size=4).tolist(), STEPS[seed % 4]), {}),
            ((NAMES, (rng.random(), None if seed else 0.1), (0.04, 0.09), f"Layer {seed}"), {}),
            ((LABELS[::-1] if seed else LABELS, values, seed), {}),
            ((rng.normal(size=3).tolist(), low, low + 3, low + 1, seed), {}),
            ((30 + 10 * seed, 50.5), {}),
        ]

    kinds = (
        plots.SignedMap,
        plots.Completeness,
        plots.GapCurve,
        plots.Shares,
        plots.Joining,
        plots.Gains,
        plots.LogOddsStep,
    )
    extra = {plots.Joining: ((0, 60),), plots.Gains: (10,)}  # limits that only drawing takes

    def draw(seed):
        figure = Figure(figsize=(12, 8), dpi=plots.DPI)
        axes = [figure.add_subplot(2, 4, place) for place in range(1, len(kinds) + 1)]
        pictures = [
            kind(ax, *args, *extra.get(kind, ()), **options)
            for kind, ax, (args, options) in zip(kinds, axes, contents(seed), strict=True)
        ]
        return figure, pictures

    moved, pictures = draw(0)
    for picture, (args, options) in zip(pictures, contents(2), strict=True):
        picture.move(*args, **options)
    fresh, _ = draw(2)
    assert plots.png_bytes(moved) == plots.png_bytes(fresh)
    texts = [text for text in moved.findobj(Text) if text.get_text() and text.get_visible()]
    assert min(text.get_fontsize() for text in texts) >= plots.FONT_SIZE
