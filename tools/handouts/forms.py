"""Where an answer is written on paper: boxes, ticks or lines, by what the exercise asks for; and its text for paper."""

import re
from pathlib import Path

import exercise_cells
from cells import BuildError
from clinxai_teach.checks import bank
from clinxai_teach.checks.closed import Choose, Match, Numbers
from handouts import answers

MOST_TICKS = 6  # columns of words to tick; more are written
MOST_ROWS = 12  # of cases to tick; more numbers stand in two halves, side by side
LINES = 15  # of a text: a line by hand holds ten words
LINE = '<div class="line"></div>'
# What only a notebook can do, and what is said there of the way to type an answer.
NOTEBOOK = re.compile(r"solution\(|^Replace (?:each|the) `\.\.\.`")
TYPED = (
    (r"the verdict's letter or its words", "the letter of the verdict"),
    (r"(the|its) letter or (?:its|the)\s(?:words|name)", r"\1 letter"),
    (r",? in quotation\s+marks(?:: `\{[^`]*\}`)?", ""),
    (r": a list of the letters, for example\s+`[^`]*`", ""),
    (r":\s+`\w+ = [^`]*`", ""),
    (r"Write the set of the numbers of (?:those|the statements) that are \*\*true\*\*", "Tick those that are **true**"),
    (r", as a text such as `\"7\"`,", ""),
    (r"\s+The check\s[^.]*\.", ""),
    (r"`\"([^`\"]*)\"`", r"**\1**"),
    (r"Do not scroll, and do not look at the card", "Do not look back, nor at the card"),
    (r"The questions are printed\s+above", "The questions are on the form of the checklist"),
)
LEFT = re.compile(r"quotation|`\"|\{1:|`\w+ = |`\.\.\.`|solution\(|hint\(|printed\s+above|The check\s")


def text(path: Path) -> str:
    """Return the text of an exercise without what only a notebook can do; a BuildError where some of it is left."""
    blocks = exercise_cells.exercise_cells(path)[0].source.split("\n\n")
    kept = "\n\n".join(block for block in blocks if not NOTEBOOK.search(block))
    for typed, written in TYPED:
        kept = re.sub(typed, written, kept)
    if isinstance(numbers := bank.load(path).closed, Numbers):
        for name in filter(None, numbers.values):
            kept = kept.replace(f"`{name}`", f"**{answers.paper_name(name)}**")
    if left := LEFT.search(kept):
        raise BuildError(f"{path.stem} says {left[0]!r} on paper; say in tools/handouts/forms.py what paper says")
    return kept


def form(path: Path) -> str:
    """Return where the answer of an exercise is written, as HTML or as a table."""
    exercise = bank.load(path)
    closed = exercise.closed
    if exercise.marked_by_teacher:
        return f"*Your text:*\n\n{LINE * LINES}"
    if isinstance(closed, Choose):
        return f"*Tick what you choose:*\n\n{boxes(list(closed.options))}"
    if isinstance(closed, Match):
        return matched(closed)
    if isinstance(closed, Numbers):
        asked = re.sub(r"^a dict with |, such as .*", "", exercise.expects)
        unit = "%" if asked.startswith("numbers in percent", asked.find(" ") + 1) else ""
        return f"*Your answer, {asked}:*\n\n" + "".join(entry(name, unit) for name in closed.values)
    return "*Your answer:*\n\n" + "".join(written(str(number)) for number, _ in enumerate(exercise.right, 1))


def matched(closed: Match) -> str:
    """Return a box for each case where one letter is written, columns to tick for words, or a line each."""
    cases, labels = list(closed.cases), list(closed.labels)
    if all(len(label) == 1 for label in labels):
        return f"*A letter in each box ({', '.join(labels[:-1])} or {labels[-1]}):*\n\n{boxes(cases)}"
    if len(labels) > MOST_TICKS:
        return "*Your answer:*\n\n" + "".join(map(written, cases))
    halves = 1 + (len(cases) > MOST_ROWS and max(map(len, cases)) <= 2)
    high = -(-len(cases) // halves)
    rows = ["|" + "".join(f" {case} |{' ☐ |' * len(labels)}" for case in cases[at::high]) for at in range(high)]
    head = f"|  | {' | '.join(labels)} " * halves
    return "\n".join([f"{head}|", "|---" * (len(labels) + 1) * halves + "|", *rows])


def boxes(names: list[str]) -> str:
    """Return an empty box behind each name."""
    return '<p class="boxes">' + " ".join(f"<span>{name} <i></i></span>" for name in names) + "</p>"


def entry(name: str, unit: str) -> str:
    """Return a line for a number behind its name, with its unit."""
    return f'<p class="entry"><span>{answers.paper_name(name)}</span><i></i><span>{unit}</span></p>'


def written(name: str) -> str:
    """Return a long line behind a name, for words."""
    return f'<p class="entry words"><span>{name}</span><i></i></p>'


def exercises(root: Path) -> str:
    """Return all exercises on paper, each with its form, as Markdown. Their pages come when they are printed."""
    there = {bank.id_of(path): path for path in answers.on_paper(root)}
    lines = "".join(
        f'<li><i data-page-of="{name}">00</i> {name} {bank.load(path).title}</li>' for name, path in there.items()
    )
    contents = f'## Contents: the page of each exercise\n\n<ul class="contents">{lines}</ul>'
    return "\n\n".join(
        ["# Exercises on paper", contents, *(f"{text(path)}\n\n{form(path)}" for path in there.values())]
    )


def exercise_list(root: Path) -> str:
    """Return the list of all exercises with boxes to tick and a place to sign, as Markdown."""
    texts = [
        "# Exercises done",
        "Name or number: ______________________________",
        "Tick what you have done, at home or in the room; with or without code counts alike. *Done*: you wrote an "
        "answer of your own, then read the check or the key; it need not be right. The rules say what it is worth. "
        "Pages are those of the print of the exercises.",
    ]
    for section in bank.section_numbers(root / "clinxai_teach" / "exercises"):
        rows = ["| Done | Exercise | Difficulty | Minutes | Page |", "|---|---|---|---|---|"]
        for path in exercise_cells.exercise_files(root, section.replace(".", "_")):
            options, exercise = exercise_cells.checked_options(answers.answer_cell(path)), bank.load(path)
            rows.append(
                f"| ☐ | {exercise.id} {exercise.title} | {options['difficulty']} | {options['minutes']} | "
                f"{answers.page_of(exercise.id)} |"
            )
        texts += [f"## {section}", "\n".join(rows)]
    signed = "Done in all: ______  of these hard or medium: ______  Date: ______________  Signature: __________________"
    return "\n\n".join([*texts, "## Signed", signed])
