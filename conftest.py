"""pytest runs the lessons' claims, too: in the kernel of their notebook, after the cell behind which they hold.

A claim is a cell of a lesson that asserts what the text says (`# %% claim=true`). It is not shipped in notebooks/.
"""

import gc
import os
from collections import defaultdict
from pathlib import Path

import pytest

os.environ["CLINXAI_PROGRESS"] = "off"  # no notebook that runs here adds to the record of the person who runs it

# Until all tests are there, nothing is thrown away: to look for garbage takes a quarter of the time. What is there then
# stays until the end, so nobody looks through it again.
gc.disable()

ROOT = Path(__file__).parent
# They compute longest: `make proofs` runs them, in a browser too, their exercises before they are solved, and whoever
# names one; `make test` runs their solutions only.
LONG = {
    "18_1_why_interpretability_matters",
    "18_2_1_gradients_and_grad_cam",
    "18_2_3_shap",
    "18_5_1_from_signals_to_a_decision",
    "18_5_2_from_numbers_to_a_report",
}


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop():
    """Look for garbage again, in what the tests make."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """One process more than there are processors: many tests wait for a kernel, a browser or another process."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Let one process run all tests in JupyterLab: several servers and browsers at once wait for each other."""
    from xdist.scheduler import LoadFileScheduling

    class LabTogether(LoadFileScheduling):
        def _split_scope(self, nodeid):
            scope = super()._split_scope(nodeid)
            return "tests/browser" if scope.startswith("tests/browser/") else scope

    return LabTogether(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(tryfirst=True)  # before pytest looks at the mark `slow`
def pytest_collection_modifyitems(config, items):
    """Put each lesson's claims behind their cells; nbval runs them as it runs a cell, and an assertion fails there.

    What runs a long lesson or its unsolved exercises gets the mark `slow`, unless the notebook is named.
    """
    from nbval.plugin import IPyNbCell

    known = {}
    for place, item in reversed(list(enumerate(items))):
        if not isinstance(item, IPyNbCell) or item.path.parent != ROOT / "notebooks":
            continue
        if item.path not in known:
            known[item.path] = claims_of(item.path)
        for number, claim in reversed(list(enumerate(known[item.path].get(item.cell.get("id"), []), 1))):
            name = f"{item.name}, claim {number}"
            options = defaultdict(bool, check=False)
            made = IPyNbCell.from_parent(item.parent, name=name, cell_num=item.cell_num, cell=claim, options=options)
            items.insert(place + 1, made)
    for item in items:
        opened = opens(item)
        if opened.stem in LONG and not any(opened.name in argument for argument in config.args):
            item.add_marker(pytest.mark.slow)


def opens(item):
    """Return the notebook that a test runs: the lesson or the exercises that it is a cell of, or that it opens."""
    if item.path.parent in (ROOT / "notebooks", ROOT / "exercises"):
        return item.path
    callspec = getattr(item, "callspec", None) if item.path.parent == ROOT / "tests" / "browser" else None
    return Path(callspec.params.get("notebook", "") if callspec else "")


def claims_of(notebook):
    """Return the claims of a notebook's lesson, by the id of the cell before them."""
    from build import claims  # tools/build.py

    lesson = ROOT / "lessons" / f"{notebook.stem}.py"
    return claims(lesson) if lesson.exists() else {}
