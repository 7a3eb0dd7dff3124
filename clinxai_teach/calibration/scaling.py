"""Repairing probabilities after training, from the logits of a separate calibration set."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from clinxai_teach._types import FloatArray
from clinxai_teach._validate import binary_labels, class_labels, finite_array
from clinxai_teach.calibration.logistic import CHUNK, fit_intercept, fit_logistic, sigmoid


class PlattScaling:
    """Put a logistic curve through the logits: p = sigmoid(a z + b).

    Two parameters: the slope a corrects predictions that are too extreme or too timid, the intercept b a risk that is
    wrong on average. With a > 0 the order of the patients, and so the AUC, stays as it was; a < 0 turns it round and
    says that the score points the wrong way.

    Attributes after `fit`
    ----------------------
    a_, b_ : float
        Slope and intercept. scikit-learn and LIBSVM write sigmoid(-(A z + B)), so A = -a_ and B = -b_.

    Platt J. C., Probabilistic outputs for support vector machines and comparisons to regularized likelihood methods,
    in Advances in Large Margin Classifiers, 1999.

    Examples
    --------
    One of four has the event at z = -2 and three of four at z = 2. The targets are 5/6 and 1/6 in place of 1 and 0, so
    the curve passes through 1/3 and 2/3, whose log-odds are -log 2 and log 2.

    >>> platt = PlattScaling().fit([-2.0] * 4 + [2.0] * 4, [0, 0, 0, 1, 0, 1, 1, 1])
    >>> platt.predict_proba([-2.0, 0.0, 2.0])[:, 1].round(3).tolist()
    [0.333, 0.5, 0.667]
    """

    def fit(self, logits: ArrayLike, y_true: ArrayLike) -> Self:
        """Fit a and b on logits `(n,)` of class 1, or `(n, 2)` of both classes, and labels 0 or 1 `(n,)`. Returns self.

        As in Platt's paper the targets are not 1 and 0 but (N1 + 1) / (N1 + 2) and 1 / (N0 + 2), where N1 and N0 count
        the patients with label 1 and 0. So a and b stay finite even where the logits separate the labels.

        Raises TypeError or ValueError for wrong shapes, NaN, other labels, one label only, logits all the same, or two
        columns of probabilities.
        """
        table = _table(logits)
        z = _margin(table, "Platt scaling")
        y = _both_kinds(y_true, len(z), "Platt scaling")
        if z.min() == z.max():
            raise ValueError("logits are the same for every patient, so no slope can be fitted.")
        n1, n0 = y.sum(), (1 - y).sum()
        target = np.where(y == 1, (n1 + 1) / (n1 + 2), 1 / (n0 + 2))
        self.a_, self.b_ = fit_logistic(z, target)
        self._n_columns = table.shape[1]
        return self

    def predict_proba(self, logits: ArrayLike) -> FloatArray:
        """Return the probabilities of class 0 and class 1, `(n, 2)`."""
        if not hasattr(self, "a_"):
            raise ValueError("PlattScaling has no slope yet. Call fit(logits, y_true) first.")
        z = self.a_ * _margin(_table(logits, self._n_columns), "Platt scaling") + self.b_
        return np.column_stack([sigmoid(-z), sigmoid(z)])


class InterceptRecalibration:
    """Shift all logits by one number, so that as many events are expected as observed: p = sigmoid(z + a).

    The mildest repair, for a model that comes to a place with another prevalence, where few patients are known: one
    parameter. The order of the patients, and how far apart their logits are, stay as they were.

    Attributes after `fit`
    ----------------------
    intercept_ : float
        The a. Above 0 the risks were too low on average. Its opposite is the shift that the model is off by.

    Steyerberg E. W. et al., Validation and updating of predictive logistic regression models: a study on sample size
    and shrinkage, Stat Med 2004;23:2567-2586, doi:10.1002/sim.1844 (calibration-in-the-large).

    Examples
    --------
    Everybody was told 50%, a logit of 0, but it happened to one of four: the logit should be -log 3.

    >>> shifted = InterceptRecalibration().fit([0.0, 0.0, 0.0, 0.0], [0, 0, 0, 1])
    >>> round(shifted.intercept_, 3), shifted.predict_proba([0.0]).round(3).tolist()
    (-1.099, [[0.75, 0.25]])
    """

    def fit(self, logits: ArrayLike, y_true: ArrayLike) -> Self:
        """Fit a on logits `(n,)` of class 1, or `(n, 2)` of both classes, and labels 0 or 1 `(n,)`. Returns self.

        Raises TypeError or ValueError for wrong shapes, NaN, other labels, one label only (a would be infinite), or
        probabilities in place of logits.
        """
        table = _table(logits)
        _refuse_probabilities(table)
        z = _margin(table, "InterceptRecalibration")
        y = _both_kinds(y_true, len(z), "A finite intercept")
        self.intercept_ = fit_intercept(z, y)
        self._n_columns = table.shape[1]
        return self

    def predict_proba(self, logits: ArrayLike) -> FloatArray:
        """Return the probabilities of class 0 and class 1, `(n, 2)`."""
        if not hasattr(self, "intercept_"):
            raise ValueError("InterceptRecalibration has no intercept yet. Call fit(logits, y_true) first.")
        z = _margin(_table(logits, self._n_columns), "InterceptRecalibration") + self.intercept_
        return np.column_stack([sigmoid(-z), sigmoid(z)])


class TemperatureScaling:
    """Divide all logits by one temperature T, chosen to minimise the negative log-likelihood.

    T > 1 softens overconfident probabilities, T < 1 sharpens timid ones. The order of the classes never changes. There
    is no intercept: a risk that is wrong on average stays wrong.

    Attributes after `fit`
    ----------------------
    temperature_ : float
        T > 0. Other libraries report other numbers for the same fit: scikit-learn the inverse, beta = 1 / T (and for
        one logit per row 1 / (2 T)), netcal 1 / T.
    at_bound_ : bool
        True when the likelihood still improved at the end of the search: the classes are perfectly separated
        (T at its lower bound) or the logits carry no or reversed information (upper bound). T then means little.

    Guo C. et al., On calibration of modern neural networks, ICML 2017, arXiv:1706.04599.

    Examples
    --------
    The model says 10% and 90%, log-odds -log 9 and log 9, but it happens to 1 of 4 and 3 of 4: half as far.

    >>> scaling = TemperatureScaling().fit([-np.log(9)] * 4 + [np.log(9)] * 4, [0, 0, 0, 1, 0, 1, 1, 1])
    >>> round(scaling.temperature_, 6), scaling.predict_proba([np.log(9)]).round(3).tolist()
    (2.0, [[0.25, 0.75]])
    """

    def fit(self, logits: ArrayLike, y_true: ArrayLike) -> Self:
        """Fit T on logits `(n,)` (one logit of class 1) or `(n, K)`, and integer labels `(n,)`. Returns self.

        With beta = 1 / T the negative log-likelihood is convex, so the sign of its slope says on which side of the
        best beta we are. The search runs from T = g / 10,000 to T = 10,000 G, where g is the smallest and G the
        largest distance of a logit from the top logit of its row: multiplying all logits by c multiplies T by c.

        Raises TypeError or ValueError for wrong shapes, labels that are no class, NaN, logits that do not differ, or
        probabilities in place of logits: their T would be wrong. `np.log(p)` of a probability per class is a logit.
        """
        from scipy.optimize import brentq  # here, because importing it takes longer than all of this module

        table = _table(logits)
        _refuse_probabilities(table)
        z = _columns(table)
        y = class_labels("y_true", y_true, *z.shape)
        z = z - z.max(axis=1, keepdims=True)  # changes no probability, and no exponential can overflow
        if z.min() == 0:
            raise ValueError("logits are the same for every class, so no temperature can be fitted.")
        observed = z[np.arange(len(z)), y].mean()
        z = np.ascontiguousarray(z.T)  # one row per class: sums over the classes are then quick

        def slope(log_beta: float) -> float:
            """Return d(NLL) / d(beta): the mean logit that the model expects minus the one that was observed."""
            expected = 0.0
            for start in range(0, z.shape[1], CHUNK):
                some = z[:, start : start + CHUNK]
                weights = np.exp(np.exp(log_beta) * some)
                expected += ((weights * some).sum(axis=0) / weights.sum(axis=0)).sum()
            return float(expected / z.shape[1] - observed)

        largest = float(-z.min())
        smallest = max(float(-z[z < 0].max()), 1e-12 * largest)  # below that it is rounding
        low, high = np.log([1e-4 / largest, 1e4 / smallest])
        bound = low if slope(low) >= 0 else high if slope(high) <= 0 else None
        self.at_bound_ = bound is not None
        log_beta = brentq(slope, low, high, xtol=1e-12) if bound is None else bound
        self.temperature_ = float(np.exp(-log_beta))
        self._n_columns = table.shape[1]
        return self

    def predict_proba(self, logits: ArrayLike) -> FloatArray:
        """Return softmax(logits / T): `(n, K)`, or `(n, 2)` for one logit per row. K must be that of `fit`."""
        if not hasattr(self, "temperature_"):
            raise ValueError("TemperatureScaling has no temperature yet. Call fit(logits, y_true) first.")
        return softmax(_columns(_table(logits, getattr(self, "_n_columns", None))), self.temperature_)


def softmax(logits: FloatArray, temperature: float = 1.0) -> FloatArray:
    """Return exp(logits / T), each row divided by its sum, `(n, K)`.

    Examples
    --------
    >>> softmax(np.log([[1.0, 4.0]])).round(3).tolist(), softmax(np.log([[1.0, 4.0]]), temperature=2).round(3).tolist()
    ([[0.2, 0.8]], [[0.333, 0.667]])
    """
    weights = np.exp((logits - logits.max(axis=1, keepdims=True)) / temperature)  # the top logit becomes 0: no overflow
    p: FloatArray = weights / weights.sum(axis=1, keepdims=True)
    return p


def _table(logits: ArrayLike, n_columns: int | None = None) -> FloatArray:
    """Return logits as a table `(n, K)`, with K = 1 for one logit per row.

    Raises ValueError for a table of probabilities, and for another K than `n_columns`, that of `fit`.
    """
    z = finite_array("logits", logits, ndim=(1, 2))
    shape, z = z.shape, z.reshape(len(z), -1)
    if n_columns is not None and z.shape[1] != n_columns:
        raise ValueError(
            f"logits must have {n_columns} column(s) as in fit, but have the shape {shape}. "
            "A single patient is a table with one row: logits[None]."
        )
    if z.shape[1] > 1:
        _refuse_probabilities(z)
    return z


def _refuse_probabilities(z: FloatArray) -> None:
    """Raise a ValueError where the logits look like probabilities. Whole numbers, as in a small example, do not."""
    if z.min() < 0 or z.max() > 1 or (z == np.round(z)).all():
        return
    if z.shape[1] == 1:
        raise ValueError(
            "logits all lie between 0 and 1, so they look like probabilities. Pass the log-odds, "
            "np.log(p) - np.log1p(-p), or the model's decision_function."
        )
    if np.allclose(z.sum(axis=1), 1, rtol=0, atol=1e-2):
        raise ValueError(
            "logits look like probabilities: all lie between 0 and 1, and each row sums to 1. Pass np.log(p), or the "
            "model's outputs before the softmax."
        )


def _columns(z: FloatArray) -> FloatArray:
    """Return a table of logits with at least two columns; one logit z per row becomes 0 and z."""
    return z if z.shape[1] > 1 else np.column_stack([np.zeros(len(z)), z])


def _both_kinds(y_true: ArrayLike, n_rows: int, method: str) -> FloatArray:
    """Return labels 0 and 1, `(n_rows,)`, of which both occur."""
    y = binary_labels("y_true", y_true)
    if len(y) != n_rows:
        raise ValueError(f"y_true needs one label per row of logits ({n_rows}), but got {len(y)}.")
    if y.min() == y.max():
        raise ValueError(f"y_true holds only the label {y[0]:g}. {method} needs patients of both kinds.")
    return y


def _margin(z: FloatArray, method: str) -> FloatArray:
    """Return the logit of class 1 against class 0, `(n,)`; of two columns it is their difference."""
    if z.shape[1] > 2:
        raise ValueError(f"logits have {z.shape[1]} classes, but {method} is for two. Use TemperatureScaling instead.")
    return z[:, 1] - z[:, 0] if z.shape[1] == 2 else z[:, 0]
