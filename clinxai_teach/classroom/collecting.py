"""What was handed in: found in the folder or zip of an LMS, assigned to its person, and repaired before anything runs.

Only the text of cells goes on from here, into a new notebook of our own making. Links, modules that lie beside a
notebook (`numpy.py`), outputs, metadata and other files never reach the marking.
"""

import json
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from clinxai_teach.classroom.course import Course
from clinxai_teach.classroom.handout import Cell, name_of, own_cell
from clinxai_teach.classroom.roster import Person, forms, plain

LARGEST_FILE = 20_000_000
TOO_LARGE = f"it is larger than {LARGEST_FILE // 1_000_000} MB: clear its outputs and save it again"
LARGEST_ZIP = 500_000_000
MOST_FILES = 5_000
LARGEST_CELL = 100_000
MOST_CELLS = 500


class Refused(ValueError):
    """A file that is not marked. Its text says why, and what the learner can do."""


@dataclass
class Found:
    """One file that came: where it lay, and its bytes or the reason why it is not read."""

    path: PurePosixPath
    content: bytes = b""
    refused: str = ""


@dataclass
class Sent:
    """All that one sender handed in."""

    sender: str
    files: list[Found] = field(default_factory=list)


# ---- finding ---------------------------------------------------------------------------------------


def files_in(source: Path) -> Iterator[Found]:
    """Yield the files of a folder, a zip, or one notebook. Links are refused, never followed."""
    if source.is_dir():
        for folder, _, names in os.walk(source):
            for name in sorted(names + [n for n in os.listdir(folder) if os.path.islink(os.path.join(folder, n))]):
                path = Path(folder) / name
                yield _on_disk(path, PurePosixPath(path.relative_to(source).as_posix()))
    elif source.is_file() and zipfile.is_zipfile(source):
        yield from in_zip(source.read_bytes() if source.stat().st_size < LARGEST_ZIP else b"", PurePosixPath())
    elif source.is_file():
        yield _on_disk(source, PurePosixPath(source.name))
    else:
        raise ValueError(f"{str(source)!r} is neither a folder nor a zip. Name what your LMS gave you.")


def _on_disk(path: Path, name: PurePosixPath) -> Found:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return Found(name, refused="it is a link to another file; the file itself is needed")
    if not stat.S_ISREG(status.st_mode):
        return Found(name, refused="it is no ordinary file")
    if status.st_size > LARGEST_FILE:
        return Found(name, refused=TOO_LARGE)
    return Found(name, path.read_bytes())


def in_zip(content: bytes, where: PurePosixPath, depth: int = 0) -> Iterator[Found]:
    """Yield the files of a zip, without unpacking it: no path of it is ever used on this machine."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MOST_FILES or sum(member.file_size for member in members) > LARGEST_ZIP:
                yield Found(where, refused="this zip unpacks to too much")
                return
            for member in members:
                parts = [part for part in PurePosixPath(member.filename).parts if part not in ("/", "..", ".")]
                name = where.joinpath(*parts)
                if member.is_dir() or "__MACOSX" in parts or parts[-1:] == [".DS_Store"]:
                    continue
                if stat.S_ISLNK(member.external_attr >> 16):
                    yield Found(name, refused="it is a link to another file; the file itself is needed")
                elif member.file_size > LARGEST_FILE:
                    yield Found(name, refused=TOO_LARGE)
                elif member.flag_bits & 1:
                    yield Found(name, refused="it is locked with a password")
                elif name.suffix.lower() == ".zip" and depth == 0:
                    yield from in_zip(archive.read(member), name, depth + 1)
                else:
                    yield Found(name, archive.read(member))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        yield Found(where, refused=f"this zip cannot be read ({error})")


def by_sender(files: list[Found]) -> list[Sent]:
    """Return the files of each sender: of a folder, or of one file that carries a name, as LMS exports write them."""
    tops = {file.path.parts[0] for file in files if len(file.path.parts) > 1}
    flat = any(len(file.path.parts) == 1 for file in files)
    # A zip often has one folder around all others; but one folder of Moodle's is a sender itself.
    around = len(tops) == 1 and not flat and all(_sender(top) == top for top in tops)
    depth = 1 if around and any(len(file.path.parts) > 2 for file in files) else 0
    senders: dict[str, Sent] = {}
    for file in files:
        parts = file.path.parts[depth:]
        sender = _sender(parts[0] if len(parts) > 1 else PurePosixPath(parts[0]).stem if parts else "")
        senders.setdefault(sender, Sent(sender)).files.append(file)
    return list(senders.values())


def _sender(name: str) -> str:
    """Return the part of a name that says who sent it: Moodle's and Canvas' additions go."""
    if moodle := re.match(r"(.+?)_\d+_assignsubmission_", name):
        return moodle[1]
    if canvas := re.match(r"([^_]+)_(?:LATE_|late_)?\d+_\d+_", name):
        return canvas[1]
    return name


def person_of(sender: str, people: list[Person]) -> tuple[Person | None, str]:
    """Return the one person whom a sender's name fits, else None and why."""
    for name in (sender, re.split(r"[_\s]", sender)[0]):
        fits = [person for person in people if plain(name) in forms(person)]
        if len(fits) == 1:
            return fits[0], ""
        if fits:
            return None, f"the name fits {' and '.join(person.id for person in fits)}"
    return None, "the name fits nobody in the roster"


# ---- reading ---------------------------------------------------------------------------------------


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
        # A lone half of a character pair cannot be written as UTF-8.
        source = source.encode("utf-8", "replace").decode("utf-8")
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


def whose(metadata: dict[str, Any], course: Course, assignment: str, people: list[Person]) -> Person | None:
    """Return the person whose variant a notebook is, by its mark; None where the mark is missing or false."""
    tag = metadata.get("clinxai_class")
    if not isinstance(tag, dict):
        return None
    for person in people:
        if tag.get("student") == person.id and tag.get("mark") == course.mark(assignment, person.id):
            return person
    return None


# ---- repairing -------------------------------------------------------------------------------------


def merged(handed_out: list[Cell], handed_in: list[Cell]) -> tuple[list[Cell], list[str]]:
    """Return our cells with the learner's answers in them, in the learner's order; and notes on what was mended.

    What was given is ours again; copied cells count once; what is missing comes back; cells of the learner stay.
    """
    notes: list[str] = []
    ours = {name_of(cell): cell for cell in handed_out}
    names = _names(handed_out, handed_in)
    kept: dict[str, int] = {}  # of several copies of an answer, the last that was changed
    for place, (cell, name) in enumerate(zip(handed_in, names, strict=True)):
        if name and (name not in kept or cell["source"].strip() != ours[name]["source"].strip()):
            if name in kept and _is_answer(ours[name]) and _changed(handed_in[kept[name]], ours[name]):
                notes.append(f"{name}: the answer was there twice; the last one counts")
            kept[name] = place
    cells: list[Cell] = []
    for place, (cell, name) in enumerate(zip(handed_in, names, strict=True)):
        if name and kept[name] == place:
            source = cell["source"] if _is_answer(ours[name]) else ours[name]["source"]
            if source != cell["source"] and cell["cell_type"] == "code":
                notes.append(f"{name}: a given cell had been changed; the given one was used")
            cells.append({**ours[name], "source": source})
        elif not name:
            cells.append(own_cell(cell["cell_type"], cell["source"], place))
    for place, cell in enumerate(handed_out):
        if name_of(cell) in kept:
            continue
        if _is_answer(cell):
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
    by_text = {cell["source"].strip(): name for name, cell in ours.items() if not _is_answer(cell)}
    found = []
    for cell in handed_in:
        grader = cell["metadata"].get("nbgrader")
        said = grader.get("grade_id") if isinstance(grader, dict) else None
        first = re.match(r"\s*(?:#|<!--) answer (\w+)", cell["source"])
        candidates = (said, by_id.get(cell["id"]), first and first[1], by_text.get(cell["source"].strip()))
        found.append(
            next(
                (
                    name
                    for name in candidates
                    if isinstance(name, str) and name in ours and ours[name]["cell_type"] == cell["cell_type"]
                ),
                "",
            )
        )
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


def _is_answer(cell: Cell) -> bool:
    return bool(cell["metadata"].get("nbgrader", {}).get("solution"))


def _changed(cell: Cell, ours: Cell) -> bool:
    return bool(cell["source"].strip() != ours["source"].strip())
