"""One multiple-choice question, for a warm-up or for "predict first", readable also without a widget."""

from collections.abc import Callable
from string import ascii_uppercase
from typing import Any

from clinxai_teach._validate import one_of
from clinxai_teach.forms.face import boxed, folded, named, status, with_twin
from clinxai_teach.markup import html_text


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
    defensible : str, optional
        The text of another option that a good reader may choose: its feedback begins with "Defensible."

    End a notebook cell with the question to show it. `locked` says whether an answer was given, `choice`
    which one, None before. `lock(choice)` answers without a widget.
    """

    def __init__(
        self, prompt: str, options: dict[str, str], right: str, *, why: str | None = None, defensible: str | None = None
    ) -> None:
        if not isinstance(options, dict) or not 2 <= len(options) <= 26:
            raise ValueError(f"options must be a dict of 2 to 26 texts and their feedback, but got {options!r}.")
        if not all(isinstance(text, str) for text in (prompt, *options, *options.values())):
            raise TypeError("prompt and options must hold texts only. Put each text in quotation marks.")
        self.prompt = prompt
        self.options = dict(options)
        self.right: str = one_of("right", right, list(self.options))
        self.why = why
        if defensible is not None:
            one_of("defensible", defensible, [option for option in self.options if option != right])
        self.defensible = defensible
        self.choice: str | None = None
        self._waiting: list[Callable[[], None]] = []
        self._face: Face | None = None

    @property
    def locked(self) -> bool:
        """True once an answer was given."""
        return self.choice is not None

    def lock(self, choice: str) -> str:
        """Fix the answer and return its feedback. The first choice stays: a second call raises ValueError."""
        if self.locked:
            raise ValueError(f"choice is already locked as {self.choice!r}. Run the question's cell to start again.")
        text = self.feedback(choice)
        self.choice = choice
        for call in self._waiting:
            call()
        return text

    def when_locked(self, call: Callable[[], None]) -> None:
        """Run `call()` when the answer is locked: at once if it already is."""
        if self.locked:
            call()
        else:
            self._waiting.append(call)

    def feedback(self, choice: str) -> str:
        """Return what a learner reads after this choice: right or not, why, and the right answer."""
        one_of("choice", choice, list(self.options))
        if choice == self.right:
            parts = [self._verdict(choice), self.options[choice], self.why]
        else:
            right = self._lettered(self.right).rstrip(".")
            ours = "Our answer" if choice == self.defensible else "The right answer"
            parts = [self._verdict(choice), self.options[choice], f"{ours} is {right}.", self.why]
        return " ".join(part for part in parts if part)

    def _verdict(self, choice: str) -> str:
        """Return the first word of the feedback."""
        return {self.right: "Right.", self.defensible: "Defensible."}.get(choice, "Not quite.")

    def describe(self) -> str:
        """Return the question and its lettered options as plain text."""
        return "\n".join([self.prompt, *(self._lettered(option) for option in self.options)])

    def _lettered(self, option: str) -> str:
        return f"{ascii_uppercase[list(self.options).index(option)]}. {option}"

    def _static_html(self) -> str:
        """Return the twin for GitHub, print and screen readers: the answers wait in an element that opens."""
        options = answers = ""
        for option, text in self.options.items():
            label = html_text(self._lettered(option))
            options += f"<li>{label}</li>"
            answers += f"<li>{label} <b>{self._verdict(option)}</b> {html_text(text)}</li>"
        why = f"<p>{html_text(self.why)}</p>" if self.why else ""
        return f"{prompt_html(self)}<ul>{options}</ul>{folded('Show the answers', f'<ul>{answers}</ul>{why}')}"

    @property
    def face(self) -> "Face":
        """The question's widgets. They are made when first asked for."""
        if self._face is None:
            self._face = Face(self)
        return self._face

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        # IPython calls this to show the question. A reader without widgets sees the HTML or the plain text.
        return with_twin(self.face.box, {"text/html": self._static_html(), "text/plain": self.describe()})


class Face:
    """The widgets of one question: the `options`, the `button` that locks the choice, and room for the `feedback`."""

    def __init__(self, question: Question) -> None:
        import ipywidgets as widgets  # here, so that checking an answer never loads the widgets

        self.question = question
        labels = [(question._lettered(option), option) for option in question.options]
        self.options = widgets.RadioButtons(options=labels, value=None, layout={"width": "auto"})
        self.button = widgets.Button(**named("Lock in my answer"), disabled=True, layout={"width": "max-content"})
        self.feedback = widgets.HTML()
        self.box = boxed("question", [widgets.HTML(prompt_html(question)), self.options, self.button, self.feedback])
        self.options.observe(self.on_choice, names="value")
        self.button.on_click(lambda button: question.lock(self.options.value))
        question.when_locked(self.show_feedback)

    def on_choice(self, change: Any) -> None:
        """Open the button when there is something to lock in."""
        self.button.disabled = change["new"] is None

    def show_feedback(self) -> None:
        """Show the locked choice and what to read after it."""
        self.options.value = self.question.choice
        self.options.disabled = self.button.disabled = True
        self.feedback.value = status(self.question.feedback(self.options.value))


def prompt_html(question: Question) -> str:
    """Return the question's text, named as a question."""
    return f"<p><b>Question.</b> {html_text(question.prompt)}</p>"
