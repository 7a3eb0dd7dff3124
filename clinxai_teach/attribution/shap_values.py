"""SHAP values of tree models: one class, one shape, one named unit, and checked. shap does the tree work."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from clinxai_teach._types import FloatArray
from clinxai_teach._validate import positive_int
from clinxai_teach.attribution.trees import Ranks, tree_model

if TYPE_CHECKING:
    import shap

MOST_NODES = 2**15 - 1  # shap 0.51 numbers the nodes of a tree in 16 bits when there is a background


def shap_explanation(
    model: Any, X: ArrayLike, *, background: ArrayLike | None = None, class_index: int = 1
) -> "shap.Explanation":
    """Return the SHAP values of one class for a scikit-learn tree model, as a `shap.Explanation`.

    Parameters
    ----------
    model : fitted scikit-learn classifier or regressor made of trees
        DecisionTree, ExtraTree, RandomForest, ExtraTrees, GradientBoosting or HistGradientBoosting.
    X : DataFrame or array `(n, d)`
        The patients to explain.
    background : None, DataFrame or array `(m, d)`
        "Compared with whom?" With a background, a feature that is not known takes the values of these patients
        ("interventional"); all m rows count. None: it follows the tree's own training counts ("path-dependent"). The
        two answer different questions, and can name another top feature.
    class_index : int
        The class to explain, as a position in `model.classes_`. A regressor has one output: it is not used.

    Returns
    -------
    shap.Explanation
        `values (n, d)`, `base_values (n,)`, `data`, `feature_names`; `output_names` is the unit: "probability" for
        trees and forests, "log-odds" for boosting with two classes ("half log-odds" with the exponential loss), "raw
        score" with more classes, "prediction" for a regressor ("log prediction" with the Poisson or gamma loss). Values
        and base of a row add up to the model's output in this unit, and the base is the mean output of the background;
        both are checked.

    Raises
    ------
    TypeError, ValueError
        For another kind of model, categorical splits, a class that the model does not have, or other columns.
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
    import shap  # here, because it takes two seconds

    parts = tree_model(model, positive_int("class_index", class_index, minimum=0))
    table = _table("X", X, model, None)
    ranks = Ranks(parts.trees, table.shape[1], parts.single)
    trees = [ranks.tree(tree) for tree in parts.trees]
    readable = {"trees": trees, "base_offset": 0.0}
    if background is None:
        explainer = shap.TreeExplainer(readable, feature_perturbation="tree_path_dependent")
    else:
        rows = ranks.table(_table("background", background, model, getattr(X, "columns", None)))
        if max(len(tree["features"]) for tree in trees) > MOST_NODES:
            raise ValueError(
                f"model has a tree with more than {MOST_NODES} nodes, too many for shap with a background. Train it "
                "with max_leaf_nodes, or leave background out."
            )
        # max_samples: shap would otherwise cut the background to 100 rows without a word.
        masker = shap.maskers.Independent(rows, max_samples=len(rows))
        explainer = shap.TreeExplainer(readable, data=masker, feature_perturbation="interventional")
    values = np.asarray(explainer.shap_values(ranks.table(table), check_additivity=False), dtype=np.float64)
    base = float(np.ravel(explainer.expected_value)[0]) + parts.base

    gap = np.abs(base + values.sum(axis=1) - parts.score(X)).max()
    if background is not None:
        gap = max(gap, abs(base - parts.score(background).mean()))
    if not gap <= 1e-5 * max(1, np.abs(values).sum(axis=1).max()):  # "not <=" also catches NaN
        raise RuntimeError(f"the SHAP values do not add up to the model's output: they are off by up to {gap:.2g}.")
    return shap.Explanation(
        values,
        base_values=np.full(len(values), base),
        data=table,
        feature_names=list(X.columns) if isinstance(X, pd.DataFrame) else None,
        output_names=parts.unit,
    )


def _table(name: str, X: Any, model: Any, names: Any) -> FloatArray:
    """Return a table of patients as float64 `(n, d)`; its columns must be the model's, or `names`, in their order."""
    names = getattr(model, "feature_names_in_", names)
    if names is not None and hasattr(X, "columns") and list(X.columns) != list(names):
        raise ValueError(f"{name} must have the same columns in the same order: {list(names)}.")
    try:
        table = np.asarray(X, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must hold numbers only. Encode texts as the model needs them.") from None
    if table.ndim != 2 or len(table) == 0 or table.shape[1] != model.n_features_in_:
        raise ValueError(
            f"{name} must have one row per patient and {model.n_features_in_} columns, but its shape is {table.shape}."
        )
    return table
