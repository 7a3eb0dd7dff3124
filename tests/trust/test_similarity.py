"""Unlike patients: the distance by hand, flags that are false, and outliers that were planted."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.covariance import LedoitWolf

from clinxai_teach.data import load_nhanes_diabetes, make_radiographs
from clinxai_teach.intervals import wilson_interval
from clinxai_teach.models import film_features, load_cxr_model
from clinxai_teach.trust import SimilarityDetector


def correlated(seed, n=2000):
    """Draw two inputs in different units whose correlation is 0.9."""
    rng = np.random.default_rng(seed)
    first = rng.normal(size=n)
    return np.column_stack([100 + 15 * first, 5 + 0.1 * (0.9 * first + np.sqrt(0.19) * rng.normal(size=n))])


def test_the_distance_is_the_formula_of_the_docstring():
    X, new = correlated(0, 300), np.array([[100.0, 5.0], [130.0, 4.8]])
    model = LedoitWolf().fit(X / X.std(axis=0))
    gap = new / X.std(axis=0) - model.location_
    by_hand = [np.sqrt(row @ np.linalg.inv(model.covariance_) @ row) for row in gap]
    np.testing.assert_allclose(SimilarityDetector().fit(X).score(new).distance, by_hand, rtol=1e-9)


def test_it_sees_what_is_strange_only_together():
    """Both values within two standard deviations, but they contradict each other."""
    detector = SimilarityDetector().fit(correlated(0))
    assert detector.flag([[125.0, 4.83], [125.0, 5.17], [100, 5], [300, 5]]).tolist() == [True, False, False, True]


def test_the_percentile_compares_with_patients_that_were_not_in_the_fit():
    """40 patients with 10 inputs that go together: measured with its own fit, a patient looks nearer than a new one."""
    ours, naive = [], []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        mixing = rng.normal(size=(10, 10)) * 2.0 ** -np.arange(10)[:, None]
        X, new = rng.normal(size=(40, 10)) @ mixing, rng.normal(size=(500, 10)) @ mixing
        score = SimilarityDetector().fit(X).score(new)
        own = np.sort(np.sqrt(LedoitWolf().fit(X / X.std(0)).mahalanobis(X / X.std(0))))
        ours.append(score.percentile.mean())
        naive.append(100 * np.searchsorted(own, score.distance).mean() / 40)
    assert 47 < np.mean(ours) < 53
    assert np.mean(naive) > np.mean(ours) + 3


@pytest.mark.parametrize("seed", range(4))
def test_false_flags_stay_below_2_percent_and_planted_outliers_are_flagged(seed):
    rng = np.random.default_rng(seed)
    table = load_nhanes_diabetes().X
    order = rng.permutation(len(table))
    train, new = table.iloc[order[:2500]], table.iloc[order[2500:]]
    detector = SimilarityDetector().fit(train)
    assert 0.003 < detector.flag(new).mean() <= 0.02
    measured = new[new[["height_cm", "waist_cm", "bmi_kg_m2"]].notna().all(axis=1)].head(200)
    planted = {
        "height in inches": measured.assign(height_cm=measured.height_cm / 2.54),
        "waist in inches": measured.assign(waist_cm=measured.waist_cm / 2.54),
        "BMI and waist exchanged": measured.assign(bmi_kg_m2=measured.waist_cm, waist_cm=measured.bmi_kg_m2),
        "a very obese patient with a slim waist": measured.assign(bmi_kg_m2=45.0, waist_cm=75.0),
        "in shock": measured.assign(systolic_bp_mmhg=60.0, pulse_per_min=140.0),
        "nothing measured": measured * np.nan,
    }
    for name, patients in planted.items():
        assert detector.flag(patients).mean() >= 0.9, name


def test_missing_inputs_are_counted_and_mostly_missing_patients_flagged():
    rng = np.random.default_rng(2)
    X = rng.normal(size=(500, 4))
    X[rng.random(X.shape) < 0.05] = np.nan
    detector = SimilarityDetector().fit(X)
    new = np.array([[0, 0, 0, 0], [0, np.nan, 0, 0], [np.nan, np.nan, 0, 0], [np.nan, np.nan, np.nan, 0]])
    assert detector.n_missing(new).tolist() == [0, 1, 2, 3]
    assert detector.flag(new).tolist() == [False, False, False, True]
    filled = np.where(np.isnan(new), np.nanmedian(X, axis=0), new)
    np.testing.assert_allclose(detector.score(new).distance, detector.score(filled).distance)
    # Where one training patient in ten has almost nothing measured, that is no reason to flag.
    X[:50, :3] = np.nan
    assert detector.fit(X).flag(new).tolist() == [False, False, False, False]


def test_check_counts_what_flag_says():
    X, new = correlated(3, 400), correlated(4, 300)
    new[:5], new[7, 0] = [300, 5], np.nan
    detector = SimilarityDetector().fit(X)
    check = detector.check(new)
    flagged = detector.flag(new).sum()
    assert check[:4] == (400, 2, 300, flagged)
    assert check[4:7] == pytest.approx((flagged / 300, *wilson_interval(flagged, 300)))
    assert check.with_missing == 1
    assert flagged >= 5


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), factor=st.floats(1e-3, 1e3), shift=st.floats(-100, 100))
def test_units_and_order_of_the_inputs_do_not_matter(seed, factor, shift):
    rng = np.random.default_rng(seed)
    X, new = rng.normal(size=(60, 3)) @ rng.normal(size=(3, 3)), rng.normal(size=(20, 3))
    plain = SimilarityDetector().fit(X).score(new)
    scaled = SimilarityDetector().fit(X * [factor, 1, 1] + shift).score(new * [factor, 1, 1] + shift)
    np.testing.assert_allclose(scaled.distance, plain.distance, rtol=1e-5, atol=1e-7)
    turned = SimilarityDetector().fit(X[:, ::-1]).score(new[:, ::-1])
    np.testing.assert_allclose(turned.distance, plain.distance, rtol=1e-7)
    assert (plain.distance >= 0).all()
    assert ((plain.percentile >= 0) & (plain.percentile <= 100)).all()
    farther = np.argsort(plain.distance)
    assert (np.diff(plain.percentile[farther]) >= 0).all()


def test_an_input_that_never_varied_counts_when_it_does():
    X = np.column_stack([correlated(5, 200), np.ones(200)])
    detector = SimilarityDetector().fit(X)
    assert detector.flag([[100, 5, 1], [100, 5, 2]]).tolist() == [False, True]


def test_bad_tables_are_named_and_a_failed_fit_changes_nothing():
    X = pd.DataFrame(correlated(6, 50), columns=["pressure", "glucose"])
    detector = SimilarityDetector().fit(X)
    before = detector.score(X)
    for bad, error, message in [
        (X.head(10), ValueError, "at least 20 training patients, but holds 10"),
        (X.assign(empty=np.nan), ValueError, "no value at all in column"),
        (X * 0, ValueError, "the same for every patient"),
        (X.assign(pressure=np.inf), ValueError, "infinite"),
        (X.assign(pressure="high"), TypeError, "numbers only"),
        (np.ones(30), ValueError, "a row per patient and a column per measurement"),
    ]:
        with pytest.raises(error, match=message):
            detector.fit(bad)
    np.testing.assert_array_equal(detector.score(X).distance, before.distance)
    with pytest.raises(ValueError, match="must have 2 columns"):
        detector.flag(X[["glucose"]])
    with pytest.raises(ValueError, match="same order: pressure, glucose"):
        detector.score(X[["glucose", "pressure"]])
    with pytest.raises(ValueError, match=r"Call fit\(X\) first"):
        SimilarityDetector().score(X)


# ---- films ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def films():
    return make_radiographs(600, seed=100, marker="random").images


def test_films_of_another_kind_are_flagged_and_films_of_the_same_kind_are_not(films):
    model = load_cxr_model("clean")
    detector = SimilarityDetector().fit(film_features(model, films))

    def flagged(**options):
        images = make_radiographs(100, seed=8, marker="random", **options).images
        return detector.flag(film_features(model, images)).mean()

    assert flagged() <= 0.02
    assert flagged(shift="other_vendor") >= 0.95
    assert flagged(shift="portable") >= 0.5
    # To the network a child's film looks much like an adult's, and of the grainy films many pass, too.
    assert flagged(shift="child") <= 0.2
    assert 0.5 <= flagged(shift="low_dose") <= 0.85
    assert detector.flag(film_features(model, 1 - films[:50])).mean() >= 0.95
