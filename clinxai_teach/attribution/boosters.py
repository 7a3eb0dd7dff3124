"""XGBoost, LightGBM and CatBoost as plain lists of trees. Each is read from what the library itself saves."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from clinxai_teach._types import FloatArray
from clinxai_teach.attribution.trees import Score, Tree, TreeModel, check_class

LOGARITHMIC = ("poisson", "gamma", "tweedie")  # objectives whose trees add up to the logarithm of the prediction


def xgboost_model(model: Any, k: int) -> TreeModel:
    """Return the TreeModel of an XGBoost classifier, regressor or Booster."""
    import xgboost

    booster = model if isinstance(model, xgboost.Booster) else model.get_booster()
    learner = json.loads(booster.save_raw("json"))["learner"]
    if learner["gradient_booster"]["name"] == "gblinear":
        raise TypeError("model is XGBoost's gblinear, which has no trees. Use exact_shapley (up to 12 features).")
    if "c" in learner["feature_types"]:
        raise _categories()
    parts = learner["gradient_booster"]
    drop, forest = (
        parts.get("weight_drop"),
        parts.get("gbtree", parts)["model"],
    )  # dart keeps its trees one level deeper
    n_classes = int(learner["learner_model_param"]["num_class"])
    column, sign, unit = _output(learner["objective"]["name"], n_classes, k, model)
    rounds = getattr(booster, "best_iteration", None) if "best_iteration" in booster.attributes() else None
    last = forest["iteration_indptr"][rounds + 1] if rounds is not None else len(forest["trees"])
    chosen = [i for i in range(last) if forest["tree_info"][i] == column]
    trees = [_xgboost_tree(forest["trees"][i], sign * (drop[i] if drop else 1.0)) for i in chosen]

    def score(X: FloatArray) -> FloatArray:
        data = xgboost.DMatrix(X, feature_names=booster.feature_names, feature_types=booster.feature_types)
        upto = (0, 0 if rounds is None else rounds + 1)
        return _column(booster.predict(data, output_margin=True, iteration_range=upto), column, sign)

    names = None if booster.feature_names is None else list(booster.feature_names)
    return _tree_model(trees, unit, score, True, booster.num_features(), names)


def _xgboost_tree(tree: dict[str, Any], factor: float) -> Tree:
    if int(tree["tree_param"]["size_leaf_vector"]) > 1:
        raise ValueError(
            "model has trees with several outputs each. Train it with multi_strategy='one_output_per_tree'."
        )
    left, right = np.array(tree["left_children"]), np.array(tree["right_children"])
    leaf, number = left < 0, np.array(tree["split_conditions"], dtype=np.float32)
    return {
        "children_left": left,
        "children_right": right,
        "children_default": np.where(np.array(tree["default_left"], dtype=bool), left, right),
        "features": np.where(leaf, -2, tree["split_indices"]),
        # x < t goes left, so in float32 x <= the number just below t.
        "thresholds": np.nextafter(number, np.float32(-np.inf)).astype(np.float64),
        "values": factor * np.where(leaf, number, 0).astype(np.float64)[:, None],
        "node_sample_weight": np.array(tree["sum_hessian"], dtype=np.float64),
    }


def lightgbm_model(model: Any, k: int) -> TreeModel:
    """Return the TreeModel of a LightGBM classifier, regressor or Booster."""
    booster = model if hasattr(model, "dump_model") else model.booster_
    dump = booster.dump_model()  # of the best iteration, as predict
    if dump["pandas_categorical"] or any(tree["num_cat"] for tree in dump["tree_info"]):
        raise _categories()
    n_columns = dump["num_tree_per_iteration"]
    column, sign, unit = _output(dump.get("objective", ""), n_columns, k, model)
    chosen = dump["tree_info"][column::n_columns]
    size = len(chosen) if dump["average_output"] else 1  # a random forest averages, but its raw score is the sum
    trees = [_lightgbm_tree(tree["tree_structure"], sign / size) for tree in chosen]

    def score(X: FloatArray) -> FloatArray:
        return _column(booster.predict(X, raw_score=True), column, sign) / size

    names = None if dump["feature_names"][0] == "Column_0" else dump["feature_names"]
    return _tree_model(trees, unit, score, False, booster.num_feature(), names)


def _lightgbm_tree(root: dict[str, Any], factor: float) -> Tree:
    """Return the tree; its nodes are numbered as they are met."""
    nodes = [root]
    children = []
    for node in nodes:  # grows on the way
        if "leaf_coeff" in node or node.get("missing_type") == "Zero":
            raise ValueError(
                "model was trained with linear_tree or zero_as_missing, which cannot be read. Leave them out."
            )
        inner = "split_feature" in node
        children.append((len(nodes), len(nodes) + 1) if inner else (-1, -1))
        nodes += [node["left_child"], node["right_child"]] if inner else []
    left, right = np.array(children).T
    thresholds = np.array([float(node.get("threshold", 0)) for node in nodes])
    knows_missing = np.array([node.get("missing_type") == "NaN" for node in nodes])
    # Where training had no missing value, LightGBM takes one for 0.
    default_left = np.where(knows_missing, [bool(node.get("default_left")) for node in nodes], thresholds >= 0)
    return {
        "children_left": left,
        "children_right": right,
        "children_default": np.where(default_left, left, right),
        "features": np.array([node.get("split_feature", -2) for node in nodes]),
        "thresholds": thresholds,
        "values": factor * np.array([node.get("leaf_value", 0.0) for node in nodes])[:, None],
        "node_sample_weight": np.array(
            [float(node.get("internal_count", node.get("leaf_count", 1))) for node in nodes]
        ),
    }


def catboost_model(model: Any, k: int) -> TreeModel:
    """Return the TreeModel of a CatBoost classifier or regressor."""
    from sklearn.exceptions import NotFittedError

    if not model.is_fitted():
        raise NotFittedError(f"This {type(model).__name__} instance is not fitted yet. Call fit first.")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.json"
        model.save_model(str(file), format="json")
        saved = json.loads(file.read_text(encoding="utf-8"))
    if set(saved["features_info"]) - {"float_features"}:
        raise _categories()
    if "oblivious_trees" not in saved:
        raise ValueError("model has trees that are not symmetric. Train it with grow_policy='SymmetricTree'.")
    scale, starts = saved["scale_and_bias"]
    column, sign, unit = _output(str(model.get_all_params().get("loss_function", "")).lower(), len(starts), k, model)
    missing_right = [one["nan_value_treatment"] == "AsTrue" for one in saved["features_info"]["float_features"]]
    trees = [
        _catboost_tree(tree, column, len(starts), sign * scale, np.array(missing_right))
        for tree in saved["oblivious_trees"]
    ]

    def score(X: FloatArray) -> FloatArray:
        return _column(model.predict(X, prediction_type="RawFormulaVal"), column, sign)

    names = model.feature_names_
    names = None if names == [str(j) for j in range(len(names))] else names
    return _tree_model(trees, unit, score, True, len(missing_right), names)


def _catboost_tree(tree: dict[str, Any], column: int, n_columns: int, factor: float, missing_right: Any) -> Tree:
    """Return a symmetric tree: all nodes of a level ask the same. Node i has the children 2i + 1 and 2i + 2.

    CatBoost's last question is asked first: its answer is the highest bit of the leaf's number.
    """
    splits = list(reversed(tree["splits"] or []))
    depth = len(splits)
    inner, size = 2**depth - 1, 2 ** (depth + 1) - 1
    level = np.floor(np.log2(np.arange(inner) + 1)).astype(int)
    feature = np.array([split["float_feature_index"] for split in splits], dtype=int)
    border = np.array([split["border"] for split in splits], dtype=np.float64)
    weights = np.zeros(size)
    weights[inner:] = np.maximum(tree["leaf_weights"], 1e-9)  # nobody there: the shares stay defined
    for node in range(inner - 1, -1, -1):
        weights[node] = weights[2 * node + 1] + weights[2 * node + 2]
    left = np.concatenate([2 * np.arange(inner) + 1, np.full(2**depth, -1)])
    right = np.concatenate([2 * np.arange(inner) + 2, np.full(2**depth, -1)])
    features = np.concatenate([feature[level], np.full(2**depth, -2)])
    values = np.zeros(size)
    values[inner:] = np.array(tree["leaf_values"]).reshape(-1, n_columns)[:, column] * factor
    return {
        "children_left": left,
        "children_right": right,
        "children_default": np.where(missing_right[np.maximum(features, 0)], right, left),
        "features": features,
        "thresholds": np.concatenate([border[level], np.zeros(2**depth)]),
        "values": values[:, None],
        "node_sample_weight": weights,
    }


def _output(objective: str, n_columns: int, k: int, model: Any) -> tuple[int, int, str]:
    """Return which column of trees gives the score, its sign and its unit, from the name of the objective."""
    objective = objective.lower()
    if n_columns > 1:
        check_class(range(n_columns), k)
        return k, 1, "raw score"
    if (
        objective.startswith(("binary", "logloss", "crossentropy", "cross_entropy"))
        or len(getattr(model, "classes_", ())) > 0
    ):
        check_class((0, 1), k)
        return 0, 1 if k == 1 else -1, "log-odds" if objective != "binary:hinge" else "raw score"
    if any(name in objective for name in LOGARITHMIC):
        return 0, 1, "log prediction"
    return 0, 1, "prediction"


def _column(scores: Any, column: int, sign: int) -> FloatArray:
    scores = np.asarray(scores, dtype=np.float64)
    chosen: FloatArray = sign * (scores[:, column] if scores.ndim == 2 else scores)
    return chosen


def _tree_model(
    trees: list[Tree], unit: str, score: Score, single: bool, n_features: int, names: list[str] | None
) -> TreeModel:
    """Return the TreeModel. What the library adds to its trees is read off one prediction, for a patient of zeros."""
    zeros = np.zeros((1, n_features))
    base = float(score(zeros)[0]) - sum(_value_at_zero(tree) for tree in trees)
    return TreeModel(trees, base, unit, score, single, n_features, names)


def _value_at_zero(tree: Tree) -> float:
    node = 0
    while tree["children_left"][node] >= 0:
        goes_left = tree["thresholds"][node] >= 0
        node = tree["children_left" if goes_left else "children_right"][node]
    return float(tree["values"][node, 0])


def _categories() -> ValueError:
    return ValueError(
        "model splits on categories or texts, which cannot be read here. Encode them as numbers before training, or "
        "use exact_shapley (up to 12 features), which takes any model."
    )


BOOSTERS: dict[str, Callable[[Any, int], TreeModel]] = {
    "xgboost": xgboost_model,
    "lightgbm": lightgbm_model,
    "catboost": catboost_model,
}
