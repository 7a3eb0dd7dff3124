"""Tasks for marks: templates outside the package, one file each, and their variants for each person.

A template is `teaching/assessment/18_3/alert_value.py`; its id is "18_3_alert_value". It holds TITLE, POINTS, MINUTES
and `variant(rng)`, which returns an `Item` or a `FreeText`. Everything that differs between people comes from `rng`:
numbers, patients, the names of what is chosen. So a right answer of one person is wrong for another.
"""

import hashlib
import importlib.util
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from clinxai_teach.checks import kinds
from clinxai_teach.checks.judging import Exercise
from clinxai_teach.checks.reading import Case, number
from clinxai_teach.classroom.course import Course

REPOSITORY = Path(__file__).resolve().parents[2]
PLAIN: dict[str, Any] = {"expects": "", "also_right": (), "mistakes": (), "hints": (), "why": ""}


@dataclass(frozen=True)
class Item:
    """A task that the judge marks. `answer` is the name of the variable or function that it reads.

    `text` (Markdown) asks it; `stub` is what the answer cell holds; `given` is code with this person's data, and needs
    names that no other task uses; `why` (one or two sentences) goes to the person after marking.
    """

    text: str
    answer: str
    stub: str
    judge: Exercise
    given: str = ""
    why: str = ""

    @property
    def calls(self) -> bool:
        """Whether the answer is a function, which the judge calls."""
        return self.stub.lstrip().startswith("def ")


@dataclass(frozen=True)
class Sample:
    """An answer worth a part of the points: its points by criterion, in their order, and why."""

    points: tuple[float, ...]
    text: str
    why: str


@dataclass(frozen=True)
class FreeText:
    """A task that a teacher marks: criteria with their points, a model answer, and answers worth less."""

    text: str
    criteria: Mapping[str, float]
    model_answer: str
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True)
class Template:
    """One template, ready to be varied."""

    id: str
    title: str
    points: float
    minutes: int
    variant: Callable[[np.random.Generator], Item | FreeText] = field(repr=False)

    def for_person(self, course: Course, assignment: str, student: str) -> Item | FreeText:
        """Return this person's variant: always the same for the same class."""
        return self.variant(np.random.default_rng(course.seed("item", assignment, student, self.id)))


def assessment_folder() -> Path:
    """Return the folder of templates in a clone of the repository. ValueError where there is none."""
    folder = REPOSITORY / "teaching" / "assessment"
    if not folder.is_dir():
        raise ValueError(
            "the tasks for marks are not in this installation: they are never shipped to learners. Clone the "
            'repository, install it there with `pip install -e ".[class]"`, or name the folder: --items FOLDER'
        )
    return folder


def template_ids(folder: Path) -> list[str]:
    """Return the ids of all templates in a folder, by section."""
    return [f"{path.parent.name}_{path.stem}" for path in sorted(folder.glob("18_*/[a-z]*.py"))]


def templates_of(course: Course, assignment: str) -> list[Template]:
    """Return the templates of a released assignment, in its order. ValueError where one has changed since."""
    facts = course.assignment(assignment)
    folder = Path(facts["folder"]) if facts["folder"] else assessment_folder()
    changed = [name for name, known in facts["fingerprints"].items() if fingerprint(folder, name) != known]
    if changed:
        raise ValueError(
            f"the tasks {', '.join(changed)} have changed since {assignment} was released: people have other numbers "
            "than would be marked. Go back to the clone as it was on the day of the release (git)."
        )
    if facts.get("secret", course.secret_print) != course.secret_print:
        raise ValueError(
            f"the file `secret` is not the one with which {assignment} was released: people have other numbers than "
            "would be marked. Put back the secret of this class."
        )
    return [load(folder, name) for name in facts["items"]]


def fingerprint(folder: Path, item_id: str) -> str:
    """Return the SHA-256 of a template's file, or "" where it is missing."""
    path = folder / item_id[:4] / f"{item_id[5:]}.py"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def load(folder: Path, item_id: str) -> Template:
    """Return one template. ValueError where it is missing or lacks a part."""
    section, name = item_id[:4], item_id[5:]
    path = folder / section / f"{name}.py"
    if not re.fullmatch(r"18_\d_[a-z][a-z0-9_]*", item_id) or not path.is_file():
        raise ValueError(f"task {item_id!r} does not exist. There are: {', '.join(template_ids(folder))}.")
    module = _module(path)
    missing = [name for name in ("TITLE", "POINTS", "MINUTES", "variant") if not hasattr(module, name)]
    if missing:
        raise ValueError(f"{path} has no {', '.join(missing)}. Add it.")
    return Template(item_id, module.TITLE, float(module.POINTS), int(module.MINUTES), module.variant)


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"assessment_{path.parent.name}_{path.stem}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---- what a template builds its judge with ---------------------------------------------------------


def codes(rng: np.random.Generator, n: int) -> list[str]:
    """Return `n` names such as "K47" for patients or statements. Two people share hardly any."""
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    found = rng.choice(len(letters) * 90, size=n, replace=False)
    return [f"{letters[k // 90]}{10 + k % 90}" for k in found]


def one_number(right: float, tolerance: float) -> Exercise:
    """Judge one number."""
    return kinds.one_number(right, tolerance=tolerance, **PLAIN)


def numbers(right: Mapping[str, float], tolerance: float | Mapping[str, float]) -> Exercise:
    """Judge named numbers; each is a part of the points."""
    return kinds.numbers(right, tolerance=tolerance, **PLAIN)


def choice(right: Iterable[str], offered: Sequence[str]) -> Exercise:
    """Judge a set of names; a wrong one takes away what a right one gives."""
    right = set(right)
    others = set(offered) - right
    return kinds.choice(right, offered, clues=dict.fromkeys(right, ""), fine=dict.fromkeys(others, ""), **PLAIN)


def match(right: Mapping[str, str], labels: Mapping[str, str]) -> Exercise:
    """Judge a label for each case; each case is a part of the points."""
    return kinds.match(right, labels, items="cases", what="label", reasons=dict.fromkeys(right, ""), **PLAIN)


def order(right: Sequence[str]) -> Exercise:
    """Judge names in their order; each place is a part of the points."""
    return kinds.order(right, dict.fromkeys(right, ""), needs=dict.fromkeys(right, ""), **PLAIN)


def function(
    right: Callable[..., Any], cases: Iterable[Case], tolerance: float, read: Callable[[Any], Any] = number
) -> Exercise:
    """Judge a function on cases that nobody sees; each case is a part of the points."""
    return kinds.function_on_cases(right, cases, read=read, tolerance=tolerance, **PLAIN)
