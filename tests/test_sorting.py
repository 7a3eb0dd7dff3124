"""Sorting with a mark: the same as np.argsort for any floats, zeros of both signs and ties included."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clinxai_teach._sorting import ends_of_ties, sort_marked

NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 1.0, np.nextafter(1.0, 2), 5e-324, -5e-324, np.finfo(float).max]),
)


@settings(max_examples=300, deadline=None)
@given(pairs=st.lists(st.tuples(NUMBERS, st.booleans()), max_size=60))
def test_values_rise_and_each_keeps_its_mark(pairs):
    values, marks = np.array([v for v, _ in pairs], dtype=float), np.array([m for _, m in pairs], dtype=bool)
    before = values.copy()
    ordered, beside = sort_marked(values, marks)
    np.testing.assert_array_equal(values, before)
    np.testing.assert_array_equal(ordered, np.sort(values))
    assert beside.dtype == bool
    for value in set(values):  # among equal values the order of the marks is free
        assert beside[ordered == value].sum() == marks[values == value].sum()


@settings(max_examples=50, deadline=None)
@given(values=st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_the_end_of_each_tie(values):
    ordered = np.sort(np.array(values, dtype=float))
    expected = [i == len(ordered) - 1 or ordered[i + 1] > ordered[i] for i in range(len(ordered))]
    assert ends_of_ties(ordered).tolist() == expected


def test_a_slice_of_another_array_is_left_alone():
    """Its bits are read in place, so it must not be sorted in place."""
    table = np.random.default_rng(0).random((50, 3))
    before = table.copy()
    ordered, _ = sort_marked(table[:, 1], table[:, 0] > 0.5)
    np.testing.assert_array_equal(ordered, np.sort(before[:, 1]))
    np.testing.assert_array_equal(table, before)
