"""From the cells of a source file to the cells of a notebook: options, ids, stubs, nbgrader's metadata.

Options that a lesson's cell may carry after its `# %%`:

    fold=true                      plumbing: the code is hidden, its output is shown
    claim=true                     asserts what the text says: run by the builder and by pytest, not in notebooks/
    tags=["raises-exception"]      ordinary cell tags
    tags=["output-not-saved"]      its output is about this computer: run, but not saved
    tags=["nbval-check-output"]    nbval compares what the cell prints with what is saved
    slide="..."                    the cell is on a slide (tools/slides/); the notebooks do not carry it
    say="...", bridges="..."       what its notes tell the leader to say

`exercise_cells` adds what the cells of an exercise file may carry.
"""

import copy
import hashlib
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode

# An untouched function returns None and its cell raises nothing, so the check can say "not attempted".
# exercises/nbgrader_config.py gives nbgrader the same stubs.
STUBS = {"code": "# YOUR ANSWER HERE\npass", "markdown": "YOUR ANSWER HERE"}
BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"
# From <details> to the next empty line all is HTML.
STAR_IN_HTML = re.compile(
    r"^<details(?:.|\n(?!\s*\n))*?(?<![\w*])(\*{1,2}\w(?:[^*\n]|\n(?!\s*\n))*\*{1,2})", re.MULTILINE
)
OPTIONS = {"bridges", "claim", "fold", "say", "slide", "tags"}
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class BuildError(Exception):
    """What is wrong in a lesson or a notebook, where, and what to do about it."""


def source_cells(path: Path) -> list[NotebookNode]:
    """The cells of a file in percent format, as jupytext reads them: a title and options are their metadata."""
    try:
        cells = copy.deepcopy(parsed(path.read_text(encoding="utf-8")))
    except (ValueError, nbformat.ValidationError) as error:
        raise BuildError(f"{path.name}: jupytext cannot read it: {str(error).splitlines()[0]}") from error
    for cell in cells:
        cell.metadata.pop("lines_to_next_cell", None)  # jupytext's own note on blank lines
    return cells


@lru_cache(maxsize=256)
def parsed(text: str) -> list[NotebookNode]:
    """The cells of a text in percent format. An exercise is read up to ten times, for what the texts say of it."""
    return jupytext.reads(text, fmt="py:percent").cells


def notebook_of(cells: list[NotebookNode], prefix: str) -> NotebookNode:
    """A notebook that has not run yet, with ids for its cells."""
    seen: Counter[str] = Counter()
    cells = [with_id(cell, prefix, seen) for cell in cells]
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=copy.deepcopy(NOTEBOOK_METADATA), cells=cells)


def notebook_cell(source_cell: NotebookNode) -> NotebookNode:
    """One cell with its short options expanded to the metadata that Jupyter reads."""
    options, source = dict(source_cell.metadata), source_cell.source
    if unknown := sorted(set(options) - OPTIONS):
        raise BuildError(f"unknown option {', '.join(unknown)}; a cell may have {', '.join(sorted(OPTIONS))}")
    if source_cell.cell_type not in ("code", "markdown") or not source.strip():
        raise BuildError("the cell is raw or empty; write code or markdown in it, or delete it")
    if BEGIN in source or END in source:
        raise BuildError(f'"{BEGIN}" markers, also in prose, belong only in an answer; nbgrader would trip over them')
    tags = list(options.get("tags", []))
    if options.get("claim"):
        tags.append("claim")
    metadata: dict[str, Any] = {}
    if options.get("fold"):
        metadata["jupyter"] = {"source_hidden": True}
        tags.append("hide-input")
    if tags:
        metadata["tags"] = tags
    return new_cell(source_cell.cell_type, source, metadata)


def new_cell(cell_type: str, source: str, metadata: dict[str, Any]) -> NotebookNode:
    """A cell of a notebook; a BuildError where its code ends in a semicolon."""
    if cell_type == "markdown":
        if found := STAR_IN_HTML.search(source):
            raise BuildError(
                f"{found[1]} stands in <details> without an empty line before it, where JupyterLab shows its stars; "
                "write <em> or <strong>"
            )
        return nbformat.v4.new_markdown_cell(source, metadata=metadata)
    if source.rstrip().endswith(";"):
        raise BuildError("the cell ends in ';', which nbval does not honour; end it with plt.show()")
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def grading(exercise: str, part: str, **settings: Any) -> dict[str, Any]:
    """nbgrader's cell metadata, schema 3, for one part of an exercise such as "18.3-b"."""
    grade_id = f"{exercise.replace('.', '_')}-{part}"
    return {"nbgrader": {"schema_version": 3, "grade_id": grade_id, "task": False, **settings}}


def with_id(cell: NotebookNode, prefix: str, seen: Counter) -> NotebookNode:
    """Give the cell an id made from its own text alone: adding or removing another cell cannot change it.

    An exercise cell has its grade id. Any other has its first words, and a hash that tells apart cells
    that begin alike; only cells with the same text throughout are numbered.
    """
    if "nbgrader" in cell.metadata:
        cell.id = cell.metadata["nbgrader"]["grade_id"]
        if seen[cell.id]:
            raise BuildError(f"grade id {cell.id} is used twice; give each exercise an id of its own")
    else:
        words = "-".join(re.findall(r"[a-z0-9]+", first_line(cell).lower()))[:40].strip("-")
        digest = hashlib.sha256(f"{cell.cell_type} {cell.source}".encode()).hexdigest()[:6]
        cell.id = "-".join(filter(None, [prefix, words, digest]))
    seen[cell.id] += 1
    if seen[cell.id] > 1:
        cell.id = f"{cell.id}-{seen[cell.id]}"
    return cell


def first_line(cell: NotebookNode) -> str:
    """The first line that says something: a heading, a sentence, a line of code before a comment."""
    lines = [line.strip() for line in cell.source.splitlines() if line.strip()]
    if cell.cell_type == "code":
        lines = [line for line in lines if not line.startswith("#")] or lines
    return lines[0] if lines else ""


# ---- from solved to exercise ---------------------------------------------------------------------


def released_source(source: str, cell_type: str) -> str:
    """An answer as the learner gets it: a stub for the solution."""
    kept: list[str] = []
    inside = False
    for line in source.split("\n"):
        if BEGIN in line:
            if inside:
                raise BuildError(f"a second {BEGIN} comes before {END}; close the first one")
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            kept += [indent + stub_line for stub_line in STUBS[cell_type].split("\n")]
        elif END in line:
            if not inside:
                raise BuildError(f"{END} has no {BEGIN} before it; add one")
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise BuildError(f"{BEGIN} has no {END} after it; add one")
    return "\n".join(kept)


def strip_answers(solved: NotebookNode) -> NotebookNode:
    """The notebook without answers and outputs, as nbgrader's preprocessors make it."""
    stripped = copy.deepcopy(solved)
    for cell in stripped.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = released_source(cell.source, cell.cell_type)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return stripped


def let_run_all_go_on(exercises: NotebookNode) -> NotebookNode:
    """Tag the checks, so that Run All passes the exercises that are not answered yet."""
    for cell in exercises.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "raises-exception"]
    return exercises
