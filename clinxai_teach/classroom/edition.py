"""The students' edition: lessons, exercises and package, and nothing that a class should not have.

Only what stands in COPIED is taken, so a new folder of a teacher never comes along by itself. `solutions/`,
`teaching/`, `lessons/` with their claims, `tests/` and `tools/` stay. The course's exercises check themselves,
so the package holds their answers. The file of an exercise that is to be handed in is written anew, without answer,
judge and hints.
"""

import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from clinxai_teach.checks import bank

COURSE = Path(__file__).resolve().parents[2]
COPIED = (
    *("clinxai_teach", "notebooks", "exercises"),
    *("docs/images", "docs/checklist_card.pdf", "docs/checklist_ward_card.pdf", "docs/glossary.md", "docs/symbols.md"),
    *("pyproject.toml", "constraints.txt", "requirements-light.txt", "Makefile", "tools/jupyterlab_settings.json"),
    *("tools/small.py", "tools/kit.py", "tools/resolve.py"),  # for `make small`
    *("LICENSE", "LICENSE-CONTENT.md", "CITATION.cff"),
)
LEFT = ("__pycache__", ".*", "*.pyc", "nbgrader_config.py", "*-checkpoint.*")
STUB = "YOUR CODE HERE", "YOUR ANSWER HERE"
BEGINNING = (1980, 1, 1, 0, 0, 0)  # a zip's first day, so that the same course gives the same file
START = Path(__file__).with_name("start.html")
LIGHT = re.compile(r"18_(3|4_3|5|6)_")  # lessons that run without torch
README = """# ClinXAI Teach: edition for a class

Jupyter courseware on interpretability and uncertainty in clinical AI. **Not medical advice.**

Open `START.html` in a browser: four ways to begin, one of which installs nothing.
In short, with Python 3.11 or later on Linux or macOS: `make lab`. Then `notebooks/00_start_here.ipynb`.

Code: MIT. Text and figures: CC BY 4.0.
"""


def write_edition(
    output: Path, *, zipped: bool = False, without: Iterable[str] = (), later: Iterable[str] = ()
) -> list[str]:
    """Write the edition into a new folder, or a new zip, and return what a teacher should know, a sentence each.

    `without` names the exercises, such as "18.3-a", that lose `solution`, `hint` and `check`; `later` the sections or
    lessons, such as "18.3" or "18.3.1", that are left out, for the teacher to give after their meeting. Raises
    ValueError where `output` exists, an exercise or a lesson is unknown, or the exercises here have been worked on.
    """
    if output.exists():
        raise ValueError(f"{output} exists already. Nothing was written; name a new one.")
    if output.suffix.lower() == ".zip" and not zipped:
        raise ValueError(f"{output} would be a folder. Nothing was written; add --zip, or name it without .zip.")
    if not (COURSE / "notebooks").is_dir():
        raise ValueError(
            f"{COURSE} is not the folder of the course. Install the course from its folder: pip install -e ."
        )
    chosen = {name.strip().lower(): _file(name) for name in without}
    held = {name.strip(): _notebooks(name.strip()) for name in later}
    for notebook in sorted((COURSE / "exercises").glob("*.ipynb")):
        _untouched(notebook)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "clinxai-teach"
        for name in COPIED:
            _copy(COURSE / name, folder / name)
        for path in chosen.values():
            target = folder / path.relative_to(COURSE)
            target.write_text(_without_answer(path), encoding="utf-8", newline="\n")
        listed = f" Without answers, for the room or to hand in: {', '.join(sorted(chosen))}." if chosen else ""
        start = _source(START).replace("HANDED_IN", listed)
        for path in (path for paths in held.values() for path in paths):
            (folder / path.relative_to(COURSE)).unlink(missing_ok=True)
        start = _begin_with(start, folder).replace("LATER", _later(held))
        for name, text in (("START.html", start), ("README.md", README)):
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
        if zipped:
            _zip(folder, output)
        else:
            shutil.copytree(folder, output)
    notes = [
        f"{name}: left out are {', '.join(str(path.relative_to(COURSE)) for path in paths)}. Give them after their "
        "meeting. Whoever reads the package's files can find answers of its exercises and its vendors' sheets there."
        for name, paths in held.items()
    ]
    return notes + [
        f"{name}: its answer can also be worked out from clinxai_teach.{room}, which the lessons need."
        for name, path in sorted(chosen.items())
        for room in sorted(set(re.findall(r"^from clinxai_teach\.(vendor_sheets|checklist)\b", _source(path), re.M)))
    ]


def _file(exercise_id: str) -> Path:
    """Return the file of an exercise; ValueError that lists near ids."""
    exercise = bank.find(exercise_id)
    return bank.files(exercise.id.partition("-")[0])[exercise.id]


def _notebooks(number: str) -> list[Path]:
    """Return the notebooks of a section ("18.3") or a lesson ("18.3.1"), and of their exercises."""
    start = number.replace(".", "_") + "_"
    paths = [path for room in ("notebooks", "exercises") for path in sorted((COURSE / room).glob(f"{start}*.ipynb"))]
    if not re.fullmatch(r"18(\.\d)+", number) or not paths:
        raise ValueError(f"there is no lesson {number!r}. Name a section, such as 18.3, or a lesson, such as 18.3.1.")
    return paths


def _later(held: Iterable[str]) -> str:
    """Return a sentence for the start page: what comes later, and where it goes."""
    numbers = ", ".join(sorted(held))
    return f" Your teacher gives you {numbers} later: put the files into the same folders." if numbers else ""


def _begin_with(start: str, folder: Path) -> str:
    """Return the start page with a light way that begins with the first lesson that is there and needs no torch."""
    first = next((path for path in sorted((folder / "notebooks").glob("*.ipynb")) if LIGHT.match(path.name)), None)
    named = re.search(r"18_3_1_\w+", start)
    if first is None or named is None or first.stem == named[0]:
        return start
    number = ".".join(re.findall(r"(?<![a-z])\d+(?![a-z])", first.stem))
    return start.replace(f'{named[0]}.ipynb">18.3.1<', f'{first.name}">{number}<').replace(named[0], first.stem)


def _source(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _untouched(notebook: Path) -> None:
    """Raise ValueError for an exercise notebook that somebody has worked in: its answers would be given away."""
    for cell in json.loads(_source(notebook))["cells"]:
        source = "".join(cell["source"])
        answer = cell["metadata"].get("nbgrader", {}).get("solution")
        if cell.get("outputs") or (answer and not any(stub in source for stub in STUB)):
            raise ValueError(
                f"exercises/{notebook.name} has been worked in, at: {source.strip()[:60]!r}. Take it back to what was "
                "shipped (git checkout exercises, or unpack the course again), then make the edition."
            )


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(*LEFT))
    elif source.exists():
        shutil.copyfile(source, target)


def _without_answer(path: Path) -> str:
    """Return an exercise file with its title and the facts of its answer cell (points, minutes) only."""
    (header,) = (cell.header for cell in bank.cells(path) if cell.title == "answer")
    answer = "# YOUR ANSWER HERE" if "[markdown]" in header else "answer = ..."
    return (
        f"# %% [markdown]\n# ## {bank.title_of(path)}\n\n# %% {header}\n{answer}\n\n"
        "# %% judge\nfrom clinxai_teach.checks.kinds import handed_in\n\nEXERCISE = handed_in()\n"
    )


def _zip(folder: Path, output: Path) -> None:
    with zipfile.ZipFile(output, "x", zipfile.ZIP_DEFLATED) as package:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), BEGINNING)
            package.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
