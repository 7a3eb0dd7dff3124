"""The one number that conformal prediction needs, and the law of the coverage it gives."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from clinxai_teach._types import FloatArray
from clinxai_teach._validate import finite_array, missed_share, number_between, positive_int


def conformal_quantile(
    scores: ArrayLike, alpha: float, *, weights: ArrayLike | None = None, new_weight: float | None = None
) -> float:
    """Return the k-th smallest score, k = ceil((n + 1)(1 - alpha)); infinity when k > n.

    Why n + 1: a new patient's score is equally likely to take any of the n + 1 places among the n calibration scores
    and itself. It is at most the k-th smallest of them with a chance of at least k / (n + 1) >= 1 - alpha.

    Why infinity: with n = 8 and alpha = 0.1 even the largest score is not high enough. No finite threshold keeps the
    promise, so every label must be allowed.

    `np.quantile(scores, k / n)` is not the same: it raises when k > n, and by default interpolates between two scores.

    Parameters
    ----------
    scores : `(n,)`
        One per calibration patient; higher means that the true label fits the model's answer less well.
    alpha : float
        The share of misses that is accepted, between 0 and 1.
    weights : None or `(n,)`
        Where the new patient comes from a population with a known shift: how many times as common a patient like this
        one is there as here, from `label_shift_weights` or a ratio of densities. The scores then count by weight, and
        the new patient's own weight lies at infinity: the result is the smallest score at which the weights up to it
        reach (1 - alpha) (sum of weights + new_weight). A common factor changes nothing; equal weights give the same
        as none.
    new_weight : float, needed with `weights`
        The weight of the new patient. A larger one gives a larger threshold, so the largest possible is careful.

    Returns
    -------
    float

    Raises TypeError or ValueError for an alpha outside (0, 1), for scores that are empty, NaN or infinite, and for
    weights below 0.

    Vovk V. et al., Algorithmic learning in a random world, Springer 2005; Angelopoulos A. N., Bates S., A gentle
    introduction to conformal prediction and distribution-free uncertainty quantification, 2021, arXiv:2107.07511.
    Weights: Tibshirani R. J. et al., Conformal prediction under covariate shift, NeurIPS 2019, arXiv:1904.06019.

    Examples
    --------
    With nine patients and alpha = 0.2 it is the 8th smallest, because 10 x 0.8 = 8; alpha = 0.05 would need 19.

    >>> conformal_quantile([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], alpha=0.2)
    0.8
    >>> conformal_quantile([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], alpha=0.05)
    inf

    Patients with a high score are twice as common in the new place: 2 of 7 parts lie above 0.6 and 1 is the new one's.

    >>> conformal_quantile([0.2, 0.4, 0.6, 0.8], alpha=0.5, weights=[1, 1, 2, 2], new_weight=1)
    0.6
    """
    checked = finite_array("scores", scores, ndim=1)
    if weights is None and new_weight is None:
        return quantile_of_checked(checked, alpha)
    if weights is None or new_weight is None:
        raise ValueError(
            "weights and new_weight belong together: pass the weight of each calibration patient and that of the new "
            "one. The largest weight that a new patient can have is the careful choice."
        )
    return _weighted_quantile(checked, alpha, finite_array("weights", weights, ndim=1), new_weight)


def _weighted_quantile(scores: FloatArray, alpha: float, weights: FloatArray, new_weight: float) -> float:
    new = number_between("new_weight", new_weight, 0)
    if len(weights) != len(scores):
        raise ValueError(f"weights needs one value per score ({len(scores)}), but got {len(weights)}.")
    if weights.min() < 0:
        raise ValueError(f"weights must be at least 0, but one is {weights.min():g}.")
    total = float(weights.sum()) + new
    if total == 0:
        raise ValueError("weights and new_weight are all 0, so no patient counts. Weights are relative to each other.")
    order = np.argsort(scores)
    reached = np.cumsum(weights[order]) / total
    needed = float(1 - exact_alpha(missed_share("alpha", alpha)))
    k = int(np.searchsorted(reached, needed - len(scores) * np.finfo(float).eps))  # sums of floats may end too low
    return math.inf if k == len(scores) else float(scores[order[k]])


def quantile_of_checked(scores: FloatArray, alpha: float) -> float:
    """Return the `conformal_quantile` of scores that were checked, or computed from what was checked."""
    k = conformal_rank(len(scores), alpha)
    return math.inf if k > len(scores) else float(np.partition(scores, k - 1)[k - 1])


def conformal_rank(n: int, alpha: float) -> int:
    """Return k = ceil((n + 1)(1 - alpha)) in exact arithmetic.

    In floating point, (n + 1)(1 - alpha) can end just above a whole number, and k is then one too high: 208 instead of
    207 for n = 249 and alpha = 0.172. So alpha is read by `exact_alpha`, and 1 - 0.9 is the same as 0.1.

    Examples
    --------
    >>> conformal_rank(9, 0.2), conformal_rank(9, 0.05), conformal_rank(249, 0.172)
    (8, 10, 207)
    """
    n = positive_int("n", n)
    return max(1, math.ceil((n + 1) * (1 - exact_alpha(missed_share("alpha", alpha)))))


def exact_alpha(alpha: float) -> Fraction:
    """Return the nearest fraction with a denominator up to a billion, which is what a person means by 0.1."""
    return Fraction(alpha).limit_denominator(10**9)


def coverage_law(n: int, alpha: float) -> Any:
    """Return the law of the coverage that a calibration set of n patients gives: a frozen `scipy.stats.beta`.

    The guarantee is an average over calibration sets. One calibration set, once drawn, has its own coverage among all
    future patients: a random number with the law Beta(n + 1 - l, l), l = floor((n + 1) alpha). Its mean is
    k / (n + 1) with k = n + 1 - l. For n = 100 and alpha = 0.1, 9 in 10 calibration sets give 0.85 to 0.95.

    Exact for exchangeable patients whose scores have no ties; ties only raise the coverage.

    Raises ValueError where l = 0: then the threshold is infinite, every set holds all labels, and coverage is 1 always.

    Vovk V., Conditional validity of inductive conformal predictors, ACML 2012, arXiv:1209.2673.

    Examples
    --------
    >>> law = coverage_law(100, alpha=0.1)
    >>> law.args, law.ppf([0.05, 0.95]).round(3).tolist()
    ((91, 10), [0.848, 0.945])
    """
    k = conformal_rank(n, alpha)
    if k > n:
        raise ValueError(
            f"n = {n} is too small for alpha = {alpha:g}: the threshold is infinite, so every set holds all labels and "
            f"the coverage is 1, not random. Use at least {_smallest_n(alpha)} calibration patients."
        )
    return stats.beta(k, n + 1 - k)


def _smallest_n(alpha: float) -> int:
    """Return the smallest n with (n + 1) alpha >= 1, at which the threshold becomes finite."""
    n = max(1, math.ceil(1 / alpha) - 2)
    while conformal_rank(n, alpha) > n:
        n += 1
    return n
