"""The students' edition: it installs and runs, and it holds no key, hidden test or model answer."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clinxai_teach import cli
from clinxai_teach.checks import bank
from clinxai_teach.classroom import edition

ROOT = Path(__file__).resolve().parents[2]
# One of each kind that a teacher may give as homework.
CHOSEN = ["18.1-a", "18.1-c", "18.2-a", "18.2-d", "18.3-a", "18.3-b", "18.3-g", "18.4-h", "18.5-k", "18.6-b", "18.6-h"]
LONG = 45  # characters: a shorter line may stand anywhere by chance
# Lines that other pages of the course have, too; none is more than a formula of a lesson, or says what is right.
ALSO_ELSEWHERE = {
    "0.931 is the model's AUC at its own hospitals. The question is about the site alone: no model, no film.",
    "WRONG = { # line: a clue that does not name it, and the reason",
    "false_alerts = (1 - specificity) * (1 - prevalence)",
    "These are the statements that are not true. Asked are the true ones.",
    "also_right=({'1': 'b', '2': 'a', '3': 'c', '4': 'd', '5': 'e'},)",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("class") / "Übung 学"
    words = [word for name in CHOSEN for word in ("--without-solutions-of", name)]
    result = CliRunner().invoke(cli.app, ["class", "edition", str(target), *words])
    assert result.exit_code == 0, result.output
    return target


@pytest.fixture(scope="module")
def everything(folder):
    """All that a student could read: file by file as text, notebooks also cell by cell, spaces made one."""
    texts = {}
    for path in folder.rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            if path.suffix == ".ipynb":
                text += " " + " ".join(strings(json.loads(text)))
            texts[path.relative_to(folder).as_posix()] = " ".join(text.replace('"', "'").split())
    return texts


def strings(value):
    """Yield every text in a notebook: sources, outputs, and the metadata of notebook and cells."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        if value and all(isinstance(part, str) for part in value):
            yield "".join(value)
        else:
            for inner in value:
                yield from strings(inner)


def found(sentence, everything):
    sentence = " ".join(sentence.replace('"', "'").split())
    return [name for name, text in everything.items() if sentence in text]


def secrets(name):
    """Yield what must not be read of an exercise: its answer, line by line, its judge, its hints and its reason."""
    section = name.partition("-")[0]
    path = bank.files(section)[name]
    exercise = bank.load(path)
    for text in (exercise.worked, *exercise.hints, *(mistake.hint for mistake in exercise.mistakes)):
        yield from text.splitlines()
    for cell in bank.cells(path):
        if cell.title in ("answer", "judge"):
            yield from (line for line in cell.source.splitlines() if "import" not in line)


def shown_anyway(name):
    """Return the text of the exercise as learners see it: what is asked may repeat what is judged."""
    section = name.partition("-")[0].replace(".", "_")
    cells = [
        "".join(cell["source"])
        for path in (ROOT / "exercises").glob(f"{section}_*.ipynb")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
    ]
    return " ".join(" ".join(cells).replace('"', "'").split())


@pytest.mark.parametrize("name", CHOSEN)
def test_nothing_of_a_chosen_exercise_gives_its_answer_away(name, everything):
    task = shown_anyway(name)
    lines = {" ".join(line.replace('"', "'").split()).strip("#, ") for line in secrets(name)}
    leaks = {
        line: found(line, everything)
        for line in lines - ALSO_ELSEWHERE
        if len(line) >= LONG and line not in task and found(line, everything)
    }
    assert leaks == {}


@pytest.mark.parametrize("name", CHOSEN)
def test_the_file_of_a_chosen_exercise_holds_its_title_and_its_points_only(name, folder):
    path = folder / bank.files(name.partition("-")[0])[name].relative_to(ROOT)
    text = path.read_text(encoding="utf-8")
    assert bank.BEGIN not in text
    assert [cell.title for cell in bank.cells(path)] == ["", "answer", "judge"]
    assert len(text.splitlines()) < 15


def test_nothing_of_the_assessment_is_in_it(everything):
    """No line of a template, with its key and its mark scheme, can be read."""
    templates = list((ROOT / "teaching").rglob("*.py"))
    assert len(templates) >= 24
    known = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "clinxai_teach").rglob("*.py"))
    known += " ".join(shown_anyway(f"18.{n}-a") for n in range(1, 7))  # a task may ask in the words of an exercise
    for template in templates:
        for line in template.read_text(encoding="utf-8").splitlines():
            line = line.strip()
            if len(line) >= LONG and "import" not in line and line not in known:
                assert found(line, everything) == [], template


def test_only_what_a_class_needs_is_there(folder):
    assert {path.name for path in folder.iterdir()} == {
        *("clinxai_teach", "notebooks", "exercises", "docs", "tools", "START.html", "README.md", "Makefile"),
        *(
            "pyproject.toml",
            "constraints.txt",
            "requirements-light.txt",
            "LICENSE",
            "LICENSE-CONTENT.md",
            "CITATION.cff",
        ),
    }
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    unwanted = re.compile("solutions|teaching|tests|secret|keys|pycache|nbgrader|[.]git")
    assert not [name for name in names if unwanted.search(name)]
    assert {name for name in names if name.startswith(("docs/", "tools/"))} <= {
        *("docs/images/marker_explorer.png", "docs/checklist_card.pdf", "docs/checklist_ward_card.pdf"),
        *("docs/glossary.md", "docs/symbols.md"),
        *("tools/jupyterlab_settings.json", "tools/small.py", "tools/kit.py", "tools/resolve.py"),
    }


def links_of(path):
    """Yield the files that a page or a notebook leads to, in texts and in outputs."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        text = "\n".join(strings(json.loads(text)))
    for target in re.findall(r"(?<=\S)\]\(([^()\s]+)\)", text) + re.findall(r'(?:href|src)="([^"]+)"', text):
        if not re.match(r"\w+:|#|&", target) and re.search(r"[./]", target):
            yield target.partition("#")[0]


def test_every_link_of_a_student_leads_to_a_file(folder):
    pages = [folder / "START.html", *folder.glob("notebooks/*.ipynb"), *folder.glob("exercises/*.ipynb")]
    lost = {(page.name, target) for page in pages for target in links_of(page) if not (page.parent / target).exists()}
    assert lost == set()
    assert sum(len(list(links_of(page))) for page in pages) > 80


def test_the_start_page_says_each_way_and_names_only_what_is_there(folder):
    page = (folder / "START.html").read_text(encoding="utf-8")
    for anchor in ("nothing", "light", "small", "whole"):
        assert f'href="#{anchor}"' in page
        assert f'id="{anchor}"' in page
    assert f"Without answers, for the room or to hand in: {', '.join(sorted(CHOSEN))}." in page
    assert "HANDED_IN" not in page
    assert "LATER" not in page
    makefile = (folder / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"^(?:<pre>)?make (\w+)", page, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    named = re.findall(r"(?:-r |-c |default_url=/lab/tree/)([\w./-]+\.(?:txt|ipynb))", page)
    assert {"requirements-light.txt", "constraints.txt", "notebooks/00_start_here.ipynb"} <= set(named)
    assert not [name for name in named if not (folder / name).exists()]
    done = run(folder, "import sys; sys.path.insert(0, '../tools'); import small; print(small.ROOT)")
    assert Path(done.stdout.strip()) == folder, done.stderr


def test_the_start_notebook_runs_in_the_edition_and_nothing_is_missing(folder):
    """As a student would: all cells in their order. Its one exercise is handed in here, and says so."""
    cells = json.loads((folder / "notebooks" / "00_start_here.ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert 'check("18.1-a", 0.931)' in code[-1]
    program = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "import matplotlib; matplotlib.use('agg')\n"
        "shell = InteractiveShell.instance()\n"
        f"for source in {code!r}:\n"
        "    done = shell.run_cell(source)\n"
        "    print('ENDED', type(done.error_in_exec or done.error_before_exec).__name__)\n"
    )
    done = run(folder, program, CLINXAI_PROGRESS="off")
    ended = re.findall(r"ENDED (\w+)", done.stdout)
    assert ended == ["NoneType"] * len(code), done.stdout[-3000:] + done.stderr[-3000:]
    assert "18.1-a: written. Not in this edition" in done.stdout


def test_no_notebook_holds_a_hidden_test_a_mark_scheme_or_a_solution(folder):
    for path in (folder / "exercises").glob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"BEGIN (SOLUTION|HIDDEN TESTS|MARK SCHEME)", text), path.name
        for cell in json.loads(text)["cells"]:
            assert not cell.get("outputs"), path.name
            assert set(cell["metadata"]) <= {"nbgrader", "tags", "jupyter"}, path.name
    for path in (folder / "notebooks").glob("*.ipynb"):
        assert "nbgrader" not in path.read_text(encoding="utf-8").replace("program nbgrader", ""), path.name


def run(folder, code, **more):
    env = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **more}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, cwd=folder / "notebooks", timeout=300
    )


def test_it_runs_and_says_of_a_chosen_exercise_that_the_teacher_has_the_solution(folder):
    code = (
        "import clinxai_teach; from clinxai_teach.checks import check, hint, solution, CheckFailed\n"
        "print(clinxai_teach.__file__)\n"
        "for name in ('18.3-a', '18.2-a', '18.5-k'):\n"
        "    solution(name); hint(name); check(name, {'ppv': 0.5})\n"
        "def stub(x):\n    ...\n"
        "for value in (..., {'ppv': ..., 'npv': ...}, stub, '', None):\n"
        "    try: check('18.3-a', value)\n"
        "    except CheckFailed as wrong: print('stub:', wrong)\n"
        "try: check('18.3-h', {})\n"
        "except CheckFailed as wrong: print('others:', wrong)\n"
        "solution('18.3-h')\n"
    )
    done = run(folder, code)
    assert done.returncode == 0, done.stderr
    assert str(folder) in done.stdout
    assert done.stdout.count("Not in this edition: your teacher discusses it in the room") >= 9
    assert done.stdout.count("written. Not in this edition") == 3
    assert "To read a worked answer" not in done.stdout
    assert done.stdout.count("stub: 18.3-a: not attempted") == 5
    assert "others: 18.3-h: " in done.stdout
    assert bank.find("18.3-h").why in done.stdout


def test_it_installs(folder, tmp_path):
    pytest.importorskip("hatchling")
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target"]
    done = subprocess.run([*pip, str(tmp_path / "there"), str(copy)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    done = run(folder, "import clinxai_teach as c; print(c.__file__)", PYTHONPATH=str(tmp_path / "there"))
    assert str(tmp_path / "there") in done.stdout
    assert run(folder, "import clinxai_teach.cli", PYTHONPATH=str(tmp_path / "there")).returncode == 0


def test_a_zip_holds_the_same_and_is_the_same_each_time(folder, tmp_path):
    for name in ("one.zip", "two.zip"):
        edition.write_edition(tmp_path / name, zipped=True, without=CHOSEN)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as package:
        assert package.testzip() is None
        names = {name.removeprefix("clinxai-teach/") for name in package.namelist()}
    assert names == {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_lesson_can_be_left_out_and_the_start_page_names_only_what_is_there(tmp_path):
    target = tmp_path / "class"
    result = CliRunner().invoke(cli.app, ["class", "edition", str(target), "--later", "18.1", "--later", "18.3.1"])
    assert result.exit_code == 0, result.output
    assert "left out are notebooks/18_1_why" in " ".join(result.output.split())
    here = {path.name for room in ("notebooks", "exercises") for path in (target / room).glob("*.ipynb")}
    everything = {path.name for room in ("notebooks", "exercises") for path in (ROOT / room).glob("*.ipynb")}
    assert {re.match(r"18_\d(_\d)?(?=_[a-z])", name)[0] for name in everything - here} == {"18_1", "18_3_1"}
    start = (target / "START.html").read_text(encoding="utf-8")
    assert "Your teacher gives you 18.1, 18.3.1 later" in start
    assert "LATER" not in start
    assert [link for link in links_of(target / "START.html") if not (target / link).exists()] == []
    assert re.search(r"default_url=/lab/tree/notebooks/18_3_3_\w+\.ipynb", start)
    assert ">18.3.3</a>" in start
    wrong = CliRunner().invoke(cli.app, ["class", "edition", str(tmp_path / "other"), "--later", "18.9"])
    assert wrong.exit_code == 1
    assert "18.9" in wrong.output
    assert not (tmp_path / "other").exists()


def test_what_exists_is_not_overwritten_and_an_unknown_exercise_is_named(folder, tmp_path):
    for words, said in (
        ([str(folder)], "exists already"),
        ([str(tmp_path / "x"), "--without-solutions-of", "18.3-z"], "does not exist"),
        ([str(tmp_path / "x.zip")], "add --zip"),
    ):
        result = CliRunner().invoke(cli.app, ["class", "edition", *words])
        assert result.exit_code == 1
        assert said in result.output
    assert not (tmp_path / "x").exists()


def test_exercises_that_were_worked_in_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(edition, "COURSE", tmp_path)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "exercises").mkdir()
    name = sorted((ROOT / "exercises").glob("18_3*.ipynb"))[0]
    notebook = json.loads(name.read_text(encoding="utf-8"))
    answer = next(cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("solution"))
    answer["source"] = "site_auc = 0.8"
    (tmp_path / "exercises" / name.name).write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(ValueError, match=r"has been worked in, at: .site_auc = 0"):
        edition.write_edition(tmp_path / "out")


def test_a_teacher_is_told_where_an_answer_can_be_worked_out(tmp_path):
    notes = edition.write_edition(tmp_path / "x", without=["18.6-a", "18.3-a"])
    assert len(notes) == 2
    assert all(note.startswith("18.6-a: its answer can also") for note in notes)
