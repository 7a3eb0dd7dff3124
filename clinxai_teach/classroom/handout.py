"""A person's notebook: the same tasks for all, each in this person's variant, and nothing of the key."""

import hashlib
import json
import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from clinxai_teach import __version__
from clinxai_teach.checks.closed import Choose, Match, Numbers
from clinxai_teach.checks.judging import same
from clinxai_teach.classroom.course import Course
from clinxai_teach.classroom.items import FreeText, Item, Template
from clinxai_teach.classroom.roster import Person

Cell = dict[str, Any]
SETUP = "import numpy as np\nimport pandas as pd"
TEXT_STUB = "YOUR ANSWER HERE"
SETS = "Where a set is asked, a wrong code takes away what a right one gives."
BY_HAND = (
    "Part of the points, for a test on paper: points times the share of right letters, or of named numbers, to two "
    "decimals. A set: right codes minus wrong ones, of all right ones, never below 0. A code that was not offered is a "
    "wrong one. An empty answer is 0.\n\n"
    "A number counts from the first to the last number in the column *Right within*, as the program counts it, with "
    "however many digits. A share may be written with the sign %: 36.8% is 0.368."
)


def notebook(course: Course, assignment: str, person: Person, templates: Iterable[Template]) -> dict[str, Any]:
    """Return the notebook of one person, as JSON: tasks and empty answers, without any right answer."""
    templates = list(templates)
    points, minutes = sum(t.points for t in templates), sum(t.minutes for t in templates)
    head = (
        f"# {assignment}: the tasks of {person.name} ({person.id})\n\n"
        f"{len(templates)} tasks, {points:g} points, about {minutes} minutes. The patients, numbers and codes are "
        "yours alone: an answer of somebody else does not fit. Write each answer into its own cell, and keep that "
        'cell\'s first line. Letters and codes stand in quotation marks, as "A"; decimals have a point, no comma and '
        "no %. A cell that ends in red cannot be read: mend it and run it again. Run all cells from top to bottom, "
        "save, and hand in this one file. It is marked on another computer, which sees no other file of yours and "
        "types nothing for `input`. "
        f"{SETS}"
    )
    cells = [_cell("markdown", head, "head"), _cell("code", SETUP, "setup")]
    for template in templates:
        cells += item_cells(template, template.for_person(course, assignment, person.id))
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "clinxai_class": {
                "assignment": assignment,
                "student": person.id,
                "mark": course.mark(assignment, person.id),
                "version": __version__,
            },
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def item_cells(template: Template, variant: Item | FreeText) -> list[Cell]:
    """Return the cells of one task: its text, its data, the answer."""
    title = f"## {template.title} ({template.points:g} points, about {template.minutes} minutes)"
    cells = [_cell("markdown", f"{title}\n\n{variant.text.strip()}", f"{template.id}-task")]
    if isinstance(variant, FreeText):
        cells.append(
            _cell("markdown", f"{first_line(template.id, variant)}\n{TEXT_STUB}", template.id, template.points)
        )
        return cells
    if variant.given:
        cells.append(_cell("code", variant.given.strip(), f"{template.id}-given"))
    stub = "\n".join(filter(None, (first_line(template.id, variant), how_typed(variant), variant.stub.strip())))
    cells.append(_cell("code", stub, template.id, template.points))
    return cells


def how_typed(item: Item) -> str:
    """Return a comment that shows how an answer is typed, with codes that nobody has ("" for a function)."""
    closed = item.judge.closed
    if isinstance(closed, Choose):
        return '# written so: {"98", "99"}' if all(map(str.isdigit, closed.options)) else '# written so: {"Q12", "Q34"}'
    if isinstance(closed, Match):
        return "# a letter in quotation marks in place of each ..."
    return "# a number in place of each ...: a half is 0.5, not 0,5 or 50 or 50%" if isinstance(closed, Numbers) else ""


def first_line(item_id: str, variant: Item | FreeText) -> str:
    """Return the line that names an answer cell, also where a program has dropped all metadata."""
    return f"<!-- answer {item_id} -->" if isinstance(variant, FreeText) else f"# answer {item_id}"


def _cell(kind: str, source: str, name: str, points: float | None = None) -> Cell:
    """Return a cell with nbgrader's metadata: an answer where it has points, else locked."""
    answer = points is not None
    grader: dict[str, Any] = {"schema_version": 3, "grade_id": name, "grade": answer, "solution": answer}
    grader |= {"locked": not answer, "task": False} | ({"points": points} if answer else {})
    cell: Cell = {
        "id": hashlib.sha256(name.encode()).hexdigest()[:12],
        "cell_type": kind,
        "metadata": {"nbgrader": grader},
        "source": source,
    }
    if not answer:
        cell["metadata"] |= {"editable": False, "deletable": False}
    return cell if kind == "markdown" else {**cell, "outputs": [], "execution_count": None}


def name_of(cell: Cell) -> str:
    """Return the name that `_cell` gave a cell, or ""."""
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def own_cell(kind: str, source: str, number: int) -> Cell:
    """Return a cell that a learner added."""
    cell: Cell = {"id": f"own-{number}", "cell_type": kind, "metadata": {}, "source": source}
    return cell if kind == "markdown" else {**cell, "outputs": [], "execution_count": None}


def as_text(book: dict[str, Any]) -> str:
    """Return a notebook as the text of its file."""
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"


def key(course: Course, assignment: str, person: Person, templates: Iterable[Template]) -> str:
    """Return the right answers of one person as Markdown, for the teacher's folder."""
    parts = [f"# Key: {assignment}, {person.name} ({person.id}). For teachers only.", BY_HAND]
    for template in templates:
        parts.append(
            f"## {template.id} ({template.points:g})\n\n{answer_text(template, course, assignment, person.id)}"
        )
    return "\n\n".join(parts) + "\n"


def answer_text(template: Template, course: Course, assignment: str, student: str) -> str:
    """Return the right answer of one task in words, as Markdown."""
    variant = template.for_person(course, assignment, student)
    if isinstance(variant, FreeText):
        marks = "\n".join(f"- {text} ({points:g})" for text, points in variant.criteria.items())
        less = "".join(
            f"\n\n{sum(sample.points):g} of {template.points:g} points: {sample.text.strip()}\n\nWhy: {sample.why}"
            for sample in variant.samples
        )
        return f"{marks}\n\nModel answer: {variant.model_answer.strip()}{less}"
    if variant.calls:
        return f"A function, called on cases of its own. {variant.why}"
    closed = variant.judge.closed
    if isinstance(closed, Numbers):
        rows = [
            f"| {name or variant.answer} | {_shown(value, within)} | {' to '.join(limits(value, within))} |"
            for name, (value, within, _) in closed.values.items()
        ]
        return "\n".join(["| Asked | Right | Right within |", "|---|---|---|", *rows, "", variant.why])
    right = variant.judge.right
    said = f"{{{', '.join(map(repr, sorted(right)))}}}" if isinstance(right, set) else repr(right)
    return f"`{variant.answer} = {said}`\n\n{variant.why}"


def _shown(value: float, within: float) -> str:
    """Return a right number as it is read; a count, such as a month, without decimals."""
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.{places(within)}f}"


def places(within: float) -> int:
    """Return how many decimals a number needs that may be off by `within`."""
    return max(0, math.ceil(-math.log10(within)))


def limits(value: float, within: float) -> list[str]:
    """Return the lowest and the highest number, with one decimal more than asked, that the judge takes as right."""
    digits = places(within) + 1
    step = Decimal(1).scaleb(-digits)
    found = []
    for sign in (-1, 1):
        limit = Decimal(value + sign * within).quantize(step) + 2 * sign * step
        while not same(float(limit), float(value), within):
            limit -= sign * step
        found.append(f"{limit:f}")
    return found
