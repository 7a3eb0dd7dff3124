"""Slope, intercept, O/E: closed forms, independent optimisers, and where they do not exist."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from clinxai_teach.calibration import calibration_slope_intercept, observed_expected_ratio
from clinxai_teach.calibration.logistic import MANY, fit_logistic, sigmoid


def sample(seed, n=800, slope=0.6, shift=-0.3):
    """Draw predictions whose true logit is `slope` times the predicted one plus `shift`."""
    rng = np.random.default_rng(seed)
    z = rng.normal(-1, 1.5, n)
    return (rng.random(n) < expit(slope * z + shift)).astype(int), expit(z)


def test_closed_form_of_two_groups():
    """A model says 0.2 and 0.8 where 0.4 and 0.6 come true: the line through both points has slope log 1.5 / log 4."""
    y = [1] * 40 + [0] * 60 + [1] * 60 + [0] * 40
    slope, intercept = calibration_slope_intercept(y, [0.2] * 100 + [0.8] * 100)
    assert slope == pytest.approx(np.log(1.5) / np.log(4), rel=1e-12)
    assert intercept == pytest.approx(0, abs=1e-12)


def test_the_intercept_is_the_shift_that_was_planted():
    """All say 0.2, or 0.2 and a little more, and half of them fall ill."""
    y = [1, 0] * 50
    p = [0.2, 0.2, 0.2000001, 0.2000001] * 25
    assert calibration_slope_intercept([*y[:99], 1], p).intercept == pytest.approx(logit(0.51) - logit(0.2), abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), slope=st.floats(0.2, 2), shift=st.floats(-2, 1))
def test_both_solve_their_equations(seed, slope, shift):
    """At the maximum of a likelihood the residuals sum to 0, and so do the residuals times the logit."""
    y, p = sample(seed, 400, slope, shift)
    found = calibration_slope_intercept(y, p)
    assert expit(logit(p) + found.intercept).sum() == pytest.approx(y.sum(), abs=1e-8)
    b, a = fit_logistic(logit(p), y)
    assert found.slope == pytest.approx(b, rel=1e-12)
    residual = expit(a + b * logit(p)) - y
    assert abs(residual.sum()) < 1e-8
    assert abs(residual @ logit(p)) < 1e-8


def test_equals_independent_optimisers():
    y, p = sample(1)
    found = calibration_slope_intercept(y, p)
    model = LogisticRegression(C=np.inf, tol=1e-12, max_iter=1000, solver="newton-cholesky").fit(logit(p)[:, None], y)
    assert found.slope == pytest.approx(model.coef_[0, 0], abs=1e-8)
    loss = lambda a: np.logaddexp(0, (1 - 2 * y) * (logit(p) + a)).sum()  # noqa: E731
    assert found.intercept == pytest.approx(minimize(loss, 0, tol=1e-12).x[0], abs=1e-5)


def test_finds_what_was_planted():
    y, p = sample(2, 200_000, slope=0.6, shift=0)
    assert calibration_slope_intercept(y, p).slope == pytest.approx(0.6, abs=0.01)
    y, p = sample(3, 200_000, slope=1, shift=-0.5)
    found = calibration_slope_intercept(y, p)
    assert found.slope == pytest.approx(1, abs=0.015)
    assert found.intercept == pytest.approx(-0.5, abs=0.015)


def test_recalibrated_predictions_have_slope_one_and_intercept_zero():
    y, p = sample(4)
    a, b = fit_logistic(logit(p), y)
    found = calibration_slope_intercept(y, sigmoid(a * logit(p) + b))
    assert found.slope == pytest.approx(1, abs=1e-9)
    assert found.intercept == pytest.approx(0, abs=1e-9)
    assert observed_expected_ratio(y, sigmoid(a * logit(p) + b)) == pytest.approx(1, abs=1e-9)


def test_extreme_but_possible_predictions():
    """Probabilities of 1e-300 and 1 - 1e-16 have finite logits."""
    slope, intercept = calibration_slope_intercept([0, 1, 0, 1, 0, 1], [1e-300, 1e-200, 0.3, 0.2, 0.9, 1 - 1e-16])
    assert np.isfinite([slope, intercept]).all()
    assert 0 < slope < 1


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.floats(0.01, 100))
def test_slope_is_inverse_to_the_scale_of_the_logits_and_ignores_the_order(seed, factor):
    y, p = sample(seed, 200)
    z = logit(p)
    a, b = fit_logistic(z, y)
    scaled = fit_logistic(factor * z + 5, y)
    assert scaled[0] == pytest.approx(a / factor, rel=1e-8)
    assert scaled[1] == pytest.approx(b - 5 * a / factor, rel=1e-6, abs=1e-8)
    order = np.random.default_rng(seed).permutation(len(p))
    np.testing.assert_allclose(
        calibration_slope_intercept(y[order], p[order]), calibration_slope_intercept(y, p), rtol=1e-9, atol=1e-11
    )


@pytest.mark.parametrize(
    ("y", "p", "message"),
    [
        ([0, 1, 1], [0.0, 0.4, 0.6], r"exactly for 1 patient\(s\)"),
        ([0, 1, 1], [0.3, 1.0, 1.0], r"exactly for 2 patient\(s\)"),
        ([1, 1, 1], [0.2, 0.4, 0.6], "only the label 1"),
        ([0, 0, 0], [0.2, 0.4, 0.6], "only the label 0"),
        ([0, 1, 1], [0.4, 0.4, 0.4], "the same for every patient"),
        ([0, 0, 1, 1], [0.1, 0.2, 0.7, 0.8], "slope is infinite"),
        ([0, 0, 1, 1], [0.1, 0.2, 0.2, 0.8], "slope is infinite"),
        ([1, 1, 0, 0], [0.1, 0.2, 0.7, 0.8], "slope is infinite"),
        ([0, 1], [0.1], "one value per patient"),
    ],
)
def test_where_slope_and_intercept_do_not_exist(y, p, message):
    with pytest.raises(ValueError, match=message):
        calibration_slope_intercept(y, p)


def test_a_fit_on_which_full_newton_steps_run_away():
    """2 events of 4 at z = 0, 3 of 308 at z = 1: the curve passes through both shares. The first step overshoots."""
    y = [1] * 2 + [0] * 2 + [1] * 3 + [0] * 305
    a, b = fit_logistic(np.repeat([0.0, 1.0], [4, 308]), np.array(y))
    assert a == pytest.approx(np.log(3 / 305), rel=1e-12)
    assert b == pytest.approx(0, abs=1e-12)


def test_an_overlap_too_small_to_compute_is_an_error_not_a_guess():
    p = expit(np.concatenate([np.linspace(-3, -1, 50), np.linspace(1, 3, 50)]))
    y = np.repeat([0, 1], 50)
    p[49], p[50] = expit(1e-15), expit(-1e-15)
    with pytest.raises(ValueError, match=r"does not settle|separates"):
        calibration_slope_intercept(y, p)
    p[49], p[50] = expit(1e-9), expit(-1e-9)
    best = brentq(lambda slope: (logit(p) * (expit(slope * logit(p)) - y)).sum(), 1, 100)
    assert calibration_slope_intercept(y, p).slope == pytest.approx(best, rel=1e-9)


@pytest.mark.parametrize("order", ["drawn", "sorted", "events last"])
@pytest.mark.parametrize("rate", [0.3, 0.0004])
def test_many_patients_are_fitted_as_precisely_as_few(order, rate):
    """More than MANY start from a tenth of them; with 12 events in 30,000 that tenth may hold one, or none."""
    rng = np.random.default_rng(0)
    p = expit(rng.normal(logit(rate), 1.5, MANY * 3 // 2))
    y = (rng.random(len(p)) < expit(0.6 * logit(p) - 0.3)).astype(int)
    rows = {"drawn": slice(None), "sorted": np.argsort(p), "events last": np.argsort(y, kind="stable")}[order]
    z, y, p = logit(p)[rows], y[rows], p[rows]
    slope, intercept = calibration_slope_intercept(y, p)
    b, a = fit_logistic(z, y.astype(float))
    assert slope == pytest.approx(b, rel=1e-12)
    for residual in (expit(a + b * z) - y, expit(z + intercept) - y):
        assert abs(residual.sum()) < 1e-7
    assert abs((expit(a + b * z) - y) @ z) < 1e-6
    model = LogisticRegression(C=np.inf, tol=1e-12, max_iter=1000, solver="newton-cholesky").fit(z[:, None], y)
    assert b == pytest.approx(model.coef_[0, 0], rel=1e-7)


def test_an_outlier_among_many_patients_does_not_run_away():
    rng = np.random.default_rng(1)
    z = rng.normal(size=MANY + 10)
    y = (rng.random(len(z)) < expit(z)).astype(float)
    z[[3, 20]] = 1e5, -1e6  # in and out of the tenth, both against their outcome
    y[[3, 20]] = 0, 1
    a, b = fit_logistic(z, y)
    residual = expit(a * z + b) - y
    assert abs(residual.sum()) < 1e-7
    assert abs(residual @ z) < 1e-3


def test_observed_expected_ratio():
    assert observed_expected_ratio([1, 0, 1, 0], [0.5, 0.1, 0.9, 0.1]) == pytest.approx(2 / 1.6)
    assert observed_expected_ratio([0, 0], [0.5, 0.1]) == 0
    assert observed_expected_ratio([1], [1.0]) == 1
    with pytest.raises(ValueError, match="no event is expected"):
        observed_expected_ratio([0, 1], [0.0, 0.0])


def test_sigmoid_keeps_its_digits_and_never_overflows():
    z = np.array([-1e300, -700, -40, 0, 40, 1e300])
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_allclose(sigmoid(z), expit(z), rtol=1e-13)
