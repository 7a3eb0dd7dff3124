"""The course folder: nbgrader's, with the roster, the secret of the class, and what each assignment asks."""

import csv
import hashlib
import hmac
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinxai_teach.classroom.roster import Person, read_roster

CONFIG = """\
# nbgrader reads this file; `clinxai class` wrote it. The form grader: jupyter lab, then the tab Formgrader.
from pathlib import Path

c = get_config()  # noqa: F821  (nbgrader provides it)
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.Exchange.root = str(Path(__file__).resolve().parent / "exchange")  # not used: files come and go by the LMS
"""

FOLDERS = ("source", "submitted", "autograded", "feedback", "handout", "keys", "results", "marks", "assignments")


@dataclass(frozen=True)
class Course:
    """A course folder. Nothing is read before it is asked for."""

    root: Path

    def folder(self, *parts: str) -> Path:
        """Return a folder in the course, made if it is missing."""
        path = self.root.joinpath(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def people(self) -> list[Person]:
        return read_roster(self.root / "roster.csv")

    def person(self, student: str) -> Person:
        """Return one person by id. ValueError that names near ones."""
        found = {person.id: person for person in self.people}
        if student not in found:
            raise ValueError(f"student {student!r} is not in roster.csv. It has: {', '.join(list(found)[:8])} ...")
        return found[student]

    @property
    def secret(self) -> bytes:
        text = (self.root / "secret").read_text(encoding="utf-8", errors="replace").strip()
        if not re.fullmatch("[0-9a-f]{64}", text):
            raise ValueError(
                "the file `secret` is damaged: 64 digits and letters a to f are needed. Take it from your backup: "
                "only with the secret of this class can its notebooks be marked."
            )
        return bytes.fromhex(text)

    @property
    def secret_print(self) -> str:
        """Return what knows the secret again and does not tell it."""
        return hashlib.sha256(self.secret).hexdigest()

    def seed(self, *parts: str) -> int:
        """Return a number that only the class's secret gives, always the same for the same parts (person, task)."""
        return int.from_bytes(hmac.digest(self.secret, "\0".join(parts).encode(), hashlib.sha256))

    def mark(self, assignment: str, student: str) -> str:
        """Return the mark in a person's notebook that says whose it is. It cannot be made without the secret."""
        return f"{self.seed('whose', assignment, student):064x}"[:24]

    def assignment(self, name: str) -> dict[str, Any]:
        """Return what `release` wrote about an assignment. ValueError where there is none."""
        path = self.root / "assignments" / f"{name}.json"
        if not path.exists():
            known = sorted(path.stem for path in (self.root / "assignments").glob("*.json") if "-" not in path.stem)
            raise ValueError(
                f"assignment {name!r} has not been released. Released: {', '.join(known) or 'none'}. "
                f"First: clinxai class release {name}"
            )
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def write_assignment(self, name: str, **facts: Any) -> None:
        """Keep what is said of an assignment."""
        write(self.folder("assignments") / f"{name}.json", json.dumps(facts, indent=1, ensure_ascii=False))


def new_course(root: Path, roster: Path) -> Course:
    """Make a course folder. ValueError where one is there already or the roster cannot be used: nothing is made."""
    people = read_roster(roster)
    for folder in root.resolve().parents:
        if (folder / ".git").exists():
            raise ValueError(
                f"{str(root)!r} lies in {folder}, which git keeps: one `git add` there may publish names and the "
                "secret. Name a folder elsewhere, such as ~/course."
            )
    if root.exists() and any(root.iterdir()):
        raise ValueError(f"folder {str(root)!r} is not empty. Name a new one: a class is never overwritten.")
    root.mkdir(parents=True, exist_ok=True)
    root.chmod(0o700)  # names and marks are nobody else's business
    secret = os.open(root / "secret", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(secret, "w") as file:
        file.write(secrets.token_hex(32))
    with open(root / "roster.csv", "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(Person._fields)
        rows.writerows(people)
    write(root / "nbgrader_config.py", CONFIG)
    course = Course(root.resolve())
    for part in FOLDERS:
        course.folder(part)
    course.folder("exchange").chmod(0o777)  # nbgrader warns without it; nobody gets through the folder above
    return course


def open_course(root: Path) -> Course:
    """Return the course in a folder. ValueError where there is none."""
    if not (root / "roster.csv").exists() or not (root / "secret").exists():
        raise ValueError(
            f"folder {str(root)!r} holds no class (roster.csv and secret). Go to the folder that "
            "`clinxai class new` made, or name it: --course FOLDER"
        )
    return Course(root.resolve())


def write(path: Path, text: str) -> None:
    """Write a text so that a stop in between leaves the old file whole."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
