"""The deferral explorer shows what the helper computes, counts every ill person once, and teaches with its own data."""

import re

import numpy as np
import pytest

from clinxai_teach.explorers import DeferralExplorer
from clinxai_teach.explorers.deferral import (
    CHANCE,
    DIABETES_FIFTH,
    DIABETES_HALF,
    DISAGREE,
    FILMS,
    FRACTIONS,
    NEAR,
    THRESHOLDS,
    DeferralCohort,
    doubt,
)
from clinxai_teach.uncertainty import deferral_curve, entropy_decomposition


def cohort(seed, groups):
    rng = np.random.default_rng(seed)
    p = rng.beta(0.7, 1.5, 400)
    samples = np.clip(p + rng.normal(0, 0.1, (8, 400)), 0, 1)
    return DeferralCohort(
        "adults", "with diabetes", (rng.random(400) < p).astype(int), samples, rng.choice(groups, 400), groups
    )


@pytest.fixture(scope="module")
def explorer():
    diabetes = cohort(0, ("20-39 years", "40-59 years", "60 and over"))
    films = cohort(1, ("no pneumonia", "faint", "middle", "plain"))
    return DeferralExplorer({DIABETES_HALF: diabetes, DIABETES_FIFTH: diabetes, FILMS: films})


def states(steps=(0, 1, 20, 37, 50)):
    return [
        {"deferred": step, "measure": measure, "data": data}
        for step in steps
        for measure in (NEAR, DISAGREE, CHANCE)
        for data in THRESHOLDS
    ]


def recount(cohort, measure, threshold, percent):
    """Count by hand: return accuracy, sensitivity, specificity, the three parts and the share of each group."""
    p, y, u = cohort.samples.mean(axis=0), cohort.y_true, doubt(cohort, measure, threshold)
    deferred = np.argsort(-u, kind="stable")[: round(percent / 100 * len(y))]
    kept = np.setdiff1d(np.arange(len(y)), deferred)
    called = p >= threshold
    right = called == y
    return (
        [right[kept].mean(), right[kept][y[kept] == 1].mean(), right[kept][y[kept] == 0].mean()],
        [(called[kept] & (y[kept] == 1)).sum(), (~called[kept] & (y[kept] == 1)).sum(), y[deferred].sum()],
        [(cohort.groups[deferred] == name).sum() / (cohort.groups == name).sum() for name in cohort.group_names],
    )


def test_all_numbers_are_those_of_a_recount_and_of_the_helper(explorer):
    for state in states():
        patients, threshold, step = explorer.cohorts[state["data"]], THRESHOLDS[state["data"]], state["deferred"]
        result = explorer.result(state)
        rates, parts, shares = recount(patients, state["measure"], threshold, step)
        assert [curve[step] for curve in result.curves.values()] == pytest.approx(rates)
        assert result.parts[step].tolist() == parts
        assert result.shares[step] == pytest.approx(shares)
        helper = deferral_curve(
            patients.y_true,
            patients.samples.mean(axis=0),
            doubt(patients, state["measure"], threshold),
            fractions=[step / 100],
            threshold=threshold,
        )
        assert [helper.accuracy[0], helper.sensitivity[0], helper.specificity[0]] == pytest.approx(rates)


def test_every_ill_person_is_found_missed_or_handed_over(explorer):
    for state in states():
        assert explorer.result(state).parts[state["deferred"]].sum() == explorer.cohorts[state["data"]].y_true.sum()


def test_the_measures_of_doubt_are_what_their_names_say(explorer):
    patients = explorer.cohorts[DIABETES_HALF]
    p = patients.samples.mean(axis=0)
    assert np.argmax(doubt(patients, NEAR, 0.2)) == np.argmin(abs(p - 0.2))
    two = np.stack([1 - patients.samples, patients.samples], axis=-1)
    assert doubt(patients, DISAGREE, 0.5) == pytest.approx(entropy_decomposition(two).epistemic)
    assert abs(np.corrcoef(doubt(patients, CHANCE, 0.5), p)[0, 1]) < 0.2


def test_picture_and_words_say_the_same_numbers(explorer):
    for state in states():
        patients, result, step = explorer.cohorts[state["data"]], explorer.result(state), state["deferred"]
        curves, parts, groups = explorer.render(state).axes
        shown = [text.get_text() for text in curves.texts]
        for line, (name, values) in zip(curves.lines[1::2], result.curves.items(), strict=True):
            assert line.get_ydata() == pytest.approx(values)
            assert f"{name} {values[step]:.2f}" in shown
        dots = [line.get_xydata()[0] for line in curves.lines[2::2]]
        assert np.array(dots) == pytest.approx(np.array([[step / 100, v[step]] for v in result.curves.values()]))

        n_ill = patients.y_true.sum()
        widths = sorted(bar.get_width() for bar in parts.patches if bar.get_height() == 0.7)
        assert widths == pytest.approx(sorted(result.parts[step] / n_ill))
        for name, count in zip(("found", "missed", "handed over"), result.parts[step], strict=True):
            assert any(text.get_text().startswith(f"{name}: {count} (") for text in parts.texts)
        bars = [bar.get_width() for bar in groups.patches if bar.get_visible()]
        assert bars == pytest.approx(result.shares[step])

        words = explorer.describe(state)
        numbers = re.search(r"Of (\d+) .*?(\d+) found, (\d+) missed, (\d+) handed over", words)
        assert [int(value) for value in numbers.groups()] == [n_ill, *result.parts[step]]
        for name, values in result.curves.items():
            said = re.search(rf"{name} (?:(\S+) → )?(\d\.\d\d)", words)
            assert float(said[2]) == pytest.approx(values[step], abs=0.006)
            assert (said[1] is None) == (step == 0)
        for name, share in zip(patients.group_names, result.shares[step], strict=True):
            assert f"{name} {share:.0%}" in words


def test_the_slider_stops_at_every_whole_percent():
    assert FRACTIONS.tolist() == [percent / 100 for percent in range(51)]


def test_every_text_fits_into_the_picture_and_the_strip(explorer, texts_fit, captions_fit):
    for state in states(steps=(0, 37)):
        texts_fit(explorer.render(state))
    captions_fit(explorer)


def test_the_courses_own_data_show_the_lesson(texts_fit, captions_fit):
    """Accuracy rises everywhere. The sensitivity of what is kept falls at threshold 0.5, and rises for the films."""
    explorer = DeferralExplorer()
    curves = {name: explorer.results[name, NEAR].curves for name in THRESHOLDS}
    for curve in curves.values():
        assert curve["accuracy"][20] > curve["accuracy"][0] + 0.01
    assert curves[DIABETES_HALF]["sensitivity"][20] < curves[DIABETES_HALF]["sensitivity"][0] - 0.05
    assert curves[DIABETES_FIFTH]["sensitivity"][20] > curves[DIABETES_FIFTH]["sensitivity"][0]
    assert curves[FILMS]["sensitivity"][20] > curves[FILMS]["sensitivity"][0] + 0.05
    young, _, old = explorer.results[DIABETES_HALF, NEAR].shares[20]
    assert old > 5 * young
    for state in explorer.telling_states():
        texts_fit(explorer.render(state))
    captions_fit(explorer)
