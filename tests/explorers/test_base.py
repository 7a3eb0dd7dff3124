"""What every explorer must do: the same picture for the same state, moved or new, in words too, and errors in words."""

import ast
import base64
import gc
import html
import importlib
import io
import pkgutil
import random
import re
import sys
import threading
import time
import tracemalloc
from functools import cache
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from ipywidgets import Dropdown
from ipywidgets.widgets.widget import _instances
from matplotlib.axis import XAxis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.text import Text
from PIL import Image
from torch import nn

import clinxai_teach.explorers
from clinxai_teach import plots
from clinxai_teach.explorers import (
    Button,
    Choice,
    Explorer,
    IntegratedGradientsExplorer,
    LogSlider,
    Slider,
    Toggle,
    base,
)
from clinxai_teach.forms.face import STYLE
from clinxai_teach.models import load_cxr_model
from clinxai_teach.plots.showing import rgb_picture


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
        return ax.plot([0], [0], "o")[0]

    def update(self, dot, state):
        dot.set(data=([state["x"]], [state["y"]]), marker=state["shape"], visible=state["shown"])

    def words(self, state):
        return f"The dot lies at {state['x']} cm & {state['y']:.1f} m, shape {state['shape']}, shown {state['shown']}."


class Awkward(NamedTuple):
    """Artists alone, in a list and in matplotlib's container of bars, and the axis whose limits move."""

    axis: XAxis
    line: Line2D
    texts: list
    bars: BarContainer
    picture: AxesImage


class Curve(Explorer):
    """What is awkward to draw: limits that move, texts that axes own, pictures, and things on top of each other."""

    title = "Curve"
    size = (4, 3)
    controls = (
        LogSlider("scale", "Scale (mm)", 0.25, 4, 40, start=1),
        Choice("power", "Power", tuple(range(7)), start=1),
        Toggle("long", "Long labels", start=False),
    )
    buttons = (Button("reset", "Reset"), Button("wrong", "Wrong"))

    def build(self, figure):
        left, right = figure.subplots(1, 2)
        figure.subplots_adjust(top=0.8, bottom=0.25, wspace=0.5)
        right.axhline(0.5, color="black", lw=3)
        right.grid(True)
        return Awkward(
            axis=left.xaxis,
            line=left.plot([0, 1], [0, 1])[0],
            texts=[left.title, right.xaxis.label, right.text(0.5, 0.5, ""), figure.suptitle("")],
            bars=right.bar([0.2, 0.6], [0, 0], width=0.4, color=["C1", "C2"]),
            picture=right.imshow(np.eye(4), extent=(0, 1, 0, 1), aspect="auto", zorder=0),
        )

    def update(self, artists, state):
        x = np.linspace(0, state["scale"], 20)
        artists.line.set_data(x, (x / state["scale"]) ** state["power"])
        artists.axis.axes.set_xlim(0, state["scale"])
        artists.picture.set(data=np.eye(4) * state["scale"], clim=(0, 4), alpha=np.full((4, 4), state["scale"] / 8))
        for bar, height in zip(artists.bars, (state["scale"] / 4, state["power"] / 8), strict=True):
            bar.set_height(height)
        for text in artists.texts:
            text.set_text("two\nlines" if state["long"] else f"{state['scale']:.3g}")

    def words(self, state):
        return f"Power {state['power']} up to {state['scale']:.3g} mm, long labels {state['long']}."

    def press(self, button, state):
        return {"scale": 4.0 * state["power"], "power": 0} if button == "reset" else {"scale": 1 / state["power"]}


START = {"x": 2, "y": 0.5, "shape": "o", "shown": True}


pytestmark = pytest.mark.usefixtures("matplotlib_left_alone")


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)))


def drawn(figure):
    """Return the pixels of a figure: those of its PNG, without the time that packing them takes."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(rgb_picture(canvas.get_renderer()))


def assert_drawn_as_new(explorer):
    """Fail where the picture in the notebook is not that of a new drawing of its state."""
    same = pixels(explorer.face.picture.value) == drawn(explorer.render(explorer.state))
    assert same.all(), f"{explorer.state}: does build return all that update changes?"


def line(explorer):
    """Return the text that a reader sees below the picture."""
    return html.unescape(re.fullmatch(r"<div role=\"status\">(.*)</div>", explorer.face.line.value)[1])


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
        with pytest.raises((TypeError, ValueError), match=named):
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


every_kind = pytest.mark.parametrize("kind", [Dot, Curve, *package_explorers()], ids=lambda kind: kind.__name__)
made = cache(lambda kind: kind())  # some compute for a while when they are made


@cache
def made_to_move(kind):
    """Return an explorer that moves at once: this one's networks look at a film of a sixteenth of the pixels."""
    if kind is not IntegratedGradientsExplorer:
        return made(kind)
    return kind(models={name: nn.Sequential(nn.AvgPool2d(4), load_cxr_model(name)) for name in ("clean", "shortcut")})


@every_kind
def test_every_control_moves_the_picture_and_the_words_together(kind):
    explorer = made_to_move(kind)
    for control in explorer.controls:
        widget = explorer.face.controls[control.name]
        assert widget.description == control.label
        seen = []
        for value in control.stops():
            widget.value = value
            state = explorer.state
            assert state[control.name] == value
            assert line(explorer) == explorer.describe(state)
            assert_drawn_as_new(explorer)
            seen.append((explorer.face.picture.value, line(explorer)))
        pictures, lines = zip(*seen, strict=True)
        assert len(set(pictures)) == len(set(lines)) == len(seen)
        widget.value = control.start


def move_at_random(explorer, chance):
    """Move one control of the explorer to another place: a slider to any of its steps."""
    control = chance.choice(explorer.controls)
    widget = explorer.face.controls[control.name]
    if isinstance(control, (Choice, Toggle)):
        widget.value = chance.choice(control.stops())
    elif isinstance(control, LogSlider):
        widget.value = chance.choice(control.values)
    else:
        steps = round((control.high - control.low) / control.step)
        widget.value = control.low + control.step * chance.randint(0, steps)


@every_kind
def test_the_picture_depends_on_the_state_alone_after_any_moves(kind):
    explorer, chance = made_to_move(kind), random.Random(0)
    for _ in range(10):
        move_at_random(explorer, chance)
        assert line(explorer) == explorer.describe(explorer.state)
        assert_drawn_as_new(explorer)


@pytest.mark.parametrize("kind", package_explorers(), ids=lambda kind: kind.__name__)
def test_every_text_can_be_read_where_it_stands(kind, texts_fit):
    explorer = made(kind)
    for state in [explorer.start_state(), *explorer.telling_states()]:
        figure = explorer.render(state)
        texts_fit(figure)
        sizes = [text.get_fontsize() for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
        assert min(sizes) >= plots.FONT_SIZE


def test_what_build_does_not_return_is_not_drawn_and_the_comparison_above_shows_it():
    class Forgetful(Dot):
        def update(self, dot, state):
            super().update(dot, state)
            dot.axes.set_title(f"{state['x']} cm")

    explorer = Forgetful()
    explorer.face.controls["x"].value = 9
    assert (pixels(explorer.face.picture.value) != pixels(plots.png_bytes(explorer.render(explorer.state)))).any()


@pytest.mark.parametrize("wrong", [{"scale": 2.0}, ["title"], None, (2.0,)])
def test_build_must_return_artists(wrong):
    explorer = Dot()
    explorer.build = lambda figure: wrong
    with pytest.raises(TypeError, match="only artists and pictures can move"):
        explorer.render(START)


def test_what_computes_in_an_explorers_file_does_not_draw():
    for path in Path(clinxai_teach.explorers.__file__).parent.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "# ---- drawn and touched" not in source:
            continue
        drawn = {
            alias.name
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.ImportFrom) and node.module.startswith(("clinxai_teach.plots", "matplotlib"))
            for alias in node.names
        }
        computed = source.split("# ---- drawn and touched")[0]
        used = {node.id for node in ast.walk(ast.parse(computed)) if isinstance(node, ast.Name)}
        assert drawn, path.name
        assert not used & drawn, f"{path.name}: what computes uses {used & drawn}; move it below 'drawn and touched'"


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
    drawn, new = explorer.face.picture.value, plots.png_bytes(explorer.render({**START, "x": 8}))
    assert (pixels(drawn) == pixels(new)).all()


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


def test_a_slow_move_is_announced_while_it_runs_and_only_then(monkeypatch):
    explorer, said = Dot(), []
    picture = explorer.face.picture

    def update(artists, state):
        if state["x"] == 4:
            time.sleep(base.SLOW_S + 0.1)
        if state["x"] in (4, 5):
            said.append((line(explorer), "clinxai-computing" in picture._dom_classes))
        Dot.update(explorer, artists, state)

    monkeypatch.setattr(explorer, "update", update)
    explorer.face.controls["x"].value = 4
    assert line(explorer) == explorer.describe({**START, "x": 4})
    assert "clinxai-computing" not in picture._dom_classes
    explorer.face.controls["x"].value = 5
    assert said == [("Computing …", True), (explorer.describe({**START, "x": 4}), False)]


def test_500_random_moves_leave_nothing_behind():
    explorer, chance = Dot(), random.Random(1)

    def left_over(moves):
        for _ in range(moves):
            move_at_random(explorer, chance)
        gc.collect()
        figures = [thing for thing in gc.get_objects() if type(thing) is Figure]
        memory, _ = tracemalloc.get_traced_memory()
        return (len(figures), len(_instances), threading.active_count(), plt.get_fignums()), memory

    tracemalloc.start()
    try:
        before, memory_before = left_over(50)  # fills the caches of fonts and texts
        after, memory_after = left_over(500)
    finally:
        tracemalloc.stop()
    assert after == before
    if sys.gettrace() is None:  # what measures coverage keeps notes of its own
        assert memory_after - memory_before < 100_000  # bytes: two pictures, not 500


def test_the_size_is_fixed_before_the_first_picture_and_sliders_move_while_dragging():
    face = Dot().face
    assert face.picture.layout.width == "300px"
    assert (face.picture.width, face.picture.height) == ("300", "200")
    assert face.controls["x"].continuous_update
    assert face.controls["y"].continuous_update


# ---- controls ------------------------------------------------------------------------------------


def test_a_log_slider_shows_its_value_and_not_its_logarithm():
    control = LogSlider("t", "Temperature", 0.25, 4, 40, start=1)
    widget = control.widget()
    assert widget.value == 1
    assert control.stops() == [0.25, 1, 4]
    labels, values = zip(*widget.options, strict=True)
    assert labels[::10] == ("0.25", "0.5", "1", "2", "4")
    assert [float(label) for label in labels] == list(values)
    assert np.diff(np.log(values)) == pytest.approx(np.log(16) / 40, abs=0.02)  # equal factors, but for the rounding
    assert control.check(1.37244) == 1.37244  # a picture can be had between the steps
    with pytest.raises(ValueError, match=r"t must be a number from 0.25 to 4, but got 0.2"):
        control.check(0.2)


@pytest.mark.parametrize(
    ("control", "value", "step"),
    [
        (LogSlider("t", "T", 0.25, 4, 4, start=1), 1.4, 1),
        (LogSlider("t", "T", 0.25, 4, 4, start=1), 1.45, 2),
        (LogSlider("t", "T", 0.25, 4, 4, start=1), 100, 4),
        (Slider("x", "X", 0.1, 0.9, 0.2, start=0.1), 0.61, 0.7),
        (Slider("x", "X", 0.1, 0.9, 0.2, start=0.1), 5, 0.9),
        (Slider("x", "X", 1, 9, 2, start=1), 3.9, 3),
        (Choice("x", "X", ("a", "b"), start="a"), "b", "b"),
        (Toggle("x", "X", start=False), True, True),
    ],
)
def test_a_button_moves_a_slider_to_its_nearest_step(control, value, step):
    assert control.nearest(value) == step


def test_decimal_dust_does_not_make_another_state():
    assert Slider("x", "X", 0.0, 1.0, 0.1, start=0.0).check(0.1 + 0.2) == 0.3
    assert Slider("x", "X", 0.01, 0.5, 0.005, start=0.1).stops() == [0.01, 0.255, 0.5]


@pytest.mark.parametrize(("step", "shown"), [(0.1, ".1f"), (0.005, ".3f"), (2.0, ".0f"), (1e-05, ".5f")])
def test_a_slider_shows_as_many_decimals_as_its_step(step, shown):
    assert Slider("x", "X", 0.0, 10.0, step, start=0.0).widget().readout_format == shown


def test_many_options_become_a_list():
    assert isinstance(Curve().face.controls["power"], Dropdown)
    assert not isinstance(Dot().face.controls["shape"], Dropdown)


def test_a_button_moves_several_controls_and_draws_once(monkeypatch):
    explorer, drawn = Curve(), []
    button = explorer.face.buttons["reset"]
    monkeypatch.setattr(
        explorer, "update", lambda artists, state: (drawn.append(state), Curve.update(explorer, artists, state))
    )
    button.click()
    assert drawn == [{"scale": 4, "power": 0, "long": False}] == [explorer.state]
    assert line(explorer) == explorer.describe(explorer.state)


def test_an_error_of_a_button_is_said_and_the_next_press_works():
    explorer = Curve()
    explorer.face.controls["power"].value = 0
    explorer.face.buttons["wrong"].click()  # ipywidgets logs what a button raises
    assert "ZeroDivisionError: division by zero" in line(explorer)
    explorer.face.controls["power"].value = 2
    explorer.face.buttons["wrong"].click()
    assert explorer.state["scale"] == 0.5
    assert line(explorer) == explorer.describe(explorer.state)


# ---- shown in a notebook -------------------------------------------------------------------------


@pytest.fixture
def shown(monkeypatch):
    """Return the outputs that are displayed, as pairs of data and metadata."""
    outputs = []
    monkeypatch.setattr(base, "display", lambda data, *, metadata=None, raw: outputs.append((data, metadata)))
    return outputs


def test_one_output_holds_the_widgets_and_a_picture_with_alt_text_and_words(shown):
    explorer = Dot()
    explorer.face.controls["x"].value = 7
    assert DisplayFormatter().format(explorer) == ({}, {})  # the last line of a cell: it has displayed itself
    data, metadata = shown[0]
    words = explorer.describe({**START, "x": 7})
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert data["text/plain"] == words
    assert metadata == {"image/png": {"alt": words}}
    assert base64.b64decode(data["image/png"]) == plots.png_bytes(explorer.render(explorer.state))
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.face.box.model_id


def test_a_line_below_says_what_to_do_when_nothing_moves(shown):
    Dot()._ipython_display_()
    data, _ = shown[1]
    assert data["text/plain"] in data["text/html"]
    assert "run this cell and those above it" in data["text/plain"]
    hidden = re.search(r"\.([\w-]+) \{display: none\}", STYLE)[1]
    assert f'class="{hidden}"' in data["text/html"]


def test_show_displays_the_same_in_a_notebook(shown, monkeypatch):
    monkeypatch.setattr(plots, "in_notebook", lambda: True)
    explorer = Dot()
    explorer.show()
    explorer._ipython_display_()
    assert shown[:2] == shown[2:]


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
