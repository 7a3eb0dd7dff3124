"""Every interval of the package: of a share out of n, and of a measure from its resamples.

Those from resamples are 95% intervals; simulations in the tests show what they cover: at least 93 of 100.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from clinxai_teach._types import FloatArray
from clinxai_teach._validate import numbers_or_nan, open_fraction, plain_array

Z = NormalDist().inv_cdf(0.975)
UNKNOWN = (math.nan, math.nan)


def wilson_interval(events: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Return the lower and upper end of Wilson's interval for a share: `events` out of `n`, numbers or arrays.

    Unlike share ± z standard errors it stays within 0 and 1, and 0 events of n still get an interval with a width.
    Raises ValueError for numbers that are no counts, as 25 of 20, and TypeError for text.

    Wilson E. B., Probable inference, the law of succession, and statistical inference, J Am Stat Assoc 1927;22:209-212.

    Examples
    --------
    >>> low, high = wilson_interval(0, 10)  # 0 of 10: the truth may still be more than 1 in 4
    >>> round(float(low), 3), round(float(high), 3)
    (0.0, 0.278)
    >>> low, high = wilson_interval([5, 50], [10, 100])  # ten times the patients: a third of the width
    >>> (high - low).round(2).tolist()
    [0.53, 0.19]
    """
    events, n = _counts("events", events, "n", n)
    z = NormalDist().inv_cdf((1 + open_fraction("confidence", confidence)) / 2)
    centre = (events + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(events * (n - events) / n + z**2 / 4)
    share = events / n
    return np.clip(centre - half, 0, share), np.clip(centre + half, share, 1)  # rounding may pass these by 1e-17


def difference_interval(
    events: ArrayLike,
    n: ArrayLike,
    other_events: ArrayLike | None = None,
    other_n: ArrayLike | None = None,
    confidence: float = 0.95,
) -> tuple[FloatArray, FloatArray]:
    """Return the low and high end of the interval of a difference of two shares, `events / n - other_events / other_n`.

    The two groups must be different patients. The interval joins Wilson's for each share (method 10 of the paper): how
    far the difference may stray downwards is how far the first share may lie lower and the second higher.

    Raises ValueError for numbers that are no counts, as 25 of 20, or fewer than four; TypeError for text.

    Newcombe R. G., Interval estimation for the difference between independent proportions: comparison of eleven
    methods, Stat Med 1998;17:873-890.

    Examples
    --------
    >>> low, high = difference_interval(4, 20, 1, 20)  # 20% against 5%: with 20 patients each, chance can do this
    >>> round(float(low), 2), round(float(high), 2)
    (-0.07, 0.37)
    """
    if other_events is None or other_n is None:
        missing = "other_events" if other_events is None else "other_n"
        raise ValueError(
            f"{missing} is missing. Pass four counts: events and n of one group, then events and n of the other, for "
            "example difference_interval(4, 20, 1, 20)."
        )
    first, low, high = _share_and_ends(*_counts("events", events, "n", n), confidence)
    others = _counts("other_events", other_events, "other_n", other_n)
    second, other_low, other_high = _share_and_ends(*others, confidence)
    difference = first - second
    return difference - np.hypot(first - low, other_high - second), difference + np.hypot(
        high - first, second - other_low
    )


def _share_and_ends(events: FloatArray, n: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return a share and the ends of Wilson's interval."""
    return events / n, *wilson_interval(events, n, confidence)


def _counts(events_name: str, events: ArrayLike, n_name: str, n: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return two counts as float64, number or array; TypeError for text, ValueError unless whole and events <= n."""
    counts = []
    for name, given in ((events_name, events), (n_name, n)):
        array = plain_array(name, given)
        texts = [value for value in array.ravel().tolist() if isinstance(value, str)]
        if texts:
            raise TypeError(f"{name} must be a whole number, but got the text {texts[0]!r}. Write it without quotes.")
        count = numbers_or_nan(name, array)
        whole = np.isfinite(count) & (np.abs(count - np.round(count)) < 1e-6)  # a product as 0.29 x 100 is 29
        if not whole.all():
            cure = "Pass how many patients, not a share or a percentage."
            raise ValueError(f"{name} must be a whole number, but got {count[~whole][0]:g}. {cure}")
        counts.append(count)
    number, total = np.broadcast_arrays(*counts)
    if (total <= 0).any():
        cure = "A group without patients has no share: leave it out."
        raise ValueError(f"{n_name} must be at least 1, but got {total[total <= 0][0]:g}. {cure}")
    outside = (number < 0) | (number > total + 1e-6)
    if outside.any():
        raise ValueError(
            f"{events_name} must lie between 0 and {n_name}, but got {number[outside][0]:g} of {total[outside][0]:g}. "
            f"Pass first how many had the event, then how many patients there were: {events_name}, {n_name}."
        )
    return counts[0], counts[1]


def clopper_pearson(hits: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the low and high end of the exact interval of `hits` among `n`: quantiles of two beta distributions.

    Clopper C. J., Pearson E. S., Biometrika 1934, doi:10.1093/biomet/26.4.404.

    Examples
    --------
    >>> low, high = clopper_pearson(10, 10)  # the share p for which 10 of 10 has the chance 0.025: p^10 = 0.025
    >>> round(low, 3), round(0.025 ** (1 / 10), 3), high
    (0.692, 0.692, 1.0)
    """
    from scipy.special import betainccinv, betaincinv  # here, because whoever needs Wilson's interval needs no scipy

    tail = (1 - open_fraction("confidence", confidence)) / 2
    low = betaincinv(hits, n - hits + 1, tail) if hits > 0 else 0.0
    high = betainccinv(hits + 1, n - hits, tail) if hits < n else 1.0
    return float(low), float(high)


def poisson_interval(events: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the ends of the exact 95% interval of how many events are expected where so many were observed.

    Divided by the number that a tool expected they are those of observed / expected. Garwood F., Biometrika 1936,
    doi:10.1093/biomet/28.3-4.437.

    Examples
    --------
    >>> low, high = poisson_interval(np.array([0, 10]))
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.0, 4.8], [3.69, 18.39])
    """
    from scipy.special import gammaincinv  # here, because whoever needs Wilson's interval needs no scipy

    low: FloatArray = np.where(events > 0, gammaincinv(np.maximum(events, 1), 0.025), 0.0)
    high: FloatArray = np.asarray(gammaincinv(events + 1, 0.975), dtype=np.float64)
    return low, high


def normal_interval(
    estimate: float, draws: FloatArray, to_scale: Callable[[Any], Any], from_scale: Callable[[Any], Any]
) -> tuple[float, float]:
    """Return estimate ± 1.96 bootstrap standard errors, computed on another scale and carried back.

    The standard error is the spread of the measure over the resamples `draws`. On a scale without ends (the logit for
    an AUC, the log for a ratio) a measure is closer to normal, so this covers better than the percentiles of the draws
    do in small groups, and it never leaves the possible range. NaN where more than 1 in 20 resamples has no value.

    Examples
    --------
    A ratio of 2 whose resamples lie at half of it and at twice it: from 2 / 2^1.96 to 2 x 2^1.96.

    >>> low, high = normal_interval(2.0, np.array([1.0, 2.0, 4.0]), np.log, np.exp)
    >>> round(low, 2), round(high, 2)
    (0.51, 7.78)
    """
    centre = to_scale(estimate)
    values = to_scale(draws)
    values = values[np.isfinite(values)]
    if not np.isfinite(centre) or len(values) < 0.95 * len(draws):
        return UNKNOWN
    half = Z * values.std(ddof=1)
    return float(from_scale(centre - half)), float(from_scale(centre + half))


def share_interval(estimate: float, draws: FloatArray, *, n: int, smallest: float) -> tuple[float, float]:
    """Return the interval of a measure between 0 and 1, on the logit scale.

    Resampling cannot say how far from 1 the truth may be when the estimate is exactly 1 (or 0), as all resamples give
    the same: then it is Wilson's interval for `n` of `n` cases. Resamples at the ends are moved inwards by `smallest`.

    Examples
    --------
    >>> low, high = share_interval(1.0, np.ones(100), n=10, smallest=0.05)  # all resamples say 1, and n is only 10
    >>> round(low, 3), high
    (0.722, 1.0)
    """
    from scipy.special import expit, logit

    if estimate in (0, 1):
        low, high = wilson_interval(estimate * n, n)
        return float(low), float(high)
    return normal_interval(estimate, np.clip(draws, smallest, 1 - smallest), logit, expit)


def ratio_interval(estimate: float, draws: FloatArray, *, expected: float) -> tuple[float, float]:
    """Return the interval of observed / expected events, on the log scale; exact (Poisson) where none was observed.

    Examples
    --------
    >>> low, high = ratio_interval(0.0, np.zeros(100), expected=10.0)  # none of 10 expected: "rule of 3.7"
    >>> low, round(high, 2)
    (0.0, 0.37)
    """
    if math.isnan(estimate):
        return UNKNOWN
    if estimate == 0:
        return 0.0, float(poisson_interval(np.zeros(1))[1][0] / expected)
    return normal_interval(estimate, np.maximum(draws, 0.5 / expected), np.log, np.exp)


def slope_interval(estimate: float, draws: FloatArray) -> tuple[float, float]:
    """Return the interval of a slope, on its own scale.

    Examples
    --------
    >>> low, high = slope_interval(1.0, np.array([0.9, 1.0, 1.1]))  # a standard error of 0.1
    >>> round(low, 3), round(high, 3)
    (0.804, 1.196)
    """
    return normal_interval(estimate, draws, np.asarray, np.asarray)


def ece_interval(
    gaps: FloatArray, resampled_gaps: FloatArray, *, brier: float, n: int, null_high: float
) -> tuple[float, float]:
    """Return an interval of the true ECE of a model, which holds whatever the pattern of its errors is.

    `gaps (K,)` is, for each bin, the sum of p - y divided by the number `n` of all patients, so that the ECE is the sum
    of |gaps|; `resampled_gaps (B, K)` the same for each resample. `brier` is the Brier score of these patients, and
    `null_high` the upper end of `calibration_null_band`: what chance alone may give to a perfect model.

    Why not the percentiles of the resampled ECE: each bin strays by chance, and |.| turns every stray into error (Kumar
    2019). For a perfectly calibrated model the percentiles never hold the truth, 0.

    With the true gaps g, their signs s and the strays c of the bins, ECE = sum |g + c|, and so

        ECE - sum |c|  <=  true ECE  <=  ECE - sum s c

    whatever g is. Lower end: sum |c| is taken at its 97.5% quantile, the larger one of the resamples and of
    `null_high`, as resamples with few events stray too little. So it is 0 where the ECE is no more than chance gives.
    Upper end: the variance of sum s c is at most (Brier - sum g^2) / n. As in Wilson's interval it is taken at the end
    itself: d more events in truth add d / n at most. The upper end is therefore the root d of d^2 = 1.96^2 (variance +
    d / n), added to the ECE. Both ends are cautious: simulations in the tests give 95 to 100 of 100.

    Kumar A., Liang P., Ma T., Verified uncertainty calibration, NeurIPS 2019, arXiv:1909.10155 (the bias).

    Examples
    --------
    100 patients, all told 50%, of whom 20 have the event: the ECE is 0.3, far more than chance.

    >>> gaps, strays = np.array([0.3]), np.array([[-0.08], [0.08]])
    >>> [round(end, 2) for end in ece_interval(gaps, gaps + strays, brier=0.25, n=100, null_high=0.11)]
    [0.19, 0.4]
    >>> ece_interval(gaps / 3, gaps / 3 + strays, brier=0.25, n=100, null_high=0.11)[0]  # chance alone gives as much
    0.0
    """
    ece = np.abs(gaps).sum()
    strays = np.quantile(np.abs(resampled_gaps - gaps).sum(axis=1), 0.975)
    variance = (brier - (gaps**2).sum()) / n
    half = Z**2 / (2 * n)
    return float(max(ece - max(strays, null_high), 0)), float(min(ece + half + math.sqrt(half**2 + Z**2 * variance), 1))
