"""The committed notebooks give nbval numbers to compare, and the comparison is live.

pytest runs the notebooks themselves through nbval (see pyproject.toml); this file guards against a run that
is green because nothing was compared.
"""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbval.plugin import find_comment_markers

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))
MARKER = "NBVAL_CHECK_OUTPUT"


def marked_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code" and MARKER in cell.source]


def is_compared(cell):
    """Whether nbval has a number to compare in the cell.

    It compares no picture and no cell without an execution count, and sees the marker only alone on its line.
    """
    texts = [output.text for output in cell.outputs if output.output_type == "stream"]
    texts += [output.data["text/plain"] for output in cell.outputs if output.output_type == "execute_result"]
    seen = dict(find_comment_markers(cell.source)).get("check")
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
    assert cells, f"{name(path)}: no cell has the line `# {MARKER}`; put it on a cell that prints a number"


NUMBER = new_output("stream", text="0.25\n")
WORD = new_output("stream", text="done\n")
RESULT = new_output("execute_result", data={"text/plain": "0.25"})
PICTURE = new_output("display_data", data={"image/png": "", "text/plain": "<Figure size 640x480 with 1 Axes>"})


def checked_cell(output, source=f"# {MARKER}\nprint(round(0.25, 2))", execution_count=1):
    return new_code_cell(source, outputs=[output], execution_count=execution_count)


@pytest.mark.parametrize("output", [NUMBER, RESULT], ids=["printed", "shown"])
def test_a_number_in_a_marked_cell_is_compared(output):
    assert is_compared(checked_cell(output))


@pytest.mark.parametrize(
    "cell",
    [
        checked_cell(NUMBER, source=f"print(0.25)  # {MARKER}"),
        checked_cell(NUMBER, execution_count=None),
        checked_cell(WORD),
        checked_cell(PICTURE),
    ],
    ids=["marker not alone on its line", "not executed", "no number", "picture only"],
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
