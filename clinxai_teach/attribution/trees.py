"""Tree models as a plain list of trees with one output each, in the form that shap reads."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from clinxai_teach._types import FloatArray

Tree: TypeAlias = dict[str, Any]  # node arrays, as shap's TreeExplainer reads them
Score: TypeAlias = Callable[[Any], FloatArray]

Read: TypeAlias = tuple[list[Tree], float, str, Score, bool]  # the first five fields of a TreeModel
KINDS = ("DecisionTree", "ExtraTree", "RandomForest", "ExtraTrees", "GradientBoosting", "HistGradientBoosting")


class TreeModel(NamedTuple):
    """The score of one class as a sum of trees.

    `trees` dicts of node arrays, as shap's TreeExplainer reads them; `base` what is added to their sum; `unit` of the
    score; `score` a function from an array of patients to the score `(n,)` by the model itself; `single` whether the
    model rounds the patients to float32 before it compares them with a threshold; `n_features` and `names` of the
    columns that it was trained on (None for an array).
    """

    trees: list[Tree]
    base: float
    unit: str
    score: Score
    single: bool
    n_features: int
    names: list[str] | None


def tree_model(model: Any, class_index: int) -> TreeModel:
    """Return the TreeModel of one class of a fitted scikit-learn model; TypeError for other models."""
    from sklearn.utils.validation import check_is_fitted  # here, so that importing the package stays light

    kind = type(model).__name__.removesuffix("Classifier").removesuffix("Regressor")
    if kind not in KINDS:
        found = " Pass what the search has found: model.best_estimator_." if hasattr(model, "best_estimator_") else ""
        raise TypeError(
            "model must be a scikit-learn tree, forest or boosting model, a linear model, a pipeline that ends in one, "
            f"or of XGBoost, LightGBM or CatBoost, but got {type(model).__name__}.{found} For others use exact_shapley "
            "(up to 12 features), or shap.Explainer(predict, background)."
        )
    check_is_fitted(model)
    if hasattr(model, "classes_"):
        check_class(model.classes_, class_index)
    read = {"GradientBoosting": _gradient_boosting, "HistGradientBoosting": _hist_gradient_boosting}.get(kind, _forest)
    trees, base, unit, score, single = read(model, class_index, hasattr(model, "classes_"))
    names = getattr(model, "feature_names_in_", None)

    def by_name(X: FloatArray) -> FloatArray:  # scikit-learn warns where a model that knows names gets none
        return np.asarray(score(X if names is None else pd.DataFrame(X, columns=names)), dtype=np.float64)

    return TreeModel(
        trees, base, unit, by_name, single, model.n_features_in_, None if names is None else list(map(str, names))
    )


def check_class(classes: Any, class_index: int) -> None:
    """Raise a ValueError unless the model has the class."""
    if not 0 <= class_index < len(classes):
        raise ValueError(
            f"class_index must lie between 0 and {len(classes) - 1} for this model, but got {class_index}."
        )


def _forest(model: Any, k: int, is_classifier: bool) -> Read:
    """A forest averages its trees; the leaf of a classification tree holds the share of each class."""
    estimators = getattr(model, "estimators_", [model])
    if model.n_outputs_ > 1:
        raise ValueError(f"model predicts {model.n_outputs_} outputs, but one is needed. Explain one at a time.")
    trees = []
    for estimator in estimators:
        values = estimator.tree_.value[:, 0, :]
        values = values[:, k] / values.sum(axis=1) if is_classifier else values[:, 0]
        trees.append(_tree(estimator.tree_, values / len(estimators)))
    if is_classifier:
        return trees, 0.0, "probability", lambda X: model.predict_proba(X)[:, k], True
    return trees, 0.0, "prediction", model.predict, True


def _gradient_boosting(model: Any, k: int, is_classifier: bool) -> Read:
    """Boosting starts from a constant and adds each tree, shrunk by the learning rate."""
    start = model._raw_predict_init(np.zeros((2, model.n_features_in_), dtype=np.float32))
    if model.init_ != "zero" and type(model.init_).__name__ not in ("DummyClassifier", "DummyRegressor"):
        raise ValueError(
            "model starts from another model (init=...), which SHAP cannot take apart. Train it without init."
        )
    column, sign, unit, score = _boosting_output(model, k, is_classifier)
    trees = [_tree(row[column].tree_, sign * model.learning_rate * row[column].tree_.value[:, 0, 0])
             for row in model.estimators_]  # fmt: skip
    return trees, sign * float(start[0, column]), unit, score, True


def _hist_gradient_boosting(model: Any, k: int, is_classifier: bool) -> Read:
    """The same with binned features; its thresholds are float64, and lie on values of the training data."""
    column, sign, unit, score = _boosting_output(model, k, is_classifier)
    if getattr(model, "is_categorical_", None) is not None and np.any(model.is_categorical_):
        raise ValueError("model splits on categories, which shap cannot read. Encode them as numbers before training.")
    trees = []
    for row in model._predictors:
        nodes = row[column].nodes
        leaf = nodes["is_leaf"].astype(bool)
        left, right = nodes["left"].astype(int), nodes["right"].astype(int)
        trees.append(
            {
                "children_left": np.where(leaf, -1, left),
                "children_right": np.where(leaf, -1, right),
                "children_default": np.where(leaf, -1, np.where(nodes["missing_go_to_left"], left, right)),
                "features": np.where(leaf, -2, nodes["feature_idx"]),
                "thresholds": nodes["num_threshold"].astype(np.float64),
                "values": sign * nodes["value"][:, None],
                "node_sample_weight": nodes["count"].astype(np.float64),
            }
        )
    base = np.ravel(model._baseline_prediction)[column]
    return trees, sign * float(base), unit, score, False


def _boosting_output(model: Any, k: int, is_classifier: bool) -> tuple[int, int, str, Score]:
    """Return which column of trees gives the score, its sign, its unit, and the score by scikit-learn.

    With two classes boosting has one column, the log-odds of class 1; class 0 has its negative.
    """
    if not is_classifier:
        if model.loss in ("poisson", "gamma"):  # the trees add up to the logarithm of the prediction
            return 0, 1, "log prediction", lambda X: np.log(model.predict(X))
        return 0, 1, "prediction", model.predict
    if len(model.classes_) == 2:
        sign = 1 if k == 1 else -1
        unit = "half log-odds" if model.loss == "exponential" else "log-odds"
        return 0, sign, unit, lambda X: sign * model.decision_function(X)
    return k, 1, "raw score", lambda X: model.decision_function(X)[:, k]


def _tree(tree: Any, values: FloatArray) -> Tree:
    """Return a tree of scikit-learn as the dict that shap reads."""
    left, right = tree.children_left, tree.children_right
    return {
        "children_left": left,
        "children_right": right,
        "children_default": np.where(tree.missing_go_to_left, left, right),
        "features": tree.feature,
        "thresholds": tree.threshold,
        "values": np.asarray(values, dtype=np.float64)[:, None],
        "node_sample_weight": tree.weighted_n_node_samples.copy(),  # shap writes into it
    }


class Ranks:
    """Replaces each value by its rank among the model's thresholds: 0, 1, 2, ... A missing value stays missing.

    shap compares values and thresholds in float32. Boosting thresholds can lie so close to a patient's value that
    float32 takes the wrong side. A rank is a small whole number, and it is on the right side in any precision:
    x <= threshold number j exactly when rank(x) <= j. So threshold number j becomes j + 0.5.
    """

    def __init__(self, trees: list[Tree], n_features: int, single: bool) -> None:
        self.single = single
        used = [(tree["features"], tree["thresholds"]) for tree in trees]
        features, thresholds = (np.concatenate(parts) for parts in zip(*used, strict=True))
        self.cuts = [np.unique(thresholds[features == f]) for f in range(n_features)]

    def table(self, X: FloatArray) -> FloatArray:
        """Return the ranks of a table of patients `(n, d)`."""
        X = X.astype(np.float32).astype(np.float64) if self.single else X
        ranks = np.stack([np.searchsorted(cuts, column) for cuts, column in zip(self.cuts, X.T, strict=True)], axis=1)
        return np.where(np.isnan(X), np.nan, ranks)

    def tree(self, tree: Tree) -> Tree:
        """Return the tree with ranks as thresholds."""
        thresholds = np.zeros(len(tree["thresholds"]))
        for f, cuts in enumerate(self.cuts):
            here = tree["features"] == f
            thresholds[here] = np.searchsorted(cuts, tree["thresholds"][here]) + 0.5
        return {**tree, "thresholds": thresholds}
