"""Write the pages of teaching/ from teaching/sources/: `python tools/teaching_pages.py`, once the notebooks are built.

A source is Markdown, or a notebook in percent format (*.py), which is not run. In Markdown, what would drift is a
placeholder, and is computed or copied each time:

    {{reading 18_3_1}}       the minutes of a notebook, by the beginning of its name
    {{part 18_1 Leakage}}    the number of a part, by the beginning of its heading; the book must have such a part
    {{page 18.2-i}}          the page of an exercise in the print exercises_on_paper, or its pages; {{keypage 18.2-i}}
                             is that of its key
    {{learnertime}}          the hours of a learner in the term: meetings, home, capstone
    {{total STEP + STEP}}    the minutes of some steps of a schedule (see below), such as `exercises 18.1`
    {{minutes 18.3}}         the minutes of a section's exercises, and the other sayings of tools/exercise_cells.py
    {{parts 18_3_1}}         a table of the notebook's parts with their slides and their minutes
    {{slides 18_1 Leakage}}  the slides of a part, by the beginning of its heading;
                             {{slides 18_1 Leakage: Vote; Answer}} are those whose titles begin so,
                             {{slides 18_1 Leakage: not Vote; Answer}} the others
    {{decks}}                from how many minutes the decks take to how many, by the rule of their notes
    {{discuss 18_3_3 1}}     the text of a Discuss question; {{discuss 18_3_3x 1}} is one of the exercises' frame
    {{sheet CHESTGUARD}}     a vendor's sheet as a learner sees it; {{key CHESTGUARD}} is how we read it
    {{evidence 18_1 word}}   the table below the one cell that has this word; the two models get names of tools
    {{exercise 18_5 d}}      the text of an exercise that needs no code, as on paper
    {{solution 18_6 i}}      the model answer of an exercise that is a text
    {{questions}}            the checklist, as an empty form
    {{verdict}}              its rule for the verdict, as a list; {{verdictform}} with boxes
    {{lines 4}}              lines to write on
    {{test A}}, {{testkey}}  a form of the concept test; its key and item map
    {{testrules}}, {{testmark}}  what rules without knowledge get in it; a mark of its items, for prints and key

A schedule is a block that begins with ```schedule 90 (the minutes there are) and has one line for each step, each
ending with | and what is done:  `parts 18_6 The verdict; A case` (parts by the beginning of their headings, with or
without their numbers, or `all`), `exercises 18.6-a`, or `fixed 10`, which is room time that no rule can compute. A
second | gives a column of its own to what learners do. It becomes a table; too long is a BuildError.
```schedule 90 deck is for a talk with the deck: a column names the slides of the parts or the pages of the exercises,
and parts take as long as their slides, if this is longer.
tools/teaching_tables.py has the tables of exercises and of tasks for marks, tools/teaching_texts.py answers to texts,
tools/teaching_places.py where everything is, tools/teaching_amber.py counts for the workshop on 18.3.
"""

import json
import math
import re
import sys
import zlib
from functools import cache
from pathlib import Path

import nbformat

import exercise_cells
import teaching_amber
import teaching_places
import teaching_tables
import teaching_texts
from cells import BEGIN, END, BuildError, notebook_cell, notebook_of, source_cells
from clinxai_teach import vendor_sheets
from clinxai_teach.checklist import QUESTIONS, RULES
from handouts import answers
from handouts.page import TEACHERS
from reading_time import code_seconds, counted, markdown_seconds, reading_minutes

ROOT = Path(__file__).resolve().parents[1]
SOURCES = Path("teaching") / "sources"
SCHEDULE = re.compile(r"^```schedule (\d+)( deck)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLACEHOLDER = re.compile(
    r"\{\{(reading|parts|evidence|exercise|solution|discuss|sheet|key|questions|verdict|verdictform|lines|testkey"
    r"|testrules|testmark"
    r"|test)((?: \w+)*)\}\}"
)
PART = re.compile(r"\{\{part (18_\w+) ([^{}]+)\}\}")
PAGE = re.compile(r"\{\{(key)?page (18\.\d-[a-z])\}\}")
KEYS = f"{TEACHERS}exercises_on_paper_key"
SLIDES = re.compile(r"\{\{slides (18_\w+) ([^{}]+)\}\}")
TOTAL = re.compile(r"\{\{total ([^{}]+)\}\}")


def notebook_path(root: Path, short: str) -> Path:
    """The built notebook whose name begins with 18_3_1; a BuildError if there is not exactly one."""
    found = sorted((root / "notebooks").glob(f"{short}_*.ipynb"))
    if len(found) != 1:
        raise BuildError(f"{short} names {len(found)} notebooks of notebooks/; write the beginning of one name")
    return found[0]


@cache
def read(root: Path, short: str) -> nbformat.NotebookNode:
    return nbformat.v4.reads(notebook_path(root, short).read_text(encoding="utf-8"))


def parts(root: Path, short: str) -> dict[str, float]:
    """The seconds of each part (heading of the second level) of a notebook, by the rule of tools/reading_time.py."""
    name, seconds = "Head", {"Head": 0.0}
    for cell, text in counted(read(root, short)):
        if cell.cell_type == "code":
            seconds[name] += code_seconds(cell)
            continue
        for piece in re.split(r"^(?=## )", text, flags=re.MULTILINE):
            if piece.startswith("## "):
                name = piece.split("\n")[0][3:].strip()
                seconds.setdefault(name, 0.0)
            seconds[name] += markdown_seconds(piece)
    return {part: value for part, value in seconds.items() if value >= 1}


def parts_table(root: Path, short: str) -> str:
    """The parts with their minutes, rounded so that they add up to the minutes of the lesson; none that has nothing."""
    there, total = parts(root, short), reading_minutes(read(root, short))
    whole = {part: int(seconds // 60) for part, seconds in there.items()}
    by_rest = sorted(there, key=lambda part: there[part] % 60, reverse=True)
    for part in by_rest[: total - sum(whole.values())]:
        whole[part] += 1
    lines, shown = ["| Part | Slides | Minutes |", "|---|---|---|"], slides_of(root, short)
    lines += [
        f"| {part} | {from_to(shown.get(part, []))} | {minutes or 'under 1'} |"
        for part, minutes in whole.items()
        if minutes or part in shown or part[0].isdigit()
    ]
    return "\n".join([*lines, f"| **All** | | **{total}** |"])


@cache
def slides_of(root: Path, short: str) -> dict[str, list[int]]:
    """The numbers of the slides of each part of a lesson, in its deck."""
    from slides.deck import slides_of_parts  # the notes of a deck import this module

    return slides_of_parts(root / "lessons" / f"{notebook_path(root, short).stem}.py")


def from_to(numbers: list[int]) -> str:
    """Numbers in their order as ranges: 3, or 3 to 5, or 3 to 5, 8."""
    starts = [number for number in numbers if number - 1 not in numbers]
    ends = [number for number in numbers if number + 1 not in numbers]
    return ", ".join(f"{a} to {z}" if z > a else str(a) for a, z in zip(starts, ends, strict=True))


def slide_numbers(root: Path, short: str, wanted: str) -> list[int]:
    """The slides of a part; behind a colon, the beginnings of the titles of some of them, or of the others."""
    start, _, named = wanted.partition(": ")
    part = heading(root, short, start)
    if part not in (shown := slides_of(root, short)):
        raise BuildError(f"the part {part!r} of {short} has no slide")
    titles = {number: made_slides(root, short)[number - 1][0] for number in shown[part]}
    starts = [each.strip() for each in named.removeprefix("not ").split(";") if each.strip()]
    for each in starts:
        if not any(title.startswith(each) for title in titles.values()):
            raise BuildError(f"no slide of {part!r} of {short} begins with {each!r}; there are: {[*titles.values()]}")
    others = not starts or named.startswith("not ")
    return [number for number, title in titles.items() if title.startswith(tuple(starts)) != others]


def slides(root: Path, short: str, wanted: str) -> str:
    """The slides of a part, or some of them, in words: slide 3, or slides 3 to 5."""
    numbers = slide_numbers(root, short, wanted)
    return f"slide{'s' * (len(numbers) > 1)} {from_to(numbers)}"


@cache
def made_slides(root: Path, short: str) -> list[tuple[str, int]]:
    """The title of each slide of a deck, and its minutes by the rule of the notes."""
    from slides.deck import deck
    from slides.notes import MINUTES

    made = deck(root / "lessons" / f"{notebook_path(root, short).stem}.py")
    return [(slide.title, MINUTES[slide.kind]) for slide in made]


def minutes_of_slides(root: Path, short: str) -> list[int]:
    """The minutes of each slide of a deck."""
    return [minutes for _, minutes in made_slides(root, short)]


def minutes_of_decks(root: Path) -> str:
    """The minutes of the shortest deck, and of the longest."""
    from slides.deck import lessons

    names = [re.match(r"18(?:_\d(?![a-z]))+", path.stem) for path in lessons(root)]
    minutes = [sum(minutes_of_slides(root, name[0])) for name in names if name]
    return f"{min(minutes)} to {max(minutes)}"


def with_deck(root: Path, step: str) -> tuple[str, int]:
    """What a step shows or hands out, in words, and the minutes of its slides and of its parts without slides."""
    kind, _, rest = step.strip().partition(" ")
    if kind == "exercises":
        there = [fact.id for fact in exercise_cells.facts(root, rest)]
        said, keys = (", ".join(page(each, paper) for each in there) for paper in ("exercises_on_paper", KEYS))
        return f"page{'' if said.isdigit() else 's'} {said} (key {keys})", 0
    if kind != "parts":
        return "", 0
    short, wanted = rest.split(" ", 1)
    if wanted == "all":
        return "all slides", sum(minutes_of_slides(root, short))
    names = [heading(root, short, start.strip()) for start in wanted.split(";")]
    numbers = [number for name in names for number in slides_of(root, short).get(name, [])]
    bare = [name for name in names if name not in slides_of(root, short)]
    said = [f"slide{'s' * (len(numbers) > 1)} {from_to(numbers)}"] * bool(numbers)
    in_text = " and ".join(part_number(root, short, name) for name in bare)
    said += [f"part{'s' * (len(bare) > 1)} {in_text} from the lesson"] * bool(bare)
    seconds = sum(parts(root, short)[name] for name in bare)
    return "; ".join(said), sum(minutes_of_slides(root, short)[n - 1] for n in numbers) + math.ceil(seconds / 60)


def heading(root: Path, short: str, start: str) -> str:
    """The one heading of a lesson that begins so, with or without its number."""
    there = parts(root, short)
    found = [name for name in there if name.startswith(start) or re.sub(r"^\d+\. ", "", name).startswith(start)]
    if len(found) != 1:
        raise BuildError(f"{start!r} begins {len(found)} headings of {short}; there are: {'; '.join(there)}")
    return found[0]


def part_number(root: Path, short: str, start: str) -> str:
    number = re.match(r"\d+(?=\. )", heading(root, short, start))
    if number is None:
        raise BuildError(f"the part {start!r} of {short} has no number")
    return number[0]


def with_part_numbers(text: str, root: Path) -> str:
    return PART.sub(lambda found: part_number(root, found[1], found[2]), text)


def page(exercise: str, paper: str = "exercises_on_paper") -> str:
    """The page of an exercise in the print of all that can be done on paper, or of its key in that of all keys."""
    if not (found := answers.span_of(exercise, paper)):
        raise BuildError(f"{exercise} is not printed: tools/handouts/pages.json has no page of it")
    return found


def parts_minutes(root: Path, short: str, wanted: str) -> int:
    """The minutes of some parts, rounded up; `wanted` is `all` or beginnings of headings, separated by semicolons."""
    if wanted.strip() == "all":
        return reading_minutes(read(root, short))
    there = parts(root, short)
    return math.ceil(sum(there[heading(root, short, start.strip())] for start in wanted.split(";")) / 60)


def step_minutes(root: Path, step: str) -> int | None:
    """The minutes of a step such as `fixed 5`, `parts 18_6 all` or `exercises 18.6-a`; None for anything else."""
    kind, _, rest = step.strip().partition(" ")
    if kind == "fixed":
        return int(rest)
    if kind == "parts":
        return parts_minutes(root, *rest.split(" ", 1))
    if kind == "exercises":
        return sum(fact.minutes for fact in exercise_cells.facts(root, rest.strip()))
    return None


def total(root: Path, steps: str) -> int:
    minutes = [step_minutes(root, step) for step in steps.split("+")]
    if None in minutes:
        raise BuildError(f"{{{{total {steps}}}}}: a step is `parts 18_6 all`, `exercises 18.6-a` or `fixed 10`")
    return sum(filter(None, minutes))


def learner_time(root: Path, term: str) -> str:
    """The hours of a learner without code: dates and home minutes of the term's first table, hours of the capstone."""
    rows = [row.split("|") for row in re.findall(r"^\| \d+ \|.*$", term.split("\n## Meeting 1:")[0], re.MULTILINE)]
    home = sum(int(found[0]) for row in rows if (found := re.match(r"\d+", row[6].strip())))
    brief = (root / SOURCES / "capstone.md").read_text(encoding="utf-8").partition("## Brief for each group")[2]
    capstone = sum(map(int, re.findall(r"^\| C\d \|.*\| (\d+) \| [^|]+ \|$", brief, re.MULTILINE)))
    room = 90 * len(rows)
    return (
        f"{len(rows)} dates of 90 minutes = {room / 60:g} hours, at home {home} minutes = {home / 60:.1f}, capstone "
        f"about {capstone}: {(room + home) / 60 + capstone:.0f} hours"
    )


def schedule(root: Path, limit: int, text: str, *, deck: bool = False) -> str:
    """The table of a schedule, from its lines; with a deck, what each step shows or hands out."""
    steps = [line.split("|") for line in filter(None, text.split("\n"))]
    columns = max(map(len, steps)) - 1
    leader = "Leader and screen" if re.search(r"\b(?:slides?|screens?|decks?|laptops?)\b", text) else "Leader"
    heads = ["From minute", "Minutes", *(["What"] if columns < 2 else [leader, "Learners"])]
    heads += ["Slides, or pages"] * deck
    at, rows = 0, [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for step, *what in steps:
        minutes = step_minutes(root, step)
        if minutes is None or len(what) != columns:
            raise BuildError(f"a line of a schedule is `parts 18_6 1. | what`, exercises or fixed; found {step!r}")
        said = [piece.strip() for piece in what]
        if deck:
            shown, longest = with_deck(root, step)
            said, minutes = [*said, shown], max(minutes, longest)
        rows.append(f"| {at} | {minutes} | {' | '.join(said)} |")
        at += minutes
    if at > limit:
        raise BuildError(f"a schedule for {limit} minutes takes {at}; shorten it")
    left = f"left over, of {limit}" + ": late starts and questions" * (not deck) + " | " * (columns == 2 or deck)
    return "\n".join([*rows, f"| {at} | {limit - at} | {left} |"])


def discussions(root: Path) -> dict[tuple[str, int], str]:
    """Every question to discuss in the lessons and (x behind the name) in the frames of the exercises."""
    found: dict[tuple[str, int], str] = {}
    for path in sorted((root / "lessons").glob("18_*.py")):
        short = re.match(r"18(?:_\d(?![a-z]))+", path.stem)
        assert short is not None
        name = short[0] + ("x" if path.stem.endswith("_exercises") else "")
        prose = re.sub(r"^# ?", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        if block := re.search(r"^## (?:Discuss|To discuss)\b.*?\n(.*?)(?=^#|^%%|\Z)", prose, re.MULTILINE | re.DOTALL):
            items = re.split(r"^(?:\d+\.|-) ", block[1], flags=re.MULTILINE)[1:]
        else:
            items = re.findall(r"^\*\*Discuss:\*\* (.*?)(?=\n\n|\Z)", prose, re.MULTILINE | re.DOTALL)
        for number, item in enumerate(items, 1):
            found[name, number] = " ".join(item.split())
    return found


def evidence(root: Path, short: str, name: str) -> str:
    """The table that a lesson's cell printed, with the two models under the names that the workshop gives them."""
    cells = [
        cell for cell in read(root, short).cells if cell.cell_type == "code" and re.search(rf"\b{name}\b", cell.source)
    ]
    tables = [
        table
        for cell in cells
        for output in cell.outputs
        for table in re.findall(r"<table.*?</table>", output.get("data", {}).get("text/html", ""), re.DOTALL)
    ]
    if len(tables) != 1:
        raise BuildError(f"{name} stands above {len(tables)} tables of {short}; name one that stands above one")
    plain = re.sub(
        r"<(table|tr|th|td|thead|tbody)\b[^>]*?( (?:rowspan|colspan)=\"?\d+\"?)?[^>]*>", r"<\1\2>", tables[0]
    )
    plain = re.sub(r"\n\s*", "\n", plain)
    return plain.replace("clean model", "tool Elm").replace("shortcut model", "tool Yew")


def exercise(root: Path, section: str, letter: str) -> str:
    """The first text of an exercise below its title and its line of minutes, without what only a notebook can do."""
    text = exercise_cells.exercise_cells(exercise_path(root, section, letter))[0].source.partition("\n")[2].strip()
    return "\n\n".join(block for block in text.split("\n\n")[1:] if "solution(" not in block)


def exercise_path(root: Path, section: str, letter: str) -> Path:
    return next(path for path in exercise_cells.exercise_files(root, section) if path.name[0] == letter)


def solution(root: Path, section: str, letter: str) -> str:
    """The model answer of an exercise that is a text."""
    cells = source_cells(exercise_path(root, section, letter))
    answer = next(cell for cell in cells if cell.metadata.get("title") == "answer")
    return answer.source.partition(BEGIN)[2].partition(END)[0].strip("# \n")


def sheet(name: str) -> str:
    """A sheet without its name, which is the heading on the page, and without lines: it is one page in print."""
    return str(getattr(vendor_sheets, name).between_rules().strip("-\n").partition("\n\n")[2])


def key(name: str) -> str:
    sheet = getattr(vendor_sheets, name)
    checklist = sheet.checklist()
    lines = ["| | Our answer | Why |", "|---|---|---|"]
    lines += [f"| {number} | {given.answer} | {given.evidence} |" for number, given in checklist.answers.items()]
    return "\n".join([*lines, "", f"**Verdict.** {checklist.verdict()}"])


def empty_form() -> str:
    """The form of the checklist: who judges, and the questions; a star where a committee answers."""
    stars = {question.number: r"\*" * (question.per == "tool") for question in QUESTIONS}
    lines = [
        "In this course you answer all sixteen, as if the first patient were here. In your hospital a committee "
        f"answers the {sum(map(bool, stars.values()))} with \\*.\n",
        "| | Question | yes, no, unknown, n/a | Evidence: which words of the sheet? |",
        "|---|---|---|---|",
        *(f"| {q.number}{stars[q.number]} ({q.group}) | {q.question} |  |  |" for q in QUESTIONS),
    ]
    return "\n".join(lines)


def verdict(box: str = "") -> str:
    """The rule of the verdict as a list; with a box, to tick."""
    return "\n".join(f"{n}. {box}{each.when}: **{each.title}**" for n, each in enumerate(RULES, 1))


def verdict_form() -> str:
    """The rule of the verdict, to go through on paper and to tick."""
    how = "Begin at line 1. Does it fit your answers? Tick it and stop. If not, go to the next line."
    return f'<div class="verdict">\n\n**Verdict.** {how}\n\n{verdict("☐ ")}\n\n</div>'


def items(root: Path) -> list[dict]:
    return json.loads((root / "teaching/concept_test/items.json").read_text(encoding="utf-8"))["items"]


def test_form(root: Path, form: str) -> str:
    blocks = []
    for item in items(root):
        asked = item[form]
        options = "\n".join(f"    - {letter}) {text}" for letter, text in asked["options"].items())
        blocks.append(f"{item['number']}. {asked['question']}\n\n{options}\n")
    return "\n".join(blocks)


def test_key(root: Path) -> str:
    lines = ["| Item | Section | Misconception | A | B | Why |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {i['number']} | {i['section']} | {i['misconception']} | {i['A']['key']} | {i['B']['key']} | {i['why']} |"
        for i in items(root)
    ]
    return "\n".join(lines)


SAME_LETTER = ["always a", "always b", "always c"]
CANNOT_TELL = re.compile(r"\bcannot tell\b", re.IGNORECASE)
WHOLE = re.compile(r"\b(only|every|all|nearly|mostly|proved)\b", re.IGNORECASE)


def without_knowledge(asked: dict) -> dict[str, list[str]]:
    """The options that are left to whoever follows a rule in place of knowledge; all three where it says nothing."""
    options = asked["options"]
    longest = max(map(len, options.values()))
    doubt = [asked["sceptical"]] if "sceptical" in asked else []
    no_yes = [letter for letter, text in options.items() if not re.match(r"(yes|no)\b", text, re.IGNORECASE)]
    told = [letter for letter, text in options.items() if not CANNOT_TELL.search(text)]
    rules = {
        "the sceptical option": doubt,
        "the sceptical one, else none with Yes or No": doubt or no_yes,
        "never the sceptical one": [letter for letter in options if letter not in doubt],
        "no option that begins with Yes or No": no_yes,
        "never “one cannot tell”": told,
        "then none with only, every, all, nearly, mostly or proved": [
            letter for letter in told if not WHOLE.search(options[letter])
        ],
        "the longest option": [letter for letter, text in options.items() if len(text) == longest],
        **{rule: [rule[-1]] for rule in SAME_LETTER},
    }
    return {rule: left or list(options) for rule, left in rules.items()}


def rule_scores(root: Path, form: str) -> dict[str, float]:
    """How many items are right, expected, by each rule without knowledge; among what is left one guesses."""
    scores: dict[str, float] = {}
    for item in items(root):
        for rule, left in without_knowledge(item[form]).items():
            scores[rule] = scores.get(rule, 0.0) + (item[form]["key"] in left) / len(left)
    return scores


def test_mark(root: Path) -> str:
    """Four signs that change with any word of the items: they stand on the prints, the key and in the class's gains."""
    return f"{zlib.crc32(json.dumps(items(root)).encode()):08x}"[:4]


def test_rules(root: Path) -> str:
    """The scores of some rules in words, of form A and of form B."""
    a, b = (rule_scores(root, form) for form in "AB")
    said = ("the sceptical option", *(rule for rule in a if re.match("never “|then ", rule)), "the longest option")
    doubtful = [
        [
            str(i["number"])
            for i in items(root)
            if ("sceptical" in i["A"]) and right == (i["A"]["sceptical"] == i["A"]["key"])
        ]
        for right in (True, False)
    ]
    letters = [scores[rule] for scores in (a, b) for rule in SAME_LETTER]
    return "; ".join(
        [
            *(f"{rule} {a[rule]:.1f} and {b[rule]:.1f}" for rule in said),
            f"one letter {min(letters):g} to {max(letters):g}",
            f"the sceptical option is offered by {', '.join(doubtful[0])} (right) and {', '.join(doubtful[1])} (wrong)",
        ]
    )


TESTS = {"testkey": test_key, "testrules": test_rules, "testmark": test_mark}


def filled(text: str, root: Path = ROOT) -> str:
    """A source with its schedules and placeholders filled in."""
    asked = discussions(root)

    def put(found: re.Match[str]) -> str:
        what, rest = found[1], found[2].split()
        if what == "discuss":
            if (rest[0], int(rest[1])) not in asked:
                raise BuildError(f"{found[0]}: the lessons have no such question")
            return f"**“{asked[rest[0], int(rest[1])]}”**"
        if what in ("sheet", "key"):
            return key(rest[0]) if what == "key" else sheet(rest[0])
        if what in ("exercise", "solution"):
            return exercise(root, *rest) if what == "exercise" else solution(root, *rest)
        if what == "evidence":
            return evidence(root, *rest)
        if what == "lines":
            return '<div class="line"></div>' * int(rest[0])
        if what in ("reading", "parts"):
            return str(reading_minutes(read(root, rest[0]))) if what == "reading" else parts_table(root, rest[0])
        if what == "test":
            return test_form(root, rest[0])
        if what in TESTS:
            return TESTS[what](root)
        return {"verdict": verdict, "verdictform": verdict_form, "questions": empty_form}[what]()

    text = with_part_numbers(text, root)
    text = SLIDES.sub(lambda found: slides(root, found[1], found[2]), text)
    text = PAGE.sub(lambda found: page(found[2], *[KEYS] * bool(found[1])), text)
    if "{{decks}}" in text:
        text = text.replace("{{decks}}", minutes_of_decks(root))
    text = TOTAL.sub(lambda found: str(total(root, found[1])), text)
    text = teaching_tables.fill_in(text, root)
    text = teaching_texts.fill_in(text, root)
    text = teaching_places.fill_in(text)
    text = teaching_amber.fill_in(text)
    text = SCHEDULE.sub(lambda found: schedule(root, int(found[1]), found[3], deck=bool(found[2])), text)
    text = PLACEHOLDER.sub(put, text)
    if "{{learnertime}}" in text:
        text = text.replace("{{learnertime}}", learner_time(root, text))
    return exercise_cells.fill_in(text, root)


def notebook(path: Path) -> str:
    """The text of a notebook without outputs, from a source in percent format."""
    made = notebook_of([notebook_cell(cell) for cell in source_cells(path)], path.stem)
    return nbformat.writes(made) + "\n"


def pages(root: Path = ROOT) -> dict[Path, str]:
    """Each page with its text, from its source of the same name; each notebook from a source in percent format."""
    made = {}
    for path in sorted((root / SOURCES).rglob("*")):
        target = root / "teaching" / path.relative_to(root / SOURCES)
        if path.suffix == ".md":
            made[target] = filled(path.read_text(encoding="utf-8"), root)
        elif path.suffix == ".py":
            made[target.with_suffix(".ipynb")] = notebook(path)
    return made


def main() -> int:
    """Write all pages; with --check, only say which are not current."""
    made = pages()
    old = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in old:
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[path], encoding="utf-8")
        print(path.relative_to(ROOT))
    return int("--check" in sys.argv and bool(old))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BuildError as error:
        sys.exit(str(error))
