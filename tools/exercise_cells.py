"""The exercise files: the notebook cells that each one gives, and what the course's texts say of all of them.

An exercise is one file, clinxai_teach/exercises/18_3/b_murphy.py, in percent format. Its cells:

    # %% [markdown]                  text; the first one begins with the title, ## Murphy's three terms
    # %%                             code for the notebook alone; it may use what the frame and earlier cells define
    # %% answer points=3 minutes=10  the learner's cell; what is between the lines ### BEGIN SOLUTION and
                                     ### END SOLUTION becomes a stub. Its check follows by itself.
                                     coding="none", "calculator" or "code" (if left out): what the answer needs.
                                     needs="notebook": the solution uses earlier cells, so the engine does not run it
    # %% answer [markdown] points=4  a text that a teacher marks
    # %% shared                      code for the notebook and for the judge
    # %% judge                       how an answer is judged: not in the notebook; it defines EXERCISE

The frame is the section's lesson whose name ends in _exercises. Its cell `# %% exercises` stands for all of them in
the order of their letters, `# %% exercises="c"` for one; no exercise comes twice.

In Markdown, {{material}} stands for what an exercise asks about, as its kind shows it. In any lesson, {{count 18.3}}
and {{Count 18.3}} stand for the number of exercises as a word, {{minutes 18.3}} for their time, {{coding 18.3}} for the
sentence on which need no code. README.md has the same between <!--count 18.3--> and <!--/-->.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from nbformat import NotebookNode

from cells import BEGIN, BuildError, grading, new_cell, notebook_cell, released_source, source_cells
from clinxai_teach.checks import bank

HIDDEN = {"judge"}
ANSWER_OPTIONS = {"points", "minutes", "coding", "needs", "title"}
WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


class Facts(NamedTuple):
    """What the texts say of one exercise, from the options of its answer cell."""

    id: str
    points: float
    minutes: int
    coding: str


# ---- one exercise --------------------------------------------------------------------------------


def exercise_files(root: Path, section: str) -> list[Path]:
    """The files of a section, such as "18_3", in the order of their letters."""
    return sorted((root / "clinxai_teach" / "exercises" / section).glob("[a-z]_*.py"))


def exercise_id(path: Path) -> str:
    """The id of an exercise, "18.3-b", from the place of its file."""
    return f"{path.parent.name.replace('_', '.')}-{path.name[0]}"


def exercise_cells(path: Path) -> list[NotebookNode]:
    """The notebook cells of one exercise: its title with the id, its texts, its answer with the check."""
    cells: list[NotebookNode] = []
    problems = []
    for number, source_cell in enumerate(source_cells(path), 1):
        try:
            cells += cells_of(source_cell, path, first=not cells)
        except BuildError as error:
            problems.append(f"{path.parent.name}/{path.name}, cell {number}: {error}")
    if not problems and not any("nbgrader" in cell.metadata for cell in cells):
        problems.append(f"{path.parent.name}/{path.name}: it has no cell titled answer; add one")
    if problems:
        raise BuildError("\n".join(problems))
    return cells


def cells_of(source_cell: NotebookNode, path: Path, first: bool) -> Iterator[NotebookNode]:
    """The notebook cells of one cell of an exercise file: none, one, or an answer and its check."""
    title = source_cell.metadata.get("title")
    if title in HIDDEN:
        return
    if title == "answer":
        yield from answer_cells(source_cell, path)
        return
    if title == "shared":
        del source_cell.metadata["title"]
    elif title is not None:
        raise BuildError(f"a cell is titled answer, judge or shared, or has no title; found {title!r}")
    if first:
        if not source_cell.source.startswith("## "):
            raise BuildError("the first text begins with the title, such as `## Murphy's three terms`")
        source_cell.source = f"## {exercise_id(path)} {source_cell.source.removeprefix('## ')}"
    if source_cell.cell_type == "markdown" and "{{material}}" in source_cell.source:
        source_cell.source = source_cell.source.replace("{{material}}", bank.load(path).material)
    yield notebook_cell(source_cell)


def answer_cells(source_cell: NotebookNode, path: Path) -> Iterator[NotebookNode]:
    """The learner's cell, and the cell that checks it. A text is marked by a teacher, so it has no check."""
    options, source, cell_type = dict(source_cell.metadata), source_cell.source, source_cell.cell_type
    exercise, points = exercise_id(path), options.get("points")
    if unknown := sorted(set(options) - ANSWER_OPTIONS):
        raise BuildError(f"unknown option {', '.join(unknown)}; an answer may have {', '.join(sorted(ANSWER_OPTIONS))}")
    if type(points) not in (int, float) or points <= 0:
        raise BuildError(f"an answer needs points= and a number above 0, found {points!r}")
    if type(options.get("minutes")) is not int or options["minutes"] <= 0:
        raise BuildError(f"an answer needs minutes= and a whole number above 0, found {options.get('minutes')!r}")
    if BEGIN not in source:
        raise BuildError("an answer needs ### BEGIN SOLUTION and ### END SOLUTION around its solution")
    released_source(source, cell_type)  # raises for a region that does not close
    if cell_type == "markdown":
        yield new_cell(
            cell_type, source, grading(exercise, "answer", grade=True, solution=True, locked=False, points=points)
        )
        return
    yield new_cell(cell_type, source, grading(exercise, "answer", grade=False, solution=True, locked=False))
    checked = f'check("{exercise}", {answer_name(source)})'
    yield new_cell("code", checked, grading(exercise, "check", grade=True, solution=False, locked=True, points=points))


def answer_name(source: str) -> str:
    """The name that an answer cell defines first: a function, or a variable."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            return node.name
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            return node.targets[0].id
    raise BuildError("an answer must begin with a function, or with a stub such as `answer = ...`")


# ---- a section's exercises -----------------------------------------------------------------------


def expand(frame: list[NotebookNode], root: Path, section: str) -> Iterator[NotebookNode | Path]:
    """The cells of a frame, with the file of each exercise in its place."""
    waiting = {path.name[0]: path for path in exercise_files(root, section)}
    for cell in frame:
        if "exercises" in cell.metadata:
            letters = [cell.metadata["exercises"]]
        elif cell.metadata.get("title") == "exercises":
            letters = sorted(waiting)
        else:
            yield cell
            continue
        if missing := [letter for letter in letters if letter not in waiting]:
            raise BuildError(f"section {section} has no exercise {missing[0]} that is not used yet")
        yield from (waiting.pop(letter) for letter in letters)
    if waiting:
        raise BuildError(f"no cell of the frame shows {', '.join(waiting)}; add `# %% exercises`")


# ---- what the texts say of all -------------------------------------------------------------------


def facts(root: Path, section: str) -> list[Facts]:
    """What the texts say of the exercises of a section, "18.3"."""
    found = []
    for path in exercise_files(root, section.replace(".", "_")):
        for cell in source_cells(path):
            if cell.metadata.get("title") == "answer":
                options = cell.metadata
                found.append(
                    Facts(exercise_id(path), options["points"], options["minutes"], options.get("coding", "code"))
                )
    return found


def coding_sentence(exercises: list[Facts]) -> str:
    """Say which exercises need no code, and which a calculator only."""

    def listed(need: str) -> str:
        ids = [exercise.id for exercise in exercises if exercise.coding == need]
        return " and ".join(filter(None, [", ".join(ids[:-1]), *ids[-1:]]))

    none, calculator = listed("none"), listed("calculator")
    parts = [f"{none} need{'' if ' and ' in none else 's'} no code"] if none else []
    parts += [f"{calculator} need{'' if ' and ' in calculator else 's'} a calculator only"] if calculator else []
    return ", and ".join(parts) + "." if parts else "All need code."


def in_words(number: int) -> str:
    return WORDS[number] if number < len(WORDS) else str(number)


SAYINGS: dict[str, Callable[[list[Facts]], Any]] = {
    "number": len,
    "count": lambda exercises: in_words(len(exercises)),
    "Count": lambda exercises: in_words(len(exercises)).capitalize(),
    "minutes": lambda exercises: sum(exercise.minutes for exercise in exercises),
    "coding": coding_sentence,
}
PLACEHOLDER = re.compile(r"\{\{(\w+) (\d+\.\d+|all)\}\}")
README_SPAN = re.compile(r"(<!--(\w+) (\d+\.\d+|all)-->).*?(<!--/-->)", re.DOTALL)


def said(what: str, section: str, root: Path) -> str:
    """What stands for a placeholder such as {{count 18.3}}; `all` means every section."""
    if what not in SAYINGS:
        raise BuildError(f"unknown placeholder {what}; use one of {', '.join(SAYINGS)}")
    folders = sorted(path.name for path in (root / "clinxai_teach" / "exercises").glob("[0-9]*_[0-9]*"))
    sections = [folder.replace("_", ".") for folder in folders] if section == "all" else [section]
    return str(SAYINGS[what]([exercise for name in sections for exercise in facts(root, name)]))


def fill_in(text: str, root: Path) -> str:
    """A text of a lesson with its placeholders filled in."""
    return PLACEHOLDER.sub(lambda found: said(found[1], found[2], root), text)


def fill_in_readme(text: str, root: Path) -> str:
    """The README with the text between its marks made anew."""
    return README_SPAN.sub(lambda found: found[1] + said(found[2], found[3], root) + found[4], text)
