"""The marks: points for each task, a status for each person, the columns of Moodle and Canvas, and a page to look at.

A mark that nobody gave is an empty field and never a zero.
"""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clinxai_teach.classroom import book
from clinxai_teach.classroom.collecting import PERSON, records_of
from clinxai_teach.classroom.course import Course, write
from clinxai_teach.classroom.roster import Person

MARKED, WAITING, IN_PART = "marked", "waiting for marks by hand", "marked in part"
STRANGE = ("stopped", "unreadable")  # what a teacher should see with her own eyes
Points = dict[str, dict[str, float | None]]


def status_of(
    course: Course, assignment: str, person: Person, points: Points, hand: Mapping[str, float] | None = None
) -> tuple[str, list[str]]:
    """Return what became of one person's work, and what a teacher should look at.

    `points` are those of the book, `hand` those that a teacher gave this person.
    """
    came = records_of(course, assignment).get(person.id)
    if came is None:
        return "not handed in", []
    if came["status"].startswith(f"{PERSON}: "):
        return came["status"], came["notes"]
    if came["status"] != "collected":
        return f"refused: {came['status']}", came["notes"]
    result = result_of(course, assignment, person.id)
    if result is None:
        return "not yet graded", came["notes"]
    if "failed" in result:
        return f"{PERSON}: {result['failed']}", came["notes"]
    look = [*came["notes"], *result["notes"]]
    look += [f"{name}: {one['words']}" for name, one in result["items"].items() if one["state"] in STRANGE]
    given = {name: mark for name, mark in points.get(person.id, {}).items() if mark is not None}
    off = [
        f"{name}: {_number(mark)} of {_number(result['items'][name]['of'])} points"
        for name, mark in given.items()
        if not 0 <= mark <= result["items"][name]["of"]
    ]
    if off:
        return f"{PERSON}: {'; '.join(off)}: mend this mark in the form grader", look
    changed = book.changed_since(course, assignment, person.id)
    look += [f"{name}: {note}" for name, note in changed.items() if name not in (hand or {})]
    waiting = [name for name, mark in points.get(person.id, {}).items() if mark is None]
    if any(result["items"][name]["state"] == "stopped" for name in waiting):
        return IN_PART, look
    return WAITING if waiting else MARKED, look


def result_of(course: Course, assignment: str, student: str) -> dict[str, Any] | None:
    """Return what the judge wrote of one person; None before."""
    path = course.root / "results" / assignment / f"{student}.json"
    found: dict[str, Any] | None = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    return found


def write_marks(course: Course, assignment: str) -> list[Path]:
    """Write the four files of an assignment and return their places."""
    facts = course.assignment(assignment)
    people, names = course.people, facts["items"]
    points, hand = book.points(course, assignment), book.by_hand(course, assignment)
    of = _number(facts["points"])
    rows, moodle, canvas, page, waiting = [], [], [], [], []
    for person in people:
        status, look = status_of(course, assignment, person, points, hand.get(person.id))
        given = points.get(person.id, {}) if status in (MARKED, WAITING, IN_PART) else {}
        total = _number(sum(mark or 0 for mark in given.values())) if status == MARKED else ""
        each = [_number(given.get(name)) for name in names]
        rows.append([person.id, person.name, status, total, of, *each, "; ".join(look)])
        short, _, reason = status.partition(":")  # a reason may name others: it stays with the teacher
        said = f"{total} of {of} points" if status == MARKED else f"{short}: ask your teacher" if reason else status
        moodle.append([person.id, person.name, person.email, total, said])
        canvas.append([person.name, person.canvas_id, person.sis_id or person.id, person.id, "", total])
        if look or status not in (MARKED, WAITING):
            entry = f"- **{_line(person.name)}** ({person.id}): {_line(status)}"
            page.append("\n  - ".join([entry, *map(_line, look)]))
        if status == WAITING or (status == IN_PART and None in given.values()):
            waiting.append(person.id)
    folder = course.folder("marks")
    return [
        _csv(folder / f"{assignment}.csv", ["id", "name", "status", "points", "of", *names, "notes"], rows),
        _csv(
            folder / f"{assignment}-moodle.csv",
            ["ID number", "Full name", "Email address", assignment, "Feedback"],
            moodle,
        ),
        _csv(
            folder / f"{assignment}-canvas.csv",
            ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment],
            [["Points Possible", "", "", "", "", of], *canvas],
        ),
        _page(
            folder / f"{assignment}-look.md",
            *(assignment, len(people), page, waiting, hand, records_of(course, assignment)),
        ),
    ]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def _line(text: str) -> str:
    """Return a text on one line; what learners wrote stays short."""
    return " ".join(text.split())[:300]


def _csv(path: Path, heading: list[str], rows: list[list[str]]) -> Path:
    """Write a CSV that a spreadsheet opens with the right letters. A field never begins a formula."""
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        for row in rows:
            writer.writerow([f"'{field}" if field[:1] in tuple("=+-@\t") else " ".join(field.split()) for field in row])
    return path


def _page(
    path: Path,
    assignment: str,
    n: int,
    page: list[str],
    waiting: list[str],
    hand: Mapping[str, Mapping[str, float]],
    came: dict[str, Any],
) -> Path:
    """Write the page for the teacher: who needs a look, and why."""
    nobody = [f"- {_line(text)}" for text in came.get("", {}).get("notes", [])]
    parts = [f"# {assignment}: what needs a look", f"{len(page)} of {n} people need a look."]
    parts += ["\n".join(page)] if page else []
    parts += ["## To mark in the form grader", ", ".join(waiting)] if waiting else []
    given = [
        f"- {student}: " + ", ".join(f"{name} {_number(mark)}" for name, mark in marks.items())
        for student, marks in sorted(hand.items())
        if marks
    ]
    if given:
        parts += ["## Marks given by hand: read them once more", "\n".join(given)]
        parts += ["Was a point typed, and no comma? The form grader may read 2,14 as 214, and cuts it to full points."]
    parts += ["## Files of nobody", "\n".join(nobody)] if nobody else []
    write(path, "\n\n".join(parts) + "\n")
    return path
