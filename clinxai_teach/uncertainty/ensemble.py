"""A small ensemble for tables: where several models disagree about a patient, their training data said little."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import resample

from clinxai_teach._types import FloatArray
from clinxai_teach._validate import positive_int


def fit_ensemble(X: ArrayLike, y: ArrayLike, *, n_models: int = 5, seed: int = 0) -> list[Any]:
    """Train `n_models` small neural networks that differ by chance alone, and return them as a list.

    Each one starts from other random weights and sees other patients: n drawn with replacement from the n given (a
    bootstrap sample). Deep ensembles as published change the weights only. On a table of some hundred patients that
    is not enough: such networks agree far more than networks trained on separate patients do.

    Parameters
    ----------
    X : DataFrame or array `(n, d)`
        Numbers; NaN where missing, which the column's median replaces. Columns are put on one scale.
    y : `(n,)`
        Class labels.
    n_models, seed : int
        The same seed gives the same models.

    Returns
    -------
    list of fitted scikit-learn pipelines, for `ensemble_samples`.

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
    models = []
    for chance in np.random.SeedSequence(seed).generate_state(n_models):
        # alpha is the weight decay: strong, so that a network of 32 units does not learn few patients by heart.
        network = MLPClassifier((32,), alpha=3.0, learning_rate_init=0.005, max_iter=1000, random_state=chance)
        model = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler(), network)
        models.append(model.fit(*resample(X, y, random_state=chance)))
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
    models = list(models)
    if not models:
        raise ValueError("models is empty. Pass fitted classifiers, for example from fit_ensemble(X, y).")
    classes = models[0].classes_
    for model in models:
        if not np.array_equal(model.classes_, classes):
            raise ValueError(
                f"models must know the same classes, but one knows {classes.tolist()} and another "
                f"{model.classes_.tolist()}. Train each on patients of all classes."
            )
    return np.stack([model.predict_proba(X) for model in models]).astype(np.float64)
