"""A slide with sliders in Chromium: they are seen, a mouse moves them, and a clicker still turns the slide (slow)."""

import base64
import io
import shutil

import pytest
from nbformat import NotebookNode
from PIL import Image

from clinxai_teach.explorers.base import Button, Choice, Explorer, Slider, Toggle
from lab_in_chromium import CHROMIUM, what_is_missing
from slides.build import ROOT
from slides.deck import lessons
from slides.figures import made
from slides.model import Cell, Slide
from slides.page import page
from website.bake import bake
from website.hooks import mark_of

STILL = 300  # pixels: less would be no picture for a room


class Bars(Explorer):
    """A bar as tall as its controls say, with one of each kind of control."""

    title = "Bars"
    size = (8.0, 4.0)
    controls = (
        Slider("height", "Height", 0, 4, 1, 2),
        Choice("way", "Way", ("up", "down"), "up"),
        Toggle("thick", "Thick", False),
    )
    buttons = (Button("top", "To the top"),)

    def build(self, figure):
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set_ylim(-5, 5)
        return ax.axhline(0)

    def update(self, line, state):
        height = (1 + state["height"]) * (1 if state["way"] == "up" else -1)
        line.set_ydata([height, height])
        line.set_linewidth(9 if state["thick"] else 2)

    def words(self, state):
        return f"{state}"

    def press(self, button, state):
        return {**state, "height": 4}


def deck_with_sliders(folder, controls=""):
    """Write a deck of three slides, sliders on the second, as `make slides` does; return its file."""
    bake(Bars(), folder / "live" / "bars-1", 20)
    (folder / "_static").mkdir()
    shutil.copy(ROOT / "tools" / "website" / "static" / "live.js", folder / "_static")
    still = io.BytesIO()
    Image.new("RGB", (800, 400), "gray").save(still, "PNG")
    output = NotebookNode(
        output_type="display_data",
        data={"image/png": base64.b64encode(still.getvalue()).decode()},
        metadata={"image/png": {"alt": "A bar. " * 60}},
    )
    cell = Cell(NotebookNode(cell_type="code", source="1", outputs=[output], id="x", metadata={}), "", 1)
    mark = mark_of("explorer", {"key": "bars-1", "wait": False})
    slides = [
        Slide("opening", "First", '<div class="body"><p>One.</p></div>'),
        made("figure", ["Sliders", "A sentence.", "A question?", controls], cell, mark),
        Slide("text", "Last", '<div class="body"><p>Three.</p></div>'),
    ]
    path = folder / "deck.html"
    path.write_text(page(lessons(ROOT)[0], slides, live=True), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def chromium():
    if missing := what_is_missing():
        pytest.skip(str(missing))
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium, tmp_path):
    tab = chromium.new_page(viewport={"width": 1280, "height": 720})
    tab.set_default_timeout(20_000)
    tab.goto(f"{deck_with_sliders(tmp_path).as_uri()}#/1")
    tab.wait_for_selector(".live-explorer[data-state]", state="attached")
    yield tab
    tab.close()


def turned_to(tab):
    return tab.evaluate("Reveal.getIndices().h")


@pytest.mark.slow
def test_a_slide_shows_the_controls_that_it_names(chromium, tmp_path):
    tab = chromium.new_page(viewport={"width": 1280, "height": 720})
    tab.set_default_timeout(20_000)
    tab.goto(f"{deck_with_sliders(tmp_path, 'Height; To the top').as_uri()}#/1")
    tab.wait_for_selector(".live-explorer[data-state]", state="attached")
    assert tab.locator(".live .controls > *").count() == 2
    state = tab.locator(".live-explorer").get_attribute("data-state")
    tab.locator(".live button").click()
    tab.wait_for_function("(old) => document.querySelector('.live-explorer').dataset.state !== old", arg=state)
    assert tab.locator(".live input").input_value() == "4"
    tab.close()


@pytest.mark.slow
def test_the_moving_picture_has_the_room_and_the_still_one_is_gone(tab):
    box = tab.locator("canvas.picture").bounding_box()
    assert box["height"] > STILL
    assert box["width"] > STILL
    assert tab.locator(".on-paper").count() == 1
    assert not tab.locator(".on-paper").is_visible()
    words = tab.locator("section.present .body > .words").bounding_box()
    foot = tab.locator("section.present footer").bounding_box()
    assert box["y"] + box["height"] <= words["y"] + 1
    assert words["y"] + words["height"] <= foot["y"] + 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "control", ["input[type=range]", "input[type=radio] >> nth=1", "input[type=checkbox]", "button"]
)
def test_a_mouse_moves_the_picture_and_the_clicker_turns_the_slide(tab, control):
    before = tab.locator("canvas.picture").screenshot()
    box = tab.locator(f".live >> {control}").bounding_box()
    part = 0.95 if "range" in control else 0.5  # the right end of a slider that starts in the middle
    assert tab.locator(f".live >> {control}").is_visible()
    state = tab.locator(".live-explorer").get_attribute("data-state")
    tab.mouse.click(box["x"] + part * box["width"], box["y"] + box["height"] / 2)
    tab.wait_for_function(
        "(old) => document.querySelector('.live-explorer').dataset.state !== old", arg=state, timeout=5000
    )
    assert tab.locator("canvas.picture").screenshot() != before
    for keys in (("PageDown", "PageUp"), ("ArrowRight", "ArrowLeft"), ("Space", "p"), ("n", "p")):
        tab.keyboard.press(keys[0])
        assert turned_to(tab) == 2, keys
        tab.keyboard.press(keys[1])
        assert turned_to(tab) == 1, keys


@pytest.mark.slow
@pytest.mark.parametrize(("control", "key"), [("input[type=range]", "ArrowRight"), ("input[type=checkbox]", "Space")])
def test_whoever_comes_with_tab_moves_the_picture_with_keys_and_turns_the_slide(tab, control, key):
    before = tab.locator("canvas.picture").screenshot()
    for turn, back in (("PageDown", "PageUp"), ("n", "p")):
        state = tab.locator(".live-explorer").get_attribute("data-state")
        tab.locator(f".live >> {control}").focus()
        tab.keyboard.press(key)
        tab.wait_for_function(
            "(old) => document.querySelector('.live-explorer').dataset.state !== old", arg=state, timeout=5000
        )
        assert turned_to(tab) == 1
        if turn == "PageDown":
            assert tab.locator("canvas.picture").screenshot() != before
        tab.keyboard.press(turn)
        assert turned_to(tab) == 2
        tab.keyboard.press(back)
        assert turned_to(tab) == 1
        assert key == "Space" or tab.locator(f".live >> {control}").input_value() in ("3", "4")
