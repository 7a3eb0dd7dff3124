"""teaching/ is current, complete and without broken links; the two forms of the concept test are parallel."""

import csv
import importlib.util
import json
import math
import re
import runpy
import shutil

import nbformat
import numpy as np
import pytest
import scipy.stats

import build
import teaching_amber
import teaching_pages
import teaching_tables
import teaching_texts
from cells import BuildError
from clinxai_teach.checklist import GROUPS
from clinxai_teach.checklist.verdict import NOT_SEEN
from clinxai_teach.checks import bank, judging
from clinxai_teach.classroom.items import FreeText
from clinxai_teach.intervals import difference_interval, wilson_interval
from handouts import build as handouts
from slides.deck import deck

ROOT = teaching_pages.ROOT
TEACHING = ROOT / "teaching"
PAGES = sorted((ROOT / teaching_pages.SOURCES).rglob("*.md"))
ITEMS = json.loads((TEACHING / "concept_test" / "items.json").read_text(encoding="utf-8"))["items"]


def load_gains():
    spec = importlib.util.spec_from_file_location("gains", TEACHING / "concept_test" / "gains.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


gains = load_gains()


@pytest.mark.parametrize("source", PAGES, ids=lambda path: path.stem)
def test_page_is_current(source):
    page = TEACHING / source.relative_to(ROOT / teaching_pages.SOURCES)
    made = teaching_pages.filled(source.read_text(encoding="utf-8"))
    assert page.read_text(encoding="utf-8") == made, "run python tools/teaching_pages.py"
    assert "{{" not in made
    assert "```schedule" not in made


def test_no_link_is_broken():
    for page in TEACHING.rglob("*.md"):
        if ROOT / teaching_pages.SOURCES in page.parents:
            continue
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_discuss_question_is_answered():
    guide = sources()["sections"]
    answers = {
        (name, int(number)): answer.strip()
        for name, number, answer in re.findall(r"\{\{discuss (\w+) (\d+)\}\}(.*)", guide)
    }
    asked = teaching_pages.discussions(ROOT)
    assert len(asked) > 40
    assert set(answers) == set(asked)
    assert all(len(answer) > 20 for answer in answers.values())


def test_every_section_is_complete():
    guide = sources()["sections"]
    for path in (ROOT / "notebooks").glob("18_*.ipynb"):
        assert sum(f"{{{{parts {short}}}}}" in guide for short in (path.stem[:6], path.stem[:4])) == 1, path.stem
    for what in ("**Goes wrong in the room.**", "**Time.**", "**Skip**", "**Bridges.**", "**Board.**"):
        assert guide.count(what) == 10, what


def test_schedules_of_the_source_hold_no_computed_minutes():
    blocks = teaching_pages.SCHEDULE.findall(sources()["schedules"])
    assert len(blocks) >= 7
    for _, with_deck, steps in blocks:
        assert with_deck
        for line in steps.strip().split("\n"):
            assert re.match(r"(fixed \d+|parts 18_\w+ [^|]+|exercises 18\.\d-\w+) \| ", line), line
            assert not re.search(r"\d+ min", line), line


def test_parts_of_a_notebook_add_up_to_its_minutes():
    for path in (ROOT / "notebooks").glob("18_*.ipynb"):
        short = re.match(r"18(?:_\d(?![a-z]))+", path.stem)[0]
        minutes = sum(teaching_pages.parts(ROOT, short).values()) / 60
        assert minutes == pytest.approx(teaching_pages.parts_minutes(ROOT, short, "all"), abs=0.7)


def test_a_schedule_with_a_deck_names_slides_and_pages_and_is_long_enough_for_them():
    step = "parts 18_5_2 After go-live; Who says"
    shown, minutes = teaching_pages.with_deck(ROOT, step)
    numbers = teaching_pages.slides_of(ROOT, "18_5_2")[teaching_pages.heading(ROOT, "18_5_2", "After go-live")]
    bare = teaching_pages.part_number(ROOT, "18_5_2", "Who says")
    assert shown == f"slides {numbers[0]} to {numbers[-1]}; part {bare} from the lesson"
    of_slides = sum(teaching_pages.minutes_of_slides(ROOT, "18_5_2")[number - 1] for number in numbers)
    assert minutes == of_slides + teaching_pages.parts_minutes(ROOT, "18_5_2", "Who says")
    longer = max(minutes, teaching_pages.step_minutes(ROOT, step))
    pages, keys = (
        ", ".join(teaching_pages.page(name, paper) for name in ("18.3-j", "18.3-k"))
        for paper in ("exercises_on_paper", teaching_pages.KEYS)
    )
    table = teaching_pages.schedule(ROOT, 90, f"{step} | a\nexercises 18.3-jk | b\nfixed 5 | c\n", deck=True)
    assert f"| 0 | {longer} | a | {shown} |" in table
    assert f"| b | pages {pages} (key {keys}) |" in table
    assert "| 5 | c |  |" in table
    assert len({line.count("|") for line in table.split("\n")}) == 1
    assert teaching_pages.from_to([2, 3, 6, 8, 9]) == "2 to 3, 6, 8 to 9"


def test_what_a_vote_of_a_schedule_quotes_is_on_a_slide_that_is_shown_before_it_or_on_the_card():
    text, quoted = sources()["schedules"], 0
    for short, wanted in re.findall(r"^parts (18_\w+) ([^|]+) \|", text, re.MULTILINE):
        slides = deck(ROOT / "lessons" / f"{teaching_pages.notebook_path(ROOT, short).stem}.py")
        numbers = range(1, len(slides) + 1)
        if wanted != "all":
            names = [teaching_pages.heading(ROOT, short, start.strip()) for start in wanted.split(";")]
            numbers = sorted(n for name in names for n in teaching_pages.slides_of(ROOT, short).get(name, []))
        seen = ""
        for slide in (slides[number - 1] for number in numbers):
            found = re.findall(r"You found (\d[\d.]*\d)|(the rule)\b", slide.body) if slide.kind == "vote" else []
            terms = ("clean model", "shortcut model", "coverage", "edges", "gradient")
            for term in terms if slide.kind == "vote" else ():
                assert term not in slide.body.lower() or term in seen.lower(), (short, wanted, slide.title, term)
            for number, rule in found:
                assert (number or rule) in seen, (short, wanted, slide.title)
            if asks := slide.kind == "vote" and bool(re.search(r"[Qq]uestion \d|answers at \d", slide.body)):
                assert "which groups of [the card](../docs/checklist_card.pdf) to read" in text
                assert short == "18_6"
                assert "Read groups" in dict(slide.notes)["Say first"]
            quoted += len(found) + asks
            seen += f"{slide.title.lower()} {slide.body}"
    assert quoted > 10


def test_schedule_says_what_is_wrong():
    with pytest.raises(BuildError, match="takes 20"):
        teaching_pages.schedule(ROOT, 10, "fixed 20 | Talk\n")
    with pytest.raises(BuildError, match="a line of a schedule"):
        teaching_pages.schedule(ROOT, 10, "talk 5 | Talk\n")
    with pytest.raises(BuildError, match="begins 0 headings"):
        teaching_pages.schedule(ROOT, 90, "parts 18_6 99. | Talk\n")
    table = teaching_pages.schedule(ROOT, 10, "fixed 4 | a\nfixed 5 | b\n")
    assert "| 0 | 4 | a |" in table
    assert "| 4 | 5 | b |" in table
    assert "| 9 | 1 | left over" in table


def sources():
    return {path.stem: path.read_text(encoding="utf-8") for path in PAGES}


def test_no_part_number_is_typed_by_hand():
    """Numbers of a lesson's parts come from its headings, so that none can name a part that is gone."""
    for name in ("sections", "term", "schedules", "guide"):
        text = sources()[name]
        assert text.count("{{part 18_") >= (15 if name in ("sections", "term") else 1)
        text = re.sub(r"\{\{[^{}]*\}\}", "", text)
        typed = re.findall(
            r"18\.[\d.-]+,? \(?parts? \d+|\*\*Skip\*\* (?:parts? )?\d|^parts 18_\w+ [^|]*\d+\.", text, re.MULTILINE
        )
        assert typed == [], name


def test_a_part_that_is_gone_is_named():
    assert teaching_pages.part_number(ROOT, "18_6", "The verdict") == "3"
    with pytest.raises(BuildError, match="begins 0 headings of 18_6"):
        teaching_pages.filled("{{part 18_6 No such part}}")
    with pytest.raises(BuildError, match="has no number"):
        teaching_pages.filled("{{part 18_6 Key points}}")


def test_the_parts_of_every_table_add_up_to_the_lesson():
    for path in (ROOT / "notebooks").glob("18_*.ipynb"):
        short = re.match(r"18(?:_\d(?![a-z]))+", path.stem)[0]
        shown = re.findall(r"^\|.*\| (\d+|under 1) \|$", teaching_pages.parts_table(ROOT, short), re.MULTILINE)
        minutes = sum(0 if each == "under 1" else int(each) for each in shown)
        assert minutes == teaching_pages.parts_minutes(ROOT, short, "all"), short


def test_a_schedule_may_say_what_learners_do():
    table = teaching_pages.schedule(ROOT, 10, "fixed 4 | a | b\nfixed 5 | c | d\n")
    assert "| From minute | Minutes | Leader | Learners |" in table
    shown = teaching_pages.schedule(ROOT, 10, "fixed 4 | a slide | b\n")
    assert "| From minute | Minutes | Leader and screen | Learners |" in shown
    assert "| 0 | 4 | a | b |" in table
    with pytest.raises(BuildError, match="a line of a schedule"):
        teaching_pages.schedule(ROOT, 10, "fixed 4 | a | b\nfixed 5 | c\n")
    assert teaching_pages.total(ROOT, "fixed 2 + fixed 3") == 5
    with pytest.raises(BuildError, match="a step is"):
        teaching_pages.total(ROOT, "fixed 2 + three")


# ---- the term ------------------------------------------------------------------------------------


def meetings():
    """The rows of the term's table: number of the meeting, and its cells."""
    rows = re.findall(r"^\| (\d+) \| (\d+) [^|]+\|(.*)\|$", sources()["term"], re.MULTILINE)
    return {int(number): [cell.strip() for cell in rest.split("|")] for _, number, rest in rows}


def test_every_meeting_has_a_plan_of_90_minutes():
    text = sources()["term"]
    assert list(meetings()) == list(range(1, 13))
    plans = re.split(r"^## Meeting (\d+): .*$", text, flags=re.MULTILINE)
    for number, plan in zip(plans[1::2], plans[2::2], strict=True):
        assert re.search(r"^```schedule 90$", plan, re.MULTILINE) or "](workshops/" in plan, number
    assert len(plans) == 1 + 2 * 12


def test_every_plan_leaves_five_minutes():
    for page in (TEACHING / "term.md", *WORKSHOPS):
        left = re.findall(r"^\| \d+ \| (\d+) \| left over", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert left, page.name
        assert min(map(int, left)) >= 5, page.name


def test_what_a_workshop_would_spoil_is_read_after_it():
    for number, section in ((2, "18.1"), (5, "18.3")):
        read, home = meetings()[number][0], meetings()[number][2]
        assert read == f"nothing of {section}"
        assert f"read {section}" in home
        assert section in meetings()[number + 1][0]


def test_each_lesson_is_read_at_home_before_the_meeting_that_needs_it():
    there = meetings()
    for number in set(range(3, 12)) - {5}:
        for section in re.findall(r"18\.\d(?:\.\d)?", there[number][0]):
            assert any(f"{section}" in there[before][2] for before in (number - 1, number - 2)), (number, section)


def with_letters(text):
    """The exercises that a text names: "18.1-b, d" and "18.1-bd" are 18.1-b and 18.1-d."""
    found = re.findall(r"(18\.\d)-([a-z]+(?:, [a-z]\b)*)", text)
    return [f"{section}-{letter}" for section, letters in found for letter in re.sub(r"[^a-z]", "", letters)]


def test_no_exercise_is_set_twice_and_every_one_with_code_has_its_week():
    text = re.sub(r"\{\{[^{}]*\}\}", "", sources()["term"])
    room = [name for line in re.findall(r"^exercises (\S+) \|", text, re.MULTILINE) for name in with_letters(line)]
    rows = [
        [cell.strip() for cell in rest]
        for rest in (re.sub(r"\{\{[^{}]*\}\}", "", "|".join(row)).split("|") for row in meetings().values())
    ]
    home = [name for row in rows for name in with_letters(row[2])]
    code = [name for row in rows for name in with_letters(row[4])]
    every = room + home + code
    assert len(every) == len(set(every)) > 50
    needs = {fact.id: fact.coding for fact in teaching_tables.exercise_cells.facts(ROOT, "18.1")}
    for number in range(2, 7):
        needs |= {fact.id: fact.coding for fact in teaching_tables.exercise_cells.facts(ROOT, f"18.{number}")}
    assert {name for name, coding in needs.items() if coding == "code"} == set(code)
    assert not set(code) & set(room + home)
    said = f"{len(home)} at home and {len(room)} in the room are {len(home + room)}, and 30 are needed"
    assert said in text
    assert "| no pass mark: 30 of 72, ten" in (TEACHING / "rules.md").read_text(encoding="utf-8")


def test_the_hours_of_a_learner_are_those_of_the_table_and_of_the_brief():
    page = (TEACHING / "term.md").read_text(encoding="utf-8")
    said = re.search(
        r"(\d+) dates of 90 minutes = (\d+) hours, at home (\d+) minutes = ([\d.]+), capstone about (\d+): (\d+) h",
        page,
    )
    dates, room, home, home_hours, capstone, whole = map(float, said.groups())
    table = page.split("## The term at a glance")[1].split("\n## ")[0]
    minutes = re.findall(r"^\| \d+ \| \d+ (?:[^|]+\|){4} (\d+)", table, re.MULTILINE)
    assert (dates, home) == (14, sum(map(int, minutes)))
    assert len(minutes) == 11
    plans = re.findall(r"left over, of (\d+)", page)
    assert plans == ["90"] * (len(plans))
    assert room == dates * 90 / 60
    assert home_hours == round(home / 60, 1)
    brief = sources()["capstone"].split("## Brief for each group")[1].split("\n## ")[0]
    hours = [int(row.split("|")[5]) for row in re.findall(r"^\| C\d .*$", brief, re.MULTILINE)]
    assert len(hours) == 6
    assert capstone == sum(hours)
    assert whole == round(room + home / 60 + capstone)


def test_each_meeting_names_the_pages_of_its_exercises():
    for plan in re.split(r"^## ", sources()["term"], flags=re.MULTILINE)[1:]:
        room = [name for line in re.findall(r"^exercises (\S+) \|", plan, re.MULTILINE) for name in with_letters(line)]
        if not plan.startswith("Only 12"):  # its own test is below
            assert re.findall(r"\{\{page (\S+)\}\}", plan) == room, plan[:20]
            assert re.findall(r"\{\{keypage (\S+)\}\}", plan) == room, plan[:20]
    with pytest.raises(BuildError, match=r"18\.1-b is not printed"):
        teaching_pages.filled("{{page 18.1-b}}")


def test_a_term_of_12_or_13_dates_leaves_no_exercise_out():
    text = sources()["term"]
    plan = text.split("## Only 12 or 13 dates")[1]
    room = {
        number: with_letters(" ".join(re.findall(r"^exercises (\S+) \|", part, re.MULTILINE)))
        for number, part in re.findall(r"^## Meeting (\d+):(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    }
    home = {number: with_letters(re.sub(r"\{\{[^{}]*\}\}", "", cells[2])) for number, cells in meetings().items()}
    fourth = set(room["4"] + home[4])
    rows = [re.split(r" ?\| ?", row)[1:-1] for row in re.findall(r"^\| 1[23] \| .*$", plan, re.MULTILINE)]
    first, second, third, last = (set(with_letters(row[2].replace("then ", ""))) for row in rows)
    assert first == fourth
    assert second == set(room["3"] + home[3])
    assert (third, last) == (set(), set())
    assert rows[2][2] == "read 18.2.3" in meetings()[3][2]
    assert rows[3][2] == "as 13 after 6"
    for paper in ("page", "keypage"):
        assert re.findall(rf"\{{\{{{paper} (\S+?)\}}\}}", plan) == [f"18.2-{letter}" for letter in "lkhmijn"]


def test_the_key_of_meeting_4_is_the_table_of_the_lesson():
    notebook = teaching_pages.read(ROOT, "18_2_3")
    (table,) = [
        output.data["text/plain"]
        for cell in notebook.cells
        if cell.cell_type == "code" and "people under 40" in cell.source
        for output in cell.outputs
        if "text/plain" in output.get("data", {})
    ]
    bars = [float(number) for number in re.findall(r"^age +(.*)$", table, re.MULTILINE) for number in number.split()]
    said = re.search(r"beside 1,000 .*? (\S+), short; .*? (\S+), none; .*? (\S+), long;", sources()["term"]).groups()
    assert bars[:2] == [float(number) for number in said[:2]]
    assert f"age                                     {said[0].lstrip('+')}" in table
    assert re.search(rf"^age +{said[2].lstrip('+')} *$", table, re.MULTILINE)
    slides = deck(ROOT / "lessons" / "18_2_3_shap.py")
    shown = teaching_pages.slides_of(ROOT, "18_2_3")[teaching_pages.heading(ROOT, "18_2_3", "Compared with")]
    assert slides[shown[-1] - 1].title == "The man beside three groups"


def test_the_own_part_has_three_questions_on_each_part_of_the_dossier():
    page = sources()["capstone"]
    own = page.split("## Own part")[1].split("\n## ")[0]
    parts = re.findall(r"^\| (\d [^|]+) \|", page.split("## Six weeks")[0], re.MULTILINE)
    assert re.findall(r"^\| (\d [^|]+) \|", own, re.MULTILINE) == parts
    assert [len(re.findall(rf"\| {letter}\. [^|]+ \| [^|]{{10,}} \|", own)) for letter in "abc"] == [8, 8, 8]


def test_each_part_of_the_dossier_is_taught_before_it_is_due():
    text = sources()["capstone"]
    wanted = dict(re.findall(r"^\| (\d) [^|]+\|[^|]+\| ([^|]+) \|", text.split("## Six weeks")[0], re.MULTILINE))
    due = {"1": 8, "2": 8, "3": 10, "4": 10, "5": 10, "6": 11, "7": 11, "8": 11}
    assert set(wanted) == set(due)
    read = {number: cells[0] for number, cells in meetings().items()}
    for part, sections in wanted.items():
        for section in sections.strip().split(", "):
            known = any(section in read[number] for number in range(1, due[part] + 1))
            assert known, f"part {part} needs {section} before meeting {due[part]}"


# ---- exercises, and tasks for marks --------------------------------------------------------------


def test_the_list_of_exercises_has_each_one_once():
    page = (TEACHING / "exercises.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (18\.\d-[a-z]) ", page, re.MULTILINE)
    assert len(listed) == len(set(listed)) == int(teaching_tables.exercise_cells.said("number", "all", ROOT))


def test_an_exercise_without_a_goal_is_named():
    lines = "".join(f"{letter} 1\n" for letter in sorted(teaching_tables.exercise_paths(ROOT, "18_6")))
    assert "18.6-a" in teaching_tables.exercise_table(ROOT, "18_6", lines)
    with pytest.raises(BuildError, match="its frame shows exercises"):
        teaching_tables.exercise_table(ROOT, "18_6", lines.replace("a 1\n", ""))
    with pytest.raises(BuildError, match="exercise a: 18_6 has the goals"):
        teaching_tables.exercise_table(ROOT, "18_6", lines.replace("a 1\n", "a 9\n"))


def test_every_goal_is_asked_by_an_exercise():
    page = sources()["exercises"]
    for short, lines in teaching_tables.EXERCISES.findall(page):
        asked = {int(number) for line in lines.strip().split("\n") for number in line.split()[1:]}
        assert asked == set(teaching_tables.goals(ROOT, short)), short


def test_the_test_fits_its_time_and_weights_add_up():
    text = sources()["assessment"]
    assert sum(map(int, re.findall(r"\| (\d+)% \|", sources()["rules"]))) == 100
    ((limit, names),) = teaching_tables.TEST.findall(text)
    assert {name[:4] for name in names.split()} == {f"18_{n}" for n in range(1, 7)}
    with pytest.raises(BuildError, match="a test of 10 minutes takes"):
        teaching_tables.test_table(ROOT, 10, names)
    with pytest.raises(BuildError, match="does not exist"):
        teaching_tables.test_table(ROOT, int(limit), "18_1_no_such_task")


def test_weights_stand_in_the_rules_alone_and_each_has_its_marker():
    rules, marked = (TEACHING / "rules.md").read_text(encoding="utf-8"), sources()["assessment"]
    shown = re.findall(r"^\| ([^|]+) \| [^|]+ \| \d+% \|", rules, re.MULTILINE)
    table = marked.split("## Weights")[1].split("\n## ")[0]
    assert re.findall(r"^\| ([^|]+) \| [^|]+ \|$", table, re.MULTILINE) == ["What", *shown]
    assert len(shown) == 5
    assert "% |" not in marked
    assert "](" not in rules  # no learner gets what a link would lead to


def test_the_examples_of_points_to_marks_are_right():
    text = sources()["rules"]
    ((_, names),) = teaching_tables.TEST.findall(sources()["assessment"])
    most = sum(task.points for task, _ in teaching_tables.tasks(ROOT, names.split()))
    points, of, marks, weight = map(
        int, re.search(r"(\d+) of (\d+) in the test are (\d+) of its (\d+)%", text).groups()
    )
    assert of == most
    assert marks == points / of * weight
    every, done, share = map(
        int, re.search(r"all 10% from (\d+) on, below that their share \((\d+) are (\d+)%\)", text).groups()
    )
    assert share == 10 * done / every


def test_dates_of_the_rules_are_those_of_the_term():
    rules, term = sources()["rules"], sources()["term"]
    for what, week in (("Test", 13), ("Own part of the capstone", 14)):
        assert re.search(rf"^\| {what}[^|]* \| week {week} \|", rules, re.MULTILINE)
    assert "## Week 13: the test" in term
    assert "## Week 14: the own part" in term
    for what, meeting in (("Milestone 1", 8), ("Milestone 2", 10)):
        assert re.search(rf"^\| {what}[^|]* \|[^|]*before meeting {meeting} \|", rules, re.MULTILINE)
        plan = term.split(f"## Meeting {meeting}:")[1].split("\n## ")[0]
        assert re.search(rf"Handed in [^.]*: {what.lower()}", plan.replace("**", "")), what


def test_what_the_rules_collect_in_a_week_stands_in_the_plan_of_this_week():
    rules, term = sources()["rules"], sources()["term"]
    collected = next(line for line in term.split("## Week 13:")[1].split("\n") if "Collect" in line)
    in_week = re.findall(r"^\| (.+?) \| week 13\b", rules, re.MULTILINE)
    words = [re.split(r"[ ,]", what)[0].lower() for what in in_week]
    assert words == ["marks", "list", "test"]
    assert all(word in collected for word in words)


def test_every_group_of_four_or_five_marks_each_line_of_the_rubric():
    """Somebody else's dossier, that is: meeting 12 counts 1 to 4 in each group, and n marks lines n and n + 4."""
    plan = sources()["term"].split("## Meeting 12:")[1].split("\n## ")[0]
    assert "lines n and n + 4" in plan
    names = re.findall(r"^\| ((?!Crit)[A-Z][\w ]+) \|(?: [^|]+ \|){4}$", sources()["capstone"], re.MULTILINE)
    assert f"(1: *{names[0]}* and *{names[4]}*)" in plan
    for size in (4, 5):
        marked = {line for person in range(size) for line in (person % 4, person % 4 + 4)}
        assert marked == set(range(len(names))) == set(range(8))


# ---- texts at full marks, two points, one point --------------------------------------------------


TASKS = {task.id: variant for task, variant in teaching_tables.tasks(ROOT) if isinstance(variant, FreeText)}
TEXTS = {
    name: teaching_texts.SAMPLE.findall(part)
    for name, part in zip(
        *[iter(re.split(r"^## (18\.\d-[a-z]) .*$", sources()["texts"], flags=re.MULTILINE)[1:])] * 2, strict=True
    )
}


def test_every_text_of_the_course_has_samples():
    free = {
        bank.id_of(path)
        for section in bank.section_numbers()
        for path in bank.files(section).values()
        if not bank.is_checked(path)
    }
    assert set(TEXTS) == free
    assert len(TASKS) == 6


def numbers_of(text):
    return set(re.findall(r"\d+(?:\.\d+)?", text))


@pytest.mark.parametrize("name", TEXTS)
def test_samples_of_an_exercise_get_two_points_and_one(name):
    path = teaching_texts.file_of(ROOT, name)
    most = list(teaching_texts.criteria(ROOT, name).values())
    known = path.read_text(encoding="utf-8") + bank.load(path).material
    assert [sum(map(float, points.split())) for _, points, *_ in TEXTS[name]] == [2, 1]
    for at, points, text, why in TEXTS[name]:
        assert at == name
        assert all(got in (0, limit) for got, limit in zip(map(float, points.split()), most, strict=True))
        assert numbers_of(text) <= numbers_of(known)
        assert 10 < len(text.split()) < 120
        assert len(why.split()) > 8


@pytest.mark.parametrize("name", TASKS)
def test_samples_of_a_task_get_two_points_and_one(name):
    task = TASKS[name]
    assert [sum(sample.points) for sample in task.samples] == [2, 1]
    for sample in task.samples:
        assert all(0 <= got <= most for got, most in zip(sample.points, task.criteria.values(), strict=True))
        assert numbers_of(sample.text) <= numbers_of(task.text + task.model_answer + " ".join(task.criteria))
        assert sample.text != task.model_answer
        assert len(sample.why.split()) > 8


def test_a_sample_with_too_many_points_is_refused():
    with pytest.raises(BuildError, match="at most"):
        teaching_texts.shown([2, 0], [1, 1], "text", "why")
    with pytest.raises(BuildError, match="at most"):
        teaching_texts.shown([1], [1, 1], "text", "why")


def test_every_criterion_of_the_rubric_has_three_levels_shown():
    rubric = re.search(r"^## Rubric\n(.*?)^\*\*Marks", sources()["capstone"], re.MULTILINE | re.DOTALL)[1]
    names = re.findall(r"^\| ((?!Criterion)[A-Z][\w ]+) \|", rubric, re.MULTILINE)
    parts = sources()["texts"].split("## Parts of the dossier")[1]
    shown = dict(re.findall(r"^\*\*([\w ]+)\*\*\n\n((?:- .*\n?)+)", parts, re.MULTILINE))
    assert list(shown) == names
    for name, text in shown.items():
        assert re.findall(r"^- \*\*(\d) point", text, re.MULTILINE) == ["1", "2", "3"], name
        assert text.count("*Why:*") == 2, name


# ---- the concept test ----------------------------------------------------------------------------


def test_forms_are_parallel():
    assert [item["number"] for item in ITEMS] == list(range(1, 21))
    assert {item["section"] for item in ITEMS} == {f"18.{n}" for n in range(1, 7)}
    assert len({item["misconception"] for item in ITEMS}) == 20
    for item in ITEMS:
        for form in "AB":
            asked = item[form]
            assert set(asked["options"]) == {"a", "b", "c"}
            assert len(set(asked["options"].values())) == 3
            assert asked["key"] in asked["options"]
            assert asked["lure"] in asked["options"]
            assert asked["lure"] != asked["key"]
        assert item["A"]["question"] != item["B"]["question"]


@pytest.mark.parametrize("form", ["A", "B"])
def test_a_letter_gains_nothing(form):
    keys = [item[form]["key"] for item in ITEMS]
    assert all(6 <= keys.count(letter) <= 7 for letter in "abc")


DOUBT = re.compile(
    r"cannot tell|^(nothing|not known|neither:|wait\b|unknown|it depends)|may .+ all the same", re.IGNORECASE
)


@pytest.mark.parametrize("form", ["A", "B"])
def test_no_rule_gets_further_than_chance_without_knowledge(form):
    """By chance it is 6.7 of 20; where the sceptical option is never a lure, an attitude looks like knowledge."""
    scores = teaching_pages.rule_scores(ROOT, form)
    assert len(scores) == 10
    assert all(5 <= score <= 8 for score in scores.values()), scores
    offered = [item for item in ITEMS if "sceptical" in item[form]]
    lures = [item for item in offered if item[form]["sceptical"] != item[form]["key"]]
    assert any(teaching_pages.CANNOT_TELL.search(item[form]["options"][item[form]["key"]]) for item in ITEMS)
    assert len(lures) >= 4
    assert len(offered) - len(lures) >= 3
    for item in ITEMS:
        doubtful = [letter for letter, text in item[form]["options"].items() if DOUBT.search(text)]
        assert doubtful == [item[form][name] for name in ("sceptical",) if name in item[form]], item["number"]


def test_a_rule_for_what_is_left_guesses_among_it():
    asked = {"options": {"a": "Yes: it is", "b": "No", "c": "Nobody looks, so one cannot tell"}, "sceptical": "c"}
    left = teaching_pages.without_knowledge(asked)
    assert left["the sceptical option"] == left["the longest option"] == ["c"]
    assert left["no option that begins with Yes or No"] == ["c"]
    assert left["never the sceptical one"] == left["never “one cannot tell”"] == ["a", "b"]
    asked["options"]["a"] = "Only this"
    assert teaching_pages.without_knowledge(asked)["then none with only, every, all, nearly, mostly or proved"] == ["b"]
    del asked["sceptical"]
    assert teaching_pages.without_knowledge(asked)["the sceptical option"] == ["a", "b", "c"]


def test_the_letters_of_the_keys_follow_no_pattern_and_one_form_does_not_give_the_other():
    a, b = ("".join(item[form]["key"] for item in ITEMS) for form in "AB")
    assert len(set(zip(a, b, strict=True))) == 9  # no letter of A stands for a letter of B
    for keys in (a, b):
        again = [[one == two for one, two in zip(keys, keys[lag:], strict=False)] for lag in range(1, 11)]
        assert any(again[0])  # a letter may come twice running, or "never the last one" would be a rule
        assert all(sum(same) <= 0.7 * len(same) for same in again)
    same = [item["A"].get("sceptical") == item["A"]["key"] for item in ITEMS]
    assert same == [item["B"].get("sceptical") == item["B"]["key"] for item in ITEMS]


def test_forms_key_and_gains_have_the_mark_of_the_items():
    """Prints of another version would be marked by the wrong key."""
    mark = teaching_pages.test_mark(ROOT)
    assert mark == gains.MARK
    for name in ("form_A", "form_B", "key"):
        assert f"items {mark}" in (TEACHING / "concept_test" / f"{name}.md").read_text(encoding="utf-8")


def row(person, when, form, right):
    keys = [item[form]["key"] for item in ITEMS]
    answers = [key if number < right else "" for number, key in enumerate(keys)]
    return [person, when, form, *answers]


def write(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["person", "when", "form", *(f"q{n}" for n in range(1, 21))], *rows])
    return path


def test_gain_is_that_of_the_formula(tmp_path):
    rows = [row(p, when, form, right) for p, when, form, right in [
        ("1", "before", "A", 8), ("1", "after", "B", 10),
        ("2", "before", "B", 8), ("2", "after", "A", 12),
        ("3", "before", "A", 8), ("3", "after", "B", 14),
        ("4", "before", "A", 5),
    ]]  # fmt: skip
    people = gains.read_class(write(tmp_path / "class.csv", rows))
    gain = gains.mean_gain(gains.pairs(people))
    half = 4.302652729911275 * 2 / math.sqrt(3)  # t(2) at 97.5%; gains 2, 4, 6 have the deviation 2
    assert gain == pytest.approx((3, 8, 12, 4, 4 - half, 4 + half))
    changes = gains.item_changes(gains.pairs(people))
    assert changes[7] == (0, 0, 0.0, 1.0)
    assert changes[8] == pytest.approx((3, 0, 0.025 ** (1 / 3), 1.0))  # closed form of the exact interval, 3 of 3
    said = gains.report(people)
    assert (
        "3 persons answered before and after; 1 only once (left out; 1 of them before: 5.0 right, the others 8.0)."
        in said
    )
    assert "Left empty, mean: 12.0 before, 8.0 after." in said


def test_an_absent_person_has_not_answered_wrongly(made_up, tmp_path):
    """The table has a row for each occasion; whoever was not there leaves it empty."""
    rows = list(csv.reader(made_up.open(encoding="utf-8")))[1:]
    absent = [[*one[:3], *[""] * 20] if one[1] == "after" and one[0] in ("3", "8", "20") else one for one in rows]
    never = [["31", "before", "", *[""] * 20], ["31", "after", "", *[""] * 20]]
    out = [one for one in rows if one[0] not in ("3", "8", "20")]
    people, without = (
        gains.read_class(write(tmp_path / name, each)) for name, each in (("x", absent + never), ("y", out))
    )
    assert gains.mean_gain(gains.pairs(people)) == gains.mean_gain(gains.pairs(without))
    said = gains.summary(tmp_path / "x")
    assert "27 persons answered before and after; 3 only once (left out; 3 of them before: " in said
    assert "1 has no answer at all." in said


def test_the_same_form_twice_is_no_gain_and_is_said(made_up, tmp_path):
    rows = list(csv.reader(made_up.open(encoding="utf-8")))[1:]
    twice = [[*one[:2], "A", *one[3:]] if one[0] in ("2", "3") else one for one in rows]
    said = gains.summary(write(tmp_path / "x", twice))
    assert (
        "28 persons answered before and after; 0 only once (left out). "
        "Left out, because they had the same form twice: 2, 3."
    ) in said
    all_of_them = gains.summary(write(tmp_path / "y", [[*one[:2], "A", *one[3:]] for one in rows]))
    assert "at least 2 persons" in all_of_them
    assert "because they had the same form twice: 1, 2, 3" in all_of_them


def test_a_wrong_form_letter_does_not_pass_in_silence(made_up, tmp_path):
    rows = list(csv.reader(made_up.open(encoding="utf-8")))[1:]
    assert "Look again" not in gains.summary(made_up)
    swapped = {"A": "B", "B": "A"}
    half = [[*one[:2], swapped[one[2]], *one[3:]] if int(one[0]) <= 15 else one for one in rows]
    said = gains.summary(write(tmp_path / "half", half))
    wrong = re.findall(r"Look again: (?:before|after) the course the answers of ([\d, ]+) fit the other form", said)
    named = {int(name) for names in wrong for name in names.split(", ")}
    assert len(named) >= 12
    assert named <= set(range(1, 16))
    said = gains.summary(write(tmp_path / "all", [[*one[:2], swapped[one[2]], *one[3:]] for one in rows]))
    assert "before the course fewer are right than by guessing (6.7)" in said


def test_an_end_near_0_has_two_decimals():
    assert [gains.signed(end) for end in (0, 0.03, -0.04, 0.06, -1.25)] == ["0.0", "+0.03", "-0.04", "+0.1", "-1.2"]


@pytest.mark.parametrize(
    ("a", "b", "says"),
    [
        (8, 8, None),
        (9, 7, "uneven"),
        (16, 1, "Nearly all had the same order"),
        (16, 0, "cannot be told from a gain"),
    ],
)
def test_uneven_forms_are_said_and_the_mean_of_the_halves_is_free_of_them(tmp_path, a, b, says):
    """Form B is easier by 3 items, each gains 2 (and one of two has one more): only the mean of the halves says 2.5."""
    rows = []
    for person in range(a + b):
        forms = ("A", "B") if person < a else ("B", "A")
        for when, form, base in zip(("before", "after"), forms, (6, 8 + person % 2), strict=True):
            rows.append(row(str(person), when, form, base + 3 * (form == "B")))
    people = gains.read_class(write(tmp_path / "x.csv", rows))
    said = gains.report(people)
    assert f"{a} began with form A" in said
    assert ("uneven" in said or "Nearly all" in said) == bool(says)
    assert (says or "") in said
    if says == "uneven":
        halves = gains.halves(gains.both_forms(people))
        gain, low, high = gains.even_gain(*halves)
        assert gain == pytest.approx(sum(map(float, (sum(half) / len(half) for half in halves))) / 2)
        assert low < gain < high
        assert gain == pytest.approx(2.5, abs=0.1)
        assert gains.mean_gain(gains.pairs(people)).gain > gain + 0.3
        assert f"the mean of the two halves: {gain:+.1f} ({low:+.1f} to {high:+.1f})." in said


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([row("1", "then", "A", 3)], "before or after"),
        ([row("1", "before", "A", 3), row("1", "before", "B", 3)], "two rows"),
        ([["1", "before", "C", "a", *[""] * 19]], "form is A or B"),
        ([["1", "before", "", "a", *[""] * 19]], "line 2: form is A or B, as on the paper, found ''"),
        ([["1", "before", "A", "e", *[""] * 19]], "no option 'e'"),
        ([["1", "before", "A", "a"]], "no column or value"),
        ([row("", "before", "A", 3)], "person is empty"),
    ],
)
def test_a_faulty_file_is_named(tmp_path, rows, says):
    with pytest.raises(ValueError, match=says):
        gains.read_class(write(tmp_path / "class.csv", rows))


def test_one_person_has_no_interval():
    with pytest.raises(ValueError, match="at least 2"):
        gains.mean_gain([])


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    path = tmp_path_factory.mktemp("class") / "made_up.csv"
    gains.made_up_class(path)
    return path


def test_a_made_up_class_of_30_gains_what_the_formula_says(made_up):
    paired = gains.pairs(gains.read_class(made_up))
    each = [sum(after) - sum(before) for before, after in paired]
    assert len(each) == 30
    mean = sum(each) / 30
    half = 2.045229642132703 * math.sqrt(sum((one - mean) ** 2 for one in each) / 29) / math.sqrt(30)  # t(29) at 97.5%
    text = gains.summary(made_up)
    assert f"Mean gain {mean:+.1f} items, 95% interval {mean - half:+.1f} to {mean + half:+.1f}." in text
    assert sum(gain.gain for gain in gains.section_gains(paired).values()) == pytest.approx(mean)
    item, wrong, low, high = gains.still_wrong(paired)[0]
    assert wrong == sum(not after[item["number"] - 1] for _, after in paired)
    assert low < wrong / 30 < high
    assert item["misconception"] in text


def test_a_file_is_never_written_over(made_up):
    with pytest.raises(FileExistsError):
        gains.empty_table(made_up, 3)


def test_an_empty_table_leaves_the_form_to_the_paper(tmp_path):
    """A letter filled in beforehand would stand where the room had the other form, and pass as a false gain."""
    gains.empty_table(tmp_path / "x.csv", 4)
    rows = list(csv.DictReader((tmp_path / "x.csv").open(encoding="utf-8")))
    assert [(row["when"], row["form"]) for row in rows] == [("before", ""), ("after", "")] * 4
    assert "4 have no answer at all" in gains.summary(tmp_path / "x.csv")


@pytest.mark.parametrize("change", [
    lambda text: text.replace(",", ";").encode(),  # a spreadsheet where a comma stands in numbers
    lambda text: text.encode("utf-8-sig"),
    lambda text: text.replace("\n1,", "\nM\u00fcller,").encode("cp1252"),
    lambda text: (text + "," * 22 + "\n").encode(),  # an empty row at the end
    lambda text: text.replace("\n", "\r\n").encode(),
    lambda text: text.replace(",before,", ",Before ,").encode(),
    lambda text: text.replace("person,when", "PERSON, When").encode(),
    lambda text: text.replace(",", "\t").encode("utf-16"),
    lambda text: ("sep=;\n" + text.replace(",", ";")).encode(),
])  # fmt: skip
def test_what_spreadsheets_do_changes_nothing(made_up, tmp_path, change):
    text = made_up.read_text(encoding="utf-8").replace("\r\n", "\n")
    (tmp_path / "x.csv").write_bytes(change(text))
    assert gains.summary(tmp_path / "x.csv") == gains.summary(made_up)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04", "is a workbook, not a CSV"),
        (b"", "at least 2 persons"),
        (b"person,when\n1,before\n", "line 2: no column or value for q1"),
        (b"1,before,A,a\n", "line 1: the heading is missing; write person,when,form,q1,...,q20"),
        (b"person,when,form,q1\n1,before,,a\n", "line 2: no column or value for q2"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_a_sentence(tmp_path, content, says):
    (tmp_path / "x.csv").write_bytes(content)
    said = gains.summary(tmp_path / "x.csv")
    assert said.startswith("The file cannot be used yet: ")
    assert says in said
    assert "There is no file" in gains.summary(tmp_path / "y.csv")


def test_the_notebook_runs_from_the_top(tmp_path):
    """As a teacher runs it: the made-up class, then a class whose file has another name."""
    for name in ("gains.py", "items.json"):
        shutil.copy(TEACHING / "concept_test" / name, tmp_path)
    notebook = nbformat.reads(teaching_pages.pages()[TEACHING / "concept_test" / "class_gains.ipynb"], as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code[-1].source.count("made_up_class.csv") == 1
    code[-1].source = code[-1].source.replace("made_up_class.csv", "my_class.csv")
    (ours,) = (cell for cell in code if cell.source.startswith("# gains.empty_table"))
    ours.source = ours.source.removeprefix("# ")
    build.execute(notebook, tmp_path)
    first, last = code[1].outputs[0].text, code[-1].outputs[0].text
    assert "30 persons answered before and after" in first
    assert "above 0: more answers were right" in first
    assert "30 have no answer at all" in last  # the table is still empty


def test_whom_the_tool_alone_misses_is_handed_over_or_missed_among_the_kept():
    """Among the kept the tool finds no more than alone, so no expert can miss more than there are."""
    path = TEACHING / "assessment" / "18_4" / "whole_path.py"
    variant = runpy.run_path(str(path))["variant"]
    for seed in range(1000):
        said = variant(np.random.default_rng(seed)).text
        _, ill, alone, deferred, handed, found, missed = (
            int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", said)[:7]
        )
        assert ill - alone - missed <= handed <= deferred
        assert found <= handed < ill - missed


# ---- the workshops -------------------------------------------------------------------------------

WORKSHOPS = sorted((TEACHING / "workshops").glob("*.md"))


@pytest.mark.parametrize("page", WORKSHOPS, ids=lambda path: path.stem)
def test_a_workshop_is_complete(page):
    text = page.read_text(encoding="utf-8")
    for part in ("Minute by minute", "Script", "Role(?:s| cards)", "Key", "When something fails", "certif"):
        assert re.search(part, text), part
    assert "eedback form" in text


def test_sheets_to_hand_out_hold_no_answers():
    page = (TEACHING / "workshops" / "18_6_procurement_meeting.md").read_text(encoding="utf-8")
    sheet = page.split("## Sheet 1")[1].split("## Key to sheet 1")[0]
    for number, answer in teaching_pages.vendor_sheets.CHESTGUARD.answered.items():
        assert answer[1] not in sheet, number


def test_numbers_of_the_sheet_of_amber():
    said, people, ill = (0.1, 0.3, 0.6), (500, 300, 200), (50, 90, 120)
    known = (30, 70, 110)
    page = (TEACHING / "workshops" / "18_3_what_80_percent_means.md").read_text(encoding="utf-8")
    first, later = page.split("## Sheet 1")[1].split("## Sheet 3")
    assert "known and ill" not in first  # it would answer vote 2
    assert "known and ill" in later.split("## Key")[0]
    for row in zip(said, people, ill, known, strict=True):
        assert f"| {row[0]:.0%} | {row[1]} | {row[2]} |" in page
        assert f"| {row[0]:.0%} | {row[1]} | {row[3]} |" in page
    left = [n - k for n, k in zip(people, known, strict=True)]
    left_ill = [i - k for i, k in zip(ill, known, strict=True)]
    expected = sum(p * n for p, n in zip(said, left, strict=True))
    assert f"O/E {sum(left_ill) / expected:.2f}" in page
    assert f"Alerts {sum(left[1:])}, right {sum(left_ill[1:])}: PPV {sum(left_ill[1:]) / sum(left[1:]):.0%}" in page
    right, ends = sum(ill[1:]), wilson_interval(sum(ill[1:]), sum(people[1:]))
    before = f"Alerts {sum(people[1:])}, right {sum(ill[1:])}: PPV {sum(ill[1:]) / sum(people[1:]):.0%}"
    assert (
        "{before} ({low:.0%} to {high:.0%}); sensitivity {right} of {all_} = {share:.0%} (".format(
            before=before,
            right=right,
            all_=sum(ill),
            share=right / sum(ill),
            **dict(zip(("low", "high"), ends, strict=True)),
        )
        in page
    )
    assert f"O/E {sum(ill) / sum(p * n for p, n in zip(said, people, strict=True)):.2f}" in page
    ends = (scipy.stats.poisson.ppf(0.025, 50) / expected, scipy.stats.poisson.ppf(0.975, 50) / expected)  # about
    found = re.search(r"by Poisson (\d\.\d\d) to (\d\.\d\d)", page)
    assert [float(end) for end in found.groups()] == pytest.approx(ends, abs=0.02)
    assert f"not 0.29 x 60 = {0.29 * 60:.0f}. Look" in page
    low, high = wilson_interval(left_ill[2], left[2])
    assert f"10 of 90, so 11 of 100 ({low:.0%} to {high:.0%})".replace("%", "") in page
    low, high = wilson_interval(sum(left_ill[1:]), sum(left[1:]))
    assert f"by Wilson {low:.0%} to {high:.0%}" in page
    plan = page.split("## Minute by minute")[1].split("\n## ")[0]
    for on_board in (
        f"expected {sum(ill)}, O/E 1.00 (95% interval 0.88 to 1.13), alerts {sum(people[1:])}, right {sum(ill[1:])} (",
        f"people {', '.join(map(str, left))}; ill {sum(left_ill)}; expected {expected:.0f}; O/E ",
        f"alerts {sum(left[1:])}, right {sum(left_ill[1:])} ({sum(left_ill[1:]) / sum(left[1:]):.0%}), sensitivity",
    ):
        assert on_board in plan


def test_counts_of_amber_need_both_tables_and_a_known_word():
    with pytest.raises(BuildError, match="one of them is missing"):
        teaching_amber.fill_in("{{amber 1 oe}}")
    page = (ROOT / teaching_pages.SOURCES / "workshops" / "18_3_what_80_percent_means.md").read_text(encoding="utf-8")
    with pytest.raises(BuildError, match="there is no such count; there are people, "):
        teaching_amber.fill_in(page.replace("amber 1 oe", "amber 1 nothing", 1))


def test_the_key_of_the_coin_counts_twenty_throws():
    key = (TEACHING / "workshops" / "18_3_what_80_percent_means.md").read_text(encoding="utf-8").split("## Key")[1]
    exact, one, two = ((1 + (off > 0)) * math.comb(20, 10 - off) / 2**20 for off in range(3))
    shares = (exact, one, two, 1 - exact - one - two)
    said = "10 heads {:.0%}, 9 or 11 {:.0%}, 8 or 12 {:.0%}, fewer or more {:.0%}.".format(*shares)
    assert said in key
    twelve, fifteen = ([round(pairs * share) for share in shares] for pairs in (12, 15))  # 24 and 30 people
    assert "Of 12 pairs about {}, {}, {} and {} (of 15: {}, {}, {} and {}, rounded).".format(*twelve, *fifteen) in key
    page = (TEACHING / "workshops" / "18_3_what_80_percent_means.md").read_text(encoding="utf-8")
    within = sum(math.comb(20, heads) for heads in range(6, 15)) / 2**20
    assert f"6 to 14 heads of 20 are within chance ({within:.0%}".replace("%", " of 100 fair coins)") in page


def cards():
    """The tables of the shortcut hunt by the number of their card: for each row, its texts."""
    page = (TEACHING / "workshops" / "18_1_shortcut_hunt.md").read_text(encoding="utf-8")
    found = re.findall(r"^## Card (\d): .*?\n\n(<table>.*?</table>)", page, re.MULTILINE | re.DOTALL)
    return {
        int(number): [
            re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
        ]
        for number, table in found
    }


def test_nothing_before_the_last_vote_of_the_hunt_gives_its_answer():
    page = (TEACHING / "workshops" / "18_1_shortcut_hunt.md").read_text(encoding="utf-8")
    roles = page.split("## Role cards")[1].split("\n## ")[0]
    assert not re.search("Elm|Yew", roles)
    assert page.index("from card 4 alone") < page.index("Deal all cards")


def test_every_question_of_the_meeting_has_one_first_speaker():
    page = (TEACHING / "workshops" / "18_6_procurement_meeting.md").read_text(encoding="utf-8")
    roles = page.split("## Role cards")[1].split("\n## ")[0]
    first = [
        int(number)
        for said in re.findall(r"You speak first at ([\d, and]+)", roles)
        for number in re.findall(r"\d+", said)
    ]
    assert sorted(first) == [question.number for question in teaching_pages.QUESTIONS]
    words, six = (re.findall(pattern, roles, re.MULTILINE) for pattern in (r"^\*\*Words", r"^\*\*(?!Words)"))
    assert (len(words), len(six)) == (1, 6)
    sizes = {"six": 6, "five": 5, "four": 4}
    assert [sizes[size] for size in re.findall(r"^\| (\w+) \| ", page.split("## Pages")[0], re.MULTILINE)] == [6, 5, 4]


def test_the_sample_of_the_test_shows_numbers_with_as_many_decimals_as_asked_and_all_are_right():
    assert teaching_tables.plain({"a": 0.47753, "b": 1.53713, "c": 10.4712}, {"a": 0.001, "b": 0.01, "c": 0.1}) == {
        "a": 0.478,
        "b": 1.54,
        "c": 10.5,
    }
    for task, variant in teaching_tables.tasks(ROOT):
        right = getattr(getattr(variant, "judge", None), "right", None)
        if right is not None and not callable(right):
            shown = teaching_tables.plain(right, variant.judge.tolerance)
            assert judging.same(evaluated(variant, shown), evaluated(variant, right), variant.judge.tolerance), task.id


def evaluated(variant, answer):
    return judging.evaluate(variant.judge, set(answer) if isinstance(variant.judge.right, set) else answer)


def test_the_rule_of_the_verdict_is_the_checklists_own():
    for name in ("capstone.md", "sections.md", "workshops/18_6_procurement_meeting.md"):
        page = (TEACHING / name).read_text(encoding="utf-8")
        listed = "\n".join(f"{n}. {rule.when}: **{rule.title}**" for n, rule in enumerate(teaching_pages.RULES, 1))
        assert listed in page, f"{name}: a numbered list of its own, to go through from the top"
        cells = re.findall(r"^\|.*\|$", page, re.MULTILINE)
        assert not [cell for cell in cells if f"({teaching_pages.RULES[0].decision})" in cell], name


def test_the_script_of_the_meeting_names_each_group_and_a_question_of_it():
    page = (TEACHING / "workshops" / "18_6_procurement_meeting.md").read_text(encoding="utf-8")
    said = next(line for line in page.split("\n") if line.startswith("- *At minute 12:*"))
    groups = {question.number: question.group for question in teaching_pages.QUESTIONS}
    found = re.findall(r"\b([A-F]), ([^:?]+)[:?] [^\"]*?Question (\d+)\.", said)
    assert [letter for letter, *_ in found] == list(GROUPS)
    for letter, name, number in found:
        assert name.lower() == GROUPS[letter].rstrip("?").lower()
        assert groups[int(number)] == letter
    open_ones = {n for n, given in teaching_pages.vendor_sheets.CHESTGUARD.checklist().answers.items()
                 if given.answer in ("no", "unknown")}  # fmt: skip
    whom = re.search(r"^\*\*Whom to ask\.\*\* (.*)$", page, re.MULTILINE)[1]
    assert set(map(int, re.findall(r"\d+", whom))) == open_ones


def test_words_of_the_checklist_that_a_room_cannot_know_are_explained_on_a_card():
    page = (TEACHING / "workshops" / "18_6_procurement_meeting.md").read_text(encoding="utf-8")
    card = next(line for line in page.split("\n") if line.startswith("**Words")).lower()
    asked = " ".join(f"{q.evidence} {q.red_flag}" for q in teaching_pages.QUESTIONS).lower()
    for word in ("alpha", "softmax", "dropout", "ensemble", "decision curve", "deletion test", "ppv", "event", "auc"):
        assert word in asked, f"{word} is no word of the checklist any more: take it from the card"
        assert f"*{word}*" in card, word


def three(text):
    """The value of a table and its interval: "64% (53% to 73%)" is 64, 53, 73."""
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def test_the_key_of_the_hunt_says_what_its_cards_show():
    """The cards follow the lesson; each sentence of the key that hangs on them is held here."""
    there = cards()
    assert sorted(there) == [1, 2, 3, 4, 5]
    (_, low, high), alarms_of_yew = three(there[1][1][-1]), three(there[1][3][-1])
    assert -5 < low < high < 5 < alarms_of_yew[1], "key: ticks with card 1"
    found_by_elm = three(there[1][2][-1])
    assert found_by_elm[1] < -5, "card 1: these films cannot tell"
    assert found_by_elm[2] > 5
    elm, yew = ([three(cell) for cell in row[1:]] for row in there[2][-2:])
    assert all(-5 < low <= high < 5 for _, low, high in elm)
    assert -3 < elm[0][1] <= elm[0][2] < 3, "key: limit 3 to 40"
    assert yew[0][1] > 40
    assert 45 < yew[0][0] < 55, "key: about 50 of 100"
    nothing, letter, mirrored = (three(cell) for cell in there[3][-1][1:])
    assert nothing[2] < mirrored[1]
    assert mirrored[2] < letter[1] / 2
    at_lesion, at_letter, healthy = there[4][2], there[4][3], there[4][-1]
    assert "the pneumonia" in at_lesion
    assert at_letter[0] == "the letter"
    assert "letter, no pneumonia" in healthy[0]
    assert three(at_letter[-1])[1] > 50, "key: in most"
    assert 60 <= three(at_letter[-1])[0] <= 72, "key: not in about a third"
    assert 15 <= three(at_lesion[-1])[0] <= 25, "key: the fifth"
    assert three(healthy[-2])[1] > three(healthy[-3])[0], "key: Elm's map more often than chance"
    least, most = letter[1], nothing[2]
    both = max(three(cell)[2] for cell in there[3][-2][1:3])
    page = (TEACHING / "workshops" / "18_1_shortcut_hunt.md").read_text(encoding="utf-8")
    assert least - most > 40 > 3 > both, "key: ticks with card 3, limit 3 to 40"
    assert f"({least:g}% at least with the letter, {most:g}% at most without)" in page
    assert f"({both:g}% at most in both)" in page
    ends = [round(100 * float(end)) for end in difference_interval(4, 20, 1, 20)]
    assert '4 of 20 against 1 of 20: "left open" (+15 points, {} to +{})'.format(*ends) in page
    for row, kept in zip(there[5][-2:], (True, False), strict=True):
        assert (three(row[-1])[1] > 0.9) is kept
    assert three(there[5][-1][-1])[2] < 0.5


def test_the_key_of_the_ward_workshop_is_that_of_the_exercise():
    right = teaching_tables.exercise_cells.bank.load(teaching_tables.exercise_paths(ROOT, "18_5_1")["d"]).right
    page = (TEACHING / "workshops" / "18_5_alerts_on_the_ward.md").read_text(encoding="utf-8")
    assert [float(number) for number in re.findall(r"\*\*(\d+\.\d)\*\*", page.split("## Key")[1])] == [
        pytest.approx(value, abs=0.05) for value in right.values()
    ]


def ward():
    return (TEACHING / "workshops" / "18_5_alerts_on_the_ward.md").read_text(encoding="utf-8")


def test_the_six_questions_of_the_ward_are_those_of_the_card():
    asked = re.findall(r"^\| (\d+) \| [A-Z].*\?.*\| \u2610 \|", ward().split("## Sheet 1")[0], re.MULTILINE)
    per_patient = [question.number for question in teaching_pages.QUESTIONS if question.per == "patient"]
    assert [int(number) for number in asked] == [14, *(number for number in per_patient if number != 14)]


def test_the_count_of_a_ward_says_what_one_shift_cannot():
    sheet = ward().split("## Sheet 2")[1].split("\n## ")[0]
    for events, n, words in ((2, 12, "from {} to {} of 100"), (24, 120, "from {} to {}.")):
        low, high = wilson_interval(events, n)
        assert f"{events} of {n}: " in sheet
        assert words.format(round(100 * low), round(100 * high)) in sheet
    assert f"0 of 12: by the interval still up to {round(100 * wilson_interval(0, 12)[1])} of 100" in sheet
    found = 100 * 24 / 120, 120 / 24
    assert f"| 100 x 24 / 120 = {found[0]:g} |" in sheet
    assert f"| 120 / 24 = {found[1]:g} |" in sheet
    asked = teaching_tables.exercise_cells.bank.load(teaching_tables.exercise_paths(ROOT, "18_5_1")["d"]).right
    assert not set(found) & {round(value, 1) for value in asked.values()}, "sheet 1 has the same number: pairs mix them"


def test_a_ward_bound_by_a_protocol_hears_before_it_decides_what_the_card_says():
    bound = re.search(
        r"tell the doctor in charge that the output has no weight, and act unless the doctor says no", NOT_SEEN
    )
    side = ward().split("## Sheet 0, side 2")[1].split("\n## ")[0].lower()
    assert bound[0] in side
    assert "write both down" in side


def test_the_model_procedure_comes_at_the_end_only():
    _, room, leader = handouts.cut(ward())
    (after,) = re.findall(r"^## Afterwards: (.*?)(?=^## )", leader, re.MULTILINE | re.DOTALL)
    model = teaching_pages.solution(ROOT, "18_6", "i")
    assert model in after
    assert len(re.findall(r"^\d\. ", model, re.MULTILINE)) == 6
    assert model[:40] not in room


def test_the_game_of_three_adds_up():
    text = sources()["term"].split("### The game of three")[1].split("\n## ")[0]
    heads, values = (
        [cell.strip() for cell in re.search(rf"^\| {first} \|(.*)\|$", text, re.MULTILINE)[1].split("|")]
        for first in ("Known", "The tool says")
    )
    says = {frozenset(head.split(", ")): int(value) for head, value in zip(heads, values, strict=True)}
    says[frozenset()], says[frozenset(["age", "waist", "BMI"])] = says.pop(frozenset(["nothing"])), int(values[-1])
    rows = re.findall(r"^\| (\w+, \w+, \w+) \| (\d+) \| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    assert len({order for order, *_ in rows}) == 6
    added = {name: [] for name in ("age", "waist", "BMI")}
    for order, *shown in rows:
        known = []
        for name in order.split(", "):
            gain = says[frozenset([*known, name])] - says[frozenset(known)]
            known.append(name)
            added[name].append(gain)
            assert int(shown[["age", "waist", "BMI"].index(name)]) == gain, order
    means = [sum(each) / 6 for each in added.values()]
    assert " | ".join(f"**{mean:g}**" for mean in means) in text
    assert f"{' + '.join(f'{mean:g}' for mean in means)} = {sum(means):g} = {values[-1]} - {values[0]}" in text


def test_the_guide_names_every_page_workshop_and_kind_of_print():
    page = (TEACHING / "guide.md").read_text(encoding="utf-8")
    start = page.split("## Who sits in the room")[0]
    for path in TEACHING.rglob("*.md"):
        name = path.relative_to(TEACHING).as_posix()
        if path.parent in (TEACHING, TEACHING / "workshops") and name != "guide.md":
            assert f"]({name}" in start, name
    printed = page.split("## What to print")[1].split("\n## ")[0]
    for name in handouts.names_of(ROOT):
        if not ("workshop_" in name or (ROOT / "notebooks" / f"{name.split('/')[-1]}.ipynb").exists()):
            assert f"`{name}`" in printed, name


def test_links_to_a_heading_lead_to_one():
    for page in sorted(TEACHING.rglob("*.md")):
        if ROOT / teaching_pages.SOURCES in page.parents:
            continue
        for target, anchor in re.findall(r"\]\(([^)#]*)#([^)]+)\)", page.read_text(encoding="utf-8")):
            there = (page.parent / target).read_text(encoding="utf-8") if target else page.read_text(encoding="utf-8")
            heads = {
                re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-")
                for head in re.findall(r"^#+ (.+)$", there, re.MULTILINE)
            }
            assert anchor in heads, f"{page.name}: {target}#{anchor}"


def test_what_is_to_do_before_the_term_says_with_what():
    text = sources()["guide"].split("## Before the term")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (\S[^|]*)? ?\| \u2610 ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    assert [when.strip("* ") for when, *_ in rows if when.strip()] == ["8 weeks", "4 weeks", "1 week", "The day before"]
    assert len(rows) == text.count("\u2610") > 15
    assert all("`" in how or "](" in how or "first lines" in how for *_, how in rows)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make (\w+)", text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("short", ["18_1", "18_2_3"])
def test_slide_numbers_are_those_of_the_deck(short):
    lesson = ROOT / "lessons" / f"{teaching_pages.notebook_path(ROOT, short).stem}.py"
    shown, made = teaching_pages.slides_of(ROOT, short), deck(lesson)
    numbers = [number for part in shown.values() for number in part]
    assert numbers == list(range(1, len(numbers) + 1))
    assert made[len(numbers)].kind == "heard"
    if short == "18_2_3":
        assert (
            made[shown[teaching_pages.heading(ROOT, short, "Cholesterol")][0] - 1].title == "Cholesterol that protects?"
        )
        assert teaching_pages.slides(ROOT, short, "Compared with") == "slides 13 to 14"
        with pytest.raises(BuildError, match="has no slide"):
            teaching_pages.slides(ROOT, short, "Properties")


def test_some_slides_of_a_part_are_named_by_their_titles():
    every = teaching_pages.slide_numbers(ROOT, "18_6", "Six groups")
    votes = teaching_pages.slide_numbers(ROOT, "18_6", "Six groups: Vote; Answer")
    others = teaching_pages.slide_numbers(ROOT, "18_6", "Six groups: not Vote; Answer")
    assert sorted(votes + others) == every
    assert len(votes) == 6
    assert len(others) > 0
    assert teaching_pages.slides(ROOT, "18_6", "Six groups: Vote 1") == f"slide {votes[0]}"
    with pytest.raises(BuildError, match="begins with 'No such title'"):
        teaching_pages.slides(ROOT, "18_6", "Six groups: No such title")


def test_no_step_of_a_meeting_is_shorter_than_its_slides():
    text, seen = sources()["term"], 0
    for step, what in re.findall(r"^((?:fixed|parts|exercises) [^|]+) \| (.*\{\{slides .*)$", text, re.MULTILINE):
        wanted = teaching_pages.SLIDES.findall(what)
        slides = sum(
            teaching_pages.minutes_of_slides(ROOT, short)[number - 1]
            for short, part in wanted
            for number in teaching_pages.slide_numbers(ROOT, short, part)
        )
        assert slides <= teaching_pages.step_minutes(ROOT, step), (slides, step, what[:60])
        seen += len(wanted)
    assert seen > 15


def test_18_6_takes_the_minutes_of_the_readme_wherever_they_stand():
    (said,) = re.findall(r"judge a tool in 16 questions \| (\d+) \|", (ROOT / "README.md").read_text("utf-8"))
    totals = [total for total in teaching_pages.TOTAL.findall(sources()["term"]) if "parts 18_6" in total]
    lesson = [re.sub(r"exercises \S+ \+ ", "", total) for total in totals]
    assert len(lesson) == 2
    assert sum(teaching_pages.total(ROOT, steps) for steps in lesson) == pytest.approx(int(said), abs=2)
    assert f"18.6 is {said} in all, with its form" in sources()["term"]
    assert f"}}; {said} with its form" in sources()["sections"]


def test_two_hours_for_nurses_are_the_minutes_of_the_workshop():
    page = (TEACHING / "workshops" / "18_5_alerts_on_the_ward.md").read_text(encoding="utf-8")
    rows = {
        int(at): (int(minutes), what) for at, minutes, what in re.findall(r"^\| (\d+) \| (\d+) \| (.*)", page, re.M)
    }
    plan = sources()["schedules"].split("## Nurses")[1].split("\n## ")[0]
    first, start, end = map(int, re.search(r"minutes 0 to (\d+)\n.*\n.*minutes (\d+) to (\d+):", plan).groups())
    assert rows[first] == (start - first, "Break |  |")
    assert {first, end - start, rows[end][0]} <= set(map(int, re.findall(r"^fixed (\d+)", plan, re.MULTILINE)))
    assert "ward card" in rows[end][1]


def test_an_unknown_piece_of_evidence_is_named():
    with pytest.raises(BuildError, match="no_such_word stands above 0 tables"):
        teaching_pages.evidence(ROOT, "18_1", "no_such_word")
