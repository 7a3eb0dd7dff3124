"""The pictures: what they say, that they are the same each time, and that they leave nothing behind."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from clinxai_teach import plots
from clinxai_teach.data import make_radiographs

NAMES = ("normal", "pneumonia", "effusion")


@pytest.fixture(scope="module")
def films():
    return make_radiographs(60, seed=3, marker=True)


@pytest.fixture
def ax():
    return Figure(figsize=(4, 4), dpi=plots.DPI).add_axes((0.2, 0.3, 0.6, 0.6))


pytestmark = pytest.mark.usefixtures("matplotlib_left_alone")


def texts(figure):
    return [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]


def words(figure):
    return "\n".join(text.get_text() for text in texts(figure))


def test_a_film_says_that_it_is_synthetic_and_keeps_its_grey_values(ax, films):
    picture = plots.Film(ax, films.images[0, 0], "Film 1")
    assert "synthetic film" in words(ax.figure)
    assert "Film 1" in words(ax.figure)
    assert picture.film.get_clim() == (0, 1)
    assert picture.film.get_cmap().name == "gray"


def test_another_notice_replaces_the_synthetic_one(ax, films):
    plots.Film(ax, films.images[0, 0], notice="real film, PneumoniaMNIST")
    assert "synthetic" not in words(ax.figure)
    assert "real film, PneumoniaMNIST" in words(ax.figure)


def test_a_heatmap_states_its_scale_its_unit_and_its_lines(ax, films):
    image, heatmap = films.images[0, 0], np.zeros((128, 128))
    heatmap[10:30, 10:30] = 3.2
    plots.Heatmap(ax, image, heatmap, "Grad-CAM", marker=films.marker_masks[0], lesion=films.lesion_masks[0])
    said = words(ax.figure)
    for part in ("synthetic", "3.2 logits", "solid", "dashed", "marker", "dotted", "lesion", "Grad-CAM"):
        assert part in said
    styles = {str(line.get_linestyle()) for line in ax.collections}
    assert len(styles) == 3  # told apart without colour


def test_a_heatmap_is_transparent_where_it_is_weak_and_negative_values_are_not_shown(ax, films):
    heatmap = np.linspace(-1, 1, 128 * 128).reshape(128, 128)
    picture = plots.Heatmap(ax, films.images[0, 0], heatmap)
    alpha = picture.heat.get_alpha()
    assert (alpha[heatmap <= 0] == 0).all()
    assert (np.diff(alpha[heatmap > 0]) > 0).all()
    assert picture.heat.get_cmap().name in {"inferno", "cividis", "viridis", "magma"}


@pytest.mark.parametrize("scale", [None, 2.0])
def test_without_a_scale_of_its_own_a_heatmap_is_brightest_at_its_maximum(ax, films, scale):
    heatmap = np.zeros((128, 128))
    heatmap[5, 5] = 0.5
    picture = plots.Heatmap(ax, films.images[0, 0], heatmap, scale=scale)
    assert picture.heat.get_array().max() == pytest.approx(0.5 / (scale or 0.5))
    assert f"brightest: {scale or 0.5:.2g} logits" in words(ax.figure)


@pytest.mark.parametrize(("scale", "here", "solid"), [(0.5, False, True), (0.6, True, True), (2.0, True, False)])
def test_the_legend_of_a_shared_scale_says_what_this_map_reaches(ax, films, scale, here, solid):
    heatmap = np.zeros((128, 128))
    heatmap[5:9, 5:9] = 0.5
    picture = plots.Heatmap(ax, films.images[0, 0], heatmap, scale=scale)
    assert ("here 0.5" in words(ax.figure)) == here
    assert ("solid" in words(ax.figure)) == solid == bool(picture.half.get_segments())


def test_a_heatmap_without_positive_evidence_says_so(ax, films):
    picture = plots.Heatmap(ax, films.images[0, 0], -np.ones((128, 128)))
    assert "no positive evidence" in words(ax.figure)
    assert not picture.heat.get_alpha().any()
    assert picture.half.get_segments() == []


def test_an_outline_runs_around_its_region_and_closes_at_the_edge_of_the_picture():
    mask = np.zeros((20, 20), dtype=bool)
    mask[0:5, 12:20] = True
    (line,) = plots.outline(mask)
    assert (line[0] == line[-1]).all()
    assert line.min(axis=0).tolist() == [11.5, -0.5]
    assert line.max(axis=0).tolist() == [19.5, 4.5]
    assert plots.outline(None) == plots.outline(np.zeros((20, 20))) == []


def test_probabilities_show_their_numbers_and_name_the_true_class_in_words(ax):
    picture = plots.Probabilities(ax, [0.07, 0.9, 0.03], NAMES, 2, "The model says")
    numbers = [number.get_text() for number in picture.numbers]
    assert [number[:4] for number in numbers] == ["0.07", "0.90", "0.03"]
    assert ["truth" in number for number in numbers] == [False, False, True]
    assert [bar.get_width() for bar in picture.bars] == [0.07, 0.9, 0.03]
    assert [label.get_text() for label in ax.get_yticklabels()] == list(NAMES)
    assert ax.get_xlabel() == "probability"
    assert ax.get_xlim() == (0, 1)
    assert len({bar.get_facecolor() for bar in picture.bars}) == 1  # colour carries no meaning here
    heights = [ax.transData.transform((0, bar.get_y()))[1] for bar in picture.bars]
    assert heights == sorted(heights, reverse=True)  # the first class stands at the top


def test_moving_the_artists_gives_the_same_picture_as_drawing_anew(films):
    def draw(index):
        figure = Figure(figsize=(9, 4), dpi=plots.DPI)
        left, middle, right = figure.subplots(1, 3)
        image, heatmap = films.images[index, 0], films.images[index, 0] - 0.5
        return figure, [
            plots.Film(left, image, f"Film {index}"),
            plots.Heatmap(middle, image, heatmap, f"Map {index}", marker=films.marker_masks[index]),
            plots.Probabilities(right, [0.1 * index, 1 - 0.1 * index, 0], NAMES, index % 3, f"Says {index}"),
        ]

    moved, (film, heat, bars) = draw(4)
    image = films.images[7, 0]
    film.move(image, "Film 7")
    heat.move(image, image - 0.5, "Map 7", marker=films.marker_masks[7])
    bars.move([0.7, 1 - 0.7, 0], 1, "Says 7")
    fresh, _ = draw(7)
    assert plots.png_bytes(moved) == plots.png_bytes(fresh)


def test_a_contact_sheet_has_a_row_per_class_and_its_severities_rise(films):
    figure = plots.contact_sheet(films)
    grid = np.array(figure.axes).reshape(5, 5)
    assert [ax.get_ylabel() for ax in grid[:, 0]] == list(films.class_names)
    assert "Synthetic films" in figure.get_suptitle()
    for row in grid:
        severities = [float(ax.get_title().removeprefix("severity ")) for ax in row]
        assert severities == sorted(severities)


def test_a_contact_sheet_outlines_lesions_and_takes_fewer_rows_and_films(films):
    figure = plots.contact_sheet(films, ["nodule", "normal"], columns=3, outlines=True)
    assert len(figure.axes) == 6
    assert "dotted" in figure.get_suptitle()
    assert all(ax.collections[0].get_segments() for ax in figure.axes[:3])
    assert not any(ax.collections[0].get_segments() for ax in figure.axes[3:])  # a normal film has no lesion


def test_a_contact_sheet_leaves_places_empty_where_a_class_has_too_few_films():
    few = make_radiographs(6, seed=0)
    figure = plots.contact_sheet(few)
    assert sum(bool(ax.images) for ax in figure.axes) == 6
    plots.png_bytes(figure)


def test_no_text_is_smaller_than_twelve_points(films, ax):
    plots.Probabilities(ax, [0.2, 0.5, 0.3], NAMES, 0, "Title")
    other = ax.figure.add_axes((0.8, 0.8, 0.1, 0.1))
    plots.Heatmap(other, films.images[0, 0], films.images[0, 0], "Map", marker=films.marker_masks[0])
    sheet = plots.contact_sheet(films)
    assert min(text.get_fontsize() for figure in (ax.figure, sheet) for text in texts(figure)) >= 12


def test_the_png_is_the_same_each_time_and_carries_no_date_or_version(films):
    first, second = (plots.png_bytes(plots.contact_sheet(films)) for _ in range(2))
    assert first == second
    assert Image.open(io.BytesIO(first)).info == {}


def test_show_saves_one_picture_with_its_alt_text_and_the_words_below_it(monkeypatch):
    shown = []
    monkeypatch.setattr(plots.showing, "in_notebook", lambda: True)
    monkeypatch.setattr(
        plots.showing, "display", lambda data, metadata=None, raw=False: shown.append((data, metadata, raw))
    )
    figure, axes = plt.subplots(figsize=(3, 2))
    axes.plot([1, 2])
    plots.show(figure, "A line that rises from 1 to <2>.")

    (data, metadata, raw), (below, _, below_raw) = shown
    assert raw
    assert below_raw
    picture = Image.open(io.BytesIO(base64.b64decode(data.pop("image/png"))))
    assert picture.size == (300, 200)
    assert data == {"text/plain": "A line that rises from 1 to <2>."}
    assert metadata == {"image/png": {"alt": "A line that rises from 1 to <2>."}}
    assert "A line that rises from 1 to &lt;2&gt;." in below["text/html"]
    assert below["text/plain"] == "A line that rises from 1 to <2>."


def test_show_outside_a_notebook_prints_the_words_and_opens_the_windows(monkeypatch, capsys):
    opened = []
    monkeypatch.setattr(plt, "show", lambda: opened.append(True))
    plots.show(Figure(), "Nothing.")
    assert capsys.readouterr().out == "Nothing.\n"
    assert opened == [True]
