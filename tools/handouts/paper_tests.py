"""Print tests for those who write on paper: `python tools/handouts/paper_tests.py handout/test/test_p07.ipynb`.

Each released notebook becomes a PDF in the folder on_paper/, with this person's numbers, and boxes or lines where the
notebook has a line of Python. It holds no key. A task that needs code is refused.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cells import BuildError
from clinxai_teach.classroom.handout import SETS, TEXT_STUB
from handouts import answers, forms
from handouts.build import of
from handouts.page import Paper
from handouts.pdf import Printer

OUT = Path("on_paper")
HEAD = (
    "The patients, numbers and codes are yours alone: an answer of somebody else does not fit. Write each answer into "
    "its boxes or lines; reckon on the back, or on empty paper. A half is 0.5 or 50%, not 50. Allowed: what the rules "
    "say. "
    f"{SETS}"
)
CODE = re.compile(r"[A-Z]\d\d")  # of a patient, a tool or a statement
# How a notebook says what is typed.
TYPED = ((r'`"([^`"]*)"`', r"**\1**"), (r'(?<![\w(])"([A-E])"(?= )', r"**\1**"), ("Give the set of", "Write down"))


def paper(notebook: NotebookNode) -> Paper:
    """Return a released notebook as a page for paper."""
    title, head = notebook.cells[0].source.lstrip("# ").split("\n\n", 1)
    made = [f"# {title}", f"{head.split('. ')[0]}. {HEAD}"]
    for task, answer in tasks(notebook):
        text = task
        for typed, written in TYPED:
            text = re.sub(typed, written, text)
        text = re.sub(r"`([a-z]\w*)`", lambda name: f"**{answers.paper_name(name[1])}**", text)
        made.append(f'<div class="task">\n\n{text}\n\n{form(answer)}\n\n</div>')
    name = re.sub(r"\W+", "_", title).strip("_")
    return of(name, "\n\n".join(made), place="teaching")


def tasks(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """Yield the text of each task, with the cell for its answer."""
    text = ""
    for cell in notebook.cells[1:]:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if cell.metadata.get("nbgrader", {}).get("solution"):
            yield text, cell
        elif cell.cell_type == "markdown":
            text = cell.source
        elif name != "setup":
            raise BuildError(f"{name.removesuffix('-given')} gives its data as code: for paper choose another task")


def form(answer: NotebookNode) -> str:
    """Return where an answer is written, by the stub of its cell."""
    if answer.cell_type == "markdown":
        if TEXT_STUB not in answer.source:
            raise BuildError("a text is written in already: take the notebook as it was released")
        return f"*Your text:*\n\n{forms.LINE * forms.LINES}"
    (stub,) = ast.parse(answer.source).body
    value = stub.value if isinstance(stub, ast.Assign) else None
    if isinstance(value, ast.Dict):
        names = [str(ast.literal_eval(name)) for name in value.keys if name is not None]
        if all(map(CODE.fullmatch, names)):
            return f"*A letter in each box:*\n\n{forms.boxes(names)}"
        return "*Your answer:*\n\n" + "".join(forms.entry(name, "") for name in names)
    if isinstance(value, ast.Set | ast.Constant):
        return f"*Your answer:*\n\n{forms.written('')}"
    raise BuildError(f"{answer.source.splitlines()[0].lstrip('# ')} asks for code: for paper choose another task")


def main() -> int:
    """Print the notebooks that are named."""
    OUT.mkdir(exist_ok=True)
    with Printer() as printer:
        for path in map(Path, sys.argv[1:]):
            made = paper(nbformat.read(path, as_version=4))
            printer.to_file(made.page(frozenset()), OUT / f"{path.stem}.pdf")
            print(OUT / f"{path.stem}.pdf")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BuildError as error:
        sys.exit(str(error))
