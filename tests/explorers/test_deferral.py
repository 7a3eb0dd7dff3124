"""The deferral explorer counts every ill person once, asks what the doctor must find, and teaches with its own data."""

import re

import numpy as np
import pytest

from clinxai_teach.explorers import DeferralExplorer
from clinxai_teach.explorers.deferral import (
    CHANCE,
    DISAGREE,
    FRACTIONS,
    MISSED,
    NEAR,
    NEEDED,
    THRESHOLDS,
    TRAP,
    DeferralCohort,
    doubt,
)
from clinxai_teach.uncertainty import deferral_curve

GROUPS = ("20-39 years", "40-59 years", "60 and over")


def cohort(seed):
    rng = np.random.default_rng(seed)
    p = rng.beta(0.5, 6, 400)
    y = (rng.random(400) < p).astype(int)
    return DeferralCohort("adults", "with diabetes", y, p, rng.random(400), rng.choice(GROUPS, 400), GROUPS)


@pytest.fixture(scope="module")
def explorer():
    return DeferralExplorer({name: cohort(seed) for seed, name in enumerate(THRESHOLDS)})


def states(steps=(0, 1, 20, 37, 50)):
    return [
        {"deferred": step, "measure": measure, "threshold": threshold}
        for step in steps
        for measure in (NEAR, DISAGREE, CHANCE)
        for threshold in THRESHOLDS
    ]


def recount(cohort, measure, threshold, percent):
    """Count by hand: return the three parts of the ill, the false alarms, and the share of each group."""
    p, y, u = cohort.y_prob, cohort.y_true, doubt(cohort, measure, threshold)
    over = np.argsort(u, kind="stable")[len(y) - round(percent / 100 * len(y)) :]
    kept = np.setdiff1d(np.arange(len(y)), over)
    called, ill = p[kept] >= threshold, y[kept] == 1
    return (
        [(called & ill).sum(), (~called & ill).sum(), y[over].sum()],
        (called & ~ill).sum(),
        [(cohort.groups[over] == name).sum() / (cohort.groups == name).sum() for name in cohort.group_names],
    )


def test_all_numbers_are_those_of_a_recount_and_of_the_helper(explorer):
    for state in states():
        patients, threshold, step = (
            explorer.cohorts[state["threshold"]],
            THRESHOLDS[state["threshold"]],
            state["deferred"],
        )
        result = explorer.result(state)
        (found, missed, over), alarms, shares = recount(patients, state["measure"], threshold, step)
        assert result.parts[step].tolist() == [found, missed, over]
        assert found + missed + over == patients.y_true.sum()
        assert result.false_alarms[step] == alarms
        assert result.shares[step] == pytest.approx(shares)
        assert result.curves[MISSED][step] == pytest.approx(missed / patients.y_true.sum())
        first = recount(patients, state["measure"], threshold, 0)[0][0]
        if over:
            assert found + result.curves[NEEDED][step] * over == pytest.approx(first)
        else:
            assert np.isnan(result.curves[NEEDED][step])
        if state["measure"] == CHANCE:
            continue  # its order has ties, which the helper counts in part
        u = doubt(patients, state["measure"], threshold)
        helper = deferral_curve(patients.y_true, patients.y_prob, u, fractions=[step / 100], threshold=threshold)
        assert result.curves[TRAP][step] == pytest.approx(helper.sensitivity[0], nan_ok=True)


def test_the_missed_never_rise_and_the_doctor_needs_a_share(explorer):
    for result in explorer.results.values():
        assert (np.diff(result.parts[:, 1]) <= 0).all()
        needed = result.curves[NEEDED]
        assert ((needed >= 0) & (needed <= 1) | np.isnan(needed)).all()


def test_the_measures_of_doubt_are_what_their_names_say(explorer):
    patients = explorer.cohorts["5%"]
    assert np.argmax(doubt(patients, NEAR, 0.2)) == np.argmin(abs(patients.y_prob - 0.2))
    assert (doubt(patients, DISAGREE, 0.2) == patients.disagreement).all()
    by_chance = doubt(patients, CHANCE, 0.05)
    for who in (patients.y_true == 0, patients.y_prob >= 0.05, patients.groups == GROUPS[0]):
        assert (by_chance[who] > 0.8).mean() == pytest.approx(0.2, abs=0.03)  # the same share of each kind


def test_picture_and_words_say_the_same_numbers(explorer):
    for state in states():
        patients, result, step = explorer.cohorts[state["threshold"]], explorer.result(state), state["deferred"]
        curves, parts, groups = explorer.render(state).axes
        shown = [text.get_text() for text in curves.texts]
        for line, sign, (name, values) in zip(curves.lines[1::2], "●■▲", result.curves.items(), strict=True):
            assert line.get_ydata() == pytest.approx(values, nan_ok=True)
            assert f"{name}: " + ("none" if np.isnan(values[step]) else f"{sign} {values[step]:.2f}") in shown
        dots = [line.get_xydata()[0] for line in curves.lines[2::2]]
        here = np.array([[step / 100, values[step]] for values in result.curves.values()])
        assert np.array(dots) == pytest.approx(here, nan_ok=True)

        n_ill = patients.y_true.sum()
        widths = sorted(bar.get_width() for bar in parts.patches if bar.get_height() == 0.7)
        assert widths == pytest.approx(sorted(result.parts[step] / n_ill))
        bars = [bar.get_width() for bar in groups.patches if bar.get_visible()]
        assert bars == pytest.approx(result.shares[step])

        words = explorer.describe(state)
        numbers = re.search(r"Of (\d+) ill (\d+) found, (\d+) missed \(before (\d+)\), (\d+) handed over", words)
        found, missed, over = result.parts[step]
        assert [int(value) for value in numbers.groups()] == [n_ill, found, missed, result.parts[0, 1], over]
        assert ("must find" in words) == (over > 0)
        assert f"False alarms {result.false_alarms[step]:,}." in words
        for name, share in zip(patients.group_names, result.shares[step], strict=True):
            assert f"{name} {share:.0%}" in words


def test_the_slider_stops_at_every_whole_percent():
    assert FRACTIONS.tolist() == [percent / 100 for percent in range(51)]


def test_every_text_fits_into_the_picture_and_the_strip(explorer, texts_fit, captions_fit):
    for state in states(steps=(0, 37)):
        texts_fit(explorer.render(state))
    captions_fit(explorer)


def test_the_courses_own_people_show_the_lesson(texts_fit, captions_fit):
    """Among the 4,214 not told: 190 ill, fewer missed at each threshold, and the trap points up and down."""
    explorer = DeferralExplorer()
    patients = explorer.cohorts["5%"]
    assert (len(patients.y_true), patients.y_true.sum()) == (4214, 190)
    near = {name: explorer.results[name, NEAR] for name in THRESHOLDS}
    assert all(result.parts[20, 1] < result.parts[0, 1] for result in near.values())
    assert near["5%"].curves[TRAP][20] > near["5%"].curves[TRAP][0]
    assert near["10%"].curves[TRAP][20] < near["10%"].curves[TRAP][0]
    for name, result in near.items():
        by_chance = explorer.results[name, CHANCE].curves[NEEDED][20]
        assert by_chance == pytest.approx(result.curves[TRAP][0], abs=0.03)  # the tool's own sensitivity
    for state in explorer.telling_states():
        texts_fit(explorer.render(state))
    captions_fit(explorer)
