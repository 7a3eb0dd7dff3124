"""What every explorer must do: the same picture for the same state, moved or new, in words too, and errors in words."""

import base64
import html
import importlib
import io
import pkgutil
import re

import numpy as np
import pytest
from PIL import Image

import clinxai_teach.explorers
from clinxai_teach import plots
from clinxai_teach.explorers import Choice, Explorer, Slider, Toggle, base


class Dot(Explorer):
    """The smallest explorer: a dot that moves."""

    title = "Dot"
    size = (3, 2)
    controls = (
        Slider("x", "Place (cm)", 0, 10, 1, start=2),
        Slider("y", "Height (m)", 0.0, 1.0, 0.1, start=0.5),
        Choice("shape", "Shape", ("o", "s"), start="o"),
        Toggle("shown", "Shown", start=True),
    )

    def build(self, figure):
        ax = figure.add_axes((0.1, 0.1, 0.8, 0.8), xlim=(-1, 11), ylim=(-0.1, 1.1))
        return {"dot": ax.plot([0], [0], "o")[0]}

    def update(self, artists, state):
        artists["dot"].set(data=([state["x"]], [state["y"]]), marker=state["shape"], visible=state["shown"])

    def words(self, state):
        return f"The dot lies at {state['x']} cm & {state['y']:.1f} m, shape {state['shape']}, shown {state['shown']}."


START = {"x": 2, "y": 0.5, "shape": "o", "shown": True}


pytestmark = pytest.mark.usefixtures("matplotlib_left_alone")


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)))


def line(explorer):
    """Return the text that a reader sees below the picture."""
    return html.unescape(re.fullmatch(r"<style>.*</style><div role=\"status\">(.*)</div>", explorer.face.line.value)[1])


# ---- the state -----------------------------------------------------------------------------------


def test_rendering_is_pure():
    explorer = Dot()
    other = {**START, "x": 9, "shape": "s"}
    first = explorer.render(START)
    before = plots.png_bytes(first)
    assert plots.png_bytes(explorer.render(other)) != before
    assert plots.png_bytes(explorer.render(START)) == before
    assert plots.png_bytes(first) == before  # a figure handed out earlier has not moved either
    assert plots.png_bytes(Dot().render(START)) == before


@pytest.mark.parametrize(
    ("state", "named"),
    [
        ({"x": 2, "y": 0.5, "shape": "o"}, "'shown'"),
        ({**START, "colour": 1}, "'colour'"),
        ({**START, "x": 11}, "x must be a number from 0 to 10, but got 11"),
        ({**START, "x": 2.5}, "x must be a whole number, but got 2.5"),
        ({**START, "x": True}, "x must be a number"),
        ({**START, "x": "2"}, "x must be a number"),
        ({**START, "y": float("nan")}, "y must be a number"),
        ({**START, "y": -0.1}, "y must be a number"),
        ({**START, "shape": "x"}, "shape must be one of"),
        ({**START, "shown": 1}, "shown must be True or False"),
    ],
)
def test_a_state_that_is_incomplete_unknown_or_out_of_range_is_named(state, named):
    for call in (Dot().render, Dot().describe):
        with pytest.raises(ValueError, match=named):
            call(state)


def test_numpy_values_are_taken_as_plain_ones():
    state = {"x": np.int64(2), "y": np.float32(0.5), "shape": "o", "shown": np.True_}
    assert Dot().describe(state) == Dot().describe(START)
    assert {type(value) for value in Dot().check_state(state).values()} == {int, float, str, bool}


def test_the_state_is_the_start_until_a_control_moves():
    explorer = Dot()
    assert explorer.state == START
    explorer.face.controls["x"].value = 7
    assert explorer.state == {**START, "x": 7}
    explorer.state["x"] = 0  # a copy: nothing moves
    assert explorer.state == {**START, "x": 7}


# ---- the face ------------------------------------------------------------------------------------


def package_explorers():
    """Return every explorer class of the package."""
    for module in pkgutil.iter_modules(clinxai_teach.explorers.__path__, "clinxai_teach.explorers."):
        importlib.import_module(module.name)
    waiting, found = [Explorer], []
    while waiting:
        waiting += (children := waiting.pop().__subclasses__())
        found += [child for child in children if child.__module__.startswith("clinxai_teach.")]
    return found


@pytest.mark.parametrize("kind", [Dot, *package_explorers()], ids=lambda kind: kind.__name__)
def test_every_control_moves_the_picture_and_the_words_together(kind):
    explorer = kind()
    for control in explorer.controls:
        widget = explorer.face.controls[control.name]
        assert widget.description == control.label
        seen = []
        for value in control.stops():
            widget.value = value
            state = explorer.state
            assert state[control.name] == value
            assert line(explorer) == explorer.describe(state)
            assert (pixels(explorer.face.picture.value) == pixels(plots.png_bytes(explorer.render(state)))).all()
            seen.append((explorer.face.picture.value, line(explorer)))
        pictures, lines = zip(*seen, strict=True)
        assert len(set(pictures)) == len(set(lines)) == len(seen)
        widget.value = control.start


def test_the_package_has_explorers_to_sweep():
    assert "MarkerExplorer" in [kind.__name__ for kind in package_explorers()]


def test_two_explorers_of_a_kind_do_not_disturb_each_other():
    left, right = Dot(), Dot()
    before = right.face.picture.value
    left.face.controls["x"].value = 9
    assert right.face.picture.value == before
    assert right.state == START
    right.face.controls["x"].value = 9
    assert right.face.picture.value == left.face.picture.value


def test_moves_that_arrive_during_drawing_are_dropped_but_the_last_is_drawn(monkeypatch):
    explorer, drawn = Dot(), []
    slider = explorer.face.controls["x"]

    def update(artists, state):
        drawn.append(state["x"])
        if state["x"] == 5:
            for value in (6, 7, 8):  # as if the reader kept dragging
                slider.value = value
        Dot.update(explorer, artists, state)

    monkeypatch.setattr(explorer, "update", update)
    slider.value = 5
    assert drawn == [5, 8]
    assert line(explorer) == explorer.describe({**START, "x": 8})
    assert explorer.face.picture.value == plots.png_bytes(explorer.render({**START, "x": 8}), compress_level=1)


def test_an_error_is_said_in_words_and_raised_and_the_next_move_works(monkeypatch):
    explorer = Dot()
    before = explorer.face.picture.value

    def update(artists, state):
        if state["x"] == 4:
            raise RuntimeError("no <film> here")
        Dot.update(explorer, artists, state)

    monkeypatch.setattr(explorer, "update", update)
    with pytest.raises(RuntimeError, match="no <film> here"):
        explorer.face.controls["x"].value = 4
    assert "could not be drawn" in line(explorer)
    assert "RuntimeError: no <film> here" in line(explorer)
    assert "<film>" not in explorer.face.line.value
    assert explorer.face.picture.value == before
    explorer.face.controls["x"].value = 6
    assert line(explorer) == explorer.describe({**START, "x": 6})


def test_the_picture_has_its_own_width_and_sliders_move_while_dragging():
    face = Dot().face
    assert face.picture.layout.width == "300px"
    assert face.controls["x"].continuous_update
    assert face.controls["y"].continuous_update


# ---- shown in a notebook -------------------------------------------------------------------------


def test_one_output_holds_the_widgets_and_a_picture_with_alt_text_and_words():
    explorer = Dot()
    explorer.face.controls["x"].value = 7
    data, metadata = explorer._repr_mimebundle_()
    words = explorer.describe({**START, "x": 7})
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert data["text/plain"] == words
    assert metadata == {"image/png": {"alt": words}}
    assert base64.b64decode(data["image/png"]) == plots.png_bytes(explorer.render(explorer.state))
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.face.box.model_id


def test_show_displays_that_output_in_a_notebook(monkeypatch):
    shown = []
    monkeypatch.setattr(plots, "in_notebook", lambda: True)
    monkeypatch.setattr(base, "display", lambda data, metadata, raw: shown.append((data, metadata)))
    explorer = Dot()
    explorer.show()
    assert shown == [explorer._repr_mimebundle_()]


def test_show_outside_a_notebook_says_the_words(capsys):
    Dot().show()
    assert capsys.readouterr().out == Dot().describe(START) + "\n"


def filmstrip(explorer, monkeypatch, states=None):
    shown = []
    monkeypatch.setattr(plots, "show", lambda figure, alt: shown.append((figure, alt)))
    explorer.filmstrip(states)
    ((figure, alt),) = shown
    return figure, alt


def test_a_filmstrip_shows_states_with_their_sentences(monkeypatch):
    states = [{**START, "x": x} for x in (0, 4, 8)]
    figure, alt = filmstrip(Dot(), monkeypatch, states)
    strip = pixels(plots.png_bytes(figure))
    assert strip.shape[1] == 300
    for state in states:
        assert Dot().describe(state) in alt
    captions = [text.get_text().replace("\n", " ") for part in figure.subfigs for text in part.texts]
    assert captions == [f"{number}. {Dot().describe(state)}" for number, state in enumerate(states, 1)]
    assert [float(part.axes[0].lines[0].get_xdata()[0]) for part in figure.subfigs[1::2]] == [0, 4, 8]


def test_without_states_the_filmstrip_takes_the_first_controls_ends_and_middle(monkeypatch):
    _, alt = filmstrip(Dot(), monkeypatch)
    assert [f"at {x} cm" in alt for x in (0, 5, 10)] == [True] * 3
