"""The intervals of a share. What those from resamples cover is tested with the subgroups that they belong to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, poisson
from statsmodels.stats.proportion import confint_proportions_2indep

from clinxai_teach.intervals import clopper_pearson, difference_interval, poisson_interval, wilson_interval


@pytest.mark.parametrize("events", range(11))
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.99])
def test_both_intervals_of_a_share_equal_scipys(events, confidence):
    for interval, method in ((wilson_interval, "wilson"), (clopper_pearson, "exact")):
        low, high = interval(events, 10, confidence)
        expected = binomtest(events, 10).proportion_ci(confidence, method=method)
        np.testing.assert_allclose([low, high], [expected.low, expected.high], atol=1e-12)
        assert 0 <= low <= events / 10 <= high <= 1


def test_the_ends_of_a_count_are_the_means_at_which_it_is_just_too_rare():
    events = np.array([0, 1, 10, 200])
    low, high = poisson_interval(events)
    np.testing.assert_allclose(poisson(low[1:]).sf(events[1:] - 1), 0.025)
    np.testing.assert_allclose(poisson(high).cdf(events), 0.025)
    assert low[0] == 0


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


@pytest.mark.parametrize(
    ("counts", "error", "message"),
    [
        ((25, 20), ValueError, "^events must lie between 0 and n, but got 25 of 20. Pass first how many had"),
        ((-1, 20), ValueError, "^events must lie between 0 and n, but got -1 of 20"),
        (([1, 7], [5, 6]), ValueError, "^events must lie between 0 and n, but got 7 of 6"),
        ((0, 0), ValueError, "^n must be at least 1, but got 0. A group without patients"),
        ((0.3, 20), ValueError, "^events must be a whole number, but got 0.3. Pass how many patients, not a share"),
        ((3, np.nan), ValueError, "^n must be a whole number, but got nan"),
        (("6", 20), TypeError, "^events must be a whole number, but got the text '6'. Write it without quotes"),
    ],
)
def test_numbers_that_are_no_counts_are_named(counts, error, message):
    with pytest.raises(error, match=message):
        wilson_interval(*counts)
    with pytest.raises(error, match=message):
        difference_interval(*counts, 1, 20)
    of_the_other = message.replace("^events", "^other_events").replace("^n ", "^other_n ").replace(" n,", " other_n,")
    with pytest.raises(error, match=of_the_other):
        difference_interval(1, 20, *counts)


def test_two_counts_are_no_difference():
    with pytest.raises(ValueError, match=r"^other_events is missing\. Pass four counts"):
        difference_interval((6, 20), (1, 20))
    with pytest.raises(ValueError, match=r"^other_n is missing"):
        difference_interval(6, 20, 1)


def test_a_count_that_is_whole_but_for_its_last_digits_is_one():
    np.testing.assert_allclose(wilson_interval(0.29 * 100, 100), wilson_interval(29, 100), atol=1e-12)
