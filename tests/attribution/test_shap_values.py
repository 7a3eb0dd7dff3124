"""SHAP of tree models: every family equals brute force; what shap alone gets wrong; shapes, units, side effects."""

import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import shap
from scipy.special import logit
from sklearn.base import clone
from sklearn.datasets import make_classification, make_regression
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier

from clinxai_teach.attribution import exact_shapley, shap_explanation
from clinxai_teach.attribution.trees import tree_model
from clinxai_teach.data import load_nhanes_diabetes

CLASSIFIERS = [
    DecisionTreeClassifier(max_depth=4, random_state=0),
    ExtraTreeClassifier(max_depth=4, random_state=0),
    RandomForestClassifier(8, max_depth=4, random_state=0),
    ExtraTreesClassifier(8, max_depth=5, random_state=0),
    GradientBoostingClassifier(n_estimators=8, random_state=0),
    HistGradientBoostingClassifier(max_iter=10, random_state=0),
]
REGRESSORS = [
    DecisionTreeRegressor(max_depth=4, random_state=0),
    RandomForestRegressor(8, max_depth=4, random_state=0),
    GradientBoostingRegressor(n_estimators=8, random_state=0),
    HistGradientBoostingRegressor(max_iter=10, random_state=0),
]


def kind(model):
    return type(model).__name__


def patients(n_classes):
    return make_classification(
        300, 5, n_informative=4, n_redundant=0, n_classes=n_classes, n_clusters_per_class=1, random_state=0
    )


@pytest.mark.parametrize("model", CLASSIFIERS, ids=kind)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_every_family_equals_brute_force_for_each_class(model, n_classes):
    X, y = patients(n_classes)
    model.fit(X, y)
    background = X[:120]  # more than the 100 rows at which shap cuts without a word
    for k in range(n_classes):
        explanation = shap_explanation(model, X[:3], background=background, class_index=k)
        exact = [exact_shapley(tree_model(model, k).score, x, background) for x in X[:3]]
        assert explanation.values.shape == (3, 5)
        assert explanation.base_values.shape == (3,)
        np.testing.assert_allclose(explanation.values, [e.values for e in exact], atol=1e-6)
        np.testing.assert_allclose(explanation.base_values, exact[0].base_value, atol=1e-9)


@pytest.mark.parametrize("model", REGRESSORS, ids=kind)
def test_every_regressor_equals_brute_force(model):
    X, y = make_regression(200, 5, random_state=0)
    model.fit(X, y / y.std())
    explanation = shap_explanation(model, X[:3], background=X[:110])
    exact = [exact_shapley(model.predict, x, X[:110]).values for x in X[:3]]
    np.testing.assert_allclose(explanation.values, exact, atol=1e-6)
    assert explanation.output_names == "prediction"


@pytest.mark.parametrize("model", CLASSIFIERS, ids=kind)
def test_local_accuracy_in_the_units_that_are_named(model):
    X, y = patients(2)
    model.fit(X, y)
    for background in (None, X[:60]):
        explanation = shap_explanation(model, X, background=background)
        total = explanation.values.sum(1) + explanation.base_values
        if hasattr(model, "decision_function"):
            assert explanation.output_names == "log-odds"
            np.testing.assert_allclose(total, model.decision_function(X), atol=1e-5)
        else:
            assert explanation.output_names == "probability"
            np.testing.assert_allclose(total, model.predict_proba(X)[:, 1], atol=1e-5)
        other = shap_explanation(model, X, background=background, class_index=0)
        np.testing.assert_allclose(other.values, -explanation.values, atol=1e-6)  # two classes: the mirror image


@pytest.mark.parametrize("model", CLASSIFIERS[:-1], ids=kind)
def test_path_dependent_values_equal_shaps_own(model):
    X, y = patients(2)
    model.fit(X, y)
    theirs = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent").shap_values(X[:20])
    theirs = theirs[..., 1] if theirs.ndim == 3 else theirs
    np.testing.assert_allclose(shap_explanation(model, X[:20]).values, theirs, atol=1e-6)


def test_missing_values_follow_the_model():
    X, y = patients(2)
    X = X.copy()
    X[::3, 1], X[1::4, 3] = np.nan, np.nan
    for model in (
        HistGradientBoostingClassifier(max_iter=10, random_state=0),
        RandomForestClassifier(8, random_state=0),
    ):
        model.fit(X, y)
        explanation = shap_explanation(model, X[:4], background=X[:40])
        exact = [exact_shapley(tree_model(model, 1).score, x, X[:40]).values for x in X[:4]]
        np.testing.assert_allclose(explanation.values, exact, atol=1e-6)


# ---- where shap alone is wrong, or easily misread ------------------------------------------------


def test_a_base_that_is_not_the_backgrounds_mean_is_refused_although_the_rows_add_up(monkeypatch):
    class Shifted(shap.TreeExplainer):
        def shap_values(self, *args, **options):
            self.expected_value = np.ravel(self.expected_value) + 0.1
            values = super().shap_values(*args, **options)
            values[:, 0] -= 0.1
            return values

    X, y = patients(2)
    model = RandomForestClassifier(8, random_state=0).fit(X, y)
    monkeypatch.setattr(shap, "TreeExplainer", Shifted)
    with pytest.raises(RuntimeError, match=r"off by up to 0\.1"):
        shap_explanation(model, X[:2], background=X[:50])


def test_the_textbooks_index_means_another_thing_today():
    """`shap_values[1][0]` was class 1, patient 0. Today it is patient 1, feature 0, both classes."""
    X, y = patients(2)
    model = RandomForestClassifier(8, random_state=0).fit(X, y)
    values = shap.TreeExplainer(model).shap_values(X[:4])
    assert values.shape == (4, 5, 2)
    assert values[1][0].shape == (2,)
    np.testing.assert_allclose(shap_explanation(model, X[:4]).values, values[:, :, 1], atol=1e-6)


def test_a_tree_with_too_many_nodes_for_shap_is_refused():
    """With a background shap 0.51 numbers a tree's nodes in 16 bits: past 32,767 it follows wrong branches."""
    x = np.arange(17_000.0)[:, None]
    model = DecisionTreeRegressor(random_state=0).fit(x, np.random.default_rng(0).normal(size=17_000))
    assert model.tree_.node_count > 2**15
    with pytest.raises(ValueError, match="more than 32767 nodes"):
        shap_explanation(model, x[:2], background=x[:5])
    np.testing.assert_allclose(shap_explanation(model, x[-2:]).base_values, model.predict(x).mean(), atol=1e-9)


# ---- units that are not the usual ones -----------------------------------------------------------


def test_the_exponential_loss_gives_half_of_the_log_odds_and_is_named_so():
    X, y = patients(2)
    model = GradientBoostingClassifier(n_estimators=8, loss="exponential", random_state=0).fit(X, y)
    explanation = shap_explanation(model, X)
    p = model.predict_proba(X)[:, 1]
    assert explanation.output_names == "half log-odds"
    np.testing.assert_allclose(explanation.values.sum(1) + explanation.base_values, logit(p) / 2, atol=1e-6)


@pytest.mark.parametrize("loss", ["poisson", "gamma"])
def test_losses_with_a_logarithm_are_explained_on_its_scale(loss):
    X, _ = patients(2)
    y = np.random.default_rng(0).poisson(np.exp(X[:, 0].clip(-1, 1))) + 1
    model = HistGradientBoostingRegressor(loss=loss, max_iter=8).fit(X, y)
    explanation = shap_explanation(model, X[:3], background=X[:50])
    exact = [exact_shapley(lambda T: np.log(model.predict(T)), x, X[:50]).values for x in X[:3]]
    np.testing.assert_allclose(explanation.values, exact, atol=1e-6)
    assert explanation.output_names == "log prediction"


# ---- tables, pictures, side effects --------------------------------------------------------------


def test_nhanes_by_name_with_shaps_plots():
    data = load_nhanes_diabetes()
    model = HistGradientBoostingClassifier(max_depth=3, max_iter=20, random_state=0).fit(data.X, data.y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        explanation = shap_explanation(model, data.X.iloc[:40], background=data.X.iloc[:150])
    assert explanation.feature_names == list(data.X.columns)
    assert explanation[0].values.shape == (13,)
    assert explanation[:, "waist_cm"].values.shape == (40,)
    np.testing.assert_array_equal(explanation.data, data.X.iloc[:40])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # shap's own
        shap.plots.waterfall(explanation[0], show=False)
        shap.plots.beeswarm(explanation, show=False)
    plt.close("all")


@pytest.mark.parametrize("model", CLASSIFIERS, ids=kind)
def test_the_model_is_left_as_it_was(model):
    """shap writes into the node weights that it is given."""
    X, y = patients(2)
    model.fit(X, y)
    before, weights = model.predict_proba(X), shap_explanation(model, X[:5]).values
    shap_explanation(model, X[:5], background=X[:40])
    np.testing.assert_array_equal(model.predict_proba(X), before)
    np.testing.assert_array_equal(shap_explanation(model, X[:5]).values, weights)


def test_a_feature_that_no_tree_uses_and_a_tree_that_is_one_leaf():
    X = np.column_stack([np.arange(40.0), np.full(40, 3.0)])
    model = DecisionTreeClassifier(max_depth=1).fit(X, X[:, 0] > 20)
    np.testing.assert_allclose(shap_explanation(model, X, background=X).values[:, 1], 0)
    stump = DecisionTreeClassifier().fit(X, np.r_[np.zeros(39), 1] * 0 + (np.arange(40) % 2 == 5))
    with pytest.raises(ValueError, match="class_index"):
        shap_explanation(stump, X, background=X)  # it has seen one class only
    np.testing.assert_allclose(shap_explanation(stump, X, background=X, class_index=0).values, 0)


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (LogisticRegression(), ValueError, "background is missing: a linear model's values compare"),
        (SVC(), TypeError, "but got SVC. For others use exact_shapley"),
        (make_pipeline(PCA(3), RandomForestClassifier(4)), TypeError, "one column of several.*exact_shapley"),
        (GridSearchCV(DecisionTreeClassifier(), {"max_depth": [1]}), TypeError, "model.best_estimator_"),
        (HistGradientBoostingClassifier(max_iter=3, categorical_features=[0]), ValueError, "categories"),
        (GradientBoostingClassifier(n_estimators=3, init=LogisticRegression()), ValueError, "another model"),
    ],
    ids=["logistic", "kernel", "PCA", "search", "categories", "init"],
)
def test_models_that_cannot_be_read_are_refused(model, error, message):
    X, y = patients(2)
    X = np.column_stack([np.arange(300) % 4, X[:, 1:]])
    with pytest.raises(error, match=message):
        shap_explanation(model.fit(X, y), X[:3])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"class_index": 2}, ValueError, "class_index must lie between 0 and 1"),
        ({"class_index": -1}, ValueError, "class_index"),
        ({"class_index": 1.0}, TypeError, "class_index"),
        ({"background": np.zeros((4, 3))}, ValueError, "background must have one row per patient and 5 columns"),
        ({"background": np.zeros((0, 5))}, ValueError, "background"),
    ],
)
def test_bad_options_are_named(options, error, message):
    X, y = patients(2)
    model = RandomForestClassifier(4).fit(X, y)
    with pytest.raises(error, match=message):
        shap_explanation(model, X[:3], **options)
    with pytest.raises(ValueError, match="X must have"):
        shap_explanation(model, X[0])
    with pytest.raises(TypeError, match="numbers only"):
        shap_explanation(model, pd.DataFrame([["a"] * 5]))


def test_columns_in_another_order_are_refused_also_where_scikit_learn_cannot_see_them():
    X, y = patients(2)
    table = pd.DataFrame(X, columns=list("abcde"))
    for model in (RandomForestClassifier(4).fit(table, y), RandomForestClassifier(4).fit(X, y)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # scikit-learn's, of names that the second model has not seen
            with pytest.raises(ValueError, match="background must have the same columns in the same order"):
                shap_explanation(model, table[:3], background=table[list("edcba")])


@pytest.mark.parametrize("model", [RandomForestClassifier(), HistGradientBoostingClassifier()], ids=kind)
def test_a_model_that_was_not_fitted_is_named(model):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        shap_explanation(clone(model), np.zeros((2, 3)))


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(),
        make_pipeline(StandardScaler(), LogisticRegression()),
        make_pipeline(StandardScaler(), DecisionTreeClassifier()),
    ],
    ids=["linear", "scaled", "scaled tree"],
)
def test_a_text_is_named_with_its_table_and_its_column(model):
    X, y = patients(2)
    table = pd.DataFrame(X, columns=list("abcde"))
    texts = table.astype(object)
    texts.loc[1, "c"] = "old"
    model = clone(model).fit(table, y)
    with pytest.raises(TypeError, match="X must hold numbers in column 'c', but holds text such as 'old'"):
        shap_explanation(model, texts, background=table)
    with pytest.raises(TypeError, match="background must hold numbers in column 'c'"):
        shap_explanation(model, table, background=texts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn's, of names
        with pytest.raises(TypeError, match="X must hold numbers in column 2"):
            shap_explanation(model, texts.to_numpy(), background=X)
