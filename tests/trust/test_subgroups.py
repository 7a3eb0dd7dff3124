"""The subgroup table: every number again in plain loops, what the intervals cover, and what is found by chance."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import chi2
from sklearn.metrics import brier_score_loss, recall_score, roc_auc_score

from clinxai_teach.calibration import (
    brier_score,
    calibration_null_band,
    calibration_slope_intercept,
    expected_calibration_error,
    observed_expected_ratio,
)
from clinxai_teach.intervals import ece_interval, wilson_interval
from clinxai_teach.trust import miscalibrated_groups, subgroup_report, subgroup_text
from clinxai_teach.trust.bootstrap import (
    resample_counts,
    resampled_auc,
    resampled_gaps,
    resampled_measures,
    resampled_ratio,
    resampled_slope,
)
from clinxai_teach.trust.subgroups import MEASURES, holm, measure_group


def patients(seed, n=3000, n_groups=3, shift=0.0, spread=1.2):
    """Draw outcomes, probabilities and groups; in group 0 the log-odds are too low by `shift`."""
    rng = np.random.default_rng(seed)
    z, groups = rng.normal(-1.5, spread, n), rng.integers(0, n_groups, n)
    y = (rng.random(n) < expit(z + shift * (groups == 0))).astype(int)
    return y, expit(z), groups


# ---- the numbers ---------------------------------------------------------------------------------


def test_every_estimate_equals_the_public_helpers_and_scikit_learn():
    y, p, groups = patients(0)
    table = subgroup_report(y, p, groups, threshold=0.3, n_bootstrap=20)
    assert list(table.index) == ["overall", 0, 1, 2]
    for name, row in table.iterrows():
        rows = np.full(len(y), True) if name == "overall" else groups == name
        assert (row.n, row.events) == (rows.sum(), y[rows].sum())
        assert row.auc == pytest.approx(roc_auc_score(y[rows], p[rows]), abs=1e-12)
        assert row.sensitivity == pytest.approx(recall_score(y[rows], p[rows] >= 0.3), abs=1e-12)
        assert row.oe == pytest.approx(observed_expected_ratio(y[rows], p[rows]), rel=1e-12)
        assert row.slope == pytest.approx(calibration_slope_intercept(y[rows], p[rows]).slope, rel=1e-9)
        assert row.ece == pytest.approx(expected_calibration_error(y[rows], p[rows]), abs=1e-12)
        assert row.brier == pytest.approx(brier_score_loss(y[rows], p[rows]), abs=1e-12)
        assert (row.sensitivity_low, row.sensitivity_high) == pytest.approx(
            wilson_interval(y[rows][p[rows] >= 0.3].sum(), y[rows].sum())
        )


def test_each_resample_is_measured_as_if_its_patients_were_copied():
    """The batched formulas on counts against the public helpers on the patients that were drawn, ties included."""
    rng = np.random.default_rng(1)
    p = np.round(expit(rng.normal(-1, 1.2, 80)), 1).clip(0.05, 0.95)
    y = (rng.random(80) < p).astype(float)
    bin_of = np.searchsorted(np.linspace(0, 1, 11)[1:-1], p)
    counts = resample_counts(80, 25, np.random.default_rng(2))
    np.testing.assert_array_equal(counts.sum(1), 80)
    auc, slope, ratio = (measure(y, p, counts) for measure in (resampled_auc, resampled_slope, resampled_ratio))
    gaps = resampled_gaps(y, p, counts, bin_of, 10)
    for b, drawn in enumerate(counts.astype(int)):
        copied_y, copied_p = np.repeat(y, drawn), np.repeat(p, drawn)
        assert auc[b] == pytest.approx(roc_auc_score(copied_y, copied_p), abs=1e-12)
        assert slope[b] == pytest.approx(calibration_slope_intercept(copied_y, copied_p).slope, abs=1e-9)
        assert ratio[b] == pytest.approx(observed_expected_ratio(copied_y, copied_p), rel=1e-12)
        assert np.abs(gaps[b]).sum() == pytest.approx(expected_calibration_error(copied_y, copied_p), abs=1e-12)
    whole = resampled_measures(y, p, p, bin_of, 10, n_resamples=25, generator=np.random.default_rng(2))
    np.testing.assert_allclose(whole["auc"], auc)
    np.testing.assert_allclose(whole["brier"][3], brier_score(*(np.repeat(v, counts[3].astype(int)) for v in (y, p))))


def test_resamples_without_a_value_are_nan():
    y, p = np.array([1.0, 0, 0, 0]), np.array([0.6, 0.2, 0.3, 0.7])
    counts = np.array([[0, 2, 1, 1], [2, 1, 1, 0], [1, 1, 1, 1]], dtype=float)
    assert np.isnan(resampled_auc(y, p, counts)[0])
    assert resampled_auc(y, p, counts)[1:].tolist() == pytest.approx([1, 2 / 3])
    slopes = resampled_slope(y, p, counts)
    assert np.isnan(slopes[:2]).all()  # one outcome only; perfectly separated
    assert slopes[2] == pytest.approx(calibration_slope_intercept(y, p).slope)
    assert np.isnan(resampled_slope(y, np.array([0.6, 0, 0.3, 0.7]), counts)).all()
    assert np.isnan(resampled_slope(y, np.full(4, 0.5), counts)).all()


def test_the_interval_is_that_of_a_plain_loop():
    """O/E of one group: log scale, 1.96 standard errors of resamples drawn one by one."""
    y, p, groups = patients(3, n=900)
    row = subgroup_report(y, p, groups, n_bootstrap=4000).loc[1]
    y, p = y[groups == 1], p[groups == 1]
    rng = np.random.default_rng(9)
    logs = []
    for _ in range(4000):
        drawn = rng.integers(0, len(y), len(y))
        logs.append(np.log(y[drawn].sum() / p[drawn].sum()))
    half = 1.96 * np.std(logs)
    assert row.oe_low == pytest.approx(row.oe * np.exp(-half), rel=0.01)
    assert row.oe_high == pytest.approx(row.oe * np.exp(half), rel=0.01)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(1, 60),
    n_groups=st.integers(1, 4),
    decimals=st.integers(0, 3),
)
def test_estimates_lie_in_their_intervals_and_order_and_names_do_not_matter(seed, n, n_groups, decimals):
    rng = np.random.default_rng(seed)
    p, groups = rng.random(n).round(decimals), rng.integers(0, n_groups, n)
    y = (rng.random(n) < 0.3).astype(int)
    table = subgroup_report(y, p, groups, n_bootstrap=30)
    for name in MEASURES:
        estimate, low, high = (table[name + end] for end in ("", "_low", "_high"))
        known = low.notna()
        assert (low <= estimate + 1e-12)[known].all()
        assert (estimate <= high + 1e-12)[known].all()
        if name not in ("oe", "slope"):
            assert (low[known] >= 0).all()
            assert (high[known] <= 1).all()
    order = rng.permutation(n)
    pd.testing.assert_frame_equal(subgroup_report(y[order], p[order], groups[order], n_bootstrap=30), table)
    renamed = subgroup_report(y, p, np.array(list("abcd"))[groups], n_bootstrap=30)
    np.testing.assert_array_equal(renamed.to_numpy(float), table.to_numpy(float))
    assert (table.n[1:].sum(), table.events[1:].sum()) == (n, y.sum())


def test_seed_and_generator_repeat():
    y, p, groups = patients(4, n=300)
    first = subgroup_report(y, p, groups, n_bootstrap=30, seed=3)
    pd.testing.assert_frame_equal(subgroup_report(y, p, groups, n_bootstrap=30, seed=3), first)
    again = subgroup_report(y, p, groups, n_bootstrap=30, seed=np.random.default_rng(3))
    pd.testing.assert_frame_equal(again, first)
    assert not subgroup_report(y, p, groups, n_bootstrap=30, seed=4).equals(first)


# ---- what is too little --------------------------------------------------------------------------


def test_too_few_events_or_too_few_without_are_insufficient_and_no_estimate_is_shown():
    y = np.concatenate([np.ones(100), np.zeros(100), np.ones(99), np.zeros(400), np.ones(400), np.zeros(99)])
    groups = np.repeat(["enough", "few events", "few without"], [200, 499, 499])
    p = np.full(len(y), 0.4) + np.linspace(0, 0.1, len(y))
    table = subgroup_report(y, p, groups, n_bootstrap=50)
    assert table.insufficient.to_dict() == {
        "overall": False,
        "enough": False,
        "few events": True,
        "few without": True,
    }
    text = subgroup_text(table)
    row = table.loc["few events"]
    assert text.loc["few events", "O/E"] == f"({row.oe_low:.2f} to {row.oe_high:.2f})"
    assert text["enough data?"].tolist() == ["yes", "yes", "insufficient data", "insufficient data"]
    assert not text.drop(columns="enough data?").stack().str.contains("insufficient").any()  # it is said once in a row
    assert f"{table.loc['enough'].oe:.2f} (" in text.loc["enough", "O/E"]
    for name, decimals in MEASURES.items():
        shown = text.rename(columns={"AUC": "auc", "O/E": "oe", "ECE": "ece", "Brier": "brier"})
        interval = f"({row[name + '_low']:.{decimals}f} to {row[name + '_high']:.{decimals}f})"
        assert shown.loc["few events", name] == (
            interval if name != "slope" else "not estimable"
        )  # p sorts y perfectly
    assert text.loc["overall", ["n", "events"]].tolist() == ["1,198", "599"]


def test_where_a_measure_does_not_exist():
    table = subgroup_report([0, 0, 0, 1, 1], [0.1, 0.2, 0.0, 0.4, 1.0], ["a", "a", "a", "b", "b"], n_bootstrap=50)
    healthy, ill = table.loc["a"], table.loc["b"]
    assert np.isnan([healthy.auc, healthy.sensitivity, healthy.slope, ill.auc, ill.slope]).all()
    assert healthy.oe == 0
    assert healthy.oe_low == 0
    assert healthy.oe_high == pytest.approx(-np.log(0.025) / 0.3)  # P(no event | this many expected) = 2.5%
    assert subgroup_text(table).loc["a", "AUC"] == "not estimable"
    zero = subgroup_report([0, 1], [0.0, 0.0], [1, 1], n_bootstrap=20).loc[1]
    assert np.isnan(zero.oe)


def test_a_perfect_model_is_not_certain():
    """All resamples give AUC 1 and Brier 0, which would be an interval of no width. Wilson's has one."""
    y = np.repeat([0, 1], [150, 120])
    row = subgroup_report(y, y, np.full(270, "all of them"), n_bootstrap=20).loc["overall"]
    assert (row.auc, row.brier) == (1, 0)
    assert row.auc_low == pytest.approx(wilson_interval(120, 120)[0])
    assert row.auc_high == 1
    assert (row.brier_low, row.brier_high) == pytest.approx((0, wilson_interval(0, 270)[1]))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"groups": [1, 2]}, ValueError, "groups needs one label per patient"),
        ({"groups": [1, None, 2, 3]}, ValueError, "missing label"),
        ({"groups": ["overall", "b", "b", "b"]}, ValueError, '"overall"'),
        ({"y_prob": [0.1, 0.2, 0.3, 1.3]}, ValueError, "y_prob must lie between 0 and 1"),
        ({"y_true": [0, 1, 2, 1]}, ValueError, "y_true must hold the labels 0 and 1"),
        ({"threshold": 1.0}, ValueError, "threshold must be a number strictly"),
        ({"n_bootstrap": 5}, ValueError, "n_bootstrap must be at least 10"),
        ({"n_bootstrap": 20.0}, TypeError, "n_bootstrap must be a whole number"),
        ({"seed": "x"}, TypeError, "seed"),
    ],
)
def test_bad_arguments_are_named(change, error, message):
    good = {"y_true": [0, 1, 0, 1], "y_prob": [0.1, 0.2, 0.3, 0.4], "groups": [1, 1, 2, 2], "n_bootstrap": 10}
    subgroup_report(**good)
    with pytest.raises(error, match=message):
        subgroup_report(**{**good, **change})


# ---- what the intervals cover --------------------------------------------------------------------


@pytest.mark.parametrize(("slope", "shift", "seed"), [(1.0, 0.0, 5), (0.7, 0.3, 6)])
def test_intervals_cover_the_truth_in_at_least_93_of_100_simulations(slope, shift, seed):
    """A calibrated and a miscalibrated model, 500 patients (100 to 150 events) each time."""
    rng = np.random.default_rng(seed)
    z = rng.normal(-1.7, 1.3, 1_000_000)
    risk, p = expit(slope * z + shift), expit(z)
    order = np.argsort(p)
    without_before = np.cumsum((1 - risk)[order])
    bins = np.searchsorted(np.linspace(0, 1, 11)[1:-1], p)
    truth = {
        "auc": (risk[order] * without_before).sum() / (risk.sum() * (1 - risk).sum()),
        "sensitivity": risk[p >= 0.3].sum() / risk.sum(),
        "oe": risk.sum() / p.sum(),
        "slope": slope,
        "ece": np.abs(np.bincount(bins, weights=p - risk)).sum() / len(p),
        "brier": np.mean(risk * (1 - p) ** 2 + (1 - risk) * p**2),
    }
    if slope == 1:
        truth["ece"] = 0.0
    inside = dict.fromkeys(truth, 0)
    simulations = 1000
    for _ in range(simulations):
        z = rng.normal(-1.7, 1.3, 500)
        y = (rng.random(500) < expit(slope * z + shift)).astype(int)
        row = measure_group(y.astype(float), expit(z), 0.3, 0.0, 200, rng)  # what a row of the table is
        for name, value in truth.items():
            inside[name] += row[f"{name}_low"] <= value <= row[f"{name}_high"]
    covered = {name: count / simulations for name, count in inside.items()}
    # 1,000 simulations of exactly 95% stray by 0.7%, so even the worst of six measures stays above the goal.
    assert min(covered.values()) >= 0.93, covered


def intervals_of_the_ece(told, true_risk, n, *, seed, simulations=150):
    """The ECE and its interval of new patients, again and again, and the true ECE of 200,000; `told` draws risks."""
    rng = np.random.default_rng(seed)
    many = told(rng, 200_000)
    gaps = np.bincount(np.searchsorted(EDGES, many), weights=many - true_risk(many), minlength=10) / len(many)
    found = []
    for _ in range(simulations):
        p = told(rng, n)
        y = (rng.random(n) < true_risk(p)).astype(float)
        bin_of = np.searchsorted(EDGES, p)
        gap = np.bincount(bin_of, weights=p - y, minlength=10) / n
        resampled = resampled_gaps(y, p, resample_counts(n, 100, rng), bin_of, 10)
        high = calibration_null_band(p, n_simulations=200, seed=rng).high
        ends = ece_interval(gap, resampled, brier=np.mean((p - y) ** 2), n=n, null_high=high)
        found.append((np.abs(gap).sum(), *ends, high, np.quantile(np.abs(resampled).sum(1), 0.025)))
    return np.abs(gaps).sum(), np.array(found)


EDGES = np.linspace(0, 1, 11)[1:-1]
TOLD = {
    "common": lambda rng, n: rng.beta(1, 3, n) * 0.98 + 0.005,
    "4 in 100": lambda rng, n: rng.beta(1.2, 28, n) * 0.98 + 0.001,
    "1 in 100": lambda rng, n: rng.beta(1, 99, n) * 0.9 + 0.0005,
}
TRUE = {
    "calibrated": lambda p: p,
    "too low": lambda p: expit(logit(p) + 0.7),
    "too high": lambda p: expit(logit(p) - 0.7),
    "too wide": lambda p: expit(0.5 * logit(p)),
    "ten times too low": lambda p: np.clip(10 * p, 0, 0.95),
    "one bin": lambda p: np.where(np.ceil(10 * p) == 2, np.clip(2 * p, 0, 1), p),
    "bins in turn": lambda p: np.clip(np.where(np.ceil(10 * p) % 2 == 1, 1.5 * p, 0.6 * p), 0, 1),
}


@pytest.mark.parametrize("told", TOLD)
@pytest.mark.parametrize("true", TRUE)
def test_the_interval_of_the_ece_holds_the_truth_for_every_pattern_of_errors(told, true):
    """300 patients, few events and many, errors in all bins, in one, of changing sign; 2,500 where all are right."""
    n = 2500 if true == "calibrated" else 300
    truth, found = intervals_of_the_ece(TOLD[told], TRUE[true], n, seed=5)
    held = (found[:, 1] <= truth + 1e-12) & (truth <= found[:, 2])
    assert held.mean() >= 0.93  # an inversion along the observed gaps alone: down to 0.61


def test_an_ece_that_chance_explains_has_an_interval_from_zero():
    """And the percentiles of the resampled ECE never hold the truth, which is 0 here."""
    _, found = intervals_of_the_ece(TOLD["common"], TRUE["calibrated"], 500, seed=7)
    ece, low, high, null_high, naive = found.T
    assert (low[ece <= null_high] == 0).all()
    assert (ece <= null_high).mean() >= 0.93
    assert naive.min() > 0
    assert (high >= ece).all()


def test_ece_interval_of_one_bin_and_of_no_event_in_closed_form():
    """One bin: ECE - 2.24 standard errors (97.5% of |a normal|), and + 1.96, a little more as in Wilson's interval."""
    rng = np.random.default_rng(8)
    y, p = (rng.random(2000) < 0.3).astype(float), np.full(2000, 0.5)
    resampled = resampled_gaps(y, p, resample_counts(2000, 4000, rng), np.zeros(2000, int), 1)
    low, high = ece_interval(np.array([np.mean(p - y)]), resampled, brier=0.25, n=2000, null_high=0)
    error = np.std(y) / np.sqrt(2000)
    assert low == pytest.approx(0.5 - y.mean() - 2.2414 * error, abs=0.002)
    assert high == pytest.approx(0.5 - y.mean() + 1.96 * error + 1.96**2 / 4000, abs=0.0001)
    # Nobody of 300 had the event, and nobody was told that: up to 3.84 of 300, near the exact "rule of 3.7".
    low, high = ece_interval(np.zeros(10), np.zeros((50, 10)), brier=0.0, n=300, null_high=0)
    assert (low, high) == (0, pytest.approx(1.96**2 / 300, rel=1e-4))


# ---- groups whose probabilities are wrong --------------------------------------------------------


def test_a_planted_group_is_found_and_false_alarms_stay_at_5_percent():
    """5,000 patients in 6 groups; in one the log-odds are too low by 0.5, and in a second run too spread by half."""
    found = spread_found = alarms = false_beside = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        z, groups = rng.normal(-1.5, 1.2, 5000), rng.integers(0, 6, 5000)
        u = rng.random(5000)
        alarms += miscalibrated_groups(u < expit(z), expit(z), groups).miscalibrated.any()
        shifted = miscalibrated_groups(u < expit(z + 0.5 * (groups == 2)), expit(z), groups)
        found += shifted.miscalibrated[2]
        false_beside += shifted.miscalibrated.drop(2).any()
        wide = np.where(groups == 2, -1.5 + 1.5 * (z + 1.5), z)
        spread_found += miscalibrated_groups(u < expit(z), expit(wide), groups).miscalibrated[2]
    assert found >= 180, found
    assert spread_found >= 180, spread_found
    assert alarms <= 18, alarms  # 5% of 200 is 10; more than 18 has a chance of 1 in 200
    assert false_beside <= 18, false_beside


def test_the_statistic_is_the_score_test_written_out():
    y, p, _ = patients(11, n=400)
    z = logit(p)
    u = np.array([(y - p).sum(), (z * (y - p)).sum()])
    w = p * (1 - p)
    v = np.array([[w.sum(), (w * z).sum()], [(w * z).sum(), (w * z * z).sum()]])
    from scipy.stats import chi2

    expected = chi2.sf(u @ np.linalg.inv(v) @ u, 2)
    row = miscalibrated_groups(y, p, np.zeros(400)).iloc[0]
    assert row.p_value == pytest.approx(expected, rel=1e-9)
    assert row.p_adjusted == row.p_value  # one group
    assert (row.expected, row.oe) == pytest.approx((p.sum(), y.sum() / p.sum()))


def test_awkward_groups():
    table = miscalibrated_groups(
        [0, 1, 0, 1] + [1] * 30 + [0, 1],
        [0.0, 1.0, 0.0, 0.0] + [0.5] * 30 + [0.0, 1.0],
        list("aaaa") + ["b"] * 30 + ["c", "c"],
    )
    assert table.p_value["a"] == 0  # p = 0, and it happened
    assert table.p_value["b"] == pytest.approx(chi2.sf(30, 1))  # one p for all: 1 degree of freedom; 15^2 / 7.5
    assert table.p_value["c"] == 1
    assert table.miscalibrated.to_dict() == {"a": True, "b": True, "c": False}


def test_holm_by_hand():
    np.testing.assert_allclose(holm(np.array([0.01, 0.04, 0.03])), [0.03, 0.06, 0.06])
    np.testing.assert_allclose(holm(np.array([0.6, 0.5])), [1, 1])
