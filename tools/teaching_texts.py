"""Texts that a teacher marks: question, criteria and model answer, and answers worth a part of the points.

In teaching/sources/texts.md, in which the samples of the course's exercises stand:

    {{text 18.5-k}}          the criteria and the model answer of an exercise
    ```sample 18.5-k 1 0 1 0      an answer, with its points by criterion; below --- the reason for them
    the answer
    ---
    the reason
    ```
    {{sound oe}}             a number of the capstone's sound example

The samples of tasks for marks stand in their templates, for they have each person's numbers.
"""

import json
import re
from pathlib import Path

from cells import BuildError
from clinxai_teach.checks import bank

SOURCE = Path("teaching") / "sources" / "texts.md"
SAMPLE = re.compile(r"^```sample (\S+) ([\d. ]+)\n(.*?)\n---\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
TEXT = re.compile(r"\{\{text (18\.\d-[a-z])\}\}")
SOUND = re.compile(r"\{\{sound (\w+)\}\}")
CRITERION = re.compile(r"^- (.+) \((\d+(?:\.\d+)?)\)$", re.MULTILINE)


def file_of(root: Path, name: str) -> Path:
    """The file of an exercise: "18.5-k"."""
    return bank.files(name.partition("-")[0], root / "clinxai_teach" / "exercises")[name]


def criteria(root: Path, name: str) -> dict[str, float]:
    """The criteria of a text, with their points."""
    return {text: float(points) for text, points in CRITERION.findall(bank.load(file_of(root, name)).material)}


def model(root: Path, name: str) -> str:
    """The criteria of an exercise and its model answer."""
    exercise = bank.load(file_of(root, name))
    listed = "\n".join(
        f"{number}. {text} ({points:g})" for number, (text, points) in enumerate(criteria(root, name).items(), 1)
    )
    return f"{listed}\n\n**Full marks.**\n\n{quoted(exercise.worked)}\n\n*In short.* {exercise.why}"


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))


def shown(points: list[float], most: list[float], text: str, why: str) -> str:
    """A sample as a marker reads it: what it gets, by criterion, the answer, and why."""
    if len(points) != len(most) or any(got > limit for got, limit in zip(points, most, strict=True)):
        raise BuildError(f"a sample has the points {points}, and its criteria give at most {most}")
    by_criterion = " + ".join(f"{got:g}" for got in points)
    head = f"**{sum(points):g} of {sum(most):g} points** ({by_criterion})."
    return f"{head}\n\n{quoted(text)}\n\n*Why.* {' '.join(why.split())}"


def sample(root: Path, name: str, points: str, text: str, why: str) -> str:
    return shown([float(each) for each in points.split()], list(criteria(root, name).values()), text, why)


def fill_in(text: str, root: Path) -> str:
    """A source with models, samples and numbers."""
    if SOUND.search(text):
        numbers = json.loads((root / "teaching/capstone/example_sound/numbers.json").read_text(encoding="utf-8"))
        text = SOUND.sub(lambda found: numbers[found[1]], text)
    text = TEXT.sub(lambda found: model(root, found[1]), text)
    return SAMPLE.sub(lambda found: sample(root, *found.groups()), text)


def samples(root: Path) -> dict[str, str]:
    """What the source says of each exercise, filled in, by its id."""
    parts = re.split(r"^## (18\.\d-[a-z]) .*$|^## .*$", (root / SOURCE).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: fill_in(text, root).strip() for name, text in zip(parts[1::2], parts[2::2], strict=True) if name}
