"""Print the handouts: `make handouts`. Result: build/teaching/handouts/, which git ignores.

    18_3_1_reading_probabilities.pdf, ...    each lesson: explorers as filmstrips, room to write, answers at the end
    before/18_3_1_reading_probabilities.pdf, ...    the same without the answers to its questions, and without the
                                    parts that a meeting asks about (`answers.KEPT_BACK`)
    meeting_9_four_people.pdf, meeting_10_report.pdf    what these meetings of the term need of a lesson (`meetings`)
    vendor_sheets.pdf, checklist_form.pdf, glossary.pdf, symbols.pdf
    exercises_on_paper.pdf          all exercises that need no code and no notebook, a page each with boxes or lines to
                                    answer, without answers; its first page says which exercise is on which page
    exercise_list.pdf               boxes to tick for the exercises done, and a place to sign
    rules.pdf, plan.pdf             what counts, what may be used, late work; what to read and do for each meeting
    meeting_1_installation.pdf, letters.pdf    the steps of the first meeting; A to F, to hold up
    concept_test_form_A.pdf, ..._form_B.pdf
    capstone_brief.pdf, ..._form.pdf, ..._weak_dossier.pdf, ..._sheets.pdf, ..._own_part.pdf
    workshop_18_6_room.pdf          what a room needs; workshop_18_5_after.pdf, what it gets at its end
    checklist_card.pdf, checklist_ward_card.pdf    copied from docs/
    for_teachers/                   what learners never get: the keys, each named as what it is a key of; texts.pdf,
                                    answers worth some of the points; workshop_18_6_leader.pdf, plan, script and key

The text is that of the built notebooks and of teaching/. Each lesson is run once more, so that its pictures are sharp
and its explorers stand in telling states (`hooks`). With arguments, only the handouts whose names begin so are printed.
The workshops lie in teaching/print/, too, which git keeps: whoever has a browser only prints them from there. With
--workshops these are printed and nothing else, which needs no torch (`make workshops`).
What is cut, or handed out at its own time, begins on the front of a sheet: so all can be printed on both sides. At the
end `sets` puts together what was printed for each meeting, in build/teaching/sets/.
"""

import hashlib
import json
import re
import shutil
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import nbformat
from filelock import FileLock
from nbformat import NotebookNode
from pypdf import PdfReader

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import teaching_pages
from build import execute
from cells import BuildError
from clinxai_teach import vendor_sheets
from handouts import answers, forms, meetings, sets
from handouts.capstone import learners_texts
from handouts.page import BEFORE, LINES, TEACHERS, Paper, markdown_html, notebook_html
from handouts.pdf import OWN_SHEET, Printer, is_current, pages_of
from handouts.wording import on_paper

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "build" / "teaching"
OUT = WORK / "handouts"
PRINT = ROOT / "teaching" / "print"
CARDS = ("checklist_card", "checklist_ward_card")
FOR_THE_ROOM = re.compile(r"Role cards|The case|Card \d|Sheet|The form|Protocol|Feedback|Certificate|More sheets")
GREEK = {
    unicodedata.name(letter).split()[-1].lower(): letter for letter in "αβγδεηθκλμνπρστφχψω"
}  # by the names that the formulas give them
SECOND = re.compile("<h2>[^<]*, side 2")  # the back of the part before it
MOST_ON_A_CARD = 2500  # characters of HTML; more begins on a page of its own
HOW = (
    "<p>A handout of the notebook: each slider stands as a few pictures, code that the notebook folds is left out. "
    "Write your answer before you turn the page: the answers are on the last pages.</p>"
)
HOW_BEFORE = (
    "<p>A handout of the notebook, without the answers to its questions. Each slider stands as a few pictures, code "
    "that the notebook folds is left out. Write your answer before you read on.</p>"
)
KEY = "<p><b>For teachers; not for learners.</b></p>"


def papers(root: Path = ROOT, names: Iterable[str] = ()) -> Iterator[Paper]:
    """Yield the handouts whose names begin with one of `names`; all without names."""
    wanted = tuple(names) or ("",)
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        if path.stem.startswith(wanted):
            notebook = executed(path)
            title, body = title_of(notebook.cells[0].source), on_paper(notebook_html(notebook), empty_form())
            yield Paper(path.stem, title, body, HOW)
            if path.stem.startswith("18_"):
                without = answers.KEPT_BACK.get(path.stem, ())
                yield Paper(BEFORE + path.stem, title, body, HOW_BEFORE, withheld=True, without=without)
    for name, cut in meetings.CUTS.items():
        if name.startswith(wanted):
            (path,) = (root / "notebooks").glob(f"{cut.lesson}_*.ipynb")
            yield of_parts(name, f"<h1>{cut.title}</h1>", cut.made(executed(path)), place="teaching")
    for paper in plain_papers(root):
        if paper.name.removeprefix(TEACHERS).startswith(wanted):
            yield paper


def plain_papers(root: Path) -> Iterator[Paper]:
    """Yield the handouts that need no kernel."""
    sheets = [sheet.to_markdown() for sheet in vendor_sheets.SHEETS]
    yield of("vendor_sheets", "# Sheets to judge with the checklist\n\n" + "\n\n".join(sheets), apart=True)
    keys = [
        f"## {sheet.title}\n\n{teaching_pages.key(name)}".replace("| unknown |  |", "| unknown | not on this sheet |")
        for name, sheet in named_sheets()
    ]
    yield of(f"{TEACHERS}vendor_sheets_key", "# Keys to the vendors' sheets\n\n" + "\n\n".join(keys), apart=True)
    yield of("checklist_form", "\n\n".join([FORM_HEAD, *FORM]))
    for name in ("glossary", "symbols"):
        yield of(name, to_look_up(read(root / "docs" / f"{name}.md")), place="docs")
    yield of("exercises_on_paper", forms.exercises(root), place="exercises", apart=True)
    yield of(f"{TEACHERS}exercises_on_paper_key", answers.key(root), place="exercises", apart=True)  # given one by one
    yield of("exercise_list", forms.exercise_list(root), place="teaching")
    yield of("rules", read(root / "teaching" / "rules.md"), place="teaching")
    term = read(root / "teaching" / "term.md")
    yield of("plan", meetings.plan(term), place="teaching")
    yield of("meeting_1_installation", meetings.installation(term), place="teaching")
    yield of("letters", meetings.LETTERS)
    keys = read(root / "teaching" / "assessment.md").partition("\n## Key of the text\n")[2]
    tasks = "\n## The text of the test\n\n" + "".join(keys.partition("Numbers and facts")[1:])
    yield of(f"{TEACHERS}texts", read(root / "teaching" / "texts.md") + tasks, place="teaching")
    for name in ("form_A", "form_B", f"{TEACHERS}key"):
        folder, _, name = name.rpartition("/")
        text = read(root / "teaching" / "concept_test" / f"{name}.md")
        made = of(f"{folder}/concept_test_{name}".lstrip("/"), text, place="teaching/concept_test")
        yield made if folder else replace(made, body=f'<div class="dense">{made.body}</div>')  # two pages, one sheet
    for name, text, cut_by in learners_texts(root):
        yield of(name, text, place="teaching/capstone/paper", **cut_by)
    yield from workshops(root)


def workshops(root: Path = ROOT) -> Iterator[Paper]:
    """Yield what the workshops need: nothing of it needs torch."""
    for path in sorted((root / "teaching" / "workshops").glob("*.md")):
        head, room, leader = cut(read(path))
        name, title = "_".join(path.stem.split("_")[:2]), title_of(head)
        yield of(f"workshop_{name}_room", f"# {title}: to print\n\n{room}", cards=True, place="teaching/workshops")
        yield of(f"{TEACHERS}workshop_{name}_leader", f"{head}\n\n{leader}", place="teaching/workshops")
        if after := re.search(r"^## Afterwards: (.*?)(?=^## |\Z)", leader, re.MULTILINE | re.DOTALL):
            own = f"# {after[1][0].upper()}{after[1][1:]}"
            yield of(f"workshop_{name}_after", own, place="teaching/workshops")


FORM = (teaching_pages.empty_form(), teaching_pages.verdict_form())
FORM_HEAD = (
    "# Checklist: an empty form\n\n| Tool, version | Decision and patients | Name, date |\n|---|---|---|\n|  |  |  |"
)


def empty_form() -> str:
    """Return the form of the checklist as HTML, to fill in where a lesson has one that answers."""
    return "".join(map(markdown_html, FORM))


def to_look_up(text: str) -> str:
    """Return a list of words or letters without what is for makers; Greek letters as the formulas show them."""
    text = re.sub(r" Written once: .*?named\.|; `tests/.*?formulas(?=\.)", "", text, flags=re.DOTALL)
    text = text.replace("in [symbols.md]", "on [a sheet of their own]")
    return re.sub(
        r"^\| `([a-z]+)` \|",
        lambda found: f"| {GREEK[found[1]]} (`{found[1]}`) |" if found[1] in GREEK else found[0],
        text,
        flags=re.MULTILINE,
    )


def named_sheets() -> Iterator[tuple[str, vendor_sheets.VendorSheet]]:
    """Yield each sheet with its name in the package."""
    for name in vendor_sheets.__all__:
        sheet = getattr(vendor_sheets, name)
        if isinstance(sheet, vendor_sheets.VendorSheet):
            yield name, sheet


def of(
    name: str, text: str, *, place: str = "docs", apart: bool = False, cards: bool = False, own: str = "(?!)"
) -> Paper:
    """Return a handout of Markdown. Parts begin on a page of their own with `apart`, and are framed with `cards`.

    Parts whose headings begin with the pattern `own`, and all that are framed, begin on the front of a sheet, unless
    they are the second side of one.
    """
    head, *parts = re.split("(?=<h2>)", with_drawings(markdown_html(text), ROOT / place))
    marks = [OWN_SHEET * bool(re.match(f"<h2>({own})", part) or (cards and not SECOND.match(part))) for part in parts]
    if cards:
        parts = [f'<div class="{card(part)}">{with_lines(part)}</div>' for part in parts]
    if apart:
        parts[1:] = [part.replace("<h2>", '<h2 class="apart">', 1) for part in parts[1:]]
    body = head + "".join(mark + part for mark, part in zip(marks, parts, strict=True))
    return Paper(name, title_of(text), body, KEY if name.startswith(TEACHERS) else "", place)


def of_parts(name: str, head: str, parts: list[str], *, place: str) -> Paper:
    """Return a handout of parts in HTML, each with its heading: each begins on the front of a sheet of its own."""
    apart = [part.replace("<h2>", '<h2 class="apart">', 1) for part in parts[1:]]
    return Paper(name, re.sub("<[^>]+>", "", head), head + OWN_SHEET.join([*parts[:1], *apart]), place=place)


def with_drawings(page: str, folder: Path) -> str:
    """Put the drawings that lie in a folder into the page: the printer knows no folder."""
    return re.sub(r'src="(\w+\.svg)"', lambda found: f'src="data:image/svg+xml,{quote(read(folder / found[1]))}"', page)


def card(part: str) -> str:
    """Return how a part for the room is printed: to cut out, on a page of its own, or each paragraph a card."""
    if "Role cards" in part[:40]:
        return "roles"
    if len(part) > MOST_ON_A_CARD or re.match("<h2>(Sheet|The form|Feedback)", part):
        return "sheet"
    return "card apart" if part.startswith("<h2>Card 1") else "card"  # the cards that are sold: no case on their page


def with_lines(part: str) -> str:
    """Return a part with lines as wide as the paper where a sentence ends in a long line."""
    return part if part.startswith("<h2>Certificate") else re.sub(r"_{18,}(?=</(?:li|p)>)", LINES, part)


def cut(text: str) -> tuple[str, str, str]:
    """Return a workshop's head, the parts for the room, and those for its leader."""
    head, *parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    room = [part for part in parts if FOR_THE_ROOM.match(part[3:])]
    return head, "".join(room), "".join(part for part in parts if part not in room)


def title_of(text: str) -> str:
    """Return the first heading as plain text."""
    found = re.search(r"^#{1,2} (.+)$", text, re.MULTILINE)
    if not found:
        raise BuildError(f"there is no heading in {text[:60]!r}")
    return re.sub(r"[*`]", "", found[1]).strip()


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


# ---- a lesson, run once more ---------------------------------------------------------------------


def executed(path: Path) -> NotebookNode:
    """Return a notebook with the outputs that its code has with the hooks; of an earlier run, if no code is new.

    Slides and handouts may be made at the same time: who comes second waits, and takes the outputs of the first.
    """
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    kept = WORK / "run" / f"{path.stem}-{state_of(code)}.ipynb"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(kept.parent / f"{path.stem}.lock"):
        if not kept.exists():
            for old in kept.parent.glob(f"{path.stem}-*"):
                old.unlink()
            kept.write_text(nbformat.writes(run(notebook, path.parent)), encoding="utf-8", newline="\n")
    ran = [cell for cell in nbformat.read(kept, as_version=4).cells if cell.cell_type == "code"]
    for cell, other in zip(code, ran, strict=True):
        cell.outputs = other.outputs
    return notebook


def run(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Return a copy of a notebook, run in `folder` with the hooks in its kernel."""
    hook = nbformat.v4.new_code_cell(
        f"import sys; sys.path.insert(0, {str(HERE.parent)!r})\nfrom handouts import hooks; hooks.into()"
    )
    copy = nbformat.v4.new_notebook(cells=[hook, *deepcopy(notebook.cells)])
    execute(copy, folder, timeout=3600)  # `make build` watches the time; a busy computer may print, too
    del copy.cells[0]
    return copy


def state_of(code: list[NotebookNode]) -> str:
    """Return a hash of the code and of all that it can call."""
    found = hashlib.sha256("\n".join(cell.source for cell in code).encode())
    for path in sorted([*(ROOT / "clinxai_teach").rglob("*"), HERE / "hooks.py", HERE.parent / "slides" / "room.py"]):
        if path.is_file() and path.suffix in (".py", ".npz", ".csv", ".safetensors") and "exercises" not in path.parts:
            found.update(path.read_bytes())
    return found.hexdigest()[:16]


# ---- all of them ---------------------------------------------------------------------------------


def names_of(root: Path = ROOT) -> frozenset[str]:
    """Return the names of all handouts, without running a lesson."""
    lessons = {path.stem for path in (root / "notebooks").glob("*.ipynb")}
    lessons |= {BEFORE + name for name in lessons if name.startswith("18_")} | set(meetings.CUTS)
    return frozenset(lessons | {paper.name for paper in plain_papers(root)} | set(CARDS))


def name_of(path: Path) -> str:
    """Return the name of the handout that a printed file is."""
    return path.relative_to(OUT).with_suffix("").as_posix()


def build(root: Path = ROOT, names: Iterable[str] = (), report: Callable[[str], None] = print) -> None:
    """Print what has changed since, and take away what is no handout any more."""
    known = names_of(root)
    for old in OUT.rglob("*.pdf"):
        if name_of(old) not in known:
            old.unlink()
    print_all(papers(root, names), known, report)
    for name in CARDS:
        OUT.mkdir(parents=True, exist_ok=True)  # else the copy would take its name
        shutil.copy(root / "docs" / f"{name}.pdf", OUT)
        keep_pages(name, OUT / f"{name}.pdf", known, report)


def print_all(found: Iterable[Paper], known: frozenset[str], report: Callable[[str], None] = print) -> None:
    """Print what has changed since; the workshops into the folder that git keeps, and a copy of them."""
    with Printer() as printer:
        for paper in found:
            page, started = paper.page(known), time.perf_counter()
            path = (PRINT if paper.kept else OUT) / f"{paper.name}.pdf"
            if not is_current(path, page):
                printer.to_file(page, path)
                report(f"{path.name:50} {path.stat().st_size / 1e3:7.0f} kB {time.perf_counter() - started:6.1f} s")
            keep_pages(paper.name, path, known, report)  # of a current print, too: its pages may be another branch's
            if paper.kept:
                (OUT / paper.name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, OUT / f"{paper.name}.pdf")


def keep_pages(name: str, path: Path, names: frozenset[str], report: Callable[[str], None]) -> None:
    """Write down how many pages a print has, and where its parts begin, for the key and for the pages of teaching/."""
    known, found = answers.pages(), pages_of(PdfReader(path))
    if (ROOT / "notebooks" / f"{name.removeprefix(BEFORE)}.ipynb").exists() and name not in answers.KEPT_BACK:
        found = {"pages": found["pages"]}  # nobody prints this lesson in parts
    if known.get(name) != found:
        kept = {each: known[each] for each in known if each in names} | {name: found}
        text = json.dumps(dict(sorted(kept.items())), indent=1) + "\n"
        answers.PAGES.write_text(text, encoding="utf-8", newline="\n")
        report(
            f"{name}: other pages than before. The guide's printing list is wrong for this file: run "
            "python tools/teaching_pages.py"
        )


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["--workshops"]:
            known = frozenset(answers.pages())
            old = [each for each in workshops() if not is_current(PRINT / f"{each.name}.pdf", each.page(known))]
            if old:  # else no Chromium is needed
                print_all(old, known)
        else:
            build(names=sys.argv[1:])
            sets.write(sys.argv[1:])
    except BuildError as error:
        sys.exit(str(error))
