"""What a meeting of the term needs on paper: of a lesson, cut out of its executed notebook, and of the term's plan.

A lesson that has changed so that a piece is not found any more is a BuildError, which names the piece.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from cells import BuildError
from handouts.page import markdown_html, notebook_html

FOUND = "What you should have found"  # the summary behind which the lesson folds the answers
LINE = '<div class="line"></div>'


class Cut(NamedTuple):
    """From which lesson a print is cut, by the beginning of its name; its title; and what cuts it."""

    lesson: str
    title: str
    made: Callable[[NotebookNode], list[str]]


def four_people(notebook: NotebookNode) -> list[str]:
    """Return two sheets of 18.5.1: what the computer shows of four people; what they answer, and the rule."""
    signals = with_row(notebook, "similarity")
    rules = [number for number, cell in enumerate(notebook.cells) if markdown_tables(cell, "what you find")]
    if len(rules) != 2:
        raise BuildError(f"18.5.1 has {len(rules)} tables 'what you find', not two: the rule, and its changed rows")
    rule, changed = rules
    asked = one(
        [k for k in range(signals, rule) if notebook.cells[k].source.startswith("**Which question do you ask all")],
        "question to all, between the signals and the rule",
    )
    said = notebook.cells[asked].source.partition("\n\n")[2]
    if not said:
        raise BuildError("18.5.1 does not say, below its question to all, what the people answer")
    answered = [markdown_html(said), *(answer(cell) for cell in notebook.cells[asked + 1 : rule])]
    raised = re.search(r"^\*Raised\*: .+?\)(?=\. )", notebook.cells[rule].source, re.MULTILINE)
    if raised is None:
        raise BuildError("18.5.1 does not say, below its rule, from which result on one is raised")
    pictures = [html for cell in notebook.cells[signals:asked] for html in html_of(cell) if "<img" in html]
    letters = sorted(set(re.findall(r"person ([A-Z])\b", table_of(notebook.cells[signals]))))
    to_fill = "\n".join(f"| {letter} |  |  |" for letter in letters)
    return [
        markdown_html(
            "## Sheet 1: what the computer shows\n\nThe tool gives much the same risk to each. Four of five signals "
            "are in the table; the fifth, the context, is not in the computer.\n\n"
            "*Refits*: the same recipe, trained and calibrated again on new draws of its own people; they say how much "
            "hangs on who was drawn. *Percentile*: the higher, the more unusual among the training people; beyond a "
            "limit it is flagged. *Reasons*: what moved the output; plus raises the risk."
        )
        + table_of(notebook.cells[signals])
        + "".join(pictures)
        + markdown_html(f"**Which one question do you ask all of them before you decide?**\n\n{LINE}"),
        markdown_html("## Sheet 2: what they answer, and the rule")
        + "".join(answered)
        + markdown_html(
            "**The rule** is invented; it was written before anybody saw a patient. From the top, the first row that "
            f"fits decides.\n\n{markdown_tables(notebook.cells[rule], 'what you find')[0]}\n\n{raised[0]}.\n\n"
            "Vote by this rule. A count of alerts and costs has changed two of its rows since; they now read:\n\n"
            f"{markdown_tables(notebook.cells[changed], 'what you find')[0]}\n\n"
            "**Write before each vote**, for one person after the other:\n\n"
            "| Person | Decision | Next step: what, who, how soon? |\n|---|---|---|\n" + to_fill
        ),
    ]


def report(notebook: NotebookNode) -> list[str]:
    """Return the report of 18.5.2 as its committee gets it, with room for the three things to find."""
    texts = [cell.source if cell.cell_type == "markdown" else "" for cell in notebook.cells]
    heading = re.compile(r"^## (?:\d+\. )?Three things to find$", re.MULTILINE)
    first = one([number for number, text in enumerate(texts) if heading.search(text)], "heading 'Three things to find'")
    last = one([number for number, text in enumerate(texts) if FOUND in text], f"folded text {FOUND!r}")
    asked = heading.split(texts[first])[1].strip()
    count = len(re.findall(r"^\d+\. ", asked, re.MULTILINE))
    if not first < last or not count:
        raise BuildError("18.5.2 asks for no things to find before it says what they are")
    middle = notebook_html(nbformat.v4.new_notebook(cells=notebook.cells[first + 1 : last]))
    middle = re.sub(r"<details>.*?</details>", "", middle, flags=re.DOTALL)  # to look up, in the lesson
    rows = "".join(f'<p class="entry words"><span>{number}</span><i></i></p>' for number in range(1, count + 1))
    return [markdown_html(f"## Three things to find\n\n{asked}") + rows + "<h2>The report</h2>" + middle]


CUTS = {
    "meeting_9_four_people": Cut("18_5_1", "Meeting 9: four people, five signals", four_people),
    "meeting_10_report": Cut("18_5_2", "Meeting 10: the report of a tool", report),
}


# ---- from the plan of the term -------------------------------------------------------------------

NOT_BEFORE = (
    "**Do not read ahead** in 18.1 before meeting 2, in 18.3 before meeting 5, and in two parts of 18.6 before meeting "
    "11: there you vote and hunt, and the lesson would tell you the end. Minutes at home are those of a quick reader, "
    "up to twice as many if English is not your first language; the capstone comes on top of them. Bring your page of "
    "the rules, a pen, and a calculator or a telephone."
)
LETTERS = "# Letters to hold up\n\nCut. Hold up one, when all have decided.\n\n" + (
    '<p class="letters">' + "".join(f"<span>{letter}</span>" for letter in "ABCDEF") + "</p>"
)


def plan(term: str) -> str:
    """Return what to read and to do for each meeting, for learners, from the first table of the term."""
    table = one(re.findall(r"^\| Week \|.*\n(?:\|.*\n)+", term, re.MULTILINE), "table of the weeks")
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in unlinked(table).strip().split("\n")]
    head, _, *weeks = [[name if name[:1].isdigit() else f"{week} {name}", *rest] for week, name, *rest in rows]
    lines = [["Meeting", "Date and hour", *head[1:]], ["---"] * (len(head) + 1)]
    lines += [[name, "_" * 14, *(cell or "-" for cell in rest)] for name, *rest in weeks]
    shown = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"# The term: what to read and to do\n\n{NOT_BEFORE}\n\n{shown}"


def installation(term: str) -> str:
    """Return the steps of the first meeting, and what to do where one does not work."""
    steps = one(
        re.findall(r"^\*\*Installation, step by step\*\*.*?(?=^## )", term, re.MULTILINE | re.DOTALL), "list of steps"
    )
    steps = re.sub(r"^\*\*Installation, step by step\*\* (.*)$", r"\1", unlinked(steps), count=1, flags=re.MULTILINE)
    return f"# Installation, step by step\n\n{steps.strip()}"


def unlinked(text: str) -> str:
    """Return a text without links: learners do not get what they lead to."""
    return re.sub(r":? ?\[below\]\([^)]+\)|\[([^\]]+)\]\([^)]+\)", lambda found: found[1] or "", text)


# ---- pieces of a notebook ------------------------------------------------------------------------


def html_of(cell: NotebookNode) -> Iterator[str]:
    """Yield the outputs of a cell that are HTML."""
    for output in cell.get("outputs", []):
        if text := output.get("data", {}).get("text/html", ""):
            yield text


def table_of(cell: NotebookNode) -> str:
    """Return the table that a cell shows, or nothing."""
    found = [table for html in html_of(cell) for table in re.findall(r"<table.*?</table>", html, re.DOTALL)]
    return found[0] if found else ""


def with_row(notebook: NotebookNode, start: str) -> int:
    """Return the number of the one cell whose table has people as columns and a row whose name begins so."""
    row = re.compile(rf"<th>person A</th>.*<th>{start}", re.DOTALL)
    found = [number for number, cell in enumerate(notebook.cells) if row.search(table_of(cell))]
    return int(one(found, f"table of people with a row {start!r}"))


def markdown_tables(cell: NotebookNode, head: str) -> list[str]:
    """Return the tables of a text whose first column is called `head`."""
    text = f"{cell.source}\n" if cell.cell_type == "markdown" else ""
    return [table.strip() for table in re.findall(rf"^\| {re.escape(head)} \|.*\n(?:\|.*\n)+", text, re.MULTILINE)]


def answer(cell: NotebookNode) -> str:
    """Return what a cell says: its text, or its table."""
    return markdown_html(cell.source) if cell.cell_type == "markdown" else table_of(cell)


def one(found: list, what: str):
    """Return the only thing found."""
    if len(found) != 1:
        raise BuildError(f"the lesson has {len(found)} times a {what}; tools/handouts/meetings.py needs it once")
    return found[0]
