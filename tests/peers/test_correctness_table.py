"""The correctness table of `make bench`: ours is right in every row, and each row names a test that exists."""

import re
from pathlib import Path

import numpy as np
import pytest

from benches.correctness import CASES, HEAD, bench_correctness
from benches.correctness.case import Case, distance, shown

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_ours_is_right_as_far_as_rounding_or_sampling_allow(case):
    assert distance(case.ours(), case.right()) <= case.allowed


def test_each_row_names_a_test_that_exists():
    for case in CASES:
        path, _, name = case.test.partition("::")
        assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.M), case.test


def test_errors_are_the_largest_and_those_of_sets_are_shares():
    assert distance([1, 2.5], [1, 2]) == 0.5
    assert distance([[1.0], [2.0]], [[1.0, 1.0], [2.0, 4.0]]) == 2
    assert distance([np.inf, 1], [np.inf, 1]) == 0
    assert distance([np.nan], [1]) == distance([1], [np.inf]) == np.inf
    assert distance(np.array([True, False]), np.array([True, True])) == 0.5
    assert [shown(error) for error in (0, 1.3e-9, 0.0456, np.inf)] == ["0", "1e-09", "0.046", "infinite"]


def test_a_peer_that_is_missing_or_refuses_is_named_as_such():
    def missing():
        import a_library_that_nobody_has  # noqa: F401

    def refuses():
        raise ValueError("no")

    case = Case("", "", lambda: 1, lambda: 1, "", {"a": missing, "b": refuses, "c": lambda: 1.5})
    assert case.peer_errors() == {"a": "not installed", "b": "raises ValueError", "c": "0.5"}


def test_the_table_has_a_row_for_each_case_and_no_cell_breaks_it(monkeypatch):
    monkeypatch.setattr("benches.correctness.CASES", CASES[:1])
    (row,) = bench_correctness()
    assert len(row) == len(HEAD)
    assert not any("|" in case.what + case.fixture for case in CASES)
    assert len({case.what for case in CASES}) == len(CASES)
