"""Who is in the class: a CSV as a university or an LMS gives it, read into people."""

import csv
import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

GERMAN = {
    "id": ("anmeldename", "benutzername", "id-nummer", "matrikelnummer", "sis-anmelde-id", "sis-benutzer-id"),
    "name": ("vollständiger name", "studierende", "studierende/r"),
}
# The first column that exists counts. Moodle and Canvas write the second and later names.
COLUMNS = {
    "id": (
        "id",
        "student_id",
        "username",
        "id number",
        "sis login id",
        "sis user id",
        "matriculation number",
        *GERMAN["id"],
    ),
    "name": ("name", "full name", "student", *GERMAN["name"]),
    "first": ("first name", "first_name", "firstname", "given name", "vorname"),
    "last": ("last name", "last_name", "lastname", "surname", "nachname", "familienname"),
    "email": ("email", "email address", "e-mail", "e-mail-adresse"),
    "canvas_id": ("canvas_id", "canvas id"),
    "sis_id": ("sis_id",),
}
MOODLE = (
    "From Moodle, export the grades (Grades > Export; Bewertungen > Export) with the ID number: its list of "
    "participants and its grading worksheet have no id."
)


class Person(NamedTuple):
    """One learner. `id` names folders and files, so it holds letters, digits, `.`, `_` and `-` only."""

    id: str
    name: str
    email: str = ""
    canvas_id: str = ""
    sis_id: str = ""


def read_roster(path: Path) -> list[Person]:
    """Return the people of a CSV with a heading line; commas, semicolons or tabs; UTF-8 with or without its mark.

    Raises ValueError that names the line and says what to do: no id, an id that is there twice or that cannot name a
    folder, another encoding, no heading.
    """
    if not path.is_file():
        raise ValueError(f"there is no list of people {str(path)!r}. Name a CSV: --roster people.csv")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ValueError(
            f"{path.name}, line {line}: this is not UTF-8. Save the list as 'CSV UTF-8' and try again."
        ) from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    heading = [cell.strip().lower() for cell in next(rows, [])]
    place = {
        what: next(heading.index(name) for name in names if name in heading)
        for what, names in COLUMNS.items()
        if any(name in heading for name in names)
    }
    sis = [name for name in ("sis login id", "sis-anmelde-id", "sis user id", "sis-benutzer-id") if name in heading]
    if "name" in place and "id" in heading and sis:  # Canvas: its ID is a number of its own
        place["canvas_id"] = heading.index("id")
        place["id"] = heading.index(sis[0])
        place["sis_id"] = heading.index(sis[-1])
    if "id" not in place:
        raise ValueError(
            f"{path.name}, line 1: no column 'id' among {', '.join(heading) or 'nothing'}. Name it 'id'. {MOODLE}"
        )
    if "name" not in place and "last" not in place:
        raise ValueError(
            f"{path.name}, line 1: no column with names among {', '.join(heading)}. Name it 'name', or two columns "
            "'first name' and 'last name'."
        )
    people: dict[str, tuple[int, Person]] = {}
    line = rows.line_num
    for row in rows:
        above, line = line, rows.line_num
        get = {what: row[column].strip() if column < len(row) else "" for what, column in place.items()}
        if not any(cell.strip() for cell in row) or get.get("name", "").lower() == "points possible":
            continue
        if "sis_id" in place and "id" in heading and get.get("name") == "Student, Test":  # Canvas' own, who is nobody
            continue
        if any("\n" in cell.strip() for cell in row):
            raise ValueError(
                f'{path.name}, line {above + 1}: a quotation mark (") is opened there and not closed. Mend it.'
            )
        name = get.get("name") or f"{get.get('first', '')} {get.get('last', '')}".strip()
        given = unicodedata.normalize("NFC", get["id"])
        if not given:
            raise ValueError(f"{path.name}, line {line}: {name or 'this person'} has no id. Add one.")
        if not re.fullmatch(r"[^\W_][\w.\-]{0,63}", given):
            raise ValueError(
                f"{path.name}, line {line}: the id {given!r} cannot name a folder. Use letters, digits, '.', '_', '-'."
                + (f" {MOODLE}" if re.match(r"(teilnehmer|participant)", given, re.IGNORECASE) else "")
            )
        key = given.casefold()
        if key in people:
            raise ValueError(
                f"{path.name}, line {line}: the id {given!r} is there already, in line {people[key][0]}. Remove one."
            )
        people[key] = (
            line,
            Person(
                given,
                unicodedata.normalize("NFC", name) or given,
                *(get.get(what, "") for what in ("email", "canvas_id", "sis_id")),
            ),
        )
    if not people:
        raise ValueError(f"{path.name}: there is nobody in this list.")
    return [person for _, person in people.values()]


def plain(text: str) -> str:
    """Return a name as it is compared: without case, accents, spaces and signs (ue for ü: see `forms`)."""
    text = unicodedata.normalize("NFKD", text).replace("ß", "ss").casefold()
    return re.sub(r"[\W_]", "", "".join(c for c in text if not unicodedata.combining(c)))


def forms(person: Person) -> set[str]:
    """Return how an LMS may write this person in a file's name: id, first and last name in both orders, email."""
    umlauts = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
    found = {plain(person.id)}
    for name in {person.name, person.name.translate(umlauts)}:
        parts = [part for part in re.split(r"[\s,]+", name) if part]
        turns = (parts[i:] + parts[:i] for i in range(len(parts)))
        found |= {plain("".join(turn)) for turn in turns}
    if person.email:
        found |= {plain(person.email), plain(person.email.partition("@")[0])}
    return found - {""}
