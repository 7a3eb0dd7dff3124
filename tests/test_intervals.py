"""The intervals of a share. What those from resamples cover is tested with the subgroups that they belong to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest
from statsmodels.stats.proportion import confint_proportions_2indep

from clinxai_teach.intervals import clopper_pearson, difference_interval, wilson_interval


@pytest.mark.parametrize("events", range(11))
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.99])
def test_both_intervals_of_a_share_equal_scipys(events, confidence):
    for interval, method in ((wilson_interval, "wilson"), (clopper_pearson, "exact")):
        low, high = interval(events, 10, confidence)
        expected = binomtest(events, 10).proportion_ci(confidence, method=method)
        np.testing.assert_allclose([low, high], [expected.low, expected.high], atol=1e-12)
        assert 0 <= low <= events / 10 <= high <= 1


@pytest.mark.parametrize("interval", [wilson_interval, clopper_pearson])
def test_a_confidence_of_95_instead_of_095_is_refused(interval):
    with pytest.raises(ValueError, match="confidence must be a number strictly between 0 and 1, but got 95"):
        interval(3, 10, 95)


def test_the_interval_of_a_difference_is_the_one_of_newcombes_paper():
    low, high = difference_interval(56, 70, 48, 80)  # his table II, case (a), method 10
    assert (round(float(low), 4), round(float(high), 4)) == (0.0524, 0.3339)


@pytest.mark.parametrize("counts", [(0, 20, 0, 20), (4, 20, 1, 20), (20, 20, 0, 15), (38, 388, 9, 414)])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_the_interval_of_a_difference_equals_that_of_statsmodels(counts, confidence):
    expected = confint_proportions_2indep(*counts, method="newcomb", compare="diff", alpha=1 - confidence)
    np.testing.assert_allclose(difference_interval(*counts, confidence), expected, atol=1e-12)


@given(n=st.integers(1, 500), other_n=st.integers(1, 500), data=st.data())
def test_the_interval_of_a_difference_holds_it_and_turns_with_the_groups(n, other_n, data):
    events, other = data.draw(st.integers(0, n)), data.draw(st.integers(0, other_n))
    low, high = difference_interval(events, n, other, other_n)
    assert -1 - 1e-12 <= low <= events / n - other / other_n <= high <= 1 + 1e-12
    np.testing.assert_allclose(difference_interval(other, other_n, events, n), (-high, -low), atol=1e-12)


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.2, 0.05), (0.9, 0.4)])
def test_the_interval_of_a_difference_covers_in_95_of_100(shares):
    counts = np.arange(21)
    low, high = difference_interval(counts[:, None], 20, counts[None], 20)
    chance = binom.pmf(counts, 20, shares[0])[:, None] * binom.pmf(counts, 20, shares[1])
    covered = chance[(low <= shares[0] - shares[1]) & (shares[0] - shares[1] <= high)].sum()
    assert covered > 0.93  # computed over all 441 outcomes, not simulated
