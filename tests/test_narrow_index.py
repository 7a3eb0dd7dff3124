"""In a browser (Pyodide) numpy indexes with 32 bits, and `bincount` refuses labels of 64 bits. Here 32 bits are played.

Results of numpy's own `searchsorted`, `unique`, `argmax` and sums have the right type by themselves; here they do not,
so the two modules that count only such are named and left out.
"""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from clinxai_teach.calibration import brier_decomposition, expected_calibration_error, scaled_brier_score
from clinxai_teach.conformal import label_shift_weights
from clinxai_teach.data import make_radiographs
from clinxai_teach.trust import subgroup_report

PACKAGE = Path(__file__).resolve().parents[1] / "clinxai_teach"
COUNTS_WHAT_NUMPY_NUMBERED = {"calibration/smooth.py", "explorers/alpha.py"}

rng = np.random.default_rng(0)
P, Y = rng.random(300), rng.integers(0, 2, 300)
P3, Y3 = rng.dirichlet([1, 1, 1], 300), rng.integers(0, 3, 300)
CALLS = {
    "films": lambda: make_radiographs(5, size=32).images,
    "ece": lambda: expected_calibration_error(Y, P),
    "brier": lambda: brier_decomposition(Y, P).reliability,
    "scaled brier": lambda: scaled_brier_score(Y3, P3),
    "label shift": lambda: label_shift_weights(Y3, [0.2, 0.3, 0.5]),
    "subgroups": lambda: subgroup_report(Y, P, np.where(P > 0.4, "a", "b"), n_bootstrap=20, seed=0).to_numpy(float),
}


class NarrowNumpy:
    """numpy on a machine whose index type has 32 bits, for our modules alone; `callers` collects who counted."""

    intp = np.int32

    def __init__(self):
        self.callers = set()

    def __getattr__(self, name):
        return getattr(np, name)

    def bincount(self, x, /, weights=None, minlength=0):
        if not np.can_cast(np.asarray(x).dtype, self.intp, "safe"):
            raise TypeError(f"Cannot cast array data from {np.asarray(x).dtype} to int32 according to the rule 'safe'")
        self.callers.add(Path(sys._getframe(1).f_code.co_filename).relative_to(PACKAGE).as_posix())
        return np.bincount(x, weights, minlength)


@pytest.fixture
def narrow(monkeypatch):
    numpy = NarrowNumpy()
    for name, module in list(sys.modules.items()):
        if name.startswith("clinxai_teach.") and vars(module).get("np") is np:
            monkeypatch.setattr(module, "np", numpy)
    return numpy


@pytest.mark.parametrize("name", CALLS)
def test_the_same_result_with_narrow_indexes(name, request):
    wide = CALLS[name]()
    request.getfixturevalue("narrow")
    np.testing.assert_array_equal(CALLS[name](), wide)


def test_the_played_machine_refuses_as_the_real_one_does(narrow):
    with pytest.raises(TypeError, match="safe"):
        narrow.bincount(np.array([0, 1], dtype=np.int64))


def test_every_module_that_counts_was_tried(narrow):
    counting = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if "exercises" not in path.parts and re.search(r"\bbincount\(", path.read_text(encoding="utf-8"))
    }
    for call in CALLS.values():
        call()
    assert counting - COUNTS_WHAT_NUMPY_NUMBERED == narrow.callers
