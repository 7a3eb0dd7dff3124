"""Tables of the guide: {{places}}, where everything is and what makes it; {{prints}}, what can be printed for whom and
from when; {{runs}}, what to print for each meeting and for work at home on paper, and {{lp}}, one line of it as a
command; {{copies 18.1}}, what to print for a workshop, on its page. {{edition}} is the command for the students'
edition, {{withoutroom}} what keeps the room's answers out of it.
Pages are those of tools/handouts/pages.json, exercises at home those of the term's first table.

The prints are those of tools/handouts/build.py: a test compares the two, and looks for each file.
"""

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from cells import BuildError
from handouts import answers

HANDOUTS = "build/teaching/handouts/"
TERM = Path(__file__).resolve().parents[1] / "teaching" / "sources" / "term.md"
EXERCISES = r"(18\.\d)-([a-z](?:, [a-z](?![a-z]))*)"
LEARNERS, TEACHERS = "learners", "**you only**"
NEVER = "**never**"  # what learners get
THERE = ""  # the command of what a download holds already
LINE = "[this line](#where-the-answers-stand)"
EDITION = ".venv/bin/clinxai class edition students.zip --zip --later 18.1 --later 18.3"
QUESTIONS = ".venv/bin/clinxai questions export --to moodle --output questions.xml"


class Place(NamedTuple):
    """What is needed, its file (a * stands for a part of a name), what makes it, and for whom it is."""

    need: str
    path: str
    command: str
    whom: str


class Print(NamedTuple):
    """What is needed, the name of the print (a * stands for a part of it), for whom it is, and from when."""

    need: str
    name: str
    whom: str
    since: str


class Run(NamedTuple):
    """When what is printed: a print, the beginnings of its first and last part (none: all of it), for each of whom."""

    when: str
    name: str
    first: str
    last: str
    each: str


class Home(NamedTuple):
    """What is to do at home after a meeting: exercises, prints of lessons, and prints of which some pages come now."""

    meeting: str
    exercises: list[str]
    lessons: list[str]
    parts: list[str]

    @property
    def of_lessons(self) -> int:
        """The sheets of the lessons, printed on both sides."""
        spans = [span for each in self.parts for span in answers.kept_back(each)]
        whole = [answers.pages()[each]["pages"] for each in self.lessons]
        return sum(-(-pages // 2) for pages in [*whole, sum(last - first + 1 for first, last in spans)])

    @property
    def sheets(self) -> int:
        """The sheets of the lessons, and of all pages of the exercises."""
        spans = [answers.between("exercises_on_paper", name, name) for name in self.exercises]
        return self.of_lessons + -(-sum(last - first + 1 for first, last in spans) // 2)


PLACES = (
    Place("the lessons, with their outputs", "notebooks/18_*.ipynb", "make lab", LEARNERS),
    Place(
        "the course to install, and how: START.html in it. The line leaves out 18.1 and 18.3, which you send after "
        "meetings 2 and 5, and the room's answers",
        "students.zip",
        LINE,
        LEARNERS,
    ),
    Place(
        "the course without installing: web pages, for a server or a stick", "site/index.html", "make site", LEARNERS
    ),
    Place("a stick for computers without a network", "build/kit-windows", "make kit PLATFORM=windows", LEARNERS),
    Place("how such a stick is used; Linux and macOS", "docs/offline.md", THERE, TEACHERS),
    Place("one address for all: a hub", "docs/hub.md", THERE, TEACHERS),
    Place("decks, each with its notes as PDF", "build/teaching/slides/18_*.html", "make slides", "the screen"),
    Place(
        "the workshops, printed already", "teaching/print/*.pdf", THERE, "[the room, and you](#one-workshop-on-monday)"
    ),
    Place("all prints", "build/teaching/handouts/*.pdf", "make handouts", "learners, [from when](#what-to-print)"),
    Place(
        "the prints of each meeting put together: a file for each person, pair or group, with its copies for 30",
        "build/teaching/sets/*.pdf",
        "make handouts",
        "the room",
    ),
    Place("all keys, and plans of workshops", f"{HANDOUTS}for_teachers/*.pdf", "make handouts", TEACHERS),
    Place("the capstone with code: the folder to hand out", "teaching/capstone/starter/README.md", THERE, LEARNERS),
    Place("questions for Moodle (or `gift`, `qti12`, `qti21`)", "questions.xml", QUESTIONS, LEARNERS),
)
ANY_TIME, PAPER = "any time", "on paper only: "
PRINTS = (
    Print("what counts how much, what may be used, dates", "rules", "each learner", ANY_TIME),
    Print("the term: what to read and to do, with room for dates", "plan", "each learner", ANY_TIME),
    Print("steps to install, and what to do when one fails", "meeting_1_installation", "who installs", ANY_TIME),
    Print("letters A to F, to hold up in votes", "letters", "each learner, cut", ANY_TIME),
    Print("the list of exercises done, to tick and to sign", "exercise_list", "each learner", ANY_TIME),
    Print("the start page", "00_start_here", LEARNERS, ANY_TIME),
    Print(
        "a lesson (its answers are on the last pages)",
        "18_*",
        LEARNERS,
        "also as a file; 18.1 after meeting 2, 18.3 after meeting 5, 18.6 after meeting 11, others any time",
    ),
    Print(
        "a lesson without the answers to its questions",
        "before/18_*",
        LEARNERS,
        "also as a file, before its meeting; 18.1 and 18.3 after meetings 2 and 5: their text is the answer; 18.6 "
        "lacks two parts",
    ),
    Print("meeting 9: four people, and the rule", "meeting_9_four_people", LEARNERS, f"{PAPER}meeting 9"),
    Print("meeting 10: the report of a tool", "meeting_10_report", LEARNERS, f"{PAPER}meeting 10"),
    Print("the lessons' appendix for coders", "appendix_listings", LEARNERS, ANY_TIME),
    Print(
        "the exercises; the first page says on which page each is",
        "exercises_on_paper",
        "each learner",
        "each page in its meeting; as a file after meeting 11",
    ),
    Print("their key: answers, why others are wrong, points", "for_teachers/exercises_on_paper_key", TEACHERS, NEVER),
    Print("a workshop: cards, sheets, forms", "workshop_*_room", LEARNERS, f"{PAPER}each part when its plan says so"),
    Print("a workshop: what it gives at its end", "workshop_*_after", LEARNERS, f"{PAPER}at its end"),
    Print("a workshop: plan, script, key", "for_teachers/workshop_*_leader", TEACHERS, NEVER),
    Print("capstone: brief, rubric, a form to mark with", "capstone_brief", "each learner", ANY_TIME),
    Print("capstone: the empty dossier", "capstone_form", "each group", ANY_TIME),
    Print("capstone: a weak dossier to mark", "capstone_weak_dossier", "each group", f"{PAPER}meeting 6"),
    Print(
        "capstone without code: the sheets",
        "capstone_sheets",
        "each group",
        f"{PAPER}one sheet in each of meetings 6, 7, 8, 9",
    ),
    Print("capstone: slips of the own part", "capstone_own_part", "each group, cut", f"{PAPER}week 14"),
    Print("texts at full marks, at two points, at one", "for_teachers/texts", TEACHERS, NEVER),
    Print(
        "the concept test, one form", "concept_test_form_A", "half of the class", f"{PAPER}weeks 1 and 14, collected"
    ),
    Print("the concept test, the other form", "concept_test_form_B", "the other half", f"{PAPER}as the first form"),
    Print("its key and item map", "for_teachers/concept_test_key", TEACHERS, NEVER),
    Print("vendors' sheets to judge", "vendor_sheets", LEARNERS, "after meeting 11, also as a file"),
    Print("their keys", "for_teachers/vendor_sheets_key", TEACHERS, NEVER),
    Print("the checklist: an empty form", "checklist_form", LEARNERS, ANY_TIME),
    Print("the checklist: a card", "checklist_card", LEARNERS, ANY_TIME),
    Print("six questions for a patient: a card", "checklist_ward_card", LEARNERS, ANY_TIME),
    Print("words of the course", "glossary", LEARNERS, ANY_TIME),
    Print("signs in formulas", "symbols", LEARNERS, ANY_TIME),
)
PERSON, PAIR, GROUP, HALF = "person", "pair", "group of five", "second person"
ODD, EVEN = "group 1, 3, 5", "group 2, 4, 6"
SHARES = {PERSON: 1, PAIR: 2, GROUP: 5, HALF: 2, ODD: 10, EVEN: 10}
RUNS = (
    Run("meeting 1", "concept_test_form_A", "", "", HALF),
    Run("meeting 1", "concept_test_form_B", "", "", HALF),
    Run("meeting 1", "rules", "", "", PERSON),
    Run("meeting 1", "plan", "", "", PERSON),
    Run("meeting 1", "exercise_list", "", "", PERSON),
    Run("meeting 1", "meeting_1_installation", "", "", PAIR),
    Run("meeting 1, kept all term", "letters", "", "", PERSON),
    Run("meeting 2; workshop 18.1", "workshop_18_1_room", "Role cards", "The case", GROUP),
    Run("meeting 2; workshop 18.1", "workshop_18_1_room", "Protocol", "Protocol", GROUP),
    Run("meeting 2; workshop 18.1, minute 12, sold one by one", "workshop_18_1_room", "Card 1", "Card 5", GROUP),
    Run("workshop 18.1 alone, minute 77", "workshop_18_1_room", "Feedback", "Certificate", PERSON),
    Run("meeting 3", "exercises_on_paper", "18.2-i", "18.2-i", PERSON),
    Run("meeting 4", "exercises_on_paper", "18.2-l", "18.2-l", PERSON),
    Run("meeting 4, kept until its exercise", "exercises_on_paper", "18.2-k", "18.2-k", PERSON),
    Run("meeting 5; workshop 18.3, minute 5", "workshop_18_3_room", "Sheet 1", "Sheet 1", PAIR),
    Run("meeting 5; workshop 18.3, minute 15", "workshop_18_3_room", "Sheet 2", "Sheet 2", PAIR),
    Run("meeting 5; workshop 18.3, minute 45", "workshop_18_3_room", "Sheet 3", "Sheet 3", PAIR),
    Run("workshop 18.3 alone, minute 80", "workshop_18_3_room", "Feedback", "Certificate", PERSON),
    Run("meeting 6", "exercises_on_paper", "18.3-l", "18.3-l", PERSON),
    Run("meeting 6", "exercises_on_paper", "18.3-n", "18.3-n", PERSON),
    Run("meeting 6", "capstone_weak_dossier", "", "", GROUP),
    Run("meeting 6", "capstone_brief", "", "", PERSON),
    Run("meeting 6, without code", "capstone_form", "", "", GROUP),
    Run("meeting 6, without code", "checklist_card", "", "", GROUP),
    Run("meeting 6, without code, use A", "capstone_sheets", "Sheet A1", "Sheet A1", ODD),
    Run("meeting 6, without code, use B", "capstone_sheets", "Sheet B1", "Sheet B1", EVEN),
    Run("meeting 7", "exercises_on_paper", "18.4-h", "18.4-h", PERSON),
    Run("meeting 7", "exercises_on_paper", "18.4-j", "18.4-j", PERSON),
    Run("meeting 7", "exercises_on_paper", "18.4-f", "18.4-f", PERSON),
    Run("meeting 7, without code, use A, once its limits are in", "capstone_sheets", "Sheet A2", "Sheet A2", ODD),
    Run("meeting 7, without code, use B, once its limits are in", "capstone_sheets", "Sheet B2", "Sheet B2", EVEN),
    Run("meeting 8", "exercises_on_paper", "18.4-k", "18.4-k", PERSON),
    Run("meeting 8, without code, use A", "capstone_sheets", "Sheet A3", "Sheet A3", ODD),
    Run("meeting 8, without code, use B", "capstone_sheets", "Sheet B3", "Sheet B3", EVEN),
    Run("meeting 9", "meeting_9_four_people", "Sheet 1", "Sheet 1", PAIR),
    Run("meeting 9, kept until its step", "meeting_9_four_people", "Sheet 2", "Sheet 2", PERSON),
    Run("meeting 9", "exercises_on_paper", "18.5-k", "18.5-k", PERSON),
    Run("meeting 9", "exercises_on_paper", "18.5-l", "18.5-l", PERSON),
    Run("meeting 9, without code, use A", "capstone_sheets", "Sheet A4", "Sheet A4", ODD),
    Run("meeting 9, without code, use B", "capstone_sheets", "Sheet B4", "Sheet B4", EVEN),
    Run("meeting 10", "meeting_10_report", "", "", PAIR),
    Run("meeting 10", "exercises_on_paper", "18.5-f", "18.5-f", PERSON),
    Run("meeting 10", "exercises_on_paper", "18.5-j", "18.5-j", PERSON),
    Run("meeting 11; workshop 18.6", "workshop_18_6_room", "Role cards", "Role cards", GROUP),
    Run("meeting 11; workshop 18.6, minute 5", "workshop_18_6_room", "Sheet 1", "Sheet 1", PERSON),
    Run("meeting 11; workshop 18.6, minute 12", "workshop_18_6_room", "The form", "The form", GROUP),
    Run("meeting 11; workshop 18.6, minute 12", "checklist_card", "", "", GROUP),
    Run("workshop 18.6 alone, minute 80", "workshop_18_6_room", "Feedback", "Certificate", PERSON),
    Run("meeting 11; workshop 18.6, spares", "workshop_18_6_room", "More sheets", "More sheets", GROUP),
    Run("meeting 11, at its end", "checklist_form", "", "", GROUP),
    Run("meeting 12", "capstone_brief", "To mark", "To mark", PERSON),
    Run("week 13", "checklist_form", "", "", PERSON),
    Run("week 14", "capstone_own_part", "", "", GROUP),
    Run("week 14", "concept_test_form_A", "", "", HALF),
    Run("week 14", "concept_test_form_B", "", "", HALF),
    Run("workshop 18.5, minute 5", "workshop_18_5_room", "Sheet 0, side 1", "Sheet 0, side 2", PERSON),
    Run("workshop 18.5, minute 24", "workshop_18_5_room", "Sheet 1", "Sheet 1", PERSON),
    Run("workshop 18.5, minute 44", "workshop_18_5_room", "Sheet 2", "Sheet 2", PERSON),
    Run("workshop 18.5, minute 51", "workshop_18_5_room", "Sheet 3", "Sheet 3", PERSON),
    Run("workshop 18.5, minute 65", "workshop_18_5_room", "Role cards", "Role cards", PAIR),
    Run("workshop 18.5, minute 76", "workshop_18_5_room", "Feedback", "Certificate", PERSON),
    Run("workshop 18.5, minute 76, model", "workshop_18_5_after", "", "", PERSON),
    Run("workshop 18.5, minute 76, model", "checklist_ward_card", "", "", PERSON),
)


def places() -> str:
    """The first table as Markdown, for a page of teaching/."""
    lines = ["| I need | It is here | This makes it | For |", "|---|---|---|---|"]
    for place in PLACES:
        linked = not place.command and "*" not in place.path
        shown = f"[{place.path}](../{place.path})" if linked else f"`{place.path}`"
        made = "there already" if place.command == THERE else LINE if place.command == LINE else f"`{place.command}`"
        lines.append(f"| {place.need} | {shown} | {made} | {place.whom} |")
    return "\n".join(lines)


def prints() -> str:
    """The second table."""
    lines = ["| I need | Name | Pages | For | From when |", "|---|---|---|---|---|"]
    for each in PRINTS:
        lines.append(f"| {each.need} | `{each.name}` | {sizes(each.name)} | {each.whom} | {each.since} |")
    return "\n".join(lines)


def sizes(name: str) -> str:
    """The pages of a print; the fewest and the most, where a name stands for several."""
    found = [there["pages"] for each, there in answers.pages().items() if fnmatchcase(each, name)]
    if not found:
        raise BuildError(f"{name} is not in tools/handouts/pages.json; print it")
    return " to ".join(map(str, sorted({min(found), max(found)})))


def runs() -> str:
    """The third table: what is printed when, which pages, how often, and the sheets of paper, on both sides."""
    lines = ["| When | Print, pages | One for each | For 30 people | Sheets |", "|---|---|---|---|---|"]
    for run in RUNS:
        if "workshop" not in run.when:
            copies = copies_of(run)
            lines.append(f"| {run.when} | `{run.name}`, {leaves(run)} | {run.each} | {copies} | {sheets_of(run)} |")
    return "\n".join(lines)


def copies(section: str) -> str:
    """What a workshop needs: a row for each piece that is handed out, its sheets, and those for 30 people."""
    lines = [
        "| Handed out | Print, pages | What | One for each | Sheets of one | Copies, sheets for 30 |",
        "|---" * 6 + "|",
    ]
    for run in of_workshop(section):
        when = re.sub(rf"^.*workshop {section},? ?", "", run.when).replace("alone, ", "not in the term, ")
        to = " to " if run.last[-1:].isdigit() else " and "
        what = to.join(dict.fromkeys(filter(None, (run.first, run.last)))) or "all"
        number = copies_of(run)
        lines.append(
            f"| {when or 'at the start'} | `{run.name}`, {leaves(run)} | {what} | {run.each} "
            f"| {sheets_of(run) // number} | {number}, {sheets_of(run)} |"
        )
    every = sum(map(sheets_of, of_workshop(section)))
    said = f"**{every} sheets for 30, printed on both sides,** and the leader's file once, for you."
    return "\n".join([*lines, "", f"{said} Other numbers: count persons, pairs or groups, times *sheets of one*."])


def of_workshop(section: str) -> list[Run]:
    """The runs of a workshop."""
    return [run for run in RUNS if f"workshop {section}" in run.when]


def leaves(run: Run) -> str:
    """The pages of a run in words."""
    first, last = pages_of(run)
    return f"page{'s' * (last > first)} {first}{f' to {last}' * (last > first)}"


def copies_of(run: Run, people: int = 30) -> int:
    """The copies of a run for so many people, in groups of five and a smaller last one; group 1 has use A."""
    return -(-people // 5) // 2 if run.each == EVEN else -(-people // SHARES[run.each])


def sheets_of(run: Run, people: int = 30) -> int:
    """The sheets of paper that a run takes for so many people, on both sides."""
    first, last = pages_of(run)
    return copies_of(run, people) * -(-(last - first + 1) // 2)


def papers() -> str:
    """The sheets of each meeting of the term, and of all."""
    term = [run for run in RUNS if not run.when.startswith("workshop")]
    found: dict[str, int] = {}
    for run in term:
        when = re.split("[,;]", run.when)[0]
        found[when] = found.get(when, 0) + sheets_of(run)
    said = ", ".join(f"{when} {number:,}" for when, number in found.items())
    fewer = ", ".join(f"{sum(sheets_of(run, people) for run in term)} for {people}" for people in (25, 20, 10))
    each = [work.sheets for work in at_home()]
    lessons = sum(work.of_lessons for work in at_home())
    return (
        f"**Sheets for 30, all groups on paper:** {said}; the term {sum(found.values()):,}, without work at home "
        f"({fewer}).\n\n"
        f"**At home: {sum(each)} sheets each, {30 * sum(each):,} for 30;** {lessons} of the {sum(each)} are lessons: "
        "send them as files where learners can read files. Not counted: key pages and tests on paper (print one, "
        "count, times the people)."
    )


HOME_HEAD = """**At home, for each person who works on paper**: these pages of `exercises_on_paper`, and the lessons
(answers on the last pages; of 18.6 after meeting 11). **At the next meeting** (2, 5, 11, 12: at the door) each gets the
key, these pages of `exercises_on_paper_key`. `sets/` has both: `meeting_03_at_home_*`, `meeting_04_key_of_home_*`.

| After meeting | Exercises | Pages of `exercises_on_paper` | Pages of the key | Lessons | Sheets |
|---|---|---|---|---|---|"""


def homes() -> str:
    """The fourth table: exercises at home, their pages, and lessons to read, by the first table of the term."""
    rows = []
    for work in at_home():
        pages, keys = (
            ", ".join(answers.span_of(name, paper) for name in work.exercises)
            for paper in ("exercises_on_paper", "for_teachers/exercises_on_paper_key")
        )
        said = [f"{first} to {last}" for each in work.parts for first, last in answers.kept_back(each)]
        lessons = ", ".join([*(f"`{each}`" for each in work.lessons + work.parts), *said])
        rows.append(f"| {work.meeting} | {', '.join(work.exercises)} | {pages} | {keys} | {lessons} | {work.sheets} |")
    return "\n".join([HOME_HEAD, *rows])


def at_home() -> list[Home]:
    """The work at home after each meeting that gives some, by the first table of the term; no lesson twice."""
    text, works, seen = TERM.read_text(encoding="utf-8"), [], set()
    for meeting, there in re.findall(r"^\| \d+ \| (\d+) \w+ \|(?: [^|]+\|){2} ([^|]+) \|", text, re.MULTILINE):
        named = re.findall(r"18\.\d(?:\.\d)?|start page", re.sub(EXERCISES, "", there))
        lessons = [name for name in dict.fromkeys(map(print_of, named)) if name not in seen]
        parts = [name for name in lessons if f"before/{name}" in seen]
        lessons = [f"before/{name}" if name in answers.KEPT_BACK else name for name in lessons if name not in parts]
        seen.update(lessons + parts)
        if (work := Home(meeting, exercises_in(there), lessons, parts)).sheets:
            works.append(work)
    return works


def exercises_in(text: str) -> list[str]:
    """The exercises that a line names: 18.1-e and 18.1-f in `18.1-e, f`."""
    return [f"{section}-{letter}" for section, there in re.findall(EXERCISES, text) for letter in there.split(", ")]


def print_of(lesson: str) -> str:
    """The print of a lesson as it is named for readers: 18_2_1_gradients_and_grad_cam of 18.2.1."""
    start = "00_start" if lesson == "start page" else lesson.replace(".", "_")
    found = [name for name in answers.pages() if re.match(rf"{start}_[a-z]", name)]
    if len(found) != 1:
        raise BuildError(f"{lesson} names {len(found)} prints of tools/handouts/pages.json; name one lesson")
    return found[0]


def pages_of(run: Run) -> tuple[int, int]:
    """The first and the last page of a run."""
    return answers.between(run.name, run.first, run.last) if run.first else (1, answers.pages()[run.name]["pages"])


def command() -> str:
    """One line of the third table as a command, for Linux and macOS."""
    run = next(each for each in RUNS if each.first == "Sheet 0, side 1")
    first, last = pages_of(run)
    return f"lp -n 30 -P {first}-{last} -o sides=two-sided-long-edge {HANDOUTS}{run.name}.pdf"


def of_the_room() -> list[str]:
    """The exercises that are printed for meetings."""
    return sorted({run.first for run in RUNS if run.name == "exercises_on_paper"})


def fill_in(text: str) -> str:
    """A source with the tables."""
    made_by = {
        "edition": lambda: EDITION,
        "withoutroom": lambda: " ".join(f"--without-solutions-of {name}" for name in of_the_room()),
        "places": places,
        "prints": prints,
        "runs": lambda: f"{runs()}\n\n{homes()}",
        "lp": command,
        "papers": papers,
    }
    text = re.sub(r"\{\{copies (18\.\d)\}\}", lambda found: copies(found[1]), text)
    for name, made in made_by.items():
        if f"{{{{{name}}}}}" in text:
            text = text.replace(f"{{{{{name}}}}}", made())
    return text
