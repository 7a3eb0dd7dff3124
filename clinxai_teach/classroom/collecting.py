"""What was handed in: assigned to its person, repaired before anything runs, or refused with a reason.

It goes into a new notebook of our own making. Links, modules that lie beside a notebook (`numpy.py`) and other files
never reach the marking.
"""

import json
from pathlib import Path, PurePosixPath
from typing import Any

from clinxai_teach.classroom.book import no_feedback
from clinxai_teach.classroom.course import FOLDERS, Course, write
from clinxai_teach.classroom.finding import Found, Sent, by_sender, files_in, person_of
from clinxai_teach.classroom.handout import Cell, as_text, name_of, notebook
from clinxai_teach.classroom.items import templates_of
from clinxai_teach.classroom.repairing import Refused, changed, is_answer, merged, read_notebook
from clinxai_teach.classroom.roster import Person

PERSON = "needs a person"


def collect(course: Course, assignment: str, source: Path) -> dict[str, Any]:
    """Take in what was handed in, and return what is kept of it: `{student: status and notes}`, "" for nobody's files.

    Who was in an earlier export and is not in this one stays as before.
    """
    templates = templates_of(course, assignment)
    people = course.people
    records: dict[str, Any] = {
        student: {**one, "new": False} for student, one in records_of(course, assignment).items()
    }
    if source.resolve() == course.root or (
        source.resolve().is_relative_to(course.root) and source.resolve().relative_to(course.root).parts[0] in FOLDERS
    ):
        raise ValueError(f"{str(source)!r} belongs to the class itself. Name what your LMS gave you.")
    files: dict[str, list[Found]] = {}
    notes: dict[str, list[str]] = {}
    numbers: dict[str, str] = {}
    nobody: list[str] = []
    unknown: list[tuple[Sent, list[Person], Person | None]] = []
    for sent in by_sender(list(files_in(source)), people, assignment):
        person, fits = person_of(sent, people, assignment)
        if person is None:
            owner = _by_mark(sent, course, assignment, people)
            unknown.append((sent, fits, owner if not fits or owner in fits else None))
        else:
            files.setdefault(person.id, []).extend(sent.files)
            numbers[person.id] = sent.number
    owners = [owner for *_, owner in unknown]
    undecided: dict[str, list[str]] = {}
    for sent, fits, owner in unknown:  # only now, so that such a file never takes the place of one with a name
        said = f"{sent.sender or source.name}{f' ({sent.number})' if sent.number else ''}"
        why = f"the name fits {' and '.join(one.id for one in fits) if fits else 'nobody in the roster'}"
        before = records.get(owner.id, {"status": PERSON}) if owner else {}
        free = before.get("status", "").startswith(PERSON) or (sent.number and sent.number == before.get("number"))
        if owner and owner.id not in files and owners.count(owner) == 1 and free:
            files[owner.id], numbers[owner.id] = sent.files, sent.number
            notes[owner.id] = [f"{said}: {why}; known by the mark in the notebook. Is it {owner.name}'s ({owner.id})?"]
            continue
        nobody.append(f"{said}: {why}")
        for one in fits or ([owner] if owner and owners.count(owner) > 1 else []):
            undecided.setdefault(one.id, []).append(f"{said}: {why}")
    for student, reasons in undecided.items():
        if student not in files and records.get(student, {"status": PERSON})["status"].startswith(PERSON):
            advice = "Put each file into a folder that has the id as its name, and collect the folder around it"
            records[student] = {"status": f"{PERSON}: {'; '.join(reasons)}. {advice}", "notes": [], "new": True}
    for person in people:
        if person.id not in files:
            continue
        book = notebook(course, assignment, person, templates)
        record, cells = _take(files[person.id], course, assignment, person, people, book["cells"])
        graded = course.root / "results" / assignment / f"{person.id}.json"
        if cells is None and graded.exists():
            record["notes"].insert(0, "an earlier file had been graded: collect that one again if it counts")
        no_feedback(course, assignment, person.id)
        target = course.folder("submitted", person.id, assignment) / f"{assignment}.ipynb"
        for old in (target, graded):
            old.unlink(missing_ok=True)
        if cells is not None:
            write(target, as_text({**book, "cells": cells}))
        records[person.id] = {**record, "notes": notes.get(person.id, []) + record["notes"], "new": True}
        records[person.id]["number"] = numbers[person.id]
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
    equal = [one for one in good if one[:2] == best[:2]]
    if any([cell["source"] for cell in one[3]] != [cell["source"] for cell in best[3]] for one in equal):
        names = " and ".join(PurePosixPath(one[2]).name for one in equal)
        why = f"{names} differ, with as many answers ({best[1]}). Which counts? Collect that one alone"
        return {"status": f"{PERSON}: {why}", "notes": notes}, None
    notes += [f"not used: {reason}" for reason in reasons]
    if len(good) > 1:
        notes.append(f"{len(good)} notebooks came; {PurePosixPath(best[2]).name}, with most answers, counts")
    if not best[1]:
        notes.append("no answer stands in its own cell")
    return {"status": "collected", "notes": [*notes, *best[4]]}, best[3]
