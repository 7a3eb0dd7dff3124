"""A small ensemble for tables: where several models disagree about a patient, their training data said little."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import resample

from clinxai_teach._types import FloatArray, LabelArray
from clinxai_teach._validate import feature_table, group_labels, plain_array, positive_int


def fit_ensemble(X: ArrayLike, y: ArrayLike, *, n_models: int = 5, seed: int = 0) -> list[Any]:
    """Train `n_models` small neural networks that differ by chance alone, and return them as a list.

    Each one starts from other random weights and sees other patients: n drawn with replacement from the n given (a
    bootstrap sample). Deep ensembles as published change the weights only. On a table of some hundred patients that
    is not enough: such networks agree far more than networks trained on separate patients do. Where a draw happens to
    leave out a rare class, it is drawn anew within each class, so that all models know the same classes.

    Parameters
    ----------
    X : DataFrame or array `(n, d)`
        Numbers; NaN where missing, which the column's median replaces. Columns are put on one scale.
    y : `(n,)`
        Class labels, of at least two kinds.
    n_models, seed : int
        The same seed gives the same models.

    Returns
    -------
    list of fitted scikit-learn pipelines, for `ensemble_samples`.

    Raises TypeError or ValueError for values that are no numbers, missing labels, unequal lengths, or one class only.

    Lakshminarayanan B. et al., Simple and scalable predictive uncertainty estimation using deep ensembles, NeurIPS
    2017, arXiv:1612.01474.

    Examples
    --------
    Two groups that one measurement tells apart: every network says so, and the same seed gives the same networks.

    >>> X, y = np.linspace(0, 1, 40).reshape(-1, 1), np.repeat([0, 1], 20)
    >>> models = fit_ensemble(X, y, n_models=2, seed=0)
    >>> (ensemble_samples(models, [[0.0], [1.0]])[:, :, 1] > 0.5).tolist()
    [[False, True], [False, True]]
    """
    n_models, seed = positive_int("n_models", n_models), positive_int("seed", seed, minimum=0)
    table = _table(X)
    labels = _labels(y, len(table))
    n_classes = len(np.unique(labels))
    models = []
    for chance in np.random.SeedSequence(seed).generate_state(n_models):
        # alpha is the weight decay: strong, so that a network of 32 units does not learn few patients by heart.
        network = MLPClassifier((32,), alpha=3.0, learning_rate_init=0.005, max_iter=1000, random_state=chance)
        model = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler(), network)
        drawn, drawn_labels = resample(table, labels, random_state=chance)
        if len(np.unique(drawn_labels)) < n_classes:
            drawn, drawn_labels = resample(table, labels, random_state=chance, stratify=labels)
        models.append(model.fit(drawn, drawn_labels))
    return models


def ensemble_samples(models: Sequence[Any], X: ArrayLike) -> FloatArray:
    """Return the probabilities of each model for each patient: float64 `(n_models, N, K)`, for `entropy_decomposition`.

    `models` are fitted scikit-learn classifiers; column k is the k-th of their `classes_`. Raises ValueError where the
    list is empty or the models know different classes.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> model = DummyClassifier(strategy="prior").fit([[0]] * 4, [0, 0, 0, 1])  # says 25% to everybody
    >>> ensemble_samples([model, model], [[0]]).tolist()
    [[[0.75, 0.25]], [[0.75, 0.25]]]
    """
    if hasattr(models, "predict") and (hasattr(models, "steps") or not hasattr(models, "__iter__")):
        raise TypeError(
            f"models must be a list of fitted classifiers, but got one {type(models).__name__}. Pass several: train "
            "them with fit_ensemble(X, y); or [model] for this one alone."
        )
    models = list(models)
    if not models:
        raise ValueError("models is empty. Pass fitted classifiers, for example from fit_ensemble(X, y).")
    for model in models:
        if not hasattr(model, "predict_proba") or not hasattr(model, "classes_"):
            raise TypeError(
                f"models must be fitted classifiers with predict_proba, but one is {type(model).__name__}. "
                "Train them with fit_ensemble(X, y), or fit them first."
            )
    classes = models[0].classes_
    for model in models:
        if not np.array_equal(model.classes_, classes):
            raise ValueError(
                f"models must know the same classes, but one knows {classes.tolist()} and another "
                f"{model.classes_.tolist()}. Train each on patients of all classes."
            )
    table = _table(X)
    return np.stack([model.predict_proba(table) for model in models]).astype(np.float64)


def _table(X: Any) -> Any:
    """Return X as scikit-learn reads it: a table of numbers as it is, so that its column names stay; others mended."""
    numbers = feature_table("X", X)
    if not hasattr(X, "iloc"):  # only pandas keeps its names in scikit-learn
        return numbers
    return X if plain_array("X", X).dtype != object else type(X)(numbers, columns=X.columns)  # NA becomes NaN


def _labels(y: ArrayLike, n_rows: int) -> LabelArray:
    """Return one label per patient `(n_rows,)`; ValueError for missing ones, or one class only."""
    labels = np.array(group_labels("y", y, n_rows).tolist())
    if len(np.unique(labels)) < 2:
        raise ValueError(f"y holds only the label {labels[0]}. An ensemble needs patients of at least two classes.")
    return labels
