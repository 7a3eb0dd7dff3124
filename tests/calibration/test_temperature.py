"""Temperature scaling: closed forms, invariances, scikit-learn's number, and the awkward cases."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, log_softmax, softmax
from sklearn.calibration import _TemperatureScaling
from sklearn.linear_model import LogisticRegression

from clinxai_teach.calibration import TemperatureScaling


def sample(n=2000, n_classes=5, temperature=2.0, seed=0):
    """Draw logits whose right temperature is `temperature`."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(n, n_classes)) * 3
    p = softmax(logits / temperature, axis=1)
    return logits, (p.cumsum(1) < rng.random((n, 1))).sum(1).clip(max=n_classes - 1)


def nll(logits, y, temperature):
    return -log_softmax(logits / temperature, axis=1)[np.arange(len(y)), y].mean()


def test_closed_form_two_groups():
    """Logit +1 is right in 3 of 4 cases, so the best probability is 0.75 and T = 1 / log 3."""
    scaler = TemperatureScaling().fit([1, 1, 1, 1], [1, 1, 1, 0])
    assert scaler.temperature_ == pytest.approx(1 / np.log(3), rel=1e-12)
    np.testing.assert_allclose(scaler.predict_proba([1, -1]), [[0.25, 0.75], [0.75, 0.25]])


@pytest.mark.parametrize("temperature", [0.3, 0.6, 1, 2.5, 6])
def test_finds_the_planted_temperature_and_the_optimum(temperature):
    logits, y = sample(20_000, temperature=temperature)
    scaler = TemperatureScaling().fit(logits, y)
    assert scaler.temperature_ == pytest.approx(temperature, rel=0.03)
    assert not scaler.at_bound_
    best = nll(logits, y, scaler.temperature_)
    for factor in (0.999, 1.001):
        assert best <= nll(logits, y, scaler.temperature_ * factor)


def test_a_logistic_regression_needs_no_temperature_on_its_own_training_data():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(500, 3))
    y = rng.binomial(1, expit(x @ [1, -1, 0.5]))
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(x, y)
    assert TemperatureScaling().fit(model.decision_function(x), y).temperature_ == pytest.approx(1, abs=1e-6)


def test_equals_scikit_learn_whose_beta_is_the_inverse():
    logits, y = sample(temperature=1.7)
    beta = _TemperatureScaling().fit(logits, y).beta_
    assert TemperatureScaling().fit(logits, y).temperature_ == pytest.approx(1 / beta, rel=1e-5)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.floats(1e-3, 1e3), shift=st.floats(-50, 50))
def test_scaling_the_logits_scales_t_and_shifting_them_does_nothing(seed, factor, shift):
    logits, y = sample(200, 3, temperature=1.5, seed=seed)
    plain = TemperatureScaling().fit(logits, y)
    assert TemperatureScaling().fit(logits * factor, y).temperature_ == pytest.approx(
        plain.temperature_ * factor, rel=1e-6
    )
    assert TemperatureScaling().fit(logits + shift, y).temperature_ == pytest.approx(plain.temperature_, rel=1e-6)
    assert nll(logits, y, plain.temperature_) <= nll(logits, y, 1) + 1e-12
    p = plain.predict_proba(logits)
    np.testing.assert_array_equal(p.argmax(1), logits.argmax(1))
    np.testing.assert_allclose(p.sum(1), 1)


def test_one_logit_equals_two_columns():
    logits, y = sample(300, 2)
    margin = logits[:, 1] - logits[:, 0]
    one, two = TemperatureScaling().fit(margin, y), TemperatureScaling().fit(logits, y)
    assert one.temperature_ == pytest.approx(two.temperature_, rel=1e-9)
    np.testing.assert_allclose(one.predict_proba(margin), two.predict_proba(logits))
    assert one.predict_proba(margin).shape == (300, 2)


def test_separated_and_flipped_labels_stop_at_a_positive_bound():
    separated = TemperatureScaling().fit([-3, -2, 2, 3], [0, 0, 1, 1])
    flipped = TemperatureScaling().fit([-3, -2, 2, 3], [1, 1, 0, 0])
    assert separated.at_bound_
    assert flipped.at_bound_
    assert 0 < separated.temperature_ < 0.01
    assert flipped.temperature_ > 100
    assert np.isfinite(separated.predict_proba([-3, 3])).all()


@pytest.mark.parametrize(
    ("logits", "y", "message"),
    [
        ([1, 2], [1], "one label per row"),
        ([1, 2], [0, 2], "whole numbers from 0 to 1"),
        ([1, 2], [0, 0.5], "whole numbers"),
        ([np.nan, 2], [0, 1], "NaN"),
        ([[1, 1], [2, 2]], [0, 1], "the same for every class"),
        (np.ones((2, 2, 2)), [0, 1], "dimension"),
        ([], [], "empty"),
    ],
)
def test_bad_arguments_are_named(logits, y, message):
    with pytest.raises(ValueError, match=message):
        TemperatureScaling().fit(logits, y)


def test_predicting_before_fitting_says_what_to_do():
    with pytest.raises(ValueError, match="Call fit"):
        TemperatureScaling().predict_proba([1.0])
