"""What the tests of several explorers share: untrained networks, and every text must be readable where it stands."""

import textwrap

import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg

from clinxai_teach.models import ChestNet


@pytest.fixture(scope="session")
def models():
    """Two networks with random weights: the explorers must not need trained ones."""
    networks = {}
    for seed, name in enumerate(("clean", "shortcut"), 7):  # of these two, every map has some positive evidence
        torch.manual_seed(seed)
        networks[name] = ChestNet().eval()
    return networks


def tick_labels(axis):
    """Return the labels of an axis that are drawn: a tick outside the view is not."""
    low, high = sorted(axis.get_view_interval())
    return [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]


@pytest.fixture(scope="session")
def texts_fit():
    """Return a function that fails where a text is cut off at the edge of a picture."""

    def check(figure):
        FigureCanvasAgg(figure).draw()
        for ax in figure.axes:
            labels = [*tick_labels(ax.xaxis), *tick_labels(ax.yaxis)]
            for text in (ax.title, ax._left_title, ax.xaxis.label, ax.yaxis.label, *ax.texts, *labels):
                if text.get_text() and text.get_visible():
                    box, inside = text.get_window_extent(), figure.bbox.padded(1)
                    fits = inside.contains(box.x0, box.y0) and inside.contains(box.x1, box.y1)
                    assert fits, f"the picture's edge cuts off {text.get_text()!r}"

    return check


@pytest.fixture(scope="session")
def captions_fit():
    """Return a function that fails where a filmstrip's sentences need more than the three lines that they have."""

    def check(explorer):
        for state in explorer.telling_states():
            sentence = f"1. {explorer.describe(state)}"
            assert len(textwrap.wrap(sentence, round(10.5 * explorer.size[0]))) <= 3, sentence

    return check
