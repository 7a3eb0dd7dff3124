"""Count what runs in the browser's Python: each notebook of the light sections, cell by cell, in Pyodide under Node.

It needs Node and build/pyodide (pyodide_copy.py), and writes the table of docs/where.md. A claim, which checks a number
that a text states, is no cell of a notebook; it is counted apart, because Pyodide has other versions of the libraries.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from build import is_claim, read_lesson
from website.lite import HERE, ROOT, SECTIONS, fetched_wheels, with_wheels, write_json
from website.pyodide_copy import COPY

DOC = ROOT / "docs" / "where.md"
START, END = "<!-- table of tools/website/in_pyodide.py -->", "<!-- end -->"
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


def run(lesson: Path, copy: Path) -> dict[str, int | list[object]]:
    """Run a lesson in Pyodide, with solved exercises and claims, and return the counts and what failed."""
    cells = [cell for cell in read_lesson(lesson).cells if cell.cell_type == "code"]
    asked = [{"source": cell.source, "may_fail": "raises-exception" in cell.metadata.get("tags", [])} for cell in cells]
    command = ["node", str(HERE / "in_pyodide.mjs"), str(copy) + os.sep]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, timeout=1800)
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
    }


def main() -> None:
    """Run all, and write the table."""
    copy, rows = prepared(), []
    for lesson in lessons():
        found = run(lesson, copy)
        exercises = f"{found['right']} of {found['exercises']}" if found["exercises"] else ""
        claims = f"{found['hold']} of {found['claims']}" if found["claims"] else ""
        rows.append(f"| {lesson.stem} | {found['ran']} of {found['cells']} | {exercises} | {claims} |")
        typer.echo(rows[-1])
    head = "| Notebook | cells that run | solved exercises found right | claims that hold |\n|---|---|---|---|\n"
    before, _, rest = DOC.read_text(encoding="utf-8").partition(START)
    table = f"{START}\n{head}" + "\n".join(rows) + f"\n{END}"
    DOC.write_text(before + table + rest.partition(END)[2], encoding="utf-8", newline="\n")


if __name__ == "__main__":
    typer.run(main)
