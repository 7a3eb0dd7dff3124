"""Alerts per 100 patients, the simulated team, and the audit of an override log."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinxai_teach.trust import alert_burden, audit_override_log, make_override_log, simulate_team

# ---- alerts --------------------------------------------------------------------------------------


def test_alerts_of_the_published_sepsis_evaluation():
    """38,455 stays, 2,552 with sepsis, 1,709 of them without an alert, alerts on 18% of stays (Wong 2021)."""
    found, false = 2552 - 1709, round(0.17 * (38455 - 2552))
    y = np.repeat([1, 1, 0, 0], [found, 1709, false, 38455 - 2552 - false])
    p = np.repeat([0.9, 0.1, 0.9, 0.1], [found, 1709, false, 38455 - 2552 - false])
    burden = alert_burden(y, p)
    assert burden.alerts == pytest.approx(18, abs=0.3)
    assert burden.ppv == pytest.approx(0.12, abs=0.005)
    assert burden.missed == pytest.approx(100 * 1709 / 38455)
    assert burden.true_alerts + burden.false_alerts == pytest.approx(burden.alerts)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 40), threshold=st.sampled_from([0.1, 0.5, 0.9]))
def test_alerts_in_a_plain_loop(seed, n, threshold):
    rng = np.random.default_rng(seed)
    y, p = rng.integers(0, 2, n), rng.integers(0, 11, n) / 10
    counts = dict.fromkeys(("true", "false", "missed"), 0)
    for truth, risk in zip(y, p, strict=True):
        if risk >= threshold:
            counts["true" if truth else "false"] += 1
        elif truth:
            counts["missed"] += 1
    burden = alert_burden(y, p, threshold=threshold)
    per_100 = [100 * counts[name] / n for name in ("true", "false", "missed")]
    assert burden[1:4] == pytest.approx(tuple(per_100))
    alerts = counts["true"] + counts["false"]
    assert math.isnan(burden.ppv) if alerts == 0 else burden.ppv == pytest.approx(counts["true"] / alerts)


# ---- the team ------------------------------------------------------------------------------------


def test_the_team_by_hand():
    """Four patients. The model misses the second only; the second and the third have the p nearest to the threshold."""
    table = simulate_team(
        [1, 1, 0, 0],
        [0.9, 0.4, 0.45, 0.1],
        clinician_sensitivity=0.8,
        clinician_specificity=0.9,
        defer=0.5,
        cost_missed=10,
        cost_false_alarm=2,
        cost_reading=1,
    )
    expected = {  # missed, false alarms, read: of four patients
        "clinician alone": (0.4, 0.2, 4),
        "model alone": (1, 0, 0),
        "always follow the model": (1, 0, 4),
        "defer the uncertain": (0.2, 0.1, 2),
    }
    for name, (missed, false_alarms, read) in expected.items():
        row = table.loc[name]
        assert row.accuracy == pytest.approx(1 - (missed + false_alarms) / 4)
        assert (row.sensitivity, row.specificity) == pytest.approx((1 - missed / 2, 1 - false_alarms / 2))
        assert (row.missed_per_100, row.false_alarms_per_100, row.read_per_100) == pytest.approx(
            (25 * missed, 25 * false_alarms, 25 * read)
        )
        assert row.cost_per_100 == pytest.approx(25 * (10 * missed + 2 * false_alarms + read))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), defer=st.floats(0, 1), sensitivity=st.floats(0, 1), specificity=st.floats(0, 1))
def test_what_must_hold_for_every_team(seed, defer, sensitivity, specificity):
    rng = np.random.default_rng(seed)
    y, p = rng.integers(0, 2, 30), rng.random(30)
    y[:2] = 0, 1
    options = {"clinician_sensitivity": sensitivity, "clinician_specificity": specificity}
    table = simulate_team(y, p, defer=defer, **options)
    alone, model, follow, deferring = (table.loc[name] for name in table.index)
    assert (alone.sensitivity, alone.specificity) == pytest.approx((sensitivity, specificity))
    decisions = ["accuracy", "sensitivity", "specificity", "missed_per_100", "false_alarms_per_100"]
    pd.testing.assert_series_equal(follow[decisions], model[decisions], check_names=False)
    assert follow.cost_per_100 == pytest.approx(model.cost_per_100 + 0.2 * 100)
    assert deferring.read_per_100 == pytest.approx(100 * round(defer * 30) / 30)
    everyone, nobody = (simulate_team(y, p, defer=share, **options) for share in (1, 0))
    np.testing.assert_allclose(everyone.loc["defer the uncertain"], alone)
    np.testing.assert_allclose(nobody.loc["defer the uncertain"], model)


def test_the_expected_results_are_those_of_many_random_clinicians():
    rng = np.random.default_rng(0)
    y = (rng.random(200) < 0.3).astype(int)
    p = np.clip(0.3 * y + 0.7 * rng.random(200), 0, 1)
    row = simulate_team(y, p, clinician_sensitivity=0.7, clinician_specificity=0.8, defer=0.4).loc[
        "defer the uncertain"
    ]
    deferred = np.argsort(abs(p - 0.5))[:80]
    missed = []
    for _ in range(3000):
        called = p >= 0.5
        called[deferred] = rng.random(80) < np.where(y[deferred] == 1, 0.7, 0.2)
        missed.append((y & ~called).sum())
    assert row.missed_per_100 == pytest.approx(np.mean(missed) / 2, rel=0.02)


def test_team_without_cases_and_with_bad_options():
    table = simulate_team([0, 0], [0.2, 0.7])
    assert table.sensitivity.isna().all()
    assert table.specificity["model alone"] == 0.5
    for name, value, error in [
        ("defer", 1.5, ValueError),
        ("clinician_sensitivity", -0.1, ValueError),
        ("cost_missed", np.inf, ValueError),
        ("cost_reading", "much", TypeError),
        ("defer", True, TypeError),
        ("threshold", 0, ValueError),
    ]:
        with pytest.raises(error, match=name):
            simulate_team([0, 1], [0.2, 0.7], **{name: value})


# ---- the override log ----------------------------------------------------------------------------


def test_the_audit_by_hand():
    log = pd.DataFrame(
        {  # followed and right; followed and wrong; overridden and right; overridden and wrong
            "advice": [1, 1, 0, 0, 0, 1, 1, 0],
            "decision": [1, 1, 0, 0, 1, 0, 0, 1],
            "outcome": [1, 0, 0, 1, 1, 0, 1, 0],
        }
    )
    audit = audit_override_log(log)
    assert audit[:3] == (8, 4, 4)
    assert audit[3:] == pytest.approx((4 / 8, 2 / 4, 2 / 4))


def test_the_audit_in_a_plain_loop():
    log = make_override_log()
    overrides = right = wrong_advice = followed = 0
    for row in log.itertuples():
        overrides += row.decision != row.advice
        right += row.decision != row.advice and row.decision == row.outcome
        wrong_advice += row.advice != row.outcome
        followed += row.advice != row.outcome and row.decision == row.advice
    audit = audit_override_log(log)
    assert audit == (300, overrides, wrong_advice, overrides / 300, right / overrides, followed / wrong_advice)


def test_the_log_is_repeatable_and_holds_what_was_planted():
    pd.testing.assert_frame_equal(make_override_log(seed=4), make_override_log(seed=4))
    assert not make_override_log(seed=5).equals(make_override_log(seed=4))
    log = make_override_log(40_000, seed=1)
    audit = audit_override_log(log)
    assert audit.agreement_when_wrong == pytest.approx(0.66, abs=0.02)
    right = log[log.advice == log.outcome]
    assert (right.decision != right.advice).mean() == pytest.approx(0.05, abs=0.005)
    assert log.outcome.mean() == pytest.approx(0.3, abs=0.01)
    assert ((log.probability >= 0.5) == (log.advice == 1)).all()
    overridden = log[log.decision != log.advice]
    day = overridden.hour.between(7, 20)
    assert overridden.reason.notna()[day].mean() == pytest.approx(0.9, abs=0.03)
    assert overridden.reason.notna()[~day].mean() == pytest.approx(0.3, abs=0.04)
    assert log.reason[log.decision == log.advice].isna().all()


def test_a_log_that_cannot_be_audited_says_why():
    log = make_override_log(20)
    with pytest.raises(ValueError, match="missing: outcome"):
        audit_override_log(log.drop(columns="outcome"))
    with pytest.raises(ValueError, match="only 0 and 1"):
        audit_override_log(log.assign(advice=2))
    with pytest.raises(ValueError, match="at least one row"):
        audit_override_log(log.head(0))
    nobody = audit_override_log(pd.DataFrame({"advice": [1], "decision": [1], "outcome": [1]}))
    assert math.isnan(nobody.override_ppv)
    assert math.isnan(nobody.agreement_when_wrong)
