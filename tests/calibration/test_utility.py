"""Net benefit: by hand, against a plain loop, and its two reference strategies."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinxai_teach.calibration import net_benefit


def loop(y, p, t):
    """The definition, patient by patient."""
    treated = np.asarray(p) >= t
    true_positives = (treated & (np.asarray(y) == 1)).sum()
    false_positives = (treated & (np.asarray(y) == 0)).sum()
    return true_positives / len(y) - false_positives / len(y) * t / (1 - t)


def test_by_hand_with_a_patient_exactly_on_the_threshold():
    """At 0.2 three are treated (0.2 counts): 2 ill, 1 healthy. 2/5 - 1/5 x 0.25 = 0.35."""
    y, p = [1, 0, 1, 0, 0], [0.9, 0.5, 0.2, 0.1, 0.05]
    np.testing.assert_allclose(net_benefit(y, p, 0.2), [0.35])
    np.testing.assert_allclose(net_benefit(y, p, [0.3, 0.95]), [1 / 5 - 1 / 5 * 3 / 7, 0])


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_equals_the_loop_also_with_ties(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 200))
    p = np.round(rng.random(n), rng.integers(1, 4))
    y = rng.integers(0, 2, n)
    thresholds = np.concatenate([rng.uniform(0.001, 0.999, 5), p[(p > 0) & (p < 1)][:5]])
    found = net_benefit(y, p, thresholds)
    np.testing.assert_allclose(found, [loop(y, p, t) for t in thresholds], atol=1e-12)
    order = rng.permutation(n)
    np.testing.assert_allclose(net_benefit(y[order], p[order], thresholds), found, atol=1e-12)
    assert (found <= y.mean() + 1e-12).all()


def test_treat_all_treat_none_and_the_perfect_model():
    y = np.array([1] * 20 + [0] * 80)
    t = np.array([0.05, 0.1, 0.2, 0.5])
    np.testing.assert_allclose(net_benefit(y, np.ones(100), t), 0.2 - 0.8 * t / (1 - t), atol=1e-15)
    np.testing.assert_array_equal(net_benefit(y, np.zeros(100), t), 0)
    np.testing.assert_allclose(net_benefit(y, y, t), 0.2)


def test_calibrated_probabilities_never_lose_to_distorted_ones_of_the_same_order():
    """With the true risks, acting at t treats exactly those whose expected benefit is positive."""
    rng = np.random.default_rng(0)
    p = rng.random(200_000) ** 2
    y = rng.random(200_000) < p
    t = np.array([0.1, 0.3, 0.6])
    for distorted in (p**2, np.sqrt(p)):
        assert (net_benefit(y, p, t) > net_benefit(y, distorted, t)).all()


@pytest.mark.parametrize(
    ("thresholds", "error", "message"),
    [
        (0, ValueError, "strictly between 0 and 1, but got 0"),
        (20, ValueError, "strictly between 0 and 1, but got 20.0. For 20% pass 0.2"),
        ([0.1, 1], ValueError, "but got 1"),
        ([-0.1], ValueError, "but got -0.1"),
        ([], ValueError, "thresholds is empty"),
        ([np.nan], ValueError, "NaN"),
        ([[0.1]], ValueError, "dimension"),
        ("ten percent", TypeError, "thresholds must hold numbers"),
    ],
)
def test_bad_thresholds_are_named(thresholds, error, message):
    with pytest.raises(error, match=message):
        net_benefit([0, 1], [0.1, 0.9], thresholds)
