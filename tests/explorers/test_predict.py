"""Predict first: no slider before the answer is locked in, and a saved form of both parts."""

import base64

import pytest
from IPython.core.formatters import DisplayFormatter

from clinxai_teach import plots
from clinxai_teach.checks import Question
from clinxai_teach.explorers import Explorer, PredictFirst, Slider

VIEW = "application/vnd.jupyter.widget-view+json"
pytestmark = pytest.mark.usefixtures("matplotlib_left_alone")


class Number(Explorer):
    """A number that is written in the picture."""

    size = (2, 1)
    controls = (Slider("n", "Number", 0, 3, 1, start=1),)

    def build(self, figure):
        return figure.text(0.5, 0.5, "")

    def update(self, text, state):
        text.set_text(str(state["n"]))

    def words(self, state):
        return f"The number is {state['n']}."


@pytest.fixture
def question():
    return Question("Which number?", {"One": "Yes.", "Two": "Look again."}, "One")


@pytest.fixture
def shown(monkeypatch):
    """Return the outputs that are displayed, as pairs of data and metadata."""
    outputs = []
    for module in ("predict", "base"):
        monkeypatch.setattr(
            f"clinxai_teach.explorers.{module}.display",
            lambda data, *, metadata=None, raw: outputs.append((data, metadata)),
        )
    return outputs


def parts(question):
    """Return the question's radio buttons and its button."""
    return question.face.options, question.face.button


def room(pair):
    """Return what stands in the place of the explorer now."""
    return pair._room.children


def test_the_explorer_waits_until_the_answer_is_locked(question, shown):
    explorer = Number()
    pair = PredictFirst(question, explorer)
    pair._ipython_display_()
    (waiting,) = room(pair)
    assert "appear here when your answer is locked in" in waiting.value
    assert explorer._face is None  # not only hidden: it does not exist
    options, button = parts(question)
    options.value = "Two"
    assert room(pair) == (waiting,)
    button.click()
    assert question.choice == "Two"
    assert room(pair) == (explorer.face.box,)
    explorer.face.controls["n"].value = 3
    assert "The number is 3." in explorer.face.line.value


def test_an_answer_given_without_the_button_shows_the_explorer_too(question, shown):
    before = PredictFirst(question, Number())
    before._ipython_display_()
    question.lock("One")
    after = PredictFirst(question, Number())
    after._ipython_display_()
    for pair in (before, after):
        assert room(pair) == (pair.explorer.face.box,)
    assert parts(question)[1].disabled


def test_the_cell_run_again_shows_the_same_pair(question, shown):
    pair = PredictFirst(question, Number())
    pair._ipython_display_()
    pair._ipython_display_()
    models = [data[VIEW]["model_id"] for data, _ in shown if VIEW in data]
    assert len(set(models)) == 2
    assert models[:2] == models[2:]


def test_two_pairs_do_not_disturb_each_other(shown):
    pairs = [PredictFirst(Question("?", {"a": "A.", "b": "B."}, "a"), Number()) for _ in range(2)]
    for pair in pairs:
        pair._ipython_display_()
    pairs[0].question.lock("a")
    assert room(pairs[0]) == (pairs[0].explorer.face.box,)
    assert pairs[1].explorer._face is None


def test_a_saved_notebook_holds_the_question_and_the_picture(question, shown):
    explorer = Number()
    PredictFirst(question, explorer)._ipython_display_()
    (asked, _), (picture, metadata), (again, _) = shown
    assert set(asked) == {VIEW, "text/html", "text/plain"}
    assert asked["text/html"] == question._static_html()
    assert set(picture) == {VIEW, "image/png", "text/plain"}
    assert base64.b64decode(picture["image/png"]) == plots.png_bytes(explorer.render({"n": 1}))
    assert picture["text/plain"] == metadata["image/png"]["alt"] == "The number is 1."
    assert "run this cell and those above it" in again["text/html"]


def test_the_last_line_of_a_cell_displays_it(question, shown):
    assert DisplayFormatter().format(PredictFirst(question, Number())) == ({}, {})
    assert len(shown) == 3


def test_outside_a_notebook_both_are_said(question, shown, capsys):
    PredictFirst(question, Number()).show()
    assert capsys.readouterr().out == f"{question.describe()}\nThe number is 1.\n"
    assert shown == []


def test_in_a_notebook_show_displays(question, shown, monkeypatch):
    monkeypatch.setattr(plots, "in_notebook", lambda: True)
    PredictFirst(question, Number()).show()
    assert len(shown) == 3
