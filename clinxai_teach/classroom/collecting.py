"""What was handed in: assigned to its person, repaired before anything runs, or refused with a reason.

It goes into a new notebook of our own making. Links, modules that lie beside a notebook (`numpy.py`) and other files
never reach the marking.
"""

import json
from pathlib import Path, PurePosixPath
from typing import Any

from clinxai_teach.classroom.course import Course, write
from clinxai_teach.classroom.finding import Found, Sent, by_sender, files_in, person_of
from clinxai_teach.classroom.handout import Cell, as_text, name_of, notebook
from clinxai_teach.classroom.items import templates_of
from clinxai_teach.classroom.repairing import Refused, changed, is_answer, merged, read_notebook
from clinxai_teach.classroom.roster import Person


def collect(course: Course, assignment: str, source: Path) -> dict[str, Any]:
    """Take in what was handed in, and return what is kept of it: `{student: status and notes}`, "" for nobody's files.

    Who was in an earlier export and is not in this one stays as before.
    """
    templates = templates_of(course, assignment)
    people = course.people
    records: dict[str, Any] = {
        student: {**one, "new": False} for student, one in records_of(course, assignment).items()
    }
    files: dict[str, list[Found]] = {}
    notes: dict[str, list[str]] = {}
    nobody: list[str] = []
    unknown = []
    for sent in by_sender(list(files_in(source)), people, assignment):
        person, why = person_of(sent.sender, people, assignment)
        if person is None:
            unknown.append((sent, why))
        else:
            files.setdefault(person.id, []).extend(sent.files)
    for sent, why in unknown:  # only now, so that such a file never takes the place of one with a name
        person = _by_mark(sent, course, assignment, people)
        if person is None or person.id in files or person.id in records:
            nobody.append(f"{sent.sender or source.name}: {why}")
            continue
        files[person.id] = sent.files
        notes[person.id] = [f"{sent.sender}: {why}; known by the mark in the notebook. Is it {person.name}'s?"]
    for person in people:
        if person.id not in files:
            continue
        book = notebook(course, assignment, person, templates)
        record, cells = _take(files[person.id], course, assignment, person, people, book["cells"])
        target = course.folder("submitted", person.id, assignment) / f"{assignment}.ipynb"
        for old in (target, course.root / "results" / assignment / f"{person.id}.json"):
            old.unlink(missing_ok=True)
        if cells is not None:
            write(target, as_text({**book, "cells": cells}))
        records[person.id] = {**record, "notes": notes.get(person.id, []) + record["notes"], "new": True}
    records[""] = {"status": "files of nobody", "notes": nobody, "new": bool(nobody)}
    write(_record_file(course, assignment), json.dumps(records, indent=1, ensure_ascii=False))
    return records


def records_of(course: Course, assignment: str) -> dict[str, Any]:
    """Return what `collect` kept of each person."""
    path = _record_file(course, assignment)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _record_file(course: Course, assignment: str) -> Path:
    return course.folder("assignments") / f"{assignment}-collected.json"


def whose(metadata: dict[str, Any], course: Course, assignment: str, people: list[Person]) -> Person | None:
    """Return the person whose variant a notebook is, by its mark; None where the mark is missing or false."""
    tag = metadata.get("clinxai_class")
    if not isinstance(tag, dict):
        return None
    for person in people:
        if tag.get("student") == person.id and tag.get("mark") == course.mark(assignment, person.id):
            return person
    return None


def _by_mark(sent: Sent, course: Course, assignment: str, people: list[Person]) -> Person | None:
    """Return whose notebook it is by its mark, where the name says nothing."""
    found = set()
    for file in sent.files:
        try:
            found.add(whose(read_notebook(file.content)[1], course, assignment, people))
        except Refused:
            continue
    return found.pop() if len(found) == 1 else None


def _take(
    files: list[Found], course: Course, assignment: str, person: Person, people: list[Person], handed_out: list[Cell]
) -> tuple[dict[str, Any], list[Cell] | None]:
    """Return what is said of one person's files, and the repaired cells; None where all are refused."""
    notes, reasons, good = [], [], []
    for file in files:
        name = file.path.name
        if not file.refused and file.path.suffix.lower() not in (".ipynb", ".json", ".txt", ""):
            notes.append(f"{name} was not used: only the notebook is")
            continue
        try:
            if file.refused:
                raise Refused(file.refused)
            cells, metadata, mended = read_notebook(file.content)
            owner = whose(metadata, course, assignment, people)
            if owner is not None and owner.id != person.id:
                raise Refused(f"it is the notebook of {owner.id}, with other numbers")
        except Refused as refused:
            reasons.append(f"{name}: {refused}")
            continue
        if owner is None:
            mended.append("the notebook's mark is missing or false; its answers were marked as usual")
        repaired, repairs = merged(handed_out, cells)
        ours = {name_of(cell): cell for cell in handed_out}
        answered = sum(is_answer(cell) and changed(cell, ours[name_of(cell)]) for cell in repaired)
        good.append((owner is not None, answered, str(file.path), repaired, [*mended, *repairs]))
    if not good:
        return {"status": "; ".join(reasons) or "no notebook came", "notes": notes}, None
    best = max(good, key=lambda one: one[:3])  # with the right mark, then with most answers
    notes += [f"not used: {reason}" for reason in reasons]
    if len(good) > 1:
        notes.append(f"{len(good)} notebooks came; {PurePosixPath(best[2]).name}, with most answers, counts")
    if not best[1]:
        notes.append("no answer was written")
    return {"status": "collected", "notes": [*notes, *best[4]]}, best[3]
