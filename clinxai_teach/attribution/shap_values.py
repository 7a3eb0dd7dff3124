"""SHAP values of trees and linear models: one class, one shape, one named unit, and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from clinxai_teach._lazy import explained
from clinxai_teach._types import FloatArray
from clinxai_teach._validate import feature_table, positive_int
from clinxai_teach.attribution.boosters import BOOSTERS
from clinxai_teach.attribution.leaves import shapley_by_leaf
from clinxai_teach.attribution.linear import additive_shapley, is_linear, linear_score
from clinxai_teach.attribution.pipelines import Steps, origins, take_apart, with_another
from clinxai_teach.attribution.tables import column_names, readable, stacked
from clinxai_teach.attribution.trees import Ranks, TreeModel, tree_model

if TYPE_CHECKING:
    import shap

MOST_NODES = 2**15 - 1  # shap 0.51 numbers the nodes of a tree in 16 bits when there is a background


def shap_explanation(
    model: Any, X: ArrayLike, *, background: ArrayLike | None = None, class_index: int = 1
) -> shap.Explanation:
    """Return the SHAP values of one class for a model of trees or a linear model, as a `shap.Explanation`.

    Parameters
    ----------
    model : fitted classifier or regressor
        scikit-learn's DecisionTree, ExtraTree, RandomForest, ExtraTrees, GradientBoosting and HistGradientBoosting; its
        linear models; a pipeline that ends in one of these and keeps the columns apart before (scaling, imputing,
        one-hot codes): its values are those of the table's own columns. Where they are installed, XGBoost, LightGBM and
        CatBoost.
    X : DataFrame or array `(n, d)`
        The patients to explain.
    background : None, DataFrame or array `(m, d)`
        "Compared with whom?" With a background, a feature that is not known takes the values of these patients
        ("interventional"); all m rows count. None: it follows the tree's own training counts ("path-dependent"). The
        two answer different questions, and can name another top feature. A linear model needs a background.
    class_index : int
        The class to explain, as a position in `model.classes_`. A regressor has one output: it is not used.

    Returns
    -------
    shap.Explanation
        `values (n, d)`, `base_values (n,)`, `data`, `feature_names`; `output_names` is the unit: "probability" for
        trees and forests, "log-odds" for boosting and logistic regression with two classes ("half log-odds" with the
        exponential loss, "decision value" for another linear classifier), "raw score" with more classes, "prediction"
        for a regressor ("log prediction" with the Poisson or gamma loss). Values and base of a row add up to the
        model's output in this unit, and the base is the mean output of the background; both are checked.

    Raises
    ------
    TypeError, ValueError
        For another kind of model, categorical splits, steps that mix columns, a class that the model does not have,
        or other columns. The message names the way, often `exact_shapley`.
    RuntimeError
        If the values of a row do not add up to the model's output.

    Lundberg S. M. et al., From local explanations to global understanding with explainable AI for trees, Nat Mach
    Intell 2020;2:56-67, doi:10.1038/s42256-019-0138-9.

    Examples
    --------
    One tree with one question: is the first value above 1.5? Half of the patients say yes.

    >>> from sklearn.tree import DecisionTreeRegressor
    >>> X = np.array([[0.0, 5.0], [1.0, 5.0], [2.0, 5.0], [3.0, 5.0]])
    >>> tree = DecisionTreeRegressor().fit(X, [0, 0, 8, 8])
    >>> shap_explanation(tree, X[-1:]).values.tolist()  # 8, where the mean is 4
    [[4.0, 0.0]]
    """
    with explained("shap_explanation"):
        import shap  # here, because it takes two seconds

    k = positive_int("class_index", class_index, minimum=0)
    steps = take_apart(model)
    try:
        if is_linear(steps.last):
            shares = _linear(model, steps.last, X, background, k)
        else:
            shares = _trees(model, steps, X, background, k)
    except ValueError as error:
        said, _, text = str(error).partition("could not convert string to float: ")
        if said or not text:
            raise
        raise TypeError(_text_found(text.strip("'"), {"X": X, "background": background})) from None
    total = shares.base + shares.values.sum(axis=1)
    gap = np.abs(total - shares.score).max()
    if shares.background_score is not None:
        gap = max(gap, abs(shares.base - shares.background_score.mean()))
    if not gap <= 1e-5 * max(1, np.abs(shares.values).sum(axis=1).max()):  # "not <=" also catches NaN
        raise RuntimeError(f"the SHAP values do not add up to the model's output: they are off by up to {gap:.2g}.")
    return shap.Explanation(
        shares.values,
        base_values=np.full(len(shares.values), shares.base),
        data=shares.data,
        feature_names=column_names(X) if hasattr(X, "columns") else None,
        output_names=shares.unit,
    )


class Shares(NamedTuple):
    """What a way to compute SHAP values hands back: the `score` of each row is by the model itself, for the check."""

    values: FloatArray
    base: float
    unit: str
    score: FloatArray
    background_score: FloatArray | None
    data: Any


def _linear(model: Any, last: Any, X: Any, background: Any, k: int) -> Shares:
    """A linear model, also behind other steps: one term per column."""
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(model)
    if background is None:
        raise ValueError(
            "background is missing: a linear model's values compare with somebody. Pass the training patients, or some."
        )
    unit, score = linear_score(model, last, k)
    X, background = _patients("X", X, model), _patients("background", background, model, X)
    values, base = additive_shapley(score, X, background)
    return Shares(values, base, unit, score(X), score(background), _shown(X))


def _trees(model: Any, steps: Steps, X: Any, background: Any, k: int) -> Shares:
    """A model of trees, also behind steps that keep the columns apart."""
    library = type(steps.last).__module__.partition(".")[0]
    parts = BOOSTERS.get(library, tree_model)(steps.last, k)
    if steps.encode is None:
        table = _numbers("X", X, parts.names, parts.n_features)
        names = parts.names or getattr(X, "columns", None)
        rows = None if background is None else _numbers("background", background, names, parts.n_features)
        values, base = tree_shapley(parts, table, rows)
        return _shares(parts, values, base, table, rows, table)
    X = _patients("X", X, model)
    background = None if background is None else _patients("background", background, model, X)
    origin = origins(steps.encode, with_another(X) if background is None else stacked(background, X))
    table, rows = steps.encode(X), None if background is None else steps.encode(background)
    values = np.zeros((len(table), X.shape[1]))
    used = origin >= 0
    if len(set(origin[used])) == used.sum():  # each column became one at most
        encoded, base = tree_shapley(parts, table, rows)
        values[:, origin[used]] = encoded[:, used]
    elif rows is None:
        raise ValueError(
            "background is missing: the model makes several columns of one, as one-hot codes do. Their values belong "
            "together only in comparison with patients. Pass the training patients, or some."
        )
    else:
        ranks = Ranks(parts.trees, table.shape[1], parts.single)
        ranked = [ranks.tree(tree) for tree in parts.trees]
        values, base = shapley_by_leaf(ranked, ranks.table(table), ranks.table(rows), origin, X.shape[1])
        base += parts.base
    return _shares(parts, values, base, table, rows, _shown(X))


def _shares(parts: TreeModel, values: FloatArray, base: float, table: FloatArray, rows: Any, data: Any) -> Shares:
    return Shares(values, base, parts.unit, parts.score(table), None if rows is None else parts.score(rows), data)


def tree_shapley(parts: TreeModel, table: FloatArray, background: FloatArray | None) -> tuple[FloatArray, float]:
    """Return the values `(n, d)` and the base of a sum of trees, by shap: path-dependent without a background."""
    import shap

    ranks = Ranks(parts.trees, table.shape[1], parts.single)
    trees = [ranks.tree(tree) for tree in parts.trees]
    readable = {"trees": trees, "base_offset": 0.0}
    if background is None:
        explainer = shap.TreeExplainer(readable, feature_perturbation="tree_path_dependent")
    else:
        if max(len(tree["features"]) for tree in trees) > MOST_NODES:
            raise ValueError(
                f"model has a tree with more than {MOST_NODES} nodes, too many for shap with a background. Train it "
                "with max_leaf_nodes, or leave background out."
            )
        rows = ranks.table(background)
        # max_samples: shap would otherwise cut the background to 100 rows without a word.
        masker = shap.maskers.Independent(rows, max_samples=len(rows))
        explainer = shap.TreeExplainer(readable, data=masker, feature_perturbation="interventional")
    values = np.asarray(explainer.shap_values(ranks.table(table), check_additivity=False), dtype=np.float64)
    return values, float(np.ravel(explainer.expected_value)[0]) + parts.base


def _patients(name: str, X: Any, model: Any, like: Any = None) -> Any:
    """Return a table of patients whose columns keep their kinds; the columns must be the model's, in their order."""
    table = readable(name, X)
    names = getattr(model, "feature_names_in_", column_names(like) if like is not None else None)
    _check_columns(name, table, names, model.n_features_in_)
    return table


def _numbers(name: str, X: Any, names: Any, n_features: int) -> FloatArray:
    """Return a table of patients as float64 `(n, d)`, NaN where a value is missing; the columns must be the model's."""
    table = readable(name, X)
    _check_columns(name, table, names, n_features)
    try:
        return feature_table(name, table)
    except TypeError as error:
        raise TypeError(f"{error} A model takes numbers only: encode texts as it was trained.") from None


def _check_columns(name: str, table: Any, names: Any, n_features: int) -> None:
    """Raise unless a table has one row per patient and the model's columns, in their order."""
    if names is not None and hasattr(table, "columns") and list(table.columns) != list(names):
        raise ValueError(f"{name} must have the same columns in the same order: {list(names)}.")
    if np.ndim(table) != 2 or len(table) == 0 or table.shape[1] != n_features:
        cure = f" One patient is a table of one row: {name}[None], or .iloc[[0]]." if np.ndim(table) == 1 else ""
        raise ValueError(
            f"{name} must have one row per patient and {n_features} columns, but its shape is {np.shape(table)}.{cure}"
        )


def _text_found(text: str, tables: dict[str, Any]) -> str:
    """Say where a text stands that the model takes for a number: in which table, in which column."""
    cure = "The model takes a number there: encode texts as it was trained."
    for name, table in tables.items():
        cells = np.asarray(table, dtype=object)
        for j in range(cells.shape[1] if cells.ndim == 2 else 0):
            if any(isinstance(value, str) and value == text for value in cells[:, j]):
                column = getattr(table, "columns", range(j + 1))[j]
                return f"{name} must hold numbers in column {column!r}, but holds text such as {text!r}. {cure}"
    return f"X and background hold text such as {text!r}. {cure}"


def _shown(table: Any) -> Any:
    """Return the patients' values for the plots: numbers where all are, else objects."""
    try:
        return feature_table("X", table)
    except TypeError:
        return np.asarray(table, dtype=object)
