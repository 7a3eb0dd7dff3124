"""Every notebook as a learner meets it: what can be touched runs in JupyterLab and obeys the keyboard alone.

nbval has run all cells. Here each notebook opens with the outputs that it was saved with, and only the cells with
explorers and questions run, with those that they need.
"""

from pathlib import Path

import pytest

from lab_in_chromium import explorers_on

pytestmark = pytest.mark.browser
NOTEBOOKS = sorted(path.name for path in (Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
VISIBLE = 600  # pixels in height that JupyterLab leaves for a notebook at 1280 x 720


@pytest.fixture(scope="module")
def tab():
    """Keep the tab with the notebook of the test before; in the end, close it."""
    last = []
    yield last
    for notebook in last:
        notebook.close()


@pytest.fixture(scope="module", params=NOTEBOOKS)
def notebook(request, browser, tab):
    """Open a notebook and run what can be touched, once for all tests of this file."""
    notebook = browser.turn(tab.pop(), request.param) if tab else browser.open(request.param)
    tab.append(notebook)
    notebook.name = request.param.removesuffix(".ipynb")
    notebook.touched = notebook.run_what_is_touched()
    return notebook


@pytest.fixture
def explorers(notebook):
    """Return the notebook's explorers, those included that wait for an answer."""
    for cell in waiting_cells(notebook):
        lock_in(cell)
    return explorers_on(notebook)


def wait_until_focused(element):
    """Wait until the focus is on an element."""
    from playwright.sync_api import expect

    expect(element).to_be_focused()


def waiting_cells(notebook):
    """Return the cells in which a question hides an explorer. Each gets a mark, as its text changes when answered."""
    cells = notebook.page.locator(".jp-CodeCell").filter(has=notebook.page.locator(".clinxai-explorer"))
    waiting = cells.filter(has_text="appear here when your answer is locked in").all()
    for number, cell in enumerate(waiting):
        cell.evaluate("(cell, number) => cell.dataset.waiting = number", number)
    return [notebook.page.locator(f"[data-waiting='{number}']") for number in range(len(waiting))]


def lock_in(cell):
    """Answer a cell's question with the keyboard: its first option."""
    cell.locator(".clinxai-question input").first.press("Space")
    cell.locator(".clinxai-question button:not([disabled])").press("Enter")
    cell.locator(".clinxai-explorer img").wait_for()


def test_opens_and_runs_without_an_error(notebook):
    assert notebook.touched
    for count, cell in enumerate(notebook.touched, 1):
        assert cell["execution_count"] == count, f"this cell did not run: {cell['source']}"
        raised = [output for output in cell["outputs"] if output["output_type"] == "error"]
        assert not raised or "raises-exception" in cell["metadata"].get("tags", []), raised
    assert notebook.console == []


def test_an_explorer_that_waits_for_an_answer_shows_when_it_is_locked(notebook):
    for cell in waiting_cells(notebook):
        assert cell.locator(".clinxai-explorer img, .clinxai-explorer [role=slider]").count() == 0
        lock_in(cell)
        cell.locator(".clinxai-explorer [role=slider]").first.wait_for()
        cell.locator(".clinxai-question input:not([disabled])").first.wait_for(state="detached")
    assert waiting_cells(notebook) == []


def test_each_explorer_is_labelled_and_fits_a_projector(explorers):
    for explorer in explorers:
        explorer.settled()
        for control in explorer.controls:
            assert explorer.box.get_by_text(control["label"], exact=True).count() > 0
        size = explorer.picture.evaluate("img => [img.clientWidth, img.naturalWidth]")
        assert size[0] == size[1], f"{explorer.name}: the picture is shrunk; make the explorer's size smaller"
        top, picture = explorer.box.bounding_box(), explorer.picture.bounding_box()
        height = picture["y"] + picture["height"] - top["y"]
        assert height <= VISIBLE, f"{explorer.name}: controls and picture are {height:.0f} pixels high"


def test_each_slider_moves_by_keyboard_to_both_ends(explorers, screenshots, notebook):
    for number, explorer in enumerate(explorers):
        sliders = [control for control in explorer.controls if control["kind"].endswith("Slider")]
        handles = explorer.box.locator("[role=slider]")
        assert handles.count() == len(sliders)
        explorer.settled()
        explorer.box.screenshot(path=screenshots / f"{notebook.name}_{explorer.name}_{number}_start.png")
        for position, control in enumerate(sliders):
            handle = handles.nth(position)
            low, _, high = control["stops"]
            ends = []
            for key, end in (("Home", low), ("End", high)):
                handle.press(key)
                ends.append(explorer.settled(**{control["name"]: end}))
            handle.press("ArrowLeft")
            explorer.settled(until=lambda state, name=control["name"], high=high: state[name] < high)
            handle.press("PageDown")
            handle.press("PageUp")
            assert explorer.settled()["right"]
            assert all(end["right"] for end in ends)
            assert ends[0]["words"] != ends[1]["words"]
            assert ends[0]["picture"] != ends[1]["picture"]
        explorer.box.screenshot(path=screenshots / f"{notebook.name}_{explorer.name}_{number}_moved.png")


def test_each_choice_and_switch_obeys_the_keyboard(explorers):
    for explorer in explorers:
        kinds = ("[type=radio]", "[type=checkbox]", "select")
        radios, boxes, lists = (explorer.box.locator(kind) for kind in kinds)
        next_radio = next_box = next_list = 0
        for control in explorer.controls:
            seen = []
            if control["kind"] == "Toggle":
                for _ in control["stops"]:
                    before = explorer.truth()["state"][control["name"]]
                    boxes.nth(next_box).press("Space")
                    seen.append(explorer.settled(**{control["name"]: not before}))
                    boxes.nth(next_box).press("ArrowDown")  # JupyterLab would go to the next cell
                    wait_until_focused(boxes.nth(next_box))
                next_box += 1
            elif control["kind"] == "Choice" and radios.count() > next_radio:
                radios.nth(next_radio).press("Space")
                for option in control["stops"]:
                    seen.append(explorer.settled(**{control["name"]: option}))
                    radios.nth(next_radio).press("ArrowRight")  # after the last option, to the first
                    next_radio += 1
                wait_until_focused(radios.nth(next_radio - len(control["stops"])))
                seen[0] = explorer.settled(**{control["name"]: control["stops"][0]})
            elif control["kind"] == "Choice":
                lists.nth(next_list).press("Home")
                for option in control["stops"]:
                    seen.append(explorer.settled(**{control["name"]: option}))
                    lists.nth(next_list).press("ArrowDown")
                next_list += 1
            assert all(truth["right"] for truth in seen)
            assert len({truth["words"] for truth in seen}) == len(seen)
        assert (next_radio, next_box, next_list) == (radios.count(), boxes.count(), lists.count())


def test_each_button_obeys_the_keyboard(explorers):
    for explorer in explorers:
        for button in explorer.box.locator("button").all():
            button.press("Enter")
            explorer.notebook.page.wait_for_timeout(300)  # its moves have no end that could be waited for
            assert explorer.settled()["right"]
        assert "could not be drawn" not in explorer.line.inner_text()


def test_nothing_was_wrong_in_the_console(notebook):
    assert notebook.console == []
