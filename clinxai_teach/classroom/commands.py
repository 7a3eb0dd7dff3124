"""The steps of `clinxai class`, in the order in which a lecturer takes them; docs/class.md shows what each prints."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from clinxai_teach.classroom import book, cage, collecting, edition, handout, items, marks
from clinxai_teach.classroom.course import Course, new_course, open_course, write
from clinxai_teach.classroom.roster import Person

app = typer.Typer(no_args_is_help=True, help="A class: hand out tasks, collect, grade in a cage, give marks.")

Name = Annotated[str, typer.Argument(metavar="ASSIGNMENT", help="its name, for example exam")]
Where = Annotated[Path, typer.Option("--course", help="the course folder")]
Only = Annotated[list[str] | None, typer.Option("--student", help="only this id; may be given again")]


@contextmanager
def _plainly() -> Iterator[None]:
    """Say what went wrong in one sentence, without a traceback."""
    try:
        yield
    except (ValueError, OSError) as error:
        typer.echo(f"Stopped: {error}", err=True)
        raise typer.Exit(1) from None


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="the course folder to make")],
    roster: Annotated[Path, typer.Option(help="a CSV with the columns id, name and perhaps email")],
) -> None:
    """Make a course folder from a list of people."""
    with _plainly():
        course = new_course(folder, roster)
        typer.echo(
            f"Made {course.root} for {_people(len(course.people))}. "
            "Its file `secret` decides all tasks: never share it."
        )
        typer.echo("Next, in that folder: clinxai class release ASSIGNMENT --section 18.3")
        if reason := cage.why_not():
            typer.echo(f"Note: {reason}")


@app.command()
def release(
    assignment: Name,
    section: Annotated[list[str] | None, typer.Option(help="18.1 to 18.6; may be given again. Else all")] = None,
    item: Annotated[list[str] | None, typer.Option(help="one task by its id; may be given again")] = None,
    folder: Annotated[Path | None, typer.Option("--items", help="the folder of tasks")] = None,
    course: Where = Path(),
) -> None:
    """Write a notebook for each person, in a variant of its own."""
    with _plainly():
        opened = open_course(course)
        _good_name(assignment)
        book.need_nbgrader()
        source = (folder or items.assessment_folder()).resolve()
        wanted = [number.replace(".", "_") for number in section or []]
        known, single = items.template_ids(source), item or []
        names = [name for name in known if name in single or name[:4] in wanted or not (single or wanted)]
        none = [number for number in wanted if number not in {name[:4] for name in known}]
        if none:
            raise ValueError(f"there is no section {none[0].replace('_', '.')!r} with tasks: name one of 18.1 to 18.6.")
        missing = [name for name in single if name not in names]
        if missing or not names:
            raise ValueError(f"there is no task {', '.join(missing) or 'to release'}. There are: {', '.join(known)}.")
        if (opened.root / "submitted").is_dir() and any((opened.root / "submitted").glob(f"*/{assignment}")):
            raise ValueError(f"{assignment} has been handed in already. Release it under another name.")
        fingerprints = {name: items.fingerprint(source, name) for name in names}
        if (opened.root / "assignments" / f"{assignment}.json").exists():
            if opened.assignment(assignment)["fingerprints"] != fingerprints:
                raise ValueError(
                    f"{assignment} was released with other tasks, and may be handed out. Nothing was changed: choose "
                    "another name."
                )
            items.templates_of(opened, assignment)  # with the same secret, the same notebooks are written again
        templates = [items.load(source, name) for name in names]
        book.register(opened, assignment, templates, opened.people)
        points = sum(template.points for template in templates)
        facts: dict[str, Any] = {"items": names, "folder": str(source) if folder else None, "points": points}
        facts |= {"fingerprints": fingerprints, "secret": opened.secret_print}
        opened.write_assignment(assignment, **facts)
        opened.folder("source", assignment)  # the form grader lists what is here
        for person in opened.people:
            text = handout.as_text(handout.notebook(opened, assignment, person, templates))
            write(opened.folder("handout", assignment) / f"{assignment}_{person.id}.ipynb", text)
            key = opened.folder("keys", assignment) / f"{person.id}.md"
            write(key, handout.key(opened, assignment, person, templates))
        typer.echo(
            f"{len(opened.people)} notebook{'s' * (len(opened.people) != 1)} with {len(names)} "
            f"task{'s' * (len(names) != 1)} ({points:g} points): "
            f"{opened.root / 'handout' / assignment}\n"
            f"Send each person the one with their id. Only these files leave your machine; keys/ and secret stay.\n"
            f"Next: clinxai class collect {assignment} ZIP-OR-FOLDER"
        )


def _people(n: int) -> str:
    return "1 person" if n == 1 else f"{n} people"


def _good_name(assignment: str) -> None:
    import re

    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,40}", assignment):
        raise ValueError(
            f"assignment {assignment!r} must be letters, digits and '_', beginning with a letter, such as exam_1."
        )


@app.command()
def collect(
    assignment: Name,
    source: Annotated[Path, typer.Argument(help="the zip or folder that the LMS gave you")],
    course: Where = Path(),
) -> None:
    """Take in what was handed in: find out whose it is, repair it, or refuse it with a reason."""
    with _plainly():
        opened = open_course(course)
        records = collecting.collect(opened, assignment, source)
        new = [(student, one) for student, one in records.items() if one.get("new")]
        for student, one in new:
            start = f"{student}: " if student else ""
            typer.echo(f"{start}{one['status']}" + "".join(f"\n    {note}" for note in one["notes"]))
        if not any(student for student, _ in new):
            typer.echo(f"Nothing in {source} is of a person in the roster.")
        people = opened.people
        taken = sum(one["status"] == "collected" for one in records.values())
        missing = [person.id for person in people if person.id not in records]
        nothing = f"Nothing from: {', '.join(missing)}." if missing else "From everybody something came."
        typer.echo(f"{taken} of {len(people)} collected. {nothing}")
        if taken:
            typer.echo(f"Next: clinxai class grade {assignment}")


@app.command()
def grade(assignment: Name, student: Only = None, jobs: int = 2, course: Where = Path()) -> None:
    """Run the answers in the cage and judge them outside: one process and one budget for each person."""
    with _plainly():
        opened = open_course(course)
        facts = opened.assignment(assignment)
        book.need_nbgrader()
        if reason := cage.why_not():
            raise ValueError(f"no marks are given. {reason}")
        came = collecting.records_of(opened, assignment)
        _on_the_roster(opened, student)
        people = [
            p for p in opened.people if came.get(p.id, {}).get("status") == "collected" and p.id in (student or [p.id])
        ]
        if student and not people:
            told = [f"{one}: {marks.status_of(opened, assignment, opened.person(one), {})[0]}" for one in student]
            raise ValueError(f"there is nothing to grade. {'; '.join(told)}.")
        if not people:
            raise ValueError(f"nobody's work is here to grade. First: clinxai class collect {assignment} ZIP-OR-FOLDER")
        templates = items.templates_of(opened, assignment)
        with book.gradebook(opened) as gradebook, ThreadPoolExecutor(max(1, jobs)) as pool:
            for person, result in zip(people, pool.map(lambda p: _judged(opened, assignment, p), people), strict=True):
                if "failed" in result:
                    typer.echo(f"{person.id}: needs a person: {result['failed']}")
                    continue
                path = opened.root / "submitted" / person.id / assignment / f"{assignment}.ipynb"
                cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
                book.enter(gradebook, opened, assignment, person.id, result, cells)
                book.show(opened, assignment, person, templates, cells)
                points = book.points_of(gradebook, assignment, person.id)
                open_ = [result["items"][name]["state"] for name, mark in points.items() if mark is None]
                texts, unread = open_.count("by hand"), open_.count("unreadable")
                changed = book.changed_since(opened, assignment, person.id)
                notes = [*result["notes"], *(f"{name}: {note}" for name, note in changed.items())]
                typer.echo(
                    f"{person.id}: {sum(mark or 0 for mark in points.values()):g} of {facts['points']:g} points so "
                    f"far, {texts} text{'s' * (texts != 1)} to mark by hand, "
                    + (f"{unread} answer{'s' * (unread != 1)} that could not be read, " if unread else "")
                    + f"{result['seconds']} s"
                    + "".join(f"\n    {note}" for note in notes)
                )
        typer.echo(
            f"Texts are marked in nbgrader's form grader: cd {opened.root}, jupyter lab, menu Nbgrader, Formgrader.\n"
            f"Next: clinxai class marks {assignment}; when nothing waits any more: clinxai class feedback {assignment}"
        )


def _on_the_roster(course: Course, student: list[str] | None) -> None:
    """Raise ValueError for an id that is not in the roster."""
    for one in student or []:
        course.person(one)


def _judged(course: Course, assignment: str, person: Person) -> dict[str, Any]:
    """Judge one person in a process of its own; whatever happens there, the others go on."""
    path = course.root / "results" / assignment / f"{person.id}.json"
    path.unlink(missing_ok=True)
    command = [sys.executable, "-P", "-m", "clinxai_teach.classroom.judge", str(course.root), assignment, person.id]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=cage.BUDGET + 90, check=False)
        why = f"marking stopped ({(done.stderr.strip().splitlines() or [str(done.returncode)])[-1]})"
    except subprocess.TimeoutExpired:
        why = "marking did not end in time"
    result = marks.result_of(course, assignment, person.id)
    if result is None:
        result = {"failed": why, "notes": []}
        write(course.folder("results", assignment) / f"{person.id}.json", json.dumps(result))
    return result


@app.command()
def feedback(assignment: Name, student: Only = None, course: Where = Path()) -> None:
    """Write a page for each person whose work is marked: points, and what is said of each answer."""
    with _plainly():
        opened = open_course(course)
        opened.assignment(assignment)
        _on_the_roster(opened, student)
        points, hand = book.points(opened, assignment), book.by_hand(opened, assignment)
        written, others = 0, dict[str, list[str]]()
        for person in opened.people:
            if person.id not in (student or [person.id]):
                continue
            status, _ = marks.status_of(opened, assignment, person, points, hand.get(person.id))
            if status == marks.MARKED:
                book.feedback(opened, assignment, person.id)
                written += 1
            else:  # a page would show 0 for what nobody has marked
                book.no_feedback(opened, assignment, person.id)
                others.setdefault(status.partition(":")[0], []).append(person.id)
        typer.echo(
            f"{written} page{'s' * (written != 1)}: {opened.root / 'feedback'}/ID/{assignment}/{assignment}.html"
        )
        for status, ids in others.items():
            typer.echo(f"No page, {status}: {', '.join(ids)}.")
        if marks.WAITING in others or marks.IN_PART in others:
            typer.echo(f"Next: mark these by hand, then clinxai class feedback {assignment} once more")


@app.command(name="marks")
def marks_(assignment: Name, course: Where = Path()) -> None:
    """Write the marks: for you, for Moodle and Canvas, and a page of what needs a look."""
    with _plainly():
        for path in marks.write_marks(open_course(course), assignment):
            typer.echo(str(path))
        typer.echo(path.read_text(encoding="utf-8"))


@app.command(name="edition")
def edition_(
    output: Annotated[Path, typer.Argument(help="the new folder, or the new zip")],
    zipped: Annotated[bool, typer.Option("--zip", help="write one zip")] = False,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without-solutions-of", help="an exercise that is handed in, such as 18.3-a; may be given again"
        ),
    ] = None,
    later: Annotated[
        list[str] | None,
        typer.Option(
            "--later", help="a section or lesson to leave out and give later, such as 18.3; may be given again"
        ),
    ] = None,
) -> None:
    """Write the students' edition: lessons, exercises and package, without solutions/ and teaching/."""
    with _plainly():
        notes = edition.write_edition(output, zipped=zipped, without=without or (), later=later or ())
        typer.echo(f"Written: {output}")
        for note in notes:
            typer.echo(f"Note: {note}")
