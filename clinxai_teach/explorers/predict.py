"""Predict first: a question whose answer is locked in before the sliders show."""

from typing import Any

from IPython.display import display

from clinxai_teach import plots
from clinxai_teach.explorers.base import Explorer
from clinxai_teach.forms.question import Question

WAIT = "The sliders and their picture appear here when your answer is locked in."


class PredictFirst:
    """A question, and below it an explorer that waits for the answer.

    Parameters
    ----------
    question : Question
        From `clinxai_teach.checks`. Once its answer is locked in, by its button or `question.lock(...)`, the explorer
        appears below the feedback. It moves no earlier, so that the prediction is one.
    explorer : Explorer
        What answers the question.

    Put it on the last line of a cell, or call `.show()`. To commit to a prediction before one sees the result makes
    a demonstration teach (Crouch, Fagen, Callan and Mazur 2004, doi:10.1119/1.1707018).

    A saved notebook, which has no kernel, shows the question with its answers folded, then the explorer's picture.
    """

    def __init__(self, question: Question, explorer: Explorer) -> None:
        for name, value, kind in (("question", question, Question), ("explorer", explorer, Explorer)):
            if not isinstance(value, kind):
                raise TypeError(f"{name} must be of the kind {kind.__name__}, but got {type(value).__name__}.")
        self.question, self.explorer = question, explorer
        self._room: Any = None

    def show(self) -> None:
        """Show the question and the waiting explorer in a notebook; elsewhere both in words."""
        if plots.in_notebook():
            self._ipython_display_()
        else:
            print(self.question.describe())
            self.explorer.show()

    def _ipython_display_(self) -> None:
        import ipywidgets as widgets

        if self._room is None:
            self._room = widgets.VBox([widgets.HTML(f"<p>{WAIT}</p>")]).add_class("clinxai-explorer")
            self.question.when_locked(self._reveal)
        # Two outputs, each with its own live and static form: no third form has to be made of the two.
        display(self.question._repr_mimebundle_(), raw=True)
        self.explorer.display_live(self._room)

    def _reveal(self) -> None:
        self._room.children = [self.explorer.face.box]
