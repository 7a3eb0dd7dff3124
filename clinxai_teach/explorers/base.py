"""What all explorers share: a picture that depends on a few controls, the same in words, and its face in a notebook.

A new explorer is a subclass of `Explorer` that lists its `controls` and says three things: how the picture is built
once (`build`), how its artists move to a state (`update`), and how a sentence tells the state (`words`).
"""

import html
import numbers
import textwrap
from dataclasses import dataclass

import numpy as np
from IPython.display import display
from matplotlib.figure import Figure

from clinxai_teach import plots
from clinxai_teach._validate import one_of

# ---- controls ------------------------------------------------------------------------------------
# Each control knows its name in the state, its label (with the unit), the values it allows and where it starts.
# `stops` are the values a test or a filmstrip tries; `widget` makes its face.


@dataclass(frozen=True)
class Slider:
    """A number from `low` to `high`: a whole number if `low`, `high` and `step` are."""

    name: str
    label: str
    low: float
    high: float
    step: float
    start: float

    @property
    def whole(self):
        return all(isinstance(number, int) for number in (self.low, self.high, self.step))

    def check(self, value):
        """Return the value as an int or float; ValueError if it is no such number or out of range."""
        if not isinstance(value, numbers.Real) or isinstance(value, bool) or not self.low <= value <= self.high:
            raise ValueError(f"{self.name} must be a number from {self.low} to {self.high}, but got {value!r}.")
        if self.whole and value != int(value):
            raise ValueError(f"{self.name} must be a whole number, but got {value!r}.")
        return int(value) if self.whole else float(value)

    def stops(self):
        steps = round((self.high - self.low) / self.step)
        middle = self.low + self.step * (steps // 2)
        return [self.low, middle, self.high]

    def widget(self):
        import ipywidgets as widgets

        kind = widgets.IntSlider if self.whole else widgets.FloatSlider
        return kind(
            value=self.start,
            min=self.low,
            max=self.high,
            step=self.step,
            description=self.label,
            style={"description_width": "initial"},
            layout={"width": "320px"},
        )


@dataclass(frozen=True)
class Choice:
    """One of a few `options`."""

    name: str
    label: str
    options: tuple
    start: object

    def check(self, value):
        """Return the value; ValueError if it is not one of the options."""
        return one_of(self.name, value, self.options)

    def stops(self):
        return list(self.options)

    def widget(self):
        import ipywidgets as widgets

        return widgets.RadioButtons(
            options=self.options,
            value=self.start,
            description=self.label,
            orientation="horizontal",
            style={"description_width": "initial"},
            layout={"width": "max-content"},
        )


@dataclass(frozen=True)
class Toggle:
    """On (True) or off (False)."""

    name: str
    label: str
    start: bool

    def check(self, value):
        """Return the value as a bool; ValueError for anything else."""
        if not isinstance(value, (bool, np.bool_)):
            raise ValueError(f"{self.name} must be True or False, but got {value!r}.")
        return bool(value)

    def stops(self):
        return [False, True]

    def widget(self):
        import ipywidgets as widgets

        return widgets.Checkbox(value=self.start, description=self.label, indent=False, layout={"width": "max-content"})


# ---- the explorer --------------------------------------------------------------------------------


class Explorer:
    """One picture with its controls. A state is a dict from the controls' names to plain values.

    A subclass gives `title`, `size` (inches at 100 pixels), `controls` and the methods `build`, `update` and `words`;
    where the defaults do not teach best, also `telling_states`.
    """

    title = "Explorer"
    size = (8.8, 3.4)
    controls = ()
    _face = None

    def build(self, figure):
        """Create every artist once, on an empty figure. Returns the artists that `update` moves, as a dict."""
        raise NotImplementedError

    def update(self, artists, state):
        """Move the artists to a state. Nothing else may change the picture."""
        raise NotImplementedError

    def words(self, state):
        """Return one or two plain sentences with the numbers that the picture shows."""
        raise NotImplementedError

    def telling_states(self):
        """Return the three to five states of the filmstrip: by default, the first control's ends and middle."""
        start, first = self.start_state(), self.controls[0]
        return [{**start, first.name: value} for value in first.stops()]

    def start_state(self):
        """Return the state in which every control is at its start."""
        return {control.name: control.start for control in self.controls}

    @property
    def face(self):
        """The explorer's widgets. They are made when first asked for: a script that only renders needs none."""
        if self._face is None:
            self._face = Face(self)
        return self._face

    @property
    def state(self):
        """The state that the controls show now."""
        return self._face.state() if self._face else self.start_state()

    def check_state(self, state):
        """Return the state in plain Python values. Raises ValueError that names a missing, unknown or bad entry."""
        names = [control.name for control in self.controls]
        for name in names:
            if name not in state:
                raise ValueError(f"the state lacks {name!r}. It needs: {', '.join(names)}.")
        for name in state:
            if name not in names:
                raise ValueError(f"the state has an unknown entry {name!r}. It knows: {', '.join(names)}.")
        return {control.name: control.check(state[control.name]) for control in self.controls}

    def render(self, state):
        """Return a new figure of a state. The same state gives the same picture, whatever came before."""
        figure = blank_figure(*self.size)
        self.update(self.build(figure), self.check_state(state))
        return figure

    def describe(self, state):
        """Return the picture's text twin: one or two plain sentences with its numbers."""
        return self.words(self.check_state(state))

    def filmstrip(self, states=None):
        """Show the static twin: a few states below each other, each under its sentences, as one picture.

        `states` is a list of states; None takes the explorer's own telling ones.
        """
        states = self.telling_states() if states is None else list(states)
        sentences = [f"{number}. {self.describe(state)}" for number, state in enumerate(states, 1)]
        words = f"{self.title}: {len(states)} pictures. {' '.join(sentences)}"
        plots.show(self.filmstrip_figure(states, sentences), words)

    def filmstrip_figure(self, states, sentences):
        """Return the figure that `filmstrip` shows: for each state its sentences, then its picture."""
        width, height = self.size
        caption = 0.75  # inches: room for three lines
        figure = blank_figure(width, len(states) * (caption + height))
        parts = figure.subfigures(2 * len(states), 1, height_ratios=[caption, height] * len(states))
        for state, sentence, above, below in zip(states, sentences, parts[::2], parts[1::2], strict=True):
            lines = textwrap.fill(sentence, round(10.5 * width))
            above.text(0.02, 0.5, lines, va="center", fontsize=plots.FONT_SIZE)
            self.update(self.build(below), self.check_state(state))
        return figure

    def show(self):
        """Show the controls with the picture in a notebook; elsewhere the picture of the start and its words."""
        if plots.in_notebook():
            data, metadata = self._repr_mimebundle_()
            display(data, metadata=metadata, raw=True)
        else:
            plots.show(self.render(self.state), self.describe(self.state))

    def _repr_mimebundle_(self, include=None, exclude=None):
        """Return one output that holds the live controls and, for readers without a kernel, a picture with words.

        JupyterLab shows the richest of them that it can. In a saved notebook the controls are dead, so the builder
        takes them out; GitHub and a notebook that is not trusted yet show the picture.
        """
        live = self.face.box._repr_mimebundle_()
        data, metadata = plots.picture_bundle(self.render(self.state), self.describe(self.state))
        return {**live, **data}, metadata


def blank_figure(width, height):
    """Return an empty figure, in inches, that pyplot does not know: nothing has to be closed."""
    return Figure(figsize=(width, height), dpi=plots.DPI, facecolor="white")


# ---- the face ------------------------------------------------------------------------------------


STYLE = "<style>.clinxai-explorer { --jp-widgets-font-size: 16px }</style>"  # as large as the picture's text


class Face:
    """An explorer's widgets: `controls` by name, one `picture`, and a `line` of text that says the same.

    The picture's artists are built once. A move only updates them and sends a new PNG.
    """

    def __init__(self, explorer):
        import ipywidgets as widgets

        self.explorer = explorer
        self.figure = blank_figure(*explorer.size)
        self.artists = explorer.build(self.figure)
        self.drawing = self.waiting = False

        width = f"{round(explorer.size[0] * plots.DPI)}px"
        self.controls = {control.name: control.widget() for control in explorer.controls}
        self.picture = widgets.Image(format="png", layout=widgets.Layout(width=width, max_width="100%"))
        self.line = widgets.HTML(layout=widgets.Layout(width=width, max_width="100%"))
        row = widgets.HBox(
            list(self.controls.values()),
            layout=widgets.Layout(flex_flow="row wrap", grid_gap="0 24px", padding="0 4px"),
        )
        self.box = widgets.VBox([row, self.picture, self.line]).add_class("clinxai-explorer")

        for control in self.controls.values():
            control.observe(self.on_move, names="value")
        self.on_move()

    def state(self):
        """Return what the controls show now."""
        return {name: control.value for name, control in self.controls.items()}

    def on_move(self, change=None):
        """Draw what the controls show now.

        A move that arrives during drawing is only noted. When the drawing is done, one more shows the last value;
        those in between are never drawn, so that the picture does not lag behind.
        """
        self.waiting = True
        if self.drawing:
            return
        self.drawing = True
        try:
            while self.waiting:
                self.waiting = False
                self.draw(self.state())
        except Exception as error:
            self.say(f"This could not be drawn; the picture is an older one. {type(error).__name__}: {error}")
            raise
        finally:
            self.drawing = False

    def draw(self, state):
        """Move the artists to a state, then replace the picture and the line of text."""
        self.explorer.update(self.artists, self.explorer.check_state(state))
        self.picture.value = plots.png_bytes(self.figure, compress_level=1)  # large but quick: it is not kept
        self.say(self.explorer.describe(state))

    def say(self, text):
        """Write the line of text. `role="status"` lets a screen reader speak it without taking the focus away."""
        self.line.value = f'{STYLE}<div role="status">{html.escape(text)}</div>'
