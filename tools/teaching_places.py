"""Two tables of the guide: {{places}}, where everything is and what makes it; {{prints}}, what can be printed for whom.

The prints are those of tools/handouts/build.py: a test compares the two, and looks for each file.
"""

from typing import NamedTuple

HANDOUTS = "build/teaching/handouts/"
LEARNERS, TEACHERS = "learners", "**you only**"
THERE = ""  # the command of what a download holds already
EDITION = ".venv/bin/clinxai class edition students.zip --zip"
QUESTIONS = ".venv/bin/clinxai questions export --to moodle --output questions.xml"


class Place(NamedTuple):
    """What is needed, its file (a * stands for a part of a name), what makes it, and for whom it is."""

    need: str
    path: str
    command: str
    whom: str


class Print(NamedTuple):
    """What is needed, the name of the print (a * stands for a part of it), its pages, and for whom it is."""

    need: str
    name: str
    pages: str
    whom: str


PLACES = (
    Place("the lessons, with their outputs", "notebooks/18_*.ipynb", "make lab", LEARNERS),
    Place("the course to install, and how: START.html in it", "students.zip", EDITION, LEARNERS),
    Place(
        "the course without installing: web pages, for a server or a stick", "site/index.html", "make site", LEARNERS
    ),
    Place("a stick for computers without a network", "build/kit-windows", "make kit PLATFORM=windows", LEARNERS),
    Place("how such a stick is used; Linux and macOS", "docs/offline.md", THERE, TEACHERS),
    Place("one address for all: a hub", "docs/hub.md", THERE, TEACHERS),
    Place("decks, each with its notes as PDF", "build/teaching/slides/18_*.html", "make slides", "the screen"),
    Place("all prints (the table below)", "build/teaching/handouts/*.pdf", "make handouts", LEARNERS),
    Place("all keys, and plans of workshops", f"{HANDOUTS}for_teachers/*.pdf", "make handouts", TEACHERS),
    Place("twelve meetings, minute by minute", "teaching/term.md", THERE, TEACHERS),
    Place("all exercises with minutes and goals", "teaching/exercises.md", THERE, TEACHERS),
    Place("the exercises solved, as notebooks", "solutions/*.ipynb", THERE, TEACHERS),
    Place("weights, the test of week 13, who marks what", "teaching/assessment.md", THERE, TEACHERS),
    Place("each person's own test, and its key", "docs/class.md", THERE, TEACHERS),
    Place("the capstone: plan, rubric, own part with answers", "teaching/capstone.md", THERE, TEACHERS),
    Place("the capstone with code: the folder to hand out", "teaching/capstone/starter/README.md", THERE, LEARNERS),
    Place("a sound dossier, marked", "teaching/capstone/example_sound/marks.md", THERE, TEACHERS),
    Place("a weak dossier, marked", "teaching/capstone/example_weak/marks.md", THERE, TEACHERS),
    Place("the class's gains in the concept test", "teaching/concept_test/class_gains.ipynb", THERE, TEACHERS),
    Place("questions for Moodle (or `gift`, `qti12`, `qti21`)", "questions.xml", QUESTIONS, LEARNERS),
)
PRINTS = (
    Print("what counts how much, what may be used, dates", "rules", "2", "each learner, week 1"),
    Print("the start page", "00_start_here", "9", LEARNERS),
    Print("a lesson (its answers are on the last pages)", "18_*", "15 to 23", LEARNERS),
    Print("the lessons' appendix for coders", "appendix_listings", "8", LEARNERS),
    Print("the exercises of the room", "exercises_on_paper", "55", "each learner, page by page"),
    Print("their key: answers, why others are wrong, points", "for_teachers/exercises_on_paper_key", "33", TEACHERS),
    Print("a workshop: cards, sheets, forms", "workshop_*_room", "4 to 9", LEARNERS),
    Print("a workshop: what it gives at its end", "workshop_*_after", "1", LEARNERS),
    Print("a workshop: plan, script, key", "for_teachers/workshop_*_leader", "2 to 3", TEACHERS),
    Print("capstone: brief, rubric, a form to mark with", "capstone_brief", "3", "each learner"),
    Print("capstone: the empty dossier", "capstone_form", "5", "each group"),
    Print("capstone: a weak dossier to mark", "capstone_weak_dossier", "2", "each group, week 6"),
    Print("capstone without code: the sheets", "capstone_sheets", "8", "each group, one sheet at a time"),
    Print("capstone: slips of the own part", "capstone_own_part", "2", "each learner, week 14"),
    Print("texts at full marks, at two points, at one", "for_teachers/texts", "6", TEACHERS),
    Print("the concept test, one form", "concept_test_form_A", "3", "half of the class, weeks 1 and 14"),
    Print("the concept test, the other form", "concept_test_form_B", "3", "the other half"),
    Print("its key and item map", "for_teachers/concept_test_key", "2", TEACHERS),
    Print("vendors' sheets to judge", "vendor_sheets", "11", LEARNERS),
    Print("their keys", "for_teachers/vendor_sheets_key", "7", TEACHERS),
    Print("the checklist: an empty form", "checklist_form", "1", LEARNERS),
    Print("the checklist: a card", "checklist_card", "2", LEARNERS),
    Print("six questions for a patient: a card", "checklist_ward_card", "1", LEARNERS),
    Print("words of the course", "glossary", "3", LEARNERS),
    Print("signs in formulas", "symbols", "2", LEARNERS),
)


def places() -> str:
    """The first table as Markdown, for a page of teaching/."""
    lines = ["| I need | It is here | This makes it | For |", "|---|---|---|---|"]
    for place in PLACES:
        linked = not place.command and "*" not in place.path
        shown = f"[{place.path}](../{place.path})" if linked else f"`{place.path}`"
        made = f"`{place.command}`" if place.command else "there already"
        lines.append(f"| {place.need} | {shown} | {made} | {place.whom} |")
    return "\n".join(lines)


def prints() -> str:
    """The second table."""
    lines = ["| I need | Name | Pages | For |", "|---|---|---|---|"]
    lines += [f"| {each.need} | `{each.name}` | {each.pages} | {each.whom} |" for each in PRINTS]
    return "\n".join(lines)


def fill_in(text: str) -> str:
    """A source with the tables."""
    return text.replace("{{places}}", places()).replace("{{prints}}", prints())
