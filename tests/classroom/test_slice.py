"""A class of three from `new` to `marks`: what each step writes, and that nothing of the key goes out."""

import csv
import json
import re
import stat

import pytest
from handing_in import (
    CHOICE,
    FOUR,
    FUNCTION,
    NUMBERS,
    TEXT,
    answer,
    hand_in,
    handed_out,
    make_class,
    right_source,
    run,
    solved,
    variant,
)

from clinxai_teach.classroom import book, cage, judge
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

    run(course.root, "feedback", "exam")
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
    slips["onetext"] = (CHOICE, f'reasons = "{offered[0]} {offered[1]}"', "not one of the names")
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
        waits = who not in ("empty", "code", "stub", "ragged", "nan")
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
    answer(made, CHOICE, f"reasons = {set(codes.right) | {'X99'}!r}")
    hand_in(tmp_path / "came", "anna/exam.ipynb", made)
    run(course.root, "collect", "exam", tmp_path / "came")
    run(course.root, "grade", "exam")
    assert book.points(course, "exam")["anna"] == {NUMBERS: 3, CHOICE: 2}, "a wrong code of a set costs a part"
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
