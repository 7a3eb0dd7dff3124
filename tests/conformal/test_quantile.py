"""The order statistic and its law: fixtures, exact enumeration, rounding, and the textbook's np.quantile call."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from clinxai_teach.conformal import conformal_calibrate, conformal_quantile, coverage_law


def rank_statistic(scores, k):
    return np.sort(scores)[k - 1] if k <= len(scores) else np.inf


# ---- the quantile --------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "expected"), [(8, np.inf), (9, 9), (19, 18), (20, 19), (99, 90), (100, 91), (500, 451)])
@pytest.mark.parametrize("alpha", [0.1, 1 - 0.9, np.float64(0.1), Fraction(1, 10)])
def test_scores_one_to_n(n, expected, alpha):
    scores = np.random.default_rng(0).permutation(np.arange(1, n + 1))
    assert conformal_quantile(scores, alpha) == expected


@settings(max_examples=200, deadline=None)
@given(n=st.integers(1, 400), per_mille=st.integers(1, 999), way=st.sampled_from(["a", "1 - (1 - a)", "a/3*3"]))
def test_the_rank_is_exact_whatever_way_alpha_was_computed(n, per_mille, way):
    """ceil((n + 1) * (1 - alpha)) in floating point is off by one for some n; in whole numbers it is not."""
    a = per_mille / 1000
    alpha = {"a": a, "1 - (1 - a)": 1 - (1 - a), "a/3*3": a / 3 * 3}[way]
    k = -((n + 1) * (1000 - per_mille) // -1000)
    assert conformal_quantile(np.arange(1, n + 1), alpha) == (k if k <= n else np.inf)


def test_floating_point_would_be_off():
    """Why the rank is computed with fractions: here the plain formula asks for one score too many."""
    n, alpha = 249, 0.172
    assert np.ceil((n + 1) * (1 - alpha)) == 208
    assert conformal_quantile(np.arange(1, n + 1), alpha) == 207


@settings(max_examples=100, deadline=None)
@given(
    scores=st.lists(st.integers(0, 6), min_size=1, max_size=30),
    alpha=st.fractions(min_value=Fraction(1, 50), max_value=Fraction(49, 50), max_denominator=50),
)
def test_a_score_is_accepted_exactly_when_its_p_value_is_above_alpha(scores, alpha):
    """The two forms of conformal prediction are one: s <= q  <=>  (#{s_i >= s} + 1) / (n + 1) > alpha."""
    q = conformal_quantile(scores, float(alpha))
    for s in range(-1, 8):
        p_value = Fraction(sum(score >= s for score in scores) + 1, len(scores) + 1)
        assert (s <= q) == (p_value > alpha)


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 1000), n=st.integers(1, 60), scale=st.floats(0.01, 100))
def test_order_scale_and_monotony(seed, n, scale):
    scores = np.random.default_rng(seed).normal(size=n)
    quantiles = [conformal_quantile(scores, alpha) for alpha in (0.01, 0.1, 0.3, 0.5, 0.99)]
    assert quantiles == sorted(quantiles, reverse=True)
    assert conformal_quantile(scores[::-1], 0.3) == quantiles[2]
    assert conformal_quantile(scores * scale, 0.3) == pytest.approx(quantiles[2] * scale)
    assert conformal_quantile(scores, 1 - 1e-12) == scores.min()
    assert conformal_quantile(scores, 1e-12) == np.inf


# ---- the guarantee, by exact enumeration ---------------------------------------------------------


@pytest.mark.parametrize("alpha", [0.1, 0.25, 0.4, 0.5, 0.8])
@pytest.mark.parametrize("scores", [(1, 2, 3, 4, 5), (1, 1, 2, 2, 2), (0, 0, 0, 0, 7)])
def test_over_all_orders_of_exchangeable_patients_the_coverage_is_k_over_n_plus_one(scores, alpha):
    """All 120 orders of five patients; the last one is new. Exactly k / (n + 1) without ties, and never less."""
    hits = [order[-1] <= conformal_quantile(order[:-1], alpha) for order in itertools.permutations(scores)]
    k = -(-5 * (1 - Fraction(str(alpha))) // 1)
    if len(set(scores)) == 5:
        assert Fraction(sum(hits), len(hits)) == Fraction(min(k, 5), 5)
    assert Fraction(sum(hits), len(hits)) >= 1 - Fraction(str(alpha))


def coverage_given_threshold(q):
    """Return P(1 - p_y <= q) for p uniform on (0, 1) and y true with chance p: 2 q - q^2."""
    q = np.minimum(q, 1)
    return 2 * q - q**2


@pytest.fixture(scope="module")
def simulated():
    """Return the exact coverage that each of 2,000 simulated calibration sets gives, for several n."""
    rng = np.random.default_rng(1)
    result = {}
    for n in (20, 50, 100, 500):
        p = rng.random((2000, n))
        y = (rng.random((2000, n)) < p).astype(int)
        tables = np.stack([1 - p, p], axis=2)
        result[n] = coverage_given_threshold(
            np.array([conformal_calibrate(y, table) for y, table in zip(y, tables, strict=True)])
        )
    return result


@pytest.mark.parametrize(("n", "mean"), [(20, 0.9048), (50, 0.9020), (100, 0.9010), (500, 0.9002)])
def test_simulated_coverage_has_the_exact_mean_and_law(simulated, n, mean):
    law = coverage_law(n, 0.1)
    assert law.mean() == pytest.approx(mean, abs=5e-5)
    assert abs(simulated[n].mean() - law.mean()) < 3 * law.std() / np.sqrt(2000)
    assert stats.kstest(simulated[n], law.cdf).pvalue > 0.01


def test_the_test_above_would_notice_the_next_score(simulated):
    """numpy's method="higher", the usual repair of the textbook's call, takes the (k + 1)-th: 0.952 at n = 20."""
    rng = np.random.default_rng(2)
    scores = rng.random((2000, 20))
    higher = np.quantile(scores, np.ceil(21 * 0.9) / 20, method="higher", axis=1)
    np.testing.assert_array_equal(higher, np.sort(scores, axis=1)[:, 19])
    assert higher.mean() == pytest.approx(20 / 21, abs=0.005)
    assert stats.kstest(higher, coverage_law(20, 0.1).cdf).pvalue < 1e-6


# ---- the law of coverage -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "sd", "below"),
    [
        (20, 0.063, 0.176),
        (50, 0.041, 0.112),
        (100, 0.030, 0.055),
        (200, 0.021, 0.015),
        (500, 0.0134, 0),
        (1000, 0.0095, 0),
    ],
)
def test_spread_of_the_coverage(n, sd, below):
    law = coverage_law(n, 0.1)
    assert law.std() == pytest.approx(sd, abs=0.0005)
    assert law.cdf(0.85) == pytest.approx(below, abs=0.0006)


@pytest.mark.parametrize(("n", "low", "high"), [(100, 0.848, 0.945), (1000, 0.884, 0.915)])
def test_nine_in_ten_calibration_sets(n, low, high):
    np.testing.assert_allclose(coverage_law(n, 0.1).interval(0.9), [low, high], atol=0.0006)


@pytest.mark.parametrize("alpha", [0.1, 1 - 0.9])
def test_parameters_and_the_smallest_n(alpha):
    assert coverage_law(100, alpha).args == (91, 10)
    assert coverage_law(9, alpha).args == (9, 1)
    with pytest.raises(ValueError, match="at least 9 calibration patients"):
        coverage_law(8, alpha)
    with pytest.raises(ValueError, match="at least 99 calibration"):
        coverage_law(20, 0.01)


# ---- the textbook's call -------------------------------------------------------------------------


def textbook(scores, alpha=0.1):
    n = len(scores)
    return np.quantile(scores, np.ceil((n + 1) * (1 - alpha)) / n)


def test_the_textbook_call_raises_for_few_patients():
    with pytest.raises(ValueError, match="must be in the range"):
        textbook(np.arange(1.0, 9))
    assert conformal_quantile(np.arange(1.0, 9), 0.1) == np.inf


@pytest.mark.parametrize("n", [20, 50, 100, 500])
def test_the_textbook_call_lies_between_two_scores(n):
    """Interpolation errs upwards, so it is safe, but the value is no score and the coverage is not k / (n + 1)."""
    scores = np.sort(np.random.default_rng(n).random(n))
    k = int(np.ceil((n + 1) * 0.9))
    assert scores[k - 1] < textbook(scores) < scores[k]
    assert conformal_quantile(scores, 0.1) == scores[k - 1]
    assert np.quantile(scores, k / n, method="inverted_cdf") == scores[k - 1]


def test_the_mean_coverage_of_the_textbook_call():
    """Its mean coverage for n = 20 is 0.9071; the exact rule gives 19 / 21 = 0.9048."""
    position = (20 - 1) * 19 / 20  # numpy's index of the quantile at level k / n, counted from 0
    below = int(position)
    mean = (below + 1 + position - below) / 21
    assert mean == pytest.approx(0.9071, abs=5e-5)


@pytest.mark.parametrize(
    ("scores", "alpha", "error", "message"),
    [
        ([], 0.1, ValueError, "scores is empty"),
        ([1, np.nan], 0.1, ValueError, "NaN"),
        ([[1, 2]], 0.1, ValueError, "1 dimension"),
        ([1, 2], 0, ValueError, "alpha must be a number strictly between 0 and 1"),
        ([1, 2], 90, ValueError, "alpha must be a number strictly"),
        ([1, 2], "0.1", TypeError, "alpha must be a number"),
        (["a"], 0.1, TypeError, "scores must hold numbers"),
    ],
)
def test_bad_arguments_are_named(scores, alpha, error, message):
    with pytest.raises(error, match=message):
        conformal_quantile(scores, alpha)


@pytest.mark.parametrize(("n", "error"), [(0, ValueError), (2.5, TypeError)])
def test_the_law_needs_a_whole_number_of_patients(n, error):
    with pytest.raises(error, match="n must be"):
        coverage_law(n, 0.1)
