"""Platt scaling: LIBSVM's and scikit-learn's numbers, invariances, and the awkward cases."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.calibration import CalibratedClassifierCV, _SigmoidCalibration
from sklearn.datasets import make_classification
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from clinxai_teach.calibration import PlattScaling, calibration_slope_intercept


def sample(seed, n=300, a=0.5, b=-0.4):
    rng = np.random.default_rng(seed)
    z = rng.normal(0, 2, n)
    return z, (rng.random(n) < expit(a * z + b)).astype(int)


def test_libsvm_fixture_with_the_opposite_sign():
    """LIBSVM writes sigmoid(-(A z + B)): A = -0.2026, B = 0.6524. Its B stops 3.5e-6 short of the optimum."""
    scaler = PlattScaling().fit([5, -4, 1], [1, 0, 0])
    assert scaler.a_ == pytest.approx(0.20261354391187855, abs=1e-6)
    assert scaler.b_ == pytest.approx(-0.652366639, abs=1e-9)
    assert scaler.b_ == pytest.approx(-0.65236314980010512, abs=4e-6)


def test_separable_data_stay_finite_thanks_to_the_smoothed_targets():
    scaler = PlattScaling().fit([-3, -2, 2, 3], [0, 0, 1, 1])
    assert scaler.a_ == pytest.approx(0.4267, abs=5e-5)
    assert scaler.b_ == pytest.approx(0, abs=1e-12)


def test_two_values_in_closed_form():
    """With two different logits the curve passes through both mean targets. N1 = 4, N0 = 2: targets 5/6 and 1/4."""
    scaler = PlattScaling().fit([1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0])
    at_0, at_1 = (5 / 6 + 1 / 4 + 1 / 4) / 3, 5 / 6
    np.testing.assert_allclose(scaler.predict_proba([0, 1])[:, 1], [at_0, at_1], rtol=1e-12)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n", [10, 100, 5000])
def test_equals_scikit_learn_with_the_opposite_sign(seed, n):
    z, y = sample(seed, n)
    theirs = _SigmoidCalibration().fit(z, y)
    ours = PlattScaling().fit(z, y)
    assert ours.a_ == pytest.approx(-theirs.a_, abs=2e-5)
    assert ours.b_ == pytest.approx(-theirs.b_, abs=2e-5)
    n1, n0 = y.sum(), n - y.sum()
    target = np.where(y == 1, (n1 + 1) / (n1 + 2), 1 / (n0 + 2))

    def loss(a, b):
        return (np.logaddexp(0, a * z + b) - target * (a * z + b)).sum()

    assert loss(ours.a_, ours.b_) <= loss(-theirs.a_, -theirs.b_) + 1e-10  # where they differ, ours is nearer
    best = minimize(lambda ab: loss(*ab), [0, 0], tol=1e-12).x
    np.testing.assert_allclose([ours.a_, ours.b_], best, atol=2e-5)


def test_equals_calibrated_classifier_cv_around_a_frozen_model():
    """Today's form of the textbook's listing. It fits the sigmoid to decision_function, which here is the logit."""
    x, y = make_classification(600, random_state=0, flip_y=0.2)
    model = LogisticRegression(C=100).fit(x[:200], y[:200])
    wrapped = CalibratedClassifierCV(FrozenEstimator(model), method="sigmoid").fit(x[200:400], y[200:400])
    scaler = PlattScaling().fit(model.decision_function(x[200:400]), y[200:400])
    np.testing.assert_allclose(
        scaler.predict_proba(model.decision_function(x[400:])), wrapped.predict_proba(x[400:]), atol=1e-5
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.floats(1e-3, 1e3), shift=st.floats(-30, 30))
def test_auc_is_unchanged_and_the_unit_of_the_logits_does_not_matter(seed, factor, shift):
    z, y = sample(seed, 120)
    plain = PlattScaling().fit(z, y)
    p = plain.predict_proba(z)
    assert p.shape == (120, 2)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-14)
    if plain.a_ > 0:
        assert roc_auc_score(y, p[:, 1]) == pytest.approx(roc_auc_score(y, z), abs=1e-12)
    other = PlattScaling().fit(factor * z + shift, y)
    np.testing.assert_allclose(other.predict_proba(factor * z + shift), p, atol=1e-8)
    order = np.random.default_rng(seed).permutation(120)
    shuffled = PlattScaling().fit(z[order], y[order])
    assert shuffled.a_ == pytest.approx(plain.a_, rel=1e-9)


def test_it_repairs_slope_and_intercept_up_to_the_smoothing():
    z, y = sample(9, 20_000)
    p = PlattScaling().fit(z, y).predict_proba(z)[:, 1]
    slope, intercept = calibration_slope_intercept(y, p)
    assert slope == pytest.approx(1, abs=2e-3)
    assert intercept == pytest.approx(0, abs=2e-3)


def test_a_score_that_points_the_wrong_way_gets_a_negative_slope():
    z, y = sample(2)
    assert PlattScaling().fit(z, y).a_ > 0 > PlattScaling().fit(-z, y).a_


def test_two_columns_count_as_their_difference():
    z, y = sample(3)
    shift = np.random.default_rng(0).normal(size=len(z))
    two = np.column_stack([shift, shift + z])
    one, both = PlattScaling().fit(z, y), PlattScaling().fit(two, y)
    assert both.a_ == pytest.approx(one.a_, rel=1e-9)
    np.testing.assert_allclose(both.predict_proba(two), one.predict_proba(z[:, None]), rtol=1e-9)


def test_huge_logits_do_not_overflow():
    scaler = PlattScaling().fit([-1e8, -1, 1, 1e8], [0, 1, 0, 1])
    p = scaler.predict_proba([-1e300, 0, 1e300])
    assert np.isfinite(p).all()
    np.testing.assert_allclose(p[[0, 2], 1], [0, 1], atol=1e-12)


@pytest.mark.parametrize(
    ("logits", "y", "message"),
    [
        ([1, 2], [1], "one label per row"),
        ([1, 2], [0, 2], "labels 0 and 1"),
        ([1, 2], [-1, 1], "labels 0 and 1"),
        ([1, 2], [1, 1], "only the label 1"),
        ([2, 2], [0, 1], "the same for every patient"),
        ([np.nan, 2], [0, 1], "NaN"),
        (np.eye(3), [0, 1, 1], "Use TemperatureScaling"),
        ([], [], "empty"),
    ],
)
def test_bad_arguments_are_named_and_leave_an_earlier_fit_alone(logits, y, message):
    scaler = PlattScaling().fit([5, -4, 1], [1, 0, 0])
    before = scaler.a_, scaler.b_
    with pytest.raises(ValueError, match=message):
        scaler.fit(logits, y)
    assert (scaler.a_, scaler.b_) == before


def test_predicting_before_fitting_says_what_to_do():
    with pytest.raises(ValueError, match="Call fit"):
        PlattScaling().predict_proba([1.0])


def test_predicting_takes_as_many_columns_as_the_fit():
    z, y = sample(4)
    one, two = PlattScaling().fit(z, y), PlattScaling().fit(np.column_stack([-z, z]), y)
    np.testing.assert_array_equal(one.predict_proba(z[:1, None]), one.predict_proba(z[:1]))
    with pytest.raises(ValueError, match=r"1 column\(s\) as in fit"):
        one.predict_proba(np.column_stack([-z, z]))
    with pytest.raises(ValueError, match=r"2 column\(s\) as in fit.*logits\[None\]"):
        two.predict_proba([-1.0, 1.0])


def test_two_columns_of_probabilities_are_no_logits_but_a_score_from_0_to_1_is_one():
    """Platt's curve is for any score, and a share of trees that vote for a class is one."""
    z, y = sample(5)
    p = expit(z)
    with pytest.raises(ValueError, match="logits look like probabilities"):
        PlattScaling().fit(np.column_stack([1 - p, p]), y)
    assert PlattScaling().fit(p, y).a_ > 0
