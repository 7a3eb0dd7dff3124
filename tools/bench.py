"""Benchmarks: how exact and how fast the helpers are, and how they compare with peers measured in the same run.

    python tools/bench.py            all of them; writes docs/benchmarks.md
    python tools/bench.py data       one part: prints only

Times depend on the machine, so the ratios are what counts; no test asserts a time. Needs the `test` extra.
"""

import importlib
import os
import platform
from pathlib import Path
from typing import Annotated

import torch
import typer

PARTS = ("correctness", "data", "attribution", "calibration", "uncertainty", "trust", "explorers", "website")
REPORT = Path(__file__).parents[1] / "docs" / "benchmarks.md"


SPEED = ("What", "Result", "Note")
ABOUT = {
    "correctness": "Each capability on one fixture whose right value is known, computed in this run. The error is the "
    "largest |value - right value|; of prediction sets, the share of wrong entries. The test proves more than this one "
    "fixture. Where a peer is wrong, `tests/peers/test_known_defects.py` says why."
}


def table(part):
    """Run the benchmarks of one part and return the lines of its section."""
    module = importlib.import_module(f"benches.{part}")
    head = getattr(module, "HEAD", SPEED)
    rows = [head, ["---"] * len(head), *(row for bench in module.BENCHES for row in bench())]
    about = [ABOUT[part], ""] if part in ABOUT else []
    return ["", f"## {part.capitalize()}", "", *about, *("| " + " | ".join(row) + " |" for row in rows)]


def main(parts: Annotated[list[str] | None, typer.Argument(help="Which parts. None: all, and write them.")] = None):
    """Run the benchmarks and print them."""
    lines = [
        "# Benchmarks",
        "",
        "Medians of one run of `make bench`; a name with a slash is a ratio of two medians measured in turns.",
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, torch "
        f"{torch.__version__.split('+')[0]}. The times hold for this machine only.",
    ]
    for part in parts or PARTS:
        lines += table(part)
    text = "\n".join(lines) + "\n"
    print(text)
    if not parts:
        REPORT.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    typer.run(main)
