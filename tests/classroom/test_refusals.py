"""Where there is no cage there are no marks: the refusal, its reason, and the container that it names."""

import re
import subprocess
from pathlib import Path

import pytest
from handing_in import hand_in, make_class, run, solved

from clinxai_teach.classroom import book, cage

ROOT = Path(__file__).resolve().parents[2]
CONTAINERFILE = ROOT / cage.CONTAINER


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("class")
    course = make_class(root, {"anna": "Anna"})
    hand_in(root / "came", "anna/exam.ipynb", solved(course, "anna"))
    run(course.root, "collect", "exam", root / "came")
    return course


@pytest.fixture
def asked_anew():
    """Let the cage look at this machine again, now and after the test."""
    cage.why_not.cache_clear()
    yield
    cage.why_not.cache_clear()


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_another_system_gives_no_marks(course, monkeypatch, asked_anew, system):
    monkeypatch.setattr(cage.sys, "platform", system)
    said = run(course.root, "grade", "exam", code=1)
    assert "no marks are given" in said
    assert f"this is {system}" in said
    assert cage.CONTAINER in said
    assert not (course.root / "results" / "exam").exists()
    assert book.points(course, "exam") == {}


def test_without_bwrap_there_are_no_marks(course, monkeypatch, asked_anew):
    monkeypatch.setattr(cage.shutil, "which", lambda name: None)
    assert "apt install bubblewrap" in run(course.root, "grade", "exam", code=1)


def test_a_bwrap_that_is_forbidden_gives_no_marks(course, monkeypatch, asked_anew):
    monkeypatch.setattr(cage.shutil, "which", lambda name: "/usr/bin/bwrap")
    failed = subprocess.CompletedProcess([], 1, "", "bwrap: No permissions to create new namespace")
    monkeypatch.setattr(cage.subprocess, "run", lambda *a, **k: failed)
    assert "No permissions" in run(course.root, "grade", "exam", code=1)


def test_marks_before_grading_are_empty_and_say_why(course):
    said = run(course.root, "marks", "exam")
    assert "not yet graded" in said
    assert ",not yet graded,," in (course.root / "marks" / "exam.csv").read_text(encoding="utf-8-sig")


def test_without_nbgrader_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "nbgrader", None)
    with pytest.raises(ValueError, match=re.escape(".[class]")):
        book.need_nbgrader()


def test_the_container_has_what_the_cage_needs():
    """As far as no engine is needed: what it copies exists, it installs bubblewrap, and it does not run as root."""
    text = CONTAINERFILE.read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (.+)$", text, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
    assert "bubblewrap" in text
    assert re.search(r"^USER (?!root)", text, re.MULTILINE)
    assert "constraints.txt" in text
    assert not re.search(r"https?://", text)
