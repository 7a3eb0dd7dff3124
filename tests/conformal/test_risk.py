"""Risk control: the quantile is a special case, MAPIE's threshold, exact ties, and the promise by simulation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benches.peers import mapie_recall
from clinxai_teach.conformal import conformal_quantile, conformal_risk_threshold


def losses_of_misses(scores, thresholds):
    """1 for each patient whose score is above the threshold: the true class is then not in the set."""
    return (np.asarray(scores)[:, None] > np.asarray(thresholds)).astype(float)


@settings(max_examples=100, deadline=None)
@given(
    scores=st.lists(st.sampled_from(np.arange(0, 1, 0.05).tolist()), min_size=1, max_size=60),
    alpha=st.sampled_from([0.05, 0.1, 0.2, 0.3, 1 - 0.9, 0.172, 0.5]),
)
def test_with_the_loss_of_a_miss_it_is_the_conformal_quantile(scores, alpha):
    at = np.unique(scores)
    assert conformal_risk_threshold(losses_of_misses(scores, at), at, alpha) == conformal_quantile(scores, alpha)


def test_by_hand():
    """n = 4, bound 1: (4 x mean + 1) / 5 at most 0.5 asks for a sum of at most 1.5; the sums are 4, 2, 1.5, 0."""
    losses = [[1, 0.5, 0.5, 0], [1, 0.5, 0.5, 0], [1, 0.5, 0.5, 0], [1, 0.5, 0, 0]]
    assert conformal_risk_threshold(losses, [10, 20, 30, 40], 0.5) == 30
    assert conformal_risk_threshold(losses, [10, 20, 30, 40], 0.2) == 40
    assert conformal_risk_threshold(losses, [10, 20, 30, 40], 0.19) == math.inf  # even no loss leaves 1 / 5
    assert conformal_risk_threshold(losses, [10, 20, 30, 40], 0.9999) == 20
    assert conformal_risk_threshold(np.multiply(losses, 3), [10, 20, 30, 40], 1.5, bound=3) == 30


def test_a_tie_with_alpha_is_enough_whatever_rounding_says():
    """19 patients, one loss: (1 + 1) / 20 is 0.1, also where 0.1 is written 1 - 0.9 or summed from tenths."""
    losses = np.zeros((19, 2))
    losses[:10, 0], losses[:10, 1] = 0.2, 0.1
    for alpha in (0.1, 1 - 0.9, 0.30000000000000004 - 0.2):
        assert conformal_risk_threshold(losses, [1, 2], alpha) == 2


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 80), alpha=st.floats(0.02, 0.9), bound=st.floats(1, 5))
def test_the_definition_and_its_order(seed, n, alpha, bound):
    rng = np.random.default_rng(seed)
    losses = np.sort(rng.random((n, 12)), axis=1)[:, ::-1]
    at = np.arange(12.0)
    found = conformal_risk_threshold(losses, at, alpha, bound=bound)
    controlled = (n * losses.mean(axis=0) + bound) / (n + 1) <= alpha
    assert found == (at[controlled][0] if controlled.any() else math.inf)
    assert conformal_risk_threshold(losses, at, min(0.95, alpha + 0.05), bound=bound) <= found
    order = rng.permutation(n)
    assert conformal_risk_threshold(losses[order], at, alpha, bound=bound) == found
    assert conformal_risk_threshold(losses, 2 * at - 7, alpha, bound=bound) == 2 * found - 7  # thresholds are names


@pytest.mark.parametrize("seed", range(4))
def test_equals_mapie_for_the_share_of_findings_missed(seed):
    """MAPIE raises the cut-off on p as long as the risk allows; ours lowers 1 - p. Its goal is "< alpha", not "<="."""
    rng = np.random.default_rng(seed)
    y = rng.random((150, 4)) < 0.4
    y[y.sum(axis=1) == 0, 0] = True
    p = np.clip(rng.beta(2, 2, y.shape) * 0.6 + y * 0.35, 0.001, 0.999)
    cut_offs = np.arange(0, 1, 0.01)
    found = (p[:, :, None] > cut_offs[::-1]) & y[:, :, None]
    missed = 1 - found.sum(axis=1) / y.sum(axis=1, keepdims=True)
    ours = conformal_risk_threshold(missed, 1 - cut_offs[::-1], 0.1)
    assert 1 - ours == pytest.approx(mapie_recall(p, y, cut_offs), abs=1e-9)


@pytest.mark.parametrize(("n", "alpha"), [(30, 0.1), (100, 0.05), (200, 0.2)])
def test_the_promise_holds_on_average(n, alpha):
    """2,000 times: n ill patients set the threshold and a new one is missed with chance at most alpha, but near it."""
    rng = np.random.default_rng(n)
    at = np.linspace(0, 1, 201)
    scores = rng.beta(2, 3, (2000, n + 1))
    found = np.array([conformal_risk_threshold(losses_of_misses(row[:-1], at), at, alpha) for row in scores])
    missed = scores[:, -1] > found
    error = missed.std() / np.sqrt(2000)
    assert missed.mean() < alpha + 3 * error
    assert missed.mean() > alpha - 1 / (n + 1) - 3 * error - 0.01  # the grid costs a little


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"losses": [[0.1, 0.2]]}, ValueError, "losses must not rise"),
        ({"losses": [[2, 0]]}, ValueError, "losses must be at most bound = 1, but one is 2"),
        ({"losses": [[1, 0, 0]]}, ValueError, r"one column per threshold \(2\)"),
        ({"losses": [1, 0]}, ValueError, "losses must have 2 dimension"),
        ({"losses": [[np.nan, 0]]}, ValueError, "losses holds NaN"),
        ({"thresholds": [2, 1]}, ValueError, "thresholds must rise.*1 - p"),
        ({"thresholds": [1, 1]}, ValueError, "thresholds must rise"),
        ({"alpha": 0}, ValueError, "alpha must be a number strictly between 0 and 1"),
        ({"alpha": 1}, ValueError, "alpha must be a number strictly between 0 and 1"),
        ({"alpha": "5%"}, TypeError, "alpha must be a number"),
        ({"bound": -1}, ValueError, "bound must be a number"),
        ({"bound": 0}, ValueError, "bound must be a number above 0"),
    ],
)
def test_bad_arguments_are_named(change, error, message):
    arguments = {"losses": [[1, 0], [1, 0]], "thresholds": [1, 2], "alpha": 0.5} | change
    bound = {"bound": arguments.pop("bound")} if "bound" in arguments else {}
    with pytest.raises(error, match=message):
        conformal_risk_threshold(**arguments, **bound)
