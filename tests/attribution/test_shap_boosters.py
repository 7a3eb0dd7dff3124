"""SHAP of XGBoost, LightGBM and CatBoost: equal to enumeration, and to each library's own values."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_classification
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from clinxai_teach.attribution import exact_shapley, shap_explanation

X, BINARY = make_classification(300, 5, n_informative=4, n_redundant=0, random_state=0)
X[::7, 1] = np.nan
X[3, 2] = 0.0
THREE = BINARY + (X[:, 0] > 1)
TARGETS = {"binary": BINARY, "three": THREE, "regression": np.nan_to_num(X[:, 1]) ** 2 + X[:, 0], "counts": THREE + 1}


def xgboost(**options):
    library = pytest.importorskip("xgboost")
    kind = library.XGBClassifier if options.pop("classify") else library.XGBRegressor
    return kind(**{"n_estimators": 8, "max_depth": 3, "n_jobs": 1, **options})


def lightgbm(**options):
    library = pytest.importorskip("lightgbm")
    kind = library.LGBMClassifier if options.pop("classify") else library.LGBMRegressor
    return kind(**{"n_estimators": 8, "num_leaves": 7, "min_child_samples": 5, "verbose": -1, "n_jobs": 1, **options})


def catboost(**options):
    library = pytest.importorskip("catboost")
    kind = library.CatBoostClassifier if options.pop("classify") else library.CatBoostRegressor
    return kind(
        **{"iterations": 8, "depth": 3, "verbose": 0, "allow_writing_files": False, "thread_count": 1, **options}
    )


LIBRARIES = {"xgboost": xgboost, "lightgbm": lightgbm, "catboost": catboost}
COUNTS = {
    "xgboost": {"objective": "count:poisson"},
    "lightgbm": {"objective": "poisson"},
    "catboost": {"loss_function": "Poisson"},
}


def fitted(library, target, X=X, **options):
    extra = COUNTS[library] if target == "counts" else {}
    return LIBRARIES[library](classify=target in ("binary", "three"), **extra, **options).fit(X, TARGETS[target])


def raw_score(library, model, k, target):
    """Return the score in the unit of the trees, from the library's own predict."""

    def score(T):
        if library == "xgboost":
            raw = model.predict(T, output_margin=True)
        elif library == "lightgbm":
            raw = model.predict(T, raw_score=True)
        else:
            raw = model.predict(T, prediction_type="RawFormulaVal")
        raw = np.asarray(raw, dtype=float)
        return raw[:, k] if raw.ndim == 2 else -raw if k == 0 and target == "binary" else raw

    return score


UNITS = {"binary": "log-odds", "three": "raw score", "regression": "prediction", "counts": "log prediction"}


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("target", TARGETS)
def test_every_booster_equals_enumeration_for_each_class(library, target):
    model, background = fitted(library, target), X[:110]
    for k in range({"binary": 2, "three": 3}.get(target, 1)):
        explanation = shap_explanation(model, X[:4], background=background, class_index=k)
        exact = [exact_shapley(raw_score(library, model, k, target), x, background) for x in X[:4]]
        np.testing.assert_allclose(explanation.values, [e.values for e in exact], atol=2e-6)
        np.testing.assert_allclose(explanation.base_values, exact[0].base_value, atol=2e-6)
        assert explanation.output_names == UNITS[target]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("target", ["binary", "three", "regression"])
def test_without_a_background_they_are_the_librarys_own_values(library, target):
    model = fitted(library, target)
    if library == "xgboost":
        import xgboost

        theirs = model.get_booster().predict(xgboost.DMatrix(X[:20]), pred_contribs=True)
    elif library == "lightgbm":
        theirs = model.predict(X[:20], pred_contrib=True)
    else:
        from catboost import Pool

        theirs = model.get_feature_importance(Pool(X, TARGETS[target]), type="ShapValues")[:20]
    for k in range(3 if target == "three" else 1):
        ours = shap_explanation(model, X[:20], class_index=k if target == "three" else 1)
        one = theirs.reshape(20, 3, 6)[:, k] if target == "three" else theirs
        np.testing.assert_allclose(ours.values, one[:, :-1], atol=1e-5)
        np.testing.assert_allclose(ours.base_values, one[:, -1], atol=1e-5)


@pytest.mark.parametrize("library", LIBRARIES)
def test_values_just_beside_the_thresholds_go_the_right_way(library):
    """The thresholds lie between training values in float32 or float64; patients are put on both sides of each."""
    model = fitted(library, "regression", n_estimators=20) if library != "catboost" else fitted(library, "regression")
    near = np.repeat(X[:6], 2, axis=0).astype(np.float32)
    near[::2] = np.nextafter(near[::2], np.float32(np.inf))
    near = near.astype(np.float64)
    explanation = shap_explanation(model, near, background=X[:40])
    exact = [exact_shapley(raw_score(library, model, 1, "regression"), x, X[:40]).values for x in near]
    np.testing.assert_allclose(explanation.values, exact, atol=2e-6)


VARIANTS = [
    ("xgboost", {"booster": "dart", "rate_drop": 0.5, "skip_drop": 0.0}),
    ("xgboost", {"num_parallel_tree": 3, "subsample": 0.7}),
    ("xgboost", {"base_score": 0.2}),
    ("xgboost", {"grow_policy": "lossguide", "max_leaves": 5}),
    ("lightgbm", {"boosting_type": "dart"}),
    ("lightgbm", {"boosting_type": "rf", "subsample": 0.6, "subsample_freq": 1}),
    ("lightgbm", {"boosting_type": "goss"}),
    ("catboost", {"nan_mode": "Max"}),
    ("catboost", {"depth": 1}),
    ("catboost", {"depth": 6}),
]


@pytest.mark.parametrize(("library", "options"), VARIANTS, ids=str)
def test_variants(library, options):
    model = fitted(library, "binary", **options)
    explanation = shap_explanation(model, X[:4], background=X[:50])
    exact = [exact_shapley(lambda T: logit(model.predict_proba(T)[:, 1]), x, X[:50]).values for x in X[:4]]
    np.testing.assert_allclose(explanation.values, exact, atol=1e-5)


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_trees_after_an_early_stop_do_not_count(library):
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 2, 300)
    if library == "xgboost":
        model = xgboost(classify=True, n_estimators=60, early_stopping_rounds=2)
        model.fit(X[:200], noise[:200], eval_set=[(X[200:], noise[200:])], verbose=False)
        assert model.best_iteration < model.get_booster().num_boosted_rounds() - 1
    else:
        import lightgbm as library_module

        model = lightgbm(classify=True, n_estimators=60)
        stop = library_module.early_stopping(2, verbose=False)
        model.fit(X[:200], noise[:200], eval_set=[(X[200:], noise[200:])], callbacks=[stop])
    explanation = shap_explanation(model, X[:4], background=X[:50])
    exact = [exact_shapley(raw_score(library, model, 1, "binary"), x, X[:50]).values for x in X[:4]]
    np.testing.assert_allclose(explanation.values, exact, atol=2e-6)


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_a_booster_without_its_wrapper(library):
    model = fitted(library, "binary")
    booster = model.get_booster() if library == "xgboost" else model.booster_
    one, other = (shap_explanation(m, X[:3], background=X[:30]) for m in (model, booster))
    np.testing.assert_allclose(one.values, other.values)
    assert other.output_names == "log-odds"


@pytest.mark.parametrize("library", LIBRARIES)
def test_tables_by_name_and_pipelines(library):
    table = pd.DataFrame(X, columns=list("abcde"))
    model = fitted(library, "binary", X=table)
    explanation = shap_explanation(model, table[:3], background=table[:40])
    assert explanation.feature_names == list("abcde")
    with pytest.raises(ValueError, match="X must have the same columns in the same order"):
        shap_explanation(model, table[list("edcba")])
    expected = explanation.values
    scaled = make_pipeline(StandardScaler(), LIBRARIES[library](classify=True)).fit(table, BINARY)
    found = shap_explanation(scaled, table[:3], background=table[:40])
    exact = [
        exact_shapley(
            lambda T: raw_score(library, scaled[-1], 1, "binary")(scaled[0].transform(T)), table.iloc[i], table[:40]
        ).values
        for i in range(3)
    ]
    np.testing.assert_allclose(found.values, exact, atol=2e-6)
    assert found.values.shape == expected.shape
    coded = table.assign(ward=np.where(table["a"] > 0, "A", np.where(table["c"] > 0, "B", "C"))).drop(columns=["a"])
    encoder = make_column_transformer((OneHotEncoder(), ["ward"]), remainder="passthrough")
    model = make_pipeline(encoder, LIBRARIES[library](classify=True)).fit(coded, BINARY)
    found = shap_explanation(model, coded[:3], background=coded[:40])
    exact = [
        exact_shapley(
            lambda T: raw_score(library, model[-1], 1, "binary")(encoder.transform(T)), coded.iloc[i], coded[:40]
        ).values
        for i in range(3)
    ]
    np.testing.assert_allclose(found.values, exact, atol=2e-6)


def test_what_cannot_be_read_is_named():
    table = pd.DataFrame(X, columns=list("abcde")).assign(ward=pd.Categorical(np.where(X[:, 0] > 0, "A", "B")))
    models = [
        (xgboost(classify=True, enable_categorical=True), "categories"),
        (lightgbm(classify=True), "categories"),
        (catboost(classify=True, cat_features=["ward"]), "categories"),
    ]
    for model, words in models:
        with pytest.raises(ValueError, match=f"{words}.*exact_shapley"):
            shap_explanation(model.fit(table, BINARY), table[:3])
    with pytest.raises(TypeError, match=r"gblinear.*exact_shapley"):
        shap_explanation(xgboost(classify=True, booster="gblinear").fit(np.nan_to_num(X), BINARY), np.nan_to_num(X[:3]))
    with pytest.raises(ValueError, match="SymmetricTree"):
        shap_explanation(catboost(classify=True, grow_policy="Depthwise").fit(X, BINARY), X[:3])
    with pytest.raises(ValueError, match="linear_tree or zero_as_missing"):
        shap_explanation(
            lightgbm(classify=False, linear_tree=True).fit(np.nan_to_num(X), X[:, 0]), np.nan_to_num(X[:3])
        )
    with pytest.raises(ValueError, match="class_index must lie between 0 and 1"):
        shap_explanation(fitted("lightgbm", "binary"), X[:3], class_index=2)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_model_that_was_not_fitted_is_named(library):
    with pytest.raises(NotFittedError):
        shap_explanation(LIBRARIES[library](classify=True), X[:3])
