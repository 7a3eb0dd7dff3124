"""SHAP values where the score is a sum with one term per column: linear models, also behind steps that keep columns.

With f(x) = c + g_1(x_1) + ... + g_d(x_d) each column has its own share, whatever the others are:

    phi_j = g_j(x_j) - mean of g_j over the background          (for a linear model:  w_j (x_j - mean))
"""

from typing import Any

import numpy as np

from clinxai_teach._types import FloatArray
from clinxai_teach.attribution.tables import mixed, stacked
from clinxai_teach.attribution.trees import Score, check_class

ROWS_AT_ONCE = 100_000
LINEAR = ("LinearSVC", "LinearSVR", "LinearDiscriminantAnalysis")
KERNELS = ("SVC", "SVR", "NuSVC", "NuSVR")
LOG_ODDS = ("LogisticRegression", "LogisticRegressionCV", "LinearDiscriminantAnalysis")


def is_linear(model: Any) -> bool:
    """Say whether a scikit-learn model is linear in its columns (a generalised linear model too)."""
    kind, module = type(model).__name__, type(model).__module__
    if kind in KERNELS:
        return bool(model.kernel == "linear")
    return module.startswith("sklearn.linear_model") or (kind in LINEAR and module.startswith("sklearn."))


def linear_score(model: Any, last: Any, k: int) -> tuple[str, Score]:
    """Return the unit and the score of one class of a model whose last step `last` is linear."""
    kind = type(last).__name__
    if not hasattr(last, "classes_"):
        log_link = kind in ("PoissonRegressor", "GammaRegressor") or (
            kind == "TweedieRegressor" and (last.link == "log" or (last.link == "auto" and last.power > 0))
        )
        return ("log prediction", lambda X: np.log(model.predict(X))) if log_link else ("prediction", model.predict)
    check_class(last.classes_, k)
    if len(last.classes_) > 2:
        return "raw score", lambda X: model.decision_function(X)[:, k]
    logistic = kind in LOG_ODDS or (kind == "SGDClassifier" and last.loss == "log_loss")
    sign = 1 if k == 1 else -1
    return "log-odds" if logistic else "decision value", lambda X: sign * model.decision_function(X)


def additive_shapley(score: Score, X: Any, background: Any) -> tuple[FloatArray, float]:
    """Return the values `(n, d)` and the base of a score that is a sum with one term per column.

    Each term is read off one patient of the background, r, in whom one column is replaced: f(r with x_j) - f(r). That
    the terms add up to the score is checked for everyone; a TypeError says where they do not.
    """
    table = stacked(background, X)
    m, n, d = len(background), len(X), table.shape[1]
    total = _scores(score, table)
    rows = np.zeros(((m + n) * d, d), dtype=np.int64)  # patient 0 is r
    rows[np.arange((m + n) * d), np.tile(np.arange(d), m + n)] = np.repeat(np.arange(m + n), d)
    pieces = np.array_split(rows, max(1, len(rows) // ROWS_AT_ONCE))
    terms = np.concatenate([_scores(score, mixed(table, piece)) for piece in pieces]).reshape(m + n, d) - total[0]
    gap = np.abs(total[0] + terms.sum(axis=1) - total).max()
    if not gap <= 1e-6 * max(1.0, np.abs(terms).sum(axis=1).max()):
        raise TypeError(
            "model combines columns before its linear step (interactions, or an imputation from other columns), so its "
            f"score is not a sum of one term per column: off by {gap:.2g}. Use exact_shapley (up to 12 features)."
        )
    return terms[m:] - terms[:m].mean(axis=0), float(total[:m].mean())


def _scores(score: Score, table: Any) -> FloatArray:
    scores = np.asarray(score(table), dtype=np.float64)
    if scores.shape != (len(table),):
        raise ValueError(f"model predicts {scores.shape[1:]} outputs, but one is needed. Explain one at a time.")
    return scores
