"""Put together what is printed for a meeting: `make handouts` does it at its end, `python tools/handouts/sets.py` too.

Result: build/teaching/sets/, one file for all that each person gets at the same time, one for each pair or group. Its
name says how many copies 30 people need. Print on both sides: each piece begins on the front of a sheet.
"""

import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from pypdf import PdfReader, PdfWriter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cells import BuildError
from teaching_places import HALF, HANDOUTS, RUNS, SHARES, Run, pages_of

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "teaching" / "sets"


def together(runs: Iterable[Run] = RUNS) -> dict[str, list[Run]]:
    """Return the runs that go to the same hands at the same time, by the name of their file; two forms stay apart."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        what = f" {run.name}" if run.each == HALF else ""
        when = re.sub(r"\b(\d)\b", r"0\1", run.when.partition(";")[0]) + run.when.partition(";")[2]
        said = f"{when} each {run.each}{what}"
        found.setdefault(f"{re.sub(r'[^a-zA-Z0-9]+', '_', said)}_x{30 // SHARES[run.each]}", []).append(run)
    return found


def pages_in(runs: Iterable[Run]) -> list[tuple[str, int] | None]:
    """Return the pages of a set, each as print and number; None is an empty side."""
    pages: list[tuple[str, int] | None] = []
    for run in runs:
        first, last = pages_of(run)
        pages += [(run.name, number) for number in range(first, last + 1)]
        pages += [None] * (len(pages) % 2)
    return pages


def write(report: Callable[[str], None] = print) -> None:
    """Write all sets, and take away those of before."""
    for old in OUT.glob("*.pdf"):
        old.unlink()
    OUT.mkdir(parents=True, exist_ok=True)
    readers: dict[str, PdfReader] = {}
    for name, runs in together().items():
        writer = PdfWriter()
        for page in pages_in(runs):
            if page is None:
                writer.add_blank_page()
                continue
            path = ROOT / HANDOUTS / f"{page[0]}.pdf"
            if not path.exists():
                raise BuildError(f"{path.relative_to(ROOT)} is not printed yet: make handouts")
            reader = readers.setdefault(page[0], PdfReader(path))
            writer.add_page(reader.pages[page[1] - 1])
        writer.write(OUT / f"{name}.pdf")
        report(f"{name}.pdf: {len(writer.pages) // 2} sheets")


if __name__ == "__main__":
    try:
        write()
    except BuildError as error:
        sys.exit(str(error))
