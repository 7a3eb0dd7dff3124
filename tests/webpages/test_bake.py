"""An explorer on files: what the page shows is what the explorer draws and says, in every state that it offers."""

import ast
import itertools
import json

import numpy as np
import pytest
from baked import shown
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from nbformat import v4
from PIL import Image

from clinxai_teach.explorers import LogOddsExplorer, ShapleyExplorer, TeamExplorer
from clinxai_teach.explorers.base import Choice, Explorer, LogSlider, Slider, Toggle
from clinxai_teach.plots.showing import rgb_picture
from website import build
from website.bake import all_values, bake, control_data, grid, spread


class Small(Explorer):
    """A line whose height is the product of what its controls say."""

    title = "Small"
    size = (2.0, 1.0)
    controls = (
        Slider("height", "Height", 0, 4, 1, 2),
        LogSlider("factor", "Factor", 0.1, 10, 2, 1.0),
        Choice("way", "Way", ("up", "down"), "up"),
        Toggle("thick", "Thick", False),
    )

    def build(self, figure):
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set_ylim(-50, 50)
        return ax.axhline(0)

    def update(self, line, state):
        height = state["height"] * state["factor"] * (1 if state["way"] == "up" else -1)
        line.set_ydata([height, height])
        line.set_linewidth(5 if state["thick"] else 1)

    def words(self, state):
        return f"{state}"


def states_of(explorer, most):
    values = grid(explorer, most)
    return [dict(zip((c.name for c in explorer.controls), one, strict=True)) for one in itertools.product(*values)]


def drawn(explorer, state):
    canvas = FigureCanvasAgg(explorer.render(state))
    canvas.draw()
    return np.asarray(rgb_picture(canvas.get_renderer()))


@pytest.mark.parametrize(("explorer", "most"), [(Small(), 500), (LogOddsExplorer(), 25)])
def test_every_state_shows_its_picture_and_its_words(tmp_path, explorer, most):
    data = bake(explorer, tmp_path / "one", most)
    states = states_of(explorer, most)
    assert data["words"] == [explorer.describe(state) for state in states]
    for number in range(0, len(states), 7):
        assert np.array_equal(shown(tmp_path / "one", data, number), drawn(explorer, states[number]))


class Two(Small):
    """Two lines, each moved by one control, and one that nothing moves."""

    def build(self, figure):
        axes = [figure.add_axes((0, low, 1, 0.2)) for low in (0, 0.4, 0.8)]
        for ax in axes:
            ax.set_ylim(-6, 12)
        return [ax.axhline(0) for ax in axes]

    def update(self, lines, state):
        lines[0].set_ydata([state["height"]] * 2)
        lines[2].set_ydata([state["factor"]] * 2)


def test_what_one_control_moves_is_stored_once_for_each_of_its_values(tmp_path):
    data = bake(Two(), tmp_path / "two", 500)
    assert sorted(max(forms) + 1 for forms in data["layers"]) == [3, 5]
    assert len(list((tmp_path / "two").glob("*-*.webp"))) == 3 + 5
    for number, state in enumerate(states_of(Two(), 500)):
        assert np.array_equal(shown(tmp_path / "two", data, number), drawn(Two(), state))


def test_a_layer_is_cut_to_its_box(tmp_path):
    data = bake(Two(), tmp_path / "two", 500)
    width, height = data["width"], data["height"]
    for layer, (x, y) in enumerate(data["corners"]):
        box = Image.open(tmp_path / "two" / f"{layer}-0.webp")
        assert box.height < height / 3
        assert x + box.width <= width
        assert y + box.height <= height


def test_the_script_is_what_the_page_reads(tmp_path):
    data = bake(Small(), tmp_path / "small", 500)
    text = (tmp_path / "small" / "states.js").read_text(encoding="utf-8")
    name, read = json.loads("[" + text.removeprefix("clinxai.baked(").removesuffix(");\n") + "]")
    assert (name, read) == ("small", {**data, "corners": [list(corner) for corner in data["corners"]]})
    assert [control["kind"] for control in data["controls"]] == ["range", "range", "choice", "toggle"]
    height = {"name": "height", "label": "Height", "kind": "range", "texts": ["0", "1", "2", "3", "4"]}
    assert data["controls"][0] == {**height, "start": 2, "thinned": False}
    assert len(data["words"]) == 5 * 3 * 2 * 2


def test_too_many_states_leave_fewer_steps_and_say_so():
    values = grid(TeamExplorer(), 900)
    assert np.prod([len(on) for on in values]) <= 900
    for control, on in zip(TeamExplorer.controls, values, strict=True):
        every = all_values(control)
        assert on[0] == every[0]
        assert on[-1] == every[-1]
        assert set(on) <= set(every)
        assert control_data(control, on)["thinned"] == (len(on) < len(every))


def test_too_many_choices_are_refused(monkeypatch):
    monkeypatch.setattr("website.bake.MOST_STATES", 10)
    with pytest.raises(ValueError, match=r"Small has 36 states .* more than 30\. Give it fewer"):
        grid(Small(), 10)


@given(st.integers(3, 60), st.data())
def test_what_is_kept_has_both_ends_and_the_start(n, data):
    values = list(range(n))
    kept, start = data.draw(st.integers(3, n)), data.draw(st.sampled_from(values))
    found = spread(values, kept, start)
    assert found == sorted(set(found))
    assert len(found) <= kept
    assert {0, n - 1, start} <= set(found)


def test_a_button_leads_to_a_state_of_the_page(tmp_path):
    explorer = ShapleyExplorer()
    data = bake(explorer, tmp_path / "shapley", 150)
    states = states_of(explorer, 150)
    press = data["buttons"][0]["to"]
    for number in range(0, len(states), 11):
        wanted = {**states[number], **explorer.press(explorer.buttons[0].name, states[number])}
        assert states[press[number]]["joined"] == wanted["joined"]
        assert states[press[number]]["patient"] == wanted["patient"]


def test_what_was_drawn_is_kept_until_what_it_came_from_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "ROOT", tmp_path)
    package = tmp_path / "clinxai_teach"
    package.mkdir()
    for name in ("called.py", "other.py", "table.csv"):
        (package / name).write_text("1", encoding="utf-8")
    notebook, kept = v4.new_notebook(cells=[v4.new_code_cell("Question(x)")]), tmp_path / "kept.json"
    assert build.marks_in(kept, notebook) is None
    modules, marks = ["clinxai_teach/called.py"], {"cell": ["mark"]}

    def keep():
        key = build.state_of(notebook, modules)
        kept.write_text(json.dumps({"key": key, "modules": modules, "marks": marks}), encoding="utf-8")
        assert build.marks_in(kept, notebook) == marks

    keep()
    (package / "other.py").write_text("2", encoding="utf-8")
    assert build.marks_in(kept, notebook) == marks
    for name in ("called.py", "table.csv"):
        (package / name).write_text("2", encoding="utf-8")
        assert build.marks_in(kept, notebook) is None
        keep()
    notebook.cells.append(v4.new_code_cell("print(1)"))
    assert build.marks_in(kept, notebook) == marks
    notebook.cells[0].source = "Question(y)"
    assert build.marks_in(kept, notebook) is None


def test_only_what_the_explorers_need_runs_again():
    cells = {
        "import": ("import numpy as np\nimport torch\nfrom here import Explorer", 0b101),
        "settings": ("np.size['a'] = 1", 1),
        "far": ("def far(x):\n    return table[x]", 1),
        "table": ("table = [1, 2]\nother = [3]", 0b01),
        "long": ("hours = train(table)", 0),
        "sort": ("for row in table:\n    row.sort()\nprint(table)", 0b01),
        "made": ("team = Explorer(np.array(far(1)))", 1),
        "magic": ("%time hours", 0),
        "changed": ("team.seed(3)", 1),
        "shown": ("team.show()", 1),
        "after": ("table.clear()", 1),
    }
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source, id=name) for name, (source, _) in cells.items()])
    twin = {"text/html": '<p class="clinxai-run-again">Run it.</p>'}
    notebook.cells[list(cells).index("shown")].outputs = [v4.new_output("display_data", twin)]
    found = {cell.id: cell.source for cell in build.needed(notebook)}
    for name, (source, kept) in cells.items():
        wanted = [ast.unparse(one) for n, one in enumerate(build.parsed(source).body) if kept >> n & 1]
        assert found.get(name, "") == "\n".join(wanted), name
    assert build.needed(v4.new_notebook(cells=[v4.new_code_cell("x = 1")])) == []
