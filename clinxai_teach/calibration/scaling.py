"""Repairing probabilities after training, from the logits of a separate calibration set."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import softmax

from clinxai_teach._validate import finite_array


class TemperatureScaling:
    """Divide all logits by one temperature T, chosen to minimise the negative log-likelihood.

    T > 1 softens overconfident probabilities, T < 1 sharpens timid ones. The order of the classes never changes.

    Attributes after `fit`
    ----------------------
    temperature_ : float
        T > 0.
    at_bound_ : bool
        True when the likelihood still improved at the end of the search: the classes are perfectly separated
        (T at its lower bound) or the logits carry no or reversed information (upper bound). T then means little.

    Guo C. et al., On calibration of modern neural networks, ICML 2017, arXiv:1706.04599.
    """

    def fit(self, logits, y_true):
        """Fit T on logits `(n,)` (one logit of class 1) or `(n, K)`, and integer labels `(n,)`. Returns self.

        With beta = 1 / T the negative log-likelihood is convex, so the sign of its slope says on which side of the
        best beta we are. The search runs from T = s / 10,000 to T = 10,000 s, where s is the largest gap between two
        logits of one row: multiplying all logits by c multiplies T by c.

        Raises TypeError or ValueError for wrong shapes, labels that are no class, NaN, or logits that do not differ.
        """
        z = _two_columns(finite_array("logits", logits, ndim=(1, 2)))
        y = _labels(y_true, *z.shape)
        z = z - z.max(axis=1, keepdims=True)  # changes no probability, and no exponential can overflow
        gap = -z.min()
        if gap == 0:
            raise ValueError("logits are the same for every class, so no temperature can be fitted.")
        observed = z[np.arange(len(z)), y].mean()

        def slope(log_beta):
            """Return d(NLL) / d(beta): the mean logit that the model expects minus the one that was observed."""
            weights = np.exp(np.exp(log_beta) * z)
            return ((weights * z).sum(axis=1) / weights.sum(axis=1)).mean() - observed

        low, high = np.log([1e-4 / gap, 1e4 / gap])
        bound = low if slope(low) >= 0 else high if slope(high) <= 0 else None
        self.at_bound_ = bound is not None
        log_beta = bound if self.at_bound_ else brentq(slope, low, high, xtol=1e-12)
        self.temperature_ = float(np.exp(-log_beta))
        return self

    def predict_proba(self, logits):
        """Return softmax(logits / T): `(n, K)`, or `(n, 2)` for one logit per row."""
        if not hasattr(self, "temperature_"):
            raise ValueError("TemperatureScaling has no temperature yet. Call fit(logits, y_true) first.")
        return softmax(_two_columns(finite_array("logits", logits, ndim=(1, 2))) / self.temperature_, axis=1)


def _two_columns(logits):
    """Return logits `(n, K)`; one logit z per row becomes the columns 0 and z."""
    if logits.ndim == 2 and logits.shape[1] > 1:
        return logits
    return np.column_stack([np.zeros(logits.size), logits.ravel()])


def _labels(y_true, n_rows, n_classes):
    """Return integer labels `(n_rows,)`, or raise a ValueError that says what is wrong with them."""
    y = finite_array("y_true", y_true, ndim=1)
    if len(y) != n_rows:
        raise ValueError(f"y_true needs one label per row of logits ({n_rows}), but got {len(y)}.")
    if (y != np.round(y)).any() or y.min() < 0 or y.max() >= n_classes:
        raise ValueError(
            f"y_true must hold whole numbers from 0 to {n_classes - 1}, but got values such as {y.max():g}."
        )
    return y.astype(int)
