"""A checklist that outlives the page: kept while it is filled, in a file beside the learner's record. Nothing is sent.

The name of the file is that of the tool, so the answers about each tool are found again.
"""

import os
import re
import sys
from pathlib import Path

from clinxai_teach import progress
from clinxai_teach.checklist.record import ABOUT, Checklist

MARK = "-checklist-"  # between the name of the record and that of the tool


class Keeper:
    """Keeps one checklist in its file, `file`.

    Where `checklist` has no answers yet and the file has, it gets them, and who signed; `found` is how many. `trouble`
    says why nothing can be kept; it is "" where all is well. Nothing is raised, and a file that holds anything else is
    left as it is.
    """

    def __init__(self, checklist: Checklist) -> None:
        self.checklist, self.found, self.trouble = checklist, 0, ""
        self.file: Path | None = None
        self.given = {field: getattr(checklist, field) for field in ABOUT}
        try:
            self.file = file_for(checklist.tool)
            if self.file is None:
                self.trouble = f"{progress.VARIABLE} is off."
            elif sys.platform == "emscripten" and not Path.cwd().is_relative_to(self.file.parent):
                self.trouble = "This browser gives the page no place to write."  # else it is where the notebook is
            elif self.file.exists():
                self._restore(read(self.file))
        except (OSError, ValueError, RuntimeError) as error:
            self._fails(error)

    def write(self) -> None:
        """Write the checklist as it is now. Whoever reads meanwhile finds the old file or the new one, never a part."""
        if self.trouble or self.file is None:
            return
        new = self.file.with_name(f"{self.file.name}.{os.getpid()}")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(self.checklist.to_json())
            new.replace(self.file)
        except OSError as error:
            self._fails(error)

    def begin_anew(self) -> None:
        """Delete the file, and take all answers back."""
        for number in self.checklist.answers:
            self.checklist.withdraw(number)
        for field, text in self.given.items():
            setattr(self.checklist, field, text)
        self.found = 0
        try:
            if self.file is not None and not self.trouble:
                self.file.unlink(missing_ok=True)
        except OSError as error:
            self._fails(error)

    def _restore(self, kept: Checklist) -> None:
        if kept.tool != self.checklist.tool:
            raise ValueError(f"{progress.shown(self.file)} is about {kept.tool!r}. It was left as it is.")
        if not self.checklist.answers:
            for field in ABOUT:
                setattr(self.checklist, field, getattr(kept, field) or self.given[field])
            self.checklist._answers.update(kept.answers)
            self.found = len(kept.answers)

    def _fails(self, error: Exception) -> None:
        why = error.strerror if isinstance(error, OSError) else ""
        self.trouble = f"{progress.shown(self.file)}: {why}." if why else str(error)


def file_for(tool: str) -> Path | None:
    """Return the file in which the answers about a tool are kept; None where no record is. ValueError for no name."""
    name = re.sub(r"\W+", "-", tool.lower()).strip("-")[:40]
    if not name:
        raise ValueError('The tool has no name: write Checklist("its name").')
    record = progress.place()
    return None if record is None else record.with_name(f"{record.stem}{MARK}{name}.json")


def read(file: Path) -> Checklist:
    """Return the checklist in a file; ValueError, with what to do, for anything else."""
    try:
        if not file.is_file() or file.stat().st_size > progress.MOST_BYTES:
            raise ValueError
        return Checklist.load(file)
    except (ValueError, RecursionError):
        where = progress.shown(file)
        raise ValueError(f"{where} is no checklist of this course. It was left as it is; move it away.") from None


def named_like_checklists() -> list[Path]:
    """Return every file beside the record that has the name of a kept checklist, whatever is in it."""
    record = progress.place()
    return sorted(record.parent.glob(f"{record.stem}{MARK}*.json")) if record else []


def kept_checklists() -> dict[Path, Checklist]:
    """Return all checklists that are kept, by their files; other files are passed over."""
    found = {}
    for file in named_like_checklists():
        try:
            found[file] = read(file)
        except (OSError, ValueError):
            continue
    return found
