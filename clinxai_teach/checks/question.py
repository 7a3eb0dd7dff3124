"""One multiple-choice question, for a warm-up or for "predict first", readable also without a widget."""

from html import escape
from string import ascii_uppercase

from clinxai_teach._validate import one_of

# ipywidgets gives every option the height of one line, so a longer one would cover the next. In its HTML
# the circle comes after the text, hence row-reverse.
STYLE = """<style>
.clinxai-question label {
  display: flex; flex-direction: row-reverse; justify-content: flex-end; align-items: start; gap: 6px;
  height: auto !important;
}
.clinxai-question label, .clinxai-question p {line-height: 1.5 !important}
</style>"""


class Question:
    """A multiple-choice question whose answer is locked before the feedback is shown.

    Parameters
    ----------
    prompt : str
        The question.
    options : dict
        The text of each option and the feedback for it, in the order of display.
    right : str
        The text of the right option.
    why : str, optional
        The reason for the right answer, shown after every choice.

    End a notebook cell with the question to show it. `locked` says whether an answer was given, `choice`
    which one, None before. `lock(choice)` answers without a widget.
    """

    def __init__(self, prompt, options, right, *, why=None):
        if not isinstance(options, dict) or not 2 <= len(options) <= 26:
            raise ValueError(f"options must be a dict of 2 to 26 texts and their feedback, but got {options!r}.")
        if not all(isinstance(text, str) for text in (prompt, *options, *options.values())):
            raise TypeError("prompt and options must hold texts only. Put each text in quotation marks.")
        self.prompt = prompt
        self.options = dict(options)
        self.right = one_of("right", right, list(self.options))
        self.why = why
        self.choice = None
        self._waiting = []
        self._face = None

    @property
    def locked(self):
        """True once an answer was given."""
        return self.choice is not None

    def lock(self, choice):
        """Fix the answer and return its feedback. The first choice stays: a second call raises ValueError."""
        if self.locked:
            raise ValueError(f"choice is already locked as {self.choice!r}. Run the question's cell to start again.")
        text = self.feedback(choice)
        self.choice = choice
        for call in self._waiting:
            call()
        return text

    def when_locked(self, call):
        """Run `call()` when the answer is locked: at once if it already is."""
        if self.locked:
            call()
        else:
            self._waiting.append(call)

    def feedback(self, choice):
        """Return what a learner reads after this choice: right or not, why, and the right answer."""
        one_of("choice", choice, list(self.options))
        if choice == self.right:
            parts = ["Right.", self.options[choice], self.why]
        else:
            right = self._lettered(self.right).rstrip(".")
            parts = ["Not quite.", self.options[choice], f"The right answer is {right}.", self.why]
        return " ".join(part for part in parts if part)

    def describe(self):
        """Return the question and its lettered options as plain text."""
        return "\n".join([self.prompt, *(self._lettered(option) for option in self.options)])

    def _lettered(self, option):
        return f"{ascii_uppercase[list(self.options).index(option)]}. {option}"

    def _static_html(self):
        """Return the twin for GitHub, print and screen readers: the answers wait in an element that opens."""
        options = answers = ""
        for option, text in self.options.items():
            label = escape(self._lettered(option))
            verdict = "Right." if option == self.right else "Not quite."
            options += f"<li>{label}</li>"
            answers += f"<li>{label} <b>{verdict}</b> {escape(text)}</li>"
        why = f"<p>{escape(self.why)}</p>" if self.why else ""
        return (
            f"<p><b>Question.</b> {escape(self.prompt)}</p><ul>{options}</ul>"
            f"<details><summary>Show the answers</summary><ul>{answers}</ul>{why}</details>"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        # IPython calls this to show the question. A reader without widgets sees the HTML or the plain text.
        if self._face is None:
            self._face = _make_face(self)
        bundle = self._face._repr_mimebundle_()
        return {**bundle, "text/html": self._static_html(), "text/plain": self.describe()}


def _make_face(question):
    """Return the widget of a question: options, a button that locks the choice, and room for the feedback."""
    import ipywidgets as widgets  # here, so that checking an answer never loads the widgets

    prompt = widgets.HTML(f"{STYLE}<p><b>Question.</b> {escape(question.prompt)}</p>")
    labels = [(question._lettered(option), option) for option in question.options]
    options = widgets.RadioButtons(options=labels, value=None, layout={"width": "auto"})
    button = widgets.Button(description="Lock in my answer", disabled=True, layout={"width": "max-content"})
    feedback = widgets.HTML()

    def allow(change):
        button.disabled = change["new"] is None

    def show_feedback():
        options.value = question.choice
        options.disabled = button.disabled = True
        feedback.value = f"<p>{escape(question.feedback(question.choice))}</p>"

    options.observe(allow, names="value")
    button.on_click(lambda _: question.lock(options.value))
    question.when_locked(show_feedback)
    face = widgets.VBox([prompt, options, button, feedback])
    return face.add_class("clinxai-question")
