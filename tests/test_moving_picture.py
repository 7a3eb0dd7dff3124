"""A moving picture has the pixels of a whole drawing, also where its short cuts are taken."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

from clinxai_teach import plots
from clinxai_teach.plots import moving

TEXTS = ("0.93", "Grad-CAM für Lunge", "two\nlines", "$\\frac{1}{2}$", "")


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)))


def drawing(above=10):
    """Return a figure and its moving artists: a text, a line and an axis's label, the first two above the others."""
    figure = Figure(figsize=(3, 2), dpi=plots.DPI, facecolor="white")
    ax = figure.add_axes((0.2, 0.25, 0.7, 0.6), xlim=(0, 1), ylim=(0, 1))
    text = ax.text(0.5, 0.5, "", zorder=above + 3)
    return figure, (text, ax.plot([0, 1], [0, 1], lw=3, zorder=above + 2)[0], ax.xaxis.label)


def move(artists, state):
    text, line, label = artists
    words, x, angle, colour, alpha = state
    text.set(text=words, x=x, rotation=angle, color=colour, alpha=alpha)
    line.set_ydata([x, 1 - x])
    label.set_text(words)


states = st.tuples(
    st.sampled_from(TEXTS),
    st.sampled_from([0.1, 0.5]) | st.floats(0, 1),
    st.sampled_from([0, 30]),
    st.sampled_from(["black", "orange"]),
    st.sampled_from([None, 0.5]),
)


@settings(max_examples=15, deadline=None)
@given(st.lists(states, min_size=1, max_size=6))
def test_after_any_moves_the_pixels_are_those_of_a_whole_drawing(moves):
    figure, artists = drawing()
    picture = plots.MovingPicture(figure, artists)
    for state in moves:
        move(artists, state)
        moved = picture.png()
    figure, artists = drawing()
    move(artists, moves[-1])
    assert (pixels(moved) == pixels(plots.png_bytes(figure))).all()


def test_a_text_in_a_place_where_it_was_is_not_shaped_again(monkeypatch):
    figure, artists = drawing()
    picture = plots.MovingPicture(figure, artists)
    drawn, whole = [], moving.RendererAgg.draw_text

    def count(self, gc, x, y, s, *args):
        drawn.append(s)
        whole(self, gc, x, y, s, *args)

    monkeypatch.setattr(moving.RendererAgg, "draw_text", count)
    for words in ("a", "b", "a", "a", "b"):
        move(artists, (words, 0.5, 0, "black", None))
        picture.png()
    assert drawn == ["a", "a", "b", "b"]  # the label and the text, once each


def test_not_more_than_a_thousand_texts_are_kept(monkeypatch):
    monkeypatch.setattr(moving, "MOST_TEXTS", 20)
    figure, artists = drawing()
    picture = plots.MovingPicture(figure, artists)
    for number in range(50):
        move(artists, (str(number), 0.5, 0, "black", None))
        picture.png()
        assert len(picture.renderer.kept) <= 20


def test_if_matplotlib_drew_its_letters_in_another_way_they_would_still_be_drawn(monkeypatch):
    monkeypatch.setattr(moving.Recorder, "draw_text_image", lambda self, *args: self.agg.draw_text_image(*args))
    figure, artists = drawing()
    picture = plots.MovingPicture(figure, artists)
    move(artists, ("word", 0.5, 0, "black", None))
    assert picture.png() == picture.png()
    assert (pixels(picture.png()) == pixels(plots.png_bytes(figure))).all()


def test_the_quick_png_is_a_png_of_the_same_pixels():
    figure, artists = drawing()
    picture = plots.MovingPicture(figure, artists)
    image = Image.open(io.BytesIO(picture.png()))
    image.verify()
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (300, 200))


def test_what_does_not_lie_above_the_others_differs_so_explorers_raise_what_moves():
    figure, artists = drawing(above=-10)
    picture = plots.MovingPicture(figure, artists)
    assert (pixels(picture.png()) != pixels(plots.png_bytes(figure))).any()


def test_an_artist_that_is_in_no_figure_is_refused():
    figure, (text, *_) = drawing()
    text.remove()
    with pytest.raises(ValueError, match="in no figure"):
        plots.MovingPicture(figure, [text])


def test_a_picture_tells_its_artists_and_keeps_what_else_it_must_remember_to_itself():
    class Dot(plots.Picture):
        def __init__(self, ax):
            self.dot, self.texts = ax.plot([0], [0], "o")[0], [ax.title, ax.text(0, 0, "")]
            self._highest = 0.25

    class Two(plots.Picture):
        def __init__(self, ax):
            self.inner, self.axis = Dot(ax), ax.xaxis

    two = Two(Figure().subplots())
    assert two.artists == [two.inner.dot, *two.inner.texts, two.axis]
    two.highest = 0.25
    with pytest.raises(TypeError, match=r"only artists and pictures can move.* but here is 0\.25"):
        _ = two.artists
