"""Temperature scaling: closed forms, invariances, scikit-learn's number, and the awkward cases."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_softmax, softmax
from sklearn.calibration import _TemperatureScaling
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

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
    best = minimize_scalar(lambda log_t: nll(logits, y, np.exp(log_t)), bounds=(-5, 5), options={"xatol": 1e-10})
    assert nll(logits, y, scaler.temperature_) <= best.fun + 1e-12
    assert scaler.temperature_ == pytest.approx(np.exp(best.x), rel=1e-6)


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


def test_three_numbers_called_temperature():
    """One logit per row, three libraries, one fit. Only T answers "by what are the logits divided?".

    scikit-learn turns a single logit z into the pair (-z, z), twice as far apart, and reports the inverse: 1 / (2 T).
    netcal names its weight on the logit "temperature": 1 / T. Its optimiser stops a little early.
    """
    from netcal.scaling import TemperatureScaling as NetcalTemperature

    rng = np.random.default_rng(1)
    z = rng.normal(size=4000) * 3
    y = (rng.random(4000) < expit(z / 2.3)).astype(int)
    ours = TemperatureScaling().fit(z, y).temperature_
    assert ours == pytest.approx(2.3, rel=0.1)
    assert 1 / (2 * _TemperatureScaling().fit(z, y).beta_) == pytest.approx(ours, rel=1e-5)
    netcal = NetcalTemperature()
    netcal.fit(expit(z), y)
    assert 1 / float(netcal.temperature[0]) == pytest.approx(ours, rel=1e-3)


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


def test_the_order_of_patients_and_classes_does_not_matter_and_the_auc_stays():
    logits, y = sample(400, 3)
    plain = TemperatureScaling().fit(logits, y)
    order = np.random.default_rng(0).permutation(400)
    assert TemperatureScaling().fit(logits[order], y[order]).temperature_ == pytest.approx(plain.temperature_, rel=1e-9)
    classes = np.array([2, 0, 1])  # column j of the new table is the old column classes[j]
    relabelled = TemperatureScaling().fit(logits[:, classes], classes.argsort()[y])
    assert relabelled.temperature_ == pytest.approx(plain.temperature_, rel=1e-9)
    z, event = logits[:, 0], y == 0
    p = TemperatureScaling().fit(z, event).predict_proba(z)[:, 1]
    assert roc_auc_score(event, p) == roc_auc_score(event, z)


def test_it_has_no_intercept():
    """Outcomes follow sigmoid(z - 1). No temperature can lower the mean risk of logits that lie evenly around 0."""
    rng = np.random.default_rng(4)
    z = rng.normal(size=50_000) * 2
    z = np.concatenate([z, -z])
    y = rng.random(len(z)) < expit(z - 1)
    p = TemperatureScaling().fit(z, y).predict_proba(z)[:, 1]
    assert p.mean() == pytest.approx(0.5, abs=1e-9)
    assert y.mean() < 0.36


def test_rows_without_information_and_impossible_classes_do_not_disturb():
    logits, y = sample(500, 4)
    plain = TemperatureScaling().fit(logits, y).temperature_
    flat = TemperatureScaling().fit(np.concatenate([logits, np.zeros((99, 4))]), np.concatenate([y, np.zeros(99)]))
    assert flat.temperature_ == pytest.approx(plain, rel=1e-9)
    masked = TemperatureScaling().fit(np.column_stack([logits, np.full(500, -1e9)]), y)  # as masks in networks do
    assert masked.temperature_ == pytest.approx(plain, rel=1e-9)
    assert not masked.at_bound_


@pytest.mark.parametrize("factor", [1e-200, 1e-12, 1e12, 1e200])
def test_logits_of_any_size(factor):
    logits, y = sample(200, 3)
    plain, scaled = TemperatureScaling().fit(logits, y), TemperatureScaling().fit(logits * factor, y)
    assert scaled.temperature_ / factor == pytest.approx(plain.temperature_, rel=1e-9)
    np.testing.assert_allclose(scaled.predict_proba(logits * factor), plain.predict_proba(logits), atol=1e-9)


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
    np.testing.assert_allclose(separated.predict_proba([-3, 0, 3])[:, 1], [0, 0.5, 1])
    np.testing.assert_allclose(flipped.predict_proba([-3, 3])[:, 1], 0.5, atol=1e-3)
    for factor in (1e-3, 7.0):
        again = TemperatureScaling().fit(factor * np.array([-3, -2, 2, 3]), [0, 0, 1, 1])
        assert again.temperature_ == pytest.approx(factor * separated.temperature_, rel=1e-9)


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


def sharpened(seed=0, n=5000):
    """Logits three times too far apart, so that T = 2 is right for those that were drawn from logits / 2."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, 4)) * 3
    return z, (z / 2 + rng.gumbel(size=z.shape)).argmax(axis=1)


def test_log_probabilities_are_logits_but_probabilities_are_not():
    z, y = sharpened()
    p = softmax(z, axis=1)
    right = TemperatureScaling().fit(z, y).temperature_
    assert right == pytest.approx(2, abs=0.06)
    assert TemperatureScaling().fit(np.log(p), y).temperature_ == pytest.approx(right, rel=1e-9)
    for table in (p, p.astype(np.float32), np.round(p, 3), p[:1], pd.DataFrame(p)):
        with pytest.raises(ValueError, match=r"logits look like probabilities.*np\.log\(p\)"):
            TemperatureScaling().fit(table, y[: len(table)])
    with pytest.raises(ValueError, match="look like probabilities"):
        TemperatureScaling().fit(z, y).predict_proba(p)


def test_probabilities_of_class_1_are_refused_as_logits_too():
    z, y = sharpened()
    margin, event = z[:, 1] - z[:, 0], (y == 1).astype(int)
    for column in (expit(margin), expit(margin)[:, None]):
        with pytest.raises(ValueError, match=r"all lie between 0 and 1.*np\.log\(p\) - np\.log1p\(-p\)"):
            TemperatureScaling().fit(column, event)


def test_predicting_takes_the_classes_of_the_fit():
    z, y = sharpened(n=500)
    fitted = TemperatureScaling().fit(z, y)
    assert fitted.predict_proba(z[:1]).shape == (1, 4)
    for wrong in (z[0], z[:2, :3], z[:2, :1]):
        with pytest.raises(ValueError, match=r"logits must have 4 column\(s\) as in fit.*logits\[None\]"):
            fitted.predict_proba(wrong)
    two = TemperatureScaling().fit(z[:, :2], y % 2)
    with pytest.raises(ValueError, match="2 column"):
        two.predict_proba(z[0, :2])  # would be two patients with one logit each
    one = TemperatureScaling().fit(z[:, 0], y % 2)
    np.testing.assert_array_equal(one.predict_proba(z[:3, 0]), one.predict_proba(z[:3, :1]))
    with pytest.raises(ValueError, match="1 column"):
        one.predict_proba(z[:, :2])


def test_a_temperature_set_by_hand_takes_any_number_of_classes():
    scaling = TemperatureScaling()
    scaling.temperature_ = 2.0
    np.testing.assert_allclose(scaling.predict_proba(np.log([[1.0, 4.0]])), [[1 / 3, 2 / 3]])
    np.testing.assert_allclose(scaling.predict_proba([0.0]), [[0.5, 0.5]])
