"""Coverage, sizes, empty sets, and exact intervals by group."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from clinxai_teach.conformal import average_set_size, coverage, coverage_by_group, set_summary

SETS = np.array([[1, 0, 0], [0, 0, 0], [1, 1, 0], [0, 0, 1]], dtype=bool)


def test_by_hand():
    assert coverage([0, 0, 1, 1], SETS) == 0.5
    assert average_set_size(SETS) == 1
    assert set_summary(SETS) == (0.25, 0.5, 0.25, 1)
    assert isinstance(coverage([0, 0, 1, 1], SETS), float)


def test_an_average_size_of_one_may_hide_empty_sets():
    sure, torn = np.eye(4, dtype=bool), np.array([[1, 1, 0, 0], [0, 0, 0, 0]] * 2, dtype=bool)
    assert average_set_size(sure) == average_set_size(torn) == 1
    assert set_summary(sure).empty == 0
    assert set_summary(torn).empty == 0.5


def test_coverage_by_group():
    table = coverage_by_group([0, 0, 1, 1], SETS, ["b", "a", "b", "a"])
    assert table.index.tolist() == ["a", "b"]
    assert table.index.name == "group"
    assert table.columns.tolist() == ["n", "coverage", "ci_low", "ci_high", "average_size"]
    assert table["n"].tolist() == [2, 2]
    assert table["coverage"].tolist() == [0, 1]
    assert table["average_size"].tolist() == [0.5, 1.5]
    # Exact for 0 of 2 and 2 of 2: the ends solve p^2 = 0.025 and (1 - p)^2 = 0.025.
    np.testing.assert_allclose(table["ci_low"], [0, np.sqrt(0.025)])
    np.testing.assert_allclose(table["ci_high"], [1 - np.sqrt(0.025), 1])


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 80), share=st.floats(0, 1), confidence=st.sampled_from([0.5, 0.9, 0.99]))
def test_the_interval_is_clopper_and_pearsons(n, share, confidence):
    """At its ends the tails of the binomial law are exactly (1 - confidence) / 2."""
    hits = round(share * n)
    sets = np.column_stack([np.arange(n) < hits, np.ones(n, bool)])
    row = coverage_by_group(np.zeros(n, int), sets, ["all"] * n, confidence=confidence).loc["all"]
    tail = (1 - confidence) / 2
    assert row["coverage"] == hits / n
    if hits > 0:
        assert binom.sf(hits - 1, n, row["ci_low"]) == pytest.approx(tail, rel=1e-6)
    if hits < n:
        assert binom.cdf(hits, n, row["ci_high"]) == pytest.approx(tail, rel=1e-6)


@pytest.mark.parametrize("p", [0.55, 0.9])
def test_the_interval_holds_the_truth_often_enough(p):
    """Exact, by summing over all outcomes: at least 95% for 40 patients."""
    n = 40
    inside = 0
    for hits in range(n + 1):
        sets = np.column_stack([np.arange(n) < hits, np.ones(n, bool)])
        row = coverage_by_group(np.zeros(n, int), sets, ["all"] * n).loc["all"]
        inside += binom.pmf(hits, n, p) * (row["ci_low"] <= p <= row["ci_high"])
    assert inside >= 0.95


def test_groups_of_any_kind_and_the_classes_themselves():
    y = np.array([0, 0, 1, 1])
    by_class = coverage_by_group(y, SETS, y)
    assert by_class.index.tolist() == [0, 1]
    categories = pd.Series(["x", "x", "y", "y"], dtype="category", index=[9, 8, 7, 6])
    table = coverage_by_group(pd.Series(y, index=[3, 2, 1, 0]), SETS, categories)
    np.testing.assert_array_equal(table["coverage"], by_class["coverage"])
    assert (table["n"] * table["coverage"]).sum() / 4 == coverage(y, SETS)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: coverage([0, 1], [[0.9, 0.1], [0.5, 0.5]]), TypeError, "boolean table"),
        (lambda: average_set_size([True, False]), TypeError, "boolean table"),
        (lambda: set_summary(np.empty((0, 2), bool)), TypeError, "boolean table"),
        (lambda: coverage([0, 1], SETS), ValueError, r"one label per row \(4\)"),
        (lambda: coverage([0, 1, 2, 3], SETS), ValueError, "from 0 to 2"),
        (lambda: coverage_by_group([0, 0, 1, 1], SETS, ["a"]), ValueError, "one label per patient"),
        (lambda: coverage_by_group([0, 0, 1, 1], SETS, ["a", None, "a", "a"]), ValueError, "missing"),
        (lambda: coverage_by_group([0, 0, 1, 1], SETS, list("aabb"), confidence=95), ValueError, "confidence"),
    ],
)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
