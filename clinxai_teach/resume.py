"""What a learner's record says: how far they are and where to go on, in a notebook or in a terminal.

The record itself is `clinxai_teach.progress`. No exercise is run here: their files are read as text.
"""

import csv
import io
import json
import os
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from clinxai_teach import progress
from clinxai_teach.checks import bank
from clinxai_teach.markup import html_text

WITHOUT_TORCH = ("18_3", "18_4_3", "18_5", "18_6")  # how the names of those notebooks begin that the light way runs


class Row(NamedTuple):
    """One exercise that `check` can judge: `right` is the time (UTC) when it first was, else "".

    `hints` is the number of hints read, `solution` whether the solution was, `notebook` where the exercise stands.
    """

    exercise: str
    title: str
    right: str
    hints: int
    solution: bool
    notebook: Path | None


class Stand:
    """Where a learner stands: `rows`, one for each exercise in the order of the course, and `next`, where to go on.

    In a notebook it shows itself as a sentence with a link and a table; without a record, as nothing.
    """

    def __init__(self, entries: list[progress.Entry]) -> None:
        self.entries = entries
        self.rows = [self._row(exercise, title, notebook) for exercise, title, notebook in _exercises()]

    def _row(self, exercise: str, title: str, notebook: Path | None) -> Row:
        mine = {entry.what: entry.when for entry in reversed(self.entries) if entry.exercise == exercise}
        hints = [int(what[-1]) for what in mine if what.startswith("hint")]
        return Row(exercise, title, mine.get("right", ""), max(hints, default=0), "solution" in mine, notebook)

    @property
    def next(self) -> Row | None:
        """The exercise that was touched last if it is still open, else an open one after it; None where none is left.

        In its notebook, those without code come first. Without torch, notebooks that need it are left out.
        """
        last = self.entries[-1].exercise if self.entries else ""
        start = next((place for place, row in enumerate(self.rows) if row.exercise == last), 0)
        in_turn = [row for row in self.rows[start:] + self.rows[:start] if not row.right]
        if in_turn and in_turn[0].exercise == last:
            return in_turn[0]
        if not find_spec("torch"):
            in_turn = [row for row in in_turn if row.notebook is None or row.notebook.name.startswith(WITHOUT_TORCH)]
        if not in_turn:
            return None
        here = self.rows[start].notebook if last else in_turn[0].notebook
        on_this_page = [row for row in in_turn if row.notebook == here] or [
            row for row in in_turn if row.notebook == in_turn[0].notebook
        ]
        return next((row for row in on_this_page if row.exercise in _without_code()), on_this_page[0])

    def sections(self) -> dict[str, list[Row]]:
        """Return the rows by section, "18.1"."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.exercise.partition("-")[0], []).append(row)
        return found

    def to_text(self) -> str:
        """Return the stand for a terminal, in plain ASCII."""
        if not self.entries:
            return "There is no record yet. It begins with the first exercise that is right, or the first hint."
        lines = []
        for section, rows in self.sections().items():
            parts = {
                f"{sum(bool(row.right) for row in rows)} of {len(rows)} right": [row for row in rows if row.right],
                "hints read": [row for row in rows if row.hints],
                "solution read": [row for row in rows if row.solution],
            }
            letters = {words: " ".join(row.exercise[-1] for row in which) for words, which in parts.items()}
            words = [f"{name}: {these}" if these else name for name, these in letters.items() if these or "of" in name]
            lines.append(f"{section}  {'; '.join(words)}")
        text = "\n".join([*lines, "", self._advice()])
        return text.encode("ascii", "backslashreplace").decode("ascii")

    def _advice(self) -> str:
        if self.next is None:
            everything = all(row.right for row in self.rows)
            return "All exercises are right." if everything else "All exercises that run without torch are right."
        where = f", in exercises/{self.next.notebook.name}" if self.next.notebook else ""
        return f"Go on with {self.next.exercise}, {self.next.title}{where}."

    def to_csv(self) -> str:
        """Return a line for each exercise, in a form that spreadsheets read."""
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(Row._fields[:-1])
        table.writerows(row[:-1] for row in self.rows)
        return text.getvalue()

    def to_json(self) -> str:
        """Return the same as JSON."""
        return json.dumps([dict(zip(Row._fields[:-1], row, strict=False)) for row in self.rows], indent=1) + "\n"

    def __repr__(self) -> str:
        return self.to_text() if self.entries else ""

    def _repr_html_(self) -> str:
        if not self.entries:
            return ""
        advice = html_text(self._advice())
        if self.next and self.next.notebook:
            target = Path(os.path.relpath(self.next.notebook, Path.cwd())).as_posix()
            name = html_text(f"{self.next.exercise}, {self.next.title}")
            advice = f'Go on with <a href="{html_text(target)}">{name}</a>.'
        rows = "".join(
            f'<tr><th scope="row">{section}</th><td>{sum(bool(row.right) for row in rows)} of {len(rows)}</td></tr>'
            for section, rows in self.sections().items()
        )
        head = '<tr><th scope="col">Section</th><th scope="col">Exercises right</th></tr>'
        return f"<p>{advice}</p><table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def where_to_resume() -> Stand | None:
    """Return the learner's Stand for the start page, which shows nothing without a record.

    Where the record cannot be read, it prints one sentence that says why, and returns None.
    """
    try:
        file = progress.place()
        return Stand(progress.read(file) if file else [])
    except (OSError, ValueError, RuntimeError) as error:
        print(f"Your progress cannot be read. {error}")
        return None


@cache
def _without_code() -> set[str]:
    """Return the ids of the exercises that need no code, or a calculator only."""
    return {
        exercise
        for section in bank.section_numbers()
        for exercise, path in bank.files(section).items()
        if any(cell.title == "answer" and "coding=" in cell.header for cell in bank.cells(path))
    }


def _exercises() -> list[tuple[str, str, Path | None]]:
    """Return id, title and notebook of every exercise that `check` can judge, in the order of the notebooks."""
    titles = {
        exercise: bank.title_of(path)
        for section in bank.section_numbers()
        for exercise, path in bank.files(section).items()
        if bank.is_checked(path)
    }
    in_order: dict[str, Path | None] = {}
    for notebook in sorted(_folder().glob("18_*.ipynb")):
        for exercise in re.findall(r'"## (\d+\.\d+-[a-z]) ', notebook.read_text(encoding="utf-8")):
            if exercise in titles:
                in_order[exercise] = notebook
    in_order |= {exercise: None for exercise in titles if exercise not in in_order}
    return [(exercise, titles[exercise], notebook) for exercise, notebook in in_order.items()]


def _folder() -> Path:
    """Return the folder of the exercises' notebooks: beside or below this one, or in the course that is installed."""
    places = [place / "exercises" for place in (Path.cwd(), Path.cwd().parent, Path(__file__).resolve().parents[1])]
    return next((folder for folder in places if any(folder.glob("18_*.ipynb"))), places[-1])
