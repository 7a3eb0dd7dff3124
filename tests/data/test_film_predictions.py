"""The shipped table of the film models' answers is what the shipped models say of the shipped generator's films."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import softmax

from clinxai_teach.data import FILM_COHORTS, load_film_predictions, make_radiographs
from clinxai_teach.data.film_predictions import MODELS, TABLE_NAME

ROOT = Path(__file__).resolve().parents[2]
AGAIN = "The table is not of today's films and weights. Run: python tools/make_film_predictions.py"
FIRST = (
    40  # films of each cohort that are drawn and read again; a cohort's first films do not depend on how many follow
)


@pytest.mark.parametrize("model", MODELS)
def test_the_table_names_todays_weights(model):
    sums = (ROOT / "clinxai_teach" / "models" / "weights" / "SHA256SUMS").read_text().split()
    shipped = dict(zip(sums[1::2], sums[::2], strict=True))
    assert load_film_predictions("test", model=model).weights_sha256 == shipped[f"{model}.safetensors"], AGAIN


@pytest.fixture(scope="module")
def script():
    pytest.importorskip("torch")
    import make_film_predictions

    return make_film_predictions


@pytest.fixture(scope="module")
def tools(script):
    return script.networks_and_detector()


@pytest.mark.parametrize("cohort", FILM_COHORTS)
def test_a_cohort_is_what_the_models_say_of_its_films(cohort, script, tools):
    again = script.columns_of(cohort, *tools, n=FIRST)
    table = load_film_predictions(cohort)
    assert (table.labels[:FIRST] == again["label"]).all(), AGAIN
    for name in ("shift", "site", "age", "sex", "marker"):
        assert (table.metadata[name][:FIRST] == again[name]).all(), AGAIN
    for name, rounding in (("severity", 1e-6), ("distance", 1e-2), ("percentile", 0.5)):
        np.testing.assert_allclose(table.metadata[name][:FIRST], again[name], atol=rounding, err_msg=AGAIN)
    sure = np.abs(again["percentile"] - 99) > 0.5  # a film on the line may fall to either side on another processor
    assert (table.metadata["flagged"][:FIRST] == again["flagged"])[sure].all(), AGAIN
    for model in MODELS:
        logits = load_film_predictions(cohort, model=model).logits[:FIRST]
        np.testing.assert_allclose(logits, again[f"{model}_logits"], atol=2e-3, err_msg=AGAIN)


def test_probabilities_are_those_of_the_model():
    pytest.importorskip("torch")
    from clinxai_teach.models import load_cxr_model, predict_proba

    films = make_radiographs(**FILM_COHORTS["child"] | {"n": 20})
    predicted = predict_proba(load_cxr_model("shortcut"), films.images)
    np.testing.assert_allclose(
        load_film_predictions("child", model="shortcut").probabilities[:20], predicted, atol=1e-4
    )


@pytest.mark.parametrize("cohort", FILM_COHORTS)
def test_a_cohort_is_whole(cohort):
    films, n = load_film_predictions(cohort), FILM_COHORTS[cohort]["n"]
    assert films.labels.shape == (n,)
    assert films.labels.dtype == np.int64
    assert films.logits.shape == films.probabilities.shape == (n, 5)
    assert len(films.class_names) == 5
    np.testing.assert_allclose(films.probabilities, softmax(films.logits, axis=1), atol=1e-12)
    assert list(films.metadata.index) == list(range(n))
    assert not films.metadata.isna().any(axis=None)
    assert films.metadata["shift"].unique().tolist() == [FILM_COHORTS[cohort].get("shift", "none")]
    assert (films.metadata["cohort"] == cohort).all()
    assert ((films.metadata["severity"] == 0) == (films.labels == 0)).all()
    assert (np.bincount(films.labels, minlength=5) > n / 10).all()  # every class is there
    flagged = films.metadata["flagged"].to_numpy()
    assert flagged.dtype == bool
    assert (flagged == (films.metadata["percentile"] > 99)).all()


def test_usual_films_are_rarely_flagged_and_another_vendors_often():
    share = load_film_predictions(*FILM_COHORTS).metadata.groupby("cohort")["flagged"].mean()
    assert share["test"] < 0.05
    assert share["calibration"] < 0.05
    assert share["other_vendor"] > 0.5


def test_no_two_cohorts_share_a_patient_except_home_and_away():
    seeds = {cohort: recipe["seed"] for cohort, recipe in FILM_COHORTS.items()}
    assert seeds.pop("away") == seeds["home"]
    assert len(set(seeds.values())) == len(seeds)
    home, away = (load_film_predictions(cohort) for cohort in ("home", "away"))
    same = ["site", "age", "sex", "severity"]
    pd.testing.assert_frame_equal(home.metadata[same], away.metadata[same])
    assert (home.labels == away.labels).all()
    assert (home.metadata["marker"] != away.metadata["marker"]).any()


def test_several_cohorts_stand_one_after_the_other():
    both = load_film_predictions("child", "test", model="shortcut")
    for rows, cohort in ((slice(0, 400), "child"), (slice(400, None), "test")):
        alone = load_film_predictions(cohort, model="shortcut")
        assert (both.labels[rows] == alone.labels).all()
        assert (both.logits[rows] == alone.logits).all()
        pd.testing.assert_frame_equal(both.metadata[rows].reset_index(drop=True), alone.metadata)


def test_what_a_learner_changes_in_one_table_shows_in_no_other():
    first = load_film_predictions("home")
    first.logits[:] = 0
    first.metadata["flagged"] = True
    assert load_film_predictions("home").logits.any()
    assert not load_film_predictions("home").metadata["flagged"].all()


@pytest.mark.parametrize(
    ("cohorts", "model", "said"),
    [
        ((), "clean", "at least one of calibration, test"),
        (("train",), "clean", "each of cohorts must be one of"),
        ((3,), "clean", "each of cohorts must be one of"),
        (("test", "child", "test"), "clean", "each cohort once, but got test, child, test"),
        (("test",), "Clean", "model must be one of"),
    ],
)
def test_other_names_are_refused(cohorts, model, said):
    with pytest.raises(ValueError, match=said):
        load_film_predictions(*cohorts, model=model)


def test_the_table_is_small_and_loads_no_torch():
    assert (ROOT / "clinxai_teach" / "data" / TABLE_NAME).stat().st_size < 400_000
    code = "import sys, clinxai_teach.data as d; d.load_film_predictions('test'); print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.split() == ["False"]
