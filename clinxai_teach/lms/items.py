"""Reads the questions of the lessons and the closed exercises, with their pictures, from the built notebooks."""

import ast
import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from clinxai_teach.checks import bank
from clinxai_teach.checks.closed import Choose, Numbers
from clinxai_teach.checks.judging import Exercise, evaluate
from clinxai_teach.checks.reading import WrongKind
from clinxai_teach.forms import Question
from clinxai_teach.lms.text import Picture, cleaned, from_markdown, plain


class Choice(NamedTuple):
    """One option: its text, whether it is right, and what is said to a learner who chose it."""

    text: str
    right: bool
    reason: str


class Choices(NamedTuple):
    """One right option (`single`) or several."""

    options: tuple[Choice, ...]
    single: bool


class Pairs(NamedTuple):
    """Each case gets a label. `cases`: its text, the labels that are right (the first is the key), the reason."""

    cases: tuple[tuple[str, tuple[str, ...], str], ...]
    labels: tuple[str, ...]


class Number(NamedTuple):
    """A number within a tolerance, and known wrong numbers with their reasons."""

    value: float
    tolerance: float
    wrong: tuple[tuple[float, str], ...]


Form: TypeAlias = Choices | Pairs | Number

# How an answer is typed in a notebook, and what stands here in its place.
TYPING = (
    (r"Replace (?:each|the) `\.\.\.`,? so that the line looks like this[^`]*`[^`]*`", ""),
    (r"Write (?:the|the verdict's) letter or (?:its|the) (?:name|words), in quotation marks: `[^`]*`\.", ""),
    (r": its letter or its words, in quotation marks: `[^`]*`\.", "."),
    (
        r"write the set of the names (that leak), copied exactly, each in quotation marks, in this form: `[^`]*`",
        r"choose those \1",
    ),
    (r"Write the set of (?:letters|their numbers)[^.]*\.", "Choose them."),
    (r"Write the set of the numbers of", "Choose"),
)


@dataclass(frozen=True)
class Item:
    """One question for a learning platform: `body` is XHTML, in which `pictures` stand by their names."""

    id: str
    title: str
    section: str
    body: str
    pictures: tuple[Picture, ...]
    form: Form
    why: str
    points: float = 1.0


def collect(course: Path, section: str | None = None) -> list[Item]:
    """Return all items of a course folder in the order of the course, or those of one section, "18.3".

    Raises ValueError where the folder has no built notebooks, or no such section.
    """
    notebooks, solved = (sorted((course / name).glob("*.ipynb")) for name in ("notebooks", "solutions"))
    if not notebooks or not solved:
        raise ValueError(f"{course} has no notebooks/ and solutions/. Run this in the folder of the course.")
    items = [item for path in notebooks for item in _questions(path)]
    items += [item for path in solved for item in _exercises(path)]
    items.sort(key=lambda item: item.section)
    if section is not None:
        known = sorted({item.section for item in items})
        if section not in known:
            raise ValueError(f"section must be one of {', '.join(known)}, but got {section!r}.")
        items = [item for item in items if item.section == section]
    return items


# ---- the questions of a lesson -------------------------------------------------------------------


def _questions(path: Path) -> Iterator[Item]:
    """Yield the questions of a lesson's notebook, each with the paragraph and the pictures that stand before it."""
    section = ".".join(re.findall(r"^(\d+)_(\d+)", path.stem)[0]) if path.stem[:2] == "18" else path.stem
    part = "18." + ".".join(re.findall(r"\d+", path.stem)[1:]) if path.stem[:2] == "18" else path.stem
    context, pictures, count = "", list[Picture](), 0
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            context, pictures = _last_paragraph(source), []
            continue
        for question in _in_code(source):
            count += 1
            item_id = f"{part}-q{count}"
            shown = tuple(picture._replace(name=f"{item_id}-{picture.name}") for picture in pictures)
            yield Item(
                item_id,
                f"{part}, question {count}",
                section,
                from_markdown(context) + _images(shown) + f"<p>{plain(question.prompt)}</p>",
                shown,
                Choices(
                    tuple(Choice(option, option == question.right, why) for option, why in question.options.items()),
                    single=True,
                ),
                question.why or "",
            )
        pictures += _pictures(cell)


def _in_code(source: str) -> Iterator[Question]:
    """Yield each `Question(...)` that a cell makes of plain texts."""
    if "Question(" not in source:
        return
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    for call in calls:
        if isinstance(call.func, ast.Name) and call.func.id == "Question":
            yield Question(
                *map(ast.literal_eval, call.args),
                **{keyword.arg or "": ast.literal_eval(keyword.value) for keyword in call.keywords},
            )


def _last_paragraph(markdown: str) -> str:
    """Return what a question is about: the last paragraph before it. A warm-up is about nothing on its page."""
    if re.match(r"#+ Warm-up|#+ How questions", markdown):
        return ""
    paragraphs = [part for part in re.split(r"\n\s*\n", markdown) if not part.lstrip().startswith("#")]
    return paragraphs[-1] if paragraphs else ""


# ---- the closed exercises ------------------------------------------------------------------------


def _exercises(path: Path) -> Iterator[Item]:
    """Yield the closed exercises of a notebook of solutions: all between the title and the answer is the task."""
    task: list[Any] = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        grading = cell["metadata"].get("nbgrader", {})
        if re.match(r"## \d+\.\d+-[a-z] ", source):
            task = [cell]
        elif grading.get("locked") and "check(" in source and task:
            exercise = bank.find(re.findall(r'check\("([^"]+)"', source)[0])
            yield from _closed(exercise, task, float(grading["points"]))
        elif not grading:
            task.append(cell)


def _closed(exercise: Exercise, task: list[Any], points: float) -> Iterator[Item]:
    """Yield one item, or one for each named number; nothing where an answer needs code or a text."""
    closed, section = exercise.closed, exercise.id.partition("-")[0]
    if closed is None or (isinstance(closed, Numbers) and _needs_code(exercise.id)):
        return
    pictures = tuple(
        picture._replace(name=f"{exercise.id}-{n}-{picture.name}")
        for n, cell in enumerate(task)
        for picture in _pictures(cell)
    )
    gone = exercise.material if isinstance(closed, Choose) and closed.complete else None
    body = "".join(_shown(cell, gone) for cell in task) + _images(pictures)
    title = f"{exercise.id} {exercise.title}"
    if isinstance(closed, Numbers):
        for n, (name, (value, tolerance, advice)) in enumerate(closed.values.items(), 1):
            asked = f"<p>Give here: <b>{plain(name)}</b></p>" if name else ""
            yield Item(
                f"{exercise.id}-{n}" if name else exercise.id,
                f"{title}: {name}" if name else title,
                section,
                body + asked,
                pictures,
                Number(value, tolerance, tuple(_known_wrong(exercise, name, tolerance))),
                f"{advice} {exercise.why}".strip(),
                points / len(closed.values),
            )
        return
    form: Form
    if isinstance(closed, Choose):
        form = Choices(tuple(Choice(*option) for option in closed.options.values()), single=False)
    else:
        form = Pairs(
            tuple(
                (case, tuple(closed.labels[letter] for letter in letters), why)
                for case, (letters, why) in closed.cases.items()
            ),
            tuple(closed.labels.values()),
        )
    yield Item(exercise.id, title, section, body, pictures, form, exercise.why, points)


def _needs_code(exercise_id: str) -> bool:
    path = bank.files(exercise_id.partition("-")[0])[exercise_id]
    return not any("coding=" in cell.header for cell in bank.cells(path) if cell.title == "answer")


def _known_wrong(exercise: Exercise, name: str, tolerance: float) -> Iterator[tuple[float, str]]:
    """Yield the numbers of the named mistakes for one name, each once, with the hint that speaks of it."""
    others = [f"{other}:" for other in (exercise.right if name else ()) if other != name]
    right = evaluate(exercise, exercise.right)
    seen = [right[name] if name else right]
    for mistake in exercise.mistakes:
        read = evaluate(exercise, mistake.answer)
        if isinstance(read, WrongKind) or mistake.hint.startswith(tuple(others)):
            continue
        value = read[name] if name else read
        if all(abs(value - other) > 2 * tolerance for other in seen):
            seen.append(value)
            yield float(value), mistake.hint


# ---- what cells show -----------------------------------------------------------------------------


def _shown(cell: Any, gone: str | None) -> str:
    """Return what a learner sees of a cell, as XHTML: its text, or the tables and prints that its code left."""
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        source = re.sub(r"^## \d+\.\d+-[a-z] .*\n", "", source)
        return from_markdown(_without_typing(source.replace(gone, "") if gone else source))
    parts = []
    for output in cell["outputs"]:
        data = output.get("data", {})
        if "image/png" in data:
            continue
        if "text/html" in data:
            parts.append(cleaned("".join(data["text/html"])))
        elif text := "".join(output.get("text", data.get("text/plain", ""))):
            parts.append(f"<pre>{plain(text)}</pre>")
    return "".join(parts)


def _without_typing(source: str) -> str:
    """Return a task without the sentences that say how an answer is typed in Python: here it is clicked."""
    for pattern, instead in TYPING:
        source = re.sub(pattern.replace(" ", r"\s+"), instead, source)
    return source


def _pictures(cell: Any) -> list[Picture]:
    """Return the pictures that a cell's code left, with their texts for people who cannot see them."""
    found: list[Picture] = []
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        if "image/png" in data:
            alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
            png = base64.b64decode("".join(data["image/png"]))
            found.append(Picture(f"{len(found) + 1}.png", alt or "".join(data.get("text/plain", "")), png))
    return found


def _images(pictures: tuple[Picture, ...]) -> str:
    return "".join(f'<p><img src="{plain(name)}" alt="{plain(alt)}" /></p>' for name, alt, _ in pictures)
