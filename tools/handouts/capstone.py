"""What learners get of the capstone, cut out of teaching/capstone.md and its folder: no marks, no key."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cells import BuildError

# What the others write of each dossier in meeting 12; a row goes to its authors.
STRIP = "_____________________ and _____________________.\n\n" + "\n".join(
    ["| Dossier | Points | Why | Points | Why |", "|---|---|---|---|---|", *["|  |  |  |  |  |"] * 6]
)

# On each slip of the own part: it is cut off from the head of its page.
NAME = (
    "Name: ________________________ 20 minutes, your own dossier, no notes; write on paper with your name. "
    "Answer each numbered part, and "
    "name once in each answer the page or part of your dossier, with its words or number."
)


def learners_texts(root: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield for each print its name, its Markdown, and how `build.of` cuts it into pages."""
    page = (root / "teaching" / "capstone.md").read_text(encoding="utf-8")
    folder = root / "teaching" / "capstone"
    yield "capstone_brief", brief(page), {"apart": True, "own": "To mark"}
    yield "capstone_form", (folder / "paper/form.md").read_text(encoding="utf-8"), {}
    yield "capstone_weak_dossier", (folder / "example_weak/filled.md").read_text(encoding="utf-8"), {}
    sheets = (folder / "paper/sheets.md").read_text(encoding="utf-8")
    yield "capstone_sheets", sheets, {"apart": True, "own": "Sheet"}
    yield "capstone_own_part", own_part(page), {"cards": True}


def section(page: str, heading: str) -> str:
    """Return what stands below a heading of the second level."""
    found = re.search(rf"^## {heading}.*?\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    if not found:
        raise BuildError(f"teaching/capstone.md has no heading {heading!r}")
    return found[1].strip()


def brief(page: str) -> str:
    """Return the brief, the rubric's table, and a form to mark a dossier with."""
    rubric = section(page, "Rubric").partition("\n\n")[0]
    criteria = re.findall(r"^\| ((?!Criterion)[A-Z][\w ]+) \|", rubric, re.MULTILINE)
    rows = "\n".join(f"| {number} {name} |  |  |" for number, name in enumerate(criteria, 1))
    return (
        f"# Capstone: the brief\n\n{section(page, 'Brief')}\n\n## The rubric\n\n{rubric}\n\n"
        "## To mark a dossier\n\nDossier: ____________________  Marked by: ____________________\n\n"
        f"| Criterion | Points, 0 to 3 | Why: which words or numbers of the dossier? |\n|---|---|---|\n{rows}\n\n"
        f"Sum: ______ of {3 * len(criteria)}.  One sentence to the group: ______________________________\n\n"
        f"**Meeting 12, a strip for the authors, no mark.** My number in the group, 1 to 4 (a fifth: 1): ______. "
        f"I mark lines n and n + 4: {STRIP}"
    )


def own_part(page: str) -> str:
    """Return a slip for each part of the dossier, with its three questions and without what is right."""
    texts = ["# Capstone, own part: slips to cut"]
    for part, question in re.findall(r"^\| ([^|]*)\| ([abc]\. [^|]+?) \|", section(page, "Own part"), re.MULTILINE):
        texts += [f"## Part {part.strip()}\n\n{NAME}"] * bool(part.strip())
        texts.append(question)
    return "\n\n".join(texts)
