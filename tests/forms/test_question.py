"""A question: its text, its feedback, its widget driven without a browser, and its static twin."""

import html
import re
import subprocess
import sys

import pytest
from IPython.core.formatters import DisplayFormatter

from clinxai_teach.checks import Question

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def question():
    return Question(
        "Is an AUC < 0.5 useless?",
        {
            "Yes": "Look at its direction first.",
            "No & never": "Reverse it and it is above 0.5.",
            "It <b>depends</b>": "On what?",
        },
        "No & never",
        why="1 - AUC is the AUC of the reversed score.",
    )


def parts(question):
    """Show the question; return its radio buttons, its button and its feedback."""
    question._repr_mimebundle_()
    return question.face.options, question.face.button, question.face.feedback


def test_feedback_is_in_words(question):
    assert question.feedback("No & never") == (
        "Right. Reverse it and it is above 0.5. 1 - AUC is the AUC of the reversed score."
    )
    assert question.feedback("Yes") == (
        "Not quite. Look at its direction first. The right answer is B. No & never. "
        "1 - AUC is the AUC of the reversed score."
    )


def test_feedback_without_a_reason():
    short = Question("1 + 1?", {"2.": "Yes.", "3.": "Count."}, "2.")
    assert short.feedback("3.") == "Not quite. Count. The right answer is A. 2."


def test_describe_is_plain_text_with_letters(question):
    assert question.describe() == "Is an AUC < 0.5 useless?\nA. Yes\nB. No & never\nC. It <b>depends</b>"
    assert not question.locked


def test_nothing_is_selected_and_the_button_waits_for_a_choice(question):
    options, button, feedback = parts(question)
    assert options.value is None
    assert button.disabled
    assert button.description == "Lock in my answer"
    options.value = "Yes"
    assert not button.disabled
    assert feedback.value == ""
    assert not question.locked


@pytest.mark.parametrize("choice", ["Yes", "No & never", "It <b>depends</b>"])
def test_locking_fixes_the_choice_and_shows_the_feedback(question, choice):
    options, button, feedback = parts(question)
    options.value = choice
    button.click()
    assert question.locked
    assert question.choice == choice
    assert options.disabled
    assert button.disabled
    assert html.unescape(feedback.value) == f'<div role="status">{question.feedback(choice)}</div>'
    with pytest.raises(ValueError, match="already locked"):
        question.lock("Yes")
    assert question.choice == choice


def test_a_question_shown_again_keeps_its_state(question):
    options, button, _ = parts(question)
    options.value = "Yes"
    button.click()
    assert parts(question)[0] is options


def test_a_question_locked_before_it_is_shown_shows_its_feedback(question):
    assert question.lock("No & never").startswith("Right.")
    options, button, feedback = parts(question)
    assert options.value == "No & never"
    assert options.disabled
    assert button.disabled
    assert "Right." in feedback.value


def test_what_waits_for_the_lock_runs_once_at_the_lock_or_at_once_after_it(question):
    ran = []
    question.when_locked(lambda: ran.append(("early", question.choice)))
    with pytest.raises(ValueError, match="choice must be one of"):
        question.lock("Maybe")
    assert ran == []
    question.lock("Yes")
    question.when_locked(lambda: ran.append(("late", question.choice)))
    assert ran == [("early", "Yes"), ("late", "Yes")]


def test_an_answer_locked_without_the_button_shows_in_a_face_that_is_already_there(question):
    options, button, feedback = parts(question)
    question.lock("Yes")
    assert options.value == "Yes"
    assert options.disabled
    assert button.disabled
    assert "Not quite." in feedback.value


def test_the_display_has_a_widget_a_static_twin_and_plain_text(question):
    data, _ = DisplayFormatter().format(question)
    assert data[VIEW]["model_id"]
    assert data["text/plain"] == question.describe()
    twin = data["text/html"]
    before, answers = twin.split("<details>")
    for option in question.options:
        assert html.escape(option) in before
    assert "Right." not in before
    assert answers.count("Not quite.") == 2
    assert answers.count("Right.") == 1
    assert html.escape(question.why) in answers


def test_texts_are_escaped_in_the_twin_and_in_the_widget(question):
    twin = question._repr_mimebundle_()["text/html"]
    assert "It <b>depends" not in twin
    assert "It &lt;b&gt;depends" in twin
    assert "AUC &lt; 0.5" in twin
    assert "AUC &lt; 0.5" in question.face.box.children[1].value
    opened = re.findall(r"<(\w+)", twin)
    assert sorted(opened) == sorted(re.findall(r"</(\w+)", twin))


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        (("Q", {"a": "x", "b": "y"}, "c"), ValueError, "right must be one of 'a', 'b', but got 'c'"),
        (("Q", {"a": "x"}, "a"), ValueError, "options must be a dict of 2 to 26"),
        (("Q", ["a", "b"], "a"), ValueError, "options must be a dict"),
        (("Q", {"a": "x", "b": None}, "a"), TypeError, "texts only"),
        ((1, {"a": "x", "b": "y"}, "a"), TypeError, "texts only"),
    ],
)
def test_bad_arguments_are_named(arguments, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        Question(*arguments)


@pytest.mark.parametrize("choice", ["Maybe", None, ["Yes"]])
def test_an_unknown_choice_lists_the_options(question, choice):
    with pytest.raises(ValueError, match="choice must be one of 'Yes', 'No & never'"):
        question.feedback(choice)


def test_the_widgets_load_only_when_a_question_is_shown():
    code = (
        "import sys\nfrom clinxai_teach.checks import Question\n"
        "q = Question('?', {'a': 'x', 'b': 'y'}, 'a')\nq.describe(), q.feedback('a')\n"
        "assert 'ipywidgets' not in sys.modules\nq._repr_mimebundle_()\nassert 'ipywidgets' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
