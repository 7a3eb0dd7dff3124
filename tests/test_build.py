"""The builder: each rule of tools/build.py, its agreement with nbgrader, and the committed built files."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_output
from traitlets.config.loader import PyFileConfigLoader
from typer.testing import CliRunner

import build as builder
import cells
import exercise_cells

ROOT = Path(__file__).resolve().parents[1]
NBGRADER_CONFIG = ROOT / "exercises" / "nbgrader_config.py"


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
FRAME = """\
# %% [markdown]
# # Tiny exercises
# {{Count 1.1}} of them, {{minutes 1.1}} minutes. {{coding 1.1}}

# %% fold=true
class CheckFailed(AssertionError):
    def _render_traceback_(self):
        return [str(self)]


def check(exercise, found):
    if callable(found):
        found = {"1.1-a": found(2) == 4 and found(5) == 10}.get(exercise) if found(2) is not None else None
    if found is None:
        raise CheckFailed("not attempted")
    if found != {"1.1-a": True, "1.1-b": 0.5}[exercise]:
        raise CheckFailed(f"found {found}")

# %% exercises
"""
DOUBLE = """\
# %% judge
HINT = "Add it to itself."

# %% [markdown]
# ## Twice
#
# Write `double(x)`.

# %% answer points=2 minutes=4
def double(x):
    \"\"\"Twice x.\"\"\"
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %%
print(double(3))
"""
HALF = """\
# %% [markdown]
# ## A half

# %% shared
WHOLE = 1

# %% answer points=1 minutes=3 coding="none"
half = None
### BEGIN SOLUTION
half = 0.5
### END SOLUTION
"""
WRITE = """\
# %% [markdown]
# ## In your own words

# %% answer [markdown] points=2 minutes=5 coding="none"
# ### BEGIN SOLUTION
# A model answer.
# ### END SOLUTION
"""
EXERCISES = {"a_double": DOUBLE, "b_half": HALF, "c_write": WRITE}


README = "[Tiny](notebooks/1_1_tiny.ipynb), [<!--number all-->3<!--/--> exercises](exercises/1_1_tiny.ipynb)\n"


def write_exercises(root, section="1_1", **files):
    """Write exercise files; without names those of the tiny course. Returns their folder."""
    folder = root / "clinxai_teach" / "exercises" / section
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (files or EXERCISES).items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


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
    write_lesson(root, "1_1_tiny_exercises", FRAME)
    write_exercises(root)
    (root / "README.md").write_text(README.replace("3", "no"), encoding="utf-8")
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


def part(grade, solution, locked, grade_id, **points):
    """nbgrader's metadata of one cell, schema 3."""
    return {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": grade,
        "solution": solution,
        "locked": locked,
        "task": False,
        **points,
    }


def test_answers_and_checks_carry_nbgraders_metadata(notebooks):
    cells = by_id(notebooks["solutions"])
    assert cells["1_1-a-answer"].metadata == {"nbgrader": part(False, True, False, "1_1-a-answer")}
    assert cells["1_1-a-check"].metadata == {"nbgrader": part(True, False, True, "1_1-a-check", points=2)}
    assert cells["1_1-c-answer"].metadata == {"nbgrader": part(True, True, False, "1_1-c-answer", points=2)}
    assert (cells["1_1-c-answer"].cell_type, "1_1-c-check" in cells) == ("markdown", False)


def test_an_exercise_file_becomes_title_text_answer_and_check_without_its_judge(notebooks):
    sources = [cell.source for cell in notebooks["solutions"].cells]
    start = next(number for number, source in enumerate(sources) if "Twice" in source)
    assert sources[start] == "## 1.1-a Twice\n\nWrite `double(x)`."
    assert sources[start + 1].startswith("def double(x):")
    assert sources[start + 2 : start + 4] == ['check("1.1-a", double)', "print(double(3))"]
    assert "WHOLE = 1" in sources
    assert not any("HINT" in source for source in sources)


def test_counts_times_and_needs_come_from_the_exercise_files(course, notebooks):
    head = notebooks["exercises"].cells[0].source
    assert head == "# Tiny exercises\nThree of them, 12 minutes. 1.1-b and 1.1-c need no code."
    assert (course / "README.md").read_text() == README


def test_the_sentence_on_code_names_each_exercise_once():
    def of(*needs):
        return exercise_cells.coding_sentence([exercise_cells.Facts(f"1-{k}", 1, n) for k, n in enumerate(needs)])

    assert of("code") == "All need code."
    assert of("none", "code") == "1-0 needs no code."
    assert of("none", "calculator", "none", "none") == (
        "1-0, 1-2 and 1-3 need no code, and 1-1 needs a calculator only."
    )


def test_material_is_shown_in_the_text(tmp_path, monkeypatch):
    monkeypatch.setattr(exercise_cells.bank, "load", lambda path: SimpleNamespace(material=f"1. {path.stem}"))
    text = HALF.replace("# ## A half\n", "# ## A half\n#\n# {{material}}\n")
    write_exercises(tmp_path, b_half=text)
    notebook = builder.read_lesson(write_lesson(tmp_path, "1_1_x_exercises", "# %% exercises\n"))
    assert notebook.cells[0].source == "## 1.1-b A half\n\n1. b_half"


def test_one_exercise_can_be_put_in_another_place_and_none_is_forgotten(tmp_path):
    write_exercises(tmp_path)
    frame = '# %% exercises="b"\n\n# %%\na = 1\n\n# %% exercises\n'
    cells = builder.read_lesson(write_lesson(tmp_path, "1_1_x_exercises", frame)).cells
    answers = [cell.id for cell in cells if cell.id.endswith("-answer")]
    assert answers == ["1_1-b-answer", "1_1-a-answer", "1_1-c-answer"]
    for frame, message in [
        ('# %% exercises="b"\n', "no cell of the frame shows a, c"),
        ('# %% exercises="z"\n\n# %% exercises\n', "section 1_1 has no exercise z that is not used yet"),
        ("# %%\n{{count 1.1}}\n", "no cell of the frame shows a, b, c"),
    ]:
        with pytest.raises(builder.BuildError, match=message):
            builder.read_lesson(write_lesson(tmp_path, "1_1_x_exercises", frame))


def test_a_sections_two_frames_share_its_exercises(tmp_path):
    write_exercises(tmp_path)
    head = "# %% [markdown]\n# {{Count 1.1-ca}}, {{minutes 1.1-ca}} minutes.\n\n"
    first = write_lesson(tmp_path, "1_1_1_x_exercises", f'{head}# %% exercises="ca"\n')
    second = write_lesson(tmp_path, "1_1_2_y_exercises", "# %% exercises\n")

    def answers(lesson):
        return [cell.id for cell in builder.read_lesson(lesson).cells if cell.id.endswith("-answer")]

    assert (answers(first), answers(second)) == (["1_1-c-answer", "1_1-a-answer"], ["1_1-b-answer"])
    assert builder.read_lesson(first).cells[0].source == "Two, 9 minutes."
    for text, message in [
        ('# %% exercises="bc"\n', "no exercise c that is not used yet"),
        ('# %% [markdown]\n# {{count 1.1-bz}}\n\n# %% exercises="b"\n', "section 1.1 has no exercise z"),
    ]:
        write_lesson(tmp_path, "1_1_2_y_exercises", text)
        with pytest.raises(builder.BuildError, match=message):
            answers(second)
    write_lesson(tmp_path, "1_1_1_x_exercises", "# %% exercises\n")
    write_lesson(tmp_path, "1_1_2_y_exercises", "# %% exercises\n")
    with pytest.raises(builder.BuildError, match="two frames of the section have a cell"):
        answers(first)
    write_lesson(tmp_path, "1_1_1_x_exercises", '# %% exercises="c"\n')
    write_lesson(tmp_path, "1_1_2_y_exercises", '# %% exercises="b"\n')
    with pytest.raises(builder.BuildError, match="no cell of the frame shows a"):
        answers(first)


def test_an_unknown_placeholder_lists_the_known_ones(tmp_path):
    write_exercises(tmp_path)
    lesson = write_lesson(tmp_path, "1_1_x", "# %% [markdown]\n# There are {{amount 1.1}}.\n")
    with pytest.raises(builder.BuildError, match="unknown placeholder amount; use one of number, count"):
        builder.read_lesson(lesson)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# %% answer", "# %% anwser", "cell 3: a cell is titled answer, judge or shared, or has no title"),
        ("points=2", "", "cell 3: an answer needs points= .* found None"),
        ("points=2", "points=0", "cell 3: .* a number above 0, found 0"),
        ("points=2", 'points="two"', "cell 3: .* found 'two'"),
        ("minutes=4", "", "cell 3: an answer needs minutes= .* found None"),
        ("minutes=4", "minutes=0.5", "cell 3: .* a whole number above 0, found 0.5"),
        ("minutes=4", "minutes=4 hours=1", "cell 3: unknown option hours; an answer may have coding"),
        ("minutes=4", 'minutes=4 coding="non"', "cell 3: coding= must be one of none, calculator, code, found 'non'"),
        ("minutes=4", 'minutes=4 needs="notbook"', "cell 3: needs= can only be .notebook., found 'notbook'"),
        ("    ### BEGIN SOLUTION\n", "", "cell 3: an answer needs ### BEGIN SOLUTION"),
        ("    ### END SOLUTION\n", "", "cell 3: BEGIN SOLUTION has no END SOLUTION"),
        ("    return", "    ### BEGIN SOLUTION\n    return", "cell 3: a second BEGIN SOLUTION"),
        ("    ### BEGIN", "    ### END SOLUTION\n    ### BEGIN", "cell 3: END SOLUTION has no BEGIN SOLUTION"),
        ("def double(x):", "if True:", "cell 3: an answer needs a stub before its solution"),
        ("print(double(3))", "### BEGIN SOLUTION", "cell 4: .*markers, also in prose, belong only in an answer"),
        ("print(double(3))", "double(3);", "cell 4: the cell ends in ';'"),
        ("# ## Twice", "# # Twice", "cell 2: the first text begins with the title"),
    ],
)
def test_a_wrong_exercise_file_is_named_with_what_to_do(tmp_path, old, new, message):
    assert old in DOUBLE
    write_exercises(tmp_path, a_double=DOUBLE.replace(old, new))
    with pytest.raises(builder.BuildError, match=rf"^1_1/a_double.py, {message}"):
        builder.read_lesson(write_lesson(tmp_path, "1_1_x_exercises", "# %% exercises\n"))


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("EPS = 1e-9\nhalf = ...\n### BEGIN SOLUTION\nx = 1\nhalf = x / 2\n### END SOLUTION", "half"),
        ("import math\n\ndef f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION", "f"),
    ],
)
def test_what_is_checked_is_the_stub_that_the_learner_fills(source, name):
    assert exercise_cells.answer_name(source) == name


def test_an_exercise_file_without_an_answer_is_named(tmp_path):
    write_exercises(tmp_path, a_double="# %% [markdown]\n# ## Twice\n")
    with pytest.raises(builder.BuildError, match=r"1_1/a_double.py: it has no cell titled answer"):
        builder.read_lesson(write_lesson(tmp_path, "1_1_x_exercises", "# %% exercises\n"))


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


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("# %% [markdown]\n# Write between BEGIN SOLUTION and the end.", '"BEGIN SOLUTION" markers, also in prose'),
        ("# %% [raw]\n# text", "raw or empty"),
        ("# %%\n", "raw or empty"),
        ("# %% flod=true\n1", "unknown option flod"),
        ("# %% answer points=1 minutes=1\n1", "unknown option minutes, points, title"),
        ("# %%\nplt.plot([1]);", "ends in ';'"),
        (
            "# %% [markdown]\n# <details><summary>A</summary>\n# It\n# *does*.\n# </details>",
            "\\*does\\* stands in <details>",
        ),
    ],
)
def test_a_wrong_cell_is_named_with_what_to_do(tmp_path, cell, message):
    lesson = write_lesson(tmp_path, "1_1_x", code("fine = 1", cell, "also_fine = 1"))
    with pytest.raises(builder.BuildError, match=rf"(?s)^1_1_x.py, cell 2 \(.*{message}") as raised:
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


def test_the_learner_gets_indented_stubs(notebooks):
    cells = by_id(notebooks["exercises"])
    assert cells["1_1-a-answer"].source == ('def double(x):\n    """Twice x."""\n    # YOUR ANSWER HERE\n    pass')
    assert cells["1_1-b-answer"].source == "half = None\n# YOUR ANSWER HERE\npass"
    assert cells["1_1-c-answer"].source == "YOUR ANSWER HERE"
    assert cells["1_1-a-check"].source == 'check("1.1-a", double)'


def test_the_learner_gets_no_outputs_and_run_all_goes_on_past_unanswered_checks(notebooks):
    for cell in notebooks["exercises"].cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert ("raises-exception" in cell.metadata.get("tags", [])) == cell.id.endswith("-check")


def test_solutions_keep_the_markers_and_let_no_check_fail(notebooks):
    cells = by_id(notebooks["solutions"])
    assert "### BEGIN SOLUTION" in cells["1_1-a-answer"].source
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
    assert config.ClearSolutions.code_stub == {"python": cells.STUBS["code"]}
    assert config.ClearSolutions.text_stub == cells.STUBS["markdown"]

    solved = notebooks["solutions"]
    by_id(solved)["1_1-b-answer"].source = REGIONS
    ours = builder.strip_answers(solved)
    assert any(cell.get("outputs") or cell.get("execution_count") for cell in solved.cells)
    assert ours != solved

    theirs = nbformat.from_dict(solved)
    for name in ("ClearSolutions", "ClearOutput"):
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


CLAIMS = "# %%\na = 2\n\n# %% claim=true\nb = a + 1\nassert b == 3\n\n# %%\na\n"


def test_a_claim_is_run_and_not_shipped(tmp_path):
    lesson = write_lesson(tmp_path, "1_1_x", CLAIMS)
    build_silently(tmp_path)
    first, last = nbformat.read(tmp_path / "notebooks" / "1_1_x.ipynb", as_version=4).cells
    assert (first.execution_count, last.execution_count, last.outputs[0].execution_count) == (1, 2, 2)
    assert last.outputs[0].data["text/plain"] == "2"
    assert builder.check(tmp_path) == []
    assert [cell.source for cell in builder.claims(lesson)[first.id]] == ["b = a + 1\nassert b == 3"]


def test_a_false_claim_fails_the_build(tmp_path):
    write_lesson(tmp_path, "1_1_x", CLAIMS.replace("== 3", "== 4"))
    with pytest.raises(builder.BuildError, match=r"(?s)notebooks/1_1_x.ipynb, cell .* failed: .*AssertionError"):
        build_silently(tmp_path)


def test_a_claim_may_not_make_a_name_that_the_learners_cells_need(tmp_path):
    for claim in ("b = 2", "from math import tau as b", "import math as b"):
        lesson = write_lesson(tmp_path, "1_1_x", f"# %%\na = 1\n\n# %% claim=true\n{claim}\n\n# %%\nprint(b)\n")
        with pytest.raises(
            builder.BuildError, match=rf"^1_1_x.py: the claim '{claim}' makes b, which another cell reads"
        ):
            builder.read_lesson(lesson)


def test_names_inside_a_claims_functions_and_comprehensions_are_its_own():
    code = (
        "x, (y, *z) = [b for b in range(3)]\nwith open('x') as a:\n    c = {b: 1 for b in 'xy'}\ndef d(b):\n    e = b"
    )
    assert builder.names_made(ast.parse(code)) == {"x", "y", "z", "a", "c", "d"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# %% claim=true\nassert True\n\n# %%\na = 1\n", "a claim stands before all other code"),
        ("# %%\na = 1\n\n# %% [markdown] claim=true\n# a is 1\n", "the claim 'a is 1' is text"),
        ("# %%\na = 1\n\n# %% claim=true\nassert a = 1\n", "the claim 'assert a = 1' is not Python"),
        ("# %%\na = 1\n\n# %% claim=true\nfrom math import *\n", "imports everything; name what it needs"),
    ],
)
def test_a_claim_that_would_not_be_run_is_refused(tmp_path, text, message):
    with pytest.raises(builder.BuildError, match=f"^1_1_x.py: .*{message}"):
        builder.read_lesson(write_lesson(tmp_path, "1_1_x", text))
    write_exercises(tmp_path)
    frame = "# %% exercises\n\n# %% claim=true\nassert True\n"
    with pytest.raises(builder.BuildError, match="a claim stands in a lesson, where pytest runs it"):
        builder.read_lesson(write_lesson(tmp_path, "1_1_x_exercises", frame))


def test_two_exercises_with_one_letter_are_refused(tmp_path):
    write_exercises(tmp_path, b_half=HALF, b_other=HALF)
    with pytest.raises(builder.BuildError, match=r"1_1/b_half.py has the letter of another exercise; rename it"):
        builder.read_lesson(write_lesson(tmp_path, "1_1_x_exercises", "# %% exercises\n"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("There are {{count 1.2}}.", "section 1.2 has no exercises"),
        ("There are {{ count 1.1 }}.", "is no placeholder; write it as {{count 18.3}}"),
        ("There are {{count}}.", "is no placeholder"),
        ("Here: {{material}}", "is no placeholder"),
    ],
)
def test_a_placeholder_that_stands_for_nothing_is_refused(tmp_path, text, message):
    write_exercises(tmp_path)
    with pytest.raises(builder.BuildError, match=re.escape(message)):
        builder.read_lesson(write_lesson(tmp_path, "1_1_x", f"# %% [markdown]\n# {text}\n"))


def test_a_formula_with_braces_is_no_placeholder(tmp_path):
    lesson = write_lesson(tmp_path, "1_1_x", "# %% [markdown]\n# $\\frac{{a}}{{b + \\text{c}}}$ and $x_{{1}}$\n")
    assert "{{a}}" in builder.read_lesson(lesson).cells[0].source


@pytest.mark.parametrize(
    ("readme", "message"),
    [
        ("<!--number 1.1-->4\n[x](y) <!--number all-->3<!--/-->", "needs <!--/--> behind it, on the same line"),
        ("<!--numbers 1.1-->4<!--/-->", "unknown placeholder numbers"),
    ],
)
def test_a_damaged_mark_in_the_readme_is_told_and_nothing_is_deleted(spoiled, readme, message):
    (spoiled / "README.md").write_text(README + readme, encoding="utf-8")
    assert any(f"README.md: {message}" in problem or message in problem for problem in builder.check(spoiled))
    with pytest.raises(builder.BuildError):
        builder.build(spoiled, ["1_1_tiny"], report=lambda line: None)
    assert (spoiled / "README.md").read_text(encoding="utf-8") == README + readme


def test_a_judge_that_raises_is_named_where_its_material_is_shown(tmp_path):
    text = HALF.replace("# ## A half\n", "# ## A half\n#\n# {{material}}\n") + "\n# %% judge\n1 / 0\n"
    write_exercises(tmp_path, b_half=text)
    with pytest.raises(builder.BuildError, match=r"1_1/b_half.py, cell 1: its judge stops with ZeroDivisionError"):
        builder.read_lesson(write_lesson(tmp_path, "1_1_x_exercises", "# %% exercises\n"))


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
        (spoil(lambda c: c.update(outputs=[ERROR]), "solutions", 3), "it raised NameError: no x"),
        (spoil(lambda c: c.update(outputs=[WIDGET]), cell=2), "a live widget"),
        (spoil(lambda c: c.update(outputs=[ADDRESS]), cell=2), "'0x7f0123456789', which changes"),
        (spoil(lambda c: c.update(outputs=[NUMBER]), "exercises", 3), "exercises/.*: it holds an output"),
        (spoil(lambda c: c.update(execution_count=1), "exercises", 3), "exercises/.*: it holds an output"),
        (lambda root: (root / "notebooks/1_1_tiny.ipynb").unlink(), "notebooks/.*: it is not built"),
        (
            lambda root: (root / "notebooks/1_1_tiny.ipynb").write_text("{"),
            "notebooks/.*: it is not a notebook",
        ),
        (lambda root: (root / "README.md").write_text("<!--number 1.1-->4<!--/-->"), "README.md: a number is not"),
        (
            lambda root: (root / "README.md").write_text("(exercises/1_1_tiny.ipynb)"),
            "README.md: it has no link to notebooks/1_1_tiny",
        ),
        (
            lambda root: write_lesson(root, "00_start", "# %% [markdown]\n# (1_1_tiny.ipynb)"),
            "00_start.py: it has no link to ../exercises/1_1_tiny.ipynb",
        ),
        (
            lambda root: write_exercises(root, d_new=HALF),
            "exercises/1_1_tiny.ipynb: cell 1_1-d-answer: the lesson has it",
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
    # A teacher marks the text, 2 points of 5; the check finds the constant.
    assert marks(tmp_path) == ({"perfect": 3, "empty": 0, "hard_coded": 1, "own_copy": 3}, 5)


SOLUTIONS = [
    pytest.param(path, id=path.stem, marks=() if path.stem.startswith("18_6") else pytest.mark.slow)
    for path in sorted((ROOT / "solutions").glob("*.ipynb"))
]


@pytest.mark.parametrize("solution", SOLUTIONS)  # each runs twice in nbgrader: one in `make test`, all in `make proofs`
def test_nbgrader_marks_the_courses_own_exercises(solution, tmp_path):
    pytest.importorskip("nbgrader", reason="needs the extra `grading`")
    release = released(tmp_path, solution)
    learners_copy = read_notebook(ROOT / "exercises" / solution.name)
    hand_in(tmp_path, "perfect", learners_copy, solution.name, solved_answers(solution))
    hand_in(tmp_path, "empty", read_notebook(release), solution.name)
    given, best = marks(tmp_path)
    gradings = [
        cell.metadata["nbgrader"]
        for cell in learners_copy.cells
        if cell.cell_type == "markdown"
        if "nbgrader" in cell.metadata
    ]
    by_hand = sum(grading.get("points", 0) for grading in gradings)  # texts wait for a teacher
    assert best > by_hand
    assert given == {"perfect": best - by_hand, "empty": 0}
