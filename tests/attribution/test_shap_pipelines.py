"""SHAP of linear models and of pipelines: the closed form, and enumeration on the table that the user holds."""

import warnings

import numpy as np
import pandas as pd
import pytest
import shap
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.exceptions import NotFittedError
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import (
    ElasticNet,
    GammaRegressor,
    LinearRegression,
    LogisticRegression,
    PoissonRegressor,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
    TweedieRegressor,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    SplineTransformer,
    StandardScaler,
)
from sklearn.svm import SVC, SVR, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from clinxai_teach.attribution import exact_shapley, shap_explanation
from clinxai_teach.attribution.leaves import shapley_by_leaf
from clinxai_teach.attribution.shap_values import tree_shapley
from clinxai_teach.attribution.trees import Ranks, tree_model

RNG = np.random.default_rng(0)
N = 120
PATIENTS = pd.DataFrame({
    "age": RNG.normal(60, 10, N),
    "waist": np.where(RNG.random(N) < 0.15, np.nan, RNG.normal(95, 12, N)),
    "ward": RNG.choice(["A", "B", "C"], N),
    "visits": RNG.integers(1, 5, N),
    "smoker": RNG.integers(0, 2, N).astype(bool),
})  # fmt: skip
ILL = (PATIENTS["age"] + 8 * (PATIENTS["ward"] == "B") * PATIENTS["smoker"] + RNG.normal(0, 6, N) > 62).to_numpy()
THREE = ILL.astype(int) + (PATIENTS["visits"] > 3)
NUMBERS = PATIENTS[["age", "visits", "smoker"]].astype(float)
BACKGROUND = PATIENTS[:50]


def score_of(model, k=1):
    """Return the score that SHAP explains, from the model's own methods."""
    if not hasattr(model, "classes_"):
        return model.predict
    if hasattr(model, "decision_function"):
        binary = len(model.classes_) == 2
        return lambda X: (1 if k else -1) * model.decision_function(X) if binary else model.decision_function(X)[:, k]
    return lambda X: model.predict_proba(X)[:, k]


def assert_equals_enumeration(model, X, background, k=1, n=3):
    explanation = shap_explanation(model, X[:n], background=background, class_index=k)
    exact = [exact_shapley(score_of(model, k), X.iloc[i] if hasattr(X, "iloc") else X[i], background) for i in range(n)]
    np.testing.assert_allclose(explanation.values, [e.values for e in exact], atol=1e-6)
    np.testing.assert_allclose(explanation.base_values, exact[0].base_value, atol=1e-6)
    return explanation


# ---- linear models -------------------------------------------------------------------------------

LINEAR = {
    "logistic": (LogisticRegression(), ILL, "log-odds"),
    "logistic of three": (LogisticRegression(), THREE, "raw score"),
    "discriminant": (LinearDiscriminantAnalysis(), ILL, "log-odds"),
    "log loss by descent": (SGDClassifier(loss="log_loss", random_state=0), ILL, "log-odds"),
    "hinge by descent": (SGDClassifier(random_state=0), ILL, "decision value"),
    "ridge classifier": (RidgeClassifier(), ILL, "decision value"),
    "support vectors": (LinearSVC(), ILL, "decision value"),
    "linear kernel": (SVC(kernel="linear"), ILL, "decision value"),
    "least squares": (LinearRegression(), PATIENTS["age"] ** 2 / 100, "prediction"),
    "ridge": (Ridge(), PATIENTS["age"], "prediction"),
    "elastic net": (ElasticNet(0.01), PATIENTS["age"], "prediction"),
    "linear kernel regression": (SVR(kernel="linear"), PATIENTS["age"], "prediction"),
    "tweedie, identity": (TweedieRegressor(power=0), PATIENTS["age"], "prediction"),
}


@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize("scaled", [False, True])
def test_a_linear_model_has_the_closed_form_and_equals_enumeration(name, scaled):
    last, y, unit = LINEAR[name]
    model = make_pipeline(StandardScaler(), last) if scaled else last
    model.fit(NUMBERS, y)
    for k in range(len(getattr(model, "classes_", [0]))):
        explanation = assert_equals_enumeration(model, NUMBERS, NUMBERS[:50], k)
        weights = np.atleast_2d(last.coef_)[k if unit == "raw score" else 0] / (model[0].scale_ if scaled else 1)
        sign = -1 if k == 0 and unit in ("log-odds", "decision value") else 1
        expected = sign * weights * (NUMBERS[:3] - NUMBERS[:50].mean())
        np.testing.assert_allclose(explanation.values, expected, rtol=1e-6, atol=1e-9)
        assert explanation.output_names == unit


@pytest.mark.parametrize("model", [PoissonRegressor(), GammaRegressor(), TweedieRegressor(power=1.5)], ids=str)
def test_a_model_with_a_logarithm_is_linear_on_that_scale(model):
    X = NUMBERS / NUMBERS.max()
    model.fit(X, PATIENTS["visits"])
    explanation = shap_explanation(model, X[:3], background=X[:40])
    np.testing.assert_allclose(explanation.values, model.coef_ * (X[:3] - X[:40].mean()), atol=1e-9)
    assert explanation.output_names == "log prediction"


def test_equals_shaps_linear_explainer():
    model = LogisticRegression().fit(NUMBERS, ILL)
    theirs = shap.LinearExplainer(model, shap.maskers.Independent(NUMBERS, max_samples=N)).shap_values(NUMBERS[:5])
    np.testing.assert_allclose(shap_explanation(model, NUMBERS[:5], background=NUMBERS).values, theirs, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), d=st.integers(1, 5), factor=st.floats(-3, 3))
def test_linear_values_grow_with_the_model_and_ignore_the_intercept(seed, d, factor):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(30, d)), rng.normal(size=30)
    one = LinearRegression().fit(X, y)
    other = LinearRegression().fit(X, factor * y + 7)
    a, b = (shap_explanation(model, X[:4], background=X[:9]).values for model in (one, other))
    np.testing.assert_allclose(b, factor * a, atol=1e-9)
    order = rng.permutation(d)
    turned = LinearRegression().fit(X[:, order], y)
    np.testing.assert_allclose(
        shap_explanation(turned, X[:4, order], background=X[:9, order]).values, a[:, order], atol=1e-9
    )


# ---- pipelines -----------------------------------------------------------------------------------


def whole(*extra):
    """Return the steps of a usual clinical pipeline: impute and scale the numbers, one-hot codes of the texts."""
    numbers = make_pipeline(SimpleImputer(), *extra, StandardScaler())
    return make_column_transformer((numbers, ["age", "waist"]), (OneHotEncoder(), ["ward"]), remainder="passthrough")


LAST = [
    LogisticRegression(max_iter=1000),
    RidgeClassifier(),
    DecisionTreeClassifier(max_depth=5, random_state=0),
    RandomForestClassifier(8, max_depth=5, random_state=0),
    GradientBoostingClassifier(n_estimators=8, random_state=0),
    HistGradientBoostingClassifier(max_iter=8, min_samples_leaf=5, random_state=0),
]


@pytest.mark.parametrize("last", LAST, ids=lambda model: type(model).__name__)
@pytest.mark.parametrize("y", [ILL, THREE], ids=["two classes", "three classes"])
def test_a_pipeline_gives_the_values_of_the_tables_own_columns(last, y):
    model = make_pipeline(whole(), last).fit(PATIENTS, y)
    for k in range(len(model.classes_)):
        explanation = assert_equals_enumeration(model, PATIENTS, BACKGROUND, k)
    assert explanation.feature_names == list(PATIENTS.columns)
    assert explanation.values.shape == (3, 5)
    assert explanation.data[0, 2] == PATIENTS["ward"][0]


@pytest.mark.parametrize(
    "steps",
    [
        [MinMaxScaler()],
        [SimpleImputer(add_indicator=True)],
        [SimpleImputer(), PowerTransformer()],
        [SimpleImputer(), QuantileTransformer(n_quantiles=20)],
        [SimpleImputer(), SplineTransformer(4)],
        [SimpleImputer(), FunctionTransformer(np.cbrt)],
        [FunctionTransformer(lambda X: X[:, ::-1])],
    ],
    ids=["scale", "indicator", "power", "ranks", "splines", "function", "turned round"],
)
@pytest.mark.parametrize(
    "last",
    [LogisticRegression(max_iter=2000), RandomForestClassifier(6, max_depth=4, random_state=0)],
    ids=["linear", "trees"],
)
def test_any_steps_that_keep_the_columns_apart(steps, last):
    X = PATIENTS[["age", "waist", "visits"]].to_numpy()
    if isinstance(last, LogisticRegression):
        steps = [*steps, SimpleImputer()]
    model = make_pipeline(*steps, last).fit(X, ILL)
    assert_equals_enumeration(model, X, X[:40])


@pytest.mark.parametrize(
    "step",
    [
        PCA(2),
        PolynomialFeatures(2),
        KNNImputer(n_neighbors=3),
        FunctionTransformer(lambda X: X / X.sum(1, keepdims=True)),
    ],
    ids=["PCA", "interactions", "neighbours", "row sums"],
)  # fmt: skip
def test_steps_that_mix_columns_are_right_or_refused(step):
    X = PATIENTS[["age", "waist", "visits"]].to_numpy()
    X = X if isinstance(step, KNNImputer) else np.nan_to_num(X, nan=90)
    trees = make_pipeline(step, RandomForestClassifier(4, random_state=0)).fit(X, ILL)
    with pytest.raises(TypeError, match="exact_shapley"):
        shap_explanation(trees, X[:3], background=X[:40])
    linear = make_pipeline(step, LogisticRegression(max_iter=2000)).fit(X, ILL)
    if isinstance(step, PCA):
        assert_equals_enumeration(linear, X, X[:40])  # linear all the same
    else:
        with pytest.raises(TypeError, match=r"combines columns.*exact_shapley"):
            shap_explanation(linear, X[:30], background=X[:40])


def test_without_a_background_a_pipeline_follows_the_training_counts():
    """Scaling keeps every split, so the values are those of the same trees on the table itself."""
    forest = RandomForestClassifier(6, max_depth=4, random_state=0)
    scaled = make_pipeline(MinMaxScaler(), forest).fit(NUMBERS, ILL)
    for X in (NUMBERS[:20], NUMBERS[:1]):
        explanation = shap_explanation(scaled, X)
        theirs = shap.TreeExplainer(forest, feature_perturbation="tree_path_dependent").shap_values(
            scaled[0].transform(X)
        )
        np.testing.assert_allclose(explanation.values, theirs[..., 1], atol=1e-9)
    with pytest.raises(ValueError, match="background is missing"):
        shap_explanation(make_pipeline(whole(), forest).fit(PATIENTS, ILL), PATIENTS[:3])


def test_codes_that_are_numbers_of_one_column_stay_one_column():
    encoder = make_column_transformer((OrdinalEncoder(), ["ward"]), remainder="passthrough")
    model = make_pipeline(encoder, HistGradientBoostingClassifier(max_iter=8, random_state=0)).fit(PATIENTS, ILL)
    assert_equals_enumeration(model, PATIENTS, BACKGROUND)


def test_pipelines_in_pipelines_and_regressors():
    model = make_pipeline(
        whole(), make_pipeline(StandardScaler(with_mean=False), RandomForestRegressor(5, max_depth=4, random_state=0))
    )
    model.fit(PATIENTS, PATIENTS["age"])
    assert assert_equals_enumeration(model, PATIENTS, BACKGROUND).output_names == "prediction"


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), groups=st.lists(st.integers(0, 2), min_size=4, max_size=4))
def test_leaf_by_leaf_equals_shap_and_grouping_adds_up_to_the_same_total(seed, groups):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(60, 4)), rng.integers(0, 2, 60)
    X[rng.random(X.shape) < 0.1] = np.nan
    parts = tree_model(RandomForestClassifier(3, max_depth=6, random_state=seed).fit(X, y), 1)
    ranks = Ranks(parts.trees, 4, parts.single)
    trees = [ranks.tree(tree) for tree in parts.trees]
    table, rows = ranks.table(X[:5]), ranks.table(X[:25])
    values, base = shapley_by_leaf(trees, table, rows, np.arange(4), 4)
    theirs, their_base = tree_shapley(parts, X[:5], X[:25])
    np.testing.assert_allclose(values, theirs, atol=1e-7)
    assert base == pytest.approx(their_base)
    grouped, _ = shapley_by_leaf(trees, table, rows, np.array(groups), 3)
    np.testing.assert_allclose(grouped.sum(1), values.sum(1), atol=1e-12)
    assert (grouped[:, [g for g in range(3) if g not in groups]] == 0).all()


# ---- carriers and words --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "last", [LogisticRegression(), HistGradientBoostingClassifier(max_iter=5)], ids=["linear", "trees"]
)
def test_nullable_and_polars_tables(last):
    X = PATIENTS[["age", "visits", "waist"]]
    model = make_pipeline(SimpleImputer(), last).fit(X, ILL)
    expected = shap_explanation(model, X[:5], background=X[:40])
    nullable = X.convert_dtypes()
    assert str(nullable.dtypes["waist"]) == "Float64"
    found = shap_explanation(model, nullable[:5], background=nullable[:40])
    np.testing.assert_allclose(found.values, expected.values, atol=1e-9)
    pl = pytest.importorskip("polars")
    table = pl.DataFrame(X.to_dict("list"), strict=False).with_columns(pl.col("waist").fill_nan(None))
    found = shap_explanation(model, table[:5], background=table[:40])
    np.testing.assert_allclose(found.values, expected.values, atol=1e-9)
    assert found.feature_names == list(X.columns)


def test_trees_take_missing_values_of_every_carrier():
    X = PATIENTS[["age", "visits", "waist"]]
    model = HistGradientBoostingClassifier(max_iter=8, min_samples_leaf=5, random_state=0).fit(X, ILL)
    expected = shap_explanation(model, X[:5], background=X[:40])
    for table in (X.convert_dtypes(), X.astype({"visits": "Int64"}), X.astype({"visits": "category"})):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = shap_explanation(model, table[:5], background=table[:40])
        np.testing.assert_allclose(found.values, expected.values, atol=1e-9)


@pytest.mark.parametrize(
    ("X", "background", "error", "words"),
    [
        (NUMBERS.iloc[0], NUMBERS, ValueError, r"X must have one row per patient and 3 columns.*\.iloc\[\[0\]\]"),
        (NUMBERS[:2], shap.kmeans(NUMBERS, 3), TypeError, r"background must be a table.*DenseData.*\.data"),
        (NUMBERS[:2], NUMBERS[["visits", "age", "smoker"]], ValueError, "background must have the same columns"),
        (NUMBERS.assign(age="old"), NUMBERS, TypeError, "X must hold numbers only"),
        (np.ma.masked_array(NUMBERS, mask=True), NUMBERS, ValueError, "X has .* masked"),
    ],
)  # fmt: skip
def test_tables_that_do_not_fit_are_named(X, background, error, words):
    with pytest.raises(error, match=words):
        shap_explanation(RandomForestClassifier(4).fit(NUMBERS, ILL), X, background=background)


def test_models_that_do_not_fit_are_named():
    for model in (LogisticRegression(), make_pipeline(StandardScaler(), LogisticRegression())):
        with pytest.raises(NotFittedError, match="not fitted yet"):
            shap_explanation(model, NUMBERS[:2], background=NUMBERS)
    many = LinearRegression().fit(NUMBERS, NUMBERS)
    with pytest.raises(ValueError, match="outputs, but one is needed"):
        shap_explanation(many, NUMBERS[:2], background=NUMBERS)
    with pytest.raises(ValueError, match="class_index must lie between 0 and 1"):
        shap_explanation(LogisticRegression().fit(NUMBERS, ILL), NUMBERS[:2], background=NUMBERS, class_index=2)
    with pytest.raises(TypeError, match="exact_shapley"):
        shap_explanation(lambda X: X, NUMBERS[:2], background=NUMBERS)
