"""Prediction sets: hand counts, an oracle in plain loops, the guarantee itself, groups, and three peers."""

import itertools
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax

from benches import drawn
from clinxai_teach.conformal import (
    SplitConformalClassifier,
    average_set_size,
    conformal_calibrate,
    conformal_predict,
    conformal_quantile,
    coverage,
    coverage_law,
)
from clinxai_teach.conformal.classifier import K_REG, LAMBDA, SCORES, _sum_by_pairs, _sum_by_sorting

RULES = [(score, randomized) for score in SCORES for randomized in (False, True)]
patients = partial(drawn.patients, n_classes=4, concentration=0.6)


def sets_of(score, y, p, new, *, alpha=0.1, randomized=False, seed=0, groups=None, new_groups=None):
    classifier = SplitConformalClassifier(alpha, score=score, randomized=randomized, seed=seed)
    return classifier.calibrate(y, p, groups).predict_set(new, new_groups)


# ---- by hand -------------------------------------------------------------------------------------


def test_the_chapter_functions_by_hand():
    """Scores 0.1, 0.4, 0.2, 0.7; alpha 0.4 asks for the 3rd of 4: 0.4. Classes with p >= 0.6 are in the set."""
    p = np.array([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2], [0.3, 0.7]])
    threshold = conformal_calibrate([0, 1, 0, 0], p, alpha=0.4)
    assert threshold == 1 - 0.6
    sets = conformal_predict([[0.6, 0.4], [0.55, 0.45], [0.05, 0.95]], threshold)
    assert sets.dtype == bool
    np.testing.assert_array_equal(sets, [[True, False], [False, False], [False, True]])
    assert conformal_predict(p, np.inf).all()
    assert not conformal_predict(p, 0.0).any()


def test_a_class_on_the_edge_is_treated_alike_in_calibration_and_prediction():
    """1 - (1 - 0.01) is above 0.01: the textbook's p >= 1 - threshold loses the very patient that set the threshold."""
    p = np.array([[0.01, 0.99]])
    threshold = conformal_calibrate([0], p, alpha=0.5)
    assert conformal_predict(p, threshold)[0, 0]
    assert not (p >= 1 - threshold)[0, 0]


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 60), alpha=st.floats(0.02, 0.98), dtype=st.sampled_from("fd"))
def test_enough_calibration_patients_are_covered_by_their_own_sets(seed, n, alpha, dtype):
    y, p = patients(n, seed)
    p = p.astype(dtype)
    for score, randomized in [("lac", False), ("aps", False), ("raps", False)]:
        sets = sets_of(score, y, p, p, alpha=alpha, randomized=randomized)
        assert sets[np.arange(n), y].sum() >= min(n, (n + 1) * (1 - alpha) - 1e-6)
    np.testing.assert_array_equal(
        sets_of("lac", y, p, p, alpha=alpha), conformal_predict(p, conformal_calibrate(y, p, alpha))
    )


@pytest.mark.parametrize(
    ("score", "scores"),
    [
        ("lac", [0.5, 0.8, 0.7, 1]),
        ("aps", [0, 0.8, 0.5, 1]),
        ("raps", [0, 0.8 + 2 * LAMBDA, 0.5 + LAMBDA, 1 + 3 * LAMBDA]),
    ],
)
def test_scores_of_one_patient(score, scores):
    """Probabilities 0.5, 0.2, 0.3, 0. The threshold is set to each score in turn by a single calibration patient."""
    p = np.array([[0.5, 0.2, 0.3, 0.0]])
    assert K_REG == 1
    for label, threshold in enumerate(scores):
        classifier = SplitConformalClassifier(0.5, score=score).calibrate([label], p)
        assert classifier.q_hat_ == pytest.approx(threshold, abs=1e-12)
        np.testing.assert_array_equal(classifier.predict_set(p)[0], np.array(scores) <= threshold + 1e-12)


def oracle(score, p, u):
    """The three rules in plain loops."""
    scores = np.empty_like(p)
    for i, row in enumerate(p):
        above = 0.0
        for place, label in enumerate(sorted(range(len(row)), key=lambda c: -row[c]), start=1):
            scores[i, label] = 1 - row[label] if score == "lac" else above + u[i] * row[label]
            if score == "raps":
                scores[i, label] += LAMBDA * max(0, place - K_REG)
            above += row[label]
    return scores


@pytest.mark.parametrize(("score", "randomized"), RULES)
def test_equals_plain_loops(score, randomized):
    (y, p), (_, new) = patients(80, 1), patients(50, 2)
    u, v = (
        g.random(n) if randomized else np.zeros(n)
        for g, n in zip(np.random.default_rng(5).spawn(2), (80, 50), strict=True)
    )
    q = conformal_quantile(oracle(score, p, u)[np.arange(80), y], 0.2)
    classifier = SplitConformalClassifier(0.2, score=score, randomized=randomized, seed=5).calibrate(y, p)
    np.testing.assert_allclose(classifier.scores_, oracle(score, p, u)[np.arange(80), y], atol=1e-15)
    assert classifier.q_hat_ == pytest.approx(q, abs=1e-15)
    np.testing.assert_array_equal(classifier.predict_set(new), oracle(score, new, v) <= q)


# ---- the guarantee -------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(2, 25),
    alpha=st.sampled_from([0.05, 0.1, 0.2, 0.5]),
    score=st.sampled_from(SCORES),
    ties=st.booleans(),
    kind=st.sampled_from([None, "class", "label"]),
)
def test_exchangeability_exactly(seed, n, alpha, score, ties, kind):
    """Let each patient in turn be the new one. Over the turns at least 1 - alpha are covered, whatever the data.

    This is the guarantee itself, with no simulation: exchangeable patients are equally likely to be the new one. It
    holds within each group and each class when these have their own thresholds, also with ties.
    """
    y, p = patients(n, seed, n_classes=3)
    if ties:
        p = np.round(p * 2) + 1
        p = p / p.sum(axis=1, keepdims=True)
    labels = np.random.default_rng(seed).choice(["F", "M"], n)
    hits = np.zeros(n, bool)
    for i in range(n):
        rest = np.arange(n) != i
        groups, new_groups = {None: (None, None), "class": ("class", "class"), "label": (labels[rest], labels[[i]])}[
            kind
        ]
        if kind == "label" and labels[i] not in labels[rest]:
            hits[i] = True  # unseen: refused, not mistaken
            continue
        new = sets_of(score, y[rest], p[rest], p[[i]], alpha=alpha, groups=groups, new_groups=new_groups)
        hits[i] = new[0, y[i]]
    parts = {None: np.zeros(n, int), "class": y, "label": labels}[kind]
    for part in np.unique(parts):
        inside = hits[parts == part]
        assert inside.sum() >= (1 - alpha) * len(inside) - 1e-9


@pytest.mark.parametrize(("score", "randomized"), RULES)
@pytest.mark.parametrize("n", [20, 100])
def test_simulated_coverage_is_k_over_n_plus_one(score, randomized, n):
    """Mean over 300 draws within 3 standard errors; 100 new patients each."""
    covered = []
    for trial in range(300):
        (y, p), (z, new) = patients(n, 2 * trial), patients(100, 2 * trial + 1)
        covered.append(coverage(z, sets_of(score, y, p, new, randomized=randomized, seed=trial)))
    standard_error = np.std(covered) / np.sqrt(len(covered))
    assert abs(np.mean(covered) - coverage_law(n, 0.1).mean()) < 3 * standard_error


def test_randomization_reaches_the_goal_where_the_model_is_right_more_often():
    """The model is right in 97 of 100 patients. Only by chance can sets of whole classes miss as often as allowed."""
    rng = np.random.default_rng(0)
    y, z = ((rng.random(n) < 0.97).astype(int) for n in (999, 5000))
    p, new = np.tile([0.4, 0.6], (999, 1)), np.tile([0.4, 0.6], (5000, 1))
    assert coverage(z, sets_of("aps", y, p, new)) == z.mean()
    assert coverage(z, sets_of("aps", y, p, new, randomized=True)) == pytest.approx(0.9, abs=0.03)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), score=st.sampled_from(["aps", "raps"]), alpha=st.floats(0.01, 0.99))
def test_aps_and_raps_are_the_likeliest_classes_and_never_empty(seed, score, alpha):
    (y, p), (_, new) = patients(30, seed), patients(50, seed + 1)
    sets = sets_of(score, y, p, new, alpha=alpha)
    sorted_sets = np.take_along_axis(sets, np.argsort(-new, axis=1), axis=1)
    assert sorted_sets[:, 0].all()
    assert (sorted_sets[:, :-1] >= sorted_sets[:, 1:]).all()


def test_sizes_follow_the_design_of_the_scores():
    """With right probabilities lac has the smallest sets; raps cuts the largest ones; all cover the same."""
    (y, p), (_, new) = patients(1000, 3, n_classes=10), patients(3000, 4, n_classes=10)
    size = {score: average_set_size(sets_of(score, y, p, new)) for score in SCORES}
    assert size["lac"] == min(size.values())
    rng = np.random.default_rng(0)
    y = rng.integers(0, 100, 4000)
    p = softmax(rng.normal(size=(4000, 100)) * 1.5 + 4 * np.eye(100)[y], axis=1)
    largest = {}
    for score in ("aps", "raps"):
        sets = sets_of(score, y[:1000], p[:1000], p[1000:])
        assert coverage(y[1000:], sets) == pytest.approx(0.9, abs=0.025)
        largest[score] = sets.sum(axis=1).max()
    assert largest["raps"] < largest["aps"]


# ---- properties ----------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    rule=st.sampled_from(RULES),
    alphas=st.lists(st.floats(0.005, 0.9), min_size=2, max_size=4).map(sorted),
    groups=st.sampled_from([None, "class"]),
)
def test_sets_grow_as_alpha_falls(seed, rule, alphas, groups):
    (y, p), (_, new) = patients(60, seed), patients(30, seed + 1)
    nested = [
        sets_of(rule[0], y, p, new, alpha=alpha, randomized=rule[1], groups=groups, new_groups=groups)
        for alpha in alphas
    ]
    for larger, smaller in itertools.pairwise(nested):
        assert (larger >= smaller).all()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), score=st.sampled_from(SCORES))
def test_order_of_patients_and_names_of_classes_do_not_matter(seed, score):
    (y, p), (_, new) = patients(40, seed), patients(20, seed + 1)
    sets = sets_of(score, y, p, new)
    rng = np.random.default_rng(seed)
    order, new_order, classes = rng.permutation(40), rng.permutation(20), rng.permutation(4)
    renamed = np.argsort(classes)[y]
    again = sets_of(score, renamed[order], p[order][:, classes], new[new_order][:, classes])
    np.testing.assert_array_equal(again, sets[new_order][:, classes])
    alone = np.vstack([sets_of(score, y, p, new[[i]]) for i in range(20)])
    np.testing.assert_array_equal(alone, sets)  # nobody's set depends on the others who are predicted


def test_seeds_and_global_state():
    (y, p), (_, new) = patients(50, 1), patients(40, 2)
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    classifier = SplitConformalClassifier(score="aps", randomized=True, seed=3).calibrate(y, p)
    sets = classifier.predict_set(new)
    np.testing.assert_array_equal(classifier.predict_set(new), sets)  # the same in each call
    np.testing.assert_array_equal(classifier.predict_set(new[:7]), sets[:7])  # by row
    np.testing.assert_array_equal(classifier.calibrate(y, p).predict_set(new), sets)
    np.testing.assert_array_equal(sets_of("aps", y, p, new, randomized=True, seed=np.random.default_rng(3)), sets)
    assert not np.array_equal(sets_of("aps", y, p, new, randomized=True, seed=4), sets)
    fresh = [sets_of("aps", y, p, new, randomized=True, seed=None) for _ in range(2)]
    assert not np.array_equal(*fresh)
    assert np.array_equal(state, np.random.get_state()[1])  # noqa: NPY002
    np.testing.assert_array_equal(sets_of("lac", y, p, new, randomized=True), sets_of("lac", y, p, new))


def test_float32_probabilities_and_lists():
    (y, p), (_, new) = patients(50, 1), patients(40, 2)
    p32, new32 = p.astype(np.float32), new.astype(np.float32)
    np.testing.assert_array_equal(sets_of("aps", y, p32, new32), sets_of("aps", list(y), p32.tolist(), new32.tolist()))


# ---- groups --------------------------------------------------------------------------------------


@pytest.mark.parametrize("score", SCORES)
def test_groups_are_separate_calibrations(score):
    (y, p), (_, new) = patients(90, 1), patients(40, 2)
    groups, new_groups = (
        np.array(["young", "old", None])[np.arange(90) % 2],
        np.array(["young", "old"])[np.arange(40) % 2],
    )
    sets = sets_of(score, y, p, new, groups=groups, new_groups=new_groups)
    for group in ("young", "old"):
        alone = sets_of(score, y[groups == group], p[groups == group], new[new_groups == group])
        np.testing.assert_array_equal(sets[new_groups == group], alone)


def test_class_conditional_by_hand_and_a_class_that_was_never_seen():
    """Class 0 has scores 0.1 to 0.4 and alpha 0.4 takes the 3rd; class 1 has one patient, class 2 none: infinity."""
    p0 = np.array([0.9, 0.8, 0.7, 0.6, 0.3])
    p = np.column_stack([p0, 1 - p0, np.zeros(5)])
    classifier = SplitConformalClassifier(0.4).calibrate([0, 0, 0, 0, 1], p, groups="class")
    assert classifier.q_hat_ == {0: pytest.approx(0.3), 1: np.inf, 2: np.inf}
    sets = classifier.predict_set([[0.71, 0.29, 0], [0.69, 0.31, 0]], groups="class")
    np.testing.assert_array_equal(sets, [[True, True, True], [False, True, True]])


def test_a_small_group_gets_all_classes():
    (y, p), (_, new) = patients(60, 1), patients(4, 2)
    groups = np.r_[np.zeros(52), np.ones(8)]  # 8 patients cannot promise 90%
    classifier = SplitConformalClassifier().calibrate(y, p, groups)
    assert classifier.q_hat_[1] == np.inf
    assert classifier.predict_set(new, [1, 1, 1, 1]).all()
    assert not classifier.predict_set(new, [0, 0, 0, 0]).all()


def test_marginal_coverage_hides_a_class_and_class_conditional_repairs_it():
    """A rare class that the model doubts is covered far below 1 - alpha; its own threshold brings it back."""
    rng = np.random.default_rng(0)
    y = (rng.random(6000) < 0.2).astype(int)
    p1 = np.clip(0.2 + 0.15 * y + rng.normal(0, 0.1, 6000), 0.01, 0.99)
    p, half = np.column_stack([1 - p1, p1]), 3000
    marginal = sets_of("lac", y[:half], p[:half], p[half:])
    repaired = sets_of("lac", y[:half], p[:half], p[half:], groups="class", new_groups="class")
    ill = y[half:] == 1
    assert coverage(y[half:], marginal) == pytest.approx(0.9, abs=0.02)
    assert coverage(y[half:][ill], marginal[ill]) < 0.6
    for part in (ill, ~ill):
        assert coverage(y[half:][part], repaired[part]) == pytest.approx(0.9, abs=0.03)
    assert average_set_size(repaired) > average_set_size(marginal)


# ---- refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("calibrated", "given", "message"),
    [
        (None, ["a", "a"], "groups was None in calibrate and is a label per patient"),
        (None, "class", "groups was None in calibrate and is class"),
        ("class", None, "groups was class in calibrate and is None"),
        ("class", ["a", "a"], "groups was class"),
        (["a", "b"] * 10, None, "groups was a label per patient in calibrate and is None"),
        (["a", "b"] * 10, "class", "and is class"),
        (["a", "b"] * 10, ["a", "z"], "not there in calibrate: z"),
        (["a", "b"] * 10, ["a"], r"one label per patient \(2\)"),
        (["a", "b"] * 10, ["a", None], "missing label"),
        (["a", "b"] * 10, "sex", "'sex'"),
    ],
)
def test_groups_must_match(calibrated, given, message):
    (y, p), (_, new) = patients(20, 1), patients(2, 2)
    classifier = SplitConformalClassifier().calibrate(y, p, calibrated)
    with pytest.raises(ValueError, match=message):
        classifier.predict_set(new, given)


Y, P = patients(20, 1)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: SplitConformalClassifier(1.0), ValueError, "alpha must be a number strictly between"),
        (lambda: SplitConformalClassifier(score="thr"), ValueError, "score must be one of 'lac', 'aps', 'raps'"),
        (lambda: SplitConformalClassifier().predict_set(P), ValueError, "Call calibrate"),
        (lambda: SplitConformalClassifier(seed="a").calibrate(Y, P), TypeError, "seed"),
        (lambda: SplitConformalClassifier().calibrate(Y[:3], P), ValueError, r"one label per row \(20\)"),
        (lambda: SplitConformalClassifier().calibrate(Y + 1, P), ValueError, "whole numbers from 0 to 3"),
        (lambda: SplitConformalClassifier().calibrate(Y, P, "age"), ValueError, "groups must be None"),
        (lambda: SplitConformalClassifier().calibrate(Y, P[:, 0]), ValueError, r"np\.column_stack\(\[1 - p, p\]\)"),
        (lambda: SplitConformalClassifier().calibrate(Y, P).predict_set(P[:, :2] * 0 + 0.5), ValueError, "4 columns"),
        (lambda: SplitConformalClassifier().calibrate(Y, np.log(P)), ValueError, "Pass probabilities, not logits"),
        (lambda: conformal_calibrate(Y, P[:, :1]), ValueError, "one column per class, but has only one"),
        (lambda: conformal_calibrate(Y, P / 2), ValueError, "sum to 1"),
        (lambda: conformal_predict(P, np.nan), TypeError, "threshold must be a number"),
        (lambda: conformal_predict(P, "0.5"), TypeError, "threshold must be a number"),
        (lambda: conformal_predict(P, 90), ValueError, "from 0 to 1, or infinity, but got 90. It is no percentage"),
        (lambda: conformal_predict(P, 1.01), ValueError, "from 0 to 1, or infinity, but got 1.01"),
        (lambda: conformal_predict(P, -0.01), ValueError, "from 0 to 1, or infinity, but got -0.01"),
        (lambda: conformal_predict(P, -np.inf), ValueError, "from 0 to 1, or infinity, but got -inf"),
    ],
)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_failed_calibration_changes_nothing():
    classifier = SplitConformalClassifier().calibrate(Y, P)
    before = classifier.predict_set(P)
    with pytest.raises(ValueError, match="missing"):
        classifier.calibrate(Y, P, [None] * 20)
    np.testing.assert_array_equal(classifier.predict_set(P), before)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), n_classes=st.integers(2, 25), digits=st.sampled_from([1, 17]))
def test_comparing_pairs_and_sorting_give_the_same_sums(seed, n_classes, digits):
    """Ties included: of two equally likely classes the first lies above."""
    p = np.round(np.random.default_rng(seed).dirichlet(np.ones(n_classes), 30), digits)
    for worth in (p, np.ones_like(p)):
        by_pairs, by_sorting = _sum_by_pairs(p, worth), _sum_by_sorting(p, worth)
        np.testing.assert_allclose(by_pairs, by_sorting, atol=1e-14)
        slow = [
            [row[[j for j in range(n_classes) if (-q[j], j) < (-q[c], c)]].sum() for c in range(n_classes)]
            for q, row in zip(p, worth, strict=True)
        ]
        np.testing.assert_allclose(by_pairs, slow, atol=1e-14)


def test_more_patients_than_fit_the_cache_are_taken_in_pieces():
    p = np.random.default_rng(0).dirichlet(np.ones(4), 9000)
    np.testing.assert_allclose(_sum_by_pairs(p, p), _sum_by_sorting(p, p), atol=1e-14)
