"""A learner's record: which exercises are right, and which help was used. One file on this computer; nothing is sent.

Each line of the file is one entry and is only ever added, so two notebooks can write at the same time, and what is
there is never overwritten. A file that holds anything else is reported and left alone.
"""

import json
import os
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from clinxai_teach._lazy import this_command

VARIABLE = "CLINXAI_PROGRESS"  # an environment variable: the file's full path, or "off" for no record
FORMAT = 1
KINDS = ("right", "hint 1", "hint 2", "hint 3", "solution")
MOST_BYTES = 1_000_000  # a hundred times what a whole course makes; a larger file is not ours


class Unreadable(ValueError):
    """A file that is damaged or was not written by this course. Its text says which line, and what to do."""


class Entry(NamedTuple):
    """One thing that happened: `what` is one of KINDS; `when` is the time in UTC, such as 2026-11-26T16:40:00+00:00."""

    exercise: str
    what: str
    when: str


def place() -> Path | None:
    """Return the file of the record, which need not exist yet; None where the variable CLINXAI_PROGRESS says "off".

    Without the variable it is where a system keeps a program's data: `~/.local/share/clinxai-teach/progress.jsonl` on
    Linux, `~/Library/Application Support/...` on macOS, `%LOCALAPPDATA%\\...` on Windows. Raises RuntimeError where
    there is no home folder.
    """
    chosen = os.environ.get(VARIABLE, "").strip()
    if chosen:
        return None if chosen.lower() == "off" else Path(chosen).expanduser()
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        folder = Path.home() / "Library" / "Application Support"
    else:
        folder = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return folder / "clinxai-teach" / "progress.jsonl"


def read(file: Path) -> list[Entry]:
    """Return the entries of a record, the oldest first; none where there is no file.

    Raises Unreadable where it holds anything else, OSError where it cannot be opened.
    """
    return _entries(_content(file), file)


def note(exercise: str, what: str) -> str:
    """Add an entry, unless it is known, and return what to tell the learner: mostly "", else one sentence.

    Nothing is raised: where no record can be kept, the sentence says why, once for each running Python.
    """
    file: Path | None = None
    try:
        file = place()
        if file is None:
            return ""
        content = _content(file)
        if (exercise, what) in {entry[:2] for entry in _entries(content, file)}:
            return ""
        _append(file, Entry(exercise, what, datetime.now(UTC).isoformat(timespec="seconds")), content)
    except (OSError, ValueError, RuntimeError) as error:
        reason = f"{shown(file)}: {error.strerror}." if isinstance(error, OSError) and error.strerror else str(error)
        return _once(f"Your progress is not kept. {reason}")
    if content:
        return ""
    return (
        f"Your progress is kept only on this computer, in {shown(file)}. To see or delete it, type in a terminal in "
        f"the course folder: {shown(this_command())} progress --help"
    )


def is_ours(file: Path) -> bool:
    """Return whether at least one line of a file that cannot be read is this course's, so that it is a learner's."""
    try:
        lines = _content(file).split(b"\n")
    except (OSError, ValueError):
        return False
    return any(map(_has_our_mark, lines))


def _has_our_mark(line: bytes) -> bool:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, Mapping) and "clinxai_progress" in found


def shown(path: object) -> str:
    """Return a path as a text that this terminal or notebook can print, whatever letters it has."""
    coding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return str(path).encode(coding, "backslashreplace").decode(coding)


def _content(file: Path) -> bytes:
    """Return the bytes of the file, b"" where there is none. A folder, a pipe or a huge file is not opened."""
    if not file.exists():
        return b""
    if not file.is_file() or file.stat().st_size > MOST_BYTES:
        raise Unreadable(f"{shown(file)} is not a record of this course. It was left as it is; {_CURE}")
    return file.read_bytes()


def _entries(content: bytes, file: Path) -> list[Entry]:
    found = []
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            found.append(_entry(json.loads(line)))
        except (ValueError, RecursionError):
            raise Unreadable(
                f"Line {number} of {shown(file)} is damaged or not of this course. It was left as it is; {_CURE}"
            ) from None
    return found


def _entry(line: object) -> Entry:
    """Return one line as an Entry; ValueError for anything that this course does not write."""
    if not isinstance(line, Mapping) or line.get("clinxai_progress") != FORMAT:
        raise ValueError
    exercise, what, when = (line.get(name) for name in Entry._fields)
    if not isinstance(exercise, str) or not re.fullmatch(r"\d+\.\d+-[a-z]", exercise) or what not in KINDS:
        raise ValueError
    return Entry(exercise, what, datetime.fromisoformat(str(when)).isoformat(timespec="seconds"))


def _append(file: Path, entry: Entry, content: bytes) -> None:
    """Add a line in a single write at the end, which no other process can come between."""
    line = json.dumps({"clinxai_progress": FORMAT, **entry._asdict()}) + "\n"
    start = "\n" if content and not content.endswith(b"\n") else ""  # an editor may have taken the last line break
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, (start + line).encode())
    finally:
        os.close(handle)


_CURE = f"move it away, or name another file in {VARIABLE}."
_said: set[str] = set()


def _once(sentence: str) -> str:
    if sentence in _said:
        return ""
    _said.add(sentence)
    return sentence
