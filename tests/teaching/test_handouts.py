"""Handouts: what a page holds (fast), and what the printed PDFs hold (slow: runs each lesson, needs Chromium)."""

import csv
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from functools import cache
from itertools import pairwise

import nbformat
import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader, PdfWriter

import teaching_places
import teaching_tables
from cells import BuildError
from clinxai_teach.checklist import QUESTIONS, RULES
from clinxai_teach.checks import bank
from clinxai_teach.checks.closed import Choose, Match, Numbers
from clinxai_teach.checks.judging import evaluate
from clinxai_teach.classroom import handout
from exercise_cells import checked_options
from handouts import answers, forms, meetings, paper_tests, sets
from handouts.build import (
    CARDS,
    OUT,
    PRINT,
    ROOT,
    build,
    cut,
    empty_form,
    name_of,
    named_sheets,
    names_of,
    papers,
    plain_papers,
    workshops,
)
from handouts.page import BEFORE, PAPER, TEACHERS, Paper, markdown_html, notebook_html, size_pictures, written
from handouts.pdf import EMPTY, OWN_SHEET, Printer, is_current, links, pages_of, tags, with_empty_backs
from handouts.wording import LEFT, on_paper
from lab_in_chromium import what_is_missing

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NAMES = names_of()
plain = cache(lambda: list(plain_papers(ROOT)))
PAGES = answers.pages()  # as they are in the repository: printing writes those of this computer over them
MOST_PAGES = 30


def soup(body, **more):
    return BeautifulSoup(Paper("x", "A title", body, **more).page(frozenset({"18_6", "glossary"})), "html.parser")


# ---- the page ------------------------------------------------------------------------------------


QUESTION = (
    "<h1>A title</h1><p><b>Question.</b> How many?</p><ul><li>A. 1</li><li>B. 2</li></ul>"
    "<details><summary>Show the answers</summary><ul><li>A. 1 <b>Right.</b></li></ul></details><p>It goes on.</p>"
)


def test_a_question_has_room_to_write_and_its_answer_stands_at_the_end():
    page = soup(QUESTION)
    box = page.select_one(".question")
    assert "Question 1. How many?" in box.get_text()
    assert "Right" not in box.get_text()
    assert len(box.select(".line")) == 2
    assert box.find("a")["href"] == "#answer-1"
    *_, last = page.body.find_all(recursive=False)
    assert last["id"] == "answer-1"
    assert "Right." in last.get_text()
    assert last.find_previous("h2").get_text() == "Answers"
    assert last.find_previous(string="It goes on.")


@pytest.mark.parametrize(
    ("summary", "moves"), [("A model answer", True), ("Show the six groups", True), ("Red flag", False)]
)
def test_what_is_folded_waits_at_the_end_if_it_gives_something_away(summary, moves):
    page = soup(f"<h1>A</h1><details><summary>{summary}</summary>Inside.</details><p>It goes on.</p>")
    assert bool(page.find(string="It goes on.").find_next(string="Inside.")) == moves


def test_the_words_of_a_picture_are_its_alternative_text_only():
    page = soup("<h1>A</h1><details><summary>This picture in words</summary>A line.</details>")
    assert "A line." not in page.get_text()
    assert not page.select(".question")


def test_a_link_leads_to_a_handout_or_says_where_the_file_is():
    page = soup(
        '<h1>A</h1><a href="18_6.ipynb#x">six</a> <a href="../docs/glossary.md">terms</a> <a href="#A">here</a> '
        '<a href="../exercises/18_6.ipynb">tasks</a> <a href="https://example.org/">a site</a> <a href="#no">lost</a>'
    )
    assert [link["href"] for link in page.find_all("a")] == [
        f"{PAPER}18_6.pdf",
        f"{PAPER}glossary.pdf",
        "#heading-0",
        "https://example.org/",
    ]
    assert "tasks (exercises/18_6.ipynb)" in page.get_text()
    assert "a site (https://example.org/)" in page.get_text()
    assert written("teaching/workshops", "../../docs/x.pdf") == "docs/x.pdf"


def frame(values, kind="telling"):
    return (
        f'<div class="frame" data-kind="{kind}" data-title="Slider" data-values="{values}"><p><b></b>{values}</p>'
        '<img class="figure" data-inches="8" data-high="4" data-smallest="12" alt="x"></div>'
    )


@pytest.mark.parametrize(
    ("telling", "left"),
    [([2, 3], [1, 2, 3]), ([1, 2, 3], [1, 2, 3]), ([2, 3, 4, 5], [2, 3, 4, 5]), ([1, 2, 3, 4, 5], [2, 3, 4, 5])],
)
def test_a_filmstrip_has_at_most_four_pictures_and_none_twice(telling, left):
    page = soup("<h1>A</h1>" + frame(1, "start") + "".join(frame(value) for value in telling))
    assert [found.p.get_text() for found in page.select(".frame")] == [
        f"Slider, picture {n} of {len(left)}. {value}" for n, value in enumerate(left, 1)
    ]


def test_letters_of_a_picture_stay_readable():
    small = BeautifulSoup(
        '<img class="figure" data-inches="12" data-high="7" data-smallest="12" alt="x">', "html.parser"
    )
    with pytest.raises(BuildError, match="letters of 7"):
        size_pictures(small)


def test_heads_of_tables_say_what_they_are_heads_of():
    page = soup(
        "<h1>A</h1><table border=1><thead><tr><th></th><th>n</th></tr></thead><tr><th>all</th><td>5</td></tr></table>"
    )
    assert [cell["scope"] for cell in page.find_all("th")] == ["col", "row"]
    assert not page.table.has_attr("border")


def test_a_page_has_one_first_heading_and_says_what_it_is():
    page = soup("<p>Before.</p><h1>A title</h1><h1>Another</h1>")
    assert [page.html["lang"], page.title.get_text()] == ["en", "A title"]
    assert [heading.get_text() for heading in page.find_all("h1")] == ["A title"]
    for words in ("version", "CC BY 4.0", "not medical advice", "synthetic"):
        assert words in page.select_one(".colophon").get_text()


def test_a_workshop_without_films_says_nothing_of_them():
    said = {paper.name: paper.page(frozenset()) for paper in workshops()}
    films = {name for name, page in said.items() if "program drew them" in page}
    assert films == {name for name in said if re.search("18_[16]", name)}


def test_a_print_for_before_the_meeting_has_the_questions_and_no_answer():
    page = soup(QUESTION, withheld=True)
    assert "Question 1. How many?" in page.select_one(".question").get_text()
    assert len(page.select(".question .line")) == 2
    assert not page.find("h2", string="Answers")
    assert "Right" not in page.get_text()
    assert not page.find("a", href="#answer-1")


def test_lessons_without_answers_lead_to_each_other():
    names = frozenset({"18_6", f"{BEFORE}18_6", "glossary", f"{TEACHERS}key"})
    assert Paper(f"{BEFORE}18_5", "A", "").links(names) == {"18_6": "18_6", "glossary": "../glossary"}
    assert Paper("18_5", "A", "").links(names) == {"18_6": "18_6", "glossary": "glossary"}


# ---- what must not stand on the back of something else -------------------------------------------


def parts_page(*marked):
    return "<h1>A</h1>" + "".join(
        f"{OWN_SHEET * mark}<div class='card'><h2>{n}</h2></div>" for n, mark in enumerate(marked)
    )


@pytest.mark.parametrize(
    ("pages", "empty_before"),
    [([1, 1, 2], [2]), ([1, 2, 3], [1, 2]), ([1, 3, 4], [2]), ([1, 3, 5], []), ([1, 1, 1], [])],
)
def test_a_part_that_begins_a_page_begins_on_the_front_of_a_sheet(pages, empty_before):
    made = with_empty_backs(parts_page(True, True, True), pages)
    assert [int(number) for number in re.findall(rf"{EMPTY}{OWN_SHEET}<div[^>]*><h2>(\d)", made)] == empty_before


def test_the_second_side_of_a_sheet_stays_on_its_back():
    made = with_empty_backs(parts_page(True, True, False, True), [1, 2, 3, 4])
    assert [int(number) for number in re.findall(rf"{EMPTY}{OWN_SHEET}<div[^>]*><h2>(\d)", made)] == [1]
    with pytest.raises(BuildError, match="2 parts and 3 places"):
        with_empty_backs(parts_page(True, True), [1, 2, 3])


def test_whatever_is_cut_or_given_at_its_own_time_begins_on_a_front():
    there = answers.pages()
    for paper in plain():
        if paper.name.startswith(("workshop_", "capstone_sheets", "capstone_own")) and not paper.name.endswith("after"):
            fronts = {page for part, page in there[paper.name].items() if part != "pages" and ", side 2" not in part}
            assert not [page for page in fronts if page % 2 == 0], paper.name
    run = {name: teaching_places.pages_of(each)[0] for each in teaching_places.RUNS for name in [each.name]}
    assert all(run[name] % 2 for name in run if name != "exercises_on_paper")


def test_the_sets_of_the_meetings_hold_every_run_on_sheets_of_its_own():
    there = sets.together()
    assert sorted(run for runs in there.values() for run in runs) == sorted(teaching_places.RUNS)
    for name, runs in there.items():
        pages = sets.pages_in(runs)
        assert len(pages) % 2 == 0
        for run in runs:
            first, last = teaching_places.pages_of(run)
            at = pages.index((run.name, first))
            assert at % 2 == 0, f"{name}: {run} begins on the back of another piece"
            assert pages[at : at + last - first + 1] == [(run.name, number) for number in range(first, last + 1)]
        assert len({(run.when, run.each) for run in runs}) == 1
        assert name.endswith(f"_x{30 // teaching_places.SHARES[runs[0].each]}")
    tests = [name for name in there if "concept_test" in name]
    assert len(tests) == 4  # each form by itself, twice


def test_home_and_key_of_each_meeting_are_files_with_the_pages_of_the_guide():
    there = sets.for_home()
    rows = {int(row[0]): row for row in rows_at_home()}
    for number, row in rows.items():
        if not row[1]:
            continue
        home, key = (
            there[f"meeting_{number:02}_at_home_each_on_paper"],
            there[f"meeting_{number + 1:02}_key_of_home_each_on_paper"],
        )
        for pages, paper, column in ((home, "exercises_on_paper", 2), (key, f"{TEACHERS}exercises_on_paper_key", 3)):
            ends = [[int(page) for page in span.split(" to ")] for span in row[column].split(", ")]
            wanted = [page for end in ends for page in range(end[0], end[-1] + 1)]
            assert [page[1] for page in pages if page and page[0] == paper] == wanted
            assert len(pages) % 2 == 0
    assert len(there) == 2 * sum(bool(row[1]) for row in rows.values())


def test_what_meeting_11_asks_about_is_in_no_print_before_it():
    (lesson,) = answers.KEPT_BACK
    (notebook,) = [nbformat.read(path, as_version=4) for path in LESSONS if path.stem == lesson]
    for cell in notebook.cells:
        cell.outputs = []
    body = notebook_html(notebook)
    whole, before = (
        soup(body, withheld=True, without=without).get_text() for without in ((), answers.KEPT_BACK[lesson])
    )
    assert "Three questions to take with you" in before
    assert before.count("This part is left out here") == len(answers.KEPT_BACK[lesson])
    assert len(before) < len(whole) - 700
    spans = answers.kept_back(lesson)
    assert len(spans) == 3
    assert spans[-1][1] == PAGES[lesson]["pages"]
    term = (ROOT / "teaching" / "sources" / "term.md").read_text(encoding="utf-8")
    assert " and ".join(f"{{{{part 18_6 {part}}}}}" for part in answers.KEPT_BACK[lesson]) in term


def test_no_set_holds_what_a_later_step_hands_out():
    there = sets.together()
    for name, runs in there.items():
        prints = {run.name for run in runs}
        assert not {f"{each.removesuffix('_room')}_after" for each in prints} & prints, name
        sheets = [run.first for run in runs if "_room" in run.name and re.match(r"Sheet|Card", run.first)]
        assert len(sheets) <= 1, f"{name} holds {sheets}"
        assert len([run for run in runs if run.name == "capstone_sheets"]) <= 1, name
    assert "workshop_18_5_minute_24_each_person_x30" in there  # the section's number has no zero before it
    assert "meeting_05_workshop_18_3_minute_05_each_pair_x15" in there


def test_a_workshops_step_begins_in_the_minute_in_which_its_sheet_is_handed_out():
    timed = [(run, found) for run in teaching_places.RUNS if (found := re.search(r"minute (\d+)", run.when))]
    assert len(timed) > 15
    for run, minute in timed:
        section = re.search(r"18\.(\d)", run.when)[1]
        (path,) = (ROOT / "teaching" / "workshops").glob(f"18_{section}_*.md")
        rows = re.findall(rf"^\| {minute[1]} \| \d+ \| (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert len(rows) == 1, run
        said = {"Card 1": "card", "checklist_card": "card", "workshop_18_5_after": "model procedure"}
        said |= {"checklist_ward_card": "ward card", "Feedback": "form", "The form": "form"}
        said |= {"Sheet 0, side 1": "Sheet 0"}
        assert said.get(run.first or run.name, run.first).lower() in rows[0].lower(), run


def test_sets_are_made_of_what_is_printed_and_say_what_they_leave_out(tmp_path, monkeypatch):
    monkeypatch.setattr(sets, "ROOT", tmp_path)
    monkeypatch.setattr(sets, "OUT", tmp_path / "sets")
    path = sets.path_of("workshop_18_3_room")
    path.parent.mkdir(parents=True)
    pages = PdfWriter()
    for _ in range(answers.pages()["workshop_18_3_room"]["pages"]):
        pages.add_blank_page(595, 842)
    pages.write(path)
    (tmp_path / "sets").mkdir()
    kept = "workshop_18_5_minute_24_each_person_x30.pdf"
    for name in (kept, "a_name_of_before.pdf"):
        (tmp_path / "sets" / name).write_bytes(b"old")
    said = []
    sets.write(["workshop_18_3"], said.append)
    made = {each.name for each in (tmp_path / "sets").iterdir()} - {kept}
    assert made == {f"{name}.pdf" for name in sets.together() if "workshop_18_3" in name}
    assert len(said) == len(made) == 4
    said.clear()
    sets.write(report=said.append)
    assert f'left out: {kept}; make handouts ARGS="workshop_18_5_room"' in said
    assert (tmp_path / "sets" / kept).read_bytes() == b"old"


# ---- what two meetings need of a lesson ----------------------------------------------------------


def saved(short):
    """Return a notebook with its saved outputs, without pictures: the handouts draw them anew."""
    notebook = nbformat.read(next((ROOT / "notebooks").glob(f"{short}_*.ipynb")), as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [each for each in cell.outputs if "image/png" not in each.get("data", {})]
    return notebook


def rows_of(html):
    return [
        [cell.get_text() for cell in row.find_all(["th", "td"])]
        for row in BeautifulSoup(html, "html.parser").select("tr")
    ]


def test_four_people_are_those_of_the_lesson_and_their_answers_come_on_a_second_sheet():
    notebook = saved("18_5_1")
    first, second = meetings.four_people(notebook)
    shown = [meetings.table_of(cell) for cell in notebook.cells if "person A" in meetings.table_of(cell)]
    assert shown[0] in first
    assert "HbA1c 6.5% or more" in shown[-1]  # what became of them
    assert shown[-1] not in first + second
    heads = " ".join(row[0] for row in rows_of(first))
    assert all(f"{signal}:" in heads for signal in ("confidence", "doubt", "explanation", "similarity"))
    assert "context" not in heads
    people = re.findall(r"person ([A-Z])\b", shown[0])
    to_fill = rows_of(second)[-len(people) :]
    assert to_fill == [[person, "", ""] for person in people]
    rows = rows_of(second)
    first_rule, changed = [k for k, row in enumerate(rows) if row[0] == "what you find"]
    assert rows[first_rule][1] == rows[changed][1] == "decision"
    decisions = [
        row[1] for row in rows[first_rule + 1 : first_rule + 5]
    ]  # the rule that is voted by, then what it became
    assert decisions == ["do not use it", "act on it", "verify first", "nothing by the tool"]
    assert [row[:2] for row in rows[changed + 1 : changed + 3]] == [
        ["told something", "verify first"],
        ["told nothing, alert or not", "nothing by the tool"],
    ]
    said = BeautifulSoup(second.split("The rule")[0], "html.parser").get_text()
    assert all(re.search(rf"\b{person}\b", said) for person in people), "each of them has answered"
    assert "told" in said
    assert "told" not in BeautifulSoup(first, "html.parser").get_text()
    for sheet in (first, second):
        assert "<details" not in sheet
        assert "Question" not in sheet
    notebook.cells = [cell for cell in notebook.cells if meetings.table_of(cell) != shown[0]]
    with pytest.raises(BuildError, match="0 times a table of people with a row 'similarity'"):
        meetings.four_people(notebook)


def test_the_report_of_meeting_10_is_that_of_the_lesson_without_what_should_be_found():
    notebook = saved("18_5_2")
    (page,) = meetings.report(notebook)
    text = BeautifulSoup(page, "html.parser").get_text()
    assert "<details" not in page
    assert meetings.FOUND not in text
    found = next(cell.source for cell in notebook.cells if meetings.FOUND in cell.source)
    for line in found.split("\n"):
        assert len(line) < 40 or line.strip() not in text
    report = next(
        output.data["text/markdown"]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "Not stated by the author" in output.get("data", {}).get("text/markdown", "")
    )
    heads = re.findall(r"^#{3,} (.+)$", report.split("<details>")[0], re.MULTILINE)
    assert len(heads) > 8
    assert [head for head in heads if head not in text] == []
    asked = rows = [each.get_text() for each in BeautifulSoup(page, "html.parser").select(".entry span")]
    assert rows == [str(number) for number in range(1, len(asked) + 1)] == ["1", "2", "3"]


def test_a_lesson_that_lost_a_piece_is_named():
    notebook = saved("18_5_2")
    notebook.cells = [cell for cell in notebook.cells if meetings.FOUND not in cell.source]
    with pytest.raises(BuildError, match="0 times a folded text"):
        meetings.report(notebook)


def test_the_plan_for_learners_has_each_week_of_the_term_and_leads_to_nothing_of_the_teachers():
    term = (ROOT / "teaching" / "term.md").read_text(encoding="utf-8")
    page = meetings.plan(term)
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in page.split("\n") if row.startswith("|")]
    assert [row[0].split(" ")[0] for row in rows[2:]] == [str(week) for week in range(1, 15)]
    assert len({len(row) for row in rows}) == 1
    there = dict(re.findall(r"^\| \d+ \| (\d+) \w+ \|(?: [^|]+\|){2} ([^|]+) \|", term, re.MULTILINE))
    assert {row[0].split(" ")[0]: row[4] for row in rows[2:14]} == there
    for text in (page, meetings.installation(term)):
        assert "](" not in text
    steps = re.findall(r"^\d\. ", meetings.installation(term), re.MULTILINE)
    assert len(steps) == len(re.findall(r"^\d\. ", term.split("step by step")[1].split("\n**")[0], re.MULTILINE)) > 4


def test_the_letters_to_hold_up_are_enough_for_the_exercises_of_the_room():
    there = set(BeautifulSoup(meetings.LETTERS, "html.parser").select_one(".letters").get_text())
    for name in teaching_places.of_the_room():
        closed = bank.load(ON_PAPER[name]).closed
        labels = set(closed.labels) if isinstance(closed, Match) else set()
        if labels and all(len(label) == 1 for label in labels) and "A" in labels:
            assert labels <= there | set("VN"), name


# ---- the test of week 13 on paper ----------------------------------------------------------------


def released():
    """Return the test of the plan as it is released to a person made up here."""
    source = (ROOT / "teaching" / "sources" / "assessment.md").read_text(encoding="utf-8")
    wanted = teaching_tables.TEST.search(source)[2].split()
    cells = [
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": "# test: the tasks of Ann (p01)\n\n7 tasks, 22 points, about 56 minutes. The rest.",
        },
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "setup"}}, "source": "import numpy"},
    ]
    for task, variant in teaching_tables.tasks(ROOT, wanted):
        cells += handout.item_cells(task, variant)
    return nbformat.from_dict({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), wanted


def test_a_test_on_paper_has_boxes_and_lines_and_no_python():
    notebook, wanted = released()
    made = paper_tests.paper(notebook)
    text = BeautifulSoup(made.body, "html.parser").get_text()
    assert made.body.count("<h2>") == len(wanted) == 7
    assert not re.search(r"\.\.\.|# answer|answer 18_|import |YOUR ANSWER|\w = |[{}]|\"[A-E]\"", text)
    assert "18_" not in text
    stubs = [cell.source for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    asked = sum(line.count("...") for stub in stubs for line in stub.splitlines() if not line.startswith("#"))
    assert made.body.count("<i></i>") == asked > 25
    assert made.body.count('class="line"') == forms.LINES * sum("YOUR ANSWER HERE" in stub for stub in stubs)


@pytest.mark.parametrize(("task", "says"), [("18_3_better_than_all", "asks for code"), ("18_1_auc_by_site", "as code")])
def test_a_task_that_needs_code_is_refused_on_paper(task, says):
    notebook, _ = released()
    notebook.cells[2:] = [
        nbformat.from_dict(cell) for each in teaching_tables.tasks(ROOT, [task]) for cell in handout.item_cells(*each)
    ]
    with pytest.raises(BuildError, match=says):
        paper_tests.paper(notebook)


def test_closed_code_is_left_out_and_open_code_is_not():
    cells = [nbformat.v4.new_code_cell("closed()"), nbformat.v4.new_code_cell("opened()")]
    cells[0].metadata.tags = ["hide-input"]
    text = notebook_html(nbformat.v4.new_notebook(cells=cells))
    assert "closed()" not in text
    assert "opened()" in text


def test_a_picture_without_words_is_refused():
    output = nbformat.v4.new_output("display_data", data={"image/png": "x"})
    with pytest.raises(ValueError, match=r"plots\.show"):
        notebook_html(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=[output])]))


def test_no_key_stands_in_what_a_room_gets():
    for path in (ROOT / "teaching" / "workshops").glob("*.md"):
        _, room, leader = cut(path.read_text(encoding="utf-8"))
        assert re.search("Role(?:s| cards)", room)
        assert re.search("(?m)^## Key", leader)
        for word in ("Key", "leader only", "Script", "When something fails"):
            assert f"## {word}" not in room
        assert "leader only" not in room


def test_all_sheets_and_keys_are_there():
    made = {paper.name: paper.body for paper in plain()}
    assert {"vendor_sheets", "checklist_form", "glossary", "symbols", "rules", "exercises_on_paper"} <= set(made)
    assert {"concept_test_form_A", "concept_test_form_B"} <= set(made)
    keys = {name.removeprefix(TEACHERS) for name in made if name.startswith(TEACHERS)}
    assert {"vendor_sheets_key", "concept_test_key", "exercises_on_paper_key", "texts"} <= keys
    assert sum(name.startswith("workshop_") and name.endswith("_leader") for name in keys) == 4
    assert not [name for name in made if re.search("key|leader|texts", name) and not name.startswith(TEACHERS)]
    for _, sheet in named_sheets():
        assert sheet.title in BeautifulSoup(made["vendor_sheets"], "html.parser").get_text()
        assert sheet.title in BeautifulSoup(made[f"{TEACHERS}vendor_sheets_key"], "html.parser").get_text()
    assert made["checklist_form"].count("<tr>") == 2 + 1 + 16


@pytest.mark.parametrize("name", ["checklist_form", "workshop_18_6_room", "capstone_form"])
def test_a_form_of_the_checklist_says_who_answers_what_and_how_the_verdict_follows(name):
    made = next(paper.body for paper in plain() if paper.name == name)
    cells = [cell.get_text() for cell in BeautifulSoup(made, "html.parser").select("tr > :first-child")]
    asked = [cell for cell in cells if re.fullmatch(r"\d+\*? \([A-F]\)", cell)]
    assert asked == [f"{q.number}{'*' * (q.per == 'tool')} ({q.group})" for q in QUESTIONS]
    text = BeautifulSoup(made, "html.parser").get_text()
    assert "you answer all sixteen" in text
    assert f"a committee answers the {sum('*' in each for each in asked)} with *." in text
    ticks = [line.get_text() for line in BeautifulSoup(made, "html.parser").select(".verdict li")]
    assert ticks == [f"☐ {rule.when}: {rule.title}" for rule in RULES]


def test_exercises_of_the_room_are_there_on_paper_without_their_answers():
    page = forms.exercises(ROOT)
    there = set(re.findall(r"^## (18\.\d-[a-z]) ", page, re.MULTILINE))
    term = (ROOT / "teaching" / "sources" / "term.md").read_text(encoding="utf-8")
    room = {name for name in re.findall(r"^exercises (18\.\d-[a-z]) \|", term, re.MULTILINE)}
    assert len(room) > 10
    assert room <= there
    assert "SOLUTION" not in page
    assert not re.search(r"solution\(|hint\(|printed\s+above", page)
    assert "\n###\n" not in page


def test_nobody_types_python_on_paper():
    page = forms.exercises(ROOT)
    assert "```" not in page
    assert not re.search(r"quotation marks|the line looks like this|\{1:|`\.\.\.`|\bdict\b|scroll", page)
    both = [page, answers.key(ROOT)]
    names = [name for text in both for name in re.findall(r"\b[a-z]+_[a-z0-9_]+\b", text)]
    assert set(names) <= {"exercises_on_paper"}, "say in answers.NAMED how one writes it by hand"


# ---- what a screen says, and raw Markdown ----------------------------------------------------------


def lesson_page(path, **more):
    body = on_paper(notebook_html(saved(re.match(r"18_\d(_\d)?", path.stem)[0])), empty_form())
    return BeautifulSoup(Paper(path.stem, "A title", body, **more).page(NAMES), "html.parser")


@pytest.mark.parametrize("path", [path for path in LESSONS if path.stem.startswith("18_")], ids=lambda path: path.stem)
def test_a_lesson_on_paper_asks_for_nothing_that_only_a_screen_can_do(path):
    page = lesson_page(path)
    said = re.sub(r"\s+", " ", page.body.get_text())
    assert not [said[max(0, found.start() - 60) : found.end() + 60] for found in LEFT.finditer(said)]
    assert not re.findall(r"(?<![\w*])\*\w[^*]{0,60}\*(?![\w*])", said), "raw Markdown"
    levels = [int(heading.name[1]) for heading in page.find_all(re.compile("^h[1-6]$"))]
    assert all(after <= before + 1 for before, after in pairwise(levels)), "a level of headings is left out"


def test_no_print_shows_raw_markdown():
    for paper in plain():
        said = BeautifulSoup(paper.page(NAMES), "html.parser").body.get_text()
        assert not re.findall(r"(?<![\w*])\*\w[^*\n]{0,60}\*(?![\w*])|\{\{|&nbsp;|<br>|\]\(", said), paper.name


def test_the_form_in_a_lesson_can_be_filled_in_on_paper():
    (path,) = (path for path in LESSONS if path.stem.startswith("18_6"))
    for withheld in (False, True):
        form = lesson_page(path, withheld=withheld).select_one(".form")
        rows = form.select("table.fill tbody tr")
        assert len(rows) == len(QUESTIONS)
        assert all(not cell.get_text().strip() for row in rows for cell in row.find_all("td")[-2:])
        assert "the form above" in form.find_next(class_="question").get_text()
    assert "form = ChecklistForm" not in form.find_parent("body").get_text()


def test_each_page_of_a_print_says_whether_it_holds_answers():
    heads = {paper.name: paper.page(NAMES) for paper in plain() if "workshop" in paper.name or "key" in paper.name}
    assert "<title>FOR THE LEADER: " in heads[f"{TEACHERS}workshop_18_6_leader"]
    assert "<title>KEY, not for learners: " in heads[f"{TEACHERS}concept_test_key"]
    assert 'content: "KEY, not for learners: ' in heads[f"{TEACHERS}concept_test_key"]
    assert "LEADER" not in heads["workshop_18_6_room"]
    page = soup(QUESTION, withheld=True)
    assert page.title.get_text() == "A title (without answers)"


def test_what_is_folded_is_read_as_markdown_and_an_option_ends_before_its_verdict():
    page = soup(markdown_html("# A\n\n<details><summary>Model answer</summary>\nIt *does*.\n</details>\n\nOn."))
    assert page.select_one(".answer em").get_text() == "does"
    assert "A. 1: Right." in soup(QUESTION).get_text()
    assert "√" in markdown_html(r"$1/\sqrt{n}$")
    assert "msqrt" not in markdown_html(r"$1/\sqrt{n}$")  # Chromium draws its bar into the letter


def test_lists_to_look_up_have_greek_letters_and_nothing_for_makers():
    made = {paper.name: BeautifulSoup(paper.body, "html.parser").get_text() for paper in plain()}
    assert "α (alpha)" in made["symbols"]
    assert "φ (phi)" in made["symbols"]
    for name in ("symbols", "glossary"):
        assert "tests/" not in made[name], name


# ---- the key of the exercises on paper -----------------------------------------------------------


ON_PAPER = {bank.id_of(path): path for path in answers.on_paper(ROOT)}


@pytest.fixture(scope="module")
def keys():
    """Return the key of each exercise, by its id."""
    parts = re.split(r"^## (18\.\d-[a-z]) ", answers.key(ROOT), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def said_to_learners(name):
    """Yield what only somebody who has answered may read: reasons, mistakes and what is worked out."""
    exercise = bank.load(ON_PAPER[name])
    closed = exercise.closed._asdict() if exercise.closed else {}
    yield exercise.why
    yield from (mistake.hint for mistake in exercise.mistakes)
    yield from (option.reason for option in closed.get("options", {}).values())
    yield from (reason for _, reason in closed.get("cases", {}).values())


ALSO_ASKED = " ".join(question.evidence for question in QUESTIONS)  # the checklist itself, which learners have


def test_the_key_has_every_exercise_on_paper(keys):
    assert list(keys) == re.findall(r"^## (18\.\d-[a-z]) ", forms.exercises(ROOT), re.MULTILINE) == list(ON_PAPER)


@pytest.mark.parametrize("name", ON_PAPER)
def test_a_key_says_what_is_right_why_and_what_is_wrong(keys, name):
    exercise, key = bank.load(ON_PAPER[name]), keys[name]
    if exercise.marked_by_teacher:
        assert exercise.worked.split("\n")[0] in key
        return
    for words in said_to_learners(name):
        assert answers.by_hand(words.replace("\n", " ")) in key, words
    right = evaluate(exercise, exercise.right)
    rows = [[cell.strip(" *") for cell in row.split(" | ")] for row in re.findall(r"^\| (.+) \|$", key, re.MULTILINE)]
    for part, value in right.items() if isinstance(right, dict) else [("the number", right)]:
        named = re.escape(answers.paper_name(str(part)))
        row = next((row for row in rows if re.fullmatch(rf"(Place )?{named}(\. .*)?", row[0])), None)
        if row is None:
            assert exercise.closed is None
            assert f"**{part}**" in key
        elif isinstance(value, bool):
            assert row[1] == ("yes" if value else "no")
        elif isinstance(value, float):
            low, high = map(float, row[2].split(" to "))
            assert low <= float(row[1]) <= high
            assert float(row[1]) == pytest.approx(value, rel=1e-3)
        else:
            assert str(value) in row[1].split(" or "), (part, row)


@pytest.mark.parametrize("name", ON_PAPER)
def test_each_part_of_an_answer_has_an_empty_place_on_paper(name):
    exercise, form = bank.load(ON_PAPER[name]), forms.form(ON_PAPER[name])
    if exercise.marked_by_teacher:
        assert form.count('class="line"') == forms.LINES
        return
    right = exercise.right
    parts = exercise.closed.options if isinstance(exercise.closed, Choose) else right
    parts = list(parts) if isinstance(parts, dict | list) else [""]
    places = form.count("<i></i>") or len(re.findall(r"\| [^|☐]+ \|(?= ☐ \|)", form))
    assert places == len(parts)
    if isinstance(right, dict):
        assert all(answers.paper_name(str(part)) in form for part in parts)
    html = BeautifulSoup(form, "html.parser")
    assert not any(place.get_text() for place in html.find_all("i")), "a place is filled in"


def test_the_list_to_sign_has_every_exercise_once_with_a_box():
    page = forms.exercise_list(ROOT)
    ids = re.findall(r"^\| ☐ \| (18\.\d-[a-z]) ", page, re.MULTILINE)
    there = [bank.id_of(path) for path in (ROOT / "clinxai_teach" / "exercises").glob("18_*/?_*.py")]
    assert sorted(ids) == sorted(there)
    assert "Signature: ____" in page


def test_the_example_of_a_full_sum_adds_up():
    weights, tasks = (
        (ROOT / "teaching" / f"{name}.md").read_text(encoding="utf-8") for name in ("rules", "assessment")
    )
    words = r"(\d+) of (\d+) points in the test \(([\d.]+)%\), (\d+) of (\d+) for the dossier \(([\d.]+)%\)"
    got, of, test, dossier, most, capstone = map(float, re.search(words, weights).groups())
    assert f"| **{of:g}** | **" in tasks
    assert test == round(40 * got / of, 1)
    assert capstone == round(40 * dossier / most, 1)
    assert f"(10%) are {test + capstone + 10 + 10:g}%" in weights


@pytest.mark.parametrize("name", ON_PAPER)
def test_points_of_the_parts_add_up_to_those_of_the_exercise(keys, name):
    path = ON_PAPER[name]
    options = checked_options(answers.answer_cell(path))
    assert f"**{options['points']:g} points, {options['minutes']} minutes**" in keys[name]
    if bank.load(path).marked_by_teacher:
        listed = re.findall(r"^\d+\. .+ \((\d+)\)$", keys[name].split("**Full marks.**")[0], re.MULTILINE)
        assert sum(map(int, listed)) == options["points"]
        return
    parts = len(answers.rare_parts(bank.load(path))) or answers.parts_of(bank.load(path))
    given = answers.scale(options["points"], parts)
    assert list(given) == list(range(parts + 1))
    assert (given[0], given[parts]) == (0, options["points"])
    for right in range(parts):
        assert given[right] <= given[right + 1]
        assert given[right] < options["points"]
        assert 0 <= options["points"] * right / parts - given[right] < 0.5
    said = re.search(r"Points: (.+)\.$", keys[name], re.MULTILINE)[1].split("; ")
    told = {}
    for words in said:
        first, last, points = re.fullmatch(r"(\d+)(?: to (\d+))? right: ([\d.]+)", words).groups()
        told |= dict.fromkeys(range(int(first), int(last or first) + 1), float(points))
    assert told == given


def test_who_writes_one_answer_everywhere_gets_no_points(keys):
    rare = {name: found for name in ON_PAPER if (found := answers.rare_parts(bank.load(ON_PAPER[name])))}
    assert rare == {"18.6-a": ["4", "5", "7", "11", "12", "16"]}
    assert "Only 6 count, where the usual answer is not right: 4, 5, 7, 11, 12, 16." in keys["18.6-a"]
    assert "Points: 6 right: 4; " in keys["18.6-a"]


NUMBERS = [name for name, path in ON_PAPER.items() if isinstance(bank.load(path).closed, Numbers)]


@pytest.mark.parametrize("name", NUMBERS)
def test_the_steps_of_a_key_are_arithmetic_and_end_at_what_is_right(keys, name):
    closed = bank.load(ON_PAPER[name]).closed
    how = keys[name].split("*How.*\n\n")[1].split("\n\n")[0]
    assert "```" not in keys[name]
    assert not re.search(r"[\[\]{}#]| \* |\d_\d", how)
    found = {}
    for line in how.split("\n"):
        for piece in line.removeprefix("- ").partition(". *")[0].split("; "):
            left, _, right = piece.partition(" = ")
            right = re.sub(r"(?<=\d),(?=\d{3})", "", right).replace(" x ", " * ")
            for known in sorted(found, key=len, reverse=True):
                right = re.sub(rf"\b{re.escape(known)}\b", f"({found[known]!r})", right)
            if re.fullmatch(r"[\d.+\-*/() e]*\d[\d.+\-*/() e]*", right):
                found[left] = eval(right)
    if "" in closed.values:
        found[""] = list(found.values())[-1]
    for asked, (value, within, _) in closed.values.items():
        assert found[answers.paper_name(asked)] == pytest.approx(value, abs=within), asked


def test_steps_that_are_no_arithmetic_are_refused():
    source = "a, b_c = 1_000 * 2, 3  # two\n# first\n# second\nx = {'n_1': a / b_c,\n 'd': 4}\n"
    made = "- a = 1,000 x 2; b c = 3. *two*\n- first second\n- n 1 = a / b c\n- d = 4"
    assert answers.steps(source, ["n_1", "d"]) == made
    with pytest.raises(BuildError, match="import numpy"):
        answers.steps("import numpy", [])


def test_nothing_of_the_key_stands_in_what_learners_get():
    learners = [paper for paper in plain() if not paper.name.startswith(TEACHERS)]
    assert len(learners) > 10
    for paper in learners:
        text = " ".join(BeautifulSoup(paper.body, "html.parser").get_text().split())
        leaks = [
            words
            for name in ON_PAPER
            for reason in said_to_learners(name)
            for words in re.split(r"(?<=[.?!:]) ", " ".join(re.sub("[*`]", "", reason).split()))
            if len(words) > 45 and words in text and words not in ALSO_ASKED
        ]
        assert leaks == [], paper.name


def test_learners_are_led_to_no_key():
    names = frozenset({"18_6", f"{TEACHERS}18_6_key", f"{TEACHERS}texts"})
    assert Paper("a", "A", "").links(names) == {"18_6": "18_6"}
    assert Paper(f"{TEACHERS}b", "B", "").links(names) == {
        "18_6": "../18_6",
        "18_6_key": "18_6_key",
        "texts": "texts",
    }


# ---- where everything is -------------------------------------------------------------------------


def test_the_guide_lists_every_print_for_the_right_people():
    for name in NAMES:
        found = [each for each in teaching_places.PRINTS if fnmatchcase(name, each.name)]
        assert len(found) == 1, f"{name} is listed {len(found)} times in tools/teaching_places.py"
        assert (found[0].whom == teaching_places.TEACHERS) == name.startswith(TEACHERS), name
    for each in teaching_places.PRINTS:
        assert [name for name in NAMES if fnmatchcase(name, each.name)], f"{each.name} is no handout"


def test_what_spoils_a_vote_or_a_test_is_given_on_its_day_only():
    for name in NAMES:
        since = next(each.since for each in teaching_places.PRINTS if fnmatchcase(name, each.name))
        if name.startswith(TEACHERS):
            assert since == teaching_places.NEVER
        elif re.match("workshop_|meeting_(9|10)_|concept_test_|capstone_(own|sheets|weak)", name):
            assert since.startswith(teaching_places.PAPER), name
        elif re.match("(before/)?18_|vendor_sheets|exercises_on_paper", name):
            assert re.search(r"\bafter meetings? \d", since), name
        else:
            assert since == teaching_places.ANY_TIME, name


def test_each_print_of_a_day_goes_to_learners_and_its_pages_are_there():
    for run in teaching_places.RUNS:
        assert run.name in NAMES
        assert not run.name.startswith(TEACHERS)
        first, last = teaching_places.pages_of(run)
        assert 1 <= first <= last <= answers.pages()[run.name]["pages"], run
        assert 30 % teaching_places.SHARES[run.each] == 0
    handed_out = {run.name for run in teaching_places.RUNS}
    on_a_day = [name for name in NAMES if re.match("workshop_|meeting_|concept_test_|capstone_", name)]
    assert handed_out >= set(on_a_day)


def test_every_part_of_a_workshop_is_printed_once_for_the_room():
    for name in (name for name in NAMES if re.match("workshop_.*_room", name)):
        pages = [
            page
            for run in teaching_places.RUNS
            if run.name == name
            for first, last in [teaching_places.pages_of(run)]
            for page in range(first, last + 1)
        ]
        assert sorted(pages) == list(range(1, answers.pages()[name]["pages"] + 1)), name


def test_the_printing_table_has_the_exercises_of_each_meeting_and_counts_the_sheets():
    term = (ROOT / "teaching" / "sources" / "term.md").read_text(encoding="utf-8")
    asked = {
        (number, name)
        for number, text in re.findall(r"^## Meeting (\d+): .*?\n(.*?)(?=^## |\Z)", term, re.MULTILINE | re.DOTALL)
        for line in re.findall(r"^\*\*For each person, page of `exercises_on_paper`.*$", text, re.MULTILINE)
        for name in re.findall(r"\{\{page (18\.\d-[a-z])\}\}", line)
    }
    there = [run for run in teaching_places.RUNS if run.name == "exercises_on_paper"]
    assert {(re.match(r"meeting (\d+)", run.when)[1], run.first) for run in there} == asked
    assert len(there) == len(asked) > 10
    of_workshops = [run for section in WORKSHOPS for run in teaching_places.of_workshop(section)]
    others = [run for run in teaching_places.RUNS if run not in of_workshops]
    for run, row in zip([*others, *of_workshops], paper_rows(), strict=True):
        first, last = teaching_places.pages_of(run)
        assert f"`{run.name}`, page" in row[1]
        assert int(row[-1]) == int(row[-2]) * ((last - first + 2) // 2), run


WORKSHOPS = ("18.1", "18.3", "18.5", "18.6")


def paper_rows():
    """The rows of the guide's table and of the workshops' tables: the last two cells are copies and sheets for 30."""
    tables = [teaching_places.runs(), *(teaching_places.copies(section).split("\n\n")[0] for section in WORKSHOPS)]
    rows = []
    for table in tables:
        for row in table.split("\n")[2:]:
            *cells, last = [cell.strip() for cell in row.strip("| ").split(" | ")]
            rows.append([*cells, *last.split(", ")])
    return rows


def test_the_sheets_of_paper_are_those_of_the_tables():
    alone = 0
    for section in WORKSHOPS:
        table, said = teaching_places.copies(section).split("\n\n")
        rows = [[cell.strip() for cell in row.strip("| ").split(" | ")] for row in table.split("\n")[2:]]
        sheets = [int(row[-1].split(", ")[1]) for row in rows]
        assert said.startswith(f"**{sum(sheets)} sheets for 30,")
        alone += sum(
            number for number, row in zip(sheets, rows, strict=True) if "not in the term" in row[0] or section == "18.5"
        )
        (path,) = (ROOT / "teaching" / "workshops").glob(f"{section.replace('.', '_')}_*.md")
        assert teaching_places.copies(section) in path.read_text(encoding="utf-8")
    term = sum(int(row[-1]) for row in paper_rows()) - alone
    assert f"the term {term:,}, without work at home" in (ROOT / "teaching" / "guide.md").read_text(encoding="utf-8")


def test_the_sheet_for_marks_computes_what_the_page_of_rules_says():
    head, first, *others = csv.reader((ROOT / "teaching" / "marks.csv").open(encoding="utf-8"))
    page = (ROOT / "teaching" / "rules.md").read_text(encoding="utf-8")
    got, of, _, dossier, most = re.search(r"(\d+) of (\d+) points in the test \((.+?)\), (\d+) of (\d+)", page).groups()
    assert (head[2], head[3]) == (f"test: points of {of}", f"dossier: points of {most}")
    assert [row[:9] for row in (first, *others)] == [[""] * 9] * 30
    # No name of a function, no comma, no quotation mark: any language, and any sign between columns, reads them alike.
    assert not re.search(r'[A-Z]{2}|[,;"]', "".join(first))
    rows = [[re.sub(rf"([A-Z]){line}\b", r"\1#", cell) for cell in row] for line, row in enumerate((first, *others), 2)]
    assert all(row == rows[0] for row in rows)

    def computed(**cells):
        values = {"C2": got, "D2": dossier, "E2": 2, "F2": 2, "G2": 30, "H2": 10, "I2": 1} | cells
        names = {name: float(value) for name, value in values.items()}
        for column, cell in zip("JKL", first[9:], strict=True):
            names[f"{column}2"] = eval(cell.removeprefix("="), {}, names)
        return [round(names["K2"], 1), names["L2"]]

    said = float(re.search(r"own part \(10%\) are ([\d.]+)%", page)[1])
    assert computed() == [said, 1]
    for cell, value in {"C2": 10.99, "D2": 11, "E2": 1, "F2": 1, "I2": 0}.items():
        assert computed(**{cell: value})[1] == 0, cell
    assert computed(G2=15, H2=10)[0] == said - 5
    assert computed(G2=40, H2=10)[0] == said
    assert computed(G2=30, H2=4)[0] == said - 2


def test_no_group_gets_the_sheets_of_both_uses():
    runs = [run for run in teaching_places.RUNS if run.name == "capstone_sheets"]
    assert [30 // teaching_places.SHARES[run.each] for run in runs] == [3] * 8
    for number, meeting in enumerate((6, 7, 8, 9), 1):
        there = [run for run in runs if run.when.startswith(f"meeting {meeting},")]
        assert [(run.first, run.last, run.each) for run in there] == [
            (f"Sheet A{number}", f"Sheet A{number}", teaching_places.ODD),
            (f"Sheet B{number}", f"Sheet B{number}", teaching_places.EVEN),
        ]


def test_the_rows_for_work_at_home_have_each_exercise_of_the_term_and_its_lessons():
    page = (ROOT / "teaching" / "term.md").read_text(encoding="utf-8")
    count, room, whole = map(int, re.search(r"(\d+) at home and (\d+) in the room are (\d+)", page).groups())
    rows = rows_at_home()
    names = [name for row in rows for name in row[1].split(", ") if name]
    assert len(set(names)) == len(names) == count == whole - room
    for column, paper in ((2, "exercises_on_paper"), (3, f"{TEACHERS}exercises_on_paper_key")):
        pages = [span for row in rows for span in row[column].split(", ") if span]
        assert [int(span.split(" to ")[0]) for span in pages] == [answers.pages()[paper][name] for name in names]
    lessons = [name for row in rows for name in re.findall(r"`(\w+)`", row[4])]
    assert sorted(lessons) == [path.stem for path in LESSONS if not path.stem.startswith("appendix")]
    assert (rows[0][4], rows[1][1]) == ("`00_start_here`", "18.1-e, 18.1-f, 18.1-g")


def rows_at_home():
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in teaching_places.homes().split("\n")]
    return [row for row in rows if len(row) == 6 and row[0].isdigit()]


@pytest.mark.parametrize("paper", ["exercises_on_paper", f"{TEACHERS}exercises_on_paper_key"])
def test_first_and_last_pages_of_the_exercises_leave_no_page_out(paper):
    spans = [[int(page) for page in answers.span_of(name, paper).split(" to ")] for name in ON_PAPER]
    there = answers.pages()[paper]
    assert spans[0][0] == there["18.1-a"]
    assert spans[-1][-1] == there["pages"]
    for before, after in pairwise(spans):
        assert after[0] == before[-1] + 1
    assert answers.span_of("18.1-b", paper) == ""
    if paper == "exercises_on_paper":
        assert max(map(len, spans)) == 2  # 18.6-a brings its sheet and the questions


def test_sheets_at_home_are_those_of_all_pages():
    each = lessons = 0
    for _, names, spans, _, prints, sheets in rows_at_home():
        if parts := re.findall(r", (\d+) to (\d+)", prints):  # some pages of a print
            prints = ""
        ends = [[int(page) for page in span.split(" to ")] for span in spans.split(", ") if span]
        assert len(ends) == len([name for name in names.split(", ") if name])
        pages = sum(end[-1] - end[0] + 1 for end in ends)
        of_lessons = sum((answers.pages()[name]["pages"] + 1) // 2 for name in re.findall(r"`([\w/]+)`", prints))
        of_lessons += (sum(int(last) - int(first) + 1 for first, last in parts) + 1) // 2
        assert int(sheets) == (pages + 1) // 2 + of_lessons
        each, lessons = each + int(sheets), lessons + of_lessons
    page = (ROOT / "teaching" / "guide.md").read_text(encoding="utf-8")
    assert f"**At home: {each} sheets each, {30 * each:,} for 30;** {lessons} of the {each} are lessons" in page


def test_minutes_of_the_marking_plan_add_up():
    page = (ROOT / "teaching" / "assessment.md").read_text(encoding="utf-8")
    plan = page.partition("## Marking plan\n")[2].partition("\n## ")[0]
    minutes = [int(last) for last in re.findall(r"^\|.*\| (?:[\dx ]+ = )?(\d+) \|$", plan, re.MULTILINE)]
    said = re.search(
        r"all (\d+) minutes, and (\d+) for each .*? with (\d+) of those (\d+) minutes, about (\d+) h", plan
    )
    total, each, tests, whole, hours = map(int, said.groups())
    assert total == sum(minutes)
    assert f"| {each} each |" in plan
    assert (whole, hours) == (total + tests * each, round(whole / 60))
    shares = {"second": 0, "an": 0, "computer,": 0, "teacher": 0, "lecturer": 0}
    for who, number in re.findall(r"^\|[^|]+\|[^|]+\| (\S+)[^|]*\| (?:[\dx ]+ = )?(\d+) \|$", plan, re.MULTILINE):
        shares[who] += int(number)
    second, assistant, computer, teacher, lecturer = shares.values()
    told = f"Of the {total}: second teacher {second}, assistant {assistant}, computer {computer}; "
    assert f"{told}you {teacher + lecturer}. All 30 on paper: {30 * each} more" in plan
    times = [(int(many), int(each)) for many, each in re.findall(r"\| (\d+) x (\d+) = ", plan)]
    person, group = (sum(many * each for many, each in times if many in of) for of in ((30, 60), (6,)))
    person, group, fixed = person // 30, group // 6, total - person - group
    assert f"Another class: {fixed}, {person} for each person and {group} for each group" in plan
    assert f"(24 people in five groups: {fixed + 24 * person + 5 * group})" in plan


def test_what_the_guide_calls_there_is_there_and_its_commands_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for place in teaching_places.PLACES:
        if place.command == teaching_places.THERE:
            assert list(ROOT.glob(place.path)), place.path
        elif target := re.match(r"make (\w+)", place.command):
            assert re.search(rf"^{target[1]}:", makefile, re.MULTILINE), place.command


WIDE = "<h1>A</h1><pre style='white-space: pre'>" + "x" * 300 + "</pre>"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("body", "says"), [(WIDE, "too wide"), ("<h1>A</h1><p style='font-size: 8pt'>small</p>", "too small: ..P: small")]
)
def test_what_is_too_wide_or_too_small_is_not_printed(tmp_path, body, says):
    if missing := what_is_missing():
        pytest.skip(missing)
    with ThreadPoolExecutor(1) as thread:  # Playwright takes one browser per thread: the browser tests' may be open
        refused = thread.submit(print_page, body, tmp_path / "x.pdf").exception()
    assert isinstance(refused, BuildError)
    assert re.search(says, str(refused))


def print_page(body, path):
    with Printer() as printer:
        printer.to_file(Paper("x", "A title", body).page(frozenset()), path)


# ---- the printed files ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def printed():
    """Print what is not current: minutes, where nothing was printed before."""
    if missing := what_is_missing():
        pytest.skip(missing)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(build, report=lambda line: None).result()
    return {name_of(path): PdfReader(path) for path in OUT.rglob("*.pdf")}


@pytest.mark.slow
def test_every_handout_was_printed_from_the_present_page(printed):
    assert set(printed) == NAMES
    for paper in papers():
        assert is_current(OUT / f"{paper.name}.pdf", paper.page(NAMES)), paper.name


@pytest.mark.slow
def test_each_print_of_the_guide_was_printed(printed):
    assert set(PAGES) == NAMES
    for name in {run.name for run in teaching_places.RUNS}:
        assert PAGES[name] == pages_of(printed[name]), f"{name}: run python tools/teaching_pages.py, and commit"
    for name, reader in printed.items():
        said = PAGES[name]["pages"]
        assert abs(said - len(reader.pages)) <= max(1, said // 20), name  # another printer breaks a page elsewhere


@pytest.mark.slow
def test_contents_lists_and_key_say_on_which_page_an_exercise_stands(printed):
    reader = printed["exercises_on_paper"]
    assert answers.pages()["exercises_on_paper"] == pages_of(reader)
    assert [name for name in pages_of(reader) if re.match(r"18\.\d-", name)] == list(ON_PAPER)
    contents = squeezed(reader.pages[0].extract_text())
    for name in ON_PAPER:
        number = answers.page_of(name)
        assert squeezed(f"{number}{name} {bank.load(ON_PAPER[name]).title}") in contents
        assert squeezed(f"{name} {bank.load(ON_PAPER[name]).title}") in squeezed(
            reader.pages[number - 1].extract_text()
        )


@pytest.mark.slow
def test_the_key_on_paper_can_be_read_as_text(printed, keys):
    text = squeezed(" ".join(page.extract_text() for page in printed[f"{TEACHERS}exercises_on_paper_key"].pages))
    for name in keys:
        assert squeezed(f"{name} {bank.load(ON_PAPER[name]).title}") in text
    assert squeezed("For teachers; not for learners.") in text
    assert not any(squeezed("For teachers") in page.extract_text() for page in printed["exercises_on_paper"].pages)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_screen_reader_finds_title_language_headings_and_pictures(printed, name):
    reader = printed[name]
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert len(reader.metadata.title) > 5
    found = list(tags(reader))
    kinds = [kind for kind, _ in found]
    assert kinds.count("H1") == 1
    alts = [str(element.get("/Alt", "")) for kind, element in found if kind == "Figure"]
    assert all(len(alt) > 20 for alt in alts)
    if (ROOT / "notebooks" / f"{name}.ipynb").exists():
        page = next(paper for paper in papers(names=[name])).page(NAMES)
        assert len(alts) == page.count("<img ")
        assert kinds.count("H2") == page.count("<h2")
    assert len(reader.outline)


@pytest.mark.slow
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_can_be_read_as_text_and_is_not_long(printed, path):
    reader = printed[path.stem]
    assert len(reader.pages) <= MOST_PAGES
    text = squeezed(" ".join(page.extract_text() for page in reader.pages))
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            for heading in re.findall(r"^#{1,3} (.+)$", cell.source, re.MULTILINE):
                assert squeezed(re.sub(r"[*`]|\$.*\$", "", heading)) in text, heading
    for words in ("notmedicaladvice", "synthetic", f"page1of{len(reader.pages)}"):
        assert words in text
    assert "{{" not in text


def squeezed(text):
    """Return a text without spaces and without the hyphens and ligatures at which two readers of a PDF differ."""
    return re.sub(r"[\s\u00ad-]", "", text.replace("\ufb01", "fi").replace("\ufb02", "fl"))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(NAMES - set(CARDS)))
def test_no_link_is_broken(printed, name):
    reader = printed[name]
    known = set(reader.named_destinations)
    for page in reader.pages:
        for link in links(page):
            action = link.get("/A")
            if action is None:
                assert "/Dest" in link
                assert not isinstance(link["/Dest"], str) or link["/Dest"].lstrip("/") in {d.lstrip("/") for d in known}
            elif action["/S"] == "/GoToR":
                assert ((OUT / name).parent / action["/F"]).exists(), action["/F"]
            elif action["/S"] == "/URI":
                assert re.match("https?://(?!handout.invalid)", action["/URI"]), action["/URI"]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_page_is_a4_and_has_text(printed, name):
    for page in printed[name].pages:
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
        assert len(page.extract_text()) > 50  # a page may hold one picture, which has its words in its tag


# ---- the workshops' prints that git keeps ---------------------------------------------------------


KEPT = sorted(name for name in NAMES if "workshop_" in name)


def test_git_keeps_the_prints_of_the_workshops_and_nothing_else():
    assert sorted(paper.name for paper in workshops()) == KEPT
    assert sorted(path.relative_to(PRINT).with_suffix("").as_posix() for path in PRINT.rglob("*.*")) == KEPT
    assert sum(path.stat().st_size for path in PRINT.rglob("*.pdf")) < 2e6
    guide = (ROOT / "teaching" / "guide.md").read_text(encoding="utf-8")
    assert all(f"](print/{name}.pdf)" in guide for name in KEPT)


@pytest.mark.parametrize("name", KEPT)
def test_a_kept_print_is_tagged_and_has_the_pages_that_are_said(name):
    reader = PdfReader(PRINT / f"{name}.pdf")
    assert pages_of(reader) == PAGES[name], "run make workshops"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "H1" in [kind for kind, _ in tags(reader)]
    assert not [link for page in reader.pages for link in links(page) if "GoToR" in str(link.get("/A"))]


def test_the_key_of_a_workshop_is_printed_for_its_leader_only():
    for paper in workshops():
        heads = re.findall(r"<h[23][^>]*>([^<]*)", paper.body)
        has_key = any(re.match(r"(Key|Script|Minute by minute)\b", head) for head in heads)
        assert has_key == paper.name.startswith(TEACHERS), paper.name


def test_the_workshops_need_no_torch():
    code = "from handouts.build import workshops; print(*(paper.name for paper in workshops()))"
    paths = os.pathsep.join(str(ROOT / each) for each in ("tests/without_torch", ".", "tools"))
    made = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ | {"PYTHONPATH": paths}
    )
    assert sorted(made.stdout.split()) == KEPT, made.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", KEPT)
def test_a_kept_print_is_that_of_the_present_page(printed_anew, name):
    kept, anew = PdfReader(PRINT / f"{name}.pdf"), PdfReader(printed_anew / f"{name}.pdf")
    assert len(kept.pages) == len(anew.pages), "run make workshops"
    for there, made in zip(kept.pages, anew.pages, strict=True):
        assert squeezed(there.extract_text()) == squeezed(made.extract_text()), "run make workshops"


@pytest.fixture(scope="module")
def printed_anew(tmp_path_factory):
    """Print the workshops into an empty folder."""
    if missing := what_is_missing():
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp("print")

    def print_them():
        with Printer() as printer:
            for paper in workshops():
                printer.to_file(paper.page(frozenset()), folder / f"{paper.name}.pdf")

    with ThreadPoolExecutor(1) as thread:
        thread.submit(print_them).result()
    return folder
