"""A known shift: equal weights change nothing, numpy's weighted quantile, and the promise in the other place."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinxai_teach.conformal import conformal_quantile, label_shift_weights


@settings(max_examples=100, deadline=None)
@given(
    scores=st.lists(st.floats(-5, 5), min_size=1, max_size=300),
    alpha=st.sampled_from([0.05, 0.1, 1 - 0.9, 0.172, 0.25, 0.5, 0.9]),
    weight=st.sampled_from([1, 0.1, 1 / 3, 7e5, 1e-9]),
)
def test_equal_weights_give_the_same_as_none(scores, alpha, weight):
    equal = conformal_quantile(scores, alpha, weights=np.full(len(scores), weight), new_weight=weight)
    assert equal == conformal_quantile(scores, alpha)


def test_by_hand():
    """Weights 1, 2, 3 and 2 for the new patient: shares 1/8, 3/8, 6/8 are reached at the scores 1, 2, 3."""
    scores, weights = [3, 1, 2], [3, 1, 2]
    expected = {0.9: 1, 0.875: 1, 0.8: 2, 0.625: 2, 0.5: 3, 0.25: 3, 0.2: math.inf}
    for alpha, threshold in expected.items():
        assert conformal_quantile(scores, alpha, weights=weights, new_weight=2) == threshold
    assert conformal_quantile(scores, 0.01, weights=weights, new_weight=0) == 3  # a patient who never comes


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 100), alpha=st.floats(0.03, 0.97), new=st.floats(0.01, 5))
def test_equals_numpy_with_the_new_patient_at_infinity(seed, n, alpha, new):
    rng = np.random.default_rng(seed)
    scores, weights = rng.normal(size=n).round(1), rng.exponential(size=n)
    found = conformal_quantile(scores, alpha, weights=weights, new_weight=new)
    all_scores, all_weights = np.append(scores, 1e9), np.append(weights, new)
    theirs = np.quantile(all_scores, 1 - alpha, weights=all_weights, method="inverted_cdf")
    assert found == (math.inf if theirs == 1e9 else theirs)
    order, factor = rng.permutation(n), rng.exponential()
    again = conformal_quantile(scores[order], alpha, weights=factor * weights[order], new_weight=factor * new)
    assert again == found
    assert conformal_quantile(scores, alpha, weights=weights, new_weight=new + 1) >= found


def test_the_promise_holds_where_the_density_is_another_one():
    """Calibrated on x ~ U(0, 1), used where x has density 2x, and scores grow with x: 4,000 times, one new patient."""
    rng = np.random.default_rng(0)
    plain, weighted = [], []
    for _ in range(4000):
        x, new = rng.random(60), np.sqrt(rng.random())
        scores, new_score = x + rng.normal(0, 0.2, 60), new + rng.normal(0, 0.2)
        weighted.append(new_score <= conformal_quantile(scores, 0.2, weights=2 * x, new_weight=2 * new))
        plain.append(new_score <= conformal_quantile(scores, 0.2))
    assert 0.79 < np.mean(weighted) < 0.84
    assert np.mean(plain) < 0.73


# ---- weights for another mix of classes -----------------------------------------------------------


def test_the_weights_are_the_ratio_of_the_shares():
    np.testing.assert_allclose(label_shift_weights([0, 0, 0, 1], 0.5), [2 / 3, 2 / 3, 2 / 3, 2])
    np.testing.assert_allclose(label_shift_weights([0, 0, 0, 1], [0.5, 0.5]), [2 / 3, 2 / 3, 2 / 3, 2])
    np.testing.assert_allclose(label_shift_weights([2, 0, 1, 2], [0.5, 0.5, 0]), [0, 2, 2, 0])
    np.testing.assert_allclose(label_shift_weights([True, False], np.float32(0.25)), [0.5, 1.5])


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n_classes=st.integers(2, 5))
def test_the_weighted_mix_is_the_new_one(seed, n_classes):
    rng = np.random.default_rng(seed)
    y = np.append(np.arange(n_classes), rng.integers(0, n_classes, 50))
    there = rng.dirichlet(np.ones(n_classes))
    weights = label_shift_weights(y, there)
    assert weights.mean() == pytest.approx(1)
    np.testing.assert_allclose(np.bincount(y, weights=weights) / len(y), there, atol=1e-12)
    np.testing.assert_allclose(label_shift_weights(y, np.bincount(y) / len(y)), 1)


def test_sets_keep_their_promise_in_a_place_with_fewer_ill():
    """Half ill here, one in ten there; the score is 1 - p of a model that was trained here. 1,500 times."""
    rng = np.random.default_rng(1)
    plain, weighted, alpha = [], [], 0.15
    for _ in range(1500):
        y = np.arange(80) % 2
        p = 1 / (1 + np.exp(-rng.normal(3 * y - 1.0, 1)))  # leans to "ill": the healthy have the larger scores
        scores = np.where(y == 1, 1 - p, p)
        truth = int(rng.random() < 0.1)
        new = 1 / (1 + np.exp(-rng.normal(3 * truth - 1.0, 1)))
        score = 1 - new if truth else new
        weights = label_shift_weights(y, 0.1)
        weighted.append(score <= conformal_quantile(scores, alpha, weights=weights, new_weight=weights[y == truth][0]))
        plain.append(score <= conformal_quantile(scores, alpha))
    assert np.mean(weighted) > 1 - alpha - 0.025
    assert np.mean(plain) < np.mean(weighted) - 0.02


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: conformal_quantile([1, 2], 0.5, weights=[1, 1]), ValueError, "weights and new_weight belong together"),
        (lambda: conformal_quantile([1, 2], 0.5, new_weight=1), ValueError, "weights and new_weight belong together"),
        (lambda: conformal_quantile([1, 2], 0.5, weights=[1], new_weight=1), ValueError, r"one value per score \(2\)"),
        (lambda: conformal_quantile([1, 2], 0.5, weights=[1, -1], new_weight=1), ValueError, "at least 0"),
        (lambda: conformal_quantile([1, 2], 0.5, weights=[0, 0], new_weight=0), ValueError, "are all 0"),
        (lambda: conformal_quantile([1, 2], 0.5, weights=[1, 1], new_weight=-1), ValueError, "new_weight must be"),
        (lambda: conformal_quantile([1, 2], 0.5, weights=[1, np.nan], new_weight=1), ValueError, "weights holds NaN"),
        (lambda: conformal_quantile([1, 2], 1, weights=[1, 1], new_weight=1), ValueError, "alpha must be"),
        (lambda: label_shift_weights([0, 1], 1.5), ValueError, "new_prevalence must lie between 0 and 1"),
        (lambda: label_shift_weights([0, 1], [0.5, 0.6]), ValueError, r"must sum to 1 .* but sums to 1\.1"),
        (lambda: label_shift_weights([0, 0], 0.5), ValueError, "no patient of class 1"),
        (lambda: label_shift_weights([0, 2], 0.5), ValueError, "whole numbers from 0 to 1"),
        (lambda: label_shift_weights([0, 1], "half"), TypeError, "new_prevalence must hold numbers"),
        (lambda: label_shift_weights([], 0.5), ValueError, "y_true is empty"),
    ],
)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
