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

from clinxai_teach._lazy import SaidPlainly, explained
from clinxai_teach.checks.judging import Exercise
from clinxai_teach.checks.reading import came, short

FOLDER = Path(__file__).resolve().parents[1] / "exercises"
BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"


class Cell(NamedTuple):
    """A cell of an exercise file: what stands behind `# %%`, its text, and the number of its first line, from 0."""

    header: str
    source: str
    line: int

    @property
    def title(self) -> str:
        words = re.match(r"\w*", self.header)
        return words[0] if words else ""


def section_numbers(folder: Path = FOLDER) -> list[str]:
    """Return the sections that have exercises, for example ["18.1", "18.2"]."""
    return sorted(section.name.replace("_", ".") for section in folder.glob("[0-9]*_[0-9]*"))


def files(section: str, folder: Path = FOLDER) -> dict[str, Path]:
    """Return `{exercise id: its file}` of a section, in the order of the letters. ValueError where two share one."""
    paths = sorted((folder / section.replace(".", "_")).glob("[a-z]_*.py"))
    found = {id_of(path): path for path in paths}
    if len(found) < len(paths):
        twice = [path.name for path in paths if path not in found.values()]
        raise ValueError(f"{section.replace('.', '_')}/{twice[0]} has the letter of another exercise; rename it.")
    return found


def id_of(path: Path) -> str:
    """Return the id of an exercise, "18.3-b", from the place of its file."""
    return f"{path.parent.name.replace('_', '.')}-{path.name[0]}"


def title_of(path: Path) -> str:
    """Return the title of an exercise, read from its file without running it."""
    heading = re.search(r"^# ## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return heading[1] if heading else ""


def is_checked(path: Path) -> bool:
    """Say whether `check` can judge an answer. A text in a text cell is marked by a teacher, or by the learner."""
    return not any(cell.title == "answer" and "[markdown]" in cell.header for cell in cells(path))


class UnknownExercise(SaidPlainly, ValueError):
    """There is no such exercise."""


def find(exercise_id: str) -> Exercise:
    """Return the exercise with this id. Raises UnknownExercise, a ValueError, that lists near ids."""
    if not isinstance(exercise_id, str):
        raise UnknownExercise(
            f'exercise_id must be a text such as "18.1-a", but this came: {came(exercise_id)}. '
            'The id comes first: check("18.1-a", answer).'
        )
    wanted = exercise_id.strip().lower()
    parts = re.match(r"(\d+)\D(\d+)\W*([a-z]?)", wanted)  # 18-1-a and 18_1a mean 18.1-a
    section = f"{parts[1]}.{parts[2]}" if parts else wanted.partition("-")[0]
    nearest = difflib.get_close_matches(section, section_numbers(), n=1, cutoff=0)[0]
    known = files(nearest)
    if wanted not in known:
        meant = f"{section}-{parts[3]}" if parts else ""
        advice = f" Do you mean {meant}?" if meant in known else ""
        listed = ", ".join(known)
        raise UnknownExercise(f"exercise_id {short(exercise_id)} does not exist. Use one of: {listed}.{advice}")
    return load(known[wanted])


def load_section(section: str) -> dict[str, Exercise]:
    """Return `{id: Exercise}` of one section."""
    return {exercise_id: load(path) for exercise_id, path in files(section).items()}


@cache
def load(path: Path) -> Exercise:
    """Return the exercise of a file, with its id, its title and its worked solution."""
    exercise: Exercise = module(path).EXERCISE
    by_title = {cell.title: cell for cell in cells(path)}
    return replace(
        exercise,
        id=id_of(path),
        title=title_of(path),
        worked=exercise.worked or without_markers(by_title["answer"].source),
    )


@cache
def module(path: Path) -> ModuleType:
    """Run the judging cells of a file and return them as a module. Errors and `??` show the file and its lines."""
    made = ModuleType(f"exercise_{path.parent.name}_{path.stem}")
    made.__file__ = str(path)
    for cell in cells(path):
        needs_notebook = 'needs="notebook"' in cell.header
        is_text = "[markdown]" in cell.header
        if cell.title in ("judge", "shared") or (cell.title == "answer" and not (needs_notebook or is_text)):
            code = compile("\n" * cell.line + cell.source, str(path), "exec")
            with explained(f"Exercise {id_of(path)}"):
                exec(code, made.__dict__)
    return made


def cells(path: Path) -> Iterator[Cell]:
    """Yield the cells of a file in percent format."""
    lines = path.read_text(encoding="utf-8").split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith("# %%")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield Cell(lines[start].removeprefix("# %%").strip(), "\n".join(lines[start + 1 : end]), start + 1)


def without_markers(answer: str) -> str:
    """Return the solution of an answer cell: what stands between the markers, or the function around them.

    A text that a teacher marks stands there as comments, which lose their `#`.
    """
    kept: list[str] = []
    inside = False
    alone = any(BEGIN in line and not line[:1].isspace() for line in answer.split("\n"))  # else within a function
    for line in answer.split("\n"):
        if BEGIN in line or END in line:
            inside = BEGIN in line
        elif inside or not alone:
            kept.append(line)
    if kept and all(line.startswith("#") or not line for line in kept):
        kept = [line.removeprefix("#").removeprefix(" ") for line in kept]
    return textwrap.dedent("\n".join(kept)).strip()
