"""Count what runs in the browser's Python: each notebook of the light sections, cell by cell, in Pyodide under Node.

    python tools/website/in_pyodide.py            writes the table of docs/where.md
    python tools/website/in_pyodide.py 18_5 18_6  writes the rows of these sections anew
    python tools/website/in_pyodide.py --native   the same here, with the libraries' versions of Pyodide: prints it

The first needs Node and build/pyodide (pyodide_copy.py). The second makes an environment in build/native with the
newest Python that is here, and tells what comes from the versions and what from the browser. A claim, which checks a
number of a text, is no cell of a notebook; it is counted apart: Pyodide has other versions of the libraries.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from build import is_claim, read_lesson
from website.lite import (
    HERE,
    LOCK,
    ROOT,
    SECTIONS,
    VERSION,
    WHEELS,
    fetched_wheels,
    kept,
    needed,
    pip,
    with_wheels,
    write_json,
    write_key,
)
from website.pyodide_copy import COPY

DOC = ROOT / "docs" / "where.md"
NATIVE = ROOT / "build" / "native"
PYTHONS = ("3.14", "3.13", "3.12", "3.11")
START, END = "<!-- table of tools/website/in_pyodide.py -->", "<!-- end -->"
HEAD = "| Notebook | cells that run | solved exercises found right | claims that hold |\n|---|---|---|---|\n"
CHECK = re.compile(r'^check\("', re.MULTILINE)


def lessons() -> list[Path]:
    """Return the lessons and exercise notebooks of the sections that need no torch."""
    return [path for path in sorted((ROOT / "lessons").glob("*.py")) if SECTIONS.match(path.name)]


@cache
def prepared() -> Path:
    """Return the copy of Pyodide with the course's wheels; FileNotFoundError that says what is missing."""
    if not shutil.which("node"):
        raise FileNotFoundError("Node is missing")
    if not (COPY / "pyodide-lock.json").exists():
        raise FileNotFoundError("there is no copy of Pyodide: run `python tools/website/pyodide_copy.py`")
    wheels = fetched_wheels()
    for path in wheels:
        shutil.copy(path, COPY / path.name)
    lock = json.loads((COPY / "pyodide-lock.json").read_text(encoding="utf-8"))
    write_json(COPY / "pyodide-lock.json", with_wheels(lock, wheels, ""))
    return COPY


def in_node(copy: Path) -> list[str]:
    """Return the command that runs cells in a copy of Pyodide."""
    return ["node", str(HERE / "in_pyodide.mjs"), str(copy) + os.sep]


def native() -> list[str]:
    """Return the command that runs cells in a Python of this computer with Pyodide's versions of the libraries."""
    found = (version for name in PYTHONS if (version := works(f"python{name}")))
    base = next(found, sys.executable)
    pins = "\n".join([base, *pinned()])
    python = NATIVE / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if not kept(NATIVE, pins):
        subprocess.run([base, "-m", "venv", "--clear", NATIVE], check=True)
        pip(python, "install", "--no-deps", *pinned())  # as Pyodide does, which reads its lock file alone
        write_key(NATIVE, pins)
    return [str(python), str(HERE / "count_cells.py")]


def works(python: str) -> str:
    """Return the path of a Python if it runs; "" if not."""
    code = "import sys; print(sys.executable)"
    try:
        return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def pinned() -> list[str]:
    """Return the libraries that the browser loads, with their versions."""
    packages = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
    ours = re.findall(r"^([a-z]\S+==\S+)", WHEELS.read_text(encoding="utf-8"), re.MULTILINE)
    return [*(f"{name}=={packages[name]['version']}" for name in needed({"packages": packages})), *ours]


def run(lesson: Path, command: Sequence[str]) -> dict[str, Any]:
    """Run a lesson, with solved exercises and claims, by a command that counts; return the counts and what failed."""
    cells = [cell for cell in read_lesson(lesson).cells if cell.cell_type == "code"]
    asked = [{"source": cell.source, "may_fail": "raises-exception" in cell.metadata.get("tags", [])} for cell in cells]
    env = os.environ | {"PYTHONPATH": str(ROOT), "CLINXAI_PROGRESS": "off", "MPLBACKEND": "agg"}
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, timeout=1800, env=env)
    if done.returncode:
        raise RuntimeError(f"{lesson.name}: {done.stderr[-2000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    claims = [is_claim(cell) for cell in cells]
    return {
        "cells": claims.count(False),
        "ran": sum(ran for ran, claim in zip(found["ran"], claims, strict=True) if not claim),
        "claims": claims.count(True),
        "hold": sum(ran for ran, claim in zip(found["ran"], claims, strict=True) if claim),
        "exercises": sum(bool(CHECK.search(cell.source)) for cell in cells) if "_exercises" in lesson.stem else 0,
        "right": found["right"],
        "failed": [each for each in found["failed"] if not claims[each[0] - 1]],
        "refuted": [each for each in found["failed"] if claims[each[0] - 1]],
    }


def rows(command: Sequence[str], stems: Sequence[str]) -> dict[str, str]:
    """Run the notebooks whose names begin so, all by default. Print each row when it is there, and what failed."""
    made = {}
    for lesson in lessons():
        if stems and not lesson.stem.startswith(tuple(stems)):
            continue
        found = run(lesson, command)
        exercises = f"{found['right']} of {found['exercises']}" if found["exercises"] else ""
        claims = f"{found['hold']} of {found['claims']}" if found["claims"] else ""
        made[lesson.stem] = f"| {lesson.stem} | {found['ran']} of {found['cells']} | {exercises} | {claims} |"
        typer.echo(made[lesson.stem])
        for number, source, error in [*found["failed"], *found["refuted"]]:
            typer.echo(f"    code cell {number}, {source.splitlines()[0][:60]!r}: {error[:300]}", err=True)
    return made


def main(
    stems: Annotated[list[str] | None, typer.Argument(help="How the names of the notebooks begin.")] = None,
    here: Annotated[
        bool, typer.Option("--native", help="In a Python of this computer with the same versions.")
    ] = False,
) -> None:
    """Run all, or some; in Pyodide, write the table and the day into docs/where.md."""
    if here:
        rows(native(), stems or ())
        return
    made = rows(in_node(prepared()), stems or ())
    before, _, rest = DOC.read_text(encoding="utf-8").partition(START)
    old, _, after = rest.partition(END)
    kept_rows = {line.split(" | ")[0].removeprefix("| "): line for line in old.splitlines() if line.startswith("| 18")}
    table = "\n".join({**kept_rows, **made}[lesson.stem] for lesson in lessons())
    when = f"{date.today():%-d %B %Y}"
    before = re.sub(r"(in Pyodide )\S+( under Node on )\d+ \w+ \d{4}", rf"\g<1>{VERSION}\g<2>{when}", before)
    DOC.write_text(f"{before}{START}\n{HEAD}{table}\n{END}{after}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    typer.run(main)
