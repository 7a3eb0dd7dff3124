"""What may go wrong with an explorer in a browser: slow and failing moves, a restart, a reload, many moves, a twin."""

import base64
import io

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image

from lab_in_chromium import explorers_on

PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"

pytestmark = pytest.mark.browser
EXPLORER = """
import time
from clinxai_teach.checks import Question
from clinxai_teach.explorers import Button, Choice, Explorer, LogSlider, PredictFirst, Slider, Toggle

class Dot(Explorer):
    size = (4, 1.5)
    controls = (
        Slider("x", "Place (cm)", 0, 10, 1, start=2),
        LogSlider("t", "Temperature", 0.25, 4, 40, start=1),
        Slider("y", "Height (m)", 0.0, 1.0, 0.005, start=0.5),
        Choice("size", "Size (points)", tuple(range(6, 13)), start=9),
        Toggle("shown", "Shown", start=True),
    )
    buttons = (Button("fit", "Fit"),)
    drawn = 0

    def build(self, figure):
        ax = figure.add_axes((0.1, 0.2, 0.8, 0.7), xlim=(-1, 11), ylim=(-0.1, 1.1))
        return ax.plot([0], [0], "o")[0], ax.text(0.5, 0.5, "")

    def update(self, artists, state):
        dot, label = artists
        Dot.drawn += 1
        if state["x"] == 5:
            time.sleep(2)
        if state["x"] == 7:
            raise RuntimeError("seven is <bad>")
        dot.set(data=([state["x"]], [state["y"]]), markersize=state["size"], visible=state["shown"])
        label.set_text(str(state["t"]))

    def words(self, state):
        return ", ".join(f"{name} {value}" for name, value in state.items())

    def press(self, button, state):
        return {"t": 1.3724, "y": 0.3333}

left = Dot()
left
"""
CELLS = [
    EXPLORER,
    "right = Dot()\nright",
    "waiting = Dot()\nPredictFirst(Question('Which?', {'a': 'A.', 'b': 'B.'}, 'b'), waiting)",
]
PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


@pytest.fixture(scope="module")
def notebook(browser, folder):
    """Open a notebook with two explorers of a kind and a third behind a question."""
    cells = [new_code_cell(source) for source in CELLS]
    nbformat.write(new_notebook(cells=cells, metadata=PYTHON), folder / "robust.ipynb")
    notebook = browser.open("robust.ipynb")
    notebook.run_all()
    yield notebook
    notebook.close()


@pytest.fixture
def explorer(notebook):
    """Return the first explorer, at its start."""
    notebook.run("for control in left.controls: left.face.controls[control.name].value = control.start")
    explorer = explorers_on(notebook)[0]
    explorer.settled(x=2)
    return explorer


def counts(notebook):
    """Return how many figures, widgets, comms and threads the kernel holds, and its memory in MB."""
    notebook.run(
        "import gc, threading, psutil, comm, ipywidgets.widgets.widget as _w; from matplotlib.figure import Figure"
    )
    things = notebook.value(
        "[sum(type(thing) is Figure for thing in gc.get_objects()), len(_w._instances), "
        "len(comm.get_comm_manager().comms), threading.active_count()]",
        "gc.collect()",
    )
    return things, notebook.value("psutil.Process().memory_info().rss / 2**20")


def test_two_of_a_kind_and_a_question_with_an_explorer_behind(notebook):
    left, right = explorers_on(notebook)  # the third does not exist yet
    before = right.settled()
    left.box.locator("[role=slider]").first.press("Home")
    assert left.settled(x=0)["picture"] != before["picture"]
    assert right.settled() == before

    cell = notebook.page.locator(".jp-CodeCell").nth(2)
    assert cell.locator("img").count() == 0
    assert "appear here when your answer is locked in" in cell.locator(".clinxai-explorer").inner_text()
    cell.locator(".clinxai-question input").nth(1).press("Space")
    assert cell.locator("img").count() == 0
    cell.locator(".clinxai-question button:not([disabled])").press("Enter")
    cell.locator("img").wait_for()
    cell.get_by_text("Right. B.").wait_for()  # the answer's words and the explorer come as two messages
    assert len(explorers_on(notebook)) == 3


def test_keys_of_every_kind_of_control(notebook, explorer):
    from playwright.sync_api import expect

    place, temperature, height = explorer.box.locator("[role=slider]").all()
    for handle, name, keys in (
        (place, "x", {"ArrowRight": 3, "ArrowUp": 4, "ArrowLeft": 3, "PageDown": 0, "End": 10, "Home": 0}),
        (temperature, "t", {"ArrowRight": 1.07, "PageUp": 1.52, "Home": 0.25, "End": 4}),
        (height, "y", {"ArrowRight": 0.505, "PageUp": 0.53, "Home": 0, "End": 1}),
    ):
        for key, value in keys.items():
            handle.press(key)
            assert explorer.settled(**{name: value})["right"]
    readouts = explorer.box.locator(".widget-readout")
    expect(readouts).to_have_text(["0", "4", "1.000"])
    explorer.box.locator("button").press("Enter")
    assert explorer.settled(t=1.41, y=0.335)["right"]  # the nearest steps, in the kernel as on the page
    expect(readouts).to_have_text(["0", "1.41", "0.335"])


def test_the_tab_key_visits_the_controls_in_their_order(notebook, explorer):
    explorer.box.locator("[role=slider]").first.focus()
    row = explorer.box.locator(".widget-hbox").first
    visited = []
    while not visited or visited[-1] >= 0:
        visited.append(row.evaluate("row => [...row.children].findIndex(c => c.contains(document.activeElement))"))
        notebook.page.keyboard.press("Tab")
    # A slider is visited twice: its handle, then its number, which can be typed.
    assert visited == [0, 0, 1, 1, 2, 2, 3, 4, 5, -1]


def test_a_slow_move_says_so_and_an_error_is_said_and_the_next_move_works(notebook, explorer):
    from playwright.sync_api import expect

    handle = explorer.box.locator("[role=slider]").first
    for _ in range(3):
        handle.press("ArrowRight")
    # Asked in one step: beside other tests an earlier move may be slow, too, and over before a second question.
    waits = "box => box.innerText.includes('Computing …') && getComputedStyle(box.querySelector('img')).opacity < 0.5"
    notebook.page.wait_for_function(waits, arg=explorer.box.element_handle())
    explorer.settled(x=5)
    expect(explorer.picture).to_have_css("opacity", "1")
    handle.press("ArrowRight")
    six = explorer.settled(x=6)
    handle.press("ArrowRight")
    explorer.box.get_by_text("RuntimeError: seven is <bad>").wait_for()
    assert explorer.seen()[1] == six["picture"]
    handle.press("ArrowRight")
    explorer.box.get_by_text("x 8").wait_for()
    assert explorer.settled(x=8)["right"]


def test_no_blank_picture_and_no_jump_between_two_moves(notebook, explorer):
    """Of all that Chromium paints during 15 moves, the explorer's part is never blank and never of another size."""
    sizes = "() => window.sizes.push([img.clientWidth, img.clientHeight].join(' x '))"
    explorer.picture.evaluate(f"img => {{ window.sizes = []; new ResizeObserver({sizes}).observe(img); }}")
    painted, box = [], explorer.picture.bounding_box()
    screencast = notebook.page.context.new_cdp_session(notebook.page)

    def keep(frame):
        painted.append(frame["data"])
        screencast.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    screencast.on("Page.screencastFrame", keep)
    screencast.send("Page.startScreencast", {"format": "png"})
    handle = explorer.box.locator("[role=slider]").nth(2)
    for _ in range(15):
        handle.press("ArrowRight")
        explorer.settled()
        notebook.page.evaluate(PAINTED)
    screencast.send("Page.stopScreencast")
    corners = (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
    pictures = [Image.open(io.BytesIO(base64.b64decode(data))).convert("L").crop(corners) for data in painted]
    ink = [(np.asarray(picture) < 128).mean() for picture in pictures]
    assert len(ink) > 15
    assert min(ink) > 0.8 * max(ink) > 0
    assert set(notebook.page.evaluate("() => window.sizes")) == {"400 x 150"}


def test_after_a_drag_the_last_place_is_shown(notebook, explorer):
    explorer.drag(explorer.box.locator("[role=slider]").nth(2), 40)
    shown = float(explorer.box.locator(".widget-readout").nth(2).inner_text())
    assert shown > 0.6
    assert explorer.settled(y=shown)["right"]


MOVES = """
import random
chance = random.Random({seed})
for _ in range({moves}):
    left.face.controls["y"].value = chance.random()
"""


def test_500_moves_leave_nothing_behind_in_a_kernel(notebook, explorer):
    notebook.run(MOVES.format(seed=0, moves=50))  # fills the caches
    before, memory_before = counts(notebook)
    notebook.run(MOVES.format(seed=1, moves=500))
    after, memory_after = counts(notebook)
    assert after == before
    assert memory_after - memory_before < 10  # MB
    assert explorer.settled()["right"]


def test_after_a_restart_the_explorer_says_to_run_the_cell_again(notebook, explorer):
    cell = notebook.page.locator(".jp-CodeCell").first
    note = cell.get_by_text("run this cell and those above it")
    assert note.count() == 1
    assert not note.is_visible()
    notebook.js("await context.sessionContext.restartKernel()")
    note.wait_for()
    assert explorer.picture.is_visible()  # the last picture stays, dimmed, and its controls do not take the mouse
    assert explorer.box.evaluate("box => getComputedStyle(box).pointerEvents") == "none"

    notebook.js("await context.save()")
    notebook.page.reload()
    notebook.wait_for("kernelIdle() && context.isReady")
    note.wait_for()
    notebook.run_all()
    note.wait_for(state="hidden")
    assert explorers_on(notebook)[0].settled()["right"]


def test_a_closed_notebook_computes_no_more(browser, notebook, explorer):
    handle = explorer.box.locator("[role=slider]").nth(2)
    for _ in range(30):
        handle.press("ArrowRight")
    tab = notebook.page
    notebook.page = browser.open("robust.ipynb").page  # the same kernel in another tab
    tab.close()
    drawn = notebook.value("Dot.drawn")
    notebook.page.wait_for_timeout(1000)
    assert notebook.value("Dot.drawn") == drawn > 0
