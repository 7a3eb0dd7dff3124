"""Reliability curve and null band: fixtures, bins and ties against peers, and honest intervals by simulation."""

import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, norm
from sklearn.calibration import calibration_curve

from clinxai_teach.calibration import bins, calibration_null_band, expected_calibration_error, reliability_curve
from clinxai_teach.calibration.bins import assign_bins


def calibrated(n, rng, spread=1.0):
    """Draw probabilities and outcomes of a perfectly calibrated model."""
    p = rng.beta(spread, spread, n)
    return (rng.random(n) < p).astype(int), p


def tied(seed, n=200):
    """Draw miscalibrated data, rounded so that ties and values on bin edges are common."""
    rng = np.random.default_rng(seed)
    p = rng.random(n) ** 2
    return (rng.random(n) < p**0.7).astype(int), np.round(p, rng.integers(1, 4))


def test_the_scikit_learn_docstring_case():
    curve = reliability_curve([0, 0, 0, 0, 1, 1, 1, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.65, 0.7, 0.8, 0.9, 1], n_bins=3)
    np.testing.assert_allclose(curve.prob_true, [0, 0.5, 1])
    np.testing.assert_allclose(curve.prob_pred, [0.2, 0.525, 0.85])
    assert curve.count.tolist() == [3, 2, 4]
    np.testing.assert_allclose(curve.edges, [0, 1 / 3, 2 / 3, 1])


def test_values_on_the_edges_belong_to_the_bin_on_their_left_and_zero_to_the_first():
    curve = reliability_curve([0, 1, 0, 1, 1, 0], [0, 0.1, 0.2, 0.3, 0.5, 1])
    np.testing.assert_allclose(curve.prob_true, [0.5, 0, 1, 1, 0])
    np.testing.assert_allclose(curve.prob_pred, [0.05, 0.2, 0.3, 0.5, 1])
    assert len(curve.edges) == 11


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), n_bins=st.integers(1, 25), strategy=st.sampled_from(["uniform", "quantile"]))
def test_equals_scikit_learn_also_with_ties_and_fewer_patients_than_bins(seed, n_bins, strategy):
    n = int(np.random.default_rng(seed).integers(2, 300))
    y, p = tied(seed, n)
    curve = reliability_curve(y, p, n_bins=n_bins, strategy=strategy)
    prob_true, prob_pred = calibration_curve(y, p, n_bins=n_bins, strategy=strategy, pos_label=1)
    np.testing.assert_array_equal(curve.prob_true, prob_true)
    np.testing.assert_array_equal(curve.prob_pred, prob_pred)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), n_bins=st.integers(1, 20), strategy=st.sampled_from(["uniform", "quantile"]))
def test_bins_cover_everybody_once_keep_ties_together_and_respect_their_edges(seed, n_bins, strategy):
    _, p = tied(seed)
    edges, bin_of = assign_bins(p, n_bins, strategy)
    assert (np.diff(edges) >= 0).all()
    assert len(edges) == n_bins + 1 if strategy == "uniform" else len(edges) <= n_bins + 1
    lower, upper = edges[bin_of], edges[bin_of + 1]
    assert (p <= upper).all()
    assert ((p > lower) | ((bin_of == 0) & (p == lower))).all()
    for value in np.unique(p):
        assert len(set(bin_of[p == value])) == 1


def test_equal_mass_bins_hold_equal_mass():
    p = np.random.default_rng(0).random(1000)
    assert set(reliability_curve(p > 0.5, p, strategy="quantile").count) == {100}


def test_equal_mass_bins_with_eighty_percent_zeros_and_with_one_value_only():
    p = np.concatenate([np.zeros(80), np.linspace(0.1, 0.9, 20)])
    curve = reliability_curve(p > 0.5, p, strategy="quantile")
    assert curve.count.tolist() == [80, 10, 10]  # zeros stay together; the rest in tenths of all patients
    assert curve.edges[:2].tolist() == [0, 0]  # the bin of the patients with exactly p = 0
    constant = reliability_curve([0, 1, 1], [0.3, 0.3, 0.3], strategy="quantile")
    assert constant.edges.tolist() == [0.3, 0.3]
    assert constant.count.tolist() == [3]


def test_top_label_curve_of_three_classes():
    p = [[0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.2, 0.65, 0.15], [0.4, 0.4, 0.2]]
    curve = reliability_curve([0, 2, 0, 1], p, n_bins=2)  # right, right, wrong, wrong (a tie goes to the first class)
    np.testing.assert_allclose(curve.prob_true, [0, 2 / 3])
    np.testing.assert_allclose(curve.prob_pred, [0.4, 0.65])


@pytest.mark.parametrize("spread", [1.0, 0.6])
def test_wilson_intervals_cover_the_truth(spread):
    """Nominal 95%: each bin at least 93% over 2,000 calibrated data sets of 1,000 patients, except by chance."""
    rng = np.random.default_rng(0)
    covered, total = np.zeros(10), np.zeros(10)
    for _ in range(2000):
        y, p = calibrated(1000, rng, spread)
        curve = reliability_curve(y, p)
        covered += (curve.ci_low <= curve.prob_pred) & (curve.prob_pred <= curve.ci_high)
        total += 1
    assert (covered / total >= 0.93).all()
    assert 0.94 < covered.sum() / total.sum() < 0.97


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_a_calibrated_model_falls_out_of_the_null_band_one_time_in_twenty(strategy):
    """2,000 data sets: the standard error of a rate of 5% is 0.5%, so 3 to 7% is four of them."""
    rng = np.random.default_rng(1)
    alarms = 0
    for seed in range(2000):
        y, p = calibrated(300, rng)
        low, high = calibration_null_band(p, strategy=strategy, n_simulations=300, seed=seed)
        alarms += not low <= expected_calibration_error(y, p, strategy=strategy) <= high
    assert 0.03 < alarms / 2000 < 0.07


def test_the_null_band_notices_an_overconfident_model():
    y, p = calibrated(500, np.random.default_rng(2))
    overconfident = p**2 / (p**2 + (1 - p) ** 2)  # logits times two
    assert expected_calibration_error(y, overconfident) > calibration_null_band(overconfident).high


def test_the_null_band_of_certain_predictions_is_zero_and_of_coins_is_known():
    assert calibration_null_band([0.0, 1.0, 1.0]) == (0, 0)
    # One bin of 100 patients at 0.5: ECE = |Binomial(100, 0.5) - 50| / 100. It is 0 in 8.0% of all draws, at most 0.09
    # in 94.3% and at most 0.10 in 96.5%, so the 5% and 95% quantiles are 0 and 0.10.
    low, high = calibration_null_band(np.full(100, 0.5), confidence=0.9, n_simulations=4000)
    assert low == 0
    assert high == pytest.approx(0.1, abs=1e-12)


def test_the_null_band_for_several_classes_is_that_of_the_top_label():
    p = np.random.default_rng(3).dirichlet([1, 1, 1], 200)
    assert calibration_null_band(p, seed=4) == calibration_null_band(p.max(axis=1), seed=4)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), strategy=st.sampled_from(["uniform", "quantile"]))
def test_the_order_of_the_patients_does_not_matter(seed, strategy):
    y, p = tied(seed)
    order = np.random.default_rng(seed).permutation(len(p))
    plain, shuffled = (reliability_curve(a, b, strategy=strategy) for a, b in ((y, p), (y[order], p[order])))
    for field in fields(plain):
        np.testing.assert_allclose(getattr(plain, field.name), getattr(shuffled, field.name), rtol=1e-12)
    bands = [calibration_null_band(q, strategy=strategy, n_simulations=50) for q in (p, p[order])]
    assert bands[0] == bands[1]


def test_the_null_band_is_the_same_in_pieces_and_leaves_the_global_random_state_alone():
    p = np.random.default_rng(5).random(38_000)  # at 500,000 numbers at once: pieces of 13 simulations
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    low, high = calibration_null_band(p, n_simulations=20, seed=0)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    p = np.sort(p)
    outcomes = np.random.default_rng(0).random((20, len(p))) < p
    errors = [expected_calibration_error(y, p) for y in outcomes]
    np.testing.assert_allclose([low, high], np.quantile(errors, [0.025, 0.975]), rtol=1e-9)


def test_the_null_band_of_large_bins_beside_small_ones_is_that_of_the_exact_distribution():
    """A bin of 20,000 coins is drawn from the normal distribution, one of 300 patients told 3% one by one.

    The sum of |events - expected| of both is enumerated. With 40,000 draws each tail is right to 0.003.
    """
    distance, chance = np.zeros(1), np.ones(1)
    for n, share in ((20_000, 0.5), (300, 0.03)):
        events = np.arange(n + 1)
        likely = binom.pmf(events, n, share) > 1e-12
        distance = np.add.outer(distance, np.abs(events[likely] - n * share)).ravel()
        chance = np.multiply.outer(chance, binom.pmf(events[likely], n, share)).ravel()
    p = np.repeat([0.5, 0.03], [20_000, 300])
    for confidence in (0.5, 0.9, 0.99):
        band = calibration_null_band(p, confidence=confidence, n_simulations=40_000, seed=1)
        for end, tail in zip(band, ((1 - confidence) / 2, (1 + confidence) / 2), strict=True):
            places = end * len(p)
            below, upto = chance[distance < places - 1e-6].sum(), chance[distance <= places + 1e-6].sum()
            assert below - 0.005 < tail < upto + 0.005


def test_the_null_band_of_ten_million_patients_needs_no_draw_for_each():
    """Of n coins, |events - n / 2| is as good as |N(0, n / 4)|, so its quantiles are known."""
    n = 10_000_000
    band = calibration_null_band(np.full(n, 0.5), confidence=0.9, n_simulations=20_000)
    expected = norm.ppf([(1 + 0.05) / 2, (1 + 0.95) / 2]) * np.sqrt(n / 4) / n
    np.testing.assert_allclose(band, expected, rtol=0.1)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"n_bins": 0}, ValueError, "n_bins must be at least 1"),
        ({"n_bins": 2.5}, TypeError, "n_bins must be a whole number"),
        ({"strategy": "equal"}, ValueError, "'uniform', 'quantile'"),
        ({"confidence": 1}, ValueError, "confidence must be a number strictly between"),
        ({"y_true": [0, 2]}, ValueError, "labels 0 and 1"),
        ({"y_true": [0]}, ValueError, "one value per patient"),
        ({"y_prob": [0.1, 1.2]}, ValueError, "between 0 and 1"),
        ({"y_prob": [0.1, np.nan]}, ValueError, "NaN"),
        ({"y_prob": [[0.5, 0.6], [0.5, 0.5]]}, ValueError, "sum to 1"),
        ({"y_prob": [[0.5, 0.5], [0.5, 0.5]], "y_true": [0, 2]}, ValueError, "from 0 to 1"),
        ({"y_prob": ["a", "b"]}, TypeError, "numbers"),
        ({"y_true": [], "y_prob": []}, ValueError, "empty"),
    ],
)
def test_bad_arguments_of_the_curve_are_named(change, error, message):
    arguments = {"y_true": [0, 1], "y_prob": [0.2, 0.8]} | change
    with pytest.raises(error, match=message):
        reliability_curve(arguments.pop("y_true"), arguments.pop("y_prob"), **arguments)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"n_simulations": 0}, ValueError, "n_simulations must be at least 1"),
        ({"confidence": 95}, ValueError, "confidence"),
        ({"seed": -1}, ValueError, "seed"),
        ({"seed": "a"}, TypeError, "seed"),
    ],
)
def test_bad_arguments_of_the_band_are_named(change, error, message):
    with pytest.raises(error, match=message):
        calibration_null_band([0.2, 0.8], **change)


def test_importing_the_package_loads_numpy_only():
    """scipy's optimiser alone takes a quarter of a second; it is loaded by the calls that need it."""
    heavy = "scipy", "sklearn", "pandas", "torch", "matplotlib"
    code = f"import sys, clinxai_teach.calibration; print(sorted(set({heavy}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), n_bins=st.sampled_from([1, 2, 10, 33, 34, 60]), digits=st.sampled_from([1, 2, 17]))
def test_bins_and_sums_are_those_of_searchsorted(seed, n_bins, digits):
    """Few edges are compared one by one, many are searched; patients are taken in pieces of CHUNK."""
    rng = np.random.default_rng(seed)
    p = np.round(rng.random(bins.CHUNK + 100 if seed % 10 == 0 else 50), digits)
    event = (rng.random(len(p)) < p).astype(float)
    edges, bin_of = assign_bins(p, n_bins, "uniform")
    expected = np.searchsorted(edges[1:-1], p)
    np.testing.assert_array_equal(bin_of, expected)
    count, events, total = bins.bin_sums(event, p, edges)
    np.testing.assert_array_equal(count, np.bincount(expected, minlength=n_bins))
    np.testing.assert_array_equal(events, np.bincount(expected, weights=event, minlength=n_bins))
    np.testing.assert_allclose(total, np.bincount(expected, weights=p, minlength=n_bins), rtol=1e-12, atol=1e-12)
