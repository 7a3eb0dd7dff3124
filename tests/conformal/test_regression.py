"""Prediction intervals: by hand, the guarantee by exact enumeration, and on HbA1c."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

from clinxai_teach.conformal import coverage_law, quantile_intervals, residual_intervals
from clinxai_teach.data import load_nhanes_diabetes


def holds(intervals, y):
    return (intervals.low <= y) & (y <= intervals.high)


def test_residuals_by_hand():
    """Errors 1, 2, 3, 4; alpha 0.4 takes the 3rd of them."""
    low, high = residual_intervals([1, 2, 3, 4], [0, 0, 6, 8], [10, 20], alpha=0.4)
    np.testing.assert_array_equal(low, [7, 17])
    np.testing.assert_array_equal(high, [13, 23])


def test_quantiles_by_hand():
    """Distances outside [0, 10]: -5 (well inside), 1, 2, 3. The 3rd of four moves both ends out by 2."""
    y, low, high = [5, 11, -2, 13], [0] * 4, [10] * 4
    interval = quantile_intervals(y, low, high, [0.0], [4.0], alpha=0.4)
    assert (interval.low[0], interval.high[0]) == (-2, 6)


def test_intervals_that_were_too_wide_shrink_and_may_become_empty():
    low, high = quantile_intervals([5] * 9, [0] * 9, [10] * 9, [0, 0], [30, 4])
    np.testing.assert_array_equal(low, [5, 5])
    np.testing.assert_array_equal(high, [25, -1])


def test_too_few_patients_give_no_finite_interval():
    low, high = residual_intervals([1] * 8, [1] * 8, [0, 1])
    assert (low == -np.inf).all()
    assert (high == np.inf).all()


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 30), alpha=st.sampled_from([0.1, 0.25, 0.5]))
def test_exchangeability_exactly(seed, n, alpha):
    """Each patient in turn is the new one; whole numbers, so that no rounding decides at an edge."""
    y, low, width = np.random.default_rng(seed).integers(0, 12, (3, n))
    high = low + width
    hits = np.zeros((2, n), bool)
    for i in range(n):
        rest = np.arange(n) != i
        hits[0, i] = holds(residual_intervals(y[rest], low[rest], low[[i]], alpha=alpha), y[i])[0]
        intervals = quantile_intervals(y[rest], low[rest], high[rest], low[[i]], high[[i]], alpha=alpha)
        hits[1, i] = holds(intervals, y[i])[0]
    assert (hits.sum(axis=1) >= (1 - alpha) * n - 1e-9).all()


def test_simulated_coverage_and_the_point_of_cqr():
    """Noise that grows with x: both cover 0.9 overall, but only CQR does so for the noisy half too."""
    rng = np.random.default_rng(0)
    covered = {"residual": [], "cqr": []}
    noisy = {"residual": [], "cqr": []}
    for _ in range(300):
        x = rng.random(200)
        y = x + x * rng.normal(size=200)
        half, q95 = slice(0, 100), 1.6449
        new = slice(100, 200)
        low, high = x - q95 * x * 0.5, x + q95 * x * 0.5  # the model thinks the noise is half of what it is
        intervals = {
            "residual": residual_intervals(y[half], x[half], x[new]),
            "cqr": quantile_intervals(y[half], low[half], high[half], low[new], high[new]),
        }
        for name, interval in intervals.items():
            hits = holds(interval, y[new])
            covered[name].append(hits.mean())
            noisy[name].append(hits[x[new] > 0.8].mean())
    for name, values in covered.items():
        assert abs(np.mean(values) - coverage_law(100, 0.1).mean()) < 3 * np.std(values) / np.sqrt(300), name
    assert np.mean(noisy["residual"]) < 0.75
    assert np.mean(noisy["cqr"]) > np.mean(noisy["residual"]) + 0.05


def test_hba1c():
    data = load_nhanes_diabetes()
    y = data.audit["hba1c_percent"].to_numpy()
    rows = np.random.default_rng(0).permutation(len(y))
    train, calib, test = rows[:1500], rows[1500:3000], rows[3000:]
    predicted = {}
    for name, options in {
        "mean": {},
        "low": {"loss": "quantile", "alpha": 0.05},
        "high": {"loss": "quantile", "alpha": 0.95},
    }.items():
        booster = GradientBoostingRegressor(n_estimators=30, max_depth=2, random_state=0, **options)
        model = make_pipeline(SimpleImputer(strategy="median"), booster).fit(data.X.iloc[train], y[train])
        predicted[name] = model.predict(data.X)
    fixed = residual_intervals(y[calib], predicted["mean"][calib], predicted["mean"][test])
    low, high = predicted["low"], predicted["high"]
    adaptive = quantile_intervals(y[calib], low[calib], high[calib], low[test], high[test])
    for interval in (fixed, adaptive):
        assert holds(interval, y[test]).mean() == pytest.approx(0.9, abs=0.025)
    width = adaptive.high - adaptive.low
    old = data.X["age_years"].to_numpy()[test] >= 60
    assert width[old].mean() > 1.3 * width[~old].mean()  # older patients differ more, and CQR says so
    assert np.ptp(fixed.high - fixed.low) < 1e-9


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: residual_intervals([1, 2], [1], [1]), "y_true, y_pred need one value per patient"),
        (lambda: residual_intervals([1, 2], [1, np.nan], [1]), "y_pred holds NaN"),
        (lambda: residual_intervals([1, 2], [1, 2], [[1]]), "new_pred must have 1 dimension"),
        (lambda: residual_intervals([1, 2], [1, 2], [1], alpha=10), "alpha must be a number strictly between"),
        (lambda: quantile_intervals([1, 2], [1, 2], [1], [1], [1]), "y_true, low_pred, high_pred need"),
        (lambda: quantile_intervals([1, 2], [1, 2], [1, 2], [1], [1, 2]), "new_low, new_high need"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
