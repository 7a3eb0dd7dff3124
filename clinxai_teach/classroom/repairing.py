"""A notebook that came, read with caution and put back into the form in which it was handed out.

Only the text of its cells goes on from here. Its outputs and metadata never reach the marking.
"""

import json
import re
from typing import Any

from clinxai_teach.classroom.handout import Cell, name_of, own_cell

LARGEST_CELL = 100_000
MOST_CELLS = 500


class Refused(ValueError):
    """A file that is not marked. Its text says why, and what the learner can do."""


def read_notebook(content: bytes) -> tuple[list[Cell], dict[str, Any], list[str]]:
    """Return the cells, the metadata and notes on what was mended. Raises Refused with a reason."""
    notes = []
    if not content.strip():
        raise Refused("the file is empty")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
        notes.append("saved as UTF-16; read as such")
    else:
        encoding = "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Refused("the file is not UTF-8: open it in JupyterLab and save it again") from None
    try:
        book = json.loads(text)
    except (ValueError, RecursionError):
        kind = "a web page" if text.lstrip()[:1] == "<" else "not a notebook"
        raise Refused(f"the file is {kind} (no JSON): hand in the .ipynb file itself") from None
    cells = book.get("cells") if isinstance(book, dict) else None
    if not isinstance(cells, list):
        if isinstance(book, dict) and isinstance(book.get("worksheets"), list):
            raise Refused("this notebook has the format of 2014: open it in JupyterLab and save it again")
        raise Refused("the file is JSON, but no notebook: it has no cells")
    if len(cells) > MOST_CELLS:
        raise Refused(f"it has more than {MOST_CELLS} cells")
    read = []
    for cell in cells:
        if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
            notes.append("a damaged cell was left out")
            continue
        source = cell.get("source", "")
        if isinstance(source, list):
            source = "".join(part for part in source if isinstance(part, str))
        if not isinstance(source, str):
            notes.append("a damaged cell was left out")
            continue
        if len(source) > LARGEST_CELL:
            notes.append(f"a cell of more than {LARGEST_CELL // 1000},000 characters was left out")
            continue
        # Windows' line ends go; a lone half of a character pair cannot be written as UTF-8.
        source = source.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")
        metadata = cell.get("metadata")
        read.append(
            {
                "cell_type": "code" if cell["cell_type"] == "code" else "markdown",
                "source": source,
                "metadata": metadata if isinstance(metadata, dict) else {},
                "id": str(cell.get("id", "")),
            }
        )
    metadata = book.get("metadata")
    return read, metadata if isinstance(metadata, dict) else {}, notes


def merged(handed_out: list[Cell], handed_in: list[Cell]) -> tuple[list[Cell], list[str]]:
    """Return our cells with the learner's answers in them, in the learner's order; and notes on what was mended.

    What was given is ours again; of copied answers the last changed one counts; what is missing comes back. Whatever
    else a learner wrote stays as a cell of its own and runs before: the first half of a split answer, an import that
    was added to a given cell.
    """
    notes: list[str] = []
    ours = {name_of(cell): cell for cell in handed_out}
    names = _names(handed_out, handed_in)
    kept: dict[str, int] = {}
    for place, (cell, name) in enumerate(zip(handed_in, names, strict=True)):
        if not name or (name in kept and not (is_answer(ours[name]) and changed(cell, ours[name]))):
            continue
        if name in kept and changed(handed_in[kept[name]], ours[name]):
            notes.append(f"{name}: the answer was there twice; the last one counts")
        kept[name] = place
    cells: list[Cell] = []
    for place, (cell, name) in enumerate(zip(handed_in, names, strict=True)):
        counts = name in kept and kept[name] == place
        if not name or (changed(cell, ours[name]) and not (counts and is_answer(ours[name]))):
            cells.append(own_cell(cell["cell_type"], cell["source"], place))
        if not counts:
            continue
        if is_answer(ours[name]):
            if cell["cell_type"] != ours[name]["cell_type"]:
                notes.append(f"{name}: its cell had become a {cell['cell_type']} cell; read as before")
            cells.append({**ours[name], "source": cell["source"]})
        else:
            if changed(cell, ours[name]):
                notes.append(f"{name}: what was given had been changed; the given was used, too")
            cells.append(ours[name])
    for place, cell in enumerate(handed_out):
        if name_of(cell) in kept:
            continue
        if is_answer(cell):
            notes.append(f"{name_of(cell)}: the answer cell is missing")
        after = name_of(handed_out[place + 1]) if place + 1 < len(handed_out) else ""
        where = next((i for i, other in enumerate(cells) if after and name_of(other) == after), None)
        if name_of(cell) in ("head", "setup"):
            where = min(place, len(cells))
        elif where is None:
            item = name_of(cell).partition("-")[0]
            where = next((i for i, other in enumerate(cells) if name_of(other) == item), len(cells))
        cells.insert(where, cell)
    return cells, notes


def _names(handed_out: list[Cell], handed_in: list[Cell]) -> list[str]:
    """Return for each cell that came which of ours it is, or "".

    It is known by nbgrader's id, its own id, its first line, its text, or as the first cell behind its task.
    """
    ours = {name_of(cell): cell for cell in handed_out}
    by_id = {cell["id"]: name for name, cell in ours.items()}
    by_text = {cell["source"].strip(): name for name, cell in ours.items() if not is_answer(cell)}
    found = []
    for cell in handed_in:
        grader = cell["metadata"].get("nbgrader")
        said = grader.get("grade_id") if isinstance(grader, dict) else None
        first = re.match(r"\s*(?:#|<!--) answer (\w+)", cell["source"])
        candidates = (said, by_id.get(cell["id"]), first and first[1], by_text.get(cell["source"].strip()))
        found.append(next((name for name in candidates if isinstance(name, str) and name in ours), ""))
    for place, name in enumerate(found):
        item = name.removesuffix("-task")
        if name.endswith("-task") and item in ours and item not in found:  # the first fitting cell behind its task
            kind = ours[item]["cell_type"]
            for after in range(place + 1, len(handed_in)):
                if found[after].endswith("-task"):
                    break
                if not found[after] and handed_in[after]["cell_type"] == kind:
                    found[after] = item
                    break
    return found


def is_answer(cell: Cell) -> bool:
    return bool(cell["metadata"].get("nbgrader", {}).get("solution"))


def changed(cell: Cell, ours: Cell) -> bool:
    return bool(cell["source"].strip() != ours["source"].strip())
