"""Put together what is printed for a meeting: `make handouts` does it at its end, `python tools/handouts/sets.py` too.

Result: build/teaching/sets/, one file for all that each person gets at the same time, one for each pair or group. Its
name says when it is handed out, and how many copies 30 people need. Two more for each meeting are for who works on
paper: what is to do at home after it, and at the next meeting the key of that. Print on both sides: each piece begins
on the front of a sheet. A set of which a print is missing is left out.
"""

import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from pypdf import PdfReader, PdfWriter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from handouts import answers
from handouts.page import TEACHERS
from teaching_places import HALF, HANDOUTS, RUNS, SHARES, Run, at_home, pages_of

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "teaching" / "sets"


def together(runs: Iterable[Run] = RUNS) -> dict[str, list[Run]]:
    """Return the runs that go to the same hands at the same time, by the name of their file; two forms stay apart."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        what = f" {run.name}" if run.each == HALF else ""
        when = re.sub(r"(?<![\d.])\d(?![\d.])", r"0\g<0>", run.when)  # the 3 of "meeting 3", not that of "18.3"
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


def for_home() -> dict[str, list[tuple[str, int] | None]]:
    """Return the pages of what is to do at home after each meeting, and of its key at the next, by their files."""
    found: dict[str, list[tuple[str, int] | None]] = {}
    for work in at_home():
        meeting = int(work.meeting)
        for name, paper in (
            (f"meeting_{meeting:02}_at_home", "exercises_on_paper"),
            (f"meeting_{meeting + 1:02}_key_of_home", f"{TEACHERS}exercises_on_paper_key"),
        ):
            spans = [(paper, *answers.between(paper, each, each)) for each in work.exercises]
            if paper == "exercises_on_paper":
                spans += [(each, *span) for each in work.parts for span in answers.kept_back(each)]
            if spans:
                pages = [(each, number) for each, first, last in spans for number in range(first, last + 1)]
                found[f"{name}_each_on_paper"] = [*pages, *[None] * (len(pages) % 2)]
    return found


def write(names: Iterable[str] = (), report: Callable[[str], None] = print) -> None:
    """Write the sets that hold a print whose name begins with one of `names` (all without names), if all is printed."""
    wanted, every = tuple(names) or ("",), {name: pages_in(runs) for name, runs in together().items()} | for_home()
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob("*.pdf"):
        if old.stem not in every:
            old.unlink()
    readers: dict[str, PdfReader] = {}
    for name, pages in every.items():
        prints = {page[0] for page in pages if page}
        if not any(each.removeprefix(TEACHERS).startswith(wanted) for each in prints):
            continue
        if missing := {each.removeprefix(TEACHERS) for each in prints if not path_of(each).exists()}:
            report(f'left out: {name}.pdf; make handouts ARGS="{" ".join(sorted(missing))}"')
            continue
        writer = PdfWriter()
        for page in pages:
            if page is None:
                writer.add_blank_page()
                continue
            reader = readers.setdefault(page[0], PdfReader(path_of(page[0])))
            writer.add_page(reader.pages[page[1] - 1])
        writer.write(OUT / f"{name}.pdf")
        report(f"{name}.pdf: {len(writer.pages) // 2} sheets")


def path_of(name: str) -> Path:
    """Return the file of a print."""
    return ROOT / HANDOUTS / f"{name}.pdf"


if __name__ == "__main__":
    write(sys.argv[1:])
