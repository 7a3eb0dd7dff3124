"""The exercise files: the notebook cells that each one gives, and what the course's texts say of all of them.

An exercise is one file, clinxai_teach/exercises/18_3/b_murphy.py, in percent format. Its cells:

    # %% [markdown]                  text; the first one begins with the title, ## Murphy's three terms
    # %%                             code for the notebook alone; it may use what the frame and earlier cells define
    # %% answer points=3 minutes=10  the learner's cell; what is between the lines ### BEGIN SOLUTION and
                                     ### END SOLUTION becomes a stub. Its check follows by itself.
                                     difficulty="easy", "medium" or "hard": shown below the title, with the minutes.
                                     coding="none", "calculator" or "code" (if left out): what the answer needs.
                                     needs="notebook": the solution uses earlier cells, so the engine does not run it
    # %% answer [markdown] points=4 minutes=9   a text that a teacher marks: no check follows
    # %% shared                      code for the notebook and for the judge
    # %% judge                       how an answer is judged: not in the notebook; it defines EXERCISE

The frame is the section's lesson whose name ends in _exercises. Its cell `# %% exercises` stands for all of them in
the order of their letters, `# %% exercises="c"` for one, `# %% exercises="cad"` for three in this order; no exercise
comes twice. A section with two notebooks has two frames, which share its exercises.

In Markdown, {{material}} stands for what an exercise asks about, as its kind shows it. In any lesson, {{count 18.3}}
and {{Count 18.3}} stand for the number of exercises as a word, {{minutes 18.3}} for their time, {{coding 18.3}} for the
sentence on which need no code; {{count 18.3-abd}} is about these three only. README.md has the same between
<!--count 18.3--> and <!--/-->.
"""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from nbformat import NotebookNode

from cells import BEGIN, BuildError, grading, new_cell, notebook_cell, released_source, source_cells
from clinxai_teach.checks import bank

ANSWER_OPTIONS = {"points", "minutes", "difficulty", "coding", "needs", "title"}
CODING = {"none": "No code.", "calculator": "A calculator will do.", "code": "Code."}
DIFFICULTY = ("easy", "medium", "hard")
WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


class Facts(NamedTuple):
    """What the texts say of one exercise, from the options of its answer cell."""

    id: str
    minutes: int
    coding: str


# ---- one exercise --------------------------------------------------------------------------------


def exercise_files(root: Path, section: str) -> list[Path]:
    """The files of a section, such as "18_3", in the order of their letters."""
    try:
        return list(bank.files(section, root / "clinxai_teach" / "exercises").values())
    except ValueError as error:
        raise BuildError(str(error)) from error


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
    if title == "judge":
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
        title, _, task = source_cell.source.removeprefix("## ").partition("\n")
        source_cell.source = f"## {bank.id_of(path)} {title}\n{effort(path)}{task}".strip()
    if source_cell.cell_type == "markdown" and "{{material}}" in source_cell.source:
        source_cell.source = source_cell.source.replace("{{material}}", material(path))
    yield notebook_cell(source_cell)


def effort(path: Path) -> str:
    """The line below a title: how hard the exercise is, how long it takes, and what it needs. "" where nobody says."""
    answers = [cell for cell in source_cells(path) if cell.metadata.get("title") == "answer"]
    options = answers[0].metadata if answers else {}
    if "difficulty" not in options:
        return ""
    coding = CODING.get(options.get("coding", "code"), "")
    return f"\n*{options['difficulty'].capitalize()}. About {options.get('minutes')} minutes. {coding}*\n"


def material(path: Path) -> str:
    """What an exercise asks about, as Markdown."""
    try:
        text = bank.load(path).material
    except Exception as error:  # whatever the author's code raises
        raise BuildError(f"its judge stops with {type(error).__name__}: {error}") from error
    if not text:
        raise BuildError("{{material}} stands for nothing here; give the exercise material=, or leave it out")
    return text


def answer_cells(source_cell: NotebookNode, path: Path) -> Iterator[NotebookNode]:
    """The learner's cell, and the cell that checks it. A text is marked by a teacher, so it has no check."""
    options, source, cell_type = checked_options(source_cell), source_cell.source, source_cell.cell_type
    exercise, points = bank.id_of(path), options["points"]
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


def checked_options(answer: NotebookNode) -> dict[str, Any]:
    """The options of an answer cell; a BuildError for one that is missing, unknown or of a wrong kind."""
    options = {"coding": "code", "needs": None, **answer.metadata}
    if unknown := sorted(set(options) - ANSWER_OPTIONS):
        raise BuildError(f"unknown option {', '.join(unknown)}; an answer may have {', '.join(sorted(ANSWER_OPTIONS))}")
    points, minutes = options.get("points"), options.get("minutes")
    if type(points) not in (int, float) or points <= 0:
        raise BuildError(f"an answer needs points= and a number above 0, found {points!r}")
    if type(minutes) is not int or minutes <= 0:
        raise BuildError(f"an answer needs minutes= and a whole number above 0, found {minutes!r}")
    if options["coding"] not in CODING:
        raise BuildError(f"coding= must be one of {', '.join(CODING)}, found {options['coding']!r}")
    if options.get("difficulty", "easy") not in DIFFICULTY:
        raise BuildError(f"difficulty= must be one of {', '.join(DIFFICULTY)}, found {options['difficulty']!r}")
    if options["needs"] not in (None, "notebook"):
        raise BuildError(f'needs= can only be "notebook", found {options["needs"]!r}')
    return options


def answer_name(source: str) -> str:
    """The name that a learner fills: the last function or stub that an answer cell shows before it is solved."""
    try:
        nodes = ast.parse(released_source(source, "code")).body
    except SyntaxError as error:
        raise BuildError(f"the answer is not Python: {error.msg}, in its line {error.lineno}") from error
    for node in reversed(nodes):
        if isinstance(node, ast.FunctionDef):
            return node.name
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            return node.targets[0].id
    raise BuildError("an answer needs a stub before its solution: a function, or a line such as `answer = ...`")


# ---- a section's exercises -----------------------------------------------------------------------


def expand(
    frame: list[NotebookNode], root: Path, section: str, others: Sequence[list[NotebookNode]] = ()
) -> Iterator[NotebookNode | Path]:
    """The cells of a frame, with the file of each exercise in its place. `others` are the section's other frames."""
    elsewhere = {letter for other in others for cell in other for letter in named_letters(cell)}
    rest_elsewhere = any(map(stands_for_the_rest, (cell for other in others for cell in other)))
    if rest_elsewhere and any(map(stands_for_the_rest, frame)):
        raise BuildError("two frames of the section have a cell `# %% exercises`; let one of them name its letters")
    waiting = {path.name[0]: path for path in exercise_files(root, section) if path.name[0] not in elsewhere}
    for cell in frame:
        if not (stands_for_the_rest(cell) or named_letters(cell)):
            yield cell
            continue
        letters = named_letters(cell) or sorted(waiting)
        if missing := [letter for letter in letters if letter not in waiting]:
            raise BuildError(f"section {section} has no exercise {missing[0]} that is not used yet")
        yield from (waiting.pop(letter) for letter in letters)
    if waiting and not rest_elsewhere:
        raise BuildError(f"no cell of the frame shows {', '.join(waiting)}; add `# %% exercises`")


def named_letters(cell: NotebookNode) -> list[str]:
    """The letters that a frame's cell names, such as c, a, d; none for any other cell."""
    return list(cell.metadata.get("exercises", ""))


def stands_for_the_rest(cell: NotebookNode) -> bool:
    """Whether a frame's cell is `# %% exercises`."""
    return cell.metadata.get("title") == "exercises"


# ---- what the texts say of all -------------------------------------------------------------------


def facts(root: Path, which: str) -> list[Facts]:
    """What the texts say of the exercises of a section, "18.3", or of some of them, "18.3-abd"."""
    section, _, letters = which.partition("-")
    files = exercise_files(root, section)
    if missing := set(letters) - {path.name[0] for path in files}:
        raise BuildError(f"section {section} has no exercise {min(missing)}; a text asks for it")
    found = []
    for path in files:
        if letters and path.name[0] not in letters:
            continue
        for cell in source_cells(path):
            if cell.metadata.get("title") == "answer":
                try:
                    options = checked_options(cell)
                except BuildError as error:
                    raise BuildError(f"{path.parent.name}/{path.name}: {error}") from error
                found.append(Facts(bank.id_of(path), options["minutes"], options["coding"]))
    if not found:
        raise BuildError(f"section {section} has no exercises; a text asks for their number")
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
PLACEHOLDER = re.compile(r"\{\{((?!reading)\w+) (\d+\.\d+(?:-[a-z]+)?|all)\}\}")
README_SPAN = re.compile(r"(<!--((?!reading)\w+) (\d+\.\d+(?:-[a-z]+)?|all)-->)[^<\n]*(<!--/-->)")


def said(what: str, section: str, root: Path) -> str:
    """What stands for a placeholder such as {{count 18.3}}; `all` means every section."""
    if what not in SAYINGS:
        raise BuildError(f"unknown placeholder {what}; use one of {', '.join(SAYINGS)}")
    sections = bank.section_numbers(root / "clinxai_teach" / "exercises") if section == "all" else [section]
    return str(SAYINGS[what]([exercise for name in sections for exercise in facts(root, name)]))


def fill_in(text: str, root: Path) -> str:
    """A text of a lesson with its placeholders filled in; a BuildError for one that is left over."""
    text = PLACEHOLDER.sub(lambda found: said(found[1], found[2], root), text)
    if left := re.search(rf"\{{\{{ ?({'|'.join(SAYINGS)}|material)\b[^{{}}]*\}}\}}", text):
        raise BuildError(f"{left[0]} is no placeholder; write it as {{{{count 18.3}}}}")
    return text


def fill_in_readme(text: str, root: Path) -> str:
    """The README with the text between its marks made anew; a BuildError for a mark without its end."""
    if len(re.findall(r"<!--(?!reading)\w+ [\w.-]+-->", text)) != len(README_SPAN.findall(text)):
        raise BuildError("a mark such as <!--number 18.3--> needs <!--/--> behind it, on the same line")
    return README_SPAN.sub(lambda found: found[1] + said(found[2], found[3], root) + found[4], text)
