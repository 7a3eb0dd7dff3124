"""The files of an LMS export, in a folder or a zip, and who sent them. Nothing is unpacked, and no link is followed."""

import os
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath

from clinxai_teach.classroom.roster import Person, forms, plain

LARGEST_FILE = 20_000_000
TOO_LARGE = f"it is larger than {LARGEST_FILE // 1_000_000} MB: clear its outputs and save it again"
LARGEST_ZIP = 500_000_000
MOST_FILES = 5_000


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
    number: str = ""  # Moodle's or Canvas' for this person: the same in each export
    files: list[Found] = field(default_factory=list)


def files_in(source: Path) -> Iterator[Found]:
    """Yield the files of a folder, a zip, or one notebook. Links are refused, never followed."""
    if source.is_dir():
        for folder, _, names in os.walk(source):
            for name in sorted(names + [n for n in os.listdir(folder) if os.path.islink(os.path.join(folder, n))]):
                path = Path(folder) / name
                yield _on_disk(path, PurePosixPath(path.relative_to(source).as_posix()))
    elif source.is_file() and zipfile.is_zipfile(source):
        for file in in_zip(source.read_bytes() if source.stat().st_size < LARGEST_ZIP else b"", PurePosixPath()):
            if not file.path.parts:
                raise ValueError(f"{source.name}: {file.refused}. Download it again, or unpack it and name the folder.")
            yield file
    elif source.suffix.lower() == ".zip" and source.is_file():
        raise ValueError(f"{source.name} is damaged, or no zip. Download it again.")
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


def in_zip(content: bytes, where: PurePosixPath, most: int = LARGEST_ZIP) -> Iterator[Found]:
    """Yield the files of a zip, without unpacking it: no path of it is ever used on this machine.

    A zip within it (what one person handed in) is opened, too, if it holds no more than three large files.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MOST_FILES or sum(member.file_size for member in members) > most:
                yield Found(where, refused="this zip unpacks to too much")
                return
            for member in members:
                parts = [part for part in PurePosixPath(_name(member)).parts if part not in ("/", "..", ".")]
                name = where.joinpath(*parts)
                if member.is_dir() or "__MACOSX" in parts or parts[-1:] == [".DS_Store"]:
                    continue
                if stat.S_ISLNK(member.external_attr >> 16):
                    yield Found(name, refused="it is a link to another file; the file itself is needed")
                elif member.file_size > LARGEST_FILE:
                    yield Found(name, refused=TOO_LARGE)
                elif member.flag_bits & 1:
                    yield Found(name, refused="it is locked with a password")
                elif name.suffix.lower() == ".zip" and most == LARGEST_ZIP:
                    yield from in_zip(archive.read(member), name, 3 * LARGEST_FILE)
                else:
                    yield Found(name, archive.read(member))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        yield Found(where, refused=f"this zip cannot be read ({error})")


def _name(member: zipfile.ZipInfo) -> str:
    """Return the name of a file in a zip. Many programs write UTF-8 and do not say so; Python then reads cp437."""
    if not member.flag_bits & 0x800:
        with suppress(UnicodeError):
            return member.filename.encode("cp437").decode("utf-8")
    return member.filename


def by_sender(files: list[Found], people: list[Person], assignment: str) -> list[Sent]:
    """Return the files of each sender: of a folder, or of one file that carries a name, as LMS exports write them."""
    tops = {file.path.parts[0] for file in files if len(file.path.parts) > 1}
    flat = any(len(file.path.parts) == 1 for file in files)
    # A zip often has one folder around all others; but the folder of a person is a sender itself.
    around = (
        len(tops) == 1 and not flat and not any(person_of(Sent(*_sender(top)), people, assignment)[0] for top in tops)
    )
    depth = 1 if around and any(len(file.path.parts) > 2 for file in files) else 0
    senders: dict[tuple[str, str], Sent] = {}
    for file in files:
        parts = file.path.parts[depth:]
        sender = _sender(parts[0] if len(parts) > 1 else PurePosixPath(parts[0]).stem if parts else "")
        senders.setdefault(sender, Sent(*sender)).files.append(file)
    return list(senders.values())


def _sender(name: str) -> tuple[str, str]:
    """Return the part of a name that says who sent it, and the LMS's number for this person ("" without one)."""
    if moodle := re.match(r"(.+?)_(\d+)_assignsubmission_", name):
        return moodle[1], moodle[2]
    if canvas := re.match(r"([^_]+)_(?:LATE_|late_)?(\d+)_\d+_", name):
        return canvas[1], canvas[2]
    return name, ""


def person_of(sent: Sent, people: list[Person], assignment: str) -> tuple[Person | None, list[Person]]:
    """Return the one person whom a sender's name fits, else None and those whom it fits.

    Released files are called exam_ID.ipynb, and people write around their id: exam_ID (2), ID_exam. Of several with one
    name, Canvas' number decides.
    """
    bare = re.sub(r"\s*\(\d+\)$", "", sent.sender)
    for name in (sent.sender, bare, bare.removeprefix(f"{assignment}_"), re.split(r"[_\s]", bare)[0]):
        fits = [person for person in people if plain(name) in forms(person)]
        numbered = [person for person in fits if sent.number and person.canvas_id == sent.number]
        if len(fits) == 1 or len(numbered) == 1:
            return (numbered or fits)[0], []
        if fits:
            return None, fits
    return None, []
