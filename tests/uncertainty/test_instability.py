"""How far refits disagree: by hand, pandas' quantiles, invariances, and what more training data do."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.linear_model import LogisticRegression

from clinxai_teach.uncertainty import prediction_instability

RISKS = arrays(float, st.tuples(st.integers(1, 30), st.integers(1, 6)), elements=st.sampled_from(np.linspace(0, 1, 11)))


def test_by_hand():
    """101 refits give 0%, 1%, ... 100%: 95% of them lie between 2.5% and 97.5%, and 30 are below 30%."""
    risks = np.column_stack([np.linspace(0, 1, 101), np.full(101, 0.3)])
    result = prediction_instability(risks, threshold=0.3)
    np.testing.assert_allclose(result.mean, [0.5, 0.3])
    np.testing.assert_allclose(result.low, [0.025, 0.3])
    np.testing.assert_allclose(result.high, [0.975, 0.3])
    np.testing.assert_allclose(result.flip_share, [30 / 101, 0])


def test_one_refit_says_nothing_of_instability_and_no_threshold_no_flips():
    result = prediction_instability([[0.2, 0.9]])
    np.testing.assert_array_equal(result.low, result.high)
    assert result.flip_share is None


@settings(max_examples=60, deadline=None)
@given(risks=RISKS, threshold=st.floats(0.05, 0.95))
def test_equals_pandas_and_the_mirror_flips_as_often(risks, threshold):
    result = prediction_instability(risks, threshold=threshold)
    table = pd.DataFrame(risks)
    np.testing.assert_allclose(result.mean, table.mean(), atol=1e-12)
    np.testing.assert_allclose([result.low, result.high], table.quantile([0.025, 0.975]), atol=1e-12)
    majority = table.ge(threshold).mean() > 0.5
    np.testing.assert_allclose(result.flip_share, (table.ge(threshold) != majority).mean(), atol=1e-12)
    assert (result.flip_share <= 0.5).all()
    order = np.random.default_rng(0).permutation(len(risks))
    for one, other in zip(prediction_instability(risks[order], threshold=threshold), result, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)


def test_more_training_data_make_a_model_stable():
    """50 refits on 80 and on 3,000 patients: the range and the flips shrink, the mean hardly moves."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 6))
    y = rng.random(3000) < 1 / (1 + np.exp(-X[:, 0]))
    new = rng.normal(size=(200, 6))
    spread, flips = [], []
    for n in (80, 3000):
        draws = (rng.integers(0, n, n) for _ in range(50))
        risks = [LogisticRegression().fit(X[i], y[i]).predict_proba(new)[:, 1] for i in draws]
        result = prediction_instability(risks, threshold=0.5)
        spread.append((result.high - result.low).mean())
        flips.append(result.flip_share.mean())
    assert spread[1] < spread[0] / 3
    assert flips[1] < flips[0] / 2


@pytest.mark.parametrize(
    ("probabilities", "threshold", "message"),
    [
        ([0.1, 0.2], None, r"probabilities must have 2 dimension"),
        (np.full((2, 3, 2), 0.5), None, r"must have 2 dimension.*probabilities\[:, :, 1\]"),
        ([[0.1, 1.2]], None, "between 0 and 1"),
        ([[0.1, np.nan]], None, "NaN"),
        ([[0.1, 0.2]], 1.0, "threshold must be a number strictly between"),
    ],
)
def test_bad_arguments_are_named(probabilities, threshold, message):
    with pytest.raises(ValueError, match=message):
        prediction_instability(probabilities, threshold=threshold)
