"""How long a built notebook takes to read, by the course's rule. The texts print this number and no other.

Words at 130 a minute, 1 minute for each figure, table and question, 2 for each explorer, 5 seconds for each line of
open code. What stands under a heading "For coders" or "(optional)" does not count, up to the next heading of the same
or a higher level; nor does a filmstrip, which is the printed twin of an explorer, nor a list of references.

A text of a lesson says {{reading}} for its own minutes, {{reading 18_3_calibration}} for those of another notebook and
{{reading all}} for their sum. README.md has the same between <!--reading all--> and <!--/-->.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from cells import BuildError

WORDS_A_MINUTE = 130
SECONDS_A_LINE = 5
LEFT_OUT = re.compile(r"for coders|\(optional\)|^references$", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\{\{reading(?: (\w+))?\}\}")
README_SPAN = re.compile(r"(<!--reading (\w+)-->)[^<\n]*(<!--/-->)")
HEADING = re.compile(r"(#+) (.+)")
MARKUP = re.compile(r"<[^>]+>|!\[[^\]]*\]\([^)]*\)|\]\([^)]*\)|\$[^$]*\$|[#*_`>|-]+")


def reading_minutes(notebook: NotebookNode) -> int:
    """The minutes that a built notebook takes, rounded."""
    seconds = 0.0
    for cell, text in counted(notebook):
        seconds += markdown_seconds(text) if cell.cell_type == "markdown" else code_seconds(cell)
    return round(seconds / 60)


def counted(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, str]]:
    """Each cell that counts, and the part of its text that does."""
    left_out = 0  # the level of the heading whose part is left out; 0 = none
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if not left_out:
                yield cell, cell.source
            continue
        kept = []
        for line in cell.source.split("\n"):
            if heading := HEADING.match(line):
                level = len(heading[1])
                if left_out and level <= left_out:
                    left_out = 0
                if not left_out and LEFT_OUT.search(heading[2].strip()):
                    left_out = level
            if not left_out:
                kept.append(line)
        yield cell, "\n".join(kept)


def markdown_seconds(text: str) -> float:
    """The seconds for prose, its tables and its pictures."""
    lines = text.split("\n")
    tables = sum(bool(re.match(r"\|[\s:|-]+\|$", line)) for line in lines)  # the line below a table's head
    pictures = text.count("![") + text.count("<img")
    prose = "\n".join(line for line in lines if not line.startswith("|"))
    return len(MARKUP.sub(" ", prose).split()) * 60 / WORDS_A_MINUTE + 60 * (tables + pictures)


def code_seconds(cell: NotebookNode) -> float:
    """The seconds for open code, and for what a cell shows or asks."""
    source = cell.source
    hidden = cell.metadata.get("jupyter", {}).get("source_hidden", False)
    lines = [line for line in source.split("\n") if line.strip() and not line.strip().startswith("#")]
    seconds = 0 if hidden else SECONDS_A_LINE * len(lines)
    seconds += 60 * len(re.findall(r"\bQuestion\(", source)) + 120 * len(re.findall(r"\w+Explorer\(", source))
    if "filmstrip" in source or "Explorer(" in source or "Question(" in source:
        return seconds
    data = [output.get("data", {}) for output in cell.get("outputs", [])]
    figures = sum(
        "image/png" in part or "image/svg+xml" in part or "<svg" in part.get("text/html", "") for part in data
    )
    tables = sum(part.get("text/html", "").count("<table") for part in data)
    return seconds + 60 * (figures + tables)


def minutes_of(root: Path, name: str) -> int:
    """The minutes of a built notebook of notebooks/, or of all of them; a BuildError for one that is not built."""
    if name == "all":
        return sum(minutes_of(root, path.stem) for path in sorted((root / "notebooks").glob("*.ipynb")))
    path = root / "notebooks" / f"{name}.ipynb"
    if not path.exists():
        raise BuildError(f"a text asks for the minutes of {name}, and notebooks/{name}.ipynb is not built")
    return reading_minutes(nbformat.v4.reads(path.read_text(encoding="utf-8")))


def asks_for_others(text: str) -> bool:
    """Whether a text names the minutes of another notebook, which has to be built first."""
    return any(found[1] for found in PLACEHOLDER.finditer(text))


def fill_in_minutes(notebook: NotebookNode, built: NotebookNode, root: Path) -> NotebookNode:
    """Fill in the minutes of a notebook's texts; `built` is the same notebook with outputs, for its own minutes."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = PLACEHOLDER.sub(
                lambda found: str(minutes_of(root, found[1]) if found[1] else reading_minutes(built)), cell.source
            )
            if left := re.search(r"\{\{ ?reading\b[^}]*\}\}", cell.source):
                raise BuildError(
                    f"{left[0]} is no placeholder; write {{{{reading}}}} or {{{{reading name_of_a_notebook}}}}"
                )
    return notebook


def fill_in_readme_minutes(text: str, root: Path) -> str:
    """The README with the minutes between its marks made anew; a BuildError for a mark without its end."""
    if text.count("<!--reading ") != len(README_SPAN.findall(text)):
        raise BuildError("a mark such as <!--reading all--> needs <!--/--> behind it, on the same line")
    return README_SPAN.sub(lambda found: f"{found[1]}{minutes_of(root, found[2])}{found[3]}", text)
