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


# What a learner writes for a task that asks for a function; the numbers come from the task's own text.
FUNCTIONS = {
    "18_1_flipped": (
        r"probability of \*\*([\d.]+)\*\*.*at most ([\d.]+\d)\*\*",
        """
def flipped(with_marker, without_marker, severity):
    keep = severity <= {1}
    changed = (with_marker[keep] >= {0}) ^ (without_marker[keep] >= {0})
    return changed.sum() / keep.sum()""",
    ),
    "18_2_path_integral": (
        r"= (\d+)\\,u\^2 v \+ (\d+)\\,v\^3 \+ (\d+)\\,v",
        """
def integrated(x, baseline, n_steps):
    total = np.zeros(2)
    for k in range(n_steps):
        u, v = baseline + (k + 0.5) / n_steps * (x - baseline)
        total += np.array([2 * {0} * u * v, {0} * u**2 + 3 * {1} * v**2 + {2}]) / n_steps
    return list((x - baseline) * total)""",
    ),
    "18_3_better_than_all": (
        r"risk of \*\*([\d.]+)\*\*.*\*\*per\s+(\d+) patients",
        """
def beyond_all(y_true, y_prob):
    untreated = y_prob < {0}
    spared = (untreated & (y_true == 0)).mean() * {0} / (1 - {0})
    return {1} * (spared - (untreated & (y_true == 1)).mean())""",
    ),
    "18_5_group_ratio": (
        r"divide each by ([\d.]+) before.*fewer than (\d+) events",
        """
def group_ratio(y_true, y_prob, group):
    result = {{}}
    for name in np.unique(group):
        rows = group == name
        events = y_true[rows].sum()
        result[name] = events / (y_prob[rows] / {0}).sum() if events >= {1} else "too few"
    return result""",
    ),
}


def right_source(course, student, name):
    """Return the code of a right answer."""
    found = variant(course, student, name)
    if not found.calls:
        return f"{found.answer} = {plain(found.judge.right)!r}"
    numbers, source = FUNCTIONS[name]
    return source.format(*re.search(numbers, found.text, re.DOTALL).groups())


def solved(course, student, names=FOUR):
    """Return a person's notebook with all right answers, and a text wherever one is asked for."""
    book = handed_out(course, student)
    for name in names:
        if isinstance(variant(course, student, name), items.FreeText):
            answer(book, name, "Your patients are not ours. <script>alert(1)</script>")
        else:
            answer(book, name, right_source(course, student, name))
    return book


def hand_in(folder, name, book):
    """Write a notebook, a text or bytes where the LMS would put it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(book, dict):
        book = json.dumps(book)
    path.write_bytes(book.encode() if isinstance(book, str) else book)
    return path
