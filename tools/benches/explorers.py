"""How soon a picture follows a key press or a drag, in JupyterLab in Chromium, and the same figure under `interact`."""

import importlib
import math
import pkgutil
import tempfile
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import nbformat
import numpy as np
from nbformat.v4 import new_code_cell, new_notebook

import clinxai_teach.explorers
from clinxai_teach.explorers import Explorer
from lab_in_chromium import explorers_on, lab, what_is_missing

MOVES, WARM_UP, DRAGS = 36, 3, 6  # of each explorer, shared by its sliders; the warm-up is of each slider
PATIENCE_MS = 2000  # a move that paints nothing within this time has changed nothing
PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}

# The plain version is what ipywidgets' guide teaches: a function that draws anew, called at each move.
FIRST_CELL = """
import time
import matplotlib.pyplot as plt
from ipywidgets import VBox, interactive_output
from clinxai_teach import explorers

def show(kind):
    explorer = getattr(explorers, kind)()
    slider = next(control for control in explorer.controls if hasattr(control, "low"))
    widget = slider.widget()
    def draw(value):
        display(explorer.render({**explorer.start_state(), slider.name: value}))
    explorer.show()
    display(VBox([widget, interactive_output(draw, {"value": widget})]).add_class(f"plain-{kind}"))
"""

# In the page: note the time at which each new picture inside an element is painted, and the last key press and release.
# The website draws on a canvas, at once, and then notes the state that it shows. Painted: the task after that frame.
WATCH = """box => {
    window.clock = {painted: [], pressed: 0, released: 0};
    const now = () => box.dataset.state ?? box.querySelector('img')?.src;
    let shown = now();
    new MutationObserver(async () => {
        const source = now();
        if (!source || source === shown) return;
        shown = source;
        if (!box.dataset.state) {
            const picture = new Image();
            picture.src = source;
            await picture.decode().catch(() => {});
        }
        requestAnimationFrame(() => setTimeout(() => window.clock.painted.push(performance.now())));
    }).observe(box, {subtree: true, childList: true, attributes: true, attributeFilter: ['src', 'data-state']});
    window.addEventListener('keydown', event => { window.clock.pressed = event.timeStamp; }, true);
    window.addEventListener('pointerup', event => { window.clock.released = event.timeStamp; }, true);
}"""
# Whether a slider stands at its lowest and at its highest value: the website's are the browser's own.
AT_ENDS = """slider => slider.matches('input')
    ? [slider.value === slider.min, slider.value === slider.max]
    : ['min', 'max'].map(end => slider.getAttribute('aria-valuenow') === slider.getAttribute('aria-value' + end))"""
NEXT_PICTURE = """async ([count, patience]) => {
    const {painted, pressed} = window.clock, end = performance.now() + patience;
    while (painted.length <= count && performance.now() < end) await new Promise(requestAnimationFrame);
    return painted.length <= count ? null : painted[count] - window.clock.pressed;
}"""


def kinds():
    """Return the names of the package's explorers that have a slider."""
    for module in pkgutil.iter_modules(clinxai_teach.explorers.__path__, "clinxai_teach.explorers."):
        importlib.import_module(module.name)
    found = [kind for kind in Explorer.__subclasses__() if any(hasattr(control, "low") for control in kind.controls)]
    return sorted(kind.__name__ for kind in found if kind.__module__.startswith("clinxai_teach."))


def bench_explorers():
    """Every explorer by key and by mouse; its first slider under `interact`.

    Goals: by key p95 at most 70 ms, where a network runs 150 ms; by mouse at most 150 ms.
    """
    if missing := what_is_missing():
        yield "explorers in a browser", "not measured", missing
        return
    with all_in_lab() as notebook:
        for explorer in explorers_on(notebook):
            yield from rows(notebook, explorer)


@contextmanager
def all_in_lab():
    """Yield a notebook in JupyterLab that shows every explorer, each with its first slider under `interact`."""
    with tempfile.TemporaryDirectory() as folder:
        cells = [new_code_cell(source) for source in [FIRST_CELL, *(f"show({kind!r})" for kind in kinds())]]
        nbformat.write(new_notebook(cells=cells, metadata=PYTHON), Path(folder, "bench.ipynb"))
        with lab(folder) as browser:
            notebook = browser.open("bench.ipynb")
            notebook.run_all()
            yield notebook


def rows(notebook, explorer):
    """Return the two rows of one explorer: by key, with its plain version in turns, and by mouse."""
    sliders = explorer.box.locator("[role=slider]").all()
    plain = notebook.page.locator(f".plain-{explorer.name}")
    each = math.ceil(MOVES / len(sliders))
    before = notebook.value("time.process_time()")
    ours = [time for slider in sliders for time in key_times(notebook.page, explorer.box, slider, each)]
    cpu = (notebook.value("time.process_time()") - before) / len(sliders) / (each + WARM_UP + 1)  # 1: back to the start
    theirs = key_times(notebook.page, plain, plain.locator("[role=slider]"), MOVES)
    explorer.settled()
    lags = [drag_lag(notebook, explorer, slider) for _, slider in zip(range(DRAGS), cycle(sliders), strict=False)]
    yield (
        f"{explorer.name}: key press to painted picture, p50 / p95",
        f"{spread(ours)} ms",
        f"{len(ours)} moves, {1000 * cpu:.0f} ms of the kernel's CPU each; plain `interact`: {spread(theirs)} ms",
    )
    yield (
        f"{explorer.name}: release of a drag to the last value painted, p50 / worst",
        f"{np.median(lags):.0f} / {max(lags):.0f} ms",
        f"{len(lags)} drags",
    )


def key_times(page, box, slider, moves):
    """Return the milliseconds from the press of an arrow key to the new picture's frame, for moves that change it."""
    slider.scroll_into_view_if_needed()
    slider.press("Home")
    page.wait_for_timeout(500)
    box.evaluate(WATCH)
    times, key = [], "ArrowRight"
    for move in range(WARM_UP + moves):
        lowest, highest = slider.evaluate(AT_ENDS)
        if highest:
            key = "ArrowLeft"
        elif lowest:
            key = "ArrowRight"
        painted = page.evaluate("() => window.clock.painted.length")
        slider.press(key)
        taken = page.evaluate(NEXT_PICTURE, [painted, PATIENCE_MS])
        if move >= WARM_UP and taken is not None:
            times.append(taken)
        page.wait_for_timeout(30)
    return times


def drag_lag(notebook, explorer, slider):
    """Return the milliseconds from the release of a dragged slider to its last picture's frame, 0 if it came before."""
    slider.scroll_into_view_if_needed()
    slider.press("Home")
    explorer.settled()
    explorer.box.evaluate(WATCH)
    explorer.drag(slider, 60)
    notebook.page.wait_for_timeout(1500)  # leave the kernel alone meanwhile
    explorer.settled()
    return notebook.page.evaluate("() => Math.max(0, (window.clock.painted.at(-1) ?? 0) - window.clock.released)")


def spread(times):
    """Return the median and the 95th percentile of some milliseconds, as text."""
    return " / ".join(f"{np.percentile(times, q):.0f}" for q in (50, 95)) if times else "no picture changed"


BENCHES = (bench_explorers,)
