"""nbgrader's book of marks: tasks and points go in, a teacher's marks and comments come out.

nbgrader's own autograder is not used, because it runs answers with the teacher's rights. Its gradebook, form grader and
feedback pages are: they find the notebooks that we put under `autograded/`.
"""

import hashlib
import html
import json
import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from clinxai_teach.classroom.course import Course, write
from clinxai_teach.classroom.handout import Cell, answer_text, as_text, name_of
from clinxai_teach.classroom.items import FreeText, Template
from clinxai_teach.classroom.judge import written
from clinxai_teach.classroom.roster import Person

FOR_TEACHERS = "for-teachers"
POINT = "Type points with a point, 2.14: with a comma the browser may read 214, which is cut to full points."
# nbgrader's pages give tables neither lines nor space between columns: A27 and 12 would read as A2712.
# And they show a long line only as far as the page is wide.
TABLES = (
    "<style>td, th { border: 1px solid #999; padding: 0.2em 0.8em; } "
    "pre { white-space: pre-wrap !important; overflow-wrap: anywhere; }</style>"
)
INSTALL = 'python -m pip install -c constraints.txt -e ".[class]"'


def need_nbgrader() -> None:
    """Raise a sentence that says what to install where nbgrader is missing."""
    try:
        import nbgrader  # noqa: F401
    except ModuleNotFoundError:
        raise ValueError(
            f"`clinxai class` needs nbgrader for the book of marks. In the clone of the repository: {INSTALL}"
        ) from None


@contextmanager
def gradebook(course: Course) -> Iterator[Any]:
    """Open nbgrader's gradebook of the course."""
    need_nbgrader()
    # nbgrader calls its programs by name, also where the environment was not activated.
    scripts = str(Path(sys.executable).parent)
    if scripts not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([scripts, os.environ.get("PATH", "")])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLAlchemy's, on every run
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as book:
            yield book


def register(course: Course, assignment: str, templates: Iterable[Template], people: Iterable[Person]) -> None:
    """Enter an assignment, its tasks with their points, and the people."""
    with gradebook(course) as book:
        book.update_or_create_assignment(assignment)
        book.update_or_create_notebook(assignment, assignment)
        for template in templates:
            where = (template.id, assignment, assignment)
            # Any variant will do to see whether a person marks it; of what kind it is does not vary.
            kind = "markdown" if isinstance(template.variant(np.random.default_rng(0)), FreeText) else "code"
            book.update_or_create_grade_cell(*where, max_score=template.points, cell_type=kind)
            book.update_or_create_solution_cell(*where)
        for person in people:
            first, _, last = person.name.rpartition(" ")
            book.update_or_create_student(person.id, first_name=first, last_name=last, email=person.email or None)


def enter(
    opened: Any, course: Course, assignment: str, student: str, results: dict[str, Any], cells: list[Cell]
) -> None:
    """Enter what the judge said of one person into an open gradebook.

    A teacher's own mark or comment stays as long as the answer does for which it was given: the cell of the answer, the
    cells that the learner added, and what stood in the cell of another task.
    """
    opened.update_or_create_submission(assignment, student)
    _without_extra(opened, [opened.find_submission_notebook(assignment, assignment, student)])
    sources = {name_of(cell): cell["source"] for cell in cells}
    own = [cell["source"] for cell in cells if not name_of(cell)]
    path = course.folder("answers", assignment) / f"{student}.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    kept: dict[str, dict[str, str]] = {}
    for name, one in results["items"].items():
        grade = opened.find_grade(name, assignment, assignment, student)
        comment = opened.find_comment(name, assignment, assignment, student)
        before = known.get(name, {})
        answer = hashlib.sha256(
            "\0".join([sources.get(name, ""), *own, *filter(None, [one["elsewhere"]])]).encode()
        ).hexdigest()
        note = before.get("note", "") if grade.manual_score is None else ""
        if before.get("answer", answer) != answer and (grade.manual_score is not None or comment.manual_comment):
            old = "" if grade.manual_score is None else f" (old mark {grade.manual_score:g})"
            said = f", and your comment on it: {comment.manual_comment}" if comment.manual_comment else ""
            note = f"the answer changed after it was marked by hand{old}{said}"
            grade.manual_score = comment.manual_comment = None
        kept[name] = {"answer": answer, "note": note}
        grade.auto_score = one["points"]
        grade.needs_manual_grade = one["points"] is None and grade.manual_score is None
        comment.auto_comment = one["words"] or None
    opened.db.commit()
    write(path, json.dumps(kept, indent=1, ensure_ascii=False))


def changed_since(course: Course, assignment: str, student: str) -> dict[str, str]:
    """Return, by task, what is to be said of an answer that changed after it was marked by hand."""
    path = course.root / "answers" / assignment / f"{student}.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: one["note"] for name, one in known.items() if one["note"]}


def _without_extra(opened: Any, submissions: Iterable[Any]) -> None:
    """Turn the form grader's extra credit into what it is here: a mark by hand, and no more than the full points."""
    for submission in submissions:
        for grade in submission.grades:
            if grade.extra_credit and (grade.manual_score is not None or grade.auto_score is not None):
                grade.manual_score = min(max(float(grade.score), 0.0), float(grade.max_score))
                grade.extra_credit = None
    opened.db.commit()


def by_hand(course: Course, assignment: str) -> dict[str, dict[str, float]]:
    """Return `{student: {task: points}}` of the marks that a teacher gave, as the book counts them."""
    with gradebook(course) as opened:
        submissions = opened.notebook_submissions(assignment, assignment)
        _without_extra(opened, submissions)
        return {
            submission.student.id: {
                grade.name: float(grade.score) for grade in submission.grades if grade.manual_score is not None
            }
            for submission in submissions
        }


def points(course: Course, assignment: str) -> dict[str, dict[str, float | None]]:
    """Return `{student: {task: points}}` from the book; None where nobody has marked it."""
    with gradebook(course) as opened:
        submissions = opened.notebook_submissions(assignment, assignment)
        _without_extra(opened, submissions)
        return {submission.student.id: _points(submission) for submission in submissions}


def points_of(opened: Any, assignment: str, student: str) -> dict[str, float | None]:
    """Return `{task: points}` of one person from an open gradebook."""
    return _points(opened.find_submission_notebook(assignment, assignment, student))


def _points(submission: Any) -> dict[str, float | None]:
    return {
        grade.name: None if grade.needs_manual_grade and grade.manual_score is None else float(grade.score)
        for grade in submission.grades
    }


def show(course: Course, assignment: str, person: Person, templates: Iterable[Template], cells: list[Cell]) -> None:
    """Write the notebook that the form grader shows: the answers, and for the teacher what is right.

    What a learner wrote as text is shown as it was typed: the form grader's page may change marks, so nothing in it may
    act. Code is shown by nbconvert as text.
    """
    by_id = {template.id: template for template in templates}
    shown: list[Cell] = []
    for cell in cells:
        name = name_of(cell)
        own = not name
        if cell["cell_type"] == "markdown" and (own or name in by_id):
            text = cell["source"] if own else written(cell["source"]) or "(nothing was written)"
            cell = {**cell, "source": f"<pre>{html.escape(text)}</pre>".replace("\n\n", "\n&nbsp;\n")}
        if name in by_id:
            source = answer_text(by_id[name], course, assignment, person.id)
            shown.append(
                {
                    "id": f"key-{cell['id']}",
                    "cell_type": "markdown",
                    "metadata": {"tags": [FOR_TEACHERS]},
                    "source": f"**For teachers.** {POINT}\n\n{source}",
                }
            )
        shown.append(cell)
    shown.insert(0, {"id": "tables", "cell_type": "markdown", "metadata": {}, "source": TABLES})
    book = {"cells": shown, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    write(course.folder("autograded", person.id, assignment) / f"{assignment}.ipynb", as_text(book))


def no_feedback(course: Course, assignment: str, student: str) -> None:
    """Delete a feedback page that no longer holds."""
    shutil.rmtree(course.root / "feedback" / student / assignment, ignore_errors=True)


def feedback(course: Course, assignment: str, student: str) -> Path:
    """Write nbgrader's feedback page of one person, without what is for teachers, and return its place."""
    need_nbgrader()
    source = course.root / "autograded" / student / assignment / f"{assignment}.ipynb"
    staged = course.folder(".feedback", student, assignment) / source.name
    book = json.loads(source.read_text(encoding="utf-8"))
    book["cells"] = [cell for cell in book["cells"] if FOR_TEACHERS not in cell["metadata"].get("tags", [])]
    staged.write_text(as_text(book), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbgrader.converters import GenerateFeedback
        from nbgrader.coursedir import CourseDirectory
        from traitlets.config import Config

        config = Config()
        config.CourseDirectory.root = str(course.root)
        config.CourseDirectory.autograded_directory = ".feedback"
        config.CourseDirectory.assignment_id = assignment
        config.CourseDirectory.student_id = student
        directory = CourseDirectory(config=config)
        converter = GenerateFeedback(coursedir=directory, config=config)
        converter.force = True
        converter.log.setLevel("ERROR")
        try:
            converter.start()
        finally:
            shutil.rmtree(course.root / ".feedback", ignore_errors=True)
    page = course.root / "feedback" / student / assignment / f"{assignment}.html"
    # nbgrader takes MathJax from the network in any case. No text of ours needs it.
    text = re.sub(r'<script src="https?://[^"]*"[^>]*>\s*</script>', "", page.read_text(encoding="utf-8"))
    write(page, text)
    return page
