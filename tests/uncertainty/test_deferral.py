"""Deferral: curves counted by hand, ties, AURC's exact values, and what deferring does to sensitivity."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinxai_teach.uncertainty import deferral_curve, risk_coverage_curve

# ---- risk and coverage ---------------------------------------------------------------------------


def test_counted_by_hand():
    """Sorted by doubt the errors are 0, 1, 0, 0."""
    curve = risk_coverage_curve([1, 0, 0, 0], [0.2, 0.1, 0.4, 0.3])
    np.testing.assert_allclose(curve.coverage, [0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(curve.risk, [0, 1 / 2, 1 / 3, 1 / 4])
    assert curve.aurc == pytest.approx(np.mean([0, 1 / 2, 1 / 3, 1 / 4]), abs=1e-15)


def test_the_best_and_the_worst_order():
    """With e errors among n, the best doubt puts them last and the worst first (closed forms)."""
    n, e = 10, 3
    errors = np.r_[np.ones(e), np.zeros(n - e)]
    best = risk_coverage_curve(errors, errors).aurc
    worst = risk_coverage_curve(errors, -errors).aurc
    k = np.arange(1, n + 1)
    assert best == pytest.approx(np.mean(np.maximum(0, k - (n - e)) / k))
    assert worst == pytest.approx(np.mean(np.minimum(k, e) / k))


def test_doubt_that_says_nothing_has_the_overall_error_rate_everywhere():
    curve = risk_coverage_curve([1, 0, 0, 1, 0], np.full(5, 0.7))
    np.testing.assert_allclose(curve.risk, 0.4)
    assert curve.aurc == pytest.approx(0.4)


def test_ties_give_the_mean_over_all_orders():
    errors, doubt = np.array([1.0, 0, 0, 1, 0]), np.array([1, 1, 1, 2, 2])
    risks = [
        np.cumsum(errors[list(first + second)]) / np.arange(1, 6)
        for first in itertools.permutations(range(3))
        for second in itertools.permutations((3, 4))
    ]
    np.testing.assert_allclose(risk_coverage_curve(errors, doubt).risk, np.mean(risks, axis=0))


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 40), levels=st.integers(1, 40))
def test_properties_of_the_curve(seed, n, levels):
    rng = np.random.default_rng(seed)
    errors, doubt = rng.integers(0, 2, n), rng.integers(0, levels, n)
    curve = risk_coverage_curve(errors, doubt)
    order = rng.permutation(n)
    again = risk_coverage_curve(errors[order], np.exp(doubt[order] / 10))  # only the order of doubt counts
    np.testing.assert_allclose(again.risk, curve.risk)
    assert curve.risk[-1] == pytest.approx(errors.mean())
    assert ((curve.risk >= 0) & (curve.risk <= 1)).all()
    assert curve.aurc == pytest.approx(curve.risk.mean())
    if len(set(doubt)) == n:
        np.testing.assert_allclose(curve.risk, np.cumsum(errors[doubt.argsort()]) / np.arange(1, n + 1))


def test_the_mean_over_random_doubt_is_the_error_rate():
    rng = np.random.default_rng(0)
    errors = np.r_[np.ones(20), np.zeros(80)]
    aurcs = [risk_coverage_curve(errors, rng.random(100)).aurc for _ in range(2000)]
    assert abs(np.mean(aurcs) - 0.2) < 3 * np.std(aurcs) / np.sqrt(2000)


# ---- deferral ------------------------------------------------------------------------------------

Y = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
P = np.array([0.9, 0.6, 0.4, 0.7, 0.3, 0.2, 0.1, 0.1, 0.05, 0.05])
DOUBT = -np.abs(P - 0.5)


def test_deferral_counted_by_hand():
    """Deferring the four nearest to 0.5 (0.6, 0.4, 0.7, 0.3) leaves one ill and five healthy patients, all right."""
    curve = deferral_curve(Y, P, DOUBT, fractions=[0, 0.2, 0.4])
    np.testing.assert_array_equal(curve.fraction, [0, 0.2, 0.4])
    np.testing.assert_allclose(curve.accuracy, [8 / 10, 7 / 8, 1])
    np.testing.assert_allclose(curve.sensitivity, [2 / 3, 1, 1])
    np.testing.assert_allclose(curve.specificity, [6 / 7, 6 / 7, 1])


def test_nobody_left_to_count_is_nan():
    curve = deferral_curve(Y, P, Y, fractions=[0.3, 1])  # all ill patients go first
    np.testing.assert_array_equal(np.isnan(curve.sensitivity), [True, True])
    np.testing.assert_array_equal(np.isnan(curve.specificity), [False, True])
    np.testing.assert_array_equal(np.isnan(curve.accuracy), [False, True])


def test_accuracy_can_rise_while_sensitivity_falls():
    """The uncertain are the ill: deferring them leaves an easy, healthy crowd and the ill patients that are missed."""
    y = np.r_[np.ones(20), np.zeros(80)]
    p = np.r_[np.full(10, 0.55), np.full(10, 0.1), np.full(80, 0.1)]
    curve = deferral_curve(y, p, -np.abs(p - 0.5), fractions=[0, 0.05, 0.1])
    assert curve.accuracy[0] == pytest.approx(0.9)
    np.testing.assert_allclose(curve.sensitivity, [0.5, 5 / 15, 0])


def test_threshold_is_inclusive():
    assert deferral_curve([1, 0], [0.3, 0.2], [0, 0], fractions=0, threshold=0.3).accuracy == [1.0]


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 30), levels=st.integers(1, 30), fraction=st.floats(0, 1))
def test_partial_ties_are_the_expected_counts(seed, n, levels, fraction):
    rng = np.random.default_rng(seed)
    y, p, doubt = rng.integers(0, 2, n), rng.random(n), rng.integers(0, levels, n)
    curve = deferral_curve(y, p, doubt, fractions=[fraction])
    kept = n - round(fraction * n)
    chance = np.array([np.clip((kept - (doubt < d).sum()) / (doubt == d).sum(), 0, 1) for d in doubt])
    assert chance.sum() == pytest.approx(kept)
    right = (p >= 0.5) == y
    for value, among in ((curve.accuracy, y >= 0), (curve.sensitivity, y == 1), (curve.specificity, y == 0)):
        total = chance[among].sum()
        expected = chance[among & right].sum() / total if total else np.nan
        np.testing.assert_allclose(value, [expected], atol=1e-12)
    order = rng.permutation(n)
    np.testing.assert_allclose(
        deferral_curve(y[order], p[order], doubt[order], fractions=[fraction]).accuracy, curve.accuracy
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: risk_coverage_curve([0, 1], [1]), "uncertainty needs one value per patient"),
        (lambda: risk_coverage_curve([0, np.nan], [1, 2]), "errors holds NaN"),
        (lambda: risk_coverage_curve([], []), "errors is empty"),
        (lambda: deferral_curve([0, 1], [0.1, 0.9], [1], fractions=[0]), "uncertainty needs one value"),
        (lambda: deferral_curve([0, 2], [0.1, 0.9], [1, 1], fractions=[0]), "y_true must hold"),
        (
            lambda: deferral_curve([0, 1], [0.1, 0.9], [1, 1], fractions=[20]),
            "fractions must be a number from 0 to 1, but got 20.0. For 20% pass 0.2",
        ),
        (
            lambda: deferral_curve([0, 1], [0.1, 0.9], [1, 1], fractions=[0], threshold=1),
            "threshold must be a number strictly between",
        ),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---- the definitions, written slowly ---------------------------------------------------------------


def slow_risk(errors, doubt):
    """Replace each loss by the mean of those with the same doubt, then add up in the order of doubt."""
    errors, doubt = np.asarray(errors, dtype=float), np.asarray(doubt, dtype=float)
    order = np.argsort(doubt)
    mean = [errors[doubt == doubt[i]].mean() for i in order]
    return np.cumsum(mean) / np.arange(1, len(errors) + 1)


@settings(max_examples=200, deadline=None)
@given(
    patients=st.lists(
        st.tuples(
            st.sampled_from([0.0, 1.0]), st.one_of(st.floats(-3, 3), st.sampled_from([-1.0, -0.0, 0.0, 0.5, 2.0]))
        ),
        min_size=1,
        max_size=40,
    ),
    scale=st.sampled_from([1, 0.3, -2]),
)
def test_ties_signs_and_losses_of_any_kind(patients, scale):
    """Losses of 0 and 1 take another way than others; both ways give the definition."""
    errors, doubt = np.array(patients).T
    np.testing.assert_allclose(risk_coverage_curve(errors, doubt).risk, slow_risk(errors, doubt), atol=1e-13)
    scaled = scale * errors + 0.1 * (scale != 1)
    np.testing.assert_allclose(risk_coverage_curve(scaled, doubt).risk, slow_risk(scaled, doubt), atol=1e-13)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 30), levels=st.integers(1, 8))
def test_a_tie_that_is_partly_deferred_counts_in_part(seed, n, levels):
    """The expected accuracy when chance picks among the patients at the border, by counting levels."""
    rng = np.random.default_rng(seed)
    y, p, doubt = rng.integers(0, 2, n), rng.random(n), rng.integers(0, levels, n) - 2
    fractions = [0, 0.2, 0.5, 0.81, 1]
    curve = deferral_curve(y, p, doubt, fractions=fractions)
    right = (p >= 0.5) == y
    for fraction, accuracy in zip(fractions, curve.accuracy, strict=True):
        kept, weight = n - round(fraction * n), np.zeros(n)
        for level in range(-2, levels):
            here = doubt == level
            if here.any():
                weight[here] = min(1, kept / here.sum())
                kept = max(0, kept - here.sum())
        expected = weight @ right / weight.sum() if weight.sum() else np.nan
        np.testing.assert_allclose(accuracy, expected, atol=1e-13)
