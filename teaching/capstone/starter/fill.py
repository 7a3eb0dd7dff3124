"""Fill in a dossier and say what is missing: `python fill.py FOLDER` reads dossier.md and numbers.json of that folder.

`{auc}` in dossier.md becomes the text that numbers.json has under "auc", so no number is typed by hand; `{verdict}`
is what the checklist in part 7 says by its rules. The filled dossier is FOLDER/filled.md. Nothing is written while
something is missing.
"""

import json
import re
import sys
from pathlib import Path

from clinxai_teach.checklist import Checklist

PARTS = ["1 Of whom", "2 Shortcuts", "3 Calibration", "4 At work", "5 Doubt", "6 Report", "7 Checklist", "8 Override"]
MOST_WORDS = 3200  # eight pages of 400 words
ROW = re.compile(r"^\| *(\d+) *\| *([a-z/ ]+?) *\| *(.*?) *\|$", re.MULTILINE | re.IGNORECASE)


def parts_of(text: str) -> dict[str, str]:
    """The text below each heading of the second level."""
    pieces = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip((name.strip() for name in pieces[1::2]), pieces[2::2], strict=True))


def checklist_of(text: str) -> tuple[Checklist, list[str]]:
    """The checklist of part 7, and what is wrong with its rows."""
    checklist, faults = Checklist(), []
    for number, answer, evidence in ROW.findall(text):
        given = {"n/a": "not applicable"}.get(answer.lower(), answer.lower())
        if given == "todo":
            continue
        try:
            checklist.answer(int(number), given, evidence)
        except ValueError as error:
            faults.append(f"Part 7, question {number}: {error}")
    if missing := [str(n) for n in range(1, 17) if n not in checklist.answers]:
        faults.append(f"Part 7 has no accepted answer to question {', '.join(missing)}.")
    return checklist, faults


def filled(text: str, numbers: dict[str, str]) -> tuple[str, list[str]]:
    """The dossier with its numbers, and what is missing, in sentences."""
    parts = parts_of(text)
    faults = [f"There is no part “## {name}”." for name in PARTS if not parts.get(name, "").strip()]
    faults += [f"Part “{name}” still says TODO." for name, words in parts.items() if "TODO" in words]
    checklist, wrong = checklist_of(parts.get("7 Checklist", ""))
    numbers = numbers | {"verdict": str(checklist.verdict())}
    unknown = set(re.findall(r"\{(\w+)\}", text)) - numbers.keys()
    faults += wrong + [f"{{{name}}}: numbers.json has no such number." for name in sorted(unknown)]
    text = re.sub(r"\{(\w+)\}", lambda found: numbers.get(found[1], found[0]), text)
    if (words := len(text.split())) > MOST_WORDS:
        faults.append(f"It has {words} words; at most {MOST_WORDS}, which is eight pages.")
    return text, faults


def main() -> int:
    """Fill in the dossier of one folder."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    try:
        source = (folder / "dossier.md").read_text(encoding="utf-8")
        numbers = json.loads((folder / "numbers.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        print(f"{error.filename} is not there. numbers.json is made by: python compute.py")
        return 1
    text, faults = filled(source, numbers)
    if faults:
        print("Nothing was written. Missing:", *faults, sep="\n- ")
        return 1
    (folder / "filled.md").write_text(text, encoding="utf-8")
    print(f"{folder / 'filled.md'}: {len(text.split())} words, all eight parts.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
