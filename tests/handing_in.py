"""A small class for the tests of `clinxai class`: its people, its tasks, and the notebooks that they hand in."""

import json
import re
from pathlib import Path

import numpy as np
from typer.testing import CliRunner

from clinxai_teach.classroom import items
from clinxai_teach.classroom.commands import app
from clinxai_teach.classroom.course import Course

FOLDER = Path(__file__).resolve().parents[1] / "teaching" / "assessment"
CHOICE, NUMBERS, FUNCTION, TEXT = (
    "18_1_two_causes",
    "18_3_alert_value",
    "18_5_group_ratio",
    "18_6_reply_to_vendor",
)
FOUR = (CHOICE, NUMBERS, FUNCTION, TEXT)


def run(course, *words, code=0):
    """Run a step of `clinxai class` and return what it printed."""
    result = CliRunner().invoke(app, [*map(str, words), *([] if words[0] == "new" else ["--course", str(course)])])
    said = result.output
    assert result.exit_code == code, f"{words}: {said} {result.exception!r}"
    return said


def make_class(root, people, names=FOUR):
    """Make a course with these people, `{id: name}`, and release the tasks as `exam`."""
    roster = root / "people.csv"
    roster.write_text("id,name\n" + "".join(f"{one},{name}\n" for one, name in people.items()), encoding="utf-8")
    folder = root / "course"
    run(folder, "new", folder, "--roster", roster)
    run(folder, "release", "exam", *(word for name in names for word in ("--item", name)))
    return Course(folder)


def handed_out(course, student):
    """Return a person's released notebook."""
    path = course.root / "handout" / "exam" / f"exam_{student}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))


def cell(book, name):
    """Return the cell with this name."""
    return next(cell for cell in book["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == name)


def answer(book, name, source):
    """Write an answer under the first line of its cell."""
    first = cell(book, name)["source"].partition("\n")[0]
    cell(book, name)["source"] = f"{first}\n{source}"


def variant(course, student, name):
    """Return a person's variant of a task."""
    return items.load(FOLDER, name).for_person(course, "exam", student)


def plain(value):
    """Return a right answer as a value whose repr is code."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return type(value)(plain(inner) for inner in value)
    return value.item() if isinstance(value, np.generic) else value


def right_source(course, student, name):
    """Return the code of a right answer; of functions, for the one of FOUR."""
    found = variant(course, student, name)
    if not found.calls:
        return f"{found.answer} = {plain(found.judge.right)!r}"
    least = re.search(r"fewer than (\d+) events", found.text)[1]
    factor = re.search(r"divide each by ([\d.]+)", found.text)[1]
    return f"""
def group_ratio(y_true, y_prob, group):
    result = {{}}
    for name in np.unique(group):
        rows = group == name
        events = y_true[rows].sum()
        result[name] = events / (y_prob[rows] / {factor}).sum() if events >= {least} else "too few"
    return result"""


def solved(course, student):
    """Return a person's notebook with all right answers and a text."""
    book = handed_out(course, student)
    for name in FOUR[:3]:
        answer(book, name, right_source(course, student, name))
    answer(book, TEXT, "Your patients are not ours. <script>alert(1)</script>")
    return book


def hand_in(folder, name, book):
    """Write a notebook, a text or bytes where the LMS would put it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(book, dict):
        book = json.dumps(book)
    path.write_bytes(book.encode() if isinstance(book, str) else book)
    return path
