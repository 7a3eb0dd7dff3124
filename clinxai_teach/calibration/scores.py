"""One number for a set of probabilities, and the parts it is made of."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from clinxai_teach._sorting import ends_of_ties, sort_marked
from clinxai_teach._types import FloatArray
from clinxai_teach._validate import binary_outcome, labelled_probabilities
from clinxai_teach.calibration.bins import assign_bins
from clinxai_teach.calibration.curves import reliability_curve


def brier_score(y_true: ArrayLike, y_prob: ArrayLike) -> float:
    """Return the mean squared distance between what was predicted and what happened: 0 is perfect.

    `y_prob` `(n,)` is the probability of class 1: the mean of (p - y)^2, from 0 to 1. `y_prob` `(n, K)` holds one
    column per class: the sum over the classes, from 0 to 2, so two columns give twice the value of one. `y_true`
    holds labels `(n,)`, never one-hot rows. Raises TypeError or ValueError for bad arguments.

    Brier G. W., Verification of forecasts expressed in terms of probability, Monthly Weather Review 1950;78:1-3.

    Examples
    --------
    >>> brier_score([1, 0], [0.75, 0.25])  # (0.25^2 + 0.25^2) / 2
    0.0625
    >>> brier_score([1, 0], [[0.25, 0.75], [0.75, 0.25]])  # two columns: twice as much
    0.125
    """
    y, p = labelled_probabilities(y_true, y_prob)
    if p.ndim == 1:
        return float(np.mean((p - y) ** 2))
    one_hot = np.arange(p.shape[1]) == y[:, None]
    return float(np.mean(((p - one_hot) ** 2).sum(axis=1)))


def scaled_brier_score(y_true: ArrayLike, y_prob: ArrayLike) -> float:
    """Return 1 - Brier score / Brier score of a model that tells everybody the prevalence: 1 is perfect.

    The Brier score of a rare event is small for any model; this one is comparable. 0 is no better than knowing how many
    are ill, and below 0 is worse. Arguments as in `brier_score`; for several classes the prevalence is that of each.

    Raises ValueError where all have the same label, because then the prevalence is always right, and TypeError or
    ValueError for other bad arguments.

    Steyerberg E. W. et al., Assessing the performance of prediction models: a framework for traditional and novel
    measures, Epidemiology 2010;21:128-138, doi:10.1097/EDE.0b013e3181c30fb2.

    Examples
    --------
    Half of the patients have the event, so the prevalence alone scores 0.25. The model scores 0.0625.

    >>> scaled_brier_score([1, 0], [0.75, 0.25])
    0.75
    """
    y, p = labelled_probabilities(y_true, y_prob)
    if y.min() == y.max():
        raise ValueError(f"y_true holds only the label {y[0]:g}. The scaled score needs patients of two kinds.")
    if p.ndim == 1:
        return float(1 - np.mean((p - y) ** 2) / (y.mean() * (1 - y.mean())))
    shares = np.bincount(y.astype(np.intp), minlength=p.shape[1]) / len(y)
    return float(1 - brier_score(y, p) / (1 - (shares**2).sum()))


class BrierDecomposition(NamedTuple):
    """The Brier score in five parts, each at least 0 except the covariance.

    `reliability` how far the bins are from the diagonal (0 is best; many authors call it calibration);
    `resolution` how far the bins' outcomes differ from the overall rate (larger is better); `uncertainty` rate x
    (1 - rate), which no model can change; `within_bin_variance` and `within_bin_covariance` what the bins hide.
    """

    reliability: float
    resolution: float
    uncertainty: float
    within_bin_variance: float
    within_bin_covariance: float

    @property
    def refinement(self) -> float:
        """Uncertainty - resolution: what is left of the score when calibration is perfect (0 is best)."""
        return self.uncertainty - self.resolution

    @property
    def score(self) -> float:
        """The Brier score: all five parts together."""
        three_terms = self.reliability - self.resolution + self.uncertainty
        return three_terms + self.within_bin_variance - self.within_bin_covariance


def brier_decomposition(
    y_true: ArrayLike, y_prob: ArrayLike, *, n_bins: int = 10, strategy: str = "uniform"
) -> BrierDecomposition:
    """Split the Brier score of probabilities `(n,)` into parts that add up exactly.

        score = reliability - resolution + uncertainty + within-bin variance - within-bin covariance

    With o the outcome, p the probability, and bars for means within bin k of n_k patients:

        reliability           = sum n_k (p̄_k - ō_k)^2 / n
        resolution            = sum n_k (ō_k - ō)^2 / n
        uncertainty           = ō (1 - ō)
        within-bin variance   = sum (p - p̄_k)^2 / n
        within-bin covariance = 2 sum (p - p̄_k) (o - ō_k) / n

    Murphy's three terms suffice only where all patients of a bin have the same p. The two within-bin terms are the
    rest. Another pair of names splits the three-term score in two: calibration = reliability, and
    refinement = uncertainty - resolution.

    Bins as in `reliability_curve`. Raises TypeError or ValueError for bad arguments.

    Murphy A. H., A new vector partition of the probability score, J Appl Meteorol 1973;12:595-600. Stephenson D. B.,
    Coelho C. A. S., Jolliffe I. T., Two extra components in the Brier score decomposition, Weather and Forecasting
    2008;23:752-757, doi:10.1175/2007WAF2006116.1.

    Examples
    --------
    Half are told 20% and half 80%; it happens to 1 of 4 and 3 of 4. So each bin is off by 0.05.

    >>> p = [0.2] * 4 + [0.8] * 4
    >>> parts = brier_decomposition([0, 0, 0, 1, 0, 1, 1, 1], p)
    >>> [round(part, 4) for part in (parts.reliability, parts.resolution, parts.uncertainty, parts.score)]
    [0.0025, 0.0625, 0.25, 0.19]
    """
    o, p = binary_outcome(y_true, y_prob)
    _, bin_of = assign_bins(p, n_bins, strategy)
    count = np.bincount(bin_of)
    mean_p = (np.bincount(bin_of, weights=p) / np.maximum(count, 1))[bin_of]  # per patient: the mean of the own bin
    mean_o = (np.bincount(bin_of, weights=o) / np.maximum(count, 1))[bin_of]
    rate = o.mean()
    return BrierDecomposition(
        reliability=float(np.mean((mean_p - mean_o) ** 2)),
        resolution=float(np.mean((mean_o - rate) ** 2)),
        uncertainty=float(rate * (1 - rate)),
        within_bin_variance=float(np.mean((p - mean_p) ** 2)),
        within_bin_covariance=float(2 * np.mean((p - mean_p) * (o - mean_o))),
    )


class CorpDecomposition(NamedTuple):
    """The Brier score without bins: `miscalibration` - `discrimination` + `uncertainty` = `score`."""

    miscalibration: float
    discrimination: float
    uncertainty: float

    @property
    def score(self) -> float:
        """The Brier score: the three parts together."""
        return self.miscalibration - self.discrimination + self.uncertainty


def corp_decomposition(y_true: ArrayLike, y_prob: ArrayLike) -> CorpDecomposition:
    """Split the Brier score of probabilities `(n,)` without choosing bins (CORP).

    Isotonic regression finds the best recalibrated probabilities that never turn the order of the patients round.
    Miscalibration is what the score loses by not using them; discrimination is what they gain over telling everybody
    the overall rate; uncertainty is the score of that rate. Isotonic regression fits the same patients, so on few of
    them both come out too large.

    Returns a CorpDecomposition. Raises TypeError or ValueError for bad arguments.

    Dimitriadis T., Gneiting T., Jordan A. I., Stable reliability diagrams for probabilistic classifiers, PNAS
    2021;118(8):e2016191118, doi:10.1073/pnas.2016191118.

    Examples
    --------
    >>> parts = corp_decomposition([0, 0, 0, 1, 0, 1, 1, 1], [0.2] * 4 + [0.8] * 4)  # the best would be 0.25 and 0.75
    >>> [round(part, 4) for part in (*parts, parts.score)]
    [0.0025, 0.0625, 0.25, 0.19]
    """
    from scipy.optimize import isotonic_regression  # here, because importing it takes longer than all of this module

    y, p = binary_outcome(y_true, y_prob)
    ordered, event = sort_marked(p, y == 1)
    last = np.flatnonzero(ends_of_ties(ordered))  # equal p must stay equal
    size = np.diff(last, prepend=-1)
    events = np.diff(np.cumsum(event, dtype=np.int32)[last], prepend=0)
    recalibrated = isotonic_regression(events / size, weights=size).x

    def brier(q: FloatArray | float) -> float:
        """Return the Brier score where all patients with the same p are given the same q."""
        return float((events.sum() + (q * (size * q - 2 * events)).sum()) / len(y))

    score, best, constant = brier(ordered[last]), brier(recalibrated), brier(y.mean())
    return CorpDecomposition(score - best, constant - best, constant)


def expected_calibration_error(
    y_true: ArrayLike,
    y_prob: ArrayLike,
    *,
    n_bins: int = 10,
    strategy: str = "uniform",
    debiased: bool = False,
) -> float:
    """Return the expected calibration error (ECE): the mean distance of the bins from the diagonal.

        ECE = sum over bins of  n_k / n  *  | mean probability in bin k - observed share in bin k |

    The plug-in ECE is never 0 on real data: chance moves every bin, and the absolute value never cancels. It depends
    on the number of patients, `n_bins` and `strategy`; report them with it, and read it beside `calibration_null_band`.

    Parameters
    ----------
    y_true : labels `(n,)`
    y_prob : probabilities
        `(n,)`: of class 1. `(n, K)`: of K classes, for the top-label ECE: the probability of the most probable class
        against how often it is right. Two columns therefore do not give the same as the second column alone.
    n_bins, strategy : as in `reliability_curve`
    debiased : bool
        Subtract an estimate of what chance adds: nearly all of it for a badly calibrated model, but only about 40% for
        a perfectly calibrated one, which `calibration_null_band` judges better. Where all patients of a bin had the
        same outcome there is no spread to estimate, and nothing is subtracted.

    Returns
    -------
    float
        From 0 to 1.

    Naeini M. P. et al., AAAI 2015; debiased: Kumar A., Liang P., Ma T., Verified uncertainty calibration, NeurIPS
    2019, arXiv:1909.10155. They draw the share of each bin from N(share, share (1 - share) / n_k) many times and take
    ECE - (mean ECE of the draws - ECE). Here that mean has a closed form, so the result is always the same.

    Examples
    --------
    Four patients told 25%, of whom 2 had the event, and four told 75%, of whom 3 had it: (0.25 + 0) / 2.

    >>> expected_calibration_error([0, 0, 1, 1, 0, 1, 1, 1], [0.25] * 4 + [0.75] * 4)
    0.125
    """
    curve = reliability_curve(y_true, y_prob, n_bins=n_bins, strategy=strategy)
    weight = curve.count / curve.count.sum()
    gap = curve.prob_pred - curve.prob_true
    ece = float(weight @ np.abs(gap))
    if not debiased:
        return ece
    sd = np.sqrt(curve.prob_true * (1 - curve.prob_true) / curve.count)
    return max(0.0, float(2 * ece - weight @ _mean_absolute_normal(gap, sd)))


def _mean_absolute_normal(mean: FloatArray, sd: FloatArray) -> FloatArray:
    """Return E|X| of X ~ N(mean, sd^2), the mean of a folded normal distribution; |mean| where sd is 0."""
    ratio = mean / np.where(sd > 0, sd, 1)
    spread = sd * math.sqrt(2 / math.pi) * np.exp(-(ratio**2) / 2)
    return np.where(sd > 0, spread + mean * np.vectorize(math.erf)(ratio / math.sqrt(2)), np.abs(mean))
