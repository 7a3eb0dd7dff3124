"""What happens when a model hands its most uncertain patients to a doctor."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clinxai_teach._sorting import ends_of_ties, sort_marked
from clinxai_teach._types import BoolArray, FloatArray
from clinxai_teach._validate import binary_outcome, finite_array, number_between, open_fraction


class RiskCoverageCurve(NamedTuple):
    """`coverage` and `risk` `(n,)` when the 1, 2, ... n least uncertain patients are kept; `aurc`, the mean risk."""

    coverage: FloatArray
    risk: FloatArray
    aurc: float


class DeferralCurve(NamedTuple):
    """For each `fraction` of patients deferred: `accuracy`, `sensitivity` and `specificity` among those kept."""

    fraction: FloatArray
    accuracy: FloatArray
    sensitivity: FloatArray
    specificity: FloatArray


def risk_coverage_curve(errors: ArrayLike, uncertainty: ArrayLike) -> RiskCoverageCurve:
    """Return the mean error of the k least uncertain patients, for k = 1 to n.

    Parameters
    ----------
    errors : `(n,)`
        The loss of each patient: 1 for a wrong answer and 0 for a right one, or any other number.
    uncertainty : `(n,)`
        Higher means more doubt. Patients with the same value come in random order: the curve is the mean over all
        orders, so it does not depend on how the table is sorted.

    Returns
    -------
    RiskCoverageCurve
        `coverage` k / n; `risk` the mean error of those k; `aurc` the mean of `risk` over all coverages: the lower the
        better. Doubt that says nothing gives an `aurc` equal to the overall error rate.

    Raises TypeError or ValueError for unequal lengths, NaN, or empty input.

    Geifman Y., El-Yaniv R., Selective classification for deep neural networks, NeurIPS 2017, arXiv:1705.08500; Geifman
    Y. et al., Bias-reduced uncertainty estimation for deep neural classifiers, ICLR 2019, arXiv:1805.08206 (AURC).

    Examples
    --------
    Four answers, the surest first: right, right, wrong, right.

    >>> curve = risk_coverage_curve([0, 0, 1, 0], [0.1, 0.2, 0.3, 0.4])
    >>> curve.risk.round(3).tolist(), round(curve.aurc, 3)
    ([0.0, 0.0, 0.333, 0.25], 0.146)
    """
    loss = finite_array("errors", errors, ndim=1)
    doubt = _doubt(uncertainty, len(loss))
    ordered, total = _totals(loss, doubt)
    kept = np.arange(1.0, len(doubt) + 1)
    risk = total / kept
    last = ends_of_ties(ordered)
    if not last.all():
        _rise_evenly(risk, kept, total, last)
    kept /= len(doubt)
    return RiskCoverageCurve(kept, risk, float(risk.mean()))


def _rise_evenly(risk: FloatArray, kept: FloatArray, total: NDArray[Any], last: BoolArray) -> None:
    """Among patients with the same doubt let the total loss rise evenly, the mean over all orders. Changes `risk`."""
    inside = ~last  # those in front of the last of their run
    first = np.flatnonzero(inside & np.append(True, last[:-1]))
    end = np.flatnonzero(last[1:] & inside[:-1]) + 1
    before = np.where(first > 0, total[first - 1], 0)
    mean = (total[end] - before) / (end - first + 1)
    offset, slope = (np.repeat(part, end - first) for part in (before - first * mean, mean))
    risk[inside] = offset / kept[inside] + slope


def _totals(loss: FloatArray, doubt: FloatArray) -> tuple[FloatArray, NDArray[Any]]:
    """Return the doubt in rising order, and beside each the loss of all up to it."""
    wrong = loss == 1
    if np.count_nonzero(wrong) + np.count_nonzero(loss == 0) < len(loss):
        order = np.argsort(doubt)
        return doubt[order], np.cumsum(loss[order])
    ordered, wrong = sort_marked(doubt, wrong)
    return ordered, np.cumsum(wrong, dtype=np.int32)  # of 32 bits: much faster than of 64


def deferral_curve(
    y_true: ArrayLike,
    y_prob: ArrayLike,
    uncertainty: ArrayLike,
    *,
    fractions: ArrayLike,
    threshold: float = 0.5,
) -> DeferralCurve:
    """Return how good a binary model is on the patients it keeps, when the most uncertain are deferred.

    Look at the sensitivity, not only at the accuracy: the uncertain patients are often the ill ones, and an ill
    patient who is deferred counts nowhere here.

    Parameters
    ----------
    y_true, y_prob : `(n,)`
        Labels 0 and 1, and probabilities of 1.
    uncertainty : `(n,)`
        Higher means more doubt, and deferred first. Where patients with the same value are only partly deferred, each
        of them counts in part: the expected count when chance picks among them.
    fractions : `(m,)`
        Shares to defer, 0 to 1. The number deferred is n times the share, rounded.
    threshold : float
        A patient is called positive at this probability or above.

    Returns
    -------
    DeferralCurve
        `(m,)` each. NaN where nobody is kept to count: no positives for `sensitivity`, no negatives for `specificity`.

    Raises TypeError or ValueError for unequal lengths, NaN, labels other than 0 and 1, or shares outside 0 to 1.

    Examples
    --------
    Deferring the most uncertain quarter removes the one wrong answer, and with it the only ill patient.

    >>> curve = deferral_curve([0, 0, 0, 1], [0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.4], fractions=[0, 0.25])
    >>> curve.accuracy.tolist(), curve.sensitivity.tolist()
    ([0.75, 1.0], [0.0, nan])
    """
    y, p = binary_outcome(y_true, y_prob)
    doubt = _doubt(uncertainty, len(y))
    deferred = np.atleast_1d(finite_array("fractions", fractions, ndim=(0, 1)))
    for end in (deferred.min(), deferred.max()):
        number_between("fractions", end, 0, 1)
    called = p >= open_fraction("threshold", threshold)
    right = called == y
    ordered = np.sort(doubt)

    def share(of: BoolArray, among: BoolArray, weight: FloatArray) -> float:
        total = weight[among].sum()
        return weight[among & of].sum() / total if total > 0 else np.nan

    rows = []
    for fraction in deferred:
        kept = len(y) - round(fraction * len(y))
        border = ordered[max(kept, 1) - 1]  # the doubt of the last who is kept, perhaps one of several
        first, after = np.searchsorted(ordered, border), np.searchsorted(ordered, border, side="right")
        weight = np.where(doubt < border, 1.0, (doubt == border) * (kept - first) / (after - first))
        rows.append([share(right, among, weight) for among in (np.full(len(y), True), y == 1, y == 0)])
    return DeferralCurve(deferred, *np.array(rows).T)


def _doubt(uncertainty: ArrayLike, n: int) -> FloatArray:
    doubt = finite_array("uncertainty", uncertainty, ndim=1)
    if len(doubt) != n:
        raise ValueError(f"uncertainty needs one value per patient ({n}), but got {len(doubt)}.")
    return doubt
