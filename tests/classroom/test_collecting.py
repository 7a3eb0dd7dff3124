"""What comes from an LMS: found, assigned to its person, repaired or refused. Nothing is run here."""

import io
import json
import stat
import zipfile

import pytest
from handing_in import CHOICE, FOUR, NUMBERS, answer, cell, hand_in, handed_out, make_class, run

from clinxai_teach.classroom import items
from clinxai_teach.classroom.collecting import records_of
from clinxai_teach.classroom.course import new_course, open_course
from clinxai_teach.classroom.finding import Sent, person_of
from clinxai_teach.classroom.roster import Person

PEOPLE = {"a.mueller": "Anna Müller", "b.jones": "Ben Jones", "c.li": "Chen Li", "d.li": "Dan Li"}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return make_class(tmp_path_factory.mktemp("class"), PEOPLE)


@pytest.fixture(autouse=True)
def nothing_collected(course):
    (course.root / "assignments" / "exam-collected.json").unlink(missing_ok=True)


def written(course, student, value=1):
    """Return a notebook with one answer."""
    book = handed_out(course, student)
    answer(book, NUMBERS, f"alarm = {value}")
    return book


def zipped(path, files):
    """Write a zip of `{name: notebook, text or bytes}`."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            content = json.dumps(content) if isinstance(content, dict) else content
            archive.writestr(name, content)
    return path


def statuses(course, source):
    """Collect, and return `{student: status}`."""
    run(course.root, "collect", "exam", source)
    return {student: one["status"] for student, one in records_of(course, "exam").items() if student}


def submitted(course, student):
    path = course.root / "submitted" / student / "exam" / "exam.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "name",
    [
        "Anna Müller_4711_assignsubmission_file/exam_a.mueller.ipynb",  # Moodle, folders
        "Anna Mu\u0308ller_4711_assignsubmission_file_/homework (3).ipynb",  # as a Mac writes the umlaut
        "Anna Müller_4711_assignsubmission_file_exam.ipynb",  # Moodle, no folders
        "mulleranna_12345_678901_exam_a.mueller.ipynb",  # Canvas
        "muelleranna_LATE_12345_678901_exam-1.ipynb",
        "a.mueller/exam/exam.ipynb",  # nbgrader's
        "a.mueller.ipynb",
        "exam_a.mueller (2).ipynb",  # our own name, downloaded again
        "all of them/Anna Müller/exam.ipynb",
        "a.mueller_exam.ipynb",
    ],
)
@pytest.mark.parametrize("as_zip", [False, True])
def test_the_sender_is_known_by_what_an_lms_writes(course, tmp_path, name, as_zip):
    book = written(course, "a.mueller")
    book["metadata"] = {}  # so that only the name can say it
    if as_zip:
        source = zipped(tmp_path / "export.zip", {name: book})
    else:
        source = tmp_path / "came"
        hand_in(source, name, book)
    assert statuses(course, source) == {"a.mueller": "collected"}
    assert cell(submitted(course, "a.mueller"), NUMBERS)["source"].endswith("alarm = 1")


def test_a_zip_that_does_not_say_its_names_are_utf_8_is_read_as_such(course, tmp_path):
    book = written(course, "a.mueller")
    book["metadata"] = {}
    source = zipped(tmp_path / "export.zip", {"Anna Müller_1_assignsubmission_file/exam.ipynb": book})
    content = bytearray(source.read_bytes())
    for start, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.index(start) + flags + 1
        assert content[place] & 8
        content[place] &= ~8
    source.write_bytes(content)
    assert statuses(course, source) == {"a.mueller": "collected"}


def test_a_nameless_file_is_known_by_its_mark_and_never_takes_a_place(course, tmp_path):
    hand_in(tmp_path, "Participant 12/exam.ipynb", written(course, "b.jones", 2))
    assert statuses(course, tmp_path) == {"b.jones": "collected"}
    assert "Is it Ben Jones's (b.jones)?" in str(records_of(course, "exam")["b.jones"]["notes"])
    hand_in(tmp_path, "b.jones/exam.ipynb", written(course, "b.jones", 3))
    assert statuses(course, tmp_path) == {"b.jones": "collected"}
    assert cell(submitted(course, "b.jones"), NUMBERS)["source"].endswith("= 3")
    assert "Participant 12" in str(records_of(course, "exam")[""]["notes"])


def test_a_file_of_nobody_is_said_to_be_none(course, tmp_path):
    path = hand_in(tmp_path, "list.csv", "id,name\n")
    assert f"Nothing in {path} is of a person in the roster." in run(course.root, "collect", "exam", path)


def test_a_false_mark_is_nobodys(course, tmp_path):
    book = written(course, "b.jones")
    book["metadata"]["clinxai_class"]["student"] = "c.li"
    hand_in(tmp_path, "somebody/exam.ipynb", book)
    assert statuses(course, tmp_path) == {}


def test_a_name_that_fits_two_is_not_guessed(course, tmp_path):
    book = written(course, "c.li")
    book["metadata"] = {}
    hand_in(tmp_path, "li_1_2_exam.ipynb", book)
    assert statuses(course, tmp_path) == {}


NAMESAKES = (
    "Anna Müller_884401_assignsubmission_file/exam.ipynb",
    "Anna Müller_884402_assignsubmission_file/exam.ipynb",
)


@pytest.fixture(scope="module")
def namesakes(tmp_path_factory):
    return make_class(
        tmp_path_factory.mktemp("namesakes"), {"s01": "Anna Müller", "s27": "Anna Müller", "s02": "Ben Jones"}
    )


@pytest.fixture
def fresh(namesakes):
    (namesakes.root / "assignments" / "exam-collected.json").unlink(missing_ok=True)
    return namesakes


def test_the_mark_decides_between_namesakes(fresh, tmp_path):
    for name, student in zip(NAMESAKES, ("s27", "s01"), strict=True):
        hand_in(tmp_path / "1", name, written(fresh, student))
    assert statuses(fresh, tmp_path / "1") == {"s01": "collected", "s27": "collected"}
    assert "Anna Müller (884402): the name fits s01 and s27; known by the mark" in str(records_of(fresh, "exam")["s01"])
    hand_in(tmp_path / "2", NAMESAKES[0], written(fresh, "s27", 5))  # the same person hands in once more
    statuses(fresh, tmp_path / "2")
    assert cell(submitted(fresh, "s27"), NUMBERS)["source"].endswith("= 5")
    hand_in(tmp_path / "3", NAMESAKES[0], written(fresh, "s01", 6))  # a swapped file takes nobody's place
    hand_in(tmp_path / "3", "nobody/exam.ipynb", written(fresh, "s01", 7))
    assert statuses(fresh, tmp_path / "3") == {"s01": "collected", "s27": "collected"}
    assert cell(submitted(fresh, "s01"), NUMBERS)["source"].endswith("= 1")
    assert "Anna Müller (884401)" in str(records_of(fresh, "exam")[""]["notes"])


@pytest.mark.parametrize("second", ["a copy", "no mark", "a third person's"])
def test_a_file_of_namesakes_that_nothing_decides_needs_a_person(fresh, tmp_path, second):
    hand_in(tmp_path / "1", NAMESAKES[0], written(fresh, "s01"))
    made = written(fresh, "s02" if second.startswith("a third") else "s01", 2)
    if second == "no mark":
        made["metadata"] = {}
    hand_in(tmp_path / "1", NAMESAKES[1], made)
    found = statuses(fresh, tmp_path / "1")
    both = second == "a copy"
    assert (found["s01"] == "collected") != both
    assert found["s27"].startswith("needs a person: Anna Müller (88440")
    assert "s02" not in found
    said = run(fresh.root, "marks", "exam")
    assert "(s27): needs a person: " in said
    assert "needs a person: ask your teacher" in (fresh.root / "marks/exam-moodle.csv").read_text("utf-8-sig")
    for student in ("s01", "s27"):
        hand_in(tmp_path / "2", f"{student}/exam.ipynb", written(fresh, student, 3))
    assert statuses(fresh, tmp_path / "2") == {"s01": "collected", "s27": "collected"}


def test_two_nameless_files_with_one_mark_need_a_person(fresh, tmp_path):
    for n in (1, 2):
        hand_in(tmp_path, f"Participant {n}/exam.ipynb", written(fresh, "s02", n))
    assert "needs a person" in statuses(fresh, tmp_path)["s02"]


def test_canvas_number_decides_between_namesakes(tmp_path):
    people = [Person("s01", "Anna Müller", "", "5501"), Person("s27", "Anna Müller", "", "5502")]
    assert person_of(Sent("mulleranna", "5502"), people, "exam") == (people[1], [])
    assert person_of(Sent("mulleranna", "7"), people, "exam") == (None, people)


def test_the_numbers_of_canvas_come_back_as_they_came(tmp_path):
    heading = "Student,ID,SIS User ID,SIS Login ID,Section"
    roster = hand_in(tmp_path, "people.csv", f'{heading}\n"Bär, Anna",991,m77,s01,S\n"Student, Test",992,,,S\n')
    folder = tmp_path / "course"
    assert "for 1 person" in run(folder, "new", folder, "--roster", roster)
    run(folder, "release", "exam", "--item", NUMBERS)
    run(folder, "marks", "exam")
    assert '"Bär, Anna",991,m77,s01,,' in (folder / "marks" / "exam-canvas.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("name", ["broken.zip", "cut.zip", "q.xml"])
def test_a_broken_zip_and_another_file_are_named(course, tmp_path, name):
    path = hand_in(tmp_path, name, "no zip")
    if name == "cut.zip":
        content = zipped(path, {"c.li/exam.ipynb": written(course, "c.li")}).read_bytes()
        path.write_bytes(content.replace(b"PK\x01\x02", b"XX\x01\x02"))
    said = run(course.root, "collect", "exam", path, code=0 if name == "q.xml" else 1)
    assert "Next: clinxai class grade" not in said
    assert ("Download it again" in said) == (name != "q.xml")


def test_the_class_does_not_collect_its_own_folders(course, tmp_path):
    for folder in (course.root, course.root / "submitted", course.root / "handout" / "exam"):
        assert "belongs to the class itself" in run(course.root, "collect", "exam", folder, code=1)


def test_from_everybody_something_came(course, tmp_path):
    for student in PEOPLE:
        hand_in(tmp_path, f"{student}/exam.ipynb", written(course, student))
    assert "4 of 4 collected. From everybody something came." in run(course.root, "collect", "exam", tmp_path)


def test_a_class_is_not_made_where_git_would_publish_it(tmp_path):
    roster = hand_in(tmp_path, "people.csv", "id,name\nx,X\n")
    (tmp_path / "clone" / ".git").mkdir(parents=True)
    folder = tmp_path / "clone" / "inside" / "course"
    assert "which git keeps" in run(folder, "new", folder, "--roster", roster, code=1)
    assert not folder.exists()


def test_a_section_that_does_not_exist_is_named(course):
    assert "there is no section '18'" in run(course.root, "release", "other", "--section", "18", code=1)


def test_of_several_notebooks_the_one_with_answers_counts(course, tmp_path):
    for name, book in {"exam.ipynb": handed_out(course, "c.li"), "exam (1).ipynb": written(course, "c.li", 7)}.items():
        hand_in(tmp_path, f"c.li/{name}", book)
    assert statuses(course, tmp_path) == {"c.li": "collected"}
    assert cell(submitted(course, "c.li"), NUMBERS)["source"].endswith("= 7")
    assert "2 notebooks came; exam (1).ipynb" in str(records_of(course, "exam")["c.li"]["notes"])


@pytest.mark.parametrize("second", [7, 8])
def test_two_notebooks_with_as_many_answers_that_differ_need_a_person(course, tmp_path, second):
    for name, value in (("exam.ipynb", 7), ("exam (1).ipynb", second)):
        hand_in(tmp_path, f"c.li/{name}", written(course, "c.li", value))
    found = statuses(course, tmp_path)["c.li"]
    if second == 7:
        assert found == "collected"
    else:
        assert found.startswith("needs a person: ")
        assert "differ, with as many answers (1). Which counts?" in found
        assert not (course.root / "submitted" / "c.li" / "exam" / "exam.ipynb").exists()


def test_a_later_export_replaces_only_who_is_in_it(course, tmp_path):
    hand_in(tmp_path / "1", "c.li/exam.ipynb", written(course, "c.li", 1))
    hand_in(tmp_path / "1", "d.li/exam.ipynb", written(course, "d.li", 1))
    hand_in(tmp_path / "2", "d.li/exam.ipynb", written(course, "d.li", 2))
    statuses(course, tmp_path / "1")
    assert statuses(course, tmp_path / "2") == {"c.li": "collected", "d.li": "collected"}
    assert cell(submitted(course, "d.li"), NUMBERS)["source"].endswith("= 2")


def test_an_unanswered_notebook_is_told(course, tmp_path):
    hand_in(tmp_path, "c.li/exam.ipynb", handed_out(course, "c.li"))
    statuses(course, tmp_path)
    assert records_of(course, "exam")["c.li"]["notes"] == ["no answer stands in its own cell"]


def bomb():
    """Return a zip of which a small part is a gigabyte."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(10):
            archive.writestr(f"{n}.ipynb", b"0" * 19_000_000)
    return made.getvalue()


def test_a_hostile_zip_stays_in_its_place(course, tmp_path):
    link = zipfile.ZipInfo("c.li/exam.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    source = tmp_path / "export.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("a.mueller/../../../../tmp/exam.ipynb", json.dumps(written(course, "a.mueller")))
        archive.writestr("b.jones/exam.zip", bomb())
        archive.writestr(link, "/etc/passwd")
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w") as zipped_again:
            zipped_again.writestr("my exam.ipynb", json.dumps(written(course, "d.li")))
        archive.writestr("d.li/exam.zip", inner.getvalue())
    found = statuses(course, source)
    assert found["a.mueller"] == found["d.li"] == "collected"
    assert "unpacks to too much" in found["b.jones"]
    assert "link" in found["c.li"]


@pytest.mark.parametrize("content", [b"PK\x03\x04 no zip", b""])
def test_a_broken_zip_of_one_person_stops_nobody(course, tmp_path, content):
    source = zipped(tmp_path / "export.zip", {"b.jones/exam.zip": content, "c.li/exam.ipynb": written(course, "c.li")})
    found = statuses(course, source)
    assert "cannot be read" in found["b.jones"]
    assert found["c.li"] == "collected"


def test_what_was_collected_holds_nothing_of_the_learners_but_text(course, tmp_path):
    book = written(course, "c.li")
    book["metadata"]["widgets"] = {"x": "<script>"}
    for one in book["cells"]:
        if one["cell_type"] == "code":
            one["outputs"] = [{"output_type": "display_data", "data": {"text/html": "<script>"}, "metadata": {}}]
    hand_in(tmp_path, "c.li/exam.ipynb", book)
    statuses(course, tmp_path)
    assert "<script>" not in json.dumps(submitted(course, "c.li"))


@pytest.mark.parametrize("keep", ["metadata", "id", "source", "place"])
def test_an_answer_is_found_by_any_of_four_ways(course, tmp_path, keep):
    book = written(course, "c.li", 5)
    answer(book, CHOICE, "reasons = {'X'}")
    for one in book["cells"]:
        if keep != "metadata":
            one["metadata"] = {}
        if keep != "id":
            one.pop("id")
        if keep != "source" and "# answer" in one["source"]:
            one["source"] = one["source"].partition("\n")[2]
    hand_in(tmp_path, "c.li/exam.ipynb", book)
    statuses(course, tmp_path)
    assert cell(submitted(course, "c.li"), NUMBERS)["source"].endswith("alarm = 5")
    assert cell(submitted(course, "c.li"), CHOICE)["source"].endswith("reasons = {'X'}")


def test_changed_tasks_are_not_marked(course, tmp_path, monkeypatch):
    hand_in(tmp_path, "c.li/exam.ipynb", written(course, "c.li"))
    monkeypatch.setattr(items, "fingerprint", lambda folder, name: "another")
    assert f"{FOUR[0]}, {FOUR[1]}" in run(course.root, "collect", "exam", tmp_path, code=1)


def test_a_second_run_of_new_overwrites_nothing(course, tmp_path):
    roster = hand_in(tmp_path, "people.csv", "id,name\nx,X\n")
    with pytest.raises(ValueError, match="not empty"):
        new_course(course.root, roster)
    with pytest.raises(ValueError, match="holds no class"):
        open_course(tmp_path)


def test_a_released_exam_that_was_handed_in_is_not_released_again(course, tmp_path):
    hand_in(tmp_path, "c.li/exam.ipynb", written(course, "c.li"))
    statuses(course, tmp_path)
    assert "another name" in run(course.root, "release", "exam", "--item", FOUR[0], code=1)
    assert "letters, digits" in run(course.root, "release", "../exam", code=1)
    assert "18_3_alert_value" in run(course.root, "release", "other", "--item", "18_9_none", code=1)
    assert "has not been released" in run(course.root, "grade", "never", code=1)


def collected_sources(course, tmp_path, book):
    hand_in(tmp_path, "c.li/exam.ipynb", book)
    statuses(course, tmp_path)
    return [one["source"] for one in submitted(course, "c.li")["cells"]]


def copy(one):
    return json.loads(json.dumps(one))


def test_both_halves_of_a_split_answer_run(course, tmp_path):
    book = written(course, "c.li")
    place = book["cells"].index(cell(book, NUMBERS))
    answer(book, NUMBERS, "n = 3")
    half = {**copy(cell(book, NUMBERS)), "id": "another", "source": "alarm = n"}
    book["cells"].insert(place + 1, half)
    sources = collected_sources(course, tmp_path, book)
    assert sources.index(f"# answer {NUMBERS}\nn = 3") < sources.index("alarm = n")
    assert cell(submitted(course, "c.li"), NUMBERS)["source"] == "alarm = n"


def test_an_untouched_copy_of_a_stub_takes_nothing_away(course, tmp_path):
    book = written(course, "c.li", 8)
    book["cells"].append(copy(cell(handed_out(course, "c.li"), NUMBERS)))
    sources = collected_sources(course, tmp_path, book)
    assert sum(NUMBERS in source for source in sources) == 1


def test_an_import_in_a_given_cell_stays(course, tmp_path):
    book = written(course, "c.li")
    cell(book, "setup")["source"] = "import numpy as numpie\nimport pandas as pd"
    sources = collected_sources(course, tmp_path, book)
    assert sources.index("import numpy as numpie\nimport pandas as pd") < sources.index(
        "import numpy as np\nimport pandas as pd"
    )


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_an_answer_whose_cell_became_text_is_still_run(course, tmp_path, kind):
    book = written(course, "c.li", 6)
    one = cell(book, NUMBERS)
    one["cell_type"] = kind
    collected_sources(course, tmp_path, book)
    assert cell(submitted(course, "c.li"), NUMBERS)["cell_type"] == "code"
    assert "had become" in str(records_of(course, "exam")["c.li"]["notes"])


def test_cells_pasted_twice_come_back_as_one_notebook(course, tmp_path):
    book = written(course, "c.li", 4)
    book["cells"] += copy(book["cells"])
    collected_sources(course, tmp_path, book)
    merged = submitted(course, "c.li")["cells"]
    names = [one["metadata"]["nbgrader"]["grade_id"] for one in merged if one["metadata"]]
    assert sorted(names) == sorted({*names})
