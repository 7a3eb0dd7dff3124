"""pytest runs the lessons' claims, too: in the kernel of their notebook, after the cell behind which they hold.

A claim is a cell of a lesson that asserts what the text says (`# %% claim=true`). It is not shipped in notebooks/.
"""

import os
from collections import defaultdict
from pathlib import Path

import pytest

os.environ["CLINXAI_PROGRESS"] = "off"  # no notebook that runs here adds to the record of the person who runs it

ROOT = Path(__file__).parent
# They compute longest, a minute or more each: `make proofs` runs them, and who names one, but `make test` does not.
LONG = {"18_1_why_interpretability_matters", "18_2_1_gradients_and_grad_cam", "18_2_3_shap"}


@pytest.hookimpl(tryfirst=True)  # before pytest looks at the mark `slow`
def pytest_collection_modifyitems(config, items):
    """Put each lesson's claims behind their cells; nbval runs them as it runs a cell, and an assertion fails there.

    The cells and claims of the long lessons get the mark `slow`, unless the notebook is named.
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
        named = any(item.path.name in argument for argument in config.args)
        if item.path.parent == ROOT / "notebooks" and item.path.stem in LONG and not named:
            item.add_marker(pytest.mark.slow)


def claims_of(notebook):
    """Return the claims of a notebook's lesson, by the id of the cell before them."""
    from build import claims  # tools/build.py

    lesson = ROOT / "lessons" / f"{notebook.stem}.py"
    return claims(lesson) if lesson.exists() else {}
