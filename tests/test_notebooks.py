"""The committed notebooks give nbval numbers to compare, and the comparison is live.

pytest runs the notebooks themselves through nbval (see pyproject.toml); this file guards against a run that
is green because nothing was compared.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbval.plugin import find_metadata_tags

import build as builder

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))
MARKER = "nbval-check-output"


def marked_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code" and MARKER in cell.metadata.get("tags", [])]


def is_compared(cell):
    """Whether nbval has a number to compare in the cell.

    It compares no picture and no cell without an execution count.
    """
    texts = [output.text for output in cell.outputs if output.output_type == "stream"]
    texts += [output.data["text/plain"] for output in cell.outputs if output.output_type == "execute_result"]
    seen = dict(find_metadata_tags(cell.metadata)).get("check")
    return bool(seen and cell.execution_count and any(re.search(r"\d", text) for text in texts))


def name(path):
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", NOTEBOOKS + SOLUTIONS, ids=name)
def test_every_marked_cell_is_compared(path):
    hollow = [cell.id for cell in marked_cells(nbformat.read(path, as_version=4)) if not is_compared(cell)]
    assert not hollow, f"{name(path)}: nbval has no number to compare in {hollow}; print one, then make build"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_every_notebook_has_a_compared_cell(path):
    cells = marked_cells(nbformat.read(path, as_version=4))
    assert cells, f"{name(path)}: no cell has the tag {MARKER}; put it on a cell that prints a number"


NUMBER = new_output("stream", text="0.25\n")
WORD = new_output("stream", text="done\n")
RESULT = new_output("execute_result", data={"text/plain": "0.25"})
PICTURE = new_output("display_data", data={"image/png": "", "text/plain": "<Figure size 640x480 with 1 Axes>"})


def checked_cell(output, execution_count=1):
    source, tags = "print(round(0.25, 2))", {"tags": [MARKER]}
    return new_code_cell(source, outputs=[output], execution_count=execution_count, metadata=tags)


@pytest.mark.parametrize("output", [NUMBER, RESULT], ids=["printed", "shown"])
def test_a_number_in_a_marked_cell_is_compared(output):
    assert is_compared(checked_cell(output))


@pytest.mark.parametrize(
    "cell",
    [
        checked_cell(NUMBER, execution_count=None),
        checked_cell(WORD),
        checked_cell(PICTURE),
    ],
    ids=["not executed", "no number", "picture only"],
)
def test_a_cell_that_nbval_would_pass_unseen_is_not_counted(cell):
    assert marked_cells(new_notebook(cells=[cell])) == [cell]
    assert not is_compared(cell)


def test_nbval_fails_when_a_stored_number_is_not_what_the_cell_prints(tmp_path):
    nbformat.write(new_notebook(cells=[checked_cell(NUMBER)]), tmp_path / "right.ipynb")
    right = (tmp_path / "right.ipynb").read_text()
    (tmp_path / "wrong.ipynb").write_text(right.replace("0.25\\n", "0.26\\n"))
    command = [sys.executable, "-m", "pytest", "-q", "--nbval-lax", "--nbval-current-env", "-rA"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1, done.stdout
    assert "PASSED right.ipynb::" in done.stdout
    assert "FAILED wrong.ipynb::" in done.stdout


# ---- the claims that are not shipped -----------------------------------------------------------------


def test_a_claim_is_run_behind_its_cell_and_a_false_one_fails(tmp_path):
    cells = "# %%\na = 2\n\n# %% claim=true\nassert a == 2\n\n# %%\na = 3\n"
    right, wrong = tmp_path / "lessons" / "1_1_right.py", tmp_path / "lessons" / "1_2_wrong.py"
    right.parent.mkdir()
    right.write_text(cells, encoding="utf-8")
    wrong.write_text(cells, encoding="utf-8")
    shutil.copy(ROOT / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text(f"[pytest]\npythonpath = {ROOT / 'tools'} {ROOT}\n", encoding="utf-8")
    builder.build(tmp_path, report=lambda line: None)
    wrong.write_text(cells.replace("a == 2", "a == 3"), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "--nbval-lax", "--nbval-current-env", "-rA", "notebooks"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1, done.stdout
    assert re.findall(r"^(PASSED|FAILED) notebooks/(\S+::Cell \d+(?:, claim \d+)?)", done.stdout, re.MULTILINE) == [
        ("PASSED", "1_1_right.ipynb::Cell 0"),
        ("PASSED", "1_1_right.ipynb::Cell 0, claim 1"),
        ("PASSED", "1_1_right.ipynb::Cell 1"),
        ("PASSED", "1_2_wrong.ipynb::Cell 0"),
        ("PASSED", "1_2_wrong.ipynb::Cell 1"),
        ("FAILED", "1_2_wrong.ipynb::Cell 0, claim 1"),
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_no_notebook_shows_scaffolding(path):
    """No line for nbval, and no cell that prints nothing but True: such a sentence is a claim of the lesson."""
    for cell in nbformat.read(path, as_version=4).cells:
        assert "NBVAL" not in cell.source
        if cell.cell_type == "code":
            printed = "".join(output.text for output in cell.outputs if output.output_type == "stream")
            lines = printed.strip().splitlines()
            assert not lines or not all(line.endswith("True") for line in lines), cell.source
