"""The bank: finds an exercise by its id and reads it from its one file, `clinxai_teach/exercises/18_3/b_murphy.py`.

Such a file is in jupytext's percent format. The builder makes notebook cells of it. The bank runs the cells that
judge an answer: those titled "judge", "shared" (also in the notebook) and "answer", with its solution, unless that
one is marked needs="notebook". They must leave an `Exercise` in the name EXERCISE.
"""

import difflib
import re
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from clinxai_teach.checks.judging import Exercise
from clinxai_teach.checks.reading import came, short

FOLDER = Path(__file__).resolve().parents[1] / "exercises"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


class Cell(NamedTuple):
    """A cell of an exercise file: what stands behind `# %%`, its text, and the number of its first line, from 0."""

    header: str
    source: str
    line: int

    @property
    def title(self) -> str:
        words = re.match(r"\w*", self.header)
        return words[0] if words else ""


def section_numbers() -> list[str]:
    """Return the sections that have exercises, for example ["18.1", "18.2"]."""
    return sorted(folder.name.replace("_", ".") for folder in FOLDER.glob("[0-9]*_[0-9]*"))


def files(section: str) -> dict[str, Path]:
    """Return `{exercise id: its file}` of a section, in the order of the letters."""
    paths = sorted((FOLDER / section.replace(".", "_")).glob("[a-z]_*.py"))
    return {f"{section}-{path.name[0]}": path for path in paths}


def find(exercise_id: str) -> Exercise:
    """Return the exercise with this id. Raises ValueError that lists near ids."""
    if not isinstance(exercise_id, str):
        raise ValueError(
            f'exercise_id must be a text such as "18.1-a", but this came: {came(exercise_id)}. '
            'The id comes first: check("18.1-a", answer).'
        )
    wanted = exercise_id.strip().lower()
    nearest = difflib.get_close_matches(wanted.partition("-")[0], section_numbers(), n=1, cutoff=0)[0]
    known = files(nearest)
    if wanted not in known:
        raise ValueError(f"exercise_id {short(exercise_id)} does not exist. Use one of: {', '.join(known)}.")
    return load(known[wanted])


def load_section(section: str) -> dict[str, Exercise]:
    """Return `{id: Exercise}` of one section."""
    return {exercise_id: load(path) for exercise_id, path in files(section).items()}


@cache
def load(path: Path) -> Exercise:
    """Return the exercise of a file, with its id, its title and its worked solution."""
    exercise: Exercise = module(path).EXERCISE
    by_title = {cell.title: cell for cell in cells(path)}
    heading = re.search(r"^# ## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return replace(
        exercise,
        id=f"{path.parent.name.replace('_', '.')}-{path.name[0]}",
        title=heading[1] if heading else "",
        worked=exercise.worked or without_markers(by_title["answer"].source),
    )


@cache
def module(path: Path) -> ModuleType:
    """Run the judging cells of a file and return them as a module. Errors and `??` show the file and its lines."""
    made = ModuleType(f"exercise_{path.parent.name}_{path.stem}")
    made.__file__ = str(path)
    for cell in cells(path):
        needs_notebook = 'needs="notebook"' in cell.header
        if cell.title in ("judge", "shared") or (cell.title == "answer" and not needs_notebook):
            code = compile("\n" * cell.line + cell.source, str(path), "exec")
            exec(code, made.__dict__)
    return made


def cells(path: Path) -> Iterator[Cell]:
    """Yield the cells of a file in percent format."""
    lines = path.read_text(encoding="utf-8").split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith("# %%")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield Cell(lines[start].removeprefix("# %%").strip(), "\n".join(lines[start + 1 : end]), start + 1)


def without_markers(answer: str) -> str:
    """Return the solution of an answer cell: what stands between the markers, or the function around them."""
    before, begin, rest = answer.partition(BEGIN)
    inside = rest.partition(END)[0]
    if begin and not before.rpartition("\n")[2]:  # the marker is not indented: what comes before it is the stub
        return inside.strip()
    return textwrap.dedent("\n".join(line for line in answer.split("\n") if line.strip() not in (BEGIN, END))).strip()
