"""Tables of the teaching pages that list what the course has: its exercises with their goals, its tasks for marks.

In a source of teaching/sources/:

    ```exercises 18_3_1      the exercises of this lesson, one a line: its letter, then the numbers of the lesson's
    h 2                      goals ("After it you can") that it asks. Exactly the letters of the lesson's frame.
    k 1 3 5
    ```
    ```test 60               a test of at most so many minutes: one task of teaching/assessment/ a line
    18_3_alert_value
    ```
    {{sampletest}}           the page's test as a person made up here gets it, with what is right; texts are below
    {{textkeys}}             how its texts are marked, for this person
"""

import math
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

import exercise_cells
import teaching_texts
from cells import BuildError, source_cells
from clinxai_teach.checks.judging import at
from clinxai_teach.classroom import items
from handouts.answers import span_of

EXERCISES = re.compile(r"^```exercises (18_\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEST = re.compile(r"^```test (\d+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NEEDS = {"none": "no code", "calculator": "calculator", "code": "code"}


# ---- exercises -----------------------------------------------------------------------------------


def one_path(root: Path, short: str, tail: str) -> Path:
    """The lesson source whose name begins with `short`: the frame of its exercises with the tail "_exercises"."""
    found = [
        path
        for path in (root / "lessons").glob(f"{short}_*{tail}.py")
        if path.stem.endswith("_exercises") == bool(tail)
    ]
    if len(found) != 1:
        raise BuildError(f"{short} names {len(found)} lessons; write the beginning of one name")
    return found[0]


@cache
def goals(root: Path, short: str) -> dict[int, str]:
    """What a lesson says under "After it you can", by number, without its marks of emphasis."""
    prose = re.sub(r"^# ?", "", one_path(root, short, "").read_text(encoding="utf-8"), flags=re.MULTILINE)
    block = re.search(r"^\*\*After it you can\*\*\n\n(.*?)\n\n", prose, re.MULTILINE | re.DOTALL)
    if block is None:
        raise BuildError(f"{short} has no list “After it you can”")
    listed = re.findall(r"^(\d+)\. (.*?)(?=^\d+\. |\Z)", block[1], re.MULTILINE | re.DOTALL)
    return {int(number): " ".join(words.split()).rstrip(",.").replace("*", "") for number, words in listed}


def exercise_paths(root: Path, short: str) -> dict[str, Path]:
    """The exercises that the frame of a lesson shows, by letter."""
    there = {path.name[0]: path for path in exercise_cells.exercise_files(root, short[:4])}
    cells = source_cells(one_path(root, short, "_exercises"))
    if any(map(exercise_cells.stands_for_the_rest, cells)):
        return there
    return {letter: there[letter] for cell in cells for letter in exercise_cells.named_letters(cell)}


def title_and_answer(path: Path):
    """The title of an exercise, and its answer cell."""
    cells = source_cells(path)
    title = next(cell.source for cell in cells if cell.source.startswith("## ")).split("\n")[0][3:]
    return title, next(cell for cell in cells if cell.metadata.get("title") == "answer")


def exercise_rows(root: Path, short: str, lines: str) -> Iterator[str]:
    """A line of the table for each exercise, in the order of the source."""
    paths, there = exercise_paths(root, short), goals(root, short)
    asked = {letter: [int(number) for number in rest.split()] for letter, _, rest in (
        line.partition(" ") for line in lines.strip().split("\n")
    )}  # fmt: skip
    if set(asked) != set(paths):
        raise BuildError(
            f"{short}: its frame shows exercises {''.join(sorted(paths))}, teaching/sources/exercises.md has "
            f"{''.join(sorted(asked))}; give each exercise a line there, with its goals"
        )
    for letter, numbers in asked.items():
        if not numbers or set(numbers) - set(there):
            raise BuildError(f"{short}, exercise {letter}: {short} has the goals {', '.join(map(str, there))}")
        title, answer = title_and_answer(paths[letter])
        facts = exercise_cells.checked_options(answer)
        needs = NEEDS[facts["coding"]] + (", a text" if answer.cell_type == "markdown" else "")
        goal = "; ".join(f"{number} {there[number]}" for number in numbers)
        name = f"{short[:4].replace('_', '.')}-{letter}"
        title = title.replace(" (for coders)", "")
        yield f"| {name} {title} | {span_of(name)} | {facts['minutes']} | {facts['difficulty']} | {needs} | {goal} |"


def exercise_table(root: Path, short: str, lines: str) -> str:
    head = ["| Exercise | Page | Minutes | Difficulty | Needs | Goal of the lesson |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *exercise_rows(root, short, lines)])


# ---- tasks for marks -----------------------------------------------------------------------------


def tasks(root: Path, wanted: list[str] | None = None) -> list[tuple[items.Template, items.Item | items.FreeText]]:
    """Some or all tasks for marks, each with the variant of a person made up here."""
    folder = root / "teaching" / "assessment"
    names = items.template_ids(folder) if wanted is None else wanted
    try:
        loaded = [items.load(folder, name) for name in names]
    except ValueError as error:
        raise BuildError(str(error)) from error
    return [(task, task.variant(np.random.default_rng(0))) for task in loaded]


def marked_by(variant: items.Item | items.FreeText) -> str:
    return "a teacher" if isinstance(variant, items.FreeText) else "the judge"


def task_table(root: Path, wanted: list[str]) -> str:
    """Tasks with points, minutes and who marks them, and their sums."""
    lines = ["| Task | Title | Points | Minutes | Marked by |", "|---|---|---|---|---|"]
    points = minutes = 0
    for task, variant in tasks(root, wanted):
        lines.append(f"| `{task.id}` | {task.title} | {task.points:g} | {task.minutes} | {marked_by(variant)} |")
        points, minutes = points + task.points, minutes + task.minutes
    return "\n".join([*lines, f"| **All** |  | **{points:g}** | **{minutes}** |  |"])


def test_table(root: Path, limit: int, lines: str) -> str:
    wanted = lines.split()
    minutes = sum(task.minutes for task, _ in tasks(root, wanted))
    if minutes > limit:
        raise BuildError(f"a test of {limit} minutes takes {minutes}; take a task out")
    command = "clinxai class release test " + " ".join(f"--item {name}" for name in wanted)
    return f"{task_table(root, wanted)}\n\n    $ {command}"


def plain(value, tolerance=0.0):
    """A right answer as one would write it: with as many decimals as count, or four digits without a tolerance."""
    if isinstance(value, dict):
        return {plain(key): plain(each, at(tolerance, key)) for key, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(plain, value))
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(each) for each in value]
    value = getattr(value, "item", lambda: value)()
    if isinstance(value, float):
        return round(value, math.ceil(-math.log10(2 * tolerance))) if tolerance else float(f"{value:.4g}")
    return value


def said(value) -> str:
    """A right answer in words, as on paper."""
    if isinstance(value, dict):
        return "; ".join(f"{name.replace('_', ' ')} **{each}**" for name, each in value.items())
    return ", ".join(f"**{each}**" for each in (value if isinstance(value, list) else [value]))


def sample(root: Path, wanted: list[str]) -> str:
    """The tasks of a test that the judge marks, with the numbers of one person, what is right and why."""
    blocks = []
    for task, variant in tasks(root, wanted):
        if isinstance(variant, items.Item):
            given = f"\n\n```python\n{variant.given.strip()}\n```" if variant.given.strip() else ""
            right = f"*Right.* {said(plain(variant.judge.right, variant.judge.tolerance))}. {variant.why.strip()}"
            blocks.append(f"#### {task.title} (`{task.id}`)\n\n{variant.text.strip()}{given}\n\n{right.strip()}")
    return "\n\n".join(blocks)


def text_keys(root: Path, wanted: list[str]) -> str:
    """How each text of a test is marked: question, criteria, model answer, samples, with the numbers of one person."""
    blocks = []
    for task, variant in tasks(root, wanted):
        if isinstance(variant, items.FreeText):
            criteria = "\n".join(f"- {criterion}: {points:g}" for criterion, points in variant.criteria.items())
            asked, answer = variant.text.strip(), " ".join(variant.model_answer.split())
            blocks.append(f"### {task.title} (`{task.id}`)\n\n{asked}\n\n{criteria}\n\n*Model answer.* {answer}")
            most = list(variant.criteria.values())
            blocks += [teaching_texts.shown(list(each.points), most, each.text, each.why) for each in variant.samples]
    return "\n\n".join(blocks)


def fill_in(text: str, root: Path) -> str:
    """A source with these tables."""
    text = EXERCISES.sub(lambda found: exercise_table(root, found[1], found[2]), text)
    if test := TEST.search(text):
        wanted = test[2].split()
        text = text.replace("{{sampletest}}", sample(root, wanted)).replace("{{textkeys}}", text_keys(root, wanted))
    return TEST.sub(lambda found: test_table(root, int(found[1]), found[2]), text)
