"""The monitors: the money by hand, the promise about false alarms, how soon a change is found, what is refused."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2

from clinxai_teach.trust import CalibrationMonitor, CoverageMonitor
from clinxai_teach.trust.monitor import RATIOS, money


def money_stake_by_stake(events, chances, ratios, horizon):
    """The same, stake by stake and bet by bet, as the text at the top of the module tells it."""
    worth = []
    for now in range(1, len(events) + 1):
        total = max(horizon - now, 0) / horizon
        for start in range(min(now, horizon)):
            for ratio in ratios:
                stake = 1 / horizon / len(ratios)
                for y, p in zip(events[start:now], chances[start:now], strict=True):
                    stake *= (ratio if y else 1) / (1 - p + ratio * p)
                total += stake
        worth.append(total)
    return worth


@settings(max_examples=60, deadline=None)
@given(
    stream=st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=1, max_size=25),
    ratios=st.lists(st.floats(0.05, 20), min_size=1, max_size=4),
    horizon=st.integers(1, 30),
)
def test_the_money_is_that_of_each_stake_by_itself(stream, ratios, horizon):
    events, chances = (np.array(column, dtype=float) for column in zip(*stream, strict=True))
    got = money(events, chances, np.array(ratios), horizon)
    np.testing.assert_allclose(got, money_stake_by_stake(events, chances, ratios, horizon), rtol=1e-9)


@pytest.mark.parametrize("horizon", [1, 4, 20])
def test_no_strategy_wins_while_the_promise_holds(horizon):
    """The money, averaged over all 2^8 streams with their exact chances, is 1 after each patient (a martingale)."""
    chances = np.array([0.1, 0.3, 0.05, 0.5, 0.9, 0.2, 0.02, 0.4])
    average = np.zeros(8)
    for stream in itertools.product([0.0, 1.0], repeat=8):
        events = np.array(stream)
        probability = np.prod(np.where(events == 1, chances, 1 - chances))
        average += probability * money(events, chances, np.array([0.2, 3.0, 12.0]), horizon)
    np.testing.assert_allclose(average, 1, rtol=1e-12)


@pytest.mark.parametrize("false_alarm", [0.05, 0.2])
def test_false_alarms_are_as_rare_as_promised_however_often_one_looks(false_alarm):
    """2,000 streams of 1,500 patients, a look after each: longer than the horizon, and promised exactly."""
    rng = np.random.default_rng(0)
    alarms = sum(
        CoverageMonitor(0.1, false_alarm=false_alarm).update(rng.random(1500) >= 0.1).alarm_at is not None
        for _ in range(2000)
    )
    assert binomtest(alarms, 2000).proportion_ci(0.999, method="exact").low < false_alarm
    assert alarms > 0  # it is not asleep


def test_false_alarms_of_calibration_and_of_sets_that_depend_on_the_past():
    rng = np.random.default_rng(1)
    alarms = 0
    for _ in range(1000):
        p = rng.beta(1, 5, 800)
        alarms += CalibrationMonitor(false_alarm=0.1).update(rng.random(800) < p, p).alarm_at is not None
    assert binomtest(alarms, 1000).proportion_ci(0.999, method="exact").low < 0.1
    alarms = 0
    for _ in range(500):  # misses come in waves, but never with a chance above 10%
        covered, chance = [], 0.1
        for draw in rng.random(400):
            covered.append(draw >= chance)
            chance = 0.1 if not covered[-1] else 0.02
        alarms += CoverageMonitor(0.1, false_alarm=0.1).update(covered).alarm_at is not None
    assert alarms / 500 < 0.1


def test_an_ordinary_interval_looked_at_every_day_alarms_falsely_in_most_streams():
    """Why it takes a bet: the 95% interval of all patients so far leaves out the truth some time, in many streams."""
    rng = np.random.default_rng(2)
    wrong = 0
    for _ in range(300):
        misses = np.cumsum(rng.random(1000) < 0.1)
        n = np.arange(1, 1001)
        spread = 1.96 * np.sqrt(0.09 / n)
        wrong += bool((np.abs(misses / n - 0.1) > spread)[20:].any())
    assert wrong / 300 > 0.3


@pytest.mark.parametrize(("miss", "most"), [(0.5, 30), (0.3, 80), (0.2, 250)])
def test_a_change_is_found_and_a_larger_one_sooner(miss, most):
    rng = np.random.default_rng(3)
    delays = []
    for _ in range(100):
        covered = np.concatenate([rng.random(300) >= 0.1, rng.random(700) >= miss])
        delays.append(CoverageMonitor(0.1).update(covered).alarm_at - 300)
    assert np.median(delays) < most


@pytest.mark.parametrize("factor", [0.4, 2.0])
def test_risks_too_high_and_risks_too_low_are_both_found(factor):
    rng = np.random.default_rng(4)
    p = rng.uniform(0.05, 0.4, 1000)
    y = rng.random(1000) < np.where(np.arange(1000) < 300, p, factor * p)
    monitor = CalibrationMonitor().update(y.astype(int), p)
    assert monitor.alarm_at > 300
    assert (monitor.history()["rolling"].iloc[-1] > 1) == (factor > 1)


@settings(max_examples=40, deadline=None)
@given(covered=st.lists(st.booleans(), min_size=1, max_size=60), cut=st.integers(0, 60), window=st.integers(1, 70))
def test_one_by_one_is_all_at_once_and_a_miss_never_lessens_the_evidence(covered, cut, window):
    whole = CoverageMonitor(window=window, horizon=40).update(covered)
    parts = CoverageMonitor(window=window, horizon=40)
    for one in covered[:cut]:
        parts.update(one)
    if covered[cut:]:
        parts.update(np.array(covered[cut:]))
    pd.testing.assert_frame_equal(parts.history(), whole.history())
    assert (parts.n, parts.alarm_at, parts.evidence) == (len(covered), whole.alarm_at, whole.evidence)
    worse = CoverageMonitor(window=window, horizon=40).update([*covered[:-1], False])
    assert worse.evidence >= whole.evidence


def test_the_history_holds_the_last_patients_and_the_alarm_stays_on():
    rng = np.random.default_rng(5)
    covered = np.concatenate([rng.random(60) >= 0.1, rng.random(60) >= 0.7, np.ones(400, bool)])
    monitor = CoverageMonitor(0.1, window=50).update(covered)
    history = monitor.history()
    assert history["rolling"].isna().sum() == 49
    for patient in (50, 77, 130):
        last = covered[patient - 50 : patient]
        interval = binomtest(int(last.sum()), 50).proportion_ci(method="wilson")
        assert history.loc[patient, ["rolling", "low", "high"]].tolist() == pytest.approx(
            [last.mean(), interval.low, interval.high]
        )
    first = monitor.alarm_at
    assert history.index[history["evidence"] >= 20][0] == first
    assert not history.loc[: first - 1, "alarm"].any()
    assert history.loc[first:, "alarm"].all()
    assert history["evidence"].iloc[-1] < 20  # the money shrinks again; what was seen stays seen
    assert monitor.evidence == history["evidence"].iloc[-1]


def test_the_history_of_calibration_is_observed_by_expected_with_its_exact_interval():
    y, p = np.array([1, 0, 0, 1, 0, 0, 0, 1]), np.array([0.5, 0.2, 0.1, 0.4, 0.3, 0.0, 0.2, 0.9])
    history = CalibrationMonitor(window=3).update(y, p).history()
    for patient in range(3, 9):
        observed, expected = y[patient - 3 : patient].sum(), p[patient - 3 : patient].sum()
        low = chi2.ppf(0.025, 2 * observed) / 2 if observed else 0
        high = chi2.ppf(0.975, 2 * observed + 2) / 2
        wanted = np.array([observed, low, high]) / expected
        np.testing.assert_allclose(history.loc[patient, ["rolling", "low", "high"]].to_numpy(float), wanted)


def test_certain_probabilities_and_endless_drift_stay_numbers():
    """A risk of exactly 0 that comes true multiplies a stake by its ratio at most, and evidence may become infinite."""
    assert CalibrationMonitor().update([1, 0], [0.0, 1.0]).evidence < max(RATIOS) ** 2
    monitor = CoverageMonitor().update(np.zeros(5000, dtype=bool))
    assert monitor.evidence == np.inf
    assert monitor.alarm_at < 20
    assert not monitor.history()["evidence"].isna().any()


def test_before_the_first_patient():
    monitor = CoverageMonitor()
    assert (monitor.n, monitor.evidence, monitor.alarm_at) == (0, 1.0, None)
    assert monitor.history().shape == (0, 5)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: CoverageMonitor(0), ValueError, "alpha must be a number strictly"),
        (lambda: CoverageMonitor(false_alarm=1), ValueError, "false_alarm must be a number strictly"),
        (lambda: CoverageMonitor(horizon=0), ValueError, "horizon must be at least 1"),
        (lambda: CoverageMonitor(window=2.5), TypeError, "window must be a whole number"),
        (lambda: CoverageMonitor().update([0.5]), ValueError, "covered must hold the labels 0 and 1 only"),
        (lambda: CoverageMonitor().update([]), ValueError, "covered is empty"),
        (lambda: CoverageMonitor().update([[True, False]]), ValueError, "covered must have 1 dimension"),
        (lambda: CoverageMonitor().update("yes"), TypeError, "covered must hold numbers"),
        (lambda: CoverageMonitor().update(np.ma.array([1, 0], mask=[0, 1])), ValueError, "covered has 1 masked"),
        (lambda: CalibrationMonitor().update([1, 0], [0.5]), ValueError, "one value per patient"),
        (lambda: CalibrationMonitor().update([1], [12]), ValueError, "y_prob must lie between 0 and 1"),
        (lambda: CalibrationMonitor().update([2], [0.5]), ValueError, "y_true must hold the labels"),
        (lambda: CalibrationMonitor().update([1], [np.nan]), ValueError, "y_prob"),
    ],
)
def test_bad_arguments_are_named(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_what_people_bring_is_taken():
    for covered in (pd.Series([True, False]), pd.array([True, False], dtype="boolean"), (1, 0), np.array([1.0, 0.0])):
        assert CoverageMonitor().update(covered).n == 2
    assert CalibrationMonitor().update(True, 0.3).n == 1
