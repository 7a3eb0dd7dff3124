"""The alpha explorer shows what the conformal helpers compute, for any model, and teaches with the course's own."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from clinxai_teach.conformal import SplitConformalClassifier, conformal_calibrate, coverage, coverage_by_group
from clinxai_teach.conformal.classifier import LAMBDA
from clinxai_teach.data import diabetes_tool
from clinxai_teach.explorers import AlphaExplorer
from clinxai_teach.explorers.alpha import (
    ALL,
    CLASS,
    DIABETES,
    FILMS,
    GROUP,
    SCORE_EDGES,
    AlphaCohort,
    Patients,
    at_alpha,
    number,
)


def patients(rng, n, n_classes, groups):
    """Patients of a model that is right more often in the first group."""
    p = rng.dirichlet(np.full(n_classes, 0.4), size=n)
    y = np.array([rng.choice(n_classes, p=row) for row in p])
    return Patients(y, p, rng.choice(groups, n))


@pytest.fixture(scope="module")
def cohorts():
    rng = np.random.default_rng(0)
    films = ("normal", "pneumonia", "effusion", "nodule", "cardiomegaly")
    return {
        FILMS: AlphaCohort("synthetic films", films, *(patients(rng, n, 5, ["site A", "site B"]) for n in (150, 300))),
        DIABETES: AlphaCohort("adults", ("no diabetes", "with diabetes"),
                         *(patients(rng, n, 2, ["20-39 years", "60 and over"]) for n in (200, 400))),
    }  # fmt: skip


@pytest.fixture(scope="module")
def explorer(cohorts):
    return AlphaExplorer(cohorts)


def states(explorer, alphas=(0.01, 0.1, 0.37, 0.5)):
    return [
        {"alpha": alpha, "score": score, "threshold_for": who, "data": data}
        for alpha in alphas
        for score in ("lac", "aps", "raps")
        for who in (ALL, CLASS, GROUP)
        for data in (FILMS, DIABETES)
    ]


def sets_of(cohort, state):
    """Return the test patients' sets, from the helper alone."""
    groups = {ALL: (None, None), CLASS: ("class", "class"), GROUP: (cohort.calibration.groups, cohort.test.groups)}
    calibration, test = groups[state["threshold_for"]]
    classifier = SplitConformalClassifier(state["alpha"], score=state["score"])
    classifier.calibrate(cohort.calibration.y_true, cohort.calibration.y_prob, calibration)
    return classifier.predict_set(cohort.test.y_prob, test)


def test_coverage_sizes_and_thresholds_are_those_of_the_helpers(explorer, cohorts):
    for state in states(explorer):
        cohort, result = cohorts[state["data"]], explorer.result(**state)
        sets, y = sets_of(cohort, state), cohort.test.y_true
        assert result.coverage.loc["all", "coverage"] == pytest.approx(coverage(y, sets))
        assert result.coverage["n"].iloc[0] == len(y)
        for k, name in enumerate(cohort.class_names):
            assert result.coverage.loc[name, "coverage"] == pytest.approx(sets[y == k, k].mean())
        by_group = coverage_by_group(y, sets, cohort.test.groups)
        pd.testing.assert_frame_equal(result.coverage.loc[by_group.index], by_group, check_names=False)
        assert result.sizes == pytest.approx(
            [(sets.sum(axis=1) == k).mean() for k in range(len(cohort.class_names) + 1)]
        )
        assert result.counts.sum() == len(cohort.calibration.y_true)


def test_intervals_are_exact(explorer):
    row = explorer.result(FILMS, 0.1, "lac", ALL).coverage.loc["all"]
    exact = binomtest(round(row["n"] * row["coverage"]), int(row["n"])).proportion_ci(method="exact")
    assert [row["ci_low"], row["ci_high"]] == pytest.approx([exact.low, exact.high])


def test_one_threshold_for_all_is_the_chapters(explorer, cohorts):
    calibration = cohorts[DIABETES].calibration
    result = explorer.result(DIABETES, 0.2, "lac", ALL)
    assert result.thresholds == {"all": conformal_calibrate(calibration.y_true, calibration.y_prob, 0.2)}


def test_thresholds_are_named_after_their_class_or_group(explorer, cohorts):
    assert set(explorer.result(FILMS, 0.2, "lac", CLASS).thresholds) == set(cohorts[FILMS].class_names)
    assert set(explorer.result(FILMS, 0.2, "lac", GROUP).thresholds) == {"site A", "site B"}


def test_picture_and_words_say_the_same_numbers(explorer, cohorts):
    for state in states(explorer):
        cohort, result, words = cohorts[state["data"]], explorer.result(**state), explorer.describe(state)
        scores, sizes, covered = explorer.render(state).axes
        n_rows = len(result.coverage)

        heights = [bar.get_height() for bar in scores.patches]
        assert heights == pytest.approx([max(count - 0.7, 0) for count in result.counts])
        finite = sorted(value for value in result.thresholds.values() if np.isfinite(value))
        lines = [line.get_xdata()[0] for line in scores.lines if len(line.get_xdata())]
        assert sorted(lines) == pytest.approx(finite)

        widths = [bar.get_width() for bar in sizes.patches if bar.get_visible()]
        assert widths == pytest.approx(result.sizes)
        assert sizes.texts[0].get_text() == "empty"

        promise = 1 - state["alpha"]
        marks = np.concatenate([line.get_xydata() for line in covered.lines if line.get_linestyle() == "None"])
        marks = marks[np.argsort(marks[:, 1])]
        assert marks[:, 0] == pytest.approx(result.coverage["coverage"].to_numpy())
        below = {int(row) for line in covered.lines if line.get_marker() == "s" for row in line.get_ydata()}
        assert below == set(np.flatnonzero(result.coverage["ci_high"] < promise))
        shown = [text.get_text() for text in covered.texts]
        for row, (name, value) in enumerate(result.coverage["coverage"].items()):
            assert name in shown[row]
            assert f"{result.coverage['n'].iloc[row]:,}" in shown[row]
            assert f"{value:.2f}" in shown
        assert n_rows == len(cohort.class_names) + 3

        said = re.search(r": (\S+) of (\S+) .* covered \(promised (\S+)\); lowest (.+) (0\.\d\d|1\.00) \(", words)
        assert float(said[1]) == pytest.approx(result.coverage.loc["all", "coverage"], abs=6e-4)
        assert float(said[3]) == pytest.approx(promise, abs=0.006)
        parts = result.coverage.drop("all")["coverage"]
        assert float(said[5]) == pytest.approx(parts.min(), abs=0.006)
        assert parts[said[4]] == parts.min()
        empty = re.search(r"(\S+)% empty, (\S+)% with one class, (\S+)% with more", words)
        assert [float(share) for share in empty.groups()] == pytest.approx(
            [100 * result.sizes[0], 100 * result.sizes[1], 100 * result.sizes[2:].sum()], abs=0.06
        )


def test_too_few_calibration_patients_give_an_infinite_threshold_that_is_said(explorer, cohorts):
    state = {"alpha": 0.01, "score": "lac", "threshold_for": CLASS, "data": FILMS}
    assert min(np.bincount(cohorts[FILMS].calibration.y_true)) < 99  # so k > n for some class
    result = explorer.result(**state)
    infinite = [name for name, threshold in result.thresholds.items() if threshold == np.inf]
    assert infinite
    assert f"Infinite (too few patients): {', '.join(infinite)}" in explorer.describe(state)
    assert "infinite" in explorer.render(state).axes[0].get_title(loc="left")
    assert (result.coverage.loc[infinite, "coverage"] == 1).all()


def test_more_misses_accepted_make_smaller_sets(explorer):
    for score in ("lac", "aps", "raps"):
        means = [explorer.result(FILMS, alpha, score, ALL).sizes @ np.arange(6) for alpha in (0.01, 0.1, 0.3, 0.5)]
        assert (np.diff(means) <= 0).all()
        assert means[0] > means[-1]


@pytest.mark.parametrize(
    ("threshold", "said"), [(np.inf, "infinite"), (0.5, "0.500"), (0.9999, ">0.999"), (1.0, "1.000"), (1.2, "1.200")]
)
def test_a_threshold_just_below_one_does_not_become_one(threshold, said):
    assert number(threshold) == said


def test_all_scores_lie_within_the_histogram(cohorts):
    for score in ("lac", "aps", "raps"):
        for cohort in cohorts.values():
            assert at_alpha(cohort, 0.5, score, ALL).counts.sum() == len(cohort.calibration.y_true)
    assert SCORE_EDGES[0] == 0
    assert SCORE_EDGES[-1] >= 1 + 4 * LAMBDA


def test_every_text_fits_into_the_picture_and_the_strip(explorer, texts_fit, captions_fit):
    for state in states(explorer, alphas=(0.01,)):
        texts_fit(explorer.render(state))
    captions_fit(explorer)


@pytest.fixture(scope="module")
def own():
    return AlphaExplorer()


def test_the_courses_own_models_show_the_lesson(own):
    """The promise is kept overall, broken for the sick, and repaired at the price of sets with two labels."""
    one = own.result(DIABETES, 0.1, "lac", ALL)
    assert one.coverage.loc["all", "coverage"] > 0.88
    assert one.coverage.loc["with diabetes", "ci_high"] < 0.3
    each = own.result(DIABETES, 0.1, "lac", CLASS)
    assert each.coverage.loc["with diabetes", "ci_high"] > 0.9
    assert each.sizes[2] > one.sizes[2] + 0.1
    assert own.result(FILMS, 0.3, "lac", ALL).sizes[0] > 0.1  # sets that are empty


def test_the_diabetes_cohort_is_the_adults_not_told_in_two_halves(own, texts_fit, captions_fit):
    tool, mine = diabetes_tool(), own.cohorts[DIABETES]
    halves = (mine.calibration, mine.test)
    assert [(len(half.y_true), half.y_true.sum()) for half in halves] == [(2107, 95), (2107, 95)]
    p = np.concatenate([half.y_prob[:, 1] for half in halves])
    assert np.sort(p) == pytest.approx(np.sort(1 / (1 + np.exp(-tool.z[~tool.told]))))
    for data in (DIABETES, FILMS):
        texts_fit(own.render({**own.start_state(), "data": data}))
    captions_fit(own)
