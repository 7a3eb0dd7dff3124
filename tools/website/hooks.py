"""Runs inside a lesson's kernel: whatever has controls becomes a mark in the page, and its data go into files.

`into(folder)` changes how explorers, questions and the checklist show themselves, in this kernel only.
"""

import html
import json
import sys
from itertools import count
from pathlib import Path
from typing import Any

from IPython.display import display

from clinxai_teach.explorers import PredictFirst
from clinxai_teach.explorers.base import Explorer
from clinxai_teach.forms import ChecklistForm, Question
from website import MOST_STATES


def into(folder: str | Path, most: int = MOST_STATES) -> None:
    """Write the explorers of this kernel below a folder, one folder each, with at most so many states."""
    folder, numbers = Path(folder), count(1)

    def show_explorer(explorer: Explorer, wait: bool = False) -> None:
        from website.bake import bake  # here, so that a lesson with questions alone loads no more

        key = f"{folder.name}-{next(numbers)}"
        bake(explorer, folder.parent / key, most)
        mark("explorer", {"key": key, "wait": wait})

    def show_both(pair: PredictFirst) -> None:
        mark("question", question_data(pair.question))
        show_explorer(pair.explorer, wait=True)

    Explorer._ipython_display_ = show_explorer  # type: ignore[method-assign]
    PredictFirst._ipython_display_ = show_both  # type: ignore[method-assign]
    Question._repr_mimebundle_ = lambda self, **_: bundle("question", question_data(self))  # type: ignore[assignment]
    ChecklistForm._repr_mimebundle_ = lambda self, **_: bundle("checklist", checklist_data(self))  # type: ignore[assignment]


def imported(root: str) -> str:
    """Return the files of the package's modules that this kernel has imported, below a folder, as JSON."""
    files = {module.__file__ for name, module in sys.modules.items() if name.split(".")[0] == "clinxai_teach"}
    return json.dumps(sorted(Path(file).relative_to(root).as_posix() for file in files if file))


def mark(kind: str, data: dict[str, Any]) -> None:
    """Display a mark that the page's script fills."""
    display(bundle(kind, data), raw=True)


def bundle(kind: str, data: dict[str, Any]) -> dict[str, str]:
    """Return a mark as the output of a cell."""
    return {"text/html": mark_of(kind, data), "text/plain": ""}


def mark_of(kind: str, data: dict[str, Any]) -> str:
    """Return a mark as HTML."""
    text = html.escape(json.dumps(data, ensure_ascii=False))
    return f'<div class="live" data-kind="{kind}" data-live="{text}"></div>'


def question_data(question: Question) -> dict[str, Any]:
    """Return a question with what a learner reads after each choice."""
    return {
        "prompt": question.prompt,
        "options": [question._lettered(option) for option in question.options],
        "feedback": [question.feedback(option) for option in question.options],
        "right": list(question.options).index(question.right),
    }


def checklist_data(form: ChecklistForm) -> dict[str, Any]:
    """Return the answers that a checklist holds when it is shown."""
    checklist = form.checklist
    return {"tool": checklist.tool, "answers": {n: list(answer) for n, answer in checklist.answers.items()}}
