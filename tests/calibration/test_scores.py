"""Brier score, its two decompositions, and the ECE: fixtures, exact identities, peers, and bias by simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, d2_brier_score

from clinxai_teach.calibration import (
    brier_decomposition,
    brier_score,
    corp_decomposition,
    expected_calibration_error,
    reliability_curve,
    scaled_brier_score,
)

# The twelve patients of scikit-learn's issue 10883: (model A, model B, outcome).
TWELVE = np.array(
    [
        (0.00, 0.00, 0),
        (0.25, 0.25, 0),
        (0.25, 0.25, 0),
        (0.25, 0.25, 0),
        (0.25, 0.75, 1),
        (0.50, 0.50, 0),
        (0.50, 0.50, 1),
        (0.75, 0.25, 0),
        (0.75, 0.75, 1),
        (0.75, 0.75, 1),
        (0.75, 0.75, 1),
        (1.00, 1.00, 1),
    ]
)


def draw(seed, n=None):
    """Draw outcomes and probabilities; about every second time with ties and values on bin edges."""
    rng = np.random.default_rng(seed)
    n = n or int(rng.integers(1, 400))
    p = rng.beta(0.7, 2, n)
    y = (rng.random(n) < p**0.7).astype(int)
    return y, np.round(p, rng.integers(1, 3)) if seed % 2 else p


def test_brier_fixtures():
    assert brier_score([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]) == pytest.approx(0.0375, abs=1e-15)
    three = [[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.2, 0.2, 0.6]]
    assert brier_score([0, 1, 2], three) == pytest.approx(0.44 / 3, abs=1e-15)
    assert brier_score([0, 1], [[0.0, 1.0], [1.0, 0.0]]) == 2  # certain and wrong: the worst
    assert brier_score([0, 1], [[1.0, 0.0], [0.0, 1.0]]) == 0


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), n_classes=st.integers(2, 6))
def test_brier_equals_scikit_learn_and_two_columns_count_twice(seed, n_classes):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(n_classes), 50)
    y = rng.integers(0, n_classes, 50)
    theirs = brier_score_loss(y, p, labels=range(n_classes), scale_by_half=False)
    assert brier_score(y, p) == pytest.approx(theirs, rel=1e-12)
    assert 0 <= brier_score(y, p) <= 2
    outcome = y == 0
    assert brier_score(outcome, p[:, 0]) == pytest.approx(brier_score_loss(outcome, p[:, 0]), rel=1e-12)
    both = np.column_stack([1 - p[:, 0], p[:, 0]])
    assert brier_score(outcome, both) == pytest.approx(2 * brier_score(outcome, p[:, 0]), rel=1e-12)


def test_decomposition_of_two_groups_by_hand():
    """0.1 for 4 patients of whom 1 falls ill, 0.8 for 4 of whom 3 do: the bins are off by 0.15 and by 0.05."""
    parts = brier_decomposition([0, 0, 0, 1, 1, 1, 1, 0], [0.1] * 4 + [0.8] * 4)
    np.testing.assert_allclose(parts, [0.0125, 0.0625, 0.25, 0, 0], atol=1e-15)
    assert parts.score == pytest.approx(0.2, abs=1e-15)
    assert parts.refinement == pytest.approx(0.1875, abs=1e-15)
    assert parts.score == pytest.approx(parts.reliability + parts.refinement, abs=1e-15)


def test_a_lower_brier_score_can_come_with_worse_calibration():
    a, b, y = TWELVE.T
    parts_a, parts_b = brier_decomposition(y, a), brier_decomposition(y, b)
    np.testing.assert_allclose([parts_a.score, parts_a.reliability, parts_a.resolution], [1 / 6, 0, 1 / 12], atol=1e-15)
    np.testing.assert_allclose([parts_b.score, parts_b.reliability], [1 / 12, 1 / 24], atol=1e-15)
    assert parts_b.resolution == pytest.approx(5 / 24, abs=1e-15)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 100_000), n_bins=st.integers(1, 30), strategy=st.sampled_from(["uniform", "quantile"]))
def test_the_five_parts_add_up_exactly(seed, n_bins, strategy):
    y, p = draw(seed)
    parts = brier_decomposition(y, p, n_bins=n_bins, strategy=strategy)
    assert abs(parts.score - brier_score(y, p)) < 1e-12
    assert min(parts[:4]) >= 0
    assert -1e-15 < parts.refinement < parts.uncertainty + 1e-15


def test_three_terms_alone_miss_what_happens_within_the_bins():
    y, p = draw(4, 2000)
    parts = brier_decomposition(y, p)
    three = parts.reliability - parts.resolution + parts.uncertainty
    assert abs(three - brier_score(y, p)) > 1e-4
    gap = parts.within_bin_variance - parts.within_bin_covariance
    assert three + gap == pytest.approx(brier_score(y, p), abs=1e-15)


def test_the_decomposition_uses_the_bins_of_the_reliability_curve():
    y, p = draw(8, 500)
    for strategy in ("uniform", "quantile"):
        curve = reliability_curve(y, p, n_bins=7, strategy=strategy)
        weight = curve.count / 500
        parts = brier_decomposition(y, p, n_bins=7, strategy=strategy)
        assert parts.reliability == pytest.approx(weight @ (curve.prob_pred - curve.prob_true) ** 2, abs=1e-14)
        assert parts.resolution == pytest.approx(weight @ (curve.prob_true - y.mean()) ** 2, abs=1e-14)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_corp_adds_up_and_equals_isotonic_regression_of_scikit_learn(seed):
    y, p = draw(seed)
    parts = corp_decomposition(y, p)
    assert abs(parts.score - brier_score(y, p)) < 1e-14
    best = IsotonicRegression().fit_transform(p, y)
    assert parts.miscalibration == pytest.approx(brier_score(y, p) - np.mean((best - y) ** 2), abs=1e-12)
    assert parts.miscalibration > -1e-12
    assert -1e-12 < parts.discrimination < parts.uncertainty + 1e-12


def test_corp_on_the_grouped_data_agrees_with_murphy():
    """Where all patients of a bin share one p and the shares rise with p, both decompositions are the same."""
    parts = corp_decomposition([0, 0, 0, 1, 1, 1, 1, 0], [0.1] * 4 + [0.8] * 4)
    np.testing.assert_allclose(parts, [0.0125, 0.0625, 0.25], atol=1e-15)


def test_ece_by_hand():
    y, p = [0, 0, 0, 1, 1, 1, 1, 0], [0.1] * 4 + [0.8] * 4
    assert expected_calibration_error(y, p) == pytest.approx(0.5 * 0.15 + 0.5 * 0.05, abs=1e-15)
    assert expected_calibration_error([0, 1], [0.0, 1.0]) == 0
    assert expected_calibration_error([1, 0], [0.0, 1.0]) == 1


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 100_000), n_bins=st.integers(1, 20), strategy=st.sampled_from(["uniform", "quantile"]))
def test_ece_is_between_0_and_1_and_debiased_is_never_larger(seed, n_bins, strategy):
    y, p = draw(seed)
    plain = expected_calibration_error(y, p, n_bins=n_bins, strategy=strategy)
    debiased = expected_calibration_error(y, p, n_bins=n_bins, strategy=strategy, debiased=True)
    assert 0 <= debiased <= plain + 1e-15
    assert plain <= 1
    order = np.random.default_rng(seed).permutation(len(p))
    shuffled = expected_calibration_error(y[order], p[order], n_bins=n_bins, strategy=strategy)
    assert shuffled == pytest.approx(plain, abs=1e-12)
    # One bin for everybody: the ECE is the distance of the mean probability from the rate.
    assert expected_calibration_error(y, p, n_bins=1) == pytest.approx(abs(p.mean() - y.mean()), abs=1e-12)


def test_debiased_equals_the_simulation_of_kumar_and_others():
    """Their library draws each bin's share from a normal distribution 1,000 times; the closed form is its limit."""
    y, p = draw(6, 300)
    curve = reliability_curve(y, p)
    sd = np.sqrt(curve.prob_true * (1 - curve.prob_true) / curve.count)
    shares = np.random.default_rng(0).normal(curve.prob_true, sd, (200_000, len(sd)))
    mean_of_draws = (np.abs(shares - curve.prob_pred) @ (curve.count / 300)).mean()
    simulated = 2 * expected_calibration_error(y, p) - mean_of_draws
    assert simulated > 0.01
    assert expected_calibration_error(y, p, debiased=True) == pytest.approx(simulated, abs=2e-4)


def test_debiased_is_clipped_at_zero_and_leaves_bins_without_spread_alone():
    y = np.array([0] * 7 + [1] * 3)
    assert expected_calibration_error(y, np.full(10, 0.3)) == pytest.approx(0, abs=1e-15)
    assert expected_calibration_error(y, np.full(10, 0.3), debiased=True) == 0
    assert expected_calibration_error([0, 0, 1], [0.1, 0.1, 0.8], debiased=True) == pytest.approx(0.4 / 3)


def errors(shift, n=300, runs=1500):
    """Return the mean plug-in and debiased ECE where the true logit is the model's plus `shift`, and the true ECE."""
    rng = np.random.default_rng(3)
    found = []
    for _ in range(runs):
        p = rng.random(n)
        truth = p / (p + (1 - p) * np.exp(-shift))
        y = rng.random(n) < truth
        found.append([expected_calibration_error(y, p), expected_calibration_error(y, p, debiased=True)])
    p = (np.arange(100_000) + 0.5) / 100_000
    true_ece = np.abs((p / (p + (1 - p) * np.exp(-shift)) - p).reshape(10, -1).mean(axis=1)).mean()
    return *np.mean(found, axis=0), true_ece


def test_debiasing_removes_almost_all_bias_of_a_miscalibrated_model():
    plug_in, debiased, truth = errors(shift=0.6)
    assert plug_in - truth > 0.004
    assert abs(debiased - truth) < 0.006
    plug_in, debiased, truth = errors(shift=1.0)
    assert abs(debiased - truth) < 0.004


def test_debiasing_removes_about_two_fifths_of_the_bias_of_a_perfect_model():
    """Per bin the plug-in is E|N(0, s)| = 0.80 s. The draws around it are N(0, 2 s^2), so their mean is 1.13 s, and
    2 x 0.80 - 1.13 = 0.47 is left: 59%. A perfect model is therefore judged by the null band, not by this number.
    """
    plug_in, debiased, truth = errors(shift=0.0)
    assert truth == pytest.approx(0, abs=1e-12)
    assert 0.05 < plug_in < 0.065
    assert debiased / plug_in == pytest.approx(2 - np.sqrt(2), abs=0.03)


def test_top_label_ece():
    p = np.array([[0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.2, 0.65, 0.15], [0.4, 0.4, 0.2]])
    # 0.4 in the bin up to 0.4 and wrong; 0.6, 0.65, 0.7 (mean 0.65) in two bins: right; wrong and right.
    expected = (0.4 + abs(0.6 - 1) + 2 * abs(0.675 - 0.5)) / 4
    assert expected_calibration_error([0, 2, 0, 1], p) == pytest.approx(expected, abs=1e-15)
    two = np.column_stack([1 - p[:, 0], p[:, 0]])
    confidence = two.max(axis=1)
    right = two.argmax(axis=1) == [0, 1, 1, 0]
    assert expected_calibration_error([0, 1, 1, 0], two) == expected_calibration_error(right, confidence)


def test_netcal_agrees_except_on_the_edges_of_its_left_closed_bins():
    from netcal.metrics import ECE

    rng = np.random.default_rng(7)
    p = rng.random(4000)
    y = (rng.random(4000) < p**1.5).astype(int)
    assert ECE(10).measure(p, y) == pytest.approx(expected_calibration_error(y, p), abs=1e-12)
    table = rng.dirichlet([1, 1, 1], 1000)
    labels = rng.integers(0, 3, 1000)
    assert ECE(10).measure(table, labels) == pytest.approx(expected_calibration_error(labels, table), abs=1e-12)
    # p = 0.5 lies in [0.5, 0.6) for netcal and in (0.4, 0.5] here, where the patients with 0.45 are.
    y, p = [1, 1, 0, 0], [0.5, 0.5, 0.45, 0.45]
    assert expected_calibration_error(y, p) == pytest.approx(0.025)
    assert ECE(10).measure(np.array(p), np.array(y)) == pytest.approx(0.475)


@pytest.mark.parametrize("function", [brier_decomposition, corp_decomposition])
def test_decompositions_are_for_one_probability_per_patient(function):
    with pytest.raises(ValueError, match="1 dimension"):
        function([0, 1], [[0.5, 0.5], [0.5, 0.5]])


@pytest.mark.parametrize("function", [brier_score, brier_decomposition, corp_decomposition, expected_calibration_error])
def test_bad_data_are_named(function):
    with pytest.raises(ValueError, match="y_prob must lie between 0 and 1"):
        function([0, 1], [-0.1, 0.5])
    with pytest.raises(ValueError, match="y_true must hold the labels 0 and 1"):
        function([1, 2], [0.1, 0.5])
    with pytest.raises(ValueError, match="y_true"):
        function([1, np.nan], [0.1, 0.5])
    with pytest.raises(ValueError, match="one value per patient"):
        function([1], [0.1, 0.5])


def test_one_hot_labels_are_refused():
    with pytest.raises(ValueError, match="y_true must have 1 dimension"):
        brier_score([[1, 0], [0, 1]], [[0.5, 0.5], [0.5, 0.5]])


# ---- the scaled Brier score ----------------------------------------------------------------------


def test_the_scaled_score_of_the_prevalence_is_0_and_of_the_truth_1():
    y = np.array([0, 0, 0, 1])
    assert scaled_brier_score(y, np.full(4, 0.25)) == pytest.approx(0, abs=1e-15)
    assert scaled_brier_score(y, y) == 1
    assert scaled_brier_score(y, 1 - y) == pytest.approx(1 - 1 / (0.25 * 0.75))
    classes = np.array([0, 1, 2, 2])
    assert scaled_brier_score(classes, np.tile([0.25, 0.25, 0.5], (4, 1))) == pytest.approx(0, abs=1e-15)
    assert scaled_brier_score(classes, np.eye(3)[classes]) == 1


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(10, 300))
def test_the_scaled_score_equals_scikit_learn_and_two_columns_equal_one(seed, n):
    rng = np.random.default_rng(seed)
    p = rng.random(n)
    y = np.r_[0, 1, rng.random(n - 2) < p[2:]].astype(int)
    assert scaled_brier_score(y, p) == pytest.approx(d2_brier_score(y, p), abs=1e-12)
    assert scaled_brier_score(y, np.column_stack([1 - p, p])) == pytest.approx(scaled_brier_score(y, p), abs=1e-12)
    table, classes = rng.dirichlet([1, 1, 1], n), np.r_[0, 1, 2, rng.integers(0, 3, n - 3)]
    assert scaled_brier_score(classes, table) == pytest.approx(d2_brier_score(classes, table), abs=1e-12)


def test_the_scaled_score_of_one_label_does_not_exist():
    with pytest.raises(ValueError, match="only the label 0"):
        scaled_brier_score([0, 0], [0.1, 0.2])
    with pytest.raises(ValueError, match="only the label 2"):
        scaled_brier_score([2, 2], [[0.1, 0.2, 0.7]] * 2)
