"""A class of three from `new` to `marks`: what each step writes, and that nothing of the key goes out."""

import csv
import json
import re
import stat

import numpy as np
import pytest
from handing_in import (
    CHOICE,
    FOLDER,
    FOUR,
    FUNCTION,
    NUMBERS,
    TEXT,
    answer,
    cell,
    hand_in,
    handed_out,
    make_class,
    plain,
    right_source,
    run,
    solved,
    variant,
)

from clinxai_teach.classroom import book, cage, items, judge
from clinxai_teach.classroom.handout import own_cell

needs_cage = pytest.mark.skipif(cage.why_not() is not None, reason=str(cage.why_not()))
PEOPLE = {"a.mueller": "Anna Müller", "b.jones": "Ben Jones", "c.li": "Chen Li"}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return make_class(tmp_path_factory.mktemp("class"), PEOPLE)


@needs_cage
def test_from_new_to_marks(course, tmp_path):
    hand_in(tmp_path, "Anna Müller_123_assignsubmission_file/exam.ipynb", solved(course, "a.mueller"))
    half = handed_out(course, "b.jones")
    answer(half, NUMBERS, 'alarm = {"ppv": 0.5, "npv": 0.5, "alert_rate": 0.5}')
    hand_in(tmp_path, "Ben Jones_124_assignsubmission_file/exam (1).ipynb", half)
    said = run(course.root, "collect", "exam", tmp_path)
    assert "2 of 3 collected. Nothing from: c.li." in said

    said = run(course.root, "grade", "exam")
    assert "a.mueller: 10 of 14 points so far, 1 text to" in said
    assert "b.jones: 0 of 14 points so far, 0 texts" in said

    with book.gradebook(course) as opened:  # what a teacher does in the form grader
        grade = opened.find_grade(TEXT, "exam", "exam", "a.mueller")
        grade.manual_score, grade.needs_manual_grade = 3, False
        opened.db.commit()
    run(course.root, "grade", "exam", "--student", "a.mueller")  # a mark by hand stays

    said = run(course.root, "feedback", "exam")
    assert "2 pages: " in said
    assert "No page, not handed in: c.li." in said
    page = (course.root / "feedback" / "a.mueller" / "exam" / "exam.html").read_text(encoding="utf-8")
    assert "Score: 13" in page
    assert "For teachers" not in page
    assert "<script>alert(1)" not in page
    assert not re.search(r"(src|href)\s*=\s*.https?://", page), "the page works without a network"

    run(course.root, "marks", "exam")
    rows = list(csv.DictReader((course.root / "marks" / "exam.csv").open(encoding="utf-8-sig")))
    assert [(row["status"], row["points"]) for row in rows] == [
        ("marked", "13"),
        ("marked", "0"),
        ("not handed in", ""),
    ]
    assert [rows[0][name] for name in FOUR] == ["3", "3", "4", "3"]
    moodle = list(csv.DictReader((course.root / "marks" / "exam-moodle.csv").open(encoding="utf-8-sig")))
    assert [row["exam"] for row in moodle] == ["13", "0", ""]
    canvas = list(csv.DictReader((course.root / "marks" / "exam-canvas.csv").open(encoding="utf-8-sig")))
    assert [row["exam"] for row in canvas] == ["14", "13", "0", ""]
    assert "**Chen Li** (c.li): not handed in" in (course.root / "marks" / "exam-look.md").read_text(encoding="utf-8")


@needs_cage
def test_the_judge_says_the_same_in_this_process(course, tmp_path):
    """And of an answer that stops, an unfit one, and one that needs a cell further down."""
    book = solved(course, "c.li")
    answer(book, CHOICE, "import os\nos._exit(1)")
    answer(book, NUMBERS, "alarm = later")
    answer(book, FUNCTION, "def group_ratio(y_true, y_prob, group):\n    return 1 / 0")
    book["cells"].append(own_cell("code", "later = {'ppv': object()}", 1))
    hand_in(tmp_path, "c.li/exam.ipynb", book)
    run(course.root, "collect", "exam", tmp_path)
    found = judge.mark_person(course, "exam", "c.li")
    assert [found["items"][name]["state"] for name in FOUR] == ["stopped", "unreadable", "unreadable", "by hand"]
    assert "ZeroDivisionError" in found["items"][FUNCTION]["words"]
    assert "NameError" in found["items"][NUMBERS]["words"]
    assert any("it stopped" in note for note in found["notes"])


@needs_cage
def test_an_answer_that_only_its_typing_spoils_gets_no_zero(tmp_path):
    """Codes without quotation marks, a comma, %, a number as a text: a teacher decides, before an LMS has a mark."""
    slips = {
        "onetext": (CHOICE, 'reasons = "A93 W48 Z75"', "set of names"),
        "renamed": (NUMBERS, 'mine = {"ppv": 0.5, "npv": 0.98, "alert_rate": 0.2}', "the cell has mine"),
        "array": (NUMBERS, 'alarm = {"ppv": np.array([0.5]), "npv": 0.98, "alert_rate": 0.2}', "one number"),
        "list": (NUMBERS, "alarm = [0.5, 0.98, 0.2]", "a dict is needed"),
        "ragged": (NUMBERS, 'alarm = {"ppv": [[1], [1, 2]], "npv": 0.2, "alert_rate": 2}', ""),
        "nan": (NUMBERS, 'alarm = {"ppv": float("nan"), "npv": 0.2, "alert_rate": 2}', ""),
        "decimal": (NUMBERS, 'alarm = {"ppv": 0,703}', "Perhaps a decimal comma."),
        "stub": (CHOICE, "reasons = ", ""),
        "quotes": (CHOICE, "reasons = {A93, W48, Z75}", "name 'A93' is not defined"),
        "comma": (NUMBERS, 'alarm = {"ppv": 0,703, "npv": 0,98, "alert_rate": 0,2}', "SyntaxError"),
        "percent": (NUMBERS, 'alarm = {"ppv": 24.4%, "npv": 0.98, "alert_rate": 0.2}', "SyntaxError"),
        "text": (
            NUMBERS,
            'alarm = {"ppv": "24.4%", "npv": 0.98, "alert_rate": 0.2}',
            "Write it without quotation marks",
        ),
        "empty": (NUMBERS, 'alarm = {"ppv": 0.5, "npv": ..., "alert_rate": ...}', ""),
        "code": (FUNCTION, "def group_ratio(y_true, y_prob, group):\n    return {A: 1", ""),
    }
    names = (CHOICE, NUMBERS, FUNCTION)
    course = make_class(tmp_path, {who: who.title() for who in slips}, names)
    offered = [*variant(course, "onetext", CHOICE).judge.closed.options]
    slips["onetext"] = (CHOICE, f'reasons = "{offered[0]} {offered[1]} and another"', "not one of the names")
    for who, (name, source, _) in slips.items():
        book_of = solved(course, who, names)
        answer(book_of, name, source)
        hand_in(tmp_path / "came", f"{who}/exam.ipynb", book_of)
    run(course.root, "collect", "exam", tmp_path / "came")
    assert "text: 7 of 10 points so far, 0 texts to mark by hand, 1 answer that" in run(course.root, "grade", "exam")
    run(course.root, "marks", "exam")
    rows = {row["id"]: row for row in csv.DictReader((course.root / "marks/exam.csv").open(encoding="utf-8-sig"))}
    page = (course.root / "marks/exam-look.md").read_text(encoding="utf-8")
    for who, (name, _, says) in slips.items():
        waits = who not in ("empty", "stub")
        assert (rows[who]["status"], rows[who][name]) == (
            ("waiting for marks by hand", "") if waits else ("marked", "0")
        )
        assert (f"{name}: " in rows[who]["notes"] and "teacher" in rows[who]["notes"]) == waits
        assert says in page
    assert "<ipython" not in page
    with book.gradebook(course) as opened:  # a teacher gives the points of paper
        grade = opened.find_grade(CHOICE, "exam", "exam", "quotes")
        grade.manual_score, grade.needs_manual_grade = 3, False
        opened.db.commit()
    run(course.root, "marks", "exam")
    rows = {row["id"]: row for row in csv.DictReader((course.root / "marks/exam.csv").open(encoding="utf-8-sig"))}
    assert (rows["quotes"]["status"], rows["quotes"]["points"]) == ("marked", "10")


@needs_cage
def test_a_mark_by_hand_belongs_to_the_answer_for_which_it_was_given(tmp_path):
    """When the answer changes it waits again, the page says so, and a mark given anew ends that."""
    course = make_class(tmp_path, {"anna": "Anna"}, (NUMBERS, TEXT))
    assert (course.root / "source" / "exam").is_dir(), "the form grader lists what is in source/"

    def handed_in(source, text):
        made = handed_out(course, "anna")
        answer(made, NUMBERS, source)
        answer(made, TEXT, text)
        hand_in(tmp_path / "came", "anna/exam.ipynb", made)
        run(course.root, "collect", "exam", tmp_path / "came")
        said = run(course.root, "grade", "exam")
        run(course.root, "marks", "exam")
        (row,) = csv.DictReader((course.root / "marks/exam.csv").open(encoding="utf-8-sig"))
        return said, row, (course.root / "marks/exam-look.md").read_text(encoding="utf-8")

    def by_hand(**marks):
        with book.gradebook(course) as opened:
            for name, points in marks.items():
                grade = opened.find_grade(name, "exam", "exam", "anna")
                grade.manual_score, grade.needs_manual_grade = points, False
            opened.db.commit()

    handed_in('alarm = "0,5"', "Their patients are not ours.")
    by_hand(**{NUMBERS: 1, TEXT: 0})
    said, row, page = handed_in('alarm = "0,5"', "Their patients are not ours.")
    assert (row["status"], row["points"]) == ("marked", "1")
    assert "1 of 7 points so far, 0 texts" in said
    assert f"Marks given by hand: read them once more\n\n- anna: {NUMBERS} 1, {TEXT} 0" in page
    said, row, page = handed_in(right_source(course, "anna", NUMBERS), "Another text.")
    assert (row["status"], row[NUMBERS], row[TEXT]) == ("waiting for marks by hand", "3", "")
    for place in (said, page, row["notes"]):
        assert f"{TEXT}: the answer changed after it was marked by hand (old mark 0)" in place
        assert f"{NUMBERS}: the answer changed after it was marked by hand (old mark 1)" in place
    by_hand(**{TEXT: 4})
    said, row, page = handed_in(right_source(course, "anna", NUMBERS), "Another text.")
    assert (row["status"], row["points"]) == ("marked", "7")
    assert f"{TEXT}: the answer changed" not in page


@needs_cage
def test_an_entry_that_was_not_asked_costs_nothing_and_the_form_grader_says_how_points_are_typed(tmp_path):
    course = make_class(tmp_path, {"anna": "Anna"}, (NUMBERS, CHOICE))
    made = handed_out(course, "anna")
    right = variant(course, "anna", NUMBERS).judge.right
    answer(made, NUMBERS, f"alarm = {right | {'sensitivity': 0.5}!r}")
    codes = variant(course, "anna", CHOICE).judge
    answer(made, CHOICE, f"reasons = {set(codes.right) | {'X99'}!r}")  # on paper a code that is not offered is wrong
    hand_in(tmp_path / "came", "anna/exam.ipynb", made)
    run(course.root, "collect", "exam", tmp_path / "came")
    run(course.root, "grade", "exam")
    assert book.points(course, "exam")["anna"] == {NUMBERS: 3, CHOICE: None}, (
        "a teacher reads a code that is not offered"
    )
    run(course.root, "marks", "exam")
    assert "Of the codes that are offered: 3 right, 0 wrong." in (course.root / "marks/exam-look.md").read_text("utf-8")
    shown = (course.root / "autograded/anna/exam/exam.ipynb").read_text(encoding="utf-8")
    assert book.POINT in shown
    assert "td, th { border" in shown


def test_another_release_of_the_name_is_refused_and_changes_nothing(tmp_path):
    course = make_class(tmp_path, {"anna": "Anna"}, (NUMBERS,))
    files = {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}
    said = run(course.root, "release", "exam", "--item", CHOICE, code=1)
    assert "was released with other tasks, and may be handed out" in said
    assert {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()} == files
    run(course.root, "release", "exam", "--item", NUMBERS)
    assert handed_out(course, "anna")


@pytest.mark.parametrize(("secret", "says"), [("0" * 64, "not the one with which exam"), ("xyz", "is damaged")])
def test_another_secret_is_refused(tmp_path, secret, says):
    course = make_class(tmp_path, {"anna": "Anna"}, (NUMBERS,))
    hand_in(tmp_path / "came", "anna/exam.ipynb", handed_out(course, "anna"))
    run(course.root, "collect", "exam", tmp_path / "came")
    (course.root / "secret").write_text(secret)
    for words in (("collect", "exam", tmp_path / "came"), ("grade", "exam")):
        assert says in run(course.root, *words, code=1)


def test_the_secret_is_for_its_owner_only(course):
    assert stat.S_IMODE((course.root / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE(course.root.stat().st_mode) == 0o700


def test_a_released_notebook_is_valid_and_of_one_person(course):
    import nbformat

    books = {student: handed_out(course, student) for student in PEOPLE}
    for student, one in books.items():
        nbformat.validate(nbformat.from_dict(one))
        assert one["metadata"]["clinxai_class"]["student"] == student
    for name in FOUR:
        tasks = {json.dumps([cell["source"] for cell in one["cells"]]) for one in books.values()}
        assert len(tasks) == 3, name


@pytest.mark.parametrize("what", ["secret", CHOICE, NUMBERS, FUNCTION, TEXT])
def test_nothing_of_the_key_is_in_a_released_file(course, what):
    for student in PEOPLE:
        released = (course.root / "handout" / "exam" / f"exam_{student}.ipynb").read_text(encoding="utf-8")
        key = (course.root / "keys" / "exam" / f"{student}.md").read_text(encoding="utf-8")
        if what == "secret":
            assert (course.root / "secret").read_text() not in released
            continue
        mine = key.partition(f"## {what} ")[2].partition("\n## ")[0].partition("\n\n")[2]
        told = [line for line in mine.splitlines() if len(line) > 20]
        assert told
        assert not [line for line in told if line.strip("` ") in json.dumps(json.loads(released), ensure_ascii=False)]


def marks_after(course, folder, books):
    """Collect and grade notebooks, and return rows of exam.csv by id, and the page to look at."""
    for student, made in books.items():
        hand_in(folder, f"{student}/exam.ipynb", made)
    run(course.root, "collect", "exam", folder)
    run(course.root, "grade", "exam")
    run(course.root, "marks", "exam")
    rows = csv.DictReader((course.root / "marks/exam.csv").open(encoding="utf-8-sig"))
    return {row["id"]: row for row in rows}, (course.root / "marks/exam-look.md").read_text(encoding="utf-8")


@needs_cage
def test_what_a_cell_does_not_answer_and_stands_elsewhere_waits_for_a_teacher(tmp_path):
    """A text or code in an added cell, or in the cell of the task; a wrong answer that another cell gives anew."""
    where = (
        "text_below",
        "code_below",
        "text_in_task",
        "given_anew",
        "answered",
        "scratch",
        "imports",
        "open_place",
        "beside",
    )
    course = make_class(tmp_path, {who: who.title() for who in where}, (NUMBERS, TEXT))
    note = "At 14:23 the patient was pale."
    books = {who: handed_out(course, who) for who in where}
    books["text_below"]["cells"].append(own_cell("markdown", note, 1))
    source = right_source(course, "code_below", NUMBERS)
    books["code_below"]["cells"].append(own_cell("markdown", source, 1))
    (task,) = [
        one for one in books["text_in_task"]["cells"] if one["metadata"]["nbgrader"]["grade_id"] == f"{TEXT}-task"
    ]
    task["source"] += f"\n\n{note}"
    answer(books["given_anew"], NUMBERS, 'alarm = {"ppv": 0.5, "npv": 0.5, "alert_rate": 0.5}')
    answer(books["given_anew"], TEXT, note)
    books["given_anew"]["cells"].append(own_cell("code", right_source(course, "given_anew", NUMBERS), 1))
    for who in ("answered", "scratch"):
        answer(books[who], NUMBERS, 'alarm = {"ppv": 0.5, "npv": 0.5, "alert_rate": 0.5}')
        answer(books[who], TEXT, note)
        books[who]["cells"].append(own_cell("code", "120 / 480\nprint(alarm)\nalarm == 0", 1))
    books["imports"]["cells"].append(own_cell("code", "import math\n%matplotlib inline", 1))
    answer(books["open_place"], NUMBERS, 'alarm = {"ppv": 0.5, "npv": 0.5, "alert_rate": ...}')
    books["open_place"]["cells"].append(own_cell("markdown", "the rate is 0.2", 1))
    cell(books["beside"], NUMBERS)["source"] += "\n# ppv 0.24, npv 0.98, alert_rate 0.2"
    rows, page = marks_after(course, tmp_path / "came", books)
    found = {who: (rows[who][NUMBERS], rows[who][TEXT]) for who in where}
    assert found == {
        "text_below": ("", ""),
        "code_below": ("", ""),
        "text_in_task": ("", ""),
        "given_anew": ("", ""),
        "answered": ("0", ""),
        "scratch": ("0", ""),
        "imports": ("0", "0"),
        "open_place": ("", ""),
        "beside": ("", "0"),
    }
    assert rows["imports"]["status"] == "marked"
    assert page.count(f"Nothing was written. But a cell that was added or changed holds: '{note}'") == 2
    assert f"{NUMBERS}: Not answered. But a cell that was added or changed holds: '{source[:40]}" in page


@needs_cage
def test_an_answer_in_the_cell_of_another_task_waits_for_a_teacher(tmp_path):
    """By name, by its codes or numbers, or as a text; and a value beside an open place of its own cell."""
    other, note = "18_6_what_is_missing", "# At 14:23 the patient was pale."
    names = (NUMBERS, CHOICE, TEXT, "18_5_override_note", other)
    numbers = {
        "by_name": (CHOICE, "reasons = {{...}}\n{right}"),
        "own_deleted": (CHOICE, "{right}"),
        "by_keys": (CHOICE, "reasons = {{...}}\nother = {{'ppv': 0.2, 'npv': 0.9}}"),
        "comment": (CHOICE, "reasons = {{...}}  # ppv 0.2, alert rate 0.1"),
        "bare": (CHOICE, "reasons = {{...}}\n# 0.243 0.98"),
        "in_text": (TEXT, "alarm: 0.243 and 0.98"),
        "open_beside": (NUMBERS, "alarm = {{'ppv': 0.2, 'npv': ..., 'alert_rate': 0.2}}  # npv 0.97"),
        "open_below": (NUMBERS, "alarm = {{'ppv': 0.2, 'npv': ..., 'alert_rate': 0.2}}\nnpv = 0.97"),
        "left_out": (NUMBERS, "alarm = {{'ppv': 0.2, 'alert_rate': 0.2}}\n# npv 0.97"),
        "mended": (CHOICE, "{right}"),
    }
    texts = {
        "note": (CHOICE, f"reasons = {{...}}\n{note}"),
        "string": (CHOICE, f'reasons = {{...}}\nnote = """{note[2:]}"""'),
        "one_cell": ("18_5_override_note", f"{note[2:]}\nTheir patients are not ours."),
    }
    honest = ("full", "skipped")
    course = make_class(tmp_path, {who: who.title() for who in (*numbers, *texts, *honest)}, names)
    books = {who: handed_out(course, who) for who in (*numbers, *texts)}
    for who, (where, source) in (numbers | texts).items():
        right = right_source(course, who, NUMBERS)
        answer(books[who], where, source.format(right=right) if who in numbers else source)
    books["own_deleted"]["cells"].remove(cell(books["own_deleted"], NUMBERS))
    answer(books["mended"], NUMBERS, 'alarm = {"ppv": 0.5, "npv": 0.5, "alert_rate": 0.5}')
    for who in honest:
        books[who] = solved(course, who, names)
        for name in (NUMBERS, CHOICE, other):
            sums = "import math\nsick = 0.8 * 120  # of all\ntrue = sick / (sick + 30)\n# Now the answer.\n"
            answer(books[who], name, f"{sums}{right_source(course, who, name)}  # as asked\nprint(true)")
    answer(books["skipped"], NUMBERS, 'alarm = {"ppv": ..., "npv": ..., "alert_rate": ...}')
    rows, page = marks_after(course, tmp_path / "came", books)
    assert {who: rows[who][NUMBERS] for who in numbers} == dict.fromkeys(numbers, "")
    assert {who: rows[who][TEXT] for who in texts} == dict.fromkeys(texts, "")
    assert [rows["full"][name] for name in (NUMBERS, CHOICE, other)] == ["3", "3", "4"]
    assert "(full)" not in page, "only its texts wait"
    assert rows["skipped"][NUMBERS] == "0", "left empty, and nothing elsewhere speaks of it"
    right = right_source(course, "by_name", NUMBERS)
    assert f"{NUMBERS}: Not answered. But the cell of {CHOICE} holds: '{right[:40]}" in page
    assert f"{TEXT}: Nothing was written. But the cell of 18_5_override_note holds: 'At 14:23" in page
    assert "its own cell also holds: '# npv 0.97'" in page


@needs_cage
def test_a_function_finds_a_number_further_down_and_waits_where_its_cell_ends_in_red(tmp_path):
    course = make_class(tmp_path, {"later": "Later", "red": "Red"}, (FUNCTION,))
    books = {who: solved(course, who, (FUNCTION,)) for who in ("later", "red")}
    source = cell(books["later"], FUNCTION)["source"]
    (limit,) = re.findall(r"events >= (\d+)", source)
    cell(books["later"], FUNCTION)["source"] = source.replace(f">= {limit}", ">= LIMIT")
    books["later"]["cells"].append(own_cell("code", f"LIMIT = {limit}", 1))
    answer(books["red"], FUNCTION, f"import scipy.nosuch\n{right_source(course, 'red', FUNCTION)}")
    rows, page = marks_after(course, tmp_path / "came", books)
    assert (rows["later"][FUNCTION], rows["red"][FUNCTION]) == ("4", "")
    assert "its cell needed one further down; it was run again" in page
    assert f"{FUNCTION}: Could not be run. Its cell ended with ModuleNotFoundError" in page


@needs_cage
def test_a_function_in_another_cell_waits_though_its_first_line_was_handed_out(tmp_path):
    where = {"other": CHOICE, "added": None, "text": TEXT}
    people = [f"{who}_{own}" for who in where for own in ("stub", "wrong")]
    course = make_class(tmp_path, {who: who.title() for who in (*people, "untouched")}, (CHOICE, FUNCTION, TEXT))
    books = {who: handed_out(course, who) for who in (*people, "untouched")}
    for who in people:
        place, own = who.split("_")
        right = right_source(course, who, FUNCTION)
        (head,) = re.findall(r"^def .*", right, re.MULTILINE)
        assert head in cell(books[who], FUNCTION)["source"]
        if own == "wrong":
            answer(books[who], FUNCTION, f"{head}\n    return {{}}")
        if where[place]:
            answer(books[who], where[place], right)
        else:
            books[who]["cells"].append(own_cell("code", right, 1))
    rows, page = marks_after(course, tmp_path / "came", books)
    assert {who: rows[who][FUNCTION] for who in people} == dict.fromkeys(people, "")
    assert rows["untouched"][FUNCTION] == "0"
    assert page.count(f"holds: '{head}") == len(people)


def test_a_task_left_empty_waits_not_because_the_others_are_answered(tmp_path):
    """In a notebook with all tasks, where each cell also holds a line of sums and a comment."""
    closed = [name for name in items.template_ids(FOLDER) if not isinstance(items_of(name), items.FreeText)]
    people = {f"p{n}": f"P{n}" for n in range(4)}
    course = make_class(tmp_path, people, closed)
    for who in people:
        given = judge.given_lines(handed_out(course, who)["cells"])
        variants = {name: variant(course, who, name) for name in closed}
        cells = handed_out(course, who)["cells"]
        for name in closed:
            source = f"part = 12 / (12 + 30)  # of those with the disease\n{right_source(course, who, name)}"
            answer({"cells": cells}, name, source)
        empty = judge.Verdict("not attempted", 0.0, "")
        for name in closed:
            blank = [one for one in handed_out(course, who)["cells"] if judge.name_of(one) == name]
            left = [*(one for one in cells if judge.name_of(one) != name), *blank]
            assert judge.elsewhere(name, variants, empty, left, given) == ""


def items_of(name):
    """Return any variant of a task."""
    return items.load(FOLDER, name).variant(np.random.default_rng(0))


def test_a_text_in_the_line_that_names_its_cell_is_read():
    assert judge.written("<!-- answer 18_6_x --> At 14:23.\nYOUR ANSWER HERE") == "At 14:23."


@needs_cage
@pytest.mark.parametrize("texts", [True, False])
def test_feedback_goes_to_whom_everything_is_marked_and_old_pages_go(tmp_path, texts):
    course = make_class(tmp_path, {"anna": "Anna", "ben": "Ben", "cem": "Cem"}, (NUMBERS, TEXT))
    made = solved(course, "anna", (NUMBERS, TEXT))
    marks_after(
        course, tmp_path / "came", {"anna": made, "ben": handed_out(course, "ben"), "cem": handed_out(course, "anna")}
    )
    page = course.root / "feedback" / "anna" / "exam" / "exam.html"
    hand_in(page.parent, page.name, "old")
    said = run(course.root, "feedback", "exam")
    assert "1 page: " in said
    assert "No page, waiting for marks by hand: anna." in said
    assert "No page, refused: cem." in said
    assert "mark these by hand" in said
    assert not page.exists()
    assert (course.root / "feedback" / "ben" / "exam" / "exam.html").exists()
    if texts:
        hand_in(tmp_path / "late", "ben/exam.ipynb", "<html>")
        said = run(course.root, "collect", "exam", tmp_path / "late")
        assert "an earlier file had been graded: collect that one again" in said
        assert not (course.root / "feedback" / "ben" / "exam").exists()
        run(course.root, "marks", "exam")
        told = (course.root / "marks/exam-moodle.csv").read_text(encoding="utf-8-sig")
        assert "refused: ask your teacher" in told
        assert "notebook of anna" not in told, "the id of another learner"
        assert "notebook of anna" in (course.root / "marks/exam.csv").read_text(encoding="utf-8-sig")
        assert "ben: refused: exam.ipynb: the file is a web page" in run(
            course.root, "grade", "exam", "--student", "ben", code=1
        )
        for step in ("grade", "feedback"):
            assert "'zzz' is not in roster.csv" in run(course.root, step, "exam", "--student", "zzz", code=1)


@needs_cage
def test_extra_credit_is_a_mark_by_hand_and_no_more_than_full_points(tmp_path):
    course = make_class(tmp_path, {"anna": "Anna", "ben": "Ben"}, (NUMBERS, TEXT))
    wrong = {who: handed_out(course, who) for who in ("anna", "ben")}
    for made in wrong.values():
        answer(made, TEXT, "Their patients are not ours.")
    answer(wrong["anna"], NUMBERS, right_source(course, "anna", NUMBERS))
    answer(wrong["ben"], NUMBERS, 'alarm = {"ppv": 0.5, "npv": 0.5, "alert_rate": 0.5}')
    marks_after(course, tmp_path / "came", wrong)
    with book.gradebook(course) as opened:
        for who, extra in (("anna", 2), ("ben", 1)):
            opened.find_grade(NUMBERS, "exam", "exam", who).extra_credit = extra
        opened.find_grade(TEXT, "exam", "exam", "anna").extra_credit = 2  # nobody has marked it yet
        opened.db.commit()
    run(course.root, "marks", "exam")
    page = (course.root / "marks/exam-look.md").read_text(encoding="utf-8")
    assert f"- anna: {NUMBERS} 3\n- ben: {NUMBERS} 1" in page
    assert book.points(course, "exam") == {"anna": {NUMBERS: 3, TEXT: None}, "ben": {NUMBERS: 1, TEXT: None}}
    answer(wrong["ben"], NUMBERS, 'alarm = {"ppv": 0.4, "npv": 0.5, "alert_rate": 0.5}')
    rows, page = marks_after(course, tmp_path / "came", wrong)
    assert (rows["ben"][NUMBERS], rows["anna"][NUMBERS]) == ("0", "3")
    assert f"{NUMBERS}: the answer changed after it was marked by hand (old mark 1)" in page


@needs_cage
@pytest.mark.parametrize("mark", [214, -1])
def test_a_mark_above_full_points_or_below_0_reaches_no_export(tmp_path, mark):
    course = make_class(tmp_path, {"anna": "Anna"}, (NUMBERS,))
    books = {"anna": solved(course, "anna", (NUMBERS,))}
    marks_after(course, tmp_path / "came", books)
    with book.gradebook(course) as opened:
        opened.find_grade(NUMBERS, "exam", "exam", "anna").manual_score = mark
        opened.db.commit()
    rows, page = marks_after(course, tmp_path / "came", books)
    status = f"needs a person: {NUMBERS}: {mark} of 3 points: mend this mark in the form grader"
    assert (rows["anna"]["status"], rows["anna"]["points"], rows["anna"][NUMBERS]) == (status, "", "")
    assert f"(anna): {status}" in page
    for lms in ("moodle", "canvas"):
        assert str(mark) not in (course.root / f"marks/exam-{lms}.csv").read_text(encoding="utf-8-sig")
    assert "No page, needs a person: anna." in run(course.root, "feedback", "exam")


@needs_cage
def test_a_slip_of_typing_gets_the_points_of_paper_or_waits(tmp_path):
    """Three right codes and keys, in many writings; what is not offered, or stands there twice, a teacher reads."""
    writings = {
        "onepair": "', '.join(codes)",
        "oneset": "{', '.join(codes)}",
        "two": "{' '.join(codes[:2]), codes[2]}",
        "blanks": "{c[0] + ' ' + c[1:] for c in codes}",
        "dots": "{c + '.' for c in codes}",
        "small": "[c.lower() for c in codes]",
        "text": "str(set(codes))",
        "wrong": "{*codes, others[0]}",
        "unknown": "{*codes[:2], 'Z9'}",
        "sentence": "{*codes[:2], f'not {codes[2]}'}",
        "key": "{k.replace('_', ' ').title(): v for k, v in right.items()}",
        "badkey": "{k.replace('alert', 'alarm'): v for k, v in right.items()}",
        "twice": "{**right, 'PPV': 0.9}",
        "half": "{**right, 'npv': ..., 'ppv': '24%'}",
    }
    course = make_class(tmp_path, {who: who.title() for who in writings}, (NUMBERS, CHOICE))
    books = {}
    for who, writing in writings.items():
        books[who] = solved(course, who, (NUMBERS, CHOICE))
        asked = variant(course, who, CHOICE).judge
        space = {
            "codes": sorted(asked.right),
            "others": sorted(set(asked.closed.options) - asked.right),
            "right": plain(variant(course, who, NUMBERS).judge.right),
        }
        name, variable = (NUMBERS, "alarm") if "right" in writing else (CHOICE, "reasons")
        answer(books[who], name, f"{variable} = {eval(writing, space)!r}")
    rows, page = marks_after(course, tmp_path / "came", books)
    found = {who: rows[who][NUMBERS if "right" in writing else CHOICE] for who, writing in writings.items()}
    waits = ("unknown", "sentence", "badkey", "twice", "half")
    assert found == {who: "" if who in waits else "2" if who == "wrong" else "3" for who in writings}
    for who in waits:
        assert f"({who}): waiting for marks by hand" in page
