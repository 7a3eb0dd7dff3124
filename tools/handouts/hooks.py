"""Runs inside a lesson's kernel: pictures as drawings that stay sharp in print, explorers as frames of a filmstrip.

`into()` changes how figures and explorers show themselves, in this kernel only. For a slide each figure is drawn once
more, where its letters would be too small in other proportions; the picture stands in the metadata of the output.
"""

import base64
import html
import io
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import matplotlib
from IPython.display import display
from matplotlib.figure import Figure
from matplotlib.text import Text

import clinxai_teach.plots.showing as showing
from clinxai_teach import plots
from clinxai_teach.explorers.base import Explorer, State
from handouts import LEAST, WIDTH
from slides.room import DPI, SHARP, drawn_anew
from website.bake import value_text

matplotlib.rcParams["svg.hashsalt"] = "handout"  # the same figure gives the same bytes


def into() -> None:
    """Show the figures and explorers of this kernel as a page needs them."""
    for place in (showing, plots):
        place.show = show  # type: ignore[attr-defined]
    Explorer.display_live = show_start  # type: ignore[method-assign]
    Explorer._ipython_display_ = show_start  # type: ignore[assignment]
    Explorer.filmstrip = show_frames  # type: ignore[method-assign]


def show(figure: Figure, alt: str) -> None:
    """Show a figure with its words as alternative text; then close it."""
    import matplotlib.pyplot as plt

    put(*shown_twice(figure, alt))
    plt.close(figure)


def show_start(explorer: Explorer, widget: Any = None) -> None:
    """Show the first frame in place of the controls."""
    state = explorer.start_state()
    put(frame(explorer, state, "start"), for_slide(explorer.render(state)))


def show_frames(explorer: Explorer, states: Iterable[State] | None = None) -> None:
    """Show one frame for each state: the values of the controls, the picture, and its words."""
    for state in explorer.telling_states() if states is None else states:
        put(frame(explorer, state), for_slide(explorer.render(state)))


def frame(explorer: Explorer, state: State, kind: str = "telling") -> str:
    """Return a state of an explorer as HTML: one of the telling ones, or the start."""
    values = "; ".join(f"{control.label}: {shown(state[control.name])}" for control in explorer.controls)
    alt = f"{explorer.title}, one of several pictures, drawn at {values}. The text below says what it shows."
    return (
        f'<div class="frame" data-kind="{kind}" data-title="{html.escape(explorer.title)}" '
        f'data-values="{html.escape(values)}">'
        f'<p class="values"><b></b>{html.escape(values)}</p>{picture(explorer.render(state), alt)}'
        f'<p class="words">{html.escape(explorer.describe(state))}</p></div>'
    )


def shown(value: Any) -> str:
    """Return a control's value in words."""
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else value_text(value)


def picture(figure: Figure, alt: str) -> str:
    """Return a figure as an image element that holds a drawing, with its size in inches and its smallest letters."""
    texts = (text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip())
    smallest = min((text.get_fontsize() for text in texts), default=99.0)
    width, height = figure.get_size_inches()
    # A figure that the paper would shrink too much is drawn narrower, with the same letters.
    width = min(width, smallest / LEAST * WIDTH / 25.4)
    figure.set_size_inches(width, height)
    drawing = io.StringIO()
    figure.savefig(drawing, format="svg", metadata={"Date": None, "Creator": None})
    svg = re.sub(r"^.*?(?=<svg)", "", drawing.getvalue(), flags=re.DOTALL)
    return (
        f'<img class="figure" data-inches="{width:g}" data-high="{height:g}" data-smallest="{smallest:g}" '
        f'alt="{html.escape(alt)}" src="data:image/svg+xml,{escaped(svg)}">'
    )


def escaped(svg: str) -> str:
    """Return a drawing as a data address holds it."""
    return quote(re.sub(r"\n\s*", "\n", svg), safe=" /:=;,+()'\n")


def for_slide(figure: Figure) -> str:
    """Draw a figure as a slide needs it: base64 of a PNG, with letters that are large enough there."""
    if (wanted := drawn_anew(*figure.get_size_inches())) is not None:
        figure.set_size_inches(*wanted)
        for axes in figure.axes:
            if (legend := axes.get_legend()) is not None:
                legend.set_loc("best")  # where it stood there may be a curve now
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=SHARP * DPI)
    return base64.b64encode(file.getvalue()).decode()


def shown_twice(figure: Figure, alt: str) -> tuple[str, str]:
    """Return a figure as a page and as a slide need it."""
    size = tuple(figure.get_size_inches())
    text = picture(figure, alt)
    figure.set_size_inches(*size)
    return text, for_slide(figure)


def put(text: str, slide: str) -> None:
    """Display HTML, wherever the call stands in its cell."""
    display({"text/html": text, "text/plain": ""}, raw=True, metadata={"slide": slide})
