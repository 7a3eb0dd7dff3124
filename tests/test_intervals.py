"""The intervals of a share. What those from resamples cover is tested with the subgroups that they belong to."""

import numpy as np
import pytest
from scipy.stats import binomtest

from clinxai_teach.intervals import clopper_pearson, wilson_interval


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
