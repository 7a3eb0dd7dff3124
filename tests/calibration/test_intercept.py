"""The shift of all logits: a closed form, statsmodels' GLM with an offset, and what it leaves alone."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from clinxai_teach.calibration import InterceptRecalibration, calibration_slope_intercept, observed_expected_ratio


def sample(seed, n=400, shift=-0.7):
    rng = np.random.default_rng(seed)
    z = rng.normal(-1, 1.5, n)
    return z, (rng.random(n) < expit(z + shift)).astype(int)


def test_one_logit_for_all_becomes_that_of_the_prevalence():
    shifted = InterceptRecalibration().fit([2.0] * 10, [1, 1, 1] + [0] * 7)
    assert shifted.intercept_ == pytest.approx(logit(0.3) - 2, abs=1e-12)
    np.testing.assert_allclose(shifted.predict_proba([2.0]), [[0.7, 0.3]])


@pytest.mark.parametrize("seed", range(5))
def test_equals_a_logistic_regression_with_an_offset(seed):
    z, y = sample(seed)
    theirs = sm.GLM(y, np.ones_like(z), family=sm.families.Binomial(), offset=z).fit(tol=1e-12)
    ours = InterceptRecalibration().fit(z, y)
    assert ours.intercept_ == pytest.approx(theirs.params[0], abs=1e-9)
    assert ours.intercept_ == pytest.approx(calibration_slope_intercept(y, expit(z)).intercept, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), shift=st.floats(-5, 5), moved=st.floats(-30, 30))
def test_as_many_events_are_expected_as_observed(seed, shift, moved):
    z, y = sample(seed, 200, shift)
    if y.min() == y.max():
        return
    shifted = InterceptRecalibration().fit(z, y)
    p = shifted.predict_proba(z)
    assert observed_expected_ratio(y, p[:, 1]) == pytest.approx(1, abs=1e-9)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-14)
    assert InterceptRecalibration().fit(z + moved, y).intercept_ == pytest.approx(shifted.intercept_ - moved, abs=1e-8)
    two = np.column_stack([-z / 2, z / 2])
    np.testing.assert_allclose(InterceptRecalibration().fit(two, y).predict_proba(two), p, atol=1e-9)


@pytest.mark.parametrize(
    ("logits", "y", "message"),
    [
        ([1, 2], [1], "one label per row"),
        ([1, 2], [1, 1], "only the label 1.*both kinds"),
        ([1, 2], [0, 2], "labels 0 and 1"),
        ([0.2, 0.8], [0, 1], r"look like probabilities.*np\.log\(p\) - np\.log1p\(-p\)"),
        ([[0.2, 0.8], [0.4, 0.6]], [0, 1], "look like probabilities"),
        ([[1.0, 2, 3], [3, 4, 5]], [0, 1], "Use TemperatureScaling"),
        ([np.nan, 2], [0, 1], "NaN"),
    ],
)
def test_bad_arguments_are_named_and_leave_an_earlier_fit_alone(logits, y, message):
    shifted = InterceptRecalibration().fit([5, -4, 1], [1, 0, 0])
    before = shifted.intercept_
    with pytest.raises(ValueError, match=message):
        shifted.fit(logits, y)
    assert shifted.intercept_ == before


def test_predicting_needs_a_fit_and_its_columns():
    with pytest.raises(ValueError, match="Call fit"):
        InterceptRecalibration().predict_proba([1.0])
    with pytest.raises(ValueError, match=r"1 column\(s\) as in fit"):
        InterceptRecalibration().fit([5, -4, 1], [1, 0, 0]).predict_proba([[1.0, 2.0]])
