"""The builder: each rule of tools/build.py, its agreement with nbgrader, and the committed built files."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_output
from traitlets.config.loader import PyFileConfigLoader
from typer.testing import CliRunner

ROOT = Path(__file__).resolve().parents[1]
NBGRADER_CONFIG = ROOT / "exercises" / "nbgrader_config.py"

spec = importlib.util.spec_from_file_location("course_builder", ROOT / "tools" / "build.py")
builder = importlib.util.module_from_spec(spec)
spec.loader.exec_module(builder)

LESSON = """\
# %% [markdown]
# # A tiny lesson
# Its text has $\\\\alpha$ and `code`.

# %% fold=true tags=["setup"]
import matplotlib.pyplot as plt
from ipywidgets import IntSlider
from IPython.display import display

# %%
plt.plot([0, 1], [1, 0])
plt.show()

# %%
for number in range(3):
    print(number, flush=True)

# %%
IntSlider(3)

# %%
slider = IntSlider(4)
display(
    {**slider._repr_mimebundle_(), "text/plain": "A slider at 4", "image/png": "iVBORw0KGgo="},
    metadata={"image/png": {"alt": "A slider at 4"}},
    raw=True,
)

# %% tags=["raises-exception"]
1 / 0
"""

# The toy course does what clinxai_teach.checks does: raise for a wrong answer, say so for an untouched one.
EXERCISES = """\
# %% [markdown]
# # Tiny exercises

# %% fold=true
class CheckFailed(AssertionError):
    def _render_traceback_(self):
        return [str(self)]


def check(found, expected):
    if found is None:
        raise CheckFailed("not attempted")
    if found != expected:
        raise CheckFailed(f"expected {expected}, found {found}")

# %% exercise="1.1-a" part="answer"
def double(x):
    \"\"\"Twice x.\"\"\"
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% exercise="1.1-a" part="check" points=2
check(double(2), 4)
### BEGIN HIDDEN TESTS
check(double(5), 10)
### END HIDDEN TESTS

# %% exercise="1.1-b" part="answer"
half = None
### BEGIN SOLUTION
half = 0.5
### END SOLUTION

# %% exercise="1.1-b" part="check" points=1
check(half, 0.5)
"""


def write_lesson(root, stem, text):
    path = root / "lessons" / f"{stem}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def code(*cells):
    """A lesson of these code cells; a cell may bring its own `# %%` line."""
    return "\n\n".join(cell if cell.startswith("# %%") else f"# %%\n{cell}" for cell in cells)


def build_silently(root, names=()):
    builder.build(root, names, report=lambda line: None)


def by_id(notebook):
    return {cell.id: cell for cell in notebook.cells}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The two tiny lessons, built once."""
    root = tmp_path_factory.mktemp("course")
    write_lesson(root, "1_1_tiny", LESSON)
    write_lesson(root, "1_1_tiny_exercises", EXERCISES)
    build_silently(root)
    return root


@pytest.fixture
def notebooks(course):
    """The tiny course's three built notebooks, by folder."""
    return {folder: nbformat.read(course / folder / "1_1_tiny.ipynb", as_version=4) for folder in builder.FOLDERS}


@pytest.fixture
def spoiled(course, tmp_path):
    """A copy of the built course, for a test to damage."""
    return Path(shutil.copytree(course, tmp_path / "course"))


# ---- a lesson's cells -----------------------------------------------------------------------------


def test_short_options_become_nbgrader_and_jupyter_metadata(tmp_path):
    lesson = write_lesson(tmp_path, "18_1_x_exercises", EXERCISES)
    cells = by_id(builder.read_lesson(lesson))
    assert cells["1_1-a-answer"].metadata == {
        "nbgrader": {
            "schema_version": 3,
            "grade_id": "1_1-a-answer",
            "grade": False,
            "solution": True,
            "locked": False,
            "task": False,
        }
    }
    assert cells["1_1-a-check"].metadata == {
        "nbgrader": {
            "schema_version": 3,
            "grade_id": "1_1-a-check",
            "grade": True,
            "solution": False,
            "locked": True,
            "task": False,
            "points": 2,
        }
    }


def test_folded_cells_are_hidden_and_tags_pass_through(tmp_path):
    text = code('# %% fold=true tags=["setup"]\nimport os', '# %% tags=["raises-exception"]\n1 / 0', "a = 1")
    folded, tagged, plain = builder.read_lesson(write_lesson(tmp_path, "1_1_x", text)).cells
    assert folded.metadata == {"jupyter": {"source_hidden": True}, "tags": ["setup", "hide-input"]}
    assert tagged.metadata == {"tags": ["raises-exception"]}
    assert plain.metadata == {}


def test_markdown_passes_as_it_is(tmp_path):
    text = "# %% [markdown]\n# # Title\n#\n# - a *list* $\\\\hat{p}$\n#\n# <b>html</b>\n"
    (cell,) = builder.read_lesson(write_lesson(tmp_path, "1_1_x", text)).cells
    assert cell.source == "# Title\n\n- a *list* $\\\\hat{p}$\n\n<b>html</b>"


ANSWER = '# %% exercise="1.1-a" part="answer"\n### BEGIN SOLUTION\na = 1\n### END SOLUTION'
CHECK = '# %% exercise="1.1-a" part="check" points=1\nassert a'


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ('# %% exercise="1.1-a" part="anwser"\n1', "part= must be .* found 'anwser'"),
        ('# %% exercise="1.1-a"\n1', "part= must be .* found None"),
        ('# %% part="check" points=1\n1', "exercise= must be an id"),
        ('# %% exercise="18.1 a" part="check" points=1\n1', "exercise= must be an id"),
        ('# %% exercise="1.1-a" part="check"\n1', "a check needs points= .* found None"),
        ('# %% exercise="1.1-a" part="check" points=0\n1', "a number above 0, found 0"),
        ('# %% exercise="1.1-a" part="check" points="two"\n1', "a check needs points= .* found 'two'"),
        (ANSWER.replace('part="answer"', 'part="answer" points=1'), "points= belongs on the check"),
        ('# %% [markdown] exercise="1.1-a" part="answer"\n# text', "must be a code cell, found markdown"),
        ('# %% exercise="1.1-a" part="answer"\na = 1', "needs ### BEGIN SOLUTION"),
        (ANSWER.replace("### END SOLUTION", ""), "BEGIN SOLUTION has no END SOLUTION"),
        (ANSWER + "\n### END SOLUTION", "END SOLUTION has no BEGIN SOLUTION"),
        (ANSWER.replace("a = 1", "### BEGIN SOLUTION"), "a second BEGIN SOLUTION"),
        (CHECK + "\n### BEGIN HIDDEN TESTS", "BEGIN HIDDEN TESTS has no END HIDDEN TESTS"),
        (CHECK + "\n### BEGIN SOLUTION\n### END SOLUTION", '"SOLUTION" markers.*part="answer"'),
        (ANSWER + "\n### END HIDDEN TESTS", '"HIDDEN TESTS" markers.*part="check"'),
        ("# %% [markdown]\n# Write between BEGIN SOLUTION and the end.", '"SOLUTION" markers, also in prose'),
        ("# %% [raw]\n# text", "raw or empty"),
        ("# %%\n", "raw or empty"),
        ("# %% flod=true\n1", "unknown option flod"),
        ("# %%\nplt.plot([1]);", "ends in ';'"),
    ],
)
def test_a_wrong_cell_is_named_with_what_to_do(tmp_path, cell, message):
    lesson = write_lesson(tmp_path, "1_1_x_exercises", code("fine = 1", cell, "also_fine = 1"))
    with pytest.raises(builder.BuildError, match=rf"(?s)^1_1_x_exercises.py, cell 2 \(.*{message}") as raised:
        builder.read_lesson(lesson)
    assert "\n" not in str(raised.value), "only the wrong cell is reported"


def test_every_wrong_cell_of_a_lesson_is_reported(tmp_path):
    lesson = write_lesson(tmp_path, "1_1_x", code("a = 1;", "b = 2", "c = 3;"))
    with pytest.raises(builder.BuildError, match=r"(?s)cell 1 .*\n.*cell 3 "):
        builder.read_lesson(lesson)


def test_a_file_that_jupytext_cannot_read_is_named(tmp_path):
    lesson = write_lesson(tmp_path, "1_1_x", '# %% tags="setup"\na = 1')
    with pytest.raises(builder.BuildError, match=r"1_1_x.py: jupytext cannot read it: 'setup' is not"):
        builder.read_lesson(lesson)


def test_a_grade_id_is_used_once(tmp_path):
    lesson = write_lesson(tmp_path, "1_1_x_exercises", code(ANSWER, CHECK, CHECK))
    with pytest.raises(builder.BuildError, match=r"cell 3 .*1_1-a-check is used twice"):
        builder.read_lesson(lesson)


def test_exercises_stay_in_their_own_lesson(tmp_path):
    with pytest.raises(builder.BuildError, match="belong in the lesson whose name ends in _exercises"):
        builder.read_lesson(write_lesson(tmp_path, "1_1_x", ANSWER))


# ---- ids ------------------------------------------------------------------------------------------


def ids(tmp_path, *cells, stem="18_3_calibration"):
    return [cell.id for cell in builder.read_lesson(write_lesson(tmp_path, stem, code(*cells))).cells]


def test_an_id_is_the_section_and_the_first_words(tmp_path):
    title, import_, long_, symbols = ids(
        tmp_path,
        "# %% [markdown]\n# # Calibration: why?",
        "# NBVAL_CHECK_OUTPUT\n\nimport numpy as np",
        "# %% [markdown]\n# " + "word " * 40,
        "# %% [markdown]\n# αβγ ≥ …",
    )
    assert re.fullmatch(r"18_3-calibration-why-[0-9a-f]{6}", title)
    assert re.fullmatch(r"18_3-import-numpy-as-np-[0-9a-f]{6}", import_)
    assert re.fullmatch(r"18_3-[0-9a-f]{6}", symbols)
    assert all(re.fullmatch(r"[a-zA-Z0-9-_]{1,64}", cell_id) for cell_id in (title, import_, long_, symbols))


def test_clashing_cells_get_ids_of_their_own(tmp_path):
    found = ids(tmp_path, "plt.show()", "plt.show()", "plt.show()\nplt.close()", "plt.show()")
    assert len(set(found)) == 4


@pytest.mark.parametrize("new", ["x = 0", "a = 1\nb = 2", "# %% [markdown]\n# a = 1"])
@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_inserting_a_cell_keeps_the_ids_of_the_others(tmp_path, new, place):
    cells = ["# %% [markdown]\n# # Title", "a = 1\nc = 3", "a = 1"]
    before = ids(tmp_path, *cells)
    after = ids(tmp_path, *cells[:place], new, *cells[place:])
    assert set(before) < set(after)
    assert [cell_id for cell_id in after if cell_id in before] == before


# ---- from solved to exercise ----------------------------------------------------------------------


def test_the_learner_gets_indented_stubs_and_no_hidden_tests(notebooks):
    cells = by_id(notebooks["exercises"])
    assert cells["1_1-a-answer"].source == ('def double(x):\n    """Twice x."""\n    # YOUR CODE HERE\n    pass')
    assert cells["1_1-b-answer"].source == "half = None\n# YOUR CODE HERE\npass"
    assert cells["1_1-a-check"].source == "check(double(2), 4)"


def test_the_learner_gets_no_outputs_and_run_all_goes_on_past_unanswered_checks(notebooks):
    for cell in notebooks["exercises"].cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert ("raises-exception" in cell.metadata.get("tags", [])) == cell.id.endswith("-check")


def test_solutions_keep_the_markers_and_let_no_check_fail(notebooks):
    cells = by_id(notebooks["solutions"])
    assert "### BEGIN SOLUTION" in cells["1_1-a-answer"].source
    assert "### BEGIN HIDDEN TESTS" in cells["1_1-a-check"].source
    assert not any("raises-exception" in cell.metadata.get("tags", []) for cell in cells.values())


REGIONS = """\
### BEGIN SOLUTION
a = 1

### END SOLUTION
def f(x):
\tif x:
\t\t# BEGIN SOLUTION (any text may stand beside it)
\t\treturn 1
\t\t### END SOLUTION

    ### BEGIN SOLUTION
    ### END SOLUTION
"""


def test_stripping_equals_nbgraders_own_preprocessors(notebooks):
    preprocessors = pytest.importorskip("nbgrader.preprocessors", reason="needs the extra `grading`")
    config = PyFileConfigLoader(NBGRADER_CONFIG.name, path=str(NBGRADER_CONFIG.parent)).load_config()
    assert config.ClearSolutions.code_stub == {"python": builder.CODE_STUB}

    solved = notebooks["solutions"]
    by_id(solved)["1_1-b-answer"].source = REGIONS
    by_id(solved)["1_1-b-check"].source = REGIONS.replace("SOLUTION", "HIDDEN TESTS")
    ours = builder.strip_answers(solved)
    assert any(cell.get("outputs") or cell.get("execution_count") for cell in solved.cells)
    assert ours != solved

    theirs = nbformat.from_dict(solved)
    for name in ("ClearSolutions", "ClearHiddenTests", "ClearOutput"):
        theirs, _ = getattr(preprocessors, name)(config=config).preprocess(theirs, {})
    assert ours == theirs


# ---- executing ------------------------------------------------------------------------------------


def test_a_lesson_is_executed_with_its_outputs_kept(notebooks):
    notebook = notebooks["notebooks"]
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code_cells] == [1, 2, 3, 4, 5, 6]
    setup, figure, prints, only_widget, widget_and_picture, error = (cell.outputs for cell in code_cells)
    assert setup == only_widget == []
    assert "image/png" in figure[0].data
    assert prints == [new_output("stream", name="stdout", text="0\n1\n2\n")]
    assert widget_and_picture[0].data == {"text/plain": "A slider at 4", "image/png": "iVBORw0KGgo="}
    assert widget_and_picture[0].metadata == {"image/png": {"alt": "A slider at 4"}}
    assert error[0].ename == "ZeroDivisionError"


def test_a_notebook_has_no_metadata_but_its_kernel_and_language(notebooks):
    for notebook in notebooks.values():
        assert notebook.metadata == {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
        assert not any("execution" in cell.metadata for cell in notebook.cells)


def test_what_is_about_this_computer_is_run_but_not_saved(tmp_path):
    write_lesson(tmp_path, "1_1_own", '# %% tags=["output-not-saved"]\nspeed = 7\nprint(speed)\n\n# %%\nprint(speed)\n')
    build_silently(tmp_path)
    own, after = nbformat.read(tmp_path / "notebooks" / "1_1_own.ipynb", as_version=4).cells
    assert (own.outputs, own.execution_count) == ([], 1)
    assert after.outputs[0].text == "7\n"


def test_building_twice_gives_the_same_bytes(course, spoiled):
    for path in spoiled.glob("*/*.ipynb"):
        path.unlink()
    build_silently(spoiled)
    for folder in builder.FOLDERS:
        first, second = (root / folder / "1_1_tiny.ipynb" for root in (course, spoiled))
        assert first.read_bytes() == second.read_bytes()
        assert b"\r" not in first.read_bytes()


def test_neighbouring_chunks_of_a_stream_become_one():
    def chunk(name, text):
        return new_output("stream", name=name, text=text)

    picture = new_output("display_data", data={"image/png": "iVBORw0KGgo="})
    chunks = [chunk("stdout", "a"), chunk("stdout", "b"), picture, chunk("stdout", "c"), chunk("stderr", "d")]
    assert builder.stable_outputs(chunks) == [
        chunk("stdout", "ab"),
        picture,
        chunk("stdout", "c"),
        chunk("stderr", "d"),
    ]


def test_the_kernel_is_this_python_whatever_the_shell_says(tmp_path, monkeypatch):
    impostor = tmp_path / "jupyter" / "kernels" / "python3"
    impostor.mkdir(parents=True)
    kernel = {"argv": ["/bin/false"], "display_name": "Another Python", "language": "python"}
    (impostor / "kernel.json").write_text(json.dumps(kernel))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    names = "sys.executable", "os.getcwd()", "os.environ['PYTHONHASHSEED']", "os.environ['MPLBACKEND']"
    write_lesson(tmp_path, "1_1_x", code(f"import os, sys\nprint({', '.join(names)}, sep='\\n')"))
    build_silently(tmp_path)
    (cell,) = nbformat.read(tmp_path / "notebooks" / "1_1_x.ipynb", as_version=4).cells
    inline = "module://matplotlib_inline.backend_inline"
    assert cell.outputs[0].text.split() == [sys.executable, str(tmp_path / "notebooks"), "0", inline]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("a = 1\n1 / 0", "ZeroDivisionError"),
        ("import time\ntime.sleep(10)", "timed out"),
        ("import os\nos._exit(1)", "died"),
    ],
)
def test_a_cell_that_does_not_run_fails_the_build(tmp_path, monkeypatch, source, message):
    monkeypatch.setattr(builder, "CELL_TIMEOUT_S", 2)
    write_lesson(tmp_path, "1_1_x", code("fine = 1", source))
    failure = rf"(?s)^notebooks/1_1_x.ipynb, cell 1_1-.* failed: .*{message}"
    with pytest.raises(builder.BuildError, match=failure):
        build_silently(tmp_path)
    assert not (tmp_path / "notebooks" / "1_1_x.ipynb").exists()


def test_names_select_lessons_and_a_line_is_reported_for_each_notebook(tmp_path):
    for stem in ("1_1_x", "1_1_x_exercises", "1_2_y"):
        write_lesson(tmp_path, stem, code("a = 1"))
    lines = []
    builder.build(tmp_path, ["1_1_x_ex"], report=lines.append)
    assert [line.split()[0] for line in lines] == ["solutions/1_1_x.ipynb", "exercises/1_1_x.ipynb"]
    assert all(re.search(r" \d+\.\d s$", line) for line in lines)
    with pytest.raises(builder.BuildError, match=r"'2_1'; the lessons are: 1_1_x, 1_1_x_exercises, 1_2_y"):
        builder.build(tmp_path, ["2_1"])


# ---- check ----------------------------------------------------------------------------------------


def test_what_was_just_built_has_no_problem(course):
    assert builder.check(course) == []


def test_the_repositorys_built_files_are_what_its_lessons_say():
    """Also without lessons: a built file that no lesson builds is a problem."""
    assert builder.check(ROOT) == []


def spoil(change, folder="notebooks", cell=None):
    """A function that applies `change` to one cell (by number), or to a whole notebook, of a built course."""

    def apply(root):
        path = root / folder / "1_1_tiny.ipynb"
        notebook = nbformat.read(path, as_version=4)
        change(notebook if cell is None else notebook.cells[cell])
        path.write_text(json.dumps(notebook), encoding="utf-8")  # nbformat would repair some of the damage

    return apply


def edit(root):
    lesson = root / "lessons" / "1_1_tiny.py"
    lesson.write_text(lesson.read_text().replace("range(3)", "range(4)"))


WIDGET = new_output("display_data", data={builder.WIDGET_VIEW: {"model_id": "1"}})
ADDRESS = new_output("stream", text="<Axes at 0x7f0123456789>")
ERROR = new_output("error", ename="NameError", evalue="no x", traceback=[])
NUMBER = new_output("stream", text="1")


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (edit, "notebooks/1_1_tiny.ipynb: cell 1_1-for-number-in-range-4-.*: the lesson has it"),
        (edit, "notebooks/1_1_tiny.ipynb: cell 1_1-for-number-in-range-3-.*: it is not in the lesson"),
        (spoil(lambda c: c.update(source="pass"), cell=2), "cell 1_1-plt-plot.*: its source is not"),
        (spoil(lambda c: c.metadata.update(editable=True), cell=2), "cell .*: its metadata is not"),
        (spoil(lambda n: n.metadata.update(widgets={})), "metadata or format"),
        (spoil(lambda n: n.update(nbformat_minor=6)), "metadata or format"),
        (spoil(lambda n: n.update(nbformat_minor=4)), "not a valid notebook"),
        (spoil(lambda n: n.cells.pop(2)), "cell 1_1-plt-plot.*: the lesson has it"),
        (spoil(lambda n: n.cells.append(nbformat.v4.new_code_cell("1", id="mine"))), "cell mine: .* not in"),
        (spoil(lambda n: n.cells.insert(0, n.cells.pop(1))), "another order"),
        (spoil(lambda n: n.cells.append(n.cells[0])), "repeated"),
        (spoil(lambda c: c.update(execution_count=None), cell=2), "execution count is None, expected 2"),
        (spoil(lambda c: c.update(execution_count=9), cell=2), "execution count is 9, expected 2"),
        (spoil(lambda c: c.update(outputs=[ERROR]), "solutions", 2), "it raised NameError: no x"),
        (spoil(lambda c: c.update(outputs=[WIDGET]), cell=2), "a live widget"),
        (spoil(lambda c: c.update(outputs=[ADDRESS]), cell=2), "'0x7f0123456789', which changes"),
        (spoil(lambda c: c.update(outputs=[NUMBER]), "exercises", 2), "exercises/.*: it holds an output"),
        (spoil(lambda c: c.update(execution_count=1), "exercises", 2), "exercises/.*: it holds an output"),
        (lambda root: (root / "notebooks/1_1_tiny.ipynb").unlink(), "notebooks/.*: it is not built"),
        (
            lambda root: (root / "notebooks/1_1_tiny.ipynb").write_text("{"),
            "notebooks/.*: it is not a notebook",
        ),
        (lambda root: (root / "lessons/1_1_tiny.py").unlink(), "notebooks/.*: no lesson builds it"),
        (lambda root: write_lesson(root, "1_2_y", code("a = 1;")), "1_2_y.py, cell 1 .*ends in ';'"),
    ],
)
def test_check_finds(spoiled, damage, problem):
    damage(spoiled)
    assert any(re.search(problem, line) for line in builder.check(spoiled)), builder.check(spoiled)


def test_check_finds_a_notebook_that_is_too_big(course, monkeypatch):
    monkeypatch.setattr(builder, "MAX_BYTES", 1000)
    assert [line.split(":")[0] for line in builder.check(course) if "more than 1,000" in line] == [
        f"{folder}/1_1_tiny.ipynb" for folder in builder.FOLDERS
    ]


def test_the_check_command_prints_every_problem_and_exits_1(spoiled, monkeypatch):
    monkeypatch.setattr(builder, "ROOT", spoiled)
    good = CliRunner().invoke(builder.app, ["check"])
    assert (good.exit_code, good.output) == (0, "2 lessons: the built files are what they say.\n")
    edit(spoiled)
    (spoiled / "solutions" / "1_1_tiny.ipynb").unlink()
    bad = CliRunner().invoke(builder.app, ["check"])
    assert bad.exit_code == 1
    assert len(bad.output.splitlines()) == 3


def test_the_build_command_fails_in_one_line(spoiled, monkeypatch):
    monkeypatch.setattr(builder, "ROOT", spoiled)
    result = CliRunner().invoke(builder.app, ["build", "9_9"])
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert "begins with '9_9'; the lessons are: 1_1_tiny, 1_1_tiny_exercises" in result.output


# ---- a teacher's nbgrader ----------------------------------------------------------------------------


def hand_in(root, learner, notebook, name, answers=None):
    """Write the learner's copy, with these sources in the answer cells they name."""
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = (answers or {}).get(grade_id, cell.source)
    path = root / "submitted" / learner / "1_1" / name
    path.parent.mkdir(parents=True)
    path.write_text(nbformat.writes(notebook), encoding="utf-8")


def nbgrader(root, *arguments):
    """Run one of nbgrader's commands in a course."""
    # nbgrader calls alembic by name, so the environment's programs must be on the path.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(
        command, cwd=root, env=os.environ | {"PATH": path}, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr


def released(root, solution):
    """Let nbgrader make the learners' version of a solution, and return it."""
    shutil.copy(NBGRADER_CONFIG, root)
    (root / "source" / "1_1").mkdir(parents=True)
    shutil.copy(solution, root / "source" / "1_1")
    nbgrader(root, "generate_assignment", "1_1", "--create")
    return root / "release" / "1_1" / solution.name


def marks(root):
    """Let nbgrader mark what was handed in. Returns the marks of each learner, and the best possible."""
    api = pytest.importorskip("nbgrader.api", reason="needs the extra `grading`")
    nbgrader(root, "autograde", "1_1", "--create")
    with api.Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        submissions = gradebook.assignment_submissions("1_1")
        return {each.student.id: each.score for each in submissions}, max(each.max_score for each in submissions)


def read_notebook(path):
    return nbformat.read(path, as_version=4)


def solved_answers(solution):
    solved = by_id(read_notebook(solution))
    return {cell_id: cell.source for cell_id, cell in solved.items() if cell_id.endswith("-answer")}


def test_nbgrader_takes_solutions_as_its_source_and_marks_learners_fairly(course, tmp_path):
    pytest.importorskip("nbgrader", reason="needs the extra `grading`")
    name = "1_1_tiny.ipynb"
    release = released(tmp_path, course / "solutions" / name)
    answers = solved_answers(course / "solutions" / name)
    hard_coded = {"1_1-a-answer": "def double(x):\n    return 4", "1_1-b-answer": "half = 0.5"}

    hand_in(tmp_path, "perfect", read_notebook(release), name, answers)
    hand_in(tmp_path, "empty", read_notebook(release), name)
    hand_in(tmp_path, "hard_coded", read_notebook(release), name, hard_coded)
    hand_in(tmp_path, "own_copy", read_notebook(course / "exercises" / name), name, answers)
    # The hidden test finds the constant.
    assert marks(tmp_path) == ({"perfect": 3, "empty": 0, "hard_coded": 1, "own_copy": 3}, 3)


@pytest.mark.parametrize("solution", sorted((ROOT / "solutions").glob("*.ipynb")), ids=lambda path: path.stem)
def test_nbgrader_marks_the_courses_own_exercises(solution, tmp_path):
    pytest.importorskip("nbgrader", reason="needs the extra `grading`")
    release = released(tmp_path, solution)
    learners_copy = read_notebook(ROOT / "exercises" / solution.name)
    hand_in(tmp_path, "perfect", learners_copy, solution.name, solved_answers(solution))
    hand_in(tmp_path, "empty", read_notebook(release), solution.name)
    given, best = marks(tmp_path)
    assert best > 0
    assert given == {"perfect": best, "empty": 0}
