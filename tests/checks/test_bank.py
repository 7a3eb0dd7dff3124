"""The bank reads an exercise from its one file, and an error in it points to that file's line."""

import inspect
import traceback

import pytest

from clinxai_teach.checks import bank

FILE = """\
# %% judge
from clinxai_teach.checks.kinds import function_on_cases
from clinxai_teach.checks.reading import Case

# %% [markdown]
# ## Twice as much
#
# Write `double(x)`.

# %%
name_of_the_notebook()

# %% shared
FACTOR = 2

# %% answer points=1 minutes=2
def double(x):
    ### BEGIN SOLUTION
    return FACTOR * x
    ### END SOLUTION

# %% judge
EXERCISE = function_on_cases(
    double, [Case("two", {"x": 2})], expects="a function", also_right=(), mistakes=(), hints=("Add.",), why="Twice."
)
"""


@pytest.fixture
def written(tmp_path):
    """Return a function that writes an exercise file and returns its path."""

    def write(text, name="b_double.py"):
        path = tmp_path / "18_9" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_id_title_and_worked_answer_come_from_the_file(written):
    exercise = bank.load(written(FILE))
    assert (exercise.id, exercise.title) == ("18.9-b", "Twice as much")
    assert exercise.worked == "def double(x):\n    return FACTOR * x"
    assert exercise.right(4) == 8


def test_the_source_of_a_judging_function_can_be_read(written):
    module = bank.module(written(FILE))
    assert inspect.getsource(module.double).startswith("def double(x):")


def test_an_error_shows_the_line_of_the_file(written):
    path = written(FILE.replace("FACTOR = 2", "FACTOR = 1 / 0"))
    with pytest.raises(ZeroDivisionError) as caught:
        bank.module(path)
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (last.filename, last.lineno) == (str(path), FILE.split("\n").index("FACTOR = 2") + 1)


def test_an_answer_that_needs_the_notebook_is_not_run(written):
    text = FILE.replace("minutes=2", 'minutes=2 needs="notebook"').replace(
        "def double", "name_of_the_notebook()\ndef double"
    )
    with pytest.raises(NameError, match="double"):
        bank.module(written(text))


@pytest.mark.parametrize(
    ("answer", "worked"),
    [
        ("a = ...\n### BEGIN SOLUTION\na = 1\nb = a\n### END SOLUTION\n", "a = 1\nb = a"),
        ("def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION", "def f(x):\n    return x"),
        ("a = 1", "a = 1"),
        ("x = ...\n# BEGIN SOLUTION\nx = 1\n# END SOLUTION\n", "x = 1"),
        (
            "def f():\n    ### BEGIN SOLUTION\n    a = 1\n    ### END SOLUTION\n    return a",
            "def f():\n    a = 1\n    return a",
        ),
        ("# ### BEGIN SOLUTION\n# A model answer.\n#\n# More.\n# ### END SOLUTION", "A model answer.\n\nMore."),
    ],
)
def test_markers_are_not_shown(answer, worked):
    assert bank.without_markers(answer) == worked


def test_only_the_files_of_letters_are_exercises(written):
    for name in ("b_two.py", "a_one.py", "_draft.py", "notes.txt"):
        path = written(FILE, name)
    folder = path.parents[1]
    assert bank.section_numbers(folder) == ["18.9"]
    assert {key: value.name for key, value in bank.files("18.9", folder).items()} == {
        "18.9-a": "a_one.py",
        "18.9-b": "b_two.py",
    }


def test_two_files_with_one_letter_are_refused(written):
    written(FILE, "b_two.py")
    folder = written(FILE, "b_other.py").parents[1]
    with pytest.raises(ValueError, match=r"18_9/b_other.py has the letter of another exercise; rename it"):
        bank.files("18.9", folder)


def test_a_text_that_a_teacher_marks_is_read_from_its_markdown_answer(written):
    text = """\
# %% [markdown]
# ## In your own words

# %% answer [markdown] points=2 minutes=5
# ### BEGIN SOLUTION
# A model answer.
# ### END SOLUTION

# %% judge
from clinxai_teach.checks.kinds import free_text

EXERCISE = free_text({"names a limit": 2}, why="Compare.", hints=("Who?",))
"""
    exercise = bank.load(written(text))
    assert exercise.worked == "A model answer."
    assert exercise.material == "- names a limit (2)"
