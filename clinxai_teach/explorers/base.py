"""What all explorers share: a picture that depends on a few controls, the same in words, and its face in a notebook.

A new explorer is a subclass of `Explorer` that lists its `controls` and says three things: how its pictures are built
once (`build`), how they move to a state (`update`), and how a sentence tells the state (`words`). CONTRIBUTING.md lists
the places to touch under "Add a slider".
"""

import math
import numbers
import textwrap
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, TypeAlias

import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase

from clinxai_teach import plots
from clinxai_teach._validate import number_between, one_of
from clinxai_teach.forms.face import boxed, named, status, with_twin
from clinxai_teach.plots.picture import artists_in

MANY_OPTIONS = 5  # more radio buttons than these would fill a line
SLOW_S = 0.2  # what takes longer is announced
ABOVE = 1000  # higher than any artist's own zorder

State: TypeAlias = dict[str, Any]  # from the controls' names to plain values

# ---- controls ------------------------------------------------------------------------------------


class Control(Protocol):
    """What every control has: a name in the state, a label with the unit, a start, and the methods below."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def start(self) -> Any: ...

    def check(self, value: Any) -> Any:
        """Return a plain value of what came; TypeError or ValueError where the control does not allow it."""

    def nearest(self, value: Any) -> Any:
        """Return the value that the widget can show and that is nearest."""

    def stops(self) -> list[Any]:
        """Return the values that a test or a filmstrip tries."""

    def widget(self) -> Any:
        """Return a new ipywidget at the start."""


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
    def whole(self) -> bool:
        return all(isinstance(number, int) for number in (self.low, self.high, self.step))

    def check(self, value: Any) -> float:
        """Return the value as an int or float; TypeError if it is no number, ValueError if it is out of range."""
        value = number_between(self.name, nine_digits(value), self.low, self.high)
        if self.whole and value != int(value):
            raise ValueError(f"{self.name} must be a whole number, but got {value!r}.")
        return int(value) if self.whole else value

    def nearest(self, value: float) -> float:
        """Return the slider's step that is nearest to a value."""
        steps = round((min(max(value, self.low), self.high) - self.low) / self.step)
        return self.check(self.low + steps * self.step)

    def stops(self) -> list[float]:
        steps = round((self.high - self.low) / self.step)
        return [self.check(value) for value in (self.low, self.low + self.step * (steps // 2), self.high)]

    def widget(self) -> Any:
        import ipywidgets as widgets

        decimals = max(0, -int(Decimal(str(self.step)).normalize().as_tuple().exponent))
        kind, form = (widgets.IntSlider, "d") if self.whole else (widgets.FloatSlider, f".{decimals}f")
        limits = {"min": self.low, "max": self.high, "step": self.step}
        return kind(value=self.start, **limits, readout_format=form, **slider_face(self.label))


@dataclass(frozen=True)
class LogSlider:
    """A number from `low` to `high`, both above 0, in `steps` equal factors, each value rounded to three digits."""

    name: str
    label: str
    low: float
    high: float
    steps: int
    start: float

    @property
    def values(self) -> list[float]:
        """All that the slider can show."""
        ratio = self.high / self.low
        return [float(f"{self.low * ratio ** (step / self.steps):.3g}") for step in range(self.steps + 1)]

    def check(self, value: Any) -> float:
        """Return the value as a float, between the steps too; TypeError or ValueError if it is none or out of range."""
        return number_between(self.name, nine_digits(value), self.low, self.high)

    def nearest(self, value: float) -> float:
        """Return the slider's step that is nearest to a value above 0, by their ratio."""
        return min(self.values, key=lambda step: abs(math.log(step / value)))

    def stops(self) -> list[float]:
        return [self.values[0], self.values[self.steps // 2], self.values[-1]]

    def widget(self) -> Any:
        import ipywidgets as widgets

        # A FloatLogSlider would tell a screen reader the logarithm.
        options = [(f"{value:g}", value) for value in self.values]
        return widgets.SelectionSlider(options=options, value=self.nearest(self.start), **slider_face(self.label))


def nine_digits(value: Any) -> Any:
    """Return a number as a float of nine digits, so that 0.1 + 0.2 is 0.3; anything else as it is."""
    return float(f"{value:.9g}") if isinstance(value, numbers.Real) and not isinstance(value, bool) else value


def slider_face(label: str) -> dict[str, Any]:
    """Return the look of a slider: as wide as its label, and room to drag."""
    layout = {"width": f"{len(label) + 24}ch"}
    return {**named(label), "style": {"description_width": "initial"}, "layout": layout}


@dataclass(frozen=True)
class Choice:
    """One of some `options`: all in sight if they are few, else in a list that opens."""

    name: str
    label: str
    options: tuple[Any, ...]
    start: Any

    def check(self, value: Any) -> Any:
        """Return the value; ValueError if it is not one of the options."""
        return one_of(self.name, value, self.options)

    nearest = check

    def stops(self) -> list[Any]:
        return list(self.options)

    def widget(self) -> Any:
        import ipywidgets as widgets

        look: dict[str, Any] = {"style": {"description_width": "initial"}, "layout": {"width": "max-content"}}
        if len(self.options) > MANY_OPTIONS:
            return widgets.Dropdown(options=self.options, value=self.start, **named(self.label), **look)
        look["orientation"] = "horizontal"
        return widgets.RadioButtons(options=self.options, value=self.start, **named(self.label), **look)


@dataclass(frozen=True)
class Toggle:
    """On (True) or off (False)."""

    name: str
    label: str
    start: bool

    def check(self, value: Any) -> bool:
        """Return the value as a bool; ValueError for anything else."""
        if not isinstance(value, (bool, np.bool_)):
            raise ValueError(f"{self.name} must be True or False, but got {value!r}.")
        return bool(value)

    nearest = check

    def stops(self) -> list[bool]:
        return [False, True]

    def widget(self) -> Any:
        import ipywidgets as widgets

        return widgets.Checkbox(value=self.start, **named(self.label), indent=False, layout={"width": "max-content"})


@dataclass(frozen=True)
class Button:
    """A button that moves the controls. It is no part of the state: see `Explorer.press`."""

    name: str
    label: str

    def widget(self) -> Any:
        import ipywidgets as widgets

        return widgets.Button(**named(self.label), layout={"width": "max-content"})


# ---- the explorer --------------------------------------------------------------------------------


class Explorer:
    """One picture with its controls. A state is a dict from the controls' names to plain values.

    A subclass gives `title`, `size` (inches at 100 pixels; above 8.48 wide a projector shrinks it), `controls` and
    the methods `build`, `update` and `words`; where the defaults do not teach best, also `telling_states`; and `press`
    if it has `buttons`.
    """

    title: str = "Explorer"
    size: tuple[float, float] = (8.4, 3.4)
    controls: tuple[Control, ...] = ()
    buttons: tuple[Button, ...] = ()
    _face: "Face | None" = None

    def build(self, figure: FigureBase) -> Any:
        """Draw everything once, on an empty figure. Returns what `update` changes: a `Picture`, or several as a tuple.

        A single artist will do too. All that a move changes must be in there, labels and titles too (`ax.title`,
        `ax.xaxis.label`; `ax.xaxis` for ticks that change): only these are drawn again. They lie above all others, and
        among themselves keep their order; so return also a line that must stay on top of a moving bar.
        """
        raise NotImplementedError

    def update(self, pictures: Any, state: State) -> None:
        """Move what `build` returned to a state. It must not depend on earlier states, nor add or remove artists."""
        raise NotImplementedError

    def words(self, state: State) -> str:
        """Return one or two plain sentences with the numbers that the picture shows."""
        raise NotImplementedError

    def press(self, button: str, state: State) -> State:
        """Return new values of some controls, a dict, when the button of this name is pressed in a state.

        A slider goes to the step that is nearest to its new value.
        """
        raise NotImplementedError

    def telling_states(self) -> list[State]:
        """Return the three to five states of the filmstrip: by default, the first control's ends and middle."""
        start, first = self.start_state(), self.controls[0]
        return [{**start, first.name: value} for value in first.stops()]

    def start_state(self) -> State:
        """Return the state in which every control is at its start."""
        return {control.name: control.start for control in self.controls}

    @property
    def face(self) -> "Face":
        """The explorer's widgets. They are made when first asked for: a script that only renders needs none."""
        if self._face is None:
            self._face = Face(self)
        return self._face

    @property
    def state(self) -> State:
        """The state that the controls show now."""
        return self._face.state() if self._face else self.start_state()

    def axes(self, figure: FigureBase, left: float, bottom: float, width: float, height: float) -> Axes:
        """Return new axes at a place in inches, counted from the lower left corner of the picture."""
        w, h = self.size
        return figure.add_axes((left / w, bottom / h, width / w, height / h))

    def drawn_on(self, figure: FigureBase) -> Any:
        """Build the pictures on an empty figure and return them: what moves lies above what stays."""
        pictures = self.build(figure)
        for artist in artists_in(pictures):
            artist.set_zorder(artist.get_zorder() + ABOVE)
        return pictures

    def check_state(self, state: State) -> State:
        """Return the state in plain Python values. Raises TypeError or ValueError that names the entry: missing,
        unknown or bad.
        """
        names = [control.name for control in self.controls]
        if not isinstance(state, Mapping):
            raise TypeError(f"a state must be a dict with {', '.join(names)}, but got {type(state).__name__}.")
        for name in names:
            if name not in state:
                raise ValueError(f"the state lacks {name!r}. It needs: {', '.join(names)}.")
        for name in state:
            if name not in names:
                raise ValueError(f"the state has an unknown entry {name!r}. It knows: {', '.join(names)}.")
        return {control.name: control.check(state[control.name]) for control in self.controls}

    def render(self, state: State) -> Figure:
        """Return a new figure of a state. The same state gives the same picture, whatever came before."""
        figure = blank_figure(*self.size)
        self.update(self.drawn_on(figure), self.check_state(state))
        return figure

    def describe(self, state: State) -> str:
        """Return the picture's text twin: one or two plain sentences with its numbers."""
        return self.words(self.check_state(state))

    def filmstrip(self, states: Iterable[State] | None = None) -> None:
        """Show the static twin: a few states below each other, each under its sentences, as one picture.

        `states` is a list of states; None takes the explorer's own telling ones.
        """
        if isinstance(states, Mapping):
            raise TypeError("states must be a list of states, but got one state. Pass [state].")
        states = self.telling_states() if states is None else list(states)
        if not states:
            raise ValueError("states is empty. Pass at least one state, or None for the explorer's own.")
        sentences = [f"{number}. {self.describe(state)}" for number, state in enumerate(states, 1)]
        words = f"{self.title}: {len(states)} pictures. {' '.join(sentences)}"
        plots.show(self.filmstrip_figure(states, sentences), words)

    def filmstrip_figure(self, states: Sequence[State], sentences: Sequence[str]) -> Figure:
        """Return the figure that `filmstrip` shows: for each state its sentences, then its picture."""
        width, height = self.size
        captions = [textwrap.fill(sentence, round(10.5 * width)) for sentence in sentences]
        caption = 0.15 + 0.2 * (1 + max(text.count("\n") for text in captions))  # inches
        figure = blank_figure(width, len(states) * (caption + height))
        heights = [caption, height] * len(states)
        parts = figure.subfigures(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
        for state, text, above, below in zip(states, captions, parts[::2], parts[1::2], strict=True):
            above.text(0.02, 0.5, text, va="center", fontsize=plots.FONT_SIZE)
            self.update(self.drawn_on(below), self.check_state(state))
        return figure

    def show(self) -> None:
        """Show the controls with the picture in a notebook; elsewhere the picture of the start and its words."""
        if plots.in_notebook():
            self._ipython_display_()
        else:
            plots.show(self.render(self.state), self.describe(self.state))

    def _ipython_display_(self) -> None:
        self.display_live(self.face.box)

    def display_live(self, widget: Any) -> None:
        """Display a live widget and, for readers without a kernel, a picture with words and what to do.

        In a saved notebook the widget is dead, so the builder takes it out; GitHub and a notebook that is not trusted
        yet show the picture. The line below it is hidden while the widget lives.
        """
        data, metadata = plots.picture_bundle(self.render(self.state), self.describe(self.state))
        display(with_twin(widget, data), metadata=metadata, raw=True)
        display({"text/html": f'<p class="clinxai-run-again">{RUN_AGAIN}</p>', "text/plain": RUN_AGAIN}, raw=True)


def blank_figure(width: float, height: float) -> Figure:
    """Return an empty figure, in inches, that pyplot does not know: nothing has to be closed."""
    return Figure(figsize=(width, height), dpi=plots.DPI, facecolor="white")


# ---- the face ------------------------------------------------------------------------------------


RUN_AGAIN = "The controls move only while the notebook's kernel runs. If they do not, run this cell and those above it."


class Face:
    """An explorer's widgets: `controls` and `buttons` by name, one `picture`, and a `line` of text that says the same.

    The picture is built once. A move only draws what moves and sends a new PNG.
    """

    def __init__(self, explorer: Explorer) -> None:
        import ipywidgets as widgets

        self.explorer = explorer
        figure = blank_figure(*explorer.size)
        self.pictures = explorer.drawn_on(figure)
        self.moving_picture = plots.MovingPicture(figure, artists_in(self.pictures))
        self.waiting, self.drawing = False, threading.Lock()

        width, height = (round(inches * plots.DPI) for inches in explorer.size)
        fits = {"width": f"{width}px", "max_width": "100%"}
        self.controls = {control.name: control.widget() for control in explorer.controls}
        self.buttons = {button.name: button.widget() for button in explorer.buttons}
        # The size is known before the first picture comes, so that the page does not jump.
        self.picture = widgets.Image(format="png", width=f"{width}", height=f"{height}", layout=fits)
        self.line = widgets.HTML(layout=fits)
        row = widgets.HBox(
            [*self.controls.values(), *self.buttons.values()],
            layout=widgets.Layout(flex_flow="row wrap", grid_gap="0 24px", padding="0 4px"),
        )
        self.box = boxed("explorer", [row, self.picture, self.line])

        for control in self.controls.values():
            control.observe(self.on_move, names="value")
        for name, button in self.buttons.items():
            button.on_click(lambda _, name=name: self.on_press(name))
        self.on_move()

    def state(self) -> State:
        """Return what the controls show now."""
        return self.explorer.check_state({name: control.value for name, control in self.controls.items()})

    def on_move(self, change: Any = None) -> None:
        """Draw what the controls show now.

        A move that arrives during drawing is only noted. When the drawing is done, one more shows the last value;
        those in between are never drawn, so that the picture does not lag behind. The browser does the same: it
        keeps back all moves but the last one until the kernel is free.
        """
        self.waiting = True
        while self.waiting and self.drawing.acquire(blocking=False):
            try:
                self.waiting = False
                self.draw()
            finally:
                self.drawing.release()

    def on_press(self, name: str) -> None:
        """Move the controls as the button says; the picture follows once, when all have moved."""
        with self.drawing, self.telling():
            values = self.explorer.press(name, self.state())
            for control in self.explorer.controls:
                if control.name in values:
                    self.controls[control.name].value = control.nearest(values[control.name])
        self.on_move()

    def draw(self) -> None:
        """Move the pictures to the state, then replace the picture and the line of text."""
        with self.telling():
            state = self.state()
            self.explorer.update(self.pictures, state)
            picture, words = self.moving_picture.png(), self.explorer.describe(state)
        self.picture.value = picture
        self.say(words)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Say so when the block takes long, and say what goes wrong in it. A thread watches the clock meanwhile."""
        notice = threading.Timer(SLOW_S, self.say, ["Computing …"], {"computing": True})
        notice.start()
        try:
            try:
                yield
            finally:
                notice.cancel()
                notice.join()  # if it is just being said, what follows must come after it
        except Exception as error:
            self.say(f"This could not be drawn; the picture is an older one. {type(error).__name__}: {error}")
            raise

    def say(self, text: str, *, computing: bool = False) -> None:
        """Write the line of text."""
        self.line.value = status(text)
        if computing:
            self.picture.add_class("clinxai-computing")
        else:
            self.picture.remove_class("clinxai-computing")
